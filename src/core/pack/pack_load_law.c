/* The files of a regulation or standard: field tables and little else. */
#include "core/pack/pack_int.h"

#include <string.h>

#define NEEDED FIELD_NEEDED
#define WEIGHT_MAX 5
#define LEVEL_MAX 5
#define AGE_MAX 36500

static const char *const clause_kinds[] = { "chuong", "dieu", "khoan", "diem", "doan", NULL };
static const char *const directions[] = { "at-least", "at-most", "equal", "one-of", "all-of",
	NULL };
static const char *const forces[] = { "binding", "advice", "default", NULL };
static const char *const units[] = { "min", "h", "day", "month", "year", "char", "try", "percent",
	"count", "set", "text", NULL };
static const char *const proofs[] = { "check", "register", "flow", "document", "attest", "duty",
	"archive", NULL };
static const char *const needs[] = { "all-checks", "any", "both", NULL };
static const char *const kinds[] = { "auto", "workflow", "register", "doc", "attest", "periodic",
	"data", NULL };
static const char *const periods[] = { "continuous", "once", "on-event", NULL };
static const char *const hosts[] = { "server", "workstation", "secret-pc", "network-device", NULL };
static const char *const having[] = { "wifi", "guest-wifi", "vendor", "shares", "several-sites",
	"internet-service", "domain", "hosting", "database", NULL };
static const char *const hostings[] = { "provincial", "own", "hired", NULL };
static const char *const accounts[] = { "admin", "officer", "head", "auditor", "staff", "operator",
	"inspector", "authority", NULL };
static const char *const unit_kinds[] = { "owner", "operator", "district", "inspector", NULL };

/* clauses.yaml */

#define AT(member) offsetof(struct clause_row, member)
static const struct field clause_fields[] = {
	FIELD("id", TEXT, NEEDED | FIELD_ID, AT(clause.id), .item = ITEM_CLAUSE),
	FIELD("parent", TEXT, FIELD_USE | FIELD_SOURCE, AT(parent), .count_at = AT(parent_source),
		.item = ITEM_CLAUSE),
	FIELD("kind", ENUM, NEEDED, AT(clause.kind), .choices = clause_kinds),
	FIELD("label", TEXT, NEEDED | FIELD_BLANK, AT(clause.label)),
	FIELD("title", TEXT, 0, AT(clause.title)),
	FIELD("text", TEXT, 0, AT(clause.text)),
	{ 0 },
};
static const struct shape clause_shape = { clause_fields, sizeof(struct clause_row),
	AT(clause.source) };
#undef AT

void pack_load_clauses(struct pack_load *load, const struct yaml_node *root)
{
	const struct yaml_node *list = pack_only_list(load, root, "clauses");

	for (const struct yaml_node *node = list ? list->first : NULL; node; node = node->next)
		pack_read_map(
			load, node, &clause_shape, vec_add(&load->work, &load->rows->clauses));
}

/* params.yaml */

static void read_value(struct pack_load *load, const struct yaml_node *node, void *row)
{
	static const struct field item = { .name = "value" };
	struct param_value *value = row;

	if (node->kind == YAML_LIST) {
		value->items = pack_read_texts(load, node, &item, &value->item_count);
		return;
	}
	if (node->kind != YAML_TEXT || yaml_is_null(node)) {
		pack_fault_add(load, pack_source(load, node),
			T("\"{a}\" phải là một giá trị hoặc một danh sách"), STR("value"), STR_NONE,
			STR_NONE);
		return;
	}
	value->items = arena_new(&load->set->arena, struct str);
	value->items[0] = pack_text(load, node);
	value->item_count = 1;
	value->is_number = node->is_plain && str_to_i64(node->text, &value->number);
}

static void read_levels(struct pack_load *load, const struct yaml_node *node, void *row)
{
	struct param_value *value = row;
	int64_t ends[2] = { 0, 0 };
	size_t i = 0;

	for (const struct yaml_node *child = node->first; child; child = child->next, i++)
		if (i >= 2 || child->kind != YAML_TEXT || !str_to_i64(child->text, &ends[i]))
			i = 3;
	if (node->kind != YAML_LIST || i != 2 || ends[0] < 1 || ends[1] > LEVEL_MAX ||
		ends[0] > ends[1]) {
		pack_fault_add(load, pack_source(load, node),
			T("\"levels\" phải là [từ, đến] trong các cấp độ 1 đến 5"), STR_NONE,
			STR_NONE, STR_NONE);
		return;
	}
	value->level_from = (int)ends[0];
	value->level_to = (int)ends[1];
}

