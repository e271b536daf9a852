/* admin_web.c - consoles in a browser, SNMP, and the doors of libvirt and Docker. */
#include "work/hostaudit/remote_admin.h"

#include "work/hostaudit/snmp.h"
#include "work/hostaudit/units.h"

/* ---- SNMP ---- */

struct snmp {
	struct host *h;
	struct setting address;
	struct setting community; /* the directive's name, never the community */
};

static void take_snmp(void *context, const struct snmp_entry *entry, struct str file)
{
	struct snmp *s = context;

	if (entry->kind == SNMP_ADDRESS)
		setting_win(&s->address, host_arena(s->h), entry->value, file, entry->line);
	else if (entry->kind == SNMP_COMMUNITY && !entry->is_local)
		setting_lose(&s->community, host_arena(s->h), entry->word, file, entry->line);
}

static void put_snmp(struct host *h, struct admin_list *list)
{
	static const char *const units[] = { "snmpd.service", NULL };
	struct snmp s = { .h = h };
	struct setting command = { 0 };
	struct unit unit;
	const char *name;
	struct str addresses;

	if (!admin_is_enabled(h, units, &unit, &name))
		return;
	systemd_unit_command(h, name, &command);
	snmp_each(h, command.value, take_snmp, &s);
	addresses = snmp_command_addresses(command.value, host_arena(h));
	if (addresses.len > 0)
		setting_win(&s.address, host_arena(h), addresses, command.file, command.line);
	if (!s.community.value.ptr)
		return;
	admin_add(list,
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
static void put_miniserv(struct host *h, struct admin_list *list, const char *which)
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
	admin_add(list,
		&(struct admin){ .service = which,
			.name = name,
			.found = arena_fmt(a, "%s ssl=%.*s", which,
				STR_FMT(ssl.value.ptr ? ssl.value : STR("0"))),
			.plain = str_bool(ssl.value, false) || admin_is_local_address(bind.value) ?
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
			str_next_word(&command, " \t'\"", &word) && admin_is_local_address(word))
			return true;
		if (str_split(word, '=', &key, &value) && str_is(key, "--interface") &&
			admin_is_local_address(value))
			return true;
	}
	return false;
}

static void put_web_shells(struct host *h, struct admin_list *list)
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
		text = arena_fmt(
			host_arena(h), "%.*s %.*s", STR_FMT(command.value), STR_FMT(more.value));
		if (is_local_shell(text) ||
			(w->secure[0] ? has_word(text, w->secure) : !has_word(text, w->clear)))
			continue;
		admin_add(list,
			&(struct admin){ .service = w->service,
				.name = str_of(w->unit),
				.plain = PLAIN_YES,
				.file = more.file.ptr ? more.file : command.file,
				.line = more.file.ptr ? more.line : command.line });
	}
}

/* libvirt's port without TLS; with SASL there it wants a mechanism that encrypts. */
/* The way of before: "libvirtd --listen" with listen_tcp = 1. */
static bool libvirt_listens(struct host *h)
{
	static const char file[] = "/etc/libvirt/libvirtd.conf";
	struct setting command = { 0 }, tcp = { 0 };
	struct str rest, word;

	if (!admin_starts(h, STR("libvirtd.service"), &command))
		return false;
	ini_last(host_bytes(h, str_of(file), NULL), str_of(file), "", "listen_tcp", host_arena(h),
		&tcp);
	rest = command.value;
	while (str_next_word(&rest, " \t", &word))
		if (str_is(word, "--listen") || str_is(word, "-l"))
			return str_bool(tcp.value, false);
	return false;
}

static void put_libvirt(struct host *h, struct admin_list *list)
{
	static const struct {
		const char *unit, *file;
	} ways[] = { { "libvirtd-tcp.socket", "/etc/libvirt/libvirtd.conf" },
		{ "virtproxyd-tcp.socket", "/etc/libvirt/virtproxyd.conf" } };

	for (size_t i = 0; i < COUNT(ways); i++) {
		struct str file = str_of(ways[i].file);
		struct setting s = { 0 };

		if ((systemd_unit(h, ways[i].unit).state != UNIT_ENABLED ||
			    admin_is_local_socket(h, ways[i].unit)) &&
			(i > 0 || !libvirt_listens(h)))
			continue;
		ini_last(host_bytes(h, file, &file), file, "", "auth_tcp", host_arena(h), &s);
		if (str_is(s.value, "\"none\"") || str_is(s.value, "none"))
			admin_add(list,
				&(struct admin){ .service = "libvirt",
					.name = str_of(ways[i].unit),
					.found = STR("auth_tcp=none"),
					.plain = PLAIN_YES,
					.file = s.file,
					.line = s.line });
	}
}

