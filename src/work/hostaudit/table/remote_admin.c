/* remote_admin: services that give remote control, switched on by the configuration, and whether
 * they carry passwords and commands in clear. */
#include <string.h>

#include "kit/text/text.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/plain.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/resolve/vnc.h"

enum {
	ADMIN_SERVICE,
	ADMIN_NAME,
	ADMIN_PLAIN,
	ADMIN_FOUND,
	ADMIN_REASON,
	ADMIN_DETAIL,
	ADMIN_FILE,
	ADMIN_LINE,
	ADMIN_LOST
};

static const struct fact_column columns[] = {
	{ "service", FACT_TEXT, T("loại dịch vụ: telnet, rsh, ftp, vnc, snmp …") },
	{ "name", FACT_TEXT, T("đơn vị hoặc tệp bật dịch vụ") },
	{ "is_plain", FACT_INT, T("1 nếu truyền không mã hóa") },
	{ "found", FACT_TEXT, T("giá trị đọc được, không có bí mật") },
	{ "reason", FACT_TEXT, T("vì sao không kết luận được") },
	{ "detail", FACT_TEXT, T("chi tiết của lý do") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ "lost", FACT_TEXT, T("các giá trị bị ghi đè") },
	{ NULL, FACT_TEXT, NULL },
};

enum plain { PLAIN_NO, PLAIN_YES, PLAIN_UNKNOWN };

struct admin {
	const char *service;
	struct str name, found, file;
	const char *reason;
	enum plain plain;
	int line;
};

static void put(struct fact_rows *rows, const struct admin *a)
{
	fact_row(rows);
	fact_cstr(rows, ADMIN_SERVICE, a->service);
	fact_text(rows, ADMIN_NAME, a->name);
	if (a->plain != PLAIN_UNKNOWN)
		fact_int(rows, ADMIN_PLAIN, a->plain == PLAIN_YES);
	fact_text(rows, ADMIN_FOUND, a->found.ptr ? a->found : a->name);
	fact_cstr(rows, ADMIN_REASON, a->reason);
	if (a->file.ptr)
		fact_text(rows, ADMIN_FILE, a->file);
	if (a->line > 0)
		fact_int(rows, ADMIN_LINE, a->line);
}

/* Is one of these units enabled? *RET is the link that does it. */
static bool is_enabled(
	struct host *h, const char *const *names, struct unit *ret, const char **ret_name)
{
	for (size_t i = 0; names[i]; i++) {
		*ret = systemd_unit(h, names[i]);
		*ret_name = names[i];
		if (ret->state == UNIT_ENABLED)
			return true;
	}
	return false;
}

/* "127.0.0.1:23", "[::1]:23", "localhost", "/run/x.sock": nobody from afar comes there. */
static bool is_local_address(struct str address)
{
	address = str_trim(address);
	return str_starts(address, "127.") || str_starts(address, "[::1]") ||
		str_is(address, "::1") || str_is(address, "lo") ||
		str_starts(address, "localhost") || str_starts(address, "/") ||
		str_starts(address, "@") || str_starts(address, "vsock:");
}

/* A socket unit with all its drop-ins: does it listen for this machine alone? */
static bool is_local_socket(struct host *h, const char *unit)
{
	static const char *const keys[] = { "ListenStream", "ListenDatagram" };
	bool has_address = false;

	for (size_t i = 0; i < COUNT(keys); i++) {
		struct str lines = systemd_unit_lines(h, unit, "Socket", keys[i]), line;

		while (str_next_line(&lines, &line)) {
			if (str_trim(line).len == 0)
				continue;
			has_address = true;
			if (!is_local_address(line))
				return false;
		}
	}
	return has_address;
}

/* "--address 127.0.0.1:69", "-a localhost" on the command line of a service. */
static bool is_local_service(struct host *h, const char *unit)
{
	struct setting command = { 0 };
	struct str word;

	systemd_unit_command(h, unit, &command);
	while (str_next_word(&command.value, " \t'\"", &word))
		if ((str_is(word, "--address") || str_is(word, "-a")) &&
			str_next_word(&command.value, " \t'\"", &word))
			return is_local_address(word);
	return false;
}

