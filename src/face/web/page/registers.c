/* registers.c - Sổ: all registers, and the list of one. */
#include "face/web/register_int.h"

#include <stdlib.h>

#define COUNTED_MAX 10000

/* --- all registers ---------------------------------------------------------------------------- */

static const struct record_total *total_of(
	const struct record_total *totals, size_t count, struct str id)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(totals[i].register_id, id))
			return &totals[i];
	return NULL;
}

static void clauses(struct view *v, const struct pack_register *r)
{
	for (size_t i = 0; i < r->clause_count; i++)
		html(v->w, "%s<a href=\"%s\">%.*s</a>", i ? ", " : "",
			clause_path(v, r->clauses_are[i]),
			STR_FMT(clause_cite(r->clauses_are[i], v->lang, v->a)));
}

static void register_row(
	struct view *v, const struct pack_register *r, const struct record_total *total)
{
	html(v->w,
		"<tr><th scope=\"row\"><a href=\"/so/%.*s\">%.*s</a></th>\n<td class=\"num\">"
		"<span class=\"name-of\">%s: </span>",
		STR_FMT(r->id), STR_FMT(words_of(v, r->title)), tr(v->lang, "Bản ghi"));
	if (total)
		html(v->w, "%s", count_text(v, total->count));
	else if (r->is_nothing_fine)
		html_chip(v, "not-applicable", "–", tr(v->lang, "trống, được phép"));
	else
		html_chip(v, "not-met", "✕", tr(v->lang, "còn trống"));
	html(v->w, "</td>\n");
	html_table_time(v, tr(v->lang, "Sửa lần cuối"), total ? total->changed_at_s : 0);
	html(v->w, "\n<td>");
	clauses(v, r);
	html(v->w, "</td></tr>\n");
}

/* The first clause that asks for it, as the law counts them. */
static const struct clause *first_clause(const struct pack_register *r)
{
	const struct clause *first = r->clause_count ? r->clauses_are[0] : NULL;

	for (size_t i = 1; i < r->clause_count; i++)
		if (r->clauses_are[i] < first)
			first = r->clauses_are[i];
	return first;
}

/* As the clauses of the law follow each other. */
static int by_law(const void *a, const void *b)
{
	const struct pack_register *x = *(const struct pack_register *const *)a;
	const struct pack_register *y = *(const struct pack_register *const *)b;
	const struct clause *first = first_clause(x), *other = first_clause(y);

	if (x->pack != y->pack)
		return x->pack < y->pack ? -1 : 1;
	return first != other ? (first < other ? -1 : 1) : str_cmp(x->id, y->id);
}

struct shelf {
	const struct pack_register **all;
	size_t count, seen, demanded, empty; /* shown; of all that may be seen: those that must have
					      * records, those of them that lack any */
};

static void shelf_search(struct view *v)
{
	bool is_empty = str_is(http_pair(v->query, "xem"), "trong");

	html(v->w,
		"<form class=\"ask card\" role=\"search\" method=\"get\" action=\"/so\">\n"
		"<div class=\"field wide\"><label for=\"q\">%s</label>\n"
		"<input id=\"q\" name=\"q\" type=\"search\" value=\"%.*s\" autocomplete=\"off\"></div>\n"
		"<div class=\"field\"><label for=\"xem\">%s</label>\n<select id=\"xem\" name=\"xem\">\n",
		tr(v->lang, "Tìm sổ theo tên, nội dung, điều khoản; gõ không dấu cũng được"),
		STR_FMT(http_pair(v->query, "q")), tr(v->lang, "Xem"));
	html_option(v, "", tr(v->lang, "tất cả"), !is_empty);
	html_option(v, "trong", tr(v->lang, "sổ còn trống"), is_empty);
	html(v->w,
		"</select></div>\n<div class=\"field\"><button type=\"submit\">%s</button></div>\n"
		"</form>\n",
		tr(v->lang, "Tìm"));
}

