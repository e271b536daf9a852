/* unit_file.h - private to the readers of units: the file of a unit that counts. */
#ifndef WORK_RESOLVE_UNIT_FILE_H
#define WORK_RESOLVE_UNIT_FILE_H

#include "work/hostaudit/host.h"

extern const char *const unit_roots[]; /* by precedence, ended by NULL */

/* The unit file that counts, of its name or of its template; "" when there is none. */
struct str unit_file(struct host *h, const char *name, struct host_stat *ret);
/* A link to /dev/null, or an empty file. */
bool unit_file_is_masked(struct host *h, struct str path, const struct host_stat *st);
/* Is NAME no unit at all without a file? A script of System V makes one as well, and in a copy of
 * a part of a machine the file may be what is missing. */
bool unit_needs_file(struct host *h, const char *name);

#endif
