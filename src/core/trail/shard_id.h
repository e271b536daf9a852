/* shard_id.h - floor 3: which year of a log, and which part of it: the folder "2026", and "2026.2"
 * where the log goes on after a restore. */
#ifndef TRAIL_SHARD_ID_H
#define TRAIL_SHARD_ID_H

#include "base/str.h"

#define SHARD_PARTS 1000
#define SHARD_ID_SIZE 24

/* The number of a shard: its year times SHARD_PARTS plus its part, so that a later shard has the
 * higher number. False for any other text: a folder that is no shard of ours. */
bool shard_id_parse(struct str name, int *ret_shard);
/* NAME has SHARD_ID_SIZE bytes; returns it. */
const char *shard_id_text(int shard, char *name);

#endif
