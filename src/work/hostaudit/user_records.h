/* user_records.h - private to hostaudit: accounts that stand in records of systemd and not in
 * /etc/passwd: those of systemd-homed, and what lies in a userdb folder. They count where the
 * machine asks systemd for accounts. */
#ifndef WORK_USER_RECORDS_H
#define WORK_USER_RECORDS_H

#include "work/hostaudit/host.h"

struct user_record {
	struct str name, home, shell;
	int64_t uid, gid;     /* -1: the record does not say */
	const char *password; /* set, empty, locked, none; never a hash */
	struct str file;
	int64_t line;
};

typedef void user_record_fn(void *context, const struct user_record *record);

/* What cannot be read is a gap of the table being filled. */
void user_records(struct host *h, user_record_fn *tell, void *context);

#endif
