#include "test/unit.h"

#include <ctype.h>
#include <stdio.h>

#include "kit/text/text.h"
#include "work/archive/segment_test.h"

/* Lines whose words and numbers stay the same for a while: slots without codes in whole blocks. */
static void add_runs(struct made *m, size_t count, uint64_t seed)
{
	for (size_t i = 0; i < count; i++) {
		char line[200];
		unsigned run = (unsigned)(i < 60 ? i : i / 50);

		snprintf(line, sizeof(line),
			"Feb  3 04:05:%02u gate unit[%u]: state %c%cstate-%u from 10.9.%u.7 code %03u "
			"Id %08X %s seen %u",
			(unsigned)(i % 60), 100 + run % 7, 'a' + run % 26, 'Q' + run / 3 % 9, run,
			run % 3, run % 11, 0xAB000000 + run, i < 60 ? "Đi" : "Về",
			draw(&seed) % 5000);
		add_text(m, line);
	}
}

struct hits {
	uint64_t at[70000];
	size_t count;
	const struct made *m;
};

static int take_hit(void *context, uint64_t i, const struct leaf *r)
{
	struct hits *hits = context;
	struct leaf want = record(hits->m, i);

	same_record(&want, r);
	hits->at[hits->count++] = i;
	return 0;
}

/* A reader of every line, who knows nothing of templates. */
static bool naive_term(const struct archive_term *t, struct str raw, struct arena *a)
{
	struct err e;
	struct pattern *p;
	int found;

	if (t->mode == ARCHIVE_EXACT)
		return memmem(raw.ptr, raw.len, t->text.ptr, t->text.len) != NULL;
	if (t->mode == ARCHIVE_FOLD)
		return text_matches(a, raw, text_fold(a, t->text));
	p = pattern_new(t->text, t->mode != ARCHIVE_NOCASE, t->mode != ARCHIVE_REGEX, &e);
	assert_non_null(p);
	found = pattern_match(p, raw, &e);
	pattern_free(p);
	return found > 0;
}

static bool naive(const struct made *m, size_t i, const struct archive_query *q, struct arena *a)
{
	struct leaf r = record(m, i);
	bool is_source = q->source_count == 0;

	for (size_t k = 0; k < q->source_count; k++)
		is_source |= q->sources[k] == r.source;
	if (!is_source || (q->from_ns && r.received_ns < q->from_ns) ||
		(q->until_ns && r.received_ns >= q->until_ns))
		return false;
	for (size_t k = 0; k < q->term_count; k++)
		if (naive_term(&q->terms[k], r.raw, a) == q->terms[k].is_not)
			return false;
	return true;
}

static void same_hits(const struct made *m, struct segment *s, const struct archive_query *q)
{
	struct hits *hits = calloc(1, sizeof(*hits));
	struct segment_search search = { .first = q->first,
		.end = q->end ? q->end : m->count,
		.is_oldest_first = q->is_oldest_first,
		.hit = take_hit,
		.context = hits };
	struct err e = { 0 };
	struct arena a;
	size_t expected = 0;
	int64_t found, counted;
	const struct archive_term *t = q->terms;

	assert_non_null(hits);
	hits->m = m;
	if (matcher_new(q, &e, &search.matcher) < 0)
		fail_msg("%.*s: %s", STR_FMT(t->text), e.text);
	found = segment_search(s, &search, &e);
	search.hit = NULL;
	counted = segment_search(s, &search, &e);
	matcher_free(search.matcher);
	if (found < 0 || counted < 0)
		fail_msg("%.*s: %s", STR_FMT(t->text), e.text);
	for (size_t n = (size_t)search.first; n < search.end; n++) {
		size_t i = q->is_oldest_first ? n : (size_t)(search.end - 1 - (n - search.first));

		arena_init(&a, 64 * MIB);
		if (naive(m, i, q, &a)) {
			if (expected >= hits->count || hits->at[expected] != i)
				fail_msg("'%.*s' mode %d: record %zu '%.*s' not found",
					STR_FMT(t->text), t->mode, i, STR_FMT(nth(m, i)));
			expected++;
		}
		arena_done(&a);
	}
	if ((size_t)found != expected || hits->count != expected || counted != found)
		fail_msg("'%.*s' mode %d: %zu wanted, %d found, %d counted", STR_FMT(t->text),
			t->mode, expected, (int)found, (int)counted);
	free(hits);
}

