#include "face/cli/report.h"

const struct evidence *report_worst(const struct hostaudit_result *result)
{
	for (size_t i = 0; i < result->row_count; i++)
		if (result->rows[i].outcome == result->outcome)
			return &result->rows[i];
	return &result->rows[0];
}

const char *report_outcome(const struct report *report, enum outcome outcome)
{
	static const char *const words[] = {
		[OUTCOME_PASS] = T("đạt"),
		[OUTCOME_FAIL] = T("không đạt"),
		[OUTCOME_UNKNOWN] = T("chưa rõ"),
		[OUTCOME_NA] = T("không áp dụng"),
	};

	return tr(report->lang, words[outcome]);
}

struct str report_reason(const struct report *report, const struct hostaudit_result *result,
	const struct evidence *row)
{
	return hostaudit_reason(row->reason, row->detail, result->check, report->lang,
		report->arena);
}

struct str report_found(const struct report *report, const struct hostaudit_result *result,
	const struct evidence *row)
{
	return hostaudit_found(result->check, row->found, report->lang, report->arena);
}

struct str report_wanted(const struct report *report, const struct hostaudit_result *result)
{
	return hostaudit_wanted(result->check, report->packs, report->level,
		date_at(report->at_s), report->lang, report->arena);
}

struct str report_cure(const struct report *report, const struct hostaudit_result *result,
	const struct evidence *row, enum lang lang)
{
	return hostaudit_cure(result->check, row, report->host.family, report->packs,
		report->level, date_at(report->at_s), lang, report->arena);
}

struct str report_obligations(const struct report *report, const struct hostaudit_result *result)
{
	struct date on = date_at(report->at_s);
	struct str text = STR("");

	for (size_t i = 0; i < result->check->answer_count; i++) {
		const struct obligation *o = result->check->answers[i];

		if (pack_in_force(o->pack, on))
			text = arena_fmt(report->arena, "%.*s%s%.*s/%.*s", STR_FMT(text),
				text.len ? ", " : "", STR_FMT(o->pack->id), STR_FMT(o->id));
	}
	return text;
}
