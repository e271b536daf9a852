/* The files of a checks pack: the catalogue of all checks and the questions of the live ones. */
#include "core/pack/pack_int.h"

#define NEEDED FIELD_NEEDED

static const char *const levels[] = { "A", "AE", "E", NULL };
static const char *const states[] = { "planned", "live", NULL };
static const char *const nones[] = { "pass", "fail", "unknown", "na", NULL };
static const char *const families[] = { "debian", "rhel", "any", NULL };

#define AT(member) offsetof(struct check, member)
static const struct field catalogue_fields[] = {
	FIELD("id", TEXT, NEEDED | FIELD_ID, AT(id), .item = ITEM_CHECK),
	FIELD("level", TEXT, NEEDED, AT(level), .choices = levels),
	FIELD("state", BOOL, NEEDED, AT(is_live), .choices = states),
	FIELD("ck", TEXTS, NEEDED, AT(ck), .count_at = AT(ck_count)),
	FIELD("title", WORDS, NEEDED, AT(title)),
	FIELD("clauses", TEXTS, NEEDED | FIELD_USE, AT(clauses), .count_at = AT(clause_count),
		.item = ITEM_CLAUSE),
	{ 0 },
};
static const struct shape catalogue_shape = { catalogue_fields, sizeof(struct check), AT(source) };

#define CURE_AT(member) offsetof(struct cure, member)
static const struct field cure_fields[] = {
	FIELD("family", TEXT, NEEDED, CURE_AT(family), .choices = families),
	FIELD("vi", TEXT, NEEDED, CURE_AT(text.vi)),
	FIELD("en", TEXT, NEEDED, CURE_AT(text.en)),
	{ 0 },
};
static const struct shape cure_shape = { cure_fields, sizeof(struct cure), NO_SOURCE };

#define FOUND_AT(member) offsetof(struct found_word, member)
static const struct field found_fields[] = {
	FIELD("is", TEXT, NEEDED, FOUND_AT(is)),
	FIELD("vi", TEXT, NEEDED, FOUND_AT(text.vi)),
	FIELD("en", TEXT, NEEDED, FOUND_AT(text.en)),
	{ 0 },
};
static const struct shape found_shape = { found_fields, sizeof(struct found_word), NO_SOURCE };

static const struct field question_fields[] = {
	FIELD("id", TEXT, NEEDED | FIELD_ID, AT(id), .item = ITEM_QUESTION),
	FIELD("asks", WORDS, NEEDED, AT(asks)),
	FIELD("why", WORDS, NEEDED, AT(why)),
	FIELD("params", TEXTS, FIELD_USE, AT(params), .count_at = AT(param_count),
		.item = ITEM_PARAM),
	FIELD("applies", TEXT, 0, AT(applies)),
	FIELD("not-applicable", WORDS, 0, AT(not_applicable)),
	FIELD("live-only", BOOL, 0, AT(is_live_only)),
	FIELD("query", TEXT, NEEDED, AT(query)),
	FIELD("none", TEXT, NEEDED, AT(none), .choices = nones),
	FIELD("none-words", WORDS, NEEDED, AT(none_words)),
	FIELD("violations-stand", BOOL, 0, AT(do_violations_stand)),
	FIELD("found-words", MAPS, 0, AT(found_words), .count_at = AT(found_word_count),
		.shape = &found_shape),
	FIELD("wanted", WORDS, NEEDED, AT(wanted)),
	FIELD("cures", MAPS, NEEDED, AT(cures), .count_at = AT(cure_count), .shape = &cure_shape),
	{ 0 },
};
static const struct shape question_shape = { question_fields, sizeof(struct check), AT(source) };

void pack_load_catalogue(struct pack_load *load, const struct yaml_node *root)
{
	const struct yaml_node *list = pack_only_list(load, root, "checks");

	for (const struct yaml_node *node = list ? list->first : NULL; node; node = node->next)
		pack_read_map(
			load, node, &catalogue_shape, vec_add(&load->work, &load->rows->checks));
}

void pack_load_questions(struct pack_load *load, const struct yaml_node *root)
{
	const struct yaml_node *list = pack_only_list(load, root, "checks");

	for (const struct yaml_node *node = list ? list->first : NULL; node; node = node->next)
		pack_read_map(
			load, node, &question_shape, vec_add(&load->work, &load->rows->questions));
}

#define WATCHED_AT(member) offsetof(struct watched, member)
static const char *const looks[] = { "look", "leave", NULL };
static const struct field watched_fields[] = {
	FIELD("path", TEXT, NEEDED, WATCHED_AT(path)),
	FIELD("do", BOOL, NEEDED, WATCHED_AT(is_left_out), .choices = looks),
	FIELD("why", WORDS, NEEDED, WATCHED_AT(why)),
	{ 0 },
};
static const struct shape watched_shape = { watched_fields, sizeof(struct watched),
	WATCHED_AT(source) };

void pack_load_watched(struct pack_load *load, const struct yaml_node *root)
{
	const struct yaml_node *list = pack_only_list(load, root, "trees");

	for (const struct yaml_node *node = list ? list->first : NULL; node; node = node->next) {
		struct watched *row = vec_add(&load->work, &load->rows->watched);

		pack_read_map(load, node, &watched_shape, row);
		if (row->path.len < 2 || !str_starts(row->path, "/") || str_ends(row->path, "/"))
			pack_fault_add(load, pack_source(load, node),
				T("đường dẫn bắt đầu bằng / và không kết thúc bằng /"), STR_NONE,
				STR_NONE, STR_NONE);
	}
}

#define IMPORT_AT(member) offsetof(struct import_rule, member)
static const char *const tools[] = { "xccdf", "lynis", NULL };
static const char *const passes[] = { "pass", "unknown", NULL };
static const char *const fails[] = { "fail", "unknown", NULL };
static const struct field import_fields[] = {
	FIELD("tool", TEXT, NEEDED, IMPORT_AT(tool), .choices = tools),
	FIELD("rule", TEXT, NEEDED, IMPORT_AT(rule)),
	FIELD("check", TEXT, NEEDED | FIELD_USE, IMPORT_AT(check), .item = ITEM_CHECK),
	FIELD("clean", BOOL, 0, IMPORT_AT(is_no_pass), .choices = passes),
	FIELD("finding", BOOL, 0, IMPORT_AT(is_no_fail), .choices = fails),
	{ 0 },
};
static const struct shape import_shape = { import_fields, sizeof(struct import_rule),
	IMPORT_AT(source) };

void pack_load_imports(struct pack_load *load, const struct yaml_node *root)
{
	const struct yaml_node *list = pack_only_list(load, root, "rules");

	for (const struct yaml_node *node = list ? list->first : NULL; node; node = node->next)
		pack_read_map(
			load, node, &import_shape, vec_add(&load->work, &load->rows->imports));
}
