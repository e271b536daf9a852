/* user.c - one account: its role, its unit, its person, and whether it is for emergencies. */
#include "face/web/org_int.h"
#include "face/web/signin.h"

static const char *source_words(struct view *v, const struct org_user *u)
{
	if (str_is(u->source, "ldap"))
		return tr(v->lang, "danh bạ LDAP");
	if (str_is(u->source, "oidc"))
		return tr(v->lang, "máy chủ đăng nhập một lần");
	if (str_is(u->source, "emergency"))
		return tr(v->lang, "Khiên; tài khoản khẩn cấp");
	return tr(v->lang, "Khiên");
}

/* What an account lacks that stands for nobody of the list. */
static void unlinked(struct view *v)
{
	struct staff_query all = { .units = view_units(v, RIGHT_ADMIN).json, .state = STR("here") };
	int64_t people = 1;

	html(v->w, "<p>%s",
		tr(v->lang,
			"Tài khoản chưa gắn với ai trong danh sách nhân sự: chưa ký được cam kết, và Khiên chưa biết "
			"người dùng nó giữ vai trò nào theo Quy chế."));
	if (staff_count(v->web->store, &all, &people, v->e) == 0 && people == 0)
		html(v->w, " %s <a href=\"/nhan-su\">%s</a>",
			tr(v->lang, "Danh sách nhân sự còn trống: nhập danh sách trước, rồi gắn."),
			tr(v->lang, "Nhân sự"));
	else
		html(v->w, " %s", tr(v->lang, "Gắn ở ô “Người trong danh sách” dưới đây."));
	html(v->w, "</p>\n");
}

static void facts(struct view *v, const struct org_user *u, const struct staff *person)
{
	html(v->w, "<dl class=\"facts\">\n");
	html_fact(v, tr(v->lang, "Họ và tên"), u->name);
	html_fact(v, tr(v->lang, "Vai trò"), str_of(tr(v->lang, org_role_words(u->role))));
	html_fact(v, tr(v->lang, "Đơn vị"), unit_name(v, u->unit_id));
	html_fact(v, tr(v->lang, "Tình trạng"), str_of(user_state_words(v, u)));
	html_fact(v, tr(v->lang, "Mật khẩu ở"), str_of(source_words(v, u)));
	html_fact(v, tr(v->lang, "Đăng nhập lần cuối"), str_of(time_text(v, u->last_login_s)));
	if (person->id)
		html(v->w, "<div><dt>%s</dt><dd><a href=\"/nhan-su/%lld\">%.*s</a></dd></div>\n",
			tr(v->lang, "Người trong danh sách"), (long long)person->id,
			STR_FMT(person->name));
	else
		html(v->w, "<div><dt>%s</dt><dd>%s</dd></div>\n",
			tr(v->lang, "Người trong danh sách"), tr(v->lang, "chưa gắn"));
	html(v->w, "</dl>\n");
	if (!person->id)
		unlinked(v);
}

/* Who the account is at the provider: only an administrator says so. */
static void link_form(struct view *v, const struct org_user *u, const char *path)
{
	if (!signin_is_on(v, OIDC_ON) || str_is(u->source, "emergency"))
		return;
	html_form(v, path, "card");
	html(v->w, "<input type=\"hidden\" name=\"viec\" value=\"gan\">\n");
	html_field(v,
		&(struct field){ .name = "ma",
			.label = tr(v->lang, "Mã của người này ở nơi đăng nhập một lần (sub)"),
			.hint = tr(v->lang,
				"Gắn rồi thì tài khoản này chỉ vào bằng đăng nhập một lần; mật khẩu ở Khiên bị bỏ"),
			.autocomplete = "off",
			.is_required = true });
	html_form_end(v, tr(v->lang, "Gắn với đăng nhập một lần"));
}

