#include "work/hostaudit/resolve/vnc.h"

#include "kit/text/text.h"
#include "work/hostaudit/resolve/account.h"

struct reading {
	struct setting kinds, local;
};

static void read_file(struct host *h, struct str path, struct reading *o)
{
	struct str rest = host_bytes(h, path, &path), line, key, value;

	for (int n = 1; str_next_line(&rest, &line); n++) {
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (!str_split(line, '=', &key, &value)) {
			key = line;
			value = STR("1");
		}
		if (str_is_nocase(str_trim(key), "securitytypes"))
			setting_win(&o->kinds, host_arena(h), str_trim(value), path, n);
		else if (str_is_nocase(str_trim(key), "localhost"))
			setting_win(&o->local, host_arena(h), str_trim(value), path, n);
	}
}

/* Who has the screen ":1", by vncserver.users; "" when nobody is named. */
static struct str user_of(struct host *h, struct str unit)
{
	struct str rest = host_bytes(h, STR("/etc/tigervnc/vncserver.users"), NULL), line, who;
	ptrdiff_t at = str_find_char(unit, '@');
	struct str screen = at >= 0 ? str_from(unit, (size_t)at + 1) : STR("");

	while (str_next_line(&rest, &line))
		if (str_split(str_trim(line), '=', &line, &who) && line.len > 0 &&
			str_is(str_from(screen, line.len < screen.len ? line.len : screen.len),
				".service") &&
			str_eq(str_until(screen, line.len), line))
			return str_trim(who);
	return STR("");
}

static struct str home_of(struct host *h, struct str name)
{
	struct account_reader r;
	struct account_line a;

	account_init(&r, host_bytes(h, STR("/etc/passwd"), NULL));
	while (account_next(&r, 7, &a))
		if (str_eq(a.field[0], name))
			return a.field[5];
	return STR("");
}

/* Every kind it offers, or the client takes the one in clear. */
static enum vnc_says kinds_say(struct str kinds)
{
	struct str kind;
	bool has_kind = false;

	while (str_next_word(&kinds, " ,", &kind)) {
		if (str_is_nocase(kind, "None") || str_is_nocase(kind, "VncAuth") ||
			str_is_nocase(kind, "Plain"))
			return VNC_IN_CLEAR;
		if (!str_eq_nocase(str_until(kind, 3), STR("TLS")) &&
			!str_eq_nocase(str_until(kind, 4), STR("X509")) &&
			!str_eq_nocase(str_until(kind, 3), STR("RA2")))
			return VNC_UNCLEAR;
		has_kind = true;
	}
	return has_kind ? VNC_ENCRYPTED : VNC_UNCLEAR;
}

void vnc_session_read(struct host *h, struct str unit, struct vnc_session *ret)
{
	static const char *const own[] = { ".vnc/config", ".config/tigervnc/config" };
	struct reading o = { 0 };
	struct str home = home_of(h, user_of(h, unit));

	read_file(h, STR("/etc/tigervnc/vncserver-config-defaults"), &o);
	for (size_t i = 0; home.len > 0 && i < COUNT(own); i++)
		read_file(h, arena_fmt(host_arena(h), "%.*s/%s", STR_FMT(home), own[i]), &o);
	read_file(h, STR("/etc/tigervnc/vncserver-config-mandatory"), &o);
	*ret = (struct vnc_session){ .kinds = o.kinds,
		.says = kinds_say(o.kinds.value),
		.is_local = o.local.value.len > 0 && str_bool(o.local.value, true) };
}
