/* index.c - by what a record is found, sorted and joined: its index, its links. Both follow from
 * its body; only what changes is written. */
#include <stdlib.h>

#include "core/record/record_int.h"

#define KEY_MAX 120
#define NUMBER_SHIFT 1000000000000000000

static const char sql_add[] =
	"INSERT OR IGNORE INTO record_index (register, field, key, record_id, unit_id)"
	" VALUES ($1, $2, $3, $4, $5)";
static const char sql_drop[] =
	"DELETE FROM record_index WHERE register = $1 AND field = $2 AND key = $3 AND record_id = $4";
static const char sql_link[] =
	"INSERT OR IGNORE INTO record_link (from_id, field, to_id) VALUES ($1, $2, $3)";
static const char sql_unlink[] = "DELETE FROM record_link WHERE from_id = $1";

bool record_can_filter(const struct register_field *f)
{
	return f->type != REGISTER_FILE && f->type != REGISTER_LONG_TEXT;
}

struct str record_key(const struct register_field *f, struct str value, struct arena *a)
{
	int64_t n;

	if (!value.ptr || value.len == 0)
		return STR("");
	switch (f->type) {
	case REGISTER_NUMBER:
	case REGISTER_PERCENT:
	case REGISTER_MONEY:
	case REGISTER_PERSON:
	case REGISTER_UNIT:
	case REGISTER_HOST:
	case REGISTER_RECORD:
		if (!str_to_i64(value, &n) || n <= -NUMBER_SHIFT || n >= NUMBER_SHIFT)
			return STR("");
		return arena_fmt(a, "%019lld", (long long)(n + NUMBER_SHIFT));
	case REGISTER_TEXT:
		return str_until(text_sort_key(a, str_until(value, 4 * KEY_MAX)), KEY_MAX);
	default:
		return str_until(value, KEY_MAX);
	}
}

/* One row of the index. */
struct row {
	struct str field, key;
};
struct rows {
	VEC(struct row) list;
};

static void add_field(const struct record_at *at, const struct record *r,
	const struct register_field *f, struct rows *rows)
{
	size_t before = rows->list.len;

	for (size_t i = 0; i < r->body.count; i++)
		if (str_eq(r->body.at[i].field, f->id))
			vec_push(at->a, &rows->list,
				((struct row){ f->id, record_key(f, r->body.at[i].text, at->a) }));
	if (rows->list.len == before)
		vec_push(at->a, &rows->list, ((struct row){ f->id, STR("") }));
}

static struct rows rows_of(const struct record_at *at, const struct record *r)
{
	struct rows rows = { 0 };

	if (!r || r->is_cancelled)
		return rows;
	for (size_t i = 0; i < at->reg->field_count; i++)
		if (record_can_filter(at->reg->fields[i]))
			add_field(at, r, at->reg->fields[i], &rows);
	vec_push(at->a, &rows.list,
		((struct row){ STR(RECORD_SORT_CHANGED),
			arena_fmt(at->a, "%012lld", (long long)r->changed_at_s) }));
	return rows;
}

static bool has(const struct rows *rows, const struct row *row)
{
	for (size_t i = 0; i < rows->list.len; i++)
		if (str_eq(rows->list.at[i].field, row->field) &&
			str_eq(rows->list.at[i].key, row->key))
			return true;
	return false;
}

static int write_row(const struct record_at *at, const char *sql, const struct record *r,
	const struct row *row, struct err *e)
{
	struct store_query *q = store_query(at->store, sql);

	store_bind_str(q, 1, at->reg->id);
	store_bind_str(q, 2, row->field);
	store_bind_str(q, 3, row->key);
	store_bind_i64(q, 4, r->id);
	if (sql == sql_add)
		store_bind_i64(q, 5, r->unit_id);
	return store_run(q, e);
}

static int write_links(const struct record_at *at, const struct record *r, struct err *e)
{
	struct store_query *q;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->body.count; i++) {
		const struct register_field *f = pack_register_field(at->reg, r->body.at[i].field);
		int64_t to;

		if (!f || f->type != REGISTER_RECORD || !str_to_i64(r->body.at[i].text, &to))
			continue;
		q = store_query(at->store, sql_link);
		store_bind_i64(q, 1, r->id);
		store_bind_str(q, 2, f->id);
		store_bind_i64(q, 3, to);
		rc = store_run(q, e);
	}
	return rc;
}

/* --- many at once ----------------------------------------------------------------------------- */

struct many_row {
	struct str field, key;
	int64_t record_id, unit_id;
};

struct record_rows {
	struct arena *a;
	VEC(struct many_row) list;
};

struct record_rows *record_rows_new(struct arena *a)
{
	struct record_rows *rows = arena_new(a, struct record_rows);

	rows->a = a;
	return rows;
}

/* What is kept lives in the arena of ROWS; AT's may end after this. */
void record_rows_add(const struct record_at *at, struct record_rows *rows, const struct record *r)
{
	struct rows own = rows_of(at, r);

	for (size_t i = 0; i < own.list.len; i++)
		vec_push(rows->a, &rows->list,
			((struct many_row){ own.list.at[i].field,
				arena_str(rows->a, own.list.at[i].key), r->id, r->unit_id }));
}

static int by_place(const void *a, const void *b)
{
	const struct many_row *x = a, *y = b;
	int order = str_cmp(x->field, y->field);

	if (order == 0)
		order = str_cmp(x->key, y->key);
	return order ? order : (x->record_id > y->record_id) - (x->record_id < y->record_id);
}

int record_rows_write(const struct record_at *at, struct record_rows *rows, struct err *e)
{
	int rc = 0;

	if (rows->list.len)
		qsort(rows->list.at, rows->list.len, sizeof(*rows->list.at), by_place);
	for (size_t i = 0; rc == 0 && i < rows->list.len; i++) {
		const struct many_row *x = &rows->list.at[i];
		const struct record r = { .id = x->record_id, .unit_id = x->unit_id };

		rc = write_row(at, sql_add, &r, &(struct row){ x->field, x->key }, e);
	}
	return rc;
}

int record_links_write(const struct record_at *at, const struct record *r, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_unlink);
	int rc;

	store_bind_i64(q, 1, r->id);
	rc = store_run(q, e);
	return rc == 0 ? write_links(at, r, e) : rc;
}

/* --- one -------------------------------------------------------------------------------------- */

int record_index(
	const struct record_at *at, const struct record *old, const struct record *r, struct err *e)
{
	struct rows before = rows_of(at, old), after = rows_of(at, r);
	bool is_moved = old && r && old->unit_id != r->unit_id;
	struct store_query *q;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < before.list.len; i++)
		if (is_moved || !has(&after, &before.list.at[i]))
			rc = write_row(at, sql_drop, old, &before.list.at[i], e);
	for (size_t i = 0; rc == 0 && i < after.list.len; i++)
		if (is_moved || !has(&before, &after.list.at[i]))
			rc = write_row(at, sql_add, r, &after.list.at[i], e);
	if (rc == 0 && r)
		return record_links_write(at, r, e);
	if (rc < 0)
		return rc;
	q = store_query(at->store, sql_unlink);
	store_bind_i64(q, 1, old->id);
	return store_run(q, e);
}
