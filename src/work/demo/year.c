/* year.c - what happened in a year: cases in every state, statements signed, sessions, duties done,
 * late and missed. */
#include "core/org/rights.h"
#include "core/pack/calendar.h"
#include "work/demo/demo_int.h"

#define LEAVERS 40

/* --- cases ------------------------------------------------------------------------------------ */

static const struct flow_guard *guard_of(const struct flow_move *m, struct str field)
{
	for (size_t i = 0; i < m->guard_count; i++)
		for (size_t n = 0; n < m->guards[i].field_count; n++)
			if (str_eq(m->guards[i].fields[n], field))
				return &m->guards[i];
	return NULL;
}

/* The words for this field of a case, or NULL. */
static const struct yaml_node *words_for(
	struct making *m, const struct flow *flow, const struct flow_field *f)
{
	return demo_list(m, "case-values",
		arena_fmt(&m->piece, "%.*s.%.*s", STR_FMT(flow->id), STR_FMT(f->id)).ptr);
}

/* "+365" is that many days on. */
static int64_t later_s(struct making *m, const struct yaml_node *list)
{
	struct str word = list ? demo_word(m, list) : STR("");
	int64_t days = 0;

	if (word.len > 1 && word.ptr[0] == '+')
		(void)str_to_i64(str_from(word, 1), &days);
	return days * CLOCK_DAY_S;
}

static struct str field_value(struct making *m, const struct flow *flow,
	const struct flow_move *move, const struct flow_field *f, const struct demo_unit *u,
	int64_t at_s)
{
	const struct flow_guard *g = guard_of(move, f->id);
	const struct yaml_node *list = words_for(m, flow, f);
	struct str mark;
	char text[CLOCK_TEXT_MAX];

	switch (f->type) {
	case FLOW_DATE:
	case FLOW_TIME:
		/* later fields of a move hold later moments: the order that guards ask for */
		return arena_str(&m->piece,
			str_until(str_of(clock_iso(at_s + later_s(m, list), text)),
				f->type == FLOW_DATE ? 10 : 16));
	case FLOW_YES:
		return STR("yes");
	case FLOW_CHOICE:
		if (g && g->kind == FLOW_ONE_OF)
			return g->values[demo_random(m, g->value_count)];
		return list ? demo_word(m, list) : f->choices[demo_random(m, f->choice_count)].id;
	case FLOW_NUMBER:
		return STR("2");
	case FLOW_HOST:
		return STR("1");
	case FLOW_STAFF:
		return arena_fmt(&m->piece, "%lld", (long long)demo_person(m, u)->id);
	case FLOW_RECORD:
	case FLOW_OBLIGATION:
		return STR("");
	case FLOW_TEXT:
	case FLOW_LONG:
		break;
	}
	if (list)
		return demo_fill(m, demo_word(m, list), u, at_s);
	mark = demo_said(m, "mark");
	return arena_fmt(&m->piece, "%.*s (%.*s)", STR_FMT(f->title.vi), STR_FMT(mark));
}

/* Where a step was refused, the case may as well be given up. */
static const struct flow_move *next_move(
	struct making *m, const struct flow *f, const struct flow_case *c, bool is_stuck)
{
	struct str state = c->state;
	const struct flow_move *found[16];
	size_t count = 0;

	for (size_t i = 0; i < f->move_count && count < COUNT(found); i++) {
		const struct flow_state *to = flow_state_of(f, f->moves[i].to);

		for (size_t n = 0; n < f->moves[i].from_count; n++)
			if (str_eq(f->moves[i].from[n], state) &&
				(to->kind != FLOW_STATE_VOID || is_stuck || demo_chance(m, 5)) &&
				!(str_eq(to->id, state) && str_eq(c->last_move, f->moves[i].id)))
				found[count++] = &f->moves[i];
	}
	return count ? found[demo_chance(m, is_stuck ? 30 : 70) ? 0 : demo_random(m, count)] : NULL;
}

/* A case on its way. */
struct going {
	struct making *m;
	const struct flow *f;
	const struct demo_unit *u;
	int64_t id;
	bool is_stuck; /* the step tried last was refused */
};

/* Is FIELD what a move of the flow makes an exception of, or the day it ends? Who asks for one says
 * so in a step before that. */
