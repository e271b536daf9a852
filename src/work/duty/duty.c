/* duty.c - the reckoning of duties: pure functions of dates. */
#include "work/duty/duty_int.h"

#include "core/pack/calendar.h"

#define OCCURRENCES_MAX 4000 /* of one duty: ten years of days */

static const struct {
	const char *name, *words;
} states[DUTY_STATE_COUNT] = {
	[DUTY_OVERDUE] = { "overdue", T("quá hạn") },
	[DUTY_TODAY] = { "due-today", T("đến hạn hôm nay") },
	[DUTY_SOON] = { "due-soon", T("sắp đến hạn") },
	[DUTY_AHEAD] = { "ahead", T("chưa đến hạn") },
	[DUTY_DONE] = { "done", T("đã làm đúng hạn") },
	[DUTY_DONE_LATE] = { "done-late", T("đã làm, trễ hạn") },
	[DUTY_SKIPPED] = { "skipped", T("được bỏ qua") },
};

const char *duty_state_name(enum duty_state s)
{
	return states[s].name;
}

const char *duty_state_words(enum duty_state s)
{
	return states[s].words;
}

struct duty_period duty_period_of(
	const struct pack_set *packs, const struct obligation *o, struct date on)
{
	struct duty_period p = { .is_months = o->period == PERIOD_MONTHS };
	struct param_ruling ruling;
	struct arena a;

	if (o->period == PERIOD_DAYS || o->period == PERIOD_MONTHS)
		p.count = o->period_count;
	if (o->period != PERIOD_PARAM)
		return p;
	arena_init(&a, MIB);
	ruling = pack_param(packs, o->period_param, 0, on, &a);
	if (ruling.winner && ruling.winner->is_number && ruling.winner->number > 0) {
		p.is_months = str_is(ruling.winner->param->unit, "month");
		p.count = (int)ruling.winner->number;
	}
	arena_done(&a);
	return p;
}

struct date duty_period_after(struct duty_period p, struct date day)
{
	return p.is_months ? date_add_months(day, p.count) : date_add_days(day, p.count);
}

static int number(const struct pack_set *packs, const char *id, struct date on)
{
	return (int)pack_param_number(packs, str_of(id), 0, on, 0);
}

struct duty_rules duty_rules(const struct pack_set *packs, struct date on, struct arena *a)
{
	struct duty_rules r = { .packs = packs,
		.move = DUTY_MOVE_KEEP,
		.grace_days = number(packs, "duty_grace_days", on),
		.soon_days = number(packs, "duty_soon_days", on),
		.soon_percent = (int)pack_param_number(packs, STR("duty_soon_percent"), 0, on, 100),
		.head_days = number(packs, "duty_head_days", on),
		.authority_days = number(packs, "duty_authority_days", on) };
	const struct param_value *move = pack_param(packs, STR("duty_day_off"), 0, on, a).winner;
	const struct param_value *remind =
		pack_param(packs, STR("duty_remind_days"), 0, on, a).winner;
	int64_t days;

	if (move && move->item_count == 1 && str_is(move->items[0], "next"))
		r.move = DUTY_MOVE_NEXT;
	if (move && move->item_count == 1 && str_is(move->items[0], "previous"))
		r.move = DUTY_MOVE_PREVIOUS;
	r.remind_days = arena_array(a, int, remind ? remind->item_count : 0);
	for (size_t i = 0; remind && i < remind->item_count; i++)
		if (str_to_i64(remind->items[i], &days))
			r.remind_days[r.remind_count++] = (int)days;
	return r;
}

static struct date moved(const struct duty_rules *r, struct date day)
{
	switch (r->move) {
	case DUTY_MOVE_NEXT:
		return pack_work_day_from(r->packs, day);
	case DUTY_MOVE_PREVIOUS:
		return pack_work_day_until(r->packs, day);
	case DUTY_MOVE_KEEP:
		break;
	}
	return day;
}

static int64_t number_of(struct date d)
{
	return date_to_days(d);
}

/* A day off would make a duty every day of the week due on Monday seven times: days are moved only
 * when the period is longer than a day. */
