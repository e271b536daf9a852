/* log_sweeps.h - private to hostaudit: folders of logs that systemd-tmpfiles empties by age. */
#ifndef WORK_LOG_SWEEPS_H
#define WORK_LOG_SWEEPS_H

#include "work/hostaudit/host.h"

struct log_sweep {
	struct str path, age; /* as written */
	int64_t days;
	struct str file;
	int64_t line;
};

/* "e /var/log - - - 30d": of a line of tmpfiles.d; false for what sweeps no folder of logs. */
bool log_sweep_parse(struct str line, struct log_sweep *ret);
/* Each that counts; CONTEXT is passed on. */
void log_sweeps(
	struct host *h, void (*tell)(void *context, const struct log_sweep *sweep), void *context);

#endif
