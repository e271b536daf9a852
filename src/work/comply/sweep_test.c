/* Verdicts of units that are kept: the same as reckoned, after each thing that may change them. */
#include "core/attest/attest.h"
#include "core/file/file.h"
#include "core/flow/flow.h"
#include "core/record/record.h"
#include "kit/store/cost.h"
#include "work/comply/sweep.h"

#include <stdlib.h>

#include "test/unit.h"

#define NOW_S 1790000000 /* September 2026 */

static struct arena arena;
static struct pack_set *packs;
static struct store *store;
static struct err err;
static struct comply_law law;

static int set_up(void **state)
{
	const char *source = getenv("KHIEN_SOURCE");

	arena_init(&arena, 256 * MIB);
	assert_int_equal(pack_set_load(arena_fmt(&arena, "%s/packs", source ? source : ".").ptr,
				 &err, &packs),
		0);
	assert_int_equal(store_open(":memory:", &err, &store), 0);
	assert_int_equal(store_migrate(store, org_steps, org_step_count, &err), 0);
	assert_int_equal(store_migrate(store, evidence_steps, evidence_step_count, &err), 0);
	assert_int_equal(store_migrate(store, flow_steps, flow_step_count, &err), 0);
	assert_int_equal(store_migrate(store, attest_steps, attest_step_count, &err), 0);
	assert_int_equal(store_migrate(store, record_steps, record_step_count, &err), 0);
	assert_int_equal(store_migrate(store, file_steps, file_step_count, &err), 0);
	assert_int_equal(store_migrate(store, comply_steps, comply_step_count, &err), 0);
	comply_law_of(packs, date_at(NOW_S), &arena, &law);
	return 0;
}

static int tear_down(void **state)
{
	store_close(store);
	packs = pack_set_free(packs);
	arena_done(&arena);
	return 0;
}

static int refresh(int64_t at_s)
{
	int rc = comply_refresh(store, packs, at_s, 0, &err);

	if (rc < 0)
		print_error("%s\n", err.text);
	assert_true(rc >= 0);
	return rc;
}

static struct comply_unit_row kept(void)
{
	struct comply_units units;

	assert_int_equal(comply_kept_units(store, &law, STR("[1]"), &arena, &units, &err), 0);
	assert_int_equal(units.count, 1);
	return units.at[0];
}

static char mark_of(const char *id)
{
	for (size_t i = 0; i < law.count; i++)
		if (str_is(law.at[i]->id, id) && str_is(law.at[i]->pack->id, "tay-son"))
			return kept().marks.ptr[i];
	fail();
	return 0;
}

static void word(const char *name, enum evidence_by by, enum outcome outcome, int64_t at_s)
{
	struct evidence row = { .check = str_of(name),
		.by = by,
		.outcome = outcome,
		.at_s = at_s,
		.unit_id = 1,
		.person = STR("an.le") };

	assert_int_equal(evidence_add_word(store, &row, &err), 0);
}

static int add_counts(void *context, const struct comply_subject *subject,
	const struct comply_verdict *verdicts, size_t count, struct err *e)
{
	struct str *marks = context;

	for (size_t i = 0; i < count; i++) {
		enum verdict v = verdicts[i].verdict, sum;
		char *mark;
		size_t place = 0;

		while (law.at[place] != verdicts[i].obligation)
			place++;
		mark = (char *)marks->ptr + place;
		if (comply_mark_verdict(*mark, &sum))
			v = verdict_worst(v, sum);
		*mark = comply_mark(v);
	}
	return 0;
}

/* What is kept says the same as what is reckoned from the evidence. */
static void same_as_reckoned(int64_t at_s)
{
	struct comply_unit_row row = kept();
	char *text = arena_alloc(&arena, law.count + 1);
	struct str marks = { text, law.count };

	for (size_t i = 0; i < law.count; i++)
		text[i] = COMPLY_MARK_NONE;
	assert_int_equal(comply_walk(&(struct comply_query){ store, packs, 1, at_s, NULL },
				 add_counts, &marks, &err),
		0);
	assert_string_equal(arena_cstr(&arena, row.marks), text);
}

static void every_obligation_has_a_verdict(void **state)
{
	size_t ours = 0;

	assert_true(refresh(NOW_S) >= 1);
	for (size_t i = 0; i < law.count; i++) {
		assert_int_not_equal(kept().marks.ptr[i], COMPLY_MARK_NONE);
		ours += str_is(law.at[i]->pack->id, "tay-son");
	}
	assert_int_equal(ours, 228);
	assert_int_equal(refresh(NOW_S), 0);
	same_as_reckoned(NOW_S);
}

