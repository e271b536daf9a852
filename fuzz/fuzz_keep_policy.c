/* fuzz_keep_policy.c - what a log may take of the disk, as it is written in DATA/log/keep. */
#include "work/archive/guard.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct guard_policy p = { .copies = 77 };
	struct err e = { 0 };
	int rc = guard_policy_parse((struct str){ (const char *)data, size }, &p, &e);

	if (rc < 0 && p.copies != 77)
		abort();
	if (rc == 0 && p.quota_bytes > 0 &&
		(p.quota_bytes < GUARD_QUOTA_MIN || guard_wal_bytes(&p) >= p.quota_bytes))
		abort();
	return 0;
}
