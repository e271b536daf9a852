/* front.c - `khien` as people type it. An audit is the one command that is over before the
 * libraries of the others (TLS, mail, archives, pictures) would be loaded, which took an eighth of
 * its time; so the audit is all this program has, and for anything else it becomes the whole
 * program, which stands beside it. */
#include "face/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHOLE "khien-all"

static const struct command *const commands[] = { &cmd_audit, NULL };

/* What --import saves, and where, the whole program knows. */
static bool is_of_here(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], cmd_audit.name) != 0)
		return false;
	for (int i = 2; i < argc; i++)
		if (str_starts(str_of(argv[i]), "--import"))
			return false;
	return true;
}

/* Does not return but when it fails. */
static void become_whole(char **argv)
{
	char here[4096], path[sizeof(here) + sizeof(WHOLE)];
	const char *slash;
	ssize_t n = readlink("/proc/self/exe", here, sizeof(here) - 1);

	if (n >= 0)
		here[n] = '\0';
	else /* no /proc is mounted */
		snprintf(here, sizeof(here), "%s", (const char *)getauxval(AT_EXECFN));
	slash = strrchr(here, '/');
	snprintf(path, sizeof(path), "%.*s%s", slash ? (int)(slash + 1 - here) : 0, here, WHOLE);
	execv(path, argv);
	fprintf(stderr, "khien: %s: %s\n%s\n", path, strerror(errno),
		tr(command_lang_of_environment(),
			T("Riêng khien chỉ kiểm tra được máy; mọi lệnh khác cần khien-all đứng cạnh "
			  "nó. Hãy cài lại khien cho đủ cả hai.")));
}

int main(int argc, char **argv)
{
	if (!is_of_here(argc, argv)) {
		become_whole(argv);
		return 2;
	}
	umask(077); /* what is written is its owner's alone */
	return command_main(commands, argc, argv);
}
