/* autostarts: places from which a program starts by itself: each entry, its file, and whether a
 * package vouches for that file. */
#include <string.h>
#include <sys/stat.h>

#include "kit/crypto/crypto.h"
#include "work/hostaudit/autostart.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/redact.h"
#include "work/hostaudit/resolve/resolve.h"
#include "work/hostaudit/resolve/account.h"
#include "work/hostaudit/resolve/cron.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/running_int.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/units.h"

enum column { KIND, NAME, USER, COMMAND, FILE_PATH, LINE, PACKAGE, STATE, DIGEST };

static const struct fact_column columns[] = {
	[KIND] = { "kind", FACT_TEXT,
		T("unit, cron, init.d, rc.local, profile, generator, xdg, udev, module, modprobe, preload, ssh-key, "
		  "pam, at, network, motd, core") },
	[NAME] = { "name", FACT_TEXT, T("tên") },
	[USER] = { "user", FACT_TEXT, T("tài khoản; trống: máy") },
	[COMMAND] = { "command", FACT_TEXT, T("lệnh, giá trị tham số đã che") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	[PACKAGE] = { "package", FACT_TEXT, T("gói phần mềm có tệp này") },
	[STATE] = { "state", FACT_TEXT, T("intact, altered, config, unpackaged…") },
	[DIGEST] = { "digest", FACT_TEXT,
		T("mã băm của tệp mà không gói nào bảo đảm, khi kiểm tra sâu") },
	{ 0 },
};

#define ENTRIES_MAX 20000
#define COMMAND_BYTES 400

struct entry {
	const char *kind;
	struct str name, user, command, path;
	int64_t line;
	size_t file; /* index of its running_file */
};

struct collect {
	struct host *h;
	struct arena *a;
	VEC(struct entry) entries;
	struct running_all files; /* only its files are used: to be judged */
};

static size_t file_of(struct collect *c, struct str path)
{
	struct running *r = &c->files.r;

	if (r->files.len > 0 && str_eq(r->files.at[r->files.len - 1].path, path))
		return r->files.len - 1;
	*vec_add(c->a, &r->files) = (struct running_file){
		.path = path, .package = STR(""), .digest = STR(""), .proof = ""
	};
	return r->files.len - 1;
}

static struct entry *add(struct collect *c, const char *kind, struct str name, struct str path)
{
	static struct entry nowhere;
	struct entry *e;

	if (c->entries.len >= ENTRIES_MAX) {
		host_gap(c->h, GAP_LIMIT, path.ptr);
		return &nowhere;
	}
	e = vec_add(c->a, &c->entries);
	*e = (struct entry){ .kind = kind,
		.name = arena_str(c->a, name),
		.path = arena_str(c->a, path),
		.user = STR(""),
		.command = STR("") };
	e->file = file_of(c, e->path);
	return e;
}

static struct str shown(struct collect *c, struct str command)
{
	return redact_command(c->a, command, COMMAND_BYTES);
}

/* ---- folders whose every file runs ---- */

static bool is_file(struct collect *c, const char *path, bool is_program)
{
	struct host_stat st;

	return host_stat(c->h, path, &st) == 0 && S_ISREG(st.mode) &&
		(!is_program || (st.mode & 0111) != 0);
}

static void whole_folder(struct collect *c, const char *kind, const char *folder, bool is_program)
{
	const struct str *names;
	size_t count;

	if (host_list(c->h, folder, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct str path = arena_fmt(c->a, "%s/%.*s", folder, STR_FMT(names[i]));

		if (is_file(c, path.ptr, is_program))
			add(c, kind, names[i], path);
	}
}

static void whole_folders(struct collect *c)
{
	static const struct {
		const char *kind, *folder;
		bool is_program; /* only files that may be executed */
	} folders[] = {
		{ "profile", "/etc/profile.d", false },
		{ "generator", "/etc/systemd/system-generators", true },
		{ "generator", "/run/systemd/system-generators", true },
		{ "generator", "/usr/local/lib/systemd/system-generators", true },
		{ "generator", "/usr/lib/systemd/system-generators", true },
		{ "generator", "/etc/systemd/user-generators", true },
		{ "network", "/etc/network/if-pre-up.d", true },
		{ "network", "/etc/network/if-up.d", true },
		{ "network", "/etc/network/if-down.d", true },
		{ "network", "/etc/network/if-post-down.d", true },
		{ "network", "/etc/NetworkManager/dispatcher.d", true },
		{ "network", "/etc/ppp/ip-up.d", true },
		{ "network", "/etc/dhcp/dhclient-enter-hooks.d", false },
		{ "network", "/etc/dhcp/dhclient-exit-hooks.d", false },
		{ "motd", "/etc/update-motd.d", true },
		{ "at", "/var/spool/cron/atjobs", true },
	};
	static const struct {
		const char *kind, *path;
		bool is_program;
	} files[] = {
		{ "rc.local", "/etc/rc.local", true },
		{ "rc.local", "/etc/rc.d/rc.local", true },
		{ "profile", "/etc/profile", false },
		{ "profile", "/etc/bash.bashrc", false },
		{ "profile", "/etc/bashrc", false },
		{ "profile", "/etc/environment", false },
		{ "profile", "/root/.profile", false },
		{ "profile", "/root/.bashrc", false },
		{ "profile", "/root/.bash_profile", false },
		{ "profile", "/root/.bash_login", false },
	};

	for (size_t i = 0; i < COUNT(folders); i++)
		whole_folder(c, folders[i].kind, folders[i].folder, folders[i].is_program);
	for (size_t i = 0; i < COUNT(files); i++)
		if (is_file(c, files[i].path, files[i].is_program))
			add(c, files[i].kind, path_base(str_of(files[i].path)),
				str_of(files[i].path));
}

/* Links /etc/rc2.d/S20name to /etc/init.d/name. */
static void init_scripts(struct collect *c)
{
	static const char *const levels[] = { "/etc/rcS.d", "/etc/rc2.d", "/etc/rc3.d",
		"/etc/rc5.d" };
	const struct str *names;
	size_t count;

	for (size_t l = 0; l < COUNT(levels); l++) {
		if (host_list(c->h, levels[l], &names, &count) < 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			struct str name = str_from(names[i], 3), path;
			bool is_again = false;

			if (names[i].len < 4 || names[i].ptr[0] != 'S')
				continue;
			path = arena_fmt(c->a, "/etc/init.d/%.*s", STR_FMT(name));
			for (size_t n = 0; n < c->entries.len && !is_again; n++)
				is_again = str_eq(c->entries.at[n].path, path);
			if (!is_again && is_file(c, path.ptr, true))
				add(c, "init.d", name, path);
		}
	}
}

/* ---- files of lines ---- */

typedef bool take_command(struct str line, struct str *ret_name, struct str *ret_command);

static bool udev_line(struct str line, struct str *ret_name, struct str *ret_command)
{
	*ret_name = STR("");
	return autostart_udev(line, ret_command);
}

static bool pam_line(struct str line, struct str *ret_name, struct str *ret_command)
{
	*ret_name = STR("");
	return autostart_pam(line, ret_command);
}

static bool module_line(struct str line, struct str *ret_name, struct str *ret_command)
{
	line = str_trim(line);
	*ret_command = STR("");
	return line.len > 0 && line.ptr[0] != '#' && line.ptr[0] != ';' &&
		str_next_word(&line, " \t", ret_name);
}

static bool preload_line(struct str line, struct str *ret_name, struct str *ret_command)
{
	*ret_command = STR("");
	*ret_name = str_trim(line);
	return ret_name->len > 0 && ret_name->ptr[0] != '#';
}

static void lines_of(struct collect *c, const char *kind, struct str path, take_command *take)
{
	const struct host_file *file;
	struct str rest, line, name, command;
	int64_t number = 0;

	if (!is_file(c, path.ptr, false) || host_read(c->h, path.ptr, &file) != 0)
		return;
	rest = file->bytes;
	while (str_next_line(&rest, &line)) {
		struct entry *e;

		number++;
		if (!take(line, &name, &command))
			continue;
		e = add(c, kind, name.len > 0 ? name : path_base(path), path);
		e->line = number;
		e->command = shown(c, command);
	}
}

static void lines_below(
	struct collect *c, const char *kind, const char *pattern, take_command *take)
{
	const struct str *paths;
	size_t count;

	if (host_glob(c->h, pattern, &paths, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		lines_of(c, kind, paths[i], take);
}

static void all_lines(struct collect *c)
{
	lines_below(c, "udev", "/etc/udev/rules.d/*.rules", udev_line);
	lines_below(c, "udev", "/run/udev/rules.d/*.rules", udev_line);
	lines_below(c, "udev", "/usr/lib/udev/rules.d/*.rules", udev_line);
	lines_below(c, "module", "/etc/modules-load.d/*.conf", module_line);
	lines_below(c, "module", "/run/modules-load.d/*.conf", module_line);
	lines_below(c, "module", "/usr/lib/modules-load.d/*.conf", module_line);
	lines_of(c, "module", STR("/etc/modules"), module_line);
	lines_below(c, "modprobe", "/etc/modprobe.d/*.conf", autostart_modprobe);
	lines_below(c, "modprobe", "/run/modprobe.d/*.conf", autostart_modprobe);
	lines_below(c, "modprobe", "/usr/lib/modprobe.d/*.conf", autostart_modprobe);
	lines_below(c, "pam", "/etc/pam.d/*", pam_line);
	lines_of(c, "preload", STR("/etc/ld.so.preload"), preload_line);
}

static void desktop_entries(struct collect *c, const char *pattern, struct str user)
{
	const struct host_file *file;
	const struct str *paths;
	struct str command;
	size_t count;

	if (host_glob(c->h, pattern, &paths, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct entry *e;

		if (!is_file(c, paths[i].ptr, false) || host_read(c->h, paths[i].ptr, &file) != 0 ||
			!autostart_desktop(file->bytes, &command))
			continue;
		e = add(c, "xdg", path_base(paths[i]), paths[i]);
		e->user = user;
		e->command = shown(c, command);
	}
}

/* A pipe in the kernel's pattern for core files runs a program at every crash. */
static void core_pattern(struct collect *c)
{
	static const char path[] = "/proc/sys/kernel/core_pattern";
	struct str text;

	if (!host_has_proc(c->h) || host_read_proc(c->h, path, 512, c->a, &text) != 0 ||
		!str_starts(text, "|"))
		return;
	add(c, "core", STR("core_pattern"), str_of(path))->command =
		shown(c, str_trim(str_from(text, 1)));
}

/* ---- systemd, cron ---- */

/* The file of the unit; of "name@x.service" that of the template. "" when it was made at start. */
static struct str unit_file(struct collect *c, struct str name)
{
	ptrdiff_t at = str_find_char(name, '@');
	ptrdiff_t dot = -1;

	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] == '.')
			dot = (ptrdiff_t)i;
	if (at > 0 && dot > at)
		name = arena_fmt(
			c->a, "%.*s@%.*s", (int)at, name.ptr, STR_FMT(str_from(name, (size_t)dot)));
	for (size_t i = 0; unit_folders[i]; i++) {
		struct str path = arena_fmt(c->a, "%s/%.*s", unit_folders[i], STR_FMT(name));

		if (!str_starts(path, "/run/") && is_file(c, path.ptr, false))
			return path;
	}
	return STR("");
}

static void add_unit(struct collect *c, struct str name)
{
	struct str path = unit_file(c, name);
	const struct str *dropins;
	struct setting command;
	struct entry *e;
	size_t count;

	if (path.len == 0)
		return;
	systemd_unit_conf(c->h, arena_cstr(c->a, name), "Service", "ExecStart", &command);
	e = add(c, "unit", name, path);
	e->command = command.value.ptr ? shown(c, command.value) : STR("");
	if (host_glob(c->h, arena_fmt(c->a, "/etc/systemd/system/%.*s.d/*.conf", STR_FMT(name)).ptr,
		    &dropins, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (is_file(c, dropins[i].ptr, false))
			add(c, "unit", name, dropins[i]);
}

static void units(struct collect *c)
{
	const struct unit_link *links;
	size_t count;

	unit_links(c->h, &links, &count);
	for (size_t i = 0; i < count && i < ENTRIES_MAX; i++) {
		bool is_again = unit_is_masked(c->h, links[i].name);

		for (size_t n = 0; n < i && !is_again; n++)
			is_again = str_eq(links[n].name, links[i].name);
		if (!is_again)
			add_unit(c, links[i].name);
	}
}

static void crontab(struct collect *c, struct str path, bool has_user, struct str user)
{
	struct str rest = STR(""), line, schedule, as, command;
	const struct host_file *file;
	int64_t number = 0;

	if (is_file(c, path.ptr, false) && host_read(c->h, path.ptr, &file) == 0)
		rest = file->bytes;
	while (str_next_line(&rest, &line)) {
		struct entry *e;

		number++;
		if (!cron_line(line, has_user, &schedule, &as, &command))
			continue;
		e = add(c, "cron", schedule, path);
		e->user = has_user ? arena_str(c->a, as) : user;
		e->line = number;
		e->command = shown(c, command);
	}
}

static void crontabs(struct collect *c, const char *folder, bool has_user)
{
	const struct str *names;
	size_t count;

	if (host_list(c->h, folder, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		crontab(c, arena_fmt(c->a, "%s/%.*s", folder, STR_FMT(names[i])), has_user,
			names[i]);
}

static void cron(struct collect *c)
{
	static const char *const parts[] = { "/etc/cron.hourly", "/etc/cron.daily",
		"/etc/cron.weekly", "/etc/cron.monthly" };

	crontab(c, STR("/etc/crontab"), true, STR(""));
	crontab(c, STR("/etc/anacrontab"), false, STR("root"));
	crontabs(c, "/etc/cron.d", true);
	crontabs(c, "/var/spool/cron/crontabs", false);
	if (!host_exists(c->h, "/var/spool/cron/crontabs"))
		crontabs(c, "/var/spool/cron", false);
	for (size_t i = 0; i < COUNT(parts); i++)
		whole_folder(c, "cron", parts[i], true);
}

/* ---- accounts ---- */

/* "SHA256:…" as ssh-keygen -l shows it. */
static struct str fingerprint(struct collect *c, struct str key)
{
	unsigned char digest[SHA256_SIZE];
	struct str raw, text;
	struct err e;

	if (base64_to(key, c->a, &raw, &e) < 0)
		return STR("?");
	sha256(raw, digest);
	text = base64_of((struct str){ (const char *)digest, sizeof(digest) }, c->a);
	while (str_ends(text, "="))
		text.len--;
	return arena_fmt(c->a, "SHA256:%.*s", STR_FMT(text));
}

static void keys_of(struct collect *c, struct str user, struct str path)
{
	const struct host_file *file;
	struct autostart_key key;
	struct str rest, line;
	int64_t number = 0;

	if (!is_file(c, path.ptr, false) || host_read(c->h, path.ptr, &file) != 0)
		return;
	rest = file->bytes;
	while (str_next_line(&rest, &line)) {
		struct entry *e;

		number++;
		if (!autostart_key_line(line, &key))
			continue;
		e = add(c, "ssh-key",
			arena_fmt(c->a, "%.*s %.*s", STR_FMT(key.type),
				STR_FMT(fingerprint(c, key.key))),
			path);
		e->user = user;
		e->line = number;
		e->command = shown(c, key.command);
	}
}

static void accounts(struct collect *c)
{
	const struct host_file *file;
	struct account_reader reader;
	struct account_line account;

	if (host_read(c->h, "/etc/passwd", &file) != 0)
		return;
	account_init(&reader, file->bytes);
	while (account_next(&reader, 6, &account)) {
		struct str user = arena_str(c->a, account.field[0]), home = account.field[5];

		if (home.len < 2 || home.ptr[0] != '/' || str_is(home, "/nonexistent"))
			continue;
		keys_of(c, user, arena_fmt(c->a, "%.*s/.ssh/authorized_keys", STR_FMT(home)));
		keys_of(c, user, arena_fmt(c->a, "%.*s/.ssh/authorized_keys2", STR_FMT(home)));
		desktop_entries(c,
			arena_fmt(c->a, "%.*s/.config/autostart/*.desktop", STR_FMT(home)).ptr,
			user);
	}
}

/* ---- rows ---- */

static void put(const struct collect *c, const struct entry *e, struct fact_rows *rows)
{
	const struct running_file *file = &c->files.r.files.at[e->file];

	fact_row(rows);
	fact_cstr(rows, KIND, e->kind);
	fact_text(rows, NAME, e->name);
	fact_text(rows, USER, e->user);
	fact_text(rows, COMMAND, e->command);
	fact_text(rows, FILE_PATH, e->path);
	if (e->line > 0)
		fact_int(rows, LINE, e->line);
	if (file->package.len > 0)
		fact_text(rows, PACKAGE, file->package);
	fact_cstr(rows, STATE, file_state_name(file->state));
	if (file->digest.len > 0)
		fact_text(rows, DIGEST, file->digest);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct collect c = { .h = h, .a = host_arena(h) };

	(void)e;
	units(&c);
	cron(&c);
	whole_folders(&c);
	init_scripts(&c);
	all_lines(&c);
	desktop_entries(&c, "/etc/xdg/autostart/*.desktop", STR(""));
	core_pattern(&c);
	accounts(&c);
	running_judge(h, &c.files.r);
	for (size_t i = 0; i < c.entries.len; i++)
		put(&c, &c.entries.at[i], rows);
	return 0;
}

const struct fact_table autostarts_table = {
	.name = "autostarts",
	.words = T("Những nơi khiến một chương trình tự chạy"),
	.flags = FACT_ROOT,
	.columns = columns,
	.fill = fill,
};
