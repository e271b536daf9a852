/* Wireless networks in the files of netplan, ifupdown and RHEL's network-scripts. */
#include <string.h>

#include "work/hostaudit/wifi.h"

/* ---- netplan: maps by indentation, wifis > interface > access-points > name > settings ---- */

struct netplan {
	struct wifi_list *list;
	struct wifi_network *network;
	size_t wifis_at, points_at, name_at; /* indentations; 0: not there (wifis_at is > 0) */
	bool is_in_wifis, is_in_points;
	struct str key_mgmt;
	bool has_password;
};

static void end_netplan(struct netplan *p)
{
	struct wifi_network *n = p->network;

	if (!n)
		return;
	if (p->key_mgmt.ptr)
		n->security = wifi_security(p->key_mgmt, STR(""), false);
	else
		n->security = p->has_password ? "WPA2" : "open";
	n->is_personal = p->has_password && str_starts(str_of(n->security), "WPA") &&
		!str_starts(p->key_mgmt, "eap") && !str_starts(p->key_mgmt, "802");
	if (!n->is_personal)
		n->psk = (struct wifi_psk){ 0 };
	p->network = NULL;
	p->key_mgmt = STR_NONE;
	p->has_password = false;
}

static void take_netplan(struct netplan *p, struct str key, struct str value, int line)
{
	struct wifi_network *n = p->network;

	if (str_is(key, "password")) {
		p->has_password = true;
		n->psk = wifi_psk(value);
		n->psk_line = line;
	} else if (str_is(key, "key-management")) {
		p->key_mgmt = value;
		n->line = line;
	} else if (str_is(key, "mode")) {
		n->is_ap = n->is_on = str_is(value, "ap");
	}
}

/* "{password: secret, mode: ap}" on one line. */
static void take_flow(struct netplan *p, struct str flow, int line)
{
	struct str item, key, value;

	while (str_next_word(&flow, "{},", &item))
		if (str_split(item, ':', &key, &value))
			take_netplan(
				p, str_unquote(str_trim(key)), str_unquote(str_trim(value)), line);
}

/* "key: value" where the key may be quoted and hold a colon. */
static bool split_key(struct str line, struct str *ret_key, struct str *ret_value)
{
	if (line.len > 1 && (line.ptr[0] == '"' || line.ptr[0] == '\'')) {
		ptrdiff_t end = str_find_char(str_from(line, 1), line.ptr[0]);
		struct str rest;

		if (end < 0)
			return false;
		rest = str_trim(str_from(line, (size_t)end + 2));
		if (!str_starts(rest, ":"))
			return false;
		*ret_key = (struct str){ line.ptr + 1, (size_t)end };
		*ret_value = str_trim(str_from(rest, 1));
		return true;
	}
	if (!str_split(line, ':', ret_key, ret_value))
		return false;
	*ret_key = str_trim(*ret_key);
	*ret_value = str_trim(*ret_value);
	return true;
}

static void netplan_line(struct netplan *p, struct str line, size_t indent, int number)
{
	struct str key, value;

	if (!split_key(line, &key, &value)) {
		p->list->is_strange = p->list->is_strange || p->is_in_wifis;
		return;
	}
	if (p->is_in_wifis && indent <= p->wifis_at) {
		end_netplan(p);
		p->is_in_wifis = p->is_in_points = false;
	}
	if (p->is_in_points && indent <= p->points_at) {
		end_netplan(p);
		p->is_in_points = false;
	}
	if (!p->is_in_wifis) {
		p->is_in_wifis = str_is(key, "wifis");
		p->wifis_at = indent;
		p->list->is_strange = p->list->is_strange || (p->is_in_wifis && value.len > 0) ||
			(str_starts(value, "{") && str_find(value, STR("wifis")) >= 0);
	} else if (!p->is_in_points) {
		p->is_in_points = str_is(key, "access-points");
		p->points_at = indent;
		p->name_at = 0;
		p->list->is_strange = p->list->is_strange || (p->is_in_points && value.len > 0);
	} else if (p->name_at == 0 || indent <= p->name_at) {
		end_netplan(p);
		p->name_at = indent;
		p->network = wifi_add(p->list, "netplan", number);
		if (!p->network)
			return;
		p->network->name = key;
		take_flow(p, value, number);
	} else if (p->network) {
		if (str_starts(value, "{"))
			take_flow(p, value, number);
		else
			take_netplan(p, key, str_unquote(value), number);
	}
}

/* A comment begins with '#' after a blank, outside quotes. */
static struct str without_comment(struct str line)
{
	char quote = 0;

	for (size_t i = 0; i < line.len; i++) {
		char c = line.ptr[i];

		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '#' && (i == 0 || line.ptr[i - 1] == ' '))
			return str_until(line, i);
	}
	return line;
}

void wifi_read_netplan(struct wifi_list *list, struct str bytes)
{
	struct netplan p = { .list = list };
	struct str line;
	int number = 0;

	while (str_next_line(&bytes, &line)) {
		size_t indent = 0;

		number++;
		line = without_comment(line);
		while (indent < line.len && line.ptr[indent] == ' ')
			indent++;
		line = str_trim(line);
		if (line.len > 0 && line.ptr[0] != '#' && line.ptr[0] != '-')
			netplan_line(&p, line, indent, number);
	}
	end_netplan(&p);
}

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
