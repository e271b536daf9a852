/* find_int.h - private to work/archive: the shards of a log that are open. */
#ifndef ARCHIVE_FIND_INT_H
#define ARCHIVE_FIND_INT_H

#include "work/archive/find.h"

struct shard_open {
	int number;
	struct vfile_disk *disk, *second; /* the same folder: a thread each */
	struct archive *archive;
	struct archive_told *told;
};

/* NULL: there is no such shard. */
const struct shard_open *find_shard(const struct find *f, int number);

#endif
