/* report.c - a case that anyone of the unit may begin, by saying what the flow asks. */
#include "core/flow/report.h"
#include "core/flow/flow_int.h"

static void refuse(struct flow_refusals *why, const struct flow_field *field, const char *fault,
	struct arena *a)
{
	if (why->count < FLOW_REFUSALS_MAX)
		why->at[why->count++] =
			(struct flow_refusal){ field->id, flow_fault_words(field, fault, a) };
}

int flow_report(const struct flow_by *by, const struct flow *f, const struct flow_subject *about,
	struct flow_refusals *ret_why, int64_t *ret_id, struct err *e)
{
	const struct flow_history said = { .values = (struct flow_value *)about->values,
		.value_count = about->value_count };

	ret_why->count = 0;
	for (size_t i = 0; i < f->first_ask_count; i++) {
		const struct flow_field *field = flow_field_of(f, f->first_asks[i]);
		struct str value = flow_value_of(&said, f->first_asks[i]);
		const char *fault =
			value.len == 0 ? flow_empty_fault(field) : flow_value_fault(field, value);
		int64_t at_s;

		if (!fault && field->type == FLOW_TIME && flow_moment(value, &at_s) &&
			at_s > by->now_s)
			fault = T("Lúc này chưa tới.");
		if (fault)
			refuse(ret_why, field, fault, by->a);
	}
	if (ret_why->count)
		return err_set(e, ERR_CONFLICT, "what was reported is not whole");
	return flow_start(by, f->id, about, ret_id, e);
}
