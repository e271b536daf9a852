/* range.c - that a run of leaves is the whole of what a tree holds between two places: the hashes
 * of the complete subtrees outside of it, from the left of the tree to its right. */
#include "kit/merkle/merkle.h"

#include <string.h>

/* The largest power of two below N, which is above 1. */
static uint64_t split(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static bool is_complete(uint64_t n)
{
	return (n & (n - 1)) == 0;
}

/* A walk over the tree of leaves LO to before HI: what is outside is told whole. */
static int prove(const struct merkle_reader *r, const struct merkle_span *span, struct buf *out,
	struct err *e)
{
	uint64_t n = span->hi - span->lo, k;
	struct merkle_span left = *span, right = *span;
	struct merkle_hash hash;
	int rc;

	if (n == 0 || (span->lo >= span->first && span->hi <= span->end))
		return 0;
	if ((span->hi <= span->first || span->lo >= span->end) && is_complete(n)) {
		rc = r->read(r->context, (unsigned)__builtin_ctzll(n), span->lo / n, &hash, e);
		if (rc == 0)
			buf_add(out, (struct str){ (const char *)hash.bytes, sizeof(hash.bytes) });
		return rc;
	}
	k = split(n);
	left.hi = right.lo = span->lo + k;
	rc = prove(r, &left, out, e);
	return rc == 0 ? prove(r, &right, out, e) : rc;
}

int merkle_prove_range(const struct merkle_reader *r, const struct merkle_span *span,
	struct buf *ret_hashes, struct err *e)
{
	int rc = prove(r, span, ret_hashes, e);

	if (rc == 0 && buf_is_full(ret_hashes))
		rc = err_set(e, ERR_LIMIT, "too many hashes for one proof");
	return rc;
}

struct walk {
	const struct merkle_range *range;
	size_t used; /* of the hashes outside */
	struct sha256 *sha;
	struct err *e;
};

/* 1, 0 when the hashes do not suffice, or <0. */
static int root_of(struct walk *w, const struct merkle_span *span, struct merkle_hash *ret)
{
	const struct merkle_range *r = w->range;
	uint64_t n = span->hi - span->lo;
	struct merkle_span left = *span, right = *span;
	struct merkle_hash a, b;
	int rc;

	if ((span->hi <= span->first || span->lo >= span->end) && is_complete(n)) {
		if (w->used == r->outside_count)
			return 0;
		*ret = r->outside[w->used++];
		return 1;
	}
	if (n == 1) {
		rc = r->leaf(r->context, ret, w->e);
		return rc < 0 ? rc : 1;
	}
	left.hi = right.lo = span->lo + split(n);
	rc = root_of(w, &left, &a);
	if (rc == 1)
		rc = root_of(w, &right, &b);
	if (rc == 1)
		merkle_node(w->sha, &a, &b, ret);
	return rc;
}

int merkle_check_range(
	const struct merkle_range *r, const struct merkle_head *head, struct err *e)
{
	struct merkle_span span = { 0, head->size, r->first, r->end };
	struct walk w = { .range = r, .e = e };
	struct merkle_hash root;
	int rc;

	if (r->first >= r->end || r->end > head->size || head->size > MERKLE_SIZE_MAX)
		return 0;
	w.sha = sha256_new();
	rc = root_of(&w, &span, &root);
	sha256_end(w.sha, NULL);
	return rc < 0 ? rc : rc == 1 && w.used == r->outside_count &&
				merkle_equal(&root, &head->root);
}
