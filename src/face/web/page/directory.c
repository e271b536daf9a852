/* directory.c - those who vouch for log-ins, a directory or a provider: the settings, a trial
 * of them, and which group has which role in which unit. One page each; the path says which. */
#include "face/web/org_int.h"
#include "face/web/signin.h"

static const struct signin_source *source_of(struct view *v)
{
	return str_starts(v->rq->path, signin_oidc.path) ? &signin_oidc : &signin_ldap;
}

static const char *below(struct view *v, const char *rest)
{
	return path_of(v, "%s%s", source_of(v)->path, rest);
}

/* --- the settings ----------------------------------------------------------------------------- */

static void field(struct view *v, const struct signin_setting *s, struct str value)
{
	struct field f = { .name = s->field,
		.label = tr(v->lang, s->label),
		.hint = s->hint ? tr(v->lang, s->hint) : NULL,
		.type = s->is_secret ? "password" : NULL,
		.autocomplete = "off",
		.value = s->is_secret ? NULL : text_of(v, value),
		.is_required = s->is_required };

	if (s->at == SIGNIN_CA)
		html_area(v, &f);
	else
		html_field(v, &f);
}

static void settings_form(struct view *v, const struct signin_question *q)
{
	const struct signin_source *from = source_of(v);
	bool is_on = v->rq->method == HTTP_POST ? http_pair(v->form, "dung").ptr != NULL :
						  signin_is_on(v, from->on);

	html_faults(v);
	html_form(v, from->path, "card");
	html_box(v, "dung", STR("1"), str_of(tr(v->lang, from->turn_on)), is_on);
	for (size_t i = 0; i < from->count; i++)
		field(v, &from->settings[i], q->at[from->settings[i].at]);
	html_form_end(v, tr(v->lang, "Lưu"));
}

/* --- groups ----------------------------------------------------------------------------------- */

static void group_row(struct view *v, const struct org_group *g)
{
	html(v->w, "<tr><td>%.*s</td><td>%s</td><td>%.*s</td><td>", STR_FMT(g->name),
		tr(v->lang, org_role_words(g->role)), STR_FMT(unit_name(v, g->unit_id)));
	html_button(v, below(v, "/nhom"), (const char *[2]){ "bo", number_text(v, g->id) },
		tr(v->lang, "Bỏ"));
	html(v->w, "</td></tr>\n");
}

static int groups(struct view *v)
{
	const struct signin_source *from = source_of(v);
	struct org_group *list;
	size_t all, count = 0;
	int rc = org_groups(v->web->store, v->a, &list, &all, v->e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < all; i++)
		if (str_is(list[i].source, from->id))
			list[count++] = list[i];
	html(v->w, "<section id=\"cac-nhom\">\n<h2>%s</h2>\n<p>%s</p>\n",
		tr(v->lang, "Nhóm nào có vai trò nào"), tr(v->lang, from->groups));
	if (count) {
		html_table(v, tr(v->lang, "Nhóm nào có vai trò nào"), "", tr(v->lang, "Nhóm"),
			tr(v->lang, "Vai trò"), tr(v->lang, "Đơn vị"), "");
		for (size_t i = 0; i < count; i++)
			group_row(v, &list[i]);
		html_table_end(v);
	} else {
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang, "Chưa có nhóm nào, nên chưa ai vào được bằng cách này."));
	}
	html_form(v, below(v, "/nhom"), "card");
	html_field(v,
		&(struct field){ .name = "nhom",
			.label = tr(v->lang, from->group),
			.hint = tr(v->lang, from->group_hint),
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
	const struct signin_source *from = source_of(v);

	html(v->w, "<section id=\"thu\">\n<h2>%s</h2>\n<p>%s</p>\n", tr(v->lang, "Thử kết nối"),
		tr(v->lang, from->try_words));
	html_form(v, below(v, "/thu"), "card");
	if (from == &signin_ldap)
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
	page_start(v, tr(v->lang, source_of(v)->title));
	html_back(v, "/quan-tri", tr(v->lang, "Quản trị"));
	html(v->w, "<p>%s</p>\n", tr(v->lang, source_of(v)->intro));
	settings_form(v, q);
	if (groups(v) < 0)
		fprintf(stderr, "khien web: %s\n", v->e->text);
	trial_form(v);
	page_end(v);
}

void page_directory(struct view *v)
{
	struct signin_question q = { 0 };

	if (signin_load(v, source_of(v), &q) < 0)
		page_failed(v);
	else
		show(v, &q);
}

/* --- saving ----------------------------------------------------------------------------------- */

static void check(struct view *v, bool is_on)
{
	const struct signin_source *from = source_of(v);

	for (size_t i = 0; i < from->count; i++) {
		const struct signin_setting *s = &from->settings[i];
		const char *wrong =
			signin_wrong(s, form_value(v, s->field), is_on && !s->is_secret);

		if (wrong)
			fault_add(v, s->field, tr(v->lang, wrong));
	}
}

static int save(struct view *v, bool is_on)
{
	const struct signin_source *from = source_of(v);
	int rc = 0;

	for (size_t i = 0; i < from->count && rc == 0; i++) {
		const struct signin_setting *s = &from->settings[i];
		struct str value = form_value(v, s->field);

		if (!s->is_secret)
			rc = org_set(v->web->store, s->name, value, v->e);
		else if (value.len)
			rc = org_secret_set(&v->by, s->name, value, v->e);
	}
	if (rc == 0)
		rc = org_set(v->web->store, from->on, is_on ? STR("1") : STR("0"), v->e);
	return rc < 0 ? rc : org_note(&v->by, "directory-set", str_of(from->id), v->e);
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
		redirect(v, below(v, "?bao=da-luu"));
	}
}

