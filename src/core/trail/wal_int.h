/* wal_int.h - private to core/trail: the write-ahead files as bytes, for their writer and
 * their readers. */
#ifndef TRAIL_WAL_INT_H
#define TRAIL_WAL_INT_H

#include "core/trail/bytes.h"
#include "core/trail/wal.h"

#define WAL_FOLDER "wal"
#define WAL_HEADER_BYTES 4096
#define WAL_FRAME_BYTES 8 /* length before an entry, check after it */
#define WAL_RECORD_MAX (LEAF_BYTES_MAX + WAL_FRAME_BYTES)
#define WAL_NAME_SIZE 40
#define WAL_READ_BYTES (256 * KIB)

/* "wal/00000000000000000042.wal" */
const char *wal_name(uint64_t first, char *ret_name);

/* First indices of the files, oldest first, in A; whatever else stands in the folder is passed
 * over. No folder is no file. */
MUST_CHECK int wal_list(struct vfile_disk *d, struct arena *a, uint64_t **ret_first,
	size_t *ret_count, struct err *e);

/* The edge of the tree before the first entry; its size is the first index. */
void wal_header_write(const struct merkle_frontier *edge, unsigned char *ret);
/* ERR_INPUT: not the header of the file that begins with index FIRST. */
MUST_CHECK int wal_header_read(
	const unsigned char *bytes, uint64_t first, struct merkle_frontier *ret, struct err *e);

/* Of a file whose header is not whole: no record is behind it. It is being made, or was when the
 * power went. */
bool wal_is_unborn(struct vfile *f);

/* The record at the beginning of BYTES: its size, 0 when no whole and sound one stands there. */
size_t wal_record(struct str bytes, struct str *ret_entry);

#endif
