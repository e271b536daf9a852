#include "work/archive/lines.h"

static size_t place(const struct table *t, uint64_t hash)
{
	size_t i = (size_t)(hash >> 7) & t->mask;

	while (t->hash[i] != 0 && t->hash[i] != hash)
		i = (i + 1) & t->mask;
	return i;
}

int64_t table_get(const struct table *t, uint64_t hash)
{
	size_t i;

	if (t->used == 0)
		return -1;
	i = place(t, hash ? hash : 1);
	return t->hash[i] ? (int64_t)t->number[i] : -1;
}

static void grow(struct table *t)
{
	struct table old = *t;
	size_t size = old.hash ? (old.mask + 1) * 2 : 256;

	t->hash = calloc(size, sizeof(*t->hash));
	t->number = malloc(size * sizeof(*t->number));
	if (t->hash == NULL || t->number == NULL)
		abort();
	t->mask = size - 1;
	for (size_t i = 0; old.hash && i <= old.mask; i++) {
		if (old.hash[i] != 0) {
			size_t to = place(t, old.hash[i]);

			t->hash[to] = old.hash[i];
			t->number[to] = old.number[i];
		}
	}
	free(old.hash);
	free(old.number);
}

bool table_put(struct table *t, uint64_t hash, uint32_t number, size_t max)
{
	size_t i;

	if (t->hash == NULL || t->used * 8 >= (t->mask + 1) * 5)
		grow(t);
	hash = hash ? hash : 1;
	i = place(t, hash);
	if (t->hash[i] == 0) {
		if (t->used >= max)
			return false;
		t->hash[i] = hash;
		t->used++;
	}
	t->number[i] = number;
	return true;
}

void table_done(struct table *t)
{
	free(t->hash);
	free(t->number);
	*t = (struct table){ 0 };
}
