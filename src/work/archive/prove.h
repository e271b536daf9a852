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
 * missing: docs/formats/range.md, in OUT. All of it must lie in one shard. ERR_ABSENT: nothing
 * there; ERR_CONFLICT: not sealed yet; ERR_LIMIT: more than OUT holds. */
#define PROVE_RANGE_BYTES (384 * MIB)
MUST_CHECK int prove_times(struct find *f, struct query *times, struct buf *out, struct err *e);

/* A tree_leaves of an archive. */
int prove_leaf_hashes(
	void *archive, uint64_t from, size_t count, struct merkle_hash *ret, struct err *e);

#endif
