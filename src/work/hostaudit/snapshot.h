/* snapshot.h - private to hostaudit: reading back what hostaudit_save() wrote. */
#ifndef WORK_SNAPSHOT_H
#define WORK_SNAPSHOT_H

#include "work/hostaudit/audit_int.h"

/* Fill AUDIT, whose host reads nothing, from TEXT. ERR_INPUT: "line N: sentence". */
MUST_CHECK int snapshot_load(struct hostaudit *audit, struct str text, struct err *e);

#endif
