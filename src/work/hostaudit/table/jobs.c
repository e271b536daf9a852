/* jobs.c - what the machine does by schedule: cron, the folders of run-parts, systemd timers.
 */
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "work/hostaudit/backups.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/jobs.h"
#include "work/hostaudit/os.h"
#include "work/hostaudit/redact.h"
#include "work/hostaudit/resolve/account.h"
#include "work/hostaudit/resolve/cron.h"
#include "work/hostaudit/resolve/password.h"
#include "work/hostaudit/resolve/shell_text.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/units.h"

enum {
	KIND,
	NAME,
	SCHEDULE,
	PERIOD_DAYS,
	IS_ACTIVE,
	WHY_OFF,
	RUN_BY,
	COMMAND,
	SCRIPT,
	SCANS,
	SCAN_LOG,
	SCAN_LOG_AT,
	INSPECTS,
	INSPECT_RESULT,
	INSPECT_AT,
	UPDATES,
	CLEANS_LOGS,
	MADE_AT,
	BACKUP_TOOL,
	BACKUP_WHERE,
	BACKUP_SCHEME,
	BACKUP_TARGET,
	BACKUP_MOUNT,
	BACKUP_CRYPT,
	BACKUP_MIRROR,
	BACKUP_AT,
	BACKUP_NEWEST,
	FILE_PATH,
	LINE
};

