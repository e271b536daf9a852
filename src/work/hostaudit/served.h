/* served.h - private to hostaudit: is a server of some kind in use here? */
#ifndef WORK_SERVED_H
#define WORK_SERVED_H

#include "base/base.h"
#include "work/hostaudit/host.h"

struct served {
	bool is_running; /* one of its processes is there; false without a /proc */
	bool is_enabled; /* one of its units would start at boot, or inetd calls it */
};

/* UNITS and PROGRAMS end with a NULL; a program is a process name of at most 15 bytes. */
struct served served(struct host *h, const char *const *units, const char *const *programs);

#endif
