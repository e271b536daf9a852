/* fuzz_lvm: LVM's record of a volume group, and names of the device mapper. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/blocks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name before a NUL byte, the record after it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, name = STR(""), group, volume;
	struct arena a;

	arena_init(&a, 64 * MIB);
	(void)str_split(text, '\0', &name, &text);
	if (size < LIMIT_HOST_FILE_BYTES && lvm_names(&a, name, &group, &volume)) {
		assert(group.len > 0 && volume.len > 0);
		(void)raid_is_redundant(lvm_level(text, volume));
	}
	(void)dm_cipher(name);
	arena_done(&a);
	return 0;
}
