#include "work/hostaudit/wifi.h"

#include <string.h>

#include "work/hostaudit/resolve/ini.h"

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

#define DERIVED_KEY_DIGITS 64

struct wifi_psk wifi_psk(struct str s)
{
	struct wifi_psk psk = { .is_known = true };
	size_t hex = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		hex += is_hex(c);
		/* bytes beyond ASCII count once a character, as the person typed it */
		psk.length += ((unsigned char)c & 0xC0) != 0x80;
		psk.has_lower = psk.has_lower || (c >= 'a' && c <= 'z');
		psk.has_upper = psk.has_upper || (c >= 'A' && c <= 'Z');
		psk.has_digit = psk.has_digit || (c >= '0' && c <= '9');
		psk.has_other = psk.has_other ||
			!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				(c >= '0' && c <= '9'));
	}
	if (s.len == 0 || (s.len == DERIVED_KEY_DIGITS && hex == s.len))
		return (struct wifi_psk){ 0 };
	return psk;
}

static bool has_word(struct str list, const char *part)
{
	struct str word;

	while (str_next_word(&list, " \t,;", &word))
		if (word.len >= str_of(part).len &&
			str_is_nocase(str_until(word, str_of(part).len), part))
			return true;
	return false;
}

const char *wifi_security(struct str key_mgmt, struct str proto, bool has_wep)
{
	bool is_wpa1_only =
		(has_word(proto, "wpa") && !has_word(proto, "wpa2") && !has_word(proto, "rsn"));

	if (has_word(key_mgmt, "none"))
		return has_wep ? "WEP" : "open";
	if (has_word(key_mgmt, "wpa-") || has_word(key_mgmt, "ft-psk") ||
		has_word(key_mgmt, "ft-eap") || has_word(key_mgmt, "psk") ||
		has_word(key_mgmt, "eap"))
		return is_wpa1_only ? "WPA" : "WPA2";
	if (has_word(key_mgmt, "sae") || has_word(key_mgmt, "ft-sae"))
		return "WPA3";
	if (has_word(key_mgmt, "owe"))
		return "OWE";
	if (has_word(key_mgmt, "ieee8021x") || has_word(key_mgmt, "802.1x"))
		return "WEP";
	return has_wep ? "WEP" : NULL;
}

const char *wifi_with_cipher(const char *security, struct str pairwise)
{
	bool is_old = security && str_is(str_of(security), "WPA2") && pairwise.len > 0 &&
		!has_word(pairwise, "ccmp") && !has_word(pairwise, "gcmp");

	return is_old ? "WPA2-TKIP" : security;
}

struct wifi_network *wifi_add(struct wifi_list *list, const char *program, int line)
{
	struct wifi_network *n;

	if (list->all.len >= WIFI_NETWORKS_MAX) {
		list->is_strange = true;
		return NULL;
	}
	n = vec_add(list->a, &list->all);
	*n = (struct wifi_network){ .program = program,
		.name = STR(""),
		.file = list->file,
		.changed_at_s = list->changed_at_s,
		.line = line };
	return n;
}

static bool is_personal(struct str key_mgmt)
{
	return has_word(key_mgmt, "wpa-psk") || has_word(key_mgmt, "ft-psk") ||
		has_word(key_mgmt, "sae") || has_word(key_mgmt, "ft-sae") ||
		has_word(key_mgmt, "psk");
}

/* ---- wpa_supplicant ---- */

struct wpa {
	struct wifi_network *network;
	struct str key_mgmt, proto, pairwise;
	bool has_wep, has_psk, is_off;
};

static void end_wpa(struct wifi_list *list, struct wpa *w)
{
	struct str key_mgmt = w->key_mgmt.ptr ? w->key_mgmt : STR("WPA-PSK WPA-EAP");

	if (!w->network)
		return;
	w->network->security =
		wifi_with_cipher(wifi_security(key_mgmt, w->proto, w->has_wep), w->pairwise);
	w->network->is_personal = is_personal(key_mgmt) && w->has_psk;
	if (w->is_off)
		list->all.len--; /* kept in the file, never used */
	*w = (struct wpa){ 0 };
}

static void take_wpa(struct wpa *w, struct str key, struct str value, int line)
{
	struct wifi_network *n = w->network;

	if (str_is(key, "ssid")) {
		n->name = str_unquote(value);
	} else if (str_is(key, "key_mgmt")) {
		w->key_mgmt = value;
		n->line = line;
	} else if (str_is(key, "proto")) {
		w->proto = value;
	} else if (str_is(key, "mode")) {
		n->is_ap = n->is_on = str_is(value, "2");
	} else if (str_is(key, "disabled")) {
		w->is_off = str_is(value, "1");
	} else if (str_starts(key, "wep_key")) {
		w->has_wep = true;
	} else if (str_is(key, "pairwise")) {
		w->pairwise = value;
	} else if (str_is(key, "psk") || str_is(key, "sae_password")) {
		w->has_psk = true;
		/* "ext:name" names a phrase that stands elsewhere */
		n->psk = str_starts(value, "ext:") ? (struct wifi_psk){ 0 } :
						     wifi_psk(str_unquote(value));
		n->psk_line = line;
	}
}

