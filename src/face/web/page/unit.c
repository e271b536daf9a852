/* unit.c - Đơn vị: the tree, and all there is to know of one unit. */
#include "face/web/org_int.h"

#define PEOPLE_SHOWN 30
#define EVENTS_SHOWN 50

static const char sql_counts[] =
	"SELECT u.id, (SELECT count(*) FROM staff s WHERE s.unit_id = u.id"
	" AND s.state NOT IN ('moved', 'retired', 'left')),"
	" (SELECT count(*) FROM host h WHERE h.unit_id = u.id) FROM unit u ORDER BY u.id";
static const char sql_names[] =
	"SELECT name, short_name, from_day FROM unit_name WHERE unit_id = $1 ORDER BY from_day";

/* People and machines of each unit, in the order of by_id. */
struct counts {
	int64_t *people, *hosts;
};

static int count_all(struct view *v, struct counts *ret)
{
	const struct org_tree *t = view_tree(v);
	struct store_query *q = store_query(v->web->store, sql_counts);
	size_t i = 0;
	int rc;

	ret->people = arena_array(v->a, int64_t, t->count + 1);
	ret->hosts = arena_array(v->a, int64_t, t->count + 1);
	while ((rc = store_next(q, v->e)) == 1) {
		if (i == t->count)
			continue;
		ret->people[t->by_id[i]] = store_i64(q, 1);
		ret->hosts[t->by_id[i++]] = store_i64(q, 2);
	}
	return rc;
}

/* --- the tree --------------------------------------------------------------------------------- */

static bool is_wanted(struct view *v, const struct org_unit *u, struct str folded, bool with_ended)
{
	if ((!u->is_live && !with_ended) || !view_may(v, RIGHT_SEE, u->id))
		return false;
	return !folded.len || text_matches(v->a, u->name, folded) ||
		text_matches(v->a, u->short_name, folded) || text_matches(v->a, u->code, folded);
}

static void tree_row(struct view *v, const struct org_unit *u, const struct counts *c, bool is_flat)
{
	size_t at = (size_t)(u - v->tree.units);
	int depth = is_flat || u->depth > 6 ? 0 : u->depth;

	html(v->w, "<tr>\n<th scope=\"row\" class=\"deep%d\"><a href=\"/don-vi/%lld\">%.*s</a>",
		depth, (long long)u->id, STR_FMT(u->name.len ? u->name : u->code));
	if (!u->is_live)
		html(v->w, " <span class=\"soft\">(%s)</span>",
			u->until.len ? tr(v->lang, "đã kết thúc") : tr(v->lang, "chưa bắt đầu"));
	if (is_flat && u->parent_id)
		html(v->w, " <span class=\"soft\">%.*s</span>",
			STR_FMT(unit_name(v, u->parent_id)));
	html(v->w, "</th>\n<td>%.*s</td>\n<td>%s</td>\n", STR_FMT(u->code),
		tr(v->lang, org_unit_kind_words(u->kind)));
	html(v->w,
		"<td class=\"num\"><a href=\"/nhan-su?don-vi=%lld\">%s</a></td>\n"
		"<td class=\"num\">%s</td>\n</tr>\n",
		(long long)u->id, count_text(v, c->people[at]), count_text(v, c->hosts[at]));
}

static void tree_head(struct view *v, struct str text, bool with_ended)
{
	html(v->w,
		"<form class=\"search\" role=\"search\" method=\"get\" action=\"/don-vi\">\n"
		"<label for=\"q\">%s</label>\n"
		"<input id=\"q\" name=\"q\" type=\"search\" value=\"%.*s\" autocomplete=\"off\">\n"
		"<label class=\"tick\"><input type=\"checkbox\" name=\"ca\" value=\"1\"",
		tr(v->lang, "Tìm đơn vị theo tên, tên tắt hoặc mã, gõ không dấu cũng được"),
		STR_FMT(text));
	if (with_ended)
		html(v->w, " checked");
	html(v->w, "> %s</label>\n<button type=\"submit\">%s</button>\n</form>\n",
		tr(v->lang, "cả đơn vị đã kết thúc"), tr(v->lang, "Tìm"));
}

