/* list.c - the duties of a unit: which obligations, since when, and what was done. */
#include <stdlib.h>

#include "work/duty/duty.h"

#define BACK_YEARS 3 /* so far back proofs are looked at */
#define OUTLOOK_DAYS 1

static const char sql_hosts[] =
	"SELECT id, name, kind, first_seen_s FROM host WHERE unit_id = $1 AND first_seen_s <= $2"
	" ORDER BY name, id";
static const char sql_done_unit[] =
	"SELECT check_id, 0, at_s, id FROM evidence WHERE unit_id = $1 AND host_id = 0"
	" AND by_person NOT IN (0, 2) AND by_person IN (1, 4, 6) AND outcome = 0"
	" AND at_s BETWEEN $2 AND $3 ORDER BY at_s, id";
static const char sql_done_hosts[] =
	"SELECT check_id, host_id, at_s, id FROM evidence"
	" WHERE host_id IN (SELECT id FROM host WHERE unit_id = $1)"
	" AND by_person NOT IN (0, 2) AND by_person IN (1, 4, 6) AND outcome = 0"
	" AND at_s BETWEEN $2 AND $3 ORDER BY at_s, id";
static const char sql_done_machine[] =
	"SELECT $4, host_id, at_s, id FROM evidence"
	" WHERE host_id IN (SELECT id FROM host WHERE unit_id = $1) AND check_id = $5"
	" AND outcome = 0 AND at_s BETWEEN $2 AND $3 ORDER BY at_s, id";
static const char sql_begin[] =
	"SELECT coalesce((SELECT value FROM setting WHERE name = '" ORG_DUTY_FROM "'), ''),"
	" coalesce((SELECT min(created_at_s) FROM person), $1)";

struct done {
	struct str name; /* "tay-son/D11.3" */
	int64_t host_id;
	struct date day;
	int64_t id;
};

struct host_row {
	int64_t id;
	struct str name, kind;
	struct date seen;
};

struct listing {
	const struct duty_query *q;
	struct arena *a;
	struct date today, begin;
	VEC(struct host_row) hosts;
	VEC(struct done) done;
	struct duty_skips skips;
	VEC(struct duty) duties;
	struct duty_rules rules;
};

static struct date later(struct date a, struct date b)
{
	return date_to_days(a) > date_to_days(b) ? a : b;
}

static bool is_machine(const struct obligation *o)
{
	return o->kind == KIND_AUTO && o->needs == NEEDS_ALL_CHECKS;
}

static const struct proof *first_check(const struct obligation *o)
{
	for (size_t i = 0; i < o->evidence_count; i++)
		if (o->evidence[i].by == BY_CHECK)
			return &o->evidence[i];
	return NULL;
}

static struct str name_of(const struct obligation *o, struct arena *a)
{
	return arena_fmt(a, "%.*s/%.*s", STR_FMT(o->pack->id), STR_FMT(o->id));
}

/* --- loading ---------------------------------------------------------------------------------- */

static int load_hosts(struct listing *l, struct err *e)
{
	struct store_query *q = store_query(l->q->store, sql_hosts);
	int rc;

	store_bind_i64(q, 1, l->q->unit->id);
	store_bind_i64(q, 2, l->q->at_s);
	while ((rc = store_next(q, e)) == 1)
		vec_push(l->a, &l->hosts,
			((struct host_row){ .id = store_i64(q, 0),
				.name = arena_str(l->a, store_str(q, 1)),
				.kind = arena_str(l->a, store_str(q, 2)),
				.seen = date_at(store_i64(q, 3)) }));
	return rc;
}

static int load_done(struct listing *l, const char *sql, const struct obligation *o, struct err *e)
{
	struct store_query *q = store_query(l->q->store, sql);
	int rc;

	store_bind_i64(q, 1, l->q->unit->id);
	store_bind_i64(q, 2, l->q->at_s - BACK_YEARS * 366 * (int64_t)CLOCK_DAY_S);
	store_bind_i64(q, 3, l->q->at_s);
	if (o) {
		store_bind_str(q, 4, name_of(o, l->a));
		store_bind_str(q, 5, first_check(o)->check);
	}
	while ((rc = store_next(q, e)) == 1)
		vec_push(l->a, &l->done,
			((struct done){ .name = arena_str(l->a, store_str(q, 0)),
				.host_id = store_i64(q, 1),
				.day = date_at(store_i64(q, 2)),
				.id = store_i64(q, 3) }));
	return rc;
}