static void forms(struct view *v, const struct org_user *u, const struct staff *person)
{
	const char *path = path_of(v, "/quan-tri/nguoi-dung/%lld", (long long)u->id);

	html_form(v, path, "card");
	html(v->w, "<input type=\"hidden\" name=\"viec\" value=\"vai-tro\">\n");
	html_role_select(v, str_of(org_role_id(u->role)));
	html(v->w, "<p class=\"soft\">%s <a href=\"/huong-dan/tai-khoan\">%s</a></p>\n",
		tr(v->lang, "Đổi vai trò thì các phiên đang mở của người này kết thúc."),
		tr(v->lang, "Mỗi vai trò được làm gì"));
	if (org_is_outside(u->source))
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang,
				"Lần đăng nhập sau, nhóm ở nơi đăng nhập lại quyết định vai trò và đơn vị."));
	html_form_end(v, tr(v->lang, "Đổi vai trò"));
	html_form(v, path, "card");
	html(v->w, "<input type=\"hidden\" name=\"viec\" value=\"noi-lam\">\n");
	html_unit_select(v,
		&(struct unit_choice){ .name = "noi-lam",
			.label = tr(v->lang, "Đơn vị"),
			.right = RIGHT_ADMIN,
			.chosen = u->unit_id });
	html_field(v,
		&(struct field){ .name = "nguoi",
			.label = tr(v->lang, "Người trong danh sách"),
			.hint = tr(
				v->lang, "Mã cán bộ, hoặc họ và tên nếu chỉ một người có tên đó"),
			.value = text_of(v, person->code.len ? person->code : person->name) });
	html_form_end(v, tr(v->lang, "Lưu"));
	link_form(v, u, path);
	if (u->role == USER_ADMIN && (!u->source.len || str_is(u->source, "emergency"))) {
		bool is_on = str_is(u->source, "emergency");

		html(v->w, "<section>\n<h2>%s</h2>\n<p>%s</p>\n", tr(v->lang, "Tài khoản khẩn cấp"),
			tr(v->lang,
				"Một tài khoản quản trị dùng khi danh bạ đăng nhập không trả lời. Cấp lại mật khẩu, "
				"in ra, cho vào phong bì niêm phong. Mỗi lần dùng được báo trên mọi trang."));
		html_button(v, path,
			(const char *[2]){ "viec", is_on ? "khan-cap-bo" : "khan-cap" },
			is_on ? tr(v->lang, "Bỏ") : tr(v->lang, "Chọn tài khoản này"));
		html(v->w, "</section>\n");
	}
}

/* There is nobody else who could say who the only administrator is. */
static void own_form(struct view *v, const struct org_user *u, const struct staff *person)
{
	if (org_is_sole_admin(v->web->store, u->id, v->e) != 1 || u->source.len) {
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang,
				"Tài khoản của chính mình thì người quản trị khác mới đổi được."));
		return;
	}
	html_form(v, path_of(v, "/quan-tri/nguoi-dung/%lld", (long long)u->id), "card");
	html(v->w, "<p>%s</p>\n<input type=\"hidden\" name=\"viec\" value=\"nguoi-minh\">\n",
		tr(v->lang,
			"Khiên chỉ có một người quản trị, nên bạn tự gắn tài khoản này với mình trong danh sách cán bộ, "
			"bằng mật khẩu. Việc này nằm trong sổ vết; gắn xong phải đăng nhập lại."));
	html_field(v,
		&(struct field){ .name = "nguoi",
			.label = tr(v->lang, "Người trong danh sách"),
			.hint = tr(
				v->lang, "Mã cán bộ, hoặc họ và tên nếu chỉ một người có tên đó"),
			.value = text_of(v, person->code.len ? person->code : person->name),
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "mat-khau",
			.label = tr(v->lang, "Mật khẩu hiện tại"),
			.type = "password",
			.autocomplete = "current-password",
			.is_required = true });
	html_form_end(v, tr(v->lang, "Gắn với người này"));
}

static void show(struct view *v, int64_t id)
{
	struct staff person = { 0 };
	struct org_user u;

	if (org_user(v->web->store, id, v->a, &u, v->e) < 0 ||
		(u.staff_id && staff_get(v->web->store, u.staff_id, v->a, &person, v->e) < 0)) {
		page_failed(v);
		return;
	}
	page_start(v, text_of(v, u.login));
	html_back(v, "/quan-tri", tr(v->lang, "Quản trị"));
	facts(v, &u, &person);
	if (u.id == v->user.id)
		own_form(v, &u, &person);
	else
		forms(v, &u, &person);
	html_tokens(v, &u,
		u.id == v->user.id ? NULL :
				     path_of(v, "/quan-tri/nguoi-dung/%lld", (long long)u.id));
	page_end(v);
}

void page_user(struct view *v)
{
	int64_t id;

	if (str_to_i64(v->args[0], &id))
		show(v, id);
	else
		page_problem(v, 404);
}

/* Who is meant: by code, or by a name that only one has. 0: nobody was named. */
static int person_typed(struct view *v, int64_t *ret)
{
	struct str typed = form_value(v, "nguoi");
	struct staff_query q = { .units = view_units(v, RIGHT_ADMIN).json,
		.text = typed,
		.state = STR("here"),
		.max = 2 };
	struct staff p, *found;
	size_t count;
	int rc;

	*ret = 0;
	if (!typed.len)
		return 0;
	rc = staff_by_code(v->web->store, typed, v->a, &p, v->e);
	if (rc == 0)
		*ret = p.id;
	if (rc != ERR_ABSENT)
		return rc;
	rc = staff_list(v->web->store, &q, v->a, &found, &count, v->e);
	if (rc == 0 && count == 1)
		*ret = found[0].id;
	else if (rc == 0)
		fault_add(v, "nguoi",
			count ? tr(v->lang, "Có nhiều người như vậy. Hãy dùng mã cán bộ.") :
				tr(v->lang, "Không có ai trong danh sách như vậy."));
	return rc;
}

