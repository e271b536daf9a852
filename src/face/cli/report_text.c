#include "face/cli/report.h"

/* What asks for action comes first. */
static const enum outcome order[] = { OUTCOME_FAIL, OUTCOME_UNKNOWN, OUTCOME_PASS, OUTCOME_NA };
static const char *const signs[] = {
	[OUTCOME_PASS] = "✓", [OUTCOME_FAIL] = "✗", [OUTCOME_UNKNOWN] = "?", [OUTCOME_NA] = "–"
};

#define SUBJECTS_SHOWN 8

static void field(const struct report *r, struct buf *out, const char *label, struct str value)
{
	struct str line;
	bool is_first = true;

	if (value.len == 0)
		return;
	buf_fmt(out, "      %s: ", tr(r->lang, label));
	while (str_next_line(&value, &line)) {
		buf_fmt(out, "%s%.*s\n", is_first ? "" : "        ", STR_FMT(line));
		is_first = false;
	}
}

static struct str place(const struct report *r, const struct evidence *row)
{
	if (row->line > 0)
		return arena_fmt(r->arena, "%.*s:%lld", STR_FMT(row->file), (long long)row->line);
	return str_starts(row->file, "#") ? STR("") : row->file;
}

static void write_row(const struct report *r, const struct hostaudit_result *result,
	const struct evidence *row, struct buf *out)
{
	if (row->subject.len > 0)
		buf_fmt(out, "    %s %.*s\n", signs[row->outcome],
			STR_FMT(hostaudit_subject(row->subject, r->lang, r->arena)));
	field(r, out, T("Lý do"), report_reason(r, result, row));
	field(r, out, T("Tìm thấy"), report_found(r, result, row));
	field(r, out, T("Ở"), place(r, row));
	field(r, out, T("Ghi đè"), row->lost);
}

/* A check that asks for action: every subject that is not right, then the cure. */
static void write_trouble(const struct report *r, const struct hostaudit_result *result,
	struct buf *out)
{
	size_t shown = 0;
	size_t hidden = 0;

	for (size_t i = 0; i < result->row_count; i++) {
		if (result->rows[i].outcome != result->outcome)
			continue;
		if (shown++ < SUBJECTS_SHOWN)
			write_row(r, result, &result->rows[i], out);
		else
			hidden++;
	}
	if (hidden > 0)
		buf_fmt(out, tr(r->lang, T("    … và %zu đối tượng nữa\n")), hidden);
	field(r, out, T("Yêu cầu"), report_wanted(r, result));
	field(r, out, T("Căn cứ"), report_obligations(r, result));
	field(r, out, T("Cách khắc phục"),
		report_cure(r, result, report_worst(result), r->lang));
	buf_add_char(out, '\n');
}

static void write_result(const struct report *r, const struct hostaudit_result *result,
	struct buf *out)
{
	buf_fmt(out, "  %s %-20.*s %.*s\n", signs[result->outcome], STR_FMT(result->check->id),
		STR_FMT(words_in(result->check->title, r->lang)));
	if (result->outcome == OUTCOME_FAIL || result->outcome == OUTCOME_UNKNOWN)
		write_trouble(r, result, out);
}

void report_text(const struct report *r, struct buf *out)
{
	char when[CLOCK_TEXT_MAX];

	buf_fmt(out, tr(r->lang, T("Kiểm tra máy %.*s (%.*s), %s\n")), STR_FMT(r->host.name),
		STR_FMT(r->host.os), clock_people(r->at_s, when));
	if (!r->host.is_root)
		buf_fmt(out, "%s\n", tr(r->lang, T("Chạy không có quyền root: những gì không đọc "
						    "được đều ghi là chưa xác định.")));
	for (size_t i = 0; i < COUNT(order); i++) {
		if (r->of_outcome[order[i]] == 0)
			continue;
		buf_fmt(out, "\n%s: %zu\n", report_outcome(r, order[i]), r->of_outcome[order[i]]);
		for (size_t n = 0; n < r->count; n++)
			if (r->results[n].outcome == order[i])
				write_result(r, &r->results[n], out);
	}
}
