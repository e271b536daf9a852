/* staff.c - one person: where, as what, by which decisions, with which roles of the law. */
#include "face/web/flow_int.h"

static const char *const states[] = { STAFF_STATES };

static int load(struct view *v, struct staff *ret)
{
	int64_t id;

	if (!str_to_i64(v->args[0], &id))
		return err_set(v->e, ERR_ABSENT, "no such person");
	return staff_get(v->web->store, id, v->a, ret, v->e);
}

static void facts(struct view *v, const struct staff *p)
{
	html(v->w, "<dl class=\"facts\">\n<div><dt>%s</dt><dd>", tr(v->lang, "Đơn vị"));
	html_unit_link(v, p->unit_id);
	html(v->w, "</dd></div>\n");
	html_fact(v, tr(v->lang, "Chức vụ"), p->position);
	html_fact(v, tr(v->lang, "Tình trạng"), str_of(tr(v->lang, staff_state_words(p->state))));
	html_fact(v, tr(v->lang, "Mã cán bộ"), p->code);
	html_fact(v, tr(v->lang, "Thư điện tử"), p->email);
	html_fact(v, tr(v->lang, "Điện thoại"), p->phone);
	html(v->w, "</dl>\n");
}

/* --- decisions -------------------------------------------------------------------------------- */

static void change_words(struct view *v, const struct staff_event *x)
{
	static const struct {
		const char *what, *words;
	} whats[] = {
		{ "add", T("vào danh sách") },
		{ "unit-end", T("đơn vị cũ kết thúc") },
		{ "unit-share", T("đơn vị cũ tách ra") },
		{ "unit-back", T("hoàn tác việc kết thúc đơn vị") },
	};

	for (size_t i = 0; i < COUNT(whats); i++) {
		if (str_is(x->what, whats[i].what))
			html(v->w, "%s. ", tr(v->lang, whats[i].words));
	}
	if (x->unit_before != x->unit_after && x->unit_after) {
		html(v->w, "%s ", tr(v->lang, "Đơn vị:"));
		html_unit_link(v, x->unit_after);
		html(v->w, ". ");
	}
	if (!str_eq(x->position_before, x->position_after))
		html(v->w, "%s %.*s. ", tr(v->lang, "Chức vụ:"), STR_FMT(x->position_after));
	if (!str_eq(x->state_before, x->state_after))
		html(v->w, "%s %s. ", tr(v->lang, "Tình trạng:"),
			tr(v->lang, staff_state_words(x->state_after)));
	html(v->w, "%.*s", STR_FMT(x->note));
}

static void event_row(struct view *v, const struct staff *p, const struct staff_event *x, bool may)
{
	html(v->w, "<tr><td>%s</td><td>", time_text(v, x->effective_s));
	change_words(v, x);
	html(v->w, "</td><td>%.*s %s</td><td>%.*s, %s</td><td>", STR_FMT(x->decision),
		day_text(v, x->decision_day), STR_FMT(x->made_by), time_text(v, x->made_at_s));
	if (!x->done_at_s) {
		html(v->w, "%s ", tr(v->lang, "chờ đến giờ hiệu lực"));
		if (may)
			html_button(v, path_of(v, "/nhan-su/%lld/quyet-dinh", (long long)p->id),
				(const char *[2]){ "rut", number_text(v, x->id) },
				tr(v->lang, "Rút lại"));
	} else {
		html(v->w, "%s", tr(v->lang, "đã có hiệu lực"));
	}
	html(v->w, "</td></tr>\n");
}

static int decisions(struct view *v, const struct staff *p, bool may)
{
	struct staff_event *events;
	size_t count;

	if (staff_events(v->web->store, p->id, v->a, &events, &count, v->e) < 0)
		return -1;
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Quá trình"));
	html_table(v, tr(v->lang, "Quá trình"), "stack", tr(v->lang, "Hiệu lực"),
		tr(v->lang, "Thay đổi"), tr(v->lang, "Quyết định"), tr(v->lang, "Người ghi"),
		tr(v->lang, "Trạng thái"));
	for (size_t i = 0; i < count; i++)
		event_row(v, p, &events[i], may);
	html_table_end(v);
	html(v->w, "</section>\n");
	return 0;
}

