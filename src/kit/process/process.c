/* process.c - what a service and a process are given: user, folders, sandbox. */
#include "kit/process/process_int.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

/* Can that user come to the data folder at all? One below /root, say, is closed to everybody
 * else. */
static bool is_reachable(const struct process_service *s)
{
	char path[PROCESS_PATH_SIZE];
	struct stat st;

	snprintf(path, sizeof(path), "%s", s->data);
	for (char *slash = strrchr(path, '/'); slash && slash != path; slash = strrchr(path, '/')) {
		*slash = '\0';
		if (stat(path, &st) != 0 ||
			!(st.st_mode & S_IXOTH || (st.st_uid == s->uid && st.st_mode & S_IXUSR)))
			return false;
	}
	return true;
}

/* Where nobody else can come, a process stays root in name and loses every power of root, which
 * leaves it the files that are root's own and no more. */
int process_user(struct process_service *s, struct err *e)
{
	static const char *const names[] = { "khien", "nobody", NULL };
	int rc;

	s->is_root = geteuid() == 0;
	s->user = NULL;
	s->uid = geteuid();
	s->gid = getegid();
	if (!s->is_root)
		return 0;
	rc = sandbox_user(names, &s->user, &s->uid, &s->gid, e);
	if (rc == 0 && !is_reachable(s)) {
		s->user = NULL;
		s->uid = s->gid = 0;
	}
	return rc;
}

int process_folder(struct process_service *s, struct err *e)
{
	char full[PROCESS_PATH_SIZE];
	struct stat st;

	if (mkdir(s->data, 0700) != 0 && errno != EEXIST)
		return err_errno(e, errno, "make \"%s\"", s->data);
	if (stat(s->data, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_INPUT, "\"%s\" is no folder", s->data);
	/* others may be let through to what is theirs below, see make_folders() */
	if (st.st_mode & 067 && chmod(s->data, 0700) != 0)
		return err_errno(e, errno, "close \"%s\" to others", s->data);
	if (!realpath(s->data, full))
		return err_errno(e, errno, "\"%s\"", s->data);
	s->data = arena_cstr(s->arena, str_of(full));
	return process_user(s, e);
}

int process_hand_over(const struct process_service *s, const char *path, struct err *e)
{
	if (!s->is_root || !s->user)
		return 0;
	if (lchown(path, s->uid, s->gid) != 0 && errno != ENOENT)
		return err_errno(e, errno, "give \"%s\" to \"%s\"", path, s->user);
	return 0;
}

bool process_expand(const struct process_service *s, const char *name, size_t n, char *path)
{
	const char *now = strstr(name, "%S"), *old = strstr(name, "%O"), *at = now ? now : old;
	const char *shard = s->shard;

	if (old && !now) {
		shard = s->shards_before ? s->shards_before[n] : NULL;
		if (!shard)
			return false;
	} else if (n > 0) {
		return false;
	}
	if (at)
		snprintf(path, PROCESS_PATH_SIZE, "%s/%.*s%s%s", s->data, (int)(at - name), name,
			shard, at + 2);
	else
		snprintf(path, PROCESS_PATH_SIZE, "%s%s%s", s->data, *name ? "/" : "", name);
	return true;
}

/* Ended by NULL; those that are not there are left out. */
static size_t add_folders(
	const struct process *self, const char *const *names, const char **at, size_t len)
{
	char path[PROCESS_PATH_SIZE];

	for (; names && *names; names++)
		for (size_t n = 0;
			len < PROCESS_FOLDERS_MAX && process_expand(self->service, *names, n, path);
			n++)
			if (access(path, F_OK) == 0)
				at[len++] = arena_cstr(self->service->arena, str_of(path));
	at[len] = NULL;
	return len;
}

/* What is there of PATHS. */
static size_t add_paths(const char *const *paths, const char **at, size_t len)
{
	for (; paths && *paths && len < PROCESS_FOLDERS_MAX; paths++)
		if (access(*paths, F_OK) == 0)
			at[len++] = *paths;
	at[len] = NULL;
	return len;
}

int process_confine(const struct process *self, const char *const *more,
	struct sandbox_level *ret_level, struct err *e)
{
	return process_confine_outside(self, more, NULL, ret_level, e);
}

int process_confine_outside(const struct process *self, const char *const *more,
	const char *const *outside, struct sandbox_level *ret_level, struct err *e)
{
	/* the resolver's own files, and the roots that certificates are checked against */
	static const char *const connecting[] = { "/etc", "/usr/lib", "/lib",
		"/usr/share/ca-certificates", "/run/systemd/resolve", NULL };
	const char *write_below[PROCESS_FOLDERS_MAX + 1], *read_below[PROCESS_FOLDERS_MAX + 1];
	const struct process_service *s = self->service;
	struct sandbox_rights rights = self->row->rights;
	struct str tries = process_try_list(self);
	size_t len;
	int rc;

	len = add_folders(self, self->row->write_below, write_below, 0);
	len = add_folders(self, self->row->own_below, write_below, len);
	(void)add_paths(outside, write_below, len);
	len = add_folders(self, self->row->read_below, read_below, 0);
	if (self->row->rights.may & SANDBOX_MAY_CONNECT)
		len = add_paths(connecting, read_below, len);
	(void)add_paths(more, read_below, len);
	rights.write_below = write_below;
	rights.read_below = read_below;
	rights.user = self->own ? self->row->user : s->user;
	rights.uid = self->own ? self->own : s->uid;
	rights.gid = s->gid;
	rights.ends_with_pid = self->parent_pid;
	if (self->own)
		umask(027); /* the others of the service may read */
	rc = sandbox_enter(&rights, ret_level, e);
	if (rc == 0)
		process_try(self, tries);
	return rc;
}

int process_end_fd(struct err *e)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? err_errno(e, errno, "signals") : fd;
}
