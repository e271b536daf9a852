/* sender.h - floor 3: who sends lines to a log, as a list that intake keeps and others read. It is
 * no evidence and never needed: everything in it can be counted again from the leaves, of which
 * INDEX of the shard YEAR are counted in already.
 *
 * The file is "intake/senders" below DATA/log: a line of the list, a line for each sender, fields
 * between tabs, and a last line that says how many there were. */
#ifndef CORE_TRAIL_SENDER_H
#define CORE_TRAIL_SENDER_H

#include "core/trail/leaf.h"
#include "kit/vfile/vfile.h"

#define SENDER_FILE "intake/senders"
#define SENDER_MAX 10000 /* whoever comes after them is SENDER_OTHERS */
#define SENDER_NAME_MAX 255
#define SENDER_PLACE_MAX 127
#define SENDER_OTHERS 0 /* the number of all who have none, and of Khiên itself */

enum sender_kind {
	SENDER_ADDRESS = 1, /* a network address; nobody vouches for it */
	SENDER_CERTIFICATE, /* the name in a client's certificate */
	SENDER_UNIX,        /* programs on this machine */
	SENDER_FILE_TAIL,   /* a file that is followed */
	SENDER_JOURNAL,
	SENDER_IMPORT, /* an old file */
};
#define SENDER_KIND_MAX SENDER_IMPORT

struct sender {
	uint32_t number; /* its place in the list, from 1 */
	enum sender_kind kind;
	bool is_silent;
	uint32_t silence_s; /* alarm after so long without a line; 0: never */
	int64_t first_s, last_s;
	uint64_t lines, bytes;
	uint64_t dropped;  /* lines lost before they were acknowledged */
	uint64_t sequence; /* of its newest leaf: a followed file's offset, a journal's number */
	uint32_t rate;     /* lines in the last whole minute */
	char name[SENDER_NAME_MAX + 1];
	char place[SENDER_PLACE_MAX + 1]; /* which file, which journal: for who goes on reading */
};

struct sender_list {
	unsigned year;
	uint64_t index;
	uint64_t others_dropped; /* lines lost, nobody knows whose: the kernel had no room */
	uint64_t refused;        /* connections that were not let in */
	struct sender *at; /* number 1 first */
	size_t len, room;
};

void sender_list_done(struct sender_list *l);
/* By number or by name, or NULL. */
struct sender *sender_by_number(const struct sender_list *l, uint32_t number);
struct sender *sender_by_name(const struct sender_list *l, enum sender_kind kind, struct str name);
/* A new one at the end, zeroed but for its number, kind and name; pointers to others may move. NULL
 * when there are SENDER_MAX. */
struct sender *sender_add(struct sender_list *l, enum sender_kind kind, struct str name);

/* Count in the leaf with index l->index. */
void sender_count(struct sender_list *l, const struct leaf *leaf);
/* The leaf that tells the list's readers of a sender: "first", "known" (in a new shard), "silent",
 * "back", "place". One JSON object. */
void sender_event(const struct sender *s, const char *event, struct buf *ret);

/* Connections that were refused before they could send a line. */
enum sender_why {
	SENDER_EXPIRED = 1, /* the certificate of the client */
	SENDER_NOT_YET,
	SENDER_AUTHORITY, /* it is from nobody trusted here */
	SENDER_ABSENT,    /* it has none */
	SENDER_HANDSHAKE, /* anything else: an old TLS, no TLS at all */
};
#define SENDER_WHY_MAX SENDER_HANDSHAKE

struct sender_refusal {
	enum sender_why why;
	uint64_t count;                 /* since it was told last */
	char address[64];               /* "" of several, when there were too many to tell apart */
	char name[SENDER_NAME_MAX + 1]; /* what the certificate says; nobody vouches for it */
};

/* The leaf that tells of it: {"event":"refused",…}. */
void sender_refusal_event(const struct sender_refusal *r, struct buf *ret);
bool sender_refusal_parse(struct str raw, struct sender_refusal *ret);
const char *sender_why_words(enum sender_why why); /* to be looked up with tr() */

/* D is DATA/log. ERR_ABSENT: there is none; ERR_INPUT: it is not whole. *RET is yours. */
MUST_CHECK int sender_load(struct vfile_disk *d, struct sender_list *ret, struct err *e);
MUST_CHECK int sender_save(struct vfile_disk *d, const struct sender_list *l, struct err *e);
MUST_CHECK int sender_parse(struct str text, struct sender_list *ret, struct err *e);

const char *sender_kind_name(enum sender_kind kind); /* "address" */
/* For people: Vietnamese words to be looked up with tr(). */
const char *sender_kind_words(enum sender_kind kind);

#endif
