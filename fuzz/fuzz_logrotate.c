/* fuzz_logrotate: logrotate's configuration. */
#include <stddef.h>
#include <stdint.h>

#include "work/hostaudit/resolve/logrotate.h"

static void found(void *context, struct str pattern, const struct rotate_policy *p)
{
	int64_t *days = context;

	*days += rotate_days(p) + (int64_t)pattern.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct arena a;
	struct logrotate *l;
	int64_t days = 0;

	arena_init(&a, 512 * MIB);
	l = arena_new(&a, struct logrotate);
	logrotate_init(l, &a);
	l->found = found;
	l->context = &days;
	logrotate_read(l, text, STR("fuzz"));
	arena_done(&a);
	return 0;
}
