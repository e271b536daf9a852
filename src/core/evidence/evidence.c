#include "core/evidence/evidence.h"

static const char add_run_sql[] =
	"INSERT INTO audit_run (host_id, at_s, duration_us, pass, fail, unknown, na, program)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
static const char add_row_sql[] =
	"INSERT INTO evidence (run_id, host_id, at_s, by_person, check_id, subject, outcome, reason,"
	" detail, found, wanted, file, line, lost, extract_sha256, person, unit_id, record_id)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";

#define ROW_COLUMNS \
	"id, coalesce(run_id, 0), host_id, at_s, by_person, check_id, subject, outcome, reason," \
	" detail, found, wanted, file, line, lost, extract_sha256, person, unit_id, record_id"
#define RUN_COLUMNS "id, host_id, at_s, duration_us, pass, fail, unknown, na, program"

static const char newest_run_sql[] =
	"SELECT " RUN_COLUMNS " FROM audit_run WHERE host_id = $1 AND at_s <= $2"
	" ORDER BY at_s DESC, id DESC LIMIT 1";
static const char runs_sql[] = "SELECT " RUN_COLUMNS " FROM audit_run WHERE host_id = $1"
			       " ORDER BY at_s DESC, id DESC LIMIT $2";
static const char newest_of_sql[] =
	"SELECT " RUN_COLUMNS " FROM audit_run WHERE id IN (SELECT (SELECT r.id FROM audit_run r"
	" WHERE r.host_id = j.value ORDER BY r.at_s DESC, r.id DESC LIMIT 1) FROM json_each($1) j)";
static const char unmet_of_sql[] =
	"SELECT " ROW_COLUMNS " FROM evidence WHERE run_id IN (SELECT value FROM json_each($1))"
	" AND outcome IN ($2, $3) ORDER BY check_id, run_id, outcome, id";
static const char rows_of_run_sql[] =
	"SELECT " ROW_COLUMNS " FROM evidence WHERE run_id = $1 ORDER BY id";
#define WORDS \
	"SELECT " ROW_COLUMNS " FROM evidence WHERE by_person NOT IN (0, 2) AND host_id = $1" \
	" AND at_s <= $2 AND ($1 <> 0 OR unit_id = 1)"
static const char words_sql[] = WORDS " ORDER BY at_s DESC, id DESC";
/* By the unit's index, which has the rows of "+host_id = 0" alone: the "+" keeps the indexes of
 * machines away, which would read the words of every unit there is. */
#define NEWEST_WORDS(subject) \
	"SELECT " ROW_COLUMNS " FROM evidence e JOIN (SELECT check_id AS c, by_person AS b," \
	" subject AS o, max(at_s) AS newest FROM evidence WHERE +host_id = 0 AND unit_id = $1" \
	" AND by_person NOT IN (0, 2) AND at_s <= $2 AND " subject \
	" GROUP BY check_id, by_person, subject) n" \
	" ON e.check_id = n.c AND e.by_person = n.b AND e.subject = n.o AND e.at_s = n.newest" \
	" WHERE +e.host_id = 0 AND e.unit_id = $1 AND e.by_person NOT IN (0, 2)"
static const char unit_words_sql[] =
	NEWEST_WORDS("subject NOT LIKE 'record:%'") " ORDER BY e.at_s DESC, e.id DESC";
static const char record_words_sql[] =
	NEWEST_WORDS("subject LIKE 'record:%'") " ORDER BY e.record_id, e.at_s DESC, e.id DESC";
static const char obligation_sql[] =
	"SELECT " ROW_COLUMNS " FROM evidence WHERE check_id = $1 AND host_id = $2"
	" AND by_person NOT IN (0, 2) AND at_s <= $3 ORDER BY at_s DESC, id DESC LIMIT $4";
static const char unit_obligation_sql[] =
	"SELECT " ROW_COLUMNS " FROM evidence WHERE check_id = $1 AND unit_id = $2 AND +host_id = 0"
	" AND by_person NOT IN (0, 2) AND at_s <= $3 ORDER BY at_s DESC, id DESC LIMIT $4";
