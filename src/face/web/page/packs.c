/* packs.c - the packs in force, where they come from and how sure that is; and the guide. */
#include "face/web/web_int.h"

static void dates(struct view *v, const struct pack *p)
{
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];

	html(v->w, "%s %s", tr(v->lang, "từ"), date_people(p->from, from));
	if (p->has_to)
		html(v->w, " %s %s", tr(v->lang, "đến"), date_people(p->to, to));
}

static void transitions(struct view *v, const struct pack *p)
{
	char from[CLOCK_TEXT_MAX];

	if (p->transition_count == 0)
		return;
	html(v->w, "<h3>%s</h3>\n<ul>\n", tr(v->lang, "Chuyển tiếp"));
	for (size_t i = 0; i < p->transition_count; i++)
		html(v->w, "<li>%s %.*s</li>\n",
			p->transitions[i].has_from ? date_people(p->transitions[i].from, from) : "",
			STR_FMT(words_of(v, p->transitions[i].note)));
	html(v->w, "</ul>\n");
}

/* What there is of it, and not what there is none of. */
static const char *contents(struct view *v, const struct pack *p)
{
	const struct {
		size_t count;
		const char *words;
	} kinds[] = { { p->clause_count, T("{n} câu của văn bản") },
		{ p->obligation_count, T("{n} nghĩa vụ") },
		{ p->param_count, T("{n} ngưỡng và thời hạn") },
		{ p->register_count, T("{n} sổ") } };
	const char *all = "";

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].count)
			all = path_of(v, "%s%s%s", all, *all ? ", " : "",
				fill(v, tr(v->lang, kinds[i].words), "n",
					count_text(v, (int64_t)kinds[i].count), NULL));
	return all;
}

static void pack_box(struct view *v, const struct pack *p)
{
	bool is_live = pack_in_force(p, date_at(v->by.now_s));

	html(v->w,
		"<section id=\"%.*s\">\n<h2>%.*s</h2>\n<p>%.*s</p>\n<dl class=\"facts\">\n"
		"<div><dt>%s</dt><dd><code>%.*s</code></dd></div>\n<div><dt>%s</dt><dd>",
		STR_FMT(p->id),
		STR_FMT(words_of(v, p->short_title.vi.len ? p->short_title : p->title)),
		STR_FMT(words_of(v, p->title)), tr(v->lang, "Mã gói"), STR_FMT(p->id),
		tr(v->lang, "Hiệu lực"));
	dates(v, p);
	html(v->w,
		" (%s)</dd></div>\n<div><dt>%s</dt><dd>%s</dd></div>\n<div><dt>%s</dt><dd>%s</dd>"
		"</div>\n</dl>\n",
		is_live ? tr(v->lang, "đang áp dụng") : tr(v->lang, "không áp dụng"),
		tr(v->lang, "Độ tin cậy của nguồn"), tr(v->lang, sure_words(p->sure)),
		tr(v->lang, "Trong gói"), contents(v, p));
	if (words_of(v, p->source_note).len)
		html(v->w, "<p class=\"soft\">%.*s</p>\n", STR_FMT(words_of(v, p->source_note)));
	transitions(v, p);
	html(v->w, "</section>\n");
}

void page_packs(struct view *v)
{
	page_start(v, tr(v->lang, "Các gói quy định"));
	html_back(v, "/quy-che", tr(v->lang, "Quy chế"));
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Chương trình không tự đặt ra con số nào: mọi câu chữ, ngưỡng và "
			"thời hạn đều lấy từ các gói dưới đây."));
	for (size_t i = 0; i < pack_count(v->web->packs); i++)
		pack_box(v, pack_at(v->web->packs, i));
	html(v->w, "<p class=\"export\"><a href=\"/goi.csv\">%s</a></p>\n",
		tr(v->lang, "Tải danh sách này (CSV)"));
	page_end(v);
}

