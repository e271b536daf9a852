/* fuzz_dnf: settings of dnf, and the command line of dnf-automatic. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/dnf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct setting s = { 0 };
	struct dnf_order order;
	struct arena a;
	int line;

	arena_init(&a, 64 * MIB);
	line = dnf_last(bytes, STR("f"), "commands", "apply_updates", &a, &s);
	assert(line >= 0 && (size_t)line <= size + 1);
	order = dnf_order_of(bytes);
	assert(order.installs >= -1 && order.installs <= 1);
	arena_done(&a);
	return 0;
}
