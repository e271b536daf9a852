/* marks_test.c - searches that decode only part of a block find what a look at every line finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "work/archive/digits.h"
#include "work/archive/match.h"
#include "work/archive/read.h"
#include "work/archive/segment.h"

#define LINES 4000

struct made {
	char *line[LINES];
	size_t count;
	struct bytes packed;
};

static int to_bytes(void *context, const void *bytes, size_t size, struct err *e)
{
	(void)e;
	bytes_add(context, bytes, size);
	return 0;
}

static void add(struct made *m, const char *line)
{
	assert_true(m->count < LINES);
	m->line[m->count] = strdup(line);
	assert_non_null(m->line[m->count++]);
}

static struct segment *pack(struct made *m)
{
	const struct segment_options options = { .block_bytes = 16 * KIB };
	struct segment_writer *w = segment_writer_new(&options, to_bytes, &m->packed);
	struct segment_sizes sizes;
	struct segment *s;
	struct err e = { 0 };

	for (size_t i = 0; i < m->count; i++) {
		const struct leaf leaf = {
			.kind = LEAF_LINE, .received_ns = (int64_t)i, .raw = str_of(m->line[i])
		};

		assert_int_equal(segment_add(w, &leaf, &e), 0);
	}
	assert_int_equal(segment_finish(w, &e, &sizes), 0);
	assert_true(sizes.text_blocks <= sizes.blocks / 4);
	segment_writer_free(w);
	assert_int_equal(
		segment_open((struct str){ (const char *)m->packed.at, m->packed.len }, &e, &s), 0);
	return s;
}

static void done(struct made *m, struct segment *s)
{
	segment_close(s);
	for (size_t i = 0; i < m->count; i++)
		free(m->line[i]);
	bytes_done(&m->packed);
}

/* As many as hold all of the TEXTS. */
static void compare(struct made *m, struct segment *s, const char *const texts[], size_t count)
{
	struct archive_term terms[2] = { 0 };
	struct archive_query q = { .terms = terms, .term_count = count };
	struct segment_search search = { .end = UINT64_MAX };
	struct err e = { 0 };
	int64_t hits = 0;

	for (size_t i = 0; i < count; i++)
		terms[i].text = str_of(texts[i]);
	for (size_t i = 0; i < m->count; i++) {
		bool is_hit = true;

		for (size_t k = 0; k < count; k++)
			is_hit = is_hit && strstr(m->line[i], texts[k]);
		hits += is_hit;
	}
	assert_int_equal(matcher_new(&q, &e, &search.matcher), 0);
	assert_int_equal(segment_search(s, &search, &e), hits);
	matcher_free(search.matcher);
}

/* Rows of one template are decided by their texts alone, while those of another need times: the
 * first have times too, two of them. */
static void texts_beside_times(void **state)
{
	static const char *const texts[] = { "123", "7", "45", "00:1", "u1" };
	struct made m = { 0 };
	struct segment *s;
	char line[200];

	(void)state;
	for (int i = 0; i < LINES / 2; i++) {
		snprintf(line, sizeof(line),
			"Jan  1 00:%02d:%02d gate login u%03dz since 00:00:%02d", i / 60 % 60,
			i % 60, i % 200, i % 59);
		add(&m, line);
		snprintf(line, sizeof(line), "2026-01-31 00:%02d:%02d.%03d gate is up", i / 60 % 60,
			i % 60, i * 7 % 1000);
		add(&m, line);
	}
	s = pack(&m);
	for (size_t i = 0; i < COUNT(texts); i++) {
		compare(&m, s, &texts[i], 1);
		for (size_t k = 0; k < COUNT(texts); k++)
			compare(&m, s, (const char *const[]){ texts[i], texts[k] }, 2);
	}
	done(&m, s);
}

/* Digits that are split between two halves of a long hexadecimal number, the second with zeros
 * before it; and behind zeros at the beginning of a decimal one. */
