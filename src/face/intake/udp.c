/* udp.c - datagrams, of the network and of this machine. The kernel drops what does not fit into a
 * socket's buffer and counts it for the socket: a sender of many lines gets a socket of its own, so
 * that its losses are its own, exactly, and its flood fills no other's buffer. */
#include "face/intake/intake_int.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#define BATCH 128
#define DATAGRAM_BYTES 65536
#define DATAGRAM_STRIDE (DATAGRAM_BYTES + 320) /* else all would begin in one set of the cache */
#define BATCHES_A_TURN 8
#define OWN_FROM 64 /* datagrams from one port within a second */

#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif
#define MEMINFO_DROPS 8
#define MEMINFO_COUNT 9

struct socket {
	struct watch watch;
	enum leaf_transport transport;
	bool is_own;  /* connected to one sender */
	bool is_pure; /* what came before it was connected is taken: all is of that sender */
	unsigned age_s;
	uint32_t source;
	uint32_t drops; /* of the kernel, as far as they are told */
	struct peer peer;
	struct socket *next;
};

struct udp {
	struct socket *sockets;
	size_t own_used;
	char *bytes; /* BATCH datagrams; only what is used takes memory */
	struct sockaddr_storage from[BATCH];
	struct iovec parts[BATCH];
	struct mmsghdr messages[BATCH];
	/* taken off the kernel, and not taken yet */
	int held_at, held_count;
	struct socket *held_of;
	bool has_room; /* in the buffers of the kernel */
};

static void take_datagrams(struct intake *in, struct watch *w, uint32_t events);

/* The kernel's count went on. */
static void look_at_drops(struct intake *in, struct socket *s)
{
	uint32_t info[MEMINFO_COUNT] = { 0 }, lost;
	socklen_t len = sizeof(info);

	if (getsockopt(s->watch.fd, SOL_SOCKET, SO_MEMINFO, info, &len) != 0 || len < sizeof(info))
		return;
	lost = info[MEMINFO_DROPS] - s->drops;
	s->drops = info[MEMINFO_DROPS];
	sender_lost(in, s->source, lost, "buffer");
}

static struct socket *add_socket(struct intake *in, int fd, enum leaf_transport transport)
{
	struct socket *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	*s = (struct socket){
		.watch = { take_datagrams, fd }, .transport = transport, .next = in->udp->sockets
	};
	in->udp->sockets = s;
	watch_add(in, &s->watch, EPOLLIN);
	return s;
}

/* A socket of its own for who sends much. It is bound where the shared one is, and takes what comes
 * from anybody until it is connected: whose a datagram is, is always read from the datagram. */
static void give_own(struct intake *in, const struct socket *shared,
	const struct sockaddr_storage *to, socklen_t to_len, uint32_t source)
{
	struct udp *u = in->udp;
	struct sockaddr_storage here;
	socklen_t len = sizeof(here);
	struct socket *own;
	int one = 1, zero = 0, fd;

	if (u->own_used == in->setup->own_count ||
		getsockname(shared->watch.fd, (struct sockaddr *)&here, &len) != 0)
		return;
	fd = in->setup->own_fds[u->own_used++];
	if (here.ss_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
		bind(fd, (struct sockaddr *)&here, len) != 0 ||
		connect(fd, (const struct sockaddr *)to, to_len) != 0) {
		/* not here, it seems: all stay on the shared one */
		close(fd);
		return;
	}
	own = add_socket(in, fd, LEAF_UDP);
	own->is_own = true;
	own->source = source;
	peer_of(to, &own->peer);
}

/* Is it one that sends many from one port? */
static void weigh(struct intake *in, const struct socket *s, const struct peer *p, int index)
{
	struct udp *u = in->udp;
	uint32_t source;
	struct origin *o;

	if (s->is_own || s->transport != LEAF_UDP)
		return;
	source = sender_of_peer(in, p);
	o = origin_of(in, source);
	if (source == SENDER_OTHERS)
		return;
	if (o->port != p->port) {
		o->port = p->port;
		o->port_count = 0;
	}
	if (++o->port_count == OWN_FROM)
		give_own(in, s, &u->from[index], u->messages[index].msg_hdr.msg_namelen, source);
}

static uint32_t source_of(struct intake *in, const struct socket *s, const struct peer *p)
{
	if (s->transport == LEAF_UNIX)
		return sender_find(in, SENDER_UNIX, STR("local"));
	if (s->is_pure)
		return s->source;
	return s->is_own && memcmp(s->peer.address, p->address, LEAF_PEER_SIZE) == 0 ?
		s->source :
		sender_of_peer(in, p);
}

