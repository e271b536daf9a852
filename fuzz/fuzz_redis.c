/* fuzz_redis.c - lines of redis.conf. */
#include "work/hostaudit/databases.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size };
	struct str words[REDIS_WORDS_MAX];
	struct str line;

	while (str_next_line(&rest, &line))
		if (redis_parse(line, words) > REDIS_WORDS_MAX)
			abort();
	return 0;
}