void wifi_read_wpa(struct wifi_list *list, struct str bytes)
{
	struct wpa w = { 0 };
	struct str line, key, value;
	int number = 0;

	while (str_next_line(&bytes, &line)) {
		number++;
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (str_starts(line, "network=")) {
			end_wpa(list, &w);
			w.network = wifi_add(list, "wpa_supplicant", number);
		} else if (line.ptr[0] == '}') {
			end_wpa(list, &w);
		} else if (w.network && str_split(line, '=', &key, &value)) {
			take_wpa(&w, str_trim(key), str_trim(value), number);
		}
	}
	end_wpa(list, &w);
}

/* ---- hostapd ---- */

struct hostapd {
	struct wifi_network *network;
	struct str key_mgmt, wpa, pairwise, rsn_pairwise, accept;
	struct str acl;
	bool has_wep;
};

static void end_hostapd(struct hostapd *p)
{
	struct str ciphers = p->rsn_pairwise.ptr ? p->rsn_pairwise : p->pairwise;
	struct wifi_network *n = p->network;

	if (!n)
		return;
	if (!p->wpa.ptr || str_is(p->wpa, "0"))
		n->security = p->has_wep ? "WEP" : has_word(p->key_mgmt, "owe") ? "OWE" : "open";
	else if (!str_is(p->wpa, "2"))
		n->security = "WPA"; /* 1: the old one; 3: also the old one */
	else if (has_word(p->key_mgmt, "owe"))
		n->security = "OWE";
	else if (!has_word(ciphers, "ccmp") && !has_word(ciphers, "gcmp"))
		n->security = "WPA2-TKIP"; /* hostapd's own default */
	else
		n->security = has_word(p->key_mgmt, "sae") && !has_word(p->key_mgmt, "wpa-psk") ?
			"WPA3" :
			"WPA2";
	n->is_personal = !p->key_mgmt.ptr || is_personal(p->key_mgmt);
	n->is_personal = n->is_personal && str_starts(str_of(n->security), "WPA");
	n->has_mac_list = (str_is(p->acl, "1") && p->accept.len > 0) || str_is(p->acl, "2");
}

static void take_hostapd(struct hostapd *p, struct str key, struct str value, int line)
{
	struct wifi_network *n = p->network;

	if (str_is(key, "ssid"))
		n->name = value;
	else if (str_is(key, "ssid2"))
		n->name = str_unquote(value);
	else if (str_is(key, "wpa")) {
		p->wpa = value;
		n->line = line;
	} else if (str_is(key, "wpa_key_mgmt"))
		p->key_mgmt = value;
	else if (str_is(key, "wpa_pairwise"))
		p->pairwise = value;
	else if (str_is(key, "rsn_pairwise"))
		p->rsn_pairwise = value;
	else if (str_is(key, "macaddr_acl"))
		p->acl = value;
	else if (str_is(key, "accept_mac_file"))
		p->accept = value;
	else if (str_starts(key, "wep_key"))
		p->has_wep = true;
	else if (str_is(key, "wpa_passphrase") || str_is(key, "sae_password")) {
		/* "sae_password=secret|mac=…" */
		ptrdiff_t bar = str_is(key, "sae_password") ? str_find_char(value, '|') : -1;

		n->psk = wifi_psk(bar >= 0 ? str_until(value, (size_t)bar) : value);
		n->psk_line = line;
	}
}

void wifi_read_hostapd(struct wifi_list *list, struct str bytes)
{
	struct hostapd p = { 0 };
	struct str line, key, value;
	int number = 0;

	while (str_next_line(&bytes, &line)) {
		number++;
		if (line.len == 0 || line.ptr[0] == '#' || !str_split(line, '=', &key, &value))
			continue;
		if (!p.network || str_is(key, "bss")) {
			end_hostapd(&p);
			p = (struct hostapd){ .network = wifi_add(list, "hostapd", number) };
			if (!p.network)
				return;
			p.network->is_ap = true;
		}
		take_hostapd(&p, key, str_trim(value), number);
	}
	end_hostapd(&p);
}

/* ---- iwd: one file a network, its name is the network's ---- */

static int hex_value(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

static struct str iwd_name(struct str file, struct arena *a)
{
	struct str base = path_base(file);
	ptrdiff_t dot = -1;
	char *out;
	size_t n = 0;

	for (size_t i = 0; i < base.len; i++)
		if (base.ptr[i] == '.')
			dot = (ptrdiff_t)i;
	base = dot >= 0 ? str_until(base, (size_t)dot) : base;
	if (!str_starts(base, "="))
		return base;
	out = arena_alloc(a, base.len + 1);
	for (size_t i = 1; i + 1 < base.len && is_hex(base.ptr[i]) && is_hex(base.ptr[i + 1]);
		i += 2)
		out[n++] = (char)(hex_value(base.ptr[i]) << 4 | hex_value(base.ptr[i + 1]));
	return (struct str){ out, n };
}

void wifi_read_iwd(struct wifi_list *list, struct str bytes)
{
	bool is_ap = str_ends(list->file, ".ap");
	bool is_open = str_ends(list->file, ".open");
	struct wifi_network *n = wifi_add(list, "iwd", 0);
	struct ini ini;
	struct ini_entry entry;

	if (!n)
		return;
	n->name = iwd_name(list->file, list->a);
	n->is_ap = is_ap;
	n->security = is_open ? "open" : "WPA2";
	n->is_personal = is_ap || str_ends(list->file, ".psk");
	ini_init(&ini, bytes, 0, NULL);
	while (ini_next(&ini, &entry)) {
		if (!str_is(entry.section, "Security") || !str_is(entry.key, "Passphrase") ||
			!entry.value.ptr)
			continue;
		n->psk = wifi_psk(entry.value);
		n->psk_line = entry.line;
	}
}
