/* tree_test.c - the stored hashes against the frontier of kit/merkle, and proofs made from them. */
#include "core/trail/trail.h"
#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

#include <stdlib.h>

#define LEAVES 70000 /* more than one group of groups */

static struct merkle_hash leaf_of(uint64_t index)
{
	struct merkle_hash hash;

	sha256((struct str){ (char *)&index, sizeof(index) }, hash.bytes);
	return hash;
}

static int load_leaves(
	void *context, uint64_t from, size_t count, struct merkle_hash *ret, struct err *e)
{
	assert_true(count <= TREE_GROUP && from / TREE_GROUP == (from + count - 1) / TREE_GROUP);
	for (size_t i = 0; i < count; i++)
		ret[i] = leaf_of(from + i);
	return 0;
}

/* Leaves FROM to TO, held against a frontier all the way. */
static void grow(struct tree *t, struct merkle_frontier *f, uint64_t to)
{
	struct sha256 *s = sha256_new();
	struct merkle_head want, got;
	struct err e = { 0 };

	while (f->size < to) {
		struct merkle_hash hash = leaf_of(f->size);

		assert_true(merkle_append(s, f, &hash));
		assert_int_equal(tree_add(t, &hash, &e), 0);
		if (f->size % 97 != 0 && f->size != to)
			continue;
		merkle_frontier_head(s, f, &want);
		tree_head(t, &got);
		assert_int_equal(got.size, want.size);
		assert_true(merkle_equal(&got.root, &want.root));
	}
	sha256_end(s, NULL);
}

/* In pieces of every size, past the ends of groups: the same tree. */
static void leaves_come_in_pieces(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	static struct merkle_hash leaves[2 * TREE_GROUP + 100];
	struct merkle_frontier f = { 0 };
	struct merkle_head want, got;
	struct sha256 *s = sha256_new();
	struct err e = { 0 };
	struct tree *t;

	assert_int_equal(tree_write(d, 0, &t, &e), 0);
	for (size_t count = 0; count < COUNT(leaves); count++) {
		for (size_t i = 0; i < count; i++) {
			leaves[i] = leaf_of(f.size);
			assert_true(merkle_append(s, &f, &leaves[i]));
		}
		assert_int_equal(tree_add_all(t, leaves, count, &e), 0);
		merkle_frontier_head(s, &f, &want);
		tree_head(t, &got);
		assert_int_equal(got.size, want.size);
		assert_true(merkle_equal(&got.root, &want.root));
	}
	sha256_end(s, NULL);
	tree_close(t);
	vfile_disk_close(d);
}

static void the_head_is_that_of_the_frontier(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct merkle_frontier f = { 0 };
	struct err e = { 0 };
	struct tree *t;

	assert_int_equal(tree_write(d, 0, &t, &e), 0);
	grow(t, &f, LEAVES);
	tree_close(t);
	vfile_disk_close(d);
}

/* Go on from what was synced, after groups that nobody promised. */
static void it_goes_on_after_a_stop(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct merkle_frontier f = { 0 };
	struct err e = { 0 };
	struct tree *t;

	assert_int_equal(tree_write(d, 0, &t, &e), 0);
	for (uint64_t size = 0; size < LEAVES; size += 9 * TREE_GROUP) {
		struct merkle_frontier beyond;

		grow(t, &f, size);
		beyond = f;
		grow(t, &beyond, size + 3 * TREE_GROUP + 11);
		assert_int_equal(tree_sync(t, &e), 0);
		tree_close(t);
		assert_int_equal(tree_write(d, size, &t, &e), 0);
	}
	tree_close(t);
	assert_int_equal(tree_write(d, 300 * TREE_GROUP, &t, &e), ERR_ABSENT);
	assert_int_equal(tree_write(d, 1, &t, &e), ERR_INPUT);
	vfile_disk_close(d);
}

