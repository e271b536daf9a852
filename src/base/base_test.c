#include "base/base.h"
#include "test/unit.h"

static void str_takes_lines_and_words(void **state)
{
	struct str rest = STR("one two\r\n\nthree");
	struct str line, word;

	(void)state;
	assert_true(str_next_line(&rest, &line));
	assert_true(str_is(line, "one two"));
	assert_true(str_next_word(&line, " \t", &word));
	assert_true(str_is(word, "one"));
	assert_true(str_next_line(&rest, &line));
	assert_int_equal(line.len, 0);
	assert_true(str_next_line(&rest, &line));
	assert_true(str_is(line, "three"));
	assert_false(str_next_line(&rest, &line));
}

static void str_is_held_against_texts_of_other_lengths(void **state)
{
	(void)state;
	assert_true(str_is(STR("apt"), "apt"));
	assert_false(str_is(STR("apt"), "apt-get"));
	assert_false(str_is(STR("apt-get"), "apt"));
	assert_false(str_is(STR("apt\0"), "apt"));
	assert_false(str_is(STR("a\0t"), "a"));
	assert_true(str_is(STR(""), ""));
	assert_false(str_is(STR_NONE, ""));
	assert_true(str_starts(STR("apt-get"), "apt"));
	assert_true(str_starts(STR("apt"), ""));
	assert_true(str_starts(STR_NONE, ""));
	assert_false(str_starts(STR("ap"), "apt"));
	assert_false(str_starts(STR("ap\0"), "apt"));
}

static void str_words_end_at_any_separator(void **state)
{
	struct str rest = STR(";;a\0b|\xC4\x91 ");
	struct str word;

	(void)state;
	assert_true(str_next_word(&rest, ";| ", &word));
	assert_true(str_eq(word, STR("a\0b")));
	assert_true(str_next_word(&rest, ";| ", &word));
	assert_true(str_eq(word, STR("đ")));
	assert_false(str_next_word(&rest, ";| ", &word));
	rest = STR("a\xC4 b\x91");
	assert_true(str_next_word(&rest, "\xC4\x91", &word));
	assert_true(str_is(word, "a"));
	assert_true(str_next_word(&rest, "\xC4\x91", &word));
	assert_true(str_is(word, " b"));
}

static void str_numbers_are_whole_and_bounded(void **state)
{
	struct str row = STR("3 x  -4");
	int64_t n = 7;

	(void)state;
	assert_true(str_to_i64(STR("-12"), &n));
	assert_int_equal(n, -12);
	assert_false(str_to_i64(STR("12x"), &n));
	assert_false(str_to_i64(STR(""), &n));
	assert_false(str_to_i64(STR("9223372036854775808"), &n));
	assert_int_equal(n, -12);
	assert_int_equal(str_next_i64(&row), 3);
	assert_int_equal(str_next_i64(&row), 0);
	assert_int_equal(str_next_i64(&row), -4);
	assert_int_equal(str_next_i64(&row), 0);
}

static void str_utf8_refuses_overlong_and_surrogates(void **state)
{
	(void)state;
	assert_true(str_is_utf8(STR("Quy chế Tây Sơn đ")));
	assert_false(str_is_utf8(STR("\xC0\x80")));
	assert_false(str_is_utf8(STR("\xED\xA0\x80")));
	assert_false(str_is_utf8(STR("\xF4\x90\x80\x80")));
	assert_false(str_is_utf8(STR("abc\xE1\xBB")));
}

static void buf_stops_at_its_ceiling(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 8);
	buf_add(&b, STR("12345"));
	assert_false(buf_is_full(&b));
	buf_fmt(&b, "%d", 6789);
	assert_true(buf_is_full(&b));
	assert_string_equal(buf_cstr(&b), "12345");
	buf_done(&b);
}

