/* review_signed.c - the record of one signed review: who, when, what was seen, what was said;
 * made to be printed. */
#include "face/web/review_int.h"

#define REVIEWS_MAX 100000

/* The review of the path's second {} and the one before it. */
static bool find(
	struct view *v, const struct looked *l, struct review *ret, struct review *ret_base)
{
	struct reviews list;
	int64_t id;

	if (!str_to_i64(v->args[1], &id)) {
		page_problem(v, 404);
		return false;
	}
	if (review_list(v->web->store, l->host.id, REVIEWS_MAX, v->a, &list, v->e) < 0) {
		page_failed(v);
		return false;
	}
	*ret = *ret_base = (struct review){ 0 };
	for (size_t i = 0; i < list.len; i++)
		if (list.at[i].id == id)
			*ret = list.at[i];
	for (size_t i = 0; i < list.len; i++)
		if (ret->id && list.at[i].id == ret->base_id)
			*ret_base = list.at[i];
	if (!ret->id)
		page_problem(v, 404);
	return ret->id != 0;
}

static const struct review_mark *mark_of(
	const struct review_mark *marks, size_t count, const struct review_item *item)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(marks[i].kind, item->kind) && str_eq(marks[i].name, item->name))
			return &marks[i];
	return NULL;
}

static void row(struct view *v, const struct review_difference *d, const struct review_mark *mark)
{
	html(v->w, "<tr>\n<td>");
	html_review_thing(v, d);
	html(v->w, "</td>\n<td>");
	if (mark)
		html(v->w, "<span class=\"chip %s\">%s</span>",
			mark->is_suspicious ? "not-met" : "met",
			mark->is_suspicious ? tr(v->lang, "khả nghi") :
					      tr(v->lang, "đã biết, chấp nhận"));
	else
		html(v->w, "<span class=\"soft\">%s</span>", tr(v->lang, "đã xem"));
	html(v->w, "</td>\n<td>%.*s</td>\n</tr>\n", STR_FMT(mark ? mark->note : STR("")));
}

static void seen(
	struct view *v, const struct looked *l, const struct review_mark *marks, size_t count)
{
	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Những gì khác với lần trước"));
	if (l->of_change[REVIEW_KNOWN] == l->count)
		html(v->w, "<p class=\"empty\">%s</p>\n", tr(v->lang, "Không có gì khác."));
	else
		html_table(v, NULL, "stack record", tr(v->lang, "Mục"), tr(v->lang, "Kết luận"),
			tr(v->lang, "Ghi chú"));
	for (size_t i = 0; i < l->count; i++)
		if (l->list[i].change != REVIEW_KNOWN)
			row(v, &l->list[i], mark_of(marks, count, l->list[i].item));
	if (l->of_change[REVIEW_KNOWN] != l->count)
		html_table_end(v);
	html(v->w, "<p class=\"soft\">%s: %s</p>\n</section>\n", tr(v->lang, "Như trước"),
		count_text(v, (int64_t)l->of_change[REVIEW_KNOWN]));
}

static void answers(struct view *v, const struct review *review)
{
	const struct obligation *o;

	html(v->w, "<section>\n<h2>%s</h2>\n<ul>\n", tr(v->lang, "Là bằng chứng cho các nghĩa vụ"));
	for (size_t i = 0; (o = review_obligation(v->web->packs, date_at(review->at_s), i)); i++)
		html(v->w, "<li><a href=\"%s\">%.*s</a> %.*s</li>\n", clause_path(v, o->clause),
			STR_FMT(clause_cite(o->clause, v->lang, v->a)),
			STR_FMT(words_of(v, o->title)));
	html(v->w, "</ul>\n</section>\n");
}

static void show(struct view *v, const struct looked *l, const struct review *review,
	const struct review_mark *marks, size_t count)
{
	page_start(v,
		text_of(v,
			arena_fmt(v->a, "%s: %.*s", tr(v->lang, "Biên bản rà soát tiến trình"),
				STR_FMT(l->host.name))));
	html_back(v, path_of(v, "/may/%lld/tien-trinh", (long long)l->host.id),
		tr(v->lang, "Rà soát tiến trình"));
	html(v->w,
		"<dl class=\"facts\">\n"
		"<div><dt>%s</dt><dd>%.*s</dd></div>\n<div><dt>%s</dt><dd>%s</dd></div>\n"
		"<div><dt>%s</dt><dd>%s</dd></div>\n<div><dt>%s</dt><dd>%lld</dd></div>\n"
		"<div><dt>%s</dt><dd>%lld</dd></div>\n</dl>\n",
		tr(v->lang, "Người ký"),
		STR_FMT(review->person), tr(v->lang, "Ký lúc"), time_text(v, review->at_s),
		tr(v->lang, "Ảnh chụp tiến trình"), time_text(v, l->snapshot.at_s),
		tr(v->lang, "Khác trước"), (long long)review->differences, tr(v->lang, "Khả nghi"),
		(long long)review->suspicious);
	html(v->w, "<p class=\"sha\">SHA-256 %.*s</p>\n", STR_FMT(review->sha256));
	if (review->note.len)
		html(v->w, "<p>%s: %.*s</p>\n", tr(v->lang, "Nhận xét chung"),
			STR_FMT(review->note));
	html_review_gaps(v, &l->now);
	seen(v, l, marks, count);
	answers(v, review);
	page_end(v);
}

void page_review_signed(struct view *v)
{
	struct review_snapshot snapshot;
	struct review review, base;
	struct review_mark *marks;
	struct looked l;
	size_t count;

	if (!review_host(v, &l) || !find(v, &l, &review, &base))
		return;
	if (review_snapshot_by_id(v->web->store, review.snapshot_id, v->a, &snapshot, v->e) < 0 ||
		review_load(v, &snapshot, &base, &l) < 0 ||
		review_marks(v->web->store, review.id, v->a, &marks, &count, v->e) < 0)
		page_failed(v);
	else
		show(v, &l, &review, marks, count);
}
