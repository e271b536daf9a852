#include "work/integrity/integrity_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What stands before the digest. A path that comes back is whole and after the one before it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct integrity_entry entry;
	struct baseline b;
	struct err e;
	int rc = baseline_parse((struct str){ (const char *)data, size }, &b, &e);

	while (rc >= 0 && (rc = baseline_next(&b, &entry, &e)) == 1)
		assert(entry.path.len > 0 && entry.path.ptr[0] == '/');
	baseline_close(&b);
	return 0;
}