/* The first text is made in no memory yet, some fit, and some come to the end of what there is. */
static void buf_and_arena_write_what_does_not_fit_at_once(void **state)
{
	struct arena a;
	struct buf b;
	struct str text[2000];
	char wanted[100];

	(void)state;
	arena_init(&a, 4 * MIB);
	buf_init(&b, 4 * MIB);
	for (int i = 0; i < (int)COUNT(text); i++) {
		size_t before = b.len;

		snprintf(wanted, sizeof(wanted), "%*d", i % 90, i);
		text[i] = arena_fmt(&a, "%*d", i % 90, i);
		buf_fmt(&b, "%*d", i % 90, i);
		assert_string_equal(buf_cstr(&b) + before, wanted);
	}
	for (int i = 0; i < (int)COUNT(text); i++) {
		snprintf(wanted, sizeof(wanted), "%*d", i % 90, i);
		assert_true(str_is(text[i], wanted));
		assert_string_equal(text[i].ptr, wanted);
	}
	text[0] = arena_fmt(&a, "%*d", 100000, 1);
	assert_int_equal(strlen(text[0].ptr), 100000);
	arena_done(&a);
	buf_done(&b);
}

static void arena_refuses_above_its_ceiling(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 100000);
	assert_non_null(arena_try(&a, 90000));
	assert_null(arena_try(&a, 20000));
	assert_null(arena_try(&a, SIZE_MAX));
	arena_done(&a);
}

static void vec_keeps_what_was_added(void **state)
{
	struct arena a;
	VEC(int) v = { 0 };

	(void)state;
	arena_init(&a, MIB);
	for (int i = 0; i < 1000; i++)
		vec_push(&a, &v, i);
	assert_int_equal(v.len, 1000);
	assert_int_equal(v.at[999], 999);
	arena_done(&a);
}

static void dates_go_there_and_back(void **state)
{
	struct date d;
	char text[CLOCK_TEXT_MAX];

	(void)state;
	for (int64_t days = -200000; days < 200000; days += 17)
		assert_int_equal(date_to_days(date_of_days(days)), days);
	assert_true(date_parse(STR("2024-02-29"), &d));
	assert_false(date_parse(STR("2023-02-29"), &d));
	assert_false(date_parse(STR("2023-13-01"), &d));
	/* 17:00 UTC is already the next day in Viet Nam */
	assert_string_equal(clock_iso(1795366800, text), "2026-11-23T00:00:00+07:00");
	assert_string_equal(clock_people(1795366799, text), "22/11/2026 23:59");
	assert_int_equal(date_start_s((struct date){ 2026, 11, 23 }), 1795366800);
}

static void err_keeps_context_and_whole_characters(void **state)
{
	struct err e;
	char many[3000];

	(void)state;
	assert_int_equal(err_set(&e, ERR_INPUT, "bad \"%s\"", "x"), ERR_INPUT);
	assert_int_equal(err_context(&e, "a.yaml:3:1"), ERR_INPUT);
	assert_string_equal(e.text, "a.yaml:3:1: bad \"x\"");
	for (size_t i = 0; i + 3 < sizeof(many); i += 3)
		memcpy(many + i, "ế", 3);
	many[2997] = '\0';
	err_set(&e, ERR_INPUT, "%s", many);
	assert_true(str_is_utf8(str_of(e.text)));
	assert_int_equal(err_errno(&e, 13, "open"), ERR_DENIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(str_takes_lines_and_words),
		cmocka_unit_test(str_is_held_against_texts_of_other_lengths),
		cmocka_unit_test(str_words_end_at_any_separator),
		cmocka_unit_test(str_numbers_are_whole_and_bounded),
		cmocka_unit_test(str_utf8_refuses_overlong_and_surrogates),
		cmocka_unit_test(buf_stops_at_its_ceiling),
		cmocka_unit_test(buf_and_arena_write_what_does_not_fit_at_once),
		cmocka_unit_test(arena_refuses_above_its_ceiling),
		cmocka_unit_test(vec_keeps_what_was_added),
		cmocka_unit_test(dates_go_there_and_back),
		cmocka_unit_test(err_keeps_context_and_whole_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
