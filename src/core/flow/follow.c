/* follow.c - decisions about people begin cases by themselves. */
#include "core/flow/flow_int.h"

#define EVENTS_MAX 500

static const char sql_events[] =
	"SELECT e.id, e.staff_id, coalesce(e.unit_before, p.unit_id), e.effective_s, e.decision,"
	" e.decision_day, e.state_after, e.unit_before IS NOT e.unit_after, p.name"
	" FROM staff_event e JOIN staff p ON p.id = e.staff_id WHERE e.what = 'change'"
	" AND (e.unit_before IS NOT e.unit_after OR e.position_before <> e.position_after"
	"  OR e.state_after IN ('moved', 'retired', 'left') AND e.state_before <> e.state_after)"
	" AND NOT EXISTS (SELECT 1 FROM flow_case c WHERE c.flow = $1 AND c.event_id = e.id)"
	" ORDER BY e.id LIMIT $2";

struct event {
	struct flow_subject about;
	struct flow_value values[4];
};

static struct str moment_text(struct arena *a, int64_t at_s)
{
	char text[CLOCK_TEXT_MAX];

	return arena_str(a, str_until(str_of(clock_iso(at_s, text)), 16));
}

static const char *reason_of(struct str state, bool has_moved)
{
	if (str_is(state, "left") || str_is(state, "retired"))
		return str_is(state, "left") ? "left" : "retired";
	return has_moved || str_is(state, "moved") ? "moved" : "position";
}

static struct event take(struct store_query *q, struct arena *a)
{
	struct event x = { .about = { .staff_id = store_i64(q, 1),
				   .unit_id = store_i64(q, 2),
				   .event_id = store_i64(q, 0),
				   .title = arena_str(a, store_str(q, 8)) } };

	x.values[0] = (struct flow_value){ .field = STR("decision"),
		.value = arena_str(a, store_str(q, 4)) };
	x.values[1] = (struct flow_value){ .field = STR("decision_day"),
		.value = arena_str(a, store_str(q, 5)) };
	x.values[2] = (struct flow_value){ .field = STR("effective"),
		.value = moment_text(a, store_i64(q, 3)) };
	x.values[3] = (struct flow_value){ .field = STR("reason"),
		.value = str_of(reason_of(store_str(q, 6), store_i64(q, 7) != 0)) };
	return x;
}

static int follow(const struct flow_by *by, const struct flow *f, size_t *ret_count, struct err *e)
{
	VEC(struct event) events = { 0 };
	struct store_query *q = store_query(by->store, sql_events);
	int rc;

	store_bind_str(q, 1, f->id);
	store_bind_i64(q, 2, EVENTS_MAX);
	while ((rc = store_next(q, e)) == 1)
		vec_push(by->a, &events, take(q, by->a));
	for (size_t i = 0; rc == 0 && i < events.len; i++) {
		struct event *x = &events.at[i];
		int64_t id;

		x->about.values = x->values;
		x->about.value_count = COUNT(x->values);
		rc = flow_start(by, f->id, &x->about, &id, e);
		*ret_count += rc == 0;
	}
	return rc;
}

int flow_follow(const struct flow_by *by, size_t *ret_count, struct err *e)
{
	struct flow_by program = *by;
	int rc = 0;

	program.user = NULL; /* the law begins it, whoever noted the decision */
	*ret_count = 0;
	for (size_t i = 0; rc == 0 && i < pack_count(by->packs); i++) {
		const struct pack *p = pack_at(by->packs, i);

		for (size_t n = 0; rc == 0 && p->work && n < p->work->flow_count; n++)
			if (p->work->flows[n].begins == FLOW_BEGINS_STAFF_CHANGE)
				rc = follow(&program, &p->work->flows[n], ret_count, e);
	}
	return rc;
}
