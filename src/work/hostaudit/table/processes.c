/* processes: the light part of /proc, one walk; what needs more reading has tables of its own
 * (process_code, process_preloads), so that a question pays only for what it asks. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/package_of.h"
#include "work/hostaudit/proc.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/users.h"

enum column {
	PID,
	PPID,
	UID,
	USER,
	NAME,
	EXE,
	IS_KERNEL,
	IS_DELETED,
	IS_MEMFD,
	REPLACED_BY,
	IS_REPLACED,
	IS_SAME_ROOT,
	COMMAND,
	UNIT,
	STARTED_AT,
	IS_OWNER_KNOWN
};

static const struct fact_column columns[] = {
	[PID] = { "pid", FACT_INT, T("số tiến trình") },
	[PPID] = { "ppid", FACT_INT, T("tiến trình cha") },
	[UID] = { "uid", FACT_INT, T("số người dùng (quyền đang dùng)") },
	[USER] = { "user", FACT_TEXT, T("tên người dùng") },
	[NAME] = { "name", FACT_TEXT, T("tên tiến trình tự khai") },
	[EXE] = { "exe", FACT_TEXT, T("tệp chương trình") },
	[IS_KERNEL] = { "is_kernel", FACT_INT, T("1: luồng của nhân hệ điều hành") },
	[IS_DELETED] = { "is_deleted", FACT_INT, T("1: tệp chương trình không còn trên đĩa") },
	[IS_MEMFD] = { "is_memfd", FACT_INT, T("1: chương trình chỉ nằm trong bộ nhớ") },
	[REPLACED_BY] = { "replaced_by", FACT_TEXT,
		T("gói có tệp mới ở cùng đường dẫn, khi tệp đang chạy đã bị xóa") },
	[IS_REPLACED] = { "is_replaced", FACT_INT,
		T("1: gói đó được cập nhật sau khi tiến trình khởi động") },
	[IS_SAME_ROOT] = { "is_same_root", FACT_INT,
		T("khi tệp đã bị xóa: 0 là tiến trình nằm trong vùng chứa có hệ thống tệp riêng") },
	[COMMAND] = { "command", FACT_TEXT, T("dòng lệnh, giá trị tham số đã che") },
	[UNIT] = { "unit", FACT_TEXT, T("dịch vụ systemd") },
	[STARTED_AT] = { "started_at_s", FACT_INT, T("lúc khởi động, giây từ 1970") },
	[IS_OWNER_KNOWN] = { "is_owner_known", FACT_INT,
		T("0: không đọc được cơ sở dữ liệu gói nên không biết tệp thuộc gói nào") },
	{ 0 },
};

struct process {
	struct str pid, name, command, unit;
	struct proc_exe exe;
	int64_t ppid, uid, started_at_s;
	bool is_kernel, has_exe;
	struct package_of package; /* asked only when the program file is gone */
};

struct walk {
	struct host *h;
	struct arena *a;
	int64_t boot_s; /* -1: not told */
};

/* False when the process is gone. */
static bool read_process(struct walk *w, struct process *p)
{
	const struct proc_stat *stat = proc_stat_of(w->h, p->pid);
	struct arena s;
	struct str text;

	if (!stat)
		return false;
	p->name = stat->name;
	p->ppid = stat->ppid;
	p->is_kernel = stat->is_kernel;
	p->uid = stat->is_kernel ? 0 : -1;
	if (w->boot_s >= 0)
		p->started_at_s = w->boot_s + stat->start_ticks / PROC_TICKS_PER_S;
	arena_init(&s, 128 * KIB);
	if (!stat->is_kernel) {
		if (host_read_proc(w->h, proc_path(&s, p->pid, "status"), PROC_SMALL_BYTES, &s,
			    &text) == 0)
			proc_status_uid(text, &p->uid);
		if (host_read_proc(w->h, proc_path(&s, p->pid, "cmdline"), PROC_SMALL_BYTES, &s,
			    &text) == 0)
			p->command = proc_command(w->a, text);
		if (host_read_proc(w->h, proc_path(&s, p->pid, "cgroup"), PROC_SMALL_BYTES, &s,
			    &text) == 0)
			p->unit = arena_str(w->a, proc_cgroup_unit(text));
		p->has_exe = proc_exe(w->h, p->pid, &p->exe) == 0;
	}
	arena_done(&s);
	return true;
}

