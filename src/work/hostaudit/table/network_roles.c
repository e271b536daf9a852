/* network_roles: what this machine would do on the network that only the unit's own devices may do:
 * give out addresses, be an access point, share or bridge its connection. */
#include <string.h>
#include <sys/stat.h>

#include "work/hostaudit/fact.h"
#include "work/hostaudit/firewall/firewalld.h"
#include "work/hostaudit/nm.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/served.h"
#include "work/hostaudit/sysctl.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/units.h"

enum { ROLE, NAME, IS_ON, FOUND, REASON, FILE_PATH, LINE, LOST };

static const struct fact_column columns[] = {
	[ROLE] = { "role", FACT_TEXT, T("vai trò: dhcp, ap, share, bridge") },
	[NAME] = { "name", FACT_TEXT, T("tên để phê duyệt: đơn vị systemd, kết nối, thiết lập") },
	[IS_ON] = { "is_on", FACT_INT, T("1: đang chạy hoặc tự chạy khi khởi động") },
	[FOUND] = { "found", FACT_TEXT, T("thiết lập tìm thấy") },
	[REASON] = { "reason", FACT_TEXT, T("vì sao không kết luận được") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	[LOST] = { "lost", FACT_TEXT, T("giá trị bị ghi đè") },
	{ 0 },
};

struct role {
	const char *role;
	struct str name, found, file, lost;
	const char *reason;
	int line;
	bool is_on;
};

static void put(struct fact_rows *rows, const struct role *r)
{
	fact_row(rows);
	fact_cstr(rows, ROLE, r->role);
	fact_text(rows, NAME, r->name);
	fact_int(rows, IS_ON, r->is_on);
	fact_text(rows, FOUND, r->found);
	fact_cstr(rows, REASON, r->reason);
	fact_text(rows, FILE_PATH, r->file);
	if (r->line > 0)
		fact_int(rows, LINE, r->line);
	fact_text(rows, LOST, r->lost);
}

/* By a unit of systemd, or a script of /etc/rc?.d where there is none. */
static bool does_start(struct host *h, const char *unit)
{
	return systemd_unit(h, unit).state == UNIT_ENABLED || unit_starts(h, unit);
}

/* Is an instance of the template enabled: "hostapd@" for hostapd@wlan0.service. */
static bool has_instance(struct host *h, const char *template)
{
	const struct unit_link *links;
	size_t count;

	unit_links(h, &links, &count);
	for (size_t i = 0; i < count; i++)
		if (str_starts(links[i].name, template))
			return true;
	return false;
}

/* ---- addresses ---- */

#define DHCP_FILES_MAX 200
#define DHCP_DEPTH_MAX 4
#define DHCP_PLACES_MAX 20

/* A search through a file and what it includes. */
struct search {
	struct host *h;
	const char *word;       /* begins the statement that is looked for */
	const char *include[3]; /* words that name a further file or folder, ended by NULL */
	struct str file;        /* where it was found */
	struct str text;
	int line;
	int files, places; /* looked into so far */
	bool is_full;      /* there is more than is looked into */
};

/* What stands after an including word: "= /etc/dnsmasq.d/,*.conf", \"/etc/dhcp/a.conf\"; */
static struct str included_path(struct str rest)
{
	struct str word = STR("");

	str_next_word(&rest, " \t=\";,", &word);
	return word;
}

static bool search_file(struct search *s, struct str path, int depth);

/* A file, or all files of a folder. */
static bool search_path(struct search *s, struct str path, int depth)
{
	const char *name = arena_cstr(host_arena(s->h), path);
	const struct str *paths;
	struct host_stat st;
	size_t count;

	if (path.len == 0 || host_stat(s->h, name, &st) != 0)
		return false;
	if (depth > DHCP_DEPTH_MAX || ++s->places > DHCP_PLACES_MAX) {
		host_gap(s->h, GAP_LOOP, name);
		s->is_full = true;
		return false;
	}
	if (!S_ISDIR(st.mode))
		return search_file(s, path, depth);
	while (str_ends(path, "/"))
		path = str_until(path, path.len - 1);
	if (host_glob(s->h, arena_fmt(host_arena(s->h), "%.*s/*", STR_FMT(path)).ptr, &paths,
		    &count) != 0)
		return false;
	for (size_t i = 0; i < count && !s->is_full; i++)
		if (!str_ends(paths[i], "~") && str_find(paths[i], STR(".dpkg-")) < 0 &&
			!str_is(path_base(paths[i]), "README") && search_file(s, paths[i], depth))
			return true;
	return false;
}

/* Does a statement of this line begin with WORD ("subnet 10.0.0.0 …", "shared-network x { subnet
 * …")? */
static bool begins_statement(struct str line, const char *word)
{
	struct str statement;

	while (str_next_word(&line, "{;}", &statement)) {
		struct str rest;

		statement = str_trim(statement);
		if (str_starts(statement, "#"))
			return false;
		if (!str_starts(statement, word))
			continue;
		rest = str_from(statement, strlen(word));
		if (rest.len == 0 || strchr(" \t=", rest.ptr[0]) || str_ends(str_of(word), "="))
			return true;
	}
	return false;
}

static bool search_file(struct search *s, struct str path, int depth)
{
	struct str bytes, line;
	int number = 0;

	if (++s->files > DHCP_FILES_MAX) {
		host_gap(s->h, GAP_LIMIT, arena_cstr(host_arena(s->h), path));
		s->is_full = true;
		return false;
	}
	bytes = host_bytes(s->h, path, &path);
	while (!s->is_full && str_next_line(&bytes, &line)) {
		number++;
		line = str_trim(line);
		if (begins_statement(line, s->word)) {
			s->file = path;
			s->text = str_until(line, 100);
			s->line = number;
			return true;
		}
		for (size_t i = 0; i < COUNT(s->include) && s->include[i]; i++)
			if (str_starts(line, s->include[i]) &&
				search_path(s,
					included_path(str_from(line, str_of(s->include[i]).len)),
					depth + 1))
				return true;
	}
	return false;
}

/* The file that the unit's command line names by one of these options; OTHERWISE without one. */
static struct str file_of(
	struct host *h, const char *unit, const char *const *options, const char *otherwise)
{
	struct setting command = { 0 };
	struct str word, path;

	systemd_unit_command(h, unit, &command);
	while (str_next_word(&command.value, " \t'\"", &word)) {
		if (word_among(word, options))
			return str_next_word(&command.value, " \t'\"", &path) ? path :
										str_of(otherwise);
		if (str_split(word, '=', &word, &path) && word_among(word, options))
			return path;
	}
	return str_of(otherwise);
}

static void put_dhcpd(struct host *h, struct fact_rows *rows)
{
	static const struct {
		const char *unit, *file, *word;
	} servers[] = {
		{ "isc-dhcp-server.service", "/etc/dhcp/dhcpd.conf", "subnet" },
		{ "isc-dhcp-server6.service", "/etc/dhcp/dhcpd6.conf", "subnet6" },
		{ "dhcpd.service", "/etc/dhcp/dhcpd.conf", "subnet" },
		{ "dhcpd6.service", "/etc/dhcp/dhcpd6.conf", "subnet6" },
		{ "udhcpd.service", "/etc/udhcpd.conf", "start" },
		{ "radvd.service", "/etc/radvd.conf", "interface" },
	};
	static const char *const options[] = { "-cf", "-C", NULL };

	for (size_t i = 0; i < COUNT(servers); i++) {
		struct search s = { .h = h, .word = servers[i].word, .include = { "include" } };

		/* without a network to serve it does not even start */
		if (!search_path(&s, file_of(h, servers[i].unit, options, servers[i].file), 0))
			continue;
		put(rows,
			&(struct role){ .role = "dhcp",
				.name = str_of(servers[i].unit),
				.found = s.text,
				.file = s.file,
				.line = s.line,
				.is_on = does_start(h, servers[i].unit) });
	}
}

/* The text between the brackets of "interfaces": [ … ], over lines; STR_NONE when there is none. */
static struct str kea_interfaces(struct str bytes, int *ret_line)
{
	ptrdiff_t at = str_find(bytes, STR("\"interfaces\""));
	ptrdiff_t open, close;

	if (at < 0)
		return STR_NONE;
	*ret_line = 1;
	for (ptrdiff_t i = 0; i < at; i++)
		*ret_line += bytes.ptr[i] == '\n';
	bytes = str_from(bytes, (size_t)at);
	open = str_find_char(bytes, '[');
	close = str_find_char(bytes, ']');
	if (open < 0 || close < open)
		return STR_NONE;
	return (struct str){ bytes.ptr + open + 1, (size_t)(close - open - 1) };
}

/* Kea serves the interfaces of that list only; its example has none. */
static void put_kea(struct host *h, struct fact_rows *rows)
{
	static const struct {
		const char *unit, *rhel_unit, *file;
	} servers[] = {
		{ "kea-dhcp4-server.service", "kea-dhcp4.service", "/etc/kea/kea-dhcp4.conf" },
		{ "kea-dhcp6-server.service", "kea-dhcp6.service", "/etc/kea/kea-dhcp6.conf" },
	};

	for (size_t i = 0; i < COUNT(servers); i++) {
		struct role r = { .role = "dhcp", .name = str_of(servers[i].unit) };
		struct str bytes = host_bytes(h, str_of(servers[i].file), &r.file);
		struct str list = kea_interfaces(bytes, &r.line);

		if (str_find_char(list, '"') < 0)
			continue;
		r.is_on = does_start(h, servers[i].unit) || does_start(h, servers[i].rhel_unit);
		r.found = arena_fmt(
			host_arena(h), "interfaces %.*s", STR_FMT(str_until(str_trim(list), 100)));
		put(rows, &r);
	}
}

static void put_dnsmasq(struct host *h, struct fact_rows *rows)
{
	static const char *const options[] = { "-C", "--conf-file", NULL };
	struct role r = { .role = "dhcp", .name = STR("dnsmasq.service") };
	struct setting command = { 0 };
	const struct str places[] = {
		file_of(h, "dnsmasq.service", options, "/etc/dnsmasq.conf"),
		STR("/etc/dnsmasq.d"),
	};

	systemd_unit_command(h, "dnsmasq.service", &command);
	r.is_on = does_start(h, "dnsmasq.service") || has_instance(h, "dnsmasq@");
	if (str_find(command.value, STR("--dhcp-range")) >= 0) {
		r.found = str_until(command.value, 100);
		r.file = command.file;
		r.line = command.line;
		put(rows, &r);
		return;
	}
	for (size_t i = 0; i < COUNT(places); i++) {
		struct search s = {
			.h = h, .word = "dhcp-range", .include = { "conf-dir", "conf-file" }
		};

		if (!search_path(&s, places[i], 0))
			continue;
		r.found = s.text;
		r.file = s.file;
		r.line = s.line;
		put(rows, &r);
		return;
	}
}

/* ---- systemd-networkd ---- */

static void networkd_entry(
	struct host *h, struct fact_rows *rows, const struct ini_entry *e, struct str file)
{
	struct role r = { .file = file, .line = e->line };

	if (!str_is(e->section, "Network") || !e->value.ptr)
		return;
	if (str_is(e->key, "DHCPServer") && str_bool(e->value, false))
		r.role = "dhcp";
	else if (str_is(e->key, "IPv6SendRA") && str_bool(e->value, false))
		r.role = "dhcp";
	else if (str_is(e->key, "IPMasquerade") && !str_is(e->value, "no") &&
		!str_is(e->value, "false"))
		r.role = "share";
	else
		return;
	r.is_on = systemd_unit(h, "systemd-networkd.service").state == UNIT_ENABLED;
	r.name = path_base(file);
	r.found = arena_fmt(
		host_arena(h), "%.*s=%.*s", STR_FMT(e->key), STR_FMT(str_until(e->value, 40)));
	put(rows, &r);
}

static void put_networkd(struct host *h, struct fact_rows *rows)
{
	static const char *const patterns[] = { "/etc/systemd/network/*.network",
		"/run/systemd/network/*.network" };
	const struct str *paths;
	size_t count;

	for (size_t f = 0; f < COUNT(patterns); f++) {
		if (host_glob(h, patterns[f], &paths, &count) != 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			struct ini ini;
			struct ini_entry e;

			ini_init(&ini, host_bytes(h, paths[i], NULL), 0, NULL);
			while (ini_next(&ini, &e))
				networkd_entry(h, rows, &e, paths[i]);
		}
	}
}

/* ---- NetworkManager ---- */

static void put_profile(struct host *h, struct fact_rows *rows, const struct nm_profile *p)
{
	struct role r = {
		.name = p->id, .file = p->file, .is_on = p->is_active || p->does_autoconnect
	};

	if (str_is(p->ipv4_method, "shared") || str_is(p->ipv6_method, "shared")) {
		r.role = "share";
		r.line = p->method_line;
		r.found = arena_fmt(host_arena(h), "method=shared, autoconnect=%s%s",
			p->does_autoconnect ? "true" : "false", p->is_active ? ", active" : "");
		put(rows, &r);
		r.role = "dhcp";
		put(rows, &r);
	}
	if (p->is_wifi && p->wifi.is_ap) {
		r.role = "ap";
		r.line = p->mode_line;
		r.found = arena_fmt(host_arena(h), "mode=ap, autoconnect=%s%s",
			p->does_autoconnect ? "true" : "false", p->is_active ? ", active" : "");
		put(rows, &r);
	}
}

static void put_networkmanager(struct host *h, struct fact_rows *rows)
{
	const struct nm_profile *profiles;
	size_t count;

	nm_profiles(h, &profiles, &count);
	for (size_t i = 0; i < count; i++)
		put_profile(h, rows, &profiles[i]);
}

/* ---- access points ---- */

static bool hostapd_is_on(struct host *h)
{
	static const char *const units[] = { "hostapd.service", NULL };
	static const char *const programs[] = { "hostapd", NULL };
	struct served use = served(h, units, programs);

	return use.is_enabled || use.is_running || has_instance(h, "hostapd@");
}

static void put_access_points(struct host *h, struct fact_rows *rows)
{
	static const char *const makers[] = { "create_ap.service", "lnxrouter.service",
		"wifi-hotspot.service" };
	struct role r = { .role = "ap", .name = STR("hostapd.service") };
	const struct str *paths;
	size_t count;

	if (host_glob(h, "/etc/hostapd/*.conf", &paths, &count) == 0 && count > 0) {
		struct search s = { .h = h, .word = "interface=" };

		for (size_t i = 0; i < count && s.line == 0; i++)
			search_file(&s, paths[i], 0);
		r.is_on = hostapd_is_on(h);
		r.file = s.file;
		r.line = s.line;
		r.found = r.is_on ? STR("hostapd on") : STR("hostapd off");
		if (r.line > 0)
			put(rows, &r);
	}
	for (size_t i = 0; i < COUNT(makers); i++) {
		struct unit unit = systemd_unit(h, makers[i]);

		if (unit.state == UNIT_ENABLED)
			put(rows,
				&(struct role){ .role = "ap",
					.name = str_of(makers[i]),
					.found = str_of(makers[i]),
					.file = unit.file,
					.is_on = true });
	}
}

/* ---- a shared connection: packets pass through, and their sender is hidden ---- */

/* Rules that engines of containers and virtual machines write for what is inside this machine, and
 * that saving all rules keeps. */
static bool is_inner_rule(struct str line)
{
	static const char *const marks[] = { "docker", "! -o br-", "LIBVIRT", "virbr", "CNI-",
		"KUBE-", "NETAVARK", "lxdbr", "lxcbr", "incusbr", "podman" };

	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_find(line, str_of(marks[i])) >= 0)
			return true;
	return false;
}

