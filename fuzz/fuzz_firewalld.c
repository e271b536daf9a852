/* fuzz_firewalld: a zone, policy or service of firewalld, and firewalld.conf. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/firewalld.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct firewalld_file file;
	struct setting s = { 0 };
	struct arena a;

	arena_init(&a, 64 * MIB);
	if (firewalld_read(bytes, &a, &file))
		assert(file.target.len > 0 && file.services.len < 8 * KIB);
	firewalld_conf(bytes, STR("f"), "DefaultZone", &a, &s);
	arena_done(&a);
	return 0;
}
