/* signin.c - a log-in that a directory or a provider vouches for: the question, the wait, the
 * way in. */
#include "face/web/signin.h"

/* Words for one who only wants to come in: whether it is the certificate or the server is for the
 * administrator, and stands in the trial of the settings. */
void signin_refuse(struct view *v, const char *words, int status)
{
	fault_add(v, "ten-dang-nhap", words);
	v->rs->status = status;
	page_login(v);
}

void page_login_outside(struct view *v, struct str password)
{
	static const struct org_login locked = { .answer = LOGIN_LOCKED };
	enum signin_begun begun;

	if (signin_begin(v, SIGNIN_FOR_LOGIN, form_value(v, "ten-dang-nhap"), password, &begun) <
		0)
		page_failed(v);
	else if (begun == SIGNIN_BEGUN)
		redirect(v, "/dang-nhap/cho");
	else if (begun == SIGNIN_IS_LOCKED)
		signin_refuse(v, login_words(v, &locked), 422);
	else
		signin_refuse(v,
			tr(v->lang,
				"Máy đang bận kiểm tra nhiều lần đăng nhập. Thử lại sau một phút."),
			503);
}

/* Words for who was vouched for and has no place here. */
static void no_place(struct view *v, const struct signin_wait *wait)
{
	const char *words = tr(v->lang,
		"Mật khẩu đúng, nhưng tài khoản không thuộc nhóm nào được dùng Khiên. "
		"Hãy hỏi người quản trị.");

	if (wait->why == SIGNIN_FOR_OIDC)
		words = tr(v->lang,
			"Nơi đăng nhập đã nhận ra bạn, nhưng bạn không thuộc nhóm nào được dùng Khiên. "
			"Hãy hỏi người quản trị.");
	signin_refuse(v, words, 403);
}

/* The name that a new account would get is another's: only an administrator says that both are one
 * person. */
static int other_account(struct view *v, const struct org_outside *x)
{
	signin_refuse(v,
		fill(v,
			tr(v->lang,
				"Tên đăng nhập {ten} là của một tài khoản khác, hoặc không dùng được. Nếu tài khoản đó là của "
				"bạn, hãy nhờ người quản trị gắn nó với mã {ma}."),
			"ten", text_of(v, x->login), "ma", text_of(v, x->subject), NULL),
		403);
	return org_note(&v->by, "oidc-name-taken", x->subject, v->e);
}

/* Vouched for: in, when one of their groups has a role. */
static int come_in(struct view *v, struct signin_wait *wait)
{
	struct org_login try = { 0 };
	bool is_oidc = wait->why == SIGNIN_FOR_OIDC;
	const struct signin_answer *said = &wait->answer;
	const struct org_group *g = NULL;
	struct signin_question set = { 0 };
	struct org_outside x = { .source = is_oidc ? ORG_OIDC : ORG_LDAP,
		.login = is_oidc ? said->login : str_of(wait->login),
		.name = said->name,
		.email = said->email,
		.subject = said->subject,
		.code = said->code,
		.groups = said->groups,
		.group_count = said->group_count };
	int rc = signin_group(v, x.source, wait, &g);

	if (rc == 0 && is_oidc)
		rc = signin_load(v, &signin_oidc, &set);
	if (rc < 0)
		return rc;
	x.issuer = set.at[SIGNIN_URL].ptr ? set.at[SIGNIN_URL] : STR("");
	if (!g) {
		no_place(v, wait);
		return org_note(&v->by, is_oidc ? "oidc-no-group" : "ldap-no-group",
			is_oidc ? x.subject : x.login, v->e);
	}
	rc = org_outside_in(&v->by, &x, g, &try, v->e);
	if (is_oidc && (rc == ERR_CONFLICT || rc == ERR_INPUT))
		return other_account(v, &x);
	if (rc < 0 || try.answer != LOGIN_FINE) {
		if (rc == 0)
			signin_refuse(v, login_words(v, &try), 422);
		return rc;
	}
	rc = login_done(v, try.user_id, false);
	if (rc == 0)
		redirect(v, stage_path(v->stage));
	return rc;
}

