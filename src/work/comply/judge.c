/* judge.c - what registers, cases and signed statements say becomes evidence: for units in which
 * something changed, and for all of them once a day. A row is written only when the answer is
 * another than the last one, or that has grown old, so that a quiet year leaves few rows. */
#include "core/attest/attest.h"
#include "core/flow/flow.h"
#include "core/record/record_judge.h"
#include "work/comply/comply_int.h"

#define JUDGE_MEMORY_BYTES (128 * MIB)
#define RENEW_S (25 * (int64_t)CLOCK_DAY_S)
#define BACK_S (366 * (int64_t)CLOCK_DAY_S)

static const char sql_changed[] =
	"SELECT DISTINCT unit_id FROM (SELECT unit_id FROM record WHERE changed_at_s >= $1"
	" UNION ALL SELECT unit_id FROM flow_case WHERE state_at_s >= $1 OR ended_at_s >= $1"
	" UNION ALL SELECT unit_id FROM attest_signed WHERE signed_at_s >= $1"
	" UNION ALL SELECT unit_before FROM staff_event WHERE done_at_s >= $1"
	" UNION ALL SELECT unit_after FROM staff_event WHERE done_at_s >= $1"
	" UNION ALL SELECT unit_id FROM verdict_due_register)"
	" WHERE unit_id IS NOT NULL";
static const char sql_signed[] =
	"SELECT r.id, r.obligation, s.unit_id, s.staff_id, s.signed_at_s, s.statement, s.version,"
	" s.made_by FROM attest_row r JOIN attest_signed s ON s.id = r.signed_id"
	" WHERE r.id > $1 AND s.staff_id IS NOT NULL ORDER BY r.id LIMIT 5000";
static const char sql_things[] =
	"SELECT DISTINCT r.id, r.register FROM flow_case c JOIN record r ON r.id = c.record_id"
	" WHERE c.unit_id = $1 AND r.unit_id = $1 AND (c.ended_at_s = 0 OR c.ended_at_s >= $2)";

/* What is to be written of a unit once all of it was read. */
struct found {
	struct str register_id;
	struct record_judgement judged;
};
struct to_write {
	VEC(struct evidence) rows;
	VEC(struct found) found;
};

struct judging {
	struct store *store;
	const struct pack_set *packs;
	int64_t now_s, unit_id;
	struct arena *a;
	struct evidence_rows words;   /* of the unit, newest of each kind */
	struct evidence_rows records; /* of its records */
	struct to_write *out;
};

static struct str name_of(const struct judging *j, const struct obligation *o)
{
	return arena_fmt(j->a, "%.*s/%.*s", STR_FMT(o->pack->id), STR_FMT(o->id));
}

/* The rows about the record, or about the unit. */
static struct evidence_rows rows_like(const struct judging *j, const struct evidence *like)
{
	return like->record_id ? comply_record_rows(&j->records, like->record_id) : j->words;
}

static const struct evidence *last_of(const struct judging *j, const struct evidence *like)
{
	struct evidence_rows rows = rows_like(j, like);

	for (size_t i = 0; i < rows.count; i++) {
		const struct evidence *row = &rows.at[i];

		if (row->by == like->by && str_eq(row->subject, like->subject) &&
			str_eq(row->check, like->check))
			return row;
	}
	return NULL;
}

static void keep(const struct judging *j, struct evidence *row)
{
	const struct evidence *last;

	if (!row->subject.ptr)
		row->subject = STR("");
	last = last_of(j, row);
	if (last && last->outcome == row->outcome && str_eq(last->found, row->found) &&
		str_eq(last->reason, row->reason.ptr ? row->reason : STR("")) &&
		(row->record_id || j->now_s - last->at_s < RENEW_S))
		return;
	row->unit_id = j->unit_id;
	row->at_s = j->now_s;
	vec_push(j->a, &j->out->rows, *row);
}

/* --- registers -------------------------------------------------------------------------------- */

