/* flows/NAME.yaml: one flow a file; field tables and little else. */
#include "core/pack/pack_int.h"

#define NEEDED FIELD_NEEDED
#define COUNT_MAX 10000

static const char *const abouts[] = { "unit", "staff", "record", NULL };
static const char *const whos[] = { "act", "approve", "sign", NULL };
static const char *const types[] = { "text", "long", "number", "date", "time", "yes", "choice",
	"host", "staff", "record", "obligation", NULL };
static const char *const state_kinds[] = { "open", "end", "void", NULL };
static const char *const guard_kinds[] = { "tasks-done", "all-yes", "one-of", "in-order",
	"other-person", "audit-clean", NULL };
static const char *const begins[] = { "by-right", "staff-change", "anyone", NULL };

#define AT(member) offsetof(struct flow_choice, member)
static const struct field choice_fields[] = {
	FIELD("id", TEXT, NEEDED, AT(id)),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("sets", TEXT, 0, AT(sets)),
	{ 0 },
};
static const struct shape choice_shape = { choice_fields, sizeof(struct flow_choice), NO_SOURCE };
#undef AT

#define AT(member) offsetof(struct flow_field, member)
static const struct field field_where_fields[] = {
	FIELD("field", TEXT, NEEDED, AT(where)),
	FIELD("is", TEXTS, NEEDED, AT(is), .count_at = AT(is_count)),
	{ 0 },
};
static const struct shape field_where_shape = { field_where_fields, sizeof(struct flow_field),
	NO_SOURCE };

static const struct field field_fields[] = {
	FIELD("id", TEXT, NEEDED, AT(id)),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("hint", WORDS, 0, AT(hint)),
	FIELD("type", ENUM, NEEDED, AT(type), .choices = types),
	FIELD("choices", MAPS, 0, AT(choices), .count_at = AT(choice_count),
		.shape = &choice_shape),
	FIELD("same", TEXTS, 0, AT(same), .count_at = AT(same_count)),
	FIELD("of", TEXT, FIELD_USE, AT(of), .item = ITEM_REGISTER),
	FIELD("by", TEXT, 0, AT(by)),
	FIELD("where", MAP, 0, 0, .shape = &field_where_shape),
	FIELD("number", TEXT, 0, AT(number)),
	{ 0 },
};
static const struct shape field_shape = { field_fields, sizeof(struct flow_field), AT(source) };
#undef AT

#define AT(member) offsetof(struct flow_state, member)
static const struct field state_fields[] = {
	FIELD("id", TEXT, NEEDED, AT(id)),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("kind", ENUM, 0, AT(kind), .choices = state_kinds),
	{ 0 },
};
static const struct shape state_shape = { state_fields, sizeof(struct flow_state), AT(source) };
#undef AT

/* The ways to say how long, one of which must stand there. */
#define AT(member) offsetof(struct flow_clock, member)
static const struct field clock_fields[] = {
	FIELD("hours", NUMBER, 0, AT(count), .min = 0, .max = COUNT_MAX),
	FIELD("days", NUMBER, 0, AT(count), .min = 0, .max = COUNT_MAX),
	FIELD("work-days", NUMBER, 0, AT(count), .min = 0, .max = COUNT_MAX),
	FIELD("param", TEXT, FIELD_USE, AT(param), .item = ITEM_PARAM),
	FIELD("from", TEXT, 0, AT(from)),
	{ 0 },
};
static const struct shape clock_shape = { clock_fields, sizeof(struct flow_clock), AT(source) };
#undef AT

static void read_clock_into(
	struct pack_load *load, const struct yaml_node *node, struct flow_clock *clock)
{
	static const char *const measures[] = { "hours", "days", "work-days", "param" };
	size_t found = 0;

	pack_read_map(load, node, &clock_shape, clock);
	clock->is_set = true;
	for (size_t i = 0; node->kind == YAML_MAP && i < COUNT(measures); i++) {
		if (!yaml_get(node, measures[i]))
			continue;
		found++;
		if (i < 3)
			clock->measure = (enum flow_measure)i;
	}
	if (found != 1)
		pack_fault_add(load, pack_source(load, node),
			T("thời hạn cần đúng một trong hours, days, work-days, param"), STR_NONE,
			STR_NONE, STR_NONE);
}

