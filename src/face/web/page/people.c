/* people.c - Nhân sự: who works in the units that the visitor may see. */
#include "face/web/org_int.h"

#define CSV_ROWS 200000

const char *const staff_csv_heads[STAFF_CSV_COLUMNS] = {
	[STAFF_CSV_CODE] = T("Mã cán bộ"),
	[STAFF_CSV_NAME] = T("Họ và tên"),
	[STAFF_CSV_UNIT] = T("Mã đơn vị"),
	[STAFF_CSV_POSITION] = T("Chức vụ"),
	[STAFF_CSV_EMAIL] = T("Thư điện tử"),
	[STAFF_CSV_PHONE] = T("Điện thoại"),
	[STAFF_CSV_STATE] = T("Tình trạng"),
};

static const struct {
	const char *id;
	enum staff_sort sort;
	const char *words;
} sorts[] = {
	{ "ten", STAFF_BY_NAME, T("Tên") },
	{ "don-vi", STAFF_BY_UNIT, T("Đơn vị") },
	{ "chuc-vu", STAFF_BY_POSITION, T("Chức vụ") },
	{ "tinh-trang", STAFF_BY_STATE, T("Tình trạng") },
};

static const char *const states[] = { STAFF_STATES };

/* What the address asks for. */
static struct staff_query asked(struct view *v)
{
	struct str sort = http_pair(v->query, "xep"), state = http_pair(v->query, "tinh-trang");
	struct staff_query q = { .units = view_units(v, RIGHT_SEE).json,
		.self_id = v->user.staff_id,
		.text = str_trim(http_pair(v->query, "q")),
		.max = VIEW_ROWS };
	int64_t page = 1;

	(void)str_to_i64(http_pair(v->query, "don-vi"), &q.unit_id);
	(void)str_to_i64(http_pair(v->query, "trang"), &page);
	q.from = page > 1 && page < 100000 ? (size_t)(page - 1) * VIEW_ROWS : 0;
	q.state = state.ptr ? state : STR("here");
	for (size_t i = 0; i < COUNT(sorts); i++) {
		if (str_is(sort, sorts[i].id))
			q.sort = sorts[i].sort;
	}
	return q;
}

/* This list with another order or page: ends in "&". */
static const char *same_list(struct view *v, const struct staff_query *q, enum staff_sort sort)
{
	return path_of(v, "/nhan-su?q=%.*s&don-vi=%lld&tinh-trang=%.*s&xep=%s&",
		STR_FMT(url_piece(q->text.ptr ? q->text : STR(""), v->a)), (long long)q->unit_id,
		STR_FMT(url_piece(q->state, v->a)), sorts[sort].id);
}

static void search(struct view *v, const struct staff_query *q)
{
	const struct org_tree *t = view_tree(v);

	html(v->w,
		"<form class=\"ask card\" role=\"search\" method=\"get\" action=\"/nhan-su\">\n"
		"<div class=\"field wide\"><label for=\"q\">%s</label>\n"
		"<input id=\"q\" name=\"q\" type=\"search\" value=\"%.*s\" autocomplete=\"off\"></div>\n"
		"<div class=\"field\"><label for=\"don-vi\">%s</label>\n"
		"<select id=\"don-vi\" name=\"don-vi\"><option value=\"0\">%s</option>\n",
		tr(v->lang, "Tìm theo tên, mã, chức vụ, thư điện tử; gõ không dấu cũng được"),
		STR_FMT(q->text), tr(v->lang, "Đơn vị"), tr(v->lang, "tất cả"));
	for (size_t i = 0; i < t->count; i++) {
		if (t->units[i].is_live && view_may(v, RIGHT_SEE, t->units[i].id))
			html_option(v, number_text(v, t->units[i].id), text_of(v, t->units[i].name),
				t->units[i].id == q->unit_id);
	}
	html(v->w,
		"</select></div>\n<div class=\"field\"><label for=\"tinh-trang\">%s</label>\n"
		"<select id=\"tinh-trang\" name=\"tinh-trang\">\n",
		tr(v->lang, "Tình trạng"));
	html_option(v, "here", tr(v->lang, "đang ở đơn vị"), str_is(q->state, "here"));
	html_option(v, "", tr(v->lang, "tất cả"), q->state.len == 0);
	for (size_t i = 0; i < COUNT(states); i++)
		html_option(v, states[i], tr(v->lang, staff_state_words(str_of(states[i]))),
			str_is(q->state, states[i]));
	html(v->w,
		"</select></div>\n<div class=\"field\"><button type=\"submit\">%s</button></div>\n</form>\n",
		tr(v->lang, "Tìm"));
}

