/* sandbox.c - the order matters: folders are opened while they may be, users are changed while
 * there is a right to, and the filter comes last because it forbids the rest. */
#include "kit/sandbox/sandbox_int.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* From the machine's own file: asking the name service would open sockets. */
static bool find_user(const char *name, unsigned *ret_uid, unsigned *ret_gid)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *found = NULL;
	bool is_found = false;

	while (file && !is_found && (found = fgetpwent(file)) != NULL) {
		is_found = strcmp(found->pw_name, name) == 0 && found->pw_uid != 0;
		if (is_found) {
			*ret_uid = found->pw_uid;
			*ret_gid = found->pw_gid;
		}
	}
	if (file)
		fclose(file);
	return is_found;
}

int sandbox_user(const char *const *names, const char **ret_name, unsigned *ret_uid,
	unsigned *ret_gid, struct err *e)
{
	for (; *names; names++) {
		if (!find_user(*names, ret_uid, ret_gid))
			continue;
		*ret_name = *names;
		return 0;
	}
	return err_set(e, ERR_ABSENT, "no user to run as");
}

static int set_limit(int which, uint64_t value, struct err *e)
{
	struct rlimit now, limit = { .rlim_cur = value, .rlim_max = value };

	if (getrlimit((__rlimit_resource_t)which, &now) == 0 && now.rlim_max < limit.rlim_max)
		limit.rlim_max = limit.rlim_cur = now.rlim_max;
	if (setrlimit((__rlimit_resource_t)which, &limit) != 0)
		return err_errno(e, errno, "limit %d", which);
	return 0;
}

/* Room for a process that may fork stays unbounded: the bound would be inherited. */
static int set_limits(const struct sandbox_rights *rights, struct err *e)
{
	int rc = set_limit(RLIMIT_CORE, 0, e);

	if (rc == 0 && rights->memory_max_bytes)
		rc = set_limit(RLIMIT_AS, rights->memory_max_bytes, e);
	if (rc == 0 && rights->files_max)
		rc = set_limit(RLIMIT_NOFILE, rights->files_max, e);
	return rc;
}

static int become(const struct sandbox_rights *rights, struct err *e)
{
	unsigned uid = rights->uid, gid = rights->gid;
	bool keeps = rights->keeps_reading_all || rights->keeps_reading_files ||
		rights->keeps_binding;

	if (uid == 0 && !find_user(rights->user, &uid, &gid))
		return err_set(e, ERR_ABSENT, "no user \"%s\" to become", rights->user);
	if (prctl(PR_SET_KEEPCAPS, keeps ? 1 : 0, 0, 0, 0) != 0 || setgroups(0, NULL) != 0 ||
		setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
		return err_errno(e, errno, "become \"%s\"", rights->user);
	return 0;
}

/* Root without most of its powers. */
static int keep_capabilities(const struct sandbox_rights *rights, struct err *e)
{
	static const cap_value_t reading[] = { CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_NET_ADMIN };
	static const cap_value_t serving[] = { CAP_DAC_OVERRIDE, CAP_CHOWN, CAP_FOWNER };
	static const cap_value_t confining[] = { CAP_SETUID, CAP_SETGID, CAP_KILL };
	static const cap_value_t binding = CAP_NET_BIND_SERVICE;
	cap_t caps = cap_init();
	int rc = 0;

	if (!caps)
		return err_errno(e, errno, "capabilities");
	if (rights->keeps_reading_all)
		rc |= cap_set_flag(caps, CAP_PERMITTED, COUNT(reading), reading, CAP_SET) |
			cap_set_flag(caps, CAP_EFFECTIVE, COUNT(reading), reading, CAP_SET);
	if (rights->keeps_reading_files)
		rc |= cap_set_flag(caps, CAP_PERMITTED, 1, reading, CAP_SET) |
			cap_set_flag(caps, CAP_EFFECTIVE, 1, reading, CAP_SET);
	if (rights->keeps_binding)
		rc |= cap_set_flag(caps, CAP_PERMITTED, 1, &binding, CAP_SET) |
			cap_set_flag(caps, CAP_EFFECTIVE, 1, &binding, CAP_SET);
	if (rights->keeps_owning)
		rc |= cap_set_flag(caps, CAP_PERMITTED, COUNT(serving), serving, CAP_SET) |
			cap_set_flag(caps, CAP_EFFECTIVE, COUNT(serving), serving, CAP_SET);
	if (rights->may & SANDBOX_MAY_CONFINE)
		rc |= cap_set_flag(caps, CAP_PERMITTED, COUNT(confining), confining, CAP_SET) |
			cap_set_flag(caps, CAP_EFFECTIVE, COUNT(confining), confining, CAP_SET);
	if (rc == 0)
		rc = cap_set_proc(caps);
	cap_free(caps);
	if (rc != 0)
		return err_errno(e, errno, "capabilities");
	return 0;
}

/* What root still may, and as whom. */
static int drop_root(const struct sandbox_rights *rights, bool *ret_is_other, struct err *e)
{
	int rc = rights->user ? become(rights, e) : 0;

	if (rc == 0)
		rc = keep_capabilities(rights, e);
	if (rc == 0 && rights->user && setuid(0) == 0)
		rc = err_set(e, ERR_SYSTEM, "root could be had back");
	*ret_is_other = rc == 0 && rights->user;
	return rc;
}

/* After another user was become: that makes the kernel forget it. */
static int end_with(pid_t parent, struct err *e)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0)
		return err_errno(e, errno, "end with the parent");
	if (getppid() != parent)
		return err_set(e, ERR_SYSTEM, "the process that started this one is gone");
	return 0;
}

int sandbox_enter(
	const struct sandbox_rights *rights, struct sandbox_level *ret_level, struct err *e)
{
	struct sandbox_level level = { 0 };
	int rc = set_limits(rights, e);

	if (rc == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		rc = err_errno(e, errno, "no_new_privs");
	/* the user's name is looked up before the folders close over /etc */
	if (rc == 0 && geteuid() == 0)
		rc = drop_root(rights, &level.is_other_user, e);
	if (rc == 0 && rights->ends_with_pid)
		rc = end_with(rights->ends_with_pid, e);
	if (rc == 0 && !(rights->may & SANDBOX_MAY_FORK) && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		rc = err_errno(e, errno, "dumpable");
	if (rc == 0 && !rights->sees_processes)
		rc = landlock_enter(rights, &level.landlock_abi, e);
	if (rc == 0)
		rc = filter_enter(rights, e);
	if (rc < 0)
		return err_context(e, "sandbox");
	level.has_seccomp = true;
	*ret_level = level;
	return 0;
}