static void read_move_clock(struct pack_load *load, const struct yaml_node *node, void *row)
{
	read_clock_into(load, node, &((struct flow_move *)row)->clock);
}

static void read_task_clock(struct pack_load *load, const struct yaml_node *node, void *row)
{
	read_clock_into(load, node, &((struct flow_task_kind *)row)->clock);
}

static void read_flow_clock(struct pack_load *load, const struct yaml_node *node, void *row)
{
	read_clock_into(load, node, &((struct flow *)row)->clock);
}

#define AT(member) offsetof(struct flow_guard, member)
static const struct field guard_fields[] = {
	FIELD("is", ENUM, NEEDED, AT(kind), .choices = guard_kinds),
	FIELD("fields", TEXTS, 0, AT(fields), .count_at = AT(field_count)),
	FIELD("values", TEXTS, 0, AT(values), .count_at = AT(value_count)),
	FIELD("params", TEXTS, FIELD_USE, AT(params), .count_at = AT(param_count),
		.item = ITEM_PARAM),
	FIELD("says", WORDS, NEEDED, AT(says)),
	{ 0 },
};
static const struct shape guard_shape = { guard_fields, sizeof(struct flow_guard), AT(source) };
#undef AT

#define AT(member) offsetof(struct flow_move, member)
static const struct field set_fields[] = {
	FIELD("field", TEXT, NEEDED, AT(set_field)),
	FIELD("to", TEXT, NEEDED, AT(set_to)),
	{ 0 },
};
static const struct shape set_shape = { set_fields, sizeof(struct flow_move), NO_SOURCE };

static const struct field except_fields[] = {
	FIELD("obligation", TEXT, NEEDED, AT(except_obligation)),
	FIELD("reason", TEXT, NEEDED, AT(except_reason)),
	FIELD("measure", TEXT, NEEDED, AT(except_measure)),
	FIELD("from", TEXT, NEEDED, AT(except_from)),
	FIELD("until", TEXT, NEEDED, AT(except_until)),
	{ 0 },
};
static const struct shape except_shape = { except_fields, sizeof(struct flow_move), NO_SOURCE };

static const struct field move_fields[] = {
	FIELD("id", TEXT, NEEDED, AT(id)),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("from", TEXTS, NEEDED, AT(from), .count_at = AT(from_count)),
	FIELD("to", TEXT, NEEDED, AT(to)),
	FIELD("who", ENUM, NEEDED, AT(who), .choices = whos),
	FIELD("role", TEXT, FIELD_USE, AT(role), .item = ITEM_ROLE),
	FIELD("needs", TEXTS, 0, AT(needs), .count_at = AT(need_count)),
	FIELD("asks", TEXTS, 0, AT(asks), .count_at = AT(ask_count)),
	FIELD("guards", MAPS, 0, AT(guards), .count_at = AT(guard_count), .shape = &guard_shape),
	FIELD("tasks", TEXTS, 0, AT(tasks), .count_at = AT(task_count)),
	FIELD("papers", TEXTS, 0, AT(papers), .count_at = AT(paper_count)),
	FIELD("answers", TEXTS, FIELD_USE, AT(answers), .count_at = AT(answer_count),
		.item = ITEM_OBLIGATION),
	FIELD("clock", OWN, 0, 0, .read = read_move_clock),
	FIELD("sets", MAP, 0, 0, .shape = &set_shape),
	FIELD("excepts", MAP, 0, 0, .shape = &except_shape),
	{ 0 },
};
static const struct shape move_shape = { move_fields, sizeof(struct flow_move), AT(source) };
#undef AT

#define AT(member) offsetof(struct flow_task_kind, member)
static const struct field where_fields[] = {
	FIELD("field", TEXT, NEEDED, AT(where)),
	FIELD("is", TEXTS, NEEDED, AT(is), .count_at = AT(is_count)),
	{ 0 },
};
static const struct shape where_shape = { where_fields, sizeof(struct flow_task_kind), NO_SOURCE };

