/* fuzz_xfconf: a channel of Xfce's configuration. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/xfconf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct xfconf_value v =
		xfconf_find(bytes, "/saver/idle-activation/delay", STR("an;@users;"));

	assert(!v.value.ptr ||
		(v.value.ptr >= bytes.ptr && v.value.ptr + v.value.len <= bytes.ptr + bytes.len));
	return 0;
}
