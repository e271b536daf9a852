/* clock.c - terms of hours, days and working days (Article 148 of the Civil Code: the day on which
 * a term begins does not count, it ends with its last day, or with the next working day). */
#include "core/flow/flow_int.h"

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

int64_t flow_clock_s(const struct flow_by *by, const struct flow *f, const struct flow_clock *clock,
	const struct flow_history *h)
{
	enum flow_measure measure = clock->measure;
	int64_t count = clock->count, from_s = by->now_s;

	if (!clock->is_set)
		return 0;
	if (clock->from.ptr && !flow_moment(flow_value_of(h, clock->from), &from_s))
		return 0;
	if (clock->param.ptr) {
		struct param_ruling ruling =
			pack_param(by->packs, clock->param, 0, date_at(by->now_s), by->a);
		bool is_hours = ruling.winner && str_is(ruling.winner->param->unit, "h");

		count = ruling.winner ? ruling.winner->number : 0;
		measure = is_hours ? FLOW_HOURS : FLOW_DAYS;
	}
	return flow_due_s(from_s, measure, count, is_work, by->packs);
}
