/* The lint of flows, statements and quizzes: names that lead nowhere, states nobody reaches or
 * leaves, guards without what they look at. */
#include "core/pack/pack_int.h"

static void fault(struct pack_load *load, struct source at, const char *words, struct str a)
{
	pack_fault_add(load, at, words, a, STR_NONE, STR_NONE);
}

static bool is_time(const struct flow *f, struct str id)
{
	const struct flow_field *field = flow_field_of(f, id);

	return field && (field->type == FLOW_DATE || field->type == FLOW_TIME);
}

static void check_clock(
	struct pack_load *load, const struct flow *f, const struct flow_clock *clock)
{
	const struct param *param =
		clock->param.ptr ? pack_find(load->set, ITEM_PARAM, f->pack, clock->param) : NULL;

	if (clock->from.ptr && !is_time(f, clock->from))
		fault(load, clock->source,
			T("thời hạn tính từ \"{a}\", không phải một trường kiểu date hoặc time"),
			clock->from);
	if (param && !str_is(param->unit, "h") && !str_is(param->unit, "day"))
		fault(load, clock->source, T("tham số \"{a}\" không tính bằng giờ hay ngày"),
			clock->param);
}

static void check_names(struct pack_load *load, const struct flow *f, struct source at,
	const struct str *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!flow_field_of(f, ids[i]))
			fault(load, at, T("không có trường \"{a}\" trong luồng này"), ids[i]);
}

static void check_guard(
	struct pack_load *load, const struct flow *f, const struct flow_guard *guard)
{
	static const size_t wanted[] = {
		[FLOW_ONE_OF] = 1, [FLOW_IN_ORDER] = 2, [FLOW_AUDIT_CLEAN] = 1
	};
	bool is_counted = guard->kind != FLOW_ALL_YES;
	size_t want = (size_t)guard->kind < COUNT(wanted) ? wanted[guard->kind] : 0;

	check_names(load, f, guard->source, guard->fields, guard->field_count);
	if (is_counted ? guard->field_count != want : guard->field_count == 0)
		fault(load, guard->source, T("điều kiện này có số trường không đúng"), STR_NONE);
	if ((guard->kind == FLOW_ONE_OF) != (guard->value_count > 0))
		fault(load, guard->source, T("\"values\" chỉ dùng với one-of, và phải có"),
			STR_NONE);
	if (guard->param_count != (guard->kind == FLOW_AUDIT_CLEAN ? 3 : 0))
		fault(load, guard->source, T("audit-clean cần ba tham số: cấp độ, điểm, số ngày"),
			STR_NONE);
	for (size_t i = 0; guard->kind == FLOW_IN_ORDER && i < guard->field_count; i++)
		if (!is_time(f, guard->fields[i]))
			fault(load, guard->source,
				T("\"{a}\" không phải trường kiểu date hoặc time"),
				guard->fields[i]);
}

/* Whoever has no right in the unit begins a case that is about it, and says what they saw. */
static void check_begins(struct pack_load *load, const struct flow *f)
{
	if (f->begins == FLOW_BEGINS_ANYONE &&
		(f->about != FLOW_ABOUT_UNIT || f->first_ask_count == 0))
		fault(load, f->source,
			T("\"begins: anyone\" cần \"about: unit\" và \"first-asks\""), STR_NONE);
}

static void check_tasks(struct pack_load *load, const struct flow *f, struct source at,
	const struct str *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!flow_task_of(f, ids[i]))
			fault(load, at, T("không có việc \"{a}\" trong luồng này"), ids[i]);
}

static void check_move(struct pack_load *load, const struct flow *f, const struct flow_move *m)
{
	if (m->to.ptr && !flow_state_of(f, m->to))
		fault(load, m->source, T("không có trạng thái \"{a}\""), m->to);
	for (size_t i = 0; i < m->from_count; i++) {
		const struct flow_state *from = flow_state_of(f, m->from[i]);

		if (!from)
			fault(load, m->source, T("không có trạng thái \"{a}\""), m->from[i]);
		else if (from->kind != FLOW_STATE_OPEN)
			fault(load, m->source, T("không bước nào rời trạng thái kết thúc \"{a}\""),
				m->from[i]);
	}
	check_names(load, f, m->source, m->needs, m->need_count);
	check_names(load, f, m->source, m->asks, m->ask_count);
	check_tasks(load, f, m->source, m->tasks, m->task_count);
	for (size_t i = 0; i < m->paper_count; i++) {
		size_t n = 0;

		while (n < f->paper_count && !str_eq(f->papers[n].id, m->papers[i]))
			n++;
		if (n == f->paper_count)
			fault(load, m->source, T("không có giấy tờ \"{a}\" trong luồng này"),
				m->papers[i]);
	}
	for (size_t i = 0; i < m->guard_count; i++)
		check_guard(load, f, &m->guards[i]);
	if (m->clock.is_set)
		check_clock(load, f, &m->clock);
}

