#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t max_bytes)
{
	*b = (struct buf){ .max = max_bytes };
}

void buf_done(struct buf *b)
{
	free(b->ptr);
	*b = (struct buf){ .max = b->max };
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->is_full = false;
}

/* Room for EXTRA more bytes and the final NUL; false at the ceiling. */
static bool buf_grow(struct buf *b, size_t extra)
{
	size_t need;
	size_t room = b->room ? b->room : 256;

	if (b->is_full || extra > b->max - b->len) {
		b->is_full = true;
		return false;
	}
	need = b->len + extra + 1;
	while (room < need)
		room *= 2;
	if (room > b->room) {
		char *ptr = realloc(b->ptr, room);

		if (!ptr)
			abort();
		b->ptr = ptr;
		b->room = room;
	}
	return true;
}

void buf_add(struct buf *b, struct str s)
{
	if (s.len == 0 || !buf_grow(b, s.len))
		return;
	memcpy(b->ptr + b->len, s.ptr, s.len);
	b->len += s.len;
}

void buf_add_char(struct buf *b, char c)
{
	buf_add(b, (struct str){ &c, 1 });
}

/* Written at once where there is room for it; only what does not fit is made twice. */
void buf_fmt(struct buf *b, const char *fmt, ...)
{
	size_t room = b->room - b->len;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(room > 0 ? b->ptr + b->len : NULL, room, fmt, args);
	va_end(args);
	assert(len >= 0);
	if (!buf_grow(b, (size_t)len))
		return;
	if ((size_t)len < room) {
		b->len += (size_t)len;
		return;
	}
	va_start(args, fmt);
	vsnprintf(b->ptr + b->len, (size_t)len + 1, fmt, args);
	va_end(args);
	b->len += (size_t)len;
}

const char *buf_cstr(struct buf *b)
{
	if (!b->ptr)
		return "";
	b->ptr[b->len] = '\0';
	return b->ptr;
}

struct str buf_str(struct buf *b)
{
	return (struct str){ buf_cstr(b), b->len };
}

bool buf_is_full(const struct buf *b)
{
	return b->is_full;
}
