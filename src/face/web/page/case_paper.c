/* case_paper.c - a paper of a case: the parts that its kind has, by the pack, in the places where
 * papers of the State have them. */
#include "face/web/flow_int.h"

struct paper {
	struct view *v;
	struct flow_case c;
	struct flow_history h;
	const struct flow *f;
	const struct flow_paper *p;
	const struct paper_kind *kind;
	size_t articles; /* printed so far */
};

bool case_has_paper(const struct flow *f, const struct flow_history *h, struct str id)
{
	for (size_t i = 0; i < h->step_count; i++) {
		const struct flow_move *m = flow_move_of(f, h->steps[i].move);

		for (size_t n = 0; m && n < m->paper_count; n++)
			if (str_eq(m->papers[n], id))
				return true;
	}
	return false;
}

const char *case_paper_title(struct view *v, const struct flow_paper *p)
{
	const struct paper_kind *kind = pack_paper_kind(v->web->packs, p->kind);

	return kind ? path_of(v, "%.*s: %.*s", STR_FMT(words_of(v, kind->name)),
			      STR_FMT(words_of(v, p->title))) :
		      text_of(v, words_of(v, p->title));
}

/* What is no field of the case: {about}, {last}. */
static bool fill_own(void *context, struct str name, struct str *ret_value)
{
	const struct paper *x = context;

	if (str_is(name, "about"))
		*ret_value = x->c.title;
	else if (str_is(name, "last"))
		*ret_value = str_of(number_text(x->v, (int64_t)x->articles));
	else
		return false;
	return true;
}

static struct str filled(struct paper *x, struct str line)
{
	struct flow_reader r = view_flow_reader(x->v);
	struct words same = { .vi = text_fill(x->v->a, line, fill_own, x) };

	same.en = same.vi;
	return flow_fill(&r, x->f, &x->h, same);
}

static bool has(const struct paper *x, enum paper_part part)
{
	return paper_has(x->kind, part);
}

/* --- the head --------------------------------------------------------------------------------- */

static struct str value(const struct paper *x, struct str field)
{
	return field.ptr ? flow_value_of(&x->h, field) : STR("");
}

static void number(struct paper *x)
{
	struct str given = value(x, x->p->number);
	struct view *v = x->v;

	html(v->w, "<p class=\"part-number\">%s ", tr(v->lang, "Số:"));
	if (given.len)
		html(v->w, "%.*s</p>\n", STR_FMT(given));
	else if (x->kind->symbol.ptr)
		html(v->w, "........../%.*s-..........</p>\n", STR_FMT(x->kind->symbol));
	else
		html(v->w, "........../....................</p>\n");
}

/* The day in words as papers have it; dots for the clerk where none is known. */
static void place_and_day(struct paper *x)
{
	struct str day = value(x, x->p->day);
	struct view *v = x->v;
	struct date d;

	html(v->w, "<p class=\"part-place\"><em>");
	if (day.len >= 10 && date_parse((struct str){ day.ptr, 10 }, &d))
		html(v->w, "....................., %s",
			fill(v, tr(v->lang, "ngày {d} tháng {m} năm {y}"), "d",
				path_of(v, "%02d", d.day), "m",
				path_of(v, d.month < 3 ? "%02d" : "%d", d.month), "y",
				path_of(v, "%d", d.year), NULL));
	else
		html(v->w, "%s",
			tr(v->lang,
				"....................., ngày ...... tháng ...... năm .........."));
	html(v->w, "</em></p>\n");
}

static void issuer(struct paper *x)
{
	const struct org_tree *tree = view_tree(x->v);
	const struct org_unit *unit = org_unit_by_id(tree, x->c.unit_id);
	const struct org_unit *above = unit ? org_unit_by_id(tree, unit->parent_id) : NULL;

	html(x->v->w, "<p class=\"part-issuer\">");
	if (above)
		html(x->v->w, "%.*s<br>", STR_FMT(above->name));
	html(x->v->w, "<strong>%.*s</strong></p>\n", STR_FMT(unit_name(x->v, x->c.unit_id)));
}

