/* signin.c - khien signin …: those who vouch for log-ins, set from a script or when nobody can
 * log in. The same settings and checks as on the pages. */
#include "face/web/org_int.h"
#include "face/web/process/serve_int.h"
#include "face/web/signin.h"

#include <unistd.h>

#define VALUE_BYTES_MAX (64 * KIB)

static const struct signin_source *source_named(const char *id)
{
	for (size_t i = 0; signin_sources[i]; i++)
		if (strcmp(signin_sources[i]->id, id) == 0)
			return signin_sources[i];
	return NULL;
}

/* --- show ------------------------------------------------------------------------------------- */

static int show_one(struct own_command *c, const struct signin_source *from, struct err *e)
{
	struct str value = STR_NONE;
	int rc = org_setting(c->store, from->on, &c->arena, &value, e);

	if (rc == 0)
		printf("%s\t%s\n", from->on, str_is(value, "1") ? "1" : "0");
	for (size_t i = 0; rc == 0 && i < from->count; i++) {
		const struct signin_setting *s = &from->settings[i];
		struct str line = STR(""); /* a setting may have none */

		rc = org_setting(c->store, s->name, &c->arena, &value, e);
		if (rc < 0)
			break;
		if (s->is_secret && value.len)
			value = str_of(tr(c->line->lang, T("(đã niêm phong)")));
		if (!value.ptr)
			value = str_of(s->usual ? s->usual : "");
		while (str_next_line(&value, &line) && !line.len)
			;
		printf("%s\t%.*s%s\n", s->name, STR_FMT(line), value.len ? " …" : "");
	}
	return rc;
}

static int show_groups(struct own_command *c, struct err *e)
{
	struct org_group *list;
	size_t count;
	int rc = org_groups(c->store, &c->arena, &list, &count, e);

	for (size_t i = 0; rc == 0 && i < count; i++)
		printf("%.*s group\t%.*s\t%s\t%lld\n", STR_FMT(list[i].source),
			STR_FMT(list[i].name), org_role_id(list[i].role),
			(long long)list[i].unit_id);
	return rc;
}

static int show(struct own_command *c, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && signin_sources[i]; i++)
		rc = show_one(c, signin_sources[i], e);
	return rc < 0 ? rc : show_groups(c, e);
}

/* --- set -------------------------------------------------------------------------------------- */

/* The second word, or "-": what stands on standard input, so that no secret is seen in `ps`. */
static int read_value(struct own_command *c, struct str *ret, struct err *e)
{
	char *bytes;
	size_t len = 0;
	ssize_t n;

	if (strcmp(c->line->args[1], "-") != 0) {
		*ret = str_of(c->line->args[1]);
		return 0;
	}
	bytes = arena_alloc(&c->arena, VALUE_BYTES_MAX);
	while (len < VALUE_BYTES_MAX && (n = read(0, bytes + len, VALUE_BYTES_MAX - len)) > 0)
		len += (size_t)n;
	if (len == VALUE_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "%s", tr(c->line->lang, T("giá trị quá dài")));
	*ret = str_trim((struct str){ bytes, len });
	return 0;
}

/* What is required must be there before it is turned on. */
static int turn(
	struct own_command *c, const struct signin_source *from, struct str value, struct err *e)
{
	bool is_on = str_is(value, "1");
	int rc = 0;

	if (!is_on && !str_is(value, "0"))
		return err_set(e, ERR_INPUT, tr(c->line->lang, T("%s là 0 hoặc 1")), from->on);
	for (size_t i = 0; rc == 0 && is_on && i < from->count; i++) {
		const struct signin_setting *s = &from->settings[i];
		struct str set = STR_NONE;

		rc = s->is_required ? org_setting(c->store, s->name, &c->arena, &set, e) : 0;
		if (rc == 0 && s->is_required && !set.ptr)
			set = str_of(s->usual ? s->usual : "");
		if (rc == 0 && s->is_required && signin_wrong(s, set, true))
			rc = err_set(e, ERR_INPUT, "%s: %s", s->name,
				tr(c->line->lang, signin_wrong(s, set, true)));
	}
	return rc < 0 ? rc : org_set(c->store, from->on, value, e);
}