static bool is_left(const struct flow *f, struct str state)
{
	for (size_t i = 0; i < f->move_count; i++)
		for (size_t n = 0; n < f->moves[i].from_count; n++)
			if (str_eq(f->moves[i].from[n], state))
				return true;
	return false;
}

static bool is_reached(const struct flow *f, struct str state)
{
	if (f->first.ptr && str_eq(f->first, state))
		return true;
	for (size_t i = 0; i < f->move_count; i++)
		if (f->moves[i].to.ptr && str_eq(f->moves[i].to, state))
			return true;
	return false;
}

static void check_states(struct pack_load *load, const struct flow *f)
{
	size_t ends = 0;

	if (f->first.ptr && !flow_state_of(f, f->first))
		fault(load, f->source, T("không có trạng thái \"{a}\""), f->first);
	for (size_t i = 0; i < f->state_count; i++) {
		const struct flow_state *s = &f->states[i];

		if (!s->id.ptr)
			continue;
		ends += s->kind == FLOW_STATE_END;
		if (flow_state_of(f, s->id) != s)
			fault(load, s->source, T("trạng thái \"{a}\" có hai lần"), s->id);
		if (s->kind == FLOW_STATE_OPEN && !is_left(f, s->id))
			fault(load, s->source, T("không bước nào rời trạng thái \"{a}\""), s->id);
		if (!is_reached(f, s->id))
			fault(load, s->source, T("không bước nào tới trạng thái \"{a}\""), s->id);
	}
	if (ends == 0)
		fault(load, f->source, T("luồng không có trạng thái kết thúc (kind: end)"),
			STR_NONE);
}

static bool is_alike(const struct flow_field *field, const struct register_field *f)
{
	switch (field->type) {
	case FLOW_DATE:
		return f->type == REGISTER_DATE;
	case FLOW_STAFF:
		return f->type == REGISTER_PERSON;
	case FLOW_TEXT:
	case FLOW_LONG:
		return f->type == REGISTER_TEXT || f->type == REGISTER_LONG_TEXT ||
			f->type == REGISTER_ID || f->type == REGISTER_DOMAIN;
	default:
		return false;
	}
}

/* "REGISTER.FIELD" of a register that the flow is about, of the same kind, with one value. */
static void check_same(struct pack_load *load, const struct flow *f, const struct flow_field *field)
{
	for (size_t i = 0; i < field->same_count; i++) {
		struct str reg = STR(""), id = STR("");
		const struct register_field *there = NULL;
		bool is_about = false;

		if (str_split(field->same[i], '.', &reg, &id) && pack_register(load->set, reg))
			there = pack_register_field(pack_register(load->set, reg), id);
		for (size_t n = 0; n < f->register_count; n++)
			is_about = is_about || str_eq(f->registers[n], reg);
		if (!is_about || !there || there->is_many || !is_alike(field, there))
			fault(load, field->source,
				T("\"same\" phải là SỔ.TRƯỜNG cùng kiểu của một sổ trong registers: \"{a}\""),
				field->same[i]);
	}
}

/* A field of the register with one value, or a fault. */
static const struct register_field *field_there(struct pack_load *load,
	const struct flow_field *field, const struct pack_register *reg, struct str id)
{
	const struct register_field *there = pack_register_field(reg, id);

	if (there && !there->is_many)
		return there;
	fault(load, field->source, T("sổ của trường này không có trường \"{a}\" với một giá trị"),
		id);
	return NULL;
}

static void check_where(
	struct pack_load *load, const struct flow_field *field, const struct register_field *there)
{
	for (size_t i = 0; there && there->type == REGISTER_CHOICE && i < field->is_count; i++) {
		size_t n = 0;

		while (n < there->choice_count && !str_eq(there->choices[n].id, field->is[i]))
			n++;
		if (n == there->choice_count)
			fault(load, field->source, T("trường của sổ không có mục \"{a}\""),
				field->is[i]);
	}
}