static bool is_of_exception(const struct flow *f, struct str field, bool is_end)
{
	for (size_t i = 0; i < f->move_count; i++) {
		const struct flow_move *m = &f->moves[i];
		struct str named = is_end ? m->except_until : m->except_obligation;

		if (named.ptr && str_eq(named, field))
			return true;
	}
	return false;
}

/* Is the list as long as that of what exceptions are asked for? */
static bool goes_with_exception(const struct going *g, const struct yaml_node *list)
{
	for (size_t i = 0; i < g->f->field_count; i++) {
		const struct yaml_node *asked = words_for(g->m, g->f, &g->f->fields[i]);

		if (asked && asked->count == list->count &&
			is_of_exception(g->f, g->f->fields[i].id, false))
			return true;
	}
	return false;
}

/* What an exception names is an obligation of the flow's own pack, for two months. The words tell
 * which may have one; its reason and its measure stand at the same place of their lists. */
static struct str value_of(
	const struct going *g, const struct flow_move *move, size_t field, int64_t at_s)
{
	const struct flow_field *f = &g->f->fields[field];
	const struct pack *pack = g->f->pack;
	const struct yaml_node *list = words_for(g->m, g->f, f);

	if (is_of_exception(g->f, f->id, false)) {
		/* by itself: STR_FMT takes what it is given twice */
		struct str id = list ?
			demo_turn(list, (size_t)g->id) :
			pack->obligations[demo_random(g->m, pack->obligation_count)].id;

		return arena_fmt(&g->m->piece, "%.*s/%.*s", STR_FMT(pack->id), STR_FMT(id));
	}
	if (list && goes_with_exception(g, list))
		return demo_turn(list, (size_t)g->id);
	if (is_of_exception(g->f, f->id, true))
		at_s += 60 * (int64_t)CLOCK_DAY_S;
	return field_value(g->m, g->f, move, f, g->u, at_s - (20 - (int64_t)field) * 60);
}

/* What a field that is a record needs stands in the register first. */
static int write_record(const struct going *g, const struct flow_field *f,
	const struct flow_case *c, int64_t at_s, struct str *ret, struct err *e)
{
	struct arena *a = &g->m->piece;
	struct record_value preset[3];
	struct record_body body = { preset, 0 };
	int64_t id = 0;
	int rc;

	if (f->by.ptr)
		preset[body.count++] = (struct record_value){ f->by,
			arena_fmt(a, "%lld", (long long)c->record_id) };
	if (f->where.ptr)
		preset[body.count++] = (struct record_value){ f->where, f->is[0] };
	if (f->number.ptr)
		preset[body.count++] = (struct record_value){ f->number,
			arena_fmt(a, "%lld/XN", (long long)c->id) };
	rc = demo_record(g->m,
		&(struct demo_wanted){ g->u, pack_register(g->m->d->packs, f->of), body, at_s },
		&id, e);
	*ret = id ? arena_fmt(a, "%lld", (long long)id) : STR("");
	return rc;
}

/* Did another case, which was told before, change the record after this moment? */
static bool is_changed_since(struct making *m, int64_t record_id, int64_t at_s)
{
	struct record r;
	struct err e;

	return record_id && record_get(m->d->store, record_id, &m->piece, &r, &e) == 0 &&
		r.changed_at_s >= at_s;
}

static int do_tasks(const struct going *g, int64_t at_s, struct err *e)
{
	struct making *m = g->m;
	struct flow_by by = demo_by(m, &g->u->officer, at_s);
	struct flow_history h;
	int rc = flow_history(m->d->store, g->id, &m->piece, &h, e);

	for (size_t i = 0; rc == 0 && i < h.task_count; i++) {
		const struct flow_task_kind *k = flow_task_of(g->f, h.tasks[i].kind);

		if (h.tasks[i].done_at_s || !demo_cares(m, g->u, 85) ||
			is_changed_since(m, h.tasks[i].record_id, at_s))
			continue;
		rc = flow_task_do(&by, h.tasks[i].id,
			k->choice_count ?
				k->choices[demo_chance(m, 85) ? 0 : demo_random(m, k->choice_count)]
					.id :
				STR(""),
			STR(""), e);
	}
	return rc == ERR_CONFLICT ? 0 : rc; /* its case has ended with tasks open */
}

