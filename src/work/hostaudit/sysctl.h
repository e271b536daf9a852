/* sysctl.h - private to hostaudit: what systemd-sysctl would set at boot. */
#ifndef WORK_SYSCTL_H
#define WORK_SYSCTL_H

#include "work/hostaudit/resolve/resolve.h"

/* One line of a sysctl.d file: false for none. "-" before the key is taken off. */
bool sysctl_parse(struct str line, struct str *ret_key, struct str *ret_value);
/* Is KEY, as a file writes it ("net/ipv4/ip_forward", "net.ipv4.ip_forward"), the dotted NAME,
 * which may have a '*' for an interface? Where its first divider is a slash, slashes divide and
 * dots stand for slashes. */
bool sysctl_is(struct str key, const char *name);

/* The last value the sysctl.d folders of /etc, /run, /usr/local/lib and /usr/lib give KEY, which
 * may have a '*'; then ufw's own file, where ufw starts. */
void sysctl_conf(struct host *h, const char *key, struct setting *ret);

#endif
