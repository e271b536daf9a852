/* frame_test.c - streams cut in every way give the same lines; RELP as rsyslog speaks it. */
#include "kit/syslog/frame.h"
#include "kit/syslog/relp.h"

#include "test/unit.h"

#define MAX 40

struct lines {
	char text[4096];
	size_t len;
	int refuse_every, asked;
};

static bool take(void *context, struct str line, bool is_cut)
{
	struct lines *l = context;

	if (l->refuse_every && ++l->asked % l->refuse_every == 0)
		return false;
	l->len += (size_t)snprintf(l->text + l->len, sizeof(l->text) - l->len, "%s%.*s\n",
		is_cut ? "CUT " : "", STR_FMT(line));
	return true;
}

/* In chunks of STEP bytes; what is not taken is given again. */
static void feed(struct str stream, size_t step, struct lines *ret)
{
	struct frame f;
	size_t at = 0;

	frame_init(&f, MAX);
	while (at < stream.len)
		at += frame_feed(&f, str_until(str_from(stream, at), step), take, ret);
	ret->refuse_every = 0;
	frame_end(&f, take, ret);
	frame_done(&f);
}

static const struct {
	const char *what, *stream, *wanted;
} rows[] = {
	{ "line feeds", "<1>a\n<2>b\r\n\n\n<3>c", "<1>a\n<2>b\n<3>c\n" },
	{ "counted", "4 <1>a5 <2>bc", "<1>a\n<2>bc\n" },
	{ "counted and line feeds", "4 <1>a<2>b\n5 <3>cd\n", "<1>a\n<2>b\n<3>cd\n" },
	{ "a counted one may hold line feeds and NULs", "7 <1>a\nb\n4 <2>c", "<1>a\nb\n\n<2>c\n" },
	{ "no count without a PRI at first", "12 monkeys\n2026-01-01 x\n",
		"12 monkeys\n2026-01-01 x\n" },
	{ "then also without", "4 <1>a3 abc", "<1>a\nabc\n" },
	{ "digits alone", "123\n456\n", "123\n456\n" },
	{ "ten digits are no count", "1234567890 <1>a\n", "1234567890 <1>a\n" },
	{ "a zero is no count", "04 <1>a\n0 <1>b\n", "04 <1>a\n0 <1>b\n" },
	{ "a long line is cut and skipped", "<1>0123456789012345678901234567890123456789\n<2>b\n",
		"CUT <1>0123456789012345678901234567890123456\n<2>b\n" },
	{ "a long count too", "43 <1>01234567890123456789012345678901234567894 <2>b",
		"CUT <1>0123456789012345678901234567890123456\n<2>b\n" },
	{ "as long as may be", "<1>0123456789012345678901234567890123456\n",
		"<1>0123456789012345678901234567890123456\n" },
	{ "as long as may be, and a CR",
		"<1>0123456789012345678901234567890123456\r\n<2>b\n",
		"<1>0123456789012345678901234567890123456\n<2>b\n" },
	{ "a CR where a long line is cut",
		"<1>012345678901234567890123456789012345\r67890\n<2>b\n",
		"CUT <1>012345678901234567890123456789012345\r\n<2>b\n" },
	{ "a count never filled", "100 <1>a", "CUT <1>a\n" },
	{ "a count out of all measure", "999999999 <1>a", "CUT <1>a\n" },
	{ "the end within digits", "<1>a\n12", "<1>a\n12\n" },
	{ "a CR alone stays", "<1>a\rb\n", "<1>a\rb\n" },
};

static void the_same_lines_however_cut(void **state)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t step = 1; step < 60; step++)
			for (int refuse = 0; refuse < 4; refuse += 2) {
				struct lines got = { .refuse_every = refuse };

				feed(str_of(rows[i].stream), step, &got);
				if (strcmp(got.text, rows[i].wanted) != 0)
					fail_msg("%s, by %zu: %s", rows[i].what, step, got.text);
			}
}

struct frames {
	char text[1024];
	size_t len;
};

static bool take_relp(void *context, const struct relp_frame *frame)
{
	struct frames *f = context;

	f->len += (size_t)snprintf(f->text + f->len, sizeof(f->text) - f->len, "%u/%.*s/%.*s;",
		frame->number, STR_FMT(frame->command), STR_FMT(frame->data));
	return true;
}

static int feed_relp(const char *stream, size_t step, struct frames *ret)
{
	struct str s = str_of(stream);
	struct relp r;
	struct err e = { 0 };
	ssize_t rc = 0;

	relp_init(&r, MAX);
	for (size_t at = 0; at < s.len && rc >= 0; at += (size_t)rc)
		rc = relp_feed(&r, str_until(str_from(s, at), step), take_relp, ret, &e);
	relp_done(&r);
	return rc < 0 ? (int)rc : 0;
}

static void relp_frames(void **state)
{
	static const char stream[] = "1 open 19 relp_version=0\nab=c\n2 syslog 4 <1>a\n"
				     "3 syslog 5 <2>\nc\n4 close 0\n",
			  wanted[] = "1/open/relp_version=0\nab=c;2/syslog/<1>a;3/syslog/<2>\nc;"
				     "4/close/;";

	for (size_t step = 1; step < sizeof(stream); step++) {
		struct frames got = { 0 };

		assert_int_equal(feed_relp(stream, step, &got), 0);
		assert_string_equal(got.text, wanted);
	}
}

static void relp_answers(void **state)
{
	struct buf out;

	buf_init(&out, KIB);
	relp_answer(&out, 0, STR_NONE);
	relp_answer(&out, 7, STR("200 OK"));
	relp_answer(&out, 999999999, STR("500 no, and why"));
	relp_answer(&out, UINT32_MAX, STR_NONE);
	assert_string_equal(buf_cstr(&out),
		"0 rsp 0\n7 rsp 6 200 OK\n999999999 rsp 15 500 no, and why\n4294967295 rsp 0\n");
	buf_done(&out);
}

static void what_is_no_relp(void **state)
{
	static const char *const streams[] = { "open 1\n", "1234567890 open 0\n", "1 open 41 \n",
		"1 open x\n", "1  open 0\n", "1 open 3 abcd\n", "1 op3n 0\n", "1 open 2ab\n",
		"1 abcdefghijklmnopqrstuvwxyzabcdefg 0\n", "<34>x\n" };

	for (size_t i = 0; i < COUNT(streams); i++)
		for (size_t step = 1; step < 50; step += 7) {
			struct frames got = { 0 };

			if (feed_relp(streams[i], step, &got) != ERR_INPUT)
				fail_msg("\"%s\" was taken: %s", streams[i], got.text);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_lines_however_cut),
		cmocka_unit_test(relp_frames),
		cmocka_unit_test(relp_answers),
		cmocka_unit_test(what_is_no_relp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
