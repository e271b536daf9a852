/* leaf.h - floor 3: the sealed entry that every log line and every change becomes. The layout of
 * its bytes is told in docs/formats/log.md; nothing in it is optional, so that a leaf has one
 * spelling and one hash. */
#ifndef CORE_TRAIL_LEAF_H
#define CORE_TRAIL_LEAF_H

#include "base/base.h"

#define LEAF_HEAD_BYTES 53
#define LEAF_BYTES_MAX 65535 /* of a C2SP entry */
#define LEAF_RAW_MAX (LEAF_BYTES_MAX - LEAF_HEAD_BYTES)
#define LEAF_PEER_SIZE 16

enum leaf_kind {
	LEAF_LINE = 1,  /* as a machine or a device sent it */
	LEAF_EVENT,     /* a sender: first seen, renamed, silent; an agent's own word */
	LEAF_CHANGE,    /* of a row in Khiên */
	LEAF_GAP,       /* lines lost before they were acknowledged: how many, whose, why */
	LEAF_CLOCK,     /* before each checkpoint: wall clock, boot, counters; clock jumps */
	LEAF_KEY,       /* of the next epoch */
	LEAF_IMPORT,    /* an old file was taken in: which, how many lines */
	LEAF_RETENTION, /* a segment moved to media, a line redacted */
	LEAF_LINK,      /* the first leaf of a shard: what it goes on from, and why */
};
#define LEAF_KIND_MAX LEAF_LINK

enum leaf_flag {
	LEAF_TRUNCATED = 1,
	LEAF_NOT_UTF8 = 2,
	LEAF_NO_SENDER_TIME = 4,
	LEAF_UNAUTHENTICATED = 8,
};
#define LEAF_FLAGS_ALL 15

enum leaf_transport {
	LEAF_OWN, /* made here */
	LEAF_UDP,
	LEAF_TCP,
	LEAF_TLS,
	LEAF_UNIX,
	LEAF_RELP,
	LEAF_RELP_TLS,
	LEAF_FILE,    /* a tailed file */
	LEAF_JOURNAL, /* journald */
	LEAF_HTTP,    /* journal-upload */
	LEAF_OLD_FILE,
};
#define LEAF_TRANSPORT_MAX LEAF_OLD_FILE

struct leaf {
	uint8_t kind;
	uint8_t transport;
	uint16_t flags;
	uint32_t source;
	int64_t received_ns; /* UTC */
	int64_t boot_ns;     /* boot clock */
	uint64_t sequence;   /* of the source */
	uint8_t peer[LEAF_PEER_SIZE];
	struct str raw; /* at most LEAF_RAW_MAX */
};

/* The LEAF_HEAD_BYTES before the raw bytes. */
void leaf_head(const struct leaf *leaf, unsigned char *ret);
/* Raw bytes are borrowed from ENTRY. ERR_INPUT for anything but the one spelling. */
MUST_CHECK int leaf_parse(struct str entry, struct leaf *ret, struct err *e);

/* "line", "udp": the words of JSON and of the command line; "" for none. */
const char *leaf_kind_name(unsigned kind);
const char *leaf_transport_name(unsigned transport);
/* The same for people: Vietnamese words to be looked up with tr(). */
const char *leaf_kind_words(unsigned kind);
const char *leaf_transport_words(unsigned transport);

#endif