static struct str register_subject(const struct judging *j, const struct pack_register *r)
{
	return arena_fmt(j->a, "register:%.*s", STR_FMT(r->id));
}

/* The register holds something, so the unit has what its obligations are about. */
static void keep_having(const struct judging *j, const struct pack_register *r, int64_t live)
{
	for (size_t i = 0; i < r->answer_count; i++) {
		const struct obligation *o = r->answers_are[i];

		for (size_t k = 0; o && k < o->applies.has_count; k++) {
			struct evidence row = { .by = EVIDENCE_REGISTER,
				.check = arena_fmt(j->a, "has:%.*s", STR_FMT(o->applies.has[k])),
				.subject = register_subject(j, r),
				.outcome = live ? OUTCOME_PASS : OUTCOME_UNKNOWN,
				.file = r->id };

			if (live || last_of(j, &row))
				keep(j, &row);
			if (live)
				return; /* one is enough to say that it is there */
		}
	}
}

/* The register as a whole, for one obligation. */
static void keep_answer(const struct judging *j, const struct pack_register *r,
	const struct record_judgement *judged, const struct obligation *o)
{
	struct evidence row = { .by = EVIDENCE_REGISTER,
		.check = name_of(j, o),
		.subject = register_subject(j, r),
		.outcome = record_outcome(r, judged, o),
		.reason = judged->left_out ? STR("left-out") : STR(""),
		.found = STR(""),
		.file = r->id };

	for (size_t k = 0; k < judged->finding_count && !row.found.len; k++) {
		const struct record_finding *f = &judged->findings[k];

		if (f->is_warning || !record_finding_is_about(r, f, o))
			continue;
		row.detail = f->record_id ?
			arena_fmt(j->a, "record %lld", (long long)f->record_id) :
			STR("");
		row.found = f->words.vi;
	}
	if (row.outcome != OUTCOME_NA)
		keep(j, &row);
}

static bool is_in(const struct obligation *const *list, size_t count, const struct obligation *o)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == o)
			return true;
	return false;
}

typedef int each_obligation(void *context, const struct obligation *o, struct err *e);

/* Each obligation that binds single records of the register, once. */
static int each_bound(
	const struct pack_register *r, each_obligation *each, void *context, struct err *e)
{
	int rc = 0;

	for (size_t b = 0; b < r->bind_count; b++)
		for (size_t i = 0; rc == 0 && i < r->binds[b].obligation_count; i++) {
			const struct obligation *o = r->binds[b].obligations_are[i];
			bool is_told = false;

			for (size_t n = 0; n < b && !is_told; n++)
				is_told = is_in(r->binds[n].obligations_are,
					r->binds[n].obligation_count, o);
			if (!is_told)
				rc = each(context, o, e);
		}
	return rc;
}

struct telling {
	const struct judging *j;
	const struct pack_register *r;
	const struct record_judgement *judged;
	int64_t record_id; /* of the case that is weighed */
};

static bool is_still_wrong(
	const struct telling *t, const struct evidence *row, const struct obligation *o)
{
	for (size_t i = 0; i < t->judged->finding_count; i++)
		if (t->judged->findings[i].record_id == row->record_id &&
			!t->judged->findings[i].is_warning &&
			record_finding_is_about(t->r, &t->judged->findings[i], o))
			return true;
	return false;
}

