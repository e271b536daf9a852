/* list.c - the duties of units: which obligations and records, since when, and what was done. */
#include <stdio.h>
#include <stdlib.h>

#include "work/duty/duty_int.h"

#define BACK_YEARS 3 /* so far back proofs are looked at */

#define OF_UNITS "(SELECT value FROM json_each($1))"
/* All machines of the units; PLACE tells which people, then audits, have left alone for longest. */
static const char sql_hosts[] =
	"SELECT unit_id, id, name, kind, first_seen_s, row_number() OVER"
	" (PARTITION BY unit_id ORDER BY said_s, asked_s, id) AS place FROM"
	" (SELECT h.unit_id, h.id, h.name, h.kind, h.first_seen_s,"
	" coalesce((SELECT max(e.at_s) FROM evidence e WHERE e.host_id = h.id"
	" AND e.by_person NOT IN (0, 2)), 0) AS said_s,"
	" coalesce((SELECT max(r.at_s) FROM audit_run r WHERE r.host_id = h.id), 0) AS asked_s"
	" FROM host h WHERE h.unit_id IN " OF_UNITS
	" AND ($2 = 0 OR h.id = $2) AND h.first_seen_s <= $3) AS seen"
	" ORDER BY unit_id, name, id";
static const char sql_hosts_after[] =
	"SELECT unit_id, id, name, kind, first_seen_s, 0 FROM host WHERE unit_id = $1 AND name > $2"
	" AND first_seen_s <= $3 ORDER BY name LIMIT $4";
/* $4: what machines prove by themselves, [{"n": "tay-son/D11.3", "c": "mw.scan", "k": ["server"]}];
 * $5: the machines. By unit and by machine: "+" keeps the index by kind away, which reads what was
 * done in every unit there is. */
#define OF_HOSTS "json_each($5) j CROSS JOIN host h ON h.id = j.value"
static const char sql_done[] =
	"SELECT e.unit_id, e.check_id, 0, e.at_s, e.id FROM json_each($1) u"
	" CROSS JOIN evidence e ON e.unit_id = u.value AND +e.host_id = 0 AND e.record_id = 0"
	" AND e.by_person NOT IN (0, 2) AND +e.by_person IN (1, 4, 6) AND e.outcome = 0"
	" AND +e.at_s BETWEEN $2 AND $3 UNION ALL"
	" SELECT h.unit_id, e.check_id, e.host_id, e.at_s, e.id FROM " OF_HOSTS
	" CROSS JOIN evidence e ON e.host_id = h.id"
	" AND e.by_person NOT IN (0, 2) AND +e.by_person IN (1, 4, 6) AND e.outcome = 0"
	" AND e.at_s BETWEEN $2 AND $3 UNION ALL"
	" SELECT h.unit_id, json_extract(d.value, '$.n'), e.host_id, e.at_s, e.id"
	" FROM " OF_HOSTS " CROSS JOIN json_each($4) d CROSS JOIN evidence e ON e.host_id = h.id"
	" AND e.check_id = json_extract(d.value, '$.c') AND e.outcome = 0"
	" AND e.at_s BETWEEN $2 AND $3 WHERE h.kind IN"
	" (SELECT k.value FROM json_each(json_extract(d.value, '$.k')) k)";
static const char sql_begin[] =
	"SELECT coalesce((SELECT value FROM setting WHERE name = '" ORG_DUTY_FROM "'), ''),"
	" coalesce((SELECT min(created_at_s) FROM person), $1)";

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

static int by_unit(const void *a, const void *b)
{
	const struct unit_part *x = a, *y = b;

	return (x->unit->id > y->unit->id) - (x->unit->id < y->unit->id);
}

static void make_parts(struct listing *l)
{
	struct buf ids;

	buf_init(&ids, MIB);
	buf_add_char(&ids, '[');
	l->parts = arena_array(l->a, struct unit_part, l->q->unit_count + 1);
	for (size_t i = 0; i < l->q->unit_count; i++) {
		l->parts[i] = (struct unit_part){ .unit = l->q->units[i],
			.left_out = l->q->left_out ? &l->q->left_out[i] : NULL };
		buf_fmt(&ids, "%s%lld", i ? "," : "", (long long)l->q->units[i]->id);
	}
	buf_add_char(&ids, ']');
	l->units = arena_str(l->a, buf_str(&ids));
	buf_done(&ids);
	if (l->q->unit_count)
		qsort(l->parts, l->q->unit_count, sizeof(*l->parts), by_unit);
}

/* --- loading ---------------------------------------------------------------------------------- */

static struct store_query *ask_hosts(const struct listing *l)
{
	bool is_after = l->q->part.of == DUTY_PART_HOSTS;
	struct store_query *q = store_query(l->q->store, is_after ? sql_hosts_after : sql_hosts);

	if (is_after) {
		store_bind_i64(q, 1, l->q->units[0]->id);
		store_bind_str(q, 2, str_of(l->q->part.after));
		store_bind_i64(q, 4, DUTY_HOSTS_MAX);
	} else {
		store_bind_str(q, 1, l->units);
		store_bind_i64(q, 2, l->q->only_host);
	}
	store_bind_i64(q, 3, l->q->at_s);
	return q;
}