static int load_begin(struct listing *l, struct err *e)
{
	struct store_query *q = store_query(l->q->store, sql_begin);
	struct date from;
	int rc;

	store_bind_i64(q, 1, l->q->at_s);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	l->begin = date_at(store_i64(q, 1));
	if (date_parse(store_str(q, 0), &l->begin) ||
		date_to_days(l->begin) > date_to_days(l->today))
		l->begin = date_to_days(l->begin) > date_to_days(l->today) ? l->today : l->begin;
	store_end(q);
	if (date_parse(l->q->unit->from, &from))
		l->begin = later(l->begin, from);
	return 0;
}

/* --- from obligations to duties --------------------------------------------------------------- */

static bool is_left_out(const struct listing *l, const struct obligation *o)
{
	for (size_t i = 0; i < l->q->left_out_count; i++)
		if (l->q->left_out[i] == o)
			return true;
	return false;
}

static int by_day(const void *a, const void *b)
{
	const struct duty_mark *x = a, *y = b;
	int64_t order = date_to_days(x->day) - date_to_days(y->day);

	if (order == 0)
		order = x->id - y->id;
	return order < 0 ? -1 : order > 0;
}

/* What was done and what was skipped, of this duty. */
static void add_marks(struct listing *l, struct duty *d)
{
	struct str name = name_of(d->obligation, l->a);
	VEC(struct duty_mark) marks = { 0 };

	for (size_t i = 0; i < l->done.len; i++) {
		const struct done *one = &l->done.at[i];

		if (one->host_id == d->host_id && str_eq(one->name, name))
			vec_push(l->a, &marks, ((struct duty_mark){ one->day, false, one->id }));
	}
	for (size_t i = 0; i < l->skips.len; i++) {
		const struct duty_skip *skip = &l->skips.at[i];
		struct date day;

		if (skip->is_approved && skip->host_id == d->host_id &&
			str_eq(skip->obligation, name) && date_parse(skip->due_day, &day))
			vec_push(l->a, &marks, ((struct duty_mark){ day, true, skip->id }));
	}
	if (marks.len)
		qsort(marks.at, marks.len, sizeof(*marks.at), by_day);
	d->schedule.marks = marks.at;
	d->schedule.mark_count = marks.len;
}

static void find_asked(struct listing *l, struct duty *d)
{
	struct str name = name_of(d->obligation, l->a);
	char day[CLOCK_TEXT_MAX];

	date_iso(d->open.due_by_law, day);
	for (size_t i = 0; i < l->skips.len; i++) {
		const struct duty_skip *skip = &l->skips.at[i];

		if (!skip->decided_at_s && skip->host_id == d->host_id &&
			str_eq(skip->obligation, name) && str_is(skip->due_day, day))
			d->asked = skip;
	}
}

/* The open occurrence, and what closed the one before. */
static void find_open(struct listing *l, struct duty *d)
{
	struct duty_occurrence *list;
	size_t count;

	duty_occurrences(&d->schedule, &l->rules, date_add_days(l->today, OUTLOOK_DAYS), l->a,
		&list, &count);
	for (size_t i = 0; i < count; i++) {
		d->open = list[i];
		if (!list[i].mark_id)
			break;
		d->last = (struct duty_mark){ list[i].closed, list[i].state == DUTY_SKIPPED,
			list[i].mark_id };
	}
	find_asked(l, d);
}

static void add_duty(struct listing *l, const struct obligation *o, const struct host_row *host)
{
	struct duty *d = vec_add(l->a, &l->duties);

	d->obligation = o;
	d->is_machine = is_machine(o);
	d->unit_id = l->q->unit->id;
	d->host_id = host ? host->id : 0;
	d->host_name = host ? host->name : STR("");
	d->schedule = (struct duty_schedule){ .today = l->today,
		.period = duty_period_of(l->q->packs, o, l->today),
		.start = later(l->begin, o->pack->from) };
	if (host)
		d->schedule.start = later(d->schedule.start, host->seen);
	add_marks(l, d);
	find_open(l, d);
}

static void add_obligation(struct listing *l, const struct obligation *o)
{
	if (o->kind == KIND_DATA || is_left_out(l, o) ||
		duty_period_of(l->q->packs, o, l->today).count == 0)
		return;
	if (o->applies.host_count == 0) {
		add_duty(l, o, NULL);
		return;
	}
	for (size_t i = 0; i < l->hosts.len; i++)
		for (size_t k = 0; k < o->applies.host_count; k++)
			if (str_eq(o->applies.host[k], l->hosts.at[i].kind))
				add_duty(l, o, &l->hosts.at[i]);
}

