/* sysctl.h - private to hostaudit: what systemd-sysctl would set at boot. */
#ifndef WORK_SYSCTL_H
#define WORK_SYSCTL_H

#include "work/hostaudit/resolve.h"

/* One line of a sysctl.d file: false for none. The key with dots; "-" before it is taken off. */
bool sysctl_parse(struct str line, struct arena *a, struct str *ret_key, struct str *ret_value);

/* The last value the sysctl.d folders of /etc, /run, /usr/local/lib and /usr/lib give KEY; then
 * ufw's own file, where ufw starts. */
void sysctl_conf(struct host *h, const char *key, struct setting *ret);

#endif
