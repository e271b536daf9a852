/* fuzz_zpool: the cache of ZFS pools. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/zpool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str level = STR_NONE;
	struct arena a;
	enum tri answer;

	arena_init(&a, 16 * MIB);
	answer = zpool_redundant((struct str){ (const char *)data, size }, STR("tank"), &a, &level);
	assert(answer == TRI_UNCLEAR || level.len > 0);
	arena_done(&a);
	return 0;
}