#define AT(member) offsetof(struct param_value, member)
static const struct field value_fields[] = {
	FIELD("value", OWN, NEEDED, 0, .read = read_value),
	FIELD("clause", TEXT, NEEDED | FIELD_USE, AT(clause), .item = ITEM_CLAUSE),
	FIELD("levels", OWN, NEEDED, 0, .read = read_levels),
	FIELD("force", ENUM, NEEDED, AT(force), .choices = forces),
	{ 0 },
};
static const struct shape value_shape = { value_fields, sizeof(struct param_value), AT(source) };
#undef AT

#define AT(member) offsetof(struct param, member)
static const struct field param_fields[] = {
	FIELD("id", TEXT, NEEDED | FIELD_ID, AT(id), .item = ITEM_PARAM),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("unit", TEXT, NEEDED, AT(unit), .choices = units),
	FIELD("direction", ENUM, NEEDED, AT(direction), .choices = directions),
	FIELD("values", MAPS, NEEDED, AT(values), .count_at = AT(value_count),
		.shape = &value_shape),
	{ 0 },
};
static const struct shape param_shape = { param_fields, sizeof(struct param), AT(source) };
#undef AT

void pack_load_params(struct pack_load *load, const struct yaml_node *root)
{
	const struct yaml_node *list = pack_only_list(load, root, "params");

	for (const struct yaml_node *node = list ? list->first : NULL; node; node = node->next)
		pack_read_map(load, node, &param_shape, vec_add(&load->work, &load->rows->params));
}

/* roles.yaml */

#define AT(member) offsetof(struct role, member)
static const struct field role_fields[] = {
	FIELD("unit", TEXT, 0, AT(unit), .choices = unit_kinds),
	FIELD("accounts", TEXTS, 0, AT(accounts), .count_at = AT(account_count),
		.choices = accounts),
	FIELD("each", BOOL, 0, AT(is_each)),
	FIELD("id", TEXT, NEEDED | FIELD_ID, AT(id), .item = ITEM_ROLE),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("clause", TEXT, NEEDED | FIELD_USE, AT(clause), .item = ITEM_CLAUSE),
	FIELD("was", WORDS, NEEDED | FIELD_NULL, AT(was)),
	{ 0 },
};
static const struct shape role_shape = { role_fields, sizeof(struct role), AT(source) };
#undef AT

void pack_load_roles(struct pack_load *load, const struct yaml_node *root)
{
	const struct yaml_node *list = pack_only_list(load, root, "roles");

	for (const struct yaml_node *node = list ? list->first : NULL; node; node = node->next)
		pack_read_map(load, node, &role_shape, vec_add(&load->work, &load->rows->roles));
}

/* obligations/ */

#define AT(member) offsetof(struct obligation, member)
static const struct field period_fields[] = {
	FIELD("days", NUMBER, 0, AT(period_count), .min = 1, .max = AGE_MAX),
	FIELD("months", NUMBER, 0, AT(period_count), .min = 1, .max = 1200),
	FIELD("param", TEXT, FIELD_USE, AT(period_param), .item = ITEM_PARAM),
	{ 0 },
};
static const struct shape period_shape = { period_fields, sizeof(struct obligation), NO_SOURCE };

/* A word, or a map of one key. */
static void read_period(struct pack_load *load, const struct yaml_node *node, void *row)
{
	struct obligation *obligation = row;

	for (int i = 0; node->kind == YAML_TEXT && periods[i]; i++)
		if (str_is(node->text, periods[i])) {
			obligation->period = (enum period_kind)i;
			return;
		}
	if (node->kind != YAML_MAP || node->count != 1) {
		pack_fault_add(load, pack_source(load, node),
			T("\"{a}\" là continuous, once, on-event, {days: N}, {months: N} hoặc {param: TÊN}"),
			STR("period"), STR_NONE, STR_NONE);
		return;
	}
	pack_read_map(load, node, &period_shape, obligation);
	obligation->period = str_is(node->first->key, "days") ? PERIOD_DAYS :
		str_is(node->first->key, "months")            ? PERIOD_MONTHS :
								PERIOD_PARAM;
}
#undef AT

