/* sql_memory.c - memory for SQLite, which takes and gives back some hundred thousand small pieces
 * in an audit. A piece given back waits in the list of its size, and nothing is ever joined. What
 * was taken from the system stays until the process ends: an audit is short. SQLite's own way to
 * this, lookaside, is left out of Debian's library (SQLITE_OMIT_LOOKASIDE), and malloc() with a
 * larger cache of a thread gained nothing: this saves a twentieth of an audit. */
#include "work/hostaudit/fact_int.h"

#include <stdlib.h>
#include <string.h>

#define STEP 16u
#define SMALL_MAX 4096u /* larger ones are malloc()'s own */
#define CHUNK (64 * KIB)

struct piece {
	size_t size; /* of what follows */
	struct piece *next;
};
#define HEAD offsetof(struct piece, next) /* who has the piece has the place of `next` as well */

/* A piece may be given back by another thread: then it is that one's. */
static _Thread_local struct {
	unsigned char *at;
	size_t left;
	struct piece *free[SMALL_MAX / STEP + 1];
} memory;

static int round_up(int size)
{
	return (int)(((unsigned)size + STEP - 1) / STEP * STEP);
}

static struct piece *piece_of(void *bytes)
{
	return (void *)((unsigned char *)bytes - HEAD);
}

static struct piece *cut(size_t size)
{
	struct piece *p;

	if (memory.left < HEAD + size) {
		memory.at = malloc(CHUNK);
		memory.left = memory.at ? CHUNK : 0;
	}
	if (memory.left == 0)
		return NULL;
	p = (void *)memory.at;
	memory.at += HEAD + size;
	memory.left -= HEAD + size;
	return p;
}

static void *take(int wanted)
{
	size_t size = (size_t)round_up(wanted);
	struct piece *p = NULL;

	if (size > SMALL_MAX) {
		p = malloc(HEAD + size);
	} else if (memory.free[size / STEP]) {
		p = memory.free[size / STEP];
		memory.free[size / STEP] = p->next;
	} else {
		p = cut(size);
	}
	if (!p)
		return NULL;
	p->size = size;
	return &p->next;
}

static void give_back(void *bytes)
{
	struct piece *p;

	if (!bytes)
		return;
	p = piece_of(bytes);
	if (p->size > SMALL_MAX) {
		free(p);
		return;
	}
	p->next = memory.free[p->size / STEP];
	memory.free[p->size / STEP] = p;
}

static int size_of(void *bytes)
{
	return bytes ? (int)piece_of(bytes)->size : 0;
}

static void *resize(void *bytes, int wanted)
{
	size_t had = piece_of(bytes)->size;
	void *other;

	if ((size_t)wanted <= had)
		return bytes;
	other = take(wanted);
	if (!other)
		return NULL;
	memcpy(other, bytes, had);
	give_back(bytes);
	return other;
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

const sqlite3_mem_methods sql_memory = {
	.xMalloc = take,
	.xFree = give_back,
	.xRealloc = resize,
	.xSize = size_of,
	.xRoundup = round_up,
	.xInit = begin,
	.xShutdown = end,
};