/* EVIDENCE: D10.2.b, D6.1#1 */
static void not_applicable_needs_a_signed_statement(void **state)
{
	assert_int_equal(mark_of("D6.1#1"), 'N');
	word("has:vendor", EVIDENCE_PERSON, OUTCOME_NA, NOW_S + 1);
	refresh(NOW_S + 2);
	assert_int_equal(mark_of("D6.1#1"), '-');
	same_as_reckoned(NOW_S + 2);
	/* as time passes the statement grows old, and nothing else needs to happen */
	refresh(NOW_S + 400 * CLOCK_DAY_S);
	assert_int_equal(mark_of("D6.1#1"), 'N');
	same_as_reckoned(NOW_S + 400 * CLOCK_DAY_S);
	/* and of a past day it still says what it said */
	assert_int_equal(comply_forget(store, &err), 0);
	refresh(NOW_S + 2);
	assert_int_equal(mark_of("D6.1#1"), '-');
}

/* EVIDENCE: D19.3#4 */
static void a_duty_done_is_met_until_it_grows_old(void **state)
{
	assert_int_equal(mark_of("D19.3#4"), 'N');
	word("tay-son/D19.3#4", EVIDENCE_DUTY, OUTCOME_PASS, NOW_S + 10);
	assert_int_equal(refresh(NOW_S + 11), 1); /* the unit alone, nothing else is touched */
	assert_int_equal(mark_of("D19.3#4"), 'M');
	same_as_reckoned(NOW_S + 11);
	refresh(NOW_S + 11 + 185 * CLOCK_DAY_S);
	assert_int_equal(mark_of("D19.3#4"), 'O');
	assert_int_equal(comply_forget(store, &err), 0);
	refresh(NOW_S + 11);
}

/* EVIDENCE: D8.3 */
static void a_machine_changes_its_unit(void **state)
{
	struct evidence rows[] = { { .check = STR("pw.len"),
		.outcome = OUTCOME_FAIL,
		.at_s = NOW_S + 20,
		.found = STR("6") } };
	struct audit_run run = { .at_s = NOW_S + 20 };
	struct exception x = { .obligation = STR("tay-son/D8.3"),
		.reason = STR("r"),
		.approver = STR("b"),
		.from_s = NOW_S + 20,
		.until_s = NOW_S + 1000,
		.made_by = STR("a") };

	assert_int_equal(org_host_seen(store, "may-1", "server", NOW_S, &run.host_id, &err), 0);
	assert_int_equal(evidence_add_run(store, &run, rows, 1, &err), 0);
	refresh(NOW_S + 21);
	assert_int_equal(mark_of("D8.3"), 'F');
	same_as_reckoned(NOW_S + 21);
	x.host_id = run.host_id;
	assert_int_equal(exception_add(store, &x, &err), 0);
	assert_int_equal(refresh(NOW_S + 22), 1);
	assert_int_equal(mark_of("D8.3"), 'X');
	same_as_reckoned(NOW_S + 22);
	refresh(NOW_S + 1000);
	assert_int_equal(mark_of("D8.3"), 'F');
	same_as_reckoned(NOW_S + 1000);
}

/* --- records ---------------------------------------------------------------------------------- */

static struct record_at at_wifi(int64_t now_s)
{
	return (struct record_at){ .store = store,
		.packs = packs,
		.reg = pack_register(packs, STR("wifi")),
		.a = &arena,
		.now_s = now_s,
		.login = STR("an.le") };
}

static struct str day_of(int64_t at_s)
{
	char text[CLOCK_TEXT_MAX];

	return arena_str(&arena, str_of(date_iso(date_at(at_s), text)));
}

/* A network whose password was changed on CHANGED; version 0 is a new one. */
static struct record network(struct record r, int64_t now_s, int64_t changed_s)
{
	static int made;
	struct str name = r.id ? r.title : arena_fmt(&arena, "XaMau-%d", ++made);
	struct record_value values[] = { { STR("ssid"), name }, { STR("doi-tuong"), STR("noi-bo") },
		{ STR("trang-thai"), STR("dang-phat") }, { STR("bao-mat"), STR("WPA2") },
		{ STR("loc-mac"), STR("yes") }, { STR("mac"), STR("aa:bb:cc:00:11:22") },
		{ STR("noi-dat"), STR("Tầng 1") }, { STR("doi-mat-khau"), day_of(changed_s) } };
	struct record_at at = at_wifi(now_s);
	struct record_faults faults;
	int rc;