/* Words first, the newest first; then what was imported, by check. */
static const char said_sql[] =
	"SELECT * FROM (" WORDS " UNION ALL"
	" SELECT " ROW_COLUMNS " FROM evidence e WHERE by_person = 2 AND host_id = $1"
	" AND at_s <= $2 AND extract_sha256 = (SELECT n.extract_sha256 FROM evidence n WHERE n.by_person = 2 AND"
	" n.host_id = $1 AND n.at_s <= $2 AND n.person = e.person"
	" ORDER BY n.at_s DESC, n.id DESC LIMIT 1)) AS said ORDER BY by_person = 2,"
	" CASE WHEN by_person = 2 THEN check_id END, CASE WHEN by_person = 2 THEN id END,"
	" at_s DESC, id DESC";
static const char is_imported_sql[] =
	"SELECT 1 FROM evidence WHERE by_person = 2 AND host_id = $1 AND extract_sha256 = $2 LIMIT 1";
static const char history_sql[] =
	"SELECT " ROW_COLUMNS " FROM evidence WHERE host_id = $1 AND check_id = $2 AND run_id IN"
	" (SELECT id FROM audit_run WHERE host_id = $1 ORDER BY at_s DESC, id DESC LIMIT $3)"
	" ORDER BY at_s DESC, id";

static struct str text_of(struct str s)
{
	return s.ptr ? s : STR("");
}

static int add_row(
	struct store *s, int64_t run_id, int64_t host_id, const struct evidence *row, struct err *e)
{
	struct store_query *q = store_query(s, add_row_sql);

	if (run_id)
		store_bind_i64(q, 1, run_id);
	else
		store_bind_null(q, 1);
	store_bind_i64(q, 2, host_id);
	store_bind_i64(q, 3, row->at_s);
	store_bind_i64(q, 4, row->by);
	store_bind_str(q, 5, row->check);
	store_bind_str(q, 6, text_of(row->subject));
	store_bind_i64(q, 7, row->outcome);
	store_bind_str(q, 8, text_of(row->reason));
	store_bind_str(q, 9, text_of(row->detail));
	store_bind_str(q, 10, text_of(row->found));
	store_bind_str(q, 11, text_of(row->wanted));
	store_bind_str(q, 12, text_of(row->file));
	store_bind_i64(q, 13, row->line);
	store_bind_str(q, 14, text_of(row->lost));
	store_bind_str(q, 15, text_of(row->extract_sha256));
	store_bind_str(q, 16, text_of(row->person));
	store_bind_i64(q, 17, row->unit_id ? row->unit_id : 1);
	store_bind_i64(q, 18, row->record_id);
	return store_run(q, e);
}

static int add_run_row(struct store *s, const struct audit_run *run, struct err *e)
{
	struct store_query *q = store_query(s, add_run_sql);

	store_bind_i64(q, 1, run->host_id);
	store_bind_i64(q, 2, run->at_s);
	store_bind_i64(q, 3, run->duration_us);
	for (int i = 0; i < 4; i++)
		store_bind_i64(q, 4 + i, run->count[i]);
	store_bind_str(q, 8, text_of(run->program));
	return store_run(q, e);
}

int evidence_add_run(struct store *s, struct audit_run *run, const struct evidence *rows,
	size_t count, struct err *e)
{
	int64_t run_id;
	int rc = store_begin(s, e);

	if (rc < 0)
		return rc;
	rc = add_run_row(s, run, e);
	run_id = store_last_id(s);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = add_row(s, run_id, run->host_id, &rows[i], e);
	if (rc == 0)
		rc = store_commit(s, e);
	if (rc < 0) {
		store_rollback(s);
		return rc;
	}
	run->id = run_id;
	return 0;
}