static void head(struct view *v, const struct staff_query *q)
{
	html_table_begin(v, tr(v->lang, "Nhân sự"), "stack flowing");
	for (size_t i = 0; i < COUNT(sorts); i++) {
		html(v->w, "<th scope=\"col\"");
		if (q->sort == sorts[i].sort)
			html(v->w, " aria-sort=\"ascending\"");
		html(v->w, "><a href=\"%s\">%s</a></th>", same_list(v, q, sorts[i].sort),
			tr(v->lang, sorts[i].words));
	}
	html_table_head(v, tr(v->lang, "Thư điện tử, điện thoại"));
	html_table_rows(v);
}

static void list(
	struct view *v, const struct staff_query *q, const struct staff *people, size_t count)
{
	head(v, q);
	for (size_t i = 0; i < count; i++) {
		const struct staff *p = &people[i];

		html(v->w,
			"<tr>\n<th scope=\"row\"><a href=\"/nhan-su/%lld\">%.*s</a> <span class=\"soft\">%.*s</span></th>\n<td>",
			(long long)p->id, STR_FMT(p->name), STR_FMT(p->code));
		html_unit_link(v, p->unit_id);
		html(v->w, "</td>\n<td>%.*s</td>\n<td>%s</td>\n<td>%.*s %.*s</td>\n</tr>\n",
			STR_FMT(p->position), tr(v->lang, staff_state_words(p->state)),
			STR_FMT(p->email), STR_FMT(p->phone));
	}
	html_table_end(v);
}

static void add_form(struct view *v, int64_t unit_id)
{
	html(v->w, "<section class=\"act\">\n<details");
	if (v->fault_count)
		html(v->w, " open");
	html(v->w, ">\n<summary>%s</summary>\n", tr(v->lang, "Thêm người vào danh sách"));
	html_form(v, "/nhan-su", "plain");
	html_field(v,
		&(struct field){ .name = "ten",
			.label = tr(v->lang, "Họ và tên"),
			.autocomplete = "off",
			.is_required = true });
	html_unit_select(v,
		&(struct unit_choice){ .name = "don-vi-moi",
			.label = tr(v->lang, "Đơn vị"),
			.right = RIGHT_PEOPLE,
			.chosen = unit_id ? unit_id : v->user.unit_id });
	html_field(v, &(struct field){ .name = "chuc-vu", .label = tr(v->lang, "Chức vụ") });
	html_field(v, &(struct field){ .name = "ma", .label = tr(v->lang, "Mã cán bộ") });
	html_field(v,
		&(struct field){
			.name = "thu", .label = tr(v->lang, "Thư điện tử"), .type = "email" });
	html_field(v,
		&(struct field){
			.name = "dien-thoai", .label = tr(v->lang, "Điện thoại"), .type = "tel" });
	html(v->w, "<p class=\"soft\">%s</p>\n",
		tr(v->lang,
			"Người mới nhận việc thì ghi thêm quyết định; người đã ở đây từ trước thì để trống."));
	html_decision(v);
	html_form_end(v, tr(v->lang, "Thêm"));
	html(v->w, "</details>\n</section>\n");
}

/* Nobody was found, or there is nobody to be found. */
static const char *nobody_words(struct view *v, const struct staff_query *q)
{
	if (q->text.len || !str_is(q->state, "here"))
		return tr(v->lang, "Không có ai khớp.");
	if (org_reach(v->user.role, RIGHT_PEOPLE) <= PLACE_SELF)
		return q->unit_id ? tr(v->lang, "Đơn vị này chưa có ai trong danh sách.") :
				    tr(v->lang, "Danh sách chưa có ai.");
	return q->unit_id ?
		tr(v->lang,
			"Đơn vị này chưa có ai trong danh sách. Hãy nhập từ bảng Excel, hoặc thêm từng "
			"người ở dưới đây.") :
		tr(v->lang,
			"Danh sách chưa có ai. Hãy nhập từ bảng Excel, hoặc thêm từng người ở dưới đây.");
}

