/* screen_autologins: places that log somebody in without a password when the machine starts. */
#include "kit/text/text.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/os.h"
#include "work/hostaudit/resolve/boot.h"
#include "work/hostaudit/resolve/pam.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/units.h"

enum { AUTO_WAY, AUTO_FOUND, AUTO_FILE, AUTO_LINE, AUTO_LOST };

static const struct fact_column columns[] = {
	{ "way", FACT_TEXT,
		T("nơi tự đăng nhập: gdm, lightdm, sddm, lxdm, slim, nodm, emptty, greetd, getty, debug-shell; boot: lời của bộ khởi động; dịch vụ có nhóm khỏi mật khẩu") },
	{ "found", FACT_TEXT, T("giá trị đọc được") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ "lost", FACT_TEXT, T("các giá trị bị ghi đè") },
	{ NULL, FACT_TEXT, NULL },
};

static void put(struct host *h, struct fact_rows *rows, const char *way, const char *key,
	const struct setting *s)
{
	fact_row(rows);
	fact_cstr(rows, AUTO_WAY, way);
	fact_text(rows, AUTO_FOUND,
		arena_fmt(host_arena(h), "%s=%.*s", key, STR_FMT(str_until(s->value, 200))));
	fact_text(rows, AUTO_FILE, s->file);
	fact_int(rows, AUTO_LINE, s->line);
	if (s->lost.len > 0)
		fact_text(rows, AUTO_LOST, s->lost);
}

static bool is_there(struct host *h, const char *unit)
{
	enum unit_state state = systemd_unit(h, unit).state;

	return state != UNIT_ABSENT && state != UNIT_MASKED;
}

/* Debian, Ubuntu and Red Hat each gave gdm's file a name of its own; it reads no other. */
static bool is_file_of_gdm(struct host *h, const char *path)
{
	struct os_release os = os_release_read(h);
	struct str file = str_of(path);
	bool is_debian = str_is(str_of(os.family), "debian");

	if (str_starts(file, "/etc/gdm/"))
		return !is_debian;
	if (str_is(str_of(os.family), "rhel"))
		return false;
	return !str_is(os.id, "debian") || str_ends(file, "/daemon.conf");
}

static void put_gdm(struct host *h, struct fact_rows *rows)
{
	static const char *const files[] = { "/etc/gdm3/daemon.conf", "/etc/gdm3/custom.conf",
		"/etc/gdm/custom.conf" };
	static const struct {
		const char *enable, *who;
	} keys[] = { { "AutomaticLoginEnable", "AutomaticLogin" },
		{ "TimedLoginEnable", "TimedLogin" } };

	if (!is_there(h, "gdm.service") && !is_there(h, "gdm3.service"))
		return;
	for (size_t f = 0; f < COUNT(files); f++) {
		if (!is_file_of_gdm(h, files[f]))
			continue;
		for (size_t k = 0; k < COUNT(keys); k++) {
			struct setting s = { 0 }, who = { 0 };
			struct str file = str_of(files[f]), text = host_bytes(h, file, &file);

			ini_last(text, file, "daemon", keys[k].enable, host_arena(h), &s);
			ini_last(text, file, "daemon", keys[k].who, host_arena(h), &who);
			/* without a name gdm asks as ever */
			if (s.value.ptr && str_bool(s.value, false) && who.value.len > 0)
				put(h, rows, "gdm", keys[k].enable, &s);
		}
	}
}

/* Later files win; the main file is last. */
static void read_all(struct host *h, const char *const *patterns, const char *section,
	const char *key, struct setting *s)
{
	for (size_t i = 0; patterns[i]; i++) {
		const struct str *paths;
		size_t count;

		if (host_glob(h, patterns[i], &paths, &count) != 0)
			continue;
		for (size_t p = 0; p < count; p++)
			ini_last(host_bytes(h, paths[p], NULL), paths[p], section, key,
				host_arena(h), s);
	}
}

static void put_lightdm(struct host *h, struct fact_rows *rows)
{
	static const char *const patterns[] = { "/usr/share/lightdm/lightdm.conf.d/*.conf",
		"/etc/xdg/lightdm/lightdm.conf.d/*.conf", "/etc/lightdm/lightdm.conf.d/*.conf",
		"/etc/lightdm/lightdm.conf", NULL };
	static const char *const sections[] = { "Seat:*", "SeatDefaults", "Seat:seat0" };

	if (!is_there(h, "lightdm.service"))
		return;
	for (size_t i = 0; i < COUNT(sections); i++) {
		struct setting user = { 0 }, guest = { 0 };

		read_all(h, patterns, sections[i], "autologin-user", &user);
		if (user.value.len > 0)
			put(h, rows, "lightdm", "autologin-user", &user);
		read_all(h, patterns, sections[i], "autologin-guest", &guest);
		if (str_bool(guest.value, false))
			put(h, rows, "lightdm", "autologin-guest", &guest);
	}
}

