/* The tables as SQLite sees them: eponymous read-only virtual tables over rows that are filled
 * once. */
#include "work/hostaudit/fact.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "work/hostaudit/fact_int.h"
#include "work/hostaudit/rights.h"
#include "work/hostaudit/host_int.h"

/* ---- making rows ---- */

static void full(struct fact_rows *rows)
{
	if (!rows->is_full)
		host_gap(rows->host, GAP_LIMIT, rows->table->name);
	rows->is_full = true;
}

void fact_row(struct fact_rows *rows)
{
	struct fact_value *row = NULL;

	if (!rows->is_full && rows->rows.len < LIMIT_HOST_ROWS)
		row = arena_try(rows->arena, rows->column_count * sizeof(*row));
	/* the vec itself grows in the same arena: keep room for it */
	if (row &&
		rows->arena->max_bytes - rows->arena->used_bytes <
			rows->rows.room * 2 * sizeof(row) + 4096)
		row = NULL;
	if (row)
		vec_push(rows->arena, &rows->rows, row);
	else
		full(rows);
}

static struct fact_value *cell(struct fact_rows *rows, int column)
{
	assert(column >= 0 && (size_t)column < rows->column_count);
	if (rows->is_full || rows->rows.len == 0)
		return NULL;
	return &rows->rows.at[rows->rows.len - 1][column];
}

void fact_text(struct fact_rows *rows, int column, struct str value)
{
	struct fact_value *v = cell(rows, column);
	char *copy;

	if (!v || !value.ptr)
		return;
	assert(rows->table->columns[column].type == FACT_TEXT);
	copy = arena_try(rows->arena, value.len + 1);
	if (!copy) {
		full(rows);
		return;
	}
	if (value.len > 0)
		memcpy(copy, value.ptr, value.len);
	*v = (struct fact_value){ .kind = VALUE_TEXT, .text = { copy, value.len } };
}

void fact_cstr(struct fact_rows *rows, int column, const char *value)
{
	fact_text(rows, column, str_of(value));
}

void fact_int(struct fact_rows *rows, int column, int64_t value)
{
	struct fact_value *v = cell(rows, column);

	if (!v)
		return;
	assert(rows->table->columns[column].type == FACT_INT);
	*v = (struct fact_value){ .kind = VALUE_INT, .number = value };
}

void facts_fill(struct fact_rows *rows)
{
	struct host *h = rows->host;
	const struct fact_table *outer = h->filling;

	if (rows->is_filled)
		return;
	rows->is_filled = true;
	if (h->root_fd < 0) { /* a snapshot without this table */
		h->filling = rows->table;
		host_gap(h, GAP_UNREADABLE, rows->table->name);
		h->filling = outer;
		return;
	}
	h->filling = rows->table;
	if ((rows->table->flags & FACT_LIVE) && !h->has_proc) {
		host_gap(h, GAP_NOT_LIVE, rows->table->name);
	} else {
		if ((rows->table->flags & FACT_ROOT) && h->is_live && !rights_read_all())
			host_gap(h, GAP_RIGHTS, rows->table->name);
		rows->rc = rows->table->fill(h, rows, &rows->err);
		if (rows->rc < 0)
			host_gap(h, rows->rc == ERR_DENIED ? GAP_RIGHTS : GAP_UNREADABLE,
				rows->err.text);
	}
	h->filling = outer;
}

/* ---- SQLite ---- */

struct table_vtab {
	sqlite3_vtab base;
	struct fact_rows *rows;
};

struct table_cursor {
	sqlite3_vtab_cursor base;
	size_t at;
};

static struct fact_rows *rows_of(sqlite3_vtab_cursor *cursor)
{
	return ((struct table_vtab *)cursor->pVtab)->rows;
}

static int table_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
	sqlite3_vtab **ret, char **ret_error)
{
	struct fact_rows *rows = aux;
	struct table_vtab *vtab;
	struct buf sql;
	int rc;

	(void)argc, (void)argv, (void)ret_error;
	buf_init(&sql, 16 * KIB);
	buf_add(&sql, STR("CREATE TABLE x("));
	for (size_t i = 0; i < rows->column_count; i++)
		buf_fmt(&sql, "%s\"%s\" %s", i ? "," : "", rows->table->columns[i].name,
			rows->table->columns[i].type == FACT_INT ? "INTEGER" : "TEXT");
	buf_add_char(&sql, ')');
	rc = sqlite3_declare_vtab(db, buf_cstr(&sql));
	buf_done(&sql);
	if (rc != SQLITE_OK)
		return rc;
	vtab = calloc(1, sizeof(*vtab));
	if (!vtab)
		return SQLITE_NOMEM;
	vtab->rows = rows;
	sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
	*ret = &vtab->base;
	return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *vtab)
{
	free(vtab);
	return SQLITE_OK;
}

