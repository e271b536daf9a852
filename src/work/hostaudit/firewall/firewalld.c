#include "work/hostaudit/firewall/firewalld.h"

#include "work/hostaudit/resolve/firewalld.h"
#include "work/hostaudit/resolve/ini.h"

#define ETC "/etc/firewalld"
#define VENDOR "/usr/lib/firewalld"
#define SERVICES_MAX 200

struct look {
	struct host *h;
	struct arena *a;
	int family;
	struct firewalld result;
};

static struct str opens(const struct look *l, const struct firewalld_file *f)
{
	return l->family == 4 ? f->opens4 : f->opens6;
}

/* KIND/NAME.xml of the administrator, else of the vendor. False without a file; one that firewalld
 * refuses has no target. */
static bool load(struct look *l, const char *kind, struct str name, struct firewalld_file *ret,
	struct str *ret_path)
{
	static const char *const roots[] = { ETC, VENDOR };
	const struct host_file *file;

	for (size_t i = 0; i < COUNT(roots); i++) {
		struct str path = arena_fmt(l->a, "%s/%s/%.*s.xml", roots[i], kind, STR_FMT(name));
		int rc = host_read(l->h, path.ptr, &file);

		if (rc == ERR_ABSENT)
			continue;
		*ret_path = path;
		if (rc != 0 || !firewalld_read(file->bytes, l->a, ret))
			*ret = (struct firewalld_file){ .target = STR("") };
		return true;
	}
	return false;
}

/* A service is a name for ports: one that names all of them is an open door. */
static struct str opened_by_service(struct look *l, struct str names)
{
	struct firewalld_file file;
	struct str name, path;

	for (int i = 0; i < SERVICES_MAX && str_next_word(&names, " ", &name); i++)
		if (str_find_char(name, '/') < 0 && load(l, "services", name, &file, &path) &&
			file.target.len > 0 && opens(l, &file).len > 0)
			return arena_fmt(l->a, "service=%.*s", STR_FMT(name));
	return STR("");
}

static void weaken(struct look *l, enum fw_state state, struct str found, struct str file)
{
	if (l->result.state == FW_OPEN || (l->result.state == FW_UNCLEAR && state == FW_UNCLEAR))
		return;
	l->result.state = state;
	l->result.found = found;
	l->result.file = file;
}

/* STATE when the file lets everybody in; a refused one stops firewalld's start half-way. */
static void weigh(struct look *l, const struct firewalld_file *f, struct str path,
	enum fw_state state, struct str words)
{
	struct str by = f->target.len > 0 ? opens(l, f) : STR("");

	if (f->target.len == 0) {
		host_gap(l->h, GAP_SYNTAX, path.ptr);
		weaken(l, FW_UNCLEAR, arena_fmt(l->a, "%.*s: refused", STR_FMT(words)), path);
		return;
	}
	if (by.len == 0)
		by = opened_by_service(l, f->services);
	if (by.len > 0)
		weaken(l, state, arena_fmt(l->a, "%.*s %.*s", STR_FMT(words), STR_FMT(by)), path);
	else if (f->opens_many)
		weaken(l, FW_UNCLEAR, arena_fmt(l->a, "%.*s ports", STR_FMT(words)), path);
}

static struct str default_zone(struct look *l, struct firewalld_file *ret, struct str *ret_path)
{
	static const char *const instead[] = { "public", "external", "block" };
	struct setting zone = { 0 };
	struct str file = STR("");
	struct str conf = host_bytes(l->h, STR(ETC "/firewalld.conf"), &file);

	firewalld_conf(conf, file, "DefaultZone", l->a, &zone);
	if (zone.value.len > 0 && load(l, "zones", zone.value, ret, ret_path))
		return zone.value;
	for (size_t i = 0; i < COUNT(instead); i++)
		if (load(l, "zones", str_of(instead[i]), ret, ret_path))
			return str_of(instead[i]);
	*ret = (struct firewalld_file){ .target = STR("") };
	*ret_path = STR(VENDOR "/zones/public.xml");
	return STR("public");
}

