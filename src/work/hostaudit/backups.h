/* backups.h - private to hostaudit: what a scheduled command backs up, where the copies are kept
 * and how new the newest is. */
#ifndef WORK_BACKUPS_H
#define WORK_BACKUPS_H

#include "work/hostaudit/host.h"
#include "work/hostaudit/resolve/backup.h"

struct backup {
	struct backup_call call;
	const char
		*where; /* elsewhere | external (a disk that can be unplugged) | local | unclear */
	struct str scheme;    /* how it gets there: "ssh", "nfs4", …; "" */
	struct str mount;     /* the file system a local target lies on; "" */
	int64_t newest_at_s;  /* 0: no trace of a copy was found */
	struct str newest;    /* that trace */
	int64_t newest_bytes; /* -1: not a file */
	int64_t period_days;  /* of the tool's own schedule, which its call only looks at; 0: never;
			       * -1: it makes a copy at each call */
};

/* COMMAND of a schedule, the SCRIPT it calls ("" for none), ENVIRONMENT as lines NAME=value, the
 * USER it runs as. False: it makes no backup. */
bool backup_read(struct host *h, struct str command, struct str script, struct str environment,
	struct str user, struct backup *ret);

/* Of TARGET (a folder when it ends in "/", else the beginning of names): the newest regular file
 * that is not empty, at most one folder further down. 0 when there is none. */
int64_t backup_newest(struct host *h, struct str target, struct str *ret_path, int64_t *ret_bytes);

#endif