static bool hides_sender(struct str line)
{
	static const char *const marks[] = { "masquerade", "MASQUERADE", "SNAT", "snat to",
		"snat ip to" };

	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_find(line, str_of(marks[i])) >= 0)
			return !is_inner_rule(line);
	return false;
}

static bool has_masquerade(struct host *h, struct str path, struct role *r)
{
	struct str bytes = host_bytes(h, path, NULL);
	struct str line;
	int number = 0;

	while (str_next_line(&bytes, &line)) {
		number++;
		line = str_trim(line);
		if (str_starts(line, "#") || !hides_sender(line))
			continue;
		r->file = path;
		r->line = number;
		return true;
	}
	return false;
}

static bool find_masquerade(struct host *h, struct role *r)
{
	static const struct {
		const char *unit; /* NULL: the file counts wherever it is */
		const char *pattern;
	} places[] = {
		{ "nftables.service", "/etc/nftables.conf" },
		{ "nftables.service", "/etc/nftables.d/*" },
		{ "nftables.service", "/etc/sysconfig/nftables.conf" },
		{ "nftables.service", "/etc/nftables/*.nft" },
		{ "netfilter-persistent.service", "/etc/iptables/rules.v4" },
		{ "iptables.service", "/etc/sysconfig/iptables" },
		{ "ufw.service", "/etc/ufw/before.rules" },
		{ "firewalld.service", "/etc/firewalld/zones/*.xml" },
		{ "firewalld.service", "/etc/firewalld/policies/*.xml" },
		{ NULL, "/etc/rc.local" },
		{ NULL, "/etc/network/interfaces" },
		{ NULL, "/etc/network/if-up.d/*" },
	};

	for (size_t i = 0; i < COUNT(places); i++) {
		const struct str *paths;
		size_t count;

		if (places[i].unit && systemd_unit(h, places[i].unit).state != UNIT_ENABLED)
			continue;
		if (host_glob(h, places[i].pattern, &paths, &count) != 0)
			continue;
		for (size_t p = 0; p < count; p++)
			if (has_masquerade(h, paths[p], r))
				return true;
	}
	return false;
}

