/* fuzz_deb_version: two versions, one a line: the order must not depend on who asks first. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/deb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct arena a;
	struct str rest = text, x = STR(""), y = STR("");
	int forth, back;

	arena_init(&a, 512 * MIB);
	str_next_line(&rest, &x);
	str_next_line(&rest, &y);
	forth = deb_version_cmp(x, y);
	back = deb_version_cmp(y, x);
	assert((forth > 0) == (back < 0) && (forth == 0) == (back == 0));
	assert(deb_version_cmp(x, x) == 0);
	arena_done(&a);
	return 0;
}
