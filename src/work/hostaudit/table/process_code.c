/* process_code: executable memory that no file on the disk answers for. Only the odd mappings
 * become rows; an ordinary process has none. */
#include <string.h>

#include "work/hostaudit/fact.h"
#include "work/hostaudit/package_of.h"
#include "work/hostaudit/running.h"
#include "work/hostaudit/tables.h"

enum column {
	PID,
	NAME,
	EXE,
	PATH,
	KIND,
	REPLACED_BY,
	IS_REPLACED,
	UNIT,
	IS_SAME_ROOT,
	IS_OWNER_KNOWN
};

static const struct fact_column columns[] = {
	[PID] = { "pid", FACT_INT, T("số tiến trình") },
	[NAME] = { "name", FACT_TEXT, T("tên tiến trình tự khai") },
	[EXE] = { "exe", FACT_TEXT, T("tệp chương trình") },
	[PATH] = { "path", FACT_TEXT, T("tệp mà mã được nạp từ đó") },
	[KIND] = { "kind", FACT_TEXT,
		T("deleted: tệp đã bị xóa; memfd: chỉ trong bộ nhớ; temporary: tệp trong thư mục tạm; "
		  "writable: vùng nhớ vừa ghi vừa chạy (chỉ khi kiểm tra sâu)") },
	[REPLACED_BY] = { "replaced_by", FACT_TEXT, T("gói có tệp mới ở cùng đường dẫn") },
	[IS_REPLACED] = { "is_replaced", FACT_INT,
		T("1: gói đó được cập nhật sau khi tiến trình khởi động") },
	[UNIT] = { "unit", FACT_TEXT, T("dịch vụ systemd") },
	[IS_SAME_ROOT] = { "is_same_root", FACT_INT,
		T("0: tiến trình nằm trong vùng chứa có hệ thống tệp riêng") },
	[IS_OWNER_KNOWN] = { "is_owner_known", FACT_INT,
		T("0: không đọc được cơ sở dữ liệu gói nên không biết tệp thuộc gói nào") },
	{ 0 },
};

struct code {
	const struct running_process *process;
	struct str path;
	const char *kind;
	struct package_of package;
};

struct walk {
	struct host *h;
	struct arena *a;
	int64_t boot_s; /* -1: not told */
	VEC(struct code) codes;
};

/* One look through dpkg's lists for all deleted files, each path once. */
static void find_packages(struct walk *w)
{
	VEC(struct package_of) queries = { 0 };

	for (size_t i = 0; i < w->codes.len; i++) {
		size_t same = 0;

		if (strcmp(w->codes.at[i].kind, "deleted") != 0)
			continue;
		while (same < queries.len && !str_eq(queries.at[same].path, w->codes.at[i].path))
			same++;
		if (same == queries.len)
			*vec_add(w->a, &queries) =
				(struct package_of){ .path = w->codes.at[i].path };
	}
	package_of(w->h, queries.at, queries.len);
	for (size_t i = 0; i < w->codes.len; i++)
		for (size_t n = 0; n < queries.len; n++)
			if (str_eq(queries.at[n].path, w->codes.at[i].path))
				w->codes.at[i].package = queries.at[n];
}

static void put_process(
	struct walk *w, const struct code *c, struct fact_rows *rows, int64_t *ret_started_at_s)
{
	const struct proc_stat *stat = proc_stat_of(w->h, c->process->pid);
	struct arena s;
	struct str text;

	*ret_started_at_s = -1;
	if (stat) {
		fact_text(rows, NAME, stat->name);
		if (w->boot_s >= 0)
			*ret_started_at_s = w->boot_s + stat->start_ticks / PROC_TICKS_PER_S;
	}
	arena_init(&s, 64 * KIB);
	if (host_read_proc(w->h, proc_path(&s, c->process->pid, "cgroup"), PROC_SMALL_BYTES, &s,
		    &text) == 0 &&
		proc_cgroup_unit(text).len > 0)
		fact_text(rows, UNIT, proc_cgroup_unit(text));
	if (c->process->has_exe)
		fact_text(rows, EXE, c->process->exe.path);
	arena_done(&s);
}

static void put_row(struct walk *w, const struct code *c, struct fact_rows *rows)
{
	bool is_same_root = c->process->root == 0;
	int64_t started_at_s;
	int64_t pid = 0;

	str_to_i64(c->process->pid, &pid);
	fact_row(rows);
	fact_int(rows, PID, pid);
	fact_text(rows, PATH, c->path);
	fact_cstr(rows, KIND, c->kind);
	fact_int(rows, IS_SAME_ROOT, is_same_root);
	fact_int(rows, IS_OWNER_KNOWN, package_manager_of(w->h) != PACKAGES_UNREAD);
	put_process(w, c, rows, &started_at_s);
	if (c->package.package.len == 0 || !is_same_root || !host_exists(w->h, c->path.ptr))
		return;
	fact_text(rows, REPLACED_BY, c->package.package);
	if (started_at_s > 0)
		fact_int(rows, IS_REPLACED, c->package.unpacked_at_s >= started_at_s);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct walk w = { .h = h, .a = host_arena(h), .boot_s = proc_read_boot_s(h) };
	const struct running *r;

	if (running_of(h, &r) < 0)
		return err_set(e, ERR_ABSENT, "cannot list /proc");
	for (size_t i = 0; i < r->codes.len; i++)
		*vec_add(w.a, &w.codes) =
			(struct code){ .process = &r->processes.at[r->codes.at[i].process],
				.path = r->codes.at[i].path,
				.kind = r->codes.at[i].kind };
	find_packages(&w);
	for (size_t i = 0; i < w.codes.len; i++)
		put_row(&w, &w.codes.at[i], rows);
	return 0;
}

const struct fact_table process_code_table = {
	.name = "process_code",
	.words = T("Mã đang chạy mà không còn tệp trên đĩa, hoặc nạp từ thư mục tạm"),
	.flags = FACT_LIVE | FACT_ROOT,
	.columns = columns,
	.fill = fill,
};
