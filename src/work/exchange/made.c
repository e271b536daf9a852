/* made.c - the imports that were made. */
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
	{ 543, "rows of sums in imports",
		"ALTER TABLE exchange_job ADD COLUMN totals TEXT NOT NULL DEFAULT '';" },
};
const size_t exchange_step_count = COUNT(exchange_steps);

static const char sql_again[] =
	"SELECT at_s FROM exchange_import WHERE register = $1 AND sha256 = $2"
	" AND undone_at_s = 0 AND added > 0";
static const char sql_imports[] =
	"SELECT id, register, unit_id, file, at_s, by, added, changed, undone_at_s, undone_by"
	" FROM exchange_import WHERE $1 IS NULL OR register = $1 ORDER BY id DESC LIMIT $2";

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
