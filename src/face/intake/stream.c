/* stream.c - connections: TCP, TLS, Unix sockets; lines or RELP on each of them. */
#include "face/intake/intake_int.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANSWER_MAX (256 * KIB)
#define TLS_UP_S 15
#define LINES_BYTES (512 * KIB) /* of one RELP frame of an import */

enum speech { SPEECH_UNKNOWN, SPEECH_LINES, SPEECH_RELP, SPEECH_UPLOAD };

struct conn {
	struct watch watch;
	enum leaf_transport transport;
	enum speech speech;
	struct tls_session *tls;
	struct frame frame;
	struct relp relp;
	struct upload upload;
	struct peer peer;
	bool is_ours;    /* at a Unix socket: who owns the folder, or root */
	bool is_closing; /* when all is answered */
	bool is_dead;    /* close it as soon as nobody holds it */
	bool waits_for_seal;
	bool is_held; /* nothing is read; HELD is read and not taken */
	uint32_t seal_number;
	uint32_t source;   /* 0: not known yet */
	uint64_t sequence; /* of an import */
	uint32_t idle_s;
	size_t part_bytes; /* counted in in->part_bytes */
	struct buf held;
	struct buf waiting; /* answers to what is in the batch */
	struct buf out;
	uint32_t events;
	struct conn *next, **to_me;
	struct intake *in;
};

static void on_stream(struct intake *in, struct watch *w, uint32_t events);

static void wait_for(struct conn *c, uint32_t events)
{
	if (c->events == events || c->watch.fd < 0)
		return;
	c->events = events;
	watch_change(c->in, &c->watch, events);
}

static void end(struct conn *c)
{
	struct intake *in = c->in;
	const char *name;
	enum sender_why why = c->tls ? tls_refused(c->tls, &name) : 0;

	if (why)
		sender_refused(in, &c->peer, why, name);
	*c->to_me = c->next;
	if (c->next)
		c->next->to_me = c->to_me;
	in->conn_count--;
	in->part_bytes -= c->part_bytes;
	c->tls = tls_session_free(c->tls);
	watch_close(in, &c->watch);
	frame_done(&c->frame);
	relp_done(&c->relp);
	upload_done(&c->upload);
	buf_done(&c->held);
	buf_done(&c->waiting);
	buf_done(&c->out);
	free(c);
}

/* --- sending ---------------------------------------------------------------------------------- */