void page_people(struct view *v)
{
	struct staff_query q = asked(v);
	struct staff *people;
	size_t count;
	int64_t total;

	if (staff_list(v->web->store, &q, v->a, &people, &count, v->e) < 0 ||
		staff_count(v->web->store, &q, &total, v->e) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Nhân sự"));
	html_back(v, "/don-vi", tr(v->lang, "Đơn vị"));
	search(v, &q);
	html(v->w, "<p class=\"soft\">%s</p>\n",
		fill(v, tr(v->lang, "{n} người."), "n", count_text(v, total), NULL));
	if (count)
		list(v, &q, people, count);
	else
		html(v->w, "<p class=\"empty\">%s</p>\n", nobody_words(v, &q));
	html_pages(v, same_list(v, &q, q.sort), (int64_t)(q.from / VIEW_ROWS) + 1,
		(total + VIEW_ROWS - 1) / VIEW_ROWS);
	html(v->w, "<p class=\"export\"><a href=\"/nhan-su.csv\">%s</a></p>\n",
		tr(v->lang, "Tải danh sách này (CSV)"));
	if (org_reach(v->user.role, RIGHT_PEOPLE) > PLACE_SELF)
		html(v->w, "<p class=\"export\"><a href=\"/so/nhan-su/nhap\">%s</a></p>\n",
			tr(v->lang, "Nhập danh sách từ bảng (XLSX, CSV)"));
	if (org_reach(v->user.role, RIGHT_PEOPLE) > PLACE_SELF)
		add_form(v, q.unit_id);
	page_end(v);
}

void page_people_csv(struct view *v)
{
	struct staff_query q = asked(v);
	struct staff *people;
	size_t count;

	q.max = CSV_ROWS;
	q.from = 0;
	if (staff_list(v->web->store, &q, v->a, &people, &count, v->e) < 0) {
		page_failed(v);
		return;
	}
	csv_page(v, "nhan-su.csv");
	for (size_t i = 0; i < STAFF_CSV_COLUMNS; i++)
		csv_text(v, tr(v->lang, staff_csv_heads[i]));
	csv_end_row(v->w);
	for (size_t i = 0; i < count; i++) {
		const struct org_unit *u = org_unit_by_id(view_tree(v), people[i].unit_id);

		csv_cell(v->w, people[i].code);
		csv_cell(v->w, people[i].name);
		csv_cell(v->w, u ? u->code : STR(""));
		csv_cell(v->w, people[i].position);
		csv_cell(v->w, people[i].email);
		csv_cell(v->w, people[i].phone);
		csv_text(v, tr(v->lang, staff_state_words(people[i].state)));
		csv_end_row(v->w);
	}
}

/* Was anything typed of the decision of a newcomer? */
static bool has_decision(struct view *v)
{
	return form_value(v, "so-qd").len || form_value(v, "ngay-ky").len ||
		form_value(v, "hieu-luc").len;
}

void page_people_post(struct view *v)
{
	struct staff p = { .unit_id = form_number(v, "don-vi-moi"),
		.name = form_value(v, "ten"),
		.code = form_value(v, "ma"),
		.position = form_value(v, "chuc-vu"),
		.email = form_value(v, "thu"),
		.phone = form_value(v, "dien-thoai"),
		.state = STR("working") };
	struct org_decision d = form_decision(v);
	struct org_faults f;
	int64_t id;
	int rc;

	if (org_unit_by_id(view_tree(v), p.unit_id) && !view_may(v, RIGHT_PEOPLE, p.unit_id)) {
		page_problem(v, 403);
		return;
	}
	rc = staff_add(&v->by, &p, has_decision(v) ? &d : NULL, &id, &f, v->e);
	if (rc < 0 && f.count) {
		fault_org(v, &f);
		v->rs->status = 422;
		page_people(v);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		redirect(v, path_of(v, "/nhan-su/%lld?bao=da-luu", (long long)id));
	}
}
