/* The manifest of a month, as it comes back from an external disk. */
#include "work/archive/keep.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keep_month m;
	struct arena a;
	struct err e;

	if (size > 64 * KIB)
		return 0;
	arena_init(&a, 16 * MIB);
	if (keep_month_parse((struct str){ (const char *)data, size }, &a, &m, &e) == 0) {
		assert(m.segment_count > 0);
		for (size_t i = 0; i < m.segment_count; i++)
			assert(m.segments[i].first < m.segments[i].end);
	}
	arena_done(&a);
	return 0;
}
