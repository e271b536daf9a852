/* declared.c - what the unit has declared of this machine, and until when. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/host_int.h"
#include "work/hostaudit/resolve/declared.h"
#include "work/hostaudit/tables.h"

const char *declared_path(const struct host *h)
{
	return h->declared_as ? h->declared_as : DECLARED_FILE;
}

/* 0 with *RET_FILE NULL when there is none. A faulty one is a gap with its place. */
static int declaration_of(
	struct host *h, const struct host_file **ret_file, struct declaration *ret)
{
	struct arena *a = host_arena(h);
	struct declared_fault fault;
	int rc = host_read(h, declared_path(h), ret_file);

	if (rc == ERR_ABSENT) {
		*ret_file = NULL;
		return 0;
	}
	if (rc == 0)
		rc = declaration_parse((*ret_file)->bytes, a, &fault, ret);
	else
		return rc;
	if (rc < 0)
		host_gap(h, GAP_SYNTAX,
			arena_fmt(a, "%s, %.*s", declared_path(h),
				STR_FMT(declared_fault_text(&fault, LANG_VI, a)))
				.ptr);
	return rc;
}

static int64_t today_of(struct host *h)
{
	return date_to_days(date_at(host_now_s(h)));
}

static void show_date(struct fact_rows *rows, int column, struct date date)
{
	char text[CLOCK_TEXT_MAX];

	if (date.year != 0)
		fact_cstr(rows, column, date_iso(date, text));
}

/* ---- approvals ---- */

enum { WHAT, NAME, WHY, BY, UNTIL, IS_EXPIRED, IS_DRAFT, FILE_PATH, LINE };

