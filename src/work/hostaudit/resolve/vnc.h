/* vnc.h - private to hostaudit: a screen of TigerVNC, by Red Hat's vncsession or by Debian's
 * tigervncsession: the defaults, the user's own file, and what the administrator demands, the last
 * word counting. */
#ifndef WORK_RESOLVE_VNC_H
#define WORK_RESOLVE_VNC_H

#include "work/hostaudit/resolve/resolve.h"

enum vnc_kind { VNC_OF_RED_HAT, VNC_OF_DEBIAN };
enum vnc_says { VNC_UNCLEAR, VNC_IN_CLEAR, VNC_ENCRYPTED };

struct vnc_session {
	struct setting kinds; /* securitytypes */
	enum vnc_says says;   /* in clear as soon as one kind is */
	bool is_local;        /* only this machine may connect */
};

/* What the words behind "SecurityTypes" come to, "TLSVnc,VncAuth". */
enum vnc_says vnc_kinds_say(struct str kinds);
/* UNIT as "vncserver@:1.service"; whose screen it is stands in vncserver.users. */
void vnc_session_read(struct host *h, struct str unit, enum vnc_kind kind, struct vnc_session *ret);

#endif
