/* unit_acts.c - what a decision does to a unit: a form each, one table. */
#include "face/web/org_int.h"

const char *const unit_csv_heads[UNIT_CSV_COLUMNS] = {
	[UNIT_CSV_CODE] = T("Mã"),
	[UNIT_CSV_PARENT] = T("Mã cấp trên"),
	[UNIT_CSV_NAME] = T("Tên đầy đủ"),
	[UNIT_CSV_SHORT] = T("Tên viết tắt"),
	[UNIT_CSV_KIND] = T("Loại"),
	[UNIT_CSV_ROLES] = T("Vai trò theo quy chế"),
	[UNIT_CSV_NUMBER] = T("Quyết định số"),
	[UNIT_CSV_SIGNED] = T("Ngày ký"),
	[UNIT_CSV_FROM] = T("Có hiệu lực từ ngày"),
};

static void name_fields(struct view *v, const struct org_unit *u)
{
	html_field(v,
		&(struct field){ .name = "ten",
			.label = tr(v->lang, "Tên đầy đủ"),
			.value = u ? text_of(v, u->name) : NULL,
			.is_required = true });
	html_field(v,
		&(struct field){ .name = "viet-tat",
			.label = tr(v->lang, "Tên viết tắt"),
			.value = u ? text_of(v, u->short_name) : NULL });
}

static void kind_select(struct view *v, struct str chosen)
{
	static const char *const kinds[] = { ORG_UNIT_KINDS };

	if (form_value(v, "loai").len)
		chosen = form_value(v, "loai");
	html_select(v, "loai", tr(v->lang, "Loại"));
	for (size_t i = 0; i < COUNT(kinds); i++)
		html_option(v, kinds[i], tr(v->lang, org_unit_kind_words(str_of(kinds[i]))),
			str_is(chosen, kinds[i]));
	html_select_end(v);
}

static void new_fields(struct view *v)
{
	name_fields(v, NULL);
	html_field(v,
		&(struct field){ .name = "ma",
			.label = tr(v->lang, "Mã"),
			.hint = tr(v->lang, "Chữ không dấu và số, dùng trong tệp và lệnh") });
	kind_select(v, STR("agency"));
}

static struct org_unit_new new_typed(struct view *v, int64_t parent_id)
{
	return (struct org_unit_new){ .parent_id = parent_id,
		.code = form_value(v, "ma"),
		.kind = form_value(v, "loai"),
		.name = form_value(v, "ten"),
		.short_name = form_value(v, "viet-tat") };
}

/* --- each ------------------------------------------------------------------------------------- */

static void add_fields(struct view *v, const struct org_unit *u)
{
	html_unit_select(v,
		&(struct unit_choice){ .name = "cap-tren",
			.label = tr(v->lang, "Cấp trên"),
			.right = RIGHT_ADMIN,
			.chosen = u->id });
	new_fields(v);
	html_decision(v);
}

static int add_run(struct view *v, const struct org_unit *u, struct org_fault *f)
{
	struct org_unit_new new = new_typed(v, form_number(v, "cap-tren"));
	struct org_decision d = form_decision(v);
	int64_t id;

	return org_unit_add(&v->by, &new, &d, &id, f, v->e);
}

static void rename_fields(struct view *v, const struct org_unit *u)
{
	name_fields(v, u);
	html_decision(v);
}

static int rename_run(struct view *v, const struct org_unit *u, struct org_fault *f)
{
	struct org_unit_new new = new_typed(v, 0);
	struct org_decision d = form_decision(v);

	return org_unit_rename(&v->by, &new, u->id, &d, f, v->e);
}

static void move_fields(struct view *v, const struct org_unit *u)
{
	html_unit_select(v,
		&(struct unit_choice){ .name = "cap-tren",
			.label = tr(v->lang, "Cấp trên mới"),
			.right = RIGHT_ADMIN,
			.chosen = u->parent_id,
			.without = u->id });
	html_decision(v);
}

