/* admin_plain.c - what always goes in clear: telnet, the r commands, TFTP, inetd and xinetd. */
#include "work/hostaudit/remote_admin.h"

#include "work/hostaudit/resolve/plain.h"
#include "work/hostaudit/units.h"

static const struct {
	const char *service, *unit;
} plain_units[] = {
	{ "telnet", "telnet.socket" },
	{ "telnet", "telnetd.service" },
	{ "telnet", "inetutils-telnetd.service" },
	{ "telnet", "telnet-server.service" },
	{ "rsh", "rsh.socket" },
	{ "rlogin", "rlogin.socket" },
	{ "rexec", "rexec.socket" },
	{ "tftp", "tftp.socket" },
	{ "tftp", "tftp.service" },
	{ "tftp", "tftpd-hpa.service" },
	{ "tftp", "atftpd.service" },
};

static void put_plain_units(struct host *h, struct admin_list *list)
{
	for (size_t i = 0; i < COUNT(plain_units); i++) {
		struct unit unit = systemd_unit(h, plain_units[i].unit);

		if (unit.state == UNIT_ENABLED && !admin_is_local_socket(h, plain_units[i].unit) &&
			!admin_is_local_service(h, plain_units[i].unit))
			admin_add(list,
				&(struct admin){ .service = plain_units[i].service,
					.name = str_of(plain_units[i].unit),
					.plain = PLAIN_YES,
					.file = unit.file });
	}
}

static void read_inetd(struct host *h, struct admin_list *list, const char *name, struct str file)
{
	struct inetd_reader r;
	struct inetd_entry entry;

	inetd_init(&r, host_bytes(h, file, &file));
	while (inetd_next(&r, &entry)) {
		const char *service = plain_service_name(entry.service);

		if (!service)
			service = plain_server_name(&entry);
		if (service && !admin_is_local_address(entry.address))
			admin_add(list,
				&(struct admin){ .service = service,
					.name = str_of(name),
					.found = arena_fmt(host_arena(h), "inetd: %.*s %.*s",
						STR_FMT(entry.service), STR_FMT(entry.server)),
					.plain = PLAIN_YES,
					.file = file,
					.line = entry.line });
	}
}

static void put_inetd(struct host *h, struct admin_list *list)
{
	static const char *const units[] = { "inetd.service", "openbsd-inetd.service",
		"inetutils-inetd.service", NULL };
	const struct str *paths;
	size_t count;
	struct unit unit;
	const char *name;

	if (!admin_is_enabled(h, units, &unit, &name))
		return;
	read_inetd(h, list, name, STR("/etc/inetd.conf"));
	if (!str_is(str_of(name), units[2]) || host_glob(h, "/etc/inetd.d/*", &paths, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) /* GNU's inetd alone reads a folder */
		read_inetd(h, list, name, paths[i]);
}

static bool is_plain_unit(struct str name)
{
	for (size_t i = 0; i < COUNT(plain_units); i++)
		if (str_is(name, plain_units[i].unit))
			return true;
	return false;
}

/* What a unit that is switched on starts: its own command, or that of the service its socket is
 * for. False where it is for this machine alone. */
static bool starts_command(struct host *h, struct str name, struct setting *ret)
{
	struct arena *a = host_arena(h);
	struct str stem;

	if (!str_ends(name, ".socket"))
		return admin_starts(h, name, ret);
	if (unit_is_masked(h, name) || admin_is_local_socket(h, arena_cstr(a, name)))
		return false;
	stem = str_until(name, name.len - 7);
	systemd_unit_command(h, arena_fmt(a, "%.*s@.service", STR_FMT(stem)).ptr, ret);
	if (!ret->value.ptr)
		systemd_unit_command(h, arena_fmt(a, "%.*s.service", STR_FMT(stem)).ptr, ret);
	return ret->value.ptr;
}

/* telnetd that some other unit starts: "busybox telnetd -F"; a shell behind socat. */
static void put_commands(struct host *h, struct admin_list *list)
{
	const struct unit_link *links;
	size_t count;

	unit_links(h, &links, &count);
	for (size_t i = 0; i < count; i++) {
		struct setting command = { 0 };
		struct str rest, word;
		const char *service = NULL;

		if (links[i].is_vendor || is_plain_unit(links[i].name) ||
			!starts_command(h, links[i].name, &command))
			continue;
		rest = command.value;
		while (!service && str_next_word(&rest, " \t", &word))
			if (str_is(path_base(word), "telnetd") ||
				str_is(path_base(word), "in.telnetd"))
				service = "telnet";
		if (!service && plain_gives_shell(command.value))
			service = "shell";
		if (service)
			admin_add(list,
				&(struct admin){ .service = service,
					.name = links[i].name,
					.plain = PLAIN_YES,
					.file = command.file });
	}
}

/* dnsmasq gives files by TFTP too where it is told. */
static void put_dnsmasq_tftp(struct host *h, struct admin_list *list)
{
	static const char *const patterns[] = { "/etc/dnsmasq.conf", "/etc/dnsmasq.d/*" };
	const struct str *paths;
	struct str rest, line, key, value;
	size_t count;

	if (!unit_starts(h, "dnsmasq.service"))
		return;
	for (size_t p = 0; p < COUNT(patterns); p++) {
		if (host_glob(h, patterns[p], &paths, &count) != 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			rest = host_bytes(h, paths[i], NULL);
			for (int n = 1; str_next_line(&rest, &line); n++) {
				line = str_trim(line);
				if (!str_split(line, '=', &key, &value))
					key = line;
				if (str_is(str_trim(key), "enable-tftp"))
					admin_add(list,
						&(struct admin){ .service = "tftp",
							.name = STR("dnsmasq.service"),
							.plain = PLAIN_YES,
							.file = paths[i],
							.line = n });
			}
		}
	}
}

/* xinetd.conf(5): names with a dot or a tilde at the end are passed over. */
static bool is_xinetd_file(struct str path)
{
	struct str name = path_base(path);

	return !str_has(name, '.') && !str_ends(name, "~");
}

static void put_xinetd(struct host *h, struct admin_list *list)
{
	static const char *const units[] = { "xinetd.service", NULL };
	const struct str *paths;
	struct str conf;
	size_t count;
	struct unit unit;
	const char *name;

	if (!admin_is_enabled(h, units, &unit, &name) ||
		host_glob(h, "/etc/xinetd.d/*", &paths, &count) != 0)
		return;
	conf = host_bytes(h, STR("/etc/xinetd.conf"), NULL);
	for (size_t i = 0; i < count; i++) {
		struct inetd_reader r;
		struct inetd_entry entry;

		if (!is_xinetd_file(paths[i]))
			continue;
		inetd_init(&r, host_bytes(h, paths[i], NULL));
		while (xinetd_next(&r, &entry)) {
			const char *service = plain_service_name(entry.service);

			if (!service)
				service = plain_service_name(entry.port);
			if (!service)
				service = plain_server_name(&entry);
			if (service && !entry.is_off && !xinetd_is_off(conf, entry.service) &&
				!admin_is_local_address(entry.address))
				admin_add(list,
					&(struct admin){ .service = service,
						.name = STR("xinetd"),
						.found = arena_fmt(host_arena(h), "xinetd: %.*s",
							STR_FMT(entry.service)),
						.plain = PLAIN_YES,
						.file = paths[i],
						.line = entry.line });
		}
	}
}

void admin_plain(struct host *h, struct admin_list *list)
{
	put_plain_units(h, list);
	put_commands(h, list);
	put_dnsmasq_tftp(h, list);
	put_inetd(h, list);
	put_xinetd(h, list);
}
