/* fuzz_search_conf.c - the settings of Elasticsearch or OpenSearch. */
#include "base/arena.h"
#include "work/hostaudit/databases.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct search_conf conf = { 0 };
	struct arena a;

	arena_init(&a, 64 * MIB);
	search_conf_read((struct str){ (const char *)data, size }, STR("f"), &a, &conf);
	if (conf.port.value.ptr && conf.port.line < 1)
		abort();
	arena_done(&a);
	return 0;
}