int evidence_add_word(struct store *s, const struct evidence *row, struct err *e)
{
	bool needs_person = row->by == EVIDENCE_PERSON || row->by == EVIDENCE_DUTY ||
		row->by == EVIDENCE_DOCUMENT;

	if (row->by == EVIDENCE_CHECK || row->by == EVIDENCE_IMPORT ||
		(needs_person && row->person.len == 0))
		return err_set(e, ERR_INPUT, "a person's word needs the person");
	return add_row(s, 0, row->host_id, row, e);
}

static struct audit_run take_run(struct store_query *q, struct arena *a)
{
	struct audit_run run = {
		.id = store_i64(q, 0),
		.host_id = store_i64(q, 1),
		.at_s = store_i64(q, 2),
		.duration_us = store_i64(q, 3),
		.program = arena_str(a, store_str(q, 8)),
	};

	for (int i = 0; i < 4; i++)
		run.count[i] = store_i64(q, 4 + i);
	return run;
}

static struct evidence take_row(struct store_query *q, struct arena *a)
{
	return (struct evidence){
		.id = store_i64(q, 0),
		.run_id = store_i64(q, 1),
		.host_id = store_i64(q, 2),
		.at_s = store_i64(q, 3),
		.by = (enum evidence_by)store_i64(q, 4),
		.check = arena_str(a, store_str(q, 5)),
		.subject = arena_str(a, store_str(q, 6)),
		.outcome = (enum outcome)store_i64(q, 7),
		.reason = arena_str(a, store_str(q, 8)),
		.detail = arena_str(a, store_str(q, 9)),
		.found = arena_str(a, store_str(q, 10)),
		.wanted = arena_str(a, store_str(q, 11)),
		.file = arena_str(a, store_str(q, 12)),
		.line = store_i64(q, 13),
		.lost = arena_str(a, store_str(q, 14)),
		.extract_sha256 = arena_str(a, store_str(q, 15)),
		.person = arena_str(a, store_str(q, 16)),
		.unit_id = store_i64(q, 17),
		.record_id = store_i64(q, 18),
	};
}

static int take_rows(
	struct store_query *q, struct arena *a, struct evidence_rows *ret, struct err *e)
{
	VEC(struct evidence) rows = { 0 };
	int rc;

	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &rows, take_row(q, a));
	if (rc < 0)
		return rc;
	*ret = (struct evidence_rows){ rows.at, rows.len };
	return 0;
}

int evidence_newest_run(struct store *s, int64_t host_id, int64_t at_s, struct arena *a,
	struct evidence_run *ret, struct err *e)
{
	struct store_query *q = store_query(s, newest_run_sql);
	int rc;

	*ret = (struct evidence_run){ 0 };
	store_bind_i64(q, 1, host_id);
	store_bind_i64(q, 2, at_s);
	rc = store_next(q, e);
	if (rc <= 0)
		return rc;
	ret->run = take_run(q, a);
	store_end(q);
	q = store_query(s, rows_of_run_sql);
	store_bind_i64(q, 1, ret->run.id);
	return take_rows(q, a, &ret->rows, e);
}

int evidence_words(struct store *s, int64_t host_id, int64_t at_s, struct arena *a,
	struct evidence_rows *ret, struct err *e)
{
	struct store_query *q = store_query(s, words_sql);

	store_bind_i64(q, 1, host_id);
	store_bind_i64(q, 2, at_s);
	return take_rows(q, a, ret, e);
}

int evidence_unit_words(struct store *s, int64_t unit_id, int64_t at_s, struct arena *a,
	struct evidence_rows *ret, struct err *e)
{
	struct store_query *q = store_query(s, unit_words_sql);

	store_bind_i64(q, 1, unit_id);
	store_bind_i64(q, 2, at_s);
	return take_rows(q, a, ret, e);
}

int evidence_record_words(struct store *s, int64_t unit_id, int64_t at_s, struct arena *a,
	struct evidence_rows *ret, struct err *e)
{
	struct store_query *q = store_query(s, record_words_sql);

	store_bind_i64(q, 1, unit_id);
	store_bind_i64(q, 2, at_s);
	return take_rows(q, a, ret, e);
}

