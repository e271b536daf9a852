/* start.c - cases begin: alone, or one in each unit below; their first tasks. */
#include "core/flow/flow_int.h"

static const char sql_add[] =
	"INSERT INTO flow_case (flow, unit_id, parent_id, staff_id, record_id, event_id, title,"
	" folded, state, started_at_s, started_by, state_at_s, due_at_s)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, 0)";
static const char sql_clock[] = "UPDATE flow_case SET due_at_s = $2 WHERE id = $1";
static const char sql_say[] = "INSERT INTO flow_value (case_id, field, value, at_s, made_by)"
			      " VALUES ($1, $2, $3, $4, $5)";
static const char sql_task[] =
	"INSERT INTO flow_task (case_id, unit_id, record_id, kind, thing, made_at_s, due_at_s)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7)";

static void bind_id(struct store_query *q, int number, int64_t id)
{
	if (id)
		store_bind_i64(q, number, id);
	else
		store_bind_null(q, number);
}

int flow_say(const struct flow_by *by, int64_t case_id, const struct flow_value *v, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_say);

	store_bind_i64(q, 1, case_id);
	store_bind_str(q, 2, v->field);
	store_bind_str(q, 3, v->value.ptr ? v->value : STR(""));
	store_bind_i64(q, 4, by->now_s);
	store_bind_str(q, 5, flow_login(by));
	return store_run(q, e);
}

struct spawn {
	const struct flow_by *by;
	const struct flow_case *c;
	const struct flow_task_kind *kind;
	int64_t due_at_s;
};

static int add_task(void *context, int64_t record_id, struct str thing, struct err *e)
{
	const struct spawn *s = context;
	struct store_query *q = store_query(s->by->store, sql_task);

	store_bind_i64(q, 1, s->c->id);
	store_bind_i64(q, 2, s->c->unit_id);
	bind_id(q, 3, record_id);
	store_bind_str(q, 4, s->kind->id);
	store_bind_str(q, 5, thing);
	store_bind_i64(q, 6, s->by->now_s);
	store_bind_i64(q, 7, s->due_at_s);
	return store_run(q, e);
}

int flow_spawn(const struct flow_by *by, const struct flow *f, const struct flow_case *c,
	const struct flow_history *h, struct flow_names kinds, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < kinds.count; i++) {
		const struct flow_task_kind *kind = flow_task_of(f, kinds.at[i]);
		struct spawn s = { by, c, kind, 0 };

		if (!kind)
			continue;
		s.due_at_s = flow_clock_s(by, f, &kind->clock, h);
		rc = kind->each.ptr ? flow_things(by, c, kind, add_task, &s, e) :
				      add_task(&s, 0, STR(""), e);
	}
	return rc;
}

static int check(const struct flow_by *by, const struct flow *f, struct str id,
	const struct flow_subject *about, struct err *e)
{
	if (!f)
		return err_set(e, ERR_ABSENT, "no flow is called \"%.*s\"", STR_FMT(id));
	if (by->user && !flow_may(by, FLOW_WHO_ACT, about->unit_id) &&
		!flow_may(by, FLOW_WHO_APPROVE, about->unit_id) &&
		!(f->begins == FLOW_BEGINS_ANYONE && by->user->unit_id == about->unit_id))
		return err_set(e, ERR_DENIED, "no right to begin a case in unit %lld",
			(long long)about->unit_id);
	if ((f->about == FLOW_ABOUT_STAFF) != (about->staff_id != 0) ||
		(f->about == FLOW_ABOUT_RECORD) != (about->record_id != 0))
		return err_set(e, ERR_INPUT, "flow \"%.*s\" is not about that", STR_FMT(id));
	for (size_t i = 0; i < about->value_count; i++)
		if (!flow_field_of(f, about->values[i].field))
			return err_set(e, ERR_INPUT, "flow \"%.*s\" has no field \"%.*s\"",
				STR_FMT(id), STR_FMT(about->values[i].field));
	return 0;
}

static int add_case(const struct flow_by *by, const struct flow *f,
	const struct flow_subject *about, struct flow_case *c, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_add);
	struct flow_history h = { .values = (struct flow_value *)about->values,
		.value_count = about->value_count };
	int rc;

	store_bind_str(q, 1, f->id);
	store_bind_i64(q, 2, c->unit_id);
	bind_id(q, 3, c->parent_id);
	bind_id(q, 4, about->staff_id);
	bind_id(q, 5, about->record_id);
	bind_id(q, 6, about->event_id);
	store_bind_str(q, 7, about->title);
	store_bind_str(q, 8, text_fold(by->a, about->title));
	store_bind_str(q, 9, f->first);
	store_bind_i64(q, 10, by->now_s);
	store_bind_str(q, 11, flow_login(by));
	rc = store_run(q, e);
	if (rc < 0)
		return rc;
	c->id = store_last_id(by->store);
	for (size_t i = 0; rc == 0 && i < about->value_count; i++)
		rc = flow_say(by, c->id, &about->values[i], e);
	if (rc == 0) {
		q = store_query(by->store, sql_clock);
		store_bind_i64(q, 1, c->id);
		store_bind_i64(q, 2, flow_clock_s(by, f, &f->clock, &h));
		rc = store_run(q, e);
	}
	if (rc == 0)
		rc = flow_tell(by, f, c, e);
	return rc == 0 ? flow_spawn(by, f, c, &h,
				 (struct flow_names){ f->first_tasks, f->first_task_count }, e) :
			 rc;
}

/* The case itself, then one in each unit below that exists. */
static int add_all(const struct flow_by *by, const struct flow *f, const struct flow_subject *about,
	int64_t *ret_id, struct err *e)
{
	struct flow_case first = { .unit_id = about->unit_id };
	int rc = add_case(by, f, about, &first, e);

	for (size_t i = 0; rc == 0 && f->is_spread && by->tree && i < by->tree->count; i++) {
		const struct org_unit *u = &by->tree->units[i];
		struct flow_case child = { .unit_id = u->id, .parent_id = first.id };

		if (u->is_live && u->id != about->unit_id &&
			org_unit_covers(by->tree, about->unit_id, u->id))
			rc = add_case(by, f, about, &child, e);
	}
	*ret_id = first.id;
	return rc;
}

int flow_start(const struct flow_by *by, struct str flow, const struct flow_subject *about,
	int64_t *ret_id, struct err *e)
{
	const struct flow *f = pack_flow(by->packs, flow);
	struct flow_subject known = *about;
	int64_t id = 0;
	int rc = check(by, f, flow, about, e);

	if (rc == 0 && about->record_id)
		rc = flow_thing_known(by, f, &known, e);
	if (rc == 0)
		rc = store_begin(by->store, e);
	if (rc < 0)
		return rc;
	rc = add_all(by, f, &known, &id, e);
	if (rc == 0)
		rc = store_commit(by->store, e);
	if (rc < 0) {
		store_rollback(by->store);
		return rc;
	}
	*ret_id = id;
	return 0;
}