/* Five digits of a record or more, one of them or the next byte changed. */
static struct str some_digits(const struct made *m, uint64_t *seed, char *text)
{
	size_t len = 0;

	while (len < 5) {
		struct str raw = nth(m, draw(seed) % m->count);
		size_t from = raw.len > 24 ? draw(seed) % (raw.len - 12) : 0;

		snprintf(text, 12, "%.*s", (int)(raw.len - from), raw.ptr + from);
		len = strspn(text, "0123456789");
	}
	text[draw(seed) % (len + 1)] = (char)('0' + draw(seed) % 10);
	return (struct str){ text, len };
}

/* A piece of a record, sometimes with a byte changed. */
static struct str some_query(const struct made *m, uint64_t *seed, char *text)
{
	struct str raw = nth(m, draw(seed) % m->count);
	size_t len = 1 + draw(seed) % (draw(seed) % 4 ? 8 : 40), from;

	if (raw.len == 0)
		return STR("x");
	len = len < raw.len ? len : raw.len;
	from = draw(seed) % (raw.len - len + 1);
	memcpy(text, raw.ptr + from, len);
	if (draw(seed) % 4 == 0)
		text[draw(seed) % len] = (char)('0' + draw(seed) % 75);
	return (struct str){ text, len };
}

/* EVIDENCE: D10.1.b a search finds exactly what a reader of every line would find */
static void search_is_exact(void **state)
{
	struct made *m = made_new();
	struct segment_options options = { .block_bytes = 16 * KIB };
	struct bytes packed;
	struct segment *s;
	uint64_t seed = 77;
	static const char *const more[] = { "a", "0", " ", "10.", ".1", "00:", "Jan  1", "jan",
		"dang nhap", "ĐĂNG", "duc", "0x", "\xff", "zzzz", "sshd[3", "2026-", "], ", "\"",
		"Link up", "K", "tAaP", "tedu", "tHhSYSTEM", "nSubject", "\\tđức", "t0x" };

	add_log_lines(m, 600, 9);
	add_events(m, 200, 19);
	add_runs(m, 400, 29);
	packed = pack(m, &options, NULL);
	s = reopen(&packed);
	assert_non_null(section_find(s, s->block_count - 1, SECTION_FIXED, 0));
	assert_non_null(section_find(s, 0, SECTION_DIGITS, 0));
	for (int i = 0; i < 1500; i++) {
		char text[64];
		struct archive_term t = { .text = i % 4 ? some_query(m, &seed, text) :
							  some_digits(m, &seed, text),
			.mode = i % 5 ? ARCHIVE_EXACT : ARCHIVE_FOLD };
		struct archive_query q = { .terms = &t, .term_count = 1 };

		if (i % 3 == 0) {
			q.first = draw(&seed) % m->count;
			q.end = q.first + draw(&seed) % (m->count - q.first) + 1;
			q.is_oldest_first = i % 2;
		}
		same_hits(m, s, &q);
	}
	for (size_t i = 0; i < 2 * COUNT(more); i++) {
		struct archive_term t = { .text = str_of(more[i / 2]), .mode = i % 2 };

		same_hits(m, s, &(struct archive_query){ .terms = &t, .term_count = 1 });
	}
	segment_close(s);
	bytes_done(&packed);
	made_free(m);
}

static const char *const patterns[] = { "Failed password for (root|admin) from",
	"port [0-9]+5 ssh2", "link", "^-- MARK --$", "user\\d=t?est", "(?i)LINK UP",
	"ng(uy|a)|MARK", "v.n\\.đức", "GET /tin/\\d{1,2}/", "x*", "sshd\\[(3[0-9]+)\\]: .*port 1",
	"\\bup$", "kernel: \\[9+\\.", "word[a-c]+ ĐĂNG", "\"z\":00\\d}", "(?:00)+:", "a|b",
	"[^a-z]{9}", "đăng nhập", "state [a-m]Q", "code 0\\d+ .* (Về|seen 1)",
	"(Failed|Accepted) password for (root|admin)", "u(p|p)", "(LINK|link) up|MARK",
	"MARK|up|Failed", "port (1|22|333)\\d", "(?:seen|Về) (1|2)", "l(in|)k", "(đ|Đ)ăng", "s(s)h",
	"9(0|1)(2|3)(4|5)", "9(0|1)(2|3)(4|5)(6|7)", "(a|b)*up", "up(a|b)?", "10\\.(0|1|2)\\." };

