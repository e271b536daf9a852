/* table.h - private to work/archive: numbers by hash. */
#ifndef ARCHIVE_TABLE_H
#define ARCHIVE_TABLE_H

#include "work/archive/layout.h"

/* Hash to number, open addressing. The hashes are seeded, so that nobody can aim at one chain. Not
 * all of a hash is kept: who must be certain compares what the number stands for. */
struct table {
	uint64_t *at;
	size_t mask;
	size_t used;
};

/* An entry is the upper bits of the hash over the number plus one; 0 is free. */
#define NUMBER_BITS 21
#define NUMBER_MASK (((uint64_t)1 << NUMBER_BITS) - 1)
_Static_assert(LIMIT_SEGMENT_TEXTS <= NUMBER_MASK, "a number fits into an entry");

static inline size_t table_place(const struct table *t, uint64_t hash)
{
	size_t i = (size_t)(hash >> NUMBER_BITS) & t->mask;

	while (t->at[i] != 0 && (t->at[i] ^ hash) > NUMBER_MASK)
		i = (i + 1) & t->mask;
	return i;
}

/* The number of HASH, or -1. */
static inline int64_t table_get(const struct table *t, uint64_t hash)
{
	return t->used > 0 ? (int64_t)(t->at[table_place(t, hash)] & NUMBER_MASK) - 1 : -1;
}

/* False when the table has MAX entries. */
bool table_put(struct table *t, uint64_t hash, uint32_t number, size_t max);
void table_done(struct table *t);

#endif
