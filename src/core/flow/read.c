/* read.c - cases, what was said in them, their steps and tasks. */
#include "core/flow/flow_int.h"
#include "core/org/account.h"

#define CASE \
	"SELECT c.id, c.unit_id, coalesce(c.parent_id, 0), coalesce(c.staff_id, 0)," \
	" coalesce(c.record_id, 0), coalesce(c.event_id, 0), c.flow, c.title, c.state," \
	" c.started_at_s, c.state_at_s, c.due_at_s, c.ended_at_s, c.started_by, c.is_void," \
	" (SELECT count(*) FROM flow_task t WHERE t.case_id = c.id)," \
	" (SELECT count(*) FROM flow_task t WHERE t.case_id = c.id AND t.done_at_s = 0)," \
	" (SELECT count(*) FROM flow_task t WHERE t.case_id = c.id AND t.done_at_s = 0" \
	"  AND t.due_at_s > 0 AND t.due_at_s < $1)," \
	" coalesce((SELECT s.move FROM flow_step s WHERE s.case_id = c.id" \
	"  ORDER BY s.id DESC LIMIT 1), '')," ORG_NAME_OF "c.started_by" ORG_NAME_END \
	" FROM flow_case c"
#define IS_LATE \
	"(c.due_at_s > 0 AND c.due_at_s < $1 OR EXISTS (SELECT 1 FROM flow_task t" \
	" WHERE t.case_id = c.id AND t.done_at_s = 0 AND t.due_at_s > 0 AND t.due_at_s < $1))"
#define WANTED \
	" WHERE c.unit_id IN (SELECT value FROM json_each($2)) AND ($3 = '' OR c.flow = $3)" \
	" AND ($4 = '' OR instr(c.folded, $4) > 0)" \
	" AND ($5 = 3 OR ($5 = 2) = (c.ended_at_s > 0)) AND ($5 <> 1 OR " IS_LATE ")" \
	" AND ($6 = 0 OR c.parent_id = $6) AND ($7 = 0 OR c.staff_id = $7)" \
	" AND ($8 = 0 OR c.record_id = $8) AND ($9 IS NULL OR c.started_by = $9)" \
	" AND ($10 IS NULL OR c.state = $10)"

static const char sql_get[] = CASE " WHERE c.id = $2";
static const char sql_list[] = CASE WANTED
	" ORDER BY c.ended_at_s > 0, CASE WHEN c.ended_at_s > 0 THEN -c.ended_at_s ELSE 0 END,"
	" c.due_at_s = 0, c.due_at_s, c.id LIMIT $11 OFFSET $12";
static const char sql_count[] = "SELECT count(*) FROM flow_case c" WANTED;
static const char sql_steps[] =
	"SELECT move, from_state, to_state, made_by, at_s, due_at_s,"
	ORG_NAME_OF "made_by" ORG_NAME_END " FROM flow_step"
	" WHERE case_id = $1 ORDER BY id";
static const char sql_values[] = "SELECT field, value, made_by, at_s FROM flow_value"
				 " WHERE case_id = $1 ORDER BY id";

#define TASK \
	"SELECT t.id, t.case_id, t.unit_id, coalesce(t.record_id, 0), t.kind, t.thing," \
	" t.made_at_s, t.due_at_s, t.done_at_s, t.choice, t.note, t.done_by, c.flow, c.title," \
	ORG_NAME_OF "t.done_by" ORG_NAME_END \
	" FROM flow_task t JOIN flow_case c ON c.id = t.case_id"
static const char sql_tasks[] = TASK " WHERE t.case_id = $1 ORDER BY t.id";
static const char sql_task[] = TASK " WHERE t.id = $1";

static struct flow_case take_case(struct store_query *q, struct arena *a)
{
	return (struct flow_case){
		.id = store_i64(q, 0),
		.unit_id = store_i64(q, 1),
		.parent_id = store_i64(q, 2),
		.staff_id = store_i64(q, 3),
		.record_id = store_i64(q, 4),
		.event_id = store_i64(q, 5),
		.flow = arena_str(a, store_str(q, 6)),
		.title = arena_str(a, store_str(q, 7)),
		.state = arena_str(a, store_str(q, 8)),
		.started_at_s = store_i64(q, 9),
		.state_at_s = store_i64(q, 10),
		.due_at_s = store_i64(q, 11),
		.ended_at_s = store_i64(q, 12),
		.started_by = arena_str(a, store_str(q, 13)),
		.is_void = store_i64(q, 14) != 0,
		.tasks_all = (size_t)store_i64(q, 15),
		.tasks_open = (size_t)store_i64(q, 16),
		.tasks_late = (size_t)store_i64(q, 17),
		.last_move = arena_str(a, store_str(q, 18)),
		.started_by_name = arena_str(a, store_str(q, 19)),
	};
}

static struct flow_task take_task(struct store_query *q, struct arena *a)
{
	return (struct flow_task){
		.id = store_i64(q, 0),
		.case_id = store_i64(q, 1),
		.unit_id = store_i64(q, 2),
		.record_id = store_i64(q, 3),
		.kind = arena_str(a, store_str(q, 4)),
		.thing = arena_str(a, store_str(q, 5)),
		.made_at_s = store_i64(q, 6),
		.due_at_s = store_i64(q, 7),
		.done_at_s = store_i64(q, 8),
		.choice = arena_str(a, store_str(q, 9)),
		.note = arena_str(a, store_str(q, 10)),
		.done_by = arena_str(a, store_str(q, 11)),
		.flow = arena_str(a, store_str(q, 12)),
		.about = arena_str(a, store_str(q, 13)),
		.done_by_name = arena_str(a, store_str(q, 14)),
	};
}