/* The machines to list, by unit and name, and their ids as JSON. */
static int load_hosts(struct listing *l, struct str *ret_ids, struct err *e)
{
	struct store_query *q;
	struct buf ids;
	int rc;

	*ret_ids = STR("[]");
	if (l->q->part.of == DUTY_PART_UNIT)
		return 0;
	buf_init(&ids, MIB);
	buf_add_char(&ids, '[');
	q = ask_hosts(l);
	while ((rc = store_next(q, e)) == 1) {
		struct unit_part *part = part_of(l, store_i64(q, 0));

		if (store_i64(q, 5) > DUTY_HOSTS_MAX) {
			part->hosts_left_out++;
			continue;
		}
		buf_fmt(&ids, "%s%lld", ids.len > 1 ? "," : "", (long long)store_i64(q, 1));
		vec_push(l->a, &part->hosts,
			((struct host_row){ .id = store_i64(q, 1),
				.name = arena_str(l->a, store_str(q, 2)),
				.kind = arena_str(l->a, store_str(q, 3)),
				.seen = date_at(store_i64(q, 4)) }));
	}
	buf_add_char(&ids, ']');
	*ret_ids = arena_str(l->a, buf_str(&ids));
	buf_done(&ids);
	return rc;
}

/* Most rows have the name of the row before. */
static unsigned name_of(struct listing *l, unsigned last, struct str name)
{
	size_t at = 0;

	if (last < l->names.len && str_eq(l->names.at[last], name))
		return last;
	while (at < l->names.len && !str_eq(l->names.at[at], name))
		at++;
	if (at == l->names.len)
		vec_push(l->a, &l->names, arena_str(l->a, name));
	return (unsigned)at;
}

static bool is_same_day(const struct done *a, const struct done *b)
{
	return a->name == b->name && a->host_id == b->host_id &&
		date_to_days(a->day) == date_to_days(b->day);
}

/* Of a machine asked several times a day the last counts, as ever. */
static int load_done(struct listing *l, struct str machine, struct str hosts, struct err *e)
{
	struct store_query *q = store_query(l->q->store, sql_done);
	unsigned last = 0;
	int rc;

	store_bind_str(q, 1, l->q->part.of == DUTY_PART_HOSTS ? STR("[]") : l->units);
	store_bind_i64(q, 2, l->q->at_s - BACK_YEARS * 366 * (int64_t)CLOCK_DAY_S);
	store_bind_i64(q, 3, l->q->at_s);
	store_bind_str(q, 4, machine);
	store_bind_str(q, 5, hosts);
	while ((rc = store_next(q, e)) == 1) {
		struct unit_part *part = part_of(l, store_i64(q, 0));
		struct done one = { .host_id = store_i64(q, 2),
			.day = date_at(store_i64(q, 3)),
			.id = store_i64(q, 4),
			.name = last = name_of(l, last, store_str(q, 1)) };
		struct done *before = part->done.len ? &part->done.at[part->done.len - 1] : NULL;

		if (one.host_id && before && is_same_day(before, &one) && before->id < one.id)
			*before = one;
		else
			vec_push(l->a, &part->done, one);
	}
	for (size_t i = 0; i < l->q->unit_count; i++)
		sort_done(l, &l->parts[i]);
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
	for (size_t i = 0; i < l->q->unit_count; i++) {
		struct unit_part *p = &l->parts[i];

		p->begin = date_parse(p->unit->from, &from) ? later(l->begin, from) : l->begin;
	}
	return 0;
}

static int load_skips(struct listing *l, struct err *e)
{
	struct duty_skips all;
	int rc = duty_skip_list(l->q->store, l->units, l->a, &all, e);

	for (size_t i = 0, n; rc == 0 && i < all.len; i += n) {
		for (n = 1; i + n < all.len && all.at[i + n].unit_id == all.at[i].unit_id;)
			n++;
		part_of(l, all.at[i].unit_id)->skips = (struct duty_skips){ &all.at[i], n };
	}
	return rc;
}

/* --- from obligations to duties --------------------------------------------------------------- */

static bool is_left_out(const struct unit_part *part, const struct obligation *o)
{
	for (size_t i = 0; part->left_out && i < part->left_out->count; i++)
		if (part->left_out->at[i] == o)
			return true;
	return false;
}

static void add_duty(struct listing *l, struct unit_part *part, const struct obligation *o,
	const struct host_row *host)
{
	struct duty *d = vec_add(l->a, &part->duties);

	d->obligation = o;
	d->title = o->title;
	d->is_machine = is_machine(o);
	d->unit_id = part->unit->id;
	d->host_id = host ? host->id : 0;
	d->host_name = host ? host->name : STR("");
	d->schedule = (struct duty_schedule){ .today = l->today,
		.period = duty_period_of(l->q->packs, o, l->today),
		.start = later(part->begin, o->pack->from) };
	if (host)
		d->schedule.start = later(d->schedule.start, host->seen);
	finish_duty(l, part, d);
}

