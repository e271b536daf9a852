#include "work/hostaudit/resolve/declared.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct declared_fault fault;
	struct declaration d;
	struct arena a;

	if (size > LIMIT_HOST_FILE_BYTES)
		return 0;
	arena_init(&a, LIMIT_HOST_MEMORY_BYTES);
	if (declaration_parse((struct str){ (const char *)data, size }, &a, &fault, &d) == 0) {
		assert(d.approved.len <= DECLARED_MAX && d.level >= 0 && d.level <= 5);
		assert(d.backups.len <= DECLARED_MAX);
	} else {
		assert(declared_fault_text(&fault, LANG_VI, &a).len > 0);
	}
	arena_done(&a);
	return 0;
}
