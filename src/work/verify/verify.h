/* verify.h - floor 4: proves a sealed log from its files and public keys alone: no database, no
 * network, nothing taken on trust from the log itself but what the keys of the verifier's side
 * vouch for (docs/formats/seal.md, "Verifying").
 *
 * Every entry is hashed again and every checkpoint held against the tree that grows from them, so
 * the cost is one pass. A finding names the leaves it lies in; what no finding touches stays
 * provable. */
#ifndef WORK_VERIFY_H
#define WORK_VERIFY_H

#include "core/trail/notice.h"
#include "core/trail/segments.h"
#include "core/trail/trail.h"
#include "kit/crypto/stamp.h"
#include "kit/merkle/policy.h"
#include "kit/text/text.h"

#define VERIFY_FINDINGS_MAX 100
#define VERIFY_REDACTED_MAX 10000
#define VERIFY_MEMORY_BYTES (256 * MIB)

/* Where a checkpoint is kept outside: a file of the verifier's. */
struct verify_anchor {
	struct str name;
	struct str note;
};

struct verify_job {
	const struct trail_segments *segments; /* NULL: only write-ahead files are read */
	/* From the verifier's side. No keys at all: those of the log, which only prove that it
	 * agrees with itself. */
	const struct note_key *keys;
	size_t key_count;
	const struct policy *policy; /* NULL: no witnesses are asked for */
	const struct verify_anchor *anchors;
	size_t anchor_count;
	/* Pinned certificates (PEM) of time-stamp authorities; "": the stamps of the log prove
	 * nothing and are left alone. */
	struct str stamp_ca;
	int64_t now_s;
	/* Called now and then with leaves done and leaves in all; not 0 stops. May be NULL. */
	int (*progress)(void *context, uint64_t done, uint64_t all);
	void *context;
};

enum verify_fault {
	VERIFY_ENTRY,       /* an entry is damaged */
	VERIFY_MISSING,     /* entries that were signed are not there */
	VERIFY_ROOT,        /* entries are not those that were signed */
	VERIFY_TREE,        /* a stored hash is not that of its entries */
	VERIFY_NOTE,        /* a checkpoint is no right one */
	VERIFY_SIGNATURE,   /* a signature is missing or false */
	VERIFY_UNSIGNED,    /* there is no checkpoint at all */
	VERIFY_EPOCH_ORDER, /* signed with the key of another hour */
	VERIFY_EPOCH_GAP,   /* an hour has no checkpoint of its own */
	VERIFY_EPOCH_KEY,   /* the key of an hour is not vouched for */
	VERIFY_LINK,        /* the shard does not begin with a right link */
	VERIFY_ORIGIN,      /* no key of the verifier's side is of this log */
	VERIFY_QUORUM,      /* too few witnesses */
	VERIFY_ANCHOR_ROOT, /* somebody outside saw another log */
	VERIFY_ANCHOR_SIZE, /* somebody outside saw a longer log */
	VERIFY_SEQUENCE,    /* a source's numbers jump and no gap was noted */
	VERIFY_TIME,        /* received in the future, or the clock went back and nobody noted it */
	VERIFY_HIDDEN,      /* a search would pass over entries that are there */
	VERIFY_STAMP,       /* a time stamp does not hold, or is older than what it stamps */
	VERIFY_UNDECIDED,   /* a text is gone and no sealed decision names it */
};

struct verify_finding {
	enum verify_fault fault;
	uint64_t first, end; /* the leaves it lies in; both 0: in none */
	uint64_t likely;     /* not proven: it probably begins here */
	char file[48];       /* "segments/00000000000000065536.seg" */
	char about[120];
};

/* A line: its shard (core/trail/shard_id.h) and its index there. */
struct verify_place {
	int shard;
	uint64_t index;
};

/* Entries of a shard that left with their month, as a sealed leaf says. */
struct verify_left {
	int shard;
	uint64_t first, end;
};