static void put_sddm(struct host *h, struct fact_rows *rows)
{
	static const char *const patterns[] = { "/usr/lib/sddm/sddm.conf.d/*", "/etc/sddm.conf.d/*",
		"/etc/sddm.conf", NULL };
	struct setting s = { 0 };

	if (!is_there(h, "sddm.service"))
		return;
	read_all(h, patterns, "Autologin", "User", &s);
	if (s.value.len > 0)
		put(h, rows, "sddm", "User", &s);
}

/* "--autologin NAME", "-a NAME" or "--autologin=NAME" among the words of agetty. */
static bool has_autologin(struct str command)
{
	struct str word;

	while (str_next_word(&command, " \t'\"", &word))
		if (str_is(word, "--autologin") || str_starts(word, "--autologin=") ||
			str_is(word, "-a"))
			return true;
	return false;
}

static bool is_shell(struct str path)
{
	static const char *const names[] = { "sh", "bash", "dash", "zsh", "ksh", "fish", "su",
		"startx", "xinit", "sway" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_is(path_base(path), names[i]))
			return true;
	return false;
}

/* "--login-program /bin/bash": a shell where the log-in would stand. */
static bool is_without_login(struct str command)
{
	struct str word;

	while (str_next_word(&command, " \t'\"", &word)) {
		if (str_starts(word, "--login-program="))
			return is_shell(str_from(word, strlen("--login-program=")));
		if ((str_is(word, "--login-program") || str_is(word, "-l")) &&
			str_next_word(&command, " \t'\"", &word))
			return is_shell(word);
	}
	return false;
}

static void put_getty(struct host *h, struct fact_rows *rows)
{
	static const char *const units[] = { "getty@tty1.service", "getty@tty2.service",
		"autovt@tty2.service", "serial-getty@ttyS0.service", "serial-getty@ttyAMA0.service",
		"serial-getty@hvc0.service", "console-getty.service" };

	for (size_t i = 0; i < COUNT(units); i++) {
		struct setting s;

		systemd_unit_conf(h, units[i], "Service", "ExecStart", &s);
		if (s.value.ptr && str_find(s.value, STR("getty")) >= 0 &&
			(has_autologin(s.value) || is_without_login(s.value)) &&
			systemd_unit(h, units[i]).state != UNIT_MASKED)
			put(h, rows, units[i], "ExecStart", &s);
	}
}

/* ---- shells that nobody logs in to ---- */

/* systemd's shell of root on the ninth console, switched on as a unit or by the kernel's words; a
 * shell instead of init, or before it. */
static void put_root_shells(struct host *h, struct fact_rows *rows)
{
	static const char *const words[] = { "systemd.debug-shell", "systemd.debug_shell",
		"systemd.debug-shell=1", "systemd.debug_shell=1", "rd.break" };
	struct boot_line boot = boot_line(h);
	struct setting s = { .file = boot.file, .line = (int)boot.line };

	for (size_t i = 0; i < COUNT(words); i++)
		if (boot_says(&boot, words[i])) {
			s.value = STR("1");
			put(h, rows, "boot", words[i], &s);
		}
	s.value = boot_value(&boot, "init");
	if (s.value.ptr && is_shell(s.value))
		put(h, rows, "boot", "init", &s);
	if (!unit_starts(h, "debug-shell.service"))
		return;
	systemd_unit_conf(h, "debug-shell.service", "Service", "ExecStart", &s);
	if (s.value.ptr)
		put(h, rows, "debug-shell.service", "ExecStart", &s);
}

/* ---- small ones of screens in halls and old desktops ---- */

static void put_lxdm(struct host *h, struct fact_rows *rows)
{
	struct str file = STR("/etc/lxdm/lxdm.conf");
	struct setting s = { 0 };

	if (!is_there(h, "lxdm.service"))
		return;
	ini_last(host_bytes(h, file, &file), file, "base", "autologin", host_arena(h), &s);
	if (s.value.len > 0)
		put(h, rows, "lxdm", "autologin", &s);
}

/* "auto_login yes" with its "default_user an"; the last line of each counts. */
static void put_slim(struct host *h, struct fact_rows *rows)
{
	struct str file = STR("/etc/slim.conf");
	struct setting on = { 0 }, user = { 0 };
	struct ini ini;
	struct ini_entry entry;

	if (!is_there(h, "slim.service"))
		return;
	ini_init(&ini, host_bytes(h, file, &file), INI_BLANK, NULL);
	while (ini_next(&ini, &entry)) {
		if (str_is(entry.key, "auto_login"))
			setting_win(&on, host_arena(h), entry.value, file, entry.line);
		else if (str_is(entry.key, "default_user"))
			setting_win(&user, host_arena(h), entry.value, file, entry.line);
	}
	if (str_is(on.value, "yes") && user.value.len > 0)
		put(h, rows, "slim", "default_user", &user);
}

