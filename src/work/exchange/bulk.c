/* bulk.c - one value into many records: looked at first, then one change that is taken back as
 * one, like an import. */
#include "work/exchange/exchange_int.h"

static const char sql_mark[] = "SELECT coalesce(max(id), 0) FROM record_version";
static const char sql_newest[] =
	"SELECT id FROM record_version WHERE record_id = $1 AND version = $2";
static const char sql_batch[] =
	"INSERT INTO exchange_import (register, unit_id, file, sha256, at_s, by, changed)"
	" VALUES ($1, $2, $3, '', $4, $5, 0)";
static const char sql_count[] = "UPDATE exchange_import SET changed ="
				" (SELECT count(*) FROM exchange_row WHERE import_id = $1)"
				" WHERE id = $1";
static const char sql_row[] =
	"INSERT INTO exchange_row (import_id, record_id, version) VALUES ($1, $2, $3)";

static int number(struct store_query *q, int64_t *ret, struct err *e)
{
	int rc = store_next(q, e);

	if (rc == 1)
		*ret = store_i64(q, 0);
	store_end(q);
	return rc < 0 ? rc : 0;
}

static void refuse(struct exchange_bulk_row *row, const char *words, struct str about)
{
	row->fault = words;
	row->about = about;
}

/* Did anybody change it since the look? */
static int is_newer(const struct exchange_bulk *b, struct exchange_bulk_row *row, struct err *e)
{
	struct store_query *q = store_query(b->at->store, sql_newest);
	int64_t id = 0;
	int rc;

	store_bind_i64(q, 1, row->r.id);
	store_bind_i64(q, 2, row->r.version);
	rc = number(q, &id, e);
	if (rc == 0 && b->mark && id > b->mark)
		refuse(row, T("{a} vừa sửa bản ghi này, sau khi bạn xem trước; để nguyên"),
			row->r.changed_by);
	return rc;
}

static int look(
	const struct exchange_bulk *b, int64_t id, struct exchange_bulk_row *row, struct err *e)
{
	struct record_faults faults = { 0 };
	struct record made;
	int rc = record_get(b->at->store, id, b->at->a, &row->r, e);

	if (rc < 0)
		return rc;
	if (!str_eq(row->r.register_id, b->at->reg->id))
		return err_set(e, ERR_ABSENT, "record %lld is not of this register", (long long)id);
	if (row->r.is_cancelled) {
		refuse(row, T("bản ghi đã bị hủy"), STR(""));
		return 0;
	}
	rc = is_newer(b, row, e);
	row->was_unit_id = row->r.unit_id;
	made = row->r;
	made.unit_id = b->unit_id ? b->unit_id : row->r.unit_id;
	if (rc == 0)
		rc = record_check(b->at, &made, b->typed, &row->after, &faults, e);
	if (rc < 0)
		return rc;
	if (!row->fault && faults.count > 0)
		refuse(row, faults.at[0].words, faults.at[0].about);
	row->is_same =
		made.unit_id == row->r.unit_id && record_body_eq(row->r.body, row->after);
	return 0;
}

int exchange_bulk_look(const struct exchange_bulk *b, struct exchange_bulk_row *ret,
	int64_t *ret_mark, struct err *e)
{
	int rc = number(store_query(b->at->store, sql_mark), ret_mark, e);

	for (size_t i = 0; rc == 0 && i < b->count; i++) {
		ret[i] = (struct exchange_bulk_row){ 0 };
		rc = look(b, b->ids[i], &ret[i], e);
	}
	return rc;
}

static int begin_batch(const struct exchange_bulk *b, int64_t *ret, struct err *e)
{
	struct store_query *q = store_query(b->at->store, sql_batch);
	int rc;

	store_bind_str(q, 1, b->at->reg->id);
	store_bind_i64(q, 2, ORG_UNIT_FIRST);
	store_bind_str(q, 3, b->title);
	store_bind_i64(q, 4, b->at->now_s);
	store_bind_str(q, 5, b->at->login);
	rc = store_run(q, e);
	*ret = store_last_id(b->at->store);
	return rc;
}

static int end_batch(const struct exchange_bulk *b, int64_t import_id, struct err *e)
{
	struct store_query *q = store_query(b->at->store, sql_count);

	store_bind_i64(q, 1, import_id);
	return store_run(q, e);
}

/* One that was fine when looked at may have a twin by now: a row before it went the same way. */
static int save_one(const struct exchange_bulk *b, struct exchange_bulk_row *row, int64_t import_id,
	struct err *e)
{
	struct record_faults faults = { 0 };
	struct store_query *q;
	int rc;

	if (b->unit_id)
		row->r.unit_id = b->unit_id;
	rc = record_put(b->at, &row->r, b->typed, b->why, &faults, e);
	if (rc < 0 && faults.count > 0) {
		refuse(row, faults.at[0].words, faults.at[0].about);
		row->r.unit_id = row->was_unit_id;
		return 0;
	}
	if (rc < 0)
		return rc;
	q = store_query(b->at->store, sql_row);
	store_bind_i64(q, 1, import_id);
	store_bind_i64(q, 2, row->r.id);
	store_bind_i64(q, 3, row->r.version);
	return store_run(q, e);
}

static int save(const struct exchange_bulk *b, struct exchange_bulk_row *rows, int64_t *ret_import,
	struct err *e)
{
	int64_t mark, changed = 0;
	int rc = exchange_bulk_look(b, rows, &mark, e);

	for (size_t i = 0; rc == 0 && i < b->count; i++)
		changed += !rows[i].fault && !rows[i].is_same;
	*ret_import = 0;
	if (rc == 0 && changed > 0)
		rc = begin_batch(b, ret_import, e);
	for (size_t i = 0; rc == 0 && i < b->count; i++)
		if (!rows[i].fault && !rows[i].is_same)
			rc = save_one(b, &rows[i], *ret_import, e);
	return rc == 0 && changed > 0 ? end_batch(b, *ret_import, e) : rc;
}

int exchange_bulk_save(const struct exchange_bulk *b, struct exchange_bulk_row *ret,
	int64_t *ret_import, struct err *e)
{
	int rc = store_begin(b->at->store, e);

	if (rc < 0)
		return rc;
	rc = save(b, ret, ret_import, e);
	if (rc == 0)
		rc = store_commit(b->at->store, e);
	if (rc < 0)
		store_rollback(b->at->store);
	return rc;
}
