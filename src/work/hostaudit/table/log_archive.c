/* log_archive: what Khiên's own service on this machine noted of the logs it keeps: months and the
 * media they are on, how far back it reaches, when it was verified, who sends. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/khien_service.h"
#include "work/hostaudit/log_note.h"
#include "work/hostaudit/tables.h"

enum column { FACT, SUBJECT, NUMBER, AT, FILE_PATH };

static const struct fact_column columns[] = {
	[FACT] = { "fact", FACT_TEXT,
		T("service, noted, month, oldest, began, verified, disk, source, host") },
	[SUBJECT] = { "subject", FACT_TEXT, T("tháng, nguồn hoặc máy") },
	[NUMBER] = { "number", FACT_INT,
		T("month: số ổ cứng ngoài, -1 chưa đóng gói; verified: chỗ sai; disk: % trống; "
		  "source, host: 1 đang gửi") },
	[AT] = { "at_s", FACT_INT, T("lúc nào, giây UTC") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp ghi lại") },
	{ 0 },
};

#define HEAD "khien-log-facts 1"
#define FACTS_MAX 20000

void hostaudit_log_note(struct buf *out, int64_t at_s)
{
	buf_fmt(out, HEAD "\nat %lld\n", (long long)at_s);
}

/* Any text but the end of a line may be a subject. */
void hostaudit_log_fact(struct buf *out, const struct hostaudit_log_fact *f)
{
	buf_fmt(out, "%s %lld %lld ", f->fact, (long long)f->number, (long long)f->at_s);
	for (size_t i = 0; i < f->subject.len; i++)
		buf_add_char(out, f->subject.ptr[i] == '\n' ? ' ' : f->subject.ptr[i]);
	buf_add_char(out, '\n');
}

bool log_note_begin(struct str *text, int64_t *ret_at_s)
{
	struct str line;

	return str_next_line(text, &line) && str_is(line, HEAD) && str_next_line(text, &line) &&
		str_starts(line, "at ") && str_to_i64(str_from(line, 3), ret_at_s) &&
		*ret_at_s >= 0;
}

bool log_note_next(struct str *text, struct str *ret_fact, struct hostaudit_log_fact *ret)
{
	struct str rest = *text, line, number, at;
	struct hostaudit_log_fact f = { 0 };

	if (!str_next_line(&rest, &line) || !str_split(line, ' ', ret_fact, &line) ||
		!str_split(line, ' ', &number, &line) || !str_split(line, ' ', &at, &f.subject) ||
		!str_to_i64(number, &f.number) || !str_to_i64(at, &f.at_s) || ret_fact->len == 0)
		return false;
	*ret = f;
	*text = rest;
	return true;
}

static void row(struct fact_rows *rows, struct str fact, const struct hostaudit_log_fact *f,
	struct str file)
{
	fact_row(rows);
	fact_text(rows, FACT, fact);
	fact_text(rows, SUBJECT, f->subject);
	fact_int(rows, NUMBER, f->number);
	fact_int(rows, AT, f->at_s);
	fact_text(rows, FILE_PATH, file);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct khien_service s;
	const struct host_file *file;
	struct hostaudit_log_fact f = { .subject = STR("") };
	struct str path, text, fact;
	int left = FACTS_MAX;

	(void)e;
	khien_service(h, &s);
	if (!s.is_on)
		return 0;
	row(rows, STR("service"), &f, s.file);
	if (s.data.len == 0 || s.data.ptr[0] != '/')
		return 0;
	path = arena_fmt(
		host_arena(h), "%.*s/" HOSTAUDIT_NOTES "/%s", STR_FMT(s.data), HOSTAUDIT_LOG_NOTE);
	if (host_read(h, path.ptr, &file) != 0)
		return 0;
	text = file->bytes;
	if (!log_note_begin(&text, &f.at_s)) {
		host_gap(h, GAP_SYNTAX, path.ptr);
		return 0;
	}
	row(rows, STR("noted"), &f, path);
	while (left-- > 0 && log_note_next(&text, &fact, &f))
		row(rows, fact, &f, path);
	if (text.len)
		host_gap(h, GAP_SYNTAX, path.ptr);
	return 0;
}

const struct fact_table log_archive_table = {
	.name = "log_archive",
	.words = T("kho nhật ký của Khiên trên máy này (không có dòng: không có dịch vụ)"),
	.columns = columns,
	.fill = fill,
};
