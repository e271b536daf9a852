/* query_test.c - questions to the log: what they mean, what they refuse and where, and that what a
 * question says every match has is indeed in every match. */
#include "core/query/query.h"

#include <string.h>

#include "test/unit.h"

static struct arena arena;
static const struct query_options exact = { .now_s = 1764000000 };
static const struct query_options fold = { .is_fold = true, .now_s = 1764000000 };

static int before(void **state)
{
	(void)state;
	arena_init(&arena, 64 * MIB);
	return 0;
}

static int after(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static struct query_line line_of(const char *raw)
{
	static const uint8_t peer[16] = { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = 7 };

	return (struct query_line){ .raw = str_of(raw),
		.received_ns = 1764000000ll * 1000000000,
		.source = 3,
		.kind = 1,
		.transport = 2,
		.peer = peer };
}

static bool has_need(struct str raw, const struct query_need *need)
{
	for (size_t i = 0; i < need->term_count; i++) {
		const struct query_term *t = &need->terms[i];
		bool stands = t->is_fold ? text_matches(&arena, raw, t->text) :
					   str_find(raw, t->text) >= 0;

		if (stands == t->is_not)
			return false;
	}
	return true;
}

static bool is_in_time(const struct query_need *need, const struct query_line *line)
{
	return need->from_ns <= line->received_ns && line->received_ns < need->end_ns;
}

static bool asks(const struct query_options *options, const char *text, const char *raw)
{
	struct parse_fault fault = { 0 };
	struct query_line line = line_of(raw);
	struct query_need need;
	struct query *q;
	bool is_match;

	if (query_parse(str_of(text), options, &arena, &fault, &q) < 0)
		fail_msg("%s: column %d: %s", text, fault.column, fault.words);
	is_match = query_matches(q, &line);
	query_need(q, &need);
	if (is_match || need.is_all)
		assert_int_equal(is_in_time(&need, &line) && has_need(line.raw, &need), is_match);
	query_free(q);
	return is_match;
}

static const char ssh[] = "<86>Nov 25 08:30:00 web01 sshd[77]: Failed password for root from "
			  "10.0.0.9 port 22";

static void test_words(void **state)
{
	(void)state;
	assert_true(asks(&exact, "", ssh));
	assert_true(asks(&exact, "Failed", ssh));
	assert_false(asks(&exact, "failed", ssh));
	assert_true(asks(&fold, "failed", ssh));
	assert_true(asks(&exact, "~failed root", ssh));
	assert_false(asks(&fold, "=failed", ssh));
	assert_true(asks(&exact, "root Failed", ssh));
	assert_true(asks(&exact, "\"Failed password\"", ssh));
	assert_false(asks(&exact, "\"password Failed\"", ssh));
	assert_false(asks(&exact, "Failed -root", ssh));
	assert_true(asks(&exact, "Failed -cron", ssh));
	assert_true(asks(&exact, "cron OR Failed", ssh));
	assert_true(asks(&exact, "(cron OR Failed) root", ssh));
	assert_false(asks(&exact, "(cron | Failed) nobody", ssh));
	assert_true(asks(&exact, "sshd[77]:", ssh));
	assert_true(asks(&exact, "sshd(pam_unix)[1]", "sshd(pam_unix)[1]: x"));
	assert_true(asks(&exact, "(sshd(pam_unix)[1])", "sshd(pam_unix)[1]: x"));
	assert_true(asks(&exact, "/etc/passwd", "open /etc/passwd"));
	assert_true(asks(&exact, "\"a \\\"b\\\" c\"", "x a \"b\" c"));
}

static void test_vietnamese(void **state)
{
	const char *raw = "web01 app: Đăng nhập thất bại của Nguyễn Văn A";

	(void)state;
	assert_true(asks(&fold, "dang nhap that bai", raw));
	assert_true(asks(&fold, "\"ĐĂNG NHẬP\"", raw));
	assert_true(asks(&exact, "Đăng", raw));
	assert_false(asks(&exact, "dang", raw));
	assert_true(asks(&exact, "~nguyen", raw));
	/* bytes that are no UTF-8 do not hide the rest of a line */
	assert_true(asks(&fold, "failed", "Failed \xff login"));
}

static void test_regex(void **state)
{
	(void)state;
	assert_true(asks(&exact, "/Failed \\w+ for/", ssh));
	assert_false(asks(&exact, "/^Failed/", ssh));
	assert_true(asks(&exact, "/failed/i", ssh));
	assert_true(asks(&exact, "/port \\d{2}$/", ssh));
	assert_true(asks(&exact, "regex:\"from (10|11)\\.\"", ssh));
	assert_true(asks(&exact, "/ab?c/", "xac"));
	assert_true(asks(&exact, "/a{0}bc/", "bc"));
	assert_true(asks(&exact, "/x|port/", ssh));
	assert_true(asks(&exact, "/\\x46ailed/", ssh));
	assert_true(asks(&exact, "/(cron|Failed) pass[wx]ord/", ssh));
}

static void test_fields(void **state)
{
	(void)state;
	assert_true(asks(&exact, "host:web01", ssh));
	assert_true(asks(&exact, "máy:WEB*", ssh));
	assert_false(asks(&exact, "may:web0", ssh));
	assert_true(asks(&exact, "ct:sshd", ssh));
	assert_true(asks(&exact, "program:s*d", ssh));
	assert_true(asks(&exact, "severity:info", ssh));
	assert_true(asks(&exact, "muc:\"thông tin\"", ssh));
	assert_true(asks(&exact, "muc:>=debug", ssh));
	assert_false(asks(&exact, "muc:lỗi+", ssh));
	assert_true(asks(&exact, "muc:<=canh-bao", ssh));
	assert_true(asks(&exact, "facility:authpriv", ssh));
	assert_true(asks(&exact, "nguon:3 peer:10.0.0.7 transport:tcp kind:line", ssh));
	assert_false(asks(&exact, "-host:web01", ssh));
	assert_true(asks(&exact, "url:http://x", "GET url:http://x"));
	assert_false(asks(&exact, "severity:info", "no priority here"));
}

static void test_times(void **state)
{
	int64_t ns, day = 1763917200ll * 1000000000; /* 24/11/2025 00:00 in Viet Nam */

	(void)state;
	assert_true(query_time(STR("24/11/2025"), 0, false, &ns) && ns == day);
	assert_true(query_time(STR("2025-11-24"), 0, false, &ns) && ns == day);
	assert_true(query_time(STR("24/11/2025"), 0, true, &ns) && ns == day + 86400000000000ll);
	assert_true(query_time(STR("2025-11-23T17:00Z"), 0, false, &ns) && ns == day);
	assert_true(query_time(STR("24/11/2025 00:00"), 0, true, &ns) && ns == day + 60000000000ll);
	assert_true(query_time(STR("2h"), 7200, false, &ns) && ns == 0);
	assert_false(query_time(STR("31/02/2025"), 0, false, &ns));
	assert_false(query_time(STR("24/11/2025x"), 0, false, &ns));
	assert_true(asks(&exact, "tu:24/11/2025 den:24/11/2025", ssh));
	assert_false(asks(&exact, "den:23/11/2025", ssh));
	assert_false(asks(&exact, "tu:\"25/11/2025 00:00\"", ssh));
	assert_true(asks(&exact, "tu:1h", ssh));
}

static int64_t time_of(const char *raw, uint8_t transport)
{
	struct query_line line = line_of(raw);

	line.transport = transport;
	return query_line_ns(&line) / 1000000000;
}

/* All were received on 24/11/2025 at 23:00 in Viet Nam. */
static void test_time_of_a_line(void **state)
{
	const int64_t received_s = 1764000000;

	(void)state;
	assert_int_equal(time_of(ssh, LEAF_TCP), received_s);
	assert_int_equal(time_of("no time", LEAF_OLD_FILE), received_s);
	assert_int_equal(time_of("2005-07-17T12:30:53Z h p: x", LEAF_OLD_FILE), 1121603453);
	/* without a year: the newest one that can be meant, whatever is nearer */
	assert_int_equal(time_of("Nov 24 22:00:00 h p: x", LEAF_OLD_FILE), received_s - 3600);
	assert_int_equal(time_of("Nov 25 20:00:00 h p: x", LEAF_OLD_FILE), received_s + 21 * 3600);
	assert_int_equal(
		time_of("Nov 26 23:00:00 h p: x", LEAF_OLD_FILE), received_s - 363 * 86400);
	assert_int_equal(
		time_of("Jan 10 23:00:00 h p: x", LEAF_OLD_FILE), received_s - 318 * 86400);
}

static void refuses(const char *text, int column)
{
	struct parse_fault fault = { 0 };
	struct query *q = NULL;

	assert_int_equal(query_parse(str_of(text), &exact, &arena, &fault, &q), ERR_INPUT);
	if (fault.column != column)
		fail_msg("%s: column %d, not %d: %s", text, fault.column, column, fault.words);
	assert_non_null(fault.words);
}

static void test_faults(void **state)
{
	(void)state;
	refuses("lỗi \"abc", 5);
	refuses("a OR", 5);
	refuses("OR a", 1);
	refuses("(a", 1);
	refuses("()", 2);
	refuses("a muc:xyz", 7);
	refuses("tu:32/01/2026", 4);
	refuses("host:", 6);
	refuses("/a(b/", 5);
	refuses("--a", 1);
	refuses("-tu:2h", 1);
	refuses("\"\"", 1);
}

static void test_fixed(void **state)
{
	const struct query_options fixed = { .is_fixed = true };

	(void)state;
	assert_true(asks(&fixed, "password for", ssh));
	assert_false(asks(&fixed, "for password", ssh));
	assert_true(asks(&fixed, "a OR \"b", "a OR \"b"));
}

static void need(const char *text, const char *wanted, bool is_fold, bool is_all)
{
	struct parse_fault fault = { 0 };
	struct query_need got;
	struct query *q;

	assert_int_equal(query_parse(str_of(text), &exact, &arena, &fault, &q), 0);
	query_need(q, &got);
	assert_int_equal(got.is_all, is_all);
	assert_int_equal(got.term_count, wanted[0] ? 1 : 0);
	if (wanted[0]) {
		assert_true(str_is(got.terms[0].text, wanted));
		assert_int_equal(got.terms[0].is_fold, is_fold);
	}
	query_free(q);
}

static void test_need(void **state)
{
	(void)state;
	need("", "", false, true);
	need("abc", "abc", false, true);
	need("a OR b", "", false, false);
	need("-(a b)", "", false, false);
	need("host:web01", "web01", true, false);
	need("event:4625", "4625", true, false);
	need("/ab?cde+f/", "cde", false, false);
	need("/abc|def/", "", false, false);
	need("/fail(ed|ure) login/i", " login", true, false);
	need("/\\x41bc/", "", false, false);
	need("/a{12}b/", "b", false, false);
}

static void test_parts(void **state)
{
	struct query_parts p;

	(void)state;
	query_parts(STR("<165>1 2003-10-11T22:14:15.003Z host.example.com evntslog 12 ID47 - x"), 0,
		&p);
	assert_true(str_is(p.host, "host.example.com") && str_is(p.program, "evntslog"));
	assert_int_equal(p.severity, 5);
	assert_int_equal(p.facility, 20);
	query_parts(STR("Jun 14 15:16:01 combo sshd(pam_unix)[19939]: failure"), 0, &p);
	assert_true(str_is(p.host, "combo"));
	assert_int_equal(p.severity, -1);
	query_parts(STR(""), 0, &p);
	assert_int_equal(p.facility, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_words, before, after),
		cmocka_unit_test_setup_teardown(test_vietnamese, before, after),
		cmocka_unit_test_setup_teardown(test_regex, before, after),
		cmocka_unit_test_setup_teardown(test_fields, before, after),
		cmocka_unit_test_setup_teardown(test_times, before, after),
		cmocka_unit_test_setup_teardown(test_time_of_a_line, before, after),
		cmocka_unit_test_setup_teardown(test_faults, before, after),
		cmocka_unit_test_setup_teardown(test_fixed, before, after),
		cmocka_unit_test_setup_teardown(test_need, before, after),
		cmocka_unit_test_setup_teardown(test_parts, before, after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
