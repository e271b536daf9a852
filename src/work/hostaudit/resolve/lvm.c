/* LVM by its own text: names of the device mapper and the record of a volume group. */
#include "work/hostaudit/blocks.h"

#include <string.h>

#include "work/hostaudit/resolve/resolve.h"

bool lvm_names(struct arena *a, struct str dm_name, struct str *ret_group, struct str *ret_volume)
{
	char *names = arena_alloc(a, dm_name.len + 1);
	size_t n = 0, cut = 0;

	for (size_t i = 0; i < dm_name.len; i++) {
		if (dm_name.ptr[i] != '-') {
			names[n++] = dm_name.ptr[i];
		} else if (i + 1 < dm_name.len && dm_name.ptr[i + 1] == '-') {
			names[n++] = '-';
			i++;
		} else if (cut == 0) {
			cut = n;
		} else {
			break; /* "-real", "-cow": a layer of the volume */
		}
	}
	if (cut == 0 || cut == n)
		return false;
	*ret_group = (struct str){ names, cut };
	*ret_volume = (struct str){ names + cut, n - cut };
	return true;
}

/* Does LINE open the block NAME: "name {"? */
static bool opens(struct str line, struct str name)
{
	struct str head, rest;

	return str_split(line, '{', &head, &rest) && str_eq(str_trim(head), name);
}

static struct str value_of(struct str line, const char *key)
{
	struct str name, value;

	if (!str_split(line, '=', &name, &value) || !str_is(str_trim(name), key))
		return STR_NONE;
	return str_unquote(str_trim(value));
}

/* The worst of several segments counts: a plain one beside a mirrored one protects nothing. */
struct str lvm_level(struct str backup, struct str volume)
{
	struct str line, level = STR("");
	int depth = 0, inside = 0;

	while (str_next_line(&backup, &line)) {
		struct str type;

		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (inside == 0 && depth == 2 && opens(line, volume))
			inside = depth + 1;
		if (str_ends(line, "{")) {
			depth++;
		} else if (str_is(line, "}")) {
			depth--;
			if (inside > depth)
				return level;
		}
		type = inside ? value_of(line, "type") : STR_NONE;
		if (!type.ptr)
			continue;
		if (level.len == 0 || !raid_is_redundant(type))
			level = type;
	}
	return level;
}

bool lvm_next_device(struct str *backup, struct str *ret_device)
{
	struct str line, name, value, device, behind;

	while (str_next_line(backup, &line))
		if (str_split(str_trim(line), '=', &name, &value) &&
			str_is(str_trim(name), "device") && str_split(value, '"', &name, &device) &&
			str_split(device, '"', &device, &behind)) {
			*ret_device = device;
			return true;
		}
	return false;
}

/* "2" of "luu_rimage_2" for the volume "luu": which leg of it the block is, -1 when none. */
static int64_t leg_of(struct str block, struct str volume)
{
	static const char *const kinds[] = { "_rimage_", "_mimage_" };
	struct str rest = str_from(block, volume.len < block.len ? volume.len : block.len);
	int64_t leg;

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (str_eq(str_until(block, block.len - rest.len), volume) &&
			str_starts(rest, kinds[i]) &&
			str_to_i64(str_from(rest, strlen(kinds[i])), &leg) && leg >= 0 &&
			leg < LEGS_MAX)
			return leg;
	return -1;
}

/* The disk of the physical volume NAME ("pv0"); "" when the record does not tell. */
static struct str disk_of_pv(struct str backup, struct str name)
{
	struct str line, value;
	bool inside = false;

	while (str_next_line(&backup, &line)) {
		line = str_trim(line);
		inside = str_ends(line, "{") ? opens(line, name) : inside;
		value = inside ? value_of(line, "device") : STR_NONE;
		if (value.ptr)
			return disk_of(value);
	}
	return STR("");
}

enum tri lvm_apart(struct str backup, struct str volume, struct str level)
{
	struct str disks[LEGS_MAX], rest = backup, line, head, behind, name;
	size_t count = 0;
	int64_t leg = -1;

	for (size_t i = 0; i < LEGS_MAX; i++)
		disks[i] = STR("");
	while (str_next_line(&rest, &line)) {
		line = str_trim(line);
		if (str_split(line, '{', &head, &behind) && !str_starts(line, "segment"))
			leg = leg_of(str_trim(head), volume);
		/* "pv0", 256: the place where a piece of the leg begins */
		if (leg < 0 || !str_starts(line, "\"pv") || !str_split(line, ',', &name, &behind))
			continue;
		if ((size_t)leg >= count)
			count = (size_t)leg + 1;
		disks[leg] = disk_of_pv(backup, str_unquote(str_trim(name)));
	}
	return count > 0 ? raid_apart(level, disks, count) : TRI_YES;
}

bool lvm_next_array(struct str *rest, struct str *ret_volume, struct str *ret_level)
{
	struct str line, head, behind, block = STR(""), type;

	while (str_next_line(rest, &line)) {
		line = str_trim(line);
		if (str_split(line, '{', &head, &behind) && !str_starts(line, "segment"))
			block = str_trim(head);
		type = value_of(line, "type");
		if (!type.ptr || !raid_is_redundant(type))
			continue;
		*ret_volume = block;
		*ret_level = type;
		return true;
	}
	return false;
}

bool lvm_is_missing(struct str backup)
{
	struct str line;

	while (str_next_line(&backup, &line))
		if (str_starts(str_trim(line), "flags") && str_find(line, STR("\"MISSING\"")) >= 0)
			return true;
	return false;
}
