/* keep_int.h - private to work/archive: what makes manifests and what copies months share. */
#ifndef ARCHIVE_KEEP_INT_H
#define ARCHIVE_KEEP_INT_H

#include "work/archive/keep.h"
#include "work/archive/shard.h"

#define KEEP_FOLDER "months"
#define KEEP_PATH_SIZE 64
#define KEEP_MANIFEST_MAX ((size_t)16 * MIB)
#define KEEP_COPIES_MAX ((size_t)64 * KIB)
#define COPY_BYTES ((size_t)256 * KIB) /* of a file at once */

bool keep_is_month(struct str s);
/* Does a segment of the month stand here still? 1 or 0. */
MUST_CHECK int keep_is_here(struct vfile_disk *shard, const char *month, struct err *e);
/* "months/2026-01.month" */
const char *keep_path(const char *month, const char *kind, char *ret_path);
/* The folder "months" is there. */
MUST_CHECK int keep_folder(struct vfile_disk *shard, struct err *e);
/* The month that a segment belongs to: that of its latest entry. */
MUST_CHECK int keep_month_of(
	struct vfile_disk *shard, const struct shard_segment *at, char *ret_name, struct err *e);
/* SHA-256 of a whole file. */
MUST_CHECK int keep_hash(struct vfile *file, struct err *e, unsigned char *ret);
/* How far somebody has got who is watched. */
struct keep_done {
	const struct keep_watch *watch; /* or NULL */
	uint64_t done, all;
};
void keep_tell(struct keep_done *d, uint64_t bytes);

#endif
