/* admin_desktop.c - screens that others may see: VNC, display managers, xrdp. */
#include "work/hostaudit/remote_admin.h"

#include "work/hostaudit/resolve/vnc.h"

/* False when the screen is for this machine alone. */
static bool judge_session(struct host *h, struct str unit, struct str command, struct admin *row)
{
	struct vnc_session v;

	vnc_session_read(h, unit,
		str_find(command, STR("tigervncsession")) >= 0 ? VNC_OF_DEBIAN : VNC_OF_RED_HAT,
		&v);
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

/* x11vnc has one screen for all, by its command alone unless root has a file of options. False when
 * the screen is for this machine alone. */
static bool judge_x11vnc(struct host *h, struct str command, struct admin *row)
{
	static const char *const encrypted[] = { "-ssl", "-sslonly", "-stunnel", "-stunnel3",
		"-enc" };
	struct str word, last = STR(""), found = STR("x11vnc");
	bool is_encrypted = false;

	while (str_next_word(&command, " \t", &word)) {
		if (str_is(word, "-localhost") ||
			(str_is(last, "-listen") &&
				(str_is(word, "localhost") || str_starts(word, "127."))))
			return false;
		for (size_t i = 0; i < COUNT(encrypted); i++)
			if (str_is(word, encrypted[i])) {
				is_encrypted = true;
				found = arena_fmt(host_arena(h), "x11vnc %s", encrypted[i]);
			}
		last = word;
	}
	if (host_exists(h, "/root/.x11vncrc"))
		return true;
	row->found = found;
	row->plain = is_encrypted ? PLAIN_NO : PLAIN_YES;
	row->reason = NULL;
	return true;
}

/* TigerVNC's programs, where their own command says what they offer: "-SecurityTypes TLSVnc" or
 * "SecurityTypes=TLSVnc". */
static void judge_kinds(struct host *h, struct str command, struct admin *row)
{
	enum vnc_says says = VNC_UNCLEAR;
	struct str word, name, kinds = STR("");

	while (str_next_word(&command, " \t", &word)) {
		while (str_starts(word, "-"))
			word = str_from(word, 1);
		if (str_split(word, '=', &name, &word) ? str_is_nocase(name, "SecurityTypes") :
							 str_is_nocase(word, "SecurityTypes") &&
					str_next_word(&command, " \t", &word))
			kinds = str_unquote(word);
	}
	if (kinds.len > 0)
		says = vnc_kinds_say(kinds);
	if (says == VNC_UNCLEAR)
		return;
	row->plain = says == VNC_IN_CLEAR ? PLAIN_YES : PLAIN_NO;
	row->reason = NULL;
	row->found = arena_fmt(host_arena(h), "SecurityTypes=%.*s", STR_FMT(str_until(kinds, 200)));
}

static bool judge_vnc(struct host *h, struct str unit, struct str command, struct admin *row)
{
	if (str_find(command, STR("vncsession")) >= 0)
		return judge_session(h, unit, command, row);
	if (str_find(command, STR("x11vnc")) >= 0)
		return judge_x11vnc(h, command, row);
	judge_kinds(h, command, row);
	return true;
}

static void put_vnc(struct host *h, struct admin_list *list)
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
				.file = arena_fmt(
					host_arena(h), "%s/%.*s", folders[f], STR_FMT(names[i])) };
			if (judge_vnc(h, names[i], start.value, &row))
				admin_add(list, &row);
		}
	}
}

static void put_lightdm(struct host *h, struct admin_list *list, struct str file)
{
	struct setting s = { 0 };

	admin_switch(h, list, "xdmcp", file, "XDMCPServer", "enabled");
	admin_switch(h, list, "vnc", file, "VNCServer", "enabled");
	admin_switch(h, list, "x11", file, "Seat:*", "xserver-allow-tcp");
	ini_last(host_bytes(h, file, &file), file, "Seat:*", "xserver-command", host_arena(h), &s);
	if (str_find(s.value, STR(" -listen tcp")) >= 0)
		admin_add(list,
			&(struct admin){ .service = "x11",
				.name = path_base(file),
				.found = arena_fmt(host_arena(h), "xserver-command=%.*s",
					STR_FMT(str_until(s.value, 200))),
				.plain = PLAIN_YES,
				.file = s.file,
				.line = s.line });
}

static void put_gdm_tcp(struct host *h, struct admin_list *list, struct str file)
{
	struct setting s = { 0 };

	ini_last(host_bytes(h, file, &file), file, "security", "DisallowTCP", host_arena(h), &s);
	if (s.value.len > 0 && !str_bool(s.value, true))
		admin_add(list,
			&(struct admin){ .service = "x11",
				.name = path_base(file),
				.found = STR("[security] DisallowTCP=false"),
				.plain = PLAIN_YES,
				.file = s.file,
				.line = s.line });
}

static void put_desktops(struct host *h, struct admin_list *list)
{
	static const char *const gdm[] = { "/etc/gdm3/daemon.conf", "/etc/gdm/custom.conf" };
	const struct str *paths;
	size_t count;

	for (size_t i = 0; i < COUNT(gdm); i++) {
		admin_switch(h, list, "xdmcp", str_of(gdm[i]), "xdmcp", "Enable");
		put_gdm_tcp(h, list, str_of(gdm[i]));
	}
	put_lightdm(h, list, STR("/etc/lightdm/lightdm.conf"));
	if (host_glob(h, "/etc/lightdm/lightdm.conf.d/*.conf", &paths, &count) == 0)
		for (size_t i = 0; i < count; i++)
			put_lightdm(h, list, paths[i]);
}

static void put_xrdp(struct host *h, struct admin_list *list)
{
	static const char *const units[] = { "xrdp.service", NULL };
	struct arena *a = host_arena(h);
	struct str file = STR("/etc/xrdp/xrdp.ini");
	struct setting layer = { 0 }, level = { 0 };
	struct str bytes;
	struct unit unit;
	const char *name;
	bool is_good;

	if (!admin_is_enabled(h, units, &unit, &name))
		return;
	bytes = host_bytes(h, file, &file);
	ini_last(bytes, file, "Globals", "security_layer", a, &layer);
	ini_last(bytes, file, "Globals", "crypt_level", a, &level);
	is_good = str_is_nocase(layer.value, "tls") ||
		(!str_is_nocase(layer.value, "rdp") &&
			(!level.value.ptr || str_is_nocase(level.value, "high") ||
				str_is_nocase(level.value, "fips")));
	admin_add(list,
		&(struct admin){ .service = "rdp",
			.name = STR("xrdp.service"),
			.found = arena_fmt(a, "security_layer=%.*s crypt_level=%.*s",
				STR_FMT(layer.value.ptr ? layer.value : STR("negotiate")),
				STR_FMT(level.value.ptr ? level.value : STR("high"))),
			.plain = is_good ? PLAIN_NO : PLAIN_YES,
			.file = file,
			.line = layer.value.ptr ? layer.line : level.line });
}

void admin_desktop(struct host *h, struct admin_list *list)
{
	put_vnc(h, list);
	put_desktops(h, list);
	put_xrdp(h, list);
}