static void digits_across_numbers(void **state)
{
	struct made m = { 0 };
	struct segment *s;
	char line[200], text[16];
	const char *const texts[] = { text };
	uint64_t seed = 5;

	(void)state;
	for (int i = 0; i < LINES; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		if (i % 8)
			snprintf(line, sizeof(line),
				"Jan  1 00:%02d:%02d gate login u%03dz at port %d", i / 60 % 60,
				i % 60, i % 200, i % 100);
		else
			snprintf(line, sizeof(line), "key=%016llx%016llx n%05u done",
				(unsigned long long)seed,
				(unsigned long long)(seed ^ 0x9E3779B97F4A7C15u) >>
					(seed >> 60) * 4,
				(unsigned)(seed >> 33) % 100000 >> (seed >> 61));
		add(&m, line);
	}
	s = pack(&m);
	for (int i = 0; i < LINES; i += 8) {
		for (int at = 14; at < 21; at++) {
			snprintf(text, sizeof(text), "%.*s", 5 + i % 3, m.line[i] + at);
			compare(&m, s, texts, 1);
		}
		snprintf(text, sizeof(text), "%.5s", strstr(m.line[i], " n") + 2);
		compare(&m, s, texts, 1);
	}
	done(&m, s);
}

static uint64_t draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* With what columns make much smaller than plain text can: else digits by chance would have the
 * block be one of text. */
static void add_with_tail(struct made *m, const char *line, uint64_t *seed)
{
	static const char *const words[] = { "kho", "cổng", "máy in", "sân", "nhà xe", "tầng",
		"phòng họp", "lối sau" };
	char whole[400];
	size_t len = (size_t)snprintf(whole, sizeof(whole), "%s", line);

	for (int i = 0; i < 4; i++)
		len += (size_t)snprintf(whole + len, sizeof(whole) - len, ", %s 10.0.%u.%u",
			words[draw(seed) % 8], (unsigned)(draw(seed) % 4),
			(unsigned)(draw(seed) % 16));
	add(m, whole);
}

/* One line in SHARE has digits enough in its times to be told of; the others have them in numbers,
 * behind zeros, between letters, in more digits than a number has. */
static void add_numbers(struct made *m, unsigned share)
{
	uint64_t seed = 11;
	char line[200];

	for (unsigned i = 0; i < LINES; i++) {
		unsigned low = (unsigned)(draw(&seed) % 1000000), high = (unsigned)draw(&seed);

		if (i % share == 0 && i % 2 == 0)
			snprintf(line, sizeof(line), "1767225%03u.%06u gate %u is up", i % 1000,
				low, high % 1000);
		else if (i % share == 0)
			snprintf(line, sizeof(line), "2026-01-31 00:%02u:%02u.%06u gate is up",
				i / 60 % 60, i % 60, low);
		else if (i % 3 == 0)
			snprintf(line, sizeof(line), "port %u of u%07ux and 0x%08x", low,
				high % 100000, high);
		else if (i % 3 == 1 && i % 8)
			snprintf(line, sizeof(line), "gate %u is up", low % 10000);
		else if (i % 3 == 1)
			snprintf(line, sizeof(line), "key %u%06u%06u%010u, %u-%u", high, low, low,
				high, low % 100, high % 100000);
		else
			snprintf(line, sizeof(line), "gate%u%c%05u up", low, 'a' + (int)(high % 26),
				high % 2000);
		add_with_tail(m, line, &seed);
	}
}

/* Five to eight digits of a line, of which one may be another. */
static void ask_digits(struct made *m, struct segment *s, uint64_t *seed)
{
	const char *line = m->line[draw(seed) % m->count];
	size_t from = draw(seed) % strlen(line), len;
	char text[16];
	const char *const texts[] = { text };

	snprintf(text, sizeof(text), "%.*s", 5 + (int)(draw(seed) % 4), line + from);
	len = strspn(text, "0123456789");
	if (len < DIGITS_MIN)
		return;
	text[len] = '\0';
	if (draw(seed) % 3 == 0)
		text[draw(seed) % len] = (char)('0' + draw(seed) % 10);
	compare(m, s, texts, 1);
}

