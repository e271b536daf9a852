/* review_service: does Khiên itself look at the processes here, every so often (khien serve)? It
 * leaves a note of each time in its data folder. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/khien_service.h"
#include "work/hostaudit/review_note.h"
#include "work/hostaudit/tables.h"

enum column { IS_ON, PERIOD_DAYS, REVIEWED_AT, RESULT, FILE_PATH };

static const struct fact_column columns[] = {
	[IS_ON] = { "is_on", FACT_INT, T("1: dịch vụ được bật hoặc đang chạy") },
	[PERIOD_DAYS] = { "period_days", FACT_INT, T("rà soát bao nhiêu ngày một lần") },
	[REVIEWED_AT] = { "reviewed_at_s", FACT_INT, T("lần rà soát gần nhất, giây UTC") },
	[RESULT] = { "result", FACT_TEXT, T("tệp ghi lại lần đó") },
	[FILE_PATH] = { "file", FACT_TEXT, T("nơi bật dịch vụ") },
	{ 0 },
};

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct khien_service s;
	const struct host_file *file;
	struct review_note note;
	struct str path;

	(void)e;
	khien_service(h, &s);
	if (!s.is_on)
		return 0;
	fact_row(rows);
	fact_int(rows, IS_ON, 1);
	fact_text(rows, FILE_PATH, s.file);
	if (s.data.len == 0 || s.data.ptr[0] != '/')
		return 0;
	path = arena_fmt(host_arena(h), "%.*s/%s", STR_FMT(s.data), REVIEW_NOTE_NAME);
	fact_text(rows, RESULT, path);
	if (host_read(h, path.ptr, &file) != 0 || !review_note_parse(file->bytes, &note))
		return 0;
	fact_int(rows, PERIOD_DAYS, note.period_days);
	fact_int(rows, REVIEWED_AT, note.at_s);
	return 0;
}

const struct fact_table review_service_table = {
	.name = "review_service",
	.words = T("Khiên tự rà soát tiến trình trên máy này (không có dòng: không)"),
	.columns = columns,
	.fill = fill,
};
