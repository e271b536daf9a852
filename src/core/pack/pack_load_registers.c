/* The files of registers/: field tables and little else. */
#include "core/pack/pack_int.h"

#define NEEDED FIELD_NEEDED
#define SPAN_MAX 36500
#define BOUND_MAX 2000000000

const char *const register_types[] = { "text", "long-text", "number", "percent", "money", "date",
	"yes-no", "choice", "choices", "person", "unit", "host", "record", "id", "ip", "mac",
	"domain", "email", "phone", "file", NULL };
static_assert(COUNT(register_types) == REGISTER_TYPE_COUNT + 1, "a word for each type");
const char *const register_patterns[] = { "paper", "serial", "version", "port", "ssid", "network",
	"sha256", "url", NULL };
static const char *const needs[] = { "no", "complete", "save", NULL };
static const char *const uniques[] = { "no", "unit", "all", NULL };
static const char *const sees[] = { "all", "officers", NULL };
static const char *const nothings[] = { "finding", "fine", NULL };
static const char *const levels[] = { "fail", "warn", NULL };
static const char *const finds[] = { "unlisted", "unseen", NULL };

/* --- fields and groups ------------------------------------------------------------------------ */

#define AT(member) offsetof(struct register_choice, member)
static const struct field choice_fields[] = {
	FIELD("id", TEXT, NEEDED, AT(id)),
	FIELD("vi", TEXT, NEEDED, AT(words.vi)),
	FIELD("en", TEXT, NEEDED, AT(words.en)),
	FIELD("also", TEXTS, 0, AT(also), .count_at = AT(also_count)),
	{ 0 },
};
static const struct shape choice_shape = { choice_fields, sizeof(struct register_choice),
	NO_SOURCE };
#undef AT

static void read_bound(struct pack_load *load, const struct yaml_node *node, void *row)
{
	struct register_field *f = row;
	bool is_min = str_is(node->key, "min");
	int64_t value;

	if (node->kind != YAML_TEXT || !node->is_plain || !str_to_i64(node->text, &value) ||
		value < -BOUND_MAX || value > BOUND_MAX) {
		pack_fault_add(load, pack_source(load, node), T("\"{a}\" phải là một số nguyên"),
			node->key, STR_NONE, STR_NONE);
		return;
	}
	*(is_min ? &f->min : &f->max) = (int)value;
	*(is_min ? &f->has_min : &f->has_max) = true;
}

#define AT(member) offsetof(struct register_field, member)
static const struct field field_fields[] = {
	FIELD("id", TEXT, NEEDED, AT(id)),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("help", WORDS, 0, AT(help)),
	FIELD("also", TEXTS, 0, AT(also), .count_at = AT(also_count)),
	FIELD("type", ENUM, NEEDED, AT(type), .choices = register_types),
	FIELD("required", ENUM, 0, AT(need), .choices = needs),
	FIELD("unique", ENUM, 0, AT(unique), .choices = uniques),
	FIELD("see", ENUM, 0, AT(see), .choices = sees),
	FIELD("many", BOOL, 0, AT(is_many)),
	FIELD("past", BOOL, 0, AT(is_past)),
	FIELD("min", OWN, 0, 0, .read = read_bound),
	FIELD("max", OWN, 0, 0, .read = read_bound),
	FIELD("pattern", TEXT, 0, AT(pattern), .choices = register_patterns),
	FIELD("first", TEXT, 0, AT(first)),
	FIELD("choices", MAPS, 0, AT(choices), .count_at = AT(choice_count),
		.shape = &choice_shape),
	FIELD("to", TEXT, FIELD_USE, AT(to), .item = ITEM_REGISTER),
	{ 0 },
};
static const struct shape field_shape = { field_fields, sizeof(struct register_field), AT(source) };
#undef AT

