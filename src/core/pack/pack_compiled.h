/* pack_compiled.h - private to core/pack: what a narrow set reads of the files of packs/, parsed
 * when the program was built. A file on the disk has the last word: the tree kept here stands for
 * it only while its bytes have the digest they had then; any other is parsed as ever. */
#ifndef CORE_PACK_COMPILED_H
#define CORE_PACK_COMPILED_H

#include "core/pack/pack_int.h"
#include "kit/crypto/crypto.h"

/* A node before its children, these in order; texts by their place in the one text of all. */
struct compiled_node {
	uint8_t kind, is_plain;
	uint8_t key_len, key_column;
	uint16_t line, key_line, column;
	uint16_t count;
	uint32_t key_at, text_at, text_len;
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
