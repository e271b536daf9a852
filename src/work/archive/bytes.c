#include "work/archive/bytes.h"

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
