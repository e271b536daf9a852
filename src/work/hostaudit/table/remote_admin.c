/* remote_admin: services that give remote control, switched on by the configuration, and whether
 * they carry passwords and commands in clear. */
#include "work/hostaudit/remote_admin.h"
#include "work/hostaudit/tables.h"

enum {
	ADMIN_SERVICE,
	ADMIN_NAME,
	ADMIN_PLAIN,
	ADMIN_FOUND,
	ADMIN_REASON,
	ADMIN_DETAIL,
	ADMIN_FILE,
	ADMIN_LINE,
	ADMIN_LOST
};

static const struct fact_column columns[] = {
	{ "service", FACT_TEXT, T("loại dịch vụ: telnet, rsh, ftp, vnc, snmp …") },
	{ "name", FACT_TEXT, T("đơn vị hoặc tệp bật dịch vụ") },
	{ "is_plain", FACT_INT, T("1 nếu truyền không mã hóa") },
	{ "found", FACT_TEXT, T("giá trị đọc được, không có bí mật") },
	{ "reason", FACT_TEXT, T("vì sao không kết luận được") },
	{ "detail", FACT_TEXT, T("chi tiết của lý do") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ "lost", FACT_TEXT, T("các giá trị bị ghi đè") },
	{ NULL, FACT_TEXT, NULL },
};

static void put_row(struct fact_rows *rows, const struct admin *a)
{
	fact_row(rows);
	fact_cstr(rows, ADMIN_SERVICE, a->service);
	fact_text(rows, ADMIN_NAME, a->name);
	if (a->plain != PLAIN_UNKNOWN)
		fact_int(rows, ADMIN_PLAIN, a->plain == PLAIN_YES);
	fact_text(rows, ADMIN_FOUND, a->found.ptr ? a->found : a->name);
	fact_cstr(rows, ADMIN_REASON, a->reason);
	if (a->file.ptr)
		fact_text(rows, ADMIN_FILE, a->file);
	if (a->line > 0)
		fact_int(rows, ADMIN_LINE, a->line);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct admin_list list = { .a = host_arena(h) };

	admin_plain(h, &list);
	admin_ftp(h, &list);
	admin_desktop(h, &list);
	admin_web(h, &list);
	for (size_t i = 0; i < list.len; i++)
		put_row(rows, &list.at[i]);
	return 0;
}

const struct fact_table remote_admin_table = {
	.name = "remote_admin",
	.words = T("dịch vụ điều khiển từ xa được bật, có mã hóa hay không"),
	.columns = columns,
	.fill = fill,
};
