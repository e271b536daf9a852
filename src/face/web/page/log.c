/* log.c - Nhật ký: what machines and devices sent, searched; newest first, in steps that a
 * request has time for. */
#include "face/web/log.h"

#include "work/archive/show.h"

#define SHOWN_MAX 50
#define LONG_ROWS 8
#define BUDGET_US 300000 /* of one request */
#define SHOWN_BYTES 2000 /* of one line; all of it stands on its own page */
#define LIVE_S 10

/* --- the form --------------------------------------------------------------------------------- */

static void severities(struct view *v)
{
	struct str chosen = log_value(v, "muc");
	bool is_listed = chosen.len == 0;

	html(v->w,
		"<div class=\"field\"><label for=\"muc\">%s</label>\n<select id=\"muc\" name=\"muc\">\n",
		tr(v->lang, "Mức"));
	html_option(v, "", tr(v->lang, "mọi mức"), chosen.len == 0);
	for (int i = 0; i < 8; i++) {
		const char *value = path_of(v, ">=%s", query_severity_name(i));

		html_option(v, value,
			fill(v, tr(v->lang, "{muc} trở lên"), "muc",
				tr(v->lang, query_severity_words(i)), NULL),
			str_is(chosen, value));
		is_listed |= str_is(chosen, value);
	}
	if (!is_listed)
		html_option(v, text_of(v, chosen), text_of(v, chosen), true);
	html(v->w, "</select></div>\n");
}

static void form(struct view *v)
{
	html(v->w,
		"<form method=\"get\" action=\"/nhat-ky\" class=\"card ask\" role=\"search\">\n"
		"<div class=\"field wide\"><label for=\"hoi\">%s</label>"
		"<p class=\"hint\" id=\"hoi-goi-y\">%s</p>"
		"<input id=\"hoi\" name=\"hoi\" type=\"search\" spellcheck=\"false\" autocomplete=\"off\" "
		"aria-describedby=\"hoi-goi-y\" value=\"%.*s\"></div>\n",
		tr(v->lang, "Tìm gì"),
		tr(v->lang,
			"Các từ phải cùng có; \"cả cụm\"; -loại trừ; OR; /biểu thức/; "
			"máy:, ct:, mức:, sựkiện:, nguồn:"),
		STR_FMT(log_value(v, "hoi")));
	html_log_box(v, "tu", tr(v->lang, "Từ lúc"), "25/11/2026");
	html_log_box(v, "den", tr(v->lang, "Đến hết"), "25/11/2026 08:30");
	html_log_box(v, "may", tr(v->lang, "Máy"), "web*");
	html_log_box(v, "ct", tr(v->lang, "Chương trình"), "sshd");
	severities(v);
	html(v->w,
		"<div class=\"field wide\"><label class=\"tick\"><input type=\"checkbox\" name=\"dung\" "
		"value=\"1\"");
	if (http_pair(v->query, "dung").ptr)
		html(v->w, " checked");
	html(v->w, "> %s</label> <button type=\"submit\">%s</button></div>\n</form>\n",
		tr(v->lang, "đúng chữ hoa, chữ thường và dấu"), tr(v->lang, "Tìm trong nhật ký"));
}

/* --- results ---------------------------------------------------------------------------------- */

/* What a request has found. The first SHOWN_MAX lines are written as they come. */
struct found {
	struct view *v;
	struct buf rows;
	size_t shown;
	struct find_place last; /* shown */
	struct log_facets facets;
};

/* What Khiên's own lines are there for; who searches for them is shown what stands in them. */
static const char *const own_words[LEAF_KIND_MAX + 1] = {
	[LEAF_EVENT] = T("Một máy hay thiết bị gửi lần đầu, đổi tên hoặc im lặng."),
	[LEAF_GAP] = T("Có dòng đã mất trước khi nhận xong."),
	[LEAF_CLOCK] = T("Ghi giờ của máy trước mỗi lần niêm phong."),
	[LEAF_KEY] = T("Đổi khóa niêm phong."),
	[LEAF_IMPORT] = T("Nhập một tệp nhật ký cũ."),
	[LEAF_RETENTION] =
		T("Chuyển một tháng ra ổ cứng ngoài, hoặc xóa nội dung một dòng theo quyết định."),
	[LEAF_LINK] = T("Nhật ký bắt đầu, hoặc đi tiếp từ phần trước."),
};