static struct date due_of(
	const struct duty_schedule *s, const struct duty_rules *r, struct date by_law)
{
	return !s->period.is_months && s->period.count == 1 ? by_law : moved(r, by_law);
}

bool duty_is_unsure(const struct duty *d, const struct duty_occurrence *o,
	const struct duty_rules *rules, struct date *ret)
{
	bool is_back = number_of(o->due) < number_of(o->due_by_law);

	/* what is never moved rests on no day off */
	if (rules->move == DUTY_MOVE_KEEP ||
		(!d->schedule.period.is_months && d->schedule.period.count == 1))
		return false;
	return pack_has_unsure_day(rules->packs, is_back ? o->due : o->due_by_law,
		is_back ? o->due_by_law : o->due, ret);
}

/* The "soon" of a period of a week begins in that week, not on the day it was done. */
bool duty_is_in_last_part(
	const struct duty_rules *r, struct duty_period p, struct date due, int64_t left)
{
	int64_t period;

	p.count = -p.count;
	period = number_of(due) - number_of(duty_period_after(p, due));
	return left * 100 <= period * r->soon_percent;
}

/* IS_AGAIN: it was done before, so its period goes from one time to the next. */
static enum duty_state open_state(
	const struct duty_schedule *s, const struct duty_rules *r, struct date due, bool is_again)
{
	int64_t left = number_of(due) - number_of(s->today);

	if (left < -r->grace_days)
		return DUTY_OVERDUE;
	if (left <= 0)
		return DUTY_TODAY;
	if (left > r->soon_days || (is_again && !duty_is_in_last_part(r, s->period, due, left)))
		return DUTY_AHEAD;
	return DUTY_SOON;
}

/* The mark that closes the occurrence that follows BASE and is due on DUE: the last one done in
 * time, else the first one later, else the skip of this very occurrence. NULL: it is open. */
static const struct duty_mark *closing(
	const struct duty_schedule *s, struct date base, struct date by_law, struct date due)
{
	const struct duty_mark *found = NULL;

	for (size_t i = 0; i < s->mark_count; i++) {
		const struct duty_mark *m = &s->marks[i];
		int64_t day = number_of(m->day);

		if (m->is_skip) {
			if (day == number_of(by_law) && !found)
				found = m;
			continue;
		}
		if (day <= number_of(base) || day > number_of(s->today))
			continue;
		if (day <= number_of(due))
			found = m;
		else if (!found)
			return m;
		else
			break;
	}
	return found;
}

const struct duty_mark *duty_first_base(const struct duty_schedule *s)
{
	const struct duty_mark *base = NULL;

	for (size_t i = 0; i < s->mark_count; i++)
		if (!s->marks[i].is_skip && number_of(s->marks[i].day) <= number_of(s->start))
			base = &s->marks[i];
	return base;
}

void duty_occurrences(const struct duty_schedule *s, const struct duty_rules *rules,
	struct date until, struct arena *a, struct duty_occurrence **ret, size_t *ret_count)
{
	VEC(struct duty_occurrence) list = { 0 };
	const struct duty_mark *before = duty_first_base(s);
	struct date base = before ? before->day : s->start;
	bool is_open = false; /* the one to do has been met: the rest is outlook */

	while (s->period.count > 0 && list.len < OCCURRENCES_MAX) {
		struct duty_occurrence o = { .due_by_law = duty_period_after(s->period, base) };
		const struct duty_mark *m;

		o.due = due_of(s, rules, o.due_by_law);
		if (is_open && number_of(o.due) >= number_of(until))
			break;
		m = is_open ? NULL : closing(s, base, o.due_by_law, o.due);
		if (m) {
			o.closed = m->day;
			o.mark_id = m->id;
			o.state = m->is_skip ? DUTY_SKIPPED :
				number_of(m->day) > number_of(o.due) + rules->grace_days ?
					       DUTY_DONE_LATE :
					       DUTY_DONE;
			base = m->day;
		} else {
			o.state = is_open ? DUTY_AHEAD :
					    open_state(s, rules, o.due, before || list.len > 0);
			is_open = true;
			/* of an overdue one the next falls a period after it could be done */
			base = number_of(o.due) < number_of(s->today) ? s->today : o.due_by_law;
		}
		vec_push(a, &list, o);
	}
	*ret = list.at;
	*ret_count = list.len;
}

