/* fuzz_mounts.c - lines of mountinfo and fstab, and paths made plain. */
#include "work/hostaudit/mounts.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size };
	struct mount mount;
	struct str line;
	struct arena a;

	arena_init(&a, 64 * MIB);
	while (str_next_line(&rest, &line)) {
		struct str plain = path_normal(&a, line);

		if (plain.len == 0 || plain.ptr[0] != '/' || str_find(plain, STR("//")) >= 0)
			abort();
		if (mountinfo_parse(&a, line, &mount) && mount.target.len == 0)
			abort();
		fstab_parse(&a, line, &mount);
	}
	arena_done(&a);
	return 0;
}