	r.unit_id = 1;
	rc = record_save(
		&at, &r, (struct record_body){ values, COUNT(values) }, STR("thử"), &faults, &err);
	if (rc < 0)
		print_error("%s %.*s\n", err.text,
			STR_FMT(faults.count && faults.at[0].field ? faults.at[0].field->id :
								     STR("")));
	assert_int_equal(rc, 0);
	return r;
}

struct looking {
	const char *id;
	int64_t record_id;
	int seen;
	enum verdict verdict;
	const char *why;
};

static int look_at(void *context, const struct comply_subject *subject,
	const struct comply_verdict *verdicts, size_t count, struct err *e)
{
	struct looking *l = context;

	for (size_t i = 0; i < count; i++) {
		if (subject->about != COMPLY_RECORD || subject->id != l->record_id ||
			!str_is(verdicts[i].obligation->id, l->id))
			continue;
		l->seen++;
		l->verdict = verdicts[i].verdict;
		l->why = verdicts[i].why;
	}
	return 0;
}

/* What the record's verdict is; VERDICT_COUNT when it is no subject. */
static enum verdict record_verdict(const char *id, int64_t record_id, int64_t at_s)
{
	struct comply_query q = { store, packs, 1, at_s,
		pack_obligation(packs, arena_fmt(&arena, "tay-son/%s", id)) };
	struct looking l = { .id = id, .record_id = record_id };

	assert_int_equal(comply_walk(&q, look_at, &l, &err), 0);
	assert_true(l.seen <= 1);
	return l.seen ? l.verdict : VERDICT_COUNT;
}

static void weigh(int64_t at_s)
{
	assert_int_equal(comply_judge(store, packs, at_s, &err), 0);
	refresh(at_s);
	same_as_reckoned(at_s);
}

/* EVIDENCE: D10.2.b, D10.2.a#3, D10.2.c#2 */
static void each_network_has_its_own_verdict(void **state)
{
	const int64_t t = NOW_S + 500 * CLOCK_DAY_S, day = CLOCK_DAY_S;
	struct record good = network((struct record){ 0 }, t, t - 30 * day);
	struct record old = network((struct record){ 0 }, t, t - 30 * day);

	/* written down, not yet weighed: nothing says that it is right */
	assert_int_equal(record_verdict("D10.2.b", good.id, t), VERDICT_NO_EVIDENCE);
	old = network(old, t + 1, t - 200 * day);
	weigh(t + 2);
	assert_int_equal(record_verdict("D10.2.b", good.id, t + 2), VERDICT_MET);
	assert_int_equal(record_verdict("D10.2.b", old.id, t + 2), VERDICT_NOT_MET);
	assert_int_equal(mark_of("D10.2.b"), 'F');
	/* no guests: the obligation about their network does not bind it */
	assert_int_equal(record_verdict("D10.2.c#2", good.id, t + 2), VERDICT_COUNT);
	/* mended: the gap closes by itself, and the past stays what it was */
	old = network(old, t + 10, t);
	weigh(t + 11);
	assert_int_equal(record_verdict("D10.2.b", old.id, t + 11), VERDICT_MET);
	assert_int_equal(record_verdict("D10.2.b", old.id, t + 2), VERDICT_NOT_MET);
	/* half a year on, nobody having done anything, both are overdue by the register's rule */
	weigh(t + 190 * day);
	assert_int_equal(record_verdict("D10.2.b", good.id, t + 190 * day), VERDICT_NOT_MET);
	assert_int_equal(record_verdict("D10.2.b", old.id, t + 190 * day), VERDICT_NOT_MET);
}

/* EVIDENCE: D10.2.b */
static void a_record_that_is_cancelled_is_no_subject(void **state)
{
	const int64_t t = NOW_S + 800 * CLOCK_DAY_S;
	struct record r = network((struct record){ 0 }, t, t);
	struct record_at at = at_wifi(t + 5);

	weigh(t + 1);
	assert_int_equal(record_verdict("D10.2.b", r.id, t + 1), VERDICT_MET);
	assert_int_equal(record_cancel(&at, r.id, r.version, STR("đã tháo"), &err), 0);
	weigh(t + 6);
	assert_int_equal(record_verdict("D10.2.b", r.id, t + 6), VERDICT_COUNT);
	assert_int_equal(record_verdict("D10.2.b", r.id, t + 1), VERDICT_MET);
}

