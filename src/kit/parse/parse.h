/* parse.h - floor 2: readers of formats. Each takes bytes of unknown origin and gives nodes in the
 * caller's arena or one fault with its place; none opens a file.
 *
 * YAML here is the strict subset of docs/formats/pack.md: block and flow maps, lists and scalars in
 * UTF-8, Unicode NFC. Refused: anchors, aliases, tags, merge keys, keys that are no plain words, a
 * key twice in one map, several documents, more than LIMIT_YAML_DEPTH levels, LIMIT_YAML_NODES
 * nodes or LIMIT_YAML_KEYS keys in one map. */
#ifndef KIT_PARSE_H
#define KIT_PARSE_H

#include "base/base.h"
#include "kit/text/text.h"

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	bool is_plain;    /* YAML_TEXT written without quotes: null, true, 8, 2020-09-09 */
	int line, column; /* from 1, columns in characters */
	int key_line, key_column;
	struct str key;          /* when the parent is a map */
	struct str text;         /* YAML_TEXT; ended by a NUL byte that is not counted */
	struct yaml_node *first; /* YAML_LIST, YAML_MAP: the children in the order of the file */
	struct yaml_node *next;
	size_t count;
};

/* Why a text was refused and where. WORDS is a Vietnamese sentence for tr(), with {a} for ABOUT. */
struct parse_fault {
	int line, column;
	const char *words;
	struct str about; /* lives in the arena */
};

/* The one document of TEXT; an empty one is a plain empty scalar. *RET lives in A and copies what
 * it needs of TEXT. ERR_INPUT or ERR_LIMIT: *RET_FAULT says why, *RET is untouched. */
MUST_CHECK int parse_yaml(
	struct str text, struct arena *a, struct parse_fault *ret_fault, struct yaml_node **ret);

/* The child of a map, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
/* Is it the plain word null, ~ or nothing at all? */
bool yaml_is_null(const struct yaml_node *node);

/* The sentence of a fault in LANG. Lives in A. */
struct str parse_fault_text(const struct parse_fault *fault, enum lang lang, struct arena *a);

#endif
