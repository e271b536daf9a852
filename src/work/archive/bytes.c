#include "work/archive/bytes.h"

#include <malloc.h>

#define KEPT_BYTES (64 * MIB)

void memory_keep(bool is_kept)
{
	mallopt(M_TRIM_THRESHOLD, is_kept ? KEPT_BYTES : 128 * KIB);
	mallopt(M_MMAP_THRESHOLD, is_kept ? KEPT_BYTES / 2 : 128 * KIB);
	if (!is_kept)
		malloc_trim(0);
}

void bytes_grow(struct bytes *b, size_t room)
{
	size_t doubled = b->room + b->room / 2 + 64;

	if (room < doubled)
		room = doubled;
	b->at = realloc(b->at, room);
	if (b->at == NULL)
		abort();
	b->room = room;
}

void bytes_done(struct bytes *b)
{
	free(b->at);
	*b = (struct bytes){ 0 };
}
