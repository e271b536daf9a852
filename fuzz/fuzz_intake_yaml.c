/* fuzz_intake_yaml.c - settings are taken, or refused with a sentence that names the line. */
#include "face/intake/config.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config c = { 0 };
	struct arena a;
	struct err e = { 0 };
	int rc;

	arena_init(&a, 64 * MIB);
	rc = config_parse((struct str){ (const char *)data, size }, "/data", LANG_VI, &a, &c, &e);
	if (rc < 0 && (rc != ERR_INPUT || !str_starts(str_of(e.text), INTAKE_FILE)) &&
		rc != ERR_LIMIT)
		abort();
	if (rc == 0)
		for (size_t i = 0; i < c.listen_count; i++)
			if (!c.listens[i].address || !*c.listens[i].address)
				abort();
	arena_done(&a);
	return 0;
}
