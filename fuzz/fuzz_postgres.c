/* fuzz_postgres.c - lines of postgresql.conf and pg_hba.conf. */
#include "work/hostaudit/databases.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size };
	struct postgres_line setting;
	struct postgres_hba rule;
	struct str line;
	struct arena a;

	arena_init(&a, 64 * MIB);
	while (str_next_line(&rest, &line)) {
		if (postgres_parse(line, &a, &setting) == 1 && setting.name.len == 0)
			abort();
		if (postgres_hba_parse(line, &rule) && rule.is_unix && !rule.is_local)
			abort();
	}
	arena_done(&a);
	return 0;
}
