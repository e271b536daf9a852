/* fuzz_dpkg.c - checksums and diversions of dpkg. */
#include "work/hostaudit/dpkg.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct str part, struct str whole)
{
	if (part.len > 0 && (part.ptr < whole.ptr || part.ptr + part.len > whole.ptr + whole.len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct str rest = text, line, hex, path;
	struct dpkg_diversion d;

	while (str_next_line(&rest, &line))
		if (dpkg_sum_line(line, &hex, &path)) {
			within(hex, line);
			within(path, line);
			if (hex.len != 32 || path.len == 0)
				abort();
		}
	rest = text;
	while (dpkg_next_diversion(&rest, &d)) {
		within(d.from, text);
		within(d.to, text);
		within(d.by, text);
		within(dpkg_without_usr(d.from), text);
	}
	return 0;
}
