/* os.h - private to hostaudit: which operating system this is. */
#ifndef WORK_OS_H
#define WORK_OS_H

#include "work/hostaudit/data.h"
#include "work/hostaudit/host.h"

struct os_release {
	struct str id, id_like, version_id, codename, name; /* "" when not given */
	struct str release;               /* the part of version_id that names a release */
	const char *family;               /* debian | rhel | other */
	const struct data_systems *known; /* NULL: not one we know */
	struct str file;
	int64_t id_line;
};

/* From /etc/os-release, else /usr/lib/os-release. Without either all is "" and the family is told
 * by the package manager that is there. Lives as long as the host. */
struct os_release os_release_read(struct host *h);

#endif