/* Records with a finding fail; those that failed and have none any more pass. */
static int keep_records(void *context, const struct obligation *o, struct err *e)
{
	const struct telling *t = context;
	const struct judging *j = t->j;
	struct str name = name_of(j, o);
	int64_t last = 0;

	(void)e;
	for (size_t i = 0; i < t->judged->finding_count; i++) {
		const struct record_finding *f = &t->judged->findings[i];
		struct evidence row = { .by = EVIDENCE_REGISTER,
			.check = name,
			.outcome = OUTCOME_FAIL,
			.record_id = f->record_id,
			.found = f->words.vi,
			.detail = f->field ? f->field->id : STR(""),
			.file = t->r->id };

		if (!f->record_id || f->record_id == last || f->is_warning ||
			!record_finding_is_about(t->r, f, o))
			continue;
		last = f->record_id; /* findings stand by record: its first is told */
		row.subject = arena_fmt(j->a, "record:%lld", (long long)f->record_id);
		keep(j, &row);
	}
	for (size_t i = 0; i < j->records.count; i++) {
		const struct evidence *was = &j->records.at[i];
		struct evidence row = { .by = EVIDENCE_REGISTER,
			.check = name,
			.subject = was->subject,
			.outcome = OUTCOME_PASS,
			.record_id = was->record_id,
			.found = STR(""),
			.file = t->r->id };

		if (was->by == EVIDENCE_REGISTER && was->outcome == OUTCOME_FAIL &&
			str_eq(was->file, t->r->id) && str_eq(was->check, name) &&
			!is_still_wrong(t, was, o))
			keep(j, &row);
	}
	return 0;
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
	struct telling telling = { j, r, &judged, 0 };
	int rc = record_judge(&at, j->unit_id, &judged, e);

	if (rc < 0)
		return rc;
	vec_push(j->a, &j->out->found, ((struct found){ r->id, judged }));
	keep_having(j, r, judged.live);
	/* an empty register says nothing */
	for (size_t i = 0; i < r->answer_count; i++)
		if (r->answers_are[i] && (judged.live || r->is_nothing_fine))
			keep_answer(j, r, &judged, r->answers_are[i]);
	return each_bound(r, keep_records, &telling, e);
}

/* --- cases and signatures --------------------------------------------------------------------- */

/* What the cases of the unit, or those about RECORD_ID, say of an obligation. */
static int keep_cases(
	const struct judging *j, const struct obligation *o, int64_t record_id, struct err *e)
{
	const struct flow_by by = {
		.store = j->store, .packs = j->packs, .now_s = j->now_s, .a = j->a
	};
	const struct flow_question q = { .obligation = name_of(j, o),
		.unit_id = j->unit_id,
		.record_id = record_id,
		.since_s = j->now_s - BACK_S,
		.at_s = j->now_s };
	struct flow_verdict flowed = { 0 };
	struct evidence row = { .check = q.obligation, .by = EVIDENCE_FLOW };
	int rc = flow_judge(&by, &q, &flowed, e);

	if (rc < 0 || !flowed.is_any)
		return rc;
	row.outcome = flowed.outcome;
	row.found = arena_fmt(j->a, "%lld/%lld/%lld", (long long)flowed.good,
		(long long)flowed.open, (long long)flowed.late);
	row.detail = arena_fmt(j->a, "case %lld", (long long)flowed.case_id);
	row.record_id = record_id;
	if (record_id)
		row.subject = arena_fmt(j->a, "record:%lld", (long long)record_id);
	keep(j, &row);
	return 0;
}

static int keep_thing(void *context, const struct obligation *o, struct err *e)
{
	const struct telling *t = context;

	return keep_cases(t->j, o, t->record_id, e);
}

/* Cases about a record are proof for that record. */
static int judge_things(const struct judging *j, struct err *e)
{
	struct store_query *q = store_query(j->store, sql_things);
	VEC(struct telling) list = { 0 };
	int rc;

	store_bind_i64(q, 1, j->unit_id);
	store_bind_i64(q, 2, j->now_s - BACK_S);
	while ((rc = store_next(q, e)) == 1) {
		const struct pack_register *r = pack_register(j->packs, store_str(q, 1));

		if (r)
			vec_push(j->a, &list, ((struct telling){ j, r, NULL, store_i64(q, 0) }));
	}
	for (size_t i = 0; rc == 0 && i < list.len; i++)
		rc = each_bound(list.at[i].r, keep_thing, &list.at[i], e);
	return rc;
}

