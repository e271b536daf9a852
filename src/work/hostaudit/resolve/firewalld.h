/* firewalld.h - private to hostaudit: what a file of firewalld (zone, policy, service) lets
 * into the machine. Pure functions; firewalld's own reader is as strict: what is no XML is refused.
 */
#ifndef WORK_RESOLVE_FIREWALLD_H
#define WORK_RESOLVE_FIREWALLD_H

#include "work/hostaudit/resolve/resolve.h"

struct firewalld_file {
	struct str target;         /* "default" without one */
	struct str opens4, opens6; /* what lets every connection of the family in; "" for nothing */
	bool opens_many;           /* so many ports that nobody knows what for */
	bool is_masquerading;      /* by <masquerade/>, of all or by a rule */
	bool is_bound;             /* a zone: an interface or a source is put into it */
	bool is_wide; /* … that may be the network: no bridge of containers, no neighbour */
	bool is_all4, is_all6; /* a zone: every address is, by 0.0.0.0/0 or ::/0 */
	bool is_to_host;       /* a policy: it is about what comes to this machine */
	struct str from;       /* a policy: its zones, " ANY public " */
	struct str services;   /* names, " ssh http ", which files of their own explain */
};

/* False: firewalld refuses the file. Strings are in A. */
bool firewalld_read(struct str xml, struct arena *a, struct firewalld_file *ret);

/* KEY of firewalld.conf: the first of several wins, and a line with a second "=" does not count. */
void firewalld_conf(
	struct str text, struct str file, const char *key, struct arena *a, struct setting *s);

#endif
