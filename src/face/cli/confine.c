/* confine.c - an audit at the terminal meets hostile files as root: before it reads the first of
 * them it gives up everything but reading. */
#include "face/cli/cli_int.h"
#include "kit/sandbox/sandbox.h"

#include <unistd.h>

/* As a user of no rights who may read all: what is root's cannot be written any more. */
static const char *const users[] = { "khien", "nobody", NULL };

int cli_confine_as(unsigned owner, unsigned group, struct err *e)
{
	struct sandbox_rights rights = { .may = SANDBOX_MAY_THREADS | SANDBOX_MAY_FILES,
		.keeps_reading_all = true,
		.sees_processes = true };
	struct sandbox_level level;

	(void)clock_now_s(); /* the test clock's file is opened while it may be */
	if (geteuid() == 0 && owner != 0) {
		rights.user = "owner";
		rights.uid = owner;
		rights.gid = group;
	}
	return sandbox_enter(&rights, &level, e);
}

int cli_confine(bool is_written, struct err *e)
{
	struct sandbox_rights rights = { .may = SANDBOX_MAY_NETLINK | SANDBOX_MAY_THREADS |
			(is_written ? SANDBOX_MAY_FILES : SANDBOX_MAY_READ),
		.keeps_reading_all = true,
		.sees_processes = true };
	struct sandbox_level level;
	struct err ignored;
	unsigned uid, gid;

	(void)clock_now_s(); /* the test clock's file is opened while it may be */
	if (!is_written && sandbox_user(users, &rights.user, &uid, &gid, &ignored) == 0) {
		rights.uid = uid;
		rights.gid = gid;
	}
	return sandbox_enter(&rights, &level, e);
}
