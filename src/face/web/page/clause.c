/* clause.c - Quy chế: the text left, what it asks of us and where that stands right. */
#include "face/web/standing.h"

/* Beside the text: where the visitor's unit stands, and what the machine at hand has. */
struct reading {
	struct standing standing;
	struct facts facts;
};

static int load(struct view *v, struct reading *ret)
{
	int rc = standing_load(v, &ret->standing, v->e);

	return rc < 0 ? rc : facts_here(v, &ret->facts, v->e);
}

/* --- the tree --------------------------------------------------------------------------------- */

/* The heading of the articles that follow, where C is a chapter. */
static void chapter(struct view *v, const struct clause *c)
{
	if (c->kind == CLAUSE_CHUONG)
		html(v->w, "<li class=\"chuong\" lang=\"vi\">%.*s %.*s</li>\n", STR_FMT(c->label),
			STR_FMT(c->title));
}

static void tree(
	struct view *v, const struct standing *st, const struct pack *p, const struct clause *here)
{
	html(v->w,
		"<nav class=\"tree\" aria-label=\"%s\">\n<details open>\n<summary>%.*s</summary>\n<ul>\n",
		tr(v->lang, "Các điều"), STR_FMT(words_of(v, p->short_title)));
	for (size_t i = 0; i < p->clause_count; i++) {
		const struct clause *c = &p->clauses[i];
		enum verdict worst;
		size_t count;

		chapter(v, c);
		if (c->kind != CLAUSE_DIEU)
			continue;
		html(v->w, "<li><a href=\"%s\"", clause_path(v, c));
		if (c == here)
			html(v->w, " aria-current=\"true\"");
		html(v->w, ">");
		worst = standing_article(st, c, &count);
		if (count)
			html(v->w, "<span class=\"dot %s\" aria-hidden=\"true\">%s</span> ",
				verdict_name(worst), verdict_shapes[worst]);
		html(v->w, "<span lang=\"vi\">%.*s %.*s</span></a></li>\n", STR_FMT(c->label),
			STR_FMT(c->title));
	}
	html(v->w, "</ul>\n</details>\n</nav>\n");
}

void html_search(struct view *v, struct str q)
{
	html(v->w,
		"<form method=\"get\" action=\"/tim\" class=\"search\" role=\"search\">\n"
		"<label for=\"q\">%s</label>\n<input id=\"q\" name=\"q\" type=\"search\" value=\"%.*s\">\n"
		"<button type=\"submit\">%s</button>\n</form>\n",
		tr(v->lang, "Tìm trong Quy chế và nghĩa vụ; gõ không dấu cũng được"), STR_FMT(q),
		tr(v->lang, "Tìm"));
}

void html_verdict_filter(struct view *v)
{
	struct str chosen = http_pair(v->query, "ket-qua");

	html(v->w, "<p class=\"filters\">%s ", tr(v->lang, "Lọc theo kết quả:"));
	for (int i = 0; i < VERDICT_COUNT; i++) {
		const char *name = verdict_name((enum verdict)i);

		html(v->w, "<a href=\"/tim?ket-qua=%s\"", name);
		if (str_is(chosen, name))
			html(v->w, " aria-current=\"true\"");
		html(v->w, ">");
		html_verdict(v, (enum verdict)i);
		html(v->w, "</a> ");
	}
	html(v->w, "</p>\n");
}

/* --- an obligation ---------------------------------------------------------------------------- */

static void who(struct view *v, const struct obligation *o)
{
	html(v->w, "<p class=\"who\">");
	for (size_t i = 0; i < o->who_count; i++) {
		const struct role *role = pack_role(v->web->packs, o->who[i]);
		struct str name = role ? words_of(v, role->title) : o->who[i];

		html(v->w, "<span class=\"person%s\">%s %.*s</span> ", i == 0 ? " first" : "",
			i == 0 ? tr(v->lang, "Chịu trách nhiệm:") : tr(v->lang, "Thực hiện:"),
			STR_FMT(name));
	}
	html(v->w, "</p>\n");
}

