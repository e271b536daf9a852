/* merkle_test.c - the tree against published hashes, against a second implementation
 * (tests/unit/merkle_model.py), and every small tree whole: each proof holds, each mutated one
 * fails. */
#include "kit/merkle/merkle.h"
#include "kit/merkle/merkle_model.h"
#include "test/unit.h"

#define SIZES 64

/* All complete subtrees of a tree of SIZES + 1 leaves, and its heads at all sizes. */
struct forest {
	struct sha256 *sha256;
	struct merkle_hash at[7][SIZES + 1];
	struct merkle_head heads[SIZES + 2];
	unsigned complete[7];
};

static struct forest forest;

static int read_forest(
	void *context, unsigned height, uint64_t index, struct merkle_hash *ret, struct err *e)
{
	assert_true(height < 7 && index < forest.complete[height]);
	*ret = forest.at[height][index];
	return 0;
}

#define RANGE_SIZES 33

static const struct merkle_reader reader = { read_forest, NULL };

static int grow_forest(void **state)
{
	struct merkle_frontier f = { 0 };
	char text[16];

	forest.sha256 = sha256_new();
	for (unsigned i = 0; i <= SIZES; i++) {
		merkle_frontier_head(forest.sha256, &f, &forest.heads[i]);
		snprintf(text, sizeof(text), "%u", i);
		merkle_leaf(forest.sha256, str_of(text), &forest.at[0][i]);
		assert_true(merkle_append(forest.sha256, &f, &forest.at[0][i]));
	}
	merkle_frontier_head(forest.sha256, &f, &forest.heads[SIZES + 1]);
	forest.complete[0] = SIZES + 1;
	for (unsigned h = 1; h < 7; h++)
		for (unsigned i = 0; i < forest.complete[h - 1] / 2; i++)
			merkle_node(forest.sha256, &forest.at[h - 1][2 * i],
				&forest.at[h - 1][2 * i + 1], &forest.at[h][forest.complete[h]++]);
	return 0;
}

static int fell_forest(void **state)
{
	sha256_end(forest.sha256, NULL);
	return 0;
}

static void is_hex(const unsigned char *bytes, const char *want)
{
	char hex[SHA256_HEX_SIZE];

	assert_string_equal(hex_of(bytes, SHA256_SIZE, hex), want);
}

/* The eight leaves and the roots that Certificate Transparency projects test with: LeafInputs()
 * and RootHashes() of github.com/transparency-dev/merkle, testonly/constants.go; the hash of a
 * lone leaf and node: its rfc6962/rfc6962_test.go. */
