/* outcome.c - verdicts and outcomes: a colour, a shape and a word. */
#include "face/web/web_int.h"

const char *const verdict_shapes[VERDICT_COUNT] = {
	[VERDICT_NOT_MET] = "✕",
	[VERDICT_OVERDUE] = "!",
	[VERDICT_NO_EVIDENCE] = "?",
	[VERDICT_EXCEPTED] = "◐",
	[VERDICT_MET] = "●",
	[VERDICT_NA] = "–",
};

void html_chip(struct view *v, const char *class_name, const char *shape, const char *words)
{
	html(v->w, "<span class=\"chip %s\"><span aria-hidden=\"true\">%s</span> %s</span>",
		class_name, shape, words);
}

void html_verdict(struct view *v, enum verdict verdict)
{
	html_chip(v, verdict_name(verdict), verdict_shapes[verdict],
		tr(v->lang, verdict_words(verdict)));
}

static const struct {
	const char *words, *shape, *class_name;
} outcomes[] = {
	[OUTCOME_PASS] = { T("đạt"), "●", "met" },
	[OUTCOME_FAIL] = { T("không đạt"), "✕", "not-met" },
	[OUTCOME_UNKNOWN] = { T("chưa xác định"), "?", "no-evidence" },
	[OUTCOME_NA] = { T("không áp dụng"), "–", "not-applicable" },
};

const char *outcome_words(enum outcome o)
{
	return outcomes[o].words;
}

void html_outcome(struct view *v, enum outcome o)
{
	html_chip(v, outcomes[o].class_name, outcomes[o].shape, tr(v->lang, outcomes[o].words));
}

const char *proof_words(enum proof_state s)
{
	static const char *const words[] = {
		[PROOF_PASS] = T("đạt"),
		[PROOF_FAIL] = T("không đạt"),
		[PROOF_UNKNOWN] = T("chưa xác định"),
		[PROOF_NA] = T("không áp dụng"),
		[PROOF_OLD] = T("đã cũ"),
		[PROOF_MISSING] = T("chưa có"),
		[PROOF_PLANNED] = T("phiên bản sau"),
	};

	return words[s];
}
