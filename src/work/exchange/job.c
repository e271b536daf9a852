/* job.c - what is wanted of an import, and how far it has come. */
#include "work/exchange/job.h"

#define COLUMNS \
	"id, register, unit_id, lang, file, sha256, by, at_s, asked_at_s, state, sheet, map," \
	" rows, added, changed, same, faults, has_more, import_id, left, words, about, totals"

static const char sql_add[] =
	"INSERT INTO exchange_job (register, unit_id, lang, file, sha256, by, at_s, asked_at_s, state,"
	" import_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)";
static const char sql_get[] = "SELECT " COLUMNS " FROM exchange_job WHERE id = $1";
static const char sql_ask[] =
	"UPDATE exchange_job SET state = $3, sheet = $4, map = $5, asked_at_s = $6, words = '',"
	" about = '' WHERE id = $1 AND state = $2 AND ($3 <> 3 OR faults = 0)";
static const char sql_wanted[] =
	"SELECT " COLUMNS
	" FROM exchange_job WHERE state IN (1, 3, 5) ORDER BY asked_at_s, id LIMIT 1";
static const char sql_done[] =
	"UPDATE exchange_job SET state = $2, rows = $3, added = $4, changed = $5, same = $6,"
	" faults = $7, has_more = $8, import_id = $9, left = $10, words = $11, about = $12,"
	" totals = $13 WHERE id = $1";
static const char sql_forget_faults[] = "DELETE FROM exchange_fault WHERE job_id = $1";
static const char sql_fault[] =
	"INSERT INTO exchange_fault (job_id, number, row, col, heading, value, words, mend)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
static const char sql_faults[] = "SELECT row, col, heading, value, words, mend FROM exchange_fault"
				 " WHERE job_id = $1 AND number >= $2 ORDER BY number LIMIT $3";
static const char sql_jobs[] = "SELECT " COLUMNS " FROM exchange_job WHERE register = $1"
			       " AND ($2 IS NULL OR unit_id IN (SELECT value FROM json_each($2)))"
			       " ORDER BY id DESC LIMIT $3";
static const char sql_old[] =
	"SELECT id FROM exchange_job WHERE state IN (0, 2, 7) AND asked_at_s < $1 ORDER BY id LIMIT $2";
static const char sql_drop[] = "UPDATE exchange_job SET state = 8 WHERE id = $1";
static const char sql_outside[] =
	"SELECT (SELECT count(*) FROM exchange_row x JOIN record r ON r.id = x.record_id"
	" WHERE x.import_id = $1 AND r.unit_id NOT IN (SELECT value FROM json_each($2)))"
	" + (SELECT count(*) FROM exchange_person y JOIN staff s ON s.id = y.staff_id"
	" WHERE y.import_id = $1 AND s.unit_id NOT IN (SELECT value FROM json_each($2)))";

static void take(struct store_query *q, struct arena *a, struct exchange_job *ret)
{
	*ret = (struct exchange_job){ .id = store_i64(q, 0),
		.register_id = arena_str(a, store_str(q, 1)),
		.unit_id = store_i64(q, 2),
		.lang = (enum lang)store_i64(q, 3),
		.file = arena_str(a, store_str(q, 4)),
		.sha256 = arena_str(a, store_str(q, 5)),
		.by = arena_str(a, store_str(q, 6)),
		.at_s = store_i64(q, 7),
		.asked_at_s = store_i64(q, 8),
		.state = (enum exchange_state)store_i64(q, 9),
		.sheet = arena_str(a, store_str(q, 10)),
		.map = arena_str(a, store_str(q, 11)),
		.rows = store_i64(q, 12),
		.added = store_i64(q, 13),
		.changed = store_i64(q, 14),
		.same = store_i64(q, 15),
		.faults = store_i64(q, 16),
		.has_more_faults = store_i64(q, 17) != 0,
		.import_id = store_i64(q, 18),
		.left = store_i64(q, 19),
		.words = arena_str(a, store_str(q, 20)),
		.about = arena_str(a, store_str(q, 21)),
		.totals = arena_str(a, store_str(q, 22)) };
}

int exchange_job_add(struct store *s, struct exchange_job *job, struct err *e)
{
	struct store_query *q = store_query(s, sql_add);
	int rc;

	store_bind_str(q, 1, job->register_id);
	store_bind_i64(q, 2, job->unit_id);
	store_bind_i64(q, 3, job->lang);
	store_bind_str(q, 4, job->file.ptr ? job->file : STR(""));
	store_bind_str(q, 5, job->sha256.ptr ? job->sha256 : STR(""));
	store_bind_str(q, 6, job->by);
	store_bind_i64(q, 7, job->at_s);
	store_bind_i64(q, 8, job->state);
	store_bind_i64(q, 9, job->import_id);
	rc = store_run(q, e);
	job->id = store_last_id(s);
	return rc;
}

static int take_one(struct store_query *q, struct arena *a, struct exchange_job *ret, struct err *e)
{
	int rc = store_next(q, e);

	if (rc == 1)
		take(q, a, ret);
	store_end(q);
	return rc;
}

int exchange_job_get(
	struct store *s, int64_t id, struct arena *a, struct exchange_job *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_get);
	int rc;

	store_bind_i64(q, 1, id);
	rc = take_one(q, a, ret, e);
	if (rc == 0)
		return err_set(e, ERR_ABSENT, "there is no import %lld", (long long)id);
	return rc < 0 ? rc : 0;
}

int exchange_job_ask(struct store *s, const struct exchange_job *job, enum exchange_state from,
	enum exchange_state to, int64_t now_s, struct err *e)
{
	struct store_query *q = store_query(s, sql_ask);
	int rc;