void page_directory_group(struct view *v)
{
	struct org_group g = { .source = str_of(source_of(v)->id),
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
		redirect(v, below(v, "?bao=da-luu#cac-nhom"));
	}
}

/* --- a trial ---------------------------------------------------------------------------------- */

void page_directory_try(struct view *v)
{
	struct signin_question q = { .kind = source_of(v)->trial };

	if (signin_load(v, source_of(v), &q) < 0) {
		page_failed(v);
		return;
	}
	q.at[SIGNIN_LOGIN] = form_value(v, "ten-dang-nhap");
	if (signin_send(v, SIGNIN_FOR_TRIAL, &q, v->user.id))
		redirect(v, below(v, "/thu"));
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
	[SIGNIN_SLOW] = T(
		"Máy chủ danh bạ có ở đó nhưng trả lời quá chậm. Xem lại tải của máy chủ và đường mạng, rồi thử lại."),
	[SIGNIN_CERTIFICATE] = T(
		"Chứng thư của máy chủ danh bạ không do CA đã khai cấp, hoặc không đúng tên máy chủ. "
		"Chưa gửi mật khẩu nào đi."),
	[SIGNIN_BIND] =
		T("Danh bạ từ chối tài khoản đọc. Xem lại DN và mật khẩu của tài khoản đọc."),
	[SIGNIN_SEARCH] = T(
		"Danh bạ từ chối tìm kiếm. Xem lại gốc, bộ lọc và quyền của tài khoản đọc; máy chủ "
		"nói \"Referral\" thì gốc ở máy chủ khác: khai chính máy chủ đó."),
};

static const char *const provider_words[SIGNIN_STATE_COUNT] = {
	[SIGNIN_RIGHT] = T("Kết nối và chứng thư đều tốt; nơi đăng nhập đúng là nơi đã khai."),
	[SIGNIN_UNREACHABLE] = T(
		"Nơi đăng nhập không trả lời. Xem lại địa chỉ, cổng, tường lửa, và nơi đó có đang chạy không."),
	[SIGNIN_CERTIFICATE] = T(
		"Chứng thư của nơi đăng nhập không do CA đã khai cấp, hoặc không đúng tên máy chủ."),
	[SIGNIN_PROVIDER] = T(
		"Có máy chủ trả lời, nhưng tên nó tự khai (issuer) không đúng nơi đã khai ở "
		"đây, hoặc không có đăng nhập bằng mã với PKCE. Xem lại nơi đăng nhập "
		"(issuer): phải đúng từng chữ."),
};

static void show_found(struct view *v, const struct signin_answer *x, const struct org_group *g)
{
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

static void show_provider(struct view *v, const struct signin_answer *x)
{
	struct signin_question q = { 0 };

	if (signin_load(v, &signin_oidc, &q) < 0)
		return;
	html(v->w, "<dl class=\"facts\">\n");
	html_fact(v, tr(v->lang, "Nơi mở trang đăng nhập"), x->go);
	html_fact(v, tr(v->lang, "Nơi đăng xuất"),
		x->leave.len ? x->leave : str_of(tr(v->lang, "không có")));
	html_fact(v, tr(v->lang, "Địa chỉ quay về phải khai ở đó"),
		arena_fmt(v->a, "%.*s/dang-nhap/oidc/ve", STR_FMT(q.at[SIGNIN_REDIRECT])));
	html(v->w, "</dl>\n");
}

static void show_trial(struct view *v, const struct signin_wait *wait, const struct org_group *g)
{
	const struct signin_source *from = source_of(v);
	const struct signin_answer *x = &wait->answer;
	const char *words = from == &signin_oidc ? provider_words[x->state] : state_words[x->state];

	page_start(v, tr(v->lang, "Thử kết nối"));
	html(v->w, "<p role=\"status\"><strong>%s</strong></p>\n",
		tr(v->lang, words ? words : T("Không trả lời được.")));
	if (x->detail.len)
		html(v->w, "<p>%s <code>%.*s</code></p>\n", tr(v->lang, "Máy chủ nói:"),
			STR_FMT(x->detail));
	if (x->state == SIGNIN_RIGHT && from == &signin_oidc)
		show_provider(v, x);
	else if (x->state == SIGNIN_RIGHT)
		show_found(v, x, g);
	html(v->w, "<p><a class=\"button\" href=\"%s\">%s</a></p>\n", from->path,
		tr(v->lang, "Về các thiết lập"));
	page_end(v);
}

void page_directory_tried(struct view *v)
{
	struct signin_wait *wait = signin_waiting(v, SIGNIN_FOR_TRIAL);
	const struct org_group *g = NULL;

	if (!wait || wait->user_id != v->user.id) {
		redirect(v, source_of(v)->path);
		return;
	}
	if (!wait->is_answered) {
		page_waiting(v, tr(v->lang, "Thử kết nối"), tr(v->lang, "Đang hỏi, xin chờ…"));
		return;
	}
	if (signin_group(v, source_of(v)->id, wait, &g) < 0)
		page_failed(v);
	else
		show_trial(v, wait, g);
	signin_drop(v, wait);
}
