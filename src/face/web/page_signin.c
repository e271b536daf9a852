/* page_signin.c - a log-in that a directory vouches for: the question, the wait, the way in. */
#include "face/web/signin.h"

/* Words for one who only wants to come in: whether it is the certificate or the server is for the
 * administrator, and stands in the trial of the settings. */
static void refuse(struct view *v, const char *words, int status)
{
	fault_add(v, "ten-dang-nhap", words);
	v->rs->status = status;
	page_login(v);
}

void page_login_outside(struct view *v, struct str password)
{
	struct signin_question q = { .kind = SIGNIN_LDAP };
	struct str login = form_value(v, "ten-dang-nhap");
	struct org_login try;

	if (org_try_begin(&v->by, login, &try, v->e) < 0 ||
		signin_load(v, ldap_settings, ldap_setting_count, &q) < 0) {
		page_failed(v);
		return;
	}
	if (try.answer != LOGIN_FINE) {
		refuse(v, login_words(v, &try), 422);
		return;
	}
	q.at[SIGNIN_LOGIN] = login;
	q.at[SIGNIN_PASSWORD] = password;
	if (signin_send(v, SIGNIN_FOR_LOGIN, &q, 0)) {
		redirect(v, "/dang-nhap/cho");
		return;
	}
	if (org_try_back(&v->by, login, v->e) < 0)
		page_failed(v);
	else
		refuse(v,
			tr(v->lang,
				"Máy đang bận kiểm tra nhiều lần đăng nhập. Thử lại sau một phút."),
			503);
}

/* Vouched for: in, when one of their groups has a role. */
static int come_in(struct view *v, struct signin_wait *wait, struct org_login *try)
{
	const struct org_group *g = NULL;
	struct org_outside x = { .source = ORG_LDAP,
		.login = str_of(wait->login),
		.name = wait->answer.name,
		.email = wait->answer.email,
		.groups = wait->answer.groups,
		.group_count = wait->answer.group_count };
	int rc = signin_group(v, ORG_LDAP, wait, &g);

	if (rc < 0)
		return rc;
	if (!g) {
		refuse(v,
			tr(v->lang,
				"Mật khẩu đúng, nhưng tài khoản không thuộc nhóm nào được dùng Khiên. "
				"Hãy hỏi người quản trị."),
			403);
		return org_try_back(&v->by, x.login, v->e);
	}
	rc = org_outside_in(&v->by, &x, g, try, v->e);
	if (rc < 0 || try->answer != LOGIN_FINE) {
		if (rc == 0)
			refuse(v, login_words(v, try), 422);
		return rc;
	}
	rc = login_done(v, try->user_id, false);
	if (rc == 0)
		redirect(v, stage_path(v->stage));
	return rc;
}

static int finish(struct view *v, struct signin_wait *wait)
{
	struct str login = str_of(wait->login);
	struct org_login try = { 0 };
	int rc;

	switch (wait->answer.state) {
	case SIGNIN_RIGHT:
		return come_in(v, wait, &try);
	case SIGNIN_WRONG:
	case SIGNIN_NOBODY:
	case SIGNIN_DISABLED: /* all the same to one who has not shown the right password */
		rc = org_try_wrong(&v->by, login, &try, v->e);
		if (rc == 0)
			refuse(v, login_words(v, &try), 422);
		return rc;
	default:
		break;
	}
	fprintf(stderr, "khien web: the directory: %.*s\n", STR_FMT(wait->answer.detail));
	refuse(v,
		tr(v->lang,
			"Danh bạ đăng nhập không trả lời được. Lần thử này không tính. Thử lại sau; "
			"người quản trị dùng tài khoản khẩn cấp."),
		503);
	return org_try_back(&v->by, login, v->e);
}

void page_login_wait(struct view *v)
{
	struct signin_wait *wait = signin_waiting(v, SIGNIN_FOR_LOGIN);

	if (!wait) {
		redirect(v, stage_path(v->stage));
		return;
	}
	if (!wait->is_answered) {
		page_waiting(
			v, tr(v->lang, "Đăng nhập"), tr(v->lang, "Đang hỏi danh bạ đăng nhập…"));
		return;
	}
	if (finish(v, wait) < 0)
		page_failed(v);
	signin_drop(v, wait);
}
