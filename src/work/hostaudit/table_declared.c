/* table_declared.c - what the unit has declared of this machine, and until when. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve_declared.h"
#include "work/hostaudit/tables.h"

/* 0 with *RET_FILE NULL when there is none. A faulty one is a gap with its place. */
static int declaration_of(struct host *h, const struct host_file **ret_file,
	struct declaration *ret)
{
	struct arena *a = host_arena(h);
	struct err e;
	int rc = host_read(h, DECLARED_FILE, ret_file);

	if (rc == ERR_ABSENT) {
		*ret_file = NULL;
		return 0;
	}
	if (rc == 0)
		rc = declaration_parse((*ret_file)->bytes, a, &e, ret);
	else
		return rc;
	if (rc < 0)
		host_gap(h, GAP_SYNTAX, arena_fmt(a, "%s:%s", DECLARED_FILE, e.text).ptr);
	return rc;
}

enum { WHAT, NAME, WHY, BY, UNTIL, IS_EXPIRED, FILE_PATH, LINE };

static const struct fact_column approval_columns[] = {
	[WHAT] = { "what", FACT_TEXT, T("loại: port, service, share, admin, vendor") },
	[NAME] = { "name", FACT_TEXT, T("tên được phê duyệt") },
	[WHY] = { "why", FACT_TEXT, T("lý do") },
	[BY] = { "approved_by", FACT_TEXT, T("người phê duyệt") },
	[UNTIL] = { "until", FACT_TEXT, T("đến hết ngày (YYYY-MM-DD)") },
	[IS_EXPIRED] = { "is_expired", FACT_INT, T("1: đã quá ngày được phê duyệt") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

static int fill_approvals(struct host *h, struct fact_rows *rows, struct err *e)
{
	const struct host_file *file;
	struct declaration d = { 0 };
	int64_t today = date_to_days(date_at(host_now_s(h)));
	char text[CLOCK_TEXT_MAX];

	(void)e;
	if (declaration_of(h, &file, &d) < 0 || !file)
		return 0;
	for (size_t i = 0; i < d.approved.len; i++) {
		const struct approval *approval = &d.approved.at[i];

		fact_row(rows);
		fact_text(rows, WHAT, approval->what);
		fact_text(rows, NAME, approval->name);
		fact_text(rows, WHY, approval->why);
		fact_text(rows, BY, approval->by);
		fact_cstr(rows, UNTIL, date_iso(approval->until, text));
		fact_int(rows, IS_EXPIRED, date_to_days(approval->until) < today);
		fact_text(rows, FILE_PATH, file->path);
		fact_int(rows, LINE, approval->line);
	}
	return 0;
}

const struct fact_table approved_table = {
	.name = "approved",
	.words = T("cổng, dịch vụ, chia sẻ, tài khoản đã được đơn vị phê duyệt cho máy này"),
	.columns = approval_columns,
	.fill = fill_approvals,
};

enum { KIND, LEVEL, PURPOSE, DECLARED_PATH };

static const struct fact_column declared_columns[] = {
	[KIND] = { "kind", FACT_TEXT, T("loại máy: server, workstation, secret-pc") },
	[LEVEL] = { "level", FACT_INT, T("cấp độ của hệ thống thông tin") },
	[PURPOSE] = { "purpose", FACT_TEXT, T("máy dùng vào việc gì") },
	[DECLARED_PATH] = { "file", FACT_TEXT, T("tệp") },
	{ 0 },
};

static int fill_declared(struct host *h, struct fact_rows *rows, struct err *e)
{
	const struct host_file *file;
	struct declaration d = { 0 };

	(void)e;
	if (declaration_of(h, &file, &d) < 0 || !file)
		return 0;
	fact_row(rows);
	fact_text(rows, KIND, d.kind);
	if (d.level > 0)
		fact_int(rows, LEVEL, d.level);
	fact_text(rows, PURPOSE, d.purpose);
	fact_text(rows, DECLARED_PATH, file->path);
	return 0;
}

const struct fact_table declared_table = {
	.name = "declared",
	.words = T("khai báo của đơn vị về máy này (một dòng, hoặc không có)"),
	.columns = declared_columns,
	.fill = fill_declared,
};
