#include "work/foreign/foreign_int.h"

#include <stdlib.h>
#include <string.h>

#include "test/unit.h"

/* What real tools write is tried in tests/flow/test_import.py; here the forms that must be
 * refused, and that the pieces do not matter. */

#define HEAD \
	"<Benchmark xmlns='http://checklists.nist.gov/xccdf/1.2'><TestResult end-time=" \
	"'2026-11-26T01:02:03+00:00' test-system='oscap 1'><target>vm</target>"
#define TAIL "</TestResult></Benchmark>"
#define RULE(name, result) "<rule-result idref='" name "'><result>" result "</result></rule-result>"

static int read_in(
	struct arena *a, struct str text, size_t step, struct imported *ret, struct err *e)
{
	struct foreign *in = foreign_open(a);
	int rc = 0;

	for (size_t at = 0; at < text.len && rc == 0; at += step)
		rc = foreign_feed(in,
			str_until(str_from(text, at), text.len - at < step ? text.len - at : step),
			e);
	if (rc == 0)
		rc = foreign_finish(in, ret, e);
	foreign_close(in);
	return rc;
}

static void refused(const char *text, const char *why)
{
	struct imported got;
	struct arena a;
	struct err e = { 0 };

	arena_init(&a, 16 * MIB);
	assert_true(read_in(&a, str_of(text), 1000, &got, &e) < 0);
	assert_non_null(strstr(e.text, why));
	arena_done(&a);
}

static void pieces_do_not_matter(void **state)
{
	static const char text[] =
		HEAD RULE("a_rule_x", "pass") RULE("y", "notselected") RULE("z", " fail ") TAIL;
	struct imported got;
	struct arena a;
	struct err e;

	(void)state;
	for (size_t step = 1; step < 40; step++) {
		arena_init(&a, 16 * MIB);
		assert_int_equal(read_in(&a, str_of(text), step, &got, &e), 0);
		assert_int_equal(got.count, 2);
		assert_int_equal(got.unchecked, 1);
		assert_int_equal(got.at_s, 1795654923);
		assert_int_equal(got.findings[1].at_s, 1795654923);
		assert_int_equal(got.findings[1].outcome, OUTCOME_FAIL);
		assert_true(str_is(got.host, "vm"));
		arena_done(&a);
	}
}

static void what_is_no_result_is_refused(void **state)
{
	(void)state;
	refused("", "nothing");
	refused("<html/>", "no XCCDF result");
	refused("hello\n", "line 1: neither");
	refused("lynis_version=3\n", "before it says");
	refused(HEAD, "line 1");
	refused(HEAD "<rule-result idref='x'/>" TAIL, "without its result");
	refused("<!DOCTYPE x [<!ENTITY a 'b'>]>" HEAD TAIL, "document type");
	refused("<!DOCTYPE x SYSTEM 'file:///etc/passwd'>" HEAD TAIL, "document type");
}

/* A token without end, and elements within elements: neither takes memory without end. */
static void memory_has_a_ceiling(void **state)
{
	size_t size = LIMIT_IMPORT_XML_BYTES + MIB;
	struct imported got;
	struct arena a;
	struct err e;
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	memset(text, 'a', size);
	memcpy(text, "<x y='", 6);
	arena_init(&a, 16 * MIB);
	assert_int_equal(read_in(&a, (struct str){ text, size }, 65536, &got, &e), ERR_LIMIT);
	arena_done(&a);
	for (size_t i = 0; i < 3000; i += 3)
		memcpy(text + i, "<x>", 3);
	arena_init(&a, 16 * MIB);
	assert_int_equal(read_in(&a, (struct str){ text, 3000 }, 64, &got, &e), ERR_INPUT);
	arena_done(&a);
	free(text);
}

static void times_have_zones(void **state)
{
	(void)state;
	assert_int_equal(foreign_time(STR("1970-01-02T00:00:00Z")), 86400);
	assert_int_equal(foreign_time(STR("1970-01-02T07:00:00.25+07:00")), 86400);
	assert_int_equal(foreign_time(STR("1970-01-02 07:00:00")), 86400);
	assert_int_equal(foreign_time(STR("yesterday")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_do_not_matter),
		cmocka_unit_test(what_is_no_result_is_refused),
		cmocka_unit_test(memory_has_a_ceiling),
		cmocka_unit_test(times_have_zones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
