#include "work/archive/table.h"

static void grow(struct table *t)
{
	struct table old = *t;
	size_t size = old.at ? (old.mask + 1) * 2 : 256;

	t->at = calloc(size, sizeof(*t->at));
	if (t->at == NULL)
		abort();
	t->mask = size - 1;
	for (size_t i = 0; old.at && i <= old.mask; i++)
		if (old.at[i] != 0)
			t->at[table_place(t, old.at[i])] = old.at[i];
	free(old.at);
}

bool table_put(struct table *t, uint64_t hash, uint32_t number, size_t max)
{
	size_t i;

	if (t->at == NULL || t->used * 2 >= t->mask + 1)
		grow(t);
	i = table_place(t, hash);
	if (t->at[i] == 0) {
		if (t->used >= max)
			return false;
		t->used++;
	}
	t->at[i] = (hash & ~NUMBER_MASK) | (number + 1);
	return true;
}

void table_done(struct table *t)
{
	free(t->at);
	*t = (struct table){ 0 };
}
