/* today.c - Hôm nay: what is wrong here, what cannot be told, what ends soon. A button
 * each. */
#include "face/web/log.h"
#include "face/web/machines.h"
#include "face/web/report.h"
#include "face/web/standing.h"
#include "face/web/work.h"

#define SOON_DAYS 30
#define OPEN_ITEMS 5 /* of a list; the others are folded */
#define CLAUSES_NAMED_MAX 6
#define MACHINES_NAMED_MAX 5

struct list {
	const struct machines *machines;
	size_t open; /* so many of a section stand unfolded */
};

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

/* --- the machines ----------------------------------------------------------------------------- */

static void html_machine(struct view *v, const struct machine *m)
{
	html(v->w, "<a href=\"/may/%lld\">%.*s</a>", (long long)m->host.id, STR_FMT(m->host.name));
}

/* The one whose audit is the oldest; of several without one the first. */
static const struct machine *longest_ago(const struct machines *all)
{
	const struct machine *oldest = &all->at[0];

	for (size_t i = 1; i < all->count; i++) {
		if (all->at[i].run.at_s < oldest->run.at_s)
			oldest = &all->at[i];
	}
	return oldest;
}

static void last_runs(struct view *v, const struct machines *all)
{
	const struct machine *oldest = all->count ? longest_ago(all) : NULL;

	html(v->w, "<div class=\"bar\">\n<p>");
	if (!oldest || (all->count == 1 && !oldest->run.id)) {
		html(v->w, "%s", tr(v->lang, "Máy này chưa được kiểm tra lần nào."));
	} else if (all->count == 1) {
		html(v->w, "%s ", tr(v->lang, "Máy"));
		html_machine(v, oldest);
		html(v->w, " %s <time>%s</time>.", tr(v->lang, "được kiểm tra lần cuối lúc"),
			time_text(v, oldest->run.at_s));
	} else {
		html(v->w, "<a href=\"/may\">%s</a>. %s ",
			fill(v,
				all->has_more ? tr(v->lang, "Hơn {n} máy của đơn vị") :
						tr(v->lang, "{n} máy của đơn vị"),
				"n", count_text(v, (int64_t)all->count), NULL),
			oldest->run.id ? tr(v->lang, "Lâu chưa kiểm tra nhất:") :
					 tr(v->lang, "Chưa được kiểm tra lần nào:"));
		html_machine(v, oldest);
		if (oldest->run.id)
			html(v->w, ", <time>%s</time>", time_text(v, oldest->run.at_s));
		html(v->w, ".");
	}
	html(v->w, "</p>\n");
	if (all->has_more)
		html(v->w, "<p class=\"soft\">%s <a href=\"/may\">%s</a></p>\n",
			fill(v,
				tr(v->lang,
					"Trang này xét {n} máy đầu tiên theo tên trong hơn {n} máy của đơn vị."),
				"n", count_text(v, (int64_t)all->count), NULL),
			tr(v->lang, "Xem mọi máy"));
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

static struct str title_of(struct view *v, const struct machine_work *w)
{
	return w->check ? words_of(v, w->check->title) : w->id;
}

static const char *finding_path(
	struct view *v, const struct machine_work *w, const struct machine_finding *f)
{
	return path_of(v, "/may/%lld/%.*s", (long long)f->machine->host.id,
		STR_FMT(url_piece(w->id, v->a)));
}

/* On which machines, when the unit has several. */
static void places(struct view *v, const struct machine_work *w)
{
	size_t named = w->findings.len > MACHINES_NAMED_MAX ? MACHINES_NAMED_MAX : w->findings.len;

	html(v->w, "<p>%s ", tr(v->lang, "Máy:"));
	for (size_t i = 0; i < named; i++) {
		const struct machine_finding *f = &w->findings.at[i];

		html(v->w, "%s<a href=\"%s\">%.*s</a>", i ? ", " : "", finding_path(v, w, f),
			STR_FMT(f->machine->host.name));
	}
	if (w->findings.len > named)
		html(v->w, " %s",
			fill(v, tr(v->lang, "và {n} máy nữa"), "n",
				count_text(v, (int64_t)(w->findings.len - named)), NULL));
	html(v->w, "</p>\n");
}

static void found(struct view *v, const struct machine_work *w)
{
	const struct evidence *row = w->findings.at[0].row;
	struct str why = reason_words(v, w->check, row);

	if (w->outcome == OUTCOME_FAIL && row->found.len)
		html(v->w, "<p>%s <code>%.*s</code></p>\n", tr(v->lang, "Thấy:"),
			STR_FMT(found_words(v, w->check, row)));
	if (why.len)
		html(v->w, "<p>%.*s</p>\n", STR_FMT(why));
}

static void item(struct view *v, const struct machines *all, const struct machine_work *w)
{
	const char *path = finding_path(v, w, &w->findings.at[0]);
	const char *action = w->outcome == OUTCOME_FAIL ? tr(v->lang, "Xem cách khắc phục") :
							  tr(v->lang, "Xem vì sao");

	html(v->w, "<li class=\"item brief\"><div class=\"what\">\n<p class=\"title\">");
	html_outcome(v, w->outcome);
	html(v->w, " <a href=\"%s\">%.*s</a></p>\n<p class=\"soft extra\">%s %s · ", path,
		STR_FMT(title_of(v, w)), tr(v->lang, "Mức độ:"), weight_words(v, w->weight));
	clauses_of(v, w->check);
	html(v->w, "</p>\n");
	if (all->count > 1)
		places(v, w);
	if (w->findings.len == 1) /* of several each has its own */
		found(v, w);
	html(v->w,
		"</div>\n<p class=\"act\"><a class=\"button\" href=\"%s\">%s"
		"<span class=\"hidden\">: %.*s</span></a></p>\n</li>\n",
		path, action, STR_FMT(title_of(v, w)));
}

static void section(struct view *v, const struct list *l, enum outcome o, const char *title,
	const char *nothing)
{
	size_t n = 0;

	for (size_t i = 0; i < l->machines->work_count; i++)
		n += l->machines->work[i].outcome == o;
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
	for (size_t i = 0, shown = 0; i < l->machines->work_count; i++) {
		if (l->machines->work[i].outcome != o)
			continue;
		if (shown++ == l->open)
			html_fold(v, n - l->open);
		item(v, l->machines, &l->machines->work[i]);
	}
	html(v->w, "</ul>\n");
	if (n > l->open)
		html(v->w, "</details>\n");
	html(v->w, "</section>\n");
}

/* --- what time brings ------------------------------------------------------------------------- */

/* Of the visitor's unit as a whole, or of one of its machines. */
static bool is_own(struct view *v, const struct machines *all, const struct exception *x)
{
	if (x->host_id)
		return machines_find(all, x->host_id) != NULL;
	return (x->unit_id ? x->unit_id : ORG_UNIT_FIRST) == view_home(v);
}

static void ending_exceptions(
	struct view *v, const struct machines *machines, const struct exception *list, size_t count)
{
	bool is_first = true;

	for (size_t i = 0; i < count; i++) {
		const struct exception *x = &list[i];
		const struct obligation *o = pack_obligation(v->web->packs, x->obligation);
		struct str title = o ? words_of(v, o->title) : x->obligation;
		int64_t days = (x->until_s - v->by.now_s) / CLOCK_DAY_S;

		if (x->ended_at_s || days > SOON_DAYS || !is_own(v, machines, x))
			continue;
		if (is_first)
			html(v->w, "<section>\n<h2>%s</h2>\n<ul class=\"items\">\n",
				tr(v->lang, "Ngoại lệ sắp hết hạn"));
		is_first = false;
		html(v->w,
			"<li class=\"item brief\"><div class=\"what\"><p class=\"title\">%.*s</p>"
			"<p class=\"soft\">%s %s · %s</p></div>"
			"<p class=\"act\"><a class=\"button\" href=\"/ngoai-le#x%lld\">%s</a></p></li>\n",
			STR_FMT(title), tr(v->lang, "đến"), time_text(v, x->until_s),
			fill(v, tr(v->lang, "còn {n} ngày"), "n", count_text(v, days), NULL),
			(long long)x->id, tr(v->lang, "Xem ngoại lệ"));
	}
	if (!is_first)
		html(v->w, "</ul>\n</section>\n");
}

/* Those whose audit proves nothing any more, or that had none. */
static void old_evidence(struct view *v, const struct machines *all)
{
	size_t old = 0;

	for (size_t i = 0; i < all->count; i++)
		old += !all->at[i].run.id || all->at[i].is_old;
	if (old == 0)
		return;
	html(v->w, "<section>\n<h2>%s <span class=\"count\">%s</span></h2>\n<p>%s</p>\n<p>",
		tr(v->lang, "Máy lâu chưa kiểm tra"), count_text(v, (int64_t)old),
		fill(v,
			tr(v->lang,
				"Kết quả kiểm tra máy cũ hơn {n} ngày thì không còn là bằng chứng. Hãy bật máy và "
				"kiểm tra lại."),
			"n", count_text(v, all->max_age_days), NULL));
	for (size_t i = 0, named = 0; i < all->count && named < MACHINES_NAMED_MAX; i++) {
		if (all->at[i].run.id && !all->at[i].is_old)
			continue;
		html(v->w, "%s", named++ ? ", " : "");
		html_machine(v, &all->at[i]);
	}
	if (old > MACHINES_NAMED_MAX)
		html(v->w, " <a href=\"/may\">%s</a>",
			fill(v, tr(v->lang, "và {n} máy nữa"), "n",
				count_text(v, (int64_t)old - MACHINES_NAMED_MAX), NULL));
	html(v->w, "</p>\n</section>\n");
}

static bool is_asked(const struct machines *all)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].run.id)
			return true;
	}
	return false;
}