/* Programs that forward for the machines inside this one. */
static const char *inner_forwarder(struct host *h)
{
	static const char *const paths[] = { "/usr/bin/dockerd", "/usr/sbin/dockerd",
		"/usr/bin/podman", "/usr/sbin/libvirtd", "/usr/sbin/virtnetworkd",
		"/usr/bin/lxc-start", "/usr/bin/incus", "/snap/bin/lxd", "/usr/bin/kubelet",
		"/usr/local/bin/k3s", "/usr/bin/containerd", "/usr/bin/qm" };

	for (size_t i = 0; i < COUNT(paths); i++)
		if (host_exists(h, paths[i]))
			return paths[i];
	return NULL;
}

/* Does the machine forward, now or after the next start? *RET_BOOT: what says so at the start. */
static bool forwards(
	struct host *h, const char *const *keys, const char *live, struct setting *ret_boot)
{
	struct str now = STR("");

	for (; *keys && !str_is(ret_boot->value, "1"); keys++)
		sysctl_conf(h, *keys, ret_boot);
	if (host_has_proc(h))
		host_read_proc(h, live, 16, host_arena(h), &now);
	return str_is(str_trim(now), "1") || str_is(ret_boot->value, "1");
}

/* firewalld turns forwarding on itself when a zone in use masquerades. */
static bool put_firewalld(struct host *h, struct fact_rows *rows)
{
	struct role r = { .role = "share",
		.name = STR("ip-forward"),
		.is_on = true,
		.found = STR("ip_forward=1, masquerade") };

	if (!unit_starts(h, "firewalld.service"))
		return false;
	r.file = firewalld_masquerade(h);
	if (r.file.len > 0)
		put(rows, &r);
	return r.file.len > 0;
}