	store_bind_i64(q, 1, job->id);
	store_bind_i64(q, 2, from);
	store_bind_i64(q, 3, to);
	store_bind_str(q, 4, job->sheet);
	store_bind_str(q, 5, job->map);
	store_bind_i64(q, 6, now_s);
	rc = store_run(q, e);
	if (rc == 0 && store_changes(s) != 1)
		return err_set(e, ERR_CONFLICT, "import %lld is not where it was any more",
			(long long)job->id);
	return rc;
}

int exchange_job_wanted(struct store *s, struct arena *a, struct exchange_job *ret, struct err *e)
{
	return take_one(store_query(s, sql_wanted), a, ret, e);
}

static int put_faults(struct store *s, int64_t id, const struct exchange_result *r, struct err *e)
{
	struct store_query *q = store_query(s, sql_forget_faults);
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_run(q, e);
	for (size_t i = 0; rc == 0 && i < r->fault_count; i++) {
		const struct exchange_fault *f = &r->faults[i];

		q = store_query(s, sql_fault);
		store_bind_i64(q, 1, id);
		store_bind_i64(q, 2, (int64_t)i);
		store_bind_i64(q, 3, f->row);
		store_bind_i64(q, 4, f->column == SIZE_MAX ? -1 : (int64_t)f->column);
		store_bind_str(q, 5, f->heading.ptr ? f->heading : STR(""));
		store_bind_str(q, 6, f->value.ptr ? f->value : STR(""));
		store_bind_str(q, 7, f->words);
		store_bind_str(q, 8, f->mend.ptr ? f->mend : STR(""));
		rc = store_run(q, e);
	}
	return rc;
}

static int done(struct store *s, const struct exchange_job *job,
	const struct exchange_result *result, struct err *e)
{
	struct store_query *q;
	int rc = result ? put_faults(s, job->id, result, e) : 0;

	if (rc < 0)
		return rc;
	q = store_query(s, sql_done);
	store_bind_i64(q, 1, job->id);
	store_bind_i64(q, 2, job->state);
	store_bind_i64(q, 3, job->rows);
	store_bind_i64(q, 4, job->added);
	store_bind_i64(q, 5, job->changed);
	store_bind_i64(q, 6, job->same);
	store_bind_i64(q, 7, job->faults);
	store_bind_i64(q, 8, job->has_more_faults);
	store_bind_i64(q, 9, job->import_id);
	store_bind_i64(q, 10, job->left);
	store_bind_str(q, 11, job->words.ptr ? job->words : STR(""));
	store_bind_str(q, 12, job->about.ptr ? job->about : STR(""));
	store_bind_str(q, 13, job->totals.ptr ? job->totals : STR(""));
	return store_run(q, e);
}

int exchange_job_done(struct store *s, const struct exchange_job *job,
	const struct exchange_result *result, struct err *e)
{
	int rc = store_begin(s, e);

	if (rc == 0)
		rc = done(s, job, result, e);
	if (rc == 0)
		rc = store_commit(s, e);
	if (rc < 0)
		store_rollback(s);
	return rc;
}

int exchange_job_faults(struct store *s, int64_t id, int64_t from, struct arena *a,
	struct exchange_result *ret, struct err *e)
{
	VEC(struct exchange_fault) list = { 0 };
	struct store_query *q = store_query(s, sql_faults);
	int rc;

	store_bind_i64(q, 1, id);
	store_bind_i64(q, 2, from);
	store_bind_i64(q, 3, EXCHANGE_JOB_FAULTS_MAX);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct exchange_fault){ .row = (uint32_t)store_i64(q, 0),
				.column = store_i64(q, 1) < 0 ? SIZE_MAX : (size_t)store_i64(q, 1),
				.heading = arena_str(a, store_str(q, 2)),
				.value = arena_str(a, store_str(q, 3)),
				.words = arena_str(a, store_str(q, 4)),
				.mend = arena_str(a, store_str(q, 5)) }));
	if (rc < 0)
		return rc;
	ret->faults = list.at;
	ret->fault_count = list.len;
	return 0;
}

int exchange_jobs(struct store *s, struct str register_id, struct str units, struct arena *a,
	struct exchange_jobs *ret, struct err *e)
{
	VEC(struct exchange_job) list = { 0 };
	struct store_query *q = store_query(s, sql_jobs);
	int rc;

	store_bind_str(q, 1, register_id);
	store_bind_str(q, 2, units);
	store_bind_i64(q, 3, EXCHANGE_JOBS_MAX);
	while ((rc = store_next(q, e)) == 1)
		take(q, a, vec_add(a, &list));
	if (rc < 0)
		return rc;
	*ret = (struct exchange_jobs){ list.at, list.len };
	return 0;
}

int exchange_jobs_forget(
	struct store *s, int64_t now_s, int64_t *ids, size_t max, size_t *ret_count, struct err *e)
{
	struct store_query *q = store_query(s, sql_old);
	size_t count = 0;
	int rc;

	store_bind_i64(q, 1, now_s - EXCHANGE_JOB_DAYS * CLOCK_DAY_S);
	store_bind_i64(q, 2, (int64_t)max);
	while ((rc = store_next(q, e)) == 1)
		ids[count++] = store_i64(q, 0);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		q = store_query(s, sql_drop);
		store_bind_i64(q, 1, ids[i]);
		rc = store_run(q, e);
	}
	*ret_count = count;
	return rc;
}

int exchange_import_outside(
	struct store *s, int64_t import_id, struct str units, int64_t *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_outside);
	int rc;

	store_bind_i64(q, 1, import_id);
	store_bind_str(q, 2, units);
	rc = store_next(q, e);
	if (rc == 1)
		*ret = store_i64(q, 0);
	store_end(q);
	return rc < 0 ? rc : 0;
}
