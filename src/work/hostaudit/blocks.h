/* blocks.h - private to hostaudit: what a file system really lies on. A block device is followed
 * downwards through /sys (partition → disk, dm and md → slaves), so that encryption and redundancy
 * are told by the whole stack and not by the topmost name. */
#ifndef WORK_BLOCKS_H
#define WORK_BLOCKS_H

#include "work/hostaudit/host.h"
#include "work/hostaudit/resolve/mdstat.h"

enum tri { TRI_NO, TRI_YES, TRI_UNCLEAR };

/* What stands below a file system or swap. */
struct stack {
	bool is_known;      /* false: /sys does not have the device */
	enum tri encrypted; /* YES: every way down passes encryption; UNCLEAR: only some */
	struct str cipher;  /* "LUKS2", …; "" */
	enum tri redundant; /* YES: one disk may fail */
	struct str level;   /* what makes it so, or fails to: "raid1", "raid0", "single disk" */
	const char *ask;    /* redundancy is for somebody else to tell: a reason code, or NULL */
	bool is_removable;  /* lies on a disk that can be unplugged */
	bool is_key_beside; /* its key is a file that is not known to be encrypted */
	struct str disks;   /* "sda, sdb": the lowest devices, at most eight */
	struct str device;  /* the device it began with: "dm-0" */
};

/* NUMBER is "8:1"; SOURCE the name it was mounted by ("/dev/sda1"), for when /sys is in part. */
struct stack stack_of(struct host *h, struct str number, struct str source);
/* By kernel name: "sda1", "dm-3". */
struct stack stack_of_name(struct host *h, struct str name);

/* A line of a file of /sys, "" when it is not there; lives as long as the host. */
struct str sys_line(struct host *h, const char *path);
/* A number of a file of /sys, -1 when it is not there. */
int64_t sys_number(struct host *h, const char *path);

/* A level that bears the loss of a disk, on more than one: a mirror of one disk mirrors nothing. */
bool md_is_redundant(struct str level, int64_t disks);
/* The array that /proc/mdstat shows under the name of DEVICE ("/dev/md0", "/dev/md/0"). */
bool mdstat_find(struct host *h, struct str device, struct mdstat_array *ret);
/* Whether that array bears the loss of a disk, its members being where they are. */
enum tri mdstat_redundant(const struct mdstat_array *m);
/* The array that mdadm.conf describes under that name, where it tells a level: old lines do. */
bool mdadm_find(struct host *h, struct str device, struct mdstat_array *ret);

/* Is LEVEL of md ("raid1"), LVM ("mirror") or btrfs ("raid1c3") one that survives a lost disk? */
bool raid_is_redundant(struct str level);
/* The disk that a device's name tells: "sda" of "/dev/sda2", "nvme0n1" of "nvme0n1p2"; any other
 * name stays as it is. Pure. */
struct str disk_of(struct str device);
/* May one disk fail, where the COUNT legs of LEVEL lie on DISKS ("" is unlike any other)? Two legs
 * on one disk mirror nothing. Pure. */
#define LEGS_MAX 64
enum tri raid_apart(struct str level, const struct str *disks, size_t count);
/* What a uuid of the device mapper says of encryption: "LUKS2" for "CRYPT-LUKS2-…"; "" for none,
 * also for CRYPT-VERITY and CRYPT-INTEGRITY, which keep nothing secret. */
struct str dm_cipher(struct str dm_uuid);

/* The level that LVM's own record /etc/lvm/backup/VG gives the volume VG/LV: "raid1", "striped";
 * "" when it does not tell. Pure. */
struct str lvm_level(struct str backup, struct str volume);
/* Do the legs of the volume lie on disks of their own, by that record? Pure. */
enum tri lvm_apart(struct str backup, struct str volume, struct str level);
/* The record of the group VG; "" without one. */
struct str lvm_record(struct host *h, struct str group);
/* Take the next volume with redundancy off *REST, a record. Pure. */
bool lvm_next_array(struct str *rest, struct str *ret_volume, struct str *ret_level);
/* Does the record say that a disk of the group is gone? Pure. */
bool lvm_is_missing(struct str backup);
/* Take the next device that the record says its group lies on off *REST: "/dev/mapper/sda5_crypt".
 * It is LVM's own hint, of the day it last wrote the record. Pure. */
bool lvm_next_device(struct str *backup, struct str *ret_device);
/* "vg-lv--x" of the device mapper is volume "lv-x" of group "vg". False when it is no such name. */
bool lvm_names(struct arena *a, struct str dm_name, struct str *ret_group, struct str *ret_volume);

#endif