static void proofs_are_made_from_it(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct merkle_frontier f = { 0 };
	struct tree_source source = { .leaves = { load_leaves, NULL } };
	const struct merkle_reader reader = { tree_hash, &source };
	struct merkle_head head, old;
	struct merkle_proof proof;
	struct err e = { 0 };
	struct tree *t;

	assert_int_equal(tree_write(d, 0, &t, &e), 0);
	grow(t, &f, LEAVES);
	assert_int_equal(tree_sync(t, &e), 0);
	tree_head(t, &head);
	tree_close(t);
	assert_int_equal(tree_read(d, LEAVES, &source.tree, &e), 0);
	for (uint64_t i = 0; i < LEAVES; i += i < 600 || i > LEAVES - 600 ? 1 : 311) {
		struct merkle_hash leaf = leaf_of(i);

		assert_int_equal(merkle_prove_inclusion(&reader, i, LEAVES, &proof, &e), 0);
		assert_true(merkle_is_included(&leaf, i, &head, &proof));
		proof.at[0].bytes[0] ^= 1;
		assert_false(merkle_is_included(&leaf, i, &head, &proof));
	}
	for (uint64_t size = 1; size < LEAVES; size += 1013) {
		assert_int_equal(merkle_head_at(&reader, size, &old, &e), 0);
		assert_int_equal(merkle_prove_consistency(&reader, size, LEAVES, &proof, &e), 0);
		assert_true(merkle_is_extended(&old, &head, &proof));
	}
	tree_close(source.tree);
	vfile_disk_close(d);
}

struct growth {
	uint64_t size; /* of which the groups were promised */
	bool is_synced;
};

static void write_growth(struct vfile_disk *record, bool is_synced)
{
	struct err e = { 0 };
	struct tree *t;

	assert_int_equal(tree_write(record, 0, &t, &e), 0);
	for (uint64_t i = 0; i < 8 * TREE_GROUP; i++) {
		struct merkle_hash hash = leaf_of(i);

		assert_int_equal(tree_add(t, &hash, &e), 0);
		if ((i + 1) % (2 * TREE_GROUP) != 0)
			continue;
		if (is_synced)
			assert_int_equal(tree_sync(t, &e), 0);
		vfile_record_mark(record, i + 1);
	}
	if (!is_synced) /* at least written */
		assert_int_equal(tree_sync(t, &e), 0);
	tree_close(t);
}

static bool holds_what_was_promised(
	void *context, struct vfile_disk *d, const struct vfile_crash *crash, struct err *e)
{
	struct merkle_frontier f = { 0 };
	struct merkle_head want, got;
	struct sha256 *s;
	struct tree *t;

	if (tree_write(d, crash->promise, &t, e) < 0)
		return false;
	s = sha256_new();
	while (f.size < crash->promise) {
		struct merkle_hash hash = leaf_of(f.size);

		assert_true(merkle_append(s, &f, &hash));
	}
	merkle_frontier_head(s, &f, &want);
	sha256_end(s, NULL);
	tree_head(t, &got);
	tree_close(t);
	if (!merkle_equal(&got.root, &want.root))
		return err_set(e, ERR_INPUT, "another root") == 0;
	return true;
}

static uint64_t crash_faults(bool is_synced)
{
	struct vfile_disk *memory = vfile_memory_new(), *record = vfile_record_new(memory);
	struct vfile_replay how = { .check = holds_what_was_promised, .states_per_point = 300 };
	struct vfile_replay_result result;

	write_growth(record, is_synced);
	vfile_replay(record, &how, &result);
	vfile_disk_close(record);
	vfile_disk_close(memory);
	assert_true(result.states > 10);
	return result.faults;
}

static void a_power_cut_takes_nothing_promised(void **state)
{
	assert_int_equal(crash_faults(true), 0);
	assert_true(crash_faults(false) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_is_that_of_the_frontier),
		cmocka_unit_test(leaves_come_in_pieces),
		cmocka_unit_test(it_goes_on_after_a_stop),
		cmocka_unit_test(proofs_are_made_from_it),
		cmocka_unit_test(a_power_cut_takes_nothing_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
