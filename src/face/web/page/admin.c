/* admin.c - Quản trị: the unit, its machine, its people, what happened. */
#include "core/org/outside.h"
#include "face/web/org_int.h"
#include "face/web/work.h"

#include "kit/text/text.h"

#define EVENTS_MAX 500
#define EVENTS_PAGE 100

/* --- people ----------------------------------------------------------------------------------- */

static void act_button(struct view *v, const struct org_user *u, const char *act, const char *words)
{
	html_form(v, path_of(v, "/quan-tri/nguoi-dung/%lld", (long long)u->id), "inline");
	html(v->w,
		"<input type=\"hidden\" name=\"viec\" value=\"%s\">\n"
		"<button type=\"submit\" class=\"plain\">%s<span class=\"hidden\"> %.*s</span></button>\n",
		act, words, STR_FMT(u->login));
	html_form_end(v, NULL);
}

static void user_row(struct view *v, const struct org_user *u)
{
	html(v->w, "<tr>\n<th scope=\"row\"><a href=\"/quan-tri/nguoi-dung/%lld\">%.*s</a></th>\n",
		(long long)u->id, STR_FMT(u->login));
	html_table_cell(v, tr(v->lang, "Họ và tên"), text_of(v, u->name));
	html_table_cell(v, tr(v->lang, "Vai trò"), tr(v->lang, org_role_words(u->role)));
	html_table_cell(v, tr(v->lang, "Đơn vị"), text_of(v, unit_name(v, u->unit_id)));
	html_table_cell(v, tr(v->lang, "Tình trạng"), user_state_words(v, u));
	html_table_time(v, tr(v->lang, "Đăng nhập lần cuối"), u->last_login_s);
	html(v->w, "\n<td class=\"acts\">");
	if (u->id == v->user.id) {
		html(v->w, "<span class=\"soft\">%s</span>", tr(v->lang, "tài khoản của bạn"));
	} else {
		if (u->locked_at_s)
			act_button(v, u, "mo-khoa", tr(v->lang, "Mở khóa"));
		act_button(v, u, "cap-lai", tr(v->lang, "Cấp lại mật khẩu"));
		if (u->disabled_at_s)
			act_button(v, u, "cho-dung", tr(v->lang, "Cho dùng lại"));
		else
			act_button(v, u, "ngung", tr(v->lang, "Ngừng sử dụng"));
	}
	html(v->w, "</td>\n</tr>\n");
}

/* ?q=: by log-in, name, role or unit, with or without marks. */
static bool is_sought(struct view *v, const struct org_user *u, struct str folded)
{
	struct str all = arena_fmt(v->a, "%.*s %.*s %s %.*s", STR_FMT(u->login), STR_FMT(u->name),
		tr(v->lang, org_role_words(u->role)), STR_FMT(unit_name(v, u->unit_id)));

	return !folded.len || str_find(text_fold(v->a, all), folded) >= 0;
}

static void list(struct view *v, const struct org_user *users, size_t count)
{
	struct str q = str_trim(http_pair(v->query, "q"));
	struct str folded = text_fold(v->a, q.ptr ? q : STR(""));
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += is_sought(v, &users[i], folded);
	html(v->w,
		"<form class=\"ask\" role=\"search\" method=\"get\" action=\"/quan-tri\">\n"
		"<div class=\"field wide\"><label for=\"q\">%s</label>\n"
		"<input id=\"q\" name=\"q\" type=\"search\" value=\"%.*s\" autocomplete=\"off\"></div>\n"
		"<div class=\"field\"><button type=\"submit\">%s</button></div>\n</form>\n"
		"<p class=\"soft\">%s</p>\n",
		tr(v->lang, "Tìm theo tên, tên đăng nhập, vai trò, đơn vị; gõ không dấu cũng được"),
		STR_FMT(q), tr(v->lang, "Tìm"),
		fill(v, tr(v->lang, "{n} người."), "n", count_text(v, (int64_t)found), NULL));
	if (!found)
		return;
	html_table(v, tr(v->lang, "Người dùng"), "stack flowing", tr(v->lang, "Tên đăng nhập"),
		tr(v->lang, "Họ và tên"), tr(v->lang, "Vai trò"), tr(v->lang, "Đơn vị"),
		tr(v->lang, "Tình trạng"), tr(v->lang, "Đăng nhập lần cuối"), tr(v->lang, "Việc"));
	for (size_t i = 0; i < count; i++)
		if (is_sought(v, &users[i], folded))
			user_row(v, &users[i]);
	html_table_end(v);
}

