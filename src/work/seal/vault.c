/* vault.c - where the secret keys are: beside the logs, so that a process may be given a log to
 * read and not its keys. */
#include "work/seal/seal_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int seal_folder(const char *path, struct err *e)
{
	if (mkdir(path, 0700) == 0)
		vfile_hand_over(path);
	else if (errno != EEXIST)
		return err_errno(e, errno, "make \"%s\"", path);
	return 0;
}

static int sync_folder(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int rc = fd < 0 || fsync(fd) != 0 ? err_errno(e, errno, "sync \"%s\"", path) : 0;

	if (fd >= 0)
		close(fd);
	return rc;
}

/* Keys stood in the log once. Each is moved for itself: a power cut leaves it there or here. */
static int move_in(const char *from, const char *to, struct arena *a, struct err *e)
{
	static const char *const names[] = { KEY_IDENTITY, KEY_EPOCH, KEY_NEXT, KEY_RECOVERY };
	bool is_any = false;
	int rc;

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *old = arena_fmt(a, "%s/%s", from, names[i]).ptr;

		if (access(old, F_OK) != 0)
			continue;
		if (rename(old, arena_fmt(a, "%s/%s", to, names[i]).ptr) != 0)
			return err_errno(e, errno, "move \"%s\" to \"%s\"", old, to);
		is_any = true;
	}
	if (!is_any)
		return 0;
	rc = sync_folder(to, e);
	return rc == 0 ? sync_folder(from, e) : rc;
}

static int make_path(const char *data, const char *log, const char *shard, struct arena *a,
	const char **ret, struct err *e)
{
	const char *path = arena_fmt(a, "%s/" SEAL_KEYS, data).ptr;
	int rc = seal_folder(path, e);

	path = arena_fmt(a, "%s/%s", path, log).ptr;
	if (rc == 0)
		rc = seal_folder(path, e);
	if (rc == 0 && shard) {
		path = arena_fmt(a, "%s/%s", path, shard).ptr;
		rc = seal_folder(path, e);
	}
	*ret = path;
	return rc;
}

int seal_keys_open(const char *data, const char *log, const char *shard, struct vfile_disk **ret,
	struct err *e)
{
	const char *path;
	struct arena a;
	int rc;

	arena_init(&a, SEAL_MEMORY_BYTES);
	rc = make_path(data, log, shard, &a, &path, e);
	if (rc == 0)
		rc = move_in(shard ? arena_fmt(&a, "%s/%s/%s/keys", data, log, shard).ptr :
				     arena_fmt(&a, "%s/%s", data, log).ptr,
			path, &a, e);
	if (rc == 0)
		rc = vfile_disk_open(path, ret, e);
	arena_done(&a);
	return rc;
}