/* LEN bytes of a record as a pattern that stands for them, or nothing where one is no ASCII. */
static size_t quote_some(const struct made *m, uint64_t *seed, size_t len, char *to)
{
	struct str raw = nth(m, draw(seed) % m->count);
	size_t from = raw.len > len ? draw(seed) % (raw.len - len) : 0, put = 0;

	for (size_t i = from; i < from + len && i < raw.len; i++) {
		char c = raw.ptr[i];

		if (c < ' ' || c > '~')
			return 0;
		if (!isalnum((unsigned char)c) && c != ' ')
			to[put++] = '\\';
		to[put++] = c;
	}
	return put;
}

/* Choices of pieces of records, with pieces before and behind them and sometimes a quantifier. */
static struct str some_choice(const struct made *m, uint64_t *seed, char *text)
{
	static const char *const behind[] = { "", "", "", "?", "*", "+", "{1}" };
	size_t len = quote_some(m, seed, draw(seed) % 6, text);
	unsigned choices = (unsigned)(1 + draw(seed) % 2);

	for (unsigned i = 0; i < choices; i++) {
		unsigned texts = (unsigned)(1 + draw(seed) % 4);

		for (unsigned k = 0; k < texts; k++) {
			text[len++] = k > 0 ? '|' : '(';
			len += quote_some(m, seed, draw(seed) % 5, text + len);
		}
		text[len++] = ')';
		len += (size_t)snprintf(text + len, 8, "%s", behind[draw(seed) % COUNT(behind)]);
		len += quote_some(m, seed, draw(seed) % 4, text + len);
	}
	return (struct str){ text, len };
}

/* Of several texts one must stand. */
static void search_of_choices(void **state)
{
	struct made *m = made_new();
	struct segment_options options = { .block_bytes = 16 * KIB };
	struct bytes packed;
	struct segment *s;
	uint64_t seed = 79;

	add_log_lines(m, 400, 11);
	add_events(m, 100, 21);
	add_runs(m, 200, 31);
	packed = pack(m, &options, NULL);
	s = reopen(&packed);
	for (int i = 0; i < 500; i++) {
		char text[2][256];
		struct archive_term t[2] = { { .text = some_choice(m, &seed, text[0]),
						     .mode = ARCHIVE_REGEX + i % 2 },
			{ .text = some_choice(m, &seed, text[1]), .mode = ARCHIVE_REGEX } };
		struct archive_query q = { .terms = t, .term_count = 1 + draw(&seed) % 2 };

		t[0].is_not = draw(&seed) % 6 == 0;
		same_hits(m, s, &q);
	}
	for (size_t i = 0; i < 2 * COUNT(patterns); i++) {
		struct archive_term t = { .text = str_of(patterns[i / 2]),
			.mode = ARCHIVE_REGEX + i % 2 };

		same_hits(m, s, &(struct archive_query){ .terms = &t, .term_count = 1 });
	}
	segment_close(s);
	bytes_done(&packed);
	made_free(m);
}

/* What of a pattern is looked for before it is tried on a record. */
static void texts_of_patterns(void **state)
{
	static const char *const cases[][2] = { { "a(b|c)d", "abd|acd" },
		{ "ab(c|dd)ef", "abcef|abddef" }, { "(?:one|two) x", "one x|two x" },
		{ "one|two|three", "one|two|three" }, { "x(1|2)(3|4)", "x13|x23|x14|x24" },
		{ "a(bb|cc)+d", "" }, { "ab(c|d)?ef", "" }, { "one|t.o", "" }, { "ab(c|d", "" },
		{ "one\\|two", "" }, { "k(a|b)\\.c\\d", "ka.c|kb.c" }, { "(abc)d", "" },
		{ "(a|[bc])de", "" }, { "q(1|2|3|4|5|6|7|8|9)", "" }, { "(ab|)cd", "abcd|cd" },
		{ "(ab|cd)e*", "ab|cd" }, { "(?=a|b)cd", "" }, { "(aa|bb)cc|dd", "" },
		{ "(a|b)x.(cc|dd)yy", "ccyy|ddyy" }, { "|ab", "" }, { "(a|b(c|d))ef", "" } };

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes one[PATTERN_LITERALS] = { 0 };
		struct texts any = { 0 };
		char got[64] = "";

		pattern_literals(str_of(cases[i][0]), one, &any);
		for (size_t k = 0; k < any.count; k++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%.*s",
				k > 0 ? "|" : "", STR_FMT(texts_at(&any, k)));
		assert_string_equal(got, cases[i][1]);
		bytes_done(&any.all);
		for (size_t k = 0; k < PATTERN_LITERALS; k++)
			bytes_done(&one[k]);
	}
}

