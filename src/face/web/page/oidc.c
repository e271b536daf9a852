/* oidc.c - the way to a provider of log-ins and back. What must be the same when the browser
 * returns goes along with it in a sealed cookie, so that nobody who leaves costs memory here. */
#include "face/web/signin.h"

#define TRIP "khien-di"
#define TRIP_S 600
#define TRIP_CONTEXT STR("oidc trip")
#define TRIP_TOKEN_SIZE 53

/* One log-in on its way. */
struct trip {
	struct str state, nonce, verifier, issuer;
	int64_t at_s;
	bool says_issuer;
};

static struct str redirect_of(struct view *v, const struct signin_question *q)
{
	return arena_fmt(v->a, "%.*s/dang-nhap/oidc/ve", STR_FMT(q->at[SIGNIN_REDIRECT]));
}

/* --- there ------------------------------------------------------------------------------------ */

static void busy(struct view *v)
{
	signin_refuse(v,
		tr(v->lang, "Máy đang bận kiểm tra nhiều lần đăng nhập. Thử lại sau một phút."),
		503);
}

void page_oidc_begin(struct view *v)
{
	struct signin_question q = { .kind = SIGNIN_OIDC_FIND };
	bool is_leaving = str_is(form_value(v, "viec"), "ra");

	if (!signin_is_on(v, OIDC_ON)) {
		page_problem(v, 404);
		return;
	}
	if (!may_ask(v))
		return;
	if (signin_load(v, &signin_oidc, &q) < 0)
		page_failed(v);
	else if (signin_send(v, is_leaving ? SIGNIN_FOR_LEAVE : SIGNIN_FOR_WAY, &q, 0))
		redirect(v, "/dang-nhap/oidc");
	else
		busy(v);
}

static struct str token(struct view *v)
{
	char text[TRIP_TOKEN_SIZE];

	random_token(text, sizeof(text) - 1);
	return arena_str(v->a, str_of(text));
}

static int keep_trip(struct view *v, const struct trip *t)
{
	struct str sealed;
	struct buf line;
	int rc;

	buf_init(&line, 4 * KIB);
	buf_add(&line, STR("trip"));
	text_field_add_i64(&line, t->at_s);
	text_field_add(&line, t->says_issuer ? STR("1") : STR(""));
	text_field_add(&line, t->state);
	text_field_add(&line, t->nonce);
	text_field_add(&line, t->verifier);
	text_field_add(&line, t->issuer);
	rc = aead_seal(v->web->key, TRIP_CONTEXT, buf_str(&line), v->a, &sealed, v->e);
	buf_done(&line);
	if (rc == 0)
		signin_cookie(v, TRIP, base64url_of(sealed, v->a).ptr, TRIP_S);
	return rc;
}

/* RFC 7636: what the provider may see of the verifier. */
static struct str challenge_of(struct view *v, struct str verifier)
{
	unsigned char digest[SHA256_SIZE];

	sha256(verifier, digest);
	return base64url_of((struct str){ (const char *)digest, sizeof(digest) }, v->a);
}

static int send_there(struct view *v, const struct signin_question *q, struct signin_answer *x)
{
	struct trip t = { .state = token(v),
		.nonce = token(v),
		.verifier = token(v),
		.issuer = q->at[SIGNIN_URL],
		.at_s = v->by.now_s,
		.says_issuer = x->says_issuer };
	int rc = keep_trip(v, &t);

	v->rs->status = 303;
	v->rs->location = arena_fmt(v->a,
		"%.*s%sresponse_type=code&client_id=%.*s&redirect_uri=%.*s&scope=%.*s"
		"&state=%.*s&nonce=%.*s&code_challenge=%.*s&code_challenge_method=S256",
		STR_FMT(x->go), str_has(x->go, '?') ? "&" : "?",
		STR_FMT(url_piece(q->at[SIGNIN_CLIENT], v->a)),
		STR_FMT(url_piece(redirect_of(v, q), v->a)),
		STR_FMT(url_piece(q->at[SIGNIN_FILTER], v->a)), STR_FMT(t.state), STR_FMT(t.nonce),
		STR_FMT(challenge_of(v, t.verifier)))
				  .ptr;
	return rc;
}

static void leave_there(struct view *v, const struct signin_question *q, struct signin_answer *x)
{
	struct str home = arena_fmt(v->a, "%.*s/", STR_FMT(q->at[SIGNIN_REDIRECT]));

	if (!x->leave.len) {
		signin_refuse(v,
			tr(v->lang,
				"Nơi đăng nhập không có cách đăng xuất từ đây. Hãy đăng xuất ở trang của nơi đó."),
			200);
		return;
	}
	v->rs->status = 303;
	v->rs->location = arena_fmt(v->a, "%.*s%sclient_id=%.*s&post_logout_redirect_uri=%.*s",
		STR_FMT(x->leave), str_has(x->leave, '?') ? "&" : "?",
		STR_FMT(url_piece(q->at[SIGNIN_CLIENT], v->a)), STR_FMT(url_piece(home, v->a)))
				  .ptr;
}