/* "12 tháng", "WPA2, WPA3". */
static const char *value_text(struct view *v, const struct param_value *value)
{
	const char *unit = pack_unit_words(value->param->unit, v->lang);

	return text_of(v,
		arena_fmt(v->a, "%.*s%s%s", STR_FMT(pack_value_words(value, v->lang, v->a)),
			*unit ? " " : "", unit));
}

/* Where a bound stands: "khoản 3 Điều 8, Quy chế Tây Sơn". */
static const char *bound_source(struct view *v, const struct param_value *value)
{
	return text_of(v,
		arena_fmt(v->a, "%s, %.*s", cite_text(v, value),
			STR_FMT(words_of(v, value->param->pack->short_title))));
}

static void param_line(struct view *v, const struct facts *f, struct str id)
{
	struct param_ruling r =
		pack_param(v->web->packs, id, f->host.level, date_at(v->by.now_s), v->a);

	if (!r.winner)
		return;
	html(v->w, "<li>%.*s: <strong>%s</strong> (%s",
		STR_FMT(words_of(v, r.winner->param->title)), value_text(v, r.winner),
		bound_source(v, r.winner));
	if (r.winner->force == FORCE_DEFAULT)
		html(v->w, ", %s", tr(v->lang, "giá trị do Khiên đề nghị"));
	else if (r.winner->force == FORCE_ADVICE)
		html(v->w, ", %s", tr(v->lang, "khuyến nghị"));
	html(v->w, ")");
	for (size_t i = 0; i < r.loser_count && i < 4; i++)
		html(v->w, "; %s %s (%s)", tr(v->lang, "không chặt hơn:"),
			value_text(v, r.losers[i]), bound_source(v, r.losers[i]));
	html(v->w, "</li>\n");
}

static const char *by_words(enum proof_by by)
{
	static const char *const words[] = {
		[BY_CHECK] = T("Phép kiểm máy"),
		[BY_REGISTER] = T("Sổ"),
		[BY_FLOW] = T("Quy trình"),
		[BY_DOCUMENT] = T("Văn bản"),
		[BY_ATTEST] = T("Xác nhận"),
		[BY_DUTY] = T("Việc định kỳ"),
		[BY_ARCHIVE] = T("Kho nhật ký"),
	};

	return words[by];
}

static void proof(struct view *v, const struct facts *f, const struct comply_proof *p)
{
	const struct proof *asked = p->asked;
	const struct check *check =
		asked->by == BY_CHECK ? pack_check(v->web->packs, asked->check) : NULL;

	html(v->w, "<li>%s: ", tr(v->lang, by_words(asked->by)));
	if (check && check->is_live)
		html(v->w, "<a href=\"/may/%lld/%.*s\">%.*s</a>", (long long)f->host.id,
			STR_FMT(url_piece(check->id, v->a)), STR_FMT(words_of(v, check->title)));
	else if (check)
		html(v->w, "%.*s", STR_FMT(words_of(v, check->title)));
	else
		html(v->w, "%.*s", STR_FMT(words_of(v, asked->what)));
	if (check) /* what people bring is weighed unit by unit, not here */
		html(v->w, " – <strong>%s</strong>", tr(v->lang, proof_words(p->state)));
	if (check && p->at_s)
		html(v->w, " <span class=\"soft\">(%s)</span>", time_text(v, p->at_s));
	html(v->w, "</li>\n");
}

/* "Máy vm: đạt" */
static void machine(struct view *v, const struct facts *f, const struct comply_verdict *cv)
{
	html(v->w, "<p>%s <a href=\"/may/%lld\">%.*s</a>: ", tr(v->lang, "Máy"),
		(long long)f->host.id, STR_FMT(f->host.name));
	html_verdict(v, cv->verdict);
	if (cv->exception)
		html(v->w, " %s %s", tr(v->lang, "đến"), time_text(v, cv->exception->until_s));
	if (cv->why && *cv->why)
		html(v->w, " <span class=\"soft\">%s</span>", tr(v->lang, cv->why));
	html(v->w, "</p>\n");
}