/* Every word asked for, with or without marks, is in what it is called, holds and rests on. */
static bool is_wanted(struct view *v, const struct pack_register *r, bool is_empty)
{
	struct str rest = text_fold(v->a, http_pair(v->query, "q")), word, all = r->id;

	if (str_is(http_pair(v->query, "xem"), "trong") && !is_empty)
		return false;
	all = arena_fmt(v->a, "%.*s %.*s %.*s", STR_FMT(all), STR_FMT(words_of(v, r->title)),
		STR_FMT(words_of(v, r->about)));
	for (size_t i = 0; i < r->clause_count; i++)
		all = arena_fmt(v->a, "%.*s %.*s", STR_FMT(all),
			STR_FMT(clause_cite(r->clauses_are[i], v->lang, v->a)));
	all = text_fold(v->a, all);
	while (str_next_word(&rest, " ", &word))
		if (str_find(all, word) < 0)
			return false;
	return true;
}

static struct shelf seen_registers(
	struct view *v, const struct record_total *totals, size_t total_count)
{
	size_t count = pack_register_count(v->web->packs);
	struct shelf s = { .all = arena_alloc(v->a, (count + 1) * sizeof(void *)) };

	for (size_t i = 0; i < count; i++) {
		const struct pack_register *r = pack_register_at(v->web->packs, i);
		bool is_empty = !r->is_nothing_fine && !total_of(totals, total_count, r->id);

		if (!register_may_see(v, r))
			continue;
		s.seen++;
		s.demanded += !r->is_nothing_fine;
		s.empty += is_empty;
		if (is_wanted(v, r, is_empty))
			s.all[s.count++] = r;
	}
	qsort(s.all, s.count, sizeof(void *), by_law);
	return s;
}

void page_registers(struct view *v)
{
	const char *told;
	struct view_units seen = view_units(v, RIGHT_SEE);
	struct record_total *totals;
	struct shelf shelf;
	size_t count;

	if (record_totals(v->web->store, seen.is_all ? STR_NONE : seen.json, v->a, &totals, &count,
		    v->e) < 0) {
		page_failed(v);
		return;
	}
	shelf = seen_registers(v, totals, count);
	page_start(v, tr(v->lang, "Sổ"));
	told = tr(v->lang, "{n} sổ; Quy chế buộc {buoc} sổ phải có bản ghi và sổ nào cũng đã có.");
	if (shelf.empty)
		told = tr(v->lang,
			"{n} sổ; Quy chế buộc {buoc} sổ phải có bản ghi, trong đó {trong} sổ còn trống.");
	html(v->w, "<p>%s</p>\n",
		fill(v, told, "n", count_text(v, (int64_t)shelf.seen), "buoc",
			count_text(v, (int64_t)shelf.demanded), "trong",
			count_text(v, (int64_t)shelf.empty), NULL));
	shelf_search(v);
	if (!shelf.count) {
		html(v->w, "<p class=\"empty\" role=\"status\">%s</p>\n",
			tr(v->lang, "Không có sổ nào như vậy."));
		page_end(v);
		return;
	}
	html_table_begin(v, tr(v->lang, "Sổ"), "stack figures shelf");
	html_table_head(v, tr(v->lang, "Sổ"));
	html_table_head_number(v, tr(v->lang, "Bản ghi"));
	html_table_head(v, tr(v->lang, "Sửa lần cuối"));
	html_table_head(v, tr(v->lang, "Điều khoản yêu cầu"));
	html_table_rows(v);
	for (size_t i = 0; i < shelf.count; i++)
		register_row(v, shelf.all[i], total_of(totals, count, shelf.all[i]->id));
	html_table_end(v);
	page_end(v);
}

/* --- the bar above a list --------------------------------------------------------------------- */

static const char *asked(struct view *v, const char *name)
{
	return text_of(v, http_pair(v->query, name));
}