static int most_urgent(const void *a, const void *b)
{
	const struct duty *x = a, *y = b;
	int64_t order = date_to_days(x->open.due) - date_to_days(y->open.due);

	if (order == 0)
		order = y->obligation->weight - x->obligation->weight;
	if (order == 0)
		order = str_cmp(x->obligation->id, y->obligation->id);
	if (order == 0)
		order = x->host_id - y->host_id;
	return order < 0 ? -1 : order > 0;
}

typedef void each_obligation(struct listing *l, const struct obligation *o);

static void all_obligations(struct listing *l, each_obligation *each)
{
	for (size_t p = 0; p < pack_count(l->q->packs); p++) {
		const struct pack *pack = pack_at(l->q->packs, p);

		for (size_t i = 0; pack_in_force(pack, l->today) && i < pack->obligation_count; i++)
			each(l, &pack->obligations[i]);
	}
}

static int load_machine_done(struct listing *l, struct err *e)
{
	int rc = 0;

	for (size_t p = 0; p < pack_count(l->q->packs); p++) {
		const struct pack *pack = pack_at(l->q->packs, p);

		for (size_t i = 0; rc == 0 && i < pack->obligation_count; i++) {
			const struct obligation *o = &pack->obligations[i];

			if (o->period != PERIOD_CONTINUOUS && is_machine(o) && first_check(o))
				rc = load_done(l, sql_done_machine, o, e);
		}
	}
	return rc;
}

int duty_list(const struct duty_query *query, struct arena *a, struct duties *ret, struct err *e)
{
	struct listing l = { .q = query, .a = a, .today = date_at(query->at_s) };
	int rc = load_begin(&l, e);

	if (rc == 0)
		rc = load_hosts(&l, e);
	if (rc == 0)
		rc = load_done(&l, sql_done_unit, NULL, e);
	if (rc == 0)
		rc = load_done(&l, sql_done_hosts, NULL, e);
	if (rc == 0 && l.hosts.len)
		rc = load_machine_done(&l, e);
	if (rc == 0)
		rc = duty_skip_list(query->store, query->unit->id, a, &l.skips, e);
	if (rc < 0)
		return rc;
	l.rules = duty_rules(query->packs, l.today, a);
	all_obligations(&l, add_obligation);
	if (l.duties.len)
		qsort(l.duties.at, l.duties.len, sizeof(*l.duties.at), most_urgent);
	*ret = (struct duties){ l.duties.at, l.duties.len, l.rules };
	return 0;
}

/* --- small questions -------------------------------------------------------------------------- */

struct str duty_key(const struct duty *d, struct arena *a)
{
	struct str name = name_of(d->obligation, a);

	return d->host_id ? arena_fmt(a, "%.*s@%lld", STR_FMT(name), (long long)d->host_id) : name;
}

const struct duty *duty_of_key(const struct duties *list, struct str key)
{
	struct str name = key, host, pack, id;
	int64_t host_id = 0;

	if (str_split(key, '@', &name, &host) && (!str_to_i64(host, &host_id) || host_id <= 0))
		return NULL;
	if (!str_split(name, '/', &pack, &id))
		return NULL;
	for (size_t i = 0; i < list->count; i++) {
		const struct duty *d = &list->at[i];

		if (d->host_id == host_id && str_eq(d->obligation->id, id) &&
			str_eq(d->obligation->pack->id, pack))
			return d;
	}
	return NULL;
}

const struct role *duty_role(const struct pack_set *packs, const struct obligation *o)
{
	return o->who_count ? pack_role(packs, o->who[0]) : NULL;
}

bool duty_is_for(const struct pack_set *packs, const struct obligation *o, const char *account)
{
	for (size_t i = 0; i < o->who_count; i++) {
		const struct role *role = pack_role(packs, o->who[i]);

		for (size_t k = 0; role && k < role->account_count; k++)
			if (str_is(role->accounts[k], account))
				return true;
	}
	return false;
}

enum duty_told duty_told(const struct duty *d, const struct duty_rules *rules)
{
	int64_t left = date_to_days(d->open.due) - date_to_days(d->schedule.today);

	if (-left >= rules->grace_days + rules->authority_days && left < 0)
		return DUTY_TOLD_AUTHORITY;
	if (-left >= rules->grace_days + rules->head_days && left < 0)
		return DUTY_TOLD_HEAD;
	if (left <= 0)
		return DUTY_TOLD_DOERS;
	for (size_t i = 0; i < rules->remind_count; i++)
		if (rules->remind_days[i] == left)
			return DUTY_TOLD_DOERS;
	return DUTY_TOLD_NOBODY;
}