static void decide_form(struct view *v, const struct staff *p)
{
	html(v->w, "<section class=\"act\">\n<h2>%s</h2>\n", tr(v->lang, "Ghi một quyết định"));
	html_form(v, path_of(v, "/nhan-su/%lld/quyet-dinh", (long long)p->id), "plain");
	html_select(v, "tinh-trang", tr(v->lang, "Tình trạng"));
	html_option(v, "", tr(v->lang, "– như cũ –"), true);
	for (size_t i = 0; i < COUNT(states); i++)
		html_option(v, states[i], tr(v->lang, staff_state_words(str_of(states[i]))),
			str_is(form_value(v, "tinh-trang"), states[i]));
	html_select_end(v);
	html_unit_select(v,
		&(struct unit_choice){ .name = "don-vi",
			.label = tr(v->lang, "Đơn vị"),
			.first = tr(v->lang, "– như cũ –"),
			.right = RIGHT_PEOPLE });
	html_field(v,
		&(struct field){ .name = "chuc-vu",
			.label = tr(v->lang, "Chức vụ mới"),
			.hint = tr(v->lang, "Để trống nếu không đổi") });
	html_decision(v);
	html_field(v,
		&(struct field){ .name = "gio",
			.label = tr(v->lang, "Giờ có hiệu lực"),
			.hint = tr(v->lang, "Để trống là từ đầu ngày; ví dụ 17:00") });
	html_field(v, &(struct field){ .name = "ghi-chu", .label = tr(v->lang, "Ghi chú") });
	html_form_end(v, tr(v->lang, "Lưu"));
	html(v->w, "</section>\n");
}

/* --- roles of the law ------------------------------------------------------------------------- */

static void role_row(struct view *v, const struct staff *p, const struct staff_role *r, bool may)
{
	html(v->w, "<tr><th scope=\"row\">%.*s</th><td>", STR_FMT(law_role_title(v, r->role)));
	html_unit_link(v, r->unit_id);
	html(v->w, "</td><td>%s – %s</td><td>%.*s %s</td><td>", day_text(v, r->from),
		day_text(v, r->until), STR_FMT(r->decision), day_text(v, r->decision_day));
	if (may && !r->until.len)
		html_button(v, path_of(v, "/nhan-su/%lld/vai-tro", (long long)p->id),
			(const char *[2]){ "thoi", number_text(v, r->id) },
			tr(v->lang, "Thôi giữ từ hôm nay"));
	html(v->w, "</td></tr>\n");
}

static int roles(struct view *v, const struct staff *p, bool may)
{
	struct staff_role_query query = { .staff_id = p->id };
	struct staff_role *list;
	size_t count;

	if (staff_roles(v->web->store, &query, v->a, &list, &count, v->e) < 0)
		return -1;
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Vai trò theo quy chế"));
	if (count == 0)
		html(v->w, "<p class=\"empty\">%s", tr(v->lang, "Chưa giữ vai trò nào."));
	if (count == 0 && may)
		html(v->w, " <a href=\"#m-vt-so\">%s</a>", tr(v->lang, "Giao một vai trò"));
	if (count == 0)
		html(v->w, "</p>\n");
	else
		html_table(v, tr(v->lang, "Vai trò theo quy chế"), "stack", tr(v->lang, "Vai trò"),
			tr(v->lang, "Đơn vị"), tr(v->lang, "Từ – đến"), tr(v->lang, "Quyết định"),
			tr(v->lang, "Việc"));
	for (size_t i = 0; i < count; i++)
		role_row(v, p, &list[i], may);
	if (count)
		html_table_end(v);
	html(v->w, "</section>\n");
	return 0;
}

