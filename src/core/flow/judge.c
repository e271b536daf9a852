/* judge.c - what the cases of a unit say of an obligation, as of any moment. */
#include "core/flow/flow_int.h"

static const char sql_cases[] =
	"SELECT c.id, c.state, c.ended_at_s, c.is_void, c.due_at_s, c.started_at_s,"
	" (SELECT s.from_state FROM flow_step s WHERE s.case_id = c.id AND s.at_s > $4"
	"  ORDER BY s.id LIMIT 1),"
	" (SELECT s.due_at_s FROM flow_step s WHERE s.case_id = c.id AND s.at_s > $4"
	"  ORDER BY s.id LIMIT 1)"
	" FROM flow_case c WHERE c.unit_id = $1 AND c.flow = $2 AND c.started_at_s <= $4"
	" AND (c.ended_at_s = 0 OR c.ended_at_s >= $3) AND ($5 = 0 OR c.record_id = $5)"
	" ORDER BY c.id";
static const char sql_moved[] =
	"SELECT max(at_s) FROM flow_step WHERE case_id = $1 AND move = $2 AND at_s <= $3";
static const char sql_late[] =
	"SELECT count(*) FROM flow_task WHERE case_id = $1 AND ($2 = '' OR kind = $2)"
	" AND made_at_s <= $3 AND (done_at_s = 0 OR done_at_s > $3) AND due_at_s > 0"
	" AND due_at_s < $3";

struct judging {
	struct store *store;
	const struct flow *f;
	struct str obligation; /* with its pack */
	int64_t unit_id, record_id, since_s, at_s;
	struct flow_verdict *verdict;
};

/* A case as it was at the moment. */
struct then {
	int64_t id, ended_at_s, due_at_s, started_at_s;
	struct str state;
	bool is_void;
};

static bool are_named(
	const struct flow *f, struct str obligation, const struct str *ids, size_t count)
{
	struct str before, rest;

	for (size_t i = 0; i < count; i++) {
		if (str_eq(ids[i], obligation))
			return true;
		if (str_split(obligation, '/', &before, &rest) && str_eq(before, f->pack->id) &&
			str_eq(rest, ids[i]))
			return true;
	}
	return false;
}

static bool names(const struct judging *j, const struct str *ids, size_t count)
{
	return are_named(j->f, j->obligation, ids, count);
}

static int one_number(struct store_query *q, int64_t *ret, struct err *e)
{
	int rc = store_next(q, e);

	if (rc < 0)
		return rc;
	*ret = store_i64(q, 0);
	store_end(q);
	return 0;
}

static int late_tasks(
	const struct judging *j, int64_t case_id, struct str kind, int64_t *ret, struct err *e)
{
	struct store_query *q = store_query(j->store, sql_late);

	store_bind_i64(q, 1, case_id);
	store_bind_str(q, 2, kind);
	store_bind_i64(q, 3, j->at_s);
	return one_number(q, ret, e);
}

enum standing { STANDS_NOT, STANDS_OPEN, STANDS_GOOD, STANDS_LATE };

static void count(struct judging *j, const struct then *c, enum standing s, int64_t at_s)
{
	struct flow_verdict *v = j->verdict;
	static const enum outcome outcomes[] = { OUTCOME_NA, OUTCOME_UNKNOWN, OUTCOME_PASS,
		OUTCOME_FAIL };
	enum outcome worst;

	if (s == STANDS_NOT)
		return;
	v->good += s == STANDS_GOOD;
	v->open += s == STANDS_OPEN;
	v->late += s == STANDS_LATE;
	/* an open case in time takes nothing from what others have proved */
	worst = v->late ? OUTCOME_FAIL : v->good ? OUTCOME_PASS : OUTCOME_UNKNOWN;
	if (!v->is_any || outcomes[s] == worst)
		v->case_id = c->id;
	v->outcome = worst;
	if (at_s > v->at_s)
		v->at_s = at_s;
	v->is_any = true;
}

/* As the flow as a whole is proof: when it has ended. */
static int weigh_whole(struct judging *j, const struct then *c, struct err *e)
{
	int64_t late = 0;
	int rc = 0;

	if (c->is_void && c->ended_at_s)
		return 0;
	if (!c->ended_at_s)
		rc = late_tasks(j, c->id, STR(""), &late, e);
	if (rc < 0)
		return rc;
	if (c->ended_at_s)
		count(j, c, STANDS_GOOD, c->ended_at_s);
	else if (late > 0 || (c->due_at_s > 0 && c->due_at_s < j->at_s))
		count(j, c, STANDS_LATE, c->due_at_s);
	else
		count(j, c, STANDS_OPEN, c->started_at_s);
	return 0;
}

