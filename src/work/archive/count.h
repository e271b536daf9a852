/* count.h - private to work/archive: how many entries of closed segments a query wants, counted by
 * two threads, each with a disk, a segment and patterns of its own. */
#ifndef ARCHIVE_COUNT_H
#define ARCHIVE_COUNT_H

#include "work/archive/archive.h"
#include "work/archive/shard.h"

/* Of the entries from FIRST on, up to before END. Where no second thread may be made, one does it
 * all. QUERY has a second disk. */
MUST_CHECK int64_t count_segments(const struct shard_segments *in, struct vfile_disk *disk,
	const struct archive_query *query, uint64_t first, uint64_t end, struct err *e);

#endif
