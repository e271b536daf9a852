/* serve.c - the process: one thread, one epoll, one batch at a time. */
#include "face/intake/intake_int.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "face/intake/journal.h"
#include "work/archive/guard.h"
#include "work/seal/seal.h"

#define EVENTS 256
#define BATCH_US 20000          /* how long a line may wait for its sync that nobody waits for */
#define BATCH_BYTES (512 * KIB) /* how many may wait together */
#define NAP_NS 2000000          /* so that a trickle is not taken drop by drop */
#define NAP_LONG_NS 10000000    /* when nobody can wait for it, and the kernel has room for more */
#define BUSY_BYTES (128 * KIB)  /* of a turn; then there is no nap */
#define TURN_MS 100
#define DRAIN_US 1000000
#define STATUS_BROKEN 3

const char *const intake_writes[] = { "log/intake", "log/%S/wal", NULL };

static void on_end(struct intake *in, struct watch *w, uint32_t events)
{
	in->is_ending = true;
}

static void each_second(struct intake *in)
{
	if (in->now_us - in->second_us < 1000000)
		return;
	in->second_us = in->now_us;
	if (!in->is_full) {
		udp_second(in);
		streams_second(in);
		senders_second(in);
	}
	check_second(in);
	if ((unsigned)date_at(in->now_ns / 1000000000).year > in->year)
		in->is_ending = true; /* the next shard needs folders of its own */
}

/* Commit when enough waits, or for long enough, or when somebody waits for the answer. */
static void maybe_commit(struct intake *in)
{
	size_t bytes = wal_batch_bytes(in->wal);

	if (bytes &&
		(bytes >= BATCH_BYTES || in->had_acked ||
			in->now_us - in->batch_since_us >= BATCH_US))
		(void)pen_commit(in);
}

/* Nothing is read while the disk is full: TCP's senders wait, and what comes by UDP is kept, or
 * counted as lost, by the kernel. Sealing goes on: only what is sealed can leave. */
static void wait_for_room(struct intake *in)
{
	struct pollfd wait[] = { { .fd = in->end.fd, .events = POLLIN },
		{ .fd = in->peer.fd, .events = POLLIN } };

	(void)poll(wait, COUNT(wait), TURN_MS);
	if (wait[0].revents)
		in->is_ending = true;
	pen_now(in);
	if (wait[1].revents)
		in->peer.ready(in, &in->peer, EPOLLIN);
	each_second(in);
	if (in->now_us >= in->again_us)
		(void)pen_commit(in);
	if (!in->is_full && !in->is_broken) {
		udp_go_on(in);
		streams_go_on(in);
	}
}

/* Who waits for an answer has a connection, and programs of this machine wait when their socket is
 * full; who sends by UDP never does. */
static void nap(const struct intake *in)
{
	bool is_long =
		in->turn_bytes == in->turn_udp_bytes && in->conn_count == 0 && udp_has_room(in);
	struct timespec nap = { .tv_nsec = is_long ? NAP_LONG_NS : NAP_NS };

	nanosleep(&nap, NULL);
}

void intake_turn(struct intake *in)
{
	struct epoll_event events[EVENTS];
	int wait_ms = in->has_more ? 0 : wal_batch_bytes(in->wal) > 0 ? BATCH_US / 1000 : TURN_MS;
	int count;

	if (in->is_full) {
		wait_for_room(in);
		return;
	}
	in->has_more = false;
	count = epoll_wait(in->epoll_fd, events, EVENTS, wait_ms);
	pen_now(in);
	in->turn_bytes = in->turn_udp_bytes = 0;
	in->had_acked = false;
	for (int i = 0; i < count && !in->is_full && !in->is_broken; i++) {
		struct watch *w = events[i].data.ptr;

		if (w->fd >= 0)
			w->ready(in, w, events[i].events);
	}
	streams_go_on(in);
	tails_read(in);
	journal_read(in);
	each_second(in);
	maybe_commit(in);
	if (in->turn_bytes && in->turn_bytes < BUSY_BYTES && !in->had_acked && !in->is_ending)
		nap(in);
}

