/* move.c - a case goes a step on, or it is said why not; tasks are done. */
#include "core/flow/flow_int.h"
#include "core/flow/refer.h"

static const char sql_state[] =
	"UPDATE flow_case SET state = $2, state_at_s = $3, due_at_s = $4, ended_at_s = $5,"
	" is_void = $6 WHERE id = $1 AND state = $7";
static const char sql_step[] =
	"INSERT INTO flow_step (case_id, move, from_state, to_state, at_s, due_at_s, made_by)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7)";
static const char sql_done[] =
	"UPDATE flow_task SET done_at_s = $2, done_by = $3, choice = $4, note = $5"
	" WHERE id = $1 AND done_at_s = 0";

/* A move in the making. */
struct step {
	const struct flow_by *by;
	const struct flow *f;
	const struct flow_move *move;
	struct flow_case c;
	struct flow_history h; /* with what is said now */
	const struct flow_value *values;
	size_t value_count;
	struct flow_refusals *why;
};

static void refuse(struct step *s, struct str field, struct words words)
{
	if (s->why->count < FLOW_REFUSALS_MAX)
		s->why->at[s->why->count++] = (struct flow_refusal){ field, words };
}

static struct words both(const char *vi)
{
	return (struct words){ str_of(tr(LANG_VI, vi)), str_of(tr(LANG_EN, vi)) };
}

static bool has(const struct str *ids, size_t count, struct str id)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(ids[i], id))
			return true;
	return false;
}

static bool is_choice(const struct flow_choice *choices, size_t count, struct str id)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(choices[i].id, id))
			return true;
	return false;
}

const char *flow_value_fault(const struct flow_field *field, struct str value)
{
	int64_t n;

	if (value.len == 0)
		return NULL;
	switch (field->type) {
	case FLOW_RECORD: /* that is looked at with the register */
		return NULL;
	case FLOW_TEXT:
	case FLOW_LONG:
	case FLOW_OBLIGATION: /* looked for in the packs */
		return value.len <= 4000 && str_is_utf8(value) ? NULL : T("Nội dung quá dài.");
	case FLOW_NUMBER:
	case FLOW_HOST:
	case FLOW_STAFF:
		return str_to_i64(value, &n) && n >= 0 ? NULL : T("Phải là một số.");
	case FLOW_DATE:
		return value.len == 10 && flow_moment(value, &n) ?
			NULL :
			T("Phải là một ngày có thật, ví dụ 31/12/2026.");
	case FLOW_TIME:
		if (!flow_moment(value, &n))
			return T("Phải là ngày và giờ có thật, ví dụ 31/12/2026 08:30.");
		return NULL;
	case FLOW_YES:
		return str_is(value, "yes") ? NULL : T("Chỉ có hoặc không.");
	case FLOW_CHOICE:
		return is_choice(field->choices, field->choice_count, value) ?
			NULL :
			T("Hãy chọn một trong các mục.");
	}
	return T("Hãy chọn một trong các mục.");
}

const char *flow_empty_fault(const struct flow_field *field)
{
	switch (field->type) {
	case FLOW_YES:
		return T("chưa đánh dấu.");
	case FLOW_CHOICE:
	case FLOW_STAFF:
	case FLOW_HOST:
	case FLOW_RECORD:
	case FLOW_OBLIGATION:
		return T("chưa chọn.");
	case FLOW_TEXT:
	case FLOW_LONG:
	case FLOW_NUMBER:
	case FLOW_DATE:
	case FLOW_TIME:
		break;
	}
	return T("chưa điền.");
}

static struct str after_title(struct str title, struct str fault, struct arena *a)
{
	char first = fault.len && fault.ptr[0] >= 'A' && fault.ptr[0] <= 'Z' ?
		(char)(fault.ptr[0] - 'A' + 'a') :
		fault.len ? fault.ptr[0] :
			    ' ';

	return arena_fmt(a, "%.*s: %c%.*s", STR_FMT(title), first, STR_FMT(str_from(fault, 1)));
}

struct words flow_fault_words(const struct flow_field *field, const char *fault, struct arena *a)
{
	struct words said = both(fault);

	return (struct words){ after_title(field->title.vi, said.vi, a),
		after_title(field->title.en, said.en, a) };
}

static void check_values(struct step *s)
{
	const struct flow_move *m = s->move;

	for (size_t i = 0; i < s->value_count; i++) {
		const struct flow_value *v = &s->values[i];
		const struct flow_field *field = flow_field_of(s->f, v->field);
		const char *fault;

		if (!field ||
			(!has(m->needs, m->need_count, v->field) &&
				!has(m->asks, m->ask_count, v->field))) {
			refuse(s, v->field, both(T("Bước này không nhận trường đó.")));
			continue;
		}
		fault = flow_value_fault(field, v->value);
		if (fault)
			refuse(s, v->field, flow_fault_words(field, fault, s->by->a));
	}
	for (size_t i = 0; i < m->need_count; i++) {
		const struct flow_field *field = flow_field_of(s->f, m->needs[i]);

		if (field && flow_value_of(&s->h, field->id).len == 0)
			refuse(s, field->id,
				flow_fault_words(field, flow_empty_fault(field), s->by->a));
	}
}

