/* intake_int.h - private to face/intake. */
#ifndef INTAKE_INT_H
#define INTAKE_INT_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "core/trail/seal_channel.h"
#include "core/trail/sender.h"
#include "core/trail/silence.h"
#include "core/trail/taking.h"
#include "core/trail/trail.h"
#include "face/intake/config.h"
#include "face/intake/intake.h"
#include "kit/syslog/frame.h"
#include "kit/syslog/relp.h"
#include "kit/syslog/upload.h"

#define INTAKE_SOCKET "log/intake.sock"
#define INTAKE_CHUNK_BYTES (256 * KIB)
#define INTAKE_PARTS_BYTES (16 * MIB) /* of all lines that have only begun to arrive */
#define UDP_OWN_MAX 128               /* senders with a socket of their own */
#define UDP_BUFFER_BYTES (4 * MIB)    /* the kernel takes it twice */

struct intake;
struct tls;

/* What epoll waits on: the first member of each kind of it. */
struct watch {
	void (*ready)(struct intake *in, struct watch *w, uint32_t events);
	int fd; /* -1: closed */
};

/* An address as leaves have it, and its port. */
struct peer {
	uint8_t address[LEAF_PEER_SIZE];
	uint16_t port;
};
void peer_of(const struct sockaddr_storage *sa, struct peer *ret);
const char *peer_name(const struct peer *p, char *ret, size_t size);

/* --- what epoll waits on (watch.c) ------------------------------------------------------------ */

void watch_add(struct intake *in, struct watch *w, uint32_t events);
void watch_change(struct intake *in, struct watch *w, uint32_t events);
void watch_close(struct intake *in, struct watch *w);
void intake_warn(const char *format, ...) PRINTF(1, 2);

/* --- prepared in the parent (listen.c) -------------------------------------------------------- */

struct listener {
	struct watch watch;
	enum leaf_transport transport;
	bool is_datagram, is_tls;
	const char *path; /* of a Unix socket */
	struct listener *next;
};

struct setup {
	struct process_service *service;
	struct config config;
	struct listener *listeners;
	int own_fds[UDP_OWN_MAX]; /* UDP sockets with large buffers, not bound yet */
	size_t own_count;
	struct tls *tls; /* or NULL */
	struct journal_library *journal;
	char boot_id[40];
	const char *files_below[CONFIG_FILES_MAX + 3]; /* folders to read, ended by NULL */
};

/* --- what a sender has beside its place in the list (origin.c) -------------------------------- */

struct origin {
	struct budget budget;
	int64_t lines_left, bytes_left, filled_us;
	uint64_t gap_lines; /* lost, and not told in a leaf yet */
	int64_t gap_from_ns;
	const char *gap_why;
	uint32_t minute_lines;
	uint32_t wait_s; /* seconds since its last line; for the alarm */
	bool is_told;    /* a leaf says who it is */
	uint16_t port;   /* of its newest datagrams, */
	uint32_t port_count;
};

/* Its number, for the leaves; 0 when the list is full. */
uint32_t sender_find(struct intake *in, enum sender_kind kind, struct str name);
uint32_t sender_of_peer(struct intake *in, const struct peer *p);
struct origin *origin_of(struct intake *in, uint32_t number);
/* May it send now? What it sent is taken off afterwards. */
bool sender_may(struct intake *in, uint32_t number);
void sender_sent(struct intake *in, uint32_t number, size_t lines, size_t bytes);
/* After how long it is silent: by people's word, then by intake.yaml, then by the pack. */
void silence_set(struct intake *in, struct sender *s, const struct origin *o);
MUST_CHECK int senders_open(struct intake *in, struct err *e);
MUST_CHECK int senders_save(struct intake *in, struct err *e);
void senders_close(struct intake *in);

/* --- what leaves tell of senders (sender.c) --------------------------------------------------- */

#define REFUSALS 16 /* told apart in a minute */
struct refusals {
	struct sender_refusal at[REFUSALS];
	int64_t told_us[REFUSALS]; /* 0: never */
	size_t len;
};

/* From now on it is read at PLACE: which file, which journal. That stands in a leaf before what is
 * read there. False: not now. */
bool sender_at(struct intake *in, uint32_t number, struct str place);
/* LINES of it were lost; the leaf follows within a second. */
void sender_lost(struct intake *in, uint32_t number, uint64_t lines, const char *why);
void senders_tell_gaps(struct intake *in);
/* It was not let in; the leaf follows within a second, and then once a minute. */
void sender_refused(struct intake *in, const struct peer *p, enum sender_why why, const char *name);
void senders_tell_refused(struct intake *in, bool is_end);
void senders_second(struct intake *in);

/* --- who is silent (silence.c) ---------------------------------------------------------------- */

void silence_second(struct intake *in);

/* --- writing (pen.c) -------------------------------------------------------------------------- */

struct pen_line {
	uint32_t source;
	enum leaf_transport transport;
	uint16_t flags;
	uint64_t sequence;
	const uint8_t *peer; /* LEAF_PEER_SIZE, or NULL */
	struct str raw;
};

/* False: not now, the disk is full, or not at all any more. Nothing was taken. */
bool pen_line(struct intake *in, const struct pen_line *line);
bool pen_leaf(struct intake *in, enum leaf_kind kind, uint32_t source, uint64_t sequence,
	struct str json);
