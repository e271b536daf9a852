/* mail.c - where mail goes, and what waits. */
#include "core/evidence/doing.h"
#include "core/org/outside.h"
#include "face/web/work.h"
#include "kit/mail/mail.h"

static struct str setting(struct view *v, const char *name)
{
	struct str value = STR_NONE;

	if (org_setting(v->web->store, name, v->a, &value, v->e) < 0)
		return STR("");
	return value.ptr ? value : STR("");
}

void page_mail(struct view *v)
{
	int64_t waiting = 0;
	struct str fault = STR("");

	if (mail_state(v->web->store, v->a, &waiting, &fault, v->e) < 0) {
		page_failed(v);
		return;
	}
	page_start(v, tr(v->lang, "Thư nhắc việc hằng ngày"));
	html_work_pages(v);
	html(v->w, "<p>%s</p>\n",
		tr(v->lang,
			"Mỗi sáng, ai có thư điện tử trong danh sách người nhận một thư gồm mọi việc đến hạn và "
			"quá hạn của mình. Máy chủ thư hỏng thì thư chờ; hôm sau thư mới thay thư cũ."));
	html(v->w, "<p role=\"status\"><strong>%s</strong> %.*s</p>\n",
		fill(v, tr(v->lang, "{n} thư đang chờ."), "n", count_text(v, waiting), NULL),
		STR_FMT(fault));
	if (setting(v, "mail.server").len == 0)
		html(v->w, "<p class=\"empty\">%s</p>\n",
			tr(v->lang,
				"Chưa ghi máy chủ thư nên chưa thư nào được gửi. Việc đến hạn của mỗi người vẫn hiện ở "
				"trang Hôm nay của người ấy."));
	html_form(v, "/viec/thu", "card");
	html_field(v,
		&(struct field){ .name = "may-chu",
			.label = tr(v->lang, "Máy chủ thư"),
			.hint = "smtp://may-chu:25, smtps://may-chu:465",
			.value = text_of(v, setting(v, "mail.server")) });
	html_field(v,
		&(struct field){ .name = "tu",
			.label = tr(v->lang, "Thư gửi từ địa chỉ"),
			.value = text_of(v, setting(v, "mail.from")) });
	html_field(v,
		&(struct field){ .name = "tai-khoan",
			.label = tr(v->lang, "Tài khoản trên máy chủ thư"),
			.hint = tr(v->lang,
				"Có tài khoản thì chỉ gửi khi đường truyền mã hóa (STARTTLS hoặc smtps)"),
			.autocomplete = "off",
			.value = text_of(v, setting(v, "mail.login")) });
	html_field(v,
		&(struct field){ .name = "mat-khau",
			.label = tr(v->lang, "Mật khẩu trên máy chủ thư"),
			.hint = tr(v->lang, "Để trống thì giữ mật khẩu đã lưu"),
			.type = "password",
			.autocomplete = "off" });
	html_area(v,
		&(struct field){ .name = "chung-thu",
			.label = tr(v->lang, "Chứng thư của nơi cấp (CA), dạng PEM"),
			.hint = tr(v->lang, "Để trống thì dùng các CA mà máy này tin"),
			.value = text_of(v, setting(v, "mail.ca")) });
	html_form_end(v, tr(v->lang, "Lưu"));
	page_end(v);
}

/* The password is kept sealed, and goes with its account. */
static int save(struct view *v)
{
	struct str login = form_value(v, "tai-khoan"), password = form_value(v, "mat-khau");
	int rc = org_set(v->web->store, "mail.server", form_value(v, "may-chu"), v->e);

	if (rc == 0)
		rc = org_set(v->web->store, "mail.from", form_value(v, "tu"), v->e);
	if (rc == 0)
		rc = org_set(v->web->store, "mail.login", login, v->e);
	if (rc == 0)
		rc = org_set(v->web->store, "mail.ca", form_value(v, "chung-thu"), v->e);
	if (rc == 0 && (password.len || !login.len))
		rc = org_secret_set(&v->by, "mail.secret", password, v->e);
	return rc < 0 ? rc : org_note(&v->by, "mail.set", form_value(v, "may-chu"), v->e);
}

void page_mail_post(struct view *v)
{
	struct str server = form_value(v, "may-chu"), from = form_value(v, "tu");

	if (server.len && !str_starts(server, "smtp://") && !str_starts(server, "smtps://"))
		fault_add(v, "may-chu",
			tr(v->lang, "Máy chủ thư bắt đầu bằng smtp:// hoặc smtps://."));
	if (from.len && !letter_is_address(from))
		fault_add(v, "tu", tr(v->lang, "Đây không phải một địa chỉ thư."));
	if (form_value(v, "chung-thu").len && !is_ca(form_value(v, "chung-thu")))
		fault_add(v, "chung-thu",
			tr(v->lang, "Chứng thư PEM bắt đầu bằng -----BEGIN CERTIFICATE-----."));
	if (v->fault_count) {
		v->rs->status = 400;
		page_mail(v);
		return;
	}
	if (save(v) < 0)
		page_failed(v);
	else
		redirect(v, "/viec/thu?bao=da-luu");
}
