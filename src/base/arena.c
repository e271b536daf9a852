#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (32u * 1024)
#define ALIGN_BYTES 16u

struct arena_block {
	struct arena_block *older;
	size_t used;
	size_t size;
	_Alignas(16) unsigned char bytes[];
};

void arena_init(struct arena *a, size_t max_bytes)
{
	*a = (struct arena){ .max_bytes = max_bytes };
}

void arena_done(struct arena *a)
{
	while (a->block) {
		struct arena_block *older = a->block->older;

		free(a->block);
		a->block = older;
	}
	a->used_bytes = 0;
}

static struct arena_block *block_new(size_t size)
{
	struct arena_block *block = malloc(sizeof(*block) + size);

	if (!block)
		abort();
	*block = (struct arena_block){ .size = size };
	return block;
}

/* SIZE bytes as they lie, or NULL at the ceiling. */
static void *take(struct arena *a, size_t size)
{
	size_t need;
	struct arena_block *block = a->block;

	if (size > a->max_bytes || __builtin_add_overflow(size, ALIGN_BYTES - 1, &need))
		return NULL;
	need &= ~(size_t)(ALIGN_BYTES - 1);
	if (need > a->max_bytes - a->used_bytes)
		return NULL;
	if (!block || block->size - block->used < need) {
		struct arena_block *fresh = block_new(need > BLOCK_BYTES ? need : BLOCK_BYTES);

		/* A large piece goes behind the current block, whose rest stays usable. */
		if (block && need > BLOCK_BYTES / 4 && block->size - block->used > 0) {
			fresh->older = block->older;
			block->older = fresh;
		} else {
			fresh->older = block;
			a->block = fresh;
		}
		block = fresh;
	}
	void *piece = block->bytes + block->used;

	block->used += need;
	a->used_bytes += need;
	return piece;
}

void *arena_try(struct arena *a, size_t size)
{
	void *piece = take(a, size);

	if (piece)
		memset(piece, 0, size);
	return piece;
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *piece = arena_try(a, size);

	if (!piece)
		abort();
	return piece;
}

/* Room for a text of LEN bytes and its end. */
static char *take_text(struct arena *a, size_t len)
{
	char *text = take(a, len + 1);

	if (!text)
		abort();
	return text;
}

char *arena_cstr(struct arena *a, struct str s)
{
	char *copy = take_text(a, s.len);

	if (s.len > 0)
		memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	return copy;
}

struct str arena_str(struct arena *a, struct str s)
{
	return s.ptr ? (struct str){ arena_cstr(a, s), s.len } : STR_NONE;
}

/* Most texts fit into what is left of the block: they are written there at once, and measured by
 * it, so that only the others are made twice. */
struct str arena_fmt(struct arena *a, const char *fmt, ...)
{
	struct arena_block *block = a->block;
	char *left = block ? (char *)block->bytes + block->used : NULL;
	size_t room = block ? block->size - block->used : 0;
	va_list args;
	int len;
	char *text;

	va_start(args, fmt);
	len = vsnprintf(left, room, fmt, args);
	va_end(args);
	assert(len >= 0);
	text = take_text(a, (size_t)len);
	if (text == left)
		return (struct str){ text, (size_t)len };
	va_start(args, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	return (struct str){ text, (size_t)len };
}
