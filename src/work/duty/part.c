/* part.c - a duty of a unit, finished: its open occurrence, the last one, who asked to skip it. */
#include "work/duty/duty_int.h"

#define OUTLOOK_DAYS 1

struct unit_part *part_of(const struct listing *l, int64_t unit_id)
{
	size_t low = 0, high = l->q->unit_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (l->parts[middle].unit->id < unit_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < l->q->unit_count && l->parts[low].unit->id == unit_id ? &l->parts[low] : NULL;
}

static int by_day(const void *a, const void *b)
{
	const struct duty_mark *x = a, *y = b;
	int64_t order = date_to_days(x->day) - date_to_days(y->day);

	if (order == 0)
		order = x->id - y->id;
	return order < 0 ? -1 : order > 0;
}

static int by_name(const void *a, const void *b)
{
	const struct done *x = a, *y = b;
	int64_t order = (int64_t)x->name - (int64_t)y->name;

	if (order == 0)
		order = x->host_id - y->host_id;
	if (order == 0)
		order = date_to_days(x->day) - date_to_days(y->day);
	if (order == 0)
		order = x->id - y->id;
	return order < 0 ? -1 : order > 0;
}

void sort_done(struct listing *l, struct unit_part *part)
{
	part->marks = arena_array(l->a, struct duty_mark, part->done.len + 1);
	if (part->done.len)
		qsort(part->done.at, part->done.len, sizeof(*part->done.at), by_name);
	for (size_t i = 0; i < part->done.len; i++)
		part->marks[i] =
			(struct duty_mark){ part->done.at[i].day, false, part->done.at[i].id };
}

/* Where what was done of NAME on the machine begins. */
static size_t first_done(const struct unit_part *part, unsigned name, int64_t host_id)
{
	size_t low = 0, high = part->done.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct done *one = &part->done.at[middle];

		if (one->name < name || (one->name == name && one->host_id < host_id))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void find_done(const struct listing *l, const struct unit_part *part, struct duty *d)
{
	struct str wanted = duty_name(d, l->a);
	size_t name = 0, first, n = 0;

	while (name < l->names.len && !str_eq(l->names.at[name], wanted))
		name++;
	if (name == l->names.len || part->done.len == 0)
		return;
	first = first_done(part, (unsigned)name, d->host_id);
	while (first + n < part->done.len && part->done.at[first + n].name == name &&
		part->done.at[first + n].host_id == d->host_id)
		n++;
	d->schedule.marks = part->marks + first;
	d->schedule.mark_count = n;
}

/* What was done and what was skipped, of this duty. */
static void add_marks(struct listing *l, const struct unit_part *part, struct duty *d)
{
	struct str name = duty_name(d, l->a);
	VEC(struct duty_mark) marks = { 0 };
	struct date day;

	find_done(l, part, d);
	for (size_t i = 0; i < part->skips.len; i++) {
		const struct duty_skip *skip = &part->skips.at[i];

		if (skip->is_approved && skip->host_id == d->host_id &&
			str_eq(skip->obligation, name) && date_parse(skip->due_day, &day))
			vec_push(l->a, &marks, ((struct duty_mark){ day, true, skip->id }));
	}
	if (marks.len == 0)
		return;
	for (size_t i = 0; i < d->schedule.mark_count; i++)
		vec_push(l->a, &marks, d->schedule.marks[i]);
	qsort(marks.at, marks.len, sizeof(*marks.at), by_day);
	d->schedule.marks = marks.at;
	d->schedule.mark_count = marks.len;
}

static void find_asked(struct listing *l, const struct unit_part *part, struct duty *d)
{
	struct str name = duty_name(d, l->a);
	char day[CLOCK_TEXT_MAX];

	date_iso(d->open.due_by_law, day);
	for (size_t i = 0; i < part->skips.len; i++) {
		const struct duty_skip *skip = &part->skips.at[i];

		if (!skip->decided_at_s && skip->host_id == d->host_id &&
			str_eq(skip->obligation, name) && str_is(skip->due_day, day))
			d->asked = skip;
	}
}

void finish_duty(struct listing *l, const struct unit_part *part, struct duty *d)
{
	const struct duty_mark *before;
	struct duty_occurrence *list;
	size_t count;

	add_marks(l, part, d);
	before = duty_first_base(&d->schedule);
	if (before)
		d->last = *before;
	duty_all(d, &l->rules, date_add_days(l->today, OUTLOOK_DAYS), l->a, &list, &count);
	for (size_t i = 0; i < count; i++) {
		d->open = list[i];
		if (!list[i].mark_id)
			break;
		d->last = (struct duty_mark){ list[i].closed, list[i].state == DUTY_SKIPPED,
			list[i].mark_id };
	}
	find_asked(l, part, d);
}

size_t duty_records_left_out(const struct duties *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->rest_count; i++)
		count += list->rests[i].count;
	return count;
}