void page_units(struct view *v)
{
	const struct org_tree *t = view_tree(v);
	struct str text = str_trim(http_pair(v->query, "q"));
	struct str folded = text_fold(v->a, text);
	bool with_ended = http_pair(v->query, "ca").len > 0;
	struct counts c;
	size_t shown = 0;

	if (count_all(v, &c) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Đơn vị"));
	html(v->w, "<div class=\"bar\"><p><a href=\"/nhan-su\">%s</a></p>\n",
		tr(v->lang, "Danh sách nhân sự"));
	if (view_may(v, RIGHT_ADMIN, ORG_UNIT_FIRST))
		html(v->w, "<p><a class=\"button\" href=\"/don-vi/1/them\">%s</a></p>\n",
			tr(v->lang, "Thêm đơn vị"));
	html(v->w, "</div>\n");
	tree_head(v, text, with_ended);
	html_table_begin(v, tr(v->lang, "Cây đơn vị"), "units");
	html_table_head(v, tr(v->lang, "Tên"));
	html_table_head(v, tr(v->lang, "Mã"));
	html_table_head(v, tr(v->lang, "Loại"));
	html_table_head_number(v, tr(v->lang, "Người"));
	html_table_head_number(v, tr(v->lang, "Máy"));
	html_table_rows(v);
	for (size_t i = 0; i < t->count; i++) {
		if (!is_wanted(v, &t->units[i], folded, with_ended))
			continue;
		tree_row(v, &t->units[i], &c, folded.len > 0);
		shown++;
	}
	html_table_end(v);
	if (!shown)
		html(v->w, "<p class=\"empty\">%s</p>\n", tr(v->lang, "Không có đơn vị nào khớp."));
	html(v->w, "<p class=\"export\"><a href=\"/don-vi.csv\">%s</a></p>\n",
		tr(v->lang, "Tải danh sách này (CSV)"));
	page_end(v);
}

void page_units_csv(struct view *v)
{
	const struct org_tree *t = view_tree(v);

	csv_page(v, "don-vi.csv");
	for (size_t i = 0; i < UNIT_CSV_COLUMNS; i++)
		csv_text(v, tr(v->lang, unit_csv_heads[i]));
	csv_end_row(v->w);
	for (size_t i = 0; i < t->count; i++) {
		const struct org_unit *u = &t->units[i], *above = org_unit_by_id(t, u->parent_id);

		if (!is_wanted(v, u, STR(""), false))
			continue;
		csv_cell(v->w, u->code);
		csv_cell(v->w, above ? above->code : STR(""));
		csv_cell(v->w, u->name);
		csv_cell(v->w, u->short_name);
		csv_cell(v->w, u->kind);
		csv_cell(v->w, u->roles);
		csv_cell(v->w, STR(""));
		csv_cell(v->w, STR(""));
		csv_text(v, str_is(u->from, ORG_DAY_FIRST) ? "" : day_text(v, u->from));
		csv_end_row(v->w);
	}
}

/* --- one unit --------------------------------------------------------------------------------- */

static void facts(struct view *v, const struct org_unit *u)
{
	html(v->w, "<dl class=\"facts\">\n");
	html_fact(v, tr(v->lang, "Loại"), str_of(tr(v->lang, org_unit_kind_words(u->kind))));
	html_fact(v, tr(v->lang, "Tên viết tắt"), u->short_name);
	html_fact(v, tr(v->lang, "Mã"), u->code);
	if (u->parent_id) {
		html(v->w, "<div><dt>%s</dt><dd>", tr(v->lang, "Cấp trên"));
		html_unit_link(v, u->parent_id);
		html(v->w, "</dd></div>\n");
	}
	html_fact(v, tr(v->lang, "Hoạt động từ"), str_of(day_text(v, u->from)));
	html_fact(v, tr(v->lang, "Kết thúc từ"), str_of(day_text(v, u->until)));
	if (u->successor_id) {
		html(v->w, "<div><dt>%s</dt><dd>", tr(v->lang, "Đơn vị tiếp nhận"));
		html_unit_link(v, u->successor_id);
		html(v->w, "</dd></div>\n");
	}
	html(v->w, "</dl>\n");
	if (u->roles.len) {
		struct str rest = u->roles, role;

		html(v->w, "<p>%s ", tr(v->lang, "Vai trò theo quy chế:"));
		while (str_next_word(&rest, " ", &role))
			html(v->w, "<span class=\"person\">%.*s</span> ",
				STR_FMT(law_role_title(v, role)));
		html(v->w, "</p>\n");
	}
}

static bool needs_another(const struct unit_act *act)
{
	return strcmp(act->slug, "chuyen") == 0 || strcmp(act->slug, "sap-nhap") == 0;
}

static void acts(struct view *v, const struct org_unit *u)
{
	bool is_alone = view_tree(v)->count == 1;

	if (!u->is_live || !view_may(v, RIGHT_ADMIN, u->id))
		return;
	html(v->w, "<p class=\"act\">");
	for (size_t i = 0; i < unit_act_count; i++)
		if (!is_alone || !needs_another(&unit_acts[i]))
			html(v->w, "<a class=\"button plain\" href=\"/don-vi/%lld/%s\">%s</a> ",
			(long long)u->id, unit_acts[i].slug, tr(v->lang, unit_acts[i].words));
	html(v->w, "</p>\n");
}

static int names(struct view *v, const struct org_unit *u)
{
	struct store_query *q = store_query(v->web->store, sql_names);
	size_t count = 0;
	int rc;

	store_bind_i64(q, 1, u->id);
	while ((rc = store_next(q, v->e)) == 1) {
		if (count++ == 0)
			html(v->w, "<section>\n<h2>%s</h2>\n<ul>\n",
				tr(v->lang, "Tên qua các thời kỳ"));
		html(v->w, "<li>%s: %.*s</li>\n", day_text(v, store_str(q, 2)),
			STR_FMT(store_str(q, 0)));
	}
	if (count)
		html(v->w, "</ul>\n</section>\n");
	return rc;
}

static int people(struct view *v, const struct org_unit *u)
{
	struct staff_query query = {
		.units = unit_json(v, u->id), .state = STR("here"), .max = PEOPLE_SHOWN
	};
	struct staff *list;
	size_t count;
	int64_t total;

	if (staff_list(v->web->store, &query, v->a, &list, &count, v->e) < 0 ||
		staff_count(v->web->store, &query, &total, v->e) < 0)
		return -1;
	html(v->w, "<section>\n<h2>%s (%s)</h2>\n", tr(v->lang, "Người"), count_text(v, total));
	if (count == 0)
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang, "Chưa có ai trong danh sách của đơn vị này."));
	html(v->w, "<ul class=\"hits\">\n");
	for (size_t i = 0; i < count; i++)
		html(v->w,
			"<li><a href=\"/nhan-su/%lld\">%.*s</a> <span class=\"soft\">%.*s</span></li>\n",
			(long long)list[i].id, STR_FMT(list[i].name), STR_FMT(list[i].position));
	html(v->w, "</ul>\n<p><a href=\"/nhan-su?don-vi=%lld\">%s</a></p>\n</section>\n",
		(long long)u->id,
		view_may(v, RIGHT_PEOPLE, u->id) ? tr(v->lang, "Xem cả danh sách, thêm người") :
						   tr(v->lang, "Xem danh sách"));
	return 0;
}

