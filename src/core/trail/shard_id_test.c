/* shard_id_test.c - the names of a log's years. */
#include "core/trail/shard_id.h"

#include "base/base.h"

#include "test/unit.h"

static void test_names(void **state)
{
	static const struct {
		const char *name;
		int shard;
	} names[] = { { "2026", 2026001 }, { "2026.2", 2026002 }, { "2026.999", 2026999 },
		{ "1970", 1970001 }, { "9999", 9999001 } };
	char text[SHARD_ID_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		int shard = 0;

		assert_true(shard_id_parse(str_of(names[i].name), &shard));
		assert_int_equal(shard, names[i].shard);
		assert_string_equal(shard_id_text(shard, text), names[i].name);
	}
}

static void test_what_is_no_shard(void **state)
{
	static const char *const names[] = { "", "202", "20260", "1969", "2026.", "2026.0",
		"2026.1", "2026.02", "2026.1000", "2026.2.3", "2026.x", "+026", "2026-1",
		"lost+found" };
	int shard;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_false(shard_id_parse(str_of(names[i]), &shard));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_what_is_no_shard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
