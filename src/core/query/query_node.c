/* query_node.c - the tree that a question is. */
#include "core/query/query_int.h"

struct node *query_node(struct query *q, enum node_kind kind)
{
	struct node *n = arena_new(q->a, struct node);

	n->kind = kind;
	return n;
}

void query_append(struct node *parent, struct node *child)
{
	struct node **at = &parent->first;

	while (*at)
		at = &(*at)->next;
	*at = child;
}
