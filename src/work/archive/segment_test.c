#include "test/unit.h"

#include <stdio.h>
#include <zstd.h>

#include "kit/text/text.h"
#include "work/archive/read.h"
#include "work/archive/segment.h"
#include "work/archive/bytes.h"

/* Records as a test holds them: bytes in one buffer. */
struct made {
	struct bytes raw;
	size_t from[70000];
	size_t count;
};

static struct made *made_new(void)
{
	struct made *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	return m;
}

static void made_free(struct made *m)
{
	bytes_done(&m->raw);
	free(m);
}

static void add(struct made *m, const void *bytes, size_t len)
{
	assert_true(m->count + 1 < COUNT(m->from));
	bytes_add(&m->raw, bytes, len);
	m->from[++m->count] = m->raw.len;
}

static void add_text(struct made *m, const char *text)
{
	add(m, text, strlen(text));
}

static struct str nth(const struct made *m, size_t i)
{
	return (struct str){ m->raw.at ? (const char *)m->raw.at + m->from[i] : "",
		m->from[i + 1] - m->from[i] };
}

static struct leaf record(const struct made *m, size_t i)
{
	struct leaf r = { .raw = nth(m, i),
		.received_ns = 1767225600000000000 + (int64_t)i * 1234567,
		.boot_ns = (int64_t)i * 1234567 + (int64_t)(i % 3),
		.source = (uint32_t)(i * 7 % 5),
		.sequence = i % 5 ? i / 5 + 9 : 0,
		.flags = (uint16_t)(i % 11 == 0),
		.kind = 1,
		.transport = (uint8_t)(i % 2) };

	memset(r.peer, (int)r.source, sizeof(r.peer));
	return r;
}

static int to_bytes(void *context, const void *bytes, size_t size, struct err *e)
{
	bytes_add(context, bytes, size);
	return 0;
}

static struct bytes pack(
	const struct made *m, const struct segment_options *options, struct segment_sizes *sizes)
{
	struct bytes out = { 0 };
	struct err e = { 0 };
	struct segment_writer *w = segment_writer_new(options, to_bytes, &out);

	for (size_t i = 0; i < m->count; i++) {
		struct leaf r = record(m, i);

		assert_int_equal(segment_add(w, &r, &e), 0);
	}
	assert_int_equal(segment_finish(w, &e, sizes), 0);
	segment_writer_free(w);
	return out;
}

static struct segment *reopen(const struct bytes *b)
{
	struct segment *s = NULL;
	struct err e = { 0 };

	if (segment_open((struct str){ (const char *)b->at, b->len }, &e, &s) < 0)
		fail_msg("%s", e.text);
	return s;
}

static void same_record(const struct leaf *a, const struct leaf *b)
{
	assert_true(str_eq(a->raw, b->raw));
	assert_true(a->received_ns == b->received_ns && a->boot_ns == b->boot_ns &&
		a->sequence == b->sequence && a->source == b->source && a->flags == b->flags &&
		a->kind == b->kind && a->transport == b->transport);
	assert_memory_equal(a->peer, b->peer, sizeof(a->peer));
}

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