/* EVIDENCE: D10.2.b */
static void an_exception_covers_one_record(void **state)
{
	const int64_t t = NOW_S + 900 * CLOCK_DAY_S;
	struct record one = network((struct record){ 0 }, t, t - 300 * CLOCK_DAY_S);
	struct record other = network((struct record){ 0 }, t, t - 300 * CLOCK_DAY_S);
	struct exception x = { .obligation = STR("tay-son/D10.2.b"),
		.reason = STR("r"),
		.approver = STR("b"),
		.from_s = t,
		.until_s = t + 1000,
		.record_id = one.id,
		.made_by = STR("a") };

	assert_int_equal(exception_add(store, &x, &err), 0);
	weigh(t + 1);
	assert_int_equal(record_verdict("D10.2.b", one.id, t + 1), VERDICT_EXCEPTED);
	assert_int_equal(record_verdict("D10.2.b", other.id, t + 1), VERDICT_NOT_MET);
	refresh(t + 1000);
	same_as_reckoned(t + 1000);
	assert_int_equal(record_verdict("D10.2.b", one.id, t + 1000), VERDICT_NOT_MET);
}

static int64_t person(const char *state)
{
	struct store_query *q = store_query(store,
		"INSERT INTO staff (unit_id, name, folded, sort_key, position, email, phone, state,"
		" made_by, made_at_s) VALUES (1, 'Lê An', 'le an', 'an le', '', '', '', $1, 'x', 1)");

	store_bind_cstr(q, 1, state);
	assert_int_equal(store_run(q, &err), 0);
	return store_last_id(store);
}

static int64_t account_of(int64_t staff_id, int64_t now_s)
{
	struct record_value values[] = {
		{ STR("ten"), arena_fmt(&arena, "an.%lld", (long long)staff_id) },
		{ STR("loai"), STR("ca-nhan") }, { STR("trang-thai"), STR("dang-dung") },
		{ STR("nguoi"), arena_fmt(&arena, "%lld", (long long)staff_id) }
	};
	struct record_at at = at_wifi(now_s);
	struct record r = { .unit_id = 1 };
	struct record_faults faults;

	at.reg = pack_register(packs, STR("accounts"));
	assert_int_equal(record_save(&at, &r, (struct record_body){ values, COUNT(values) },
				 STR(""), &faults, &err),
		0);
	return r.id;
}

/* EVIDENCE: D8.2#3, D12.1.e */
static void an_account_of_one_who_left_is_a_finding(void **state)
{
	const int64_t t = NOW_S + 950 * CLOCK_DAY_S;
	int64_t here = account_of(person("working"), t), left = account_of(person("left"), t);
	struct comply_findings_query q = {
		.unit_id = 1, .registers_json = STR("[\"accounts\"]"), .max = 100
	};
	struct comply_findings found;
	struct comply_found_list totals;
	size_t about_left = 0;

	weigh(t + 1);
	assert_int_equal(record_verdict("D8.2#3", here, t + 1), VERDICT_MET);
	assert_int_equal(record_verdict("D8.2#3", left, t + 1), VERDICT_NOT_MET);
	assert_int_equal(comply_findings(store, &q, &arena, &found, &err), 0);
	for (size_t i = 0; i < found.count; i++)
		about_left += found.at[i].record_id == left && str_is(found.at[i].field, "nguoi");
	assert_int_equal(about_left, 1);
	assert_int_equal(comply_found_totals(store, STR("[1,7]"), &arena, &totals, &err), 0);
	for (size_t i = 0; i < totals.count; i++)
		if (str_is(totals.at[i].register_id, "accounts"))
			assert_int_equal(totals.at[i].findings + totals.at[i].warnings,
				(int64_t)found.count);
}