static void content(struct found *found, const struct find_line *line)
{
	struct view *v = found->v;
	unsigned kind = line->leaf->kind;
	const char *words = kind <= LEAF_KIND_MAX ? own_words[kind] : NULL;

	if (line->leaf->transport == LEAF_OWN && words && log_value(v, "hoi").len == 0)
		html(&found->rows, "<td class=\"soft\">%s</td></tr>\n", tr(v->lang, words));
	else
		html(&found->rows, "<td class=\"raw\"><code>%.*s</code></td></tr>\n",
			STR_FMT(log_visible(v, line->leaf->raw, SHOWN_BYTES)));
}

static void row(struct found *found, const struct find_line *line)
{
	struct view *v = found->v;
	struct query_parts parts;
	char place[FIND_PLACE_TEXT_MAX];

	query_parts(line->leaf->raw, line->leaf->received_ns, &parts);
	html(&found->rows, "<tr><td><a href=\"/nhat-ky/dong/%s\"><time>%s</time></a></td>",
		find_place_text(line->place, place),
		second_text(v, query_leaf_ns(line->leaf) / LOG_NS));
	if (line->leaf->transport == LEAF_OWN)
		html(&found->rows, "<td>%s <span class=\"soft\">%s</span></td>",
			tr(v->lang, "Khiên"), tr(v->lang, leaf_kind_words(line->leaf->kind)));
	else
		html(&found->rows, "<td>%.*s <span class=\"soft\">%.*s</span></td>",
			STR_FMT(log_visible(v, parts.host, 80)),
			STR_FMT(log_visible(v, parts.program, 80)));
	content(found, line);
}

static int take(void *context, const struct find_line *line)
{
	struct found *found = context;

	if (found->shown < SHOWN_MAX) {
		row(found, line);
		found->shown++;
		found->last = line->place;
	}
	log_facets_add(&found->facets, line->leaf);
	return 0;
}

static void state(struct view *v, const struct find_answer *answer)
{
	const char *n = count_text(v, (int64_t)answer->hits);
	const char *amiss = answer->is_whole ? find_amiss(log_of(v)) : NULL;

	html(v->w, "<p role=\"status\">");
	if (amiss)
		html(v->w, "%s",
			fill(v,
				tr(v->lang,
					"Ít nhất {n} dòng khớp; không đọc được hết nhật ký: {w}."),
				"n", n, "w", text_of(v, text_clean(v->a, str_of(amiss), 300)),
				NULL));
	else if (answer->is_whole)
		html(v->w, "%s",
			fill(v, tr(v->lang, "{n} dòng khớp; đã xem hết nhật ký."), "n", n, NULL));
	else
		html(v->w, "%s",
			fill(v,
				tr(v->lang,
					"Ít nhất {n} dòng khớp; còn phần cũ hơn chưa xem hết trong thời "
					"gian của một trang."),
				"n", n, NULL));
	html(v->w, "</p>\n");
	if (answer->hits > LONG_ROWS &&
		log_value(v, "truoc").len == 0) /* what stands below many lines */
		html(v->w,
			"<p class=\"export\"><a href=\"#ai-luc-nao\">%s</a> · <a href=\"#tai-ve\">%s</a></p>\n",
			tr(v->lang, "Nguồn và thời gian của các dòng này"), tr(v->lang, "Tải về"));
}

/* Where the next page goes on: behind what is shown, or behind what was looked at. */
static void pages(struct view *v, const struct found *found, const struct find_answer *answer)
{
	bool is_full = found->shown == SHOWN_MAX && answer->hits > SHOWN_MAX;
	char place[FIND_PLACE_TEXT_MAX];

	html(v->w, "<p class=\"pages\">");
	if (is_full || !answer->is_whole)
		html(v->w, "<a class=\"button plain\" href=\"/nhat-ky?%s&amp;truoc=%s\">%s</a>",
			log_again(v, NULL, STR("")),
			find_place_text(is_full ? found->last : answer->next, place),
			tr(v->lang, "Xem tiếp, cũ hơn"));
	html(v->w, "</p>\n");
}

