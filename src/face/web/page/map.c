/* map.c - Bản đồ: articles down, subjects across; each obligation a mark with colour and
 * shape. The unit and the first machine are those of the day asked, others beside it stand as they
 * are kept. */
#include "face/web/standing.h"

#define NARROW_MAX 4 /* machines of a map that has room across a sheet of A4 */
#define KEPT_MAX 9   /* machines beside the first */

struct columns {
	struct facts unit; /* what binds no machine */
	struct facts *hosts;
	size_t count;
	struct str next; /* the page after this name; STR_NONE: that is all */
};

static bool is_today(const struct view *v)
{
	return facts_as_of_s(v) == v->by.now_s;
}

/* The machine that was asked for, else the one Khiên runs on, else the first by name. */
static int load_first(struct view *v, struct facts *ret, bool *ret_is_there)
{
	struct org_host h;
	int64_t id;

	*ret_is_there = true;
	if (str_to_i64(http_pair(v->query, "may"), &id) &&
		org_host(v->web->store, id, v->a, &h, v->e) == 0 &&
		view_may(v, RIGHT_SEE, h.unit_id))
		return facts_load(v, id, ret, v->e);
	int rc = facts_here(v, ret, v->e);

	*ret_is_there = rc == 0 && ret->host.id;
	return rc;
}

static void take_marks(struct view *v, const struct comply_law *law, struct str marks,
	const struct org_host *host, struct facts *ret)
{
	*ret = (struct facts){ .host = *host };
	ret->verdicts = arena_array(v->a, struct comply_verdict, law->count + 1);
	for (size_t i = 0; i < law->count && i < marks.len; i++) {
		struct comply_verdict *cv = &ret->verdicts[ret->verdict_count];

		*cv = (struct comply_verdict){ .obligation = law->at[i],
			.is_about_host = law->at[i]->applies.host_count > 0 };
		ret->verdict_count += comply_mark_verdict(marks.ptr[i], &cv->verdict);
	}
}

/* What binds the visitor's unit and no single machine, as of the day asked. */
static int load_unit(struct view *v, struct facts *ret)
{
	const struct org_host none = { 0 };
	struct standing s;
	int rc = standing_load(v, &s, v->e);

	if (rc == 0)
		take_marks(v, &s.law, s.marks, &none, ret);
	return rc;
}

static int load_kept(struct view *v, const struct comply_law *law, struct columns *c,
	const struct org_host *hosts, size_t count)
{
	struct comply_hosts rows = { 0 };
	struct str ids = STR("[0");

	for (size_t i = 0; i < count; i++)
		ids = arena_fmt(v->a, "%.*s,%lld", STR_FMT(ids), (long long)hosts[i].id);
	ids = arena_fmt(v->a, "%.*s]", STR_FMT(ids));
	int rc = comply_kept_hosts(v->web->store, law, ids, v->a, &rows, v->e);

	for (size_t i = 0; rc == 0 && i < count; i++)
		for (size_t n = 0; n < rows.count; n++)
			if (rows.at[n].host_id == hosts[i].id)
				take_marks(
					v, law, rows.at[n].marks, &hosts[i], &c->hosts[c->count++]);
	return rc;
}

static int load(struct view *v, struct columns *ret)
{
	struct org_host_query q = { .after = http_pair(v->query, "sau"), .max = KEPT_MAX + 2 };
	struct comply_law law;
	struct org_host *hosts;
	size_t count, kept = 0;
	bool is_there;
	int rc;

	*ret = (struct columns){ .hosts = arena_array(v->a, struct facts, KEPT_MAX + 1) };
	rc = load_first(v, &ret->hosts[0], &is_there);
	ret->count = is_there;
	if (rc == 0)
		rc = load_unit(v, &ret->unit);
	if (rc < 0 || !is_today(v) || !is_there)
		return rc;
	comply_law_of(v->web->packs, date_at(v->by.now_s), v->a, &law);
	rc = view_hosts(v, RIGHT_SEE, &q, &hosts, &count);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (hosts[i].id != ret->hosts[0].host.id)
			hosts[kept++] = hosts[i];
	if (kept > KEPT_MAX) {
		kept = KEPT_MAX;
		ret->next = hosts[kept - 1].name;
	}
	return load_kept(v, &law, ret, hosts, kept);
}

/* More than a thousand stand on a page: one element each. */
static void mark(struct view *v, const struct comply_verdict *cv)
{
	const struct obligation *o = cv->obligation;
	const char *words = tr(v->lang, verdict_words(cv->verdict));
	struct str cite = clause_cite(o->clause, v->lang, v->a);

	html(v->w,
		"<a class=\"mark %s\" href=\"/quy-che/%.*s/%.*s#nv-%.*s\" title=\"%.*s: %s\" "
		"aria-label=\"%.*s %s\">%s</a>",
		verdict_name(cv->verdict), STR_FMT(o->pack->id),
		STR_FMT(clause_article(o->clause)->id), STR_FMT(url_piece(o->id, v->a)),
		STR_FMT(cite), words, STR_FMT(cite), words, verdict_shapes[cv->verdict]);
}

/* The marks of one article for the unit, or for a machine. */
static void cell(struct view *v, const struct facts *f, const struct clause *article, bool is_host)
{
	size_t count = 0;

	html(v->w, "<td>");
	for (size_t i = 0; i < f->verdict_count; i++) {
		const struct comply_verdict *cv = &f->verdicts[i];

		if (cv->is_about_host != is_host ||
			clause_article(cv->obligation->clause) != article)
			continue;
		mark(v, cv);
		count++;
	}
	if (count == 0)
		html(v->w, "·");
	html(v->w, "</td>\n");
}

