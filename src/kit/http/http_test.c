#include "kit/http/http.h"

#include "kit/http/http_int.h"
#include "kit/http/http_test.h"
#include "test/unit.h"

static struct arena arena;

static int arena_up(void **state)
{
	arena_init(&arena, 4 * MIB);
	return 0;
}

static int arena_down(void **state)
{
	arena_done(&arena);
	return 0;
}

/* --- HTML ------------------------------------------------------------------------------------- */

static void values_are_escaped(void **state)
{
	const char *volatile nothing = NULL;
	struct buf w;

	buf_init(&w, KIB);
	html(&w, "<p title=\"%s\">%.*s</p>", "a\"b'c", 3, "<&>more");
	assert_string_equal(buf_cstr(&w), "<p title=\"a&quot;b&#39;c\">&lt;&amp;&gt;</p>");
	buf_clear(&w);
	html(&w, "%d %lld %zu %02d/%02d 100%% %s|", -5, (long long)INT64_MIN, (size_t)7, 3, 11,
		nothing);
	assert_string_equal(buf_cstr(&w), "-5 -9223372036854775808 7 03/11 100% |");
	buf_done(&w);
}

static void a_full_page_is_known(void **state)
{
	struct buf w;

	buf_init(&w, 8);
	html(&w, "<p>%s</p>", "too long for this");
	assert_true(buf_is_full(&w));
	buf_done(&w);
}

/* --- forms, cookies, paths -------------------------------------------------------------------- */

static void forms_are_read(void **state)
{
	struct err e = { 0 };
	struct http_pairs p;

	assert_int_equal(
		http_form_parse(STR("ten=L%C3%AA+V%C4%83n&&x=&y&ten=2"), &arena, &p, &e), 0);
	assert_int_equal(p.count, 4);
	assert_true(str_is(http_pair(p, "ten"), "Lê Văn"));
	assert_true(str_is(http_pair(p, "x"), ""));
	assert_true(str_is(http_pair(p, "y"), ""));
	assert_null(http_pair(p, "z").ptr);
	assert_int_equal(http_form_parse(STR(""), &arena, &p, &e), 0);
	assert_int_equal(p.count, 0);
}

static void broken_forms_are_refused(void **state)
{
	static const char *const broken[] = { "a=%", "a=%4", "a=%zz", "a=%00", "a=%ff", "%c3=1",
		"a=\xC3" };
	struct err e = { 0 };
	struct http_pairs p;
	struct buf many;

	for (size_t i = 0; i < COUNT(broken); i++)
		assert_int_equal(http_form_parse(str_of(broken[i]), &arena, &p, &e), ERR_INPUT);
	buf_init(&many, 64 * KIB);
	for (int i = 0; i <= LIMIT_HTTP_FIELDS; i++)
		buf_add(&many, STR("a=1&"));
	assert_int_equal(http_form_parse(buf_str(&many), &arena, &p, &e), ERR_LIMIT);
	buf_done(&many);
}

static void cookies_are_read(void **state)
{
	assert_true(str_is(http_cookie(STR("a=1; khien=abc=d ;b=2"), "khien"), "abc=d"));
	assert_null(http_cookie(STR("a=1; xkhien=abc"), "khien").ptr);
	assert_null(http_cookie(STR("khien=1; khien=2"), "khien").ptr);
	assert_null(http_cookie(STR_NONE, "khien").ptr);
}

static void paths_and_pieces(void **state)
{
	assert_true(str_is(http_path_decode(STR("/may/1%20a"), &arena), "/may/1 a"));
	assert_null(http_path_decode(STR("/%0a"), &arena).ptr);
	assert_null(http_path_decode(STR("/%e9"), &arena).ptr);
	assert_true(str_is(url_piece(STR("a b/đ#1"), &arena), "a%20b%2F%C4%91%231"));
}

/* --- the gate --------------------------------------------------------------------------------- */

#define HOST \
	{ \
		STR_INIT("Host"), STR_INIT("x") \
	}
#define STR_INIT(s) \
	{ \
		s, sizeof(s) - 1 \
	}

struct gate_row {
	const char *what, *method, *target, *version;
	int status;
	struct http_pair headers[4];
};

