/* page_directory.c - where people of a directory come from: the settings, a trial of them, and
 * which group has which role in which unit. */
#include "face/web/org_int.h"
#include "face/web/signin.h"

static const char here[] = "/quan-tri/danh-ba";

/* --- the settings ----------------------------------------------------------------------------- */

static void field(struct view *v, const struct signin_setting *s, struct str value)
{
	struct field f = { .name = s->field,
		.label = tr(v->lang, s->label),
		.hint = tr(v->lang, s->hint),
		.type = s->is_secret ? "password" : NULL,
		.autocomplete = "off",
		.value = s->is_secret ? NULL : text_of(v, value),
		.is_required =
			s->at == SIGNIN_URL || s->at == SIGNIN_BASE || s->at == SIGNIN_ATTRIBUTE };

	if (s->at == SIGNIN_CA)
		html_area(v, &f);
	else
		html_field(v, &f);
}

static void settings_form(struct view *v, const struct signin_question *q)
{
	bool is_on = v->rq->method == HTTP_POST ? http_pair(v->form, "dung").ptr != NULL :
						  signin_is_on(v, LDAP_ON);

	html_faults(v);
	html_form(v, here, "card");
	html_box(
		v, "dung", STR("1"), str_of(tr(v->lang, "Cho người của danh bạ đăng nhập")), is_on);
	for (size_t i = 0; i < ldap_setting_count; i++)
		field(v, &ldap_settings[i],
			q->at[ldap_settings[i].at].ptr ? q->at[ldap_settings[i].at] : STR(""));
	html_form_end(v, tr(v->lang, "Lưu"));
}

/* --- groups ----------------------------------------------------------------------------------- */

static void group_row(struct view *v, const struct org_group *g)
{
	html(v->w, "<tr><td>%.*s</td><td>%s</td><td>%.*s</td><td>", STR_FMT(g->name),
		tr(v->lang, org_role_words(g->role)), STR_FMT(unit_name(v, g->unit_id)));
	html_button(v, "/quan-tri/danh-ba/nhom", (const char *[2]){ "bo", number_text(v, g->id) },
		tr(v->lang, "Bỏ"));
	html(v->w, "</td></tr>\n");
}

static int groups(struct view *v)
{
	struct org_group *list;
	size_t count;
	int rc = org_groups(v->web->store, v->a, &list, &count, v->e);

	if (rc < 0)
		return rc;
	html(v->w, "<section id=\"nhom\">\n<h2>%s</h2>\n<p>%s</p>\n",
		tr(v->lang, "Nhóm nào có vai trò nào"),
		tr(v->lang,
			"Người thuộc nhiều nhóm có vai trò của dòng đầu tiên. Không thuộc nhóm nào thì không vào được. "
			"Người ra khỏi danh bạ hoặc đổi nhóm thì mất phiên trong vòng vài phút."));
	if (count) {
		html_table(v, tr(v->lang, "Nhóm nào có vai trò nào"), "", tr(v->lang, "Nhóm"),
			tr(v->lang, "Vai trò"), tr(v->lang, "Đơn vị"), "");
		for (size_t i = 0; i < count; i++)
			group_row(v, &list[i]);
		html_table_end(v);
	} else {
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang, "Chưa có nhóm nào, nên chưa ai của danh bạ vào được."));
	}
	html_form(v, "/quan-tri/danh-ba/nhom", "card");
	html_field(v,
		&(struct field){ .name = "nhom",
			.label = tr(v->lang, "Tên nhóm trong danh bạ"),
			.hint = tr(
				v->lang, "can-bo, hoặc cả DN: cn=can-bo,ou=nhom,dc=don-vi,dc=vn"),
			.is_required = true });
	html_role_select(v, STR("staff"));
	html_unit_select(v,
		&(struct unit_choice){ .name = "noi-lam",
			.label = tr(v->lang, "Đơn vị"),
			.right = RIGHT_ADMIN,
			.chosen = ORG_UNIT_FIRST });
	html_form_end(v, tr(v->lang, "Thêm nhóm"));
	html(v->w, "</section>\n");
	return 0;
}

static void trial_form(struct view *v)
{
	html(v->w, "<section id=\"thu\">\n<h2>%s</h2>\n<p>%s</p>\n", tr(v->lang, "Thử kết nối"),
		tr(v->lang,
			"Thử với các thiết đặt đã lưu: kết nối, chứng thư, tài khoản đọc, rồi tìm người này và các nhóm. "
			"Không cần mật khẩu của họ."));
	html_form(v, "/quan-tri/danh-ba/thu", "card");
	html_field(v,
		&(struct field){ .name = "ten-dang-nhap",
			.label = tr(v->lang, "Tên đăng nhập của một người trong danh bạ"),
			.autocomplete = "off",
			.is_required = true });
	html_form_end(v, tr(v->lang, "Thử kết nối"));
	html(v->w, "</section>\n");
}