/* ---- always in clear ---- */

static void put_plain_units(struct host *h, struct fact_rows *rows)
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

		if (unit.state == UNIT_ENABLED && !is_local_socket(h, units[i].unit) &&
			!is_local_service(h, units[i].unit))
			put(rows,
				&(struct admin){ .service = units[i].service,
					.name = str_of(units[i].unit),
					.plain = PLAIN_YES,
					.file = unit.file });
	}
}

static void put_inetd(struct host *h, struct fact_rows *rows)
{
	static const char *const units[] = { "inetd.service", "openbsd-inetd.service",
		"inetutils-inetd.service", NULL };
	struct str file = STR("/etc/inetd.conf");
	struct inetd_reader r;
	struct inetd_entry entry;
	struct unit unit;
	const char *name;

	if (!is_enabled(h, units, &unit, &name))
		return;
	inetd_init(&r, host_bytes(h, file, &file));
	while (inetd_next(&r, &entry)) {
		const char *service = plain_service_name(entry.service);

		if (service && !is_local_address(entry.address))
			put(rows,
				&(struct admin){ .service = service,
					.name = str_of(name),
					.found = arena_fmt(host_arena(h), "inetd: %.*s %.*s",
						STR_FMT(entry.service), STR_FMT(entry.server)),
					.plain = PLAIN_YES,
					.file = file,
					.line = entry.line });
	}
}

