#include "work/archive/lines.h"

/* An entry is the upper bits of the hash over the number plus one; 0 is free. */
#define NUMBER_BITS 21
#define NUMBER_MASK (((uint64_t)1 << NUMBER_BITS) - 1)
_Static_assert(LIMIT_SEGMENT_TEXTS <= NUMBER_MASK, "a number fits into an entry");

static inline size_t place(const struct table *t, uint64_t hash)
{
	size_t i = (size_t)(hash >> NUMBER_BITS) & t->mask;

	while (t->at[i] != 0 && (t->at[i] ^ hash) > NUMBER_MASK)
		i = (i + 1) & t->mask;
	return i;
}

int64_t table_get(const struct table *t, uint64_t hash)
{
	return t->used > 0 ? (int64_t)(t->at[place(t, hash)] & NUMBER_MASK) - 1 : -1;
}

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
			t->at[place(t, old.at[i])] = old.at[i];
	free(old.at);
}

bool table_put(struct table *t, uint64_t hash, uint32_t number, size_t max)
{
	size_t i;

	if (t->at == NULL || t->used * 2 >= t->mask + 1)
		grow(t);
	i = place(t, hash);
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
