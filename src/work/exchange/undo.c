/* undo.c - one import is one change, and is taken back as one. */
#include "work/exchange/exchange_int.h"

#define UNDO_MEMORY_BYTES (16 * MIB)

static const char sql_one[] =
	"SELECT register, at_s, undone_at_s FROM exchange_import WHERE id = $1";
static const char sql_rows[] =
	"SELECT record_id, version FROM exchange_row WHERE import_id = $1 ORDER BY record_id DESC";
static const char sql_undone[] =
	"UPDATE exchange_import SET undone_at_s = $2, undone_by = $3 WHERE id = $1";

static int may_undo(const struct record_at *at, int64_t import_id, struct err *e)
{
	struct store_query *q = store_query(at->store, sql_one);
	int rc;

	store_bind_i64(q, 1, import_id);
	rc = store_next(q, e);
	if (rc == 0 || (rc == 1 && !str_eq(store_str(q, 0), at->reg->id)))
		rc = err_set(e, ERR_ABSENT, "there is no import %lld of this register",
			(long long)import_id);
	else if (rc == 1 && store_i64(q, 2) != 0)
		rc = err_set(
			e, ERR_CONFLICT, "import %lld is undone already", (long long)import_id);
	else if (rc == 1 && store_i64(q, 1) < at->now_s - RECORD_UNDO_DAYS * CLOCK_DAY_S)
		rc = err_set(e, ERR_DENIED, "undoing ends after %d days", RECORD_UNDO_DAYS);
	store_end(q);
	return rc < 0 ? rc : 0;
}

struct undone {
	int64_t record_id, version;
};

static int undo_rows(const struct record_at *at, const struct undone *rows, size_t count,
	int64_t import_id, size_t *ret_left, struct err *e)
{
	char why[64];

	snprintf(why, sizeof(why), tr(LANG_VI, "Hoàn tác lần nhập số %lld"), (long long)import_id);
	for (size_t i = 0; i < count; i++) {
		struct record_at row = *at;
		struct arena a;
		int rc;

		arena_init(&a, UNDO_MEMORY_BYTES);
		row.a = &a;
		rc = record_take_back(&row, rows[i].record_id, rows[i].version, str_of(why), e);
		arena_done(&a);
		if (rc == ERR_CONFLICT || rc == ERR_DENIED)
			++*ret_left; /* somebody worked on it since: theirs stays */
		else if (rc < 0)
			return rc;
	}
	return 0;
}

static int undo(const struct record_at *at, int64_t import_id, struct arena *a, size_t *ret_left,
	struct err *e)
{
	VEC(struct undone) rows = { 0 };
	struct store_query *q = store_query(at->store, sql_rows);
	bool is_people = at->reg == exchange_people();
	int rc;

	store_bind_i64(q, 1, import_id);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &rows, ((struct undone){ store_i64(q, 0), store_i64(q, 1) }));
	if (rc == 0 && is_people)
		rc = people_undo(at, import_id, a, ret_left, e);
	else if (rc == 0)
		rc = undo_rows(at, rows.at, rows.len, import_id, ret_left, e);
	if (rc < 0)
		return rc;
	q = store_query(at->store, sql_undone);
	store_bind_i64(q, 1, import_id);
	store_bind_i64(q, 2, at->now_s);
	store_bind_str(q, 3, at->login);
	return store_run(q, e);
}

int exchange_undo(const struct record_at *at, int64_t import_id, size_t *ret_left, struct err *e)
{
	struct arena a;
	int rc = may_undo(at, import_id, e);

	*ret_left = 0;
	if (rc == 0)
		rc = store_begin(at->store, e);
	if (rc < 0)
		return rc;
	arena_init(&a, UNDO_MEMORY_BYTES);
	rc = undo(at, import_id, &a, ret_left, e);
	arena_done(&a);
	if (rc == 0)
		rc = store_commit(at->store, e);
	if (rc < 0)
		store_rollback(at->store);
	return rc;
}
