/* fuzz_refusal.c - what a directory says of a password that it refuses: one of few states, never
 * that it was right. */
#include <stdlib.h>

#include "kit/directory/directory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum directory_state state = directory_refusal((struct str){ (const char *)data, size });

	if (state < DIRECTORY_WRONG || state > DIRECTORY_NOT_NOW || state == DIRECTORY_NOBODY)
		abort();
	return 0;
}
