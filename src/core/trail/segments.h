/* segments.h - floor 3: closed segments as runs of leaves, for whoever needs the entries again and
 * cannot know how they are packed. work/archive fills the table. */
#ifndef CORE_TRAIL_SEGMENTS_H
#define CORE_TRAIL_SEGMENTS_H

#include "core/trail/leaf.h"
#include "kit/vfile/vfile.h"

struct merkle_hash;

struct trail_segments {
	/* The file PATH of the shard's disk; *RET is ended by close. ERR_INPUT: damaged. */
	int (*open)(struct vfile_disk *d, const char *path, void **ret, uint64_t *ret_count,
		struct err *e);
	/* Entry I: 0 with RET, whose raw bytes live until the next call; 1 when the text was
	 * redacted and only RET_HASH is there; or <0. */
	int (*read)(void *segment, uint64_t i, struct leaf *ret, struct merkle_hash *ret_hash,
		struct err *e);
	void (*close)(void *segment);
};

#endif
