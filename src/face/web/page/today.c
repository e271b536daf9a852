/* today.c - Hôm nay: what is wrong here, what cannot be told, what ends soon. A button
 * each. */
#include "face/web/log.h"
#include "face/web/report.h"
#include "face/web/standing.h"
#include "face/web/work.h"

#define SOON_DAYS 30
#define OPEN_ITEMS 5 /* of a list; the others are folded */
#define CLAUSES_NAMED_MAX 6

/* --- where the unit stands -------------------------------------------------------------------- */

static void waiting_for_people(struct view *v, const struct standing *s, const char *path)
{
	int64_t n = s->score.counts[VERDICT_NO_EVIDENCE];

	if (n == 0)
		return;
	html(v->w, "<p>%s <a href=\"%s#no-evidence\">%s</a></p>\n",
		fill(v,
			tr(v->lang,
				"{n} nghĩa vụ cần hồ sơ, sổ, xác nhận của con người hoặc kết quả kiểm "
				"tra máy. Chưa có bằng chứng thì không tính là đạt."),
			"n", count_text(v, n), NULL),
		path, tr(v->lang, "Xem danh sách"));
}

static void unit(struct view *v, const struct standing *s)
{
	const char *path;

	if (!s->unit)
		return;
	path = path_of(v, "/ket-qua/%lld", (long long)s->unit->id);
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Kết quả của đơn vị"));
	html_standing(v, s);
	if (s->marks.len) {
		html_verdict_tiles(v, s->score.counts, path);
		waiting_for_people(v, s, path);
	}
	html(v->w, "</section>\n");
}

/* --- the machine ------------------------------------------------------------------------------ */

static void last_run(struct view *v, const struct facts *f)
{
	html(v->w, "<div class=\"bar\">\n<p>");
	if (f->run.id)
		html(v->w, "%s <a href=\"/may/%lld\">%.*s</a> %s <time>%s</time>.",
			tr(v->lang, "Máy"), (long long)f->host.id, STR_FMT(f->host.name),
			tr(v->lang, "được kiểm tra lần cuối lúc"), time_text(v, f->run.at_s));
	else
		html(v->w, "%s", tr(v->lang, "Máy này chưa được kiểm tra lần nào."));
	html(v->w, "</p>\n");
	if (view_may(v, RIGHT_ACT, ORG_UNIT_FIRST))
		html_button(v, "/kiem-tra-lai", NULL, tr(v->lang, "Kiểm tra lại ngay"));
	html(v->w, "</div>\n");
}

/* --- checks of one outcome -------------------------------------------------------------------- */

/* Obligations of one clause stand together: the clause is named once. */
static void clauses_of(struct view *v, const struct check *c)
{
	const struct clause *last = NULL;
	size_t named = 0;

	for (size_t i = 0; c && i < c->answer_count && named < CLAUSES_NAMED_MAX; i++) {
		const struct clause *clause = c->answers[i]->clause;

		if (clause == last)
			continue;
		html(v->w, "%s<a href=\"%s\">%.*s</a>", named++ ? ", " : "", clause_path(v, clause),
			STR_FMT(clause_cite(clause, v->lang, v->a)));
		last = clause;
	}
}

static struct str title_of(struct view *v, const struct check_facts *c)
{
	return c->check ? words_of(v, c->check->title) : c->id;
}

static const struct evidence *first_row(const struct check_facts *c, enum outcome o)
{
	for (size_t i = 0; i < c->row_count; i++) {
		if (c->rows[i].outcome == o)
			return &c->rows[i];
	}
	return &c->rows[0];
}

