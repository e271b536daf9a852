#include "work/archive/lines.h"

static size_t place(const struct table *t, uint64_t hash)
{
	size_t i = (size_t)(hash >> 7) & t->mask;

	while (t->at[i].hash != 0 && t->at[i].hash != hash)
		i = (i + 1) & t->mask;
	return i;
}

int64_t table_get(const struct table *t, uint64_t hash)
{
	size_t i;

	if (t->used == 0)
		return -1;
	i = place(t, hash ? hash : 1);
	return t->at[i].hash ? (int64_t)t->at[i].number : -1;
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
		if (old.at[i].hash != 0)
			t->at[place(t, old.at[i].hash)] = old.at[i];
	free(old.at);
}

bool table_put(struct table *t, uint64_t hash, uint32_t number, size_t max)
{
	size_t i;

	if (t->at == NULL || t->used * 2 >= t->mask + 1)
		grow(t);
	hash = hash ? hash : 1;
	i = place(t, hash);
	if (t->at[i].hash == 0) {
		if (t->used >= max)
			return false;
		t->at[i].hash = hash;
		t->used++;
	}
	t->at[i].number = number;
	return true;
}

void table_done(struct table *t)
{
	free(t->at);
	*t = (struct table){ 0 };
}
