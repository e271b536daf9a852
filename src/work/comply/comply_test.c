#include "work/comply/comply.h"
#include "test/unit.h"

/* A law of one pack with obligations in the three ways of need. */
static struct pack pack = { .id = { "luat", 4 } };
static struct check live = { .id = { "pw.len", 6 }, .is_live = true };
static struct proof by_check = { .by = BY_CHECK, .check = { "pw.len", 6 }, .is = &live };
static struct proof both[] = {
	{ .by = BY_CHECK, .check = { "pw.len", 6 }, .is = &live },
	{ .by = BY_ATTEST, .max_age_days = 365 },
};
static struct proof planned[] = {
	{ .by = BY_CHECK, .check = { "pw.len", 6 }, .is = &live },
	{ .by = BY_CHECK, .check = { "acct.first_change", 17 } },
};
static struct str servers[] = { { "server", 6 } };

static struct obligation obligation(struct proof *evidence, size_t count, enum needs needs)
{
	return (struct obligation){
		.pack = &pack,
		.id = STR("D1"),
		.evidence = evidence,
		.evidence_count = count,
		.needs = needs,
		.max_age_days = 2,
	};
}

#define NOW 1795366800

static struct evidence row(enum outcome outcome, int age_days)
{
	return (struct evidence){
		.check = STR("pw.len"), .outcome = outcome, .at_s = NOW - age_days * CLOCK_DAY_S
	};
}

static enum verdict judge(const struct obligation *o, const struct evidence *rows, size_t count,
	const struct evidence *word, const struct exception *x)
{
	struct comply_input in = {
		.at_s = NOW,
		.host_id = 1,
		.host_kind = STR("server"),
		.level = 1,
		.rows = rows,
		.row_count = count,
		.words = word,
		.word_count = word ? 1 : 0,
		.exceptions = x,
		.exception_count = x ? 1 : 0,
	};
	struct arena a;
	enum verdict v;

	arena_init(&a, MIB);
	v = comply_verdict(&in, o, &a).verdict;
	arena_done(&a);
	return v;
}

static void no_evidence_is_never_a_pass(void **state)
{
	struct obligation all = obligation(&by_check, 1, NEEDS_ALL_CHECKS);
	struct obligation any = obligation(both, 2, NEEDS_ANY);
	struct obligation two = obligation(planned, 2, NEEDS_ALL_CHECKS);
	struct evidence pass = row(OUTCOME_PASS, 0);
	struct evidence unknown = row(OUTCOME_UNKNOWN, 0);

	(void)state;
	assert_int_equal(judge(&all, NULL, 0, NULL, NULL), VERDICT_NO_EVIDENCE);
	assert_int_equal(judge(&any, NULL, 0, NULL, NULL), VERDICT_NO_EVIDENCE);
	assert_int_equal(judge(&all, &unknown, 1, NULL, NULL), VERDICT_NO_EVIDENCE);
	assert_int_equal(judge(&all, &pass, 1, NULL, NULL), VERDICT_MET);
	/* one of two checks is not built: what it would say is not known */
	assert_int_equal(judge(&two, &pass, 1, NULL, NULL), VERDICT_NO_EVIDENCE);
}

static void a_word_never_overrides_a_failed_check(void **state)
{
	struct obligation any = obligation(both, 2, NEEDS_ANY);
	struct obligation needs_both = obligation(both, 2, NEEDS_BOTH);
	struct evidence fail = row(OUTCOME_FAIL, 0);
	struct evidence pass = row(OUTCOME_PASS, 0);
	struct evidence word = { .check = STR("luat/D1"), .by = EVIDENCE_PERSON, .at_s = NOW };
	struct exception x = { .host_id = 1, .obligation = STR("luat/D1") };

	(void)state;
	assert_int_equal(judge(&any, &fail, 1, &word, NULL), VERDICT_NOT_MET);
	assert_int_equal(judge(&needs_both, &fail, 1, &word, NULL), VERDICT_NOT_MET);
	assert_int_equal(judge(&needs_both, &pass, 1, NULL, NULL), VERDICT_NO_EVIDENCE);
	assert_int_equal(judge(&needs_both, &pass, 1, &word, NULL), VERDICT_MET);
	/* but it can add a dated exception, which still is no pass */
	assert_int_equal(judge(&any, &fail, 1, &word, &x), VERDICT_EXCEPTED);
	assert_int_equal(judge(&needs_both, &pass, 1, &word, &x), VERDICT_MET);
	x.host_id = 2;
	assert_int_equal(judge(&any, &fail, 1, &word, &x), VERDICT_NOT_MET);
	word.outcome = OUTCOME_FAIL;
	assert_int_equal(judge(&any, &pass, 1, &word, NULL), VERDICT_NOT_MET);
}

