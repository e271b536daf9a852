/* raid.c - names of layouts, whoever gave them, and whether their legs lie apart. Declared in
 * blocks.h. */
#include "work/hostaudit/blocks.h"

#include "work/hostaudit/resolve/resolve.h"

bool raid_is_redundant(struct str level)
{
	static const char *const levels[] = { "raid1", "raid4", "raid5", "raid6", "raid10",
		"mirror", "raid1c3", "raid1c4", "raidz", "raidz1", "raidz2", "raidz3", "draid" };

	for (size_t i = 0; i < COUNT(levels); i++)
		if (str_is(level, levels[i]))
			return true;
	/* LVM names the layout too: "raid5_ls", "raid6_zr" */
	return str_starts(level, "raid5_") || str_starts(level, "raid6_") ||
		str_is(level, "raid10_near");
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

struct str disk_of(struct str device)
{
	struct str name = path_base(device);
	size_t end = name.len;

	while (end > 0 && is_digit(name.ptr[end - 1]))
		end--;
	if (end == name.len || end == 0)
		return name;
	/* "nvme0n1p2", "mmcblk0p1": the disk's own name ends with a number */
	if (end > 1 && name.ptr[end - 1] == 'p' && is_digit(name.ptr[end - 2]))
		return str_until(name, end - 1);
	return str_starts(name, "sd") || str_starts(name, "hd") || str_starts(name, "vd") ||
			str_starts(name, "xvd") ?
		str_until(name, end) :
		name;
}

enum tri raid_apart(struct str level, const struct str *disks, size_t count)
{
	size_t apart = 0;

	for (size_t i = 0; i < count; i++) {
		bool is_seen = false;

		for (size_t n = 0; n < i; n++)
			is_seen = is_seen || (disks[i].len > 0 && str_eq(disks[n], disks[i]));
		apart += !is_seen;
	}
	if (apart == count)
		return TRI_YES;
	if (apart == 1)
		return TRI_NO;
	if (str_is(level, "raid1") || str_is(level, "mirror"))
		return TRI_YES;
	return str_is(level, "raid4") || str_starts(level, "raid5") ? TRI_NO : TRI_UNCLEAR;
}
