/* screen_locks: does a desktop lock by itself when nobody uses it. */
#include <string.h>

#include "kit/text/text.h"
#include "work/hostaudit/autostart.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/account.h"
#include "work/hostaudit/resolve/gvdb.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/resolve/xfconf.h"

enum {
	LOCK_DESKTOP,
	LOCK_USER,
	LOCK_SECONDS,
	LOCK_ENFORCED,
	LOCK_FOUND,
	LOCK_REASON,
	LOCK_DETAIL,
	LOCK_FILE,
	LOCK_LINE,
	LOCK_LOST
};

static const struct fact_column lock_columns[] = {
	{ "desktop", FACT_TEXT, T("môi trường đồ họa") },
	{ "user", FACT_TEXT, T("tài khoản; trống là giá trị chung") },
	{ "seconds", FACT_INT, T("số giây không dùng thì khóa; 0 = không bao giờ") },
	{ "is_enforced", FACT_INT, T("1 nếu người dùng không đổi được") },
	{ "found", FACT_TEXT, T("giá trị đọc được") },
	{ "reason", FACT_TEXT, T("vì sao không kết luận được") },
	{ "detail", FACT_TEXT, T("chi tiết của lý do") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ "lost", FACT_TEXT, T("các giá trị bị ghi đè") },
	{ NULL, FACT_TEXT, NULL },
};

struct lock {
	const char *desktop;
	struct str user;
	int64_t seconds;
	bool is_enforced;
	struct str found, detail;
	const char *reason;
	struct setting at;
};

static void put_lock(struct fact_rows *rows, const struct lock *l)
{
	fact_row(rows);
	fact_cstr(rows, LOCK_DESKTOP, l->desktop);
	fact_text(rows, LOCK_USER, l->user);
	if (!l->reason)
		fact_int(rows, LOCK_SECONDS, l->seconds);
	fact_int(rows, LOCK_ENFORCED, l->is_enforced);
	fact_text(rows, LOCK_FOUND, l->found);
	fact_cstr(rows, LOCK_REASON, l->reason);
	if (l->detail.len > 0)
		fact_text(rows, LOCK_DETAIL, l->detail);
	if (l->at.file.ptr)
		fact_text(rows, LOCK_FILE, l->at.file);
	if (l->at.line > 0)
		fact_int(rows, LOCK_LINE, l->at.line);
	if (l->at.lost.len > 0)
		fact_text(rows, LOCK_LOST, l->at.lost);
}

/* ---- desktops with dconf ---- */

struct dconf_desktop {
	const char *name;
	const char *idle, *lock, *delay, *activation,
		*disable;                            /* activation, disable may be NULL */
	int64_t idle_default, delay_default, unit_s; /* one idle or delay is so many seconds */
};

static const struct dconf_desktop dconf_desktops[] = {
	{ "gnome", "/org/gnome/desktop/session/idle-delay",
		"/org/gnome/desktop/screensaver/lock-enabled",
		"/org/gnome/desktop/screensaver/lock-delay", NULL, /* its old key is ignored */
		"/org/gnome/desktop/lockdown/disable-lock-screen", 300, 0, 1 },
	{ "cinnamon", "/org/cinnamon/desktop/session/idle-delay",
		"/org/cinnamon/desktop/screensaver/lock-enabled",
		"/org/cinnamon/desktop/screensaver/lock-delay", NULL,
		"/org/cinnamon/desktop/lockdown/disable-lock-screen", 900, 2, 1 },
	{ "mate", "/org/mate/desktop/session/idle-delay", "/org/mate/screensaver/lock-enabled",
		"/org/mate/screensaver/lock-delay", "/org/mate/screensaver/idle-activation-enabled",
		"/org/mate/desktop/lockdown/disable-lock-screen", 5, 0, 60 },
};

