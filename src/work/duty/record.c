/* record.c - the duties that records of registers bring. */
#include <stdio.h>

#include "work/duty/duty_int.h"

#define SLACK_DAYS 15 /* that a date may move off days off, and months differ */
#define TURNS_MAX 50000

static struct duty_period period_of(
	const struct pack_set *packs, const struct register_span *span, struct date on)
{
	struct duty_period p = { span->months > 0, span->months > 0 ? span->months : span->days };
	struct param_ruling ruling;
	struct arena a;

	if (!span->param.ptr)
		return p;
	arena_init(&a, MIB);
	ruling = pack_param(packs, span->param, 0, on, &a);
	if (ruling.winner && ruling.winner->is_number) {
		bool is_years = str_is(ruling.winner->param->unit, "year");

		p.is_months = is_years || str_is(ruling.winner->param->unit, "month");
		p.count = (int)ruling.winner->number * (is_years ? 12 : 1);
	}
	arena_done(&a);
	return p;
}

/* The last day in the field from which something falls due until UNTIL. */
static struct date last_day(const struct register_duty *d, struct duty_period p, struct date until)
{
	if (!d->is_before)
		p.count = -p.count;
	return date_add_days(duty_period_after(p, until), SLACK_DAYS);
}

static const struct obligation *answered(
	const struct pack_register *r, const struct register_duty *d)
{
	if (d->answer_count)
		return d->answers_are[0];
	return r->answer_count ? r->answers_are[0] : NULL;
}

static struct date until_of(const struct listing *l)
{
	return l->q->until.year ? l->q->until : date_add_days(l->today, l->rules.soon_days);
}

struct asking {
	VEC(struct record_due_ask) asked;
	VEC(struct duty_period) periods; /* beside them */
};

static struct asking asking_of(const struct listing *l)
{
	struct asking x = { 0 };
	struct date until = until_of(l);

	for (size_t i = 0; i < pack_register_count(l->q->packs); i++) {
		const struct pack_register *r = pack_register_at(l->q->packs, i);

		if (!pack_in_force(r->pack, l->today))
			continue;
		for (size_t n = 0; n < r->duty_count; n++) {
			const struct register_duty *d = &r->duties[n];
			struct duty_period p = period_of(l->q->packs, &d->span, l->today);

			if (p.count == 0 || !answered(r, d))
				continue;
			vec_push(l->a, &x.asked,
				((struct record_due_ask){
					.reg = r, .duty = d, .until = last_day(d, p, until) }));
			vec_push(l->a, &x.periods, p);
		}
	}
	return x;
}

/* The turns of this record, which stand together. */
static void find_turns(
	const struct record_turns *all, const struct record_due *due, struct duty_record *r)
{
	size_t low = 0, high = all->count, end;
	const struct record_turn *t;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		t = &all->at[middle];
		if (t->asked < due->asked ||
			(t->asked == due->asked && t->record_id < due->record_id))
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < all->count && all->at[end].asked == due->asked &&
		all->at[end].record_id == due->record_id;)
		end++;
	r->turns = all->count ? all->at + low : NULL;
	r->turn_count = end - low;
}

static void add_record(struct listing *l, const struct record_due *due, struct duty_period period,
	const struct record_turns *turns)
{
	struct unit_part *part = part_of(l, due->unit_id);
	const struct register_duty *of = due->asked->duty;
	struct duty *d;

	if (!part)
		return;
	d = vec_add(l->a, &part->duties);
	d->obligation = answered(due->asked->reg, of);
	d->title = of->title;
	d->unit_id = due->unit_id;
	d->host_name = STR("");
	d->record = (struct duty_record){ .reg = due->asked->reg,
		.duty = of,
		.id = due->record_id,
		.version = due->version,
		.title = due->title,
		.day = due->day };
	d->schedule =
		(struct duty_schedule){ .period = period, .start = due->day, .today = l->today };
	find_turns(turns, due, &d->record);
	finish_duty(l, part, d);
	/* a skip, or a day off, may have moved it out of what was asked for */
	if (!l->q->has_turns && date_to_days(d->open.due) > date_to_days(until_of(l)))
		part->duties.len--;
}