/* What a field that is a record says of its register. */
static void check_record(
	struct pack_load *load, const struct flow *f, const struct flow_field *field)
{
	const struct pack_register *reg =
		field->of.ptr ? pack_register(load->set, field->of) : NULL;
	const struct register_field *by;
	bool is_about = false;

	if ((field->type == FLOW_RECORD) != (field->of.ptr != NULL) ||
		(!field->of.ptr && (field->by.ptr || field->where.ptr || field->number.ptr)))
		fault(load, field->source,
			T("trường \"{a}\": of đi với type: record, và phải có; by, where, number đi với of"),
			field->id);
	if (!reg)
		return;
	if (field->number.ptr)
		(void)field_there(load, field, reg, field->number);
	if (field->where.ptr)
		check_where(load, field, field_there(load, field, reg, field->where));
	by = field->by.ptr ? field_there(load, field, reg, field->by) : NULL;
	if (!by)
		return;
	for (size_t i = 0; i < f->register_count; i++)
		is_about = is_about ||
			(by->type == REGISTER_RECORD && str_eq(f->registers[i], by->to));
	if (!is_about)
		fault(load, field->source,
			T("\"by\" phải là trường dẫn tới một sổ trong registers: \"{a}\""),
			field->by);
}

static void check_fields(struct pack_load *load, const struct flow *f)
{
	for (size_t i = 0; i < f->field_count; i++) {
		const struct flow_field *field = &f->fields[i];

		if (!field->id.ptr)
			continue;
		if (flow_field_of(f, field->id) != field)
			fault(load, field->source, T("trường \"{a}\" có hai lần"), field->id);
		if ((field->type == FLOW_CHOICE) != (field->choice_count > 0))
			fault(load, field->source,
				T("trường \"{a}\": choices đi với type: choice, và phải có"),
				field->id);
		check_same(load, f, field);
		check_record(load, f, field);
	}
	for (size_t i = 0; i < f->task_count; i++)
		if (f->tasks[i].clock.is_set)
			check_clock(load, f, &f->tasks[i].clock);
	if ((f->about == FLOW_ABOUT_RECORD) != (f->register_count > 0))
		fault(load, f->source, T("registers đi với about: record, và phải có"), STR_NONE);
}

static void check_statement(struct pack_load *load, const struct statement *s)
{
	if (s->point_count == 0)
		fault(load, s->source, T("bản xác nhận không có điểm nào"), STR_NONE);
	for (size_t i = 0; i < s->point_count; i++)
		for (size_t n = 0; n < i; n++)
			if (s->points[i].id.ptr && str_eq(s->points[i].id, s->points[n].id))
				fault(load, s->points[i].source, T("điểm \"{a}\" có hai lần"),
					s->points[i].id);
}

static void check_quiz(struct pack_load *load, const struct quiz *q)
{
	for (size_t i = 0; i < q->question_count; i++) {
		size_t right = 0;

		for (size_t n = 0; n < q->questions[i].answer_count; n++)
			right += q->questions[i].answers[n].is_right;
		if (right != 1)
			fault(load, q->questions[i].source,
				T("mỗi câu hỏi cần đúng một câu trả lời đúng"), STR_NONE);
	}
}

void pack_check_flows(struct pack_load *load, const struct pack *pack)
{
	const struct pack_work *work = pack->work;

	for (size_t i = 0; work && i < work->flow_count; i++) {
		const struct flow *f = &work->flows[i];

		check_states(load, f);
		check_fields(load, f);
		check_names(load, f, f->source, f->first_asks, f->first_ask_count);
		check_begins(load, f);
		check_tasks(load, f, f->source, f->first_tasks, f->first_task_count);
		for (size_t n = 0; n < f->move_count; n++)
			check_move(load, f, &f->moves[n]);
		for (size_t n = 0; n < f->paper_count; n++)
			pack_check_paper(load, f, &f->papers[n]);
		if (f->clock.is_set)
			check_clock(load, f, &f->clock);
	}
	for (size_t i = 0; work && i < work->statement_count; i++)
		check_statement(load, &work->statements[i]);
	for (size_t i = 0; work && i < work->quiz_count; i++)
		check_quiz(load, &work->quizzes[i]);
}