/* One move on; *RET_WENT tells whether it was made. */
static int step(const struct going *g, int64_t at_s, bool *ret_went, struct err *e)
{
	struct making *m = g->m;
	struct flow_by by = demo_by(m, &g->u->head, at_s);
	VEC(struct flow_value) values = { 0 };
	struct flow_refusals why;
	const struct flow_move *move;
	struct flow_case c;
	struct flow_history h;
	int rc = flow_get(m->d->store, g->id, at_s, &m->piece, &c, e);

	*ret_went = false;
	if (rc == 0)
		rc = flow_history(m->d->store, g->id, &m->piece, &h, e);
	move = rc == 0 && !c.ended_at_s ? next_move(m, g->f, &c, g->is_stuck) : NULL;
	if (!move || is_changed_since(m, c.record_id, at_s))
		return rc;
	if (move->who == FLOW_WHO_ACT)
		by.user = &g->u->officer;
	for (size_t i = 0; rc == 0 && i < g->f->field_count; i++) {
		struct flow_value said = { .field = g->f->fields[i].id };
		bool is_asked = false;

		for (size_t n = 0; n < move->need_count; n++)
			is_asked = is_asked || str_eq(move->needs[n], g->f->fields[i].id);
		for (size_t n = 0; n < move->ask_count; n++)
			is_asked = is_asked || str_eq(move->asks[n], g->f->fields[i].id);
		if (!is_asked || flow_value_of(&h, said.field).len)
			continue;
		if (g->f->fields[i].type == FLOW_RECORD)
			rc = write_record(g, &g->f->fields[i], &c, at_s, &said.value, e);
		else
			said.value = value_of(g, move, i, at_s);
		vec_push(&m->piece, &values, said);
	}
	if (rc < 0)
		return rc;
	rc = flow_move(
		&by, g->id, &(struct flow_asked){ move->id, values.at, values.len }, &why, e);
	*ret_went = rc == 0;
	return rc == ERR_CONFLICT ? 0 : rc;
}

#define STEPS_MAX 40
#define MISSES_MAX 6
#define RECENT_DAYS 20

/* Does case C stay as it is? What began lately may lie there, of old ones few do; and some states
 * are there to be stayed in. */
static bool stays(struct making *m, const struct flow *f, const struct flow_case *c, int64_t at_s)
{
	const struct yaml_node *list =
		demo_list(m, "case-stays", arena_fmt(&m->piece, "%.*s", STR_FMT(f->id)).ptr);

	for (const struct yaml_node *n = list ? list->first : NULL; n; n = n->next)
		if (str_eq(n->text, c->state))
			return demo_chance(m, 80);
	return demo_chance(m, at_s > m->last_s - RECENT_DAYS * CLOCK_DAY_S ? 10 : 1);
}

/* When its next step is made: mostly while its clock runs. */
static int64_t next_s(struct making *m, const struct flow_case *c, int64_t at_s)
{
	int64_t room_s = 6 * CLOCK_DAY_S;

	if (c->due_at_s > at_s && demo_chance(m, 92))
		room_s = c->due_at_s - at_s;
	return demo_work_s(m, at_s + 1800 + (int64_t)demo_random(m, (uint64_t)room_s));
}

/* The steps of case ID until today, or until it stays as it is. */
static int walk(struct making *m, const struct flow *f, const struct demo_unit *u, int64_t id,
	int64_t at_s, struct err *e)
{
	struct going g = { .m = m, .f = f, .u = u, .id = id };
	struct flow_case c = { 0 };
	int misses = 0, rc = 0;

	at_s = demo_work_s(m, at_s);
	for (int i = 0; i < STEPS_MAX && misses < MISSES_MAX && at_s < m->last_s; i++) {
		bool went = false;

		g.is_stuck = misses > 0;
		rc = do_tasks(&g, at_s, e);
		if (rc == 0)
			rc = step(&g, at_s, &went, e);
		if (rc == 0)
			rc = flow_get(m->d->store, id, at_s, &m->piece, &c, e);
		if (rc < 0 || c.ended_at_s || stays(m, f, &c, at_s))
			break;
		misses = went ? 0 : misses + 1;
		at_s = next_s(m, &c, at_s);
	}
	return rc;
}

