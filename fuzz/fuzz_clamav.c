/* fuzz_clamav: the header of a ClamAV database and its configuration. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/clamav.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct arena a;
	struct setting s;
	int64_t at_s;

	arena_init(&a, 512 * MIB);
	clamav_header(text, &at_s);
	clamav_conf(text, STR("fuzz"), "Checks", &a, &s);
	arena_done(&a);
	return 0;
}
