/* marks_test.c - searches that decode only part of a block find what a look at every line finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "work/archive/match.h"
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
	assert_int_equal(sizes.text_blocks, 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(texts_beside_times),
		cmocka_unit_test(digits_across_numbers) };

	return cmocka_run_group_tests_name("marks", tests, NULL, NULL);
}
