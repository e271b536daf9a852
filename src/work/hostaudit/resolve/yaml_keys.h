/* yaml_keys.h - private to hostaudit: the settings of a YAML of maps under their whole names,
 * "net.bindIp", however they are nested: by indentation, in braces, or by a name with points. Only
 * what configurations of servers are written in: no anchors, no blocks of text. Pure. */
#ifndef WORK_RESOLVE_YAML_KEYS_H
#define WORK_RESOLVE_YAML_KEYS_H

#include "base/arena.h"
#include "base/str.h"

#define YAML_KEYS_DEPTH 8

struct yaml_key {
	struct str name, value; /* quotes undone; a list in brackets keeps them */
	bool is_item;           /* one more of a list: "- VALUE" */
	int line;
};

typedef void yaml_key_fn(void *ctx, const struct yaml_key *key);

/* Each setting of BYTES, in their order. False when something in it is written another way: what
 * was told is then not all there is. */
bool yaml_keys(struct str bytes, struct arena *a, yaml_key_fn *tell, void *ctx);

#endif
