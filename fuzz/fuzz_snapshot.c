#include "work/hostaudit/hostaudit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hostaudit_options options = {
		.replay = { (const char *)data, size }, .now_s = 1795366800
	};
	struct hostaudit *audit;
	struct buf out;
	struct err e;

	if (size == 0 || size > MIB || hostaudit_open(&options, &e, &audit) < 0)
		return 0;
	buf_init(&out, 16 * MIB);
	hostaudit_save(audit, &out);
	buf_done(&out);
	hostaudit_close(audit);
	return 0;
}
