/* apt_origins.h - private to hostaudit: which sources of packages unattended-upgrade takes from. */
#ifndef WORK_APT_ORIGINS_H
#define WORK_APT_ORIGINS_H

#include "work/hostaudit/apt.h"
#include "work/hostaudit/os.h"
#include "work/hostaudit/resolve/apt.h"

enum apt_match { APT_MATCH_NO, APT_MATCH_YES, APT_MATCH_UNCLEAR };

/* Do Origins-Pattern or Allowed-Origins let it install what this Release offers? */
enum apt_match apt_takes_release(
	const struct apt_conf *c, const struct os_release *os, const struct apt_release *r);
/* Does a pin on every package ("Package: *", a priority below 100) keep what R offers from being
 * installed over an older version? *RET_FILE, *RET_LINE: where it stands. */
enum apt_match apt_pins_away(
	struct host *h, const struct apt_release *r, struct str *ret_file, int64_t *ret_line);

#endif