static void choice_filter(struct view *v, const struct register_field *f)
{
	const char *name = path_of(v, "l-%.*s", STR_FMT(f->id)), *chosen = asked(v, name);

	html(v->w,
		"<div class=\"field\"><label for=\"%s\">%.*s</label>\n<select id=\"%s\" "
		"name=\"%s\">\n",
		name, STR_FMT(words_of(v, f->title)), name, name);
	html_option(v, "", tr(v->lang, "tất cả"), false);
	if (f->type == REGISTER_YES_NO) {
		html_option(v, "yes", tr(v->lang, "có"), strcmp(chosen, "yes") == 0);
		html_option(v, "no", tr(v->lang, "không"), strcmp(chosen, "no") == 0);
	}
	for (size_t i = 0; i < f->choice_count; i++)
		html_option(v, text_of(v, f->choices[i].id),
			text_of(v, words_of(v, f->choices[i].words)),
			str_is(f->choices[i].id, chosen));
	html_option(v, "-", tr(v->lang, "chưa ghi"), strcmp(chosen, "-") == 0);
	html(v->w, "</select></div>\n");
}

static void range_filter(struct view *v, const struct register_field *f)
{
	const char *low = path_of(v, "l-%.*s-tu", STR_FMT(f->id));
	const char *high = path_of(v, "l-%.*s-den", STR_FMT(f->id));

	html(v->w,
		"<div class=\"field range\"><label for=\"%s\">%.*s %s</label><input id=\"%s\" "
		"name=\"%s\" value=\"%s\">\n<label for=\"%s\">%s</label><input id=\"%s\" name=\"%s\" "
		"value=\"%s\"></div>\n",
		low, STR_FMT(words_of(v, f->title)), tr(v->lang, "từ"), low, low, asked(v, low),
		high, tr(v->lang, "đến"), high, high, asked(v, high));
}

static void filters(struct view *v, const struct register_page *p)
{
	for (size_t i = 0; i < p->at.reg->field_count; i++) {
		const struct register_field *f = p->at.reg->fields[i];

		if (!field_is_seen(p, f))
			continue;
		if (f->type == REGISTER_CHOICE || f->type == REGISTER_CHOICES ||
			f->type == REGISTER_YES_NO)
			choice_filter(v, f);
		else if (f->type == REGISTER_DATE || f->type == REGISTER_NUMBER ||
			f->type == REGISTER_MONEY || f->type == REGISTER_PERCENT)
			range_filter(v, f);
	}
}

static void column_boxes(struct view *v, const struct register_page *p,
	const struct register_field *const *columns, size_t count)
{
	html(v->w, "<fieldset class=\"boxes\"><legend>%s</legend>\n", tr(v->lang, "Cột"));
	for (size_t i = 0; i < p->at.reg->field_count; i++) {
		const struct register_field *f = p->at.reg->fields[i];
		bool is_on = false;

		if (!field_is_seen(p, f) || f->type == REGISTER_FILE)
			continue;
		for (size_t n = 0; n < count; n++)
			is_on |= columns[n] == f;
		html_box(v, "cot", f->id, words_of(v, f->title), is_on);
	}
	html(v->w, "</fieldset>\n");
}