/* Times are told apart from numbers where few rows have such; else nothing is told of them. */
static void numbers_and_times(void **state)
{
	static const unsigned shares[] = { 10, 2 };

	(void)state;
	for (size_t i = 0; i < COUNT(shares); i++) {
		struct made m = { 0 };
		struct segment *s;
		struct err e = { 0 };
		uint64_t seed = 7;

		add_numbers(&m, shares[i]);
		s = pack(&m);
		assert_int_equal(load_digits(s, 0, &e), 0);
		if (shares[i] == 10) {
			assert_int_equal(s->digits.len, DIGITS_BYTES_APART);
			assert_true(digits_may_hold(s->digits.at, SLOT_TIME, STR("17672")));
			assert_false(digits_may_hold(s->digits.at, SLOT_NUMBER, STR("17672")));
		} else {
			assert_int_equal(s->digits.len, DIGITS_BYTES);
			assert_int_equal(s->digits.at[0], DIGITS_WHOLE | 10 << DIGITS_UNTOLD);
			assert_true(digits_may_stand(s->digits.at, STR("1767299999")));
			assert_false(digits_may_stand(s->digits.at, STR("17672999991")));
			assert_true(digits_may_hold(s->digits.at, SLOT_TIME, STR("99999")));
		}
		for (int k = 0; k < 2000; k++)
			ask_digits(&m, s, &seed);
		done(&m, s);
	}
}

/* Columns that are not looked at value by value: differences, more than are taken at once; numbers
 * of one byte behind zeros, of two bytes. */
static void numbers_in_columns(void **state)
{
	struct made m = { 0 };
	struct segment *s;
	uint64_t seed = 3;
	char line[200], text[16];
	const char *const texts[] = { text };

	(void)state;
	for (unsigned i = 0; i < LINES; i++) {
		unsigned some = (unsigned)draw(&seed);

		snprintf(line, sizeof(line), "seq %u of gate %06u at port %u", 2000000 + i * 17,
			some % 200, (some >> 8) % 65536);
		add(&m, line);
	}
	s = pack(&m);
	for (unsigned i = 0; i < LINES; i += 7) {
		const char *row = m.line[i];

		snprintf(text, sizeof(text), "%.*s", 5 + (int)(i % 3), row + 4);
		compare(&m, s, texts, 1);
		snprintf(text, sizeof(text), "%.*s", 5 + (int)(i % 2), strstr(row, "gate ") + 5);
		compare(&m, s, texts, 1);
		snprintf(text, sizeof(text), "%.*s", 5, strstr(row, "port ") + 5);
		compare(&m, s, texts, 1);
		snprintf(text, sizeof(text), "%05u", 50000 + i * 13);
		compare(&m, s, texts, 1);
	}
	done(&m, s);
}

/* "đăng nhập thất bại" as TCVN3, VNI and Windows-1258 have it, and what is none of them. */
static const char *const old_lines[] = {
	"<13>Nov 26 10:00:00 ketoan app: \xae\xa8ng nh\xcbp th\xcat b\xb9i",
	"<13>Nov 26 10:00:00 ketoan app: \xf1"
	"a\xeang nha\xe4p tha\xe1t ba\xefi",
	"<13>Nov 26 10:00:00 ketoan app: \xf0\xe3ng nh\xe2\xf2p th\xe2\xect ba\xf2i",
	"<13>Nov 26 10:00:00 ketoan app: \xfe\xff\x80 no text",
};

static int64_t search(struct segment *s, const char *text, enum archive_mode mode, bool is_not)
{
	struct archive_term term = { .text = str_of(text), .mode = mode, .is_not = is_not };
	struct archive_query q = { .terms = &term, .term_count = 1 };
	struct segment_search search = { .end = UINT64_MAX };
	struct err e = { 0 };
	int64_t hits;

	assert_int_equal(matcher_new(&q, &e, &search.matcher), 0);
	hits = segment_search(s, &search, &e);
	matcher_free(search.matcher);
	return hits;
}

