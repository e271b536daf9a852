/* fuzz_exports.c - /etc/exports. */
#include "work/hostaudit/shares.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exports_reader reader;
	struct export export;
	struct arena a;
	size_t count = 0;

	arena_init(&a, 64 * MIB);
	exports_init(&reader, (struct str){ (const char *)data, size }, &a);
	while (exports_next(&reader, &export)) {
		if (export.path.len == 0 || export.client.len == 0 || export.line < 1)
			abort();
		if (++count > size)
			abort();
		exports_is_world(export.client);
		exports_is_unproven(export.options);
	}
	arena_done(&a);
	return 0;
}