/* A form under its words, open when it was sent: it has the field MARK. */
static void html_folded_form(struct view *v, const char *mark, const char *words)
{
	html(v->w, "<section class=\"act\">\n<details id=\"m-%s\"", mark);
	if (http_pair(v->form, mark).ptr)
		html(v->w, " open");
	html(v->w, ">\n<summary>%s</summary>\n", words);
}

static void role_form(struct view *v, const struct staff *p)
{
	html_folded_form(v, "vt-so", tr(v->lang, "Giao một vai trò"));
	html_form(v, path_of(v, "/nhan-su/%lld/vai-tro", (long long)p->id), "plain");
	html_law_roles(v, "vai-tro", tr(v->lang, "Vai trò"));
	html_decision_named(v, "vt-so", "vt-ky", "vt-tu");
	html_form_end(v, tr(v->lang, "Giao"));
	html(v->w, "</details>\n</section>\n");
}

/* --- the page --------------------------------------------------------------------------------- */

static void contact_form(struct view *v, const struct staff *p)
{
	html_folded_form(v, "thu", tr(v->lang, "Sửa tên, mã, thư điện tử, điện thoại"));
	html_form(v, path_of(v, "/nhan-su/%lld", (long long)p->id), "plain");
	html_field(v,
		&(struct field){ .name = "ten",
			.label = tr(v->lang, "Họ và tên"),
			.value = text_of(v, p->name),
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "ma",
			.label = tr(v->lang, "Mã cán bộ"),
			.value = text_of(v, p->code) });
	html_field(v,
		&(struct field){ .name = "thu",
			.label = tr(v->lang, "Thư điện tử"),
			.value = text_of(v, p->email) });
	html_field(v,
		&(struct field){ .name = "dien-thoai",
			.label = tr(v->lang, "Điện thoại"),
			.value = text_of(v, p->phone) });
	html_form_end(v, tr(v->lang, "Lưu"));
	html(v->w, "</details>\n</section>\n");
}

static void account(struct view *v, const struct staff *p)
{
	struct org_user u;

	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Tài khoản trong Khiên"));
	if (p->account_id && org_user(v->web->store, p->account_id, v->a, &u, v->e) == 0)
		html(v->w, "<p>%.*s – %s", STR_FMT(u.login), tr(v->lang, org_role_words(u.role)));
	else
		html(v->w, "<p class=\"empty\">%s", tr(v->lang, "Người này chưa có tài khoản."));
	if (view_may(v, RIGHT_ADMIN, p->unit_id) && p->account_id)
		html(v->w, " <a href=\"/quan-tri/nguoi-dung/%lld\">%s</a>",
			(long long)p->account_id, tr(v->lang, "Mở tài khoản"));
	else if (view_may(v, RIGHT_ADMIN, p->unit_id))
		html(v->w, " <a href=\"/quan-tri?ten=%.*s#them\">%s</a>",
			STR_FMT(url_piece(p->name, v->a)), tr(v->lang, "Tạo tài khoản"));
	html(v->w, "</p>\n");
	html(v->w, "</section>\n");
}

static void show(struct view *v, const struct staff *p)
{
	bool may = view_may(v, RIGHT_PEOPLE, p->unit_id);

	page_start(v, text_of(v, p->name));
	html_back(v, "/nhan-su", tr(v->lang, "Nhân sự"));
	facts(v, p);
	if (roles(v, p, may) < 0 || decisions(v, p, may) < 0) {
		page_failed(v);
		return;
	}
	account(v, p);
	html_cases_of(v, &(struct case_subject){ .staff_id = p->id, .unit_id = p->unit_id });
	if (may) {
		decide_form(v, p);
		role_form(v, p);
		contact_form(v, p);
	}
	page_end(v);
}

void page_staff(struct view *v)
{
	struct staff p;

	if (load(v, &p) < 0)
		page_failed(v);
	else
		show(v, &p);
}