static int judge_obligation(const struct judging *j, const struct obligation *o, struct err *e)
{
	const struct flow_by by = {
		.store = j->store, .packs = j->packs, .now_s = j->now_s, .a = j->a
	};
	const struct flow_question q = { .obligation = name_of(j, o),
		.unit_id = j->unit_id,
		.since_s = j->now_s - BACK_S,
		.at_s = j->now_s };
	struct attest_verdict attested = { 0 };
	struct evidence row = { .check = q.obligation, .by = EVIDENCE_ATTEST };
	int rc = keep_cases(j, o, 0, e);

	if (rc == 0)
		rc = attest_judge(&by, &q, &attested, e);
	if (rc < 0 || !attested.is_any)
		return rc;
	row.outcome = attested.outcome;
	row.found = arena_fmt(j->a, "%lld/%lld", (long long)attested.has, (long long)attested.must);
	keep(j, &row);
	return 0;
}

static int judge_unit(struct judging *j, struct err *e)
{
	int rc = evidence_unit_words(j->store, j->unit_id, j->now_s, j->a, &j->words, e);

	if (rc == 0)
		rc = evidence_record_words(j->store, j->unit_id, j->now_s, j->a, &j->records, e);
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
	return rc == 0 ? judge_things(j, e) : rc;
}

/* All in one short transaction. What changed since it was read is weighed anew: it is queued, or it
 * changed in this second or later, where the next look begins. */
static int write_unit(const struct judging *j, struct err *e)
{
	int rc = store_begin(j->store, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < j->out->found.len; i++) {
		const struct found *f = &j->out->found.at[i];

		rc = found_keep(j->store,
			&(struct comply_found){ .unit_id = j->unit_id,
				.register_id = f->register_id,
				.at_s = j->now_s },
			&f->judged, e);
	}
	for (size_t i = 0; rc == 0 && i < j->out->rows.len; i++)
		rc = evidence_add_word(j->store, &j->out->rows.at[i], e);
	if (rc == 0)
		rc = store_commit(j->store, e);
	if (rc < 0)
		store_rollback(j->store);
	return rc;
}

/* Reading a unit takes long, and nobody who writes waits for it: what is read is of one moment,
 * and written after. */
static int judge_one(const struct judging *about, int64_t unit_id, struct err *e)
{
	struct to_write out = { 0 };
	struct judging j = *about;
	struct arena a;
	int rc = store_begin_reading(j.store, e);

	if (rc < 0)
		return rc;
	arena_init(&a, JUDGE_MEMORY_BYTES);
	j.a = &a;
	j.unit_id = unit_id;
	j.out = &out;
	rc = judge_unit(&j, e);
	store_rollback(j.store);
	if (rc == 0)
		rc = write_unit(&j, e);
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

/* Each new signature is the person's own evidence. How many there were, at most so many at once. */
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
	return rc < 0 ? rc : (int)rows.len;
}

int comply_judge(struct store *store, const struct pack_set *packs, int64_t now_s, struct err *e)
{
	struct judging j = { .store = store, .packs = packs, .now_s = now_s };
	struct str last = STR_NONE;
	struct arena a;
	int64_t since_s = 0, *ids = NULL;
	int rc, count = 0;

	arena_init(&a, JUDGE_MEMORY_BYTES);
	rc = org_setting(store, COMPLY_JUDGED, &a, &last, e);
	if (rc == 0 && !str_to_i64(last, &since_s))
		since_s = 0;
	do {
		if (rc >= 0)
			rc = keep_signed(&j, &a, e);
	} while (rc > 0);
	if (rc == 0)
		rc = count = load_units(&j,
			date_to_days(date_at(since_s)) != date_to_days(date_at(j.now_s)), since_s,
			&a, &ids, e);
	for (int i = 0; rc >= 0 && i < count; i++)
		rc = judge_one(&j, ids[i], e);
	if (rc >= 0 && (count || since_s == 0))
		rc = org_set(store, COMPLY_JUDGED, arena_fmt(&a, "%lld", (long long)j.now_s), e);
	arena_done(&a);
	return rc < 0 ? rc : 0;
}
