/* guard.h - floor 4: the log never overflows. What it may take of the disk is told in DATA/log/keep
 * (docs/formats/log.md); without that file only the end of the disk bounds it, and nothing is
 * taken away by itself. The quota is divided, so that processes that write at the same time need
 * not ask each other: the write-ahead files have shares of their own, one for each of the two years
 * that may have some, and segments have the rest. */
#ifndef ARCHIVE_GUARD_H
#define ARCHIVE_GUARD_H

#include "core/pack/pack.h"
#include "work/archive/keep.h"

#define GUARD_FILE "keep"                    /* below DATA/log */
#define GUARD_QUOTA_MIN UINT64_C(1000000000) /* what people call a GB: `log keep --quota 1` */

struct guard_policy {
	uint64_t quota_bytes; /* of all files of the log, and of those written soon; 0: no bound */
	unsigned copies;      /* media that must hold a month before it leaves; 0: it never does */
	unsigned months;      /* that stay here whatever happens, the present one not counted */
	unsigned level;       /* of the system that the law is asked for, 1 to 5; 0: of any */
};

/* ERR_INPUT names the line. */
MUST_CHECK int guard_policy_parse(struct str text, struct guard_policy *ret, struct err *e);
/* As it stands in the file. */
void guard_policy_write(const struct guard_policy *policy, struct buf *out);
/* That of the log in DATA/log; all 0 when there is none. */
MUST_CHECK int guard_policy_load(struct vfile_disk *log, struct guard_policy *ret, struct err *e);

/* Bytes that the write-ahead files of one year may take together, while none is written anew after
 * a crash; 0: no bound. */
uint64_t guard_wal_bytes(const struct guard_policy *policy);
/* Bytes of all files of the log, its years together. */
MUST_CHECK int guard_used(struct vfile_disk *log, uint64_t *ret, struct err *e);
/* The same but for write-ahead files, which have their share whatever they take of it now; and what
 * the quota leaves for that, on which the levels stand: else it would be full before it is told to
 * be. Without a quota both are 0. */
MUST_CHECK int guard_taken(struct vfile_disk *log, const struct guard_policy *policy,
	uint64_t *ret_taken, uint64_t *ret_room, struct err *e);
/* Bytes that the closed segments of SHARD may take together now; 0: no bound; 1: none. */
MUST_CHECK int guard_segment_bytes(struct vfile_disk *log, struct vfile_disk *shard,
	const struct guard_policy *policy, uint64_t *ret, struct err *e);

/* A file that holds room: when the disk is full the next segment is written into it (uses_reserve
 * of archive_options), and the write-ahead files it holds go. ERR_LIMIT: there are not GUARD_PLENTY
 * times as many bytes, which are taken for a moment: on a small disk it would do harm. */
#define GUARD_PLENTY 4
MUST_CHECK int guard_reserve(struct vfile_disk *shard, uint64_t bytes, struct err *e);

/* What the law asks of it (packs): nothing leaves before that, whatever the policy says. */
struct guard_law {
	bool is_known;
	unsigned months;         /* that stay here, at least */
	unsigned copies;         /* media that hold a month before it leaves, at least */
	unsigned checked_months; /* a medium counts that was read back within so many */
	struct keep_levels levels;
};
/* PACKS may be NULL: nothing is known. */
void guard_law_of(
	const struct pack_set *packs, unsigned level, int64_t now_s, struct guard_law *ret);
/* ERR_CONFLICT: POLICY lets months leave sooner, or with fewer copies, than the law; or what the
 * law asks is not known. A policy by which no month leaves is fine. */
MUST_CHECK int guard_law_check(
	const struct guard_policy *policy, const struct guard_law *law, struct err *e);

struct guard_report {
	enum keep_level level;
	unsigned left;          /* months that went */
	char why[ERR_TEXT_MAX]; /* what keeps the next one here, when it should go; or "" */
};

/* The shards of a log, oldest first, and what says when their months leave. */
struct guard_log {
	struct vfile_disk *log;
	struct vfile_disk *const *shards;
	const char *const *names; /* of their folders */
	size_t shard_count;
	const struct guard_policy *policy;
	const struct guard_law *law;
	int64_t now_s;
};
/* From KEEP_RETIRE on: the oldest months leave, one after the other, until there is room. */
MUST_CHECK int guard_retire(const struct guard_log *g, struct guard_report *ret, struct err *e);

#endif
