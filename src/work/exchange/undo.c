/* undo.c - one import is one change, and is taken back as one. */
#include "work/exchange/exchange_int.h"

const struct store_step exchange_steps[] = {
	{ 541, "imports step by step",
		"CREATE TABLE exchange_job ("
		" id INTEGER PRIMARY KEY,"
		" register TEXT NOT NULL, unit_id INTEGER NOT NULL, lang INTEGER NOT NULL,"
		" file TEXT NOT NULL, sha256 TEXT NOT NULL, by TEXT NOT NULL,"
		" at_s INTEGER NOT NULL, asked_at_s INTEGER NOT NULL, state INTEGER NOT NULL,"
		" sheet TEXT NOT NULL DEFAULT '', map TEXT NOT NULL DEFAULT '',"
		" rows INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL DEFAULT 0,"
		" changed INTEGER NOT NULL DEFAULT 0, same INTEGER NOT NULL DEFAULT 0,"
		" faults INTEGER NOT NULL DEFAULT 0, has_more INTEGER NOT NULL DEFAULT 0,"
		" import_id INTEGER NOT NULL DEFAULT 0, left INTEGER NOT NULL DEFAULT 0,"
		" words TEXT NOT NULL DEFAULT '', about TEXT NOT NULL DEFAULT '');"
		"CREATE INDEX exchange_job_register ON exchange_job (register, id);"
		"CREATE INDEX exchange_job_state ON exchange_job (state, asked_at_s);"
		"CREATE TABLE exchange_fault ("
		" job_id INTEGER NOT NULL REFERENCES exchange_job (id), number INTEGER NOT NULL,"
		" row INTEGER NOT NULL, col INTEGER NOT NULL, heading TEXT NOT NULL,"
		" value TEXT NOT NULL, words TEXT NOT NULL, mend TEXT NOT NULL,"
		" PRIMARY KEY (job_id, number)) WITHOUT ROWID;" },
	{ 542, "imports of people",
		"CREATE TABLE exchange_person ("
		" import_id INTEGER NOT NULL REFERENCES exchange_import (id),"
		" staff_id INTEGER NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,"
		" PRIMARY KEY (import_id, staff_id)) WITHOUT ROWID;" },
};
const size_t exchange_step_count = COUNT(exchange_steps);

#define UNDO_MEMORY_BYTES (16 * MIB)

static const char sql_again[] =
	"SELECT at_s FROM exchange_import WHERE register = $1 AND sha256 = $2"
	" AND undone_at_s = 0 AND added > 0";
static const char sql_imports[] =
	"SELECT id, register, unit_id, file, at_s, by, added, changed, undone_at_s, undone_by"
	" FROM exchange_import WHERE $1 IS NULL OR register = $1 ORDER BY id DESC LIMIT $2";
static const char sql_one[] =
	"SELECT register, at_s, undone_at_s FROM exchange_import WHERE id = $1";
static const char sql_rows[] =
	"SELECT record_id, version FROM exchange_row WHERE import_id = $1 ORDER BY record_id DESC";
static const char sql_undone[] =
	"UPDATE exchange_import SET undone_at_s = $2, undone_by = $3 WHERE id = $1";

int exchange_imports(struct store *s, struct str register_id, size_t max, struct arena *a,
	struct exchange_imports *ret, struct err *e)
{
	VEC(struct exchange_import) list = { 0 };
	struct store_query *q = store_query(s, sql_imports);
	int rc;

	store_bind_str(q, 1, register_id);
	store_bind_i64(q, 2, (int64_t)max);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct exchange_import){ .id = store_i64(q, 0),
				.register_id = arena_str(a, store_str(q, 1)),
				.unit_id = store_i64(q, 2),
				.file = arena_str(a, store_str(q, 3)),
				.at_s = store_i64(q, 4),
				.by = arena_str(a, store_str(q, 5)),
				.added = store_i64(q, 6),
				.changed = store_i64(q, 7),
				.undone_at_s = store_i64(q, 8),
				.undone_by = arena_str(a, store_str(q, 9)) }));
	if (rc < 0)
		return rc;
	*ret = (struct exchange_imports){ list.at, list.len };
	return 0;
}

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

/* The same file twice would double every record that has nothing unique. */
int exchange_refuse_again(const struct exchange *x, struct err *e)
{
	struct store_query *q = store_query(x->at->store, sql_again);
	char when[CLOCK_TEXT_MAX];
	int rc;

	store_bind_str(q, 1, x->at->reg->id);
	store_bind_cstr(q, 2, x->sha256);
	rc = store_next(q, e);
	if (rc == 1)
		rc = err_set(e, ERR_CONFLICT, "this very file was imported at %s; undo that first",
			clock_people(store_i64(q, 0), when));
	store_end(q);
	return rc;
}
