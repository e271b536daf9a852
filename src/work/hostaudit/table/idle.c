/* shell_timeouts and session_limits: after how much silence a session ends by itself. */
#include <string.h>
#include <sys/stat.h>

#include "kit/text/text.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/account.h"
#include "work/hostaudit/resolve/pam.h"
#include "work/hostaudit/resolve/sshd.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/resolve/tmout.h"

/* ---- shell_timeouts ---- */

enum {
	SHELL_USER,
	SHELL_UID,
	SHELL_SHELL,
	SHELL_SECONDS,
	SHELL_FROZEN,
	SHELL_FOUND,
	SHELL_REASON,
	SHELL_DETAIL,
	SHELL_FILE,
	SHELL_LINE,
	SHELL_LOST
};

static const struct fact_column shell_columns[] = {
	{ "user", FACT_TEXT, T("tài khoản") },
	{ "uid", FACT_INT, T("số định danh người dùng") },
	{ "shell", FACT_TEXT, T("chương trình dòng lệnh") },
	{ "seconds", FACT_INT, T("số giây không gõ gì thì thoát; 0 = không bao giờ") },
	{ "is_readonly", FACT_INT, T("1 nếu người dùng không đổi được") },
	{ "found", FACT_TEXT, T("giá trị đọc được") },
	{ "reason", FACT_TEXT, T("vì sao không kết luận được") },
	{ "detail", FACT_TEXT, T("chi tiết của lý do") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ "lost", FACT_TEXT, T("các giá trị bị ghi đè") },
	{ NULL, FACT_TEXT, NULL },
};

/* A walk has memory of its own: scripts may be long and users many. */
struct walk {
	struct host *h;
	struct arena arena;
	int64_t uid;
};
#define WALK_MAX (64 * MIB)

static bool world_read(void *context, struct str path, struct str *ret_bytes)
{
	struct walk *w = context;
	const struct host_file *file;

	if (host_read(w->h, arena_cstr(&w->arena, path), &file) != 0)
		return false;
	/* a file of root alone is passed over by the shells of others */
	if (w->uid != 0 && file->uid != w->uid && (file->mode & 0044) == 0)
		return false;
	*ret_bytes = file->bytes;
	return true;
}

static bool world_exists(void *context, struct str path)
{
	struct walk *w = context;

	return host_exists(w->h, arena_cstr(&w->arena, path));
}

static size_t world_glob(void *context, struct str pattern, const struct str **ret_paths)
{
	struct walk *w = context;
	size_t count;

	if (host_glob(w->h, arena_cstr(&w->arena, pattern), ret_paths, &count) != 0)
		return 0;
	return count;
}

/* What a shell program is, by its name and by what /bin/sh leads to. */
enum program {
	PROGRAM_BASH,
	PROGRAM_KSH,
	PROGRAM_ZSH,
	PROGRAM_CSH,
	PROGRAM_NEVER,
	PROGRAM_UNKNOWN
};

static enum program program_named(struct str name)
{
	static const struct {
		const char *name;
		enum program program;
	} known[] = {
		{ "bash", PROGRAM_BASH },
		{ "rbash", PROGRAM_BASH },
		{ "ksh", PROGRAM_KSH },
		{ "ksh93", PROGRAM_KSH },
		{ "mksh", PROGRAM_KSH },
		{ "lksh", PROGRAM_KSH },
		{ "zsh", PROGRAM_ZSH },
		{ "rzsh", PROGRAM_ZSH },
		{ "tcsh", PROGRAM_CSH },
		{ "csh", PROGRAM_CSH },
		{ "bsd-csh", PROGRAM_NEVER },
		{ "dash", PROGRAM_NEVER },
		{ "fish", PROGRAM_NEVER },
		{ "nu", PROGRAM_NEVER },
		{ "elvish", PROGRAM_NEVER },
		{ "xonsh", PROGRAM_NEVER },
		{ "pwsh", PROGRAM_NEVER },
		{ "tmux", PROGRAM_NEVER },
		{ "screen", PROGRAM_NEVER },
	};

	for (size_t i = 0; i < COUNT(known); i++)
		if (str_is(name, known[i].name))
			return known[i].program;
	return PROGRAM_UNKNOWN;
}

/* "sh" and "csh" are links to something on most machines. */
static enum program program_of(struct host *h, struct str shell)
{
	struct str path = shell;