static void people(struct view *v, const struct org_user *users, size_t count)
{
	html(v->w,
		"<section>\n<h2>%s</h2>\n<p class=\"soft\">%s "
		"<a href=\"/huong-dan/tai-khoan\">%s</a></p>\n",
		tr(v->lang, "Người dùng"),
		tr(v->lang,
			"Cấp lại mật khẩu: mật khẩu cũ và các phiên đang mở hết hiệu lực ngay, xác thực hai bước "
			"phải bật lại. Ngừng sử dụng: người ấy không đăng nhập được nữa, những gì họ đã ghi còn nguyên."),
		tr(v->lang, "Mỗi vai trò được làm gì"));
	list(v, users, count);
	html(v->w, "<p class=\"export\"><a href=\"/quan-tri/nguoi-dung.csv\">%s</a></p>\n",
		tr(v->lang, "Tải danh sách này (CSV)"));
	html(v->w, "<h3 id=\"them\">%s</h3>\n<p class=\"soft\">%s</p>\n",
		tr(v->lang, "Thêm người dùng"),
		tr(v->lang,
			"Mỗi người một tài khoản riêng. Khiên tạo mật khẩu dùng một lần và hiện đúng một lần."));
	html_form(v, "/quan-tri/nguoi-dung", "card");
	html_field(v,
		&(struct field){ .name = "ten-dang-nhap",
			.label = tr(v->lang, "Tên đăng nhập"),
			.hint = tr(v->lang, "Chữ không dấu, chữ số, dấu chấm; ví dụ: an.le"),
			.autocomplete = "off",
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "ho-ten",
			.label = tr(v->lang, "Họ và tên"),
			.value = text_of(v, http_pair(v->query, "ten")),
			.autocomplete = "off",
			.is_required = true });
	html_role_select(v, form_value(v, "vai-tro"));
	html_unit_select(v,
		&(struct unit_choice){ .name = "noi-lam",
			.label = tr(v->lang, "Đơn vị"),
			.right = RIGHT_ADMIN,
			.chosen = ORG_UNIT_FIRST });
	html_form_end(v, tr(v->lang, "Thêm"));
	html(v->w, "</section>\n");
}

/* --- the unit and its machines ---------------------------------------------------------------- */

static void unit(struct view *v, struct str name)
{
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Đơn vị"));
	html_form(v, "/quan-tri/don-vi", "card");
	html_field(v,
		&(struct field){ .name = "don-vi",
			.label = tr(v->lang, "Tên cơ quan, đơn vị"),
			.value = text_of(v, name),
			.autocomplete = "organization",
			.is_required = true });
	html_form_end(v, tr(v->lang, "Lưu"));
	html(v->w, "</section>\n");
}

/* --- one machine ------------------------------------------------------------------------------ */

static int machine_load(struct view *v, struct org_host *ret)
{
	int64_t id;

	if (!str_to_i64(v->args[0], &id))
		return err_set(v->e, ERR_ABSENT, "no such machine");
	return org_host(v->web->store, id, v->a, ret, v->e);
}

void page_admin_host(struct view *v)
{
	static const char *const kinds[] = { ORG_HOST_KINDS };
	struct org_host h;

	if (machine_load(v, &h) < 0) {
		page_failed(v);
		return;
	}
	page_start(v,
		fill(v, tr(v->lang, "Loại, cấp độ, đơn vị của máy {may}"), "may",
			text_of(v, h.name), NULL));
	html_back_host(v, &h);
	html_form(v, path_of(v, "/quan-tri/may/%lld", (long long)h.id), "card");
	html_select(v, "loai", tr(v->lang, "Loại máy"));
	for (size_t i = 0; i < COUNT(kinds); i++)
		html_option(v, kinds[i], host_kind_words(v, str_of(kinds[i])),
			str_is(h.kind, kinds[i]));
	html_select_end(v);
	html_select(v, "cap-do", tr(v->lang, "Cấp độ của hệ thống thông tin"));
	for (int level = 1; level <= 5; level++)
		html_option(v, number_text(v, level), number_text(v, level), h.level == level);
	html_select_end(v);
	html_unit_select(v,
		&(struct unit_choice){ .name = "noi-lam",
			.label = tr(v->lang, "Đơn vị"),
			.right = RIGHT_ADMIN,
			.chosen = h.unit_id });
	html_form_end(v, tr(v->lang, "Lưu"));
	page_end(v);
}