#define AT(member) offsetof(struct applies, member)
static const struct field applies_fields[] = {
	FIELD("host", TEXTS, 0, AT(host), .count_at = AT(host_count), .choices = hosts),
	FIELD("has", TEXTS, 0, AT(has), .count_at = AT(has_count), .choices = having),
	FIELD("unit", TEXTS, 0, AT(unit), .count_at = AT(unit_count), .choices = unit_kinds),
	FIELD("hosting", TEXT, 0, AT(hosting), .choices = hostings),
	FIELD("level-min", NUMBER, 0, AT(level_min), .min = 1, .max = LEVEL_MAX),
	{ 0 },
};
static const struct shape applies_shape = { applies_fields, sizeof(struct applies), NO_SOURCE };
#undef AT

#define AT(member) offsetof(struct proof, member)
static const struct field proof_fields[] = {
	FIELD("by", ENUM, NEEDED, AT(by), .choices = proofs),
	FIELD("id", TEXT, FIELD_USE, AT(check), .item = ITEM_CHECK),
	FIELD("what", WORDS, 0, AT(what)),
	FIELD("review", TEXT, 0, AT(review)),
	FIELD("max-age-days", NUMBER, 0, AT(max_age_days), .min = 1, .max = AGE_MAX),
	{ 0 },
};
static const struct shape proof_shape = { proof_fields, sizeof(struct proof), NO_SOURCE };
#undef AT

#define AT(member) offsetof(struct obligation_row, obligation.member)
static const struct field obligation_fields[] = {
	FIELD("id", TEXT, NEEDED | FIELD_ID, AT(id), .item = ITEM_OBLIGATION),
	FIELD("clause", TEXT, NEEDED | FIELD_USE, offsetof(struct obligation_row, clause),
		.item = ITEM_CLAUSE),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("who", TEXTS, NEEDED | FIELD_USE, AT(who), .count_at = AT(who_count),
		.item = ITEM_ROLE),
	FIELD("kind", ENUM, NEEDED, AT(kind), .choices = kinds),
	FIELD("also", ENUMS, NEEDED, AT(also), .count_at = AT(also_count), .choices = kinds),
	FIELD("period", OWN, NEEDED, 0, .read = read_period),
	FIELD("trigger", WORDS, NEEDED, AT(trigger)),
	FIELD("params", TEXTS, NEEDED | FIELD_USE, AT(params), .count_at = AT(param_count),
		.item = ITEM_PARAM),
	FIELD("applies", MAP, 0, AT(applies), .shape = &applies_shape),
	FIELD("evidence", MAPS, 0, AT(evidence), .count_at = AT(evidence_count),
		.shape = &proof_shape),
	FIELD("needs", ENUM, 0, AT(needs), .choices = needs),
	FIELD("max-age-days", NUMBER, 0, AT(max_age_days), .min = 1, .max = AGE_MAX),
	FIELD("weight", NUMBER, NEEDED, AT(weight), .min = 1, .max = WEIGHT_MAX),
	FIELD("mandatory", BOOL, NEEDED, AT(is_mandatory)),
	FIELD("same-proof", TEXTS, NEEDED | FIELD_USE, AT(same_proof),
		.count_at = AT(same_proof_count), .item = ITEM_OBLIGATION),
	FIELD("software", WORDS, NEEDED, AT(software)),
	{ 0 },
};
static_assert(offsetof(struct obligation_row, obligation) == 0, "read_period takes the row");
static const struct shape obligation_shape = { obligation_fields, sizeof(struct obligation_row),
	AT(source) };
#undef AT

void pack_load_obligations(struct pack_load *load, const struct yaml_node *root)
{
	const struct yaml_node *list = pack_only_list(load, root, "obligations");

	for (const struct yaml_node *node = list ? list->first : NULL; node; node = node->next) {
		struct obligation_row *row = vec_add(&load->work, &load->rows->obligations);

		row->obligation.is_mandatory = true;
		pack_read_map(load, node, &obligation_shape, row);
	}
}
