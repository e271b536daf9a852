/* fuzz_mdstat: /proc/mdstat of a tree. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/mdstat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size };
	struct mdstat_array array;

	while (mdstat_next(&rest, &array))
		;
	return 0;
}
