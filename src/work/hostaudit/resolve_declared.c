#include "work/hostaudit/resolve_declared.h"

#include "kit/parse/parse.h"

static int fault(const struct yaml_node *node, struct err *e, const char *sentence)
{
	return err_set(e, ERR_INPUT, "%d:%d: %s", node->line, node->column, sentence);
}

static bool is_one_of(struct str s, const char *const *words)
{
	for (; *words; words++)
		if (str_is(s, *words))
			return true;
	return false;
}

/* The keys an entry has, where each goes. A key that is not here is a fault, so is one missing. */
static struct str *field_of(struct approval *approval, struct str key)
{
	const struct {
		const char *key;
		struct str *field;
	} fields[] = {
		{ "what", &approval->what },
		{ "name", &approval->name },
		{ "why", &approval->why },
		{ "by", &approval->by },
	};

	for (size_t i = 0; i < COUNT(fields); i++)
		if (str_is(key, fields[i].key))
			return fields[i].field;
	return NULL;
}

static int take_field(struct approval *approval, const struct yaml_node *node, struct err *e)
{
	struct str *field = field_of(approval, node->key);

	if (node->kind != YAML_TEXT || str_trim(node->text).len == 0)
		return fault(node, e, "a word is wanted here");
	if (str_is(node->key, "until"))
		return date_parse(node->text, &approval->until) ?
			0 :
			fault(node, e, "the date is not YYYY-MM-DD");
	if (!field)
		return fault(node, e, "unknown field");
	*field = node->text;
	return 0;
}

static int take_approval(const struct yaml_node *node, struct approval *ret, struct err *e)
{
	static const char *const whats[] = { "port", "service", "share", "admin", "vendor", NULL };
	struct approval approval = { .line = node->line };
	int rc = 0;

	if (node->kind != YAML_MAP)
		return fault(node, e, "an approval is a map");
	for (const struct yaml_node *f = node->first; f && rc == 0; f = f->next)
		rc = take_field(&approval, f, e);
	if (rc < 0)
		return rc;
	if (!approval.what.ptr || !approval.name.ptr || !approval.why.ptr || !approval.by.ptr ||
		approval.until.year == 0)
		return fault(node, e, "an approval needs what, name, why, by and until");
	if (!is_one_of(approval.what, whats))
		return fault(node, e, "\"what\" is port, service, share, admin or vendor");
	*ret = approval;
	return 0;
}

static int take_approvals(const struct yaml_node *list, struct arena *a, struct declaration *d,
	struct err *e)
{
	struct approval approval;

	if (yaml_is_null(list))
		return 0;
	if (list->kind != YAML_LIST || list->count > DECLARED_MAX)
		return fault(list, e, "\"approved\" is a list of at most 2000 entries");
	for (const struct yaml_node *node = list->first; node; node = node->next) {
		int rc = take_approval(node, &approval, e);

		if (rc < 0)
			return rc;
		vec_push(a, &d->approved, approval);
	}
	return 0;
}

static int take_top(const struct yaml_node *node, struct arena *a, struct declaration *d,
	struct err *e)
{
	static const char *const kinds[] = { "server", "workstation", "secret-pc", NULL };

	if (str_is(node->key, "approved"))
		return take_approvals(node, a, d, e);
	if (node->kind != YAML_TEXT)
		return fault(node, e, "a word is wanted here");
	if (str_is(node->key, "purpose")) {
		d->purpose = node->text;
	} else if (str_is(node->key, "kind")) {
		if (!is_one_of(node->text, kinds))
			return fault(node, e, "\"kind\" is server, workstation or secret-pc");
		d->kind = node->text;
		d->kind_line = node->line;
	} else if (str_is(node->key, "level")) {
		if (!str_to_i64(node->text, &d->level) || d->level < 1 || d->level > 5)
			return fault(node, e, "\"level\" is a number from 1 to 5");
		d->level_line = node->line;
	} else {
		return fault(node, e, "unknown field");
	}
	return 0;
}

int declaration_parse(struct str bytes, struct arena *a, struct err *e, struct declaration *ret)
{
	struct declaration d = { 0 };
	struct parse_fault why = { 0 };
	struct yaml_node *top;
	int rc = parse_yaml(bytes, a, &why, &top);

	if (rc < 0)
		return err_set(e, ERR_INPUT, "%d:%d: %.*s", why.line, why.column,
			STR_FMT(parse_fault_text(&why, LANG_EN, a)));
	if (top->kind != YAML_MAP)
		return fault(top, e, "the file is a map");
	for (const struct yaml_node *node = top->first; node && rc == 0; node = node->next)
		rc = take_top(node, a, &d, e);
	if (rc == 0)
		*ret = d;
	return rc;
}