static void search_bar(struct view *v, const struct register_page *p,
	const struct register_field *const *columns, size_t count)
{
	html(v->w,
		"<form method=\"get\" class=\"list-search\">\n<div class=\"search\"><label for=\"tim\">"
		"%s</label><input id=\"tim\" name=\"tim\" type=\"search\" value=\"%s\">"
		"<button type=\"submit\">%s</button></div>\n<details>\n<summary>%s</summary>\n"
		"<div class=\"filters\">\n",
		tr(v->lang, "Tìm; gõ không dấu cũng được"), asked(v, "tim"), tr(v->lang, "Tìm"),
		tr(v->lang, "Lọc, chọn cột, xem bản ghi đã hủy"));
	if (p->seen.count > 1) {
		int64_t unit = 0;

		(void)str_to_i64(http_pair(v->query, "don-vi"), &unit);
		html_unit_select(v,
			&(struct unit_choice){ .name = "don-vi",
				.label = tr(v->lang, "Đơn vị"),
				.first = tr(v->lang, "tất cả"),
				.right = RIGHT_SEE,
				.chosen = unit });
	}
	filters(v, p);
	html(v->w, "</div>\n");
	column_boxes(v, p, columns, count);
	html(v->w, "<p>");
	html_box(v, "da-huy", STR("1"), str_of(tr(v->lang, "Chỉ xem bản ghi đã hủy")),
		str_is(http_pair(v->query, "da-huy"), "1"));
	html(v->w, "</p>\n");
	html(v->w, "<button type=\"submit\">%s</button>\n</details>\n</form>\n",
		tr(v->lang, "Áp dụng"));
}

/* Ways to look at it that this person keeps, and keeping this one. */
static void views(struct view *v, const struct register_page *p)
{
	struct record_view *list;
	size_t count;

	if (record_views(&p->at, v->user.id, &list, &count, v->e) < 0)
		return;
	if (count)
		html(v->w, "<p class=\"filters\">%s", tr(v->lang, "Cách xem đã lưu:"));
	for (size_t i = 0; i < count; i++)
		html(v->w, " <a href=\"/so/%.*s%.*s\">%.*s</a>", STR_FMT(p->at.reg->id),
			STR_FMT(list[i].query), STR_FMT(list[i].name));
	if (count)
		html(v->w, "</p>\n");
	if (!v->rq->query.len || org_reach(v->user.role, RIGHT_ACT) <= PLACE_SELF)
		return;
	html(v->w, "<details><summary>%s</summary>\n", tr(v->lang, "Lưu cách xem này"));
	html_form(v, path_of(v, "/so/%.*s/cach-xem", STR_FMT(p->at.reg->id)), "keep");
	html(v->w, "<input type=\"hidden\" name=\"dia-chi\" value=\"%s\">\n",
		register_link(v, "sau", NULL));
	html_field(v,
		&(struct field){
			.name = "ten-cach-xem", .label = tr(v->lang, "Tên"), .is_required = true });
	html_form_end(v, tr(v->lang, "Lưu"));
	html(v->w, "</details>\n");
}

void page_register_view_post(struct view *v)
{
	struct str query = form_value(v, "dia-chi");
	struct register_page p;

	if (!register_of_path(v, &p))
		return;
	if (query.len && !str_starts(query, "?"))
		page_problem(v, 400);
	else if (record_view_keep(&p.at, v->user.id, form_value(v, "ten-cach-xem"), query, v->e) <
		0)
		page_failed(v);
	else
		redirect(v, path_of(v, "/so/%.*s", STR_FMT(p.at.reg->id)));
}

/* --- the list --------------------------------------------------------------------------------- */

static void column_head(struct view *v, const struct record_query *q,
	const struct register_field *f, struct str name)
{
	bool is_here = str_eq(q->sort.ptr ? q->sort : name, f->id);
	const char *link = text_of(v, f->id);

	html(v->w, "<th scope=\"col\" aria-sort=\"%s\">",
		!is_here           ? "none" :
			q->is_down ? "descending" :
				     "ascending");
	if (f->is_many || f->type == REGISTER_CHOICES || !record_can_filter(f) || q->is_cancelled) {
		html(v->w, "%.*s</th>", STR_FMT(words_of(v, f->title)));
		return;
	}
	html(v->w, "<a href=\"%s%s\">%.*s%s</a></th>", register_link(v, "xep", link),
		is_here && !q->is_down ? "&giam=1" : "", STR_FMT(words_of(v, f->title)),
		!is_here           ? "" :
			q->is_down ? " ↓" :
				     " ↑");
}

