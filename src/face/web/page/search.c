/* search.c - looking in the law: with marks or without, or by what stands where. */
#include "face/web/standing.h"

#define HITS_MAX 200

void web_index(struct web *w)
{
	VEC(struct index_row) rows = { 0 };

	for (size_t i = 0; i < pack_count(w->packs); i++) {
		const struct pack *p = pack_at(w->packs, i);

		for (size_t k = 0; k < p->clause_count; k++) {
			const struct clause *c = &p->clauses[k];
			struct str text =
				arena_fmt(&w->arena, "%.*s %.*s %.*s %.*s", STR_FMT(c->id),
					STR_FMT(c->label), STR_FMT(c->title), STR_FMT(c->text));

			vec_push(&w->arena, &rows,
				((struct index_row){
					.folded = text_fold(&w->arena, text), .clause = c }));
		}
		for (size_t k = 0; k < p->obligation_count; k++) {
			const struct obligation *o = &p->obligations[k];
			struct str text = arena_fmt(&w->arena, "%.*s %.*s %.*s", STR_FMT(o->id),
				STR_FMT(o->title.vi), STR_FMT(o->title.en));

			vec_push(&w->arena, &rows,
				((struct index_row){ .folded = text_fold(&w->arena, text),
					.clause = o->clause,
					.obligation = o }));
		}
	}
	w->index = rows.at;
	w->index_count = rows.len;
}

struct hits {
	VEC(const struct index_row *) at;
	bool is_cut;
};

/* Every word of the question stands somewhere in the row. */
static bool row_matches(const struct index_row *row, struct str folded)
{
	struct str word;

	while (str_next_word(&folded, " \t", &word)) {
		if (str_find(row->folded, word) < 0)
			return false;
	}
	return true;
}

static bool verdict_wanted(struct str name, enum verdict *ret)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (str_is(name, verdict_name((enum verdict)i))) {
			*ret = (enum verdict)i;
			return true;
		}
	}
	return false;
}

static struct hits search(struct view *v, const struct standing *st)
{
	struct str q = http_pair(v->query, "q"), folded;
	enum verdict wanted;
	bool has_verdict = verdict_wanted(http_pair(v->query, "ket-qua"), &wanted);
	struct hits hits = { 0 };

	folded = text_fold(v->a, str_trim(q.ptr ? str_until(q, 200) : STR("")));
	if (!folded.len && !has_verdict)
		return hits;
	for (size_t i = 0; i < v->web->index_count; i++) {
		const struct index_row *row = &v->web->index[i];
		enum verdict verdict;

		if (has_verdict &&
			(!row->obligation || !standing_verdict(st, row->obligation, &verdict) ||
				verdict != wanted))
			continue;
		if (!row_matches(row, folded))
			continue;
		if (hits.at.len == HITS_MAX) {
			hits.is_cut = true;
			break;
		}
		vec_push(v->a, &hits.at, row);
	}
	return hits;
}

static void hit(struct view *v, const struct standing *st, const struct index_row *row)
{
	const struct clause *c = row->clause;
	enum verdict verdict;
	struct str text = c->title.len ? c->title : c->text;

	if (row->obligation) {
		html_obligation(v, row->obligation);
		if (standing_verdict(st, row->obligation, &verdict))
			html_verdict(v, verdict);
		html(v->w, "</li>\n");
		return;
	}
	html(v->w, "<li><a href=\"%s\">%.*s</a> <span lang=\"vi\">%.*s</span></li>\n",
		clause_path(v, c), STR_FMT(clause_cite(c, v->lang, v->a)),
		STR_FMT(text_clean(v->a, text, 240)));
}

static void nothing_found(struct view *v, bool is_by_result)
{
	const char *next = tr(v->lang, "Thử ít từ hơn hoặc từ khác; gõ không dấu cũng được.");

	if (is_by_result)
		next = tr(v->lang, "Không có nghĩa vụ nào như vậy. Chọn kết quả khác ở trên.");
	html(v->w, "<p class=\"empty\">%s</p>\n", next);
}

void page_search(struct view *v)
{
	struct str q = http_pair(v->query, "q"), only = http_pair(v->query, "ket-qua");
	struct hits hits;
	struct standing st;

	if (standing_load(v, &st, v->e) < 0) {
		page_failed(v);
		return;
	}
	hits = search(v, &st);
	page_start(v, tr(v->lang, "Tìm trong Quy chế"));
	html_standing(v, &st);
	html_search(v, q.ptr ? q : STR(""));
	html_verdict_filter(v);
	if (q.len || only.len)
		html(v->w, "<p role=\"status\">%s</p>\n",
			hits.is_cut ?
				fill(v, tr(v->lang, "Hơn {n} chỗ; đây là những chỗ đầu tiên."), "n",
					count_text(v, HITS_MAX), NULL) :
				fill(v, tr(v->lang, "Tìm thấy {n} chỗ."), "n",
					count_text(v, (int64_t)hits.at.len), NULL));
	if ((q.len || only.len) && !hits.at.len)
		nothing_found(v, only.len != 0);
	html(v->w, "<ul class=\"hits\">\n");
	for (size_t i = 0; i < hits.at.len; i++)
		hit(v, &st, hits.at.at[i]);
	html(v->w, "</ul>\n");
	if (hits.at.len)
		html(v->w,
			"<p class=\"export\"><a href=\"/tim.csv?q=%.*s&amp;ket-qua=%.*s\">%s</a></p>\n",
			STR_FMT(url_piece(q, v->a)), STR_FMT(url_piece(only, v->a)),
			tr(v->lang, "Tải danh sách này (CSV)"));
	page_end(v);
}

void page_search_csv(struct view *v)
{
	struct hits hits;
	struct standing st;

	if (standing_load(v, &st, v->e) < 0) {
		page_failed(v);
		return;
	}
	hits = search(v, &st);
	csv_page(v, "tim.csv");
	csv_obligation_head(v);
	for (size_t i = 0; i < hits.at.len; i++) {
		const struct index_row *row = hits.at.at[i];

		if (row->obligation) {
			csv_obligation(v, &st, row->obligation);
			continue;
		}
		csv_text(v, "");
		csv_cell(v->w, clause_cite(row->clause, v->lang, v->a));
		csv_cell(v->w, row->clause->title.len ? row->clause->title : row->clause->text);
		csv_end_row(v->w);
	}
}
