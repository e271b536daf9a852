/* days_off.c - Lịch nghỉ: the days off of a year, the Saturdays worked instead, and the papers that
 * both rest on; what no paper confirms is called expected here and beside each term it moves. */
#include "core/pack/calendar.h"
#include "face/web/work.h"

#define NOTICES_MAX 32 /* more than a year has */

struct year {
	int year;
	const struct pack_notice *notices[NOTICES_MAX]; /* that some day rests on */
	size_t notice_count;
};

static void note(struct year *y, const struct pack_notice *notice)
{
	for (size_t i = 0; i < y->notice_count; i++)
		if (y->notices[i] == notice)
			return;
	if (notice && y->notice_count < NOTICES_MAX)
		y->notices[y->notice_count++] = notice;
}

static bool is_same(const struct pack_day *x, const struct pack_day *y)
{
	return x->kind == y->kind && x->by == y->by && x->is_expected == y->is_expected &&
		str_eq(x->name.vi, y->name.vi);
}

static void basis_cell(struct view *v, const struct pack_day *d)
{
	html(v->w, "<td><span class=\"name-of\">%s: </span>", tr(v->lang, "Theo văn bản"));
	if (d->is_expected)
		html(v->w, "<span class=\"chip no-evidence\">%s</span> ", tr(v->lang, "dự kiến"));
	if (d->by)
		html(v->w, "%.*s, %s", STR_FMT(d->by->number), date_text(v, d->by->date));
	else
		html(v->w, "%s", tr(v->lang, "chưa có thông báo"));
	html(v->w, "</td>\n");
}

static const char *weekday(struct view *v, struct date day)
{
	static const char *const names[] = { T("Thứ Hai"), T("Thứ Ba"), T("Thứ Tư"), T("Thứ Năm"),
		T("Thứ Sáu"), T("Thứ Bảy"), T("Chủ Nhật") };

	return tr(v->lang, names[(date_to_days(day) % 7 + 10) % 7]);
}

static void days_off(struct view *v, struct year *y)
{
	struct date end = { y->year + 1, 1, 1 }, next;

	html_table(v, tr(v->lang, "Ngày nghỉ"), "stack flowing", tr(v->lang, "Ngày"),
		tr(v->lang, "Dịp nghỉ"), tr(v->lang, "Theo văn bản"));
	for (struct date at = { y->year, 1, 1 }; date_to_days(at) < date_to_days(end); at = next) {
		struct pack_day d = pack_day(v->web->packs, at), other;

		next = date_add_days(at, 1);
		if (d.kind != DAY_OFF)
			continue;
		note(y, d.by);
		while ((other = pack_day(v->web->packs, next), is_same(&d, &other)))
			next = date_add_days(next, 1);
		html(v->w, "<tr>\n<th scope=\"row\">%s, %s", weekday(v, at), date_text(v, at));
		if (date_to_days(next) > date_to_days(at) + 1)
			html(v->w, " – %s, %s", weekday(v, date_add_days(next, -1)),
				date_text(v, date_add_days(next, -1)));
		html(v->w, "</th>\n");
		html_table_cell(v, tr(v->lang, "Dịp nghỉ"), text_of(v, words_of(v, d.name)));
		basis_cell(v, &d);
		html(v->w, "</tr>\n");
	}
	html_table_end(v);
}

static void made_up(struct view *v, struct year *y)
{
	struct date end = { y->year + 1, 1, 1 };
	bool has_any = false;

	html(v->w, "<h2>%s</h2>\n", tr(v->lang, "Ngày làm bù"));
	for (struct date at = { y->year, 1, 1 }; date_to_days(at) < date_to_days(end);
		at = date_add_days(at, 1)) {
		struct pack_day d = pack_day(v->web->packs, at);

		if (d.kind != DAY_MADE_UP)
			continue;
		if (!has_any)
			html_table(v, tr(v->lang, "Ngày làm bù"), "stack flowing",
				tr(v->lang, "Ngày"), tr(v->lang, "Làm bù cho"),
				tr(v->lang, "Theo văn bản"));
		has_any = true;
		note(y, d.by);
		html(v->w, "<tr>\n<th scope=\"row\">%s, %s</th>\n", weekday(v, at),
			date_text(v, at));
		html_table_cell(v, tr(v->lang, "Làm bù cho"), date_text(v, d.instead_of));
		basis_cell(v, &d);
		html(v->w, "</tr>\n");
	}
	if (has_any)
		html_table_end(v);
	else
		html(v->w, "<p class=\"empty\">%s</p>\n", tr(v->lang, "Không có ngày làm bù."));
}

static void notices(struct view *v, const struct year *y)
{
	html(v->w, "<h2>%s</h2>\n<ul class=\"items\">\n", tr(v->lang, "Văn bản làm căn cứ"));
	for (size_t i = 0; i < y->notice_count; i++) {
		const struct pack_notice *n = y->notices[i];

		html(v->w, "<li class=\"item\"><div class=\"what\">\n<p class=\"title\">");
		html(v->w, "%.*s, %s</p>\n<p class=\"soft\">%.*s · %s: %s</p>\n",
			STR_FMT(n->number), date_text(v, n->date), STR_FMT(words_of(v, n->issuer)),
			tr(v->lang, "Độ tin cậy của nguồn"), tr(v->lang, sure_words(n->sure)));
		if (words_of(v, n->note).len)
			html(v->w, "<p>%.*s</p>\n", STR_FMT(words_of(v, n->note)));
		html(v->w, "</div></li>\n");
	}
	html(v->w, "</ul>\n");
}

void page_days_off(struct view *v)
{
	struct year y = { .year = date_at(v->by.now_s).year };
	int64_t asked;

	if (str_to_i64(http_pair(v->query, "nam"), &asked) && asked >= y.year - 10 &&
		asked <= y.year + 10)
		y.year = (int)asked;
	page_start(v, path_of(v, "%s %d", tr(v->lang, "Lịch nghỉ"), y.year));
	html_work_pages(v);
	html(v->w,
		"<p>%s</p>\n<p class=\"pages\"><a href=\"/viec/lich-nghi?nam=%d\" rel=\"prev\">← %d</a> "
		"<a href=\"/viec/lich-nghi?nam=%d\" rel=\"next\">%d →</a></p>\n",
		tr(v->lang,
			"Hạn tính theo ngày làm việc và hạn rơi vào ngày nghỉ đều theo lịch này. Thứ Bảy, Chủ Nhật "
			"luôn là ngày nghỉ, trừ ngày làm bù."),
		y.year - 1, y.year - 1, y.year + 1, y.year + 1);
	if (pack_day(v->web->packs, (struct date){ y.year, 1, 1 }).is_known) {
		days_off(v, &y);
		made_up(v, &y);
		notices(v, &y);
	} else
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Gói quy định chưa có lịch nghỉ của năm này: chỉ biết thứ Bảy, Chủ Nhật; hạn trong năm này "
				"đều là dự kiến."));
	page_end(v);
}
