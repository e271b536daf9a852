/* vfile_real.c - a folder of the machine this runs on. A handle is a file descriptor. */
#include "kit/vfile/vfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/vfile/vfile_trouble.h"

struct real {
	struct vfile_disk base;
	int root;
};

static int root_of(struct vfile_disk *d)
{
	return ((struct real *)d)->root;
}

/* --- whose it is ------------------------------------------------------------------------------ */

/* FD was just made at PATH below ROOT. */
static void hand_over(int root, const char *path, int fd)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";
	struct stat st;

	if (geteuid() != 0 || fd < 0)
		return;
	if (slash)
		snprintf(folder, sizeof(folder), "%.*s", slash == path ? 1 : (int)(slash - path),
			path);
	if (fstatat(root, folder, &st, 0) == 0 && st.st_uid != 0)
		(void)!fchown(fd, st.st_uid, st.st_gid); /* a disk without owners says no */
}

void vfile_hand_over(const char *path)
{
	int fd;

	if (geteuid() != 0)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	hand_over(AT_FDCWD, path, fd);
	if (fd >= 0)
		close(fd);
}

static int real_open(struct vfile_disk *d, const char *path, enum vfile_mode mode, int *ret_handle)
{
	static const int flags[] = {
		[VFILE_READ] = O_RDONLY,
		[VFILE_WRITE] = O_RDWR,
		[VFILE_CREATE] = O_RDWR | O_CREAT | O_EXCL,
	};
	/* O_NONBLOCK: a fifo put in our place must not stop us; it changes nothing for a file. */
	int fd = openat(root_of(d), path,
		flags[mode] | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0640);
	struct stat st;

	if (fd < 0)
		return errno == ENXIO ? -EISDIR : -errno; /* a socket is no file either */
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return -EISDIR;
	}
	if (mode == VFILE_CREATE)
		hand_over(root_of(d), path, fd);
	*ret_handle = fd;
	return 0;
}

static void real_close(struct vfile_disk *d, int handle)
{
	close(handle); /* what had to last was synced, so its result tells nothing */
}

static ssize_t real_pread(struct vfile_disk *d, int handle, void *to, size_t size, uint64_t offset)
{
	int trouble = vfile_trouble(VFILE_ACT_READ);
	ssize_t n;

	if (trouble)
		return -trouble;
	do
		n = pread(handle, to, size, (off_t)offset);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* A full disk has room for what overwrites. */
static bool is_longer_by(int handle, uint64_t end)
{
	struct stat st;

	return fstat(handle, &st) == 0 && end > (uint64_t)st.st_size;
}

static ssize_t real_pwrite(struct vfile_disk *d, int handle, struct str bytes, uint64_t offset)
{
	int trouble = vfile_trouble(VFILE_ACT_WRITE);
	ssize_t n;

	if (trouble && is_longer_by(handle, offset + bytes.len))
		return -trouble;
	do
		n = pwrite(handle, bytes.ptr, bytes.len, (off_t)offset);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int real_size(struct vfile_disk *d, int handle, uint64_t *ret_bytes)
{
	struct stat st;

	if (fstat(handle, &st) != 0)
		return -errno;
	*ret_bytes = (uint64_t)st.st_size;
	return 0;
}

static int real_truncate(struct vfile_disk *d, int handle, uint64_t size)
{
	int rc;

	do
		rc = ftruncate(handle, (off_t)size);
	while (rc != 0 && errno == EINTR);
	return rc != 0 ? -errno : 0;
}

static int real_allocate(struct vfile_disk *d, int handle, uint64_t size)
{
	uint64_t now;
	int rc = real_size(d, handle, &now);

	if (rc != 0 || size == 0)
		return rc;
	do
		rc = fallocate(handle, 0, 0, (off_t)size);
	while (rc != 0 && errno == EINTR);
	if (rc != 0 && errno == EOPNOTSUPP)
		return size > now ? real_truncate(d, handle, size) : 0;
	return rc != 0 ? -errno : 0;
}

static int real_sync(struct vfile_disk *d, int handle, bool is_data_only)
{
	int trouble = vfile_trouble(VFILE_ACT_SYNC);

	if (trouble)
		return -trouble;
	/* Not tried again after EINTR: whatever it says, a failed sync is final. */
	return (is_data_only ? fdatasync(handle) : fsync(handle)) != 0 ? -errno : 0;
}

static int real_rename(struct vfile_disk *d, const char *from, const char *to)
{
	struct stat st;

	if (fstatat(root_of(d), from, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EISDIR;
	return renameat(root_of(d), from, root_of(d), to) != 0 ? -errno : 0;
}

static int real_unlink(struct vfile_disk *d, const char *path)
{
	return unlinkat(root_of(d), path, 0) != 0 ? -errno : 0;
}

static int real_rmdir(struct vfile_disk *d, const char *path)
{
	return unlinkat(root_of(d), path, AT_REMOVEDIR) != 0 ? -errno : 0;
}

static int open_folder(struct vfile_disk *d, const char *path)
{
	int fd = openat(
		root_of(d), *path ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return -errno;
	return fd;
}

static int real_mkdir(struct vfile_disk *d, const char *path)
{
	int fd;

	if (mkdirat(root_of(d), path, 0750) != 0)
		return -errno;
	if (geteuid() == 0 && (fd = open_folder(d, path)) >= 0) {
		hand_over(root_of(d), path, fd);
		close(fd);
	}
	return 0;
}

static int real_sync_dir(struct vfile_disk *d, const char *path)
{
	int fd, rc;

	/* the root is open: who may not read it any more may still sync it */
	if (!*path)
		return fsync(root_of(d)) != 0 ? -errno : 0;
	fd = open_folder(d, path);
	if (fd < 0)
		return fd;
	rc = fsync(fd) != 0 ? -errno : 0;
	close(fd);
	return rc;
}

static bool is_folder(int folder, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static int real_list(struct vfile_disk *d, const char *path, vfile_each *each, void *context)
{
	int fd = open_folder(d, path);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int rc;

	if (fd < 0)
		return fd;
	if (!folder) {
		rc = -errno;
		close(fd);
		return rc;
	}
	while (errno = 0, (entry = readdir(folder)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			each(context, entry->d_name, is_folder(fd, entry));
	rc = -errno;
	closedir(folder);
	return rc;
}

static void real_free(struct vfile_disk *d)
{
	close(root_of(d));
	free(d);
}

static const struct vfile_ops real_ops = {
	.open = real_open,
	.close = real_close,
	.pread = real_pread,
	.pwrite = real_pwrite,
	.size = real_size,
	.truncate = real_truncate,
	.allocate = real_allocate,
	.sync = real_sync,
	.rename = real_rename,
	.unlink = real_unlink,
	.mkdir = real_mkdir,
	.rmdir = real_rmdir,
	.sync_dir = real_sync_dir,
	.list = real_list,
	.free = real_free,
};

int vfile_disk_open(const char *root, struct vfile_disk **ret, struct err *e)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct real *r;

	vfile_trouble_begin();
	if (fd < 0)
		return err_errno(e, errno, "cannot open the folder \"%s\"", root);
	r = calloc(1, sizeof(*r));
	if (!r)
		abort();
	*r = (struct real){ { &real_ops }, fd };
	*ret = &r->base;
	return 0;
}