static int law_roles(struct view *v, const struct org_unit *u)
{
	struct staff_role_query query = { .unit_id = u->id, .day = v->tree.day };
	struct staff_role *list;
	size_t count;

	if (staff_roles(v->web->store, &query, v->a, &list, &count, v->e) < 0)
		return -1;
	if (count == 0)
		return 0;
	html(v->w, "<section>\n<h2>%s</h2>\n<ul class=\"hits\">\n",
		tr(v->lang, "Người giữ vai trò theo quy chế"));
	for (size_t i = 0; i < count; i++)
		html(v->w, "<li>%.*s: <a href=\"/nhan-su/%lld\">%.*s</a></li>\n",
			STR_FMT(law_role_title(v, list[i].role)), (long long)list[i].staff_id,
			STR_FMT(list[i].staff_name));
	html(v->w, "</ul>\n</section>\n");
	return 0;
}

static void below(struct view *v, const struct org_unit *u)
{
	bool has_any = false;

	for (size_t i = 1; i <= u->below; i++) {
		if (u[i].depth != u->depth + 1 || !u[i].is_live)
			continue;
		if (!has_any)
			html(v->w, "<section>\n<h2>%s</h2>\n<ul class=\"hits\">\n",
				tr(v->lang, "Đơn vị trực thuộc"));
		has_any = true;
		html(v->w, "<li>");
		html_unit_link(v, u[i].id);
		html(v->w, "</li>\n");
	}
	if (has_any)
		html(v->w, "</ul>\n</section>\n");
}

