/* From the form that was made when the program was built, back to trees. */
#include "core/pack/pack_compiled.h"

#include <string.h>

static const struct compiled_file *find(const char *path, const unsigned char *sha256)
{
	for (size_t i = 0; i < pack_compiled.file_count; i++) {
		const struct compiled_file *file = &pack_compiled.files[i];

		if (memcmp(file->sha256, sha256, SHA256_SIZE) == 0 && strcmp(file->path, path) == 0)
			return file;
	}
	return NULL;
}

static void fill(struct yaml_node *node, const struct compiled_node *from)
{
	const char *texts = pack_compiled.texts;

	*node = (struct yaml_node){ .kind = from->kind,
		.is_plain = from->is_plain,
		.line = from->line,
		.column = from->column,
		.key_line = from->key_line,
		.key_column = from->key_column,
		.count = from->count };
	if (from->key_len > 0)
		node->key = (struct str){ texts + from->key_at, from->key_len };
	if (from->kind == YAML_TEXT)
		node->text = (struct str){ texts + from->text_at, from->text_len };
}

struct open_node {
	struct yaml_node **tail;
	size_t left; /* children to come */
};

struct yaml_node *pack_compiled_tree(const char *path, const unsigned char *sha256, struct arena *a)
{
	const struct compiled_file *file = find(path, sha256);
	struct open_node open[LIMIT_YAML_DEPTH + 1];
	struct yaml_node *nodes;
	size_t depth = 0;

	if (!file)
		return NULL;
	nodes = arena_array(a, struct yaml_node, file->node_count);
	for (size_t i = 0; i < file->node_count; i++) {
		fill(&nodes[i], &pack_compiled.nodes[file->node_at + i]);
		while (depth > 0 && open[depth - 1].left == 0)
			depth--;
		if (depth > 0) {
			*open[depth - 1].tail = &nodes[i];
			open[depth - 1].tail = &nodes[i].next;
			open[depth - 1].left--;
		}
		if (nodes[i].kind != YAML_TEXT) {
			assert(depth < COUNT(open));
			open[depth++] = (struct open_node){ &nodes[i].first, nodes[i].count };
		}
	}
	return nodes;
}