static bool is_from(const struct flow_move *m, struct str state)
{
	for (size_t i = 0; i < m->from_count; i++)
		if (str_eq(m->from[i], state))
			return true;
	return false;
}

/* As one of its moves is proof: made, or awaited where the case stands. */
static int weigh_move(
	struct judging *j, const struct then *c, const struct flow_move *m, struct err *e)
{
	struct store_query *q = store_query(j->store, sql_moved);
	int64_t made_s, late = 0, n;
	int rc;

	store_bind_i64(q, 1, c->id);
	store_bind_str(q, 2, m->id);
	store_bind_i64(q, 3, j->at_s);
	rc = one_number(q, &made_s, e);
	for (size_t i = 0; rc == 0 && i < j->f->task_count; i++) {
		const struct flow_task_kind *t = &j->f->tasks[i];

		if (!names(j, t->answers, t->answer_count))
			continue;
		rc = late_tasks(j, c->id, t->id, &n, e);
		late += rc == 0 ? n : 0;
	}
	if (rc < 0)
		return rc;
	if (!c->ended_at_s &&
		(late > 0 || (is_from(m, c->state) && c->due_at_s > 0 && c->due_at_s < j->at_s)))
		count(j, c, STANDS_LATE, c->due_at_s);
	else if (made_s >= j->since_s && made_s > 0)
		count(j, c, STANDS_GOOD, made_s);
	else if (!c->ended_at_s && is_from(m, c->state) && m->clock.is_set + c->due_at_s > 0)
		count(j, c, STANDS_OPEN, c->started_at_s);
	return 0;
}

static int weigh_case(struct judging *j, const struct then *c, struct err *e)
{
	int rc = 0;

	if (names(j, j->f->answers, j->f->answer_count))
		rc = weigh_whole(j, c, e);
	for (size_t i = 0; rc == 0 && i < j->f->move_count; i++)
		if (names(j, j->f->moves[i].answers, j->f->moves[i].answer_count))
			rc = weigh_move(j, c, &j->f->moves[i], e);
	return rc;
}

bool flow_answers(const struct flow *f, struct str obligation)
{
	if (are_named(f, obligation, f->answers, f->answer_count))
		return true;
	for (size_t i = 0; i < f->move_count; i++)
		if (are_named(f, obligation, f->moves[i].answers, f->moves[i].answer_count))
			return true;
	return false;
}

static int weigh_flow(struct judging *j, struct arena *a, struct err *e)
{
	VEC(struct then) cases = { 0 };
	struct store_query *q = store_query(j->store, sql_cases);
	int rc;

	store_bind_i64(q, 1, j->unit_id);
	store_bind_str(q, 2, j->f->id);
	store_bind_i64(q, 3, j->since_s);
	store_bind_i64(q, 4, j->at_s);
	store_bind_i64(q, 5, j->record_id);
	while ((rc = store_next(q, e)) == 1) {
		bool has_moved = !store_is_null(q, 6);
		struct then c = { store_i64(q, 0), store_i64(q, 2), store_i64(q, has_moved ? 7 : 4),
			store_i64(q, 5), arena_str(a, store_str(q, has_moved ? 6 : 1)),
			store_i64(q, 3) != 0 };

		if (c.ended_at_s > j->at_s)
			c.ended_at_s = 0;
		vec_push(a, &cases, c);
	}
	for (size_t i = 0; rc == 0 && i < cases.len; i++)
		rc = weigh_case(j, &cases.at[i], e);
	return rc;
}

int flow_judge(const struct flow_by *by, const struct flow_question *question,
	struct flow_verdict *ret, struct err *e)
{
	struct flow_verdict v = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < pack_count(by->packs); i++) {
		const struct pack *p = pack_at(by->packs, i);

		for (size_t n = 0; rc == 0 && p->work && n < p->work->flow_count; n++) {
			struct judging j = { by->store, &p->work->flows[n], question->obligation,
				question->unit_id, question->record_id, question->since_s,
				question->at_s, &v };

			if (flow_answers(j.f, j.obligation))
				rc = weigh_flow(&j, by->a, e);
		}
	}
	if (rc == 0)
		*ret = v;
	return rc;
}
