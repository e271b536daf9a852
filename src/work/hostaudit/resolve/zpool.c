#include "work/hostaudit/resolve/zpool.h"

#define HEADER_BYTES 4
#define ENCODED_XDR 1
#define TYPE_UINT64 8
#define TYPE_STRING 9
#define TYPE_NVLIST 19
#define TYPE_NVLIST_ARRAY 20
#define PARTS_MAX 256

/* One pair of an nvlist. */
struct pair {
	struct str name;
	uint32_t type, count;
	struct str data;
};

/* Four bytes, the highest first. */
static bool take_u32(struct str *rest, uint32_t *ret)
{
	const unsigned char *b = (const unsigned char *)rest->ptr;

	if (rest->len < 4)
		return false;
	*ret = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	*rest = str_from(*rest, 4);
	return true;
}

static bool take_string(struct str *rest, struct str *ret)
{
	uint32_t len;
	size_t padded;

	if (!take_u32(rest, &len) || len > rest->len)
		return false;
	padded = ((size_t)len + 3) & ~(size_t)3;
	*ret = str_until(*rest, len);
	*rest = str_from(*rest, padded);
	return true;
}

/* Step into a list: its version and flags. */
static bool open_list(struct str *rest)
{
	uint32_t version, flags;

	return take_u32(rest, &version) && take_u32(rest, &flags) && version == 0;
}

/* The next pair; false at the end of the list (REST is then behind it) and of the bytes. */
static bool next_pair(struct str *rest, struct pair *ret)
{
	struct str all = *rest;
	uint32_t size, decoded;

	if (!take_u32(rest, &size) || !take_u32(rest, &decoded) || size == 0)
		return false;
	if (size < 8 || size > all.len) {
		*rest = STR("");
		return false;
	}
	ret->data = str_until(*rest, size - 8);
	*rest = str_from(all, size);
	return take_string(&ret->data, &ret->name) && take_u32(&ret->data, &ret->type) &&
		take_u32(&ret->data, &ret->count);
}

/* The pair NAME of type TYPE in the list LIST begins with. */
static bool find(struct str list, struct str name, uint32_t type, struct pair *ret)
{
	struct pair p;

	if (!open_list(&list))
		return false;
	while (next_pair(&list, &p))
		if (p.type == type && str_eq(p.name, name)) {
			*ret = p;
			return true;
		}
	return false;
}

static struct str text_of(struct str list, struct str name)
{
	struct pair p;
	struct str text;

	if (!find(list, name, TYPE_STRING, &p) || !take_string(&p.data, &text))
		return STR("");
	return text;
}

static bool is_set(struct str list, struct str name)
{
	struct pair p;
	uint32_t high, low;

	return find(list, name, TYPE_UINT64, &p) && take_u32(&p.data, &high) &&
		take_u32(&p.data, &low) && (high | low) != 0;
}

/* Behind the list that REST begins with. */
static bool skip_list(struct str *rest)
{
	struct pair p;

	if (!open_list(rest))
		return false;
	while (next_pair(rest, &p))
		;
	return true;
}

/* Logs, caches and spares hold nothing that is not elsewhere; holes are what was taken out. */
static bool holds_data(struct str part, struct str type)
{
	return !is_set(part, STR("is_log")) && !str_is(type, "hole") && !str_is(type, "indirect") &&
		!str_is(type, "missing");
}

static bool is_safe(struct str type)
{
	return str_is(type, "mirror") || str_is(type, "raidz") || str_is(type, "draid");
}

enum tri zpool_redundant(struct str cache, struct str pool, struct arena *a, struct str *ret_level)
{
	struct str level = STR(""), rest;
	struct pair config, tree, parts;
	bool is_redundant = true;
	size_t count = 0;

	if (cache.len < HEADER_BYTES || cache.ptr[0] != ENCODED_XDR)
		return TRI_UNCLEAR;
	if (!find(str_from(cache, HEADER_BYTES), pool, TYPE_NVLIST, &config) ||
		!find(config.data, STR("vdev_tree"), TYPE_NVLIST, &tree) ||
		!find(tree.data, STR("children"), TYPE_NVLIST_ARRAY, &parts))
		return TRI_UNCLEAR;
	rest = parts.data;
	if (parts.count > PARTS_MAX)
		return TRI_UNCLEAR;
	for (uint32_t i = 0; i < parts.count; i++) {
		struct str part = rest, type = text_of(part, STR("type"));

		if (type.len == 0 || str_has(type, '\0') || !skip_list(&rest))
			return TRI_UNCLEAR;
		if (!holds_data(part, type))
			continue;
		is_redundant &= is_safe(type);
		level = arena_fmt(
			a, "%.*s%s%.*s", STR_FMT(level), count++ > 0 ? " + " : "", STR_FMT(type));
	}
	if (count == 0)
		return TRI_UNCLEAR;
	*ret_level = level;
	return is_redundant ? TRI_YES : TRI_NO;
}
