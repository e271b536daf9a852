/* name.c - what ps and top show of a process: the kernel's own name of it, and the words of the
 * command line, which are overwritten in their place. */
#include "kit/process/process_int.h"

#include <stdlib.h>
#include <sys/prctl.h>

static char *title;
static size_t title_size;

void process_keep_names(int argc, char **argv)
{
	size_t room = 0;

	for (int i = 0; i < argc && argv[i] == argv[0] + room; i++)
		room += strlen(argv[i]) + 1;
	title = argc > 0 ? argv[0] : NULL;
	title_size = room;
	for (int i = 0; i < argc; i++) {
		argv[i] = strdup(argv[i]);
		if (!argv[i])
			abort();
	}
}

void process_show_name(const char *name)
{
	char text[32];

	snprintf(text, sizeof(text), "khien: %s", name);
	(void)prctl(PR_SET_NAME, text, 0, 0, 0);
	if (title_size == 0)
		return;
	memset(title, 0, title_size);
	snprintf(title, title_size, "%s", text);
}
