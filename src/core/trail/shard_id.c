/* shard_id.c - the names of a log's years. */
#include "core/trail/shard_id.h"

#include <stdio.h>

#define YEAR_DIGITS 4
#define YEAR_FIRST 1970

bool shard_id_parse(struct str name, int *ret_shard)
{
	struct str year = name, part;
	uint64_t y, p = 1;

	if (str_split(name, '.', &year, &part) &&
		(!str_to_u64(part, 10, &p) || p < 2 || p >= SHARD_PARTS || str_starts(part, "0")))
		return false;
	if (year.len != YEAR_DIGITS || !str_to_u64(year, 10, &y) || y < YEAR_FIRST)
		return false;
	*ret_shard = (int)(y * SHARD_PARTS + p);
	return true;
}

const char *shard_id_text(int shard, char *name)
{
	int year = shard / SHARD_PARTS, part = shard % SHARD_PARTS;

	if (part > 1)
		snprintf(name, SHARD_ID_SIZE, "%d.%d", year, part);
	else
		snprintf(name, SHARD_ID_SIZE, "%d", year);
	return name;
}
