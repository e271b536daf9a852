/* second_step.c - the code of a telephone: asked at the door, and put on. */
#include "face/web/web_int.h"

#include "kit/crypto/crypto.h"

static void code_field(struct view *v, const char *hint)
{
	html_field(v,
		&(struct field){ .name = "ma",
			.label = tr(v->lang, "Mã xác thực 6 chữ số"),
			.hint = hint,
			.autocomplete = "one-time-code",
			.is_required = true });
}

void page_second(struct view *v)
{
	if (v->stage != STAGE_SECOND_STEP) {
		redirect(v, stage_path(v->stage));
		return;
	}
	page_start(v, tr(v->lang, "Bước hai"));
	html_form(v, "/ma-hai-buoc", "card");
	code_field(v,
		tr(v->lang,
			"Mở ứng dụng xác thực trên điện thoại. Mất điện thoại thì nhập một mã khôi phục."));
	html_form_end(v, tr(v->lang, "Tiếp tục"));
	page_end(v);
}

void page_second_post(struct view *v)
{
	struct org_login try;

	if (v->stage != STAGE_SECOND_STEP) {
		redirect(v, stage_path(v->stage));
		return;
	}
	if (org_second_step(&v->by, v->user.id, form_value(v, "ma"), &try, v->e) < 0) {
		page_failed(v);
		return;
	}
	if (try.answer != LOGIN_FINE) {
		fault_add(v, "ma", login_words(v, &try));
		v->rs->status = 422;
		page_second(v);
		return;
	}
	if (login_done(v, v->user.id, true) < 0)
		page_failed(v);
	else
		redirect(v, stage_path(v->stage));
}

/* The key is made of the session, so that a reload shows the same, and nothing is kept until the
 * code proves that it arrived. */
static struct str new_key(struct view *v)
{
	unsigned char *digest = arena_alloc(v->a, SHA256_SIZE);
	struct str text = arena_fmt(
		v->a, "second step %.*s %.*s", STR_FMT(v->session.id), STR_FMT(v->session.csrf));
	struct str keyed = arena_fmt(v->a, "%.*s%.*s", STR_FMT(text), STR_FMT(v->web->key));

	sha256(keyed, digest);
	return (struct str){ (const char *)digest, TOTP_KEY_SIZE };
}

void page_second_on(struct view *v)
{
	struct str key;
	const char *uri;

	if (v->stage < STAGE_SET_SECOND || v->user.has_totp) {
		redirect(v,
			v->user.has_totp && v->stage == STAGE_FULL ? "/tai-khoan" :
								     stage_path(v->stage));
		return;
	}
	key = base32_of(new_key(v), v->a);
	uri = path_of(v, "otpauth://totp/Khien:%.*s?secret=%.*s&issuer=Khien",
		STR_FMT(url_piece(v->user.login, v->a)), STR_FMT(key));
	page_start(v, tr(v->lang, "Bật xác thực hai bước"));
	html(v->w, "<p>%s</p>\n<ol>\n<li>%s</li>\n<li>%s</li>\n<li>%s</li>\n</ol>\n",
		tr(v->lang, "Người quản trị phải có bước xác thực thứ hai ngoài mật khẩu."),
		tr(v->lang,
			"Cài một ứng dụng xác thực trên điện thoại, ví dụ Google Authenticator, "
			"Microsoft Authenticator, FreeOTP."),
		tr(v->lang, "Quét hình dưới đây, hoặc nhập khóa bằng tay."),
		tr(v->lang, "Nhập mã 6 chữ số mà ứng dụng hiện ra."));
	html(v->w, "<div class=\"qr\">\n");
	html_qr(v, uri);
	html(v->w, "</div>\n<p>%s <code class=\"key\">%.*s</code></p>\n", tr(v->lang, "Khóa:"),
		STR_FMT(key));
	html_form(v, "/bat-ma-hai-buoc", "card");
	code_field(v, NULL);
	html_form_end(v, tr(v->lang, "Bật"));
	page_end(v);
}

static void show_recovery(struct view *v, const struct org_recovery *recovery)
{
	page_start(v, tr(v->lang, "Mã khôi phục"));
	html(v->w, "<p>%s</p>\n<p><strong>%s</strong></p>\n<ul class=\"codes\">\n",
		tr(v->lang, "Xác thực hai bước đã bật."),
		tr(v->lang,
			"Ghi các mã dưới đây ra giấy và cất nơi an toàn. Mỗi mã dùng thay điện thoại "
			"một lần. Các mã này không hiện lại."));
	for (int i = 0; i < ORG_RECOVERY_COUNT; i++)
		html(v->w, "<li><code>%s</code></li>\n", recovery->codes[i]);
	html(v->w, "</ul>\n<p><a class=\"button\" href=\"/hom-nay\">%s</a></p>\n",
		tr(v->lang, "Tôi đã ghi lại, đi tiếp"));
	page_end(v);
}

void page_second_on_post(struct view *v)
{
	struct org_recovery recovery;
	int64_t id = v->user.id;

	if (v->stage < STAGE_SET_SECOND || v->user.has_totp) {
		redirect(v, stage_path(v->stage));
		return;
	}
	if (org_second_step_on(&v->by, id, new_key(v), form_value(v, "ma"), &recovery, v->e) < 0) {
		page_failed(v);
		return;
	}
	if (!recovery.is_right) {
		fault_add(v, "ma",
			tr(v->lang, "Mã không đúng. Kiểm tra giờ của điện thoại rồi thử mã mới."));
		v->rs->status = 422;
		page_second_on(v);
		return;
	}
	if (login_done(v, id, true) < 0)
		page_failed(v);
	else
		show_recovery(v, &recovery);
}
