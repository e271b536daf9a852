/* raid.c - names of layouts, whoever gave them. Declared in blocks.h. */
#include "work/hostaudit/blocks.h"

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
