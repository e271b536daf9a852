#include "test/unit.h"

#include <stdio.h>

#include "work/archive/segment_test.h"

struct made *made_new(void)
{
	struct made *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	return m;
}

void made_free(struct made *m)
{
	bytes_done(&m->raw);
	free(m);
}

void add(struct made *m, const void *bytes, size_t len)
{
	assert_true(m->count + 1 < COUNT(m->from));
	bytes_add(&m->raw, bytes, len);
	m->from[++m->count] = m->raw.len;
}

void add_text(struct made *m, const char *text)
{
	add(m, text, strlen(text));
}

struct str nth(const struct made *m, size_t i)
{
	return (struct str){ m->raw.at ? (const char *)m->raw.at + m->from[i] : "",
		m->from[i + 1] - m->from[i] };
}

struct leaf record(const struct made *m, size_t i)
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

struct bytes pack(
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

struct segment *reopen(const struct bytes *b)
{
	struct segment *s = NULL;
	struct err e = { 0 };

	if (segment_open((struct str){ (const char *)b->at, b->len }, &e, &s) < 0)
		fail_msg("%s", e.text);
	return s;
}

/* A generator that gives the same numbers everywhere. */
uint32_t draw(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

void add_log_lines(struct made *m, size_t count, uint64_t seed)
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

/* Events as Windows forwarders write them: the values, and a text that names them again. */
void add_events(struct made *m, size_t count, uint64_t seed)
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

void same_record(const struct leaf *a, const struct leaf *b)
{
	assert_true(str_eq(a->raw, b->raw));
	assert_true(a->received_ns == b->received_ns && a->boot_ns == b->boot_ns &&
		a->sequence == b->sequence && a->source == b->source && a->flags == b->flags &&
		a->kind == b->kind && a->transport == b->transport);
	assert_memory_equal(a->peer, b->peer, sizeof(a->peer));
}