static void duty_details(struct view *v, const struct facts *f, const struct comply_verdict *cv,
	const struct obligation *o)
{
	struct str software = words_of(v, o->software), trigger = words_of(v, o->trigger);

	html(v->w, "<details>\n<summary>%s<span class=\"hidden\"> %.*s</span></summary>\n",
		tr(v->lang, "Bằng chứng và cách chứng minh"), STR_FMT(words_of(v, o->title)));
	if (trigger.len)
		html(v->w, "<p>%s %.*s</p>\n", tr(v->lang, "Khi nào:"), STR_FMT(trigger));
	html(v->w, "<ul class=\"proofs\">\n");
	for (size_t i = 0; i < o->param_count; i++)
		param_line(v, f, o->params[i]);
	for (size_t i = 0; cv && i < cv->proof_count; i++)
		proof(v, f, &cv->proofs[i]);
	html(v->w, "</ul>\n");
	if (software.len)
		html(v->w, "<p class=\"soft\">%.*s</p>\n", STR_FMT(software));
	html(v->w, "</details>\n");
}

static void duty(struct view *v, const struct reading *r, const struct obligation *o)
{
	const struct facts *f = &r->facts;
	const struct comply_verdict *cv = facts_verdict(f, o);
	enum verdict verdict;

	html(v->w,
		"<article class=\"duty\" id=\"nv-%.*s\">\n<h3><span class=\"id\" lang=\"vi\">%.*s</span> %.*s</h3>\n",
		STR_FMT(url_piece(o->id, v->a)), STR_FMT(clause_cite(o->clause, LANG_VI, v->a)),
		STR_FMT(words_of(v, o->title)));
	if (standing_verdict(&r->standing, o, &verdict)) {
		html(v->w, "<p>");
		html_verdict(v, verdict);
		html(v->w, " <a href=\"%s\">%s<span class=\"hidden\">: %.*s</span></a></p>\n",
			result_path(v, r->standing.unit->id, o),
			tr(v->lang, "Xem từng đối tượng và bằng chứng"),
			STR_FMT(words_of(v, o->title)));
	} else if (o->kind == KIND_DATA) {
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang, "Dòng phân loại, không có kết quả riêng."));
	}
	if (f->host.id && cv && cv->is_about_host)
		machine(v, f, cv);
	who(v, o);
	duty_details(v, f, cv, o);
	html(v->w, "</article>\n");
}

/* --- the text --------------------------------------------------------------------------------- */

static void defects(struct view *v, const struct clause *c)
{
	const struct pack *p = c->pack;

	for (size_t i = 0; i < p->defect_count; i++) {
		if (!str_eq(p->defects[i].clause, c->id))
			continue;
		html(v->w,
			"<p class=\"defect\"><strong>%s</strong> <span lang=\"vi\">“%.*s”</span>"
			" – %.*s</p>\n",
			tr(v->lang, "Lỗi của bản gốc:"), STR_FMT(p->defects[i].quote),
			STR_FMT(words_of(v, p->defects[i].note)));
	}
}

static void clause_text(struct view *v, const struct clause *c)
{
	html(v->w, "<div class=\"text\" lang=\"vi\">");
	if (c->kind == CLAUSE_DIEU)
		html(v->w, "<h2>%.*s %.*s</h2>", STR_FMT(c->label), STR_FMT(c->title));
	if (c->text.len)
		html(v->w, "<p><a class=\"label\" href=\"#%.*s\">%.*s</a> %.*s</p>",
			STR_FMT(url_piece(c->id, v->a)),
			STR_FMT(c->kind == CLAUSE_DIEU || !c->label.len ?
					clause_cite(c, LANG_VI, v->a) :
					c->label),
			STR_FMT(c->text));
	html(v->w, "</div>\n");
	defects(v, c);
}

