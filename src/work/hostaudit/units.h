/* units.h - private to hostaudit: what systemd starts by itself, by the links that enable units. */
#ifndef WORK_UNITS_H
#define WORK_UNITS_H

#include "work/hostaudit/host.h"

/* A link FOLDER/TARGET.wants/NAME (or .requires, .upholds). */
struct unit_link {
	struct str name; /* "ssh.service" */
	struct str path;
	bool is_vendor; /* below /usr/lib: started without anybody enabling it */
};

/* All of them, those of /etc first. Lives as long as the host. */
void unit_links(struct host *h, const struct unit_link **ret, size_t *ret_count);
/* Is NAME among them and not masked? Also a script of /etc/rc?.d counts where no unit has its name.
 */
bool unit_starts(struct host *h, const char *name);
/* Masked by a link to /dev/null, or an empty file, in /etc or /run. */
bool unit_is_masked(struct host *h, struct str name);

extern const char *const unit_folders[]; /* by precedence, ended by NULL */

#endif