static bool may_choose(struct view *v, const struct register_page *p)
{
	return org_reach(v->user.role, RIGHT_ACT) > PLACE_SELF &&
		!str_is(http_pair(v->query, "da-huy"), "1");
}

/* What is done with the rows that are chosen below, or with all of the filter. */
static void bulk_form(struct view *v, const struct register_page *p)
{
	html(v->w,
		"<form id=\"nhieu\" method=\"get\" class=\"bulk\" action=\"/so/%.*s/sua-nhieu\">\n",
		STR_FMT(p->at.reg->id));
	for (size_t i = 0; i < v->query.count; i++) {
		const struct http_pair *x = &v->query.at[i];

		if (x->value.len && !str_is(x->name, "sau") && !str_is(x->name, "sau-so") &&
			!str_is(x->name, "chon") && !str_is(x->name, "bao"))
			html(v->w, "<input type=\"hidden\" name=\"%.*s\" value=\"%.*s\">\n",
				STR_FMT(x->name), STR_FMT(x->value));
	}
	html(v->w,
		"<button type=\"submit\" class=\"plain\">%s</button>\n<button type=\"submit\" "
		"class=\"plain\" name=\"tat-ca\" value=\"1\">%s</button>\n</form>\n",
		tr(v->lang, "Sửa các dòng đã chọn"), tr(v->lang, "Sửa mọi dòng của bộ lọc"));
}

static void row(struct view *v, const struct register_page *p, const struct record *r,
	const struct record_names *names, const struct register_field *const *columns)
{
	html(v->w, "<tr>");
	if (may_choose(v, p))
		html(v->w,
			"<td class=\"choose\"><input type=\"checkbox\" form=\"nhieu\" name=\"chon\" "
			"value=\"%lld\" aria-label=\"%s %.*s\"></td>",
			(long long)r->id, tr(v->lang, "Chọn"), STR_FMT(r->title));
	for (size_t i = 0; columns[i]; i++) {
		struct str text = record_field_words(&p->at, v->lang, names, columns[i], r->body);

		if (str_eq(columns[i]->id, p->at.reg->name))
			html(v->w, "<th scope=\"row\"><a href=\"/ban-ghi/%lld\">%.*s</a></th>",
				(long long)r->id, STR_FMT(text));
		else
			html_table_cell(v, text_of(v, words_of(v, columns[i]->title)),
				text_of(v, text_clean(v->a, text, 300)));
	}
	if (p->seen.count > 1)
		html(v->w, "<td>%.*s</td>", STR_FMT(unit_name(v, r->unit_id)));
	html(v->w, "</tr>\n");
}

static void table(struct view *v, const struct register_page *p, const struct record_query *q,
	const struct record_page *page, const struct register_field *const *columns)
{
	struct record_names *names = NULL;
	bool has_chosen = http_pair(v->query, "cot").ptr != NULL;

	if (record_names(&p->at, page->at, page->count, &names, v->e) < 0)
		names = NULL; /* numbers are shown instead */
	html_table_begin(v, text_of(v, words_of(v, p->at.reg->title)),
		has_chosen ? "stack rows flowing" : "stack rows flowing few");
	if (may_choose(v, p))
		html(v->w, "<th scope=\"col\"><span class=\"hidden\">%s</span></th>",
			tr(v->lang, "Chọn"));
	for (size_t i = 0; columns[i]; i++)
		column_head(v, q, columns[i], p->at.reg->name);
	if (p->seen.count > 1)
		html_table_head(v, tr(v->lang, "Đơn vị"));
	html_table_rows(v);
	for (size_t i = 0; i < page->count; i++)
		row(v, p, &page->at[i], names, columns);
	html_table_end(v);
	if (page->has_more)
		html(v->w, "<p class=\"pages\"><a class=\"button plain\" href=\"%s\">%s</a></p>\n",
			path_of(v, "%s&sau-so=%lld",
				register_link(v, "sau", text_of(v, page->next_key)),
				(long long)page->next_id),
			tr(v->lang, "Trang sau"));
}