/* False: not now. */
static bool take_one(struct intake *in, struct socket *s, int index)
{
	const struct mmsghdr *m = &in->udp->messages[index];
	struct str raw = { in->udp->parts[index].iov_base, m->msg_len };
	struct peer p = { 0 };
	struct pen_line line = { .transport = s->transport,
		.flags = s->transport == LEAF_UDP ? LEAF_UNAUTHENTICATED : 0,
		.peer = p.address };

	if (s->is_pure)
		line.peer = s->peer.address;
	else if (s->transport == LEAF_UDP)
		peer_of(&in->udp->from[index], &p);
	line.source = source_of(in, s, &p);
	/* what senders put behind a line because streams want it */
	while (raw.len && (raw.ptr[raw.len - 1] == '\n' || raw.ptr[raw.len - 1] == '\0'))
		raw.len--;
	if (raw.len == 0)
		return true;
	if (m->msg_hdr.msg_flags & MSG_TRUNC)
		line.flags |= LEAF_TRUNCATED;
	line.raw = raw;
	if (!sender_may(in, line.source)) {
		sender_lost(in, line.source, 1, "budget");
		return true;
	}
	if (!pen_line(in, &line))
		return false;
	sender_sent(in, line.source, 1, raw.len);
	if (s->transport == LEAF_UDP)
		in->turn_udp_bytes += raw.len;
	weigh(in, s, &p, index);
	return true;
}

/* False: the rest is held. */
static bool take_batch(struct intake *in, struct socket *s, int from, int count)
{
	struct udp *u = in->udp;

	for (int i = from; i < count; i++)
		if (!take_one(in, s, i)) {
			u->held_at = i;
			u->held_count = count;
			u->held_of = s;
			return false;
		}
	u->held_count = 0;
	return true;
}

/* How many came; 0: no more. Addresses cost a fifth of what a datagram costs the kernel: they are
 * not asked for where they are known. */
static int receive(struct intake *in, struct socket *s)
{
	struct udp *u = in->udp;
	int count;

	for (int i = 0; i < BATCH; i++) {
		struct msghdr *m = &u->messages[i].msg_hdr;

		m->msg_name = s->is_pure ? NULL : &u->from[i];
		m->msg_namelen = s->is_pure ? 0 : sizeof(u->from[i]);
		m->msg_flags = 0;
	}
	count = recvmmsg(s->watch.fd, u->messages, BATCH, MSG_DONTWAIT, NULL);
	/* a second and more after it was connected nothing is on its way to it from others */
	if (s->is_own && s->age_s > 1 && count < 0 && errno == EAGAIN)
		s->is_pure = true;
	return count;
}

static void take_datagrams(struct intake *in, struct watch *w, uint32_t events)
{
	struct socket *s = (struct socket *)w;

	for (int i = 0; i < BATCHES_A_TURN && in->udp->held_count == 0; i++) {
		int count = receive(in, s);

		if (count <= 0 || !take_batch(in, s, 0, count))
			return;
		if (count < BATCH && (!s->is_own || s->is_pure))
			return;
	}
}

void udp_go_on(struct intake *in)
{
	struct udp *u = in->udp;

	if (u->held_count)
		(void)take_batch(in, u->held_of, u->held_at, u->held_count);
}

void udp_second(struct intake *in)
{
	for (struct socket *s = in->udp->sockets; s; s = s->next) {
		look_at_drops(in, s);
		s->age_s++;
	}
	for (size_t i = 1; i <= in->senders.len; i++)
		if (in->origins[i].port_count < OWN_FROM)
			in->origins[i].port_count = 0;
}

static bool is_large(int fd)
{
	int bytes = 0;
	socklen_t len = sizeof(bytes);

	return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len) == 0 &&
		(size_t)bytes >= 2 * UDP_BUFFER_BYTES;
}

bool udp_has_room(const struct intake *in)
{
	return in->udp && in->udp->has_room;
}

int udp_open(struct intake *in, struct err *e)
{
	struct udp *u = calloc(1, sizeof(*u));

	if (!u)
		abort();
	in->udp = u;
	u->bytes = mmap(NULL, BATCH * DATAGRAM_STRIDE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (u->bytes == MAP_FAILED)
		abort();
	for (int i = 0; i < BATCH; i++) {
		u->parts[i] =
			(struct iovec){ u->bytes + (size_t)i * DATAGRAM_STRIDE, DATAGRAM_BYTES };
		u->messages[i].msg_hdr =
			(struct msghdr){ .msg_iov = &u->parts[i], .msg_iovlen = 1 };
	}
	u->has_room = true;
	for (struct listener *l = in->setup->listeners; l; l = l->next)
		if (l->is_datagram) {
			add_socket(in, l->watch.fd, l->transport);
			u->has_room &= l->transport != LEAF_UDP || is_large(l->watch.fd);
		}
	return 0;
}

/* What lies in the buffers was sent to us: it is taken, and what was lost is counted. */
void udp_close(struct intake *in)
{
	struct udp *u = in->udp;

	if (!u)
		return;
	for (struct socket *s = u->sockets, *next; s; s = next) {
		int count = 1;

		next = s->next;
		while (in->wal && !in->is_full && !in->is_broken && u->held_count == 0 &&
			count > 0) {
			count = receive(in, s);
			if (count > 0)
				(void)take_batch(in, s, 0, count);
		}
		if (in->wal)
			look_at_drops(in, s);
		close(s->watch.fd);
		free(s);
	}
	munmap(u->bytes, BATCH * DATAGRAM_STRIDE);
	free(u);
	in->udp = NULL;
}
