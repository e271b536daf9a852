/* vfile.h - floor 2: the one layer all durable writing goes through. A disk is a folder behind a
 * table of functions: the real one here; in vfile_crash.h one in memory, one that fails at the
 * n-th call, and one that records what is written and synced, so that every disk a power cut
 * could leave can be rebuilt and tried. What only ever wrote through this layer can be tested on
 * all of them.
 *
 * What lasts: bytes of a file after vfile_sync_data() or vfile_sync() of that file returned 0; a
 * name (made, renamed, removed) after vfile_sync_dir() of the folder it stands in returned 0; a
 * rename between folders after both were synced. Before that a power cut may keep, lose or tear
 * anything, in any order, 512-byte sector by sector.
 *
 * A sync that failed is never tried again: the kernel may have thrown the bytes away and report
 * success next time. The file is marked, and each further change of it is refused; close it,
 * read back what is there, go on in a new file.
 *
 * Calls return 0 (or a count) or a negative ERR_*; a full disk is ERR_LIMIT. Nothing here is
 * safe to be used by two threads at once. */
#ifndef KIT_VFILE_H
#define KIT_VFILE_H

#include <sys/types.h>

#include "base/base.h"

#define VFILE_NAME_SIZE 256

enum vfile_mode {
	VFILE_READ,   /* is there; only read */
	VFILE_WRITE,  /* is there */
	VFILE_CREATE, /* must not be there yet; readable by its owner alone */
};

/* What a disk can do. Every row returns 0 (or a count of bytes) or a negated errno value; a pwrite
 * may write less than asked. Paths were looked at before: relative, no empty, "." or ".." part. */
typedef void vfile_each(void *context, const char *name, bool is_folder);

struct vfile_disk;
struct vfile_ops {
	int (*open)(struct vfile_disk *d, const char *path, enum vfile_mode mode, int *ret_handle);
	void (*close)(struct vfile_disk *d, int handle);
	ssize_t (*pread)(struct vfile_disk *d, int handle, void *to, size_t size, uint64_t offset);
	ssize_t (*pwrite)(struct vfile_disk *d, int handle, struct str bytes, uint64_t offset);
	int (*size)(struct vfile_disk *d, int handle, uint64_t *ret_bytes);
	int (*truncate)(struct vfile_disk *d, int handle, uint64_t size);
	int (*allocate)(struct vfile_disk *d, int handle, uint64_t size);
	int (*sync)(struct vfile_disk *d, int handle, bool is_data_only);
	int (*rename)(struct vfile_disk *d, const char *from, const char *to); /* of files alone */
	int (*unlink)(struct vfile_disk *d, const char *path);
	int (*mkdir)(struct vfile_disk *d, const char *path);
	int (*rmdir)(struct vfile_disk *d, const char *path);
	int (*sync_dir)(struct vfile_disk *d, const char *path); /* "" is the disk itself */
	int (*list)(struct vfile_disk *d, const char *path, vfile_each *each, void *context);
	void (*free)(struct vfile_disk *d);
};

/* The first member of each kind of disk. */
struct vfile_disk {
	const struct vfile_ops *ops;
};

/* The folder ROOT, which must be there. Symbolic links are not followed at the end of a path. What
 * is made the group may read, as far as the umask lets it; and what root makes in a folder of
 * somebody else is his: a command of root leaves nothing that the service cannot write. */
MUST_CHECK int vfile_disk_open(const char *root, struct vfile_disk **ret, struct err *e);
/* The same for a file or folder that was just made in another way. Nothing for who is not root. */
void vfile_hand_over(const char *path);
/* Its files must be closed before. Takes NULL. */
void vfile_disk_close(struct vfile_disk *d);

/* An open file, in the caller's storage. */
struct vfile {
	struct vfile_disk *disk; /* NULL: closed */
	int handle;
	bool is_failed;      /* a sync of it failed */
	uint64_t size_bytes; /* where vfile_append() goes on */
	char path[VFILE_NAME_SIZE];
};

/* ERR_INPUT: what stands there is no file but a folder, a pipe, a socket. */
MUST_CHECK int vfile_open(struct vfile_disk *d, const char *path, enum vfile_mode mode,
	struct vfile *ret, struct err *e);
void vfile_close(struct vfile *f); /* may be called twice; syncs nothing */

/* All of BYTES at the end. When it fails the end stays where it was: what was written behind it is
 * overwritten by the next one, or cut off by vfile_truncate(). */
MUST_CHECK int vfile_append(struct vfile *f, struct str bytes, struct err *e);
MUST_CHECK int vfile_write_at(struct vfile *f, uint64_t offset, struct str bytes, struct err *e);
/* Returns the count of bytes read: SIZE, or fewer at the end of the file. */
MUST_CHECK ssize_t vfile_read_at(
	struct vfile *f, uint64_t offset, void *to, size_t size, struct err *e);
/* Shorter, or longer with zeros. */
MUST_CHECK int vfile_truncate(struct vfile *f, uint64_t size, struct err *e);
/* At least SIZE bytes long, with zeros, and their room on the disk taken where the file system can
 * do that: later writes below SIZE then need neither room nor a change of the size. */
MUST_CHECK int vfile_allocate(struct vfile *f, uint64_t size, struct err *e);
/* Bytes and size are on the disk (fdatasync); with vfile_sync() times and rights too (fsync). */
MUST_CHECK int vfile_sync_data(struct vfile *f, struct err *e);
MUST_CHECK int vfile_sync(struct vfile *f, struct err *e);

/* Names. A rename replaces what TO was, at once. Folders cannot be renamed. */
MUST_CHECK int vfile_rename(struct vfile_disk *d, const char *from, const char *to, struct err *e);
MUST_CHECK int vfile_unlink(struct vfile_disk *d, const char *path, struct err *e);
MUST_CHECK int vfile_mkdir(struct vfile_disk *d, const char *path, struct err *e);
/* The folder PATH is there, made where it was not, and its name stays when the power goes. */
MUST_CHECK int vfile_make_folder(struct vfile_disk *d, const char *path, struct err *e);
MUST_CHECK int vfile_rmdir(struct vfile_disk *d, const char *path, struct err *e);
MUST_CHECK int vfile_sync_dir(struct vfile_disk *d, const char *path, struct err *e);
/* The folder that PATH stands in. */
MUST_CHECK int vfile_sync_parent(struct vfile_disk *d, const char *path, struct err *e);

struct vfile_name {
	const char *name; /* without the folder */
	bool is_folder;
};

struct vfile_names {
	struct vfile_name *at;
	size_t len;
};

/* What stands in a folder, in byte order. Lives in A; ERR_LIMIT when A is full. */
MUST_CHECK int vfile_list(struct vfile_disk *d, const char *path, struct arena *a,
	struct vfile_names *ret, struct err *e);

/* PATH holds BYTES, all or nothing, whenever the power goes: written to PATH.tmp, synced,
 * renamed, the folder synced. After a failure PATH is what it was, or already the new one when
 * only the sync of the folder failed; both may be true after a power cut. */
MUST_CHECK int vfile_replace(
	struct vfile_disk *d, const char *path, struct str bytes, struct err *e);
/* The whole of a file of at most MAX_BYTES, in A; ERR_LIMIT when it is longer. */
MUST_CHECK int vfile_load(struct vfile_disk *d, const char *path, size_t max_bytes, struct arena *a,
	struct str *ret, struct err *e);

#endif
