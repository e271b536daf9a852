/* login.c - from nobody to somebody: set-up, the page of log-in, the first change. */
#include "face/web/signin.h"

void page_home(struct view *v)
{
	int64_t users = 0;

	if (org_user_count(v->web->store, &users, v->e) < 0)
		page_failed(v);
	else
		redirect(v, users == 0 ? "/thiet-lap" : stage_path(v->stage));
}

void page_language(struct view *v)
{
	struct str back = http_pair(v->query, "ve");
	enum lang lang;

	if (!lang_parse(v->args[0], &lang)) {
		page_problem(v, 404);
		return;
	}
	v->rs->cookies[0] = path_of(v,
		"ngon-ngu=%s; Path=/; SameSite=Lax; HttpOnly; Max-Age=31536000", lang_code(lang));
	/* only back into this site: "//elsewhere" is another, and controls are no path */
	if (!str_starts(back, "/") || str_starts(back, "//") || str_has(back, '\\') ||
		back.len > 1000)
		back = STR("/");
	for (size_t i = 0; i < back.len; i++) {
		if ((unsigned char)back.ptr[i] <= ' ' || (unsigned char)back.ptr[i] >= 0x7f)
			back = STR("/");
	}
	redirect(v, text_of(v, back));
}

/* --- set-up ----------------------------------------------------------------------------------- */

static bool is_set_up(struct view *v)
{
	int64_t users = 1;

	return org_user_count(v->web->store, &users, v->e) < 0 || users > 0;
}

static void new_password_fields(struct view *v)
{
	html_field(v,
		&(struct field){ .name = "mat-khau-moi",
			.type = "password",
			.label = tr(v->lang, "Mật khẩu mới"),
			.hint = password_rule(v),
			.autocomplete = "new-password",
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "nhac-lai",
			.type = "password",
			.label = tr(v->lang, "Nhập lại mật khẩu mới"),
			.autocomplete = "new-password",
			.is_required = true });
}

void page_setup(struct view *v)
{
	struct str code = http_pair(v->query, "ma");

	if (is_set_up(v)) {
		redirect(v, stage_path(v->stage));
		return;
	}
	page_start(v, tr(v->lang, "Thiết lập lần đầu"));
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Mã thiết lập hiện trên màn hình nơi khởi động Khiên, chỉ dùng được một lần."));
	html_form(v, "/thiet-lap", "card");
	html_field(v,
		&(struct field){ .name = "ma",
			.label = tr(v->lang, "Mã thiết lập"),
			.value = text_of(v, code),
			.autocomplete = "off",
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "don-vi",
			.label = tr(v->lang, "Tên cơ quan, đơn vị"),
			.hint = tr(v->lang, "Ví dụ: Ủy ban nhân dân xã Tây Sơn"),
			.autocomplete = "organization",
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "ho-ten",
			.label = tr(v->lang, "Họ và tên người quản trị"),
			.autocomplete = "name",
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "ten-dang-nhap",
			.label = tr(v->lang, "Tên đăng nhập"),
			.hint = tr(v->lang, "Chữ không dấu, chữ số, dấu chấm; ví dụ: an.le"),
			.autocomplete = "username",
			.is_required = true });
	new_password_fields(v);
	html_form_end(v, tr(v->lang, "Tạo tài khoản quản trị"));
	page_end(v);
}

/* The new password, checked against its copy and the rules. */
static struct str new_password(struct view *v, struct str login)
{
	struct str password = http_pair(v->form, "mat-khau-moi");
	struct str again = http_pair(v->form, "nhac-lai");

	if (!password.ptr)
		password = STR("");
	fault_password(v, "mat-khau-moi", org_password_faults(&v->rules, password, login));
	if (!again.ptr || !str_eq(password, again))
		fault_add(v, "nhac-lai", tr(v->lang, "Hai lần nhập mật khẩu không giống nhau."));
	return password;
}