struct subject {
	int64_t id, unit_id, changed_at_s;
	struct str title;
};

static const char sql_records[] =
	"SELECT id, unit_id, changed_at_s, title FROM record WHERE register = $1 AND state = 0"
	" ORDER BY (id * 2654435761 + $2) % 1000003 LIMIT $3";

static int records_of(struct making *m, struct str reg, int64_t max, struct subject *ret,
	size_t *ret_count, struct err *e)
{
	struct store_query *q = store_query(m->d->store, sql_records);
	int rc;

	store_bind_str(q, 1, reg);
	store_bind_i64(q, 2, (int64_t)demo_random(m, 1000003));
	store_bind_i64(q, 3, max);
	while ((rc = store_next(q, e)) == 1)
		ret[(*ret_count)++] = (struct subject){ store_i64(q, 0), store_i64(q, 1),
			store_i64(q, 2), arena_str(m->a, store_str(q, 3)) };
	return rc;
}

/* The open cases of a flow, or of one campaign, each some steps on. */
static int walk_open(struct making *m, const struct flow *f, int64_t parent_id, struct err *e)
{
	struct flow_query q = { .flow = f->id,
		.text = STR(""),
		.parent_id = parent_id,
		.show = FLOW_SHOW_OPEN,
		.now_s = m->d->now_s,
		.max = 200 };
	struct flow_cases list = { 0 };
	struct buf ids;
	int rc;

	buf_init(&ids, MIB);
	for (size_t i = 0; i < m->unit_count; i++)
		buf_fmt(&ids, "%s%lld", i ? "," : "[", (long long)m->units[i].id);
	buf_fmt(&ids, "]");
	q.units = arena_str(m->a, buf_str(&ids));
	buf_done(&ids);
	rc = flow_list(m->d->store, &q, m->a, &list, e);
	for (size_t i = 0; rc == 0 && i < list.count; i++) {
		demo_clear(m);
		rc = walk(m, f, demo_unit_of(m, list.at[i].unit_id), list.at[i].id,
			list.at[i].started_at_s + CLOCK_DAY_S, e);
	}
	return rc;
}

#define CASES_EACH 25

static int one_case(struct making *m, const struct flow *f, struct flow_subject about, int64_t at_s,
	struct err *e)
{
	const struct demo_unit *u = demo_unit_of(m, about.unit_id);
	struct flow_by by = demo_by(m, f->is_spread ? &u->head : &u->officer, at_s);
	int64_t id;
	int rc;

	rc = flow_start(&by, f->id, &about, &id, e);
	m->done.cases += rc == 0;
	if (rc == 0 && f->is_spread)
		rc = walk_open(m, f, id, e);
	return rc == 0 && !f->is_spread ? walk(m, f, u, id, at_s + 3600, e) : rc;
}

/* How long ago a case began: more of them lately, of which most are open. */
static int64_t begun_days(struct making *m, const struct flow *f)
{
	uint64_t days = 1 + demo_random(m, f->is_spread ? 5 : 200);

	return (int64_t)(f->is_spread ? days : 1 + demo_random(m, days));
}

static int cases_of(struct making *m, const struct flow *f, struct err *e)
{
	struct subject list[CASES_EACH] = { 0 };
	int64_t at_s;
	size_t count = 0;
	int rc = 0;

	if (f->about == FLOW_ABOUT_RECORD)
		rc = records_of(m, f->registers[0], CASES_EACH, list, &count, e);
	else
		count = f->is_spread ? 1 : CASES_EACH;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct demo_unit *u =
			&m->units[f->is_spread ? 0 : demo_random(m, m->unit_count)];
		const struct staff *p = demo_person(m, u);
		struct flow_subject about = { .unit_id = u->id,
			.title = words_in(f->title, LANG_VI) };

		if (f->about == FLOW_ABOUT_RECORD)
			about = (struct flow_subject){ .unit_id = list[i].unit_id,
				.record_id = list[i].id,
				.title = list[i].title };
		if (f->about == FLOW_ABOUT_STAFF)
			about = (struct flow_subject){
				.unit_id = u->id, .staff_id = p->id, .title = p->name
			};
		demo_clear(m);
		at_s = demo_ago_s(m, begun_days(m, f));
		if (at_s <= list[i].changed_at_s)
			at_s = demo_work_s(m, list[i].changed_at_s + 3600);
		if (at_s < m->last_s)
			rc = one_case(m, f, about, at_s, e);
	}
	return rc;
}

