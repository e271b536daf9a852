/* fuzz_sshd.c - lines, spans of time and the version string of sshd. */
#include <stdlib.h>

#include "work/hostaudit/resolve/sshd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct sshd_reader r;
	struct sshd_line line;
	struct arena a;
	int64_t seconds;

	if (size > 256 * KIB)
		return 0;
	arena_init(&a, 64 * MIB);
	sshd_reader_init(&r, bytes, &a);
	while (sshd_reader_next(&r, &line)) {
		if (line.line < 1 || line.args.len > size)
			abort();
		if (sshd_span(line.args, &seconds) && seconds < 0)
			abort();
	}
	if (sshd_version_in(bytes) < 0)
		abort();
	arena_done(&a);
	return 0;
}
