/* yaml_keys.h - private to hostaudit: the settings of a YAML under their whole names, "net.bindIp",
 * however they are nested: by indentation, in braces, or by a name with points. */
#ifndef WORK_RESOLVE_YAML_KEYS_H
#define WORK_RESOLVE_YAML_KEYS_H

#include "base/arena.h"
#include "base/str.h"

#define YAML_KEYS_DEPTH 8

struct yaml_key {
	struct str name, value;
	bool is_item; /* one of a list, whose name it has */
	int line;
	/* of yaml_paths(): the keys it stands under, of lists none; they live until TELL is done */
	const struct str *path;
	size_t depth;
};

typedef void yaml_key_fn(void *ctx, const struct yaml_key *key);

/* Each setting of BYTES, in their order; what has no value is none. False when it is no map in
 * YAML, takes up what was named before (*name), or is nested deeper than YAML_KEYS_DEPTH: what was
 * told is then not all there is. */
bool yaml_keys(struct str bytes, struct arena *a, yaml_key_fn *tell, void *ctx);

/* The same told by the keys themselves, whatever they contain, NAME left empty; a map, a list or
 * nothing as a value is told too, with STR_NONE, before what is in it. */
bool yaml_paths(struct str bytes, struct arena *a, yaml_key_fn *tell, void *ctx);

#endif