/* People who retire, leave or move through the year; their cases begin by themselves. */
static int leavers(struct making *m, struct err *e)
{
	static const char *const states[] = { "retired", "left", "moved" };
	const struct flow *f = pack_flow(m->d->packs, STR("personnel"));
	int rc = 0;

	for (size_t i = 0; rc == 0 && f && i < LEAVERS; i++) {
		const struct demo_unit *u = &m->units[demo_random(m, m->unit_count)];
		const struct staff *p = &u->people[8 + demo_random(m, u->count - 8)];
		int64_t at_s = demo_ago_s(m, (int64_t)demo_random(m, 280)), event;
		struct staff_change c = { .state = str_of(states[demo_random(m, 3)]),
			.note = STR(""),
			.position = STR(""),
			.effective_s = at_s };
		struct flow_by by = demo_by(m, NULL, at_s + 60);
		struct org_actor actor = m->by;
		struct org_faults faults = { 0 };
		struct str tail = demo_said(m, "paper");
		char day[CLOCK_TEXT_MAX];
		size_t begun;

		demo_clear(m);
		actor.now_s = at_s;
		c.decision = (struct org_decision){ arena_fmt(&m->piece, "%zu%.*s", 100 + i,
							    STR_FMT(tail)),
			arena_str(&m->piece,
				str_of(date_iso(pack_work_day_until(m->d->packs,
							date_at(at_s - 5 * CLOCK_DAY_S)),
					day))),
			STR_NONE };
		c.decision.from = arena_str(&m->piece, str_of(date_iso(date_at(at_s), day)));
		rc = staff_decide(&actor, p->id, &c, &event, &faults, e);
		if (rc == ERR_INPUT || rc == ERR_CONFLICT) {
			rc = 0; /* the same person drawn twice */
			continue;
		}
		if (rc == 0)
			rc = flow_follow(&by, &begun, e);
		m->done.cases += rc == 0 ? (int64_t)begun : 0;
	}
	return rc;
}

int demo_cases(struct making *m, struct err *e)
{
	const struct flow *personnel = pack_flow(m->d->packs, STR("personnel"));
	int rc = leavers(m, e);

	if (rc == 0 && personnel)
		rc = walk_open(m, personnel, 0, e);
	for (size_t i = 0; rc == 0 && i < pack_count(m->d->packs); i++) {
		const struct pack *p = pack_at(m->d->packs, i);

		for (size_t n = 0; rc == 0 && p->work && n < p->work->flow_count; n++) {
			if (p->work->flows[n].begins != FLOW_BEGINS_STAFF_CHANGE)
				rc = cases_of(m, &p->work->flows[n], e);
			demo_tell(m, T("hồ sơ xử lý"), n + 1, p->work->flow_count);
		}
	}
	return rc;
}

/* --- statements and sessions ------------------------------------------------------------------ */

static int sign(struct making *m, const struct statement *s, const struct demo_unit *u,
	const struct staff *p, struct err *e)
{
	const struct org_user *own = p->id == u->head.staff_id ? &u->head :
		p->id == u->officer.staff_id                   ? &u->officer :
								 NULL;
	struct flow_by by =
		demo_by(m, own ? own : &u->officer, demo_ago_s(m, (int64_t)demo_random(m, 300)));
	struct str *ticks = arena_array(&m->piece, struct str, s->point_count + 1);
	struct attest_signing g = { .statement = s,
		.unit_id = u->id,
		.staff_id = p->id,
		.name = p->name,
		.position = p->position,
		.how = own ? ATTEST_SCREEN : ATTEST_PAPER,
		.paper = own ? STR("") : demo_said(m, "signed"),
		.ticks = ticks };
	int rc = ERR_CONFLICT;

	for (size_t i = 0; i < s->point_count; i++)
		if (s->points[i].is_tick)
			ticks[g.tick_count++] = s->points[i].id;
	while (rc == ERR_CONFLICT) {
		const struct statement_point *against = NULL;
		size_t kept = 0;
		int64_t id;

		rc = attest_sign(&by, &g, &against, &id, e);
		for (size_t i = 0; i < g.tick_count && against; i++)
			if (!str_eq(ticks[i], against->id))
				ticks[kept++] = ticks[i];
		if (rc == ERR_CONFLICT && !against)
			return rc;
		g.tick_count = against ? kept : g.tick_count;
	}
	m->done.signings += rc == 0;
	return rc;
}

