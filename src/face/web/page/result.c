/* result.c - Kết quả: all units of an authority with trend, and one unit's state on a page. */
#include "face/web/org_int.h"
#include "face/web/standing.h"
#include "face/web/work.h"

#define TREND_DAYS 60
#define OPEN_MAX 20 /* of one verdict that asks for work; the rest is folded, on paper it is not */

/* A line of the last days, 100 by 24, with its figures for those who cannot see it. */
static void spark(struct view *v, const struct comply_trend *t)
{
	if (t->count < 2) {
		html(v->w, "<span class=\"soft\">–</span>");
		return;
	}
	html(v->w,
		"<svg class=\"spark\" viewBox=\"0 0 100 24\" width=\"100\" height=\"24\" role=\"img\""
		" aria-label=\"%s %s – %s\"><polyline fill=\"none\" stroke=\"currentColor\""
		" stroke-width=\"1.5\" points=\"",
		tr(v->lang, "Điểm theo ngày:"), permille_text(v, t->at[0].permille),
		permille_text(v, t->at[t->count - 1].permille));
	for (size_t i = 0; i < t->count; i++)
		html(v->w, "%s%d,%d", i ? " " : "", (int)(i * 100 / (t->count - 1)),
			23 - (t->at[i].permille < 0 ? 0 : t->at[i].permille * 22 / 1000));
	html(v->w, "\"/></svg>");
}

/* Of one unit there are no others beside it. */
static const char *results_title(struct view *v)
{
	return work_sees_units(v) ? tr(v->lang, "Kết quả của các đơn vị") :
				    tr(v->lang, "Kết quả của đơn vị");
}

/* --- all units -------------------------------------------------------------------------------- */

/* What the registers of the unit lack, all of them together. */
static int64_t lacking(const struct comply_found_list *found, int64_t unit_id)
{
	int64_t sum = 0;

	for (size_t i = 0; i < found->count; i++)
		if (found->at[i].unit_id == unit_id)
			sum += found->at[i].findings + found->at[i].left_out;
	return sum;
}

struct ranking {
	struct comply_units units; /* of this page, in its order */
	size_t from, all; /* the place of the first of them in that order; how many there are */
	bool is_worst_first;
	struct comply_found_list found;
	struct comply_trend *trends; /* beside the units */
	bool may_remind;
};

/* ALL come worst first. */
static void cut_page(struct view *v, const struct comply_units *all, struct ranking *k)
{
	struct str text = http_pair(v->query, "trang");
	int64_t page;

	k->all = all->count;
	k->is_worst_first = str_is(http_pair(v->query, "xep"), "kem");
	if (str_to_i64(text, &page) && page > 1 && (size_t)(page - 1) * VIEW_ROWS < all->count)
		k->from = (size_t)(page - 1) * VIEW_ROWS;
	k->units.at = arena_array(v->a, struct comply_unit_row, VIEW_ROWS);
	for (size_t i = k->from; i < all->count && k->units.count < VIEW_ROWS; i++)
		k->units.at[k->units.count++] = all->at[k->is_worst_first ? i : all->count - 1 - i];
}

static void score_cell(struct view *v, int permille)
{
	html(v->w, "<td class=\"num\"><span class=\"name-of\">%s: </span>%s</td>\n",
		tr(v->lang, "Điểm"), permille_text(v, permille));
}

static void verdict_heads(struct view *v)
{
	for (int i = 0; i < VERDICT_COUNT; i++)
		html_table_head_number(v, tr(v->lang, verdict_words((enum verdict)i)));
}

static void verdict_cells(struct view *v, const int64_t *counts)
{
	for (int i = 0; i < VERDICT_COUNT; i++)
		html_table_number(v, tr(v->lang, verdict_words((enum verdict)i)), counts[i]);
}

static void unit_row(struct view *v, const struct ranking *k, size_t at)
{
	const struct comply_unit_row *r = &k->units.at[at];
	const struct org_unit *u = org_unit_by_id(view_tree(v), r->unit_id);
	size_t rank = k->is_worst_first ? k->all - k->from - at : k->from + at + 1;

	if (!u)
		return;
	html(v->w, "<tr>\n<td class=\"rank\">");
	if (k->may_remind)
		html(v->w,
			"<input type=\"checkbox\" name=\"don-vi\" value=\"%lld\" aria-label=\"%.*s\"> ",
			(long long)u->id, STR_FMT(u->name));
	html(v->w, "%zu</td>\n<th scope=\"row\"><a href=\"/ket-qua/%lld\">%.*s</a></th>\n", rank,
		(long long)u->id, STR_FMT(u->name));
	score_cell(v, r->score.permille);
	html_table_cell_begin(v, tr(v->lang, "Xu hướng"));
	spark(v, &k->trends[at]);
	html(v->w, "</td>\n");
	verdict_cells(v, r->score.counts);
	html(v->w,
		"<td class=\"num\"><span class=\"name-of\">%s: </span>"
		"<a href=\"/ket-qua/%lld/ra-soat\">%s</a></td>\n</tr>\n",
		tr(v->lang, "Chỗ thiếu trong sổ"), (long long)u->id,
		count_text(v, lacking(&k->found, u->id)));
}

