/* merkle.h - floor 2: the tree of RFC 6962 and RFC 9162 over SHA-256, its proofs, and its form
 * as files (C2SP tlog-tiles). The texts that carry heads and proofs are in note.h.
 *
 * A tree of SIZE leaves is never held whole. Who appends keeps a frontier; who proves reads
 * hashes of complete subtrees from wherever they are stored; who verifies needs nothing but
 * heads and proofs. A subtree of height H and index I stands over the leaves from I * 2^H to (I
 * + 1) * 2^H.
 *
 * Hashing takes a struct sha256 of the caller's, so that a leaf costs no memory; one at a time. */
#ifndef KIT_MERKLE_H
#define KIT_MERKLE_H

#include "kit/crypto/crypto.h"

#define MERKLE_SIZE_MAX (UINT64_C(1) << 62)
#define MERKLE_PROOF_MAX 63 /* enough for every tree of that size; C2SP allows no more */

struct merkle_hash {
	unsigned char bytes[SHA256_SIZE];
};

/* What is signed of a tree. */
struct merkle_head {
	uint64_t size;
	struct merkle_hash root;
};

/* From the bottom of the tree to its top. */
struct merkle_proof {
	size_t count;
	struct merkle_hash at[MERKLE_PROOF_MAX];
};

void merkle_leaf(struct sha256 *s, struct str entry, struct merkle_hash *ret);
/* Of COUNT entries, sooner than one after the other. */
void merkle_leaves(const struct str *entries, size_t count, struct merkle_hash *ret);
/* RET may be LEFT or RIGHT. */
void merkle_node(struct sha256 *s, const struct merkle_hash *left, const struct merkle_hash *right,
	struct merkle_hash *ret);
void merkle_empty(struct merkle_hash *ret); /* the root of no leaves */
bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b);

/* The right edge of a growing tree: the subtree of height H is there when bit H of SIZE is set. All
 * zeros is the tree of no leaves. */
struct merkle_frontier {
	uint64_t size;
	struct merkle_hash at[63];
};

/* False when the tree is full. */
MUST_CHECK bool merkle_append(
	struct sha256 *s, struct merkle_frontier *f, const struct merkle_hash *leaf);
/* COUNT leaves, sooner than one after the other. LEAVES has room for one more and is used up. */
MUST_CHECK bool merkle_append_all(
	struct merkle_frontier *f, struct merkle_hash *leaves, size_t count);
/* 2^HEIGHT leaves at once, by their root. False when SIZE is no multiple of 2^HEIGHT. */
MUST_CHECK bool merkle_append_subtree(struct sha256 *s, struct merkle_frontier *f, unsigned height,
	const struct merkle_hash *root);
void merkle_frontier_head(
	struct sha256 *s, const struct merkle_frontier *f, struct merkle_head *ret);

/* Where complete subtrees come from. READ returns 0 or ERR_*; it is asked only for subtrees that
 * lie whole within the size of the question. */
struct merkle_reader {
	int (*read)(void *context, unsigned height, uint64_t index, struct merkle_hash *ret,
		struct err *e);
	void *context;
};

/* The head a tree had when it held SIZE leaves. */
MUST_CHECK int merkle_head_at(
	const struct merkle_reader *r, uint64_t size, struct merkle_head *ret, struct err *e);
/* That leaf INDEX is in the tree of SIZE leaves; INDEX < SIZE. */
MUST_CHECK int merkle_prove_inclusion(const struct merkle_reader *r, uint64_t index, uint64_t size,
	struct merkle_proof *ret, struct err *e);
/* That the tree of SIZE leaves begins with the tree of OLD_SIZE leaves; OLD_SIZE <= SIZE. */
MUST_CHECK int merkle_prove_consistency(const struct merkle_reader *r, uint64_t old_size,
	uint64_t size, struct merkle_proof *ret, struct err *e);

/* The proof holds. Nothing is taken on trust: an index or size out of place, a hash too many or too
 * few, an old size above the new one, a tree of no leaves with another root than merkle_empty() are
 * all false. The size of HEAD must come from a signature: the proof alone does not fix it. */
MUST_CHECK bool merkle_is_included(const struct merkle_hash *leaf, uint64_t index,
	const struct merkle_head *head, const struct merkle_proof *proof);
MUST_CHECK bool merkle_is_extended(const struct merkle_head *old, const struct merkle_head *head,
	const struct merkle_proof *proof);

/* A run of leaves, FIRST to before END, with the complete subtrees outside of it from left to
 * right: who has it has every leaf of the run, none left out. */
struct merkle_range {
	uint64_t first, end;
	/* The next leaf of the run, FIRST to begin with; <0 ends the walk. */
	int (*leaf)(void *context, struct merkle_hash *ret, struct err *e);
	void *context;
	const struct merkle_hash *outside;
	size_t outside_count;
};
/* Of the tree LO to before HI (0 and its size to begin with); 0 <= FIRST < END <= HI. */
struct merkle_span {
	uint64_t lo, hi, first, end;
};
/* The hashes outside, SHA256_SIZE bytes each. */
MUST_CHECK int merkle_prove_range(const struct merkle_reader *r, const struct merkle_span *span,
	struct buf *ret_hashes, struct err *e);
/* 1: it holds; 0: it does not; <0: what leaf() said. Nothing is taken on trust, as above. No leaf
 * is kept, however long the run. */
MUST_CHECK int merkle_check_range(
	const struct merkle_range *r, const struct merkle_head *head, struct err *e);

/* Tiles: 256 hashes side by side, level 0 being leaves, each hash of level L + 1 the root of a full
 * tile of level L; and bundles of the entries themselves. */
#define TILE_WIDTH 256
#define TILE_BYTES (TILE_WIDTH * SHA256_SIZE)
#define TILE_LEVELS 8
#define TILE_ENTRIES 64 /* a level beyond all levels: the bundle of entries */
#define TILE_PATH_SIZE 64

struct tile {
	unsigned level; /* 0 to 63, or TILE_ENTRIES */
	uint64_t index;
	unsigned width; /* 1 to 256; below 256 it is partial */
};

/* "tile/0/x001/x234/067.p/8"; TEXT has TILE_PATH_SIZE bytes and is returned. */
const char *tile_path(const struct tile *t, char *text);
/* Only the one spelling of the specification. */
bool tile_parse(struct str path, struct tile *ret);
/* How wide the tile is in a tree of SIZE leaves; 0: it is not there. */
unsigned tile_width(unsigned level, uint64_t index, uint64_t size);

/* Tiles as a merkle_reader: { tile_read, &tiles }. LOAD fills RET, t->width hashes. */
struct tile_reader {
	int (*load)(void *context, const struct tile *t, unsigned char *ret, struct err *e);
	void *context;
	uint64_t size; /* of the tree */
	struct sha256 *sha256;
};
int tile_read(void *tiles, unsigned height, uint64_t index, struct merkle_hash *ret, struct err *e);

/* Bundles: each entry with its length before it. An entry has at most 65,535 bytes. */
MUST_CHECK int bundle_add(struct buf *out, struct str entry, struct err *e);
/* Take the next entry off *REST: 1, or 0 at the end, or ERR_INPUT. */
MUST_CHECK int bundle_next(struct str *rest, struct str *ret, struct err *e);

#endif