struct verify_report {
	char origin[200];
	uint64_t entries, by_kind[LEAF_KIND_MAX + 1];
	uint64_t signed_size; /* of the largest checkpoint with right signatures */
	uint64_t proven;      /* entries that are proven to be what was signed */
	/* Only the hash is left of these: indices of the first VERIFY_REDACTED_MAX, and what the
	 * decisions in this shard name. A decision may stand in a later shard than the line. */
	uint64_t redacted, *redacted_at;
	struct verify_place *decided;
	size_t redacted_kept, decided_count;
	/* What the leaves in this shard say has left, and how many entries of this shard did: they
	 * are no finding. */
	struct verify_left *leaving;
	size_t leaving_count;
	uint64_t left;
	uint64_t checkpoints, epochs;
	uint64_t anchors_met;
	uint64_t stamps;         /* that hold */
	uint64_t stamped_size;   /* of the largest checkpoint that is stamped, */
	int64_t stamped_s;       /* and when */
	uint64_t quorum_size;    /* of the largest checkpoint with the quorum; 0: none asked for */
	int64_t first_s, last_s; /* received */
	bool is_self_signed;     /* the keys came out of the log */
	/* It goes on from another shard by the recovery key: from this size, for this reason; ""
	 * of any other. */
	char restored[3 * NOTICE_REASON_MAX + 1];
	uint64_t restored_from;
	bool is_stopped;
	size_t finding_count; /* may be more than are kept */
	struct verify_finding findings[VERIFY_FINDINGS_MAX];
	struct note_key identity, recovery; /* for the shard that goes on from this one */
	struct merkle_head head;            /* over all entries read */
};

/* One shard. 0 with the report, whatever it says; <0 only when nothing could be judged. Keys and
 * places of the report live in A. BEFORE is the report of the shard before it, or NULL. */
MUST_CHECK int verify_shard(struct vfile_disk *d, const struct verify_job *job,
	const struct verify_report *before, struct arena *a, struct verify_report *ret,
	struct err *e);

/* Keys of the verifier's side: a policy (C2SP), or vkeys, one a line, "#" comments between. */
MUST_CHECK int verify_keys(struct str text, struct arena *a, struct verify_job *ret, struct err *e);

/* All shards below DIR: a shard itself, a log's folder, or a data folder with "log" and "trail".
 * EACH is called for each when all of a log were read. Of a shard by itself nobody can tell whether
 * a later one holds the decision for what was redacted. 0: nothing found, 1: something was.
 * ERR_ABSENT: there is no log. */
typedef void verify_each(void *context, const char *path, const struct verify_report *r);
MUST_CHECK int verify_archive(const char *dir, const struct verify_job *job, verify_each *each,
	void *context, struct err *e);

/* A proof of one line (C2SP tlog-proof): the entry is the extra data. */
struct verify_proof {
	uint64_t index;
	struct leaf leaf; /* borrows from the arena */
	struct merkle_head head;
	char origin[200];
	size_t witnesses;
	bool is_quorum_met;
};
MUST_CHECK int verify_proof(struct str text, const struct verify_job *job, struct arena *a,
	struct verify_proof *ret, struct err *e);

/* A file that says of a time that none of its entries is missing (docs/formats/range.md), read from
 * its beginning to its end: no more than one entry of it is kept. */
struct verify_stream {
	/* Up to ROOM bytes into TO; *RET_LEN 0 at the end. */
	int (*read)(void *context, void *to, size_t room, size_t *ret_len, struct err *e);
	/* Each entry as it comes, before anything is proven; NULL: nobody wants them. */
	void (*entry)(void *context, const struct leaf *leaf);
	void *context;
};
/* The entries of one shard; a time may lie in several, one going on where the other ends. */
struct verify_part {
	uint64_t first, end, size, lines;
	uint64_t redacted, first_redacted; /* only the hash is left of these */
	int64_t first_ns, last_ns;         /* received */
	char origin[200];
	/* It goes on after a restore, from this size of the shard before it, for this reason; "" of
	 * any other. What came behind that size is not told. */
	char restored[3 * NOTICE_REASON_MAX + 1];
	uint64_t restored_from;
};
/* EACH is called for each part that holds; only 0 says that all do. */
typedef void verify_each_part(void *context, const struct verify_part *part);
MUST_CHECK int verify_range(const struct verify_stream *s, const struct verify_job *job,
	verify_each_part *each, void *context, struct err *e);

/* Words for people. */
const char *verify_fault_code(enum verify_fault fault); /* "root" */
void verify_text(const struct verify_report *r, enum lang lang, struct buf *out);
void verify_json(const struct verify_report *r, struct json *j);

#endif