#define AT(member) offsetof(struct register_group, member)
static const struct field group_fields[] = {
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("help", WORDS, 0, AT(help)),
	FIELD("clause", TEXT, FIELD_USE, AT(clause), .item = ITEM_CLAUSE),
	FIELD("fields", MAPS, NEEDED, AT(fields), .count_at = AT(field_count),
		.shape = &field_shape),
	{ 0 },
};
static const struct shape group_shape = { group_fields, sizeof(struct register_group), AT(source) };
#undef AT

/* --- conditions ------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct register_span, member)
static const struct field span_fields[] = {
	FIELD("days", NUMBER, 0, AT(days), .min = 1, .max = SPAN_MAX),
	FIELD("months", NUMBER, 0, AT(months), .min = 1, .max = 1200),
	FIELD("param", TEXT, FIELD_USE, AT(param), .item = ITEM_PARAM),
	{ 0 },
};
static const struct shape span_shape = { span_fields, sizeof(struct register_span), NO_SOURCE };
#undef AT

static void read_span_into(
	struct pack_load *load, const struct yaml_node *node, struct register_span *span)
{
	if (node->kind != YAML_MAP || node->count != 1)
		pack_fault_add(load, pack_source(load, node),
			T("\"{a}\" là {days: N}, {months: N} hoặc {param: TÊN}"), node->key,
			STR_NONE, STR_NONE);
	else
		pack_read_map(load, node, &span_shape, span);
}

static const struct {
	const char *key;
	enum register_op op;
	enum { TAKES_TEXTS, TAKES_BOOL, TAKES_SPAN, TAKES_NUMBER, TAKES_FIELD } takes;
} ops[] = {
	{ "is", OP_IS, TAKES_TEXTS },
	{ "not", OP_NOT, TAKES_TEXTS },
	{ "empty", OP_EMPTY, TAKES_BOOL },
	{ "past", OP_PAST, TAKES_BOOL },
	{ "within", OP_WITHIN, TAKES_SPAN },
	{ "older", OP_OLDER, TAKES_SPAN },
	{ "at-least", OP_AT_LEAST, TAKES_NUMBER },
	{ "at-most", OP_AT_MOST, TAKES_NUMBER },
	{ "before", OP_BEFORE, TAKES_FIELD },
	{ "after", OP_AFTER, TAKES_FIELD },
	{ "same", OP_SAME, TAKES_FIELD },
	{ "differs", OP_DIFFERS, TAKES_FIELD },
	{ "gone", OP_GONE, TAKES_BOOL },
};

#define AT(member) offsetof(struct register_condition, member)
static const struct field texts_field = { .name = "is" };
static const struct field bool_fields[] = { FIELD("empty", BOOL, 0, AT(is_so)),
	FIELD("past", BOOL, 0, AT(is_so)), FIELD("gone", BOOL, 0, AT(is_so)), { 0 } };
static const struct field number_fields[] = { FIELD("at-least", NUMBER, 0, AT(number),
						      .min = -BOUND_MAX, .max = BOUND_MAX),
	FIELD("at-most", NUMBER, 0, AT(number), .min = -BOUND_MAX, .max = BOUND_MAX), { 0 } };
static const struct field other_fields[] = { FIELD("before", TEXT, 0, AT(other)),
	FIELD("after", TEXT, 0, AT(other)), FIELD("same", TEXT, 0, AT(other)),
	FIELD("differs", TEXT, 0, AT(other)), { 0 } };
#undef AT

/* One value of a condition by one of FIELDS: a map of this one key. */
static void read_one(struct pack_load *load, const struct yaml_node *node,
	const struct field *fields, struct register_condition *c)
{
	const struct shape shape = { fields, sizeof(*c), NO_SOURCE };
	struct yaml_node child = *node;
	struct yaml_node map = { .kind = YAML_MAP, .line = node->line, .column = node->column };

	child.next = NULL;
	map.first = &child;
	map.count = 1;
	pack_read_map(load, &map, &shape, c);
}

