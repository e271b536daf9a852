/* fuzz_mycnf.c - an option file of MariaDB or MySQL. */
#include "work/hostaudit/databases.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mycnf_reader reader = { .rest = { (const char *)data, size }, .group = STR("") };
	struct mycnf_line line;
	int last = 0;

	while (mycnf_next(&reader, &line)) {
		if (line.line <= last)
			abort();
		last = line.line;
		mycnf_is(line.name, "bind-address", 5);
	}
	return 0;
}