static void setup_faults(struct view *v)
{
	if (form_value(v, "don-vi").len == 0)
		fault_add(v, "don-vi", tr(v->lang, "Hãy nhập tên cơ quan, đơn vị."));
	if (form_value(v, "ho-ten").len == 0)
		fault_add(v, "ho-ten", tr(v->lang, "Hãy nhập họ và tên."));
	if (form_value(v, "ten-dang-nhap").len == 0)
		fault_add(v, "ten-dang-nhap", tr(v->lang, "Hãy nhập tên đăng nhập."));
}

/* The code is spent with the account it makes, or not at all. */
static int set_up(struct view *v, struct str password, bool *ret_is_right)
{
	struct org_user admin = { .login = form_value(v, "ten-dang-nhap"),
		.name = form_value(v, "ho-ten"),
		.role = USER_ADMIN };
	int64_t id;
	int rc = org_code_use(v->web->store, form_value(v, "ma"), ret_is_right, v->e);

	if (rc < 0 || !*ret_is_right)
		return rc;
	v->by.login = admin.login;
	store_actor(v->web->store, v->by.login, v->by.peer);
	rc = org_user_add(&v->by, &admin, password, false, &id, v->e);
	if (rc == 0)
		rc = org_unit_call_first(v->web->store, form_value(v, "don-vi"), v->e);
	return rc < 0 ? rc : session_begin(v, id, false);
}

void page_setup_post(struct view *v)
{
	bool is_right = false;
	struct str password;
	int rc;

	if (is_set_up(v)) {
		redirect(v, "/dang-nhap");
		return;
	}
	if (!may_hash(v))
		return;
	setup_faults(v);
	password = new_password(v, form_value(v, "ten-dang-nhap"));
	if (v->fault_count == 0) {
		rc = set_up(v, password, &is_right);
		if (rc == 0 && is_right) {
			redirect(v, "/bat-ma-hai-buoc");
			return;
		}
		if (rc == ERR_INPUT)
			fault_add(v, "ten-dang-nhap",
				tr(v->lang,
					"Tên đăng nhập chỉ gồm chữ không dấu, chữ số và . _ - @"));
		else if (rc < 0) {
			page_failed(v);
			return;
		} else
			fault_add(v, "ma", tr(v->lang, "Mã thiết lập không đúng hoặc đã dùng."));
	}
	v->rs->status = 422;
	page_setup(v);
}

/* --- log-in ----------------------------------------------------------------------------------- */

/* To log in at a provider; and who has just logged out here may do so there as well. */
static void outside_ways(struct view *v)
{
	bool was_there = str_is(http_pair(v->query, "bao"), "da-dang-xuat-oidc");

	if (!signin_is_on(v, OIDC_ON))
		return;
	if (was_there)
		html_button(v, "/dang-nhap/oidc", (const char *[2]){ "viec", "ra" },
			tr(v->lang, "Đăng xuất cả ở nơi đăng nhập"));
	html_button(v, "/dang-nhap/oidc", (const char *[2]){ "viec", "vao" },
		tr(v->lang, "Đăng nhập một lần của cơ quan"));
}

void page_login(struct view *v)
{
	if (!is_set_up(v)) {
		redirect(v, "/thiet-lap");
		return;
	}
	if (v->stage == STAGE_FULL) {
		redirect(v, "/hom-nay");
		return;
	}
	page_start(v, tr(v->lang, "Đăng nhập"));
	html_form(v, "/dang-nhap", "card");
	html_field(v,
		&(struct field){ .name = "ten-dang-nhap",
			.label = tr(v->lang, "Tên đăng nhập"),
			.autocomplete = "username",
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "mat-khau",
			.label = tr(v->lang, "Mật khẩu"),
			.type = "password",
			.autocomplete = "current-password",
			.is_required = true });
	html_form_end(v, tr(v->lang, "Đăng nhập"));
	html(v->w, "<p class=\"soft\">%s</p>\n",
		fill(v,
			tr(v->lang,
				"Sai {n} lần thì tài khoản bị khóa ({dieu}); "
				"người quản trị mở khóa."),
			"n", count_text(v, v->rules.login_fail_max->number), "dieu",
			cite_text(v, v->rules.login_fail_max), NULL));
	outside_ways(v);
	page_end(v);
}