static void item(struct view *v, const struct facts *f, const struct check_facts *c)
{
	const struct evidence *row = first_row(c, c->outcome);
	struct str why = reason_words(v, c->check, row);
	const char *action = c->outcome == OUTCOME_FAIL ? tr(v->lang, "Xem cách khắc phục") :
							  tr(v->lang, "Xem vì sao");

	html(v->w, "<li class=\"item\"><div class=\"what\">\n<p class=\"title\">");
	html_outcome(v, c->outcome);
	html(v->w, " <a href=\"/may/%lld/%.*s\">%.*s</a></p>\n<p class=\"soft\">",
		(long long)f->host.id, STR_FMT(url_piece(c->id, v->a)), STR_FMT(title_of(v, c)));
	html(v->w, "%s %s · ", tr(v->lang, "Mức độ:"), weight_words(v, c->weight));
	clauses_of(v, c->check);
	html(v->w, "</p>\n");
	if (c->outcome == OUTCOME_FAIL && row->found.len)
		html(v->w, "<p>%s <code>%.*s</code></p>\n", tr(v->lang, "Thấy:"),
			STR_FMT(found_words(v, c->check, row)));
	if (why.len)
		html(v->w, "<p>%.*s</p>\n", STR_FMT(why));
	html(v->w,
		"</div>\n<p class=\"act\"><a class=\"button\" href=\"/may/%lld/%.*s\">%s"
		"<span class=\"hidden\">: %.*s</span></a></p>\n</li>\n",
		(long long)f->host.id, STR_FMT(url_piece(c->id, v->a)), action,
		STR_FMT(title_of(v, c)));
}

static size_t count_outcome(const struct check_facts *checks, size_t count, enum outcome o)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += checks[i].outcome == o;
	return n;
}

struct list {
	const struct facts *facts;
	const struct check_facts *checks;
	size_t count, open; /* open: so many of a section stand unfolded */
};

static void section(struct view *v, const struct list *l, enum outcome o, const char *title,
	const char *nothing)
{
	size_t n = count_outcome(l->checks, l->count, o);

	html(v->w, "<section>\n<h2>%s <span class=\"count\">%s</span></h2>\n", title,
		count_text(v, (int64_t)n));
	if (n == 0) {
		html(v->w, "<p class=\"empty\">%s</p>\n</section>\n", nothing);
		return;
	}
	if (!l->open)
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang, "Việc của người quản trị máy; làm sau các bước đầu tiên."));
	html(v->w, "<ul class=\"items\">\n");
	for (size_t i = 0, shown = 0; i < l->count; i++) {
		if (l->checks[i].outcome != o)
			continue;
		if (shown++ == l->open)
			html_fold(v, n - l->open);
		item(v, l->facts, &l->checks[i]);
	}
	html(v->w, "</ul>\n");
	if (n > l->open)
		html(v->w, "</details>\n");
	html(v->w, "</section>\n");
}

/* --- what time brings ------------------------------------------------------------------------- */

static void ending_exceptions(struct view *v, const struct facts *f)
{
	bool is_first = true;

	for (size_t i = 0; i < f->exception_count; i++) {
		const struct exception *x = &f->exceptions[i];
		const struct obligation *o = pack_obligation(v->web->packs, x->obligation);
		struct str title = o ? words_of(v, o->title) : x->obligation;
		int64_t days = (x->until_s - v->by.now_s) / CLOCK_DAY_S;

		if (x->ended_at_s || days > SOON_DAYS)
			continue;
		if (is_first)
			html(v->w, "<section>\n<h2>%s</h2>\n<ul class=\"items\">\n",
				tr(v->lang, "Ngoại lệ sắp hết hạn"));
		is_first = false;
		html(v->w,
			"<li class=\"item\"><div class=\"what\"><p class=\"title\">%.*s</p>"
			"<p class=\"soft\">%s %s · %s</p></div>"
			"<p class=\"act\"><a class=\"button\" href=\"/ngoai-le#x%lld\">%s</a></p></li>\n",
			STR_FMT(title), tr(v->lang, "đến"), time_text(v, x->until_s),
			fill(v, tr(v->lang, "còn {n} ngày"), "n", count_text(v, days), NULL),
			(long long)x->id, tr(v->lang, "Xem ngoại lệ"));
	}
	if (!is_first)
		html(v->w, "</ul>\n</section>\n");
}

