#include "base/base.h"

#include <string.h>

void *vec_grow(struct arena *a, void *at, size_t len, size_t *room, size_t item_size)
{
	void *fresh;

	if (len < *room)
		return at;
	*room = *room ? *room * 2 : 8;
	fresh = arena_alloc(a, *room * item_size);
	if (len > 0)
		memcpy(fresh, at, len * item_size);
	return fresh;
}
