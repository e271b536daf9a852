/* hidden_processes: those that /proc does not list; process_sweep: how it was looked. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/hidden.h"
#include "work/hostaudit/proc.h"
#include "work/hostaudit/tables.h"

enum column { PID, SEEN_IN, CGROUP, NAME, EXE };

static const struct fact_column columns[] = {
	[PID] = { "pid", FACT_INT, T("số tiến trình") },
	[SEEN_IN] = { "seen_in", FACT_TEXT,
		T("kernel: nhân trả lời khi hỏi đúng số; cgroup: có tên trong nhóm điều khiển") },
	[CGROUP] = { "cgroup", FACT_TEXT, T("nhóm điều khiển") },
	[NAME] = { "name", FACT_TEXT, T("tên, nếu hỏi đúng số thì /proc vẫn cho biết") },
	[EXE] = { "exe", FACT_TEXT, T("tệp chương trình, như trên") },
	{ 0 },
};

static void put(struct host *h, const struct hidden_process *p, struct fact_rows *rows)
{
	struct arena s;
	struct str pid, text;
	struct proc_stat stat;
	struct proc_exe exe;

	arena_init(&s, 64 * KIB);
	pid = arena_fmt(&s, "%lld", (long long)p->pid);
	fact_row(rows);
	fact_int(rows, PID, p->pid);
	fact_cstr(rows, SEEN_IN, p->seen_in);
	fact_text(rows, CGROUP, p->where);
	if (host_read_proc(h, proc_path(&s, pid, "stat"), PROC_SMALL_BYTES, &s, &text) == 0 &&
		proc_stat_parse(text, &stat))
		fact_text(rows, NAME, stat.name);
	if (proc_exe(h, pid, &exe) == 0)
		fact_text(rows, EXE, exe.path);
	arena_done(&s);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	const struct hidden_sweep *sweep = hidden_of(h);

	(void)e;
	for (size_t i = 0; i < sweep->found.len; i++)
		put(h, &sweep->found.at[i], rows);
	return 0;
}

const struct fact_table hidden_processes_table = {
	.name = "hidden_processes",
	.words = T("Tiến trình bị giấu khỏi danh sách của hệ điều hành"),
	.flags = FACT_LIVE | FACT_ROOT,
	.columns = columns,
	.fill = fill,
};

enum sweep_column { LISTED, SWEPT_TO, NUMBER_MAX, TASKS, TASKS_ALL, CGROUPS, IS_COMPLETE };

static const struct fact_column sweep_columns[] = {
	[LISTED] = { "listed", FACT_INT, T("số tiến trình trong danh sách") },
	[SWEPT_TO] = { "swept_to", FACT_INT, T("đã hỏi nhân từng số từ 1 đến số này") },
	[NUMBER_MAX] = { "number_max", FACT_INT, T("số tiến trình lớn nhất có thể có") },
	[TASKS] = { "tasks", FACT_INT, T("số luồng đếm được trong danh sách") },
	[TASKS_ALL] = { "tasks_all", FACT_INT, T("số luồng nhân đếm; trống: không so") },
	[CGROUPS] = { "cgroups", FACT_INT, T("số nhóm điều khiển đã xem") },
	[IS_COMPLETE] = { "is_complete", FACT_INT, T("1: đã xem đủ để kết luận") },
	{ 0 },
};

static int fill_sweep(struct host *h, struct fact_rows *rows, struct err *e)
{
	const struct hidden_sweep *sweep = hidden_of(h);

	(void)e;
	fact_row(rows);
	fact_int(rows, LISTED, sweep->listed);
	fact_int(rows, SWEPT_TO, sweep->swept_to);
	if (sweep->number_max > 0)
		fact_int(rows, NUMBER_MAX, sweep->number_max);
	fact_int(rows, TASKS, sweep->tasks);
	if (sweep->tasks_all > 0)
		fact_int(rows, TASKS_ALL, sweep->tasks_all);
	fact_int(rows, CGROUPS, sweep->cgroups);
	fact_int(rows, IS_COMPLETE, sweep->is_complete);
	return 0;
}

const struct fact_table process_sweep_table = {
	.name = "process_sweep",
	.words = T("Đã tìm tiến trình ẩn kỹ đến đâu"),
	.flags = FACT_LIVE | FACT_ROOT,
	.columns = sweep_columns,
	.fill = fill_sweep,
};