/* What is a record is looked at again at each step that names it: it may have changed since. */
static int check_records(struct step *s, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->f->field_count; i++) {
		const struct flow_field *field = &s->f->fields[i];
		struct str value = flow_value_of(&s->h, field->id);
		const char *fault = NULL;

		if (field->type != FLOW_RECORD || !value.len ||
			(!has(s->move->needs, s->move->need_count, field->id) &&
				!has(s->move->asks, s->move->ask_count, field->id)))
			continue;
		rc = flow_record_fault(s->by, &s->c, field, value, &fault, e);
		if (rc == 0 && fault)
			refuse(s, field->id, both(fault));
	}
	return rc;
}

static int check_guards(struct step *s, struct err *e)
{
	for (size_t i = 0; i < s->move->guard_count; i++) {
		const struct flow_guard *g = &s->move->guards[i];
		bool holds = false;
		int rc = flow_guard_holds(s->by, &s->c, &s->h, g, &holds, e);

		if (rc < 0)
			return rc;
		if (!holds)
			refuse(s, g->field_count == 1 ? g->fields[0] : STR(""), g->says);
	}
	return 0;
}

/* What was said with the case, and behind it what is said now. */
static void add_values(struct step *s)
{
	size_t count = s->h.value_count + s->value_count;
	struct flow_value *all = arena_array(s->by->a, struct flow_value, count + 1);

	for (size_t i = 0; i < s->h.value_count; i++)
		all[i] = s->h.values[i];
	for (size_t i = 0; i < s->value_count; i++)
		all[s->h.value_count + i] = s->values[i];
	s->h.values = all;
	s->h.value_count = count;
}

static int set_state(struct step *s, struct err *e)
{
	const struct flow_state *to = flow_state_of(s->f, s->move->to);
	bool is_end = to->kind != FLOW_STATE_OPEN;
	struct store_query *q = store_query(s->by->store, sql_state);
	int rc;

	store_bind_i64(q, 1, s->c.id);
	store_bind_str(q, 2, to->id);
	store_bind_i64(q, 3, s->by->now_s);
	store_bind_i64(q, 4, is_end ? 0 : flow_clock_s(s->by, s->f, &s->move->clock, &s->h));
	store_bind_i64(q, 5, is_end ? s->by->now_s : 0);
	store_bind_i64(q, 6, to->kind == FLOW_STATE_VOID);
	store_bind_str(q, 7, s->c.state);
	rc = store_run(q, e);
	if (rc == 0 && store_changes(s->by->store) == 0)
		return err_set(
			e, ERR_CONFLICT, "case %lld has moved meanwhile", (long long)s->c.id);
	return rc;
}

static int add_step(struct step *s, struct err *e)
{
	struct store_query *q = store_query(s->by->store, sql_step);

	store_bind_i64(q, 1, s->c.id);
	store_bind_str(q, 2, s->move->id);
	store_bind_str(q, 3, s->c.state);
	store_bind_str(q, 4, s->move->to);
	store_bind_i64(q, 5, s->by->now_s);
	store_bind_i64(q, 6, s->c.due_at_s);
	store_bind_str(q, 7, flow_login(s->by));
	return store_run(q, e);
}

static int make(struct step *s, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->value_count; i++)
		rc = flow_say(s->by, s->c.id, &s->values[i], e);
	if (rc == 0)
		rc = set_state(s, e);
	if (rc == 0)
		rc = add_step(s, e);
	if (rc == 0 && s->c.record_id)
		rc = flow_thing_told(s->by, s->f, s->c.record_id, s->values, s->value_count, e);
	if (rc == 0 && s->move->set_field.ptr && s->c.record_id)
		rc = flow_thing_set(s->by, s->c.record_id, s->move->set_field, s->move->set_to, e);
	if (rc == 0 && s->move->except_obligation.ptr)
		rc = flow_except(s->by, s->f, s->move, &s->c, &s->h, e);
	if (rc == 0)
		rc = flow_spawn(s->by, s->f, &s->c, &s->h,
			(struct flow_names){ s->move->tasks, s->move->task_count }, e);
	return rc;
}