static void old_evidence(struct view *v, const struct facts *f)
{
	int64_t old = 0;

	for (size_t i = 0; i < f->verdict_count; i++)
		old += f->verdicts[i].is_about_host && f->verdicts[i].verdict == VERDICT_OVERDUE;
	if (!f->run.id || old == 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n<p>%s</p>\n</section>\n",
		tr(v->lang, "Bằng chứng đã cũ"),
		fill(v,
			tr(v->lang,
				"{n} nghĩa vụ có bằng chứng cũ hơn thời hạn cho phép. Hãy kiểm tra lại máy."),
			"n", count_text(v, old), NULL));
}

static void machine(struct view *v, const struct facts *f, const struct list *l)
{
	section(v, l, OUTCOME_FAIL, tr(v->lang, "Cần xử lý trên máy này"),
		f->run.id ? tr(v->lang, "Không có phép kiểm nào không đạt.") :
			    tr(v->lang, "Chưa có lần kiểm tra nào. Hãy bấm “Kiểm tra lại ngay”."));
	section(v, l, OUTCOME_UNKNOWN, tr(v->lang, "Chưa xác định được"),
		tr(v->lang, "Mọi phép kiểm đều có câu trả lời."));
	ending_exceptions(v, f);
	old_evidence(v, f);
	html(v->w, "<p class=\"export\"><a href=\"/hom-nay.csv\">%s</a></p>\n",
		tr(v->lang, "Tải danh sách này (CSV)"));
}

void page_today(struct view *v)
{
	bool has_machine;
	struct check_facts *checks;
	struct standing standing;
	struct list list;
	struct facts f;
	bool is_new;

	if (facts_here(v, &f, v->e) < 0 || standing_load(v, &standing, v->e) < 0) {
		page_failed(v);
		return;
	}
	list = (struct list){ .facts = &f, .count = facts_checks(v, &f, &checks) };
	list.checks = checks;
	/* who answers for no machine is not told of one */
	has_machine = f.host.id || view_may(v, RIGHT_ACT, ORG_UNIT_FIRST);
	page_start(v, tr(v->lang, "Hôm nay"));
	if (has_machine)
		last_run(v, &f);
	html_new_reports(v);
	html_log_told(v);
	is_new = html_first_steps(v, f.host.id);
	list.open = is_new ? 0 : OPEN_ITEMS; /* first the unit, then its machine */
	if (v->user.role == USER_HEAD)
		unit(v, &standing); /* who answers for the unit sees it first */
	html_my_duties(v);
	if (v->user.role != USER_HEAD)
		unit(v, &standing);
	if (has_machine)
		machine(v, &f, &list);
	page_end(v);
}

void page_today_csv(struct view *v)
{
	struct check_facts *checks;
	struct facts f;
	size_t count;

	if (facts_here(v, &f, v->e) < 0) {
		page_failed(v);
		return;
	}
	count = facts_checks(v, &f, &checks);
	csv_page(v, "hom-nay.csv");
	csv_words(v, T("Phép kiểm"));
	csv_words(v, T("Tên"));
	csv_words(v, T("Kết quả"));
	csv_words(v, T("Mức độ"));
	csv_words(v, T("Thấy"));
	csv_words(v, T("Lý do"));
	csv_end_row(v->w);
	for (size_t i = 0; i < count; i++) {
		const struct check_facts *c = &checks[i];
		const struct evidence *row = first_row(c, c->outcome);

		if (c->outcome != OUTCOME_FAIL && c->outcome != OUTCOME_UNKNOWN)
			continue;
		csv_cell(v->w, c->id);
		csv_cell(v->w, title_of(v, c));
		csv_words(v, outcome_words(c->outcome));
		csv_i64(v->w, c->weight);
		csv_cell(v->w, found_words(v, c->check, row));
		csv_cell(v->w, reason_words(v, c->check, row));
		csv_end_row(v->w);
	}
}

void page_audit_post(struct view *v)
{
	struct str back = form_value(v, "ve");
	const char *code = audit_now(v) ? "da-kiem-tra" : "dang-kiem-tra";
	int64_t host;

	if (str_starts(back, "/may/") && str_to_i64(str_from(back, 5), &host))
		redirect(v, path_of(v, "/may/%lld?bao=%s", (long long)host, code));
	else
		redirect(v, path_of(v, "/hom-nay?bao=%s", code));
}
