/* Questions by hand, and what the tables are. */
#include "work/hostaudit/hostaudit.h"

#include <string.h>

#include "work/hostaudit/audit_int.h"

#define ASK_COLUMNS_MAX 256

static void take_cells(sqlite3_stmt *stmt, size_t count, struct hostaudit_cell *cells)
{
	for (size_t i = 0; i < count; i++) {
		int column = (int)i;

		switch (sqlite3_column_type(stmt, column)) {
		case SQLITE_NULL:
			cells[i] = (struct hostaudit_cell){ .kind = CELL_NULL };
			break;
		case SQLITE_INTEGER:
			cells[i] = (struct hostaudit_cell){
				.kind = CELL_INT, .number = sqlite3_column_int64(stmt, column)
			};
			break;
		default:
			cells[i] = (struct hostaudit_cell){
				.kind = CELL_TEXT,
				.text = { (const char *)sqlite3_column_text(stmt, column),
					(size_t)sqlite3_column_bytes(stmt, column) },
			};
		}
	}
}

static void take_header(sqlite3_stmt *stmt, size_t count, struct hostaudit_cell *cells)
{
	for (size_t i = 0; i < count; i++)
		cells[i] = (struct hostaudit_cell){
			.kind = CELL_TEXT, .text = str_of(sqlite3_column_name(stmt, (int)i))
		};
}

int hostaudit_ask(struct hostaudit *audit, struct str sql, hostaudit_row *row, void *context,
	struct err *e)
{
	struct hostaudit_cell cells[ASK_COLUMNS_MAX];
	sqlite3_stmt *stmt;
	size_t count;
	size_t given = 0;
	int rc = audit_prepare(audit, sql, &stmt, e);

	if (rc < 0)
		return rc;
	count = (size_t)sqlite3_column_count(stmt);
	if (count == 0 || count > ASK_COLUMNS_MAX) {
		sqlite3_finalize(stmt);
		return err_set(
			e, ERR_INPUT, "a question asks for 1 to %d columns", ASK_COLUMNS_MAX);
	}
	take_header(stmt, count, cells);
	if (row(context, true, cells, count)) {
		while ((rc = audit_step(audit, stmt, e)) == 1) {
			if (given++ >= LIMIT_ASK_ROWS) {
				rc = err_set(e, ERR_LIMIT, "more than %d rows", LIMIT_ASK_ROWS);
				break;
			}
			take_cells(stmt, count, cells);
			if (!row(context, false, cells, count)) {
				rc = 0;
				break;
			}
		}
	}
	sqlite3_finalize(stmt);
	return rc;
}

void hostaudit_gaps(struct hostaudit *audit, const struct hostaudit_gap **ret, size_t *ret_count)
{
	struct host *h = audit->host;
	struct hostaudit_gap *gaps =
		arena_array(audit->arena, struct hostaudit_gap, h->gaps.len + 1);
	size_t count = 0;

	for (size_t i = 0; i < h->gaps.len; i++) {
		if (h->gaps.at[i].table && h->gaps.at[i].table->name[0] == '\0')
			continue; /* of what tables share: told again by each that asked */
		gaps[count++] = (struct hostaudit_gap){
			.table = h->gaps.at[i].table ? str_of(h->gaps.at[i].table->name) : STR(""),
			.reason = h->gaps.at[i].reason,
			.path = text_clean(audit->arena, h->gaps.at[i].path, 500),
		};
	}
	*ret = gaps;
	*ret_count = count;
}

size_t hostaudit_table_count(void)
{
	size_t count = 0;

	while (fact_tables[count])
		count++;
	return count;
}

struct hostaudit_table hostaudit_table_at(size_t i)
{
	const struct fact_table *t = fact_tables[i];

	return (struct hostaudit_table){
		.name = t->name,
		.words = t->words,
		.is_live_only = (t->flags & FACT_LIVE) != 0,
		.needs_root = (t->flags & FACT_ROOT) != 0,
	};
}

bool hostaudit_column_at(size_t table, size_t i, struct hostaudit_column *ret)
{
	const struct fact_column *columns = fact_tables[table]->columns;

	for (size_t n = 0; n <= i; n++)
		if (!columns[n].name)
			return false;
	*ret = (struct hostaudit_column){
		.name = columns[i].name,
		.words = columns[i].words,
		.is_number = columns[i].type == FACT_INT,
	};
	return true;
}