/* The next records of one work, for an export; and where it goes on. */
static int next_dues(struct listing *l, struct asking *x, struct record_due_query *q,
	struct record_dues *ret, struct err *e)
{
	const struct duty_part *was = &l->q->part;
	struct record_due_ask *asked = x->asked.at + was->work;
	char day[CLOCK_TEXT_MAX];
	int rc;

	*ret = (struct record_dues){ 0 };
	if (was->work >= x->asked.len)
		return 0;
	asked->after_day = str_of(was->after);
	asked->after_id = was->after_id;
	q->asked = asked;
	q->ask_count = 1;
	rc = record_dues(q, l->a, ret, e);
	if (rc < 0)
		return rc;
	l->next = (struct duty_part){ .of = DUTY_PART_RECORDS, .work = was->work + !ret->is_full };
	if (ret->is_full) {
		snprintf(l->next.after, sizeof(l->next.after), "%s", date_iso(ret->last_day, day));
		l->next.after_id = ret->last_id;
	} else if (l->next.work == x->asked.len)
		l->next.of = DUTY_PART_NONE;
	return 0;
}

/* What there is of each work, up to a bound; an export that has more has none of it yet. */
static int first_dues(
	struct listing *l, const struct record_due_query *q, struct record_dues *ret, struct err *e)
{
	struct record_due_rest *rests = NULL;
	size_t count = 0;
	int rc = record_dues(q, l->a, ret, e);

	if (rc == 0 && ret->is_full)
		rc = record_dues_rest(q, l->a, &rests, &count, e);
	if (rc < 0)
		return rc;
	l->has_records = l->q->part.of == DUTY_PART_UNIT && count > 0;
	if (l->has_records) {
		ret->count = 0;
		return 0;
	}
	l->rests = rests;
	l->rest_count = count;
	return 0;
}

static size_t records_max(const struct listing *l)
{
	return l->q->records_max ? l->q->records_max : DUTY_RECORDS_MAX;
}

int add_records(struct listing *l, struct err *e)
{
	struct asking x = asking_of(l);
	struct record_due_query q = { .store = l->q->store,
		.packs = l->q->packs,
		.asked = x.asked.at,
		.ask_count = x.asked.len,
		.units = l->units,
		.now_s = l->q->at_s,
		.record_id = l->q->only_record,
		.max = records_max(l) };
	struct record_dues dues;
	struct record_turns turns = { 0 };
	int rc = l->q->part.of == DUTY_PART_RECORDS ? next_dues(l, &x, &q, &dues, e) :
						      first_dues(l, &q, &dues, e);

	q.max = TURNS_MAX;
	if (rc == 0 && l->q->has_turns && dues.count)
		rc = record_turns(&q, l->a, &turns, e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < dues.count; i++)
		add_record(l, &dues.at[i], x.periods.at[dues.at[i].asked - x.asked.at], &turns);
	return 0;
}

void find_rests(const struct listing *l, const struct unit_part *part, struct duties *ret)
{
	VEC(struct duty_rest) list = { 0 };

	for (size_t i = 0; i < l->rest_count; i++) {
		const struct record_due_ask *asked = l->rests[i].asked;
		struct duty *like;

		if (l->rests[i].unit_id != part->unit->id)
			continue;
		like = arena_new(l->a, struct duty);
		*like = (struct duty){ .obligation = answered(asked->reg, asked->duty),
			.title = asked->duty->title,
			.unit_id = part->unit->id,
			.host_name = STR(""),
			.record = { .reg = asked->reg, .duty = asked->duty } };
		vec_push(l->a, &list, ((struct duty_rest){ like, l->rests[i].count }));
	}
	ret->rests = list.at;
	ret->rest_count = list.len;
	ret->records_max = records_max(l);
}
