/* senders.c - Thiết bị gửi nhật ký: who sends, since when, how much, what was lost, whose
 * clock is wrong, who has fallen silent; naming one and setting its alarm. */
#include "face/web/senders.h"
#include "kit/process/process.h"

#define TODAY_BUDGET_US 300000
#define SHOWN_MAX 500
#define REFUSED_SHOWN 20
#define OFFSET_SHOWN_S 2 /* less is the way of the line, not the clock */

static const char *seconds_words(struct view *v, int64_t s)
{
	const char *words = s < 120 ? tr(v->lang, "{n} giây") :
		s < 7200            ? tr(v->lang, "{n} phút") :
		s < 2 * CLOCK_DAY_S ? tr(v->lang, "{n} giờ") :
				      tr(v->lang, "{n} ngày");
	int64_t unit = s < 120 ? 1 : s < 7200 ? 60 : s < 2 * CLOCK_DAY_S ? 3600 : CLOCK_DAY_S;

	return fill(v, words, "n", count_text(v, s / unit), NULL);
}

static const char *offset_words(struct view *v, const struct sender_today *t)
{
	int64_t s = t->offset_s < 0 ? -t->offset_s : t->offset_s;

	if (!t->has_offset)
		return tr(v->lang, "chưa rõ");
	if (s < OFFSET_SHOWN_S)
		return tr(v->lang, "đúng giờ");
	return fill(v, t->offset_s > 0 ? tr(v->lang, "chậm {n}") : tr(v->lang, "nhanh {n}"), "n",
		seconds_words(v, s), NULL);
}

static const char *state_words(struct view *v, const struct sender_row *r)
{
	if (r->is->is_silent)
		return fill(v, tr(v->lang, "im lặng {n}"), "n",
			seconds_words(v, v->by.now_s - r->is->last_s), NULL);
	return r->silence_s ? tr(v->lang, "đang gửi") : tr(v->lang, "không đặt báo động");
}

static const char *today_words(struct view *v, const struct senders *s, const struct sender_row *r)
{
	return path_of(
		v, "%s%s", s->is_today_all ? "" : "≥ ", count_text(v, (int64_t)r->today.lines));
}

/* --- the list --------------------------------------------------------------------------------- */

static void row(struct view *v, const struct senders *s, const struct sender_row *r)
{
	html(v->w, "<tr><th scope=\"row\"><a href=\"/nhat-ky/nguon/%u\">%.*s</a>", r->is->number,
		STR_FMT(sender_shown(v, r)));
	html(v->w, "<br><span class=\"soft\">%s", tr(v->lang, sender_kind_words(r->is->kind)));
	if (r->name.len)
		html(v->w, ", %.*s",
			STR_FMT(text_clean(v->a, str_of(r->is->name), SENDER_NAME_MAX)));
	html(v->w, "</span></th><td>");
	html(v->w, "<span class=\"chip %s\">%s</span></td>",
		r->is->is_silent     ? "not-met" :
			r->silence_s ? "met" :
				       "not-applicable",
		state_words(v, r));
	html_table_time(v, tr(v->lang, "Dòng cuối"), r->is->last_s);
	html_table_cell(v, tr(v->lang, "Dòng/phút"), count_text(v, r->is->rate));
	html_table_cell(v, tr(v->lang, "Hôm nay"), today_words(v, s, r));
	html_table_cell(v, tr(v->lang, "Tất cả"), count_text(v, (int64_t)r->is->lines));
	html_table_cell(v, tr(v->lang, "Mất"), count_text(v, (int64_t)r->is->dropped));
	html_table_cell(v, tr(v->lang, "Đồng hồ"), offset_words(v, &r->today));
	html(v->w, "</tr>\n");
}