/* --- the page --------------------------------------------------------------------------------- */

static void show(struct view *v)
{
	struct org_user *users;
	size_t user_count;
	struct str name = STR_NONE;

	if (org_users(v->web->store, v->a, &users, &user_count, v->e) < 0 ||
		org_unit_name_on(v->web->store, ORG_UNIT_FIRST, org_day(v->by.now_s, v->a), v->a,
			&name, v->e) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Quản trị"));
	html(v->w,
		"<p><a href=\"/quan-tri/nhat-ky\">%s</a> · <a href=\"/goi\">%s</a>"
		" · <a href=\"/quan-tri/danh-ba\">%s</a>"
		" · <a href=\"/quan-tri/oidc\">%s</a> · <a href=\"/quan-tri/tep\">%s</a></p>\n",
		tr(v->lang, "Nhật ký đăng nhập và quản trị"), tr(v->lang, "Các gói quy định"),
		tr(v->lang, "Đăng nhập bằng danh bạ LDAP"),
		tr(v->lang, "Đăng nhập một lần (OpenID Connect)"),
		tr(v->lang, "Tệp đính kèm và hạn mức"));
	people(v, users, user_count);
	unit(v, name);
	html(v->w, "<section>\n<h2>%s</h2>\n<p>%s <a href=\"/may\">%s</a></p>\n</section>\n",
		tr(v->lang, "Máy"),
		tr(v->lang, "Loại, cấp độ và đơn vị của từng máy được sửa từ trang của máy đó."),
		tr(v->lang, "Các máy"));
	page_end(v);
}

void page_admin(struct view *v)
{
	show(v);
}

void page_admin_unit_post(struct view *v)
{
	struct str name = form_value(v, "don-vi");

	if (!name.len || name.len > 300) {
		fault_add(v, "don-vi", tr(v->lang, "Hãy nhập tên cơ quan, đơn vị."));
		v->rs->status = 422;
		show(v);
		return;
	}
	if (org_unit_call_first(v->web->store, name, v->e) < 0 ||
		org_note(&v->by, "unit-name", name, v->e) < 0)
		page_failed(v);
	else
		redirect(v, "/quan-tri?bao=da-luu");
}

void page_admin_host_post(struct view *v)
{
	int64_t level = 0, unit_id = form_number(v, "noi-lam");
	struct org_host h;
	int rc = machine_load(v, &h);

	(void)str_to_i64(form_value(v, "cap-do"), &level);
	if (rc == 0 && unit_id && !org_unit_by_id(view_tree(v), unit_id))
		rc = err_set(v->e, ERR_INPUT, "no such unit");
	if (rc == 0)
		rc = org_host_set(v->web->store, h.id, form_value(v, "loai"), (int)level, v->e);
	if (rc == 0 && unit_id)
		rc = org_host_move(v->web->store, h.id, unit_id, v->e);
	if (rc == 0)
		rc = org_note(&v->by, "host-set", v->args[0], v->e);
	if (rc < 0)
		page_failed(v);
	else
		redirect(v, path_of(v, "/quan-tri/may/%lld?bao=da-luu", (long long)h.id));
}

/* --- changing accounts ------------------------------------------------------------------------ */

static void show_onetime(struct view *v, const struct org_user *u, const char *password)
{
	page_start(v, tr(v->lang, "Mật khẩu dùng một lần"));
	html(v->w,
		"<p>%s <strong>%.*s</strong></p>\n<p>%s <code class=\"key\">%s</code></p>\n<p>%s</p>\n"
		"<p><a class=\"button\" href=\"/quan-tri\">%s</a></p>\n",
		tr(v->lang, "Tài khoản:"), STR_FMT(u->login), tr(v->lang, "Mật khẩu dùng một lần:"),
		password,
		fill(v,
			tr(v->lang,
				"Mật khẩu chỉ hiện một lần này, có giá trị trong {n} giờ và "
				"phải đổi ngay khi đăng nhập lần đầu."),
			"n", count_text(v, v->rules.first_change_s / 3600), NULL),
		tr(v->lang, "Về trang Quản trị"));
	if (!u->staff_id)
		html(v->w, "<p>%s <a href=\"/quan-tri/nguoi-dung/%lld\">%s</a></p>\n",
			tr(v->lang,
				"Tài khoản chưa gắn với ai trong danh sách nhân sự: gắn rồi thì người ấy mới ký "
				"được cam kết và có việc theo vai trò của mình."),
			(long long)u->id, tr(v->lang, "Gắn với người trong danh sách"));
	html_next_step(v);
	page_end(v);
}

void page_user_add(struct view *v)
{
	struct org_user u = { .login = form_value(v, "ten-dang-nhap"),
		.name = form_value(v, "ho-ten"),
		.role = org_role(form_value(v, "vai-tro")),
		.unit_id = form_number(v, "noi-lam") };
	char password[ORG_ONETIME_SIZE];
	int64_t id;
	int rc = ERR_INPUT;

	if (!u.login.len)
		fault_add(v, "ten-dang-nhap", tr(v->lang, "Hãy nhập tên đăng nhập."));
	if (!u.name.len)
		fault_add(v, "ho-ten", tr(v->lang, "Hãy nhập họ và tên."));
	if (!u.role)
		fault_add(v, "vai-tro", tr(v->lang, "Hãy chọn vai trò."));
	if (u.unit_id && !org_unit_by_id(view_tree(v), u.unit_id))
		fault_add(v, "noi-lam", tr(v->lang, "Không có đơn vị này."));
	if (!v->fault_count) {
		org_onetime(&v->rules, password);
		rc = org_user_add(&v->by, &u, str_of(password), true, &id, v->e);
		if (rc == ERR_CONFLICT)
			fault_add(v, "ten-dang-nhap",
				tr(v->lang, "Tên đăng nhập này đã có người dùng."));
		else if (rc == ERR_INPUT)
			fault_add(v, "ten-dang-nhap",
				tr(v->lang,
					"Tên đăng nhập chỉ gồm chữ không dấu, chữ số và . _ - @"));
	}
	if (v->fault_count) {
		v->rs->status = 422;
		show(v);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		u.id = id;
		show_onetime(v, &u, password);
	}
}

static void reset(struct view *v, int64_t id)
{
	char password[ORG_ONETIME_SIZE];
	struct org_user u;

	org_onetime(&v->rules, password);
	if (org_user(v->web->store, id, v->a, &u, v->e) < 0 ||
		org_user_reset(&v->by, id, str_of(password), v->e) < 0)
		page_failed(v);
	else if (org_is_outside(u.source))
		redirect(v, path_of(v, "/quan-tri/nguoi-dung/%lld?bao=da-luu", (long long)id));
	else
		show_onetime(v, &u, password);
}

void page_user_act(struct view *v)
{
	struct str act = form_value(v, "viec");
	const char *done = NULL;
	int64_t id = 0;
	int rc = 0;

	if (!str_to_i64(v->args[0], &id)) {
		page_problem(v, 404);
		return;
	}
	if (id == v->user.id) {
		page_user_own(v);
		return;
	}
	if (str_is(act, "cap-lai")) {
		reset(v, id);
		return;
	}
	if (str_is(act, "mo-khoa")) {
		rc = org_user_unlock(&v->by, id, v->e);
		done = "da-mo-khoa";
	} else if (str_is(act, "ngung")) {
		rc = org_user_disable(&v->by, id, true, v->e);
		done = "da-khoa";
	} else if (str_is(act, "cho-dung")) {
		rc = org_user_disable(&v->by, id, false, v->e);
		done = "da-cho-dung";
	}
	if (!done)
		page_user_change(v, id);
	else if (rc < 0)
		page_failed(v);
	else
		redirect(v, path_of(v, "/quan-tri?bao=%s", done));
}

void page_users_csv(struct view *v)
{
	struct org_user *users;
	size_t count;

	if (org_users(v->web->store, v->a, &users, &count, v->e) < 0) {
		page_failed(v);
		return;
	}
	csv_page(v, "nguoi-dung.csv");
	csv_words(v, T("Tên đăng nhập"));
	csv_words(v, T("Họ và tên"));
	csv_words(v, T("Vai trò"));
	csv_words(v, T("Đơn vị"));
	csv_words(v, T("Tình trạng"));
	csv_words(v, T("Đăng nhập lần cuối"));
	csv_end_row(v->w);
	for (size_t i = 0; i < count; i++) {
		csv_cell(v->w, users[i].login);
		csv_cell(v->w, users[i].name);
		csv_words(v, org_role_words(users[i].role));
		csv_cell(v->w, unit_name(v, users[i].unit_id));
		csv_text(v, user_state_words(v, &users[i]));
		csv_text(v, time_text(v, users[i].last_login_s));
		csv_end_row(v->w);
	}
}

/* --- what happened ---------------------------------------------------------------------------- */

static const struct {
	const char *what, *words;
} happenings[] = {
	{ "login", T("đăng nhập") },
	{ "login-wrong", T("đăng nhập sai") },
	{ "login-locked", T("bị khóa vì sai quá số lần") },
	{ "login-while-locked", T("thử đăng nhập khi đang bị khóa") },
	{ "logout", T("đăng xuất") },
	{ "recovery-code-used", T("dùng mã khôi phục") },
	{ "second-step-on", T("bật xác thực hai bước") },
	{ "password-change", T("đổi mật khẩu") },
	{ "user-add", T("thêm người dùng") },
	{ "user-reset", T("cấp lại mật khẩu") },
	{ "user-unlock", T("mở khóa tài khoản") },
	{ "user-disable", T("ngừng tài khoản") },
	{ "user-enable", T("cho dùng lại tài khoản") },
	{ "user-role", T("đổi vai trò") },
	{ "user-self-link", T("gắn tài khoản của chính mình với người trong danh sách") },
	{ "user-place", T("đổi đơn vị hoặc người của tài khoản") },
	{ "group-add", T("cho nhóm của danh bạ một vai trò") },
	{ "group-remove", T("bỏ vai trò của nhóm danh bạ") },
	{ "directory-set", T("đổi thiết lập danh bạ") },
	{ "outside-gone", T("kết thúc phiên: không còn trong danh bạ") },
	{ "emergency-on", T("chọn tài khoản khẩn cấp") },
	{ "emergency-off", T("bỏ tài khoản khẩn cấp") },
	{ "emergency-login", T("dùng tài khoản khẩn cấp") },
	{ "oidc-refused", T("nơi đăng nhập một lần không xác nhận được") },
	{ "ldap-no-group", T("mật khẩu ở danh bạ đúng, nhưng không thuộc nhóm nào được dùng") },
	{ "oidc-no-group", T("đăng nhập một lần: không thuộc nhóm nào được dùng") },
	{ "oidc-name-taken", T("đăng nhập một lần: tên đã là của tài khoản khác") },
	{ "token-make", T("tạo mã truy cập API") },
	{ "token-end", T("thu hồi mã truy cập API") },
	{ "user-link", T("gắn tài khoản với nơi đăng nhập một lần") },
	{ "unit-change", T("ghi quyết định về đơn vị") },
	{ "unit-undo", T("hoàn tác thay đổi đơn vị") },
	{ "unit-set", T("đổi loại, vai trò của đơn vị") },
	{ "staff-add", T("thêm người vào danh sách") },
	{ "staff-set", T("sửa thông tin người") },
	{ "staff-decide", T("ghi quyết định về người") },
	{ "staff-withdraw", T("rút quyết định về người") },
	{ "staff-role", T("giao vai trò theo quy chế") },
	{ "staff-role-end", T("thôi giao vai trò theo quy chế") },
	{ "unit-name", T("đổi tên đơn vị") },
	{ "sender", T("đặt tên, báo động cho nguồn gửi nhật ký") },
	{ "host-set", T("đổi loại hoặc cấp độ máy") },
	{ "exception-add", T("ghi ngoại lệ") },
	{ "exception-end", T("kết thúc ngoại lệ") },
	{ "audit", T("yêu cầu kiểm tra lại máy") },
};

static const char *happening_words(struct view *v, struct str what)
{
	for (size_t i = 0; i < COUNT(happenings); i++) {
		if (str_is(what, happenings[i].what))
			return tr(v->lang, happenings[i].words);
	}
	return text_of(v, what);
}

static void event_row(struct view *v, const struct org_event *x)
{
	html(v->w, "<tr>");
	html_table_time(v, tr(v->lang, "Lúc"), x->at_s);
	html_table_cell(v, tr(v->lang, "Ai"), text_of(v, x->login));
	html_table_cell(v, tr(v->lang, "Việc"), happening_words(v, x->what));
	html_table_cell(v, tr(v->lang, "Đối tượng"), text_of(v, law_role_title(v, x->about)));
	html_table_cell(v, tr(v->lang, "Từ địa chỉ"), text_of(v, x->peer));
	html(v->w, "</tr>\n");
}

void page_events(struct view *v)
{
	struct org_event *events;
	size_t count;

	struct org_events_asked asked = { .max = EVENTS_PAGE };

	if (!str_to_i64(http_pair(v->query, "truoc"), &asked.before_id) || asked.before_id < 0)
		asked.before_id = 0;
	if (org_events(v->web->store, &asked, v->a, &events, &count, v->e) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Nhật ký đăng nhập và quản trị"));
	html_back(v, "/quan-tri", tr(v->lang, "Quản trị"));
	html(v->w, "<p><a href=\"/so-vet\">%s</a></p>\n",
		tr(v->lang, "Mọi thay đổi dữ liệu, có niêm phong: Sổ vết thay đổi"));
	html_table(v, tr(v->lang, "Nhật ký đăng nhập và quản trị"), "stack flowing",
		tr(v->lang, "Lúc"), tr(v->lang, "Ai"), tr(v->lang, "Việc"),
		tr(v->lang, "Đối tượng"), tr(v->lang, "Từ địa chỉ"));
	for (size_t i = 0; i < count; i++)
		event_row(v, &events[i]);
	html_table_end(v);
	if (asked.before_id || count == EVENTS_PAGE) {
		html(v->w, "<p class=\"pages\"><span>");
		if (asked.before_id)
			html(v->w, "<a href=\"/quan-tri/nhat-ky\">%s</a>", tr(v->lang, "Mới nhất"));
		html(v->w, "</span><span>");
		if (count == EVENTS_PAGE)
			html(v->w, "<a href=\"/quan-tri/nhat-ky?truoc=%lld\">%s</a>",
				(long long)events[count - 1].id, tr(v->lang, "Cũ hơn"));
		html(v->w, "</span></p>\n");
	}
	html(v->w, "<p class=\"export\"><a href=\"/quan-tri/nhat-ky.csv\">%s</a></p>\n",
		tr(v->lang, "Tải danh sách này (CSV)"));
	page_end(v);
}

void page_events_csv(struct view *v)
{
	struct org_event *events;
	size_t count;

	if (org_events(v->web->store, &(struct org_events_asked){ .max = EVENTS_MAX }, v->a,
		    &events, &count, v->e) < 0) {
		page_failed(v);
		return;
	}
	csv_page(v, "nhat-ky.csv");
	csv_words(v, T("Lúc"));
	csv_words(v, T("Ai"));
	csv_words(v, T("Việc"));
	csv_words(v, T("Đối tượng"));
	csv_words(v, T("Từ địa chỉ"));
	csv_end_row(v->w);
	for (size_t i = 0; i < count; i++) {
		csv_text(v, time_text(v, events[i].at_s));
		csv_cell(v->w, events[i].login);
		csv_text(v, happening_words(v, events[i].what));
		csv_cell(v->w, law_role_title(v, events[i].about));
		csv_cell(v->w, events[i].peer);
		csv_end_row(v->w);
	}
}