static const struct fact_column columns[] = {
	[KIND] = { "kind", FACT_TEXT, T("cron, timer hoặc thư mục run-parts") },
	[NAME] = { "name", FACT_TEXT, T("tên") },
	[SCHEDULE] = { "schedule", FACT_TEXT, T("lịch chạy như đã viết") },
	[PERIOD_DAYS] = { "period_days", FACT_INT,
		T("khoảng cách dài nhất giữa hai lần chạy, ngày") },
	[IS_ACTIVE] = { "is_active", FACT_INT, T("trình chạy lịch được bật") },
	[WHY_OFF] = { "why_off", FACT_TEXT, T("vì sao không chạy; trống khi có chạy") },
	[RUN_BY] = { "user", FACT_TEXT, T("chạy bằng tài khoản") },
	[COMMAND] = { "command", FACT_TEXT, T("lệnh, giá trị tham số đã che") },
	[SCRIPT] = { "script", FACT_TEXT, T("kịch bản được gọi; tham số, bí mật đã che") },
	[SCANS] = { "scans", FACT_TEXT,
		T("quét mã độc: all, part, unclear; trống khi không quét") },
	[SCAN_LOG] = { "scan_log", FACT_TEXT, T("nhật ký quét") },
	[SCAN_LOG_AT] = { "scan_log_at_s", FACT_INT, T("lần ghi nhật ký quét gần nhất, giây UTC") },
	[INSPECTS] = { "inspects", FACT_TEXT,
		T("tìm kẻ xâm nhập trong các tiến trình bằng: khien, rkhunter, chkrootkit, unhide") },
	[INSPECT_RESULT] = { "inspect_result", FACT_TEXT, T("tệp kết quả của việc đó") },
	[INSPECT_AT] = { "inspect_at_s", FACT_INT, T("lần ghi kết quả đó gần nhất, giây UTC") },
	[UPDATES] = { "updates", FACT_INT, T("1 nếu tự cài bản mới của các gói, không hỏi ai") },
	[CLEANS_LOGS] = { "cleans_logs", FACT_INT, T("1 nếu xóa nhật ký của hệ thống") },
	[MADE_AT] = { "made_at_s", FACT_INT, T("lúc đặt lịch, giây UTC") },
	[BACKUP_TOOL] = { "backup_tool", FACT_TEXT, T("công cụ sao lưu; trống khi không sao lưu") },
	[BACKUP_WHERE] = { "backup_where", FACT_TEXT,
		T("nơi có bản sao lưu: elsewhere (máy khác), external (ổ ngoài), local, unclear") },
	[BACKUP_SCHEME] = { "backup_scheme", FACT_TEXT,
		T("cách gửi bản sao lưu đi: ssh, s3, nfs…") },
	[BACKUP_TARGET] = { "backup_target", FACT_TEXT, T("nơi lưu trên máy này, phần biết được") },
	[BACKUP_MOUNT] = { "backup_mount", FACT_TEXT, T("hệ thống tệp chứa nơi lưu") },
	[BACKUP_CRYPT] = { "backup_is_encrypted", FACT_INT,
		T("bản sao lưu được mã hóa: 1, 0; trống khi chưa rõ") },
	[BACKUP_MIRROR] = { "backup_is_mirror", FACT_INT,
		T("1: bản sao giữ ngày của tệp gốc nên ngày cũ không nói lên gì") },
	[BACKUP_AT] = { "backup_at_s", FACT_INT, T("bản sao lưu mới nhất, giây UTC") },
	[BACKUP_NEWEST] = { "backup_newest", FACT_TEXT, T("tệp của bản sao lưu mới nhất") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

#define TIMERS_MAX 1000
#define CRON_MAX 2000 /* each is laid out over years to find its longest pause */
#define SCRIPT_BYTES (16 * KIB)
#define ENVIRONMENT_BYTES (4 * KIB)
#define SCRIPTS_MAX 64 /* remembered */

struct job {
	const char *kind;
	struct str name, schedule, user, command, file;
	struct str environment;    /* lines NAME=value that hold for the command */
	int64_t period_days, line; /* period: 0 never, -1 not understood */
	bool is_active;
	const char *why_off; /* NULL: what runs schedules is off */
};

/* What a script says, whoever calls it. */
struct script {
	struct str path, text; /* text: "" for programs */
	struct str shown;
	struct scan scan;
	struct inspection inspection;
	bool updates;
	bool is_refused; /* called as a program, and nobody has the right to run it */
};

/* Several jobs often call one script: those of apt and e2scrub, a timer and its twin in cron. */
struct jobs {
	struct host *h;
	struct fact_rows *rows;
	struct script scripts[SCRIPTS_MAX];
	size_t script_count;
};

/* Where a tree has no programs at all, none is missing from it. */
static int program_is_there(void *context, struct str path)
{
	struct host *h = context;

	if (host_exists(h, arena_cstr(host_arena(h), path)))
		return 1;
	return host_exists(h, "/bin/sh") || host_exists(h, "/usr/bin/sh") ? 0 : -1;
}

static struct str reached(struct host *h, struct str text)
{
	return shell_text_reached(text, program_is_there, h, host_arena(h));
}

/* A shell script without its comments; "" for programs. */
static struct str script_text(struct host *h, struct str path)
{
	struct str text, line, out = STR("");
	struct host_stat st;
	struct buf b;

	if (host_stat(h, path.ptr, &st) != 0 || !S_ISREG(st.mode))
		return out; /* a folder to scan, not a program */
	if (host_read_head(h, path.ptr, 2, &text) < 0 || !str_is(text, "#!") ||
		host_read_head(h, path.ptr, st.size < SCRIPT_BYTES ? (size_t)st.size : SCRIPT_BYTES,
			&text) < 0)
		return out;
	text = shell_text_without_here(text, host_arena(h));
	buf_init(&b, SCRIPT_BYTES);
	while (str_next_line(&text, &line)) {
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		buf_add(&b, line);
		buf_add_char(&b, '\n');
	}
	out = arena_str(host_arena(h), buf_str(&b));
	buf_done(&b);
	return reached(h, shell_text_live(out, host_arena(h)));
}

static struct script script_read(struct host *h, struct str path)
{
	struct script s = { .path = path, .text = script_text(h, path) };
	struct host_stat st;

	s.shown = redact_command(host_arena(h), s.text, 2 * KIB);
	s.scan = scan_of(s.text, host_arena(h));
	s.inspection = inspection_of(s.text, host_arena(h));
	s.updates = updates_of(s.text);
	s.is_refused = host_stat(h, path.ptr, &st) == 0 && (st.mode & 0111) == 0;
	return s;
}

static struct script script_of(struct jobs *jobs, struct str path)
{
	struct script s;

	for (size_t i = 0; i < jobs->script_count; i++)
		if (str_eq(jobs->scripts[i].path, path))
			return jobs->scripts[i];
	s = script_read(jobs->h, arena_str(host_arena(jobs->h), path));
	if (jobs->script_count < SCRIPTS_MAX)
		jobs->scripts[jobs->script_count++] = s;
	return s;
}

/* The program of "[ -x /a ] && /usr/bin/b c": its first absolute path that is a script, and can be
 * run where there is such a one. */
static struct script called_script(struct jobs *jobs, struct str command)
{
	struct script script, refused = { .text = STR(""), .shown = STR("") };
	struct str rest = command, word;
	int tried = 0;

	while (tried < 4 && str_next_word(&rest, " \t\n;|&()\"'", &word)) {
		while (word.len > 1 &&
			(word.ptr[0] == '-' || word.ptr[0] == '@' || word.ptr[0] == '+' ||
				word.ptr[0] == '!'))
			word = str_from(word, 1); /* prefixes of ExecStart= */
		if (word.len < 2 || word.ptr[0] != '/' || str_starts(word, "/dev/") ||
			str_starts(word, "/proc/"))
			continue;
		tried++;
		script = script_of(jobs, word);
		if (script.text.len == 0)
			continue;
		script.is_refused = script.is_refused && is_started_itself(command, word);
		if (!script.is_refused)
			return script;
		if (refused.text.len == 0)
			refused = script;
	}
	return refused;
}

/* Of a script that cannot be run: does the command do something without it? */
static bool does_something(struct jobs *jobs, const struct job *j)
{
	struct arena *a = host_arena(jobs->h);
	struct backup b;

	return scan_of(j->command, a).kind != SCAN_NONE || inspection_of(j->command, a).program ||
		updates_of(j->command) ||
		backup_read(jobs->h, j->command, STR(""), j->environment, j->user, &b);
}

static const char *why_off(
	struct jobs *jobs, const struct job *j, const struct script *script, bool is_off)
{
	if (script->is_refused)
		return "script-not-executable";
	if (j->why_off && !j->is_active)
		return j->why_off;
	if (j->is_active && j->period_days == 0)
		return "never-again";
	return is_off ? "timer-off" : NULL;
}

static void show_backup(struct jobs *jobs, const struct job *j, struct str script)
{
	struct fact_rows *rows = jobs->rows;
	struct backup b;

	if (!backup_read(jobs->h, j->command, script, j->environment, j->user, &b))
		return;
	if (b.period_days > j->period_days)
		fact_int(rows, PERIOD_DAYS, b.period_days);
	else if (b.period_days == 0) {
		fact_int(rows, IS_ACTIVE, 0);
		fact_cstr(rows, WHY_OFF, "timer-off");
	}
	fact_cstr(rows, BACKUP_TOOL, b.call.tool);
	fact_cstr(rows, BACKUP_WHERE, b.where);
	fact_text(rows, BACKUP_SCHEME, b.scheme);
	fact_text(rows, BACKUP_TARGET, b.call.target);
	fact_text(rows, BACKUP_MOUNT, b.mount);
	if (b.call.crypt != CRYPT_UNCLEAR)
		fact_int(rows, BACKUP_CRYPT, b.call.crypt == CRYPT_YES);
	fact_int(rows, BACKUP_MIRROR, b.call.is_mirror);
	if (b.newest_at_s > 0) {
		fact_int(rows, BACKUP_AT, b.newest_at_s);
		fact_text(rows, BACKUP_NEWEST, b.newest);
	}
}

/* The cron scripts that Debian brings with these ask a file first, and do nothing without a yes. */
static bool is_switched_off(struct host *h, const struct job *j)
{
	static const struct {
		const char *script, *file, *key;
		bool is_on_without;
	} switches[] = {
		{ "/etc/cron.daily/rkhunter", "/etc/default/rkhunter", "CRON_DAILY_RUN", false },
		{ "/etc/cron.daily/chkrootkit", "/etc/chkrootkit/chkrootkit.conf", "RUN_DAILY",
			true },
		{ "/etc/cron.daily/chkrootkit", "/etc/chkrootkit.conf", "RUN_DAILY", true },
	};
	struct str rest, line, name, value;

	for (size_t i = 0; i < COUNT(switches); i++) {
		bool is_on = switches[i].is_on_without;

		if (!str_is(j->file, switches[i].script))
			continue;
		rest = host_bytes(h, str_of(switches[i].file), NULL);
		while (str_next_line(&rest, &line))
			if (str_split(str_trim(line), '=', &name, &value) &&
				str_is(str_trim(name), switches[i].key)) {
				value = str_unquote(str_trim(value));
				is_on = value.len > 0 && strchr("YyTt", value.ptr[0]) != NULL;
			}
		if (!is_on)
			return true;
	}
	return false;
}

static void put_inspection(struct jobs *jobs, const struct job *j, const struct script *script)
{
	struct inspection found = inspection_of(j->command, host_arena(jobs->h));
	struct fact_rows *rows = jobs->rows;
	struct host *h = jobs->h;
	struct host_stat st;

	if (!found.program)
		found = script->inspection;
	if (!found.program)
		return;
	fact_cstr(rows, INSPECTS, found.program);
	if (found.result.len < 2 || found.result.ptr[0] != '/')
		return;
	fact_text(rows, INSPECT_RESULT, found.result);
	if (host_stat(h, arena_cstr(host_arena(h), found.result), &st) == 0)
		fact_int(rows, INSPECT_AT, st.mtime_s);
}

static void show(struct jobs *jobs, const struct job *given)
{
	static const char *const kinds[] = { NULL, "part", "unclear", "all" };
	struct job of_it = *given;
	const struct job *j = &of_it;
	struct script script;
	struct scan scan;
	struct fact_rows *rows = jobs->rows;
	struct host *h = jobs->h;
	struct host_stat st;
	bool is_active;

	of_it.command = reached(h, given->command);
	script = called_script(jobs, j->command);
	if (script.is_refused && does_something(jobs, j))
		script = (struct script){ .text = STR(""), .shown = STR("") };
	is_active =
		j->is_active && j->period_days != 0 && !script.is_refused && !is_switched_off(h, j);
	scan = scan_of(j->command, host_arena(h));
	if (script.scan.kind > scan.kind)
		scan = script.scan;
	fact_row(rows);
	fact_cstr(rows, KIND, j->kind);
	fact_text(rows, NAME, j->name);
	fact_text(rows, SCHEDULE, j->schedule);
	if (j->period_days > 0)
		fact_int(rows, PERIOD_DAYS, j->period_days);
	fact_int(rows, IS_ACTIVE, is_active);
	fact_cstr(rows, WHY_OFF, why_off(jobs, j, &script, !is_active));
	fact_text(rows, RUN_BY, j->user);
	fact_text(rows, COMMAND, redact_command(host_arena(h), given->command, 2 * KIB));
	fact_text(rows, SCRIPT, script.shown);
	fact_cstr(rows, SCANS, kinds[scan.kind]);
	if (scan.kind != SCAN_NONE && scan.log.len > 0) {
		fact_text(rows, SCAN_LOG, scan.log);
		if (scan.log.ptr[0] == '/' &&
			host_stat(h, arena_cstr(host_arena(h), scan.log), &st) == 0)
			fact_int(rows, SCAN_LOG_AT, st.mtime_s);
	}
	put_inspection(jobs, j, &script);
	fact_int(rows, UPDATES, updates_of(j->command) || script.updates);
	fact_int(rows, CLEANS_LOGS, cleans_logs(j->command) || cleans_logs(script.text));
	fact_text(rows, FILE_PATH, j->file);
	fact_int(rows, LINE, j->line);
	if (host_stat(h, j->file.ptr, &st) == 0)
		fact_int(rows, MADE_AT, st.mtime_s);
	show_backup(jobs, j, script.text);
}

/* ---- cron ---- */

struct cron {
	struct jobs *jobs;
	struct host *h;
	bool is_debian, is_active;
	bool has_path;          /* "cron -P": the search path is that of the service */
	bool is_anacron_active; /* by its own timer, or by cron */
	struct str crontab, anacrontab;
	struct str accounts; /* passwd, where it names everybody; else "" */
	size_t lines;
};

static bool cron_is_active(struct host *h)
{
	static const char *const daemons[] = { "/usr/sbin/cron", "/usr/sbin/crond",
		"/usr/bin/crond" };
	static const char *const units[] = { "cron.service", "crond.service", "cronie.service",
		"systemd-cron.target", "cron.target" };
	bool is_there = false;

	for (size_t i = 0; i < COUNT(daemons); i++)
		is_there |= host_exists(h, daemons[i]);
	for (size_t i = 0; i < COUNT(units); i++)
		if (unit_starts(h, units[i]))
			return is_there || i > 2;
	return false;
}

/* passwd, unless accounts may stand elsewhere: in a directory, with systemd-homed; or the tree is a
 * part of a machine. */
static struct str all_accounts(struct host *h)
{
	struct str passwd = host_bytes(h, STR("/etc/passwd"), NULL);
	struct remote_source remote;

	if ((!str_starts(passwd, "root:") && str_find(passwd, STR("\nroot:")) < 0) ||
		remote_sources(h, &remote, 1) > 0 || host_exists(h, "/var/lib/extrausers/passwd") ||
		host_exists(h, "/var/lib/systemd/home"))
		return STR("");
	return passwd;
}

/* Cron passes over the orders of a user that it cannot find. */
static bool is_nobodys(const struct cron *c, struct str user)
{
	struct account_reader reader;
	struct account_line account;

	if (c->accounts.len == 0)
		return false;
	account_init(&reader, c->accounts);
	while (account_next(&reader, 3, &account))
		if (str_eq(account.field[0], user))
			return false;
	return true;
}

/* What cron does with a file before it looks at its lines. */
struct cron_file {
	bool is_refused; /* others may write it; Debian's: its last line has no end */
	bool is_cut;     /* elsewhere that last line alone is passed over */
	bool is_doubted; /* Debian's drops a file for one line it does not understand: so we say */
};

static struct cron_file judge_crontab(
	const struct cron *c, const struct host_file *file, bool has_user)
{
	struct str rest = file->bytes, line, schedule, user, command;
	struct cron_file f = { .is_cut = rest.len > 0 && !str_ends(rest, "\n") };
	struct host_stat st;

	f.is_refused = (f.is_cut && c->is_debian) ||
		(host_stat(c->h, file->path.ptr, &st) == 0 &&
			host_is_loose(c->h, st.mode, has_user ? st.uid : 0));
	while (c->is_debian && !f.is_doubted && str_next_line(&rest, &line))
		f.is_doubted = cron_line(line, has_user, &schedule, &user, &command) &&
			cron_period_days(schedule) < 0;
	return f;
}

/* Is the program of COMMAND there, and only where cron's search path does not lead? One that is
 * nowhere in the tree may have been left out of it. */
static bool is_out_of_path(const struct cron *c, struct str environment, struct str command)
{
	static const char *const others[] = { "/usr/bin", "/usr/local/sbin", "/usr/local/bin",
		"/usr/sbin", "/snap/bin", "/opt/bin" };
	struct arena *a = host_arena(c->h);
	struct str path = c->has_path ? STR("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin") :
					STR("/usr/bin:/bin");
	struct str line, folder, word;

	if (!str_next_word(&command, " \t", &word) || str_has(word, '/') || str_has(word, '=') ||
		!isalpha((unsigned char)word.ptr[0]) || word.len > 64)
		return false;
	while (str_next_line(&environment, &line))
		if (str_starts(line, "PATH="))
			path = str_from(line, 5);
	while (str_next_word(&path, ":\"'", &folder))
		if (str_has(folder, '$') ||
			host_exists(c->h,
				arena_fmt(a, "%.*s/%.*s", STR_FMT(folder), STR_FMT(word)).ptr))
			return false;
	for (size_t i = 0; i < COUNT(others); i++)
		if (host_exists(c->h, arena_fmt(a, "%s/%.*s", others[i], STR_FMT(word)).ptr))
			return true;
	return false;
}

/* Is SHELL= of the lines ENVIRONMENT a program that runs no command: one that only ends, or is not
 * there? Cron starts it as it is written, without a search. */
static bool has_no_shell(const struct cron *c, struct str environment)
{
	static const char *const idle[] = { "false", "true", "nologin", "sync", "null" };
	struct str shell = STR("/bin/sh"), line, name, value;

	while (str_next_line(&environment, &line))
		if (str_split(line, '=', &name, &value) &&
			str_is(str_unquote(str_trim(name)), "SHELL"))
			shell = str_unquote(str_trim(value));
	for (size_t i = 0; i < COUNT(idle); i++)
		if (str_is(path_base(shell), idle[i]))
			return true;
	return !str_starts(shell, "/") || program_is_there(c->h, shell) == 0;
}

static void read_crontab(struct cron *c, const char *path, bool has_user, struct str user)
{
	const struct host_file *file;
	struct str rest, line, environment = STR("");
	struct cron_file f;

	if (host_read(c->h, path, &file) < 0)
		return;
	f = judge_crontab(c, file, has_user);
	rest = file->bytes;
	for (int64_t n = 1; str_next_line(&rest, &line); n++) {
		struct job j = { .kind = "cron",
			.line = n,
			.file = file->path,
			.is_active = c->is_active && !f.is_refused && !(f.is_cut && rest.len == 0),
			.name = path_base(file->path) };

		if (!cron_line(line, has_user, &j.schedule, &j.user, &j.command)) {
			if (str_has(line, '=') && environment.len < ENVIRONMENT_BYTES)
				environment = arena_fmt(host_arena(c->h), "%.*s\n%.*s",
					STR_FMT(environment), STR_FMT(str_trim(line)));
			continue;
		}
		if (++c->lines > CRON_MAX) {
			host_gap(c->h, GAP_LIMIT, path);
			return;
		}
		if (!cron_command(j.command, host_arena(c->h), &j.command))
			j.is_active = false;
		j.environment = environment;
		if (!has_user)
			j.user = user;
		if (is_nobodys(c, j.user)) {
			j.is_active = false;
			j.why_off = "no-such-user";
		} else if (j.is_active && has_no_shell(c, environment)) {
			j.is_active = false;
			j.why_off = "no-shell";
		} else if (j.is_active && is_out_of_path(c, environment, j.command)) {
			j.is_active = false;
			j.why_off = "not-in-path";
		}
		j.period_days = f.is_doubted ? -1 : cron_period_days(j.schedule);
		show(c->jobs, &j);
	}
}

/* Names that Debian's cron and run-parts take; others only skip what looks left over. */
static bool is_taken(const struct cron *c, struct str name)
{
	if (name.len == 0 || name.ptr[0] == '.' || str_ends(name, "~") ||
		str_ends(name, ".rpmsave") || str_ends(name, ".rpmnew") ||
		str_ends(name, ".rpmorig") || str_ends(name, ".swp"))
		return false;
	for (size_t i = 0; i < name.len && c->is_debian; i++) {
		char ch = name.ptr[i];

		if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
			    (ch >= '0' && ch <= '9') || ch == '_' || ch == '-'))
			return false;
	}
	return true;
}

