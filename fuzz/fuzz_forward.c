/* fuzz_forward.c - files that say where logs go: the first byte chooses the reader. */
#include <stdlib.h>

#include "work/hostaudit/forward.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void include(void *context, struct str pattern)
{
	(void)context;
	if (pattern.len > 0 && !pattern.ptr)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data + 1, size - 1 };
	struct arena a;
	struct forward_list list = { .a = &a, .file = STR("x") };

	if (size < 1)
		return 0;
	arena_init(&a, 64 * MIB);
	switch (data[0] % 5) {
	case 0:
		forward_rsyslog(&list, bytes, include, NULL);
		break;
	case 1:
		forward_syslog_ng(&list, bytes, include, NULL);
		forward_syslog_ng_done(&list);
		break;
	case 2:
		forward_fluent_bit(&list, bytes);
		break;
	case 3:
		forward_beat(&list, bytes);
		break;
	default:
		forward_ossec(&list, bytes);
	}
	if (list.all.len > FORWARDS_MAX)
		abort();
	for (size_t i = 0; i < list.all.len; i++) {
		if (list.all.at[i].line < 1 || !list.all.at[i].protocol.ptr)
			abort();
		(void)forward_is_local(list.all.at[i].target);
	}
	arena_done(&a);
	return 0;
}