static void head(struct view *v, const struct register_page *p)
{
	const struct pack_register *r = p->at.reg;

	html(v->w, "<p>%.*s</p>\n<p class=\"soft\">%s ", STR_FMT(words_of(v, r->about)),
		tr(v->lang, "Điều khoản yêu cầu:"));
	clauses(v, r);
	html(v->w, "</p>\n");
	if (org_reach(v->user.role, RIGHT_ACT) > PLACE_SELF)
		html(v->w,
			"<p><a class=\"button\" href=\"/so/%.*s/moi\">%s</a> <a class=\"button plain\" "
			"href=\"/so/%.*s/nhap\">%s</a></p>\n",
			STR_FMT(r->id), tr(v->lang, "Thêm bản ghi"), STR_FMT(r->id),
			tr(v->lang, "Nhập từ bảng"));
}

static void count_line(struct view *v, int64_t count, bool is_more)
{
	const char *words = is_more ? tr(v->lang, "Hơn {n} bản ghi") : tr(v->lang, "{n} bản ghi");

	html(v->w, "<p role=\"status\">%s</p>\n", fill(v, words, "n", count_text(v, count), NULL));
}

/* What can be taken away of what is shown. */
static void takings(struct view *v, const struct register_page *p)
{
	const char *id = text_of(v, p->at.reg->id);

	html(v->w,
		"<p class=\"export\"><a href=\"/so/%s/xuat%s\">CSV</a> · <a href=\"/so/%s/xuat%s\">XLSX</a> · "
		"<a href=\"/so/%s/in%s\">%s</a></p>\n",
		id, register_link(v, "dang", "csv"), id, register_link(v, "dang", "xlsx"), id,
		register_link(v, "sau", NULL), tr(v->lang, "Bản in"));
}

static bool is_narrowed(const struct record_query *q)
{
	return q->text.len || q->filter_count || q->is_cancelled;
}

/* How many there are. Of a search with further pages only that there are more: to count what was
 * not asked for would cost as much again as the page. */
static int count_shown(struct view *v, const struct register_page *p, const struct record_query *q,
	const struct record_page *page, int64_t *ret)
{
	*ret = (int64_t)page->count;
	if (!page->has_more || is_narrowed(q))
		return 0;
	return record_count(&p->at, q, COUNTED_MAX, ret, v->e);
}

void page_register(struct view *v)
{
	const struct register_field *columns[REGISTER_COLUMNS_MAX + 1] = { NULL };
	struct register_page p;
	struct record_query q;
	struct record_page page;
	int64_t count;
	size_t shown;

	if (!register_of_path(v, &p))
		return;
	q = register_query(v, &p);
	shown = register_columns(v, &p, columns, REGISTER_COLUMNS_MAX);
	if (record_list(&p.at, &q, &page, v->e) < 0 || count_shown(v, &p, &q, &page, &count) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, text_of(v, words_of(v, p.at.reg->title)));
	html_back(v, "/so", tr(v->lang, "Sổ"));
	head(v, &p);
	search_bar(v, &p, columns, shown);
	views(v, &p);
	if (count == 0 && is_narrowed(&q))
		html(v->w,
			"<p class=\"empty\" role=\"status\">%s <a href=\"/so/%.*s\">%s</a></p>\n",
			tr(v->lang, "Không có bản ghi nào như vậy."), STR_FMT(p.at.reg->id),
			tr(v->lang, "Xem tất cả"));
	else if (count == 0)
		html_register_empty(v, &p);
	else
		count_line(v, count, count == COUNTED_MAX || (page.has_more && is_narrowed(&q)));
	if (count > 0) {
		takings(v, &p);
		if (may_choose(v, &p))
			bulk_form(v, &p);
		table(v, &p, &q, &page, columns);
	}
	page_end(v);
}