/* The same, by a look at each line. */
static int64_t look(const struct made *m, const char *text, enum archive_mode mode, bool is_not)
{
	struct archive_term term = { .text = str_of(text), .mode = mode, .is_not = is_not };
	struct archive_query q = { .terms = &term, .term_count = 1 };
	struct matcher *matcher;
	struct err e = { 0 };
	int64_t hits = 0;

	assert_int_equal(matcher_new(&q, &e, &matcher), 0);
	for (size_t i = 0; i < m->count; i++)
		hits += matcher_text(matcher, str_of(m->line[i]), &e);
	matcher_free(matcher);
	return hits;
}

/* Digits everywhere else: in static text, in texts, in two slots one behind the other, beside times
 * and addresses, in records of no template; with marks among them, which folding takes away. */
static void put_everywhere(char *to, size_t size, unsigned form, unsigned a, unsigned long long b)
{
	switch (form % 12) {
	case 0:
		snprintf(to, size, "key=%016llx%08x done", b * 0x9E3779B97F4A7C15u, a);
		break;
	case 1:
		snprintf(to, size, "KEY %016llX%016llX", b << 24 | a, b);
		break;
	case 2:
		snprintf(to, size, "2026-01-31 00:00:09%05u late by %llu", a, b);
		break;
	case 3:
		snprintf(to, size, "10.0.0.1%04u and 10.1.2.%u:%llu-", a, a % 256, b);
		break;
	case 4:
		snprintf(to, size, "Jan  1 00:00:09%u0 of %llu", a, b);
		break;
	case 5:
		snprintf(to, size, "kho\xcc\x81%u\xcc\x81%llu x", a, b);
		break;
	case 6:
		snprintf(to, size, "Jan  1 00:00:09\xcc\x81%04u %03u\xcc\x81%llu, đã", a, a % 999,
			b);
		break;
	case 7:
		snprintf(to, size, "n%u%llu", a, b);
		break;
	case 8: /* no UTF-8 */
		snprintf(to, size, "\xf1%05u\xea%llu a\xea", a, b);
		break;
	case 9:
		snprintf(to, size, "0x%llx of v%u.7654321", b, a);
		break;
	case 10:
		snprintf(to, size, "{\"id\": %u, \"key\": \"%llu%u\"}", a, b, a);
		break;
	default:
		snprintf(to, size, "ab%ucd%llu", a, b);
	}
}

/* The first blocks have few digits. One row in sixteen has a time with ten of them, and, where
 * HAS_TIMES, each one with six. */
static void add_everywhere(struct made *m, uint64_t *seed, bool has_times)
{
	char line[200], whole[300];

	while (m->count < LINES) {
		unsigned a = (unsigned)draw(seed) % 100000, i = (unsigned)m->count;
		unsigned long long b = draw(seed) << draw(seed) % 31;

		if (i % 16 == 0)
			snprintf(line, sizeof(line), "1767225%03u.%06u gate is up", i / 16, a);
		else if (i % 16 < 12)
			snprintf(line, sizeof(line), "gate %u is up", a % 10000);
		else if (i < LINES / 2)
			snprintf(line, sizeof(line), "gate of 00%u-%llu", a % 90, b);
		else
			put_everywhere(line, sizeof(line), (unsigned)draw(seed), a, b);
		snprintf(whole, sizeof(whole), "2026-02-01 00:%02u:%02u.%06u %s", i / 60 % 60,
			i % 60, i * 7919 % 1000000, line);
		add_with_tail(m, has_times ? whole : line, seed);
	}
}

/* Five digits of a row or more, as they stand there or without what folding takes away. */
static size_t some_digits(const struct made *m, uint64_t *seed, char *text)
{
	const char *line = m->line[draw(seed) % m->count];
	size_t from = draw(seed) % strlen(line), most = 5 + draw(seed) % 8, len = 0;

	for (const char *c = line + from; *c && len < most && (is_digit(*c) || (uint8_t)*c >= 0x80);
		c++)
		if (is_digit(*c))
			text[len++] = *c;
	text[len] = '\0';
	if (len >= DIGITS_MIN && draw(seed) % 3 == 0)
		text[draw(seed) % len] = (char)('0' + draw(seed) % 10);
	return len;
}

/* Blocks that are passed over for their digits hold none of them: what is found is what a look at
 * each line finds, wherever digits stand. */