/* Only whole scans: rows are few and in memory. */
static int table_best_index(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
	(void)vtab;
	info->estimatedCost = 1000;
	info->estimatedRows = 1000;
	return SQLITE_OK;
}

static int table_open(sqlite3_vtab *vtab, sqlite3_vtab_cursor **ret)
{
	struct table_cursor *cursor = calloc(1, sizeof(*cursor));

	(void)vtab;
	if (!cursor)
		return SQLITE_NOMEM;
	*ret = &cursor->base;
	return SQLITE_OK;
}

static int table_close(sqlite3_vtab_cursor *cursor)
{
	free(cursor);
	return SQLITE_OK;
}

static int table_filter(
	sqlite3_vtab_cursor *cursor, int number, const char *text, int argc, sqlite3_value **argv)
{
	(void)number, (void)text, (void)argc, (void)argv;
	facts_fill(rows_of(cursor));
	rows_of(cursor)->is_scanned = true;
	((struct table_cursor *)cursor)->at = 0;
	return SQLITE_OK;
}

static int table_next(sqlite3_vtab_cursor *cursor)
{
	((struct table_cursor *)cursor)->at++;
	return SQLITE_OK;
}

static int table_eof(sqlite3_vtab_cursor *cursor)
{
	return ((struct table_cursor *)cursor)->at >= rows_of(cursor)->rows.len;
}

static int table_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
	size_t at = ((struct table_cursor *)cursor)->at;
	const struct fact_value *v = &rows_of(cursor)->rows.at[at][column];

	if (v->kind == VALUE_INT)
		sqlite3_result_int64(context, v->number);
	else if (v->kind == VALUE_TEXT)
		sqlite3_result_text64(
			context, v->text.ptr, v->text.len, SQLITE_STATIC, SQLITE_UTF8);
	else
		sqlite3_result_null(context);
	return SQLITE_OK;
}

static int table_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)((struct table_cursor *)cursor)->at;
	return SQLITE_OK;
}

/* No xCreate: the table is there by its own name, and cannot be made or dropped. */
static const sqlite3_module table_module = {
	.iVersion = 0,
	.xConnect = table_connect,
	.xBestIndex = table_best_index,
	.xDisconnect = table_disconnect,
	.xOpen = table_open,
	.xClose = table_close,
	.xFilter = table_filter,
	.xNext = table_next,
	.xEof = table_eof,
	.xColumn = table_column,
	.xRowid = table_rowid,
};

/* ---- all tables of a host ---- */

/* Before the first connection of the process; where another room was first, its ways stay. A
 * question sorts and joins in many small tables of its own, and SQLite would set twenty pages aside
 * for each; nobody asks how much memory it counts. */
static void configure(void)
{
	static const int no_pages_ahead = 0;

	sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, no_pages_ahead);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_MALLOC, &sql_memory);
}

int facts_open(
	struct host *h, const struct fact_table *const *tables, struct facts **ret, struct err *e)
{
	struct facts *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	f->host = h;
	configure();
	arena_init(&f->arena, LIMIT_HOST_ROWS_BYTES);
	if (sqlite3_open_v2(":memory:", &f->db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_MEMORY, NULL)) {
		facts_close(f);
		return err_set(e, ERR_STORE, "cannot open the database in memory");
	}
	for (size_t i = 0; tables[i]; i++) {
		struct fact_rows *rows = &f->rows[f->count++];

		assert(f->count <= FACT_TABLES_MAX);
		*rows = (struct fact_rows){ .table = tables[i], .host = h, .arena = &f->arena };
		while (tables[i]->columns[rows->column_count].name)
			rows->column_count++;
		if (sqlite3_create_module(f->db, tables[i]->name, &table_module, rows)) {
			facts_close(f);
			return err_set(
				e, ERR_STORE, "cannot declare the table \"%s\"", tables[i]->name);
		}
	}
	*ret = f;
	return 0;
}

struct facts *facts_close(struct facts *f)
{
	if (!f)
		return NULL;
	sqlite3_close(f->db);
	arena_done(&f->arena);
	free(f);
	return NULL;
}

struct fact_rows *facts_rows(struct facts *f, struct str table)
{
	/* SQL may write a name in capitals, the checks never do */
	for (size_t i = 0; i < f->count; i++)
		if (str_is(table, f->rows[i].table->name))
			return &f->rows[i];
	for (size_t i = 0; i < f->count; i++)
		if (str_is_nocase(table, f->rows[i].table->name))
			return &f->rows[i];
	return NULL;
}
