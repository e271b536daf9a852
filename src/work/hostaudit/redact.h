/* redact.h - private to hostaudit: command lines and scripts fit to be shown. What may be a secret
 * (the value of an option, an assignment, a bare word) becomes "…"; programs, names of options,
 * paths and the marks of the shell stay. Better a harmless word hidden than a password told. */
#ifndef WORK_REDACT_H
#define WORK_REDACT_H

#include "base/base.h"

/* One argument: "--log=/var/log/x" stays, "--token=abc" is "--token=…", "-pabc" is "-p…", "abc" is
 * "…". */
void redact_argument(struct buf *out, struct str argument);
/* A line of the shell or of a unit, at most MAX_BYTES of it. Lives in A. */
struct str redact_command(struct arena *a, struct str line, size_t max_bytes);
/* Any text with the name and password of its addresses hidden: "http://an:x@proxy" becomes
 * "http://…@proxy". Lives in A; S itself when there is nothing to hide. */
struct str redact_urls(struct arena *a, struct str s);

#endif
