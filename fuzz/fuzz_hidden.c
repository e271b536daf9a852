/* fuzz_hidden.c - the kernel's counts and the members of control groups; the note of a review. */
#include "work/hostaudit/hidden.h"
#include "work/hostaudit/jobs.h"
#include "work/hostaudit/review_note.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct str rest = text;
	struct review_note note;
	struct arena a;
	int64_t tasks, newest, pid;

	if (hidden_loadavg(text, &tasks, &newest) && (tasks < 0 || newest < 0))
		abort();
	while (hidden_next_pid(&rest, &pid))
		if (pid <= 0 || pid >= (int64_t)LIMIT_PROCESS_NUMBER)
			abort();
	if (review_note_parse(text, &note) && (note.at_s < 0 || note.period_days < 1))
		abort();
	arena_init(&a, 512 * MIB);
	(void)inspection_of(text, &a);
	arena_done(&a);
	(void)updates_of(text);
	return 0;
}