static void digits_are_exact(bool has_times, uint8_t flags)
{
	struct made m = { 0 };
	struct segment *s;
	struct err e = { 0 };
	uint64_t seed = 17;
	uint32_t out = 0, asked = 0;
	char text[32] = "";

	add_everywhere(&m, &seed, has_times);
	s = pack(&m);
	for (int i = 0; i < 3000; i++) {
		enum archive_mode mode = i % 2 ? ARCHIVE_FOLD : ARCHIVE_EXACT;
		struct archive_term term = { .text = str_of(text), .mode = mode };
		const struct archive_query q = { .terms = &term, .term_count = 1 };
		struct matcher *matcher;

		if (some_digits(&m, &seed, text) < DIGITS_MIN)
			continue;
		term.text = str_of(text);
		assert_int_equal(search(s, text, mode, false), look(&m, text, mode, false));
		assert_int_equal(matcher_new(&q, &e, &matcher), 0);
		for (uint32_t b = 0; b < s->block_count; b++) {
			bool may;

			assert_int_equal(block_may_hold(s, b, matcher, &e, &may), 0);
			out += !may;
			asked++;
		}
		matcher_free(matcher);
	}
	assert_true(s->block_count > 4 && out > asked / 8);
	for (uint32_t b = 0; b + 1 < s->block_count; b++) { /* the last one is small */
		assert_int_equal(load_digits(s, b, &e), 0);
		assert_true(
			s->blocks[b].is_text || (s->digits.len > 0 && s->digits.at[0] == flags));
	}
	done(&m, s);
}

static void digits_of_whole_blocks(void **state)
{
	(void)state;
	digits_are_exact(false, DIGITS_WHOLE | DIGITS_TIMES_APART);
	digits_are_exact(true, DIGITS_WHOLE | 6 << DIGITS_UNTOLD);
}

/* Words are found whatever the encoding, though the letters of the segment have none of them. */
static void words_of_old_encodings(void **state)
{
	static const struct {
		const char *text;
		enum archive_mode mode;
		int64_t old; /* of the lines of each hundred */
	} asked[] = {
		{ "dang nhap", ARCHIVE_FOLD, 3 },
		{ "Đăng Nhập", ARCHIVE_FOLD, 3 },
		{ "thất bại", ARCHIVE_FOLD, 3 },
		{ "đăng nhập", ARCHIVE_EXACT, 3 },
		{ "đăng nhâp", ARCHIVE_EXACT, 0 },
		{ "dang nhap", ARCHIVE_EXACT, 0 },
		{ "dang xuat", ARCHIVE_FOLD, 0 },
		{ "no text", ARCHIVE_FOLD, 1 },
		{ "ketoan", ARCHIVE_EXACT, 4 },
	};
	struct made m = { 0 };
	struct segment *s;
	char line[200];

	(void)state;
	for (int i = 0; i < LINES; i++) {
		if (i % 100 < 4 && i >= LINES / 2)
			snprintf(line, sizeof(line), "%s %d", old_lines[i % 100], i);
		else
			snprintf(line, sizeof(line), "Jan  1 00:00:%02d gate login u%03dz is up",
				i % 60, i % 200);
		add(&m, line);
	}
	s = pack(&m);
	for (size_t i = 0; i < COUNT(asked); i++) {
		int64_t hits = search(s, asked[i].text, asked[i].mode, false);

		assert_int_equal(hits, asked[i].old * (LINES / 200));
		assert_int_equal(hits, look(&m, asked[i].text, asked[i].mode, false));
		assert_int_equal(search(s, asked[i].text, asked[i].mode, true), LINES - hits);
		assert_int_equal(look(&m, asked[i].text, asked[i].mode, true), LINES - hits);
	}
	done(&m, s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(texts_beside_times),
		cmocka_unit_test(digits_across_numbers), cmocka_unit_test(numbers_and_times),
		cmocka_unit_test(numbers_in_columns), cmocka_unit_test(digits_of_whole_blocks),
		cmocka_unit_test(words_of_old_encodings) };

	return cmocka_run_group_tests_name("marks", tests, NULL, NULL);
}
