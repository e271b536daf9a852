#include <unistd.h>

#include "face/cli/cli_int.h"

#define QUIET_US 2000000
#define AGAIN_US 200000

void cli_progress(void *context, const char *what, size_t done, size_t total)
{
	struct cli_waiting *w = context;
	int64_t now_us = clock_monotonic_us();

	if (now_us - w->since_us < QUIET_US || now_us - w->shown_us < AGAIN_US || total == 0 ||
		!isatty(STDERR_FILENO))
		return;
	if (done > total)
		done = total;
	w->shown_us = now_us;
	fprintf(stderr, "\r\033[K%s: %zu/%zu (%zu%%)", tr(w->lang, what), done, total,
		done * 100 / total);
	fflush(stderr);
}

void cli_progress_end(struct cli_waiting *w)
{
	if (w->shown_us)
		fprintf(stderr, "\r\033[K");
	w->shown_us = 0;
}