static void read_crontabs(struct cron *c, const char *dir, bool is_spool)
{
	const struct str *names;
	size_t count;

	if (host_list(c->h, dir, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct str path = arena_fmt(host_arena(c->h), "%s/%.*s", dir, STR_FMT(names[i]));
		struct host_stat st;

		if (is_spool ? (host_lstat(c->h, path.ptr, &st) == 0 && S_ISREG(st.mode)) :
			       is_taken(c, names[i]))
			read_crontab(c, path.ptr, !is_spool, names[i]);
	}
}

/* Does a line of TEXT that is no comment name the folder? */
static bool is_named(struct str text, const char *dir)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		line = str_trim(line);
		if (!str_starts(line, "#") && str_find(line, str_of(dir)) >= 0)
			return true;
	}
	return false;
}

/* Programs in /etc/cron.weekly and its like, if anything runs that folder. */
static void read_parts(struct cron *c, const char *dir, int64_t period_days)
{
	bool is_run = (c->is_anacron_active && is_named(c->anacrontab, dir)) ||
		(c->is_active &&
			(is_named(c->crontab, dir) ||
				(str_is(str_of(dir), "/etc/cron.hourly") && !c->is_debian)));
	const struct str *names;
	size_t count;

	if (host_list(c->h, dir, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct job j = { .kind = "run-parts",
			.name = names[i],
			.schedule = str_of(dir),
			.user = STR("root"),
			.period_days = period_days,
			.is_active = is_run };
		struct host_stat st;

		j.file = j.command = arena_fmt(host_arena(c->h), "%s/%.*s", dir, STR_FMT(names[i]));
		if (is_taken(c, names[i]) && host_stat(c->h, j.file.ptr, &st) == 0 &&
			S_ISREG(st.mode) && (st.mode & 0111) != 0)
			show(c->jobs, &j);
	}
}

/* Lines of anacrontab that run a program of their own; run-parts is read above. */
static void read_anacrontab(struct cron *c)
{
	struct str rest = c->anacrontab, line;

	for (int64_t n = 1; str_next_line(&rest, &line); n++) {
		struct job j = { .kind = "anacron",
			.line = n,
			.file = STR("/etc/anacrontab"),
			.user = STR("root"),
			.is_active = c->is_anacron_active };

		if (!anacron_line(line, &j.period_days, &j.name, &j.command) ||
			str_find(j.command, STR("run-parts")) >= 0)
			continue;
		if (++c->lines > CRON_MAX) {
			host_gap(c->h, GAP_LIMIT, "/etc/anacrontab");
			return;
		}
		j.schedule =
			arena_fmt(host_arena(c->h), "anacron, %lld d", (long long)j.period_days);
		show(c->jobs, &j);
	}
}

static void read_cron(struct jobs *jobs)
{
	struct host *h = jobs->h;
	struct cron c = { .jobs = jobs,
		.h = h,
		.is_debian = str_is(str_of(os_release_read(h).family), "debian"),
		.is_active = cron_is_active(h) };

	struct setting command = { 0 };

	systemd_unit_conf(h, "cron.service", "Service", "ExecStart", &command);
	c.has_path = str_find(command.value, STR(" -P")) >= 0;
	c.accounts = all_accounts(h);
	c.crontab = host_bytes(h, STR("/etc/crontab"), NULL);
	c.anacrontab = host_bytes(h, STR("/etc/anacrontab"), NULL);
	c.is_anacron_active = c.is_active || unit_starts(h, "anacron.timer");
	read_crontab(&c, "/etc/crontab", true, STR(""));
	read_crontabs(&c, "/etc/cron.d", false);
	read_crontabs(&c, c.is_debian ? "/var/spool/cron/crontabs" : "/var/spool/cron", true);
	read_parts(&c, "/etc/cron.hourly", 1);
	read_parts(&c, "/etc/cron.daily", 1);
	read_parts(&c, "/etc/cron.weekly", 7);
	read_parts(&c, "/etc/cron.monthly", 31);
	read_anacrontab(&c);
}

/* ---- timers ---- */

static void read_timer(struct jobs *jobs, const struct unit_link *link)
{
	struct host *h = jobs->h;
	struct arena *a = host_arena(h);
	struct job j = { .kind = "timer", .name = link->name, .user = STR("root") };
	struct str base = str_until(link->name, link->name.len - 6);
	struct setting when, unit, user;
	const char *service;

	j.period_days = systemd_timer_days(h, link->name.ptr, &when);
	j.file = when.file;
	j.line = when.line;
	j.schedule = when.value;
	if (j.file.ptr == NULL)
		j.file = link->path;
	systemd_unit_conf(h, link->name.ptr, "Timer", "Unit", &unit);
	if (unit.value.len == 0)
		unit.value = arena_fmt(a, "%.*s.service", STR_FMT(base));
	service = arena_cstr(a, unit.value);
	j.is_active = !unit_is_masked(h, link->name) && !systemd_is_held(h, link->name.ptr) &&
		!systemd_is_held(h, service);
	systemd_unit_conf(h, service, "Service", "User", &user);
	if (user.value.len > 0)
		j.user = user.value;
	/* a oneshot may name several programs, one after the other */
	j.command = systemd_unit_lines(h, service, "Service", "ExecStart");
	j.environment = systemd_unit_environment(h, service);
	show(jobs, &j);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct jobs *jobs = arena_new(host_arena(h), struct jobs);
	const struct unit_link *links;
	size_t count, timers = 0;

	jobs->h = h;
	jobs->rows = rows;
	read_cron(jobs);
	unit_links(h, &links, &count);
	for (size_t i = 0; i < count; i++) {
		if (!str_ends(links[i].name, ".timer"))
			continue;
		if (++timers > TIMERS_MAX) {
			host_gap(h, GAP_LIMIT, links[i].path.ptr);
			break;
		}
		read_timer(jobs, &links[i]);
	}
	return 0;
}

const struct fact_table jobs_table = {
	.name = "jobs",
	.words = T("công việc chạy theo lịch"),
	.columns = columns,
	.fill = fill,
};
