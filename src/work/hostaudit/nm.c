#include "work/hostaudit/nm.h"

#include "work/hostaudit/resolve/ini.h"

struct keys {
	struct str key_mgmt, proto, pairwise, psk, psk_flags;
	bool has_security, has_wep;
};

static void take_connection(struct nm_profile *p, const struct ini_entry *e)
{
	if (str_is(e->key, "id"))
		p->id = e->value;
	else if (str_is(e->key, "uuid"))
		p->uuid = e->value;
	else if (str_is(e->key, "type"))
		p->type = e->value;
	else if (str_is(e->key, "master") || str_is(e->key, "controller"))
		p->controller = e->value;
	else if (str_is(e->key, "autoconnect"))
		p->does_autoconnect = str_bool(e->value, true);
}

static void take_wifi(struct nm_profile *p, const struct ini_entry *e)
{
	if (str_is(e->key, "ssid"))
		p->wifi.name = e->value;
	else if (str_is(e->key, "mode")) {
		p->mode = e->value;
		p->mode_line = e->line;
	}
	if (p->wifi.line == 0)
		p->wifi.line = e->line;
}

static void take_security(struct nm_profile *p, struct keys *k, const struct ini_entry *e)
{
	k->has_security = true;
	if (str_is(e->key, "key-mgmt")) {
		k->key_mgmt = e->value;
		p->wifi.line = e->line;
	} else if (str_is(e->key, "proto")) {
		k->proto = e->value;
	} else if (str_is(e->key, "pairwise")) {
		k->pairwise = e->value;
	} else if (str_is(e->key, "psk")) {
		k->psk = e->value;
		p->wifi.psk_line = e->line;
	} else if (str_is(e->key, "psk-flags")) {
		k->psk_flags = e->value;
	} else if (str_starts(e->key, "wep-key")) {
		k->has_wep = true;
	}
}

static void take(struct nm_profile *p, struct keys *k, const struct ini_entry *e)
{
	if (!e->value.ptr)
		return;
	if (str_is(e->section, "connection")) {
		take_connection(p, e);
	} else if (str_is(e->section, "wifi") || str_is(e->section, "802-11-wireless")) {
		take_wifi(p, e);
	} else if (str_is(e->section, "wifi-security") ||
		str_is(e->section, "802-11-wireless-security")) {
		take_security(p, k, e);
	} else if (str_is(e->section, "ipv4") && str_is(e->key, "method")) {
		p->ipv4_method = e->value;
		p->method_line = e->line;
	} else if (str_is(e->section, "ipv6") && str_is(e->key, "method")) {
		p->ipv6_method = e->value;
		if (str_is(e->value, "shared"))
			p->method_line = e->line;
	}
}

/* An SSID of "86;105;" is bytes. It is only shown: what is no such list stays as it stands. */
static struct str ssid_text(struct str s, struct arena *a)
{
	char *out;
	size_t n = 0;
	struct str word;

	if (!str_ends(s, ";"))
		return s;
	out = arena_alloc(a, s.len + 1);
	for (struct str rest = s; str_next_word(&rest, ";", &word);) {
		int64_t byte;

		if (!str_to_i64(word, &byte) || byte < 0 || byte > 255)
			return s;
		out[n++] = (char)byte;
	}
	return (struct str){ out, n };
}

void nm_parse(struct str bytes, struct arena *a, struct nm_profile *ret)
{
	struct keys k = { .proto = STR("") };
	struct ini ini;
	struct ini_entry entry;

	*ret = (struct nm_profile){ .does_autoconnect = true, .mode = STR("infrastructure") };
	ini_init(&ini, bytes, 0, NULL);
	while (ini_next(&ini, &entry))
		take(ret, &k, &entry);
	ret->is_wifi = str_is(ret->type, "wifi") || str_is(ret->type, "802-11-wireless");
	if (!ret->is_wifi)
		return;
	ret->wifi.program = "NetworkManager";
	ret->wifi.name = ssid_text(ret->wifi.name, a);
	ret->wifi.is_ap = str_is(ret->mode, "ap");
	ret->wifi.security = wifi_with_cipher(
		!k.has_security ? "open" : wifi_security(k.key_mgmt, k.proto, k.has_wep),
		k.pairwise);
	ret->wifi.is_personal =
		str_is_nocase(k.key_mgmt, "wpa-psk") || str_is_nocase(k.key_mgmt, "sae");
	if (k.psk.len > 0 && (k.psk_flags.len == 0 || str_is(k.psk_flags, "0")))
		ret->wifi.psk = wifi_psk(k.psk);
}

#define ACTIVE_MAX 64

/* UUIDs of the profiles in use: /run/NetworkManager/devices/INDEX names them. */
struct active {
	struct str uuids[ACTIVE_MAX];
	size_t count;
};

static struct active active_profiles(struct host *h)
{
	struct active active = { .count = 0 };
	const struct host_file *file;
	const struct str *paths;
	size_t count;

	if (!host_has_proc(h) || host_glob(h, "/run/NetworkManager/devices/*", &paths, &count) != 0)
		return active;
	for (size_t i = 0; i < count && active.count < ACTIVE_MAX; i++) {
		struct setting uuid = { 0 };

		if (host_read(h, paths[i].ptr, &file) != 0)
			continue;
		ini_last(
			file->bytes, file->path, "device", "connection-uuid", host_arena(h), &uuid);
		if (uuid.value.len > 0)
			active.uuids[active.count++] = uuid.value;
	}
	if (active.count == ACTIVE_MAX)
		host_gap(h, GAP_LIMIT, "/run/NetworkManager/devices");
	return active;
}

static bool is_active(const struct active *active, struct str uuid)
{
	for (size_t i = 0; i < active->count; i++)
		if (str_eq(active->uuids[i], uuid))
			return true;
	return false;
}

typedef VEC(struct nm_profile) profile_vec;

static bool is_known(const profile_vec *all, const struct nm_profile *p)
{
	for (size_t i = 0; i < all->len; i++)
		if (p->uuid.len > 0 && str_eq(all->at[i].uuid, p->uuid))
			return true;
	return false;
}

void nm_profiles(struct host *h, const struct nm_profile **ret, size_t *ret_count)
{
	static const char *const patterns[] = { "/etc/NetworkManager/system-connections/*",
		"/run/NetworkManager/system-connections/*.nmconnection",
		"/usr/lib/NetworkManager/system-connections/*.nmconnection" };
	struct active active = active_profiles(h);
	profile_vec all = { 0 };
	const struct str *paths;
	struct nm_profile p;
	size_t count;

	for (size_t f = 0; f < COUNT(patterns); f++) {
		if (host_glob(h, patterns[f], &paths, &count) != 0)
			continue;
		for (size_t i = 0; i < count && all.len < WIFI_NETWORKS_MAX; i++) {
			const struct host_file *file;

			if (str_ends(paths[i], "~") || host_read(h, paths[i].ptr, &file) != 0)
				continue;
			nm_parse(file->bytes, host_arena(h), &p);
			if (p.type.len == 0 || is_known(&all, &p))
				continue;
			p.file = p.wifi.file = file->path;
			p.wifi.changed_at_s = file->mtime_s;
			p.is_active = is_active(&active, p.uuid);
			p.wifi.is_on = p.wifi.is_ap && (p.does_autoconnect || p.is_active);
			vec_push(host_arena(h), &all, p);
		}
	}
	if (all.len >= WIFI_NETWORKS_MAX)
		host_gap(h, GAP_LIMIT, "/etc/NetworkManager/system-connections");
	*ret = all.at;
	*ret_count = all.len;
}
