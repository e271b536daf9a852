/* token.c - what programs show instead of a password: their owner's list, a new one, its end. */
#include "face/web/org_int.h"

#include "kit/crypto/crypto.h"

static const char *state_words(struct view *v, const struct org_token *t)
{
	if (t->ended_at_s)
		return tr(v->lang, org_token_why_words(t->ended_why));
	return org_token_is_live(t, v->by.now_s) ? tr(v->lang, "đang dùng được") :
						   tr(v->lang, "đã hết hạn");
}

static void token_row(struct view *v, const struct org_token *t, const char *path)
{
	html(v->w, "<tr><th scope=\"row\">%.*s</th>\n", STR_FMT(t->name));
	html_table_cell(v, tr(v->lang, "Quyền"),
		t->may_write ? tr(v->lang, "đọc và ghi") : tr(v->lang, "chỉ đọc"));
	html_table_time(v, tr(v->lang, "Tạo lúc"), t->made_at_s);
	html_table_time(v, tr(v->lang, "Dùng được đến"), t->until_s);
	html_table_cell(v, tr(v->lang, "Dùng lần cuối"),
		t->used_at_s ? time_text(v, t->used_at_s) : tr(v->lang, "chưa dùng"));
	html_table_cell(v, tr(v->lang, "Tình trạng"), state_words(v, t));
	html(v->w, "<td class=\"acts\">");
	if (path && org_token_is_live(t, v->by.now_s)) {
		html_form(v, path, "inline");
		html(v->w,
			"<input type=\"hidden\" name=\"viec\" value=\"thu-hoi-ma\">\n"
			"<input type=\"hidden\" name=\"ma-so\" value=\"%lld\">\n"
			"<button type=\"submit\" class=\"plain\">%s<span class=\"hidden\"> %.*s</span></button>\n",
			(long long)t->id, tr(v->lang, "Thu hồi"), STR_FMT(t->name));
		html_form_end(v, NULL);
	}
	html(v->w, "</td></tr>\n");
}

void html_tokens(struct view *v, const struct org_user *u, const char *path)
{
	struct org_token *list;
	size_t count;

	if (org_tokens(v->web->store, u->id, v->a, &list, &count, v->e) < 0) {
		fprintf(stderr, "khien web: %s\n", v->e->text);
		return;
	}
	html(v->w, "<section id=\"ma-api\">\n<h2>%s</h2>\n", tr(v->lang, "Mã truy cập API"));
	if (!count)
		html(v->w, "<p class=\"empty\">%s</p>\n", tr(v->lang, "Chưa có mã nào."));
	if (count) {
		html_table(v, tr(v->lang, "Mã truy cập API"), "stack", tr(v->lang, "Dùng cho"),
			tr(v->lang, "Quyền"), tr(v->lang, "Tạo lúc"), tr(v->lang, "Dùng được đến"),
			tr(v->lang, "Dùng lần cuối"), tr(v->lang, "Tình trạng"), "");
		for (size_t i = 0; i < count; i++)
			token_row(v, &list[i], path);
		html_table_end(v);
	}
	html(v->w, "</section>\n");
}

static void new_form(struct view *v)
{
	const struct param_value *days = v->rules.api_token_days;

	html(v->w, "<h3>%s</h3>\n<p class=\"soft\">%s</p>\n", tr(v->lang, "Tạo mã mới"),
		tr(v->lang,
			"Cho một chương trình làm việc thay bạn qua API. Mã không có quyền nào hơn quyền của bạn, và hết hiệu "
			"lực khi bạn đổi mật khẩu, đổi vai trò, đổi đơn vị hoặc thôi việc."));
	html_form(v, "/tai-khoan/ma-api", "card");
	html_field(v,
		&(struct field){ .name = "ten-ma",
			.label = tr(v->lang, "Dùng cho việc gì"),
			.hint = tr(v->lang, "Ví dụ: lấy danh sách máy mỗi đêm"),
			.autocomplete = "off",
			.is_required = true });
	html_select(v, "quyen", tr(v->lang, "Quyền"));
	html_option(v, "doc", tr(v->lang, "chỉ đọc"), true);
	html_option(v, "ghi", tr(v->lang, "đọc và ghi"), str_is(form_value(v, "quyen"), "ghi"));
	html_select_end(v);
	html_field(v,
		&(struct field){ .name = "han",
			.label = tr(v->lang, "Dùng được đến hết ngày"),
			.hint = fill(v,
				tr(v->lang,
					"Nhiều nhất {n} ngày ({dieu}); bỏ trống là lâu nhất"),
				"n", count_text(v, days->number), "dieu", cite_text(v, days),
				NULL),
			.autocomplete = "off" });
	html_form_end(v, tr(v->lang, "Tạo mã"));
}

