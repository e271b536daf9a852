/* except.c - a move that grants a dated exception: its fields, as core/evidence keeps it. */
#include "core/flow/flow_int.h"

const struct obligation *flow_excepted(
	const struct flow_by *by, const struct flow *f, struct str id)
{
	if (str_has(id, '/'))
		return pack_obligation(by->packs, id);
	return pack_obligation(by->packs,
		arena_fmt(by->a, "%.*s/%.*s", STR_FMT(f->pack->id), STR_FMT(str_trim(id))));
}

int flow_except(const struct flow_by *by, const struct flow *f, const struct flow_move *move,
	const struct flow_case *c, const struct flow_history *h, struct err *e)
{
	const struct obligation *o =
		flow_excepted(by, f, flow_value_of(h, move->except_obligation));
	struct exception x = { .unit_id = c->unit_id,
		.reason = flow_value_of(h, move->except_reason),
		.measure = flow_value_of(h, move->except_measure),
		.approver = by->user ? by->user->name : STR_NONE,
		.made_by = flow_login(by),
		.made_at_s = by->now_s };

	if (!o || !flow_moment(flow_value_of(h, move->except_from), &x.from_s) ||
		!flow_moment(flow_value_of(h, move->except_until), &x.until_s))
		return err_set(e, ERR_INPUT, "the exception names no obligation or no days");
	if (!x.approver.ptr || !x.approver.len)
		x.approver = x.made_by;
	x.obligation = arena_fmt(by->a, "%.*s/%.*s", STR_FMT(o->pack->id), STR_FMT(o->id));
	x.until_s += CLOCK_DAY_S; /* to the end of its last day */
	return exception_add(by->store, &x, e);
}
