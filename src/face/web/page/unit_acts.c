/* unit_acts.c - what a decision does to a unit: the fields and the doing of each, one table. */
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

static int add_run(struct view *v, const struct org_unit *u, struct org_faults *f)
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

static int rename_run(struct view *v, const struct org_unit *u, struct org_faults *f)
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

static int move_run(struct view *v, const struct org_unit *u, struct org_faults *f)
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

static int end_run(struct view *v, const struct org_unit *u, struct org_faults *f)
{
	struct org_decision d = form_decision(v);

	return org_unit_end(&v->by, u->id, form_number(v, "tiep-nhan"), &d, f, v->e);
}

static void split_fields(struct view *v, const struct org_unit *u)
{
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Các đơn vị mới cùng cấp với đơn vị này. Dòng không dùng đến thì "
			"để trống."));
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

static int split_run(struct view *v, const struct org_unit *u, struct org_faults *f)
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

	html(v->w,
		"<fieldset class=\"field\" id=\"sap-nhap\" tabindex=\"-1\">\n<legend>%s</legend>\n"
		/* its place in the form that is sent, also when no box is ticked */
		"<input type=\"hidden\" name=\"sap-nhap\" value=\"\">\n",
		tr(v->lang, "Các đơn vị được sáp nhập vào đơn vị này"));
	html_fault(v, "sap-nhap");
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

static int merge_run(struct view *v, const struct org_unit *u, struct org_faults *f)
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

static int set_run(struct view *v, const struct org_unit *u, struct org_faults *f)
{
	struct org_unit_new new = new_typed(v, 0);
	struct str rest = roles_typed(v), role;

	new.roles = rest;
	while (str_next_word(&rest, " ,", &role)) {
		if (is_law_role(v, role))
			continue;
		*f = (struct org_faults){
			{ { "role", T("Có mã không phải vai trò của gói quy định nào.") } }, 1
		};
		return err_set(v->e, ERR_INPUT, "role");
	}
	return org_unit_set(&v->by, u->id, &new, f, v->e);
}

/* To tick nothing says nothing of the roles. */
static const char *set_notice(struct view *v)
{
	return roles_typed(v).len ? "da-luu" : "chua-chon-vai-tro";
}

const struct unit_act unit_acts[] = {
	{ "them", T("Thêm đơn vị trực thuộc"), add_fields, add_run, NULL, NULL, NULL },
	{ "doi-ten", T("Đổi tên"), rename_fields, rename_run, NULL, NULL, NULL },
	{ "chuyen", T("Chuyển cấp trên"), move_fields, move_run, NULL, NULL, NULL },
	{ "sap-nhap", T("Sáp nhập đơn vị khác vào"), merge_fields, merge_run, merge_ends, NULL,
		NULL },
	{ "tach", T("Tách"), split_fields, split_run, split_ends, split_choices, NULL },
	{ "ket-thuc", T("Kết thúc"), end_fields, end_run, end_ends, NULL, NULL },
	{ "loai", T("Loại và vai trò"), set_fields, set_run, NULL, NULL, set_notice },
};
const size_t unit_act_count = COUNT(unit_acts);
