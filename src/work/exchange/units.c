/* units.c - a table names units by name, short name or code; each row does. The names are folded
 * and put in order once, so that a row costs a search and not a walk over the tree. */
#include <stdlib.h>

#include "work/exchange/exchange_int.h"

struct unit_call {
	struct str folded;
	const struct org_unit *unit;
	bool is_code; /* counts only letter by letter, in any case */
};

struct unit_calls {
	struct unit_call *at;
	size_t count;
};

static int by_folded(const void *a, const void *b)
{
	const struct unit_call *x = a, *y = b;

	return str_cmp(x->folded, y->folded);
}

static void add(struct unit_calls *c, struct arena *a, const struct org_unit *u, struct str called,
	bool is_code)
{
	if (called.len)
		c->at[c->count++] = (struct unit_call){ text_fold(a, called), u, is_code };
}

struct unit_calls *unit_calls_new(const struct org_tree *tree, struct arena *a)
{
	struct unit_calls *c = arena_new(a, struct unit_calls);

	c->at = arena_array(a, struct unit_call, tree->count * 3 + 1);
	for (size_t i = 0; i < tree->count; i++) {
		const struct org_unit *u = &tree->units[i];

		if (!u->is_live)
			continue;
		add(c, a, u, u->name, false);
		add(c, a, u, u->short_name, false);
		add(c, a, u, u->code, true);
	}
	qsort(c->at, c->count, sizeof(*c->at), by_folded);
	return c;
}

/* The first that is not before FOLDED. */
static size_t first_at(const struct unit_calls *c, struct str folded)
{
	size_t low = 0, high = c->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (str_cmp(c->at[mid].folded, folded) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

int64_t unit_called(const struct unit_calls *c, struct str name, struct arena *a)
{
	struct str typed = str_trim(name), folded = text_fold(a, typed);
	int64_t id = 0;

	for (size_t i = first_at(c, folded); i < c->count && str_eq(c->at[i].folded, folded); i++) {
		const struct unit_call *x = &c->at[i];

		if ((x->is_code && !str_eq_nocase(x->unit->code, typed)) || x->unit->id == id)
			continue;
		if (id)
			return 0; /* two of one name are none */
		id = x->unit->id;
	}
	return id;
}