	for (int hops = 0; hops < 4; hops++) {
		struct str target;
		struct host_stat st;
		const char *name = arena_cstr(host_arena(h), path);

		if (host_lstat(h, name, &st) != 0 || !S_ISLNK(st.mode) ||
			host_readlink(h, name, &target) != 0)
			break;
		path = str_starts(target, "/") ?
			target :
			arena_fmt(host_arena(h), "%.*s%.*s",
				STR_FMT(str_until(path, path.len - path_base(path).len)),
				STR_FMT(target));
	}
	if (str_is(path_base(path), "sh"))
		return PROGRAM_UNKNOWN;
	return program_named(path_base(path));
}

static void read_environment(struct host *h, struct tmout *t)
{
	struct arena *a = t->arena;
	struct str file = STR("/etc/security/pam_env.conf");
	struct str rest = host_bytes(h, file, &file);
	struct str line, word;
	struct setting s;

	for (int number = 1; str_next_line(&rest, &line); number++) {
		if (!str_next_word(&line, " \t", &word) || !str_is(word, "TMOUT"))
			continue;
		while (str_next_word(&line, " \t", &word))
			if (str_starts(word, "DEFAULT=") || str_starts(word, "OVERRIDE="))
				tmout_environment(t,
					str_unquote(str_from(
						word, (size_t)str_find_char(word, '=') + 1)),
					file, number);
	}
	file = STR("/etc/environment");
	rest = host_bytes(h, file, &file);
	shell_var_last(rest, file, "TMOUT", a, &s);
	if (s.value.ptr)
		tmout_environment(t, s.value, s.file, s.line);
}

static void run_home(struct host *h, struct tmout *t, const char *const *names)
{
	for (size_t i = 0; names[i]; i++) {
		struct str path = arena_fmt(t->arena, "%.*s/%s", STR_FMT(t->home), names[i]);

		if (t->is_frozen == TRUTH_YES)
			return;
		if (host_exists(h, path.ptr)) {
			tmout_run_file(t, path);
			return;
		}
		/* a home that may not be entered hides its files: reading notes the gap */
		if (host_read(h, path.ptr, &(const struct host_file *){ NULL }) == ERR_DENIED)
			return;
	}
}

static void run_zsh(struct host *h, struct tmout *t)
{
	static const char *const names[] = { "zshenv", "zprofile", "zshrc", "zlogin" };

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *const own[] = { arena_fmt(t->arena, ".%s", names[i]).ptr, NULL };

		tmout_run_file(t, arena_fmt(t->arena, "/etc/zsh/%s", names[i]));
		tmout_run_file(t, arena_fmt(t->arena, "/etc/%s", names[i]));
		run_home(h, t, own);
	}
}

static void run_csh(struct host *h, struct tmout *t)
{
	static const char *const files[] = { "/etc/csh.cshrc", "/etc/csh.login" };
	const struct str *paths;
	size_t count;
	struct str bytes, file;

	for (size_t i = 0; i < COUNT(files); i++) {
		bytes = host_bytes(h, str_of(files[i]), &file);
		if (bytes.len > 0)
			tmout_run_csh(t, bytes, file);
	}
	if (host_glob(h, "/etc/profile.d/*.csh", &paths, &count) == 0)
		for (size_t i = 0; i < count; i++)
			tmout_run_csh(t, host_bytes(h, paths[i], NULL), paths[i]);
	for (int i = 0; i < 3 && t->is_frozen != TRUTH_YES; i++) {
		static const char *const names[] = { ".tcshrc", ".cshrc", ".login" };
		struct str path = arena_fmt(t->arena, "%.*s/%s", STR_FMT(t->home), names[i]);

		bytes = host_bytes(h, path, NULL);
		if (bytes.len > 0)
			tmout_run_csh(t, bytes, path);
	}
}

static void run_shell(struct host *h, enum program program, struct tmout *t)
{
	static const char *const bash_files[] = { ".bash_profile", ".bash_login", ".profile",
		NULL };
	static const char *const ksh_files[] = { ".profile", NULL };

	if (program == PROGRAM_CSH) {
		run_csh(h, t);
		return;
	}
	read_environment(h, t);
	if (program == PROGRAM_ZSH) {
		run_zsh(h, t);
		return;
	}
	tmout_run_file(t, STR("/etc/profile"));
	run_home(h, t, program == PROGRAM_BASH ? bash_files : ksh_files);
}

