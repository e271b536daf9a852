/* proof.c - making proofs from stored hashes (RFC 6962 section 2.1), verifying them (RFC 9162
 * sections 2.1.3.2 and 2.1.4.2). */
#include "kit/merkle/merkle.h"

/* The root over the leaves FROM to TO, the left part of some complete subtree that begins at FROM:
 * one complete subtree for each bit of the count, folded from the right. */
static int read_range(const struct merkle_reader *r, struct sha256 *s, uint64_t from, uint64_t to,
	struct merkle_hash *ret, struct err *e)
{
	uint64_t count = to - from;
	bool is_first = true;

	for (unsigned h = 0; count >> h != 0; h++) {
		uint64_t start = from + (count >> h >> 1 << h << 1);
		struct merkle_hash hash;
		int rc;

		if (!(count >> h & 1))
			continue;
		rc = r->read(r->context, h, start >> h, &hash, e);
		if (rc != 0)
			return rc;
		if (is_first)
			*ret = hash;
		else
			merkle_node(s, &hash, ret, ret);
		is_first = false;
	}
	return 0;
}

int merkle_head_at(
	const struct merkle_reader *r, uint64_t size, struct merkle_head *ret, struct err *e)
{
	struct merkle_head head = { .size = size };
	struct sha256 *s;
	int rc;

	if (size > MERKLE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "no tree has that many leaves");
	merkle_empty(&head.root);
	s = sha256_new();
	rc = read_range(r, s, 0, size, &head.root, e);
	sha256_end(s, NULL);
	if (rc == 0)
		*ret = head;
	return rc;
}

/* The largest power of two below COUNT; COUNT > 1. */
static uint64_t split(uint64_t count)
{
	return UINT64_C(1) << (63 - __builtin_clzll(count - 1));
}

static int add_range(const struct merkle_reader *r, struct sha256 *s, uint64_t from, uint64_t to,
	struct merkle_proof *p, struct err *e)
{
	return read_range(r, s, from, to, &p->at[p->count++], e);
}

/* Proofs are found from the top down and told from the bottom up. */
static void turn(struct merkle_proof *p)
{
	for (size_t i = 0; i < p->count / 2; i++) {
		struct merkle_hash hash = p->at[i];

		p->at[i] = p->at[p->count - 1 - i];
		p->at[p->count - 1 - i] = hash;
	}
}

int merkle_prove_inclusion(const struct merkle_reader *r, uint64_t index, uint64_t size,
	struct merkle_proof *ret, struct err *e)
{
	uint64_t from = 0, to = size;
	struct sha256 *s;
	int rc = 0;

	if (index >= size || size > MERKLE_SIZE_MAX)
		return err_set(e, ERR_INPUT, "there is no such leaf in the tree");
	ret->count = 0;
	s = sha256_new();
	while (rc == 0 && to - from > 1) {
		uint64_t middle = from + split(to - from);

		if (index < middle) {
			rc = add_range(r, s, middle, to, ret, e);
			to = middle;
		} else {
			rc = add_range(r, s, from, middle, ret, e);
			from = middle;
		}
	}
	sha256_end(s, NULL);
	turn(ret);
	return rc;
}

int merkle_prove_consistency(const struct merkle_reader *r, uint64_t old_size, uint64_t size,
	struct merkle_proof *ret, struct err *e)
{
	uint64_t from = 0, to = size;
	struct sha256 *s;
	int rc = 0;

	if (old_size > size || size > MERKLE_SIZE_MAX)
		return err_set(e, ERR_INPUT, "a tree does not begin with a larger one");
	ret->count = 0;
	if (old_size == 0)
		return 0;
	s = sha256_new();
	while (rc == 0 && old_size != to) {
		uint64_t middle = from + split(to - from);

		if (old_size <= middle) {
			rc = add_range(r, s, middle, to, ret, e);
			to = middle;
		} else {
			rc = add_range(r, s, from, middle, ret, e);
			from = middle;
		}
	}
	/* What is left is a part of both trees; when it is the whole old one, its root is known. */
	if (rc == 0 && from > 0)
		rc = add_range(r, s, from, to, ret, e);
	sha256_end(s, NULL);
	turn(ret);
	return rc;
}

bool merkle_is_included(const struct merkle_hash *leaf, uint64_t index,
	const struct merkle_head *head, const struct merkle_proof *proof)
{
	uint64_t at = index, last = head->size - 1;
	struct merkle_hash hash = *leaf;
	struct sha256 *s;
	size_t i = 0;

	if (head->size > MERKLE_SIZE_MAX || index >= head->size || proof->count > MERKLE_PROOF_MAX)
		return false;
	s = sha256_new();
	for (; i < proof->count && last != 0; i++) {
		if (at & 1 || at == last) {
			merkle_node(s, &proof->at[i], &hash, &hash);
			for (; !(at & 1) && at != 0; at >>= 1)
				last >>= 1;
		} else {
			merkle_node(s, &hash, &proof->at[i], &hash);
		}
		at >>= 1;
		last >>= 1;
	}
	sha256_end(s, NULL);
	return i == proof->count && last == 0 && merkle_equal(&hash, &head->root);
}

/* 0 < old->size < head->size. */
static bool is_grown(const struct merkle_head *old, const struct merkle_head *head,
	const struct merkle_proof *proof)
{
	uint64_t at = old->size - 1, last = head->size - 1;
	bool is_whole = (old->size & at) == 0; /* then the old root itself is the first node */
	struct merkle_hash before, after;
	struct sha256 *s;
	size_t i = is_whole ? 0 : 1;

	if (proof->count == 0)
		return false;
	before = after = is_whole ? old->root : proof->at[0];
	for (; at & 1; at >>= 1)
		last >>= 1;
	s = sha256_new();
	for (; i < proof->count && last != 0; i++) {
		if (at & 1 || at == last) {
			merkle_node(s, &proof->at[i], &before, &before);
			merkle_node(s, &proof->at[i], &after, &after);
			for (; !(at & 1) && at != 0; at >>= 1)
				last >>= 1;
		} else {
			merkle_node(s, &after, &proof->at[i], &after);
		}
		at >>= 1;
		last >>= 1;
	}
	sha256_end(s, NULL);
	return i == proof->count && last == 0 && merkle_equal(&before, &old->root) &&
		merkle_equal(&after, &head->root);
}

static bool is_empty(const struct merkle_head *head)
{
	struct merkle_hash empty;

	merkle_empty(&empty);
	return head->size == 0 && merkle_equal(&head->root, &empty);
}

bool merkle_is_extended(const struct merkle_head *old, const struct merkle_head *head,
	const struct merkle_proof *proof)
{
	if (old->size > head->size || head->size > MERKLE_SIZE_MAX ||
		proof->count > MERKLE_PROOF_MAX)
		return false;
	if (old->size == 0)
		return proof->count == 0 && is_empty(old) && (head->size > 0 || is_empty(head));
	if (old->size == head->size)
		return proof->count == 0 && merkle_equal(&old->root, &head->root);
	return is_grown(old, head, proof);
}
