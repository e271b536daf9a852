/* fuzz_range.c - no bytes are taken for a proof that nobody signed. */
#include <stdlib.h>

#include "work/verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct verify_job job = { .now_s = 1 };
	struct verify_range r;
	struct arena a;
	struct err e;

	arena_init(&a, 16 * MIB);
	if (verify_range(text, &job, &a, &r, &e) == 0)
		abort();
	arena_done(&a);
	return 0;
}