/* emptty: AUTOLOGIN=true for its DEFAULT_USER. */
static void put_emptty(struct host *h, struct fact_rows *rows)
{
	struct str file = STR("/etc/emptty/conf"), bytes;
	struct setting on = { 0 }, user = { 0 };

	if (!is_there(h, "emptty.service"))
		return;
	bytes = host_bytes(h, file, &file);
	ini_last(bytes, file, "", "AUTOLOGIN", host_arena(h), &on);
	ini_last(bytes, file, "", "DEFAULT_USER", host_arena(h), &user);
	if (str_bool(on.value, false) && user.value.len > 0)
		put(h, rows, "emptty", "DEFAULT_USER", &user);
}

/* nodm asks nobody for anything, ever. */
static void put_nodm(struct host *h, struct fact_rows *rows)
{
	struct str file = STR("/etc/default/nodm");
	struct str bytes = host_bytes(h, file, &file);
	struct setting on = { 0 }, user = { 0 };

	if (!is_there(h, "nodm.service"))
		return;
	ini_last(bytes, file, "", "NODM_ENABLED", host_arena(h), &on);
	ini_last(bytes, file, "", "NODM_USER", host_arena(h), &user);
	if (on.value.len > 0 && str_bool(on.value, true))
		put(h, rows, "nodm", user.value.len > 0 ? "NODM_USER" : "NODM_ENABLED",
			user.value.len > 0 ? &user : &on);
}

static void put_greetd(struct host *h, struct fact_rows *rows)
{
	struct setting s = { 0 };
	struct str file = STR("/etc/greetd/config.toml");

	if (!is_there(h, "greetd.service"))
		return;
	ini_last(host_bytes(h, file, &file), file, "initial_session", "command", host_arena(h), &s);
	if (s.value.len > 0)
		put(h, rows, "greetd", "initial_session", &s);
}

/* ---- groups whose members give no password ---- */

/* Members of the group NAME besides those whose own group it is. */
static struct str members_of(struct host *h, struct str name, int *ret_line)
{
	struct str rest = host_bytes(h, STR("/etc/group"), NULL), line, field;

	for (int n = 1; str_next_line(&rest, &line); n++) {
		if (!str_split(line, ':', &field, &line) || !str_eq(field, name) ||
			!str_split(line, ':', &field, &line) ||
			!str_split(line, ':', &field, &line))
			continue;
		*ret_line = n;
		return str_trim(line);
	}
	return STR("");
}

/* "auth sufficient pam_succeed_if.so user ingroup nopasswdlogin", as display managers have it. */
static void put_group(
	struct host *h, struct fact_rows *rows, const char *service, const struct pam_rule *rule)
{
	struct str args = rule->args, arg;
	struct setting s = { .file = STR("/etc/group") };

	while (pam_next_arg(&args, &arg))
		if (str_is(arg, "ingroup") && pam_next_arg(&args, &arg)) {
			s.value = members_of(h, arg, &s.line);
			if (s.value.len > 0)
				put(h, rows, service, arena_cstr(host_arena(h), arg), &s);
			return;
		}
}

static void put_free_groups(struct host *h, struct fact_rows *rows)
{
	static const char *const services[] = { "gdm-password", "lightdm", "sddm", "lxdm",
		"login" };

	for (size_t i = 0; i < COUNT(services); i++) {
		struct pam_stack stack;

		pam_stack_read(h, services[i], PAM_TYPE_AUTH, &stack);
		for (size_t r = 0; r < stack.count; r++)
			if (str_is(stack.rules[r].name, "pam_succeed_if.so") &&
				!stack.rules[r].is_missing &&
				str_is_nocase(stack.rules[r].control, "sufficient"))
				put_group(h, rows, services[i], &stack.rules[r]);
	}
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	put_gdm(h, rows);
	put_greetd(h, rows);
	put_free_groups(h, rows);
	put_lightdm(h, rows);
	put_sddm(h, rows);
	put_lxdm(h, rows);
	put_slim(h, rows);
	put_nodm(h, rows);
	put_emptty(h, rows);
	put_getty(h, rows);
	put_root_shells(h, rows);
	return 0;
}

const struct fact_table screen_autologins_table = {
	.name = "screen_autologins",
	.words = T("nơi máy tự đăng nhập không cần mật khẩu"),
	.columns = columns,
	.fill = fill,
};
