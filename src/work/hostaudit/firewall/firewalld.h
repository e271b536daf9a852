/* firewalld.h - private to hostaudit: what firewalld will let in after the next start, from its
 * default zone, the zones and policies beside it, and the connections that choose a zone. */
#ifndef WORK_FIREWALLD_H
#define WORK_FIREWALLD_H

#include "work/hostaudit/firewall/firewall.h"
#include "work/hostaudit/host.h"

struct firewalld {
	enum fw_state state; /* FW_UNCLEAR: open for some interface, source or zone only */
	struct str found, file;
};

/* FAMILY: 4 or 6. */
struct firewalld firewalld_state(struct host *h, int family);
/* The file of a zone in use that hides the machines behind this one: firewalld then forwards for
 * them, whatever sysctl says. Empty for none. */
struct str firewalld_masquerade(struct host *h);

#endif
