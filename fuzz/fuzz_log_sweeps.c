/* fuzz_log_sweeps: lines of tmpfiles.d. What is told of a line stands in it, and is a folder of
 * logs. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "work/hostaudit/log_sweeps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct str part, struct str whole)
{
	return part.len == 0 ||
		(part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, line;

	while (str_next_line(&rest, &line)) {
		struct log_sweep sweep = { .days = -1 };

		if (!log_sweep_parse(line, &sweep))
			continue;
		if (!is_within(sweep.path, line) || !is_within(sweep.age, line) || sweep.days < 0 ||
			!str_starts(sweep.path, "/var/log"))
			abort();
	}
	return 0;
}
