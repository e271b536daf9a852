/* order_test.c - what was ordered comes back as it was, and what is done is out of the way. */
#include "core/trail/order.h"

#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

static void asked_and_done(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct order o = { .at_s = 1795651200, .leaf = STR("{\"event\":\"redact\"}") }, got;
	struct vfile_names names;
	struct err e = { 0 };
	struct arena a;

	arena_init(&a, MIB);
	assert_int_equal(order_list(d, &a, &names, &e), 0);
	assert_int_equal(names.len, 0);
	assert_int_equal(vfile_mkdir(d, ORDER_FOLDER, &e), 0);
	assert_int_equal(order_load(d, "redact-2026-3", &a, &got, &e), ERR_ABSENT);
	assert_int_equal(order_save(d, "redact-2026-3", &o, &e), 0);
	assert_int_equal(order_list(d, &a, &names, &e), 0);
	assert_int_equal(names.len, 1);
	assert_string_equal(names.at[0].name, "redact-2026-3");
	o.is = ORDER_DONE;
	o.until = UINT64_MAX;
	snprintf(o.why, sizeof(o.why), "it\nis done");
	assert_int_equal(order_save(d, "redact-2026-3", &o, &e), 0);
	assert_int_equal(order_list(d, &a, &names, &e), 0);
	assert_int_equal(names.len, 0);
	assert_int_equal(order_load(d, "redact-2026-3", &a, &got, &e), 0);
	assert_int_equal(got.is, ORDER_DONE);
	assert_int_equal(got.at_s, 1795651200);
	assert_true(got.until == UINT64_MAX);
	assert_string_equal(got.why, "it is done");
	assert_true(str_eq(got.leaf, o.leaf));
	arena_done(&a);
	vfile_disk_close(d);
}

static void what_is_no_order(void **state)
{
	static const char *const texts[] = { "", "khien order 1\n", "khien order 1\nasked 1 0 \n",
		"khien order 1\nasked 1 0 \n\n", "khien order 2\nasked 1 0 \n{}\n",
		"khien order 1\nlater 1 0 \n{}\n", "khien order 1\nasked x 0 \n{}\n",
		"khien order 1\nasked 1 0 \n{}\nmore\n" };
	struct vfile_disk *d = vfile_memory_new();
	struct err e = { 0 };
	struct order got;
	struct arena a;

	arena_init(&a, MIB);
	assert_int_equal(vfile_mkdir(d, ORDER_FOLDER, &e), 0);
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_int_equal(vfile_replace(d, ORDER_FOLDER "/x", str_of(texts[i]), &e), 0);
		assert_int_equal(order_load(d, "x", &a, &got, &e), ERR_INPUT);
	}
	arena_done(&a);
	vfile_disk_close(d);
}

static void decisions(void **state)
{
	const struct redaction r = { "2026-3", STR(" 12/QĐ \"x\" "), STR("An"), STR("") };
	struct buf b;

	buf_init(&b, KIB);
	redaction_leaf(&r, &b);
	assert_true(str_starts(buf_str(&b), REDACTION_BEGINS "\"line\":\"2026-3\","));
	assert_string_equal(buf_cstr(&b),
		"{\"event\":\"redact\",\"line\":\"2026-3\",\"decision\":\"12/QĐ \\\"x\\\"\","
		"\"by\":\"An\"}");
	buf_done(&b);
	assert_false(redaction_is_said(STR("  ")));
	assert_false(redaction_is_said(STR("a\nb")));
	assert_false(redaction_is_said(STR("\xff")));
	assert_true(redaction_is_said(STR("12/QĐ")));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(asked_and_done),
		cmocka_unit_test(what_is_no_order), cmocka_unit_test(decisions) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
