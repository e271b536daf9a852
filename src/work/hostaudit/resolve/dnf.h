/* dnf.h - private to hostaudit: a file of settings as libdnf reads it, and the words of the
 * command line of dnf-automatic. Pure functions. */
#ifndef WORK_RESOLVE_DNF_H
#define WORK_RESOLVE_DNF_H

#include "work/hostaudit/resolve/resolve.h"

/* The last KEY of SECTION. 0; else the number of the line for which dnf refuses the whole file: no
 * setting of it counts then, and dnf-automatic ends at once. */
int dnf_last(struct str text, struct str file, const char *section, const char *key,
	struct arena *a, struct setting *s);

/* What "dnf-automatic FILE --timer --installupdates" says beside its file. */
struct dnf_order {
	struct str conf; /* "" without one */
	int installs;    /* 1: whatever the file says, 0: never, -1: the file decides */
};
struct dnf_order dnf_order_of(struct str command);

#endif
