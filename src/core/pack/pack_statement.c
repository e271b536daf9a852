/* statements/NAME.yaml and quizzes/NAME.yaml: what people sign, and what they are asked. */
#include "core/pack/pack_int.h"

#define NEEDED FIELD_NEEDED

#define AT(member) offsetof(struct statement_point, member)
static const struct field point_fields[] = {
	FIELD("id", TEXT, NEEDED, AT(id)),
	FIELD("text", WORDS, NEEDED, AT(text)),
	FIELD("answers", TEXTS, NEEDED | FIELD_USE, AT(answers), .count_at = AT(answer_count),
		.item = ITEM_OBLIGATION),
	FIELD("tick", BOOL, 0, AT(is_tick)),
	FIELD("flows", TEXTS, 0, AT(flows), .count_at = AT(flow_count)),
	{ 0 },
};
static const struct shape point_shape = { point_fields, sizeof(struct statement_point),
	AT(source) };
#undef AT

#define AT(member) offsetof(struct statement, member)
static const struct field statement_fields[] = {
	FIELD("id", TEXT, NEEDED | FIELD_ID, AT(id), .item = ITEM_STATEMENT),
	FIELD("version", NUMBER, NEEDED, AT(version), .min = 1, .max = 10000),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("text", WORDS, NEEDED, AT(text)),
	FIELD("who", TEXT, NEEDED | FIELD_USE, AT(role), .item = ITEM_ROLE),
	FIELD("months", NUMBER, 0, AT(months), .min = 1, .max = 1200),
	FIELD("param", TEXT, FIELD_USE, AT(period_param), .item = ITEM_PARAM),
	FIELD("clauses", TEXTS, NEEDED | FIELD_USE, AT(clauses), .count_at = AT(clause_count),
		.item = ITEM_CLAUSE),
	FIELD("points", MAPS, NEEDED, AT(points), .count_at = AT(point_count),
		.shape = &point_shape),
	{ 0 },
};
static const struct shape statement_shape = { statement_fields, sizeof(struct statement),
	AT(source) };
#undef AT

void pack_load_statement(struct pack_load *load, const struct yaml_node *root)
{
	pack_read_map(load, root, &statement_shape, vec_add(&load->work, &load->rows->statements));
}

#define AT(member) offsetof(struct quiz_answer, member)
static const struct field answer_fields[] = {
	FIELD("text", WORDS, NEEDED, AT(text)),
	FIELD("right", BOOL, 0, AT(is_right)),
	{ 0 },
};
static const struct shape answer_shape = { answer_fields, sizeof(struct quiz_answer), NO_SOURCE };
#undef AT

#define AT(member) offsetof(struct quiz_question, member)
static const struct field question_fields[] = {
	FIELD("text", WORDS, NEEDED, AT(text)),
	FIELD("why", WORDS, NEEDED, AT(why)),
	FIELD("answers", MAPS, NEEDED, AT(answers), .count_at = AT(answer_count),
		.shape = &answer_shape),
	{ 0 },
};
static const struct shape question_shape = { question_fields, sizeof(struct quiz_question),
	AT(source) };
#undef AT

#define AT(member) offsetof(struct quiz, member)
static const struct field quiz_fields[] = {
	FIELD("id", TEXT, NEEDED | FIELD_ID, AT(id), .item = ITEM_QUIZ),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("pass", TEXT, NEEDED | FIELD_USE, AT(pass_param), .item = ITEM_PARAM),
	FIELD("questions", MAPS, NEEDED, AT(questions), .count_at = AT(question_count),
		.shape = &question_shape),
	{ 0 },
};
static const struct shape quiz_shape = { quiz_fields, sizeof(struct quiz), AT(source) };
#undef AT

void pack_load_quiz(struct pack_load *load, const struct yaml_node *root)
{
	pack_read_map(load, root, &quiz_shape, vec_add(&load->work, &load->rows->quizzes));
}
