/* find_test.c - a whole log is searched as its lines, one by one, would be: random questions over a
 * log of segments and write-ahead files against the plain list of what went into it. */
#include "work/archive/find.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/trail/trail.h"
#include "test/unit.h"

#define LINES 3000
#define SEGMENT_LINES 1200

static char *lines[LINES];
static char folder[64];
static const char *const words[] = { "sshd", "Failed", "failed", "password", "cron", "root",
	"Đăng nhập", "thất bại", "10.0.0.7", "kernel:", "eth0", "link", "up", "down", "(x)", "a=1",
	"\xff\xfe", "INFO", "xyz",
	"\xe2\x84\xaa"
	"ernel",
	"Password\xc5\xbf", "PASSWORDS", "08:25:07" };

static unsigned next(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void make_lines(void)
{
	unsigned seed = 7;

	for (size_t i = 0; i < LINES; i++) {
		char text[512];
		size_t len = (size_t)snprintf(text, sizeof(text),
			"<%u>Nov 25 08:%02zu:%02zu h%u p%u[%u]:", next(&seed) % 192, i / 60 % 60,
			i % 60, next(&seed) % 5, next(&seed) % 7, next(&seed) % 1000);
		size_t count = next(&seed) % 6;

		for (size_t k = 0; k < count; k++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, " %s",
				words[next(&seed) % COUNT(words)]);
		lines[i] = strdup(text);
	}
}

static int64_t received_ns(size_t i)
{
	return (1764000000ll + (int64_t)i) * 1000000000;
}

/* Two closed segments, and the write-ahead files behind them. */
static void close_segments(struct vfile_disk *d)
{
	struct archive_writer *w;
	struct err e = { 0 };

	for (uint64_t end = SEGMENT_LINES; end <= 2 * SEGMENT_LINES; end += SEGMENT_LINES) {
		assert_int_equal(archive_writer_open(d, NULL, &e, &w), 0);
		while (archive_writer_step(w, end, &e) > 0)
			;
		assert_int_equal(archive_writer_end(w, &e), 0);
		assert_int_equal(archive_writer_closed(w), end);
		archive_writer_close(w);
	}
}

static void write_wal(struct vfile_disk *d, size_t from)
{
	struct err e = { 0 };
	struct wal *w;

	assert_int_equal(wal_open(d, &w, &e), 0);
	assert_int_equal(wal_size(w), from);
	for (size_t i = from; i < LINES; i++) {
		const struct leaf leaf = { .kind = LEAF_LINE,
			.transport = LEAF_UDP,
			.source = 1,
			.received_ns = received_ns(i),
			.raw = str_of(lines[i]) };

		assert_int_equal(wal_add(w, &leaf, &e), 0);
		if (i % 100 == 99)
			assert_int_equal(wal_commit(w, &e), 0);
	}
	assert_int_equal(wal_commit(w, &e), 0);
	wal_close(w);
}

static int make_log(void **state)
{
	struct vfile_disk *d;
	struct err e = { 0 };
	char path[100];

	(void)state;
	make_lines();
	snprintf(folder, sizeof(folder), "/tmp/khien-find-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(vfile_disk_open(folder, &d, &e), 0);
	assert_int_equal(vfile_mkdir(d, "log", &e), 0);
	assert_int_equal(vfile_mkdir(d, "log/2025", &e), 0);
	vfile_disk_close(d);
	snprintf(path, sizeof(path), "%s/log/2025", folder);
	assert_int_equal(vfile_disk_open(path, &d, &e), 0);
	write_wal(d, 0);
	close_segments(d);
	vfile_disk_close(d);
	return 0;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	(void)st, (void)kind, (void)place;
	return remove(path);
}

static int drop_log(void **state)
{
	(void)state;
	for (size_t i = 0; i < LINES; i++)
		free(lines[i]);
	return nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS);
}

struct seen {
	uint64_t index[LINES];
	size_t count, stop_at;
};

static int see(void *context, const struct find_line *line)
{
	struct seen *seen = context;

	assert_int_equal(line->place.shard, 2025001);
	assert_true(str_is(line->leaf->raw, lines[line->place.index]));
	assert_int_equal(line->leaf->received_ns, received_ns(line->place.index));
	if (seen->count)
		assert_true(line->place.index < seen->index[seen->count - 1]);
	seen->index[seen->count++] = line->place.index;
	return seen->count == seen->stop_at;
}

static struct find *opened(void)
{
	struct err e = { 0 };
	struct find *f;
	char path[100];

	snprintf(path, sizeof(path), "%s/log", folder);
	if (find_open(path, &f, &e) < 0)
		fail_msg("%s", e.text);
	return f;
}

/* The plain list, asked line by line. */
static size_t plainly(struct query *q, uint64_t *ret)
{
	static const uint8_t peer[16];
	size_t count = 0;

	for (size_t i = LINES; i-- > 0;) {
		struct query_line line = { .raw = str_of(lines[i]),
			.received_ns = received_ns(i),
			.source = 1,
			.kind = LEAF_LINE,
			.transport = LEAF_UDP,
			.peer = peer };

		if (query_matches(q, &line))
			ret[count++] = i;
	}
	return count;
}

static void compare(const char *text, const struct query_options *options, unsigned *seed)
{
	static uint64_t wanted[LINES];
	struct parse_fault fault = { 0 };
	struct find_answer answer;
	struct seen seen = { 0 };
	struct arena a;
	struct err e = { 0 };
	struct find *f = opened();
	struct find_ask ask = { .hit = see, .context = &seen };
	size_t count;

	arena_init(&a, 8 * MIB);
	if (query_parse(str_of(text), options, &a, &fault, &ask.query) < 0)
		fail_msg("%s: %s", text, fault.words);
	count = plainly(ask.query, wanted);
	if (find_count(f, &ask, &answer, &e) < 0)
		fail_msg("%s: %s", text, e.text);
	if (answer.hits != count)
		fail_msg("%s: counted %zu, not %zu", text, (size_t)answer.hits, count);
	/* page by page */
	do {
		seen.stop_at = seen.count + 1 + next(seed) % 500;
		assert_int_equal(find_newest(f, &ask, &answer, &e), 0);
		ask.before = answer.next;
	} while (!answer.is_whole);
	if (seen.count != count || memcmp(seen.index, wanted, count * sizeof(*wanted)) != 0)
		fail_msg("%s: found %zu, not %zu", text, seen.count, count);
	query_free(ask.query);
	find_close(f);
	arena_done(&a);
}

static void test_random(void **state)
{
	static const char *const forms[] = { "%s", "%s %s", "%s -%s", "\"%s %s\"", "%s OR %s",
		"(%s OR cron) %s", "host:h1 %s %s", "ct:p2 %s", "/%s.*d/", "/%s/i", "tu:1h %s",
		"muc:>=err %s", "=%s ~%s" };
	unsigned seed = 11;

	(void)state;
	for (int i = 0; i < 200; i++) {
		const struct query_options options = { .is_fold = next(&seed) % 2,
			.now_s = 1764000000 + LINES };
		const char *x = words[next(&seed) % COUNT(words)];
		const char *y = words[next(&seed) % COUNT(words)];
		const char *form = forms[next(&seed) % COUNT(forms)];
		char text[200];

		if ((strchr(x, '(') || strchr(x, '\xff')) && form[0] == '/')
			continue;
		snprintf(text, sizeof(text), "%s", form);
		for (char *at; (at = strstr(text, "%s")) != NULL; x = y) {
			char rest[200];

			snprintf(rest, sizeof(rest), "%s", at + 2);
			snprintf(at, sizeof(text) - (size_t)(at - text), "%s%s", x, rest);
		}
		compare(text, &options, &seed);
	}
}

/* A word that one slot decides, beside digits for which times have to be looked at. */
static void test_words_beside_times(void **state)
{
	static const char *const words_of_time[] = { "\"08:1\"", "25", "\"5:0\"",
		"\"Nov 25 08:2\"" };
	unsigned seed = 12;

	(void)state;
	for (size_t i = 0; i < COUNT(words) * COUNT(words_of_time); i++) {
		const struct query_options options = { .now_s = 1764000000 + LINES };
		char text[200];

		snprintf(text, sizeof(text), "\"%s\" %s", words[i % COUNT(words)],
			words_of_time[i / COUNT(words)]);
		compare(text, &options, &seed);
	}
}

static void test_span_and_one(void **state)
{
	struct find *f = opened();
	struct find_span span;
	struct leaf leaf;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(find_span(f, &span, &e), 0);
	assert_int_equal(span.lines, LINES);
	assert_int_equal(span.oldest.index, 0);
	assert_int_equal(span.newest.index, LINES - 1);
	assert_int_equal(span.last_ns, received_ns(LINES - 1));
	assert_int_equal(find_at(f, (struct find_place){ 2025001, 2700 }, &leaf, &e), 0);
	assert_true(str_is(leaf.raw, lines[2700]));
	assert_int_equal(find_at(f, (struct find_place){ 2025001, 17 }, &leaf, &e), 0);
	assert_true(str_is(leaf.raw, lines[17]));
	assert_int_equal(find_at(f, (struct find_place){ 2025001, LINES }, &leaf, &e), ERR_ABSENT);
	assert_int_equal(find_at(f, (struct find_place){ 2024001, 1 }, &leaf, &e), ERR_ABSENT);
	find_close(f);
}

/* A budget of no time still gets on, and comes to the end. */
static void test_in_steps(void **state)
{
	struct find_answer answer = { 0 };
	struct parse_fault fault;
	struct arena a;
	struct err e = { 0 };
	struct find *f = opened();
	struct find_ask ask = { 0 };
	int steps = 0;

	(void)state;
	arena_init(&a, MIB);
	assert_int_equal(
		query_parse(STR("nowhere"), &(struct query_options){ 0 }, &a, &fault, &ask.query),
		0);
	while (!answer.is_whole && steps++ < 100) {
		ask.until_us = clock_monotonic_us() + 1;
		assert_int_equal(find_count(f, &ask, &answer, &e), 0);
		assert_int_equal(answer.hits, 0);
		ask.before = answer.next;
	}
	assert_true(steps < 100);
	query_free(ask.query);
	find_close(f);
	arena_done(&a);
}

static void test_nothing(void **state)
{
	struct find_span span;
	struct err e = { 0 };
	struct find *f;

	(void)state;
	assert_int_equal(find_open("/nowhere/log", &f, &e), 0);
	assert_int_equal(find_span(f, &span, &e), 0);
	assert_int_equal(span.lines, 0);
	find_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_words_beside_times),
		cmocka_unit_test(test_span_and_one),
		cmocka_unit_test(test_in_steps),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, make_log, drop_log);
}
