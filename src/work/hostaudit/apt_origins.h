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

#endif