static const struct fact_column approval_columns[] = {
	[WHAT] = { "what", FACT_TEXT, T("loại: port, service, share, admin, vendor, program") },
	[NAME] = { "name", FACT_TEXT, T("tên được phê duyệt") },
	[WHY] = { "why", FACT_TEXT, T("lý do") },
	[BY] = { "approved_by", FACT_TEXT, T("người phê duyệt") },
	[UNTIL] = { "until", FACT_TEXT, T("đến hết ngày (NĂM-THÁNG-NGÀY)") },
	[IS_EXPIRED] = { "is_expired", FACT_INT,
		T("1: không còn hoặc chưa có hiệu lực: quá ngày, hoặc còn là bản nháp") },
	[IS_DRAFT] = { "is_draft", FACT_INT,
		T("1: chưa ghi lý do, người duyệt hoặc ngày hết hạn") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

static int fill_approvals(struct host *h, struct fact_rows *rows, struct err *e)
{
	const struct host_file *file;
	struct declaration d = { 0 };
	int64_t today = today_of(h);

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
		show_date(rows, UNTIL, approval->until);
		fact_int(rows, IS_EXPIRED,
			approval->is_draft || date_to_days(approval->until) < today);
		fact_int(rows, IS_DRAFT, approval->is_draft);
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

/* ---- backups ---- */

enum {
	B_NAME,
	B_TOOL,
	B_TARGET,
	B_WHERE,
	B_ENCRYPTED,
	B_EVERY,
	B_UNTIL,
	B_EXPIRED,
	B_DRAFT,
	B_TESTED,
	B_TEST_AGE,
	B_FILE,
	B_LINE
};

static const struct fact_column backup_columns[] = {
	[B_NAME] = { "name", FACT_TEXT, T("dữ liệu được sao lưu") },
	[B_TOOL] = { "tool", FACT_TEXT, T("công cụ") },
	[B_TARGET] = { "target", FACT_TEXT, T("nơi lưu") },
	[B_WHERE] = { "place", FACT_TEXT, T("elsewhere, external hoặc local") },
	[B_ENCRYPTED] = { "is_encrypted", FACT_INT,
		T("1: có mã hóa; 0: không; trống: không khai") },
	[B_EVERY] = { "every_days", FACT_INT, T("bao nhiêu ngày một lần") },
	[B_UNTIL] = { "until", FACT_TEXT, T("đến hết ngày (NĂM-THÁNG-NGÀY)") },
	[B_EXPIRED] = { "is_expired", FACT_INT,
		T("1: không còn hoặc chưa có hiệu lực: quá ngày, hoặc còn là bản nháp") },
	[B_DRAFT] = { "is_draft", FACT_INT,
		T("1: chưa ghi người duyệt, chu kỳ hoặc ngày hết hạn") },
	[B_TESTED] = { "last_restore_test", FACT_TEXT, T("lần thử phục hồi gần nhất") },
	[B_TEST_AGE] = { "restore_test_at_s", FACT_INT, T("lúc bắt đầu ngày đó, giây UTC") },
	[B_FILE] = { "file", FACT_TEXT, T("tệp") },
	[B_LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

static void show_backup(
	struct fact_rows *rows, const struct declared_backup *b, int64_t today, struct str file)
{
	bool is_over = b->until.year != 0 && date_to_days(b->until) < today;

	fact_row(rows);
	fact_text(rows, B_NAME, b->name);
	fact_text(rows, B_TOOL, b->tool);
	fact_text(rows, B_TARGET, b->target);
	fact_text(rows, B_WHERE, b->where);
	if (b->encrypted.len > 0)
		fact_int(rows, B_ENCRYPTED, str_is(b->encrypted, "yes"));
	if (b->every_days > 0)
		fact_int(rows, B_EVERY, b->every_days);
	show_date(rows, B_UNTIL, b->until);
	fact_int(rows, B_EXPIRED, b->is_draft || is_over);
	fact_int(rows, B_DRAFT, b->is_draft);
	show_date(rows, B_TESTED, b->last_restore_test);
	if (b->last_restore_test.year != 0)
		fact_int(rows, B_TEST_AGE, date_to_days(b->last_restore_test) * CLOCK_DAY_S);
	fact_text(rows, B_FILE, file);
	fact_int(rows, B_LINE, b->line);
}

static int fill_backups(struct host *h, struct fact_rows *rows, struct err *e)
{
	const struct host_file *file;
	struct declaration d = { 0 };

	(void)e;
	if (declaration_of(h, &file, &d) < 0 || !file)
		return 0;
	for (size_t i = 0; i < d.backups.len; i++)
		show_backup(rows, &d.backups.at[i], today_of(h), file->path);
	return 0;
}

const struct fact_table backups_declared_table = {
	.name = "backups_declared",
	.words = T("việc sao lưu máy này theo khai báo của đơn vị"),
	.columns = backup_columns,
	.fill = fill_backups,
};

/* ---- the machine itself ---- */

enum { KIND, LEVEL, PURPOSE, ROLES, DATA, DECLARED_PATH };

static const struct fact_column declared_columns[] = {
	[KIND] = { "kind", FACT_TEXT, T("loại máy: server, workstation, secret-pc") },
	[LEVEL] = { "level", FACT_INT, T("cấp độ của hệ thống thông tin") },
	[PURPOSE] = { "purpose", FACT_TEXT, T("máy dùng vào việc gì") },
	[ROLES] = { "roles", FACT_TEXT, T("các vai trò, giữa hai dấu phẩy: ,web,database,") },
	[DATA] = { "data", FACT_TEXT, T("dữ liệu trên máy: ordinary, sensitive") },
	[DECLARED_PATH] = { "file", FACT_TEXT, T("tệp") },
	{ 0 },
};

static int fill_declared(struct host *h, struct fact_rows *rows, struct err *e)
{
	const struct host_file *file;
	struct declaration d = { 0 };
	struct str roles = STR(",");

	(void)e;
	if (declaration_of(h, &file, &d) < 0 || !file)
		return 0;
	for (size_t i = 0; i < d.roles.len; i++)
		roles = arena_fmt(
			host_arena(h), "%.*s%.*s,", STR_FMT(roles), STR_FMT(d.roles.at[i]));
	fact_row(rows);
	fact_text(rows, KIND, d.kind);
	if (d.level > 0)
		fact_int(rows, LEVEL, d.level);
	fact_text(rows, PURPOSE, d.purpose);
	fact_text(rows, ROLES, roles);
	fact_text(rows, DATA, d.data);
	fact_text(rows, DECLARED_PATH, file->path);
	return 0;
}

const struct fact_table declared_table = {
	.name = "declared",
	.words = T("khai báo của đơn vị về máy này (một dòng, hoặc không có)"),
	.columns = declared_columns,
	.fill = fill_declared,
};
