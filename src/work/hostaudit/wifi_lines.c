/* Wireless networks in the files of ifupdown and RHEL's network-scripts. */
#include <string.h>

#include "work/hostaudit/wifi.h"

/* ---- ifupdown ---- */

struct stanza {
	struct wifi_network *network;
	struct str key_mgmt, proto;
	bool has_wpa, has_wep;
};

static void end_stanza(struct stanza *s)
{
	struct wifi_network *n = s->network;

	if (n) {
		struct str key_mgmt = s->key_mgmt.ptr ? s->key_mgmt : STR("WPA-PSK");

		n->security = s->has_wpa ? wifi_security(key_mgmt, s->proto, s->has_wep) :
			s->has_wep       ? "WEP" :
					   "open";
		n->is_personal = s->has_wpa && n->psk_line > 0;
	}
	*s = (struct stanza){ 0 };
}

void wifi_read_interfaces(struct wifi_list *list, struct str bytes)
{
	struct stanza s = { 0 };
	struct str line, key;
	int number = 0, begins = 0;

	while (str_next_line(&bytes, &line)) {
		struct str rest = str_trim(line);

		number++;
		if (!str_next_word(&rest, " \t", &key) || str_starts(key, "#"))
			continue;
		rest = str_unquote(str_trim(rest));
		if (str_is(key, "iface") || str_is(key, "auto") || str_is(key, "mapping") ||
			str_starts(key, "allow-") || str_starts(key, "source")) {
			end_stanza(&s);
			begins = number;
			continue;
		}
		if (!str_starts(key, "wpa-") && !str_starts(key, "wireless-"))
			continue;
		if (str_is(key, "wpa-conf") || str_is(key, "wpa-roam") || str_is(key, "wpa-driver"))
			continue;
		if (!s.network)
			s.network = wifi_add(list, "ifupdown", begins);
		if (!s.network)
			return;
		s.has_wpa = s.has_wpa || str_starts(key, "wpa-");
		if (str_is(key, "wpa-ssid") || str_is(key, "wireless-essid"))
			s.network->name = rest;
		else if (str_is(key, "wpa-key-mgmt"))
			s.key_mgmt = rest;
		else if (str_is(key, "wpa-proto"))
			s.proto = rest;
		else if (str_starts(key, "wpa-wep-key") || str_starts(key, "wireless-key"))
			s.has_wep = true;
		else if (str_is(key, "wpa-psk")) {
			s.network->psk = wifi_psk(rest);
			s.network->psk_line = number;
		} else if (str_is(key, "wireless-mode") && str_is_nocase(rest, "master")) {
			s.network->is_ap = s.network->is_on = true;
		}
	}
	end_stanza(&s);
}

/* ---- network-scripts ---- */

static struct str assigned(struct str bytes, const char *name, int *ret_line)
{
	struct str line, key, value, found = STR_NONE;
	int number = 0;

	while (str_next_line(&bytes, &line)) {
		number++;
		if (!str_split(str_trim(line), '=', &key, &value) || !str_is(key, name))
			continue;
		found = str_unquote(str_trim(value));
		*ret_line = number;
	}
	return found;
}

void wifi_read_ifcfg(struct wifi_list *list, struct str bytes, struct str keys)
{
	struct str ssid, key_mgmt, psk, mode;
	struct wifi_network *n;
	bool has_wep;
	int line = 0, psk_line = 0, other = 0;

	if (!str_is_nocase(assigned(bytes, "TYPE", &other), "Wireless") &&
		!assigned(bytes, "ESSID", &other).ptr)
		return;
	ssid = assigned(bytes, "ESSID", &line);
	key_mgmt = assigned(bytes, "KEY_MGMT", &line);
	mode = assigned(bytes, "MODE", &other);
	psk = assigned(keys, "WPA_PSK", &other);
	if (!psk.ptr)
		psk = assigned(bytes, "WPA_PSK", &psk_line);
	has_wep = assigned(bytes, "DEFAULTKEY", &other).ptr || assigned(keys, "KEY1", &other).ptr ||
		assigned(keys, "KEY_PASSPHRASE1", &other).ptr;
	n = wifi_add(list, "network-scripts", line);
	if (!n)
		return;
	n->name = ssid;
	n->security = key_mgmt.ptr ? wifi_security(key_mgmt, STR(""), has_wep) :
		has_wep            ? "WEP" :
				     "open";
	if (str_is_nocase(assigned(bytes, "WPA_ALLOW_WPA2", &other), "no") && key_mgmt.ptr)
		n->security = "WPA";
	n->is_ap = n->is_on = str_is_nocase(mode, "Ap");
	n->is_personal = str_is_nocase(key_mgmt, "WPA-PSK") || str_is_nocase(key_mgmt, "SAE");
	n->psk = wifi_psk(psk);
	n->psk_line = psk_line;
}