/* The default the distribution compiled into the schema of KEY ("/org/gnome/…/idle-delay"). */
static bool schema_default(struct host *h, const char *key, struct gvdb_value *ret)
{
	struct str bytes =
		host_bytes(h, STR("/usr/share/glib-2.0/schemas/gschemas.compiled"), NULL);
	struct str path = str_of(key);
	struct str name = path_base(path);
	char *id = arena_cstr(host_arena(h), str_from(str_until(path, path.len - name.len - 1), 1));
	struct gvdb db, schema;

	for (char *c = id; *c; c++)
		if (*c == '/')
			*c = '.';
	return gvdb_open(bytes, &db) && gvdb_table(&db, str_of(id), &schema) &&
		gvdb_value(&schema, name, ret);
}

struct reading {
	struct host *h;
	struct dconf d;
	struct setting at; /* the database that gives the idle time */
	bool is_enforced;  /* so far all keys are locked */
};

static int64_t value_of(struct reading *r, const char *key, int64_t otherwise, struct str *ret_path)
{
	struct gvdb_value value;
	bool is_locked;
	struct str path;

	if (!key)
		return otherwise;
	if (dconf_read(&r->d, key, &value, &path, &is_locked)) {
		r->is_enforced = r->is_enforced && is_locked;
		if (ret_path)
			*ret_path = path;
		return value.number;
	}
	r->is_enforced = r->is_enforced && is_locked;
	return schema_default(r->h, key, &value) ? value.number : otherwise;
}

static void put_dconf(struct host *h, struct fact_rows *rows, const struct dconf_desktop *d,
	struct str user, struct str home)
{
	struct reading r = { .h = h, .is_enforced = true };
	struct lock l = { .desktop = d->name, .user = user };
	int64_t idle, delay, lock, activation, disable;
	struct str path = STR_NONE;

	dconf_open(h, home, &r.d);
	idle = value_of(&r, d->idle, d->idle_default, &path);
	lock = value_of(&r, d->lock, 1, path.ptr ? NULL : &path);
	delay = value_of(&r, d->delay, d->delay_default, NULL);
	activation = value_of(&r, d->activation, 1, NULL);
	disable = value_of(&r, d->disable, 0, NULL);
	l.is_enforced = r.is_enforced; /* one key left free is enough to switch it off */
	if (idle > 0 && delay >= 0 && lock && activation && !disable)
		l.seconds = (idle + delay) * d->unit_s;
	l.found = arena_fmt(host_arena(h), "idle-delay=%lld lock-enabled=%s lock-delay=%lld",
		(long long)idle, lock ? "true" : "false", (long long)delay);
	if (path.ptr)
		l.at.file = path;
	if (r.d.stale.len > 0) {
		l.found = arena_fmt(host_arena(h), "%.*s (dconf update: %.*s)", STR_FMT(l.found),
			STR_FMT(r.d.stale));
		l.detail = r.d.stale;
	}
	if (r.d.reason) {
		l.reason = r.d.reason;
		l.detail = r.d.detail;
	}
	put_lock(rows, &l);
}

/* ---- KDE ---- */

enum { KDE_AUTOLOCK, KDE_TIMEOUT, KDE_GRACE, KDE_KEYS };
static const char *const kde_names[KDE_KEYS] = { "Autolock", "Timeout", "LockGrace" };

struct kde {
	struct setting at[KDE_KEYS];
	bool is_fixed[KDE_KEYS];
};

/* "Timeout[$i]", "Timeout[$d]", "Timeout[$ei]": the name, and what stands behind the dollar; a key
 * for one language ("Timeout[vi]") is another name. */
static struct str kde_name(struct str key, struct str *ret_flags)
{
	ptrdiff_t at = str_find(key, STR("[$"));

	*ret_flags = STR("");
	if (at <= 0 || !str_ends(key, "]"))
		return key;
	*ret_flags = str_until(str_from(key, (size_t)at + 2), key.len - (size_t)at - 3);
	return str_until(key, (size_t)at);
}

