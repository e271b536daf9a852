/* guard.c - what must hold before a move. */
#include "core/flow/flow_int.h"

static int64_t number_of(const struct flow_by *by, struct str param)
{
	struct param_ruling ruling = pack_param(by->packs, param, 0, date_at(by->now_s), by->a);

	return ruling.winner ? ruling.winner->number : 0;
}

/* The machine of a case: at a system level from the first parameter on, its newest audit. */
static int is_clean(const struct flow_by *by, const struct flow_history *h,
	const struct flow_guard *guard, bool *ret_holds, struct err *e)
{
	int64_t gate = number_of(by, guard->params[0]), level = 0, host_id = 0, decided;
	int64_t days = number_of(by, guard->params[2]);
	struct org_host host;
	struct evidence_run newest;
	const struct audit_run *run = &newest.run;
	int rc;

	*ret_holds = false;
	if (!str_to_i64(flow_value_of(h, guard->fields[0]), &host_id))
		return 0;
	rc = org_host(by->store, host_id, by->a, &host, e);
	if (rc < 0)
		return rc == ERR_ABSENT ? 0 : rc;
	(void)str_to_i64(flow_value_of(h, STR("level")), &level);
	if (level < host.level)
		level = host.level;
	if (level < gate) {
		*ret_holds = true;
		return 0;
	}
	rc = evidence_newest_run(by->store, host_id, by->now_s, by->a, &newest, e);
	if (rc < 0 || run->id == 0 || run->at_s + days * CLOCK_DAY_S < by->now_s)
		return rc;
	decided = run->count[OUTCOME_PASS] + run->count[OUTCOME_FAIL] + run->count[OUTCOME_UNKNOWN];
	*ret_holds = decided > 0 &&
		run->count[OUTCOME_PASS] * 100 >= decided * number_of(by, guard->params[1]);
	return 0;
}

static bool all_yes(const struct flow_history *h, const struct flow_guard *guard)
{
	for (size_t i = 0; i < guard->field_count; i++)
		if (!str_is(flow_value_of(h, guard->fields[i]), "yes"))
			return false;
	return true;
}

static bool one_of(const struct flow_history *h, const struct flow_guard *guard)
{
	for (size_t i = 0; i < guard->value_count; i++)
		if (str_eq(flow_value_of(h, guard->fields[0]), guard->values[i]))
			return true;
	return false;
}

/* What was never said is for NEEDS to ask. A day begins at its first second. */
static bool in_order(const struct flow_history *h, const struct flow_guard *guard)
{
	int64_t first, second;

	return !flow_moment(flow_value_of(h, guard->fields[0]), &first) ||
		!flow_moment(flow_value_of(h, guard->fields[1]), &second) || first <= second;
}

static bool tasks_done(const struct flow_history *h)
{
	for (size_t i = 0; i < h->task_count; i++)
		if (!h->tasks[i].done_at_s)
			return false;
	return true;
}

int flow_guard_holds(const struct flow_by *by, const struct flow_case *c,
	const struct flow_history *h, const struct flow_guard *guard, bool *ret_holds,
	struct err *e)
{
	switch (guard->kind) {
	case FLOW_TASKS_DONE:
		*ret_holds = tasks_done(h);
		return 0;
	case FLOW_ALL_YES:
		*ret_holds = all_yes(h, guard);
		return 0;
	case FLOW_ONE_OF:
		*ret_holds = one_of(h, guard);
		return 0;
	case FLOW_IN_ORDER:
		*ret_holds = in_order(h, guard);
		return 0;
	case FLOW_OTHER_PERSON:
		*ret_holds = !str_eq(c->started_by, flow_login(by));
		return 0;
	case FLOW_AUDIT_CLEAN:
		return is_clean(by, h, guard, ret_holds, e);
	}
	*ret_holds = false;
	return 0;
}
