/* rights.h - private to hostaudit: does this process read everything, whoever it runs as? */
#ifndef WORK_RIGHTS_H
#define WORK_RIGHTS_H

#include <stdbool.h>

/* Root, or a service user that was left the right to read all (CAP_DAC_READ_SEARCH). */
bool rights_read_all(void);

#endif