/* Zones that an interface or source is put into, by which the network may come. */
static void look_at_zones(struct look *l)
{
	const struct str *paths;
	size_t count;
	bool is_all;

	if (host_glob(l->h, ETC "/zones/*.xml", &paths, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct firewalld_file file = { 0 };
		struct str path, name = path_base(paths[i]);

		name = str_until(name, name.len - 4);
		if (!load(l, "zones", name, &file, &path) || (!file.is_wide && file.target.len > 0))
			continue;
		is_all = l->family == 4 ? file.is_all4 : file.is_all6;
		weigh(l, &file, path, is_all ? FW_OPEN : FW_UNCLEAR,
			arena_fmt(l->a, "zone=%.*s", STR_FMT(name)));
	}
}

static void look_at_policies(struct look *l, struct str zone)
{
	const struct str *paths;
	size_t count;

	if (host_glob(l->h, ETC "/policies/*.xml", &paths, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct firewalld_file file = { 0 };
		struct str path, name = path_base(paths[i]);
		bool is_all;

		name = str_until(name, name.len - 4);
		if (!load(l, "policies", name, &file, &path) ||
			(file.target.len > 0 && !file.is_to_host))
			continue;
		is_all = str_find(file.from, STR(" ANY ")) >= 0 ||
			str_find(file.from, arena_fmt(l->a, " %.*s ", STR_FMT(zone))) >= 0;
		weigh(l, &file, path, is_all ? FW_OPEN : FW_UNCLEAR,
			arena_fmt(l->a, "policy=%.*s", STR_FMT(name)));
	}
}

/* A connection of NetworkManager, or of the older network scripts, may choose its zone. */
static void look_at_connections(
	struct look *l, const char *pattern, const char *section, const char *key)
{
	const struct str *paths;
	size_t count;

	if (host_glob(l->h, pattern, &paths, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct setting zone = { 0 };
		struct firewalld_file file;
		struct str path, bytes = host_bytes(l->h, paths[i], NULL);

		ini_last(bytes, paths[i], section, key, l->a, &zone);
		zone.value = str_unquote(zone.value);
		if (zone.value.len > 0 && load(l, "zones", zone.value, &file, &path))
			weigh(l, &file, paths[i], FW_UNCLEAR,
				arena_fmt(l->a, "zone=%.*s", STR_FMT(zone.value)));
	}
}

/* Rules handed to iptables as they are. Beside nftables, firewalld's own rules still come after. */
static void look_at_direct(struct look *l)
{
	struct setting backend = { 0 };
	struct str file = STR("");
	struct str conf = host_bytes(l->h, STR(ETC "/firewalld.conf"), &file);
	struct str direct = host_bytes(l->h, STR(ETC "/direct.xml"), &file);

	firewalld_conf(conf, file, "FirewallBackend", l->a, &backend);
	if (str_is_nocase(backend.value, "iptables") && str_find(direct, STR("ACCEPT")) >= 0)
		weaken(l, FW_UNCLEAR, STR("direct.xml: ACCEPT"), STR(ETC "/direct.xml"));
}

struct firewalld firewalld_state(struct host *h, int family)
{
	struct look l = { .h = h, .a = host_arena(h), .family = family };
	struct firewalld_file zone = { 0 };
	struct str path = STR("");
	struct str name = default_zone(&l, &zone, &path);
	struct str words = arena_fmt(l.a, "DefaultZone=%.*s", STR_FMT(name));

	l.result = (struct firewalld){ FW_CLOSED,
		arena_fmt(l.a, "%.*s target=%.*s", STR_FMT(words), STR_FMT(zone.target)), path };
	weigh(&l, &zone, path, FW_OPEN, words);
	look_at_zones(&l);
	look_at_policies(&l, name);
	look_at_connections(&l, "/etc/NetworkManager/system-connections/*", "connection", "zone");
	look_at_connections(&l, "/etc/sysconfig/network-scripts/ifcfg-*", "", "ZONE");
	look_at_direct(&l);
	return l.result;
}

struct str firewalld_masquerade(struct host *h)
{
	struct look l = { .h = h, .a = host_arena(h) };
	struct firewalld_file zone = { 0 };
	struct str path = STR("");
	const struct str *paths;
	size_t count;

	default_zone(&l, &zone, &path);
	if (zone.is_masquerading)
		return path;
	if (host_glob(h, ETC "/zones/*.xml", &paths, &count) < 0)
		return STR("");
	for (size_t i = 0; i < count; i++) {
		const struct host_file *file;

		zone = (struct firewalld_file){ 0 };
		if (host_read(h, paths[i].ptr, &file) == 0 &&
			firewalld_read(file->bytes, l.a, &zone) && zone.is_bound &&
			zone.is_masquerading)
			return paths[i];
	}
	return STR("");
}
