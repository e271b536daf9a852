/* fuzz_journal: the header of a journal file. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct arena a;
	struct journal_header header;

	arena_init(&a, 512 * MIB);
	journal_header(text, &header);
	arena_done(&a);
	return 0;
}