static void put_xinetd(struct host *h, struct fact_rows *rows)
{
	static const char *const units[] = { "xinetd.service", NULL };
	const struct str *paths;
	size_t count;
	struct unit unit;
	const char *name;

	if (!is_enabled(h, units, &unit, &name) ||
		host_glob(h, "/etc/xinetd.d/*", &paths, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct inetd_reader r;
		struct inetd_entry entry;

		inetd_init(&r, host_bytes(h, paths[i], NULL));
		while (xinetd_next(&r, &entry)) {
			const char *service = plain_service_name(entry.service);

			if (service && !entry.is_off && !is_local_address(entry.address))
				put(rows,
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

/* ---- FTP ---- */

static void put_vsftpd(struct host *h, struct fact_rows *rows)
{
	static const char *const units[] = { "vsftpd.service", NULL };
	static const char *const paths[] = { "/etc/vsftpd.conf", "/etc/vsftpd/vsftpd.conf" };
	struct arena *a = host_arena(h);
	struct admin row = { .service = "ftp", .name = STR("vsftpd.service") };
	struct unit unit;
	const char *name;

	if (!is_enabled(h, units, &unit, &name))
		return;
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct setting local = { 0 }, ssl = { 0 }, force = { 0 }, at = { 0 };
		struct str file = str_of(paths[i]);
		struct str bytes = host_bytes(h, file, &file);

		if (bytes.len == 0)
			continue;
		ini_last(bytes, file, "", "local_enable", a, &local);
		ini_last(bytes, file, "", "ssl_enable", a, &ssl);
		ini_last(bytes, file, "", "force_local_logins_ssl", a, &force);
		ini_last(bytes, file, "", "listen_address", a, &at);
		ini_last(bytes, file, "", "listen_address6", a, &at);
		row.found = arena_fmt(a, "vsftpd local_enable=%.*s ssl_enable=%.*s",
			STR_FMT(local.value.ptr ? local.value : STR("NO")),
			STR_FMT(ssl.value.ptr ? ssl.value : STR("NO")));
		row.plain = str_bool(local.value, false) &&
				!(str_bool(ssl.value, false) && str_bool(force.value, true)) &&
				!is_local_address(at.value) ?
			PLAIN_YES :
			PLAIN_NO;
		row.file = file;
		row.line = ssl.value.ptr ? ssl.line : local.line;
		put(rows, &row);
		return;
	}
	row.plain = PLAIN_UNKNOWN;
	row.reason = "ftp-tls";
	row.file = unit.file;
	put(rows, &row);
}

static void put_proftpd(struct host *h, struct fact_rows *rows)
{
	static const char *const units[] = { "proftpd.service", NULL };
	static const char *const patterns[] = { "/etc/proftpd/proftpd.conf",
		"/etc/proftpd/tls.conf", "/etc/proftpd/conf.d/*.conf", "/etc/proftpd.conf" };
	struct admin row = { .service = "ftp",
		.name = STR("proftpd.service"),
		.plain = PLAIN_YES,
		.found = STR("proftpd TLSEngine: –") };
	bool is_on = false, is_required = false;
	struct unit unit;
	const char *name;

	if (!is_enabled(h, units, &unit, &name))
		return;
	for (size_t i = 0; i < COUNT(patterns); i++) {
		const struct str *paths;
		size_t count;

		if (host_glob(h, patterns[i], &paths, &count) != 0)
			continue;
		for (size_t p = 0; p < count; p++) {
			struct ini ini;
			struct ini_entry entry;

			ini_init(&ini, host_bytes(h, paths[p], NULL), INI_BLANK, NULL);
			while (ini_next(&ini, &entry)) {
				if (str_is_nocase(entry.key, "TLSEngine"))
					is_on = str_bool(entry.value, false);
				else if (str_is_nocase(entry.key, "TLSRequired"))
					is_required = !str_bool(entry.value, true) ? false : true;
				else
					continue;
				row.file = paths[p];
				row.line = entry.line;
			}
		}
	}
	if (is_on) {
		/* the module may be left out, and the file not be included: a person has to look */
		row.plain = is_required ? PLAIN_UNKNOWN : PLAIN_YES;
		row.reason = is_required ? "ftp-tls" : NULL;
		row.found = is_required ? STR("proftpd TLSEngine on, TLSRequired on") :
					  STR("proftpd TLSEngine on, TLSRequired: –");
	}
	if (!row.file.ptr)
		row.file = unit.file;
	put(rows, &row);
}

static void put_pureftpd(struct host *h, struct fact_rows *rows)
{
	static const char *const units[] = { "pure-ftpd.service", NULL };
	struct str file = STR("/etc/pure-ftpd/conf/TLS");
	struct str value;
	struct unit unit;
	const char *name;

	if (!is_enabled(h, units, &unit, &name))
		return;
	value = str_trim(host_bytes(h, file, NULL));
	put(rows,
		&(struct admin){ .service = "ftp",
			.name = STR("pure-ftpd.service"),
			.found = arena_fmt(host_arena(h), "pure-ftpd TLS=%.*s",
				STR_FMT(value.len ? str_until(value, 10) : STR("0"))),
			.plain = str_is(value, "2") || str_is(value, "3") ? PLAIN_NO : PLAIN_YES,
			.file = file,
			.line = 1 });
}

/* ---- desktops ---- */

/* False when the screen is for this machine alone. */
static bool judge_vnc(struct host *h, struct str unit, struct admin *row)
{
	struct vnc_session v;

	vnc_session_read(h, unit, &v);
	if (v.is_local)
		return false;
	if (v.says == VNC_UNCLEAR)
		return true;
	row->plain = v.says == VNC_IN_CLEAR ? PLAIN_YES : PLAIN_NO;
	row->reason = NULL;
	row->found = arena_fmt(
		host_arena(h), "securitytypes=%.*s", STR_FMT(str_until(v.kinds.value, 200)));
	row->file = v.kinds.file;
	row->line = v.kinds.line;
	return true;
}

static void put_vnc(struct host *h, struct fact_rows *rows)
{
	static const char *const folders[] = { "/etc/systemd/system/multi-user.target.wants",
		"/etc/systemd/system/graphical.target.wants" };

	for (size_t f = 0; f < COUNT(folders); f++) {
		const struct str *names;
		size_t count;

		if (host_list(h, folders[f], &names, &count) != 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			struct setting start;
			struct admin row;

			if (str_find(names[i], STR("vnc")) < 0 ||
				str_find(names[i], STR("novnc")) >= 0)
				continue;
			systemd_unit_conf(h, arena_cstr(host_arena(h), names[i]), "Service",
				"ExecStart", &start);
			/* only through the machine itself, that is through SSH */
			if (start.value.ptr &&
				(str_find(start.value, STR("-localhost yes")) >= 0 ||
					str_ends(start.value, "-localhost") ||
					str_find(start.value, STR("-localhost ")) >= 0))
				continue;
			row = (struct admin){ .service = "vnc",
				.name = names[i],
				.plain = PLAIN_UNKNOWN,
				.reason = "vnc-tls",
				.file = arena_fmt(host_arena(h), "%s/%.*s", folders[f],
					STR_FMT(names[i])) };
			if (str_find(start.value, STR("vncsession")) < 0 ||
				judge_vnc(h, names[i], &row))
				put(rows, &row);
		}
	}
}

/* A switch in an INI file of a display manager: on means a service in clear. */
static void put_switch(struct host *h, struct fact_rows *rows, const char *service, struct str file,
	const char *section, const char *key)
{
	struct setting s = { 0 };

	ini_last(host_bytes(h, file, &file), file, section, key, host_arena(h), &s);
	if (s.value.ptr && str_bool(s.value, false))
		put(rows,
			&(struct admin){ .service = service,
				.name = path_base(file),
				.found = arena_fmt(host_arena(h), "[%s] %s=%.*s", section, key,
					STR_FMT(str_until(s.value, 40))),
				.plain = PLAIN_YES,
				.file = s.file,
				.line = s.line });
}

static void put_lightdm(struct host *h, struct fact_rows *rows, struct str file)
{
	struct setting s = { 0 };

	put_switch(h, rows, "xdmcp", file, "XDMCPServer", "enabled");
	put_switch(h, rows, "vnc", file, "VNCServer", "enabled");
	put_switch(h, rows, "x11", file, "Seat:*", "xserver-allow-tcp");
	ini_last(host_bytes(h, file, &file), file, "Seat:*", "xserver-command", host_arena(h), &s);
	if (str_find(s.value, STR(" -listen tcp")) >= 0)
		put(rows,
			&(struct admin){ .service = "x11",
				.name = path_base(file),
				.found = arena_fmt(host_arena(h), "xserver-command=%.*s",
					STR_FMT(str_until(s.value, 200))),
				.plain = PLAIN_YES,
				.file = s.file,
				.line = s.line });
}

static void put_gdm_tcp(struct host *h, struct fact_rows *rows, struct str file)
{
	struct setting s = { 0 };

	ini_last(host_bytes(h, file, &file), file, "security", "DisallowTCP", host_arena(h), &s);
	if (s.value.len > 0 && !str_bool(s.value, true))
		put(rows,
			&(struct admin){ .service = "x11",
				.name = path_base(file),
				.found = STR("[security] DisallowTCP=false"),
				.plain = PLAIN_YES,
				.file = s.file,
				.line = s.line });
}

static void put_desktops(struct host *h, struct fact_rows *rows)
{
	static const char *const gdm[] = { "/etc/gdm3/daemon.conf", "/etc/gdm/custom.conf" };
	const struct str *paths;
	size_t count;

	for (size_t i = 0; i < COUNT(gdm); i++) {
		put_switch(h, rows, "xdmcp", str_of(gdm[i]), "xdmcp", "Enable");
		put_gdm_tcp(h, rows, str_of(gdm[i]));
	}
	put_lightdm(h, rows, STR("/etc/lightdm/lightdm.conf"));
	if (host_glob(h, "/etc/lightdm/lightdm.conf.d/*.conf", &paths, &count) == 0)
		for (size_t i = 0; i < count; i++)
			put_lightdm(h, rows, paths[i]);
}

static void put_xrdp(struct host *h, struct fact_rows *rows)
{
	static const char *const units[] = { "xrdp.service", NULL };
	struct arena *a = host_arena(h);
	struct str file = STR("/etc/xrdp/xrdp.ini");
	struct setting layer = { 0 }, level = { 0 };
	struct str bytes;
	struct unit unit;
	const char *name;
	bool is_good;

	if (!is_enabled(h, units, &unit, &name))
		return;
	bytes = host_bytes(h, file, &file);
	ini_last(bytes, file, "Globals", "security_layer", a, &layer);
	ini_last(bytes, file, "Globals", "crypt_level", a, &level);
	is_good = str_is_nocase(layer.value, "tls") ||
		(!str_is_nocase(layer.value, "rdp") &&
			(!level.value.ptr || str_is_nocase(level.value, "high") ||
				str_is_nocase(level.value, "fips")));
	put(rows,
		&(struct admin){ .service = "rdp",
			.name = STR("xrdp.service"),
			.found = arena_fmt(a, "security_layer=%.*s crypt_level=%.*s",
				STR_FMT(layer.value.ptr ? layer.value : STR("negotiate")),
				STR_FMT(level.value.ptr ? level.value : STR("high"))),
			.plain = is_good ? PLAIN_NO : PLAIN_YES,
			.file = file,
			.line = layer.value.ptr ? layer.line : level.line });
}

/* ---- SNMP ---- */

struct snmp {
	struct setting address;
	struct setting community; /* the directive's name, never the community */
	int files;
};

static void read_snmp(struct host *h, struct str path, struct snmp *s, int depth)
{
	struct snmp_reader r;
	struct snmp_entry entry;
	struct str file = path;
	struct str bytes;

	if (depth > 4 || ++s->files > 100) {
		host_gap(h, GAP_LOOP, arena_cstr(host_arena(h), path));
		return;
	}
	bytes = host_bytes(h, path, &file);
	snmp_init(&r, bytes);
	while (s->files <= 100 && snmp_next(&r, &entry)) {
		const struct str *paths;
		size_t count;

		if (entry.kind == SNMP_ADDRESS)
			setting_win(&s->address, host_arena(h), entry.value, file, entry.line);
		else if (entry.kind == SNMP_COMMUNITY && !entry.is_local)
			setting_lose(&s->community, host_arena(h), entry.word, file, entry.line);
		else if (entry.kind == SNMP_INCLUDE_FILE)
			read_snmp(h, entry.value, s, depth + 1);
		else if (entry.kind == SNMP_INCLUDE_DIR &&
			host_glob(h,
				arena_fmt(host_arena(h), "%.*s/*.conf", STR_FMT(entry.value)).ptr,
				&paths, &count) == 0)
			for (size_t i = 0; i < count && s->files <= 100; i++)
				read_snmp(h, paths[i], s, depth + 1);
	}
}

static void put_snmp(struct host *h, struct fact_rows *rows)
{
	static const char *const units[] = { "snmpd.service", NULL };
	struct snmp s = { 0 };
	struct unit unit;
	const char *name;

	if (!is_enabled(h, units, &unit, &name))
		return;
	read_snmp(h, STR("/etc/snmp/snmpd.conf"), &s, 0);
	if (!s.community.value.ptr)
		return;
	put(rows,
		&(struct admin){ .service = "snmp",
			.name = STR("snmpd.service"),
			.found = arena_fmt(host_arena(h), "%.*s ***; agentaddress %.*s",
				STR_FMT(s.community.value),
				STR_FMT(s.address.value.ptr ? str_until(s.address.value, 200) :
							      STR("*"))),
			.plain = snmp_is_local(s.address.value) ? PLAIN_NO : PLAIN_YES,
			.file = s.community.file,
			.line = s.community.line });
}

/* ---- web consoles ---- */

/* webmin and usermin: one server, two folders. */
static void put_miniserv(struct host *h, struct fact_rows *rows, const char *which)
{
	struct arena *a = host_arena(h);
	struct str name = arena_fmt(a, "%s.service", which);
	struct str file = arena_fmt(a, "/etc/%s/miniserv.conf", which);
	struct setting ssl = { 0 }, bind = { 0 };
	struct str bytes;

	if (systemd_unit(h, name.ptr).state != UNIT_ENABLED)
		return;
	bytes = host_bytes(h, file, &file);
	ini_last(bytes, file, "", "ssl", a, &ssl);
	ini_last(bytes, file, "", "bind", a, &bind);
	put(rows,
		&(struct admin){ .service = which,
			.name = name,
			.found = arena_fmt(a, "%s ssl=%.*s", which,
				STR_FMT(ssl.value.ptr ? ssl.value : STR("0"))),
			.plain = str_bool(ssl.value, false) || is_local_address(bind.value) ?
				PLAIN_NO :
				PLAIN_YES,
			.file = file,
			.line = ssl.line });
}

/* A shell in the browser: the words of its command line say whether it carries TLS. */
struct web_shell {
	const char *unit, *service;
	const char *variables, *variable; /* a file with more words, and their name in it */
	const char *clear[2], *secure[2]; /* words that take TLS away, or give it */
};

static bool has_word(struct str command, const char *const words[2])
{
	struct str word;

	while (str_next_word(&command, " \t'\"", &word))
		for (int i = 0; i < 2; i++)
			if (words[i] && str_is(word, words[i]))
				return true;
	return false;
}

/* "-i lo", "--interface=127.0.0.1", "--localhost-only" */
static bool is_local_shell(struct str command)
{
	struct str word, key, value;

	while (str_next_word(&command, " \t'\"", &word)) {
		if (str_is(word, "--localhost-only"))
			return true;
		if ((str_is(word, "-i") || str_is(word, "--interface")) &&
			str_next_word(&command, " \t'\"", &word) && is_local_address(word))
			return true;
		if (str_split(word, '=', &key, &value) && str_is(key, "--interface") &&
			is_local_address(value))
			return true;
	}
	return false;
}

static void put_web_shells(struct host *h, struct fact_rows *rows)
{
	static const struct web_shell shells[] = {
		{ "shellinabox.service", "shellinabox", "/etc/default/shellinabox",
			"SHELLINABOX_ARGS", { "--disable-ssl", "-t" }, { NULL } },
		{ "shellinaboxd.service", "shellinabox", "/etc/sysconfig/shellinaboxd", "OPTS",
			{ "--disable-ssl", "-t" }, { NULL } },
		{ "ttyd.service", "ttyd", NULL, NULL, { NULL }, { "-S", "--ssl" } },
	};

	for (size_t i = 0; i < COUNT(shells); i++) {
		const struct web_shell *w = &shells[i];
		struct setting command = { 0 }, more = { 0 };
		struct str text, file = str_of(w->variables ? w->variables : "");

		if (systemd_unit(h, w->unit).state != UNIT_ENABLED)
			continue;
		systemd_unit_command(h, w->unit, &command);
		if (w->variables)
			ini_last(host_bytes(h, file, &file), file, "", w->variable, host_arena(h),
				&more);
		text = arena_fmt(host_arena(h), "%.*s %.*s", STR_FMT(command.value),
			STR_FMT(more.value));
		if (is_local_shell(text) ||
			(w->secure[0] ? has_word(text, w->secure) : !has_word(text, w->clear)))
			continue;
		put(rows,
			&(struct admin){ .service = w->service,
				.name = str_of(w->unit),
				.plain = PLAIN_YES,
				.file = more.file.ptr ? more.file : command.file,
				.line = more.file.ptr ? more.line : command.line });
	}
}

/* libvirt's port without TLS; with SASL there it wants a mechanism that encrypts. */
static void put_libvirt(struct host *h, struct fact_rows *rows)
{
	static const struct {
		const char *unit, *file;
	} ways[] = { { "libvirtd-tcp.socket", "/etc/libvirt/libvirtd.conf" },
		{ "virtproxyd-tcp.socket", "/etc/libvirt/virtproxyd.conf" } };

	for (size_t i = 0; i < COUNT(ways); i++) {
		struct str file = str_of(ways[i].file);
		struct setting s = { 0 };

		if (systemd_unit(h, ways[i].unit).state != UNIT_ENABLED ||
			is_local_socket(h, ways[i].unit))
			continue;
		ini_last(host_bytes(h, file, &file), file, "", "auth_tcp", host_arena(h), &s);
		if (str_is(s.value, "\"none\"") || str_is(s.value, "none"))
			put(rows,
				&(struct admin){ .service = "libvirt",
					.name = str_of(ways[i].unit),
					.found = STR("auth_tcp=none"),
					.plain = PLAIN_YES,
					.file = s.file,
					.line = s.line });
	}
}

static void put_cockpit(struct host *h, struct fact_rows *rows)
{
	enum unit_state state = systemd_unit(h, "cockpit.socket").state;

	if (state != UNIT_MASKED && state != UNIT_DISABLED && !is_local_socket(h, "cockpit.socket"))
		put_switch(h, rows, "cockpit", STR("/etc/cockpit/cockpit.conf"), "WebService",
			"AllowUnencrypted");
}

/* ---- Docker's own door: who is let in there is root of the machine ---- */

/* "tcp://0.0.0.0:2375" among the words of its command line or of daemon.json. */
static struct str far_socket(struct str text)
{
	struct str word;

	while (str_next_word(&text, " \t\n\",[]'=", &word))
		if (str_is(word, "tcp://") && str_starts(text, "[::1]"))
			continue;
		else if (str_starts(word, "tcp://") && !str_starts(word, "tcp://127.") &&
			!str_starts(word, "tcp://localhost"))
			return word;
	return STR("");
}

static void put_docker(struct host *h, struct fact_rows *rows)
{
	static const char *const units[] = { "docker.service", NULL };
	struct str file = STR("/etc/docker/daemon.json"), text, address;
	struct setting command = { 0 };
	struct unit unit;
	const char *name;
	bool is_checked;

	if (!is_enabled(h, units, &unit, &name))
		return;
	systemd_unit_command(h, name, &command);
	text = host_bytes(h, file, &file);
	address = far_socket(command.value);
	if (address.len > 0)
		file = command.file;
	else
		address = far_socket(text);
	if (address.len == 0)
		return;
	is_checked = str_find(command.value, STR("--tlsverify")) >= 0 ||
		str_find(text, STR("\"tlsverify\": true")) >= 0 ||
		str_find(text, STR("\"tlsverify\":true")) >= 0;
	put(rows,
		&(struct admin){ .service = "docker",
			.name = str_of(name),
			.found = arena_fmt(host_arena(h), "docker %.*s", STR_FMT(address)),
			.plain = is_checked ? PLAIN_NO : PLAIN_YES,
			.file = file });
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	put_plain_units(h, rows);
	put_inetd(h, rows);
	put_xinetd(h, rows);
	put_vsftpd(h, rows);
	put_proftpd(h, rows);
	put_pureftpd(h, rows);
	put_vnc(h, rows);
	put_desktops(h, rows);
	put_xrdp(h, rows);
	put_snmp(h, rows);
	put_miniserv(h, rows, "webmin");
	put_miniserv(h, rows, "usermin");
	put_web_shells(h, rows);
	put_libvirt(h, rows);
	put_docker(h, rows);
	put_cockpit(h, rows);
	return 0;
}

const struct fact_table remote_admin_table = {
	.name = "remote_admin",
	.words = T("dịch vụ điều khiển từ xa được bật, có mã hóa hay không"),
	.columns = columns,
	.fill = fill,
};
