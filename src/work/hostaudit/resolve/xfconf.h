/* xfconf.h - private to hostaudit: channels of Xfce's configuration (xfconf), the XML files
 * of xfce-perchannel-xml. Pure. */
#ifndef WORK_RESOLVE_XFCONF_H
#define WORK_RESOLVE_XFCONF_H

#include "work/hostaudit/resolve/resolve.h"

struct xfconf_value {
	struct str value; /* as written, entities and all; value.ptr NULL: not in this file */
	int line;
	bool is_locked; /* users may not change it */
};

/* The property PATH ("/saver/idle-activation/delay") of a channel's file, for WHO: the user's name
 * and groups as "an;@users;". What is not unlocked for him is locked; locked="*" names a user "*",
 * nobody else. */
struct xfconf_value xfconf_find(struct str bytes, const char *path, struct str who);

#endif
