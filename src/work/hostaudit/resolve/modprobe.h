/* modprobe.h - private to hostaudit: what modprobe would do when asked for a module. */
#ifndef WORK_RESOLVE_MODPROBE_H
#define WORK_RESOLVE_MODPROBE_H

#include "work/hostaudit/resolve/resolve.h"

/* The parts of the configuration that speak of one module. Names with '-' and '_' are the same. */
struct modprobe {
	struct arena *a;
	const char *module;       /* with '_' */
	struct setting install;   /* the first one wins */
	struct setting blacklist; /* any one is enough; value "blacklist" */
};

/* Add a file's text. */
void modprobe_add(struct modprobe *m, struct str text, struct str file);
/* Would the install command load nothing: does it neither load nor call modprobe for it? */
bool modprobe_is_off(struct str command);
/* Does it name modprobe or insmod, which load it after all? */
bool modprobe_loads(struct str command);
/* All files of a host in modprobe's order, where the same name in /etc hides the others. */
void modprobe_load(struct host *h, struct modprobe *m);
/* Is MODULE in the list after NAME= of a kernel command line ("module_blacklist=a,b")? */
bool cmdline_lists(struct str cmdline, const char *name, const char *module);

#endif