void page_oidc_go(struct view *v)
{
	struct signin_question q = { 0 };
	struct signin_wait *wait = signin_waiting(v, SIGNIN_FOR_WAY);
	int rc = 0;

	if (!wait)
		wait = signin_waiting(v, SIGNIN_FOR_LEAVE);
	if (!wait) {
		redirect(v, stage_path(v->stage));
		return;
	}
	if (signin_must_wait(v, wait, tr(v->lang, "Đang mở nơi đăng nhập…")))
		return;
	if (wait->answer.state != SIGNIN_RIGHT) {
		fprintf(stderr, "khien web: the provider: %.*s\n", STR_FMT(wait->answer.detail));
		signin_refuse(v,
			tr(v->lang,
				"Nơi đăng nhập một lần không trả lời được. Thử lại sau; người quản trị dùng tài "
				"khoản khẩn cấp ngay tại trang này."),
			503);
	} else {
		rc = signin_load(v, &signin_oidc, &q);
		if (rc == 0 && wait->why == SIGNIN_FOR_WAY)
			rc = send_there(v, &q, &wait->answer);
		else if (rc == 0)
			leave_there(v, &q, &wait->answer);
	}
	if (rc < 0)
		page_failed(v);
	signin_drop(v, wait);
}

/* --- and back --------------------------------------------------------------------------------- */

static bool read_trip(struct view *v, struct trip *ret)
{
	struct str cookie = http_cookie(http_header(v->rq, "cookie"), signin_cookie_name(v, TRIP));
	struct str sealed, line, at[7];
	size_t count;

	if (!cookie.len || base64url_to(cookie, v->a, &sealed, v->e) < 0 ||
		aead_open(v->web->key, TRIP_CONTEXT, sealed, v->a, &line, v->e) < 0 ||
		!text_fields(line, v->a, at, COUNT(at), &count) || count != COUNT(at) ||
		!str_to_i64(at[1], &ret->at_s))
		return false;
	ret->says_issuer = str_is(at[2], "1");
	ret->state = at[3];
	ret->nonce = at[4];
	ret->verifier = at[5];
	ret->issuer = at[6];
	return v->by.now_s - ret->at_s <= TRIP_S && ret->at_s <= v->by.now_s;
}

/* What is wrong with who comes back, or NULL. */
static const char *stray(struct view *v, const struct signin_question *q, struct trip *t)
{
	struct str state = http_pair(v->query, "state"), issuer = http_pair(v->query, "iss");

	if (!read_trip(v, t) || !state.len || !crypto_equal(state, t->state))
		return T(
			"Lần đăng nhập này không bắt đầu ở trình duyệt này, hoặc đã quá lâu. Hãy đăng nhập lại từ đầu.");
	/* one that was sent to one provider and answered by another (RFC 9207) */
	if (!str_eq(t->issuer, q->at[SIGNIN_URL]) || (issuer.ptr && !str_eq(issuer, t->issuer)) ||
		(t->says_issuer && !issuer.ptr))
		return T("Câu trả lời không đến từ nơi đăng nhập đã khai nên không được tin.");
	if (!http_pair(v->query, "code").len)
		return T("Nơi đăng nhập không cho vào, hoặc bạn đã hủy.");
	return NULL;
}

void page_oidc_back(struct view *v)
{
	struct signin_question q = { .kind = SIGNIN_OIDC };
	const char *wrong;
	struct trip t;

	if (!signin_is_on(v, OIDC_ON)) {
		page_problem(v, 404);
		return;
	}
	if (!may_ask(v))
		return;
	if (signin_load(v, &signin_oidc, &q) < 0) {
		page_failed(v);
		return;
	}
	wrong = stray(v, &q, &t);
	if (wrong) {
		signin_cookie(v, TRIP, "", 0);
		signin_refuse(v, tr(v->lang, wrong), 403);
		return;
	}
	q.at[SIGNIN_CODE] = http_pair(v->query, "code");
	q.at[SIGNIN_REDIRECT] = redirect_of(v, &q);
	q.at[SIGNIN_VERIFIER] = t.verifier;
	q.at[SIGNIN_NONCE] = t.nonce;
	if (signin_send(v, SIGNIN_FOR_OIDC, &q, 0))
		redirect(v, "/dang-nhap/cho");
	else
		busy(v);
	signin_cookie(v, TRIP, "", 0); /* one way back each */
}