/* "[Daemon][$i]": SECTION is a slice of BYTES, what follows it stands there. */
static bool is_fixed_group(struct str bytes, struct str section)
{
	size_t at = (size_t)(section.ptr - bytes.ptr) + section.len;

	return section.len > 0 && at < bytes.len && str_starts(str_from(bytes, at), "][$i]");
}

/* A later file wins, unless an earlier one says [$i] at the key, at the group or at its head. */
static void read_kde(struct host *h, struct str path, struct kde *k)
{
	struct ini ini;
	struct ini_entry entry;
	struct str bytes = host_bytes(h, path, NULL);
	bool is_file_fixed = str_starts(bytes, "[$i]");
	bool was_fixed[KDE_KEYS];

	memcpy(was_fixed, k->is_fixed, sizeof(was_fixed));
	ini_init(&ini, bytes, 0, NULL);
	while (ini_next(&ini, &entry)) {
		bool is_group_fixed;
		struct str flags, key = kde_name(entry.key, &flags);
		bool is_deleted = str_has(flags, 'd');

		if (!str_is(entry.section, "Daemon") || (!entry.value.ptr && !is_deleted))
			continue;
		is_group_fixed = is_fixed_group(bytes, entry.section);
		for (int i = 0; i < KDE_KEYS; i++) {
			if (!str_is(key, kde_names[i]) || was_fixed[i])
				continue;
			/* [$d] takes the key back to what the program was built with */
			if (is_deleted)
				setting_unset(&k->at[i], host_arena(h));
			else
				setting_win(
					&k->at[i], host_arena(h), entry.value, path, entry.line);
			k->is_fixed[i] = k->is_fixed[i] || str_has(flags, 'i');
		}
		for (int i = 0; i < KDE_KEYS; i++)
			k->is_fixed[i] = k->is_fixed[i] || is_group_fixed || is_file_fixed;
	}
}

static void put_kde(struct host *h, struct fact_rows *rows, struct str user, struct str home)
{
	struct kde k = { 0 };
	struct lock l = { .desktop = "kde", .user = user };
	const struct setting *autolock = &k.at[KDE_AUTOLOCK], *timeout = &k.at[KDE_TIMEOUT],
			     *late = &k.at[KDE_GRACE];
	int64_t minutes = 5, grace = 5;

	read_kde(h, STR("/etc/xdg/kscreenlockerrc"), &k);
	read_kde(h, arena_fmt(host_arena(h), "%.*s/.config/kscreenlockerrc", STR_FMT(home)), &k);
	if ((timeout->value.ptr && !str_to_i64(timeout->value, &minutes)) ||
		(late->value.ptr && !str_to_i64(late->value, &grace))) {
		l.reason = GAP_SYNTAX;
		l.detail = timeout->file.ptr ? timeout->file : late->file;
	}
	l.is_enforced = k.is_fixed[KDE_AUTOLOCK] && k.is_fixed[KDE_TIMEOUT];
	l.at = timeout->value.ptr ? *timeout : *autolock;
	if (!str_bool(autolock->value, true))
		l.at = *autolock;
	if (str_bool(autolock->value, true) && minutes > 0 && minutes < 100000 && grace >= 0 &&
		grace < 1000000)
		l.seconds = minutes * 60 + grace;
	l.found = arena_fmt(host_arena(h), "Autolock=%s Timeout=%lld LockGrace=%lld",
		str_bool(autolock->value, true) ? "true" : "false", (long long)minutes,
		(long long)grace);
	put_lock(rows, &l);
}

/* ---- others, by xscreensaver ---- */

/* "H:MM:SS" in seconds. */
static bool clock_span(struct str s, int64_t *ret)
{
	struct str part;
	int64_t total = 0, number;
	int parts = 0;

	while (str_next_word(&s, ":", &part)) {
		if (!str_to_i64(part, &number) || number < 0 || number > 100000 || ++parts > 3)
			return false;
		total = total * 60 + number;
	}
	*ret = total;
	return parts > 0;
}

