/* segments.h - floor 3: closed segments as runs of leaves, for whoever needs the entries again and
 * cannot know how they are packed. work/archive fills the table. */
#ifndef CORE_TRAIL_SEGMENTS_H
#define CORE_TRAIL_SEGMENTS_H

#include "core/trail/leaf.h"
#include "kit/vfile/vfile.h"

struct merkle_hash;

#define TRAIL_REDACTED 1
#define TRAIL_HIDDEN 2

struct trail_segments {
	/* The file PATH of the shard's disk; *RET is ended by close. ERR_INPUT: damaged. */
	int (*open)(struct vfile_disk *d, const char *path, void **ret, uint64_t *ret_count,
		struct err *e);
	/* Entry I: 0 with RET, whose raw bytes live until the next call; TRAIL_REDACTED when the
	 * text was taken out: RET has none, RET_HASH is what it hashed to; TRAIL_HIDDEN with RET
	 * when it is there and the segment's own index makes a search pass over it; or <0. */
	int (*read)(void *segment, uint64_t i, struct leaf *ret, struct merkle_hash *ret_hash,
		struct err *e);
	void (*close)(void *segment);
};

#endif