static void list(struct view *v, const struct senders *s)
{
	html(v->w, "<section>\n");
	html_table(v, tr(v->lang, "Thiết bị gửi nhật ký"), "stack", tr(v->lang, "Nguồn"),
		tr(v->lang, "Tình trạng"), tr(v->lang, "Dòng cuối"), tr(v->lang, "Dòng/phút"),
		tr(v->lang, "Hôm nay"), tr(v->lang, "Tất cả"), tr(v->lang, "Mất"),
		tr(v->lang, "Đồng hồ"));
	/* who has fallen silent first */
	for (int is_silent = 1, shown = 0; is_silent >= 0; is_silent--)
		for (size_t i = 0; i < s->count && shown < SHOWN_MAX; i++)
			if (s->rows[i].is->is_silent == (is_silent == 1)) {
				row(v, s, &s->rows[i]);
				shown++;
			}
	html_table_end(v);
	html(v->w, "<p>%s</p>\n",
		fill(v, tr(v->lang, "{n} nguồn; tất cả đã mất {m} dòng trước khi nhận xong."), "n",
			count_text(v, (int64_t)s->count), "m", count_text(v, (int64_t)s->dropped),
			NULL));
	html(v->w, "<p class=\"export\"><a href=\"/nhat-ky/nguon.csv\">%s</a></p>\n</section>\n",
		tr(v->lang, "Tải danh sách này (CSV)"));
}

/* --- who was not let in ----------------------------------------------------------------------- */

struct refused_rows {
	struct view *v;
	size_t count;
};

static int refused_row(void *context, const struct find_line *line)
{
	struct refused_rows *rows = context;
	struct view *v = rows->v;
	struct sender_refusal r;

	if (!sender_refusal_parse(line->leaf->raw, &r))
		return 0;
	html(v->w, "<tr><th scope=\"row\">%s</th>", time_text(v, line->leaf->received_ns / LOG_NS));
	html_table_cell(v, tr(v->lang, "Địa chỉ"), r.address[0] ? r.address : "–");
	html_table_cell(v, tr(v->lang, "Tên trong chứng thư"),
		text_of(v, text_clean(v->a, str_of(r.name[0] ? r.name : "–"), SENDER_NAME_MAX)));
	html_table_cell(v, tr(v->lang, "Vì sao"), tr(v->lang, sender_why_words(r.why)));
	html_table_cell(v, tr(v->lang, "Số lần"), count_text(v, (int64_t)r.count));
	html(v->w, "</tr>\n");
	return ++rows->count == REFUSED_SHOWN;
}

/* A device whose certificate ran out sends nothing more, and nobody would know. */
static void refused(struct view *v, const struct senders *s)
{
	const struct query_options how = { .now_s = v->by.now_s };
	struct refused_rows rows = { .v = v };
	struct find_answer answer = { 0 };
	struct find_ask ask = { .until_us = clock_monotonic_us() + TODAY_BUDGET_US,
		.hit = refused_row,
		.context = &rows };
	struct parse_fault fault;
	struct err none = { 0 };

	if (s->list.refused == 0)
		return;
	html(v->w, "<section>\n<h2>%s</h2>\n<p>%s</p>\n", tr(v->lang, "Kết nối bị từ chối"),
		fill(v,
			tr(v->lang,
				"{n} lần một máy muốn gửi qua TLS mà không được nhận; nó không gửi được dòng nào. "
				"Nếu đó là máy của đơn vị: cấp lại chứng thư, hoặc chỉnh đồng hồ của nó."),
			"n", count_text(v, (int64_t)s->list.refused), NULL));
	html_table(v, tr(v->lang, "Kết nối bị từ chối"), "stack", tr(v->lang, "Lúc"),
		tr(v->lang, "Địa chỉ"), tr(v->lang, "Tên trong chứng thư"), tr(v->lang, "Vì sao"),
		tr(v->lang, "Số lần"));
	if (log_of(v) &&
		query_parse(STR("kind:event \"refused\""), &how, v->a, &fault, &ask.query) == 0) {
		(void)!find_newest(log_of(v), &ask, &answer, &none);
		query_free(ask.query);
	}
	html_table_end(v);
	html(v->w, "</section>\n");
}

/* The host by which this browser came here is the one that a device reaches too, unless it came
 * from the machine itself. */
static const char *host_asked(struct view *v)
{
	struct str host = http_header(v->rq, "host");
	ptrdiff_t colon = str_find_char(host, ':');
	struct str name = colon > 0 ? str_until(host, (size_t)colon) : host;

	if (!name.len || str_starts(name, "127.") || str_is(name, "localhost") ||
		str_starts(host, "["))
		return tr(v->lang, "ĐỊA-CHỈ-MÁY-NÀY");
	return text_of(v, text_clean(v->a, name, SENDER_NAME_MAX));
}