static void show(struct view *v, const struct signin_question *q)
{
	page_start(v, tr(v->lang, "Đăng nhập bằng danh bạ LDAP"));
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Ai có mật khẩu ở Khiên thì luôn vào bằng mật khẩu đó, kể cả tài khoản khẩn cấp; mọi tên khác "
			"được hỏi ở danh bạ (OpenLDAP, Active Directory). Khóa sau số lần sai và hết giờ vì để yên vẫn "
			"theo quy chế."));
	settings_form(v, q);
	if (groups(v) < 0)
		fprintf(stderr, "khien web: %s\n", v->e->text);
	trial_form(v);
	page_end(v);
}

void page_directory(struct view *v)
{
	struct signin_question q = { 0 };

	if (signin_load(v, ldap_settings, ldap_setting_count, &q) < 0)
		page_failed(v);
	else
		show(v, &q);
}

/* --- saving ----------------------------------------------------------------------------------- */

static bool is_attribute(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
			!(i && (c == '-' || (c >= '0' && c <= '9'))))
			return false;
	}
	return s.len > 0 && s.len <= 64;
}

static void check(struct view *v, bool is_on)
{
	struct str url = form_value(v, "dia-chi"), ca = form_value(v, "chung-thu"),
		   filter = form_value(v, "loc");

	if ((is_on || url.len) && !directory_is_url(url))
		fault_add(v, "dia-chi",
			tr(v->lang, "Địa chỉ có dạng ldaps://may-chu hoặc ldap://may-chu:389."));
	if (ca.len && !is_ca(ca))
		fault_add(v, "chung-thu",
			tr(v->lang, "Chứng thư PEM bắt đầu bằng -----BEGIN CERTIFICATE-----."));
	if (is_on && !form_value(v, "goc").len)
		fault_add(v, "goc", tr(v->lang, "Hãy nhập nơi tìm người."));
	if (is_on && !is_attribute(form_value(v, "thuoc-tinh")))
		fault_add(v, "thuoc-tinh",
			tr(v->lang, "Tên thuộc tính gồm chữ không dấu, chữ số và dấu gạch."));
	if (filter.len && (filter.ptr[0] != '(' || filter.ptr[filter.len - 1] != ')'))
		fault_add(
			v, "loc", tr(v->lang, "Bộ lọc nằm trong dấu ngoặc: (objectClass=person)"));
}

static int save(struct view *v, bool is_on)
{
	int rc = 0;

	for (size_t i = 0; i < ldap_setting_count && rc == 0; i++) {
		const struct signin_setting *s = &ldap_settings[i];
		struct str value = form_value(v, s->field);

		if (!s->is_secret)
			rc = org_set(v->web->store, s->name, value, v->e);
		else if (value.len)
			rc = org_secret_set(&v->by, s->name, value, v->e);
	}
	if (rc == 0)
		rc = org_set(v->web->store, LDAP_ON, is_on ? STR("1") : STR("0"), v->e);
	return rc < 0 ? rc : org_note(&v->by, "directory-set", form_value(v, "dia-chi"), v->e);
}

void page_directory_post(struct view *v)
{
	struct signin_question q = { 0 };
	bool is_on = http_pair(v->form, "dung").ptr != NULL;
	int rc;

	check(v, is_on);
	if (v->fault_count) {
		v->rs->status = 422;
		show(v, &q);
		return;
	}
	rc = store_begin(v->web->store, v->e);
	if (rc == 0)
		rc = save(v, is_on);
	if (rc == 0)
		rc = store_commit(v->web->store, v->e);
	if (rc < 0) {
		store_rollback(v->web->store);
		page_failed(v);
	} else {
		redirect(v, "/quan-tri/danh-ba?bao=da-luu");
	}
}

void page_directory_group(struct view *v)
{
	struct org_group g = { .source = STR(ORG_LDAP),
		.name = form_value(v, "nhom"),
		.role = org_role(form_value(v, "vai-tro")),
		.unit_id = form_number(v, "noi-lam") };
	int64_t gone = form_number(v, "bo");
	int rc;

	if (gone)
		rc = org_group_remove(&v->by, gone, v->e);
	else if (!org_unit_by_id(view_tree(v), g.unit_id))
		rc = err_set(v->e, ERR_INPUT, "no such unit");
	else
		rc = org_group_add(&v->by, &g, v->e);
	if (rc == ERR_CONFLICT)
		fault_add(v, "nhom", tr(v->lang, "Nhóm này đã có vai trò. Bỏ dòng cũ trước."));
	if (rc == ERR_CONFLICT) {
		v->rs->status = 422;
		page_directory(v);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		redirect(v, "/quan-tri/danh-ba?bao=da-luu#nhom");
	}
}