static void units_table(struct view *v, const struct ranking *k)
{
	html_table_begin(v, results_title(v), "stack figures ranks");
	html_table_head(v, tr(v->lang, "Hạng"));
	html_table_head(v, tr(v->lang, "Đơn vị"));
	html_table_head_number(v, tr(v->lang, "Điểm"));
	html_table_head(v, tr(v->lang, "Xu hướng"));
	verdict_heads(v);
	html_table_head_number(v, tr(v->lang, "Chỗ thiếu trong sổ"));
	html_table_rows(v);
	for (size_t i = 0; i < k->units.count; i++)
		unit_row(v, k, i);
	html_table_end(v);
}

static int load_trends(struct view *v, struct ranking *k)
{
	k->trends = arena_array(v->a, struct comply_trend, k->units.count + 1);
	return comply_trends(v->web->store, &k->units,
		date_add_days(date_at(v->by.now_s), -TREND_DAYS), v->a, k->trends, v->e);
}

void page_results(struct view *v)
{
	struct view_units seen = view_units(v, RIGHT_SEE);
	bool may_remind = org_reach(v->user.role, RIGHT_REMIND) > PLACE_SELF;
	struct comply_units units;
	struct ranking k = { .may_remind = may_remind };
	struct comply_law law;

	if (standing_units(v, seen.json, &law, &units, v->e) < 0 ||
		comply_found_totals(v->web->store, seen.json, v->a, &k.found, v->e) < 0) {
		page_failed(v);
		return;
	}
	cut_page(v, &units, &k);
	if (load_trends(v, &k) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, results_title(v));
	html_work_pages(v);
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Điểm là tỷ lệ phần trăm, theo trọng số, các nghĩa vụ đã đạt trong "
			"số nghĩa vụ đang ràng buộc đơn vị. Nghĩa vụ không áp dụng và nghĩa "
			"vụ đang có ngoại lệ không tính vào điểm, nên đơn vị nhỏ không bị "
			"thiệt; mở từng đơn vị để xem những gì không tính và vì sao."));
	if (units.count == 0) {
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang, "Đang tính. Hãy tải lại trang này sau ít phút."));
		page_end(v);
		return;
	}
	if (units.count > 1)
		html(v->w, "<p><a href=\"%s\">%s</a></p>\n",
			k.is_worst_first ? "/ket-qua" : "/ket-qua?xep=kem",
			k.is_worst_first ? tr(v->lang, "Xếp điểm cao trước") :
					   tr(v->lang, "Xếp điểm thấp trước"));
	if (may_remind)
		html_form(v, "/ket-qua/thu-nhac", "review");
	units_table(v, &k);
	if (may_remind) {
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang, "Chọn các đơn vị cần nhắc, mỗi đơn vị một thư để in."));
		html_form_end(v, tr(v->lang, "Soạn thư nhắc"));
	}
	html_pages(v, k.is_worst_first ? "/ket-qua?xep=kem&" : "/ket-qua?",
		(int64_t)(k.from / VIEW_ROWS) + 1,
		(int64_t)((units.count + VIEW_ROWS - 1) / VIEW_ROWS));
	html(v->w, "<p class=\"export\"><a href=\"/ket-qua.csv\">%s</a></p>\n",
		tr(v->lang, "Tải danh sách này (CSV)"));
	page_end(v);
}

void page_results_csv(struct view *v)
{
	struct view_units seen = view_units(v, RIGHT_SEE);
	struct comply_units units;
	struct comply_law law;

	if (standing_units(v, seen.json, &law, &units, v->e) < 0) {
		page_failed(v);
		return;
	}
	csv_page(v, "ket-qua.csv");
	csv_words(v, T("Đơn vị"));
	csv_words(v, T("Điểm"));
	for (int i = 0; i < VERDICT_COUNT; i++)
		csv_words(v, verdict_words((enum verdict)i));
	csv_end_row(v->w);
	for (size_t i = units.count; i-- > 0;) {
		const struct org_unit *u = org_unit_by_id(view_tree(v), units.at[i].unit_id);

		csv_cell(v->w, u ? u->name : STR(""));
		csv_text(v, permille_text(v, units.at[i].score.permille));
		for (int k = 0; k < VERDICT_COUNT; k++)
			csv_i64(v->w, units.at[i].score.counts[k]);
		csv_end_row(v->w);
	}
}