static int move_run(struct view *v, const struct org_unit *u, struct org_fault *f)
{
	struct org_decision d = form_decision(v);

	return org_unit_move(&v->by, u->id, form_number(v, "cap-tren"), &d, f, v->e);
}

static void end_fields(struct view *v, const struct org_unit *u)
{
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Người, máy, tài khoản, bản ghi, hồ sơ đang mở và đơn vị trực thuộc được chuyển sang đơn vị "
			"tiếp nhận. Giấy tờ cũ giữ tên cũ; đơn vị tiếp nhận vẫn xem được."));
	html_unit_select(v,
		&(struct unit_choice){ .name = "tiep-nhan",
			.label = tr(v->lang, "Đơn vị tiếp nhận"),
			.first = tr(v->lang, "– không có –"),
			.right = RIGHT_ADMIN });
	html_decision(v);
}

static size_t end_ends(struct view *v, const struct org_unit *u, int64_t *ids)
{
	(void)v;
	ids[0] = u->id;
	return 1;
}

static int end_run(struct view *v, const struct org_unit *u, struct org_fault *f)
{
	struct org_decision d = form_decision(v);

	return org_unit_end(&v->by, u->id, form_number(v, "tiep-nhan"), &d, f, v->e);
}

static void split_fields(struct view *v, const struct org_unit *u)
{
	html(v->w, "<p>%s</p>\n",
		tr(v->lang, "Các đơn vị mới đứng cạnh đơn vị này. Để trống tên không dùng đến."));
	for (int i = 1; i <= SPLIT_MAX; i++)
		html_field(v,
			&(struct field){ .name = path_of(v, "ten%d", i),
				.label = fill(v, tr(v->lang, "Tên đơn vị mới thứ {n}"), "n",
					count_text(v, i), NULL) });
	html(v->w, "<label class=\"tick\"><input type=\"checkbox\" name=\"ket-thuc\" value=\"1\"");
	if (form_value(v, "ket-thuc").len)
		html(v->w, " checked");
	html(v->w, "> %s</label>\n",
		tr(v->lang,
			"đơn vị này kết thúc; những gì không chia cho đơn vị khác về đơn vị mới thứ nhất"));
	html(v->w, "<p class=\"soft\">%s</p>\n",
		tr(v->lang,
			"Bước sau cho chọn người, máy, sổ và ngoại lệ nào về đơn vị nào, trước khi ghi."));
	split_choices_kept(v);
	html_decision(v);
}

static size_t split_ends(struct view *v, const struct org_unit *u, int64_t *ids)
{
	ids[0] = u->id;
	return form_value(v, "ket-thuc").len ? 1 : 0;
}

static int split_run(struct view *v, const struct org_unit *u, struct org_fault *f)
{
	struct org_unit_new news[SPLIT_MAX];
	struct org_decision d = form_decision(v);
	struct org_split split = {
		.id = u->id, .news = news, .is_ended = form_value(v, "ket-thuc").len > 0
	};

	split.count = split_news(v, u, news);
	split_shares(v, &split);
	return org_unit_split(&v->by, &split, &d, f, v->e);
}

/* Those beside it that may be merged into it. */
static bool is_beside(struct view *v, const struct org_unit *u, const struct org_unit *x)
{
	return x->is_live && x->id != u->id && x->id != ORG_UNIT_FIRST &&
		(x->parent_id == u->parent_id || x->parent_id == u->id) &&
		view_may(v, RIGHT_ADMIN, x->id);
}

static void merge_fields(struct view *v, const struct org_unit *u)
{
	const struct org_tree *t = view_tree(v);

	html(v->w, "<fieldset class=\"field\">\n<legend>%s</legend>\n",
		tr(v->lang, "Các đơn vị được sáp nhập vào đơn vị này"));
	for (size_t i = 0; i < t->count; i++) {
		const struct org_unit *x = &t->units[i];

		if (!is_beside(v, u, x))
			continue;
		html(v->w,
			"<label class=\"tick\"><input type=\"checkbox\" name=\"u%lld\" value=\"1\"",
			(long long)x->id);
		if (form_value(v, path_of(v, "u%lld", (long long)x->id)).len)
			html(v->w, " checked");
		html(v->w, "> %.*s</label>\n", STR_FMT(x->name));
	}
	html(v->w, "</fieldset>\n");
	html_decision(v);
}