/* --- a trial ---------------------------------------------------------------------------------- */

void page_directory_try(struct view *v)
{
	struct signin_question q = { .kind = SIGNIN_LDAP_CHECK };

	if (signin_load(v, ldap_settings, ldap_setting_count, &q) < 0) {
		page_failed(v);
		return;
	}
	q.at[SIGNIN_LOGIN] = form_value(v, "ten-dang-nhap");
	if (signin_send(v, SIGNIN_FOR_TRIAL, &q, v->user.id))
		redirect(v, "/quan-tri/danh-ba/thu");
	else
		page_problem(v, 503);
}

/* What went wrong, and what to do. */
static const char *const state_words[SIGNIN_STATE_COUNT] = {
	[SIGNIN_RIGHT] = T("Kết nối, chứng thư và tài khoản đọc đều tốt; tìm thấy người này."),
	[SIGNIN_WRONG] = T("Mật khẩu không đúng."),
	[SIGNIN_NOBODY] = T("Kết nối tốt, nhưng không tìm thấy người này bên dưới gốc đã khai. "
			    "Xem lại gốc, thuộc tính và bộ lọc."),
	[SIGNIN_DISABLED] = T("Người này có trong danh bạ nhưng đã bị khóa ở đó."),
	[SIGNIN_SEVERAL] = T("Nhiều người có cùng tên đăng nhập này. Hãy thu hẹp gốc hoặc bộ lọc."),
	[SIGNIN_UNREACHABLE] = T(
		"Máy chủ danh bạ không trả lời. Xem lại địa chỉ, cổng, tường lửa, và danh bạ có đang chạy không."),
	[SIGNIN_CERTIFICATE] = T(
		"Chứng thư của máy chủ danh bạ không do CA đã khai cấp, hoặc không đúng tên máy chủ. "
		"Chưa gửi mật khẩu nào đi."),
	[SIGNIN_BIND] =
		T("Danh bạ từ chối tài khoản đọc. Xem lại DN và mật khẩu của tài khoản đọc."),
	[SIGNIN_SEARCH] =
		T("Danh bạ từ chối tìm kiếm. Xem lại gốc, bộ lọc và quyền của tài khoản đọc."),
};

static void show_trial(struct view *v, const struct signin_wait *wait, const struct org_group *g)
{
	const struct signin_answer *x = &wait->answer;

	page_start(v, tr(v->lang, "Thử kết nối"));
	html(v->w, "<p role=\"status\"><strong>%s</strong></p>\n",
		tr(v->lang, state_words[x->state]));
	if (x->detail.len)
		html(v->w, "<p>%s <code>%.*s</code></p>\n", tr(v->lang, "Máy chủ nói:"),
			STR_FMT(x->detail));
	if (x->state == SIGNIN_RIGHT) {
		html(v->w, "<dl class=\"facts\">\n");
		html_fact(v, tr(v->lang, "Họ và tên"), x->name);
		html_fact(v, tr(v->lang, "Thư điện tử"), x->email);
		html_fact(v, tr(v->lang, "Vai trò"),
			str_of(g ? tr(v->lang, org_role_words(g->role)) :
				   tr(v->lang, "không nhóm nào có vai trò: chưa vào được")));
		if (g)
			html_fact(v, tr(v->lang, "Đơn vị"), unit_name(v, g->unit_id));
		html(v->w, "</dl>\n<h2>%s</h2>\n<ul>\n", tr(v->lang, "Các nhóm trong danh bạ"));
		for (size_t i = 0; i < x->group_count; i++)
			html(v->w, "<li>%.*s</li>\n", STR_FMT(x->groups[i]));
		html(v->w, "</ul>\n");
	}
	html(v->w, "<p><a class=\"button\" href=\"%s\">%s</a></p>\n", here,
		tr(v->lang, "Về các thiết đặt"));
	page_end(v);
}

void page_directory_tried(struct view *v)
{
	struct signin_wait *wait = signin_waiting(v, SIGNIN_FOR_TRIAL);
	const struct org_group *g = NULL;

	if (!wait || wait->user_id != v->user.id) {
		redirect(v, here);
		return;
	}
	if (!wait->is_answered) {
		page_waiting(
			v, tr(v->lang, "Thử kết nối"), tr(v->lang, "Đang hỏi danh bạ đăng nhập…"));
		return;
	}
	if (signin_group(v, ORG_LDAP, wait, &g) < 0)
		page_failed(v);
	else
		show_trial(v, wait, g);
	signin_drop(v, wait);
}
