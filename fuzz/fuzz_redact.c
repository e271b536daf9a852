/* fuzz_redact.c - command lines made fit to be shown. */
#include "work/hostaudit/redact.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str line = { (const char *)data, size };
	struct arena a;

	arena_init(&a, 64 * MIB);
	if (redact_command(&a, line, KIB).len > KIB)
		abort();
	arena_done(&a);
	return 0;
}
