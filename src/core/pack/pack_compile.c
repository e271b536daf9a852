/* pack_compile PACKS OUT.c DEPENDS - run by the build: what a narrow set reads of the folder PACKS,
 * as the tables of pack_compiled.h, and for ninja the files it hangs on. A file with a fault or
 * with numbers beyond the tables' is left out: the one who loads it parses it and may say so. */
#include "core/pack/pack_compiled.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX_BYTES (8 * MIB)
#define SHORT_WORD 24

struct word {
	struct str text;
	size_t at;
};

struct making {
	struct arena arena;
	FILE *out, *depends;
	VEC(struct compiled_file) files;
	VEC(struct word) words; /* short ones, put before */
	struct buf texts;
	size_t nodes;
	bool fits; /* the file being put, into the numbers of a struct compiled_node */
};

/* Where S stands in the one text, with a NUL byte after it. Short words come again and again. */
static size_t put_text(struct making *m, struct str s)
{
	size_t at = m->texts.len;

	for (size_t i = 0; s.len < SHORT_WORD && i < m->words.len; i++)
		if (str_eq(m->words.at[i].text, s))
			return m->words.at[i].at;
	buf_add(&m->texts, s);
	buf_add_char(&m->texts, '\0');
	if (s.len < SHORT_WORD)
		vec_push(&m->arena, &m->words, ((struct word){ arena_str(&m->arena, s), at }));
	return at;
}

static void put_node(struct making *m, const struct yaml_node *n)
{
	bool is_text = n->kind == YAML_TEXT;

	m->fits = m->fits && n->column <= UINT16_MAX && n->line <= UINT16_MAX &&
		n->count <= UINT16_MAX && n->key_column <= UINT8_MAX && n->key.len <= UINT8_MAX;
	fprintf(m->out, "\t{ %d, %d, %zu, %d, %d, %d, %d, %zu, %zu, %zu, %zu },\n", (int)n->kind,
		n->is_plain, n->key.len, n->key_column, n->line, n->key_line, n->column, n->count,
		n->key.len ? put_text(m, n->key) : 0, is_text ? put_text(m, n->text) : 0,
		is_text ? n->text.len : 0);
	m->nodes++;
}

/* A node, then its children, in the order of the text. */
static void put_tree(struct making *m, const struct yaml_node *root)
{
	const struct yaml_node *open[LIMIT_YAML_DEPTH + 1], *n = root;
	size_t depth = 0;

	while (n) {
		put_node(m, n);
		if (n->first) {
			assert(depth < COUNT(open));
			open[depth++] = n;
			n = n->first;
			continue;
		}
		while (!n->next && depth > 0)
			n = open[--depth];
		n = n->next;
	}
}

static void take(struct pack_load *load, const unsigned char *sha256, const struct yaml_node *root)
{
	struct making *m = load->seen_context;
	struct compiled_file *file;

	m->fits = strlen(load->file) < sizeof(file->path);
	if (!m->fits)
		return;
	file = vec_add(&m->arena, &m->files);
	memcpy(file->path, load->file, strlen(load->file));
	memcpy(file->sha256, sha256, SHA256_SIZE);
	file->node_at = (uint32_t)m->nodes;
	put_tree(m, root);
	file->node_count = (uint32_t)(m->nodes - file->node_at);
	if (!m->fits)
		m->files.len--;
}

static void put_files(struct making *m)
{
	fputs("};\n\nstatic const struct compiled_file files[] = {\n", m->out);
	for (size_t i = 0; i < m->files.len; i++) {
		const struct compiled_file *file = &m->files.at[i];

		fprintf(m->out, "\t{ \"%s\", {", file->path);
		for (size_t n = 0; n < SHA256_SIZE; n++)
			fprintf(m->out, " %d,", file->sha256[n]);
		fprintf(m->out, " }, %u, %u },\n", file->node_at, file->node_count);
	}
	fputs("};\n\nstatic const char texts[] = {\n", m->out);
	for (size_t i = 0; i < m->texts.len; i++)
		fprintf(m->out, "%d,%s", m->texts.ptr[i], i % 20 == 19 ? "\n" : "");
	fputs("\n};\n\nconst struct compiled pack_compiled = {\n"
	      "\tfiles, COUNT(files), nodes, texts,\n};\n",
		m->out);
}

/* Files and the folders they stand in: a new file is seen by its folder. */
static void put_depends(struct making *m, const char *packs, const char *out)
{
	fprintf(m->depends, "%s: %s", out, packs);
	for (size_t i = 0; i < m->files.len; i++) {
		const char *path = m->files.at[i].path;

		fprintf(m->depends, " %s/%s %s/%.*s", packs, path, packs,
			(int)(strrchr(path, '/') - path), path);
	}
	fputc('\n', m->depends);
}

static int compile(struct making *m, const char *packs, const char *out)
{
	struct pack_set *set = calloc(1, sizeof(*set));
	struct pack_load load = { .set = set,
		.dir = packs,
		.is_narrow = true,
		.is_partial = true,
		.seen = take,
		.seen_context = m };
	struct err e;
	int status;

	if (!set)
		abort();
	arena_init(&set->arena, LIMIT_PACK_MEMORY_BYTES);
	arena_init(&load.work, LIMIT_PACK_MEMORY_BYTES);
	fputs("#include \"core/pack/pack_compiled.h\"\n\n"
	      "static const struct compiled_node nodes[] = {\n",
		m->out);
	status = pack_load_all(&load, &e);
	if (status < 0)
		fprintf(stderr, "pack_compile: %s\n", e.text);
	put_files(m);
	put_depends(m, packs, out);
	arena_done(&load.work);
	pack_set_free(set);
	return status < 0 || m->files.len == 0 || buf_is_full(&m->texts) || ferror(m->out);
}

int main(int argc, char **argv)
{
	struct making m = { 0 };
	int status;

	if (argc != 4) {
		fputs("usage: pack_compile PACKS OUT.c DEPENDS\n", stderr);
		return 2;
	}
	m.out = fopen(argv[2], "we");
	m.depends = fopen(argv[3], "we");
	if (!m.out || !m.depends) {
		fprintf(stderr, "pack_compile: cannot write: %s\n", strerror(errno));
		return 1;
	}
	arena_init(&m.arena, 64 * MIB);
	buf_init(&m.texts, TEXTS_MAX_BYTES);
	status = compile(&m, argv[1], argv[2]);
	buf_done(&m.texts);
	arena_done(&m.arena);
	status |= fclose(m.out) != 0;
	status |= fclose(m.depends) != 0;
	return status;
}
