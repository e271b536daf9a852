/* unit.c - the tree of units as of a day. */
#include "core/org/org_int.h"
#include "core/org/unit.h"

#include <stdlib.h>

#include "kit/text/text.h"

/* With a row for each name it ever had: by unit, the earliest first. */
static const char sql_units[] =
	"SELECT u.id, coalesce((SELECT p.parent_id FROM unit_parent p WHERE p.unit_id = u.id"
	" AND p.from_day <= $1 ORDER BY p.from_day DESC LIMIT 1),"
	" (SELECT p.parent_id FROM unit_parent p WHERE p.unit_id = u.id ORDER BY p.from_day LIMIT 1),"
	" 0), u.code, u.kind, u.roles, u.from_day, u.until_day, u.successor_id,"
	" u.from_day <= $1 AND (u.until_day IS NULL OR u.until_day > $1),"
	" n.name, n.short_name, n.from_day <= $1 FROM unit u"
	" LEFT JOIN unit_name n ON n.unit_id = u.id ORDER BY u.id, n.from_day";
static const char sql_name_on[] =
	"SELECT name FROM unit_name WHERE unit_id = $1 ORDER BY from_day <= $2 DESC,"
	" CASE WHEN from_day <= $2 THEN from_day END DESC, from_day LIMIT 1";
static const char sql_call_first[] =
	"UPDATE unit_name SET name = $1 WHERE id = (SELECT id FROM unit_name WHERE unit_id = 1"
	" ORDER BY from_day DESC LIMIT 1)";

struct str org_day(int64_t at_s, struct arena *a)
{
	char text[CLOCK_TEXT_MAX];

	return arena_str(a, str_of(date_iso(date_at(at_s), text)));
}

/* A unit while the tree is made. */
struct node {
	struct org_unit unit;
	struct str key; /* for the order */
	size_t first_child, next;
	bool is_placed;
};

#define NO_NODE SIZE_MAX

static void take(struct store_query *q, struct arena *a, struct node *ret)
{
	*ret = (struct node){ .first_child = NO_NODE, .next = NO_NODE };
	ret->unit = (struct org_unit){ .id = store_i64(q, 0),
		.parent_id = store_i64(q, 1),
		.code = arena_str(a, store_str(q, 2)),
		.kind = arena_str(a, store_str(q, 3)),
		.roles = arena_str(a, store_str(q, 4)),
		.from = arena_str(a, store_str(q, 5)),
		.until = store_is_null(q, 6) ? STR("") : arena_str(a, store_str(q, 6)),
		.successor_id = store_i64(q, 7),
		.is_live = store_i64(q, 8) != 0,
		.name = STR(""),
		.short_name = STR("") };
}

/* Of a unit that begins later, its first name. */
static int load(struct store *s, struct str day, struct arena *a, struct node **ret, size_t *count,
	struct err *e)
{
	VEC(struct node) nodes = { 0 };
	struct store_query *q = store_query(s, sql_units);
	int rc;

	store_bind_str(q, 1, day);
	while ((rc = store_next(q, e)) == 1) {
		struct node *n = nodes.len ? &nodes.at[nodes.len - 1] : NULL;

		if (!n || n->unit.id != store_i64(q, 0)) {
			n = vec_add(a, &nodes);
			take(q, a, n);
		}
		if (!store_is_null(q, 9) && (store_i64(q, 11) || n->unit.name.len == 0)) {
			n->unit.name = arena_str(a, store_str(q, 9));
			n->unit.short_name = arena_str(a, store_str(q, 10));
		}
	}
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < nodes.len; i++)
		nodes.at[i].key = text_sort_key(a, nodes.at[i].unit.name);
	*ret = nodes.at;
	*count = nodes.len;
	return 0;
}

static int by_key(const void *a, const void *b)
{
	const struct node *const *x = a, *const *y = b;
	int order = str_cmp((*x)->key, (*y)->key);

	if (order == 0)
		order = (*x)->unit.id < (*y)->unit.id ? -1 : 1;
	return order;
}

