/* fuzz_yaml.c - the strict YAML reader. Beyond not crashing: what it accepts keeps the promises of
 * parse.h about its shape. */
#include "kit/parse/parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const struct yaml_node *node, int depth)
{
	size_t nodes = 1, children = 0;

	if (depth > LIMIT_YAML_DEPTH + 1 || node->line < 1 || node->column < 1)
		abort();
	if (node->kind == YAML_TEXT && (!node->text.ptr || node->first))
		abort();
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		if (node->kind == YAML_MAP && yaml_get(node, child->key.ptr) != child)
			abort();
		nodes += walk(child, depth + 1);
		children++;
	}
	if (children != node->count)
		abort();
	return nodes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct parse_fault fault = { 0 };
	struct yaml_node *root;

	arena_init(&a, 64 * MIB);
	if (parse_yaml((struct str){ (const char *)data, size }, &a, &fault, &root) == 0) {
		if (walk(root, 1) > LIMIT_YAML_NODES + 1)
			abort();
	} else if (!fault.words || fault.line < 1 || fault.column < 1) {
		abort();
	}
	arena_done(&a);
	return 0;
}
