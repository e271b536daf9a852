/* fuzz_thin.c - what a narrow set takes out of a list before it is parsed: no line is lost, nothing
 * is added. */
#include "core/pack/pack_int.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t lines_of(const char *bytes, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += bytes[i] == '\n';
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const keys[] = { "id", "evidence", NULL };
	static const struct pack_wanted wanted = { "check", keys };
	char *bytes = malloc(size + 1);
	size_t lines, len;

	if (!bytes)
		abort();
	memcpy(bytes, data, size);
	lines = lines_of(bytes, size);
	len = pack_thin(bytes, size, &wanted);
	if (len > size || lines_of(bytes, len) != lines)
		abort();
	free(bytes);
	return 0;
}