static void nobody_yet(struct view *v)
{
	html(v->w, "<p class=\"empty\">%s</p>\n<section>\n<h2>%s</h2>\n<ul>\n<li>%s</li>\n",
		tr(v->lang, "Chưa máy hay thiết bị nào gửi nhật ký về."),
		tr(v->lang, "Cho thiết bị đầu tiên gửi về"),
		tr(v->lang,
			"Tường lửa, thiết bị chuyển mạch, Wi-Fi, camera: ở mục Syslog "
			"(Remote log) của thiết bị, ghi địa chỉ máy này, cổng 514, giao thức "
			"UDP hoặc TCP."));
	html(v->w, "<li>%s<pre>*.* @@%s:514</pre></li>\n",
		tr(v->lang,
			"Máy Linux có rsyslog: thêm dòng này vào /etc/rsyslog.d/khien.conf rồi khởi động lại rsyslog."),
		host_asked(v));
	html(v->w,
		"<li>%s</li>\n</ul>\n"
		"<p class=\"soft\">%s <a href=\"/huong-dan/nhat-ky\">%s</a></p>\n</section>\n",
		tr(v->lang,
			"Máy Windows: dùng NXLog hoặc winlogbeat, gửi về cùng địa chỉ và cổng."),
		tr(v->lang,
			"Dòng đầu tiên tới là thiết bị hiện ở đây; tải lại trang. Cổng khác, đường truyền mã hóa: "
			"tệp intake.yaml. Dịch vụ không được phép mở cổng 514 thì Khiên nhận ở cổng 5514."),
		tr(v->lang, "Hướng dẫn: nhật ký"));
}