static void put_forwarding(struct host *h, struct fact_rows *rows)
{
	static const char *const keys4[] = { "net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding",
		NULL };
	static const char *const keys6[] = { "net.ipv6.conf.all.forwarding", NULL };
	struct setting boot = { 0 };
	struct role r = { .role = "share", .name = STR("ip-forward") };
	bool is_ip4 = forwards(h, keys4, "/proc/sys/net/ipv4/ip_forward", &boot);

	if (put_firewalld(h, rows))
		return;
	if (!is_ip4) {
		boot = (struct setting){ 0 };
		if (!forwards(h, keys6, "/proc/sys/net/ipv6/conf/all/forwarding", &boot))
			return;
	}
	r.is_on = true;
	r.file = boot.file;
	r.line = boot.line;
	r.lost = boot.lost;
	if (find_masquerade(h, &r))
		r.found = STR("ip_forward=1, masquerade");
	else if (inner_forwarder(h))
		return;
	else {
		r.found = is_ip4 ? STR("ip_forward=1") : STR("ipv6 forwarding=1");
		r.reason = "forwards-only";
	}
	put(rows, &r);
}

/* ---- bridges of two cards ---- */

static bool is_card(struct host *h, struct str port)
{
	return host_exists(
		h, arena_fmt(host_arena(h), "/sys/class/net/%.*s/device", STR_FMT(port)).ptr);
}