static int set(struct own_command *c, struct err *e)
{
	const char *name = c->line->args[0];
	struct str value;
	int rc = read_value(c, &value, e);

	for (size_t i = 0; rc == 0 && signin_sources[i]; i++) {
		const struct signin_source *from = signin_sources[i];

		if (strcmp(name, from->on) == 0) {
			rc = turn(c, from, value, e);
			return rc < 0 ? rc : org_note(&c->by, "directory-set", str_of(from->id), e);
		}
		for (size_t k = 0; k < from->count; k++) {
			const struct signin_setting *s = &from->settings[k];
			const char *wrong = signin_wrong(s, value, false);

			if (strcmp(name, s->name) != 0)
				continue;
			if (wrong)
				return err_set(
					e, ERR_INPUT, "%s: %s", name, tr(c->line->lang, wrong));
			rc = s->is_secret ? org_secret_set(&c->by, name, value, e) :
					    org_set(c->store, name, value, e);
			return rc < 0 ? rc : org_note(&c->by, "directory-set", str_of(from->id), e);
		}
	}
	return rc < 0 ?
		rc :
		err_set(e, ERR_INPUT, tr(c->line->lang, T("không có thiết lập \"%s\"")), name);
}

/* --- groups ----------------------------------------------------------------------------------- */

static int group_id(
	struct own_command *c, const struct org_group *wanted, int64_t *ret, struct err *e)
{
	struct org_group *list;
	size_t count;
	int rc = org_groups(c->store, &c->arena, &list, &count, e);

	*ret = 0;
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (str_eq(list[i].source, wanted->source) &&
			str_eq_nocase(list[i].name, wanted->name))
			*ret = list[i].id;
	return rc;
}

static int group(struct own_command *c, struct err *e)
{
	const char *role = command_value(c->line, "role"), *unit = command_value(c->line, "unit");
	const struct signin_source *from = source_named(c->line->args[0]);
	struct org_group g = { .source = str_of(c->line->args[0]),
		.name = str_of(c->line->args[1]),
		.role = org_role(str_of(role ? role : "")),
		.unit_id = ORG_UNIT_FIRST };
	struct org_tree tree;
	int64_t id;
	int rc = org_tree(c->store, org_day(c->by.now_s, &c->arena), &c->arena, &tree, e);

	if (rc == 0)
		rc = group_id(c, &g, &id, e);
	if (rc < 0)
		return rc;
	if (!from)
		return err_set(e, ERR_INPUT, "%s", tr(c->line->lang, T("chỉ có ldap và oidc")));
	if (command_flag(c->line, "remove"))
		return org_group_remove(&c->by, id, e);
	if (unit && !unit_named(&tree, str_of(unit)))
		return err_set(e, ERR_ABSENT, tr(c->line->lang, T("không có đơn vị \"%s\"")), unit);
	if (unit)
		g.unit_id = unit_named(&tree, str_of(unit))->id;
	if (!g.role)
		return err_set(e, ERR_INPUT, "%s", tr(c->line->lang, T("cần --role")));
	return org_group_add(&c->by, &g, e);
}

/* --- the rows --------------------------------------------------------------------------------- */

static int run_show(const struct command_line *line, struct err *e)
{
	return own_run(line, show, e);
}

static int run_set(const struct command_line *line, struct err *e)
{
	return own_run(line, set, e);
}

static int run_group(const struct command_line *line, struct err *e)
{
	return own_run(line, group, e);
}

static const struct command_option options[] = { OWN_OPTIONS, { 0 } };
static const struct command_option group_options[] = { OWN_OPTIONS,
	{ "role", OPTION_CHOICE, T("VAI-TRÒ"),
		"staff|officer|head|operator|inspector|authority|auditor|admin",
		T("vai trò trong Khiên") },
	{ "unit", OPTION_TEXT, T("ĐƠN-VỊ"), NULL, T("mã hoặc số của đơn vị") },
	{ "remove", OPTION_FLAG, NULL, NULL, T("bỏ nhóm này") }, { 0 } };

const struct command web_signin_show = {
	.name = "signin show",
	.args = "",
	.words = T(
		"các thiết lập đăng nhập bằng danh bạ (ldap) và đăng nhập một lần (oidc), và các nhóm"),
	.options = options,
	.run = run_show,
};

const struct command web_signin_set = {
	.name = "signin set",
	.args = T("TÊN GIÁ-TRỊ"),
	.words = T("đổi một thiết lập, như oidc.issuer; GIÁ-TRỊ là - thì đọc từ đầu vào chuẩn"),
	.options = options,
	.args_min = 2,
	.args_max = 2,
	.run = run_set,
};

const struct command web_signin_group = {
	.name = "signin group",
	.args = T("ldap|oidc NHÓM"),
	.words = T("cho một nhóm vai trò và đơn vị, hoặc bỏ"),
	.options = group_options,
	.args_min = 2,
	.args_max = 2,
	.run = run_group,
};
