#include "work/integrity/integrity_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct audit_log log = { 0 };
	struct arena a;

	if (size > MIB)
		return 0;
	arena_init(&a, 256 * MIB);
	audit_log_parse((struct str){ (const char *)data, size }, 0, &a, &log);
	for (size_t i = 0; i < log.events.len; i++)
		assert(str_starts(log.events.at[i].path, "/") && log.events.at[i].who.len > 0);
	arena_done(&a);
	return 0;
}
