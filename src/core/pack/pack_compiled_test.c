/* The form made when the program was built: the same trees that parsing gives, and only for the
 * same bytes. */
#include "core/pack/pack_compiled.h"
#include "test/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena arena;

static int set_up(void **state)
{
	arena_init(&arena, 64 * MIB);
	return 0;
}

static int tear_down(void **state)
{
	arena_done(&arena);
	return 0;
}

static void assert_str(struct str a, struct str b)
{
	assert_true(str_eq(a, b));
	assert_int_equal(a.ptr == NULL, b.ptr == NULL);
}

/* Both trees node for node; how many there are. */
static size_t assert_same(const struct yaml_node *a, const struct yaml_node *b)
{
	size_t count = 1, children = 0;

	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->is_plain, b->is_plain);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->column, b->column);
	assert_int_equal(a->key_line, b->key_line);
	assert_int_equal(a->key_column, b->key_column);
	assert_str(a->key, b->key);
	assert_str(a->text, b->text);
	assert_int_equal(a->count, b->count);
	if (a->kind == YAML_TEXT)
		assert_int_equal(a->text.ptr[a->text.len], '\0');
	for (a = a->first, b = b->first; a && b; a = a->next, b = b->next, children++)
		count += assert_same(a, b);
	assert_null(a);
	assert_null(b);
	return count;
}

static struct str slurp(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *bytes = arena_alloc(&arena, LIMIT_PACK_FILE_BYTES);
	ssize_t len = read(fd, bytes, LIMIT_PACK_FILE_BYTES);

	assert_true(len > 0);
	assert_int_equal(close(fd), 0);
	return (struct str){ bytes, (size_t)len };
}

struct seen {
	size_t files, nodes;
};

/* Every file that a narrow set reads, as it stands in the folder now. */
static void see(struct pack_load *load, const unsigned char *digest, const struct yaml_node *given)
{
	struct seen *seen = load->seen_context;
	struct str bytes = slurp(arena_fmt(&arena, "%s/%s", load->dir, load->file).ptr);
	char *thin = arena_cstr(&arena, bytes);
	unsigned char again[SHA256_SIZE];
	struct parse_fault fault;
	struct yaml_node *parsed, *compiled = pack_compiled_tree(load->file, digest, &arena);

	sha256(bytes, again);
	assert_memory_equal(digest, again, SHA256_SIZE);
	assert_non_null(compiled);
	if (load->wanted)
		bytes.len = pack_thin(thin, bytes.len, load->wanted);
	assert_int_equal(parse_yaml((struct str){ thin, bytes.len }, &arena, &fault, &parsed), 0);
	seen->nodes += assert_same(compiled, parsed);
	assert_same(given, parsed);
	again[SHA256_SIZE - 1] ^= 1;
	assert_null(pack_compiled_tree(load->file, again, &arena));
	assert_null(pack_compiled_tree("law/pack.yaml", digest, &arena));
	seen->files++;
	arena_done(&arena);
	arena_init(&arena, 64 * MIB);
}

static void what_was_compiled_is_what_parsing_gives(void **state)
{
	const char *source = getenv("KHIEN_SOURCE");
	struct pack_set *set = calloc(1, sizeof(*set));
	struct seen seen = { 0 };
	char dir[4096];
	struct pack_load load = { .set = set,
		.dir = dir,
		.is_narrow = true,
		.is_partial = true,
		.seen = see,
		.seen_context = &seen };
	struct err e;

	assert_non_null(set);
	snprintf(dir, sizeof(dir), "%s/packs", source ? source : ".");
	arena_init(&set->arena, LIMIT_PACK_MEMORY_BYTES);
	arena_init(&load.work, LIMIT_PACK_MEMORY_BYTES);
	assert_int_equal(pack_load_all(&load, &e), 0);
	assert_int_equal(seen.files, pack_compiled.file_count);
	assert_true(seen.files > 40 && seen.nodes > 5000);
	arena_done(&load.work);
	pack_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_compiled_is_what_parsing_gives),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