/* Two registers answer the same obligation: the one that is in order does not hide the other. */
static void of_two_registers_the_worse_counts(void **state)
{
	const int64_t t = NOW_S + 1000 * CLOCK_DAY_S;
	struct evidence row = {
		.by = EVIDENCE_REGISTER, .check = STR("tay-son/D19.8#1"), .unit_id = 1, .at_s = t
	};

	row.subject = STR("register:a"), row.outcome = OUTCOME_FAIL;
	assert_int_equal(evidence_add_word(store, &row, &err), 0);
	row.subject = STR("register:b"), row.outcome = OUTCOME_PASS, row.at_s = t + 1;
	assert_int_equal(evidence_add_word(store, &row, &err), 0);
	refresh(t + 2);
	assert_int_equal(mark_of("D19.8#1"), 'F');
	row.subject = STR("register:a"), row.at_s = t + 3;
	assert_int_equal(evidence_add_word(store, &row, &err), 0);
	refresh(t + 4);
	assert_int_equal(mark_of("D19.8#1"), 'M');
}

/* What a walk tells of each obligation, a line for a subject. */
struct telling {
	struct buf *of; /* by the law's order */
	size_t lines;
};

static int tell(void *context, const struct comply_subject *subject,
	const struct comply_verdict *verdicts, size_t count, struct err *e)
{
	struct telling *t = context;

	for (size_t i = 0; i < count; i++) {
		const struct comply_verdict *v = &verdicts[i];
		size_t place = 0;

		while (law.at[place] != v->obligation)
			place++;
		t->lines += subject->about == COMPLY_HOST;
		buf_fmt(&t->of[place], "%d %lld %.*s: %s %s", subject->about,
			(long long)subject->id, STR_FMT(subject->name), verdict_name(v->verdict),
			v->why);
		for (size_t k = 0; k < v->proof_count; k++)
			buf_fmt(&t->of[place], " (%d %lld %zu %.*s)", v->proofs[k].state,
				(long long)v->proofs[k].at_s, v->proofs[k].row_count,
				STR_FMT(v->proofs[k].rows && v->proofs[k].asked->by != BY_CHECK ?
						v->proofs[k].rows->found :
						STR("")));
		buf_add_char(&t->of[place], '\n');
	}
	return 0;
}

static void import(int64_t host_id, const char *check, enum outcome outcome, int64_t at_s)
{
	static int files;
	struct evidence row = { .check = str_of(check),
		.by = EVIDENCE_IMPORT,
		.outcome = outcome,
		.at_s = at_s,
		.person = STR("lynis"),
		.extract_sha256 = arena_fmt(&arena, "%064d", ++files) };

	assert_int_equal(evidence_add_imports(store, host_id, &row, 1, &err), 0);
}

/* Machine N of several: what its audits saw, what another tool found, what people said. */
static void furnish_host(int n, int64_t at_s)
{
	static const char *const checks[] = { "lock.deny", "lock.deny", "pw.len", "screen.lock" };
	struct evidence rows[COUNT(checks)] = { 0 };
	struct evidence said = { .check = STR("tay-son/D12.1.b#1"),
		.by = EVIDENCE_PERSON,
		.outcome = OUTCOME_PASS,
		.person = STR("an.le") };
	struct audit_run run = { .at_s = at_s };

	assert_int_equal(org_host_seen(store, arena_fmt(&arena, "may-%d", 9 - n).ptr, "server",
				 at_s, &run.host_id, &err),
		0);
	for (size_t i = 0; i < COUNT(rows); i++)
		rows[i] = (struct evidence){ .check = str_of(checks[i]),
			.outcome = (enum outcome)((i + (size_t)n) % 4),
			.at_s = at_s };
	for (int old = 1; old >= 0 && n < 4; old--) {
		run.at_s = at_s - old * CLOCK_DAY_S;
		assert_int_equal(
			evidence_add_run(store, &run, rows, COUNT(rows) - (size_t)old, &err), 0);
	}
	for (int i = 0; i < n; i++) {
		import(run.host_id, "pw.class", i % 2 ? OUTCOME_FAIL : OUTCOME_PASS, at_s + i);
		said.host_id = run.host_id;
		said.at_s = at_s + i;
		said.found = arena_fmt(&arena, "lần %d", i);
		assert_int_equal(evidence_add_word(store, &said, &err), 0);
	}
}