static void read_xscreensaver(
	struct host *h, struct str path, struct setting s[4], const char *prefix)
{
	static const char *const names[] = { "timeout", "lock", "lockTimeout", "mode" };
	struct ini ini;
	struct ini_entry entry;

	ini_init(&ini, host_bytes(h, path, NULL), INI_COLON, NULL);
	while (ini_next(&ini, &entry))
		for (int i = 0; i < 4; i++) {
			struct str key = entry.key;

			if (str_starts(key, prefix))
				key = str_from(key, strlen(prefix));
			if (str_is(key, names[i]) && entry.value.ptr)
				setting_win(&s[i], host_arena(h), entry.value, path, entry.line);
		}
}

static void put_xscreensaver(struct host *h, struct fact_rows *rows, const char *desktop,
	struct str user, struct str home)
{
	struct setting s[4] = { 0 };
	struct lock l = { .desktop = desktop, .user = user };
	int64_t idle = 600, delay = 0;

	read_xscreensaver(h, STR("/etc/X11/app-defaults/XScreenSaver"), s, "*");
	read_xscreensaver(h, arena_fmt(host_arena(h), "%.*s/.xscreensaver", STR_FMT(home)), s, "*");
	if ((s[0].value.ptr && !clock_span(s[0].value, &idle)) ||
		(s[2].value.ptr && !clock_span(s[2].value, &delay))) {
		l.reason = GAP_SYNTAX;
		l.detail = s[0].file;
	}
	l.at = s[1].value.ptr ? s[1] : s[0];
	if (str_is(s[3].value, "off")) /* it never begins */
		l.at = s[3];
	else if (str_bool(s[1].value, false) && idle > 0)
		l.seconds = idle + delay;
	l.found = arena_fmt(host_arena(h), "%stimeout=%llds lock=%s lockTimeout=%llds",
		str_is(s[3].value, "off") ? "mode=off " : "", (long long)idle,
		str_bool(s[1].value, false) ? "True" : "False", (long long)delay);
	put_lock(rows, &l);
}

/* ---- Xfce ---- */

#define WHO_BYTES (4 * KIB)
#define XFCE_CHANNEL "xfce4/xfconf/xfce-perchannel-xml/xfce4-screensaver.xml"

struct xfce {
	struct host *h;
	struct str shared_path, own_path, shared, own; /* of the machine, of the user */
	struct str who;                                /* "an;@users;" */
	struct lock *l;
};

/* The user's value wins, unless the machine's is locked. */
static struct str xfce_value(struct xfce *x, const char *path)
{
	struct xfconf_value shared = xfconf_find(x->shared, path, x->who);
	struct xfconf_value own = xfconf_find(x->own, path, x->who);
	struct setting s = { 0 };

	if (shared.value.ptr)
		setting_win(&s, host_arena(x->h), shared.value, x->shared_path, shared.line);
	if (own.value.ptr && !shared.is_locked)
		setting_win(&s, host_arena(x->h), own.value, x->own_path, own.line);
	x->l->is_enforced &= shared.is_locked;
	if (s.value.ptr)
		x->l->at = s;
	return s.value;
}

static int64_t xfce_minutes(struct xfce *x, const char *path, int64_t otherwise)
{
	struct str value = xfce_value(x, path);
	int64_t minutes;

	if (!value.ptr)
		return otherwise;
	if (str_to_i64(value, &minutes) && minutes >= 0 && minutes < 100000)
		return minutes;
	x->l->reason = GAP_SYNTAX;
	return otherwise;
}

/* USER and the groups that name him a member. */
static struct str who_is(struct host *h, struct str user)
{
	struct arena *a = host_arena(h);
	struct str who = arena_fmt(a, "%.*s;", STR_FMT(user)), members, member;
	struct account_reader r;
	struct account_line group;

