/* pen.c - lines become leaves, leaves a batch; it is on the disk before anybody is told. */
#include "face/intake/intake_int.h"

#include <time.h>

#define JUMP_NS INT64_C(2000000000)
#define AGAIN_US 500000

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The clock of the house, which a test may move, with the fraction of the real one. */
static int64_t wall_ns(void)
{
	int64_t ns = clock_ns(CLOCK_REALTIME);

	return clock_now_s() * 1000000000 + ns % 1000000000;
}

static bool add(struct intake *in, const struct leaf *leaf)
{
	struct err e = { 0 };
	int rc = in->is_broken ? ERR_SYSTEM : wal_add(in->wal, leaf, &e);

	if (rc == ERR_LIMIT) {
		if (!pen_commit(in))
			return false;
		rc = wal_add(in->wal, leaf, &e);
	}
	if (rc < 0)
		return false;
	if (in->batch_since_us == 0)
		in->batch_since_us = in->now_us;
	in->senders.index = wal_next(in->wal);
	return true;
}

bool pen_leaf(
	struct intake *in, enum leaf_kind kind, uint32_t source, uint64_t sequence, struct str json)
{
	struct leaf leaf = { .kind = (uint8_t)kind,
		.transport = LEAF_OWN,
		.source = source,
		.received_ns = in->now_ns,
		.boot_ns = in->boot_ns,
		.sequence = sequence,
		.raw = str_until(json, LEAF_RAW_MAX) };

	return add(in, &leaf);
}

/* Who it is stands before its first line. */
static bool tell(struct intake *in, uint32_t number)
{
	struct sender *s = sender_by_number(&in->senders, number);
	struct buf json;
	bool is_done;

	if (!s)
		return true;
	buf_init(&json, LEAF_RAW_MAX);
	sender_event(s, s->first_s ? "known" : "first", &json);
	is_done = pen_leaf(in, LEAF_EVENT, number, s->sequence, buf_str(&json));
	buf_done(&json);
	if (is_done && s->first_s == 0)
		s->first_s = in->now_ns / 1000000000;
	origin_of(in, number)->is_told = is_done;
	return is_done;
}

static bool is_ascii(struct str s)
{
	uint64_t all = 0, piece;
	size_t i = 0;

	for (; i + 8 <= s.len; i += 8) {
		memcpy(&piece, s.ptr + i, 8);
		all |= piece;
	}
	for (; i < s.len; i++)
		all |= (unsigned char)s.ptr[i];
	return !(all & UINT64_C(0x8080808080808080));
}

/* "Oct 11 22:14:15" or "2026-": enough to say that the sender gave a time. */
static bool has_time(struct str s)
{
	size_t at = 0;

	if (s.len && s.ptr[0] == '<')
		while (at < s.len && at < 6 && s.ptr[at++] != '>')
			;
	if (at + 2 < s.len && s.ptr[at] == '1' && s.ptr[at + 1] == ' ')
		at += 2;
	s = str_from(s, at);
	if (s.len >= 15 && s.ptr[3] == ' ' && s.ptr[6] == ' ' && s.ptr[9] == ':' &&
		s.ptr[12] == ':')
		return true;
	return s.len >= 10 && s.ptr[4] == '-' && s.ptr[7] == '-';
}

bool pen_line(struct intake *in, const struct pen_line *line)
{
	struct leaf leaf = { .kind = LEAF_LINE,
		.transport = (uint8_t)line->transport,
		.flags = line->flags,
		.source = line->source,
		.received_ns = in->now_ns,
		.boot_ns = in->boot_ns,
		.sequence = line->sequence,
		.raw = line->raw };
	struct origin *o = origin_of(in, line->source);
	struct sender *s;

	if (in->is_full || (!o->is_told && !tell(in, line->source)))
		return false;
	if (line->peer)
		memcpy(leaf.peer, line->peer, sizeof(leaf.peer));
	if (leaf.raw.len > LEAF_RAW_MAX) {
		leaf.raw.len = LEAF_RAW_MAX;
		leaf.flags |= LEAF_TRUNCATED;
	}
	if (!is_ascii(leaf.raw) && !str_is_utf8(leaf.raw))
		leaf.flags |= LEAF_NOT_UTF8;
	if (!has_time(leaf.raw))
		leaf.flags |= LEAF_NO_SENDER_TIME;
	if (!add(in, &leaf))
		return false;
	s = sender_by_number(&in->senders, line->source);
	in->turn_bytes += leaf.raw.len;
	if (!s)
		return true;
	s->lines++;
	s->bytes += leaf.raw.len;
	s->last_s = in->now_ns / 1000000000;
	if (line->sequence)
		s->sequence = line->sequence;
	o->minute_lines++;
	o->wait_s = 0;
	return true;
}

