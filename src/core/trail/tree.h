/* tree.h - floor 3: the stored hashes of a log's tree (docs/formats/log.md, "The tree"): of each
 * full group of 256, 65,536 … leaves one. One process writes, any number read. The disk given is
 * the shard's folder; the files are "tree/1" to "tree/7". */
#ifndef CORE_TRAIL_TREE_H
#define CORE_TRAIL_TREE_H

#include "kit/merkle/merkle.h"
#include "kit/vfile/vfile.h"

#define TREE_LEVELS 7
#define TREE_GROUP 256

struct tree;

/* To write on from SIZE leaves, a multiple of TREE_GROUP: what stands in the files beyond it is cut
 * off. ERR_ABSENT: they hold less. *RET is yours. */
MUST_CHECK int tree_write(struct vfile_disk *d, uint64_t size, struct tree **ret, struct err *e);
/* To read the hashes of a tree of SIZE leaves. */
MUST_CHECK int tree_read(struct vfile_disk *d, uint64_t size, struct tree **ret, struct err *e);
struct tree *tree_close(struct tree *t); /* syncs nothing; NULL is fine; returns NULL */

uint64_t tree_size(const struct tree *t);
MUST_CHECK int tree_add(struct tree *t, const struct merkle_hash *leaf, struct err *e);
MUST_CHECK int tree_add_all(
	struct tree *t, const struct merkle_hash *leaves, size_t count, struct err *e);
/* All full groups are on the disk when this returns 0. */
MUST_CHECK int tree_sync(struct tree *t, struct err *e);
/* Do its files stand under their names still, as long as they were written? ERR_SYSTEM: no, what is
 * written goes to a file that nobody will find. */
MUST_CHECK int tree_check(const struct tree *t, struct err *e);
/* Of a tree that is written: the head over all that was added. */
void tree_head(const struct tree *t, struct merkle_head *ret);

/* Who makes leaf hashes again: COUNT of them, from FROM on, all in one group. */
struct tree_leaves {
	int (*load)(
		void *context, uint64_t from, size_t count, struct merkle_hash *ret, struct err *e);
	void *context;
};

/* For merkle_head_at() and the proofs: { tree_hash, &source }. Only what lies within the tree's
 * size. LEAVES may be left empty when no hash below a whole group is asked for. */
struct tree_source {
	struct tree *tree;
	struct tree_leaves leaves;
};
int tree_hash(
	void *source, unsigned height, uint64_t index, struct merkle_hash *ret, struct err *e);

#endif
