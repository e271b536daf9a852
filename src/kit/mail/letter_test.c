/* The text of a letter: nothing that a name or a title holds becomes a header. */
#include <string.h>

#include "kit/mail/mail.h"
#include "test/unit.h"

static void a_subject_is_whole_characters_in_short_lines(void **state)
{
	struct letter l = { .from = STR("khien@don-vi.vn"),
		.to = STR("an.le@don-vi.vn"),
		.subject = STR(
			"Khiên: 12 việc đến hạn hoặc quá hạn, Ủy ban nhân dân xã Tây Sơn\r\nBcc: x@y"),
		.body = STR("Kính gửi ông An,\n- việc\n"),
		.id = STR("7"),
		.at_s = 1790000000 };
	struct buf out;
	struct err e;
	struct str rest, line;

	buf_init(&out, MIB);
	assert_int_equal(letter_write(&l, &out, &e), 0);
	rest = buf_str(&out);
	assert_true(str_find(rest, STR("\r\nBcc:")) < 0);
	assert_true(str_find(rest, STR("Date: Mon, 21 Sep 2026 21:13:20 +0700\r\n")) >= 0);
	assert_true(str_find(rest, STR("Message-ID: <khien-7-1790000000@don-vi.vn>\r\n")) >= 0);
	while (str_next_line(&rest, &line)) {
		assert_true(line.len <= 78);
		for (size_t i = 0; i < line.len; i++)
			assert_true((unsigned char)line.ptr[i] < 127);
	}
	buf_done(&out);
}

static void an_address_is_one(void **state)
{
	assert_true(letter_is_address(STR("an.le@don-vi.vn")));
	assert_false(letter_is_address(STR("an.le")));
	assert_false(letter_is_address(STR("@don-vi.vn")));
	assert_false(letter_is_address(STR("an@b\r\nRCPT TO:<x@y>")));
	assert_false(letter_is_address(STR("a@b,c@d")));
	assert_false(letter_is_address(STR("<a@b>")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_subject_is_whole_characters_in_short_lines),
		cmocka_unit_test(an_address_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