static void rows_of(struct view *v, const struct columns *c, const struct pack *p)
{
	for (size_t i = 0; i < p->clause_count; i++) {
		const struct clause *article = &p->clauses[i];

		if (article->kind != CLAUSE_DIEU)
			continue;
		html(v->w,
			"<tr>\n<th scope=\"row\" lang=\"vi\"><a href=\"%s\">%.*s</a> <span class=\"soft\">%.*s</span></th>\n",
			clause_path(v, article), STR_FMT(article->label), STR_FMT(article->title));
		cell(v, &c->unit, article, false);
		for (size_t k = 0; k < c->count; k++)
			cell(v, &c->hosts[k], article, true);
		html(v->w, "</tr>\n");
	}
}

static void legend(struct view *v)
{
	html(v->w, "<p class=\"legend\">%s ", tr(v->lang, "Chú giải:"));
	for (int i = 0; i < VERDICT_COUNT; i++) {
		html_verdict(v, (enum verdict)i);
		html(v->w, " ");
	}
	html(v->w, "</p>\n");
}

static void table(struct view *v, const struct columns *c, const struct pack *p)
{
	html(v->w,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%.*s\">\n"
		"<table class=\"%s\">\n<caption>%.*s</caption>\n<thead><tr>\n"
		"<th scope=\"col\">%s</th>\n<th scope=\"col\">%s</th>\n",
		STR_FMT(words_of(v, p->short_title)), c->count > NARROW_MAX ? "map broad" : "map",
		STR_FMT(words_of(v, p->short_title)), tr(v->lang, "Điều"), tr(v->lang, "Đơn vị"));
	for (size_t i = 0; i < c->count; i++)
		html(v->w, "<th scope=\"col\">%s %.*s</th>\n", tr(v->lang, "Máy"),
			STR_FMT(c->hosts[i].host.name));
	html(v->w, "</tr></thead>\n<tbody>\n");
	rows_of(v, c, p);
	html(v->w, "</tbody>\n</table>\n</div>\n");
}

/* The day the map is of, and a form to ask for another. */
static void day_form(struct view *v)
{
	char people[CLOCK_TEXT_MAX];
	struct date on = date_at(facts_as_of_s(v));

	html(v->w,
		"<form method=\"get\" action=\"/ban-do\" class=\"search\">\n<label for=\"ngay\">%s</label>\n"
		"<input id=\"ngay\" name=\"ngay\" value=\"%s\" inputmode=\"numeric\"> "
		"<button>%s</button>\n</form>\n",
		tr(v->lang, "Xem theo ngày (ngày/tháng/năm)"), date_people(on, people),
		tr(v->lang, "Xem"));
	if (!is_today(v))
		html(v->w,
			"<p role=\"status\"><strong>%s %s.</strong> <a href=\"/ban-do\">%s</a></p>\n",
			tr(v->lang, "Kết quả tính đến hết ngày"), date_people(on, people),
			tr(v->lang, "Xem hôm nay"));
}

void page_map(struct view *v)
{
	char day[CLOCK_TEXT_MAX];
	struct columns c;

	if (load(v, &c) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Bản đồ"));
	html(v->w, "<p>%s</p>\n",
		tr(v->lang, "Mỗi dấu là một nghĩa vụ. Bấm vào dấu để xem câu chữ và bằng chứng."));
	day_form(v);
	legend(v);
	if (c.count == 0)
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang, "Chưa có máy nào mà bạn được xem."));
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		if (p->obligation_count && pack_in_force(p, date_at(facts_as_of_s(v))))
			table(v, &c, p);
	}
	if (c.next.ptr)
		html(v->w,
			"<p class=\"pages\"><a class=\"button plain\" href=\"/ban-do?sau=%.*s\">%s</a></p>\n",
			STR_FMT(url_piece(c.next, v->a)), tr(v->lang, "Các máy tiếp theo"));
	html(v->w, "<p class=\"export\"><a href=\"/ban-do.csv?ngay=%s\">%s</a></p>\n",
		date_iso(date_at(facts_as_of_s(v)), day), tr(v->lang, "Tải bản đồ (CSV)"));
	page_end(v);
}

static void csv_subject(struct view *v, const struct facts *f, bool is_host)
{
	for (size_t i = 0; i < f->verdict_count; i++) {
		const struct comply_verdict *cv = &f->verdicts[i];
		const struct clause *article = clause_article(cv->obligation->clause);

		if (cv->is_about_host != is_host)
			continue;
		csv_cell(v->w, article ? article->label : STR(""));
		csv_text(v, obligation_name(v, cv->obligation));
		csv_cell(v->w, words_of(v, cv->obligation->title));
		csv_cell(v->w, is_host ? f->host.name : str_of(tr(v->lang, "Đơn vị")));
		csv_text(v, tr(v->lang, verdict_words(cv->verdict)));
		csv_end_row(v->w);
	}
}

void page_map_csv(struct view *v)
{
	struct columns c;

	if (load(v, &c) < 0) {
		page_failed(v);
		return;
	}
	csv_page(v, "ban-do.csv");
	csv_words(v, T("Điều"));
	csv_words(v, T("Nghĩa vụ"));
	csv_words(v, T("Nội dung"));
	csv_words(v, T("Đối tượng"));
	csv_words(v, T("Kết quả"));
	csv_end_row(v->w);
	csv_subject(v, &c.unit, false);
	for (size_t i = 0; i < c.count; i++)
		csv_subject(v, &c.hosts[i], true);
}