/* A generator that gives the same numbers everywhere. */
static uint32_t draw(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

static void add_log_lines(struct made *m, size_t count, uint64_t seed)
{
	static const char *const users[] = { "root", "admin", "nguyễn.văn.đức", "test", "oracle" };
	static const char *const hosts[] = { "web01", "web02.xa.example", "db-3", "fw" };

	for (size_t i = 0; i < count; i++) {
		char line[400];
		unsigned s = (unsigned)(i / 7 % 60), n = draw(&seed), host = n % 4;

		switch (draw(&seed) % 7) {
		case 0:
			snprintf(line, sizeof(line),
				"<86>Jan %2u 00:%02u:%02u %s sshd[%u]: Failed password for %s from "
				"10.%u.%u.%u port %u ssh2",
				(unsigned)(1 + i / 9999), (unsigned)(i / 420 % 60), s, hosts[host],
				300 + n % 50, users[n % 5], n % 3, n % 200, n % 7,
				1024 + n % 60000);
			break;
		case 1:
			snprintf(line, sizeof(line),
				"2026-03-0%uT01:02:%02u.%06uZ %s kernel: [1%09u.%06u] eth%u: 0x%08x 0x%x "
				"%s",
				1 + n % 9, s, n % 1000000, hosts[host], n % 99, n % 1000000, n % 2,
				n, n, n % 3 ? "link up" : "Link UP");
			break;
		case 2:
			snprintf(line, sizeof(line),
				"%s - - [%02u/Feb/2026:10:%02u:%02u +0700] \"GET /tin/%u/%s.html?id=%u "
				"HTTP/1.1\" %u %u",
				"192.168.1.20", 1 + n % 28, s, s, n % 1000, users[n % 5], n,
				n % 5 ? 200 : 404, n % 100000);
			break;
		case 3:
			snprintf(line, sizeof(line),
				"{\"ts\":\"2026-01-01 00:00:%02u,%03u\",\"id\":\"%08x-07AF-4ffc-8FF8-"
				"%012llx\",\"v\":%u.%03u,\"z\":00%u}",
				s, n % 1000, n, (unsigned long long)n * 999331, n % 10, n % 1000,
				n % 100);
			break;
		case 4:
			snprintf(line, sizeof(line),
				"Thu Jan  1 00:00:%02u 2026 user%u=%s word%c%c%c ĐĂNG NHẬP thất bại",
				s, n % 9, users[n % 5], 'a' + n % 26, 'a' + n / 26 % 26,
				'a' + n / 676 % 26);
			break;
		case 5:
			snprintf(line, sizeof(line), "\xff\xfe broken %u", n);
			break;
		default:
			snprintf(line, sizeof(line), "%s",
				n % 9 > 1     ? "-- MARK --" :
					n % 9 ? "-- MAR\xE2\x84\xAA pa\xC5\xBFsword --" :
						"");
		}
		add_text(m, line);
	}
}

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

/* Events as Windows forwarders write them: the values, and a text that names them again. */
static void add_events(struct made *m, size_t count, uint64_t seed)
{
	static const char *const users[] = { "PEDRO01$", "đức", "wân", "SYSTEM", "" };
	static const char *const images[] = { "C:\\\\new\\\\tool.exe", "C:\\\\Windows\\\\a b.dll",
		"-" };

	for (size_t i = 0; i < count; i++) {
		char line[1200];
		unsigned n = draw(&seed);
		const char *image = images[n % 3];
		char user[40];

		snprintf(user, sizeof(user), "%c%c%s", (int)('A' + n % 26),
			(int)('a' + n / 26 % 26), users[n % 5]);
		snprintf(line, sizeof(line),
			"{\"EventID\":%u,\"TimeCreated\":\"2026-08-04T07:50:%02u.%03uZ\",\"Message\":\"A "
			"process %s.\\r\\n\\r\\nSubject:\\r\\n\\tSecurity ID:\\t\\tS-1-5-%u\\r\\n\\t"
			"Account Name:\\t\\t%s\\r\\n\\tLogon ID:\\t\\t0x%x\\r\\nAt:\\t2026-08-04 "
			"07:50:%02u\\r\\n\\tFrom:\\t10.0.0.%u\\n\\tTrace%u=\\t%s+%x|%s+%x\\r\\n\",\"Keywords\":"
			"-92143648376000%u,\"User\":\"%s\",\"Id\":\"{%08x-07af-4ffc-8ff8-%012x}\",\"Pid\":%u,"
			"\"Logon\":\"0x%x\",\"msg\":\"took %u ms of user%u\",\"Image\":\"%s\",\"filler\":"
			"\"%.*s\"%s",
			4600 + n % 4, (unsigned)(i % 60), n % 1000,
			n % 7 ? "was created" : "has exited", n % 30, user, n % 999,
			(unsigned)(i % 60), n % 9, n % 60, image, n % 5000, image, n % 77, n % 9,
			user, n, n % 99999, n % 30000, n % 999, n % 500, n % 70, image,
			(int)(n % 90),
			"the quick brown fox jumps over the lazy dog and the dog does "
			"not mind at all, says the fox",
			n % 11 ? "}" : "");
		add_text(m, line);
	}
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
	"[^a-z]{9}", "đăng nhập", "state [a-m]Q", "code 0\\d+ .* (Về|seen 1)" };

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
		cmocka_unit_test(edge_cases),
		cmocka_unit_test(large_records),
		cmocka_unit_test(nothing),
		cmocka_unit_test(many_lines),
		cmocka_unit_test(an_older_version_is_read),
		cmocka_unit_test(lines_by_chance),
		cmocka_unit_test(bytes_by_chance),
		cmocka_unit_test(every_flipped_bit),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(search_is_exact),
		cmocka_unit_test(search_of_all_kinds),
		cmocka_unit_test(patterns_that_are_refused),
		cmocka_unit_test(a_sink_that_fails),
		cmocka_unit_test(a_search_stops),
	};

	return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}
