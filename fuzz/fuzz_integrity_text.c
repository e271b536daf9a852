#include "work/integrity/integrity_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A report that is understood is written and understood again, the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct integrity_report r, again;
	struct integrity_note *notes;
	struct arena a;
	struct buf out;
	struct err e;
	size_t count;

	if (size > MIB)
		return 0;
	arena_init(&a, 512 * MIB);
	buf_init(&out, 64 * MIB);
	(void)!journal_parse(text, &a, &notes, &count, &e);
	if (report_parse(text, &a, &r, &e) == 0) {
		report_write(&r, &out);
		assert(report_parse(buf_str(&out), &a, &again, &e) == 0);
		assert(again.change_count == r.change_count && again.gap_count == r.gap_count);
	}
	buf_done(&out);
	arena_done(&a);
	return 0;
}