static int open_disks(struct intake *in, struct err *e)
{
	const char *data = in->self->service->data;
	struct guard_policy policy;
	char path[4096];
	int rc;

	in->year = seal_shard_year(in->self->service->shard);
	snprintf(path, sizeof(path), "%s/log", data);
	rc = vfile_disk_open(path, &in->log, e);
	if (rc == 0)
		rc = guard_policy_load(in->log, &policy, e);
	snprintf(path, sizeof(path), "%s/" SILENCE_FOLDER, data);
	if (rc == 0)
		rc = vfile_disk_open(path, &in->alarm, e);
	if (rc == 0) {
		in->wal_bytes = guard_wal_bytes(&policy);
		snprintf(path, sizeof(path), "%s/log/%s", data, in->self->service->shard);
		rc = vfile_disk_open(path, &in->shard, e);
	}
	return rc;
}

static int open_all(struct intake *in, struct err *e)
{
	struct sandbox_level level;
	int rc = open_disks(in, e);

	if (rc == 0)
		rc = check_begin(in, e);
	if (rc == 0)
		rc = process_confine(in->self, in->setup->files_below, &level, e);
	if (rc == 0) {
		rc = pen_open(in, e);
		if (rc < 0 || !in->is_full)
			pen_tell(in,
				rc == 0                 ? TAKING_WELL :
					rc == ERR_LIMIT ? TAKING_FULL :
							  TAKING_FAILED,
				rc == 0 ? "" : e->text);
	}
	if (rc == 0)
		rc = udp_open(in, e);
	if (rc == 0)
		rc = tails_open(in, e);
	if (rc == 0)
		journal_open(in);
	return rc;
}

static void watch_all(struct intake *in)
{
	watch_add(in, &in->end, EPOLLIN);
	watch_add(in, &in->peer, EPOLLIN);
	for (struct listener *l = in->setup->listeners; l; l = l->next) {
		if (l->is_datagram)
			continue; /* udp_open() has them */
		l->watch.ready = stream_accept;
		watch_add(in, &l->watch, EPOLLIN);
	}
}

static void close_all(struct intake *in)
{
	udp_close(in);
	if (in->wal && !in->is_broken) {
		senders_tell_gaps(in);
		senders_tell_refused(in, true);
		(void)pen_commit(in);
	}
	streams_close(in);
	tails_close(in);
	journal_close(in);
	pen_close(in);
	vfile_disk_close(in->shard);
	vfile_disk_close(in->log);
	vfile_disk_close(in->alarm);
	buf_done(&in->genesis);
	free(in->chunk);
	close(in->epoll_fd);
}

/* What lies in the buffers of connections was sent to us as well. */
static void drain(struct intake *in)
{
	int64_t until_us = clock_monotonic_us() + DRAIN_US;

	/* a connection that was not taken yet brings its first bytes a turn later */
	for (int empty = 0; empty < 2 && !in->is_full && !in->is_broken && in->now_us < until_us;) {
		intake_turn(in);
		empty = in->turn_bytes ? 0 : empty + 1;
	}
}

int intake_start(const struct process *self)
{
	struct err e = { 0 };
	struct intake in = { .self = self,
		.setup = self->state,
		.peer = { .fd = self->peer_fd, .ready = check_peer },
		.end = { .ready = on_end },
		.committed = streams_answer };
	bool has_turned;
	int rc = in.end.fd = process_end_fd(&e);

	in.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	in.chunk = malloc(INTAKE_CHUNK_BYTES);
	if (!in.chunk || in.epoll_fd < 0)
		abort();
	if (rc >= 0)
		rc = open_all(&in, &e);
	if (rc >= 0) {
		watch_all(&in);
		while (!in.is_ending)
			intake_turn(&in);
		if (!in.is_broken && !in.is_full)
			drain(&in);
	} else {
		intake_warn("%s", e.text);
	}
	has_turned = (unsigned)date_at(clock_now_s()).year > in.year;
	rc = rc < 0 || in.is_broken ? STATUS_BROKEN : has_turned ? PROCESS_AGAIN_AT_ONCE : 0;
	close_all(&in);
	return rc;
}
