/* running_files: every file that runs or that code was mapped from, and what the package manager
 * says of it. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/running.h"
#include "work/hostaudit/tables.h"

enum column {
	PATH,
	ROOT,
	STATE,
	PACKAGE,
	PROOF,
	REASON,
	PROGRAMS,
	MAPPED,
	PID,
	NAME,
	IS_SELF,
	IS_TEMPORARY,
	DIGEST
};

static const struct fact_column columns[] = {
	[PATH] = { "path", FACT_TEXT, T("tệp đang chạy hoặc được nạp mã") },
	[ROOT] = { "root", FACT_TEXT, T("hệ thống tệp riêng (vùng chứa); trống: của máy") },
	[STATE] = { "state", FACT_TEXT,
		T("intact, altered, config, no-sum, unpackaged, no-database, unreadable, unchecked, "
		  "gone") },
	[PACKAGE] = { "package", FACT_TEXT, T("gói phần mềm có tệp này") },
	[PROOF] = { "proof", FACT_TEXT,
		T("so bằng: md5, hoặc times (thời điểm ghi tệp, khi kiểm tra nhanh)") },
	[REASON] = { "reason", FACT_TEXT, T("vì sao không đọc được") },
	[PROGRAMS] = { "programs", FACT_INT, T("số tiến trình chạy từ tệp này") },
	[MAPPED] = { "mapped", FACT_INT, T("số tiến trình nạp mã từ tệp này") },
	[PID] = { "pid", FACT_INT, T("một trong các tiến trình đó") },
	[NAME] = { "name", FACT_TEXT, T("tên tiến trình đó tự khai") },
	[IS_SELF] = { "is_self", FACT_INT, T("1: chính chương trình Khiên đang kiểm tra") },
	[IS_TEMPORARY] = { "is_temporary", FACT_INT,
		T("1: nằm trong thư mục tạm ai cũng ghi được") },
	[DIGEST] = { "digest", FACT_TEXT,
		T("mã băm của tệp mà không gói nào bảo đảm, khi kiểm tra sâu") },
	{ 0 },
};

/* In an image of a machine nobody asks from within it. */
static struct str own_program(struct host *h)
{
	struct proc_exe exe;

	return host_is_live(h) && proc_exe(h, STR("self"), &exe) == 0 ? exe.path : STR("");
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	const struct running *r;
	struct str self;

	if (running_files(h, &r) < 0)
		return err_set(e, ERR_ABSENT, "cannot list /proc");
	self = own_program(h);
	for (size_t i = 0; i < r->files.len; i++) {
		const struct running_file *f = &r->files.at[i];
		const struct running_process *p = &r->processes.at[f->process];
		int64_t pid = 0;

		str_to_i64(p->pid, &pid);
		fact_row(rows);
		fact_text(rows, PATH, f->path);
		fact_text(rows, ROOT, r->roots.at[f->root].name);
		fact_cstr(rows, STATE, file_state_name(f->state));
		if (f->package.len > 0)
			fact_text(rows, PACKAGE, f->package);
		fact_cstr(rows, PROOF, f->proof);
		if (f->gap)
			fact_cstr(rows, REASON, f->gap);
		fact_int(rows, PROGRAMS, (int64_t)f->program_count);
		fact_int(rows, MAPPED, (int64_t)f->mapped_count);
		fact_int(rows, PID, pid);
		fact_text(rows, NAME, p->name);
		fact_int(rows, IS_SELF, f->root == 0 && str_eq(f->path, self));
		fact_int(rows, IS_TEMPORARY, is_temporary_path(f->path));
		if (f->digest.len > 0)
			fact_text(rows, DIGEST, f->digest);
	}
	return 0;
}

const struct fact_table running_files_table = {
	.name = "running_files",
	.words = T("Tệp đang chạy hoặc được nạp mã, so với gói phần mềm đã cài"),
	.flags = FACT_LIVE | FACT_ROOT,
	.columns = columns,
	.fill = fill,
};
