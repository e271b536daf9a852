/* mounts.h - private to hostaudit: what is mounted where, by the kernel's word or, on a tree
 * without a /proc, by /etc/fstab. */
#ifndef WORK_MOUNTS_H
#define WORK_MOUNTS_H

#include "base/base.h"
#include "work/hostaudit/host.h"

struct mount {
	struct str target, source, fstype, options;
	struct str root;   /* which part of the file system: "/" the whole of it */
	struct str device; /* "8:1"; "" from fstab */
	struct str file;
	int line;
	bool is_disk; /* the whole of a local disk, partition or volume */
};

struct mount_list {
	struct mount *at;
	size_t len, room;
};

/* "36 35 98:0 /root /target rw,noatime shared:1 - ext4 /dev/sda1 rw"; pieces are copied into A. */
bool mountinfo_parse(struct arena *a, struct str line, struct mount *ret);
bool fstab_parse(struct arena *a, struct str line, struct mount *ret);

void mounts_read(struct host *h, struct mount_list *ret);

/* PATH without "//", "." and "..", and without a slash at the end; lives in A. */
struct str path_normal(struct arena *a, struct str path);
/* Does sharing the folder PATH share a whole disk? WITH_BELOW: disks mounted below it are shared
 * too. */
bool mounts_is_whole_disk(
	struct host *h, const struct mount_list *mounts, struct str path, bool with_below);

#endif
