/* wal_write.h - private to core/trail: the writer of write-ahead files, between its making
 * (wal_open.c) and its work (wal.c). */
#ifndef TRAIL_WAL_WRITE_H
#define TRAIL_WAL_WRITE_H

#include "core/trail/wal_int.h"

struct wal {
	struct vfile_disk *disk;
	uint64_t file_bytes;                  /* of a full file */
	uint64_t limit_bytes;                 /* of all files; 0: no bound */
	struct vfile file;                    /* the newest */
	uint64_t first;                       /* its first index */
	uint64_t end_bytes;                   /* of its content */
	struct merkle_frontier durable, next; /* next: with what is hashed of the batch */
	struct sha256 *sha256;
	bool is_failed;
	bool has_ghost; /* a file that was not made may come back after a power cut */
	size_t batch_len, batch_count;
	size_t hashed_len, hashed_count; /* of the batch */
	unsigned char *batch;
};

int wal_file_make(struct vfile_disk *d, const char *name, const struct merkle_frontier *edge,
	uint64_t file_bytes, struct vfile *ret, struct err *e);

#endif
