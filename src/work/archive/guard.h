/* guard.h - floor 4: the log never overflows. What it may take of the disk is told in DATA/log/keep
 * (docs/formats/log.md); without that file only the end of the disk bounds it, and nothing is
 * taken away by itself. The quota is divided, so that processes that write at the same time need
 * not ask each other: the write-ahead files have a share of their own, segments have the rest. */
#ifndef ARCHIVE_GUARD_H
#define ARCHIVE_GUARD_H

#include "work/archive/keep.h"

#define GUARD_QUOTA_MIN ((uint64_t)512 * MIB)

struct guard_policy {
	uint64_t
		quota_bytes; /* of all files of the shard, and of those written soon; 0: no bound */
	unsigned copies;     /* media that must hold a month before it leaves; 0: it never does */
	unsigned months;     /* that stay here whatever happens, the present one not counted */
};

/* ERR_INPUT names the line. */
MUST_CHECK int guard_policy_parse(struct str text, struct guard_policy *ret, struct err *e);
/* That of the log in DATA/log; all 0 when there is none. */
MUST_CHECK int guard_policy_load(struct vfile_disk *log, struct guard_policy *ret, struct err *e);

/* Bytes that the write-ahead files may take together, while none is written anew after a crash; 0:
 * no bound. */
uint64_t guard_wal_bytes(const struct guard_policy *policy);
/* Bytes of all files of a shard. */
MUST_CHECK int guard_used(struct vfile_disk *shard, uint64_t *ret, struct err *e);
/* Bytes that closed segments may take together now; 0: no bound; 1: none. */
MUST_CHECK int guard_segment_bytes(
	struct vfile_disk *shard, const struct guard_policy *policy, uint64_t *ret, struct err *e);

/* A file that holds room: when the disk is full the next segment is written into it (uses_reserve
 * of archive_options), and the write-ahead files it holds go. ERR_LIMIT: there are not GUARD_PLENTY
 * times as many bytes, which are taken for a moment: on a small disk it would do harm. */
#define GUARD_PLENTY 4
MUST_CHECK int guard_reserve(struct vfile_disk *shard, uint64_t bytes, struct err *e);

struct guard_report {
	enum keep_level level;
	unsigned left;          /* months that went */
	char why[ERR_TEXT_MAX]; /* what keeps the next one here, when it should go; or "" */
};

/* From KEEP_RETIRE on: the oldest months leave, one after the other, until there is room. */
MUST_CHECK int guard_retire(struct vfile_disk *shard, const struct guard_policy *policy,
	int64_t now_s, struct guard_report *ret, struct err *e);

#endif
