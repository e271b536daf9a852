#include "base/memory.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const char *end_text;

/* Nothing here may ask for memory. abort() goes on when this returns. */
static void say(int signal_number)
{
	ssize_t told;

	(void)signal_number;
	if (errno != ENOMEM)
		return;
	told = write(STDERR_FILENO, end_text, strlen(end_text));
	told = write(STDERR_FILENO, "\n", 1);
	(void)told;
}

void memory_end_says(const char *text)
{
	const struct sigaction action = { .sa_handler = say, .sa_flags = (int)SA_RESETHAND };

	end_text = text;
	(void)sigaction(SIGABRT, &action, NULL);
}