static size_t merge_ends(struct view *v, const struct org_unit *u, int64_t *ids)
{
	const struct org_tree *t = view_tree(v);
	size_t count = 0;

	for (size_t i = 0; i < t->count && count < UNIT_ENDS_MAX; i++) {
		const struct org_unit *x = &t->units[i];

		if (is_beside(v, u, x) && form_value(v, path_of(v, "u%lld", (long long)x->id)).len)
			ids[count++] = x->id;
	}
	return count;
}

static int merge_run(struct view *v, const struct org_unit *u, struct org_fault *f)
{
	struct org_decision d = form_decision(v);
	int64_t ids[UNIT_ENDS_MAX];
	struct org_merger m = { .ids = ids, .into_id = u->id };

	m.count = merge_ends(v, u, ids);
	return org_unit_merge(&v->by, &m, &d, f, v->e);
}

/* Each box is one, and one value may hold several: "OWNER OPER". */
static struct str roles_typed(struct view *v)
{
	struct str all = STR("");

	for (size_t i = 0; i < v->form.count; i++)
		if (str_is(v->form.at[i].name, "vai-tro") && v->form.at[i].value.len)
			all = arena_fmt(v->a, "%.*s%s%.*s", STR_FMT(all), all.len ? " " : "",
				STR_FMT(v->form.at[i].value));
	return all;
}

static void set_fields(struct view *v, const struct org_unit *u)
{
	kind_select(v, u->kind);
	html_law_role_boxes(v, "vai-tro", v->form.count ? roles_typed(v) : u->roles);
}

static int set_run(struct view *v, const struct org_unit *u, struct org_fault *f)
{
	struct org_unit_new new = new_typed(v, 0);
	struct str rest = roles_typed(v), role;

	new.roles = rest;
	while (str_next_word(&rest, " ,", &role)) {
		if (is_law_role(v, role))
			continue;
		*f = (struct org_fault){ "role",
			T("Có mã không phải vai trò của gói quy định nào.") };
		return err_set(v->e, ERR_INPUT, "role");
	}
	return org_unit_set(&v->by, u->id, &new, f, v->e);
}

const struct unit_act unit_acts[] = {
	{ "them", T("Thêm đơn vị trực thuộc"), add_fields, add_run, NULL, NULL },
	{ "doi-ten", T("Đổi tên"), rename_fields, rename_run, NULL, NULL },
	{ "chuyen", T("Chuyển cấp trên"), move_fields, move_run, NULL, NULL },
	{ "sap-nhap", T("Sáp nhập đơn vị khác vào"), merge_fields, merge_run, merge_ends, NULL },
	{ "tach", T("Tách"), split_fields, split_run, split_ends,
		split_choices },
	{ "ket-thuc", T("Kết thúc"), end_fields, end_run, end_ends, NULL },
	{ "loai", T("Loại và vai trò"), set_fields, set_run, NULL, NULL },
};
const size_t unit_act_count = COUNT(unit_acts);

/* --- the page --------------------------------------------------------------------------------- */

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
	html_form_end(v, tr(v->lang, "Ghi"));
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

/* --- before it is done ------------------------------------------------------------------------ */

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
		html_table_cell(
			v, tr(v->lang, "Khi ghi"), tr(v->lang, fate_of(g, has_choices)));
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
	struct org_fault f = { 0 };
	int rc = org_unit_undo(&v->by, form_number(v, "su-kien"), &f, v->e);

	if (rc == ERR_CONFLICT && f.words) {
		fault_add(v, "noi-dung", tr(v->lang, f.words));
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
	struct org_fault f = { 0 };
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
	if (rc < 0 && f.words) {
		fault_org(v, &f);
		v->rs->status = 422;
		show(v, u, act);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		redirect(v, path_of(v, "/don-vi/%lld?bao=da-luu", (long long)u->id));
	}
}
