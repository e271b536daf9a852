/* prove.h - what is known of the seal of a log, and the proof of one line: a file that whoever has
 * the log's public key can check without the log (C2SP tlog-proof). */
#ifndef ARCHIVE_PROVE_H
#define ARCHIVE_PROVE_H

#include "kit/merkle/merkle.h"
#include "work/archive/find.h"

struct prove_seal {
	char origin[200];
	uint64_t size;       /* lines that the newest checkpoint covers */
	size_t cosignatures; /* signatures of the note by others; nobody checked them here */
	int64_t last_ns;     /* received: the newest line it covers; 0: unknown */
};
/* ERR_ABSENT: it was never sealed. */
MUST_CHECK int prove_seal(struct find *f, int shard, struct prove_seal *ret, struct err *e);

/* The whole note, in A. ERR_ABSENT: it was never sealed. */
MUST_CHECK int prove_note(
	struct find *f, int shard, struct arena *a, struct str *ret, struct err *e);

/* The proof of the line at PLACE, in OUT. ERR_ABSENT: no such line; ERR_CONFLICT: it is not sealed
 * yet. What was written holds: it was checked against the checkpoint. */
MUST_CHECK int prove_line(struct find *f, struct find_place place, struct buf *out, struct err *e);

/* Every entry received in the time that TIMES asks for, one more at either side, and that none is
 * missing: docs/formats/range.md, made while it is taken; however long the time, no more than a
 * piece is kept. F lives longer. ERR_ABSENT: nothing there; ERR_CONFLICT: not sealed yet. */
struct prove_range;
MUST_CHECK int prove_range_open(
	struct find *f, struct query *times, struct prove_range **ret, struct err *e);
/* More of it behind what is in OUT, which should have room for PROVE_PIECE_BYTES. 1: go on; 0: that
 * was all. <0: what was taken so far is no proof; ERR_ABSENT: an entry is not here any more. */
#define PROVE_PIECE_BYTES (640 * KIB)
MUST_CHECK int prove_range_next(struct prove_range *r, struct buf *out, struct err *e);
/* Count those that Q asks for as they are told, whatever the indices of closed segments say; Q
 * lives as long as R. */
void prove_range_count(struct prove_range *r, struct query *q);
uint64_t prove_range_hits(const struct prove_range *r);
/* Entries told, and all of them. */
void prove_range_stat(const struct prove_range *r, uint64_t *ret_done, uint64_t *ret_all);
struct prove_range *prove_range_close(struct prove_range *r); /* NULL is fine; returns NULL */

/* A tree_leaves of an archive. */
int prove_leaf_hashes(
	void *archive, uint64_t from, size_t count, struct merkle_hash *ret, struct err *e);

#endif
