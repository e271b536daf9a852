#include "kit/text/text.h"
#include "test/unit.h"

static void folding_finds_vietnamese_without_marks(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	assert_true(str_is(text_fold(&a, STR("Đánh giá hệ thống ĐỘ")), "danh gia he thong do"));
	assert_true(text_matches(&a, STR("Mật khẩu"), STR("khau")));
	assert_true(str_is(text_fold(&a,
				   STR("a\xFF"
				       "b")),
		"a?b"));
	assert_true(str_is(text_fold(&a, STR("\xFFĐ\xFE\xC3Ắ\xE2\x84")), "?d??a??"));
	arena_done(&a);
}

static void names_stand_in_the_order_of_the_alphabet(void **state)
{
	static const char *const names[] = { "Lê Văn An", "Trần Bình An", "Lê Văn Ân", "Lê Thị Bé",
		"Nguyễn Dung", "Lê Đan", "Lê Hoa", "Lê Hòa", "Lê Hỏa", "Lê Hóa", "Lê Hoạ",
		"Lê Oanh", "Lê Ông", "Lê Ơn", "Lê Thu", "Lê Thư", "Bùi Yên" };
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	for (size_t i = 1; i < COUNT(names); i++) {
		struct str before = text_name_key(&a, str_of(names[i - 1]));

		if (str_cmp(before, text_name_key(&a, str_of(names[i]))) >= 0)
			fail_msg("%s stands behind %s", names[i - 1], names[i]);
	}
	assert_true(str_cmp(text_sort_key(&a, STR("Phòng A")),
			    text_sort_key(&a, STR("Phòng A 2"))) < 0);
	assert_true(str_eq(text_sort_key(&a, STR("ĐỘ")), text_sort_key(&a, STR("độ"))));
	assert_true(str_eq(text_sort_key(&a, STR("hoá")), text_sort_key(&a, STR("hóa"))));
	assert_true(str_eq(text_sort_key(&a, STR("a\xFF")), STR("a?")));
	arena_done(&a);
}

static void json_is_escaped_and_well_formed(void **state)
{
	struct buf b;
	struct json j;

	(void)state;
	buf_init(&b, MIB);
	json_init(&j, &b, false);
	json_object(&j);
	json_put(&j, "a\"", STR("x\n\x01\xFFđ"));
	json_key(&j, "list");
	json_array(&j);
	json_i64(&j, -1);
	json_bool(&j, true);
	json_null(&j);
	json_object(&j);
	json_object_end(&j);
	json_array_end(&j);
	json_object_end(&j);
	assert_string_equal(
		buf_cstr(&b), "{\"a\\\"\":\"x\\n\\u0001\\ufffdđ\",\"list\":[-1,true,null,{}]}");
	buf_done(&b);
}

static void csv_disarms_formulas_and_quotes(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, MIB);
	csv_start(&b);
	csv_cell(&b, STR("=1+1"));
	csv_cell(&b, STR("a\"b,c"));
	csv_i64(&b, 5);
	csv_end_row(&b);
	csv_cell(&b, STR(""));
	csv_end_row(&b);
	assert_string_equal(buf_cstr(&b), "\xEF\xBB\xBF\"'=1+1\",\"a\"\"b,c\",5\r\n\"\"\r\n");
	buf_done(&b);
}

static bool lookup(void *context, struct str name, struct str *ret)
{
	(void)context;
	if (!str_is(name, "n"))
		return false;
	*ret = STR("10");
	return true;
}

static void filling_leaves_unknown_names(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	assert_true(str_is(text_fill(&a, STR("≥ {n} {m} {"), lookup, NULL), "≥ 10 {m} {"));
	arena_done(&a);
}

static void cleaning_bounds_and_replaces(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	assert_true(
		str_is(text_clean(&a, STR("a\x1B[31m\xFF"), 100), "a\xEF\xBF\xBD[31m\xEF\xBF\xBD"));
	assert_true(str_is(text_clean(&a, STR("Quy chế"), 6), "Quy ch…"));
	arena_done(&a);
}

static void fields_come_back(void **state)
{
	static const char *const wrong[] = { "a\t\\x", "a\tb\\", "a\tb\tc\td\te" };
	struct str got[4];
	size_t count;
	struct arena a;
	struct buf line;

	(void)state;
	arena_init(&a, MIB);
	buf_init(&line, MIB);
	buf_add(&line, STR("word"));
	text_field_add(&line, STR("a\tb\\c\r\nd"));
	text_field_add(&line, STR_NONE);
	text_field_add_i64(&line, -7);
	assert_true(str_is(buf_str(&line), "word\ta\\tb\\\\c\\r\\nd\t\\N\t-7"));
	assert_true(text_fields(buf_str(&line), &a, got, COUNT(got), &count));
	assert_int_equal(count, 4);
	assert_true(str_is(got[0], "word") && str_is(got[1], "a\tb\\c\r\nd") && !got[2].ptr);
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_false(text_fields(str_of(wrong[i]), &a, got, COUNT(got), &count));
	buf_done(&line);
	arena_done(&a);
}

static void words_are_found_in_english(void **state)
{
	enum lang lang;

	(void)state;
	assert_string_equal(tr(LANG_EN, "Hôm nay"), "Today");
	assert_string_equal(tr(LANG_VI, "Hôm nay"), "Hôm nay");
	assert_string_equal(tr(LANG_EN, "không ai dịch câu này"), "không ai dịch câu này");
	assert_true(lang_parse(STR("en_US.UTF-8"), &lang) && lang == LANG_EN);
	assert_false(lang_parse(STR("enx"), &lang));
}

static void counts_have_marks_as_people_write_them(void **state)
{
	static const struct {
		int64_t n;
		const char *vi, *en;
	} rows[] = {
		{ 0, "0", "0" },
		{ 999, "999", "999" },
		{ 1000, "1.000", "1,000" },
		{ 12345, "12.345", "12,345" },
		{ 1234567, "1.234.567", "1,234,567" },
		{ -999, "-999", "-999" },
		{ -1000, "-1.000", "-1,000" },
		{ INT64_MIN, "-9.223.372.036.854.775.808", "-9,223,372,036,854,775,808" },
	};
	char text[TEXT_COUNT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_string_equal(text_count(LANG_VI, rows[i].n, text), rows[i].vi);
		assert_string_equal(text_count(LANG_EN, rows[i].n, text), rows[i].en);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_have_marks_as_people_write_them),
		cmocka_unit_test(folding_finds_vietnamese_without_marks),
		cmocka_unit_test(json_is_escaped_and_well_formed),
		cmocka_unit_test(csv_disarms_formulas_and_quotes),
		cmocka_unit_test(names_stand_in_the_order_of_the_alphabet),
		cmocka_unit_test(filling_leaves_unknown_names),
		cmocka_unit_test(cleaning_bounds_and_replaces),
		cmocka_unit_test(fields_come_back),
		cmocka_unit_test(words_are_found_in_english),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
