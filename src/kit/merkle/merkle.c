/* merkle.c - hashes and the growing tree. */
#include "kit/merkle/merkle.h"

#define HEIGHT_MAX 62
#define PAIRS 64

void merkle_leaf(struct sha256 *s, struct str entry, struct merkle_hash *ret)
{
	sha256_add(s, (struct str){ "\0", 1 });
	sha256_add(s, entry);
	sha256_next(s, ret->bytes);
}

void merkle_leaves(const struct str *entries, size_t count, struct merkle_hash *ret)
{
	sha256_each(0, entries, count, ret->bytes);
}

void merkle_node(struct sha256 *s, const struct merkle_hash *left, const struct merkle_hash *right,
	struct merkle_hash *ret)
{
	char bytes[1 + 2 * SHA256_SIZE] = { 1 };

	memcpy(bytes + 1, left->bytes, SHA256_SIZE);
	memcpy(bytes + 1 + SHA256_SIZE, right->bytes, SHA256_SIZE);
	sha256_add(s, (struct str){ bytes, sizeof(bytes) });
	sha256_next(s, ret->bytes);
}

void merkle_empty(struct merkle_hash *ret)
{
	sha256(STR(""), ret->bytes);
}

bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b)
{
	return memcmp(a->bytes, b->bytes, SHA256_SIZE) == 0;
}

bool merkle_append(struct sha256 *s, struct merkle_frontier *f, const struct merkle_hash *leaf)
{
	return merkle_append_subtree(s, f, 0, leaf);
}

bool merkle_append_subtree(struct sha256 *s, struct merkle_frontier *f, unsigned height,
	const struct merkle_hash *root)
{
	struct merkle_hash hash = *root;
	uint64_t leaves = height <= HEIGHT_MAX ? UINT64_C(1) << height : 0;

	if (leaves == 0 || f->size % leaves != 0 || leaves > MERKLE_SIZE_MAX - f->size)
		return false;
	/* As in adding one to a binary number: each set bit is carried upwards. */
	for (; f->size >> height & 1; height++)
		merkle_node(s, &f->at[height], &hash, &hash);
	f->at[height] = hash;
	f->size += leaves;
	return true;
}

/* Each two neighbours from AT on become one, at the place of the first half of them. */
static void join(struct merkle_hash *at, size_t pairs)
{
	struct str both[PAIRS];

	for (size_t from = 0, n; from < pairs; from += n) {
		n = pairs - from < PAIRS ? pairs - from : PAIRS;
		for (size_t i = 0; i < n; i++)
			both[i] = (struct str){ (const char *)at[2 * (from + i)].bytes,
				2 * SHA256_SIZE };
		sha256_each(1, both, n, at[from].bytes);
	}
}

bool merkle_append_all(struct merkle_frontier *f, struct merkle_hash *leaves, size_t count)
{
	uint64_t size = f->size;

	if (count > MERKLE_SIZE_MAX - size)
		return false;
	f->size += count;
	/* One level after the other: who stands there already comes before the new ones, and who is
	 * left without a neighbour stays. */
	for (unsigned height = 0; count > 0; height++) {
		if (size >> height & 1) {
			memmove(leaves + 1, leaves, count * sizeof(*leaves));
			leaves[0] = f->at[height];
			count++;
		}
		if (count % 2)
			f->at[height] = leaves[count - 1];
		count /= 2;
		join(leaves, count);
	}
	return true;
}

void merkle_frontier_head(
	struct sha256 *s, const struct merkle_frontier *f, struct merkle_head *ret)
{
	bool is_first = true;

	ret->size = f->size;
	if (f->size == 0)
		merkle_empty(&ret->root);
	for (unsigned h = 0; h <= HEIGHT_MAX; h++) {
		if (!(f->size >> h & 1))
			continue;
		if (is_first)
			ret->root = f->at[h];
		else
			merkle_node(s, &f->at[h], &ret->root, &ret->root);
		is_first = false;
	}
}
