/* fuzz_rpm.c - the header of an installed package in the database of rpm. */
#include "work/hostaudit/resolve/rpm.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct str part, struct str whole)
{
	if (part.len > 0 && (part.ptr < whole.ptr || part.ptr + part.len > whole.ptr + whole.len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str blob = { (const char *)data, size };
	struct rpm_package p;
	struct rpm_file f;
	struct arena a;
	size_t files = 0;

	arena_init(&a, 4 * MIB);
	if (rpm_package_parse(blob, &a, &p)) {
		if (p.name.len == 0)
			abort();
		within(p.name, blob);
		within(p.arch, blob);
		within(p.group, blob);
		while (rpm_next_file(&p, &f)) {
			within(f.dir, blob);
			within(f.base, blob);
			within(f.digest, blob);
			files++;
		}
		if (files > p.file_count || files > size)
			abort();
	}
	arena_done(&a);
	return 0;
}