	account_init(&r, host_bytes(h, STR("/etc/group"), NULL));
	while (who.len < WHO_BYTES && account_next(&r, 4, &group))
		for (members = group.field[3]; str_next_word(&members, ",", &member);)
			if (user.len > 0 && str_eq(member, user))
				who = arena_fmt(
					a, "%.*s@%.*s;", STR_FMT(who), STR_FMT(group.field[0]));
	return who;
}

static void put_xfce(struct host *h, struct fact_rows *rows, struct str user, struct str home)
{
	struct lock l = { .desktop = "xfce", .user = user, .is_enforced = true };
	struct xfce x = { .h = h, .l = &l, .shared_path = STR("/etc/xdg/" XFCE_CHANNEL) };
	int64_t idle, delay;
	bool is_on;

	x.own_path = arena_fmt(host_arena(h), "%.*s/.config/" XFCE_CHANNEL, STR_FMT(home));
	x.shared = host_bytes(h, x.shared_path, NULL);
	x.own = host_bytes(h, x.own_path, NULL);
	x.who = who_is(h, user);
	is_on = str_bool(xfce_value(&x, "/saver/enabled"), true);
	is_on &= str_bool(xfce_value(&x, "/saver/idle-activation/enabled"), true);
	is_on &= str_bool(xfce_value(&x, "/lock/enabled"), true);
	is_on &= str_bool(xfce_value(&x, "/lock/saver-activation/enabled"), true);
	delay = xfce_minutes(&x, "/lock/saver-activation/delay", 0);
	idle = xfce_minutes(&x, "/saver/idle-activation/delay", 5);
	if (is_on && idle > 0)
		l.seconds = 60 * (idle + delay);
	l.detail = l.reason ? l.at.file : STR("");
	l.found = arena_fmt(host_arena(h), "lock=%s delay=%llds+%llds", is_on ? "true" : "false",
		(long long)(60 * idle), (long long)(60 * delay));
	put_lock(rows, &l);
}

/* ---- which desktops, which users ---- */

static const char *const managers[] = { "gdm3.service", "gdm.service", "lightdm.service",
	"sddm.service", "lxdm.service", "xdm.service", "slim.service", "display-manager.service" };

/* Does a log-in screen come up at boot? */
static bool is_graphical(struct host *h)
{
	struct str target;
	struct unit unit;

	if (host_readlink(h, "/etc/systemd/system/default.target", &target) == 0 &&
		str_is(path_base(target), "multi-user.target"))
		return false;
	for (size_t i = 0; i < COUNT(managers); i++) {
		unit = systemd_unit(h, managers[i]);
		if (unit.state == UNIT_ENABLED ||
			(unit.state != UNIT_ABSENT && unit.state != UNIT_MASKED &&
				str_is(str_of(managers[i]), "display-manager.service")))
			return true;
	}
	return false;
}

static const char *desktop_of(struct str session)
{
	static const struct {
		const char *starts, *desktop;
	} known[] = { { "gnome", "gnome" }, { "ubuntu", "gnome" }, { "plasma", "kde" },
		{ "kde", "kde" }, { "cinnamon", "cinnamon" }, { "mate", "mate" },
		{ "xfce", "xfce" }, { "lxde", "lxde" }, { "LXDE", "lxde" }, { "lxqt", "lxqt" },
		{ "openbox", "openbox" }, { "i3", "i3" }, { "icewm", "icewm" },
		{ "fluxbox", "fluxbox" } };

	for (size_t i = 0; i < COUNT(known); i++)
		if (str_starts(session, known[i].starts))
			return known[i].desktop;
	return "other";
}

/* An entry of the user's own hides the machine's of the same name; a hidden one starts nothing. */
static struct str kept_off_by(struct host *h, struct str home, const char *entry)
{
	struct str file =
		arena_fmt(host_arena(h), "%.*s/.config/autostart/%s", STR_FMT(home), entry);
	struct str command;

