/* enter.c - coming in by name and password, and going out. */
#include "face/web/signin.h"

void page_login_post(struct view *v)
{
	struct str password = http_pair(v->form, "mat-khau");
	struct org_login try;
	bool is_outside = false;

	if (signin_is_outside(v, form_value(v, "ten-dang-nhap"), &is_outside) < 0) {
		page_failed(v);
		return;
	}
	if (!(is_outside ? may_ask(v) : may_hash(v)))
		return;
	if (is_outside) {
		page_login_outside(v, password.ptr ? password : STR(""));
		return;
	}
	if (org_login(&v->by, form_value(v, "ten-dang-nhap"), password.ptr ? password : STR(""),
		    &try, v->e) < 0) {
		page_failed(v);
		return;
	}
	if (try.answer != LOGIN_FINE) {
		fault_add(v, "ten-dang-nhap", login_words(v, &try));
		v->rs->status = 422;
		page_login(v);
		return;
	}
	if (login_done(v, try.user_id, false) < 0)
		page_failed(v);
	else
		redirect(v, stage_path(v->stage));
}

void page_logout(struct view *v)
{
	if (org_session_end(&v->by, v->session.id, v->e) < 0 ||
		org_note(&v->by, "logout", STR_NONE, v->e) < 0) {
		page_failed(v);
		return;
	}
	session_drop_cookie(v);
	redirect(v,
		str_is(v->user.source, ORG_OIDC) ? "/dang-nhap?bao=da-dang-xuat-oidc" :
						   "/dang-nhap?bao=da-dang-xuat");
}