static void the_tree_of_certificate_transparency(void **state)
{
	static const struct str leaves[] = { { "", 0 }, { "\0", 1 }, { "\x10", 1 },
		{ "\x20\x21", 2 }, { "01", 2 }, { "@ABC", 4 }, { "PQRSTUVW", 8 },
		{ "`abcdefghijklmno", 16 } };
	static const char *const roots[] = {
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	struct merkle_frontier f = { 0 };
	struct merkle_hash hash, left, right;
	struct merkle_head head;
	struct sha256 *s = sha256_new();

	for (size_t i = 0;; i++) {
		merkle_frontier_head(s, &f, &head);
		is_hex(head.root.bytes, roots[i]);
		assert_int_equal(head.size, i);
		if (i == COUNT(leaves))
			break;
		merkle_leaf(s, leaves[i], &hash);
		assert_true(merkle_append(s, &f, &hash));
	}
	merkle_leaf(s, STR("L123456"), &hash);
	is_hex(hash.bytes, "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
	/* The test of that project hashes two pieces of four bytes as children. */
	sha256_add(s, STR("\1N123N456"));
	sha256_next(s, hash.bytes);
	is_hex(hash.bytes, "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb");
	merkle_leaf(s, leaves[0], &left);
	merkle_leaf(s, leaves[1], &right);
	merkle_node(s, &left, &right, &left);
	is_hex(left.bytes, roots[2]);
	sha256_end(s, NULL);
}

/* The figure of RFC 6962 section 2.1.3, seven leaves: a to f and j are the leaf hashes d0 to d6;
 * which nodes each proof holds is said there word for word. */
static void the_example_of_the_standard(void **state)
{
	struct merkle_hash *d = forest.at[0], *g = &forest.at[1][0], *h = &forest.at[1][1],
			   *i = &forest.at[1][2], *k = &forest.at[2][0], l;
	struct merkle_proof p;
	struct err e = { 0 };

	merkle_node(forest.sha256, i, &d[6], &l);
	assert_int_equal(merkle_prove_inclusion(&reader, 0, 7, &p, &e), 0); /* [b, h, l] */
	assert_true(p.count == 3 && merkle_equal(&p.at[0], &d[1]) && merkle_equal(&p.at[1], h) &&
		merkle_equal(&p.at[2], &l));
	assert_int_equal(merkle_prove_inclusion(&reader, 3, 7, &p, &e), 0); /* [c, g, l] */
	assert_true(p.count == 3 && merkle_equal(&p.at[0], &d[2]) && merkle_equal(&p.at[1], g) &&
		merkle_equal(&p.at[2], &l));
	assert_int_equal(merkle_prove_inclusion(&reader, 4, 7, &p, &e), 0); /* [f, j, k] */
	assert_true(p.count == 3 && merkle_equal(&p.at[0], &d[5]) &&
		merkle_equal(&p.at[1], &d[6]) && merkle_equal(&p.at[2], k));
	assert_int_equal(merkle_prove_inclusion(&reader, 6, 7, &p, &e), 0); /* [i, k] */
	assert_true(p.count == 2 && merkle_equal(&p.at[0], i) && merkle_equal(&p.at[1], k));

	assert_int_equal(merkle_prove_consistency(&reader, 3, 7, &p, &e), 0); /* [c, d, g, l] */
	assert_true(p.count == 4 && merkle_equal(&p.at[0], &d[2]) &&
		merkle_equal(&p.at[1], &d[3]) && merkle_equal(&p.at[2], g) &&
		merkle_equal(&p.at[3], &l));
	assert_int_equal(merkle_prove_consistency(&reader, 4, 7, &p, &e), 0); /* [l] */
	assert_true(p.count == 1 && merkle_equal(&p.at[0], &l));
	assert_int_equal(merkle_prove_consistency(&reader, 6, 7, &p, &e), 0); /* [i, j, k] */
	assert_true(p.count == 3 && merkle_equal(&p.at[0], i) && merkle_equal(&p.at[1], &d[6]) &&
		merkle_equal(&p.at[2], k));
}

static void add_proof(struct sha256 *s, const struct merkle_proof *p)
{
	char count = (char)p->count;

	sha256_add(s, (struct str){ &count, 1 });
	sha256_add(s, (struct str){ (const char *)p->at, p->count * SHA256_SIZE });
}

/* Roots and all proofs of trees of up to 64 leaves are what the second implementation makes. */
static void a_second_implementation_agrees(void **state)
{
	struct sha256 *included = sha256_new(), *extended = sha256_new();
	unsigned char digest[SHA256_SIZE];
	struct merkle_head head;
	struct merkle_proof p;
	struct err e = { 0 };

	assert_int_equal(COUNT(model), SIZES + 1);
	for (uint64_t size = 0; size <= SIZES; size++) {
		assert_int_equal(merkle_head_at(&reader, size, &head, &e), 0);
		is_hex(head.root.bytes, model[size].root);
		is_hex(forest.heads[size].root.bytes, model[size].root);
		for (uint64_t i = 0; i < size; i++) {
			assert_int_equal(merkle_prove_inclusion(&reader, i, size, &p, &e), 0);
			add_proof(included, &p);
			assert_int_equal(merkle_prove_consistency(&reader, i + 1, size, &p, &e), 0);
			add_proof(extended, &p);
		}
		sha256_next(included, digest);
		is_hex(digest, model[size].inclusion);
		sha256_next(extended, digest);
		is_hex(digest, model[size].consistency);
	}
	sha256_end(included, NULL);
	sha256_end(extended, NULL);
}

/* Every bit of BYTES turned when IS_EACH, else one bit of every fourth byte, each place in its
 * turn: each time the proof must fail. With EACH_BIT_SIZES 64 the test takes ten seconds and
 * passes too. */
#define TURN_BITS(bytes, size, is_each, holds) \
	for (size_t bit = 0; bit < 8 * (size); bit++) { \
		if (!(is_each) && bit % 32 != bit / 32 % 32) \
			continue; \
		((unsigned char *)(bytes))[bit / 8] ^= (unsigned char)(1u << bit % 8); \
		assert_false(holds); \
		((unsigned char *)(bytes))[bit / 8] ^= (unsigned char)(1u << bit % 8); \
	}

#define EACH_BIT_SIZES 16
#define DEEP 1024 /* leaves of a tree with more levels than any here */

static void spoil_inclusion(uint64_t index, uint64_t size, struct merkle_proof *p)
{
	struct merkle_head head = forest.heads[size];
	struct merkle_hash leaf = forest.at[0][index];
	bool is_each = size <= EACH_BIT_SIZES;

	assert_true(merkle_is_included(&leaf, index, &head, p));
	TURN_BITS(
		p->at, p->count * SHA256_SIZE, is_each, merkle_is_included(&leaf, index, &head, p));
	TURN_BITS(&head.root, SHA256_SIZE, is_each, merkle_is_included(&leaf, index, &head, p));
	TURN_BITS(&leaf, SHA256_SIZE, is_each, merkle_is_included(&leaf, index, &head, p));
	for (uint64_t i = 0; i <= SIZES + 1; i++) {
		if (i != index)
			assert_false(merkle_is_included(&leaf, i, &head, p));
		if (i != size)
			assert_false(merkle_is_included(&leaf, index, &forest.heads[i], p));
		if (i != index && i <= SIZES)
			assert_false(merkle_is_included(&forest.at[0][i], index, &head, p));
	}
	head.size = DEEP; /* the root of a small tree passed off as that of a large one */
	assert_false(merkle_is_included(&leaf, index, &head, p));
	head.size = size;
	p->at[p->count++] = leaf;
	assert_false(merkle_is_included(&leaf, index, &head, p));
	p->count--;
	if (p->count > 0) {
		p->count--;
		assert_false(merkle_is_included(&leaf, index, &head, p));
		memmove(p->at, p->at + 1, p->count * SHA256_SIZE);
		assert_false(merkle_is_included(&leaf, index, &head, p));
	}
}

static void every_leaf_of_every_small_tree(void **state)
{
	struct merkle_proof p;
	struct err e = { 0 };

	for (uint64_t size = 1; size <= SIZES; size++)
		for (uint64_t i = 0; i < size; i++) {
			assert_int_equal(merkle_prove_inclusion(&reader, i, size, &p, &e), 0);
			spoil_inclusion(i, size, &p);
		}
	assert_int_equal(merkle_prove_inclusion(&reader, 5, 5, &p, &e), ERR_INPUT);
	assert_int_equal(merkle_prove_inclusion(&reader, 0, 0, &p, &e), ERR_INPUT);
}

static void spoil_consistency(uint64_t old_size, uint64_t size, struct merkle_proof *p)
{
	struct merkle_head old = forest.heads[old_size], head = forest.heads[size];
	bool is_each = size <= EACH_BIT_SIZES;

	assert_true(merkle_is_extended(&old, &head, p));
	TURN_BITS(p->at, p->count * SHA256_SIZE, is_each, merkle_is_extended(&old, &head, p));
	TURN_BITS(&old.root, SHA256_SIZE, is_each, merkle_is_extended(&old, &head, p));
	if (old_size > 0)
		TURN_BITS(&head.root, SHA256_SIZE, is_each, merkle_is_extended(&old, &head, p));
	for (uint64_t i = 0; i <= SIZES + 1; i++) {
		bool is_old_other = i != old_size, is_new_other = i != size && old_size > 0;

		/* Two equal heads and no hash at all prove each other; so does the empty tree. */
		if (is_old_other && !(p->count == 0 && (i == size || i == 0)))
			assert_false(merkle_is_extended(&forest.heads[i], &head, p));
		if (is_new_other && !(p->count == 0 && i == old_size))
			assert_false(merkle_is_extended(&old, &forest.heads[i], p));
	}
	head.size = old_size > 0 ? DEEP : 0;
	assert_false(merkle_is_extended(&old, &head, p) && size > 0);
	head.size = size;
	p->at[p->count++] = head.root;
	assert_false(merkle_is_extended(&old, &head, p));
	p->count--;
	if (p->count > 0) {
		p->count--;
		assert_false(merkle_is_extended(&old, &head, p));
		memmove(p->at, p->at + 1, p->count * SHA256_SIZE);
		assert_false(merkle_is_extended(&old, &head, p));
	}
}

static void every_growth_of_every_small_tree(void **state)
{
	struct merkle_proof p;
	struct err e = { 0 };

	for (uint64_t size = 0; size <= SIZES; size++)
		for (uint64_t old = 0; old <= size; old++) {
			assert_int_equal(merkle_prove_consistency(&reader, old, size, &p, &e), 0);
			spoil_consistency(old, size, &p);
		}
	assert_int_equal(merkle_prove_consistency(&reader, 6, 5, &p, &e), ERR_INPUT);
}

/* Two heads of one root, the old one larger: a single hash would seem to prove it. */
static int next_leaf(void *context, struct merkle_hash *ret, struct err *e)
{
	const struct merkle_hash **next = context;

	(void)e;
	*ret = *(*next)++;
	return 0;
}

/* Is the run FIRST to END of the tree taken, with one leaf or one hash changed as told? */
static bool takes_range(const struct merkle_span *span, int leaf, int hash, int more)
{
	struct merkle_hash leaves[RANGE_SIZES], outside[64];
	const struct merkle_hash *next = leaves;
	struct merkle_head head;
	struct merkle_range r = { span->first, span->end, next_leaf, &next, outside, 0 };
	struct buf hashes;
	bool is_taken;
	struct err e;

	buf_init(&hashes, sizeof(outside));
	assert_int_equal(merkle_head_at(&reader, span->hi, &head, &e), 0);
	assert_int_equal(merkle_prove_range(&reader, span, &hashes, &e), 0);
	memset(outside, 0, sizeof(outside));
	if (hashes.len)
		memcpy(outside, hashes.ptr, hashes.len);
	r.outside_count = (size_t)((int)(hashes.len / SHA256_SIZE) + more);
	for (uint64_t i = span->first; i < span->end; i++)
		assert_int_equal(read_forest(NULL, 0, i, &leaves[i - span->first], &e), 0);
	if (leaf >= 0)
		leaves[leaf].bytes[7] ^= 1;
	if (hash >= 0)
		outside[hash].bytes[7] ^= 1;
	is_taken = r.outside_count <= 64 && merkle_check_range(&r, &head, &e) == 1;
	buf_done(&hashes);
	return is_taken;
}

static void every_run_of_every_small_tree(void **state)
{
	for (uint64_t size = 1; size <= RANGE_SIZES; size++)
		for (uint64_t first = 0; first < size; first++)
			for (uint64_t end = first + 1; end <= size; end++) {
				struct merkle_span span = { 0, size, first, end };
				bool has_outside = first > 0 || end < size;

				assert_true(takes_range(&span, -1, -1, 0));
				assert_false(takes_range(&span, (int)((end - first) / 2), -1, 0));
				assert_false(takes_range(&span, -1, -1, 1));
				if (!has_outside)
					continue;
				assert_false(takes_range(&span, -1, 0, 0));
				assert_false(takes_range(&span, -1, -1, -1));
			}
}

static void a_tree_never_shrinks(void **state)
{
	struct merkle_hash root = forest.heads[7].root;
	struct merkle_proof p = { 1, { root } };

	for (uint64_t old_size = 0; old_size <= SIZES; old_size++)
		for (uint64_t size = 0; size < old_size; size++) {
			struct merkle_head old = { old_size, root }, head = { size, root };

			p.count = 1;
			assert_false(merkle_is_extended(&old, &head, &p));
			p.count = 0;
			assert_false(merkle_is_extended(&old, &head, &p));
		}
}

/* Sizes at the edges of 64 bits, and counts of hashes no tree has. */
static void absurd_claims_fail(void **state)
{
	static struct merkle_proof p;
	static const uint64_t sizes[] = { 0, 1, 2, MERKLE_SIZE_MAX - 1, MERKLE_SIZE_MAX,
		MERKLE_SIZE_MAX + 1, INT64_MAX, UINT64_MAX };
	struct merkle_head old, head;
	struct merkle_frontier f = { .size = MERKLE_SIZE_MAX };
	struct err e = { 0 };

	for (p.count = 0; p.count <= MERKLE_PROOF_MAX + 1; p.count++)
		for (size_t i = 0; i < COUNT(sizes); i++)
			for (size_t j = 0; j < COUNT(sizes); j++) {
				old = (struct merkle_head){ sizes[i], { { 1 } } };
				head = (struct merkle_head){ sizes[j], { { 2 } } };
				assert_false(merkle_is_extended(&old, &head, &p));
				assert_false(merkle_is_included(&old.root, sizes[i], &head, &p));
			}
	assert_false(merkle_append(forest.sha256, &f, &old.root));
	assert_false(merkle_append_all(&f, &old.root, 1));
	assert_int_equal(merkle_head_at(&reader, MERKLE_SIZE_MAX + 1, &head, &e), ERR_LIMIT);
}

/* A tree built from roots of subtrees is the tree built leaf by leaf. */
static void subtrees_are_appended_whole(void **state)
{
	struct merkle_frontier f = { 0 };
	struct merkle_head head;

	assert_true(merkle_append_subtree(forest.sha256, &f, 5, &forest.at[5][0]));
	assert_false(merkle_append_subtree(forest.sha256, &f, 6, &forest.at[6][0]));
	assert_true(merkle_append_subtree(forest.sha256, &f, 4, &forest.at[4][2]));
	assert_false(merkle_append_subtree(forest.sha256, &f, 5, &forest.at[5][1]));
	assert_true(merkle_append_subtree(forest.sha256, &f, 4, &forest.at[4][3]));
	assert_true(merkle_append(forest.sha256, &f, &forest.at[0][64]));
	assert_false(merkle_append_subtree(forest.sha256, &f, 1, &forest.at[1][0]));
	assert_false(merkle_append_subtree(forest.sha256, &f, 64, &forest.at[1][0]));
	merkle_frontier_head(forest.sha256, &f, &head);
	assert_true(merkle_equal(&head.root, &forest.heads[65].root));
}

/* However many come together: onto every small tree, every number of them. */
static void leaves_are_appended_together(void **state)
{
	struct merkle_hash leaves[SIZES + 2];
	struct merkle_head head;

	for (uint64_t from = 0; from <= SIZES; from++)
		for (uint64_t count = 0; from + count <= SIZES + 1; count++) {
			struct merkle_frontier f = { 0 };

			for (uint64_t i = 0; i < from; i++)
				assert_true(merkle_append(forest.sha256, &f, &forest.at[0][i]));
			memcpy(leaves, &forest.at[0][from], count * sizeof(*leaves));
			assert_true(merkle_append_all(&f, leaves, count));
			merkle_frontier_head(forest.sha256, &f, &head);
			assert_int_equal(head.size, from + count);
			assert_true(merkle_equal(&head.root, &forest.heads[from + count].root));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tree_of_certificate_transparency),
		cmocka_unit_test(the_example_of_the_standard),
		cmocka_unit_test(a_second_implementation_agrees),
		cmocka_unit_test(every_leaf_of_every_small_tree),
		cmocka_unit_test(every_growth_of_every_small_tree),
		cmocka_unit_test(every_run_of_every_small_tree),
		cmocka_unit_test(a_tree_never_shrinks),
		cmocka_unit_test(absurd_claims_fail),
		cmocka_unit_test(subtrees_are_appended_whole),
		cmocka_unit_test(leaves_are_appended_together),
	};

	return cmocka_run_group_tests(tests, grow_forest, fell_forest);
}