int flow_get(struct store *s, int64_t id, int64_t now_s, struct arena *a, struct flow_case *ret,
	struct err *e)
{
	struct store_query *q = store_query(s, sql_get);
	int rc;

	store_bind_i64(q, 1, now_s);
	store_bind_i64(q, 2, id);
	rc = store_one(q, e, "there is no case %lld", (long long)id);
	if (rc < 0)
		return rc;
	*ret = take_case(q, a);
	store_end(q);
	return 0;
}

static struct store_query *asked(
	struct store *s, const char *sql, const struct flow_query *w, struct arena *a)
{
	struct store_query *q = store_query(s, sql);
	struct str text = w->text.len ? text_fold(a, w->text) : STR("");

	store_bind_i64(q, 1, w->now_s);
	store_bind_str(q, 2, w->units);
	store_bind_str(q, 3, w->flow.ptr ? w->flow : STR(""));
	store_bind_str(q, 4, text);
	store_bind_i64(q, 5, w->show);
	store_bind_i64(q, 6, w->parent_id);
	store_bind_i64(q, 7, w->staff_id);
	store_bind_i64(q, 8, w->record_id);
	store_bind_str(q, 9, w->started_by);
	store_bind_str(q, 10, w->state);
	return q;
}

static int count_cases(
	struct store *s, const struct flow_query *w, struct arena *a, int64_t *ret, struct err *e)
{
	struct store_query *q = asked(s, sql_count, w, a);
	int rc = store_next(q, e);

	if (rc < 0)
		return rc;
	*ret = store_i64(q, 0);
	store_end(q);
	return 0;
}

int flow_list(struct store *s, const struct flow_query *w, struct arena *a, struct flow_cases *ret,
	struct err *e)
{
	VEC(struct flow_case) list = { 0 };
	struct store_query *q = asked(s, sql_list, w, a);
	int64_t all;
	int rc;

	store_bind_i64(q, 11, (int64_t)w->max);
	store_bind_i64(q, 12, (int64_t)w->from);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list, take_case(q, a));
	if (rc < 0)
		return rc;
	all = (int64_t)(w->from + list.len);
	/* a list that ends before its page does has told how many there are */
	if (list.len >= w->max || (list.len == 0 && w->from > 0))
		rc = count_cases(s, w, a, &all, e);
	if (rc < 0)
		return rc;
	*ret = (struct flow_cases){ list.at, list.len, all };
	return 0;
}

static int read_steps(
	struct store *s, int64_t case_id, struct arena *a, struct flow_history *ret, struct err *e)
{
	VEC(struct flow_step) list = { 0 };
	struct store_query *q = store_query(s, sql_steps);
	int rc;

	store_bind_i64(q, 1, case_id);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct flow_step){ .move = arena_str(a, store_str(q, 0)),
				.from = arena_str(a, store_str(q, 1)),
				.to = arena_str(a, store_str(q, 2)),
				.by = arena_str(a, store_str(q, 3)),
				.at_s = store_i64(q, 4),
				.due_at_s = store_i64(q, 5),
				.by_name = arena_str(a, store_str(q, 6)) }));
	ret->steps = list.at;
	ret->step_count = list.len;
	return rc;
}

static int read_values(
	struct store *s, int64_t case_id, struct arena *a, struct flow_history *ret, struct err *e)
{
	VEC(struct flow_value) list = { 0 };
	struct store_query *q = store_query(s, sql_values);
	int rc;

	store_bind_i64(q, 1, case_id);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list,
			((struct flow_value){ .field = arena_str(a, store_str(q, 0)),
				.value = arena_str(a, store_str(q, 1)),
				.by = arena_str(a, store_str(q, 2)),
				.at_s = store_i64(q, 3) }));
	ret->values = list.at;
	ret->value_count = list.len;
	return rc;
}

int flow_history(
	struct store *s, int64_t case_id, struct arena *a, struct flow_history *ret, struct err *e)
{
	VEC(struct flow_task) list = { 0 };
	struct flow_history h = { 0 };
	struct store_query *q;
	int rc = read_steps(s, case_id, a, &h, e);

	if (rc == 0)
		rc = read_values(s, case_id, a, &h, e);
	if (rc < 0)
		return rc;
	q = store_query(s, sql_tasks);
	store_bind_i64(q, 1, case_id);
	while ((rc = store_next(q, e)) == 1)
		vec_push(a, &list, take_task(q, a));
	if (rc < 0)
		return rc;
	h.tasks = list.at;
	h.task_count = list.len;
	*ret = h;
	return 0;
}

struct str flow_value_of(const struct flow_history *h, struct str field)
{
	for (size_t i = h->value_count; i-- > 0;)
		if (str_eq(h->values[i].field, field))
			return h->values[i].value;
	return STR("");
}

int flow_task(struct store *s, int64_t id, struct arena *a, struct flow_task *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_task);
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_one(q, e, "there is no task %lld", (long long)id);
	if (rc < 0)
		return rc;
	*ret = take_task(q, a);
	store_end(q);
	return 0;
}
