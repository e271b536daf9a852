/* fuzz_backup_file.c - the entries of a backup, as they stand behind the seal: whatever comes, an
 * entry that is taken names a place inside the folder. */
#include "work/backup/backup_int.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pieces p;
	struct entry x;
	struct err e = { 0 };

	if (size > sizeof(p.plain))
		return 0;
	memcpy(p.plain, data, size);
	p.len = size;
	p.at = 0;
	p.is_over = true;
	while (entry_get(&p, &x, &e) == 0) {
		if (x.kind == ENTRY_END)
			break;
		if (x.path[0] == '/' || strcmp(x.path, "..") == 0 ||
			strncmp(x.path, "../", 3) == 0 || strstr(x.path, "/../") || x.mode & ~0700u)
			abort();
	}
	return 0;
}