static void add_obligation(struct listing *l, struct unit_part *part, const struct obligation *o)
{
	if (o->kind == KIND_DATA || is_left_out(part, o) ||
		duty_period_of(l->q->packs, o, l->today).count == 0)
		return;
	if (o->applies.host_count == 0) {
		if (l->q->part.of != DUTY_PART_HOSTS)
			add_duty(l, part, o, NULL);
		return;
	}
	for (size_t i = 0; i < part->hosts.len; i++)
		for (size_t k = 0; k < o->applies.host_count; k++)
			if (str_eq(o->applies.host[k], part->hosts.at[i].kind))
				add_duty(l, part, o, &part->hosts.at[i]);
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
	if (order == 0)
		order = x->record.id - y->record.id;
	return order < 0 ? -1 : order > 0;
}

static void add_obligations(struct listing *l, struct unit_part *part)
{
	for (size_t p = 0; p < pack_count(l->q->packs); p++) {
		const struct pack *pack = pack_at(l->q->packs, p);

		for (size_t i = 0; pack_in_force(pack, l->today) && i < pack->obligation_count; i++)
			add_obligation(l, part, &pack->obligations[i]);
	}
}

/* Everything that a machine proves by itself, with the check that does. */
static struct str machine_proofs(const struct listing *l)
{
	struct buf json;
	struct str kept;
	size_t count = 0;

	buf_init(&json, MIB);
	buf_add_char(&json, '[');
	for (size_t p = 0; p < pack_count(l->q->packs); p++) {
		const struct pack *pack = pack_at(l->q->packs, p);

		for (size_t i = 0; i < pack->obligation_count; i++) {
			const struct obligation *o = &pack->obligations[i];

			if (duty_period_of(l->q->packs, o, l->today).count == 0 || !is_machine(o) ||
				!first_check(o))
				continue;
			buf_fmt(&json, "%s{\"n\":\"%.*s/%.*s\",\"c\":\"%.*s\",\"k\":[",
				count++ ? "," : "", STR_FMT(o->pack->id), STR_FMT(o->id),
				STR_FMT(first_check(o)->check));
			for (size_t k = 0; k < o->applies.host_count; k++)
				buf_fmt(&json, "%s\"%.*s\"", k ? "," : "",
					STR_FMT(o->applies.host[k]));
			buf_fmt(&json, "]}");
		}
	}
	buf_add_char(&json, ']');
	kept = arena_str(l->a, buf_str(&json));
	buf_done(&json);
	return kept;
}

/* Where an export goes on. */
static struct duty_part next_part(const struct listing *l)
{
	const struct duty_part *was = &l->q->part;
	struct duty_part next = { .of = DUTY_PART_HOSTS, .has_records = was->has_records };

	if (was->of == DUTY_PART_NONE || was->of == DUTY_PART_RECORDS)
		return l->next;
	if (was->of == DUTY_PART_UNIT)
		next.has_records = l->has_records;
	else if (l->parts->hosts.len == DUTY_HOSTS_MAX)
		snprintf(next.after, sizeof(next.after), "%.*s",
			STR_FMT(l->parts->hosts.at[DUTY_HOSTS_MAX - 1].name));
	else
		next.of = was->has_records ? DUTY_PART_RECORDS : DUTY_PART_NONE;
	return next;
}

static void hand_out(struct listing *l, struct duties *ret)
{
	for (size_t i = 0; i < l->q->unit_count; i++) {
		struct unit_part *part = part_of(l, l->q->units[i]->id);

		if (part->duties.len)
			qsort(part->duties.at, part->duties.len, sizeof(*part->duties.at),
				most_urgent);
		ret[i] = (struct duties){ .at = part->duties.at,
			.count = part->duties.len,
			.hosts_left_out = part->hosts_left_out,
			.next = next_part(l),
			.rules = l->rules };
		find_rests(l, part, &ret[i]);
	}
}

/* What the duties of units and machines are reckoned from. */
static int load_unit(struct listing *l, struct err *e)
{
	struct str hosts;
	int rc = load_begin(l, e);

	if (rc == 0)
		rc = load_hosts(l, &hosts, e);
	return rc == 0 ? load_done(l, machine_proofs(l), hosts, e) : rc;
}

int duty_list(const struct duty_query *query, struct arena *a, struct duties *ret, struct err *e)
{
	struct listing l = { .q = query, .a = a, .today = date_at(query->at_s) };
	bool has_units = !query->only_record && query->part.of != DUTY_PART_RECORDS;
	int rc;

	make_parts(&l);
	l.rules = duty_rules(query->packs, l.today, a);
	rc = load_skips(&l, e);
	if (rc == 0 && has_units)
		rc = load_unit(&l, e);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < query->unit_count && has_units; i++)
		add_obligations(&l, &l.parts[i]);
	if (query->part.of != DUTY_PART_HOSTS)
		rc = add_records(&l, e);
	if (rc == 0)
		hand_out(&l, ret);
	return rc;
}