	if (!host_exists(h, file.ptr))
		file = arena_fmt(host_arena(h), "/etc/xdg/autostart/%s", entry);
	if (!host_exists(h, file.ptr) || autostart_desktop(host_bytes(h, file, &file), &command))
		return STR_NONE;
	return file;
}

static void put_desktop(struct host *h, struct fact_rows *rows, const char *desktop,
	struct str user, struct str home)
{
	bool is_xfce = strcmp(desktop, "xfce") == 0 && host_exists(h, "/usr/bin/xfce4-screensaver");
	struct str off = is_xfce             ? kept_off_by(h, home, "xfce4-screensaver.desktop") :
		strcmp(desktop, "mate") == 0 ? kept_off_by(h, home, "mate-screensaver.desktop") :
					       STR_NONE;

	if (off.ptr && !host_exists(h, "/usr/bin/xscreensaver")) {
		put_lock(rows,
			&(struct lock){ .desktop = desktop,
				.user = user,
				.found = STR("Hidden=true"),
				.at = { .file = off } });
		return;
	}
	for (size_t i = 0; i < COUNT(dconf_desktops); i++)
		if (!off.ptr && strcmp(desktop, dconf_desktops[i].name) == 0) {
			put_dconf(h, rows, &dconf_desktops[i], user, home);
			return;
		}
	if (strcmp(desktop, "kde") == 0)
		put_kde(h, rows, user, home);
	else if (is_xfce && !off.ptr)
		put_xfce(h, rows, user, home);
	else if (host_exists(h, "/usr/bin/xscreensaver"))
		put_xscreensaver(h, rows, desktop, user, home);
	else
		put_lock(rows,
			&(struct lock){ .desktop = desktop,
				.user = user,
				.reason = "desktop-not-known",
				.detail = str_of(desktop) });
}

#define USERS_MAX 200

static void put_users(struct host *h, struct fact_rows *rows, const char *desktop)
{
	struct account_reader r;
	struct account_line user;
	int done = 0;

	account_init(&r, host_bytes(h, STR("/etc/passwd"), NULL));
	while (account_next(&r, 7, &user)) {
		int64_t uid = account_id(user.field[2]);

		if (uid < 1000 || uid >= 65534 || !account_shell_is_login(user.field[6]))
			continue;
		if (++done > USERS_MAX) {
			host_gap(h, GAP_LIMIT, "/etc/passwd");
			return;
		}
		put_desktop(h, rows, desktop, user.field[0], user.field[5]);
	}
	if (done == 0)
		put_desktop(h, rows, desktop, STR(""), STR("/nonexistent"));
}

static int fill_locks(struct host *h, struct fact_rows *rows, struct err *e)
{
	static const char *const folders[] = { "/usr/share/xsessions",
		"/usr/share/wayland-sessions" };
	const char *seen[16];
	size_t seen_count = 0;

	if (!is_graphical(h))
		return 0;
	for (size_t f = 0; f < COUNT(folders); f++) {
		const struct str *names;
		size_t count;

		if (host_list(h, folders[f], &names, &count) != 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			const char *desktop = desktop_of(names[i]);
			bool is_seen = !str_ends(names[i], ".desktop") || seen_count == COUNT(seen);

			for (size_t s = 0; s < seen_count; s++)
				is_seen = is_seen || strcmp(seen[s], desktop) == 0;
			if (is_seen)
				continue;
			seen[seen_count++] = desktop;
			put_users(h, rows, desktop);
		}
	}
	if (seen_count == 0)
		put_lock(rows,
			&(struct lock){
				.desktop = "?", .user = STR(""), .reason = "desktop-not-known" });
	return 0;
}

const struct fact_table screen_locks_table = {
	.name = "screen_locks",
	.words = T("tự khóa màn hình của từng người dùng đồ họa"),
	.columns = lock_columns,
	.fill = fill_locks,
};
