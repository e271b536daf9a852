/* fuzz_apt_conf: apt's configuration. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/apt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct arena a;
	struct apt_conf c;

	arena_init(&a, 512 * MIB);
	apt_conf_init(&c, &a);
	apt_conf_add(&c, text, STR("fuzz"));
	apt_conf_add(&c, text, STR("again"));
	apt_conf_bool(&c, "APT::Periodic::Enable", true);
	apt_conf_value(&c, "Unattended-Upgrade::Origins-Pattern::", "");
	arena_done(&a);
	return 0;
}
