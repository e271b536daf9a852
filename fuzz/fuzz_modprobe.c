/* fuzz_modprobe: modprobe's configuration. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/modprobe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct arena a;
	struct modprobe m = { .a = &a, .module = "usb_storage" };

	arena_init(&a, 512 * MIB);
	modprobe_add(&m, text, STR("fuzz"));
	modprobe_is_off(text);
	cmdline_lists(text, "module_blacklist", "usb_storage");
	arena_done(&a);
	return 0;
}
