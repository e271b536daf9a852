/* Verdicts of units that are kept: the same as reckoned, after each thing that may change them. */
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
	assert_int_equal(comply_walk(&(struct comply_query){ store, packs, 1, at_s }, add_counts,
				 &marks, &err),
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_obligation_has_a_verdict),
		cmocka_unit_test(not_applicable_needs_a_signed_statement),
		cmocka_unit_test(a_duty_done_is_met_until_it_grows_old),
		cmocka_unit_test(a_machine_changes_its_unit),
		cmocka_unit_test(what_does_not_apply_is_left_out_of_the_score),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
