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
		[OUTCOME_UNKNOWN] = T("chưa xác định"),
		[OUTCOME_NA] = T("không áp dụng"),
	};

	return tr(report->lang, words[outcome]);
}

struct str report_reason(const struct report *report, const struct hostaudit_result *result,
	const struct evidence *row)
{
	return hostaudit_reason(
		row->reason, row->detail, result->check, report->lang, report->arena);
}

struct str report_found(const struct report *report, const struct hostaudit_result *result,
	const struct evidence *row)
{
	return hostaudit_found(result->check, row->found, report->lang, report->arena);
}

static struct hostaudit_about about(const struct report *report, enum lang lang)
{
	return (struct hostaudit_about){ .packs = report->packs,
		.level = report->level,
		.on = date_at(report->at_s),
		.family = report->host.family,
		.lang = lang };
}

struct str report_wanted(const struct report *report, const struct hostaudit_result *result)
{
	struct hostaudit_about here = about(report, report->lang);

	return hostaudit_wanted(result->check, &here, report->arena);
}

struct str report_cure(const struct report *report, const struct hostaudit_result *result,
	const struct evidence *row, enum lang lang)
{
	struct hostaudit_about here = about(report, lang);

	return hostaudit_cure(result->check, row, &here, report->arena);
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
