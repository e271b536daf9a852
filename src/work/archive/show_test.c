/* show_test.c - what people see of a line, whatever its bytes are. */
#include "work/archive/show.h"

#include "test/unit.h"

static void shows(const char *encoding, const char *raw, const char *wanted)
{
	const char *found = show_encoding(str_of(raw));
	struct buf out;

	buf_init(&out, MIB);
	show_visible(&out, str_of(raw));
	assert_string_equal(buf_cstr(&out), wanted);
	assert_string_equal(found ? found : "", encoding);
	buf_done(&out);
}

/* As programs of old Vietnamese Windows wrote them, behind the head of a line. */
static void old_encodings_are_read(void **state)
{
	static const char *const wanted =
		"<13>Nov 26 10:00:00 ketoan app: đơn vị triển khai dịch vụ";

	shows("TCVN3 (ABC)",
		"<13>Nov 26 10:00:00 ketoan app: \xae\xac"
		"n v\xde tri\xd3n khai d\xde"
		"ch v\xf4",
		wanted);
	shows("VNI",
		"<13>Nov 26 10:00:00 ketoan app: \xf1\xf4n v\xf2 trie\xe5n khai d\xf2"
		"ch vu\xef",
		wanted);
	shows("Windows-1258",
		"<13>Nov 26 10:00:00 ketoan app: \xf0\xf5n vi\xf2 tri\xea\xd2n khai di\xf2"
		"ch vu\xf2",
		wanted);
}

static void all_else_is_shown_as_it_is(void **state)
{
	shows("", "đơn vị", "đơn vị");
	shows("", "ma \xff\xfe\x80 la", "ma \\xFF\\xFE\\x80 la");
	/* a control byte is of no text */
	shows("", "\x01v\xde", "^Av\\xDE");
	shows("", "\x1b[2J", "^[[2J");
	shows("", "a\u202eb", "a\\u{202E}b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_encodings_are_read),
		cmocka_unit_test(all_else_is_shown_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
