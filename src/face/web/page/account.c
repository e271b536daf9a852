/* account.c - My account, and its codes for programs: a new one, its end. */
#include "face/web/org_int.h"

#include "kit/crypto/crypto.h"

void page_account(struct view *v)
{
	page_start(v, tr(v->lang, "Tài khoản của tôi"));
	html(v->w,
		"<dl class=\"facts\">\n<div><dt>%s</dt><dd>%.*s</dd></div>\n"
		"<div><dt>%s</dt><dd>%.*s</dd></div>\n<div><dt>%s</dt><dd>%s</dd></div>\n"
		"<div><dt>%s</dt><dd>%s</dd></div>\n<div><dt>%s</dt><dd>%s</dd></div>\n</dl>\n",
		tr(v->lang, "Họ và tên"), STR_FMT(v->user.name), tr(v->lang, "Tên đăng nhập"),
		STR_FMT(v->user.login), tr(v->lang, "Vai trò"),
		tr(v->lang, org_role_words(v->user.role)), tr(v->lang, "Đăng nhập lần cuối"),
		time_text(v, v->user.last_login_s), tr(v->lang, "Xác thực hai bước"),
		v->user.has_totp ? tr(v->lang, "đang bật") : tr(v->lang, "chưa bật"));
	html(v->w, "<p><a class=\"button\" href=\"/doi-mat-khau\">%s</a>",
		tr(v->lang, "Đổi mật khẩu"));
	if (!v->user.has_totp)
		html(v->w, " <a class=\"button plain\" href=\"/bat-ma-hai-buoc\">%s</a>",
			tr(v->lang, "Bật xác thực hai bước"));
	html(v->w, "</p>\n<p class=\"soft\">%s</p>\n",
		fill(v,
			tr(v->lang,
				"Phiên làm việc tự kết thúc sau {n} phút không có thao tác ({dieu})."),
			"n", count_text(v, v->rules.session_idle_min->number), "dieu",
			cite_text(v, v->rules.session_idle_min), NULL));
	page_tokens(v);
	page_end(v);
}

/* The last second of the day typed; the latest that the rules allow when none was. */
static int64_t until_typed(struct view *v)
{
	struct str typed = form_value(v, "han");
	int64_t last_s = v->by.now_s + org_token_days(&v->rules) * CLOCK_DAY_S;
	struct date day;

	if (!typed.len)
		return last_s;
	if (!date_typed(typed, &day)) {
		fault_add(v, "han", tr(v->lang, "Hãy nhập ngày, ví dụ 31/12/2026."));
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
			"Chép mã này vào chương trình ngay: mã chỉ hiện một lần này, Khiên "
			"chỉ giữ mã băm của nó. Ai có mã đều làm được những việc bạn đã cho "
			"phép: hãy giữ kín như mật khẩu."),
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
