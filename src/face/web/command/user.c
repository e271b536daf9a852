/* user.c - khien user …: accounts, when nobody can log in or a script makes them. */
#include "core/org/outside.h"
#include "core/org/token.h"
#include "face/web/org_int.h"
#include "face/web/process/serve_int.h"

static int user_of(struct own_command *c, struct org_user *ret, struct err *e)
{
	int rc = org_user_by_login(c->store, str_of(c->line->args[0]), &c->arena, ret, e);

	return rc == ERR_ABSENT ? err_set(e, rc, tr(c->line->lang, T("không có tài khoản \"%s\"")),
					  c->line->args[0]) :
				  rc;
}

static void say_onetime(struct own_command *c, const char *password)
{
	printf("%s %s\n", tr(c->line->lang, "Mật khẩu dùng một lần:"), password);
}

/* --- each ------------------------------------------------------------------------------------- */

static int list(struct own_command *c, struct err *e)
{
	struct org_user *users;
	struct org_tree tree;
	size_t count;
	int rc = org_users(c->store, &c->arena, &users, &count, e);

	if (rc == 0)
		rc = org_tree(c->store, org_day(c->by.now_s, &c->arena), &c->arena, &tree, e);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct org_unit *u = org_unit_by_id(&tree, users[i].unit_id);

		printf("%.*s\t%s\t%s\t%.*s\t%.*s\t%s\n", STR_FMT(users[i].login),
			org_role_id(users[i].role),
			users[i].disabled_at_s       ? "disabled" :
				users[i].locked_at_s ? "locked" :
				users[i].must_change ? "onetime" :
						       "active",
			STR_FMT(u ? u->name : STR("")), STR_FMT(users[i].name),
			users[i].source.len ? arena_cstr(&c->arena, users[i].source) : "local");
	}
	return rc;
}

static int add(struct own_command *c, struct err *e)
{
	const char *name = command_value(c->line, "name"), *role = command_value(c->line, "role"),
		   *unit = command_value(c->line, "unit");
	struct org_user u = { .login = str_of(c->line->args[0]),
		.name = str_of(name ? name : ""),
		.role = org_role(str_of(role ? role : "staff")) };
	char password[ORG_ONETIME_SIZE];
	struct org_tree tree;
	int64_t id;
	int rc = org_tree(c->store, org_day(c->by.now_s, &c->arena), &c->arena, &tree, e);

	if (rc < 0)
		return rc;
	if (!name || !u.role)
		return err_set(e, ERR_INPUT, "%s",
			tr(c->line->lang, T("cần --name \"Họ và tên\" và một --role có thật")));
	if (unit && !unit_named(&tree, str_of(unit)))
		return err_set(e, ERR_ABSENT, tr(c->line->lang, T("không có đơn vị \"%s\"")), unit);
	u.unit_id = unit ? unit_named(&tree, str_of(unit))->id : ORG_UNIT_FIRST;
	org_onetime(&c->rules, password);
	rc = org_user_add(&c->by, &u, str_of(password), true, &id, e);
	if (rc == ERR_CONFLICT)
		return err_set(
			e, rc, tr(c->line->lang, T("tài khoản \"%s\" đã có")), c->line->args[0]);
	if (rc == 0)
		say_onetime(c, password);
	return rc;
}

static int role(struct own_command *c, struct err *e)
{
	enum user_role wanted = org_role(str_of(c->line->args[1]));
	struct org_user u;
	int rc = user_of(c, &u, e);

	if (rc == 0 && !wanted)
		rc = err_set(e, ERR_INPUT, tr(c->line->lang, T("không có vai trò \"%s\"")),
			c->line->args[1]);
	return rc < 0 ? rc : org_user_set_role(&c->by, u.id, wanted, e);
}

static int disable(struct own_command *c, struct err *e)
{
	struct org_user u;
	int rc = user_of(c, &u, e);

	return rc < 0 ? rc : org_user_disable(&c->by, u.id, !command_flag(c->line, "undo"), e);
}

static int unlock(struct own_command *c, struct err *e)
{
	struct org_user u;
	int rc = user_of(c, &u, e);

	return rc < 0 ? rc : org_user_unlock(&c->by, u.id, e);
}

static int reset(struct own_command *c, struct err *e)
{
	char password[ORG_ONETIME_SIZE];
	struct org_user u;
	int rc = user_of(c, &u, e);

	if (rc < 0)
		return rc;
	org_onetime(&c->rules, password);
	rc = org_user_reset(&c->by, u.id, str_of(password), e);
	if (rc == 0 && org_is_outside(u.source))
		printf("%s\n",
			tr(c->line->lang,
				"Mật khẩu ở danh bạ thì giữ nguyên; đã tắt xác thực hai bước và mở khóa."));
	else if (rc == 0)
		say_onetime(c, password);
	return rc;
}

static int link_subject(struct own_command *c, struct err *e)
{
	struct str issuer = STR_NONE;
	struct org_user u;
	int rc = user_of(c, &u, e);

	if (rc == 0)
		rc = org_setting(c->store, "oidc.issuer", &c->arena, &issuer, e);
	if (rc == 0 && !issuer.len)
		rc = err_set(e, ERR_ABSENT, "%s",
			tr(c->line->lang, T("chưa khai nơi đăng nhập một lần (oidc.issuer)")));
	return rc < 0 ? rc : org_subject_link(&c->by, u.id, issuer, str_of(c->line->args[1]), e);
}

