/* mdstat.h - private to hostaudit: arrays of md as /proc/mdstat shows them, for trees that keep
 * that file and no /sys. Pure. */
#ifndef WORK_RESOLVE_MDSTAT_H
#define WORK_RESOLVE_MDSTAT_H

#include "base/base.h"

struct mdstat_array {
	struct str name;        /* "md0" */
	struct str level;       /* "raid1", "raid5", "raid0", "linear"; "" while it does not run */
	struct str action;      /* "recovery", "resync", "check", "reshape"; "" */
	struct str members;     /* "sdb1[1] sda1[0](F)" */
	int64_t disks, working; /* of "[2/1]"; -1 when it does not say */
	bool is_active;
	bool is_container; /* what fake-RAID firmware keeps of its volumes: no array itself */
	bool is_layered;   /* some member is a device of the mapper */
};

/* Take the next array off *REST. False when there is none. */
bool mdstat_next(struct str *rest, struct mdstat_array *ret);

#endif
