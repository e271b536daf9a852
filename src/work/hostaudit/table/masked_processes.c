/* masked_processes: those that give themselves a name that is not theirs. A kernel thread has no
 * program file, and its flags say what it is: a process with a program that shows a kernel thread's
 * name hides behind it. */
#include <string.h>

#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/resolve.h"
#include "work/hostaudit/running.h"
#include "work/hostaudit/tables.h"

enum column { PID, NAME, TITLE, EXE, KIND, PACKAGE };

static const struct fact_column columns[] = {
	[PID] = { "pid", FACT_INT, T("số tiến trình") },
	[NAME] = { "name", FACT_TEXT, T("tên tiến trình tự khai") },
	[TITLE] = { "title", FACT_TEXT, T("tên hiện ra trong danh sách tiến trình") },
	[EXE] = { "exe", FACT_TEXT, T("tệp chương trình thật") },
	[KIND] = { "kind", FACT_TEXT,
		T("kernel-name: mang tên luồng của nhân; no-title: xóa dòng lệnh để trông như luồng "
		  "của nhân; system-name: mang tên dịch vụ hệ thống") },
	[PACKAGE] = { "package", FACT_TEXT, T("gói phần mềm có tệp chương trình") },
	{ 0 },
};

#define TITLE_BYTES 256
#define NAME_MAX_LETTERS 15 /* the kernel keeps no more of a process's name */

static bool is_kernel_family(struct str name)
{
	static const char *const families[] = { "kworker/", "ksoftirqd/", "migration/", "cpuhp/",
		"rcu_", "rcuop/", "rcuog/", "irq/", "scsi_eh_", "jbd2/", "watchdog/",
		"idle_inject/", "kthreadd", "kswapd", "kcompactd", "kauditd", "khugepaged",
		"khungtaskd", "kdevtmpfs", "oom_reaper" };

	for (size_t i = 0; i < COUNT(families); i++)
		if (str_starts(name, families[i]))
			return true;
	return false;
}

/* "[kworker/0:1]", as ps shows kernel threads. "[celeryd: worker]" and "[lxc monitor] /x" are
 * honest titles: they say more than a kernel thread would. */
static bool is_bracketed(struct str title)
{
	return title.len > 2 && title.ptr[0] == '[' && title.ptr[title.len - 1] == ']' &&
		!str_has(title, ' ');
}

static bool is_system_name(struct str name)
{
	static const char *const names[] = { "init", "systemd", "systemd-journald", "systemd-udevd",
		"systemd-logind", "systemd-resolved", "systemd-networkd", "systemd-timesyncd",
		"dbus-daemon", "dbus-broker", "sshd", "sshd-session", "cron", "crond", "atd",
		"rsyslogd", "auditd", "agetty", "login", "polkitd", "NetworkManager", "chronyd",
		"udevd", "irqbalance" };

	for (size_t i = 0; i < COUNT(names); i++) {
		struct str known = str_of(names[i]);

		if (str_eq(name, known) ||
			(name.len == NAME_MAX_LETTERS && str_eq(name, str_until(known, name.len))))
			return true;
	}
	return false;
}

/* The first argument, "" when it has none; its name where no command line is kept. */
static struct str read_title(struct host *h, const struct running_process *p, struct arena *s)
{
	struct str text;
	ptrdiff_t end;

	if (host_read_proc(h, proc_path(s, p->pid, "cmdline"), TITLE_BYTES, s, &text) != 0)
		return p->name;
	end = str_find_char(text, '\0');
	return end >= 0 ? str_until(text, (size_t)end) : text;
}

/* Its file in R, or NULL. */
static const struct running_file *file_of(const struct running *r, const struct running_process *p)
{
	for (size_t i = 0; i < r->files.len; i++)
		if (r->files.at[i].program_count > 0 && r->files.at[i].root == p->root &&
			str_eq(r->files.at[i].path, p->exe.path))
			return &r->files.at[i];
	return NULL;
}

static const char *kind_of(
	const struct running_process *p, const struct running_file *file, struct str title)
{
	struct str word = title, rest;
	bool is_strange = p->exe.is_deleted || is_temporary_path(p->exe.path) ||
		(file && file->state == FILE_UNPACKAGED);

	(void)str_split(title, ' ', &word, &rest);
	if (is_bracketed(title) || is_bracketed(p->name) || is_kernel_family(p->name) ||
		is_kernel_family(path_base(word)))
		return "kernel-name";
	if (title.len == 0 && is_strange)
		return "no-title";
	if (is_strange && (is_system_name(p->name) || is_system_name(path_base(word))))
		return "system-name";
	return NULL;
}

static void look_at(struct host *h, const struct running *r, const struct running_process *p,
	struct fact_rows *rows)
{
	const struct running_file *file = file_of(r, p);
	const char *kind;
	struct str title;
	struct arena s;
	int64_t pid = 0;

	arena_init(&s, 64 * KIB);
	title = read_title(h, p, &s);
	kind = kind_of(p, file, title);
	if (kind) {
		struct str word = title, rest;

		(void)str_split(title, ' ', &word, &rest); /* what follows may be a secret */
		str_to_i64(p->pid, &pid);
		fact_row(rows);
		fact_int(rows, PID, pid);
		fact_text(rows, NAME, p->name);
		fact_text(rows, TITLE, word);
		fact_text(rows, EXE, p->exe.path);
		fact_cstr(rows, KIND, kind);
		if (file && file->package.len > 0)
			fact_text(rows, PACKAGE, file->package);
	}
	arena_done(&s);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	const struct running *r;

	if (running_files(h, &r) < 0)
		return err_set(e, ERR_ABSENT, "cannot list /proc");
	for (size_t i = 0; i < r->processes.len; i++)
		if (!r->processes.at[i].is_kernel && r->processes.at[i].has_exe)
			look_at(h, r, &r->processes.at[i], rows);
	return 0;
}

const struct fact_table masked_processes_table = {
	.name = "masked_processes",
	.words = T("Tiến trình mang tên giả"),
	.flags = FACT_LIVE | FACT_ROOT,
	.columns = columns,
	.fill = fill,
};
