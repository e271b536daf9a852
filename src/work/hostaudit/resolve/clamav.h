/* clamav.h - private to hostaudit: files of ClamAV. Pure functions. */
#ifndef WORK_RESOLVE_CLAMAV_H
#define WORK_RESOLVE_CLAMAV_H

#include "work/hostaudit/resolve/resolve.h"

/* When a database was built, from its first 512 bytes ("ClamAV-VDB:…:epoch"). False: not such a
 * header. */
bool clamav_header(struct str head, int64_t *ret_at_s);

/* The last KEY of clamd.conf or freshclam.conf ("Checks 24"; quotes off; "Example" alone has the
 * value ""). */
void clamav_conf(
	struct str bytes, struct str file, const char *key, struct arena *a, struct setting *ret);

#endif
