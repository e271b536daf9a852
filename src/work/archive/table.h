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

/* The number of HASH, or -1; and its place for table_put(), which returns false when the table has
 * MAX entries. */
int64_t table_get(const struct table *t, uint64_t hash);
bool table_put(struct table *t, uint64_t hash, uint32_t number, size_t max);
void table_done(struct table *t);

#endif