static void head(struct paper *x)
{
	struct view *v = x->v;

	html(v->w, "<div class=\"paper-head\">\n<div>\n");
	if (has(x, PAPER_ISSUER))
		issuer(x);
	if (has(x, PAPER_NUMBER))
		number(x);
	if (has(x, PAPER_SUBJECT))
		html(v->w, "<p class=\"part-subject\">%s %.*s</p>\n", tr(v->lang, "V/v"),
			STR_FMT(filled(x, words_of(v, x->p->title))));
	html(v->w, "</div>\n<div>\n");
	if (has(x, PAPER_MOTTO))
		html(v->w, "<p class=\"part-motto\"><strong>%s<br><span>%s</span></strong></p>\n",
			tr(v->lang, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
			tr(v->lang, "Độc lập - Tự do - Hạnh phúc"));
	if (has(x, PAPER_PLACE))
		place_and_day(x);
	html(v->w, "</div>\n</div>\n");
}

/* --- the body --------------------------------------------------------------------------------- */

/* "THỦ TRƯỞNG ĐƠN VỊ", the first line of who signs. */
static struct str signs_as(struct paper *x)
{
	struct str text = words_of(x->v, x->p->signer.vi.ptr ? x->p->signer : x->kind->signer);
	struct str line = STR("");

	(void)str_next_line(&text, &line);
	return line;
}

static void title(struct paper *x)
{
	struct view *v = x->v;

	html(v->w, "<h2 class=\"part-title\">%.*s<br><span>%.*s</span></h2>\n",
		STR_FMT(words_of(v, x->kind->name)), STR_FMT(filled(x, words_of(v, x->p->title))));
}

static void grounds(struct paper *x)
{
	struct view *v = x->v;
	struct str text = words_of(v, x->p->grounds), line;

	html(v->w, "<div class=\"part-grounds\">\n<p class=\"decides\">%.*s</p>\n",
		STR_FMT(signs_as(x)));
	while (str_next_line(&text, &line))
		if (line.len)
			html(v->w, "<p><em>%.*s</em></p>\n", STR_FMT(filled(x, line)));
	html(v->w, "</div>\n");
	if (x->kind->decides.vi.ptr)
		html(v->w, "<p class=\"decides\">%.*s</p>\n",
			STR_FMT(words_of(v, x->kind->decides)));
}

/* A line of the pack is a paragraph, or an article; a value with lines of its own goes on below. */
static void body(struct paper *x)
{
	struct view *v = x->v;
	struct str text = words_of(v, x->p->text), line, part;
	bool is_article = has(x, PAPER_ARTICLES);

	html(v->w, "<div class=\"%s\">\n", is_article ? "part-articles" : "part-text");
	while (str_next_line(&text, &line)) {
		struct str rest = line.len ? filled(x, line) : STR("");
		bool is_first = is_article && rest.len > 0;

		while (str_next_line(&rest, &part)) {
			html(v->w, "<p>");
			if (is_first)
				html(v->w, "<strong>%s %s.</strong> ", tr(v->lang, "Điều"),
					number_text(v, (int64_t)++x->articles));
			html(v->w, "%.*s</p>\n", STR_FMT(part));
			is_first = false;
		}
	}
	html(v->w, "</div>\n");
}

static void sent_to(struct paper *x)
{
	struct view *v = x->v;

	html(v->w, "<p class=\"part-to\">%s %.*s</p>\n", tr(v->lang, "Kính gửi:"),
		STR_FMT(filled(x, words_of(v, x->p->to))));
}

/* --- the end ---------------------------------------------------------------------------------- */

static void place_to_sign(struct paper *x, const char *part, struct words words)
{
	struct str text = words_of(x->v, words), line = STR("");

	(void)str_next_line(&text, &line);
	html(x->v->w, "<p class=\"%s\"><strong>%.*s</strong>", part, STR_FMT(line));
	while (str_next_line(&text, &line))
		html(x->v->w, "<br><em>%.*s</em>", STR_FMT(line));
	html(x->v->w, "</p>\n");
}

static void copies(struct paper *x)
{
	struct view *v = x->v;
	struct str text = words_of(v, x->p->copies.vi.ptr ? x->p->copies : x->kind->copies), line;

	html(v->w, "<p class=\"copies part-copies\"><strong><em>%s</em></strong>",
		tr(v->lang, "Nơi nhận:"));
	while (str_next_line(&text, &line))
		html(v->w, "<br>- %.*s", STR_FMT(filled(x, line)));
	html(v->w, "</p>\n");
}

static void end(struct paper *x)
{
	const struct flow_paper *p = x->p;
	bool is_both = has(x, PAPER_DRAFTER);

	html(x->v->w, "<div class=\"signs\">\n");
	if (is_both)
		place_to_sign(x, "part-drafter", p->drafter.vi.ptr ? p->drafter : x->kind->drafter);
	else if (has(x, PAPER_COPIES))
		copies(x);
	if (has(x, PAPER_SIGNER))
		place_to_sign(x, "part-signer", p->signer.vi.ptr ? p->signer : x->kind->signer);
	html(x->v->w, "</div>\n");
	if (is_both && has(x, PAPER_COPIES))
		copies(x);
}

/* Whence it is, for whoever files it; no part of the paper itself. */
static void origin(struct paper *x)
{
	struct view *v = x->v;

	html(v->w, "<p class=\"soft origin\">%s ", tr(v->lang, "Căn cứ quy định:"));
	html_clauses(v, x->f->pack, x->f->clauses, x->f->clause_count);
	html(v->w, ". %s %lld, %s %s.</p>\n", tr(v->lang, "Hồ sơ số"), (long long)x->c.id,
		tr(v->lang, "in lúc"), time_text(v, v->by.now_s));
}

static void show(struct paper *x)
{
	struct view *v = x->v;

	page_start(v, case_paper_title(v, x->p));
	html_back(v, path_of(v, "/ho-so/%lld", (long long)x->c.id), text_of(v, x->c.title));
	html(v->w, "<section class=\"sheet paper\">\n");
	head(x);
	if (has(x, PAPER_TITLE))
		title(x);
	if (has(x, PAPER_TO))
		sent_to(x);
	if (has(x, PAPER_GROUNDS))
		grounds(x);
	body(x);
	if (x->h.task_count)
		html_case_tasks(v, x->f, &x->h);
	end(x);
	origin(x);
	html(v->w, "</section>\n");
	page_end(v);
}

void page_case_paper(struct view *v)
{
	struct paper x = { .v = v };

	if (case_of_address(v, &x.c, &x.f, &x.h) < 0) {
		page_failed(v);
		return;
	}
	for (size_t i = 0; i < x.f->paper_count; i++)
		if (str_eq(x.f->papers[i].id, v->args[1]) &&
			case_has_paper(x.f, &x.h, x.f->papers[i].id))
			x.p = &x.f->papers[i];
	x.kind = x.p ? pack_paper_kind(v->web->packs, x.p->kind) : NULL;
	if (x.kind)
		show(&x);
	else
		page_problem(v, 404);
}