static void read_op(struct pack_load *load, const struct yaml_node *node, void *row)
{
	struct register_condition *c = row;
	size_t i = 0;

	while (!str_is(node->key, ops[i].key))
		i++;
	if (c->op != OP_NONE) {
		pack_fault_add(load, pack_source(load, node),
			T("một điều kiện chỉ có một phép so: \"{a}\" là phép thứ hai"), node->key,
			STR_NONE, STR_NONE);
		return;
	}
	c->op = ops[i].op;
	switch (ops[i].takes) {
	case TAKES_TEXTS:
		c->texts = pack_read_texts(load, node, &texts_field, &c->text_count);
		break;
	case TAKES_BOOL:
		read_one(load, node, bool_fields, c);
		break;
	case TAKES_SPAN:
		read_span_into(load, node, &c->span);
		break;
	case TAKES_NUMBER:
		read_one(load, node, number_fields, c);
		break;
	case TAKES_FIELD:
		read_one(load, node, other_fields, c);
		break;
	}
}

#define OP(name) FIELD(name, OWN, 0, 0, .read = read_op)
#define AT(member) offsetof(struct register_condition, member)
static const struct field condition_fields[] = {
	FIELD("field", TEXT, NEEDED, AT(field)),
	OP("is"),
	OP("not"),
	OP("empty"),
	OP("past"),
	OP("within"),
	OP("older"),
	OP("at-least"),
	OP("at-most"),
	OP("before"),
	OP("after"),
	OP("same"),
	OP("differs"),
	OP("gone"),
	{ 0 },
};
static const struct shape condition_shape = { condition_fields, sizeof(struct register_condition),
	AT(source) };
#undef AT

/* --- rules and duties ------------------------------------------------------------------------- */

#define AT(member) offsetof(struct register_linked, member)
static const struct field linked_fields[] = {
	FIELD("register", TEXT, NEEDED | FIELD_USE, AT(register_id), .item = ITEM_REGISTER),
	FIELD("field", TEXT, NEEDED, AT(field)),
	FIELD("when", MAPS, 0, AT(when), .count_at = AT(when_count), .shape = &condition_shape),
	{ 0 },
};
static const struct shape linked_shape = { linked_fields, sizeof(struct register_linked),
	NO_SOURCE };
#undef AT

#define AT(member) offsetof(struct register_machine, member)
static const struct field machine_fields[] = {
	FIELD("check", TEXT, NEEDED | FIELD_USE, AT(check), .item = ITEM_CHECK),
	FIELD("subject", TEXT, NEEDED | FIELD_BLANK, AT(prefix)),
	FIELD("host", TEXT, NEEDED, AT(host)),
	FIELD("field", TEXT, NEEDED, AT(field)),
	FIELD("finds", BOOL, NEEDED, AT(is_unseen), .choices = finds),
	{ 0 },
};
static const struct shape machine_shape = { machine_fields, sizeof(struct register_machine),
	NO_SOURCE };
#undef AT

#define AT(member) offsetof(struct register_rule, member)
static const struct field rule_fields[] = {
	FIELD("id", TEXT, NEEDED, AT(id)),
	FIELD("words", WORDS, NEEDED, AT(words)),
	FIELD("level", BOOL, 0, AT(is_warning), .choices = levels),
	FIELD("field", TEXT, 0, AT(field)),
	FIELD("when", MAPS, 0, AT(when), .count_at = AT(when_count), .shape = &condition_shape),
	FIELD("lacks", MAPS, 0, AT(lacks), .count_at = AT(lack_count), .shape = &linked_shape),
	FIELD("twice", TEXTS, 0, AT(twice), .count_at = AT(twice_count)),
	FIELD("machine", MAP, 0, AT(machine), .shape = &machine_shape),
	FIELD("answers", TEXTS, FIELD_USE, AT(answers), .count_at = AT(answer_count),
		.item = ITEM_OBLIGATION),
	{ 0 },
};
static const struct shape rule_shape = { rule_fields, sizeof(struct register_rule), AT(source) };
#undef AT

