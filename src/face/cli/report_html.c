#include "face/cli/report.h"
#include "kit/http/http.h"

static const enum outcome order[] = { OUTCOME_FAIL, OUTCOME_UNKNOWN, OUTCOME_PASS, OUTCOME_NA };
static const char *const signs[] = {
	[OUTCOME_PASS] = "✓", [OUTCOME_FAIL] = "✗", [OUTCOME_UNKNOWN] = "?", [OUTCOME_NA] = "–"
};

/* The page stands alone, so its few rules come with it; no value is ever written in here. */
static const struct str style = STR(
	"<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem;"
	"color:#1a1a1a}h1{font-size:1.4rem}h2{font-size:1.15rem;border-bottom:2px solid #444}"
	"section{margin:0 0 1rem}h3{font-size:1rem;margin:.5rem 0}dl{margin:0 0 0 1.5rem}"
	"dt{font-weight:600}dd{margin:0 0 .4rem 1rem;overflow-wrap:anywhere;white-space:pre-wrap}"
	"code{font-family:ui-monospace,monospace}</style>");

static void field(const struct report *r, struct buf *out, const char *label, struct str value)
{
	if (value.len > 0)
		html(out, "<dt>%s</dt><dd>%.*s</dd>\n", tr(r->lang, label), STR_FMT(value));
}

static struct str place(const struct report *r, const struct evidence *row)
{
	if (row->line > 0)
		return arena_fmt(r->arena, "%.*s:%lld", STR_FMT(row->file), (long long)row->line);
	return row->file;
}

static void write_row(const struct report *r, const struct hostaudit_result *result,
	const struct evidence *row, struct buf *out)
{
	field(r, out, T("Đối tượng"), hostaudit_subject(row->subject, r->lang, r->arena));
	field(r, out, T("Lý do"), report_reason(r, result, row));
	field(r, out, T("Tìm thấy"), report_found(r, result, row));
	field(r, out, T("Ở"), place(r, row));
	field(r, out, T("Ghi đè"), row->lost);
	field(r, out, "SHA-256", row->extract_sha256);
}

static void write_result(const struct report *r, const struct hostaudit_result *result,
	struct buf *out)
{
	html(out, "<section><h3>%s <code>%.*s</code> %.*s</h3>\n<dl>", signs[result->outcome],
		STR_FMT(result->check->id),
		STR_FMT(words_in(result->check->title, r->lang)));
	for (size_t i = 0; i < result->row_count; i++)
		if (result->rows[i].outcome == result->outcome)
			write_row(r, result, &result->rows[i], out);
	field(r, out, T("Yêu cầu"), report_wanted(r, result));
	field(r, out, T("Căn cứ"), report_obligations(r, result));
	if (result->outcome == OUTCOME_FAIL || result->outcome == OUTCOME_UNKNOWN)
		field(r, out, T("Cách khắc phục"),
			report_cure(r, result, report_worst(result), r->lang));
	html(out, "</dl></section>\n");
}

void report_html(const struct report *r, struct buf *out)
{
	char when[CLOCK_TEXT_MAX];

	html(out, "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
		  "<meta name=\"viewport\" content=\"width=device-width\"><title>%s %.*s</title>\n",
		lang_code(r->lang), tr(r->lang, T("Kết quả kiểm tra máy")), STR_FMT(r->host.name));
	buf_add(out, style);
	html(out, "</head><body><h1>%s %.*s</h1>\n<p>%.*s, %s</p>\n",
		tr(r->lang, T("Kết quả kiểm tra máy")), STR_FMT(r->host.name), STR_FMT(r->host.os),
		clock_people(r->at_s, when));
	for (size_t i = 0; i < COUNT(order); i++) {
		if (r->of_outcome[order[i]] == 0)
			continue;
		html(out, "<h2>%s: %zu</h2>\n", report_outcome(r, order[i]),
			r->of_outcome[order[i]]);
		for (size_t n = 0; n < r->count; n++)
			if (r->results[n].outcome == order[i])
				write_result(r, &r->results[n], out);
	}
	html(out, "</body></html>\n");
}