static void put_bridges(struct host *h, struct fact_rows *rows)
{
	const struct str *names;
	const struct str *ports;
	size_t count, port_count;

	if (!host_has_proc(h) || host_list(h, "/sys/class/net", &names, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const char *dir =
			arena_fmt(host_arena(h), "/sys/class/net/%s/brif", names[i].ptr).ptr;
		struct role r = {
			.role = "bridge", .name = names[i], .found = STR(""), .is_on = true
		};
		int cards = 0;

		if (host_list(h, dir, &ports, &port_count) != 0)
			continue;
		for (size_t p = 0; p < port_count; p++) {
			if (!is_card(h, ports[p]))
				continue;
			cards++;
			r.found = arena_fmt(
				host_arena(h), "%.*s %.*s", STR_FMT(r.found), STR_FMT(ports[p]));
		}
		r.file = str_of(dir);
		if (cards > 1)
			put(rows, &r);
	}
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	(void)e;
	put_dhcpd(h, rows);
	put_kea(h, rows);
	put_dnsmasq(h, rows);
	put_networkd(h, rows);
	put_networkmanager(h, rows);
	put_access_points(h, rows);
	put_forwarding(h, rows);
	put_bridges(h, rows);
	return 0;
}

const struct fact_table network_roles_table = {
	.name = "network_roles",
	.words = T("vai trò trên mạng mà chỉ thiết bị của đơn vị được giữ"),
	.columns = columns,
	.fill = fill,
};
