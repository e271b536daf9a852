/* fuzz_pack.c - the readers, the linker and the rules of packs, without a disk: the input is the
 * files of a law pack and a checks pack, parted by lines of three dashes. */
#include "core/pack/pack_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef void read_root(struct pack_load *load, const struct yaml_node *root);

static read_root *const readers[] = {
	pack_load_header,
	pack_load_clauses,
	pack_load_params,
	pack_load_roles,
	pack_load_obligations,
	pack_load_header,
	pack_load_catalogue,
	pack_load_questions,
};
static const char *const files[] = {
	"law/pack.yaml",
	"law/clauses.yaml",
	"law/params.yaml",
	"law/roles.yaml",
	"law/obligations/d.yaml",
	"checks/pack.yaml",
	"checks/catalogue.yaml",
	"checks/linux/c.yaml",
};
static_assert(COUNT(readers) == COUNT(files), "a file for each reader");
#define FIRST_OF_CHECKS 5

static struct str next_file(struct str *rest)
{
	ptrdiff_t at = str_find(*rest, STR("\n---\n"));
	struct str file = at < 0 ? *rest : str_until(*rest, (size_t)at + 1);

	*rest = at < 0 ? STR("") : str_from(*rest, (size_t)at + 5);
	return file;
}

static void load_one(struct pack_load *load, struct pack_rows *rows, size_t i, struct str text)
{
	struct parse_fault fault;
	struct yaml_node *root;
	struct arena tree;

	load->file = files[i];
	load->pack = &load->set->packs[i >= FIRST_OF_CHECKS];
	load->rows = &rows[i >= FIRST_OF_CHECKS];
	arena_init(&tree, 64 * MIB);
	if (parse_yaml(text, &tree, &fault, &root) == 0)
		readers[i](load, root);
	arena_done(&tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pack_set *set = calloc(1, sizeof(*set));
	struct pack_load load = { .set = set, .dir = "." };
	struct pack_rows rows[2] = { 0 };
	struct str rest = { (const char *)data, size };

	if (!set)
		abort();
	arena_init(&set->arena, LIMIT_PACK_MEMORY_BYTES);
	arena_init(&load.work, LIMIT_PACK_MEMORY_BYTES);
	set->count = 2;
	set->packs = arena_array(&set->arena, struct pack, set->count);
	for (size_t i = 0; i < COUNT(readers); i++)
		load_one(&load, rows, i, next_file(&rest));
	set->packs[0].id = STR("law");
	set->packs[1].id = STR("checks");
	load.rows = rows;
	pack_link(&load);
	pack_check_all(&load);
	for (size_t i = 0; i < load.faults.len; i++)
		if (pack_fault_text(&load.faults.at[i], LANG_VI, &load.work).len == 0)
			abort();
	arena_done(&load.work);
	pack_set_free(set);
	return 0;
}