static void flush(struct conn *c)
{
	uint32_t wanted = 0;

	while (c->out.len && !c->is_dead) {
		struct str rest = buf_str(&c->out);
		ssize_t n = c->tls ?
			tls_write(c->tls, rest, &wanted) :
			send(c->watch.fd, rest.ptr, rest.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (!c->tls && n < 0 && (errno == EAGAIN || errno == EINTR)) {
			wanted = EPOLLOUT;
			break;
		}
		if (c->tls && n == 0)
			break;
		if (n < 0) {
			c->is_dead = true;
			return;
		}
		memmove(c->out.ptr, c->out.ptr + n, c->out.len - (size_t)n);
		c->out.len -= (size_t)n;
	}
	if (c->out.is_full || c->waiting.is_full)
		c->is_dead = true; /* asks, and never reads the answers */
	if (c->is_closing && c->out.len == 0 && c->waiting.len == 0)
		c->is_dead = true;
	wait_for(c, (c->is_held ? 0 : EPOLLIN) | wanted);
}

void streams_answer(struct intake *in)
{
	in->has_waiting = false;
	for (struct conn *c = in->conns; c; c = c->next) {
		if (c->waiting.len == 0)
			continue;
		buf_add(&c->out, buf_str(&c->waiting));
		buf_clear(&c->waiting);
		flush(c);
	}
}

void streams_sealed(struct intake *in, bool is_sealed)
{
	for (struct conn *c = in->conns; c; c = c->next) {
		if (!c->waits_for_seal)
			continue;
		c->waits_for_seal = false;
		relp_answer(
			&c->out, c->seal_number, is_sealed ? STR("200 OK") : STR("500 refused"));
		flush(c);
	}
}

/* --- taking ----------------------------------------------------------------------------------- */

static bool take_raw(struct conn *c, struct str raw, bool is_cut, uint64_t sequence)
{
	struct pen_line line = { .source = c->source,
		.transport = c->transport,
		.flags = is_cut ? LEAF_TRUNCATED : 0,
		.sequence = sequence,
		.peer = c->transport == LEAF_UNIX ? NULL : c->peer.address,
		.raw = raw };

	if (c->transport != LEAF_UNIX && (!c->tls || !tls_asks_names(c->in->setup->tls)))
		line.flags |= LEAF_UNAUTHENTICATED;
	if (sequence && c->transport == LEAF_UNIX)
		line.transport = LEAF_OLD_FILE;
	if (!pen_line(c->in, &line))
		return false;
	sender_sent(c->in, c->source, 1, raw.len);
	return true;
}

static bool take_line(void *context, struct str raw, bool is_cut)
{
	return take_raw(context, raw, is_cut, 0);
}

static void answer_later(struct conn *c, uint32_t number, struct str words)
{
	relp_answer(&c->waiting, number, words);
	c->in->has_waiting = c->in->had_acked = true;
}

static void answer_now(struct conn *c, uint32_t number, struct str words)
{
	relp_answer(&c->out, number, words);
}

/* "NAME SHA-256": the lines that follow are of an old file. */
static bool begin_import(struct conn *c, const struct relp_frame *f)
{
	char answer[32];

	if (!c->is_ours || f->data.len < 66 || f->data.len > SENDER_NAME_MAX ||
		str_has(f->data, '\n') || !str_is_utf8(f->data)) {
		answer_now(c, f->number, STR("500 no"));
		return true;
	}
	c->source = sender_find(c->in, SENDER_IMPORT, f->data);
	c->sequence = c->source ? sender_by_number(&c->in->senders, c->source)->sequence : 0;
	snprintf(answer, sizeof(answer), "200 %llu", (unsigned long long)c->sequence);
	answer_now(c, f->number, str_of(answer));
	return true;
}

/* The number of lines before, eight bytes; then lines, each with four bytes before it: its length,
 * and in the highest bit whether it was cut. Taken up to a line that cannot be had now, and then
 * given again whole: c->sequence knows how far it was. */
static bool take_lines(struct conn *c, const struct relp_frame *f)
{
	const unsigned char *at = (const unsigned char *)f->data.ptr;
	size_t left = f->data.len;
	uint64_t skip = c->sequence, number = 0;

	if (!c->is_ours) {
		answer_now(c, f->number, STR("500 no"));
		return true;
	}
	for (int i = 0; i < 8 && left >= 8; i++)
		number = number << 8 | at[i];
	at += 8;
	left = left >= 8 ? left - 8 : 0;
	while (left >= 4) {
		size_t len = (size_t)(at[0] & 127) << 24 | (size_t)at[1] << 16 |
			(size_t)at[2] << 8 | at[3];
		bool is_cut = at[0] >> 7;

		if (len > left - 4)
			break;
		if (++number > skip) {
			struct str raw = { (const char *)at + 4, len };

			if (!take_raw(c, str_until(raw, LEAF_RAW_MAX), is_cut, number))
				return false;
			c->sequence = number;
		}
		at += 4 + len;
		left -= 4 + len;
	}
	answer_later(c, f->number, left ? STR("500 no") : STR("200 OK"));
	return true;
}

static bool end_import(struct conn *c, const struct relp_frame *f)
{
	if (!c->is_ours || f->data.len == 0 || str_has(f->data, '\n')) {
		answer_now(c, f->number, STR("500 no"));
		return true;
	}
	if (c->in->is_full || !pen_leaf(c->in, LEAF_IMPORT, c->source, 0, f->data))
		return false;
	answer_later(c, f->number, STR("200 OK"));
	return true;
}

static bool ask_seal(struct conn *c, const struct relp_frame *f)
{
	if (!c->is_ours || c->in->peer.fd < 0) {
		answer_now(c, f->number, STR("500 no"));
		return true;
	}
	c->waits_for_seal = true;
	c->seal_number = f->number;
	c->in->is_asked = true;
	return true;
}

static bool take_frame(void *context, const struct relp_frame *f)
{
	struct conn *c = context;

	if (str_is(f->command, "syslog")) {
		if (f->data.len &&
			!take_raw(
				c, str_until(f->data, LEAF_RAW_MAX), f->data.len > LEAF_RAW_MAX, 0))
			return false;
		answer_later(c, f->number, STR("200 OK"));
		return true;
	}
	if (str_is(f->command, "lines"))
		return take_lines(c, f);
	if (str_is(f->command, "import"))
		return begin_import(c, f);
	if (str_is(f->command, "imported"))
		return end_import(c, f);
	if (str_is(f->command, "seal"))
		return ask_seal(c, f);
	if (str_is(f->command, "open")) {
		answer_now(c, f->number,
			STR("200 OK\nrelp_version=0\nrelp_software=khien\ncommands=syslog"));
	} else if (str_is(f->command, "close")) {
		relp_answer(&c->waiting, f->number, STR_NONE);
		buf_add(&c->waiting, STR("0 serverclose 0\n"));
		c->in->has_waiting = c->in->had_acked = true;
		c->is_closing = true;
	} else {
		answer_now(c, f->number, STR("500 unknown command"));
	}
	return true;
}

/* An entry of a journal. Who got no answer sends it again: what stands here already is known by the
 * journal it is from and its number there. */
static bool take_entry(void *context, const struct export_entry *entry)
{
	struct conn *c = context;
	struct sender *s = sender_by_number(&c->in->senders, c->source);
	struct str which;
	uint64_t number = 0;

	if (s && export_cursor(entry->cursor, &which, &number)) {
		if (str_is(str_until(which, SENDER_PLACE_MAX), s->place) && number <= s->sequence)
			return true;
		if (!sender_at(c->in, c->source, which))
			return false;
	}
	return take_raw(c, entry->json, entry->is_cut, number);
}

static void answer_upload(void *context, enum upload_event event)
{
	struct conn *c = context;

	if (event == UPLOAD_GO_ON) {
		upload_answer(&c->out, 100);
	} else if (wal_batch_bytes(c->in->wal) == 0) {
		upload_answer(&c->out, 202); /* all of it was on the disk before */
	} else {
		upload_answer(&c->waiting, 202);
		c->in->has_waiting = c->in->had_acked = true;
	}
}

static ssize_t feed_upload(struct conn *c, struct str chunk)
{
	const struct upload_calls calls = { take_entry, answer_upload, c };
	struct err e = { 0 };
	ssize_t used = upload_feed(&c->upload, chunk, &calls, &e);

	if (used >= 0)
		return used;
	upload_answer(&c->out, c->upload.status);
	return -1;
}

/* At a Unix socket both are spoken. */
static void listen_to(struct conn *c, struct str chunk)
{
	if (c->speech == SPEECH_UNKNOWN)
		c->speech = str_starts(chunk, "1 open ") ? SPEECH_RELP : SPEECH_LINES;
}

/* Returns how much was used; less than all: the rest cannot be had now. */
static size_t feed(struct conn *c, struct str chunk)
{
	struct err e = { 0 };
	ssize_t used;

	listen_to(c, chunk);
	if (c->speech == SPEECH_LINES)
		return frame_feed(&c->frame, chunk, take_line, c);
	used = c->speech == SPEECH_UPLOAD ? feed_upload(c, chunk) :
					    relp_feed(&c->relp, chunk, take_frame, c, &e);
	if (used < 0) {
		c->is_closing = true;
		return chunk.len;
	}
	return (size_t)used;
}

/* Lines that never end hold memory: whoever holds most of it, has to go. */
static void count_parts(struct conn *c)
{
	struct intake *in = c->in;
	size_t now = frame_bytes(&c->frame) + relp_bytes(&c->relp) + upload_bytes(&c->upload);

	in->part_bytes += now - c->part_bytes;
	c->part_bytes = now;
	if (in->part_bytes <= INTAKE_PARTS_BYTES)
		return;
	for (struct conn *other = in->conns; other; other = other->next)
		if (!other->is_dead && other->part_bytes > c->part_bytes)
			c = other;
	c->is_dead = true;
}

static void give(struct conn *c, struct str chunk)
{
	size_t used = feed(c, chunk);

	if (used < chunk.len) {
		buf_clear(&c->held);
		buf_add(&c->held, str_from(chunk, used));
		c->is_held = true;
	}
	count_parts(c);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void name_by_certificate(struct conn *c)
{
	char name[SENDER_NAME_MAX + 1];

	if (tls_name(c->tls, name, sizeof(name)))
		c->source = sender_find(c->in, SENDER_CERTIFICATE, str_of(name));
	else
		c->source = sender_of_peer(c->in, &c->peer);
}

/* Of one turn. 0: nothing now; -1: it has ended. */
static ssize_t read_some(struct conn *c, size_t room, uint32_t *ret_events)
{
	ssize_t n;

	*ret_events = EPOLLIN;
	if (c->tls) {
		n = tls_read(c->tls, c->in->chunk, room, ret_events);
		if (c->source == 0 && tls_is_up(c->tls))
			name_by_certificate(c);
		return n;
	}
	n = recv(c->watch.fd, c->in->chunk, room, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return n == 0 ? -1 : n;
}

static void take_stream(struct conn *c)
{
	uint32_t events;
	ssize_t n;

	if (!sender_may(c->in, c->source)) {
		c->is_held = true; /* TCP itself tells it to wait */
		wait_for(c, 0);
		return;
	}
	n = read_some(c, INTAKE_CHUNK_BYTES, &events);
	if (n > 0) {
		c->idle_s = 0;
		give(c, (struct str){ c->in->chunk, (size_t)n });
		if (c->tls && tls_has_more(c->tls))
			c->is_held = c->in->has_more = true;
	} else if (n < 0) {
		if (c->speech == SPEECH_LINES && !c->is_held)
			frame_end(&c->frame, take_line, c);
		c->is_dead = true;
	}
	if (!c->is_dead)
		wait_for(c, c->is_held ? 0 : events | (c->out.len ? EPOLLOUT : 0));
	if (c->out.len)
		flush(c);
}

static void on_stream(struct intake *in, struct watch *w, uint32_t events)
{
	struct conn *c = (struct conn *)w;

	if (c->out.len)
		flush(c);
	if (!c->is_held && !c->is_dead && !c->is_closing)
		take_stream(c);
	else if (events & (EPOLLHUP | EPOLLERR))
		c->is_dead = c->is_dead || c->held.len == 0;
	if (c->is_closing && c->out.len == 0 && c->waiting.len == 0)
		c->is_dead = true;
}

/* What was read while it could not be taken comes first. */
static void go_on(struct conn *c)
{
	if (c->held.len) {
		struct str rest = buf_str(&c->held);
		size_t used = feed(c, rest);

		memmove(c->held.ptr, c->held.ptr + used, rest.len - used);
		c->held.len = rest.len - used;
		if (c->held.len)
			return;
		buf_done(&c->held);
	}
	if (!sender_may(c->in, c->source))
		return;
	c->is_held = false;
	if (c->tls && !c->is_closing && tls_has_more(c->tls)) {
		take_stream(c);
		return;
	}
	wait_for(c, EPOLLIN | (c->out.len ? EPOLLOUT : 0));
	if (c->out.len)
		flush(c);
}

void streams_go_on(struct intake *in)
{
	for (struct conn *c = in->conns, *next; c; c = next) {
		next = c->next;
		if (c->is_held && !c->is_dead && !in->is_full)
			go_on(c);
		if (c->is_dead)
			end(c);
	}
}

void streams_second(struct intake *in)
{
	for (struct conn *c = in->conns; c; c = c->next) {
		uint32_t max_s = in->setup->config.idle_s;

		if (c->is_held)
			continue;
		c->idle_s++;
		if (c->tls && !tls_is_up(c->tls))
			max_s = TLS_UP_S;
		if (max_s && c->idle_s > max_s)
			c->is_dead = true;
	}
}

/* --- accepting -------------------------------------------------------------------------------- */

static bool is_ours(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
		(who.uid == 0 || who.uid == geteuid());
}

static void begin(
	struct intake *in, const struct listener *l, int fd, const struct sockaddr_storage *from)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	*c = (struct conn){ .watch = { on_stream, fd },
		.transport = l->transport,
		.events = EPOLLIN,
		.in = in,
		.next = in->conns,
		.to_me = &in->conns };
	if (c->next)
		c->next->to_me = &c->next;
	in->conns = c;
	in->conn_count++;
	frame_init(&c->frame, LEAF_RAW_MAX);
	relp_init(&c->relp, LINES_BYTES);
	upload_init(&c->upload, LEAF_RAW_MAX);
	buf_init(&c->held, INTAKE_CHUNK_BYTES);
	buf_init(&c->waiting, ANSWER_MAX);
	buf_init(&c->out, ANSWER_MAX);
	if (l->transport == LEAF_UNIX) {
		c->source = sender_find(in, SENDER_UNIX, STR("local"));
		c->is_ours = is_ours(fd);
	} else {
		peer_of(from, &c->peer);
		c->speech = l->transport == LEAF_HTTP                              ? SPEECH_UPLOAD :
			l->transport == LEAF_RELP || l->transport == LEAF_RELP_TLS ? SPEECH_RELP :
										     SPEECH_LINES;
	}
	if (l->is_tls)
		c->tls = tls_session_new(in->setup->tls, fd);
	else if (l->transport != LEAF_UNIX)
		c->source = sender_of_peer(in, &c->peer);
	watch_add(in, &c->watch, EPOLLIN);
}

/* There is no more room: who said nothing for longest makes it. */
static void make_room(struct intake *in)
{
	struct conn *idle = in->conns;

	for (struct conn *c = in->conns; c; c = c->next)
		if (!c->is_held && c->idle_s > idle->idle_s)
			idle = c;
	if (idle)
		idle->is_dead = true;
}

void stream_accept(struct intake *in, struct watch *w, uint32_t events)
{
	const struct listener *l = (const struct listener *)w;

	for (int i = 0; i < 64; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t len = sizeof(from);
		int fd = accept4(
			w->fd, (struct sockaddr *)&from, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE)
				make_room(in);
			return;
		}
		if (in->conn_count >= in->setup->config.connections_max)
			make_room(in);
		begin(in, l, fd, &from);
	}
}

void streams_close(struct intake *in)
{
	while (in->conns)
		end(in->conns);
}