int evidence_of_obligation(struct store *s, const struct evidence *about, size_t max,
	struct arena *a, struct evidence_rows *ret, struct err *e)
{
	struct store_query *q =
		store_query(s, about->host_id ? obligation_sql : unit_obligation_sql);
	int64_t unit_id = about->unit_id ? about->unit_id : 1;

	store_bind_str(q, 1, about->check);
	store_bind_i64(q, 2, about->host_id ? about->host_id : unit_id);
	store_bind_i64(q, 3, about->at_s);
	store_bind_i64(q, 4, (int64_t)max);
	return take_rows(q, a, ret, e);
}

static int take_runs(struct store_query *q, struct arena *a, struct audit_runs *ret, struct err *e)
{
	VEC(struct audit_run) runs = { 0 };
	int rc;

	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &runs, take_run(q, a));
	if (rc < 0)
		return rc;
	*ret = (struct audit_runs){ runs.at, runs.len };
	return 0;
}

int evidence_runs(struct store *s, int64_t host_id, size_t max, struct arena *a,
	struct audit_runs *ret, struct err *e)
{
	struct store_query *q = store_query(s, runs_sql);

	store_bind_i64(q, 1, host_id);
	store_bind_i64(q, 2, (int64_t)max);
	return take_runs(q, a, ret, e);
}

int evidence_newest_of(struct store *s, struct str host_ids, struct arena *a,
	struct audit_runs *ret, struct err *e)
{
	struct store_query *q = store_query(s, newest_of_sql);

	store_bind_str(q, 1, host_ids);
	return take_runs(q, a, ret, e);
}

int evidence_unmet_of(struct store *s, struct str run_ids, struct arena *a,
	struct evidence_rows *ret, struct err *e)
{
	struct store_query *q = store_query(s, unmet_of_sql);

	store_bind_str(q, 1, run_ids);
	store_bind_i64(q, 2, OUTCOME_FAIL);
	store_bind_i64(q, 3, OUTCOME_UNKNOWN);
	return take_rows(q, a, ret, e);
}

int evidence_history(struct store *s, const struct evidence *about, size_t max, struct arena *a,
	struct evidence_rows *ret, struct err *e)
{
	struct store_query *q = store_query(s, history_sql);

	store_bind_i64(q, 1, about->host_id);
	store_bind_str(q, 2, about->check);
	store_bind_i64(q, 3, (int64_t)max);
	return take_rows(q, a, ret, e);
}

int evidence_add_imports(
	struct store *s, int64_t host_id, const struct evidence *rows, size_t count, struct err *e)
{
	struct store_query *q = store_query(s, is_imported_sql);
	int rc;

	store_bind_i64(q, 1, host_id);
	store_bind_str(q, 2, count ? rows[0].extract_sha256 : STR(""));
	rc = store_next(q, e);
	store_end(q);
	if (rc > 0)
		return err_set(e, ERR_CONFLICT, "this file has been imported already");
	if (rc == 0)
		rc = store_begin(s, e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = rows[i].by == EVIDENCE_IMPORT && rows[i].person.len > 0 ?
			add_row(s, 0, host_id, &rows[i], e) :
			err_set(e, ERR_INPUT, "an imported row needs the tool it is from");
	if (rc == 0)
		rc = store_commit(s, e);
	if (rc < 0)
		store_rollback(s);
	return rc;
}

int evidence_said(struct store *s, int64_t host_id, int64_t at_s, struct arena *a,
	struct evidence_said *ret, struct err *e)
{
	struct store_query *q = store_query(s, said_sql);
	struct evidence_rows all;
	size_t words = 0;
	int rc;

	store_bind_i64(q, 1, host_id);
	store_bind_i64(q, 2, at_s);
	rc = take_rows(q, a, &all, e);
	if (rc < 0)
		return rc;
	while (words < all.count && all.at[words].by != EVIDENCE_IMPORT)
		words++;
	*ret = (struct evidence_said){ { all.at, words },
		{ all.count > words ? all.at + words : NULL, all.count - words } };
	return 0;
}
