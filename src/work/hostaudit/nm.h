/* nm.h - private to hostaudit: connection profiles of NetworkManager. */
#ifndef WORK_NM_H
#define WORK_NM_H

#include "work/hostaudit/wifi.h"

struct nm_profile {
	struct str id, uuid, type;
	struct str file;
	struct str ipv4_method, ipv6_method, controller;
	struct str mode; /* of Wi-Fi: infrastructure, ap, adhoc, mesh */
	struct wifi_network wifi;
	bool is_wifi;
	bool does_autoconnect;
	bool is_active; /* a device is using it now */
	int method_line, mode_line;
};

/* One keyfile; FILE and its time are the caller's. */
void nm_parse(struct str bytes, struct arena *a, struct nm_profile *ret);
/* All of /etc, /run and /usr/lib; one UUID counts once. They live as long as the host. */
void nm_profiles(struct host *h, const struct nm_profile **ret, size_t *ret_count);

#endif