static int tokens(struct own_command *c, struct err *e)
{
	struct org_token *list;
	struct org_user u = { 0 };
	char until[CLOCK_TEXT_MAX], used[CLOCK_TEXT_MAX];
	size_t count;
	int rc = c->line->arg_count ? user_of(c, &u, e) : 0;

	if (rc == 0)
		rc = org_tokens(c->store, u.id, &c->arena, &list, &count, e);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct org_token *t = &list[i];
		bool is_live = org_token_is_live(t, c->by.now_s);

		printf("%lld\t%.*s\t%s\t%.*s\t%s\t%s\t%.*s\n", (long long)t->id, STR_FMT(t->login),
			t->may_write ? "write" : "read",
			STR_FMT(t->ended_at_s   ? t->ended_why :
					is_live ? STR("live") :
						  STR("expired")),
			clock_iso(t->until_s, until),
			t->used_at_s ? clock_iso(t->used_at_s, used) : "-", STR_FMT(t->name));
	}
	return rc;
}

static int revoke(struct own_command *c, struct err *e)
{
	int64_t id = 0;
	int rc = str_to_i64(str_of(c->line->args[0]), &id) && id > 0 ?
		org_token_end(&c->by, id, 0, e) :
		ERR_ABSENT;

	return rc == ERR_ABSENT ?
		err_set(e, rc,
			tr(c->line->lang,
				T("không có mã truy cập nào đang dùng được mang số \"%s\"")),
			c->line->args[0]) :
		rc;
}

/* --- the rows --------------------------------------------------------------------------------- */

static int run_list(const struct command_line *line, struct err *e)
{
	return own_run(line, list, e);
}

static int run_add(const struct command_line *line, struct err *e)
{
	return own_run(line, add, e);
}

static int run_role(const struct command_line *line, struct err *e)
{
	return own_run(line, role, e);
}

static int run_disable(const struct command_line *line, struct err *e)
{
	return own_run(line, disable, e);
}

static int run_unlock(const struct command_line *line, struct err *e)
{
	return own_run(line, unlock, e);
}

static int run_reset(const struct command_line *line, struct err *e)
{
	return own_run(line, reset, e);
}

static int run_tokens(const struct command_line *line, struct err *e)
{
	return own_run(line, tokens, e);
}

static int run_revoke(const struct command_line *line, struct err *e)
{
	return own_run(line, revoke, e);
}

static int run_link(const struct command_line *line, struct err *e)
{
	return own_run(line, link_subject, e);
}

static const struct command_option options[] = { OWN_OPTIONS, { 0 } };
static const struct command_option add_options[] = { OWN_OPTIONS,
	{ "name", OPTION_TEXT, T("TÊN"), NULL, T("họ và tên") },
	{ "role", OPTION_CHOICE, T("VAI-TRÒ"),
		"staff|officer|head|operator|inspector|authority|auditor|admin",
		T("vai trò trong Khiên") },
	{ "unit", OPTION_TEXT, T("ĐƠN-VỊ"), NULL, T("mã hoặc số của đơn vị") }, { 0 } };
static const struct command_option disable_options[] = { OWN_OPTIONS,
	{ "undo", OPTION_FLAG, NULL, NULL, T("cho dùng lại") }, { 0 } };

const struct command web_user_list = {
	.name = "user list",
	.args = "",
	.words = T("các tài khoản: tên, vai trò, tình trạng, đơn vị, người, mật khẩu ở đâu"),
	.options = options,
	.run = run_list,
};

const struct command web_user_add = {
	.name = "user add",
	.args = T("TÀI-KHOẢN"),
	.words = T("thêm một tài khoản, in mật khẩu dùng một lần"),
	.options = add_options,
	.args_min = 1,
	.args_max = 1,
	.run = run_add,
};

const struct command web_user_role = {
	.name = "user role",
	.args = T("TÀI-KHOẢN VAI-TRÒ"),
	.words = T("đổi vai trò của một tài khoản"),
	.options = options,
	.args_min = 2,
	.args_max = 2,
	.run = run_role,
};

const struct command web_user_disable = {
	.name = "user disable",
	.args = T("TÀI-KHOẢN"),
	.words = T("ngừng một tài khoản, hoặc cho dùng lại"),
	.options = disable_options,
	.args_min = 1,
	.args_max = 1,
	.run = run_disable,
};

const struct command web_user_unlock = {
	.name = "user unlock",
	.args = T("TÀI-KHOẢN"),
	.words = T("mở khóa một tài khoản khi không người quản trị nào đăng nhập được"),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run_unlock,
};

const struct command web_user_reset = {
	.name = "user reset",
	.args = T("TÀI-KHOẢN"),
	.words = T("cấp mật khẩu dùng một lần cho một tài khoản, tắt xác thực hai bước của nó"),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run_reset,
};

const struct command web_user_link = {
	.name = "user link",
	.args = T("TÀI-KHOẢN MÃ"),
	.words = T(
		"gắn một tài khoản với mã của người đó ở nơi đăng nhập một lần; mật khẩu ở Khiên bị bỏ"),
	.options = options,
	.args_min = 2,
	.args_max = 2,
	.run = run_link,
};

const struct command web_user_tokens = {
	.name = "user tokens",
	.args = T("[TÀI-KHOẢN]"),
	.words = T(
		"các mã truy cập API: số, tài khoản, quyền, tình trạng, hạn, dùng lần cuối, để làm gì"),
	.options = options,
	.args_max = 1,
	.run = run_tokens,
};

const struct command web_user_revoke = {
	.name = "user revoke",
	.args = T("SỐ"),
	.words = T("thu hồi một mã truy cập API"),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run_revoke,
};
