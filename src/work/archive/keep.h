/* keep.h - floor 4: how long the log is kept, and where. A month that is over has a manifest: its
 * segments with their SHA-256, its entries by source and kind, the root of the tree at its end. It
 * is copied to media, read back from them, and only then may leave this disk; its manifest and the
 * receipts of its copies stay for ever. The formats are told in docs/formats/month.md.
 *
 * SHARD is the shard's folder, MEDIUM the folder of an external disk. How many months stay, on how
 * many media and for how long is the pack's to say, not this room's. */
#ifndef ARCHIVE_KEEP_H
#define ARCHIVE_KEEP_H

#include "kit/merkle/merkle.h"
#include "work/archive/archive.h"

#define KEEP_MONTH_SIZE 8 /* "2026-01" */
#define KEEP_ID_SIZE 33
#define KEEP_LABEL_MAX 80

struct keep_segment {
	uint64_t first;
	uint64_t end;
	uint64_t bytes;
	unsigned char sha256[SHA256_SIZE];
};

/* How many entries of a source, or of a kind. */
struct keep_count {
	uint32_t what;
	uint64_t entries;
};

struct keep_month {
	char name[KEEP_MONTH_SIZE];
	struct keep_segment *segments;
	size_t segment_count;
	struct keep_count *sources;
	size_t source_count;
	struct keep_count *kinds; /* enum leaf_kind; LEAF_GAP tells of lost lines */
	size_t kind_count;
	struct merkle_head head; /* of the tree at the end of the month; size 0: there was none */
};

/* Lives in A. ERR_INPUT for anything but the one spelling. */
MUST_CHECK int keep_month_parse(
	struct str text, struct arena *a, struct keep_month *ret, struct err *e);

/* Names of the months that have a manifest, oldest first. Lives in A. */
MUST_CHECK int keep_months(struct vfile_disk *shard, struct arena *a, const char *const **ret,
	size_t *ret_count, struct err *e);
/* Who waits is told now and then how many bytes are done, and of all. Where it is asked for NULL
 * will do: nobody waits. */
struct keep_watch {
	void (*tell)(void *context, uint64_t done, uint64_t all);
	void *context;
};
/* Write the manifest of MONTH. Again is fine, until it has left. ERR_ABSENT: no segment is of that
 * month; ERR_CONFLICT: some of its entries are in no closed segment yet. */
MUST_CHECK int keep_close(
	struct vfile_disk *shard, const char *month, const struct keep_watch *watch, struct err *e);
/* The same for each month that has none yet and was over at NOW_S; how many were written goes to
 * *RET_COUNT. All that was received until then is in closed segments. */
MUST_CHECK int keep_close_over(
	struct vfile_disk *shard, int64_t now_s, unsigned *ret_count, struct err *e);
MUST_CHECK int keep_read(struct vfile_disk *shard, const char *month, struct arena *a,
	struct keep_month *ret, struct err *e);

struct keep_medium {
	char id[KEEP_ID_SIZE];
	char label[KEEP_LABEL_MAX + 1];
};

/* Make it a medium of ours. ERR_CONFLICT: it is one already. */
MUST_CHECK int keep_register(struct vfile_disk *medium, struct str label, struct err *e);
/* Which one is it? ERR_ABSENT: none of ours. */
MUST_CHECK int keep_medium(struct vfile_disk *medium, struct keep_medium *ret, struct err *e);
/* Copy a month that has a manifest: written, synced, read back, compared; then the receipt. What
 * stands on the medium already and is right is not written again. */
MUST_CHECK int keep_export(struct vfile_disk *shard, const char *month, struct vfile_disk *medium,
	int64_t now_s, const struct keep_watch *watch, struct err *e);
/* Read a month on a medium and hold it against the manifest here; a new receipt when it is right,
 * none of that medium any more when it is not (ERR_INPUT says which file). */
MUST_CHECK int keep_check(struct vfile_disk *shard, const char *month, struct vfile_disk *medium,
	int64_t now_s, const struct keep_watch *watch, struct err *e);

/* What people are told when it failed with an ERR_*: a Vietnamese sentence for tr(). */
enum keep_work { KEEP_PACKING, KEEP_REGISTERING, KEEP_WRITING, KEEP_CHECKING };
const char *keep_fault_words(enum keep_work work, int code);

/* A month as one file: a tar of what would stand on a medium, which is unpacked there as it is.
 * SHARD is the folder's path. */
struct keep_pack;
MUST_CHECK int keep_pack_open(
	const char *shard, const char *month, int64_t now_s, struct keep_pack **ret, struct err *e);
uint64_t keep_pack_bytes(const struct keep_pack *p); /* of all of it */
/* More of it behind what is in OUT, which has room for KEEP_PACK_PIECE_BYTES. 1: go on; 0: that was
 * all. <0: what was taken is of no use. */
