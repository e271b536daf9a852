/* seal_channel.h - floor 3: what intake, which writes a log, and seal, which signs it, say to
 * each other, over a SOCK_SEQPACKET pair with one message a packet.
 *
 *  intake: CHECK    entries up to SIZE are on the disk and their root is HASH
 *  seal:   SEALED   a checkpoint of SIZE is on the disk; HASH is the SHA-256 of its note
 *  seal:   REFUSED  REASON; nothing was signed, nor will be until intake and the disk agree
 *                   again. Intake goes on taking lines and says so.
 *  seal:   ADD      append a leaf of KIND with this JSON, then CHECK
 *
 * The last entry below a CHECK's SIZE is always a leaf of kind 5 that intake made for it: wall
 * time, boot, counters, hash of the note before. A CHECK comes every 60 s when anything arrived,
 * after 10,000 entries but at most once a second, at least hourly, after an ADD, and when asked
 * for. At most one is under way: the next one waits for the answer, or for SEAL_ANSWER_S. Either
 * side may have been started anew in between: an answer for another year or size than the one
 * asked for is old and means nothing; seal may get the same CHECK twice. Seal looks at the disk
 * first when it starts: it needs no message to begin. */
#ifndef CORE_TRAIL_SEAL_CHANNEL_H
#define CORE_TRAIL_SEAL_CHANNEL_H

#include "core/trail/leaf.h"
#include "kit/merkle/merkle.h"

#define SEAL_JSON_MAX 8192
#define SEAL_ANSWER_S 30

enum seal_word {
	SEAL_CHECK = 1,
	SEAL_SEALED,
	SEAL_REFUSED,
	SEAL_ADD,
};
#define SEAL_WORD_MAX SEAL_ADD

enum seal_reason {
	SEAL_ROOT = 1, /* the entries on the disk have another root */
	SEAL_SHORT,    /* fewer entries on the disk than SIZE */
	SEAL_BACK,     /* SIZE is less than what was signed: the folder was put back in time */
	SEAL_WITNESS,  /* a witness holds more than this folder has */
	SEAL_KEY,      /* no key, or not the one of this origin */
	SEAL_DISK,     /* a checkpoint could not be written */
	SEAL_BUSY,     /* not now; ask again */
};
#define SEAL_REASON_MAX SEAL_BUSY

struct seal_message {
	enum seal_word word;
	unsigned year;           /* of the shard */
	uint64_t size;           /* CHECK, SEALED, REFUSED */
	struct merkle_hash hash; /* CHECK: root; SEALED: SHA-256 of the note; REFUSED: root found */
	enum seal_reason reason; /* REFUSED */
	enum leaf_kind kind;     /* ADD: LEAF_KEY, LEAF_LINK or LEAF_RETENTION */
	struct str json;         /* ADD: one line, at most SEAL_JSON_MAX; received: see below */
};

/* Never waits. ERR_LIMIT: the other side does not read now, say it again later; ERR_ABSENT: it is
 * not there. */
MUST_CHECK int seal_send(int fd, const struct seal_message *m, struct err *e);
/* 1 with a message, 0 when none waits. BYTES holds what m->json points into and has
 * SEAL_MESSAGE_MAX. ERR_ABSENT: the other side has gone; ERR_INPUT: no message of ours, and taken
 * off the queue. */
#define SEAL_MESSAGE_MAX (64 + SEAL_JSON_MAX)
MUST_CHECK int seal_receive(int fd, char *bytes, struct seal_message *ret, struct err *e);

/* "root", "short" …, for the log and the pages' table of words. */
const char *seal_reason_name(enum seal_reason reason);

#endif