/* Where a value would stand that nobody set. */
static const char *usual_file(enum program program)
{
	return program == PROGRAM_CSH  ? "/etc/csh.cshrc" :
		program == PROGRAM_ZSH ? "/etc/zsh/zprofile" :
					 "/etc/profile";
}

static void put_shell(
	struct fact_rows *rows, enum program program, const struct tmout *t, struct arena *a)
{
	const char *name = program == PROGRAM_CSH ? "autologout" : "TMOUT";

	if (program == PROGRAM_UNKNOWN) {
		fact_cstr(rows, SHELL_REASON, "shell-not-known");
		return;
	}
	if (program == PROGRAM_NEVER) {
		fact_int(rows, SHELL_SECONDS, 0);
		fact_cstr(rows, SHELL_FOUND, "TMOUT: –");
		return;
	}
	fact_int(rows, SHELL_FROZEN, t->is_frozen == TRUTH_YES);
	if (t->at.value.ptr)
		fact_text(rows, SHELL_FOUND,
			arena_fmt(a, "%s=%.*s", name, STR_FMT(str_until(t->at.value, 100))));
	else
		fact_text(rows, SHELL_FOUND, arena_fmt(a, "%s: –", name));
	if (t->at.file.ptr) {
		fact_text(rows, SHELL_FILE, t->at.file);
		fact_int(rows, SHELL_LINE, t->at.line);
	} else {
		fact_cstr(rows, SHELL_FILE, usual_file(program));
	}
	if (t->at.lost.len > 0)
		fact_text(rows, SHELL_LOST, t->at.lost);
	if (t->is_conditional) {
		fact_cstr(rows, SHELL_REASON, "conditional");
		fact_text(rows, SHELL_DETAIL, t->conditional_at);
	} else {
		fact_int(rows, SHELL_SECONDS, t->seconds);
	}
}

/* System accounts (1-999) with a shell count only when somebody can log in to them. */
static bool can_enter(struct host *h, const struct account_line *user, int64_t uid)
{
	struct account_reader r;
	struct account_line s;

	if (uid == 0 || uid >= 1000)
		return uid != 65534;
	if (host_exists(h,
		    arena_fmt(host_arena(h), "%.*s/.ssh/authorized_keys", STR_FMT(user->field[5]))
			    .ptr))
		return true;
	account_init(&r, host_bytes(h, STR("/etc/shadow"), NULL));
	while (account_next(&r, 2, &s))
		if (str_eq(s.field[0], user->field[0]))
			return str_is(str_of(account_password_state(s.field[1])), "set") ||
				s.field[1].len == 0;
	return false;
}

#define USERS_MAX 500

static int fill_shells(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct walk walk = { .h = h };
	struct tmout_world world = { &walk, world_read, world_exists, world_glob };
	struct account_reader r;
	struct account_line user;
	int done = 0;

	account_init(&r, host_bytes(h, STR("/etc/passwd"), NULL));
	while (account_next(&r, 7, &user)) {
		struct str shell = user.field[6].len > 0 ? user.field[6] : STR("/bin/sh");
		int64_t uid = account_id(user.field[2]);
		enum program program;
		struct tmout t;

		if (uid < 0 || !account_shell_is_login(shell) || !can_enter(h, &user, uid))
			continue;
		if (++done > USERS_MAX) {
			host_gap(h, GAP_LIMIT, "/etc/passwd");
			break;
		}
		program = program_of(h, shell);
		arena_init(&walk.arena, WALK_MAX);
		tmout_init(&t, &world, &walk.arena,
			program == PROGRAM_ZSH                 ? SHELL_ZSH :
				program == PROGRAM_KSH         ? SHELL_KSH :
				str_is(path_base(shell), "sh") ? SHELL_SH :
								 SHELL_BASH);
		t.home = user.field[5];
		t.uid = uid;
		walk.uid = uid;
		if (program != PROGRAM_NEVER && program != PROGRAM_UNKNOWN)
			run_shell(h, program, &t);
		fact_row(rows);
		fact_text(rows, SHELL_USER, user.field[0]);
		fact_int(rows, SHELL_UID, uid);
		fact_text(rows, SHELL_SHELL, shell);
		put_shell(rows, program, &t, &walk.arena);
		arena_done(&walk.arena);
	}
	return 0;
}

