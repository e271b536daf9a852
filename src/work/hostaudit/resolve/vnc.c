#include "work/hostaudit/resolve/vnc.h"

#include "kit/text/text.h"
#include "work/hostaudit/resolve/account.h"

struct reading {
	struct setting kinds, local;
};

/* Debian's files are Perl: $localhost = "no"; */
static void take(
	struct host *h, struct reading *o, struct str key, struct str value, struct str file, int n)
{
	struct setting *own;
	struct str rest;

	if (str_starts(key, "$") && str_split(str_from(key, 1), ' ', &key, &rest))
		key = str_trim(key);
	else if (str_starts(key, "$"))
		key = str_from(key, 1);
	if (str_split(value, ';', &value, &rest))
		value = str_unquote(str_trim(value));
	own = str_is_nocase(key, "securitytypes") ? &o->kinds :
		str_is_nocase(key, "localhost")   ? &o->local :
						    NULL;
	if (own)
		setting_win(own, host_arena(h), str_is(value, "undef") ? STR("") : value, file, n);
}

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
		take(h, o, str_trim(key), str_trim(value), path, n);
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
enum vnc_says vnc_kinds_say(struct str kinds)
{
	struct str kind;
	bool has_kind = false;

	while (str_next_word(&kinds, " ,", &kind)) {
		/* RA2ne hides the password and nothing after it */
		if (str_is_nocase(kind, "None") || str_is_nocase(kind, "VncAuth") ||
			str_is_nocase(kind, "Plain") ||
			str_eq_nocase(str_until(kind, 5), STR("RA2ne")))
			return VNC_IN_CLEAR;
		if (!str_eq_nocase(str_until(kind, 3), STR("TLS")) &&
			!str_eq_nocase(str_until(kind, 4), STR("X509")) &&
			!str_eq_nocase(str_until(kind, 3), STR("RA2")))
			return VNC_UNCLEAR;
		has_kind = true;
	}
	return has_kind ? VNC_ENCRYPTED : VNC_UNCLEAR;
}

/* tigervncserver(1): only this machine unless TLS is offered, and then unless nobody is asked. */
static bool is_local_of_itself(struct str kinds)
{
	bool has_tls = false, has_none = false;
	struct str kind;

	while (str_next_word(&kinds, " ,", &kind)) {
		has_tls |= str_eq_nocase(str_until(kind, 3), STR("TLS")) ||
			str_eq_nocase(str_until(kind, 4), STR("X509"));
		has_none |= kind.len >= 4 && str_is_nocase(str_from(kind, kind.len - 4), "None");
	}
	return !has_tls || has_none;
}

void vnc_session_read(struct host *h, struct str unit, enum vnc_kind kind, struct vnc_session *ret)
{
	static const char *const own[] = { ".vnc/config", ".config/tigervnc/config",
		".vnc/tigervnc.conf" };
	struct reading o = { 0 };
	struct str home = home_of(h, user_of(h, unit));

	read_file(h, STR("/etc/tigervnc/vncserver-config-defaults"), &o);
	for (size_t i = 0; home.len > 0 && i < COUNT(own); i++)
		read_file(h, arena_fmt(host_arena(h), "%.*s/%s", STR_FMT(home), own[i]), &o);
	read_file(h, STR("/etc/tigervnc/vncserver-config-mandatory"), &o);
	if (kind == VNC_OF_DEBIAN && o.local.value.len == 0)
		o.local.value = is_local_of_itself(o.kinds.value) ? STR("yes") : STR("no");
	if (kind == VNC_OF_DEBIAN && o.kinds.value.len == 0) {
		o.kinds = o.local;
		o.kinds.value = STR("VncAuth,TLSVnc");
	}
	*ret = (struct vnc_session){ .kinds = o.kinds,
		.says = vnc_kinds_say(o.kinds.value),
		.is_local = o.local.value.len > 0 && str_bool(o.local.value, true) };
}
