/* integrity.c - what the last comparison of files with their baseline came to: the summary
 * that `khien integrity check` leaves (docs/formats/integrity.md). */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/tables.h"

#define SUMMARY "/var/lib/khien/integrity/summary"

enum { AT, BASELINE_AT, IS_FULL, NAMES, OPEN, ABSORBED, ACCEPTED, GAPS, FIRST, PATH };

static const struct fact_column columns[] = {
	[AT] = { "at_s", FACT_INT, T("lúc so sánh lần cuối") },
	[BASELINE_AT] = { "baseline_at_s", FACT_INT, T("lúc lập mốc") },
	[IS_FULL] = { "is_full", FACT_INT, T("có đọc lại nội dung mọi tệp") },
	[NAMES] = { "names", FACT_INT, T("số tên được so sánh") },
	[OPEN] = { "open", FACT_INT, T("số thay đổi chưa giải thích") },
	[ABSORBED] = { "absorbed", FACT_INT, T("số thay đổi do bản vá trong đợt bảo trì") },
	[ACCEPTED] = { "accepted", FACT_INT, T("số thay đổi đã được chấp nhận") },
	[GAPS] = { "gaps", FACT_INT, T("số chỗ không đọc được") },
	[FIRST] = { "first", FACT_TEXT, T("vài thay đổi chưa giải thích") },
	[PATH] = { "path", FACT_TEXT, T("tệp") },
	{ 0 },
};

static const struct {
	const char *word;
	int column;
} words[] = { { "at", AT }, { "baseline", BASELINE_AT }, { "full", IS_FULL }, { "names", NAMES },
	{ "open", OPEN }, { "absorbed", ABSORBED }, { "accepted", ACCEPTED }, { "gaps", GAPS } };

#define FIRST_MAX_BYTES 300

static void take_number(struct fact_rows *rows, struct str word, struct str value)
{
	int64_t number;

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(word, words[i].word) && str_to_i64(value, &number))
			fact_int(rows, words[i].column, number);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	const struct host_file *file;
	struct str rest, line, word, value, first = STR("");

	if (host_read(h, SUMMARY, &file) != 0)
		return 0;
	rest = file->bytes;
	if (!str_next_line(&rest, &line) || !str_is(line, "khien-integrity-summary 1")) {
		host_gap(h, GAP_SYNTAX, SUMMARY);
		return 0;
	}
	fact_row(rows);
	fact_cstr(rows, PATH, SUMMARY);
	while (str_next_line(&rest, &line)) {
		if (!str_split(line, '\t', &word, &value))
			continue;
		if (str_is(word, "change") && str_split(value, '\t', &word, &value) &&
			first.len + value.len < FIRST_MAX_BYTES)
			first = arena_fmt(host_arena(h), "%.*s%s%.*s (%.*s)", STR_FMT(first),
				first.len ? ", " : "", STR_FMT(value), STR_FMT(word));
		else
			take_number(rows, word, value);
	}
	fact_text(rows, FIRST, first);
	return 0;
}

const struct fact_table integrity_table = {
	.name = "integrity",
	.words = T("kết quả so sánh tệp với mốc gần nhất (một dòng, hoặc không có)"),
	.flags = FACT_ROOT,
	.columns = columns,
	.fill = fill,
};