void page_senders(struct view *v)
{
	struct senders s;

	if (senders_load(v, TODAY_BUDGET_US, &s, v->e) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Thiết bị gửi nhật ký"));
	html_log_pages(v);
	if (s.count)
		list(v, &s);
	else
		nobody_yet(v);
	refused(v, &s);
	page_end(v);
	senders_done(&s);
}

void page_senders_csv(struct view *v)
{
	static const char *const heads[] = { T("Số"), T("Nguồn"), T("Tên đặt"), T("Loại"),
		T("Tình trạng"), T("Dòng đầu"), T("Dòng cuối"), T("Dòng/phút"), T("Hôm nay"),
		T("Tất cả"), T("Byte"), T("Mất"), T("Đồng hồ") };
	struct senders s;

	if (senders_load(v, TODAY_BUDGET_US, &s, v->e) < 0) {
		page_failed(v);
		return;
	}
	csv_page(v, "nguon-nhat-ky.csv");
	for (size_t i = 0; i < COUNT(heads); i++)
		csv_words(v, heads[i]);
	csv_end_row(v->w);
	for (size_t i = 0; i < s.count; i++) {
		const struct sender_row *r = &s.rows[i];

		csv_text(v, number_text(v, r->is->number));
		csv_cell(v->w, str_of(r->is->name));
		csv_cell(v->w, r->name);
		csv_words(v, sender_kind_words(r->is->kind));
		csv_text(v, state_words(v, r));
		csv_text(v, time_text(v, r->is->first_s));
		csv_text(v, time_text(v, r->is->last_s));
		csv_text(v, number_text(v, r->is->rate));
		csv_text(v, today_words(v, &s, r));
		csv_text(v, number_text(v, (int64_t)r->is->lines));
		csv_text(v, number_text(v, (int64_t)r->is->bytes));
		csv_text(v, number_text(v, (int64_t)r->is->dropped));
		csv_text(v, offset_words(v, &r->today));
		csv_end_row(v->w);
	}
	senders_done(&s);
}

/* --- one -------------------------------------------------------------------------------------- */

static void fact(struct view *v, const char *label, const char *value)
{
	html(v->w, "<div><dt>%s</dt><dd>%s</dd></div>\n", label, value);
}

static void facts(struct view *v, const struct senders *s, const struct sender_row *r)
{
	html(v->w, "<section>\n<p><span class=\"chip %s\">%s</span></p>\n<dl class=\"facts\">\n",
		r->is->is_silent ? "not-met" : "met", state_words(v, r));
	fact(v, tr(v->lang, "Nguồn"),
		text_of(v, text_clean(v->a, str_of(r->is->name), SENDER_NAME_MAX)));
	fact(v, tr(v->lang, "Loại"), tr(v->lang, sender_kind_words(r->is->kind)));
	fact(v, tr(v->lang, "Dòng đầu"), time_text(v, r->is->first_s));
	fact(v, tr(v->lang, "Dòng cuối"), time_text(v, r->is->last_s));
	fact(v, tr(v->lang, "Dòng/phút"), count_text(v, r->is->rate));
	fact(v, tr(v->lang, "Hôm nay"), today_words(v, s, r));
	fact(v, tr(v->lang, "Tất cả"), count_text(v, (int64_t)r->is->lines));
	fact(v, tr(v->lang, "Mất"), count_text(v, (int64_t)r->is->dropped));
	fact(v, tr(v->lang, "Đồng hồ"), offset_words(v, &r->today));
	html(v->w, "</dl>\n<p><a href=\"/nhat-ky?hoi=source:%u\">%s</a></p>\n</section>\n",
		r->is->number, tr(v->lang, "Xem các dòng của nguồn này"));
}

static void settings(struct view *v, const struct sender_row *r)
{
	html_form(v, path_of(v, "/nhat-ky/nguon/%u", r->is->number), "card");
	html_field(v,
		&(struct field){ .name = "ten",
			.label = tr(v->lang, "Tên dễ nhớ"),
			.hint = tr(v->lang, "Ví dụ: tường lửa cổng chính"),
			.value = text_of(v, r->name) });
	html_field(v,
		&(struct field){ .name = "im-lang",
			.label = tr(v->lang, "Báo động khi im lặng quá (phút)"),
			.hint = tr(v->lang, "0 hoặc để trống: không báo động"),
			.value = r->silence_s ? number_text(v, r->silence_s / 60) : "" });
	html_form_end(v, tr(v->lang, "Lưu"));
}

static void show(struct view *v, const struct senders *s, const struct sender_row *r)
{
	page_start(v, text_of(v, sender_shown(v, r)));
	html_log_pages(v);
	facts(v, s, r);
	if (view_may(v, RIGHT_ACT, ORG_UNIT_FIRST))
		settings(v, r);
	page_end(v);
}

/* The sender of the path; answers itself when there is none. */
static const struct sender_row *row_of(struct view *v, struct senders *s)
{
	int64_t number = 0;

	if (senders_load(v, TODAY_BUDGET_US, s, v->e) < 0) {
		page_failed(v);
		return NULL;
	}
	if (str_to_i64(v->args[0], &number) && number > 0 && (size_t)number <= s->count)
		return &s->rows[number - 1];
	senders_done(s);
	page_problem(v, 404);
	return NULL;
}

void page_sender(struct view *v)
{
	struct senders s;
	const struct sender_row *r = row_of(v, &s);

	if (!r)
		return;
	show(v, &s, r);
	senders_done(&s);
}

void page_sender_post(struct view *v)
{
	struct str name = form_value(v, "ten"), minutes = form_value(v, "im-lang");
	struct senders s;
	const struct sender_row *r = row_of(v, &s);
	int64_t silence_min = 0;
	int rc = 0;

	if (!r)
		return;
	if (name.len > SENDERS_NAME_MAX)
		fault_add(v, "ten", tr(v->lang, "Tên quá dài; hãy viết gọn lại."));
	if (minutes.len &&
		(!str_to_i64(minutes, &silence_min) || silence_min < 0 ||
			silence_min > SENDERS_SILENCE_MAX_MIN))
		fault_add(v, "im-lang", tr(v->lang, "Hãy ghi số phút, từ 0 đến 527040 (một năm)."));
	if (!v->fault_count) {
		rc = sender_keep(v, r->is, name, silence_min * 60, v->e);
		if (rc == 0)
			rc = org_note(&v->by, "sender", str_of(r->is->name), v->e);
	}
	if (v->fault_count) {
		show(v, &s, r);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		(void)process_run(v->web->parent_fd, "duty", 0); /* which tells intake */
		redirect(v, path_of(v, "/nhat-ky/nguon/%u?bao=da-luu", r->is->number));
	}
	senders_done(&s);
}