/* After a change of P: back to its page, or the page again with what is wrong. */
static void answer(struct view *v, const struct staff *p, int rc, const struct org_faults *f,
	const char *notice)
{
	if (rc < 0 && f->count) {
		fault_org(v, f);
		v->rs->status = 422;
		show(v, p);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		redirect(v, path_of(v, "/nhan-su/%lld?bao=%s", (long long)p->id, notice));
	}
}

void page_staff_post(struct view *v)
{
	struct org_faults f = { 0 };
	struct staff p, changed;

	if (load(v, &p) < 0) {
		page_failed(v);
		return;
	}
	changed = p;
	changed.name = form_value(v, "ten");
	changed.code = form_value(v, "ma");
	changed.email = form_value(v, "thu");
	changed.phone = form_value(v, "dien-thoai");
	answer(v, &p, staff_set(&v->by, &changed, &f, v->e), &f, "da-luu");
}

/* "17:00" as seconds of the day; -1 when it is none. */
static int64_t time_typed(struct str s)
{
	struct str hour, minute;
	int64_t h, m;

	if (!s.len)
		return 0;
	if (!str_split(s, ':', &hour, &minute) || !str_to_i64(hour, &h) ||
		!str_to_i64(minute, &m) || h < 0 || h > 23 || m < 0 || m > 59)
		return -1;
	return h * 3600 + m * 60;
}

static int decide(struct view *v, const struct staff *p, struct org_faults *f, bool *ret_waits)
{
	struct staff_change c = { .unit_id = form_number(v, "don-vi"),
		.position = form_value(v, "chuc-vu"),
		.state = form_value(v, "tinh-trang"),
		.note = form_value(v, "ghi-chu"),
		.decision = form_decision(v) };
	int64_t second = time_typed(form_value(v, "gio")), event;
	struct date from;

	if (c.unit_id && !view_may(v, RIGHT_PEOPLE, c.unit_id)) {
		*f = (struct org_faults){
			{ { "unit",
				T("Bạn không có quyền với đơn vị nhận. Hãy nhờ người quản trị ghi.") } },
			1
		};
		return err_set(v->e, ERR_INPUT, "unit");
	}
	if (second < 0)
		c.effective_s = STAFF_NO_TIME;
	else if (date_parse(c.decision.from, &from))
		c.effective_s = date_start_s(from) + second;
	*ret_waits = c.effective_s > v->by.now_s;
	return staff_decide(&v->by, p->id, &c, &event, f, v->e);
}

void page_staff_decide(struct view *v)
{
	struct org_faults f = { 0 };
	struct staff p;
	bool waits = false;

	if (load(v, &p) < 0)
		page_failed(v);
	else if (form_value(v, "rut").len)
		answer(v, &p, staff_withdraw(&v->by, p.id, form_number(v, "rut"), v->e), &f,
			"da-hoan-tac");
	else {
		struct flow_by by = view_flow_by(v);
		size_t begun;
		int rc = decide(v, &p, &f, &waits);

		if (rc >= 0)
			rc = flow_follow(&by, &begun, v->e);
		answer(v, &p, rc, &f, waits ? "cho-hieu-luc" : "da-luu");
	}
}

static int give(struct view *v, const struct staff *p, struct org_faults *f)
{
	struct staff_role r = {
		.staff_id = p->id, .unit_id = p->unit_id, .role = form_value(v, "vai-tro")
	};
	struct org_decision d = { form_value(v, "vt-so"), form_day(v, "vt-ky"),
		form_day(v, "vt-tu") };

	if (!is_law_role(v, r.role))
		r.role = STR("");
	return staff_role_give(&v->by, &r, &d, f, v->e);
}

void page_staff_role(struct view *v)
{
	struct org_faults f = { 0 };
	struct staff p;
	int rc;

	if (load(v, &p) < 0) {
		page_failed(v);
		return;
	}
	if (form_value(v, "thoi").len)
		rc = staff_role_end(&v->by, p.id, form_number(v, "thoi"), v->e);
	else
		rc = give(v, &p, &f);
	answer(v, &p, rc, &f, "da-luu");
}
