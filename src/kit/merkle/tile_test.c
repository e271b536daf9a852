/* tile_test.c - paths, widths and contents of C2SP tlog-tiles. */
#include "kit/merkle/merkle.h"
#include "test/unit.h"

static void path_is(unsigned level, uint64_t index, unsigned width, const char *want)
{
	struct tile t = { level, index, width }, back;
	char text[TILE_PATH_SIZE];

	assert_string_equal(tile_path(&t, text), want);
	assert_true(tile_parse(str_of(want), &back));
	assert_true(back.level == level && back.index == index && back.width == width);
}

/* The index 1234067 is the example of c2sp.org/tlog-tiles, "Merkle Tree". */
static void a_path_has_one_spelling(void **state)
{
	static const char *const bad[] = { "", "tile", "tile/", "tile/0", "tile/0/", "tile/0/1",
		"tile/0/x001", "tile/0/x000/001", "tile/0/001/002", "tile/00/001", "tile/64/001",
		"tile/-1/001", "tile/0/001.p/0", "tile/0/001.p/256", "tile/0/001.p/01",
		"tile/0/001.p/", "tile/0/001.p", "tile/0/001.p/5/6", "tile/0/x001.p/5/234",
		"tile/0/001/", "/tile/0/001", "tile/data/001",
		"tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/+01", "tile/0/x001/x234/0670",
		"tile/3/5/x123/x456/078", "tile/entries/01", "tile/0/001.p/-5" };
	struct tile t;

	path_is(0, 1234067, 256, "tile/0/x001/x234/067");
	path_is(0, 1234067, 8, "tile/0/x001/x234/067.p/8");
	path_is(63, 0, 255, "tile/63/000.p/255");
	path_is(1, 1000, 256, "tile/1/x001/000");
	path_is(TILE_ENTRIES, 999, 256, "tile/entries/999");
	path_is(TILE_ENTRIES, 0, 1, "tile/entries/000.p/1");
	path_is(0, MERKLE_SIZE_MAX, 1, "tile/0/x004/x611/x686/x018/x427/x387/904.p/1");
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(tile_parse(str_of(bad[i]), &t));
}

/* The example of c2sp.org/tlog-tiles, "Partial Tiles": a tree of 70,000 leaves, and one of 256. */
static void the_widths_of_the_specification(void **state)
{
	assert_int_equal(tile_width(0, 272, 70000), 256);
	assert_int_equal(tile_width(0, 273, 70000), 112);
	assert_int_equal(tile_width(0, 274, 70000), 0);
	assert_int_equal(tile_width(TILE_ENTRIES, 273, 70000), 112);
	assert_int_equal(tile_width(1, 0, 70000), 256);
	assert_int_equal(tile_width(1, 1, 70000), 17);
	assert_int_equal(tile_width(2, 0, 70000), 1);
	assert_int_equal(tile_width(3, 0, 70000), 0);
	assert_int_equal(tile_width(0, 0, 256), 256);
	assert_int_equal(tile_width(0, 1, 256), 0);
	assert_int_equal(tile_width(1, 0, 256), 1);
	assert_int_equal(tile_width(8, 0, UINT64_MAX), 0);
	assert_int_equal(tile_width(63, 0, UINT64_MAX), 0);
	assert_int_equal(tile_width(0, UINT64_MAX, 70000), 0);
}

#define LEAVES 70000
#define WIDE (LEAVES / TILE_WIDTH + 1)

struct shelf {
	struct merkle_hash leaves[LEAVES];
	struct merkle_hash level1[WIDE];
	uint64_t loads;
};

static int load_tile(void *context, const struct tile *t, unsigned char *ret, struct err *e)
{
	struct shelf *shelf = context;
	const struct merkle_hash *from = t->level == 0 ? shelf->leaves : shelf->level1;

	if (t->level == 2) /* of width 1: the root of the first 65,536 leaves */
		return err_set(e, ERR_ABSENT, "not on the shelf");
	memcpy(ret, from + t->index * TILE_WIDTH, t->width * sizeof(*from));
	shelf->loads++;
	return 0;
}

