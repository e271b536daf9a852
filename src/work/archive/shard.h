/* shard.h - private to work/archive: the segments of a shard by name. */
#ifndef ARCHIVE_SHARD_H
#define ARCHIVE_SHARD_H

#include "work/archive/archive.h"
#include "work/archive/segment.h"

#define SHARD_FOLDER "segments"
#define SHARD_PART SHARD_FOLDER "/part"       /* a segment that is not whole yet */
#define SHARD_RESERVE SHARD_FOLDER "/reserve" /* room held back, see guard.h */
#define SHARD_NAME_SIZE 48

struct shard_segment {
	uint64_t first;
	uint64_t end;   /* after its last entry */
	uint64_t bytes; /* of the file */
};

struct shard_segments {
	struct shard_segment *at; /* in order; free() it */
	size_t count;
	uint64_t led;    /* what stood before this index has left, as the months tell */
	uint64_t oldest; /* entry of the write-ahead files, just before; UINT64_MAX: none */
};

/* "segments/00000000000000000042.seg" */
const char *shard_name(uint64_t first, char *ret_name);
/* The segments that stand in the folder; KNOWN are those that were looked at before. ERR_INPUT: one
 * is damaged at its ends, or two hold the same entry. No folder is no segment. */
MUST_CHECK int shard_list(struct vfile_disk *d, const struct shard_segments *known, struct err *e,
	struct shard_segments *ret);
/* For who goes on behind the last of them: ERR_INPUT too when one stands behind entries that only
 * the write-ahead files hold, for those would never be closed, and lost. */
MUST_CHECK int shard_list_to_write(struct vfile_disk *d, struct err *e, struct shard_segments *ret);
/* The same around such files, and around holes: the first of them is told in TOLD, of
 * ARCHIVE_TOLD_SIZE bytes; "": all is well. */
MUST_CHECK int shard_look(struct vfile_disk *d, const struct shard_segments *known, char *told,
	struct err *e, struct shard_segments *ret);

/* How far the newest checkpoint goes; 0 without one. */
MUST_CHECK int shard_sealed(struct vfile_disk *d, struct err *e, uint64_t *ret_size);

/* The segment that holds entry INDEX. ERR_ABSENT: none does. */
MUST_CHECK int shard_find(
	struct vfile_disk *d, uint64_t index, struct err *e, struct shard_segment *ret);

#endif
