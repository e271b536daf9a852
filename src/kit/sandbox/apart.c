/* apart.c - work on a stranger's bytes in a process of its own, for programs of one process. The
 * service has rows for that (kit/process). */
#include "kit/sandbox/sandbox.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

static void child(
	const struct sandbox_rights *rights, unsigned time_max_s, sandbox_work *work, void *context)
{
	struct sandbox_level level;
	struct err e = { 0 };

	(void)alarm(time_max_s);
	_exit(sandbox_enter(rights, &level, &e) < 0 || work(context, &e) < 0);
}

int sandbox_apart(const struct sandbox_rights *rights, unsigned time_max_s, sandbox_work *work,
	void *context, struct err *e)
{
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return err_errno(e, errno, "cannot start a process");
	if (pid == 0)
		child(rights, time_max_s, work, context);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(e, errno, "cannot wait for a process");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(e, ERR_LIMIT,
		"the file asked for more time or memory than it may have, and was given up");
}