static const struct field task_fields[] = {
	FIELD("id", TEXT, NEEDED, AT(id)),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("each", TEXT, FIELD_USE, AT(each), .item = ITEM_REGISTER),
	FIELD("by", TEXT, 0, AT(by)),
	FIELD("where", MAP, 0, 0, .shape = &where_shape),
	FIELD("who", ENUM, NEEDED, AT(who), .choices = whos),
	FIELD("choices", MAPS, 0, AT(choices), .count_at = AT(choice_count),
		.shape = &choice_shape),
	FIELD("clock", OWN, 0, 0, .read = read_task_clock),
	FIELD("answers", TEXTS, FIELD_USE, AT(answers), .count_at = AT(answer_count),
		.item = ITEM_OBLIGATION),
	{ 0 },
};
static const struct shape task_shape = { task_fields, sizeof(struct flow_task_kind), AT(source) };
#undef AT

#define AT(member) offsetof(struct flow, member)
static const struct field flow_fields[] = {
	FIELD("id", TEXT, NEEDED | FIELD_ID, AT(id), .item = ITEM_FLOW),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("what", WORDS, NEEDED, AT(what)),
	FIELD("clauses", TEXTS, NEEDED | FIELD_USE, AT(clauses), .count_at = AT(clause_count),
		.item = ITEM_CLAUSE),
	FIELD("answers", TEXTS, NEEDED | FIELD_USE, AT(answers), .count_at = AT(answer_count),
		.item = ITEM_OBLIGATION),
	FIELD("about", ENUM, NEEDED, AT(about), .choices = abouts),
	FIELD("registers", TEXTS, FIELD_USE, AT(registers), .count_at = AT(register_count),
		.item = ITEM_REGISTER),
	FIELD("begins", ENUM, 0, AT(begins), .choices = begins),
	FIELD("first", TEXT, NEEDED, AT(first)),
	FIELD("first-asks", TEXTS, 0, AT(first_asks), .count_at = AT(first_ask_count)),
	FIELD("first-tasks", TEXTS, 0, AT(first_tasks), .count_at = AT(first_task_count)),
	FIELD("for-all-units", BOOL, 0, AT(is_spread)),
	FIELD("clock", OWN, 0, 0, .read = read_flow_clock),
	FIELD("fields", MAPS, NEEDED, AT(fields), .count_at = AT(field_count),
		.shape = &field_shape),
	FIELD("states", MAPS, NEEDED, AT(states), .count_at = AT(state_count),
		.shape = &state_shape),
	FIELD("moves", MAPS, NEEDED, AT(moves), .count_at = AT(move_count), .shape = &move_shape),
	FIELD("tasks", MAPS, 0, AT(tasks), .count_at = AT(task_count), .shape = &task_shape),
	FIELD("papers", MAPS, 0, AT(papers), .count_at = AT(paper_count), 
		.shape = &pack_paper_shape),
	{ 0 },
};
static const struct shape flow_shape = { flow_fields, sizeof(struct flow), AT(source) };
#undef AT

void pack_load_flow(struct pack_load *load, const struct yaml_node *root)
{
	pack_read_map(load, root, &flow_shape, vec_add(&load->work, &load->rows->flows));
}

#define FIND(array, count, wanted) \
	do { \
		for (size_t i = 0; i < (count); i++) \
			if ((array)[i].id.ptr && str_eq((array)[i].id, (wanted))) \
				return &(array)[i]; \
		return NULL; \
	} while (0)

const struct flow_state *flow_state_of(const struct flow *f, struct str id)
{
	FIND(f->states, f->state_count, id);
}

struct str flow_field_same(const struct flow_field *f, struct str register_id)
{
	struct str reg, field;

	for (size_t i = 0; i < f->same_count; i++)
		if (str_split(f->same[i], '.', &reg, &field) && str_eq(reg, register_id))
			return field;
	return STR_NONE;
}

const struct flow_move *flow_move_of(const struct flow *f, struct str id)
{
	FIND(f->moves, f->move_count, id);
}

const struct flow_field *flow_field_of(const struct flow *f, struct str id)
{
	FIND(f->fields, f->field_count, id);
}

const struct flow_task_kind *flow_task_of(const struct flow *f, struct str id)
{
	FIND(f->tasks, f->task_count, id);
}