static void asked_about_one_obligation_a_walk_says_the_same(void **state)
{
	const int64_t t = NOW_S + 1100 * CLOCK_DAY_S;
	struct comply_query q = { store, packs, 1, t + 10, NULL };
	struct telling all = { .of = arena_array(&arena, struct buf, law.count) };
	struct telling one = { .of = arena_array(&arena, struct buf, law.count) };

	for (int n = 0; n < 6; n++)
		furnish_host(n, t);
	for (size_t i = 0; i < law.count; i++) {
		buf_init(&all.of[i], MIB);
		buf_init(&one.of[i], MIB);
	}
	assert_int_equal(comply_walk(&q, tell, &all, &err), 0);
	for (size_t i = 0; i < law.count; i++) {
		q.only = law.at[i];
		assert_int_equal(comply_walk(&q, tell, &one, &err), 0);
		assert_string_equal(arena_cstr(&arena, buf_str(&one.of[i])),
			arena_cstr(&arena, buf_str(&all.of[i])));
		buf_done(&all.of[i]);
		buf_done(&one.of[i]);
	}
	assert_true(all.lines >= 6 * 20);
}

/* --- whom an obligation binds, with which verdict --------------------------------------------- */

struct placing {
	struct arena *a;
	struct comply_place *at;
	size_t count;
};

static int place(void *context, const struct comply_subject *subject,
	const struct comply_verdict *verdicts, size_t count, struct err *e)
{
	struct placing *p = context;

	if (count)
		p->at[p->count++] =
			(struct comply_place){ subject->about, verdicts[0].verdict, subject->id };
	return 0;
}

/* Those of V in the order of a walk: the same as the places say. */
static void same_of_verdict(const struct placing *walked, const struct comply_places *places,
	enum verdict v, size_t *at)
{
	size_t before = *at;

	for (size_t i = 0; i < walked->count; i++) {
		if (walked->at[i].verdict != v)
			continue;
		assert_int_equal(places->at[*at].about, walked->at[i].about);
		assert_int_equal(places->at[*at].id, walked->at[i].id);
		assert_int_equal(places->at[(*at)++].verdict, v);
	}
	assert_int_equal(places->counts[v], *at - before);
}

/* The places of Q are what a walk meets, and a walk to some of them meets those. */
static size_t same_places(const struct comply_query *q, bool is_kept)
{
	struct comply_places places;
	const struct unit_facts *known;
	struct placing walked = { 0 };
	struct arena a;
	size_t at = 0;

	arena_init(&a, COMPLY_UNIT_MEMORY_BYTES);
	assert_int_equal(comply_know(q, &a, &known, &err), 0);
	assert_int_equal(comply_places(known, &a, &places, &err), 0);
	assert_int_equal(places.at_s < q->at_s, is_kept);
	walked.at = arena_array(&a, struct comply_place, places.count + 1);
	assert_int_equal(comply_walk_known(known, place, &walked, &err), 0);
	assert_int_equal(walked.count, places.count);
	for (int v = 0; v < VERDICT_COUNT; v++)
		same_of_verdict(&walked, &places, (enum verdict)v, &at);
	for (size_t i = 0; i < places.count; i += 30) {
		size_t n = places.count - i < 30 ? places.count - i : 30;

		walked.count = 0;
		assert_int_equal(
			comply_walk_places(known, places.at + i, n, place, &walked, &err), 0);
		assert_int_equal(walked.count, n);
	}
	arena_done(&a);
	return at;
}

static void places_are_what_a_walk_meets(void **state)
{
	const int64_t t = NOW_S + 1150 * CLOCK_DAY_S;
	struct comply_query q = { store, packs, 1, t + 10, NULL };
	size_t most = 0;

	for (int n = 0; n < 6; n++)
		furnish_host(n, t);
	for (int many = 0; many < 2; many++) {
		refresh(t + 5);
		for (size_t i = 0; i < law.count; i++) {
			size_t count;

			q.only = law.at[i];
			count = same_places(&q, many);
			most = count > most ? count : most;
		}
		for (int n = 0; n < 200; n++) { /* too many to reckon for a page */
			int64_t id;

			assert_int_equal(
				org_host_seen(store, arena_fmt(&arena, "nhieu-%03d", n).ptr,
					n % 2 ? "server" : "workstation", t, &id, &err),
				0);
		}
	}
	assert_true(most > 200);
	q.only = pack_obligation(packs, STR("tay-son/D11.3"));
	q.at_s = t + 4; /* what is kept came later */
	(void)same_places(&q, false);
}

static void a_unit_reckoned_anew_is_what_is_kept(void **state)
{
	const int64_t t = NOW_S + 1200 * CLOCK_DAY_S;
	struct comply_query q = { store, packs, 1, t + 10, NULL };
	struct comply_law then;
	struct str marks = STR("");

	for (int n = 0; n < 4; n++)
		furnish_host(n, t);
	refresh(t + 10);
	comply_law_of(packs, date_at(t + 10), &arena, &then);
	assert_int_equal(comply_unit_marks(&q, &then, &arena, &marks, &err), 0);
	assert_int_equal(marks.len, law.count);
	assert_string_equal(arena_cstr(&arena, marks), arena_cstr(&arena, kept().marks));
	q.unit_id = 999;
	assert_int_equal(comply_unit_marks(&q, &then, &arena, &marks, &err), ERR_ABSENT);
}