const struct fact_table shell_timeouts_table = {
	.name = "shell_timeouts",
	.words = T("thời gian tự thoát dòng lệnh của từng người dùng"),
	.columns = shell_columns,
	.fill = fill_shells,
};

/* ---- session_limits ---- */

enum {
	LIMIT_NAME,
	LIMIT_USED,
	LIMIT_SECONDS,
	LIMIT_CONSOLE,
	LIMIT_SSH,
	LIMIT_FOUND,
	LIMIT_REASON,
	LIMIT_DETAIL,
	LIMIT_FILE,
	LIMIT_LINE,
	LIMIT_LOST
};

static const struct fact_column limit_columns[] = {
	{ "name", FACT_TEXT, T("ai đặt giới hạn: logind, sshd, xrdp") },
	{ "is_used", FACT_INT, T("1 nếu đang dùng trên máy này") },
	{ "seconds", FACT_INT, T("số giây không hoạt động thì kết thúc; 0 = không bao giờ") },
	{ "covers_console", FACT_INT, T("1 nếu có tác dụng với phiên ở bàn phím") },
	{ "covers_ssh", FACT_INT, T("1 nếu có tác dụng với phiên SSH") },
	{ "found", FACT_TEXT, T("giá trị đọc được") },
	{ "reason", FACT_TEXT, T("vì sao không kết luận được") },
	{ "detail", FACT_TEXT, T("chi tiết của lý do") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ "lost", FACT_TEXT, T("các giá trị bị ghi đè") },
	{ NULL, FACT_TEXT, NULL },
};

/* USUAL is where the value would stand when nobody set it. */
static void put_setting(struct fact_rows *rows, struct arena *a, const char *name,
	const struct setting *s, const char *usual)
{
	if (s->value.ptr)
		fact_text(rows, LIMIT_FOUND,
			arena_fmt(a, "%s=%.*s", name, STR_FMT(str_until(s->value, 200))));
	else
		fact_text(rows, LIMIT_FOUND, arena_fmt(a, "%s: –", name));
	fact_text(rows, LIMIT_FILE, s->file.ptr ? s->file : str_of(usual));
	if (s->file.ptr)
		fact_int(rows, LIMIT_LINE, s->line);
	if (s->lost.len > 0)
		fact_text(rows, LIMIT_LOST, s->lost);
}

static bool is_span(struct str value)
{
	uint64_t us;

	return systemd_span(value, &us);
}

/* A session is known to logind only through pam_systemd. */
static bool is_registered(struct host *h, const char *service)
{
	struct pam_stack s;

	pam_stack_read(h, service, PAM_TYPE_SESSION, &s);
	for (size_t i = 0; i < s.count; i++)
		if (str_is(s.rules[i].name, "pam_systemd.so") && !s.rules[i].is_missing)
			return true;
	return false;
}

#define LOGIND_MAX (4 * MIB)

/* What this build of logind can do is written in it: the option's name, and whether it learns the
 * terminals of SSH sessions from utmp. */
static bool logind_knows(struct host *h, bool *ret_option, bool *ret_utmp)
{
	static const char *const paths[] = { "/usr/lib/systemd/systemd-logind",
		"/lib/systemd/systemd-logind" };
	struct arena own;
	struct str bytes;
	bool is_there = false;

	arena_init(&own, 3 * LOGIND_MAX);
	for (size_t i = 0; i < COUNT(paths) && !is_there; i++)
		is_there = host_exists(h, paths[i]) &&
			host_read_proc(h, paths[i], LOGIND_MAX, &own, &bytes) == 0;
	*ret_option = is_there && str_find(bytes, STR("StopIdleSession")) >= 0;
	*ret_utmp = is_there && str_find(bytes, STR("utmp")) >= 0;
	arena_done(&own);
	return is_there;
}

