/* judge.c - what registers, cases and signed statements say becomes evidence: for units in which
 * something changed, and for all of them once a day. A row is written only when the answer is
 * another than the last one, or that has grown old, so that a quiet year leaves few rows. */
#include "core/attest/attest.h"
#include "core/evidence/evidence.h"
#include "core/flow/flow.h"
#include "core/record/record_judge.h"
#include "face/web/serve_int.h"
#include "face/web/judge.h"

#define UNIT_MEMORY_BYTES (128 * MIB)
#define RENEW_S (25 * (int64_t)CLOCK_DAY_S)
#define BACK_S (366 * (int64_t)CLOCK_DAY_S)

static const char sql_changed[] =
	"SELECT DISTINCT unit_id FROM (SELECT unit_id FROM record WHERE changed_at_s >= $1"
	" UNION ALL SELECT unit_id FROM flow_case WHERE state_at_s >= $1 OR ended_at_s >= $1"
	" UNION ALL SELECT unit_id FROM attest_signed WHERE signed_at_s >= $1)";
static const char sql_signed[] =
	"SELECT r.id, r.obligation, s.unit_id, s.staff_id, s.signed_at_s, s.statement, s.version,"
	" s.made_by FROM attest_row r JOIN attest_signed s ON s.id = r.signed_id"
	" WHERE r.id > $1 AND s.staff_id IS NOT NULL ORDER BY r.id LIMIT 5000";

struct judging {
	struct store *store;
	const struct pack_set *packs;
	int64_t now_s, unit_id;
	struct arena *a;
	struct evidence_rows words; /* of the unit, newest of each kind */
};

static const struct evidence *last_of(const struct judging *j, struct str name, enum evidence_by by)
{
	for (size_t i = 0; i < j->words.count; i++) {
		const struct evidence *row = &j->words.at[i];

		if (row->by == by && row->subject.len == 0 && str_eq(row->check, name))
			return row;
	}
	return NULL;
}

static int keep(const struct judging *j, struct evidence *row, struct err *e)
{
	const struct evidence *last = last_of(j, row->check, row->by);

	if (last && last->outcome == row->outcome && str_eq(last->found, row->found) &&
		j->now_s - last->at_s < RENEW_S)
		return 0;
	row->unit_id = j->unit_id;
	row->at_s = j->now_s;
	return evidence_add_word(j->store, row, e);
}

/* --- registers -------------------------------------------------------------------------------- */

/* The register holds something, so the unit has what its obligations are about. */
static int keep_having(
	const struct judging *j, const struct pack_register *r, int64_t live, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < r->answer_count && rc == 0; i++) {
		const struct obligation *o = r->answers_are[i];

		for (size_t k = 0; o && k < o->applies.has_count && rc == 0; k++) {
			struct evidence row = { .by = EVIDENCE_REGISTER,
				.check = arena_fmt(j->a, "has:%.*s", STR_FMT(o->applies.has[k])),
				.outcome = live ? OUTCOME_PASS : OUTCOME_UNKNOWN,
				.file = r->id };

			if (live || last_of(j, row.check, EVIDENCE_REGISTER))
				rc = keep(j, &row, e);
			if (live)
				return rc; /* one is enough to say that it is there */
		}
	}
	return rc;
}

static int judge_register(const struct judging *j, const struct pack_register *r, struct err *e)
{
	const struct record_at at = { .store = j->store,
		.packs = j->packs,
		.reg = r,
		.a = j->a,
		.now_s = j->now_s,
		.login = STR("") };
	struct record_judgement judged;
	int rc = record_judge(&at, j->unit_id, &judged, e);

	if (rc == 0)
		rc = keep_having(j, r, judged.live, e);
	for (size_t i = 0; i < r->answer_count && rc == 0; i++) {
		const struct obligation *o = r->answers_are[i];
		struct evidence row = { .by = EVIDENCE_REGISTER, .file = r->id };

		if (!o || (judged.live == 0 && !r->is_nothing_fine))
			continue; /* an empty register says nothing */
		row.check = arena_fmt(j->a, "%.*s/%.*s", STR_FMT(o->pack->id), STR_FMT(o->id));
		row.outcome = record_outcome(r, &judged, o);
		for (size_t k = 0; k < judged.finding_count && !row.record_id; k++)
			if (record_finding_is_about(r, &judged.findings[k], o)) {
				row.record_id = judged.findings[k].record_id;
				row.found = judged.findings[k].words.vi;
			}
		if (row.outcome != OUTCOME_NA)
			rc = keep(j, &row, e);
	}
	return rc;
}

/* --- cases and signatures --------------------------------------------------------------------- */

static int judge_obligation(const struct judging *j, const struct obligation *o, struct err *e)
{
	const struct flow_by by = {
		.store = j->store, .packs = j->packs, .now_s = j->now_s, .a = j->a
	};
	const struct flow_question q = { .obligation = arena_fmt(j->a, "%.*s/%.*s",
						 STR_FMT(o->pack->id), STR_FMT(o->id)),
		.unit_id = j->unit_id,
		.since_s = j->now_s - BACK_S,
		.at_s = j->now_s };
	struct evidence row = { .check = q.obligation };
	struct attest_verdict attested = { 0 };
	struct flow_verdict flowed = { 0 };
	int rc = flow_judge(&by, &q, &flowed, e);

	if (rc == 0 && flowed.is_any) {
		row.by = EVIDENCE_FLOW;
		row.outcome = flowed.outcome;
		row.found = arena_fmt(j->a, "%lld/%lld/%lld", (long long)flowed.good,
			(long long)flowed.open, (long long)flowed.late);
		row.detail = arena_fmt(j->a, "case %lld", (long long)flowed.case_id);
		rc = keep(j, &row, e);
	}
	if (rc == 0)
		rc = attest_judge(&by, &q, &attested, e);
	if (rc == 0 && attested.is_any) {
		row = (struct evidence){ .check = q.obligation,
			.by = EVIDENCE_ATTEST,
			.outcome = attested.outcome,
			.found = arena_fmt(j->a, "%lld/%lld", (long long)attested.has,
				(long long)attested.must) };
		rc = keep(j, &row, e);
	}
	return rc;
}