const char *login_words(struct view *v, const struct org_login *try)
{
	switch (try->answer) {
	case LOGIN_WRONG:
		return fill(v, tr(v->lang, "Không đúng. Còn {n} lần thử."), "n",
			count_text(v, try->tries_left), NULL);
	case LOGIN_LOCKED:
		return tr(
			v->lang, "Tài khoản đã bị khóa vì sai quá số lần. Người quản trị mở khóa.");
	case LOGIN_EXPIRED:
		return tr(v->lang, "Mật khẩu dùng một lần đã hết hạn. Xin người quản trị cấp lại.");
	case LOGIN_DISABLED:
		return tr(v->lang, "Tài khoản đã ngừng sử dụng.");
	case LOGIN_FINE:
		break;
	}
	return "";
}

int login_done(struct view *v, int64_t user_id, bool has_second_step)
{
	int rc = session_begin(v, user_id, has_second_step);

	if (rc == 0 && v->stage != STAGE_SECOND_STEP)
		rc = org_logged_in(&v->by, user_id, v->e);
	return rc;
}

/* --- changing the password -------------------------------------------------------------------- */

void page_change(struct view *v)
{
	if (v->stage != STAGE_CHANGE && v->stage != STAGE_FULL) {
		redirect(v, stage_path(v->stage));
		return;
	}
	page_start(v, tr(v->lang, "Đổi mật khẩu"));
	if (org_is_outside(v->user.source)) {
		html(v->w, "<p>%s</p>\n",
			str_is(v->user.source, ORG_LDAP) ?
				tr(v->lang, "Mật khẩu của bạn ở danh bạ của cơ quan: đổi ở đó.") :
				tr(v->lang,
					"Bạn đăng nhập ở nơi đăng nhập chung của cơ quan: đổi mật khẩu ở đó."));
		page_end(v);
		return;
	}
	if (v->stage == STAGE_CHANGE)
		html(v->w, "<p>%s</p>\n",
			tr(v->lang,
				"Đây là lần đăng nhập đầu tiên với mật khẩu được cấp: "
				"phải đổi mật khẩu trước khi dùng tiếp."));
	html_form(v, "/doi-mat-khau", "card");
	html_field(v,
		&(struct field){ .name = "mat-khau",
			.type = "password",
			.label = tr(v->lang, "Mật khẩu hiện tại"),
			.autocomplete = "current-password",
			.is_required = true });
	new_password_fields(v);
	html_form_end(v, tr(v->lang, "Đổi mật khẩu"));
	page_end(v);
}

void page_change_post(struct view *v)
{
	struct str old = http_pair(v->form, "mat-khau"), new;
	unsigned faults = 0;
	bool had_second_step = v->session.has_second_step;
	int rc;

	if (v->stage != STAGE_CHANGE && v->stage != STAGE_FULL) {
		redirect(v, stage_path(v->stage));
		return;
	}
	if (!may_hash(v))
		return;
	new = new_password(v, v->user.login);
	if (v->fault_count == 0) {
		rc = org_password_change(
			&v->by, v->user.id, old.ptr ? old : STR(""), new, &faults, v->e);
		if (rc < 0 && rc != ERR_DENIED) {
			page_failed(v);
			return;
		}
		if (rc == ERR_DENIED)
			fault_add(v, "mat-khau", tr(v->lang, "Mật khẩu hiện tại không đúng."));
		fault_password(v, "mat-khau-moi", faults);
	}
	if (v->fault_count) {
		v->rs->status = 422;
		page_change(v);
		return;
	}
	v->stage = STAGE_NOBODY; /* changing ended every session */
	if (session_begin(v, v->user.id, had_second_step) < 0)
		page_failed(v);
	else
		redirect(v,
			v->stage == STAGE_FULL ? "/tai-khoan?bao=da-doi-mat-khau" :
						 stage_path(v->stage));
}