static void fill_shelf(struct sha256 *s, struct shelf *shelf, struct merkle_frontier *f)
{
	struct merkle_frontier small = { 0 };
	struct merkle_head head;

	for (uint32_t i = 0; i < LEAVES; i++) {
		merkle_leaf(s, (struct str){ (const char *)&i, sizeof(i) }, &shelf->leaves[i]);
		assert_true(merkle_append(s, f, &shelf->leaves[i]));
		assert_true(merkle_append(s, &small, &shelf->leaves[i]));
		if (small.size < TILE_WIDTH)
			continue;
		merkle_frontier_head(s, &small, &head);
		shelf->level1[i / TILE_WIDTH] = head.root;
		small.size = 0;
	}
}

static void proofs_come_from_tiles(void **state)
{
	static struct shelf shelf;
	static const uint64_t sizes[] = { 1, 255, 256, 257, 512, 4097, 65535, 65537, 69999 };
	struct sha256 *s = sha256_new();
	struct tile_reader tiles = { load_tile, &shelf, LEAVES, s };
	struct merkle_reader r = { tile_read, &tiles };
	struct merkle_frontier f = { 0 };
	struct merkle_head head, old;
	struct merkle_proof p;
	struct merkle_hash hash;
	struct err e = { 0 };

	fill_shelf(s, &shelf, &f);
	merkle_frontier_head(s, &f, &head);
	tiles.size = 65536 - 1; /* without the tile of level 2 */
	assert_int_equal(merkle_head_at(&r, 65535, &old, &e), 0);
	tiles.size = LEAVES;
	/* A reader that cannot find a tile says so and is believed. */
	assert_int_equal(merkle_prove_inclusion(&r, LEAVES - 1, LEAVES, &p, &e), ERR_ABSENT);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		uint64_t index = sizes[i] - 1;

		if (index >= 65536)
			continue;
		assert_int_equal(merkle_prove_inclusion(&r, index, LEAVES, &p, &e), 0);
		assert_true(merkle_is_included(&shelf.leaves[index], index, &head, &p));
		if (sizes[i] >= 65536)
			continue;
		assert_int_equal(merkle_head_at(&r, sizes[i], &old, &e), 0);
		assert_int_equal(merkle_prove_consistency(&r, sizes[i], LEAVES, &p, &e), 0);
		assert_true(merkle_is_extended(&old, &head, &p));
	}
	assert_true(shelf.loads > 0);
	assert_int_equal(tile_read(&tiles, 0, LEAVES, &hash, &e), ERR_INPUT);
	assert_int_equal(tile_read(&tiles, 63, 0, &hash, &e), ERR_INPUT);
	assert_int_equal(tile_read(&tiles, 7, UINT64_MAX, &hash, &e), ERR_INPUT);
	sha256_end(s, NULL);
}

static void bundles_come_back(void **state)
{
	static char large[65536];
	struct str rest, entry;
	struct err e = { 0 };
	struct buf b;

	buf_init(&b, MIB);
	assert_int_equal(bundle_add(&b, STR("một"), &e), 0);
	assert_int_equal(bundle_add(&b, STR(""), &e), 0);
	assert_int_equal(bundle_add(&b, (struct str){ large, 65535 }, &e), 0);
	assert_int_equal(bundle_add(&b, (struct str){ large, 65536 }, &e), ERR_LIMIT);
	rest = buf_str(&b);
	assert_int_equal(bundle_next(&rest, &entry, &e), 1);
	assert_true(str_is(entry, "một"));
	assert_int_equal(bundle_next(&rest, &entry, &e), 1);
	assert_int_equal(entry.len, 0);
	assert_int_equal(bundle_next(&rest, &entry, &e), 1);
	assert_int_equal(entry.len, 65535);
	assert_int_equal(bundle_next(&rest, &entry, &e), 0);
	rest = STR("\0");
	assert_int_equal(bundle_next(&rest, &entry, &e), ERR_INPUT);
	rest = STR("\0\2a");
	assert_int_equal(bundle_next(&rest, &entry, &e), ERR_INPUT);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_has_one_spelling),
		cmocka_unit_test(the_widths_of_the_specification),
		cmocka_unit_test(proofs_come_from_tiles),
		cmocka_unit_test(bundles_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