/* What a provider could not vouch for. */
static int not_vouched(struct view *v, const struct signin_wait *wait)
{
	static const char *const words[SIGNIN_STATE_COUNT] = {
		[SIGNIN_CODE_USED] = T(
			"Lần đăng nhập này đã dùng rồi hoặc đã quá lâu. Hãy đăng nhập lại từ đầu."),
		[SIGNIN_TOKEN] = T(
			"Giấy xác nhận của nơi đăng nhập không hợp lệ nên không được tin. Hãy báo người quản trị."),
		[SIGNIN_CLOCK] = T(
			"Giờ của Khiên và giờ của nơi đăng nhập lệch nhau quá nhiều. Hãy báo người quản trị."),
	};
	const char *said = words[wait->answer.state];

	fprintf(stderr, "khien web: the provider: %.*s\n", STR_FMT(wait->answer.detail));
	signin_refuse(v,
		tr(v->lang,
			said ? said :
			       T("Nơi đăng nhập một lần không trả lời được. Thử lại sau; người quản trị dùng tài "
				 "khoản khẩn cấp ngay tại trang này.")),
		said ? 403 : 503);
	return org_note(&v->by, "oidc-refused", wait->answer.detail, v->e);
}

/* The password may be right and the directory say no all the same: it tells that to nobody who has
 * not shown the right one. */
static const char *refusal_words(struct view *v, enum signin_state state)
{
	static const char *const words[SIGNIN_STATE_COUNT] = {
		[SIGNIN_MUST_CHANGE] = T(
			"Mật khẩu đúng, nhưng danh bạ của cơ quan đòi đổi mật khẩu này trước. Hãy đổi mật khẩu trên "
			"máy tính của cơ quan, rồi đăng nhập lại bằng mật khẩu mới."),
		[SIGNIN_OLD] = T(
			"Mật khẩu đúng, nhưng đã hết hạn ở danh bạ của cơ quan. Hãy đổi mật khẩu trên máy tính của cơ "
			"quan, rồi đăng nhập lại bằng mật khẩu mới."),
		[SIGNIN_SHUT] = T(
			"Mật khẩu đúng, nhưng tài khoản của bạn đã bị khóa ở danh bạ của cơ quan. Hãy hỏi người quản "
			"trị danh bạ."),
		[SIGNIN_ENDED] = T(
			"Mật khẩu đúng, nhưng tài khoản của bạn đã hết hạn ở danh bạ của cơ quan. Hãy hỏi người quản "
			"trị danh bạ."),
		[SIGNIN_NOT_NOW] = T(
			"Mật khẩu đúng, nhưng danh bạ của cơ quan không cho bạn đăng nhập vào giờ này hoặc từ máy chủ "
			"này. Hãy hỏi người quản trị danh bạ."),
		[SIGNIN_SLOW] = T(
			"Danh bạ đăng nhập trả lời quá chậm nên chưa biết mật khẩu đúng hay sai. Lần thử này không "
			"tính. Thử lại sau một phút; người quản trị dùng tài khoản khẩn cấp."),
	};

	return tr(v->lang,
		words[state] ?
			words[state] :
			T("Danh bạ đăng nhập không trả lời được. Lần thử này không tính. Thử lại sau; "
			  "người quản trị dùng tài khoản khẩn cấp."));
}

static int finish(struct view *v, struct signin_wait *wait)
{
	const struct signin_answer *x = &wait->answer;
	int rc = 0;

	if (x->state == SIGNIN_RIGHT)
		return come_in(v, wait);
	if (wait->why == SIGNIN_FOR_OIDC)
		return not_vouched(v, wait);
	if (signin_is_wrong(x)) { /* all the same to one who has not shown the right password */
		rc = signin_count(v, wait);
		if (rc == 0)
			signin_refuse(v, login_words(v, &wait->try), 422);
	} else {
		fprintf(stderr, "khien web: the directory: %.*s\n", STR_FMT(x->detail));
		signin_refuse(v, refusal_words(v, x->state),
			signin_is_kept_out(x) ? 403 : 503);
	}
	return rc;
}

void page_login_wait(struct view *v)
{
	struct signin_wait *wait = signin_waiting(v, SIGNIN_FOR_LOGIN);

	if (!wait)
		wait = signin_waiting(v, SIGNIN_FOR_OIDC);
	if (!wait) {
		redirect(v, stage_path(v->stage));
		return;
	}
	if (signin_must_wait(v, wait,
		    wait->why == SIGNIN_FOR_OIDC ? tr(v->lang, "Đang hỏi nơi đăng nhập…") :
						   tr(v->lang, "Đang hỏi danh bạ đăng nhập…")))
		return;
	if (finish(v, wait) < 0)
		page_failed(v);
	signin_drop(v, wait);
}
