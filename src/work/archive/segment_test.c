#include "test/unit.h"

#include <stdio.h>
#include <zstd.h>

#include "work/archive/segment_test.h"

/* Everything comes back, and segment_check() agrees. */
static void round_trip(const struct made *m, const struct segment_options *options)
{
	struct segment_sizes sizes;
	struct bytes packed = pack(m, options, &sizes);
	struct segment *s = reopen(&packed);
	struct err e = { 0 };

	assert_int_equal(segment_count(s), m->count);
	assert_int_equal(sizes.stored_bytes, packed.len);
	for (size_t i = 0; i < m->count; i++) {
		struct leaf want = record(m, i), got;

		if (segment_read(s, i, &e, &got) < 0)
			fail_msg("record %zu: %s", i, e.text);
		same_record(&want, &got);
	}
	if (segment_check(s, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(segment_read(s, m->count, &e, &(struct leaf){ 0 }), ERR_ABSENT);
	segment_close(s);
	bytes_done(&packed);
}

static const char *const odd_lines[] = { "", " ", "\n", "\r", "a", "0", "00", "007",
	"18446744073709551615", "18446744073709551616", "9999999999999999999",
	"00000000000000000000000000000001", "0x", "0x0", "0xg", "0xdeadBEEF", "deadbeef0",
	"DEADBEEF0", "deadBEEF0", "0123456789abcdef0123456789abcdef0123456789abcdef1", "1.2.3.4",
	"01.2.3.4", "1.2.3.4.5", "256.1.1.1", "1.2.3", "1.2.3.4/8", "1.2.3.4-5", "1.2.3.4:80",
	"Jan  1 00:00:00", "Jan 01 00:00:00", "Jan 1 00:00:00", "Jan  0 00:00:00",
	"Jan 31 24:00:00", "Feb 30 00:00:00 x", "2026-02-30 00:00:00", "2026-02-28T23:59:59.",
	"2026-02-28T23:59:59.123456789", "2026-02-28T23:59:59.1234567890", "1899-12-31 00:00:00",
	"2200-01-01 00:00:00", "2199-12-31 23:59:59.999999999", "1900-01-01 00:00:00,0",
	"31/Dec/2026:23:59:59 +0700", "Thu Jan  1 00:00:00 2026", "Fri Jan  1 00:00:00 2026",
	"Thu Jan 01 00:00:00 2026", "1521911720.865913", "1521911720.", "0521911720.5",
	"1521911720.5x", "1521911720.865913 1521911720.8659130001", "00:00:00", "23:59:59.999",
	"23:59:60", "12:34:56:78", "2026-01-01 00:00:00 2026-01-01T00:00:00.5 00:00:01",
	"Tiếng Việt có dấu",
	"1\xCC\x81"
	"2",
	"K", "\xE2\x84\xAA", "\x80", "\xC3", "blk_-1608999687919862906", "%s%n", "a=b;c=d", "\t\tx",
	"\x01\x02", "S-1-5-21-9344971297-2578800047-4373110557-501" };

static void edge_cases(void **state)
{
	struct made *m = made_new();
	struct segment_options options[] = { { 0 }, { .is_small = true }, { .block_bytes = 1 } };

	for (int again = 0; again < 3; again++)
		for (size_t i = 0; i < COUNT(odd_lines); i++)
			add_text(m, odd_lines[i]);
	add(m, "\0", 1);
	add(m, "nul\0in it", 9);
	add(m, "", 0);
	for (size_t i = 0; i < COUNT(options); i++)
		round_trip(m, &options[i]);
	made_free(m);
}

static void large_records(void **state)
{
	struct made *m = made_new();
	char *line = malloc(MIB);
	uint64_t seed = 5;

	assert_non_null(line);
	memset(line, 'x', MIB);
	add(m, line, MIB);
	for (size_t i = 0; i < MIB; i++)
		line[i] = (char)draw(&seed);
	add(m, line, MIB);
	for (size_t i = 0; i < MIB; i++)
		line[i] = i % 3 ? '7' : ' ';
	add(m, line, MIB);
	add(m, line, LIMIT_SEGMENT_LINE_BYTES);
	add(m, line, 3 * LIMIT_SEGMENT_SLOTS);
	add(m, line, 3 * LIMIT_SEGMENT_SLOTS + 3);
	free(line);
	round_trip(m, NULL);
	made_free(m);
}

static int64_t count_text(struct segment *s, struct str text, struct err *e)
{
	struct archive_term t = { .text = text };
	struct archive_query q = { .terms = &t, .term_count = 1 };
	struct segment_search search = { .end = UINT64_MAX };
	int64_t count;

	assert_int_equal(matcher_new(&q, e, &search.matcher), 0);
	count = segment_search(s, &search, e);
	matcher_free(search.matcher);
	return count;
}

static void nothing(void **state)
{
	struct made *m = made_new();
	struct err e = { 0 };
	struct bytes packed;
	struct segment *s;

	round_trip(m, NULL);
	packed = pack(m, NULL, NULL);
	s = reopen(&packed);
	assert_int_equal(count_text(s, STR("x"), &e), 0);
	segment_close(s);
	bytes_done(&packed);
	made_free(m);
}

static void many_lines(void **state)
{
	struct made *m = made_new();
	struct segment_options options[] = { { .block_bytes = 64 * KIB }, { 0 },
		{ .is_small = true } };

	add_log_lines(m, 8000, 1);
	add_events(m, 1000, 2);
	for (size_t i = 0; i < COUNT(options); i++)
		round_trip(m, &options[i]);
	made_free(m);
}

/* Written by the program of each version. */
static void an_older_version_is_read(void **state)
{
	static const struct {
		const char *name, *text, *word; /* TEXT stands in front, behind its length */
	} old[] = { { "sshd", "port", "sshd" }, { "events", "tAaPED", "Message" },
		{ "fixed", "port", "port" }, { "version-4", "dang nhap", "90" } };

	for (size_t i = 0; i < COUNT(old); i++) {
		struct bytes packed = { 0 };
		struct segment *s;
		char path[4096], *source = getenv("KHIEN_SOURCE");
		struct err e;
		FILE *f;

		snprintf(path, sizeof(path), "%s/fuzz/corpus/segment/%s", source, old[i].name);
		f = fopen(path, "rb");
		assert_non_null(f);
		assert_int_equal(fseek(f, (long)strlen(old[i].text) + 1, SEEK_SET), 0);
		packed.len = fread(bytes_more(&packed, 64 * KIB), 1, 64 * KIB, f);
		fclose(f);
		assert_int_equal(packed.at[8], i + 1);
		s = reopen(&packed);
		assert_int_equal(segment_check(s, &e), 0);
		assert_true(segment_count(s) > 0);
		assert_true(count_text(s, str_of(old[i].word), &e) > 0);
		segment_close(s);
		bytes_done(&packed);
	}
}

/* What cannot be made smaller is stored as it is: no larger than by zstd, but for the frame. */
static void lines_by_chance(void **state)
{
	struct made *m = made_new();
	struct segment_sizes sizes;
	struct bytes packed, lines = { 0 };
	uint64_t seed = 4;
	size_t room;

	for (int i = 0; i < 4000; i++) {
		uint8_t line[200];

		for (size_t k = 0; k < sizeof(line); k++)
			line[k] = (uint8_t)(draw(&seed) | 0x80); /* no line break among them */
		add(m, line, draw(&seed) % sizeof(line));
		bytes_add(&lines, nth(m, m->count - 1).ptr, nth(m, m->count - 1).len);
		bytes_u8(&lines, '\n');
	}
	round_trip(m, NULL);
	packed = pack(m, NULL, &sizes);
	assert_int_equal(sizes.text_blocks, sizes.blocks);
	room = ZSTD_compressBound(lines.len);
	bytes_more(&lines, room);
	room = ZSTD_compress(lines.at + lines.len, room, lines.at, lines.len, 3);
	assert_true(packed.len - sizes.meta_bytes < room + 200);
	bytes_done(&packed);
	bytes_done(&lines);
	made_free(m);
}

static void bytes_by_chance(void **state)
{
	struct made *m = made_new();
	struct segment_sizes sizes;
	struct bytes packed;
	uint64_t seed = 3;

	for (int i = 0; i < 3000; i++) {
		uint8_t line[200];
		size_t len = draw(&seed) % sizeof(line);

		for (size_t k = 0; k < len; k++)
			line[k] = (uint8_t)draw(&seed);
		add(m, line, len);
	}
	round_trip(m, NULL);
	packed = pack(m, NULL, &sizes);
	/* what cannot be made smaller grows by little: lengths, times and the frame */
	assert_true(packed.len - sizes.meta_bytes < sizes.raw_bytes + 2 * 3000 + 1000);
	bytes_done(&packed);
	made_free(m);
}

/* EVIDENCE: D11.4 a log kept for years: whatever bit of a segment is changed, it is noticed */
static void every_flipped_bit(void **state)
{
	struct made *m = made_new();
	struct bytes packed;
	struct err e = { 0 };

	add_log_lines(m, 24, 2);
	for (int is_small = 0; is_small < 2; is_small++) {
		struct segment_options options = { .is_small = is_small };

		packed = pack(m, &options, NULL);
		for (size_t bit = 0; bit < packed.len * 8; bit++) {
			struct segment *s = NULL;
			int result;

			packed.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
			result =
				segment_open((struct str){ (char *)packed.at, packed.len }, &e, &s);
			if (result == 0)
				result = segment_check(s, &e);
			if (result != ERR_INPUT)
				fail_msg("bit %zu of %zu changed unnoticed", bit, packed.len * 8);
			segment_close(s);
			packed.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		bytes_done(&packed);
	}
	made_free(m);
}

static void cut_short(void **state)
{
	struct made *m = made_new();
	struct bytes packed;
	struct err e = { 0 };

	add_log_lines(m, 24, 2);
	packed = pack(m, NULL, NULL);
	for (size_t len = 0; len < packed.len; len++) {
		struct segment *s = NULL;

		assert_int_equal(
			segment_open((struct str){ (char *)packed.at, len }, &e, &s), ERR_INPUT);
		assert_int_equal(
			segment_open(
				(struct str){ (char *)packed.at + len, packed.len - len }, &e, &s),
			len ? ERR_INPUT : 0);
		segment_close(s);
	}
	bytes_done(&packed);
	made_free(m);
}

static int refuse(void *context, const void *bytes, size_t size, struct err *e)
{
	return err_set(e, ERR_SYSTEM, "no space left");
}

static void a_sink_that_fails(void **state)
{
	struct segment_writer *w = segment_writer_new(NULL, refuse, NULL);
	struct leaf r = { .raw = STR("a line") };
	struct err e = { 0 };

	assert_int_equal(segment_add(w, &r, &e), 0);
	assert_int_equal(segment_finish(w, &e, NULL), ERR_SYSTEM);
	assert_int_equal(segment_add(w, &r, &e), ERR_CONFLICT);
	assert_int_equal(segment_finish(w, &e, NULL), ERR_CONFLICT);
	segment_writer_free(w);
	w = segment_writer_new(NULL, refuse, NULL);
	r.raw.len = LIMIT_SEGMENT_RECORD_BYTES + 1;
	assert_int_equal(segment_add(w, &r, &e), ERR_LIMIT);
	segment_writer_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_cases),
		cmocka_unit_test(large_records),
		cmocka_unit_test(nothing),
		cmocka_unit_test(many_lines),
		cmocka_unit_test(an_older_version_is_read),
		cmocka_unit_test(lines_by_chance),
		cmocka_unit_test(bytes_by_chance),
		cmocka_unit_test(every_flipped_bit),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(a_sink_that_fails),
	};

	return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}
