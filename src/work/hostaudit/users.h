/* users.h - private to hostaudit: names of user numbers by /etc/passwd, for tables about other
 * things. */
#ifndef WORK_USERS_H
#define WORK_USERS_H

#include "base/base.h"
#include "work/hostaudit/host.h"

/* "" when the file does not tell. Borrowed from the file: lives as long as the host. */
struct str user_name(struct host *h, int64_t uid);

#endif