static int place(struct view *v, int64_t id)
{
	int64_t unit_id = form_number(v, "noi-lam"), staff_id;
	int rc = person_typed(v, &staff_id);

	if (rc == 0 && !org_unit_by_id(view_tree(v), unit_id))
		fault_add(v, "noi-lam", tr(v->lang, "Không có đơn vị này."));
	if (rc == 0 && !v->fault_count)
		rc = org_user_place(&v->by, id, unit_id, staff_id, v->e);
	if (rc == ERR_CONFLICT) {
		fault_add(v, "nguoi", tr(v->lang, "Người này đã có tài khoản khác."));
		rc = 0;
	}
	return rc;
}

void page_user_own(struct view *v)
{
	struct str password = http_pair(v->form, "mat-khau");
	int64_t staff_id = 0;
	int rc;

	if (!str_is(form_value(v, "viec"), "nguoi-minh") ||
		org_is_sole_admin(v->web->store, v->user.id, v->e) != 1 || v->user.source.len) {
		page_problem(v, 403);
		return;
	}
	if (!may_hash(v)) {
		page_problem(v, 429);
		return;
	}
	rc = person_typed(v, &staff_id);
	if (rc == 0 && !staff_id && !v->fault_count)
		fault_add(v, "nguoi", tr(v->lang, "Không có ai trong danh sách như vậy."));
	if (rc == 0 && !v->fault_count)
		rc = org_sole_admin_link(
			&v->by, v->user.id, staff_id, password.ptr ? password : STR(""), v->e);
	if (rc == ERR_DENIED)
		fault_add(v, "mat-khau", tr(v->lang, "Mật khẩu hiện tại không đúng."));
	else if (rc == ERR_CONFLICT)
		fault_add(v, "nguoi", tr(v->lang, "Người này đã có tài khoản khác."));
	if (v->fault_count) {
		v->rs->status = 422;
		show(v, v->user.id);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		redirect(v, "/dang-nhap");
	}
}

static int link_subject(struct view *v, int64_t id)
{
	struct str issuer = STR_NONE;
	int rc = org_setting(v->web->store, "oidc.issuer", v->a, &issuer, v->e);

	if (rc == 0)
		rc = org_subject_link(
			&v->by, id, issuer.ptr ? issuer : STR(""), form_value(v, "ma"), v->e);
	if (rc == ERR_CONFLICT || rc == ERR_INPUT) {
		fault_add(v, "ma",
			tr(v->lang, "Mã này trống, quá dài hoặc đã gắn với tài khoản khác."));
		rc = 0;
	}
	return rc;
}

void page_user_change(struct view *v, int64_t id)
{
	struct str act = form_value(v, "viec");
	enum user_role role = org_role(form_value(v, "vai-tro"));
	int rc;

	if (str_is(act, "vai-tro") && role)
		rc = org_user_set_role(&v->by, id, role, v->e);
	else if (str_is(act, "noi-lam"))
		rc = place(v, id);
	else if (str_is(act, "thu-hoi-ma"))
		rc = org_token_end(&v->by, form_number(v, "ma-so"), id, v->e);
	else if (str_is(act, "gan"))
		rc = link_subject(v, id);
	else if (str_is(act, "khan-cap") || str_is(act, "khan-cap-bo"))
		rc = org_emergency_set(&v->by, id, str_is(act, "khan-cap"), v->e);
	else {
		page_problem(v, 400);
		return;
	}
	if (v->fault_count) {
		v->rs->status = 422;
		show(v, id);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		redirect(v, path_of(v, "/quan-tri/nguoi-dung/%lld?bao=da-luu", (long long)id));
	}
}

void html_role_select(struct view *v, struct str chosen)
{
	html_select(v, "vai-tro", tr(v->lang, "Vai trò"));
	for (size_t i = 0; i < COUNT(org_roles); i++) {
		const char *id = org_role_id(org_roles[i]);

		html_option(v, id, tr(v->lang, org_role_words(org_roles[i])), str_is(chosen, id));
	}
	html_select_end(v);
}

const char *user_state_words(struct view *v, const struct org_user *u)
{
	if (u->disabled_at_s)
		return tr(v->lang, "ngừng sử dụng");
	if (u->locked_at_s)
		return tr(v->lang, "bị khóa vì đăng nhập sai");
	if (u->must_change)
		return tr(v->lang, "chờ đổi mật khẩu lần đầu");
	return tr(v->lang, "đang dùng");
}
