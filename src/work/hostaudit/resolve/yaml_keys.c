#include "work/hostaudit/resolve/yaml_keys.h"

#include <stdlib.h>
#include <yaml.h>

/* A map or a list that is open. */
struct nest {
	struct str name; /* whole, of all that stands in it */
	struct str key;  /* of the map, while its value is waited for */
	bool is_map, has_key;
};

struct reader {
	struct arena *a;
	yaml_key_fn *tell;
	void *ctx;
	size_t depth;
	struct nest nests[YAML_KEYS_DEPTH];
	bool is_by_path;
};

/* A value, or STR_NONE, under the keys that are open. */
static void tell_path(const struct reader *r, struct str value, const yaml_event_t *event)
{
	struct str path[YAML_KEYS_DEPTH];
	size_t depth = 0;

	for (size_t i = 0; i < r->depth; i++)
		if (r->nests[i].is_map)
			path[depth++] = r->nests[i].key;
	r->tell(r->ctx,
		&(struct yaml_key){ .name = STR(""),
			.value = value,
			.is_item = r->depth && !r->nests[r->depth - 1].is_map,
			.line = (int)event->start_mark.line + 1,
			.path = path,
			.depth = depth });
}

/* What the next value stands under; a list's values under the list's own name. */
static struct str name_here(const struct reader *r)
{
	const struct nest *n = r->depth ? &r->nests[r->depth - 1] : NULL;

	if (!n)
		return STR("");
	if (!n->is_map || n->name.len == 0)
		return n->is_map ? n->key : n->name;
	return arena_fmt(r->a, "%.*s.%.*s", STR_FMT(n->name), STR_FMT(n->key));
}

/* The value of the key at hand has come. */
static void value_came(struct reader *r)
{
	if (r->depth)
		r->nests[r->depth - 1].has_key = false;
}

static bool waits_for_key(const struct reader *r)
{
	return r->depth && r->nests[r->depth - 1].is_map && !r->nests[r->depth - 1].has_key;
}

static bool begin(struct reader *r, bool is_map, const yaml_event_t *event)
{
	struct nest nest = { .name = r->is_by_path ? STR("") : name_here(r), .is_map = is_map };

	if (waits_for_key(r) || r->depth == YAML_KEYS_DEPTH)
		return false;
	if (r->is_by_path && r->depth)
		tell_path(r, STR_NONE, event);
	value_came(r);
	r->nests[r->depth++] = nest;
	return true;
}

/* A text that is in no map is of another form: "bind_ip = 0.0.0.0". */
static bool scalar(struct reader *r, const yaml_event_t *event)
{
	struct str text = arena_str(r->a,
		(struct str){ (const char *)event->data.scalar.value, event->data.scalar.length });
	bool is_null = text.len == 0 && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;

	if (waits_for_key(r)) {
		r->nests[r->depth - 1].key = text;
		r->nests[r->depth - 1].has_key = true;
		return true;
	}
	if (r->depth && r->is_by_path)
		tell_path(r, is_null ? STR_NONE : text, event);
	else if (r->depth && !is_null)
		r->tell(r->ctx,
			&(struct yaml_key){ .name = name_here(r),
				.value = text,
				.is_item = !r->nests[r->depth - 1].is_map,
				.line = (int)event->start_mark.line + 1 });
	value_came(r);
	return r->depth || is_null;
}

/* False: what it says is not followed. */
static bool take(struct reader *r, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_MAPPING_START_EVENT:
		return begin(r, true, event);
	case YAML_SEQUENCE_START_EVENT:
		return begin(r, false, event);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		r->depth--;
		return true;
	case YAML_SCALAR_EVENT:
		return scalar(r, event);
	case YAML_ALIAS_EVENT:
		value_came(r);
		return false;
	default:
		return true;
	}
}

static bool walk(struct reader *r, struct str bytes)
{
	bool is_followed = true, is_end = false;
	yaml_parser_t parser;

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(
		&parser, (const unsigned char *)(bytes.len ? bytes.ptr : ""), bytes.len);
	while (is_followed && !is_end) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event)) {
			is_followed = false;
			break;
		}
		is_followed = take(r, &event);
		is_end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return is_followed;
}

bool yaml_keys(struct str bytes, struct arena *a, yaml_key_fn *tell, void *ctx)
{
	return walk(&(struct reader){ .a = a, .tell = tell, .ctx = ctx }, bytes);
}

bool yaml_paths(struct str bytes, struct arena *a, yaml_key_fn *tell, void *ctx)
{
	return walk(
		&(struct reader){ .a = a, .tell = tell, .ctx = ctx, .is_by_path = true }, bytes);
}
