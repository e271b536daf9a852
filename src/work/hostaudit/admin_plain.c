/* admin_plain.c - what always goes in clear: telnet, the r commands, TFTP, inetd and xinetd. */
#include "work/hostaudit/remote_admin.h"

#include "work/hostaudit/resolve/plain.h"

static void put_plain_units(struct host *h, struct admin_list *list)
{
	static const struct {
		const char *service, *unit;
	} units[] = {
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

	for (size_t i = 0; i < COUNT(units); i++) {
		struct unit unit = systemd_unit(h, units[i].unit);

		if (unit.state == UNIT_ENABLED && !admin_is_local_socket(h, units[i].unit) &&
			!admin_is_local_service(h, units[i].unit))
			admin_add(list,
				&(struct admin){ .service = units[i].service,
					.name = str_of(units[i].unit),
					.plain = PLAIN_YES,
					.file = unit.file });
	}
}

static void put_inetd(struct host *h, struct admin_list *list)
{
	static const char *const units[] = { "inetd.service", "openbsd-inetd.service",
		"inetutils-inetd.service", NULL };
	struct str file = STR("/etc/inetd.conf");
	struct inetd_reader r;
	struct inetd_entry entry;
	struct unit unit;
	const char *name;

	if (!admin_is_enabled(h, units, &unit, &name))
		return;
	inetd_init(&r, host_bytes(h, file, &file));
	while (inetd_next(&r, &entry)) {
		const char *service = plain_service_name(entry.service);

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

static void put_xinetd(struct host *h, struct admin_list *list)
{
	static const char *const units[] = { "xinetd.service", NULL };
	const struct str *paths;
	size_t count;
	struct unit unit;
	const char *name;

	if (!admin_is_enabled(h, units, &unit, &name) ||
		host_glob(h, "/etc/xinetd.d/*", &paths, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct inetd_reader r;
		struct inetd_entry entry;

		inetd_init(&r, host_bytes(h, paths[i], NULL));
		while (xinetd_next(&r, &entry)) {
			const char *service = plain_service_name(entry.service);

			if (service && !entry.is_off && !admin_is_local_address(entry.address))
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
	put_inetd(h, list);
	put_xinetd(h, list);
}
