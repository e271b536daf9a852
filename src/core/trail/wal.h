/* wal.h - floor 3: where entries are durable first: append, commit, read (docs/formats/log.md).
 * One process writes a log, any number read it at the same time, each by its own reader.
 *
 * The disk given is the shard's folder; the names are below "wal/". A writer hashes what it takes,
 * so that its head can be held against the one that the sealing process computes from the disk. */
#ifndef CORE_TRAIL_WAL_H
#define CORE_TRAIL_WAL_H

#include "core/trail/leaf.h"
#include "kit/merkle/merkle.h"
#include "kit/vfile/vfile.h"

#define WAL_FILE_BYTES (32 * MIB)
#define WAL_BATCH_BYTES (1 * MIB)

struct wal;

/* Make the folder, or find what is there: the valid beginning of the newest file is written anew,
 * synced, and gone on with. *RET is yours. ERR_LIMIT: the disk is full; ERR_INPUT: a file that is
 * none of ours, or one that is damaged where it was durable; nothing is changed then. */
MUST_CHECK int wal_open(struct vfile_disk *d, struct wal **ret, struct err *e);
/* The same with files of about FILE_BYTES, which are taken from the disk at once: small ones for
 * a short run, or for thousands of disks in a test. */
MUST_CHECK int wal_open_sized(
	struct vfile_disk *d, uint64_t file_bytes, struct wal **ret, struct err *e);
/* Cuts the file to its content. What was not committed is lost. NULL is fine; returns NULL. */
struct wal *wal_close(struct wal *w);

/* All files together take no byte more than BYTES from now on; what does not fit is a full disk.
 * 0: no bound. */
void wal_limit(struct wal *w, uint64_t bytes);

/* Take an entry into the batch; its bytes are copied. It is not durable yet. ERR_LIMIT: the batch
 * is full, commit first; ERR_INPUT: too long. */
MUST_CHECK int wal_add(struct wal *w, const struct leaf *leaf, struct err *e);
/* What was added is on the disk when this returns 0, and may be acknowledged. ERR_LIMIT: the disk
 * is full; the batch is kept, try again when there is room. Any other failure: the writer is done
 * with; nothing of the batch may be acknowledged; close it, open it again. */
MUST_CHECK int wal_commit(struct wal *w, struct err *e);

/* Is there room for more lines? A new file is begun when the one at hand is nearly full. ERR_LIMIT:
 * there is none for another file; what is left at the end of this one is for a last batch, and for
 * what a log must be able to say when it is full, so that it can be sealed and make room. Any other
 * failure: as of wal_commit(). */
MUST_CHECK int wal_room(struct wal *w, struct err *e);

/* The next entry begins a file of its own, so that those before may go (wal_drop). What was added
 * is committed. Failures as of wal_room(). */
MUST_CHECK int wal_turn(struct wal *w, struct err *e);

uint64_t wal_size(const struct wal *w); /* entries on the disk: the index after the last of them */
uint64_t wal_next(const struct wal *w); /* the index that the next wal_add() gives */
void wal_head(const struct wal *w, struct merkle_head *ret); /* of the entries on the disk */
size_t wal_batch_bytes(const struct wal *w);

/* Of the files: the index of the oldest entry kept. ERR_ABSENT: no file. */
MUST_CHECK int wal_oldest(struct vfile_disk *d, uint64_t *ret, struct err *e);
/* Where the file behind the one that holds INDEX begins. ERR_ABSENT: the newest one holds it. */
MUST_CHECK int wal_after(struct vfile_disk *d, uint64_t index, uint64_t *ret, struct err *e);
/* Remove the files whose entries all have an index below KEEP; the newest file stays. */
MUST_CHECK int wal_drop(struct vfile_disk *d, uint64_t keep, struct err *e);
/* Bytes of all files, as the disk counts their length. */
MUST_CHECK int wal_bytes(struct vfile_disk *d, uint64_t *ret, struct err *e);

struct wal_reader;

/* Read from index FROM on. ERR_ABSENT: it is older than what is kept, or newer than the next. */
MUST_CHECK int wal_reader_open(
	struct vfile_disk *d, uint64_t from, struct wal_reader **ret, struct err *e);
struct wal_reader *wal_reader_close(struct wal_reader *r); /* NULL is fine; returns NULL */
/* The next entry; it lives until the next call. 1, or 0 when SIZE entries have been read or no
 * whole record follows yet (with SIZE from who writes, 0 before SIZE cannot happen: a record that
 * is not there, torn or false is ERR_INPUT). UINT64_MAX: read what is there, promised or not. */
MUST_CHECK int wal_read(struct wal_reader *r, uint64_t size, struct str *ret_entry, struct err *e);
/* After 0 from wal_read(): past a damaged record, when its length leads to a whole one. */
bool wal_reader_skip(struct wal_reader *r);
uint64_t wal_reader_next(const struct wal_reader *r); /* index of the next entry */

#endif
