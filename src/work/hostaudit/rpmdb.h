/* rpmdb.h - private to hostaudit: the packages in the database of rpm, which is one of SQLite since
 * rpm 4.16 (Fedora 33, RHEL 9). Older kinds are a gap. */
#ifndef WORK_RPMDB_H
#define WORK_RPMDB_H

#include "work/hostaudit/host.h"
#include "work/hostaudit/resolve/rpm.h"

/* Is there a database that can be read? */
bool rpmdb_is_there(struct host *h);
/* Call EACH for every package until it returns false; strings are good only during the call. 0,
 * ERR_ABSENT without a database of rpm, else a gap: what came before it stands. */
typedef bool rpmdb_each_package(void *context, struct rpm_package *p);
int rpmdb_each(struct host *h, rpmdb_each_package *each, void *context);

#endif