static void results(struct view *v, struct found *found, const struct find_answer *answer)
{
	bool is_first = !http_pair(v->query, "truoc").ptr;

	html(v->w, "<section>\n<h2>%s</h2>\n", tr(v->lang, "Các dòng, mới nhất trước"));
	state(v, answer);
	if (found->shown) {
		html_table(v, tr(v->lang, "Các dòng, mới nhất trước"), "stack log",
			tr(v->lang, "Lúc"), tr(v->lang, "Máy, chương trình"),
			tr(v->lang, "Nội dung"));
		buf_add(v->w, buf_str(&found->rows));
		html_table_end(v);
	} else if (answer->is_whole) {
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Không có dòng nào. Hãy bớt từ, bỏ dấu trừ hoặc mở rộng khoảng thời gian."));
	}
	pages(v, found, answer);
	html(v->w,
		"<p class=\"export\" id=\"tai-ve\">%s <a href=\"/nhat-ky.csv?%s\">CSV</a> · "
		"<a href=\"/nhat-ky.json?%s\">JSON</a> · <a href=\"/nhat-ky.txt?%s\">%s</a></p>\n",
		tr(v->lang, "Tải các dòng này:"), log_again(v, NULL, STR("")),
		log_again(v, NULL, STR("")), log_again(v, NULL, STR("")),
		tr(v->lang, "nguyên văn"));
	html(v->w, "<p class=\"export\"><a href=\"/nhat-ky.khien-range?%s\">%s</a></p>\n",
		log_again(v, NULL, STR("")),
		tr(v->lang, "Tải bằng chứng rằng không thiếu dòng nào nhận trong khoảng này"));
	html(v->w, "</section>\n");
	if (is_first)
		log_facets_show(v, &found->facets, answer->is_whole);
}

static bool ask(struct view *v, struct find *f, struct found *found, struct find_answer *ret)
{
	struct find_ask what = { .hit = take,
		.context = found,
		.until_us = clock_monotonic_us() + BUDGET_US,
		.query = log_question(v) };
	struct str before = log_value(v, "truoc");
	int rc;

	if (!what.query)
		return false;
	if (before.len && !find_place_parse(before, &what.before))
		what.before = (struct find_place){ 0 };
	log_facets_begin(v, f, what.query, &found->facets);
	rc = find_newest(f, &what, ret, v->e);
	if (rc == 0 && query_given_up(what.query))
		fault_add(v, "hoi",
			fill(v,
				tr(v->lang,
					"{n} dòng quá khó cho biểu thức chính quy này và không "
					"được tính."),
				"n", count_text(v, (int64_t)query_given_up(what.query)), NULL));
	query_free(what.query);
	if (rc < 0)
		fault_add(v, "hoi", v->e->text);
	return rc == 0;
}

/* Without script the page asks again by itself. */
static void live(struct view *v)
{
	bool is_on = http_pair(v->query, "song").ptr;

	html(v->w, "<p class=\"filters\"><a href=\"/nhat-ky?%s%s\">%s</a></p>\n",
		log_again(v, NULL, STR("")), is_on ? "" : "&song=1",
		is_on ? tr(v->lang, "Dừng tự tải lại") :
			tr(v->lang, "Xem trực tiếp, tự tải lại mỗi 10 giây"));
	if (is_on)
		html(v->w, "<p class=\"soft\">%s</p>\n",
			fill(v, tr(v->lang, "Trang này lúc {luc}; tải lại sau {n} giây."), "luc",
				second_text(v, v->by.now_s), "n", count_text(v, LIVE_S), NULL));
}

void page_log(struct view *v)
{
	struct find *f = log_of(v);
	struct found found = { .v = v };
	struct find_answer answer = { 0 };
	bool is_answered;

	if (!f) {
		page_failed(v);
		return;
	}
	buf_init(&found.rows, LIMIT_HTTP_PAGE_BYTES / 2);
	is_answered = ask(v, f, &found, &answer);
	if (is_answered && http_pair(v->query, "song").ptr)
		v->refresh_s = LIVE_S;
	page_start(v, tr(v->lang, "Nhật ký"));
	html_log_pages(v);
	form(v);
	if (find_shard_count(f) == 0) {
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Nhật ký chưa có dòng nào: chưa máy hay thiết bị nào gửi về, "
				"và chưa nhập tệp cũ nào."));
	} else if (is_answered) {
		live(v);
		html_log_saved(v);
		results(v, &found, &answer);
	}
	page_end(v);
	buf_done(&found.rows);
}