static const char *clause_class(const struct clause *c)
{
	static const char *const names[] = { "chuong", "dieu", "khoan", "diem", "doan" };

	return names[c->kind];
}

static void clause_row(struct view *v, const struct reading *r, const struct clause *c)
{
	const struct pack *p = c->pack;

	html(v->w, "<section class=\"row %s\" id=\"%.*s\">\n<div class=\"law\">\n", clause_class(c),
		STR_FMT(c->id));
	clause_text(v, c);
	html(v->w, "</div>\n<div class=\"duties\">\n");
	for (size_t i = 0; i < p->obligation_count; i++) {
		if (p->obligations[i].clause == c)
			duty(v, r, &p->obligations[i]);
	}
	html(v->w, "</div>\n</section>\n");
}

static bool is_within(const struct clause *c, const struct clause *ancestor)
{
	for (; c; c = c->parent) {
		if (c == ancestor)
			return true;
	}
	return false;
}

static void neighbours(struct view *v, const struct pack *p, const struct clause *here)
{
	const struct clause *before = NULL, *after = NULL;

	for (size_t i = 0; i < p->clause_count; i++) {
		const struct clause *c = &p->clauses[i];

		if (c->kind != CLAUSE_DIEU)
			continue;
		if (c->index < here->index)
			before = c;
		else if (c->index > here->index && !after)
			after = c;
	}
	html(v->w, "<p class=\"pages\">");
	if (before)
		html(v->w, "<a href=\"%s\" rel=\"prev\" lang=\"vi\">← %.*s</a> ",
			clause_path(v, before), STR_FMT(before->label));
	if (after)
		html(v->w, "<a href=\"%s\" rel=\"next\" lang=\"vi\">%.*s →</a>",
			clause_path(v, after), STR_FMT(after->label));
	html(v->w, "</p>\n");
}

static void show_article(struct view *v, const struct reading *r, const struct clause *article)
{
	const struct pack *p = article->pack;

	v->is_title_law = true;
	page_start(v,
		text_of(v,
			arena_fmt(v->a, "%.*s %.*s", STR_FMT(article->label),
				STR_FMT(article->title))));
	html_standing(v, &r->standing);
	html_search(v, STR(""));
	html(v->w, "<div class=\"reader\">\n");
	tree(v, &r->standing, p, article);
	html(v->w, "<div class=\"rows\">\n");
	for (size_t i = article->index; i < p->clause_count; i++) {
		if (!is_within(&p->clauses[i], article))
			break;
		clause_row(v, r, &p->clauses[i]);
	}
	neighbours(v, p, article);
	html(v->w, "</div>\n</div>\n<p class=\"export\"><a href=\"/quy-che/%.*s.csv\">%s</a></p>\n",
		STR_FMT(url_piece(p->id, v->a)), tr(v->lang, "Tải mọi nghĩa vụ và kết quả (CSV)"));
	page_end(v);
}

void page_clause(struct view *v)
{
	const struct pack *p = pack_by_id(v->web->packs, v->args[0]);
	const struct clause *c = p ?
		pack_clause(v->web->packs,
			arena_fmt(v->a, "%.*s/%.*s", STR_FMT(v->args[0]), STR_FMT(v->args[1]))) :
		NULL;
	const struct clause *article = clause_article(c);
	struct reading r;

	if (!article) {
		page_problem(v, 404);
		return;
	}
	if (article != c) {
		redirect(v, clause_path(v, c));
		return;
	}
	if (load(v, &r) < 0)
		page_failed(v);
	else
		show_article(v, &r, article);
}

/* --- the first page of the law: its packs and their articles ---------------------------------- */