/* A program file that is gone may have been replaced by an update: its path then exists again, in a
 * package that was unpacked after the process began. One look through dpkg's lists for all. */
static void find_packages(struct walk *w, struct process *processes, size_t count)
{
	VEC(struct package_of) queries = { 0 };
	size_t next = 0;

	for (size_t i = 0; i < count; i++)
		if (processes[i].exe.is_deleted && !processes[i].exe.is_memfd)
			*vec_add(w->a, &queries) =
				(struct package_of){ .path = processes[i].exe.path };
	package_of(w->h, queries.at, queries.len);
	for (size_t i = 0; i < count && next < queries.len; i++)
		if (processes[i].exe.is_deleted && !processes[i].exe.is_memfd)
			processes[i].package = queries.at[next++];
}

static void put_exe(struct walk *w, const struct process *p, struct fact_rows *rows)
{
	const char *path = arena_cstr(w->a, p->exe.path);
	bool is_same_root;

	fact_text(rows, EXE, p->exe.path);
	fact_int(rows, IS_DELETED, p->exe.is_deleted);
	fact_int(rows, IS_MEMFD, p->exe.is_memfd);
	if (!p->exe.is_deleted)
		return;
	is_same_root = proc_is_same_root(w->h, p->pid);
	fact_int(rows, IS_SAME_ROOT, is_same_root);
	fact_int(rows, IS_OWNER_KNOWN, package_manager_of(w->h) != PACKAGES_UNREAD);
	if (p->package.package.len == 0 || !is_same_root || !host_exists(w->h, path))
		return;
	fact_text(rows, REPLACED_BY, p->package.package);
	if (p->started_at_s > 0)
		fact_int(rows, IS_REPLACED, p->package.unpacked_at_s >= p->started_at_s);
}

static void put_row(struct walk *w, const struct process *p, struct fact_rows *rows)
{
	struct str user = p->uid >= 0 ? user_name(w->h, p->uid) : STR("");
	int64_t pid = 0;

	str_to_i64(p->pid, &pid);
	fact_row(rows);
	fact_int(rows, PID, pid);
	fact_int(rows, PPID, p->ppid);
	fact_text(rows, NAME, p->name);
	fact_int(rows, IS_KERNEL, p->is_kernel);
	if (p->uid >= 0)
		fact_int(rows, UID, p->uid);
	if (user.len > 0)
		fact_text(rows, USER, user);
	if (p->has_exe)
		put_exe(w, p, rows);
	fact_text(rows, COMMAND, p->command);
	if (p->unit.len > 0)
		fact_text(rows, UNIT, p->unit);
	if (p->started_at_s > 0)
		fact_int(rows, STARTED_AT, p->started_at_s);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct walk w = { .h = h, .a = host_arena(h), .boot_s = proc_read_boot_s(h) };
	struct process *processes;
	const struct str *pids;
	size_t pid_count;
	size_t count = 0;
	int rc = proc_list(h, &pids, &pid_count);

	if (rc < 0)
		return err_set(e, ERR_ABSENT, "cannot list /proc");
	processes = arena_array(w.a, struct process, pid_count + 1);
	for (size_t i = 0; i < pid_count; i++) {
		processes[count].pid = pids[i];
		if (read_process(&w, &processes[count]))
			count++;
		else
			processes[count] = (struct process){ 0 };
	}
	find_packages(&w, processes, count);
	for (size_t i = 0; i < count; i++)
		put_row(&w, &processes[i], rows);
	return 0;
}

const struct fact_table processes_table = {
	.name = "processes",
	.words = T("Tiến trình đang chạy"),
	.flags = FACT_LIVE | FACT_ROOT,
	.columns = columns,
	.fill = fill,
};