void pen_tell(struct intake *in, enum taking is, const char *why)
{
	struct err e = { 0 };

	if (taking_tell(in->log, TAKING_FILE, is, why, &e) < 0)
		intake_warn("%s", e.text);
}

/* No more lines. What was taken is sealed at once, for what is sealed makes room. */
static void stop_taking(struct intake *in, const char *why)
{
	if (!in->is_full) {
		intake_warn("no room (%s): nothing is taken until there is", why);
		pen_tell(in, TAKING_FULL, why);
		in->is_asked = true;
	}
	in->is_full = true;
	in->again_us = in->now_us + AGAIN_US;
}

static void break_off(struct intake *in, const char *why)
{
	/* what is on the disk is known only after it was read again, by who comes next */
	intake_warn("%s", why);
	pen_tell(in, TAKING_FAILED, why);
	in->is_broken = in->is_ending = true;
}

static void look_for_room(struct intake *in)
{
	struct err e = { 0 };
	int rc = wal_room(in->wal, &e);

	if (rc == ERR_LIMIT) {
		stop_taking(in, e.text);
	} else if (rc < 0) {
		break_off(in, e.text);
	} else if (in->is_full) {
		intake_warn("there is room again");
		pen_tell(in, TAKING_WELL, "");
		in->is_full = false;
	}
}

bool pen_commit(struct intake *in)
{
	struct err e = { 0 };
	int rc;

	if (in->is_broken)
		return false;
	rc = wal_commit(in->wal, &e);
	if (rc == ERR_LIMIT)
		stop_taking(in, e.text);
	else if (rc < 0)
		break_off(in, e.text);
	if (rc < 0)
		return false;
	look_for_room(in);
	in->batch_since_us = 0;
	if (in->has_waiting)
		in->committed(in);
	return true;
}

void pen_turn(struct intake *in)
{
	struct err e = { 0 };
	int rc;

	if (!pen_commit(in))
		return;
	rc = wal_turn(in->wal, &e);
	if (rc < 0 && rc != ERR_LIMIT) /* without room for one the file is turned when it is full */
		break_off(in, e.text);
}

static void tell_jump(struct intake *in, int64_t by_ns)
{
	char text[CLOCK_TEXT_MAX], json[256];

	snprintf(json, sizeof(json), "{\"event\":\"jump\",\"by_ms\":%lld,\"wall\":\"%s\"}",
		(long long)(by_ns / 1000000), clock_iso(in->now_ns / 1000000000, text));
	(void)pen_leaf(in, LEAF_CLOCK, 0, 0, str_of(json));
}

void pen_now(struct intake *in)
{
	int64_t offset_ns, by_ns;

	in->now_ns = wall_ns();
	in->boot_ns = clock_ns(CLOCK_BOOTTIME);
	in->now_us = clock_monotonic_us();
	offset_ns = in->now_ns - in->boot_ns;
	by_ns = offset_ns - in->clock_offset_ns;
	if (in->clock_offset_ns && (by_ns > JUMP_NS || by_ns < -JUMP_NS)) {
		in->clock_offset_ns = offset_ns;
		tell_jump(in, by_ns);
	} else if (in->clock_offset_ns == 0) {
		in->clock_offset_ns = offset_ns;
	}
}

int pen_open(struct intake *in, struct err *e)
{
	int rc = wal_open_sized(
		in->shard, in->file_bytes ? in->file_bytes : WAL_FILE_BYTES, &in->wal, e);

	if (rc == 0)
		wal_limit(in->wal, in->wal_bytes);
	if (rc < 0)
		return rc;
	pen_now(in);
	rc = senders_open(in, e);
	if (rc == 0 && wal_next(in->wal) == 0)
		(void)pen_leaf(in, LEAF_LINK, 0, 0, buf_str(&in->genesis));
	if (rc == 0)
		look_for_room(in);
	return rc;
}

void pen_close(struct intake *in)
{
	struct err e = { 0 };

	if (!in->wal)
		return;
	if (!in->is_broken && pen_commit(in) && senders_save(in, &e) < 0)
		intake_warn("%s", e.text);
	in->wal = wal_close(in->wal);
	senders_close(in);
}
