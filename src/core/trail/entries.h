/* entries.h - floor 3: the entries of a shard by their index, wherever they stand: for proofs,
 * which need a few leaf hashes again. */
#ifndef CORE_TRAIL_ENTRIES_H
#define CORE_TRAIL_ENTRIES_H

#include "core/trail/segments.h"
#include "core/trail/tree.h"
#include "core/trail/wal.h"

struct entries {
	struct vfile_disk *disk;
	const struct trail_segments *segments; /* NULL: only write-ahead files are looked into */
};

/* For struct tree_leaves: { entries_hash, &entries }. */
int entries_hash(
	void *context, uint64_t from, size_t count, struct merkle_hash *ret, struct err *e);

/* The newest checkpoint of the shard, and proofs from it. */
struct trail_proof {
	struct str note; /* in A */
	struct merkle_head head;
	struct merkle_proof path;
};
/* That it goes on from the first OLD_SIZE leaves. ERR_INPUT: it has fewer. */
MUST_CHECK int entries_prove_growth(const struct entries *x, uint64_t old_size, struct arena *a,
	struct trail_proof *ret, struct err *e);

#endif
