/* fuzz_usbguard: rules of usbguard, a line each. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/usbguard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, line;

	while (str_next_line(&rest, &line))
		(void)usbguard_rule(line);
	return 0;
}
