/* own.c - whose the folders are. Where the service was started as root and its users are there,
 * each process owns what it alone writes; the group of all of them reads it, but for what is a
 * process's own. */
#include "kit/process/process_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 8

unsigned process_own_user(const struct process_service *s, const struct process_row *row)
{
	const struct passwd *own = s->user && row->user ? getpwnam(row->user) : NULL;

	return own ? own->pw_uid : 0;
}

static bool has_users(const struct process_service *s)
{
	return s->is_root && s->user;
}

/* By descriptor, and only what differs: once all is right nothing is asked for. */
static int set_owner(const struct process_service *s, int fd, unsigned uid, mode_t mode,
	const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_errno(e, errno, "look at \"%s\"", path);
	if ((st.st_uid != uid || st.st_gid != s->gid) && fchown(fd, uid, s->gid) != 0)
		return err_errno(e, errno, "give \"%s\" away", path);
	if ((st.st_mode & 07777) != mode && fchmod(fd, mode) != 0)
		return err_errno(e, errno, "give \"%s\" away", path);
	return 0;
}

/* --- made ------------------------------------------------------------------------------------- */

static int open_folder(const char *path, int *ret, struct err *e)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_errno(e, errno, "make \"%s\"", path);
	*ret = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (*ret < 0 && (errno == ENOTDIR || errno == ELOOP))
		return err_set(e, ERR_INPUT, "\"%s\" is no folder", path);
	return *ret < 0 ? err_errno(e, errno, "open \"%s\"", path) : 0;
}

/* A folder on the way belongs to whom it belongs; others of the service are let through, and what
 * was just made is the service's. */
static int make_way(
	const struct process_service *s, const char *path, bool is_way_of_own, struct err *e)
{
	struct stat st;
	int fd = -1, rc = open_folder(path, &fd, e);

	if (rc == 0 && has_users(s) && fstat(fd, &st) == 0)
		rc = set_owner(s, fd, st.st_uid ? st.st_uid : s->uid,
			(st.st_mode & 07777) | (is_way_of_own ? 0010 : 0), path, e);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* PATH and what leads to it below the data folder. */
static int make_path(const struct process_service *s, char *path, unsigned own, struct err *e)
{
	int fd, rc = has_users(s) && own ? make_way(s, s->data, true, e) : 0;

	for (char *at = path + strlen(s->data); rc == 0 && (at = strchr(at + 1, '/'));) {
		*at = '\0';
		rc = make_way(s, path, own != 0, e);
		*at = '/';
	}
	if (rc < 0)
		return rc;
	rc = open_folder(path, &fd, e);
	if (rc == 0)
		close(fd);
	return rc;
}

static int make_folders(const struct process_service *s, const char *const *names, unsigned own,
	mode_t mode, struct err *e)
{
	char path[PROCESS_PATH_SIZE];

	for (; names && *names; names++)
		for (size_t n = 0; **names && process_expand(s, *names, n, path); n++) {
			int fd = -1, rc = make_path(s, path, own, e);

			if (rc == 0 && has_users(s))
				rc = open_folder(path, &fd, e);
			if (fd >= 0) {
				rc = set_owner(s, fd, own ? own : s->uid, mode, path, e);
				close(fd);
			}
			if (rc < 0)
				return rc;
		}
	return 0;
}

int process_make_folders(
	const struct process_service *s, const struct process_row *row, unsigned own, struct err *e)
{
	int rc = make_folders(s, row->write_below, own, own ? 0750 : 0700, e);

	return rc == 0 ? make_folders(s, row->own_below, own, 0700, e) : rc;
}

/* --- given, with all that is in them ---------------------------------------------------------- */

/* Folders of other rows are left to those. */
struct giving {
	const struct process_service *s;
	const struct process_owner *owners;
	size_t count;
	const struct process_owner *of; /* the folder that is given */
	char path[PROCESS_PATH_SIZE];
	struct err *e;
};

static bool is_anothers(const struct giving *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->owners[i].uid != g->of->uid && strcmp(g->owners[i].path, g->path) == 0)
			return true;
	return false;
}

static int give(struct giving *g, int folder, const char *name, int depth);

static int give_inside(struct giving *g, int fd, int depth)
{
	DIR *d = fdopendir(fd);
	size_t len = strlen(g->path);
	struct dirent *x;
	int rc = 0;

	if (!d) {
		close(fd);
		return err_errno(g->e, errno, "read \"%s\"", g->path);
	}
	while (rc == 0 && (x = readdir(d)) != NULL) {
		if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0)
			continue;
		snprintf(g->path + len, sizeof(g->path) - len, "/%s", x->d_name);
		rc = give(g, dirfd(d), x->d_name, depth);
		g->path[len] = '\0';
	}
	closedir(d);
	return rc;
}

/* A file with a second name is nobody's to give; sockets and the like keep their owner. */
static int give(struct giving *g, int folder, const char *name, int depth)
{
	bool is_shared = g->of->is_shared;
	struct stat st;
	int fd, rc;

	if (depth > DEPTH_MAX || is_anothers(g) ||
		fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		!(S_ISDIR(st.st_mode) || (S_ISREG(st.st_mode) && st.st_nlink == 1)))
		return 0;
	fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_errno(g->e, errno, "open \"%s\"", g->path);
	if (S_ISDIR(st.st_mode)) {
		rc = set_owner(g->s, fd, g->of->uid, is_shared ? 0750 : 0700, g->path, g->e);
		if (rc == 0)
			return give_inside(g, fd, depth + 1);
	} else {
		rc = set_owner(g->s, fd, g->of->uid, is_shared ? 0640 : 0600, g->path, g->e);
	}
	close(fd);
	return rc;
}

int process_give(const struct process_service *s, const struct process_owner *owners, size_t count,
	struct err *e)
{
	struct giving g = { .s = s, .owners = owners, .count = count, .e = e };
	int rc = 0;

	for (size_t i = 0; has_users(s) && rc == 0 && i < count; i++) {
		g.of = &owners[i];
		snprintf(g.path, sizeof(g.path), "%s", owners[i].path);
		rc = give(&g, AT_FDCWD, owners[i].path, 0);
	}
	return rc;
}

size_t process_owners(const struct process_service *s, const struct process_row *row, unsigned own,
	struct process_owner *ret, size_t room)
{
	const char *const *lists[] = { row->write_below, row->own_below };
	char path[PROCESS_PATH_SIZE];
	size_t len = 0;

	for (size_t i = 0; i < COUNT(lists); i++)
		for (const char *const *name = lists[i]; name && *name; name++)
			for (size_t n = 0;
				**name && len < room && process_expand(s, *name, n, path); n++)
				ret[len++] = (struct process_owner){ .path = arena_cstr(s->arena,
									     str_of(path)),
					.uid = own ? own : s->uid,
					.is_shared = own && i == 0 };
	return len;
}