void page_tokens(struct view *v)
{
	html_tokens(v, &v->user, "/tai-khoan/ma-api");
	if (str_is(v->user.source, "oidc"))
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang,
				"Bạn đăng nhập ở nơi đăng nhập chung, nơi không ai hỏi lại được bạn còn ở đó không, nên không "
				"tạo mã ở đây. Chương trình cần một tài khoản riêng ở Khiên."));
	else if (!org_token_days(&v->rules))
		html(v->w, "<p class=\"soft\">%s</p>\n",
			tr(v->lang,
				"Không gói quy định nào đang áp dụng nói mã dùng được bao lâu, nên chưa tạo được mã."));
	else
		new_form(v);
}

/* --- a new one -------------------------------------------------------------------------------- */

/* The last second of the day typed; the latest that the rules allow when none was. */
static int64_t until_typed(struct view *v)
{
	struct str typed = form_value(v, "han");
	int64_t last_s = v->by.now_s + org_token_days(&v->rules) * CLOCK_DAY_S;
	struct date day;

	if (!typed.len)
		return last_s;
	if (!date_typed(typed, &day)) {
		fault_add(v, "han", tr(v->lang, "Hãy nhập ngày như 31/12/2026."));
		return 0;
	}
	/* a day that is the last one allowed ends at the second that is */
	if (date_start_s(day) < last_s && date_start_s(day) + CLOCK_DAY_S > last_s)
		return last_s;
	return date_start_s(day) + CLOCK_DAY_S - 1;
}

static void show_once(struct view *v, const struct org_token *t, const char *text)
{
	page_start(v, tr(v->lang, "Mã truy cập API mới"));
	html(v->w, "<p><strong>%.*s</strong></p>\n<p><code class=\"key\">%s</code></p>\n",
		STR_FMT(t->name), text);
	html(v->w,
		"<p>%s</p>\n"
		"<pre>curl -H \"Authorization: Bearer %s…\" %s://%.*s/api/v1/hosts</pre>\n",
		tr(v->lang,
			"Chép mã này vào chương trình ngay: nó chỉ hiện một lần này. Khiên chỉ giữ dấu băm của nó. Ai có mã "
			"làm được những gì bạn cho phép: giữ nó như mật khẩu."),
		ORG_TOKEN_PREFIX, v->web->is_tls ? "https" : "http",
		STR_FMT(http_header(v->rq, "host")));
	html(v->w, "<p><a class=\"button\" href=\"/tai-khoan\">%s</a></p>\n",
		tr(v->lang, "Tôi đã chép, đi tiếp"));
	page_end(v);
}

static void refused(struct view *v, int rc)
{
	if (rc == ERR_LIMIT)
		fault_add(v, "ten-ma",
			fill(v,
				tr(v->lang,
					"Bạn đã có {n} mã đang dùng được. Thu hồi mã cũ trước."),
				"n", count_text(v, ORG_TOKENS_MAX), NULL));
	else if (rc == ERR_CONFLICT)
		fault_add(v, "ten-ma", tr(v->lang, "Tài khoản này không tạo mã ở đây được."));
	else if (!form_value(v, "ten-ma").len || form_value(v, "ten-ma").len > 200)
		fault_add(v, "ten-ma", tr(v->lang, "Hãy ghi ngắn gọn mã dùng cho việc gì."));
	else
		fault_add(v, "han",
			fill(v, tr(v->lang, "Ngày này đã qua, hoặc xa hơn {n} ngày."), "n",
				count_text(v, org_token_days(&v->rules)), NULL));
}

static void end_own(struct view *v)
{
	if (org_token_end(&v->by, form_number(v, "ma-so"), v->user.id, v->e) < 0)
		page_failed(v);
	else
		redirect(v, "/tai-khoan?bao=da-luu");
}

static void make(struct view *v)
{
	struct org_token t = { .user_id = v->user.id,
		.name = form_value(v, "ten-ma"),
		.may_write = str_is(form_value(v, "quyen"), "ghi"),
		.until_s = until_typed(v) };
	char text[ORG_TOKEN_TEXT_SIZE];
	int rc = v->fault_count ? 0 : org_token_make(&v->by, &t, text, v->e);

	if (rc == ERR_INPUT || rc == ERR_CONFLICT || rc == ERR_LIMIT)
		refused(v, rc);
	if (v->fault_count) {
		v->rs->status = 422;
		page_account(v);
	} else if (rc < 0) {
		page_failed(v);
	} else {
		show_once(v, &t, text);
	}
	wipe(text, sizeof(text));
}

void page_token_post(struct view *v)
{
	if (str_is(form_value(v, "viec"), "thu-hoi-ma"))
		end_own(v);
	else
		make(v);
}