/* Several words, patterns, sources, times: alone and together. */
static void search_of_all_kinds(void **state)
{
	struct made *m = made_new();
	struct segment_options options = { .block_bytes = 16 * KIB };
	struct bytes packed;
	struct segment *s;
	uint64_t seed = 78;

	add_log_lines(m, 500, 10);
	add_events(m, 100, 20);
	add_runs(m, 300, 30);
	packed = pack(m, &options, NULL);
	s = reopen(&packed);
	for (int i = 0; i < 700; i++) {
		char text[3][64];
		struct archive_term t[3] = { 0 };
		uint32_t sources[2] = { draw(&seed) % 5, draw(&seed) % 5 };
		struct archive_query q = { .terms = t, .term_count = 1 + draw(&seed) % 3 };

		for (size_t k = 0; k < q.term_count; k++) {
			t[k].mode = draw(&seed) % 5;
			t[k].text = t[k].mode >= ARCHIVE_REGEX ?
				str_of(patterns[draw(&seed) % COUNT(patterns)]) :
				some_query(m, &seed, text[k]);
			if (t[k].mode == ARCHIVE_NOCASE && !str_is_utf8(t[k].text))
				t[k].text = STR("Up");
			t[k].is_not = draw(&seed) % 4 == 0;
		}
		if (draw(&seed) % 3 == 0) {
			q.sources = sources;
			q.source_count = 1 + draw(&seed) % 2;
		}
		if (draw(&seed) % 3 == 0)
			q.from_ns = record(m, draw(&seed) % m->count).received_ns;
		if (draw(&seed) % 3 == 0)
			q.until_ns = record(m, draw(&seed) % m->count).received_ns;
		q.is_oldest_first = draw(&seed) % 2;
		same_hits(m, s, &q);
	}
	segment_close(s);
	bytes_done(&packed);
	made_free(m);
}

static void patterns_that_are_refused(void **state)
{
	static const struct archive_term bad[] = { { ARCHIVE_REGEX, STR("("), false },
		{ ARCHIVE_REGEX, STR("(*LIMIT_MATCH=1)a"), false },
		{ ARCHIVE_REGEX, STR("\\C"), false }, { ARCHIVE_EXACT, STR(""), false },
		{ ARCHIVE_NOCASE, STR("\xff"), false } };
	char line[60];
	struct err e = { 0 };
	struct matcher *m = NULL;
	struct pattern *p;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(
			matcher_new(&(struct archive_query){ .terms = &bad[i], .term_count = 1 },
				&e, &m),
			ERR_INPUT);
	/* a pattern that would take for ever ends, and says so */
	memset(line, 'a', sizeof(line));
	p = pattern_new(STR("(a+)+$|b"), true, false, &e);
	assert_non_null(p);
	line[sizeof(line) - 1] = '!';
	assert_int_equal(pattern_match(p, (struct str){ line, sizeof(line) }, &e), ERR_LIMIT);
	pattern_free(p);
}

static int stop_at_two(void *context, uint64_t i, const struct leaf *r)
{
	return ++*(int *)context == 2;
}

static void a_search_stops(void **state)
{
	struct made *m = made_new();
	struct archive_term t = { .text = STR("a") };
	struct archive_query q = { .terms = &t, .term_count = 1 };
	struct segment_search search = { .end = 200, .hit = stop_at_two };
	struct bytes packed;
	struct segment *s;
	struct err e = { 0 };
	int count = 0;

	add_log_lines(m, 200, 4);
	packed = pack(m, NULL, NULL);
	s = reopen(&packed);
	search.context = &count;
	assert_int_equal(matcher_new(&q, &e, &search.matcher), 0);
	assert_int_equal(segment_search(s, &search, &e), 2);
	assert_true(search.is_stopped);
	matcher_free(search.matcher);
	segment_close(s);
	bytes_done(&packed);
	made_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(search_is_exact),
		cmocka_unit_test(search_of_all_kinds),
		cmocka_unit_test(search_of_choices),
		cmocka_unit_test(texts_of_patterns),
		cmocka_unit_test(patterns_that_are_refused),
		cmocka_unit_test(a_search_stops),
	};

	return cmocka_run_group_tests_name("segment_search", tests, NULL, NULL);
}