/* May it be made? ERR_CONFLICT when something speaks against it. */
static int weigh(struct step *s, struct str move, struct err *e)
{
	int rc;

	s->f = pack_flow(s->by->packs, s->c.flow);
	s->move = s->f ? flow_move_of(s->f, move) : NULL;
	if (!s->move)
		return err_set(e, ERR_ABSENT, "case %lld has no move \"%.*s\"", (long long)s->c.id,
			STR_FMT(move));
	if (!flow_may(s->by, s->move->who, s->c.unit_id))
		return err_set(e, ERR_DENIED, "no right to make this move");
	if (!has(s->move->from, s->move->from_count, s->c.state)) {
		refuse(s, STR(""), both(T("Không có bước này từ trạng thái hiện tại của hồ sơ.")));
		return err_set(e, ERR_CONFLICT, "the flow has no move \"%.*s\" from \"%.*s\"",
			STR_FMT(move), STR_FMT(s->c.state));
	}
	add_values(s);
	check_values(s);
	if (s->move->except_obligation.ptr &&
		!flow_excepted(s->by, s->f, flow_value_of(&s->h, s->move->except_obligation)))
		refuse(s, s->move->except_obligation,
			both(T("Không gói quy định nào có nghĩa vụ này.")));
	rc = check_records(s, e);
	if (rc == 0)
		rc = check_guards(s, e);
	if (rc == 0 && s->why->count > 0)
		return err_set(e, ERR_CONFLICT, "move \"%.*s\" is refused: %.*s", STR_FMT(move),
			STR_FMT(s->why->at[0].words.en));
	return rc;
}

int flow_move(const struct flow_by *by, int64_t case_id, const struct flow_asked *asked,
	struct flow_refusals *ret_why, struct err *e)
{
	struct flow_refusals why = { 0 };
	struct step s = {
		.by = by, .values = asked->values, .value_count = asked->value_count, .why = &why
	};
	int rc = store_begin(by->store, e);

	if (rc < 0)
		return rc;
	rc = flow_get(by->store, case_id, by->now_s, by->a, &s.c, e);
	if (rc == 0)
		rc = flow_history(by->store, case_id, by->a, &s.h, e);
	if (rc == 0)
		rc = weigh(&s, asked->move, e);
	if (rc == 0)
		rc = make(&s, e);
	if (rc == 0)
		rc = store_commit(by->store, e);
	if (rc < 0)
		store_rollback(by->store);
	if (rc == ERR_CONFLICT)
		*ret_why = why;
	return rc;
}

/* The task is done, and its record says so. */
struct finish {
	const struct flow_by *by;
	const struct flow_task_kind *kind; /* NULL: no pack has it any more */
	struct flow_task task;
	struct str choice, note;
};

static int set_done(const struct finish *x, struct err *e)
{
	struct store_query *q = store_query(x->by->store, sql_done);
	int rc;

	store_bind_i64(q, 1, x->task.id);
	store_bind_i64(q, 2, x->by->now_s);
	store_bind_str(q, 3, flow_login(x->by));
	store_bind_str(q, 4, x->choice);
	store_bind_str(q, 5, x->note);
	rc = store_run(q, e);
	if (rc == 0 && store_changes(x->by->store) == 0)
		return err_set(e, ERR_CONFLICT, "task %lld is done already", (long long)x->task.id);
	for (size_t i = 0; rc == 0 && x->kind && i < x->kind->choice_count; i++) {
		const struct flow_choice *c = &x->kind->choices[i];

		if (x->task.record_id && c->sets.ptr && str_eq(c->id, x->choice))
			rc = flow_thing_set(x->by, x->task.record_id, x->kind->where, c->sets, e);
	}
	return rc;
}

static int finish(const struct finish *x, struct err *e)
{
	int rc = store_begin(x->by->store, e);

	if (rc < 0)
		return rc;
	rc = set_done(x, e);
	if (rc == 0)
		rc = store_commit(x->by->store, e);
	if (rc < 0)
		store_rollback(x->by->store);
	return rc;
}

int flow_task_do(const struct flow_by *by, int64_t task_id, struct str choice, struct str note,
	struct err *e)
{
	struct finish x = { .by = by, .choice = STR(""), .note = note.ptr ? note : STR("") };
	const struct flow *f;
	struct flow_case c;
	int rc = flow_task(by->store, task_id, by->a, &x.task, e);

	if (rc == 0)
		rc = flow_get(by->store, x.task.case_id, by->now_s, by->a, &c, e);
	if (rc < 0)
		return rc;
	f = pack_flow(by->packs, x.task.flow);
	x.kind = f ? flow_task_of(f, x.task.kind) : NULL;
	if (!flow_may(by, x.kind ? x.kind->who : FLOW_WHO_ACT, x.task.unit_id))
		return err_set(e, ERR_DENIED, "no right to do this task");
	if (c.ended_at_s)
		return err_set(e, ERR_CONFLICT, "case %lld has ended", (long long)c.id);
	if (x.kind && x.kind->choice_count > 0) {
		if (!is_choice(x.kind->choices, x.kind->choice_count, choice))
			return err_set(
				e, ERR_INPUT, "the task does not end as \"%.*s\"", STR_FMT(choice));
		x.choice = choice;
	}
	if (note.len > 4000 || !str_is_utf8(note))
		return err_set(e, ERR_INPUT, "the note is too long or not UTF-8");
	return finish(&x, e);
}
