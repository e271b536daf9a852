/* clock.c - terms of hours, days and working days (Article 148 of the Civil Code: the day on which
 * a term begins does not count, it ends with its last day, or with the next working day). */
#include "core/flow/flow_int.h"
#include "core/flow/term.h"

#include "core/pack/calendar.h"

static struct date next(struct date d)
{
	return date_of_days(date_to_days(d) + 1);
}

static int64_t end_s(struct date d)
{
	return date_start_s(next(d)) - 1;
}

int64_t flow_due_s(int64_t from_s, enum flow_measure measure, int64_t count,
	flow_is_work_day *is_work, const void *context)
{
	struct date day = date_at(from_s);

	if (measure == FLOW_HOURS)
		return from_s + count * 3600;
	if (count == 0)
		return end_s(day);
	if (measure == FLOW_DAYS)
		day = date_of_days(date_to_days(day) + count);
	for (int64_t i = 0; measure == FLOW_WORK_DAYS && i < count; i++) {
		do
			day = next(day);
		while (!is_work(context, day));
	}
	while (!is_work(context, day))
		day = next(day);
	return end_s(day);
}

bool flow_moment(struct str value, int64_t *ret_s)
{
	struct date day;
	struct str clock = STR(""), hour, minute;
	int64_t h = 0, m = 0;

	if (!date_parse(str_until(value, 10), &day))
		return false;
	if (value.len > 10) {
		clock = str_from(value, 11);
		if (value.ptr[10] != 'T' || clock.len != 5 ||
			!str_split(clock, ':', &hour, &minute) || hour.len != 2 ||
			!str_to_i64(hour, &h) || !str_to_i64(minute, &m) || h < 0 || h > 23 ||
			m < 0 || m > 59)
			return false;
	}
	*ret_s = date_start_s(day) + h * 3600 + m * 60;
	return true;
}

static bool is_work(const void *context, struct date day)
{
	return pack_is_work_day(context, day);
}

/* In what CLOCK counts, and how much. */
static enum flow_measure measure_of(
	const struct flow_by *by, const struct flow_clock *clock, int64_t at_s, int64_t *ret_count)
{
	struct param_ruling ruling;

	*ret_count = clock->count;
	if (!clock->param.ptr)
		return clock->measure;
	ruling = pack_param(by->packs, clock->param, 0, date_at(at_s), by->a);
	*ret_count = ruling.winner ? ruling.winner->number : 0;
	return ruling.winner && str_is(ruling.winner->param->unit, "h") ? FLOW_HOURS : FLOW_DAYS;
}

int64_t flow_clock_s(const struct flow_by *by, const struct flow *f, const struct flow_clock *clock,
	const struct flow_history *h)
{
	enum flow_measure measure;
	int64_t count, from_s = by->now_s;

	if (!clock->is_set)
		return 0;
	if (clock->from.ptr && !flow_moment(flow_value_of(h, clock->from), &from_s))
		return 0;
	measure = measure_of(by, clock, by->now_s, &count);
	return flow_due_s(from_s, measure, count, is_work, by->packs);
}

struct flow_term flow_state_term(const struct flow *f, const struct flow_case *c)
{
	const struct flow_move *m = flow_move_of(f, c->last_move);

	return (struct flow_term){ m ? &m->clock : &f->clock, c->state_at_s, c->due_at_s };
}

bool flow_term_is_unsure(const struct flow_by *by, const struct flow_term *term,
	const struct flow_history *h, struct date *ret)
{
	const struct flow_clock *clock = term->clock;
	int64_t count, from_s = term->from_s;
	struct date first, due = date_at(term->due_at_s);
	enum flow_measure measure;

	if (!clock || !clock->is_set || !term->due_at_s)
		return false;
	measure = measure_of(by, clock, from_s, &count);
	if (measure == FLOW_HOURS)
		return false;
	if (clock->from.ptr && (!h || !flow_moment(flow_value_of(h, clock->from), &from_s)))
		first = due;
	else
		first = date_add_days(date_at(from_s), measure == FLOW_DAYS ? count : 1);
	return pack_has_unsure_day(by->packs, first, due, ret);
}