/* --- letters ---------------------------------------------------------------------------------- */

static void letter(struct view *v, const struct comply_law *law, const struct comply_unit_row *r)
{
	const struct org_unit *u = org_unit_by_id(view_tree(v), r->unit_id);
	size_t shown = 0;

	html(v->w, "<section class=\"letter\">\n<h2>%s: %.*s</h2>\n<p>%s</p>\n",
		tr(v->lang, "Kính gửi"), STR_FMT(u->name),
		fill(v,
			tr(v->lang,
				"Tính đến ngày {ngay}, đơn vị đạt {diem}; còn {f} nghĩa vụ không đạt, {o} quá "
				"hạn, {n} chưa có bằng chứng. Đề nghị đơn vị khắc phục những việc sau:"),
			"ngay", date_text(v, date_at(v->by.now_s)), "diem",
			permille_text(v, r->score.permille), "f",
			count_text(v, r->score.counts[VERDICT_NOT_MET]), "o",
			count_text(v, r->score.counts[VERDICT_OVERDUE]), "n",
			count_text(v, r->score.counts[VERDICT_NO_EVIDENCE]), NULL));
	html(v->w, "<ol>\n");
	for (int state = VERDICT_NOT_MET; state <= VERDICT_OVERDUE; state++) {
		for (size_t i = 0; i < law->count && i < r->marks.len; i++) {
			if (r->marks.ptr[i] != comply_mark((enum verdict)state))
				continue;
			html(v->w, "<li>%.*s (<span lang=\"vi\">%.*s</span>): %s</li>\n",
				STR_FMT(words_of(v, law->at[i]->title)),
				STR_FMT(clause_cite(law->at[i]->clause, v->lang, v->a)),
				tr(v->lang, verdict_words((enum verdict)state)));
			shown++;
		}
	}
	html(v->w, "</ol>\n");
	if (!shown)
		html(v->w, "<p>%s</p>\n", tr(v->lang, "Không có việc nào không đạt hoặc quá hạn."));
	html(v->w, "<p>%.*s</p>\n</section>\n", STR_FMT(v->user.name));
}