static void evidence_grows_old_and_bad_news_does_not(void **state)
{
	struct obligation all = obligation(&by_check, 1, NEEDS_ALL_CHECKS);
	struct evidence pass = row(OUTCOME_PASS, 3);
	struct evidence fail = row(OUTCOME_FAIL, 300);
	struct evidence two_days = row(OUTCOME_PASS, 2);

	(void)state;
	assert_int_equal(judge(&all, &two_days, 1, NULL, NULL), VERDICT_MET);
	assert_int_equal(judge(&all, &pass, 1, NULL, NULL), VERDICT_OVERDUE);
	assert_int_equal(judge(&all, &fail, 1, NULL, NULL), VERDICT_NOT_MET);
}

static void not_applicable_comes_from_data(void **state)
{
	struct obligation o = obligation(&by_check, 1, NEEDS_ALL_CHECKS);
	struct evidence fail = row(OUTCOME_FAIL, 0);
	struct evidence na = row(OUTCOME_NA, 0);

	(void)state;
	assert_int_equal(judge(&o, &na, 1, NULL, NULL), VERDICT_NA);
	o.applies.level_min = 3;
	assert_int_equal(judge(&o, &fail, 1, NULL, NULL), VERDICT_NA);
	o.applies.level_min = 0;
	o.applies.host = servers;
	o.applies.host_count = 1;
	assert_int_equal(judge(&o, &fail, 1, NULL, NULL), VERDICT_NOT_MET);
	servers[0] = STR("workstation");
	assert_int_equal(judge(&o, &fail, 1, NULL, NULL), VERDICT_NA);
	servers[0] = STR("server");
}

static void one_bad_subject_fails_the_check(void **state)
{
	struct obligation o = obligation(&by_check, 1, NEEDS_ALL_CHECKS);
	struct evidence rows[] = { row(OUTCOME_PASS, 0), row(OUTCOME_FAIL, 0), row(OUTCOME_NA, 0) };

	(void)state;
	assert_int_equal(judge(&o, rows, 3, NULL, NULL), VERDICT_NOT_MET);
	assert_int_equal(judge(&o, rows, 1, NULL, NULL), VERDICT_MET);
}

static enum verdict with_import(
	const struct evidence *rows, size_t count, enum outcome said, int age_days)
{
	struct obligation all = obligation(&by_check, 1, NEEDS_ALL_CHECKS);
	struct evidence import = row(said, age_days);
	struct comply_input in = {
		.at_s = NOW,
		.host_id = 1,
		.host_kind = STR("server"),
		.level = 1,
		.rows = rows,
		.row_count = count,
		.imports = &import,
		.import_count = 1,
	};
	struct arena a;
	enum verdict v;

	import.by = EVIDENCE_IMPORT;
	arena_init(&a, MIB);
	v = comply_verdict(&in, &all, &a).verdict;
	arena_done(&a);
	return v;
}

static void another_tool_never_overrides_our_check(void **state)
{
	struct evidence fail = row(OUTCOME_FAIL, 0), pass = row(OUTCOME_PASS, 0);
	struct evidence unknown = row(OUTCOME_UNKNOWN, 0);

	(void)state;
	assert_int_equal(with_import(&fail, 1, OUTCOME_PASS, 0), VERDICT_NOT_MET);
	assert_int_equal(with_import(&pass, 1, OUTCOME_FAIL, 0), VERDICT_MET);
	assert_int_equal(with_import(&unknown, 1, OUTCOME_PASS, 0), VERDICT_NO_EVIDENCE);
	/* where ours did not look it counts, and grows old as any proof does */
	assert_int_equal(with_import(NULL, 0, OUTCOME_PASS, 0), VERDICT_MET);
	assert_int_equal(with_import(NULL, 0, OUTCOME_FAIL, 0), VERDICT_NOT_MET);
	assert_int_equal(with_import(NULL, 0, OUTCOME_UNKNOWN, 0), VERDICT_NO_EVIDENCE);
	assert_int_equal(with_import(NULL, 0, OUTCOME_PASS, 9), VERDICT_OVERDUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_tool_never_overrides_our_check),
		cmocka_unit_test(no_evidence_is_never_a_pass),
		cmocka_unit_test(a_word_never_overrides_a_failed_check),
		cmocka_unit_test(evidence_grows_old_and_bad_news_does_not),
		cmocka_unit_test(not_applicable_comes_from_data),
		cmocka_unit_test(one_bad_subject_fails_the_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
