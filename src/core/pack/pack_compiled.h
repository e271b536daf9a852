/* pack_compiled.h - private to core/pack: what a narrow set reads of the files of packs/, parsed
 * when the program was built. A file on the disk has the last word: the tree kept here stands for
 * it only while its bytes have the digest they had then; any other is parsed as ever. */
#ifndef CORE_PACK_COMPILED_H
#define CORE_PACK_COMPILED_H

#include "core/pack/pack_int.h"
#include "kit/crypto/crypto.h"

/* A node before its children, these in order; texts by their place in the one text of all. */
struct compiled_node {
	uint8_t kind;
	bool is_plain;
	uint16_t column, key_column;
	uint32_t line, key_line;
	uint32_t key_at, key_len;
	uint32_t text_at, text_len;
	uint32_t count;
};

struct compiled_file {
	char path[80]; /* below packs/ */
	unsigned char sha256[SHA256_SIZE];
	uint32_t node_at, node_count;
};

struct compiled {
	const struct compiled_file *files;
	size_t file_count;
	const struct compiled_node *nodes;
	const char *texts;
};
/* Written by pack_compile.c; that of pack_uncompiled.c is empty. */
extern const struct compiled pack_compiled;

/* The tree of PATH, nodes in A; NULL when there is none for the bytes of this digest. */
struct yaml_node *pack_compiled_tree(
	const char *path, const unsigned char *sha256, struct arena *a);

#endif