static const struct gate_row gate_rows[] = {
	{ "plain", "GET", "/a?b=1", "HTTP/1.1", 0, { HOST } },
	{ "head", "HEAD", "/", "HTTP/1.0", 0, { HOST } },
	{ "no host", "GET", "/", "HTTP/1.1", 400, { { STR_INIT("A"), STR_INIT("x") } } },
	{ "two hosts", "GET", "/", "HTTP/1.1", 400, { HOST, { STR_INIT("hOST"), STR_INIT("y") } } },
	{ "connect", "CONNECT", "x:443", "HTTP/1.1", 405, { HOST } },
	{ "trace", "TRACE", "/", "HTTP/1.1", 405, { HOST } },
	{ "method no token", "G T", "/", "HTTP/1.1", 400, { HOST } },
	{ "absolute target", "GET", "http://x/", "HTTP/1.1", 400, { HOST } },
	{ "asterisk", "GET", "*", "HTTP/1.1", 400, { HOST } },
	{ "two slashes", "GET", "//x/", "HTTP/1.1", 400, { HOST } },
	{ "control in target", "GET", "/\x01", "HTTP/1.1", 400, { HOST } },
	{ "high byte in target", "GET", "/\xC3\xA9", "HTTP/1.1", 400, { HOST } },
	{ "version", "GET", "/", "HTTP/2.0", 400, { HOST } },
	{ "two lengths", "POST", "/", "HTTP/1.1", 400,
		{ HOST, { STR_INIT("Content-Length"), STR_INIT("1") },
			{ STR_INIT("content-length"), STR_INIT("1") } } },
	{ "length and chunked", "POST", "/", "HTTP/1.1", 400,
		{ HOST, { STR_INIT("Content-Length"), STR_INIT("1") },
			{ STR_INIT("Transfer-Encoding"), STR_INIT("chunked") } } },
	{ "chunked", "POST", "/", "HTTP/1.1", 0,
		{ HOST, { STR_INIT("Transfer-Encoding"), STR_INIT("chunked") } } },
	{ "gzip, chunked", "POST", "/", "HTTP/1.1", 501,
		{ HOST, { STR_INIT("Transfer-Encoding"), STR_INIT("gzip, chunked") } } },
	{ "length +1", "POST", "/", "HTTP/1.1", 400,
		{ HOST, { STR_INIT("Content-Length"), STR_INIT("+1") } } },
	{ "length -1", "POST", "/", "HTTP/1.1", 400,
		{ HOST, { STR_INIT("Content-Length"), STR_INIT("-1") } } },
	{ "length 1, 1", "POST", "/", "HTTP/1.1", 400,
		{ HOST, { STR_INIT("Content-Length"), STR_INIT("1, 1") } } },
	{ "name no token", "GET", "/", "HTTP/1.1", 400,
		{ HOST, { STR_INIT("A b"), STR_INIT("1") } } },
	{ "control in value", "GET", "/", "HTTP/1.1", 400,
		{ HOST, { STR_INIT("A"), STR_INIT("1\r2") } } },
};

static void the_gate_refuses(void **state)
{
	for (size_t i = 0; i < COUNT(gate_rows); i++) {
		const struct gate_row *row = &gate_rows[i];
		struct gate g = { .method = str_of(row->method),
			.target = str_of(row->target),
			.version = str_of(row->version),
			.headers = row->headers };

		while (g.header_count < COUNT(row->headers) &&
			row->headers[g.header_count].name.ptr)
			g.header_count++;
		if (gate_status(&g) != row->status)
			fail_msg("%s: %d", row->what, gate_status(&g));
	}
}

static void the_gate_counts(void **state)
{
	struct http_pair many[LIMIT_HTTP_HEADERS + 1] = { HOST };
	struct gate g = { .method = STR("GET"),
		.target = STR("/"),
		.version = STR("HTTP/1.1"),
		.headers = many,
		.header_count = COUNT(many) };
	char *target = arena_alloc(&arena, LIMIT_HTTP_TARGET_BYTES + 2);

	for (size_t i = 1; i < COUNT(many); i++)
		many[i] = (struct http_pair){ STR("A"), STR("1") };
	assert_int_equal(gate_status(&g), 431);
	g.header_count--;
	assert_int_equal(gate_status(&g), 0);
	memset(target, '/', LIMIT_HTTP_TARGET_BYTES + 1);
	g.target = str_of(target);
	assert_int_equal(gate_status(&g), 414);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_escaped),
		cmocka_unit_test(a_full_page_is_known),
		cmocka_unit_test_setup_teardown(forms_are_read, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(broken_forms_are_refused, arena_up, arena_down),
		cmocka_unit_test(cookies_are_read),
		cmocka_unit_test_setup_teardown(paths_and_pieces, arena_up, arena_down),
		cmocka_unit_test(the_gate_refuses),
		cmocka_unit_test_setup_teardown(the_gate_counts, arena_up, arena_down),
		cmocka_unit_test(hostile_requests_are_answered_and_closed),
		cmocka_unit_test(an_ordinary_exchange),
		cmocka_unit_test(large_bodies_are_refused),
		cmocka_unit_test(draining_ends_what_runs),
		cmocka_unit_test(parts_are_read_in_any_pieces),
		cmocka_unit_test(wrong_parts_are_refused),
		cmocka_unit_test(files_go_to_the_disk),
		cmocka_unit_test(answers_are_made_while_they_are_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