/* What somebody ticks: mostly what is right. */
static void tick(struct making *m, const struct quiz *quiz, int *answers, size_t max)
{
	for (size_t n = 0; n < max; n++) {
		answers[n] = (int)demo_random(m, 3);
		if (!quiz || n >= quiz->question_count || !demo_chance(m, 88))
			continue;
		for (size_t k = 0; k < quiz->questions[n].answer_count; k++)
			if (quiz->questions[n].answers[k].is_right)
				answers[n] = (int)k;
	}
}

static int session(struct making *m, const struct demo_unit *u, struct err *e)
{
	struct org_user officer = u->officer;
	int64_t at_s = demo_ago_s(m, 10 + (int64_t)demo_random(m, 200)), id;
	struct flow_by by = demo_by(m, &officer, at_s);
	struct attest_session x = { .unit_id = u->id,
		.at_s = at_s,
		.place = demo_said(m, "place"),
		.title = demo_said(m, "session"),
		.quiz = STR("awareness") };
	const struct quiz *quiz = pack_quiz(m->d->packs, x.quiz);
	int rc = attest_session_open(&by, &x, &id, e);

	for (size_t i = 0; rc == 0 && i < u->count; i++) {
		int answers[8];
		struct attest_guest g;

		if (!demo_chance(m, 70))
			continue;
		rc = attest_come(&by, id, u->people[i].id, e);
		tick(m, quiz, answers, COUNT(answers));
		officer.staff_id = u->people[i].id;
		if (rc == 0)
			rc = attest_quiz(&by, id, answers, COUNT(answers), &g, e);
		officer.staff_id = u->people[1].id;
	}
	return rc == 0 ? attest_session_close(&by, id, e) : rc;
}

int demo_signings(struct making *m, struct err *e)
{
	static const struct {
		const char *statement;
		size_t first, count; /* people; 0: all */
	} rows[] = { { "user", 0, 0 }, { "head", 0, 1 }, { "officer", 1, 1 },
		{ "operator", 3, 2 } };
	int rc = 0;

	for (size_t u = 0; rc == 0 && u < m->unit_count; u++) {
		const struct demo_unit *unit = &m->units[u];

		for (size_t i = 0; rc == 0 && i < COUNT(rows); i++) {
			const struct statement *s =
				pack_statement(m->d->packs, str_of(rows[i].statement));
			size_t last = rows[i].count ? rows[i].first + rows[i].count : unit->count;

			for (size_t n = rows[i].first; rc == 0 && s && n < last; n++)
				if (demo_cares(m, unit, 40))
					rc = sign(m, s, unit, &unit->people[n], e);
		}
		if (rc == 0)
			rc = session(m, unit, e);
		demo_clear(m);
		demo_tell(m, T("cam kết, phổ biến"), u + 1, m->unit_count);
	}
	return rc;
}

/* --- duties ----------------------------------------------------------------------------------- */

static int64_t period_days(struct making *m, const struct obligation *o)
{
	struct param_ruling ruling;
	int64_t n = o->period_count;

	if (o->period == PERIOD_DAYS)
		return n;
	if (o->period == PERIOD_MONTHS)
		return n * 30;
	if (o->period != PERIOD_PARAM)
		return 0;
	ruling = pack_param(m->d->packs, o->period_param, 0, date_at(m->d->now_s), &m->piece);
	if (!ruling.winner)
		return 0;
	return ruling.winner->number * (str_is(ruling.winner->param->unit, "month") ? 30 : 1);
}

/* By whom a person's proof of O is, when it has one of these kinds. */
static bool by_duty(const struct obligation *o, enum evidence_by *ret)
{
	for (size_t i = 0; i < o->evidence_count; i++) {
		if (o->evidence[i].by == BY_DUTY) {
			*ret = EVIDENCE_DUTY;
			return true;
		}
		if (o->evidence[i].by == BY_DOCUMENT) {
			*ret = EVIDENCE_DOCUMENT;
			return true;
		}
	}
	return false;
}