static int judge_unit(struct judging *j, struct err *e)
{
	int rc = evidence_unit_words(j->store, j->unit_id, j->now_s, j->a, &j->words, e);

	for (size_t p = 0; rc == 0 && p < pack_count(j->packs); p++) {
		const struct pack *pack = pack_at(j->packs, p);

		if (!pack_in_force(pack, date_at(j->now_s)))
			continue;
		for (size_t i = 0; rc == 0 && i < pack->register_count; i++)
			rc = judge_register(j, &pack->registers[i], e);
		for (size_t i = 0; rc == 0 && i < pack->obligation_count; i++)
			if (pack->obligations[i].kind != KIND_DATA)
				rc = judge_obligation(j, &pack->obligations[i], e);
	}
	return rc;
}

static int judge_one(const struct judging *about, int64_t unit_id, struct err *e)
{
	struct judging j = *about;
	struct arena a;
	int rc = store_begin(j.store, e);

	if (rc < 0)
		return rc;
	arena_init(&a, UNIT_MEMORY_BYTES);
	j.a = &a;
	j.unit_id = unit_id;
	rc = judge_unit(&j, e);
	if (rc == 0)
		rc = store_commit(j.store, e);
	if (rc < 0)
		store_rollback(j.store);
	arena_done(&a);
	return rc;
}

/* --- which units ------------------------------------------------------------------------------ */

static int load_units(const struct judging *j, bool is_all, int64_t since_s, struct arena *a,
	int64_t **ret, struct err *e)
{
	VEC(int64_t) ids = { 0 };
	struct store_query *q;
	struct org_tree tree;
	int rc;

	if (is_all) {
		rc = org_tree(j->store, org_day(j->now_s, a), a, &tree, e);
		for (size_t i = 0; rc == 0 && i < tree.count; i++)
			if (tree.units[i].is_live)
				vec_push(a, &ids, tree.units[i].id);
	} else {
		q = store_query(j->store, sql_changed);
		store_bind_i64(q, 1, since_s);
		while ((rc = store_next(q, e)) == 1)
			vec_push(a, &ids, store_i64(q, 0));
	}
	*ret = ids.at;
	return rc < 0 ? rc : (int)ids.len;
}

/* Each new signature is the person's own evidence. */
static int keep_signed(const struct judging *j, struct arena *a, struct err *e)
{
	struct str last = STR_NONE;
	VEC(struct evidence) rows = { 0 };
	struct store_query *q;
	int64_t id = 0;
	int rc = org_setting(j->store, "duty.attest-row", a, &last, e);

	if (rc < 0)
		return rc;
	if (!str_to_i64(last, &id))
		id = 0;
	q = store_query(j->store, sql_signed);
	store_bind_i64(q, 1, id);
	while ((rc = store_next(q, e)) == 1) {
		id = store_i64(q, 0);
		vec_push(a, &rows,
			((struct evidence){ .by = EVIDENCE_ATTEST,
				.outcome = OUTCOME_PASS,
				.check = arena_str(a, store_str(q, 1)),
				.unit_id = store_i64(q, 2),
				.subject = arena_fmt(a, "staff:%lld", (long long)store_i64(q, 3)),
				.at_s = store_i64(q, 4),
				.file = arena_str(a, store_str(q, 5)),
				.line = store_i64(q, 6),
				.person = arena_str(a, store_str(q, 7)) }));
	}
	if (rc < 0 || rows.len == 0)
		return rc;
	rc = store_begin(j->store, e);
	for (size_t i = 0; rc == 0 && i < rows.len; i++)
		rc = evidence_add_word(j->store, &rows.at[i], e);
	if (rc == 0)
		rc = org_set(j->store, "duty.attest-row", arena_fmt(a, "%lld", (long long)id), e);
	if (rc == 0)
		rc = store_commit(j->store, e);
	if (rc < 0)
		store_rollback(j->store);
	return rc;
}

int judge_units(struct store *store, const struct pack_set *packs, struct err *e)
{
	struct judging j = { .store = store, .packs = packs, .now_s = clock_now_s() };
	struct str last = STR_NONE;
	struct arena a;
	int64_t since_s = 0, *ids = NULL;
	int rc, count = 0;

	arena_init(&a, UNIT_MEMORY_BYTES);
	rc = org_setting(store, "duty.judged", &a, &last, e);
	if (rc == 0 && !str_to_i64(last, &since_s))
		since_s = 0;
	if (rc == 0)
		rc = keep_signed(&j, &a, e);
	if (rc == 0)
		rc = count = load_units(&j,
			date_to_days(date_at(since_s)) != date_to_days(date_at(j.now_s)), since_s,
			&a, &ids, e);
	for (int i = 0; rc >= 0 && i < count; i++)
		rc = judge_one(&j, ids[i], e);
	if (rc >= 0 && (count || since_s == 0))
		rc = org_set(store, "duty.judged", arena_fmt(&a, "%lld", (long long)j.now_s), e);
	arena_done(&a);
	return rc < 0 ? rc : 0;
}