void page_letters(struct view *v)
{
	struct view_units seen = view_units(v, RIGHT_REMIND);
	struct comply_units units;
	struct comply_law law;
	size_t written = 0;

	if (standing_units(v, seen.json, &law, &units, v->e) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Thư nhắc"));
	html_back(v, "/ket-qua", results_title(v));
	html(v->w, "<p class=\"warn\">%s</p>\n",
		tr(v->lang, "In trang này: mỗi thư một tờ. Thư chưa được gửi đi đâu."));
	for (size_t i = 0; i < v->form.count; i++) {
		int64_t id = 0;

		if (!str_is(v->form.at[i].name, "don-vi") || !str_to_i64(v->form.at[i].value, &id))
			continue;
		for (size_t k = 0; k < units.count; k++) {
			if (units.at[k].unit_id != id)
				continue;
			letter(v, &law, &units.at[k]);
			written++;
		}
	}
	if (!written)
		html(v->w, "<p class=\"empty\">%s</p>\n", tr(v->lang, "Chưa chọn đơn vị nào."));
	page_end(v);
}

/* --- one unit --------------------------------------------------------------------------------- */

static void clause_score(
	struct view *v, const struct comply_law *law, struct str marks, const struct clause *c)
{
	struct comply_score s = comply_score_of(law, marks, c);
	int64_t all = 0;

	for (int i = 0; i < VERDICT_COUNT; i++)
		all += s.counts[i];
	if (!all)
		return;
	html(v->w,
		"<tr class=\"%s\"><th scope=\"row\" lang=\"vi\"><a href=\"%s\">%.*s</a> %.*s</th>",
		c->kind == CLAUSE_CHUONG ? "chuong" : "dieu", clause_path(v, c), STR_FMT(c->label),
		STR_FMT(c->title));
	score_cell(v, s.permille);
	verdict_cells(v, s.counts);
	html(v->w, "</tr>\n");
}

static void clauses_table(struct view *v, const struct comply_law *law, struct str marks)
{
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Theo chương, điều"));
	html_fold_whole(v, tr(v->lang, "Điểm và số nghĩa vụ của từng chương, từng điều"));
	html_table_begin(v, tr(v->lang, "Theo chương, điều"), "stack figures");
	html_table_head(v, tr(v->lang, "Điều"));
	html_table_head_number(v, tr(v->lang, "Điểm"));
	verdict_heads(v);
	html_table_rows(v);
	for (size_t p = 0; p < pack_count(v->web->packs); p++) {
		const struct pack *pack = pack_at(v->web->packs, p);

		for (size_t i = 0; i < pack->clause_count; i++)
			if (pack->clauses[i].kind == CLAUSE_CHUONG ||
				pack->clauses[i].kind == CLAUSE_DIEU)
				clause_score(v, law, marks, &pack->clauses[i]);
	}
	html_table_end(v);
	html(v->w, "</details>\n</section>\n");
}

/* Those of one verdict; what goes beyond OPEN is folded. */
static void obligations_of(struct view *v, const struct comply_law *law,
	const struct comply_unit_row *r, enum verdict verdict, size_t open)
{
	size_t all = 0, shown = 0;

	for (size_t i = 0; i < law->count && i < r->marks.len; i++)
		all += r->marks.ptr[i] == comply_mark(verdict);
	if (!all)
		return;
	html(v->w, "<section id=\"%s\">\n<h2>", verdict_name(verdict));
	html_verdict(v, verdict);
	html(v->w, " <span class=\"count\">%s</span></h2>\n", count_text(v, (int64_t)all));
	if (open)
		html(v->w, "<ul class=\"results\">\n");
	for (size_t i = 0; i < law->count && i < r->marks.len; i++) {
		if (r->marks.ptr[i] != comply_mark(verdict))
			continue;
		if (shown++ == open) {
			if (open)
				html(v->w, "</ul>\n");
			html_fold_whole(v,
				fill(v,
					open ? tr(v->lang, "Xem thêm {n}") :
					       tr(v->lang, "Xem {n} nghĩa vụ"),
					"n", count_text(v, (int64_t)(all - open)), NULL));
			html(v->w, "<ul class=\"results\">\n");
		}
		html(v->w, "<li><a href=\"%s\">%.*s</a> <span class=\"soft\">%.*s</span></li>\n",
			result_path(v, r->unit_id, law->at[i]),
			STR_FMT(words_of(v, law->at[i]->title)),
			STR_FMT(clause_cite(law->at[i]->clause, v->lang, v->a)));
	}
	html(v->w, "</ul>\n");
	if (all > open)
		html(v->w, "</details>\n");
	html(v->w, "</section>\n");
}

void page_result(struct view *v)
{
	const struct org_unit *unit = work_unit_of_path(v);
	struct comply_units units;
	struct comply_trend trend;
	struct comply_law law;
	struct str json;

	if (!unit)
		return;
	json = arena_fmt(v->a, "[%lld]", (long long)unit->id);
	if (standing_units(v, json, &law, &units, v->e) < 0) {
		page_failed(v);
		return;
	}
	page_start(v,
		text_of(v,
			arena_fmt(v->a, "%s: %.*s", tr(v->lang, "Kết quả"), STR_FMT(unit->name))));
	html_back(v, "/ket-qua", results_title(v));
	if (units.count == 0) {
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang, "Đang tính. Hãy tải lại trang này sau ít phút."));
		page_end(v);
		return;
	}
	html(v->w, "<p><strong>%s: %s</strong> ", tr(v->lang, "Điểm"),
		permille_text(v, units.at[0].score.permille));
	if (comply_trend(v->web->store, unit->id, TREND_DAYS, v->a, &trend, v->e) == 0)
		spark(v, &trend);
	html(v->w,
		" <span class=\"soft\">%s %s · %s</span></p>\n<p><a class=\"button plain\" href=\"/ket-qua/%lld/ra-soat\">%s</a></p>\n",
		tr(v->lang, "tính lúc"), time_text(v, units.at[0].at_s),
		fill(v, tr(v->lang, "{n} đối tượng"), "n", count_text(v, units.at[0].subjects),
			NULL),
		(long long)unit->id, tr(v->lang, "Rà soát chỗ thiếu trong sổ"));
	html_verdict_tiles(v, units.at[0].score.counts, "");
	obligations_of(v, &law, &units.at[0], VERDICT_NOT_MET, OPEN_MAX);
	obligations_of(v, &law, &units.at[0], VERDICT_OVERDUE, OPEN_MAX);
	obligations_of(v, &law, &units.at[0], VERDICT_NO_EVIDENCE, OPEN_MAX);
	obligations_of(v, &law, &units.at[0], VERDICT_MET, 0);
	clauses_table(v, &law, units.at[0].marks);
	html(v->w, "<p><strong>%s</strong></p>\n",
		tr(v->lang,
			"Để ngoài điểm số: không áp dụng hoặc đang có ngoại lệ. Mở từng dòng để xem vì sao."));
	obligations_of(v, &law, &units.at[0], VERDICT_NA, 0);
	obligations_of(v, &law, &units.at[0], VERDICT_EXCEPTED, 0);
	page_end(v);
}