struct done {
	enum evidence_by by;
	int64_t at_s;
};

/* Whose accounts do what the first of these has to. */
static const struct org_user *who_does(
	struct making *m, const struct demo_unit *u, const struct obligation *o)
{
	const struct role *role = o->who_count ? pack_role(m->d->packs, o->who[0]) : NULL;
	bool is_head = false;

	for (size_t i = 0; role && i < role->account_count; i++) {
		if (str_is(role->accounts[i], org_role_id(USER_OFFICER)))
			return &u->officer;
		is_head = is_head || str_is(role->accounts[i], org_role_id(USER_HEAD));
	}
	return is_head ? &u->head : &u->officer;
}

static int did_once(struct making *m, const struct demo_unit *u, const struct obligation *o,
	int64_t host_id, const struct done *done, struct err *e)
{
	struct evidence row = { .unit_id = u->id,
		.host_id = host_id,
		.at_s = done->at_s,
		.by = done->by,
		.outcome = OUTCOME_PASS,
		.check = arena_fmt(&m->piece, "%.*s/%.*s", STR_FMT(o->pack->id), STR_FMT(o->id)),
		.subject = STR(""),
		.reason = STR(""),
		.detail = STR(""),
		.found = demo_said(m, "mark"),
		.wanted = STR(""),
		.file = STR(""),
		.lost = STR(""),
		.extract_sha256 = STR(""),
		.person = who_does(m, u, o)->login };

	m->done.duties++;
	return evidence_add_word(m->d->store, &row, e);
}

/* For the unit, or for each of its machines that the obligation binds. */
static int did(struct making *m, const struct demo_unit *u, const struct obligation *o,
	enum evidence_by by, int64_t at_s, struct err *e)
{
	struct done done = { by, demo_work_s(m, at_s) };
	int rc = 0;

	if (done.at_s >= m->last_s)
		return 0;
	if (o->applies.host_count == 0)
		return did_once(m, u, o, 0, &done, e);
	for (size_t i = 0; rc == 0 && i < DEMO_MACHINES_EACH; i++)
		for (size_t k = 0; rc == 0 && k < o->applies.host_count; k++)
			if (str_is(o->applies.host[k], demo_machine_kinds[i]))
				rc = did_once(m, u, o, u->machines[i], &done, e);
	return rc;
}

/* A year of one obligation in one unit: in time, late, or missed. */
static int year(
	struct making *m, const struct demo_unit *u, const struct obligation *o, struct err *e)
{
	int64_t days = period_days(m, o), late;
	enum evidence_by by;
	int rc = 0;

	if (!by_duty(o, &by))
		return 0;
	if (days <= 0)
		return demo_cares(m, u, 10) ?
			did(m, u, o, by, m->last_s - (int64_t)demo_random(m, 250) * CLOCK_DAY_S,
				e) :
			0;
	if (days < 7)
		days = 7; /* a daily line would tell nobody anything */
	for (int64_t ago = DEMO_YEAR_DAYS; rc == 0 && ago > 0; ago -= days) {
		if (!demo_cares(m, u, 55))
			continue;
		late = !demo_cares(m, u, 60) ? (int64_t)demo_random(m, (uint64_t)days) : 0;
		if (ago - late > 0)
			rc = did(m, u, o, by, m->last_s - (ago - late) * CLOCK_DAY_S, e);
	}
	return rc;
}

int demo_duties(struct making *m, struct err *e)
{
	int rc = store_begin(m->d->store, e);

	for (size_t u = 0; rc == 0 && u < m->unit_count; u++) {
		demo_clear(m);
		for (size_t i = 0; rc == 0 && i < pack_count(m->d->packs); i++) {
			const struct pack *p = pack_at(m->d->packs, i);

			for (size_t n = 0; rc == 0 && n < p->obligation_count; n++)
				rc = year(m, &m->units[u], &p->obligations[n], e);
		}
		demo_tell(m, T("việc định kỳ"), u + 1, m->unit_count);
	}
	if (rc == 0)
		rc = store_commit(m->d->store, e);
	if (rc < 0)
		store_rollback(m->d->store);
	return rc;
}
