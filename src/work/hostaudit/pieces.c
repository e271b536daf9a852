#include "work/hostaudit/pieces.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

#define STEP_BYTES 16
#define SMALL_BYTES 1024 /* larger ones are malloc's */
#define BLOCK_BYTES (32 * KIB)

struct piece {
	size_t size;
	struct piece *next; /* while nobody has it; else its first bytes */
};

#define HEAD_BYTES offsetof(struct piece, next)

struct block {
	struct block *older;
	_Alignas(STEP_BYTES) unsigned char bytes[BLOCK_BYTES];
};

static _Thread_local struct {
	struct piece *free[SMALL_BYTES / STEP_BYTES + 1];
	struct block *block; /* newest first */
	size_t used;         /* of it */
} pieces;

static struct piece *piece_of(void *bytes)
{
	return (struct piece *)((unsigned char *)bytes - HEAD_BYTES);
}

static int round_up(int size)
{
	return (size + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES;
}

static struct piece *cut(size_t size)
{
	size_t room = size + HEAD_BYTES;
	struct piece *piece;

	if (!pieces.block || BLOCK_BYTES - pieces.used < room) {
		struct block *block = malloc(sizeof(*block));

		if (!block)
			return NULL;
		block->older = pieces.block;
		pieces.block = block;
		pieces.used = 0;
	}
	piece = (struct piece *)(pieces.block->bytes + pieces.used);
	pieces.used += room;
	piece->size = size;
	return piece;
}

static void *take(int wanted)
{
	size_t size = (size_t)round_up(wanted);
	struct piece **list = &pieces.free[size / STEP_BYTES], *piece = NULL;

	if (size > SMALL_BYTES) {
		piece = malloc(size + HEAD_BYTES);
		if (piece)
			piece->size = size;
	} else if (!*list) {
		piece = cut(size);
	} else {
		piece = *list;
		ASAN_UNPOISON_MEMORY_REGION(&piece->next, size);
		*list = piece->next;
	}
	return piece ? &piece->next : NULL;
}

static void give_back(void *bytes)
{
	struct piece *piece = piece_of(bytes);
	struct piece **list;

	if (piece->size > SMALL_BYTES) {
		free(piece);
		return;
	}
	list = &pieces.free[piece->size / STEP_BYTES];
	piece->next = *list;
	*list = piece;
	ASAN_POISON_MEMORY_REGION(&piece->next, piece->size);
}

static int size_of(void *bytes)
{
	return bytes ? (int)piece_of(bytes)->size : 0;
}

static void *change(void *bytes, int wanted)
{
	int had = size_of(bytes);
	void *fresh;

	if (round_up(wanted) == had)
		return bytes;
	fresh = take(wanted);
	if (!fresh)
		return NULL;
	memcpy(fresh, bytes, (size_t)(had < wanted ? had : wanted));
	give_back(bytes);
	return fresh;
}

static int begin(void *ignored)
{
	(void)ignored;
	return SQLITE_OK;
}

static void end(void *ignored)
{
	(void)ignored;
}

const struct sqlite3_mem_methods pieces_of_memory = {
	.xMalloc = take,
	.xFree = give_back,
	.xRealloc = change,
	.xSize = size_of,
	.xRoundup = round_up,
	.xInit = begin,
	.xShutdown = end,
};
