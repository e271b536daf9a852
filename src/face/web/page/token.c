/* token.c - what programs show instead of a password: their owner's list, the form of a new one. */
#include "face/web/org_int.h"

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
				tr(v->lang, "Nhiều nhất {n} ngày ({dieu}); bỏ trống là lâu nhất"),
				"n", count_text(v, days->number), "dieu", cite_text(v, days), NULL),
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