static void put_logind(struct host *h, struct fact_rows *rows)
{
	struct setting s;
	uint64_t us = 0;
	bool has_option = false, has_utmp = false;
	bool is_there = host_exists(h, "/usr/lib/systemd/systemd-logind") ||
		host_exists(h, "/lib/systemd/systemd-logind");

	if (!is_there)
		return;
	systemd_conf(h, "logind.conf", "Login", "StopIdleSessionSec", is_span, &s);
	fact_row(rows);
	fact_cstr(rows, LIMIT_NAME, "logind");
	fact_int(rows, LIMIT_USED, systemd_unit(h, "systemd-logind.service").state != UNIT_MASKED);
	put_setting(rows, host_arena(h), "StopIdleSessionSec", &s, "/etc/systemd/logind.conf");
	if (!s.value.ptr || !systemd_span(s.value, &us) || us == UINT64_MAX || us == 0) {
		fact_int(rows, LIMIT_SECONDS, 0);
		return;
	}
	(void)logind_knows(h, &has_option, &has_utmp);
	if (!has_option) {
		fact_int(rows, LIMIT_SECONDS, 0);
		fact_cstr(rows, LIMIT_REASON, "not-supported");
		return;
	}
	fact_int(rows, LIMIT_SECONDS, (int64_t)((us + 999999) / 1000000));
	fact_int(rows, LIMIT_CONSOLE, is_registered(h, "login"));
	fact_int(rows, LIMIT_SSH, has_utmp && is_registered(h, "sshd"));
}

static void put_sshd(struct host *h, struct fact_rows *rows)
{
	struct sshd_config c;
	const struct sshd_setting *s;
	int64_t limit_s;
	bool is_split = false;

	sshd_config_read(h, &c);
	if (c.binary.len == 0)
		return;
	limit_s = sshd_session_limit_s(h, &c, &s);
	for (size_t i = 0; i < c.settings.len; i++)
		is_split = is_split ||
			(str_is(c.settings.at[i].keyword, "channeltimeout") &&
				c.settings.at[i].match.len > 0 &&
				!str_starts(c.settings.at[i].match, "all ("));
	fact_row(rows);
	fact_cstr(rows, LIMIT_NAME, "sshd");
	fact_int(rows, LIMIT_USED, sshd_is_used(h));
	if (s)
		put_setting(rows, host_arena(h),
			str_is(s->keyword, "clientaliveinterval") ? "ClientAliveInterval" :
								    "ChannelTimeout",
			&s->at, c.main_file.ptr);
	if (c.reason) {
		fact_cstr(rows, LIMIT_REASON, c.reason);
		fact_text(rows, LIMIT_DETAIL, c.detail);
	} else if (is_split) {
		fact_cstr(rows, LIMIT_REASON, "conditional");
		fact_cstr(rows, LIMIT_DETAIL, "Match");
	} else {
		fact_int(rows, LIMIT_SECONDS, limit_s);
		fact_int(rows, LIMIT_SSH, limit_s > 0);
	}
}

static void put_xrdp(struct host *h, struct fact_rows *rows)
{
	struct arena *a = host_arena(h);
	struct str file = STR("/etc/xrdp/sesman.ini");
	struct setting s = { 0 };
	struct str bytes;
	int64_t limit_s = 0;
	struct unit unit = systemd_unit(h, "xrdp.service");

	if (!host_exists(h, "/usr/sbin/xrdp") && unit.state == UNIT_ABSENT)
		return;
	bytes = host_bytes(h, file, &file);
	ini_last(bytes, file, "Sessions", "IdleTimeLimit", a, &s);
	fact_row(rows);
	fact_cstr(rows, LIMIT_NAME, "xrdp");
	fact_int(rows, LIMIT_USED, unit.state == UNIT_ENABLED || unit.state == UNIT_ABSENT);
	put_setting(rows, a, "IdleTimeLimit", &s, file.ptr);
	if (s.value.ptr && (!str_to_i64(s.value, &limit_s) || limit_s < 0)) {
		fact_cstr(rows, LIMIT_REASON, GAP_SYNTAX);
		fact_text(rows, LIMIT_DETAIL, file);
		return;
	}
	fact_int(rows, LIMIT_SECONDS, limit_s);
}

static int fill_limits(struct host *h, struct fact_rows *rows, struct err *e)
{
	put_logind(h, rows);
	put_sshd(h, rows);
	put_xrdp(h, rows);
	return 0;
}

const struct fact_table session_limits_table = {
	.name = "session_limits",
	.words = T("giới hạn thời gian không hoạt động của phiên đăng nhập, SSH, màn hình từ xa"),
	.columns = limit_columns,
	.fill = fill_limits,
};