static void pack_box(struct view *v, const struct standing *st, const struct pack *p)
{
	char from[CLOCK_TEXT_MAX];

	html(v->w,
		"<section>\n<h2>%.*s</h2>\n<p lang=\"vi\">%.*s</p>\n<p class=\"soft\">%s %s. "
		"<a href=\"/goi#%.*s\">%s</a></p>\n",
		STR_FMT(words_of(v, p->short_title)), STR_FMT(words_of(v, p->title)),
		tr(v->lang, "Hiệu lực từ"), date_people(p->from, from), STR_FMT(p->id),
		tr(v->lang, "Nguồn và ghi chú"));
	html(v->w, "<ul class=\"articles\">\n");
	for (size_t i = 0; i < p->clause_count; i++) {
		const struct clause *c = &p->clauses[i];
		enum verdict worst;
		size_t count;

		chapter(v, c);
		if (c->kind != CLAUSE_DIEU)
			continue;
		worst = standing_article(st, c, &count);
		html(v->w, "<li><a href=\"%s\" lang=\"vi\">%.*s %.*s</a> ", clause_path(v, c),
			STR_FMT(c->label), STR_FMT(c->title));
		if (count) {
			html_verdict(v, worst);
			html(v->w, " <span class=\"soft\">%s</span>",
				fill(v, tr(v->lang, "{n} nghĩa vụ"), "n",
					count_text(v, (int64_t)count), NULL));
		}
		html(v->w, "</li>\n");
	}
	html(v->w,
		"</ul>\n<p class=\"export\"><a href=\"/quy-che/%.*s.csv\">%s</a></p>\n</section>\n",
		STR_FMT(url_piece(p->id, v->a)), tr(v->lang, "Tải mọi nghĩa vụ và kết quả (CSV)"));
}

void page_clauses(struct view *v)
{
	struct standing st;

	if (standing_load(v, &st, v->e) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Quy chế"));
	html_standing(v, &st);
	html_search(v, STR(""));
	html_verdict_filter(v);
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		if (p->kind == PACK_REGULATION && p->clause_count)
			pack_box(v, &st, p);
	}
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		if (p->kind == PACK_STANDARD && p->clause_count)
			pack_box(v, &st, p);
	}
	page_end(v);
}

static void csv_who(struct view *v, const struct obligation *o)
{
	struct buf names;

	buf_init(&names, 4 * KIB);
	for (size_t i = 0; i < o->who_count; i++) {
		const struct role *role = pack_role(v->web->packs, o->who[i]);
		struct str name = role ? words_of(v, role->title) : o->who[i];

		buf_fmt(&names, "%s%.*s", i ? "; " : "", STR_FMT(name));
	}
	csv_cell(v->w, buf_str(&names));
	buf_done(&names);
}

void csv_obligation_head(struct view *v)
{
	csv_words(v, T("Nghĩa vụ"));
	csv_words(v, T("Điều khoản"));
	csv_words(v, T("Nội dung"));
	csv_words(v, T("Người chịu trách nhiệm, người thực hiện"));
	csv_words(v, T("Kết quả"));
	csv_end_row(v->w);
}

void csv_obligation(struct view *v, const struct standing *s, const struct obligation *o)
{
	enum verdict verdict;

	csv_text(v, obligation_name(v, o));
	csv_cell(v->w, clause_cite(o->clause, v->lang, v->a));
	csv_cell(v->w, words_of(v, o->title));
	csv_who(v, o);
	csv_text(v, standing_verdict(s, o, &verdict) ? tr(v->lang, verdict_words(verdict)) : "");
	csv_end_row(v->w);
}

void page_clauses_csv(struct view *v)
{
	const struct pack *p = pack_by_id(v->web->packs, v->args[0]);
	struct standing st;

	if (!p) {
		page_problem(v, 404);
		return;
	}
	if (standing_load(v, &st, v->e) < 0) {
		page_failed(v);
		return;
	}
	csv_page(v, text_of(v, arena_fmt(v->a, "%.*s.csv", STR_FMT(p->id))));
	csv_obligation_head(v);
	for (size_t i = 0; i < p->obligation_count; i++)
		csv_obligation(v, &st, &p->obligations[i]);
}