void page_packs_csv(struct view *v)
{
	char text[CLOCK_TEXT_MAX];

	csv_page(v, "goi.csv");
	csv_words(v, T("Mã gói"));
	csv_words(v, T("Tên"));
	csv_words(v, T("Hiệu lực từ"));
	csv_words(v, T("Độ tin cậy của nguồn"));
	csv_words(v, T("Nghĩa vụ"));
	csv_end_row(v->w);
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		csv_cell(v->w, p->id);
		csv_cell(v->w, words_of(v, p->title));
		csv_text(v, date_people(p->from, text));
		csv_words(v, sure_words(p->sure));
		csv_i64(v->w, (int64_t)p->obligation_count);
		csv_end_row(v->w);
	}
}

/* --- the guide -------------------------------------------------------------------------------- */

static void spans(struct view *v, const struct guide_span *s)
{
	for (; s->text; s++) {
		switch (s->kind) {
		case GUIDE_TEXT:
			html(v->w, "%s", s->text);
			break;
		case GUIDE_BOLD:
			html(v->w, "<strong>%s</strong>", s->text);
			break;
		case GUIDE_EM:
			html(v->w, "<em>%s</em>", s->text);
			break;
		case GUIDE_CODE:
			html(v->w, "<code>%s</code>", s->text);
			break;
		case GUIDE_LINK:
			html(v->w, "<a href=\"%s\">%s</a>", s->to, s->text);
			break;
		}
	}
}

/* One block; a list begins and ends where its neighbours are of another kind. */
static void block(struct view *v, const struct guide_page *p, size_t i)
{
	const struct guide_block *b = &p->blocks[i];
	bool is_first = i == 0 || b[-1].kind != b->kind,
	     is_last = i + 1 == p->block_count || b[1].kind != b->kind;

	if (is_first && b->kind == GUIDE_LI)
		html(v->w, "<ul>\n");
	if (is_first && b->kind == GUIDE_STEP)
		html(v->w, "<ol>\n");
	switch (b->kind) {
	case GUIDE_H2:
		html(v->w, "<h2>");
		break;
	case GUIDE_H3:
		html(v->w, "<h3>");
		break;
	case GUIDE_P:
		html(v->w, "<p>");
		break;
	case GUIDE_PRE:
		html(v->w, "<pre>");
		break;
	case GUIDE_LI:
	case GUIDE_STEP:
		html(v->w, "<li>");
		break;
	}
	spans(v, b->spans);
	switch (b->kind) {
	case GUIDE_H2:
		html(v->w, "</h2>\n");
		break;
	case GUIDE_H3:
		html(v->w, "</h3>\n");
		break;
	case GUIDE_P:
		html(v->w, "</p>\n");
		break;
	case GUIDE_PRE:
		html(v->w, "</pre>\n");
		break;
	case GUIDE_LI:
	case GUIDE_STEP:
		html(v->w, "</li>\n");
		break;
	}
	if (is_last && b->kind == GUIDE_LI)
		html(v->w, "</ul>\n");
	if (is_last && b->kind == GUIDE_STEP)
		html(v->w, "</ol>\n");
}

static const struct guide_page *guide_named(enum lang lang, struct str slug)
{
	for (size_t i = 0; i < guide_page_count; i++) {
		if (guide_pages[i].lang == lang && (!slug.ptr || str_is(slug, guide_pages[i].slug)))
			return &guide_pages[i];
	}
	return NULL;
}

void page_guide(struct view *v)
{
	const struct guide_page *p = guide_named(v->lang, v->args[0]);

	if (!p) {
		page_problem(v, 404);
		return;
	}
	page_start(v, p->title);
	html(v->w, "<div class=\"guide\">\n<nav class=\"tree\" aria-label=\"%s\">\n<ul>\n",
		tr(v->lang, "Các mục hướng dẫn"));
	for (size_t i = 0; i < guide_page_count; i++) {
		if (guide_pages[i].lang != v->lang)
			continue;
		html(v->w, "<li><a href=\"/huong-dan/%s\"", guide_pages[i].slug);
		if (&guide_pages[i] == p)
			html(v->w, " aria-current=\"true\"");
		html(v->w, ">%s</a></li>\n", guide_pages[i].title);
	}
	html(v->w, "</ul>\n</nav>\n<div class=\"prose\">\n");
	for (size_t i = 0; i < p->block_count; i++)
		block(v, p, i);
	html(v->w, "</div>\n</div>\n");
	page_end(v);
}
