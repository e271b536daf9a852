/* import_test.c - old files in their forms, cut in every way. */
#include "face/intake/import.h"

#include "test/unit.h"

static int take(void *context, struct str line, bool is_cut, struct err *e)
{
	buf_fmt(context, "%s%.*s|", is_cut ? "CUT " : "", STR_FMT(line));
	return 0;
}

static const struct {
	const char *what, *text, *wanted;
} rows[] = {
	{ "lines", "one\r\n\ntwo\nthree", "one|two|three|" },
	{ "a short one", "x", "x|" },
	{ "nothing", "", "" },
	{ "a long line",
		"012345678901234567890123456789012345678901234567890123456789012345\nnext\n",
		"CUT 01234567890123456789012345678901234567890123456789|next|" },
	{ "a journal",
		"__CURSOR=s=1;i=1\n__REALTIME_TIMESTAMP=5\nMESSAGE=one\n\n"
		"__CURSOR=s=1;i=2\nMESSAGE=a=b\n",
		"{\"__REALTIME_TIMESTAMP\":\"5\",\"MESSAGE\":\"one\"}|{\"MESSAGE\":\"a=b\"}|" },
	{ "Windows events",
		"<?xml version=\"1.0\"?><Events>\n<Event a=\"b\">\n  <x>1</x>\n</Event> "
		"<Event><y/></Event></Events>",
		"<Event a=\"b\"> <x>1</x> </Event>|<Event><y/></Event>|" },
};

static void the_same_lines_however_cut(void **state)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t step = 1; step < 130; step++) {
			struct str text = str_of(rows[i].text);
			struct import_lines l;
			struct buf got;
			struct err e = { 0 };

			buf_init(&got, 4096);
			import_lines_init(&l, 50, take, &got);
			for (size_t at = 0; at < text.len; at += step)
				assert_int_equal(
					import_feed(&l, str_until(str_from(text, at), step), &e),
					0);
			assert_int_equal(import_end(&l, &e), 0);
			if (strcmp(buf_cstr(&got), rows[i].wanted) != 0)
				fail_msg("%s, by %zu: %s", rows[i].what, step, buf_cstr(&got));
			import_lines_done(&l);
			buf_done(&got);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_lines_however_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
