/* media_work.c - what the process of disks and months is doing, and what came of its last order: of
 * the two pages that give orders. */
#include "face/web/process/media.h"
#include "face/web/files.h"
#include "face/web/log.h"
#include "kit/process/process.h"
#include "work/hostaudit/hostaudit.h"

#define START_WAIT_MS 700

bool media_work_load(struct view *v, struct media_work *ret)
{
	struct str order = STR_NONE, text = STR("");
	struct err none = { 0 };
	bool is_on =
		org_setting(v->web->store, MEDIA_ORDER, v->a, &order, &none) == 0 && order.len > 0;

	if (v->web->disk)
		is_on |= vfile_load(v->web->disk, MEDIA_NOTES "/" MEDIA_PROGRESS, 200, v->a, &text,
				 &none) == 0;
	ret->done = str_next_i64(&text);
	ret->all = str_next_i64(&text);
	ret->bytes = str_next_i64(&text);
	ret->all_bytes = str_next_i64(&text);
	ret->month = str_trim(text);
	return is_on;
}

void html_media_work(struct view *v, const struct media_work *w)
{
	int64_t all = w->all_bytes ? w->all_bytes : w->all ? w->all : 1;
	int64_t done = w->all_bytes ? w->bytes : w->done;

	html(v->w, "<section>\n<h2>%s</h2>\n<p role=\"status\">%s",
		tr(v->lang, "Đang làm với tháng nhật ký"),
		fill(v, tr(v->lang, "{n} / {tat-ca} tháng; trang tự tải lại."), "n",
			count_text(v, w->done), "tat-ca", count_text(v, w->all), NULL));
	if (w->month.len)
		html(v->w, " %s",
			fill(v, tr(v->lang, "Đang làm: {thang}."), "thang", text_of(v, w->month),
				NULL));
	if (w->all_bytes)
		html(v->w, " %s",
			fill(v, tr(v->lang, "Đã qua {n} trên {tat-ca}."), "n",
				size_text(v, w->bytes), "tat-ca", size_text(v, w->all_bytes),
				NULL));
	html(v->w,
		"</p>\n<progress max=\"%lld\" value=\"%lld\">%lld / %lld</progress>\n</section>\n",
		(long long)all, (long long)done, (long long)done, (long long)all);
}

static const char *done_words(struct view *v, enum keep_work work, int64_t months, struct str what)
{
	const char *n = count_text(v, months), *of = text_of(v, what);

	switch (work) {
	case KEEP_PACKING:
		return fill(v, tr(v->lang, "đã đóng gói tháng {thang}"), "thang", of, NULL);
	case KEEP_REGISTERING:
		return fill(v, tr(v->lang, "đã nhận đĩa \"{nhan}\""), "nhan", of, NULL);
	case KEEP_WRITING:
		return fill(
			v, tr(v->lang, "đã chép {n} tháng, đọc lại và đối chiếu"), "n", n, NULL);
	default:
		return fill(v, tr(v->lang, "đã đọc lại {n} tháng, đúng từng byte"), "n", n, NULL);
	}
}

void html_media_result(struct view *v)
{
	struct str text = STR_NONE, head, what;
	struct err none = { 0 };
	int64_t at_s, code, work, months;

	if (org_setting(v->web->store, MEDIA_RESULT, v->a, &text, &none) < 0 || !text.len ||
		!str_next_line(&text, &head) || !str_next_line(&text, &what))
		return;
	at_s = str_next_i64(&head);
	code = str_next_i64(&head);
	work = str_next_i64(&head);
	months = str_next_i64(&head);
	if (work < 0 || work > KEEP_CHECKING)
		return;
	html(v->w, "<p class=\"%s\">%s", code ? "fault" : "done",
		fill(v, tr(v->lang, "Việc lần trước, {luc}:"), "luc", time_text(v, at_s), NULL));
	if (code == 0) {
		html(v->w, " %s</p>\n", done_words(v, (enum keep_work)work, months, what));
		return;
	}
	html(v->w, " %s <strong>%.*s</strong>. %s</p>\n", tr(v->lang, "không xong"),
		STR_FMT(str_is(what, MEDIA_ALL) ? STR("") : what),
		tr(v->lang, keep_fault_words((enum keep_work)work, -(int)code)));
	html(v->w,
		"<details class=\"soft\"><summary>%s</summary><p lang=\"en\"><code>%.*s</code></p>"
		"</details>\n",
		tr(v->lang, "Nguyên văn máy báo, để gửi người hỗ trợ"), STR_FMT(text));
}

/* In the account of what people did it stands on one line. */
static struct str on_one_line(struct view *v, struct str order)
{
	struct str first, second;

	if (!str_split(order, '\n', &first, &second))
		return order;
	return arena_fmt(v->a, "%.*s %.*s", STR_FMT(first), STR_FMT(second));
}

void media_order(struct view *v, struct str order, const char *back)
{
	int rc = org_set(v->web->store, MEDIA_ORDER, order, v->e);

	if (rc == 0)
		rc = org_note(&v->by, "media", on_one_line(v, order), v->e);
	if (rc < 0) {
		page_failed(v);
		return;
	}
	(void)process_run(v->web->parent_fd, "media", START_WAIT_MS);
	redirect(v, back);
}