static const char *event_words(
	struct view *v, const struct org_unit *u, const struct org_unit_event *x)
{
	static const struct {
		const char *what, *words, *other;
	} rows[] = {
		{ "add", T("Thành lập {sau}"), T("Tách ra {sau}") },
		{ "rename", T("Đổi tên {truoc} thành {sau}"), NULL },
		{ "move", T("Chuyển từ {truoc} về {sau}"), T("{ai} được chuyển về đây") },
		{ "share", T("Chia cho {sau}"), T("Nhận phần chia từ {truoc}") },
		{ "end", T("Kết thúc; công việc về {sau}"), T("Nhận {truoc}") },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		bool is_other = x->unit_id != u->id && rows[i].other;

		if (str_is(x->what, rows[i].what))
			return fill(v, tr(v->lang, is_other ? rows[i].other : rows[i].words),
				"truoc", text_of(v, x->before.len ? x->before : STR("–")), "sau",
				text_of(v, x->after.len ? x->after : STR("–")), "ai",
				text_of(v, unit_name(v, x->unit_id)), NULL);
	}
	return text_of(v, x->what);
}

static void event_row(
	struct view *v, const struct org_unit *u, const struct org_unit_event *x, bool may_undo)
{
	html(v->w, "<tr><td>%s</td><td>%s</td><td>%.*s, %s</td><td>%.*s, %s</td><td>",
		day_text(v, x->decision.from), event_words(v, u, x), STR_FMT(x->decision.number),
		day_text(v, x->decision.signed_on), STR_FMT(x->made_by),
		time_text(v, x->made_at_s));
	if (x->undone_at_s)
		html(v->w, "<span class=\"soft\">%s %s</span>", tr(v->lang, "đã hoàn tác lúc"),
			time_text(v, x->undone_at_s));
	else if (may_undo && x->unit_id == u->id &&
		v->by.now_s - x->made_at_s <= ORG_UNDO_DAYS * CLOCK_DAY_S)
		html_button(v, path_of(v, "/don-vi/%lld/hoan-tac", (long long)u->id),
			(const char *[2]){ "su-kien", number_text(v, x->id) },
			tr(v->lang, "Hoàn tác"));
	html(v->w, "</td></tr>\n");
}

static int history(struct view *v, const struct org_unit *u)
{
	struct org_unit_events events;
	bool may_undo = view_may(v, RIGHT_ADMIN, u->id);

	if (org_unit_events(v->web->store, u->id, EVENTS_SHOWN, v->a, &events, v->e) < 0)
		return -1;
	if (!events.count)
		return 0;
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Các quyết định"));
	html_table(v, tr(v->lang, "Các quyết định"), "stack", tr(v->lang, "Hiệu lực"),
		tr(v->lang, "Thay đổi"), tr(v->lang, "Quyết định"), tr(v->lang, "Người ghi"),
		tr(v->lang, "Việc"));
	for (size_t i = 0; i < events.count; i++)
		event_row(v, u, &events.at[i], may_undo);
	html_table_end(v);
	html(v->w, "</section>\n");
	return 0;
}

void page_one_unit(struct view *v)
{
	const struct org_unit *u = unit_of_path(v);

	if (!u) {
		page_problem(v, 404);
		return;
	}
	page_start(v, text_of(v, u->name.len ? u->name : u->code));
	html_back(v, "/don-vi", tr(v->lang, "Đơn vị"));
	facts(v, u);
	acts(v, u);
	below(v, u);
	if (law_roles(v, u) < 0 || people(v, u) < 0 || names(v, u) < 0 || history(v, u) < 0) {
		page_failed(v);
		return;
	}
	page_end(v);
}