/* --- of records ------------------------------------------------------------------------------- */

static struct date due_from(const struct duty *d, struct date day)
{
	struct duty_period p = d->schedule.period;

	if (d->record.duty->is_before)
		p.count = -p.count;
	return duty_period_after(p, day);
}

/* When the work that was due from a day was done: a day that is written down afterwards counts from
 * itself, a new end from when it was written. */
static struct date done_on(const struct duty *d, const struct record_turn *next)
{
	struct date written = date_at(next->at_s);

	return d->record.duty->is_before || number_of(next->day) > number_of(written) ? written :
											next->day;
}

static bool is_skipped(const struct duty_schedule *s, struct date by_law, int64_t *ret_id)
{
	for (size_t i = 0; i < s->mark_count; i++)
		if (s->marks[i].is_skip && number_of(s->marks[i].day) == number_of(by_law)) {
			*ret_id = s->marks[i].id;
			return true;
		}
	return false;
}

/* The day from which it is reckoned now, after those that stood there before and were closed. */
static struct date closed_turns(const struct duty *d, const struct duty_rules *rules,
	struct arena *a, struct duty_occurrence **list, size_t *count)
{
	const struct duty_record *r = &d->record;
	size_t *kept = arena_array(a, size_t, r->turn_count + 1), len = 0;

	*list = arena_array(a, struct duty_occurrence, r->turn_count + 1);
	*count = 0;
	for (size_t i = 0; i < r->turn_count; i++) {
		while (len && number_of(r->turns[kept[len - 1]].day) > number_of(r->turns[i].day))
			len--; /* it was a mistake */
		kept[len++] = i;
	}
	for (size_t i = 0; i + 1 < len; i++) {
		const struct record_turn *next = &r->turns[kept[i + 1]];
		struct duty_occurrence o = { .due_by_law = due_from(d, r->turns[kept[i]].day),
			.closed = done_on(d, next),
			.mark_id = next->version };

		o.due = due_of(&d->schedule, rules, o.due_by_law);
		o.state = number_of(o.closed) > number_of(o.due) + rules->grace_days ?
			DUTY_DONE_LATE :
			DUTY_DONE;
		(*list)[(*count)++] = o;
	}
	return r->day;
}

static void record_occurrences(const struct duty *d, const struct duty_rules *rules,
	struct date until, struct arena *a, struct duty_occurrence **ret, size_t *ret_count)
{
	const struct duty_schedule *s = &d->schedule;
	VEC(struct duty_occurrence) list = { 0 };
	struct duty_occurrence *closed;
	size_t closed_count;
	struct date base = closed_turns(d, rules, a, &closed, &closed_count);
	bool is_open = false;

	for (size_t i = 0; i < closed_count; i++)
		vec_push(a, &list, closed[i]);
	while (s->period.count > 0 && list.len < OCCURRENCES_MAX) {
		struct duty_occurrence o = { .due_by_law = due_from(d, base) };

		o.due = due_of(s, rules, o.due_by_law);
		if (is_open && number_of(o.due) >= number_of(until))
			break;
		if (!is_open && is_skipped(s, o.due_by_law, &o.mark_id)) {
			o.state = DUTY_SKIPPED;
			o.closed = o.due;
		} else {
			o.state = is_open ? DUTY_AHEAD :
					    open_state(s, rules, o.due, !d->record.duty->is_before);
			is_open = true;
		}
		vec_push(a, &list, o);
		if (d->record.duty->is_before)
			break; /* the day it ends next is not known */
		base = is_open && number_of(o.due) < number_of(s->today) ? s->today : o.due_by_law;
	}
	*ret = list.at;
	*ret_count = list.len;
}

void duty_all(const struct duty *d, const struct duty_rules *rules, struct date until,
	struct arena *a, struct duty_occurrence **ret, size_t *ret_count)
{
	if (d->record.id)
		record_occurrences(d, rules, until, a, ret, ret_count);
	else
		duty_occurrences(&d->schedule, rules, until, a, ret, ret_count);
}
