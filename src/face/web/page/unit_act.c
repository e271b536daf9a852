/* unit_act.c - the form of what a decision does to a unit, what it would do, and doing it. */
#include "face/web/org_int.h"

static const struct unit_act *act_of(struct str slug)
{
	for (size_t i = 0; i < unit_act_count; i++) {
		if (str_is(slug, unit_acts[i].slug))
			return &unit_acts[i];
	}
	return NULL;
}

static void back_to_unit(struct view *v, const struct org_unit *u)
{
	html_back(v, path_of(v, "/don-vi/%lld", (long long)u->id), text_of(v, unit_name(v, u->id)));
}

static void show(struct view *v, const struct org_unit *u, const struct unit_act *act)
{
	page_start(v, tr(v->lang, act->words));
	back_to_unit(v, u);
	html_form(v, path_of(v, "/don-vi/%lld/%s", (long long)u->id, act->slug), "card");
	act->fields(v, u);
	html_form_end(v, tr(v->lang, "Lưu"));
	page_end(v);
}

void page_unit_act(struct view *v)
{
	const struct org_unit *u = unit_of_path(v);
	const struct unit_act *act = act_of(v->args[1]);

	if (!u || !act)
		page_problem(v, 404);
	else
		show(v, u, act);
}

/* What was typed, to be sent once more. */
static void same_form(struct view *v)
{
	for (size_t i = 0; i < v->form.count; i++)
		if (!str_is(v->form.at[i].name, "dau") && !is_split_choice(v->form.at[i].name))
			html(v->w, "<input type=\"hidden\" name=\"%.*s\" value=\"%.*s\">\n",
				STR_FMT(v->form.at[i].name), STR_FMT(v->form.at[i].value));
	html(v->w, "<input type=\"hidden\" name=\"xac-nhan\" value=\"1\">\n");
}

/* At a split what can be chosen is chosen below. */
static const char *fate_of(const struct org_goods *g, bool has_choices)
{
	if (has_choices && g->picks[0].of && (!g->fate || !g->remember.sql))
		return T("chia như chọn dưới đây");
	return g->fate ? g->fate : T("chuyển sang đơn vị tiếp nhận");
}

/* All there is of unit ID, and what becomes of it. */
static int preview(struct view *v, int64_t id, bool has_choices)
{
	struct org_goods_count *goods;
	size_t count;
	int rc = org_goods_of(&v->by, id, v->a, &goods, &count, v->e);

	if (rc < 0)
		return rc;
	html(v->w, "<h2>%s</h2>\n",
		fill(v, tr(v->lang, "{ten} kết thúc"), "ten", text_of(v, unit_name(v, id)), NULL));
	html_table(v, tr(v->lang, "Những gì của đơn vị kết thúc"), "stack",
		tr(v->lang, "Của đơn vị"), tr(v->lang, "Số lượng"), tr(v->lang, "Khi ghi"));
	for (size_t i = 0; i < count; i++) {
		const struct org_goods *g = goods[i].goods;

		html(v->w, "<tr><th scope=\"row\">%s</th>", tr(v->lang, g->words));
		html_table_cell(v, tr(v->lang, "Số lượng"), count_text(v, goods[i].count));
		html_table_cell(v, tr(v->lang, "Khi ghi"), tr(v->lang, fate_of(g, has_choices)));
		html(v->w, "</tr>\n");
	}
	html_table_end(v);
	return 0;
}

static void preview_words(struct view *v, bool has_ends)
{
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			has_ends ?
				T("Chưa ghi gì. Khi ghi, giấy tờ cũ giữ tên cũ, kết quả của những ngày trước giữ nguyên. "
				  "Hoàn tác được trong 30 ngày, thay đổi mới nhất trước; mã truy cập API đã hết hiệu "
				  "lực thì không sống lại.") :
				T("Chưa ghi gì. Những gì không chọn thì ở lại. Hoàn tác được trong 30 ngày.")));
	if (has_ends)
		html(v->w, "<p>%s</p>\n",
			tr(v->lang,
				"Việc định kỳ của đơn vị kết thúc dừng ở ngày đó; đơn vị tiếp nhận có việc định kỳ của "
				"chính nó. Bằng chứng, biên bản và kỳ đã xin bỏ qua ở lại với đơn vị cũ."));
}

/* What goes along, before anything does. False: there is nothing to ask, or it is answered. */
static bool must_ask(struct view *v, const struct org_unit *u, const struct unit_act *act)
{
	int64_t ids[UNIT_ENDS_MAX];
	size_t count = act->ends && !form_value(v, "xac-nhan").len ? act->ends(v, u, ids) : 0;
	bool has_choices = act->choices && !form_value(v, "xac-nhan").len;
	int rc = 0;

	if (!count && !has_choices)
		return false;
	page_start(v, tr(v->lang, act->words));
	back_to_unit(v, u);
	preview_words(v, count > 0);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = preview(v, ids[i], has_choices);
	html_form(v, path_of(v, "/don-vi/%lld/%s", (long long)u->id, act->slug), "card");
	same_form(v);
	if (has_choices)
		act->choices(v, u);
	html_form_end(v, tr(v->lang, "Ghi và chuyển"));
	html(v->w, "<p><a href=\"/don-vi/%lld/%s\">%s</a></p>\n", (long long)u->id, act->slug,
		tr(v->lang, "Sửa lại"));
	page_end(v);
	if (rc < 0)
		page_failed(v);
	return true;
}

static void undo(struct view *v, const struct org_unit *u)
{
	struct org_faults f = { 0 };
	int rc = org_unit_undo(&v->by, form_number(v, "su-kien"), &f, v->e);

	if (rc == ERR_CONFLICT && f.count) {
		fault_add(v, "noi-dung", tr(v->lang, f.at[0].words));
		v->rs->status = 409;
		page_one_unit(v);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		redirect(v, path_of(v, "/don-vi/%lld?bao=da-hoan-tac", (long long)u->id));
	}
}

void page_unit_act_post(struct view *v)
{
	const struct org_unit *u = unit_of_path(v);
	const struct unit_act *act = act_of(v->args[1]);
	struct org_faults f = { 0 };
	int rc;

	v->by.goods = unit_goods;
	if (u && str_is(v->args[1], "hoan-tac")) {
		undo(v, u);
		return;
	}
	if (!u || !act) {
		page_problem(v, 404);
		return;
	}
	if (must_ask(v, u, act))
		return;
	rc = act->run(v, u, &f);
	if (rc < 0 && f.count) {
		fault_org(v, &f);
		v->rs->status = 422;
		show(v, u, act);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		redirect(v,
			path_of(v, "/don-vi/%lld?bao=%s", (long long)u->id,
				act->notice ? act->notice(v) : "da-luu"));
	}
}
