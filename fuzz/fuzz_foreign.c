#include "work/foreign/foreign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In pieces as the first byte says. What comes back is whole. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct imported got;
	struct str text;
	struct foreign *in;
	struct arena a;
	struct err e;
	size_t step;
	int rc = 0;

	if (size < 1 || size > MIB)
		return 0;
	step = (size_t)data[0] * 16 + 1;
	data++;
	size--;
	text = (struct str){ (const char *)data, size };
	arena_init(&a, 64 * MIB);
	in = foreign_open(&a);
	for (size_t at = 0; at < size && rc == 0; at += step) {
		size_t left = size - at;

		rc = foreign_feed(in, str_until(str_from(text, at), left < step ? left : step), &e);
	}
	if (rc == 0 && foreign_finish(in, &got, &e) == 0)
		for (size_t i = 0; i < got.count; i++)
			assert(got.findings[i].said.ptr && got.findings[i].rule.len > 0);
	foreign_close(in);
	arena_done(&a);
	return 0;
}