static size_t node_of(const struct node *nodes, size_t count, int64_t id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (nodes[mid].unit.id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < count && nodes[low].unit.id == id ? low : NO_NODE;
}

struct placing {
	struct node *nodes;
	struct org_tree *tree;
};

/* N and those below it, without calling itself: a tree may be as deep as it has units. */
static void place(struct placing *p, size_t top)
{
	size_t at = top;
	int depth = 0;

	while (at != NO_NODE) {
		struct node *n = &p->nodes[at];

		if (!n->is_placed) {
			n->is_placed = true;
			n->unit.depth = depth;
			n->unit.below = 0;
			p->tree->by_id[at] = p->tree->count;
			p->tree->units[p->tree->count++] = n->unit;
		}
		if (n->first_child != NO_NODE) {
			size_t child = n->first_child;

			n->first_child = p->nodes[child].next;
			p->nodes[child].next = at; /* the way back */
			at = child;
			depth++;
			continue;
		}
		p->tree->units[p->tree->by_id[at]].below = p->tree->count - 1 - p->tree->by_id[at];
		at = at == top ? NO_NODE : n->next;
		depth--;
	}
}

/* Children hang below their parents in order, the tops are placed one after another. A parent
 * that is not there, or a ring, which the database must not hold, makes a top. */
static void arrange(struct node *nodes, size_t count, struct arena *a, struct org_tree *tree)
{
	struct placing p = { nodes, tree };
	struct node **order = arena_array(a, struct node *, count + 1);

	for (size_t i = 0; i < count; i++)
		order[i] = &nodes[i];
	qsort(order, count, sizeof(*order), by_key);
	for (size_t i = count; i-- > 0;) {
		size_t parent = node_of(nodes, count, order[i]->unit.parent_id);

		if (parent == NO_NODE) {
			order[i]->unit.parent_id = 0;
			continue;
		}
		order[i]->next = nodes[parent].first_child;
		nodes[parent].first_child = (size_t)(order[i] - nodes);
	}
	for (size_t i = 0; i < count; i++) {
		if (order[i]->unit.parent_id == 0)
			place(&p, (size_t)(order[i] - nodes));
	}
	for (size_t i = 0; i < count; i++) {
		if (!order[i]->is_placed)
			place(&p, (size_t)(order[i] - nodes));
	}
}

int org_tree(struct store *s, struct str day, struct arena *a, struct org_tree *ret, struct err *e)
{
	struct node *nodes = NULL;
	size_t count = 0;
	struct org_tree tree = { .day = arena_str(a, day) };
	int rc = load(s, day, a, &nodes, &count, e);

	if (rc < 0)
		return rc;
	tree.units = arena_array(a, struct org_unit, count + 1);
	tree.by_id = arena_array(a, size_t, count + 1);
	arrange(nodes, count, a, &tree);
	*ret = tree;
	return 0;
}

int org_units(struct store *s, struct str day, struct arena *a, struct org_unit **ret,
	size_t *ret_count, struct err *e)
{
	struct org_tree tree;
	size_t count = 0;
	int rc = org_tree(s, day, a, &tree, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < tree.count; i++) {
		if (tree.units[i].is_live)
			tree.units[count++] = tree.units[i];
	}
	*ret = tree.units;
	*ret_count = count;
	return 0;
}

const struct org_unit *org_unit_by_id(const struct org_tree *t, int64_t id)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (t->units[t->by_id[mid]].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->count && t->units[t->by_id[low]].id == id ? &t->units[t->by_id[low]] : NULL;
}

const struct org_unit *org_unit_by_code(const struct org_tree *t, struct str code)
{
	for (size_t i = 0; code.len && i < t->count; i++) {
		if (str_eq_nocase(t->units[i].code, code))
			return &t->units[i];
	}
	return NULL;
}

bool org_unit_covers(const struct org_tree *t, int64_t above, int64_t id)
{
	const struct org_unit *top = org_unit_by_id(t, above), *u = org_unit_by_id(t, id);

	return top && u && u >= top && u <= top + top->below;
}

int64_t org_unit_heir(const struct org_tree *t, int64_t id)
{
	const struct org_unit *u = org_unit_by_id(t, id);

	/* each ended before its heir did: no more steps than units */
	for (size_t i = 0; u && u->successor_id && !u->is_live && i < t->count; i++) {
		id = u->successor_id;
		u = org_unit_by_id(t, id);
	}
	return id;
}

int org_unit_name_on(struct store *s, int64_t id, struct str day, struct arena *a, struct str *ret,
	struct err *e)
{
	struct store_query *q = store_query(s, sql_name_on);
	int rc;

	store_bind_i64(q, 1, id);
	store_bind_str(q, 2, day);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	*ret = rc == 1 ? arena_str(a, store_str(q, 0)) : STR("");
	store_end(q);
	return 0;
}

int org_unit_call_first(struct store *s, struct str name, struct err *e)
{
	return org_run(s, sql_call_first, "s", e, name);
}