static void machine_work(struct view *v, const struct list *l)
{
	section(v, l, OUTCOME_FAIL,
		l->machines->count > 1 ? tr(v->lang, "Cần xử lý trên các máy") :
					 tr(v->lang, "Cần xử lý trên máy này"),
		is_asked(l->machines) ?
			tr(v->lang, "Không có phép kiểm nào không đạt.") :
			tr(v->lang, "Chưa có lần kiểm tra nào. Hãy bấm “Kiểm tra lại ngay”."));
	section(v, l, OUTCOME_UNKNOWN, tr(v->lang, "Chưa xác định được"),
		tr(v->lang, "Mọi phép kiểm đều có câu trả lời."));
	old_evidence(v, l->machines);
	html(v->w, "<p class=\"export\"><a href=\"/hom-nay.csv\">%s</a></p>\n",
		tr(v->lang, "Tải danh sách này (CSV)"));
}

void page_today(struct view *v)
{
	struct standing standing;
	struct machines machines;
	struct list list = { &machines, OPEN_ITEMS };
	struct exception *exceptions;
	size_t exception_count;
	bool has_machine;

	if (machines_load(v, &machines) < 0 || standing_load(v, &standing, v->e) < 0 ||
		exception_list(v->web->store, v->by.now_s, v->a, &exceptions, &exception_count,
			v->e) < 0) {
		page_failed(v);
		return;
	}
	/* who answers for no machine is not told of one */
	has_machine = machines.count || view_may(v, RIGHT_ACT, ORG_UNIT_FIRST);
	page_start(v, tr(v->lang, "Hôm nay"));
	if (has_machine)
		last_runs(v, &machines);
	html_new_reports(v);
	html_log_told(v);
	if (html_first_steps(v))
		list.open = 0; /* first the unit, then its machine */
	if (v->user.role == USER_HEAD)
		unit(v, &standing); /* who answers for the unit sees it first */
	html_my_duties(v);
	if (v->user.role != USER_HEAD)
		unit(v, &standing);
	ending_exceptions(v, &machines, exceptions, exception_count);
	if (has_machine)
		machine_work(v, &list);
	page_end(v);
}

void page_today_csv(struct view *v)
{
	struct machines all;

	if (machines_load(v, &all) < 0) {
		page_failed(v);
		return;
	}
	csv_page(v, "hom-nay.csv");
	csv_words(v, T("Máy"));
	csv_words(v, T("Phép kiểm"));
	csv_words(v, T("Tên"));
	csv_words(v, T("Kết quả"));
	csv_words(v, T("Mức độ"));
	csv_words(v, T("Thấy"));
	csv_words(v, T("Lý do"));
	csv_end_row(v->w);
	for (size_t i = 0; i < all.work_count; i++) {
		const struct machine_work *w = &all.work[i];

		for (size_t k = 0; k < w->findings.len; k++) {
			const struct evidence *row = w->findings.at[k].row;

			csv_cell(v->w, w->findings.at[k].machine->host.name);
			csv_cell(v->w, w->id);
			csv_cell(v->w, title_of(v, w));
			csv_words(v, outcome_words(w->outcome));
			csv_i64(v->w, w->weight);
			csv_cell(v->w, found_words(v, w->check, row));
			csv_cell(v->w, reason_words(v, w->check, row));
			csv_end_row(v->w);
		}
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