static void what_does_not_apply_is_left_out_of_the_score(void **state)
{
	struct comply_law two = {
		.at = (const struct obligation *[]){ pack_obligation(packs, STR("tay-son/D8.3")),
			pack_obligation(packs, STR("tay-son/D4.1")) },
		.count = 2
	};
	struct comply_score s = comply_score_of(&two, STR("M-"), NULL);

	assert_int_equal(s.permille, 1000);
	assert_int_equal(s.counts[VERDICT_NA], 1);
	assert_int_equal(comply_score_of(&two, STR("--"), NULL).permille, -1);
	assert_int_equal(comply_score_of(&two, STR("NX"), NULL).permille, 0);
}

static void run_sql(const char *sql)
{
	if (store_run(store_query(store, sql), &err) < 0)
		fail_msg("%s", err.text);
}

/* How many subjects are reckoned after a machine is seen first. */
static int after_machine(const char *name, const char *kind, int64_t at_s)
{
	int64_t id;
	int count;

	assert_int_equal(org_host_seen(store, name, kind, at_s, &id, &err), 0);
	count = refresh(at_s);
	same_as_reckoned(at_s);
	return count;
}

static void one_more_machine_leaves_the_others_as_they_are(void **state)
{
	const int64_t t = NOW_S + 1250 * CLOCK_DAY_S;

	refresh(t);
	assert_int_equal(after_machine("may-moi", "server", t + 1), 2); /* it, and the unit */
	/* the unit had none of this kind: what applies to it changes */
	run_sql("UPDATE host SET kind = 'server'");
	assert_true(refresh(t + 1) > 5);
	assert_true(after_machine("may-tram-1", "workstation", t + 2) > 5);
	assert_int_equal(after_machine("may-tram-2", "workstation", t + 3), 2);
}

static uint64_t steps_after_a_word(int64_t at_s)
{
	uint64_t before;

	word("tay-son/D19.3#4", EVIDENCE_PERSON, OUTCOME_PASS, at_s);
	before = store_steps_taken(store);
	assert_int_equal(refresh(at_s), 1);
	return store_steps_taken(store) - before;
}

static void a_word_costs_no_more_in_a_province(void **state)
{
	const int64_t t = NOW_S + 1300 * CLOCK_DAY_S;
	uint64_t alone;

	refresh(t);
	alone = steps_after_a_word(t + 10);
	run_sql("ANALYZE"); /* it believes in one unit from now on */
	run_sql("INSERT INTO unit (kind, from_day) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
		" SELECT i + 1 FROM n WHERE i < 2000) SELECT 'agency', '2020-01-01' FROM n");
	run_sql("INSERT OR IGNORE INTO verdict_unit SELECT u.id, law, marks, subjects, permille,"
		" at_s FROM unit u, verdict_unit");
	run_sql("DELETE FROM verdict_due");
	assert_in_range(steps_after_a_word(t + 20), 1, alone * 11 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_obligation_has_a_verdict),
		cmocka_unit_test(not_applicable_needs_a_signed_statement),
		cmocka_unit_test(a_duty_done_is_met_until_it_grows_old),
		cmocka_unit_test(a_machine_changes_its_unit),
		cmocka_unit_test(each_network_has_its_own_verdict),
		cmocka_unit_test(a_record_that_is_cancelled_is_no_subject),
		cmocka_unit_test(an_exception_covers_one_record),
		cmocka_unit_test(an_account_of_one_who_left_is_a_finding),
		cmocka_unit_test(of_two_registers_the_worse_counts),
		cmocka_unit_test(asked_about_one_obligation_a_walk_says_the_same),
		cmocka_unit_test(places_are_what_a_walk_meets),
		cmocka_unit_test(a_unit_reckoned_anew_is_what_is_kept),
		cmocka_unit_test(what_does_not_apply_is_left_out_of_the_score),
		cmocka_unit_test(one_more_machine_leaves_the_others_as_they_are),
		cmocka_unit_test(a_word_costs_no_more_in_a_province),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