#define KEEP_PACK_PIECE_BYTES (256 * KIB)
MUST_CHECK int keep_pack_next(struct keep_pack *p, struct buf *out, struct err *e);
struct keep_pack *keep_pack_close(struct keep_pack *p); /* NULL is fine; returns NULL */

struct keep_copy {
	char id[KEEP_ID_SIZE];
	char label[KEEP_LABEL_MAX + 1]; /* "" in receipts of old */
	int64_t checked_at_s;
};
/* Receipts of MONTH, one a medium. Lives in A. */
MUST_CHECK int keep_copies(struct vfile_disk *shard, const char *month, struct arena *a,
	struct keep_copy **ret, size_t *ret_count, struct err *e);

/* When a month may leave this disk. */
struct keep_rule {
	int64_t now_s;
	unsigned months;         /* that it stays after it is over */
	unsigned copies;         /* media that must hold it, */
	unsigned checked_months; /* each read back within so many months; 0: at any time */
};

enum keep_leave {
	KEEP_MAY_LEAVE,
	KEEP_TOO_YOUNG,
	KEEP_FEW_COPIES, /* too few media hold it, or they were read back too long ago */
};
/* COPIES, COUNT of them, are those of MONTH; how many count goes to *RET_GOOD. */
enum keep_leave keep_may_leave(const struct keep_rule *rule, const char *month,
	const struct keep_copy *copies, size_t count, unsigned *ret_good);

/* Take the segments of the oldest month off this disk. ERR_CONFLICT: an older month is still here,
 * or RULE keeps it. */
MUST_CHECK int keep_retire(
	struct vfile_disk *shard, const char *month, const struct keep_rule *rule, struct err *e);
/* What is sealed in the log before that: the leaf (core/trail/order.h) goes to RET_LEAF. SHARD has
 * the folder NAME. Fails as keep_retire() would. */
MUST_CHECK int keep_leaving(struct vfile_disk *shard, const char *name, const char *month,
	const struct keep_rule *rule, struct buf *ret_leaf, struct err *e);
/* Of a log that runs: it is ordered, once. 1: the leaf is sealed, retire it; 0: not yet. */
struct keep_order {
	struct vfile_disk *log, *shard;
	const char *name, *month;
	const struct keep_rule *rule;
};
MUST_CHECK int keep_order_leave(const struct keep_order *x, struct err *e);
/* Do lines of MONTH, packed, stand in a write-ahead file? 1: they do; 0: nowhere there. */
MUST_CHECK int keep_in_wal(struct vfile_disk *shard, const char *month, struct err *e);
/* Of a log that rests, of which LEAF was sealed as entry SIZE - 1: what still stands in write-ahead
 * files goes when the service runs. */
MUST_CHECK int keep_order_rest(
	const struct keep_order *x, struct str leaf, uint64_t size, struct err *e);

/* archive_redact() with what hangs on it: the list of the month is written anew, and no disk counts
 * as a copy of it until it is written again, for all of them still hold the text. Once more is
 * fine, also when the first time broke off. ERR_ABSENT: no closed segment here holds the entry;
 * ERR_CONFLICT: a write-ahead file holds its text too. */
struct keep_redacted {
	struct merkle_hash leaf;     /* which stays */
	char month[KEEP_MONTH_SIZE]; /* "" when it has no list yet */
	size_t copies;               /* disks that held it */
};
MUST_CHECK int keep_redact(
	struct vfile_disk *shard, uint64_t index, struct keep_redacted *ret, struct err *e);
/* Of a year that is over, which has no writer: all of it goes into closed segments, and no line
 * stands any more where it was written first. */
MUST_CHECK int keep_empty_wal(
	struct vfile_disk *shard, const struct archive_options *options, struct err *e);

/* How full it is, and what is to be done. */
enum keep_level {
	KEEP_ROOM,   /* nothing */
	KEEP_WARN,   /* tell people */
	KEEP_PACK,   /* months should go to media now */
	KEEP_RETIRE, /* months that are on enough media leave */
	KEEP_LAST    /* soon nothing more is closed; senders that wait are made to wait */
};

/* From how many in a hundred on a level holds, as the packs say; 0: never. */
struct keep_levels {
	unsigned percent[KEEP_LAST + 1];
};

struct keep_forecast {
	enum keep_level level;
	uint64_t bytes_a_day;
	int64_t days_left; /* -1: cannot be told yet */
};

/* USED of QUOTA bytes, of which BYTES came in the last SECONDS. */
void keep_forecast(const struct keep_levels *levels, uint64_t used, uint64_t quota, uint64_t bytes,
	int64_t seconds, struct keep_forecast *ret);

#endif
