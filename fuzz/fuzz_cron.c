/* fuzz_cron: schedules of cron and systemd, a line each. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "work/hostaudit/jobs.h"
#include "work/hostaudit/resolve/cron.h"
#include "work/hostaudit/resolve/shell_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_there(void *context, struct str path)
{
	return (int)(path.len % 3) - 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct arena a;
	struct str rest = text, line, schedule, user, command;

	arena_init(&a, 512 * MIB);
	for (int i = 0; i < 50 && str_next_line(&rest, &line); i++) {
		int64_t days;

		(void)anacron_line(line, &days, &user, &command);
		if (cron_line(line, true, &schedule, &user, &command))
			cron_period_days(schedule);
		calendar_period_days(line);
		calendar_is_over(line, 1764000000);
		span_seconds(line);
	}
	scan_of(text, &a);
	cleans_logs(text);
	if (shell_text_reached(text, is_there, NULL, &a).len > text.len)
		abort();
	if (shell_text_without_here(text, &a).len > text.len + 1)
		abort();
	arena_done(&a);
	return 0;
}