/* What was taken is on the disk, and those who wait for that are answered. */
bool pen_commit(struct intake *in);
/* What comes next goes into a file of its own, so that those before it may go soon. */
void pen_turn(struct intake *in);
/* Pages say whether lines are taken, and if not, why. */
void pen_tell(struct intake *in, enum taking is, const char *why);
void pen_now(struct intake *in); /* look at the clocks; a jump leaves a leaf */
MUST_CHECK int pen_open(struct intake *in, struct err *e);
void pen_close(struct intake *in);

/* --- the process (serve.c) -------------------------------------------------------------------- */

struct conn;
struct udp;
struct tail;
struct journal;

struct intake {
	const struct process *self;
	struct setup *setup;
	int epoll_fd;
	struct watch end, peer; /* SIGTERM; seal */
	bool is_ending, is_broken;
	struct vfile_disk *log, *shard;
	struct wal *wal;
	uint64_t file_bytes; /* of a write-ahead file; 0: the usual */
	uint64_t wal_bytes;  /* all its files may take no more; 0: no bound */
	unsigned year;
	struct buf genesis; /* the leaf that an empty shard begins with */
	/* now */
	int64_t now_ns, boot_ns, now_us;
	int64_t clock_offset_ns; /* wall minus boot clock */
	/* the batch */
	bool is_full;                         /* the disk */
	int64_t again_us;                     /* when to try again then */
	int64_t batch_since_us;               /* its first entry */
	bool has_waiting;                     /* somebody waits for an acknowledgement, */
	void (*committed)(struct intake *in); /* which is given here */
	bool had_acked;                       /* this turn brought lines whose senders wait */
	size_t turn_bytes;
	size_t turn_udp_bytes; /* of these, by UDP */
	/* senders */
	struct sender_list senders;
	struct origin *origins; /* parallel to senders, from number 1 on; [0]: all others */
	size_t origin_room;
	struct peer_slot *peers;
	uint64_t saved_index;
	int64_t saved_us;
	struct refusals refusals;
	struct vfile_disk *alarm; /* the folder of what is told; or NULL */
	struct arena silence_arena;
	struct str silence_text;
	struct silence silence;
	unsigned silence_wait_s;
	bool has_silence; /* others are silent than the list on the disk says */
	/* sources */
	struct conn *conns;
	size_t conn_count, part_bytes;
	struct udp *udp;
	struct tail *tails;
	int64_t tails_us; /* when to look again */
	struct journal *journal;
	bool has_more; /* a TLS connection has read more than it gave: no event tells of it */
	char *chunk;   /* INTAKE_CHUNK_BYTES, for whoever reads now */
	/* seal */
	uint64_t checked_size; /* of the newest CHECK */
	int64_t checked_us, answer_us, second_us, minute_us;
	bool is_asked; /* a CHECK is wanted now */
	bool is_refused;
	uint64_t wanted_size;    /* the answer is awaited for it; 0: for none */
	struct merkle_hash note; /* SHA-256 of the newest checkpoint */
};

/* A loop of the service; a Khiên that only imports has none of it. */
void intake_turn(struct intake *in);

/* --- sources ---------------------------------------------------------------------------------- */

void stream_accept(struct intake *in, struct watch *w, uint32_t events);
void streams_answer(struct intake *in); /* after a commit */
void streams_go_on(struct intake *in);  /* what was held back, while it may be taken */
void streams_second(struct intake *in); /* who is idle for too long */
void streams_sealed(struct intake *in, bool is_sealed); /* who asked to seal is answered */
void streams_close(struct intake *in);

MUST_CHECK int udp_open(struct intake *in, struct err *e);
/* Are the kernel's buffers as large as they were asked for? */
bool udp_has_room(const struct intake *in);
void udp_go_on(struct intake *in);
void udp_second(struct intake *in);
void udp_close(struct intake *in);

MUST_CHECK int tails_open(struct intake *in, struct err *e);
void tails_read(struct intake *in);
void tails_close(struct intake *in);

/* --- seal (check.c) --------------------------------------------------------------------------- */

void check_second(struct intake *in);
void check_peer(struct intake *in, struct watch *w, uint32_t events);
/* What the sealing process left to be read: checkpoint, and the leaf that begins the shard. */
MUST_CHECK int check_begin(struct intake *in, struct err *e);

/* --- TLS (tls.c) ------------------------------------------------------------------------------ */

MUST_CHECK int tls_open(const struct config *c, struct tls **ret, struct err *e);
void tls_close(struct tls *t);
bool tls_asks_names(const struct tls *t);
struct tls_session;
struct tls_session *tls_session_new(struct tls *t, int fd);
struct tls_session *tls_session_free(struct tls_session *s);
/* Bytes read or written; 0: wait for the events in *RET_EVENTS; -1: it has ended. */
ssize_t tls_read(struct tls_session *s, void *to, size_t size, uint32_t *ret_events);
ssize_t tls_write(struct tls_session *s, struct str bytes, uint32_t *ret_events);
/* Something that no event will tell of: bytes that are decrypted already, or the end. */
bool tls_has_more(const struct tls_session *s);
bool tls_is_up(const struct tls_session *s);
/* Why it never came up, 0: nothing was wrong; and the name that a refused certificate has. */
enum sender_why tls_refused(const struct tls_session *s, const char **ret_name);
/* Of the client's certificate; false when it has none. */
bool tls_name(const struct tls_session *s, char *ret, size_t size);

#endif
