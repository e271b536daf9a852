/* wifi.h - private to hostaudit: the wireless networks this machine knows or makes, as the files of
 * NetworkManager, wpa_supplicant, iwd, netplan, ifupdown, network-scripts and hostapd have them. A
 * passphrase is measured where it is read and never kept. */
#ifndef WORK_WIFI_H
#define WORK_WIFI_H

#include "work/hostaudit/resolve/resolve.h"

#define WIFI_NETWORKS_MAX 2000

/* What a passphrase is made of. is_known false: it is stored elsewhere, or only derived. */
struct wifi_psk {
	bool is_known;
	int64_t length;
	bool has_lower, has_upper, has_digit, has_other;
};

struct wifi_network {
	const char *program;
	struct str name;      /* SSID */
	const char *security; /* open WEP WPA WPA2-TKIP WPA2 WPA3 OWE; NULL: cannot be told */
	bool is_ap;           /* made by this machine */
	bool is_on;           /* an access point: started at boot or running */
	bool is_personal;     /* opened by a passphrase */
	bool has_mac_list;    /* an access point: admits listed addresses only */
	struct wifi_psk psk;
	struct str file;
	int64_t changed_at_s; /* of the file */
	int line;             /* where the security stands, or the network begins */
	int psk_line;
};

struct netplan_point;

struct wifi_list {
	struct arena *a;
	VEC(struct wifi_network) all;
	struct str file; /* being read */
	int64_t changed_at_s;
	bool is_strange; /* something was not understood */
};

/* Measure; 64 hexadecimal digits are a derived key and tell nothing. */
struct wifi_psk wifi_psk(struct str passphrase);
/* From words such as "WPA-PSK SAE" (key_mgmt) and "RSN" (proto, "" for the default). */
const char *wifi_security(struct str key_mgmt, struct str proto, bool has_wep);
/* SECURITY, or "WPA2-TKIP" where the ciphers PAIRWISE leave only the old one. */
const char *wifi_with_cipher(const char *security, struct str pairwise);

/* A zeroed network of the file at hand, or NULL when there are too many. */
struct wifi_network *wifi_add(struct wifi_list *list, const char *program, int line);

/* Each adds what one file holds. Pure over bytes; list->file and changed_at_s are set before. */
void wifi_read_wpa(struct wifi_list *list, struct str bytes);
void wifi_read_hostapd(struct wifi_list *list, struct str bytes);
void wifi_read_iwd(struct wifi_list *list, struct str bytes);
void wifi_read_interfaces(struct wifi_list *list, struct str bytes);
/* ifcfg-NAME, with the bytes of its keys-NAME ("" for none). */
void wifi_read_ifcfg(struct wifi_list *list, struct str bytes, struct str keys);

/* netplan's files make one map together: read each in their order, then add what they come to. */
struct wifi_netplan {
	struct wifi_list *list;
	VEC(struct netplan_point) points;
};
void wifi_netplan_read(struct wifi_netplan *p, struct str bytes);
void wifi_netplan_end(struct wifi_netplan *p);

#endif
