/* fuzz_samba.c - the reader of smb.conf and rsyncd.conf. */
#include "work/hostaudit/samba.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct samba_reader reader;
	struct samba_line line;
	struct arena a;
	int last = 0;

	arena_init(&a, 64 * MIB);
	samba_reader_init(&reader, (struct str){ (const char *)data, size }, &a);
	while (samba_next(&reader, &line)) {
		struct setting s = { .value = line.value };

		if (line.line <= last || (line.name.len > 0 && str_has(line.name, ' ')))
			abort();
		last = line.line;
		samba_bool(&s, false);
	}
	arena_done(&a);
	return 0;
}