static void put_cockpit(struct host *h, struct admin_list *list)
{
	enum unit_state state = systemd_unit(h, "cockpit.socket").state;

	if (state != UNIT_MASKED && state != UNIT_DISABLED &&
		!admin_is_local_socket(h, "cockpit.socket"))
		admin_switch(h, list, "cockpit", STR("/etc/cockpit/cockpit.conf"), "WebService",
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

/* "KEY": true in a text of JSON. */
static bool says_true(struct str text, const char *key)
{
	ptrdiff_t at = str_find(text, str_of(key));
	struct str rest = str_trim(str_from(text, at < 0 ? text.len : (size_t)at + strlen(key)));

	return str_starts(rest, ":") && str_starts(str_trim(str_from(rest, 1)), "true");
}

static void put_docker(struct host *h, struct admin_list *list)
{
	static const char *const units[] = { "docker.service", NULL };
	struct str file = STR("/etc/docker/daemon.json"), text, address;
	struct setting command = { 0 };
	struct unit unit;
	const char *name;
	bool is_checked;

	if (!admin_is_enabled(h, units, &unit, &name))
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
		says_true(text, "\"tlsverify\"");
	admin_add(list,
		&(struct admin){ .service = "docker",
			.name = str_of(name),
			.found = arena_fmt(host_arena(h), "docker %.*s", STR_FMT(address)),
			.plain = is_checked ? PLAIN_NO : PLAIN_YES,
			.file = file });
}

/* Sockets that systemd holds open for them, and podman's own: nobody is asked there. */
static void put_engine_sockets(struct host *h, struct admin_list *list)
{
	static const struct {
		const char *service, *unit;
	} sockets[] = { { "docker", "docker.socket" }, { "podman", "podman.socket" } };

	for (size_t i = 0; i < COUNT(sockets); i++) {
		struct unit unit = systemd_unit(h, sockets[i].unit);
		struct str lines = systemd_unit_lines(h, sockets[i].unit, "Socket", "ListenStream");
		struct str line;

		while (unit.state == UNIT_ENABLED && str_next_line(&lines, &line)) {
			line = str_trim(line);
			if (line.len > 0 && !str_has(line, '/') && !str_has(line, '@') &&
				!admin_is_local_address(line))
				admin_add(list,
					&(struct admin){ .service = sockets[i].service,
						.name = str_of(sockets[i].unit),
						.found = line,
						.plain = PLAIN_YES,
						.file = unit.file });
		}
	}
}

/* "podman system service tcp:0.0.0.0:8888" of some unit. */
static void put_podman(struct host *h, struct admin_list *list)
{
	const struct unit_link *links;
	size_t count;

	unit_links(h, &links, &count);
	for (size_t i = 0; i < count; i++) {
		struct setting command = { 0 };
		struct str rest, word;

		if (str_find(links[i].name, STR("podman")) < 0 ||
			!admin_starts(h, links[i].name, &command))
			continue;
		rest = command.value;
		while (str_next_word(&rest, " \t'\"", &word)) {
			struct str address = str_starts(word, "tcp://") ? str_from(word, 6) :
				str_starts(word, "tcp:")                ? str_from(word, 4) :
									  STR("");

			if (address.len > 0 && !admin_is_local_address(address))
				admin_add(list,
					&(struct admin){ .service = "podman",
						.name = links[i].name,
						.found = word,
						.plain = PLAIN_YES,
						.file = command.file });
		}
	}
}

void admin_web(struct host *h, struct admin_list *list)
{
	put_snmp(h, list);
	put_miniserv(h, list, "webmin");
	put_miniserv(h, list, "usermin");
	put_web_shells(h, list);
	put_libvirt(h, list);
	put_docker(h, list);
	put_engine_sockets(h, list);
	put_podman(h, list);
	put_cockpit(h, list);
}