static void read_due(struct pack_load *load, const struct yaml_node *node, void *row)
{
	struct register_duty *d = row;

	d->is_before = str_is(node->key, "before");
	if (d->span.days || d->span.months || d->span.param.ptr)
		pack_fault_add(load, pack_source(load, node),
			T("một việc có \"after\" hoặc \"before\", không có cả hai"), STR_NONE,
			STR_NONE, STR_NONE);
	else
		read_span_into(load, node, &d->span);
}

#define AT(member) offsetof(struct register_duty, member)
static const struct field duty_fields[] = {
	FIELD("id", TEXT, NEEDED, AT(id)),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("who", TEXT, NEEDED | FIELD_USE, AT(who), .item = ITEM_ROLE),
	FIELD("field", TEXT, NEEDED, AT(field)),
	FIELD("after", OWN, 0, 0, .read = read_due),
	FIELD("before", OWN, 0, 0, .read = read_due),
	FIELD("when", MAPS, 0, AT(when), .count_at = AT(when_count), .shape = &condition_shape),
	FIELD("answers", TEXTS, FIELD_USE, AT(answers), .count_at = AT(answer_count),
		.item = ITEM_OBLIGATION),
	{ 0 },
};
static const struct shape duty_shape = { duty_fields, sizeof(struct register_duty), AT(source) };
#undef AT

#define AT(member) offsetof(struct register_binding, member)
static const struct field binding_fields[] = {
	FIELD("obligations", TEXTS, NEEDED | FIELD_USE, AT(obligations),
		.count_at = AT(obligation_count), .item = ITEM_OBLIGATION),
	FIELD("when", MAPS, 0, AT(when), .count_at = AT(when_count), .shape = &condition_shape),
	{ 0 },
};
static const struct shape binding_shape = { binding_fields, sizeof(struct register_binding),
	AT(source) };
#undef AT

/* --- the register ----------------------------------------------------------------------------- */

#define AT(member) offsetof(struct pack_register, member)
static const struct field register_fields[] = {
	FIELD("id", TEXT, NEEDED | FIELD_ID, AT(id), .item = ITEM_REGISTER),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("one", WORDS, NEEDED, AT(one)),
	FIELD("about", WORDS, NEEDED, AT(about)),
	FIELD("clauses", TEXTS, NEEDED | FIELD_USE, AT(clauses), .count_at = AT(clause_count),
		.item = ITEM_CLAUSE),
	FIELD("answers", TEXTS, NEEDED | FIELD_USE, AT(answers), .count_at = AT(answer_count),
		.item = ITEM_OBLIGATION),
	FIELD("empty", BOOL, 0, AT(is_nothing_fine), .choices = nothings),
	FIELD("empty-words", WORDS, 0, AT(nothing)),
	FIELD("see", ENUM, 0, AT(see), .choices = sees),
	FIELD("name", TEXT, NEEDED, AT(name)),
	FIELD("list", TEXTS, NEEDED, AT(list), .count_at = AT(list_count)),
	FIELD("groups", MAPS, NEEDED, AT(groups), .count_at = AT(group_count),
		.shape = &group_shape),
	FIELD("rules", MAPS, 0, AT(rules), .count_at = AT(rule_count), .shape = &rule_shape),
	FIELD("duties", MAPS, 0, AT(duties), .count_at = AT(duty_count), .shape = &duty_shape),
	FIELD("binds", MAPS, 0, AT(binds), .count_at = AT(bind_count), .shape = &binding_shape),
	{ 0 },
};
static const struct shape register_shape = { register_fields, sizeof(struct pack_register),
	AT(source) };
#undef AT

void pack_load_register(struct pack_load *load, const struct yaml_node *root)
{
	pack_read_map(load, root, &register_shape, vec_add(&load->work, &load->rows->registers));
}
