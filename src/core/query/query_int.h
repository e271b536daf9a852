/* query_int.h - private to core/query: the tree of a question. */
#ifndef CORE_QUERY_INT_H
#define CORE_QUERY_INT_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/query/query.h"
#include "kit/text/text.h"

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TEXT, NODE_REGEX, NODE_FIELD };

struct node {
	enum node_kind kind;
	struct node *first, *next; /* children of AND, OR, NOT */
	struct str text;           /* NODE_TEXT, folded for is_fold; a field's glob, folded */
	bool is_fold;
	pcre2_code *code; /* NODE_REGEX */
	enum query_field field;
	int op;     /* of a severity: 0 is that, 1 at least as grave, -1 at most */
	int number; /* of severity, facility, kind, transport */
	uint64_t source;
	uint8_t peer[16];
};

struct query {
	struct arena *a;
	struct query_options options;
	struct node *root; /* NODE_AND */
	int64_t from_ns, end_ns;
	pcre2_match_context *match;
	pcre2_match_data *data;
	VEC(struct node *) regexes;
	uint64_t given_up;
	size_t nodes;
	/* of the line in work */
	struct buf folded;
	bool has_folded, has_parts;
	bool is_high; /* what was folded holds bytes beyond ASCII */
	struct query_parts parts;
};

#define LIMIT_QUERY_NODES 200
#define LIMIT_QUERY_DEPTH 20

/* query_node.c */
struct node *query_node(struct query *q, enum node_kind kind);
void query_append(struct node *parent, struct node *child);

/* query_field.c */
bool query_field_parse(struct str name, enum query_field *ret);
/* A node for FIELD:VALUE; times go into Q and give NULL. False: *RET_WORDS says why. */
bool query_field_node(struct query *q, enum query_field field, struct str value,
	const char **ret_words, struct node **ret);

/* query_regex.c */
/* *RET_AT: where in PATTERN it is wrong. */
bool query_regex_node(struct query *q, struct str pattern, bool is_caseless, size_t *ret_at,
	struct str *ret_why, struct node **ret);
bool query_regex_matches(struct query *q, const struct node *n, struct str raw);
/* The longest text that each match must hold, ASCII; "" when none is sure. */
struct str query_regex_need(struct arena *a, struct str pattern);

#endif
