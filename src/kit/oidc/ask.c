/* ask.c - what is asked of a provider: its description, its keys, a token for a code. */
#include <string.h>

#include "kit/crypto/crypto.h"
#include "kit/http/http.h"
#include "kit/oidc/oidc_int.h"

/* A question that goes on. */
struct asking {
	const struct oidc *o;
	struct arena *a;
	struct oidc_answer *ret;
	struct err e;
};

static bool end(struct asking *q, enum oidc_state state)
{
	q->ret->state = state;
	q->ret->detail = arena_str(q->a, str_of(q->e.text));
	return false;
}

/* The status, or -1 and the answer is told. */
static int ask(struct asking *q, struct http_ask *ask, struct str *ret_body)
{
	int status;

	ask->ca = q->o->ca;
	ask->wait_s = OIDC_WAIT_S;
	status = http_ask(ask, q->a, ret_body, &q->e);
	if (status < 0)
		(void)end(q,
			status == ERR_CRYPTO        ? OIDC_CERTIFICATE :
				status == ERR_INPUT ? OIDC_PROVIDER :
						      OIDC_UNREACHABLE);
	return status < 0 ? -1 : status;
}

/* A document that must be there. */
static bool fetch(struct asking *q, struct http_ask *what, struct str *ret_body)
{
	int status = ask(q, what, ret_body);

	if (status < 0)
		return false;
	if (status == 200)
		return true;
	(void)err_set(&q->e, ERR_SYSTEM, "\"%s\": status %d", what->url, status);
	return end(q, status >= 500 ? OIDC_UNREACHABLE : OIDC_PROVIDER);
}

static bool find(struct asking *q)
{
	struct str issuer = q->o->issuer, body;
	struct str base = str_ends(issuer, "/") ? str_until(issuer, issuer.len - 1) : issuer;

	if (!oidc_is_url(issuer)) {
		(void)err_set(&q->e, ERR_INPUT, "\"%.*s\" is no https:// address", STR_FMT(issuer));
		return end(q, OIDC_PROVIDER);
	}
	if (oidc_open(&q->e) < 0)
		return end(q, OIDC_UNREACHABLE);
	if (!fetch(q,
		    &(struct http_ask){
			    .url = arena_fmt(
				    q->a, "%.*s/.well-known/openid-configuration", STR_FMT(base))
					   .ptr },
		    &body))
		return false;
	return oidc_provider_parse(body, issuer, q->a, &q->ret->provider, &q->e) == 0 ||
		end(q, OIDC_PROVIDER);
}

static void begin(struct asking *q, const struct oidc *o, struct arena *a, struct oidc_answer *ret)
{
	*ret = (struct oidc_answer){ .detail = STR("") };
	*q = (struct asking){ .o = o, .a = a, .ret = ret };
}

void oidc_find(const struct oidc *o, struct arena *a, struct oidc_answer *ret)
{
	struct asking q;

	begin(&q, o, a, ret);
	(void)find(&q);
}

/* --- a token for a code ----------------------------------------------------------------------- */

struct token {
	struct str id, access;
};

/* Why no token came: by the error of RFC 6749 5.2. */
static bool refused(struct asking *q, int status, struct str body)
{
	json_t *doc = doc_open(body, "the provider's answer", &q->e);
	enum oidc_state state = status >= 500 ? OIDC_UNREACHABLE : OIDC_TOKEN;
	struct str fault, words;

	if (!doc)
		return end(q, state);
	fault = doc_text(doc, "error");
	words = doc_text(doc, "error_description");
	if (str_is(fault, "invalid_client") || str_is(fault, "unauthorized_client"))
		state = OIDC_CLIENT;
	else if (str_is(fault, "invalid_grant"))
		state = OIDC_CODE;
	(void)err_set(&q->e, ERR_DENIED, "%.*s: %.*s", (int)(fault.len < 100 ? fault.len : 100),
		fault.ptr, (int)(words.len < 300 ? words.len : 300), words.ptr);
	jansson.delete(doc);
	return end(q, state);
}

static void write_form(struct asking *q, const struct oidc_return *back, struct buf *out)
{
	bool is_secret_here = q->o->client_secret.len && q->ret->provider.wants_post;
	struct arena *a = q->a;

	buf_fmt(out, "grant_type=authorization_code&code=%.*s&redirect_uri=%.*s&code_verifier=%.*s",
		STR_FMT(url_piece(back->code, a)), STR_FMT(url_piece(back->redirect, a)),
		STR_FMT(url_piece(back->verifier, a)));
	if (is_secret_here || !q->o->client_secret.len)
		buf_fmt(out, "&client_id=%.*s", STR_FMT(url_piece(q->o->client_id, a)));
	if (is_secret_here)
		buf_fmt(out, "&client_secret=%.*s", STR_FMT(url_piece(q->o->client_secret, a)));
}

/* RFC 6749 2.3.1: both as in a form, then as HTTP has it. */
static const char *basic(struct asking *q)
{
	struct str pair;

	if (!q->o->client_secret.len || q->ret->provider.wants_post)
		return NULL;
	pair = arena_fmt(q->a, "%.*s:%.*s", STR_FMT(url_piece(q->o->client_id, q->a)),
		STR_FMT(url_piece(q->o->client_secret, q->a)));
	return arena_fmt(q->a, "Basic %.*s", STR_FMT(base64_of(pair, q->a))).ptr;
}

/* May it stand in a header? */
static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ' || (unsigned char)s.ptr[i] >= 0x7f)
			return false;
	return s.len > 0;
}

static bool fetch_token(struct asking *q, const struct oidc_return *back, struct token *ret)
{
	struct str body = STR("");
	struct buf form;
	json_t *doc;
	int status;

	buf_init(&form, 16 * KIB);
	write_form(q, back, &form);
	status = ask(q,
		&(struct http_ask){ .url = q->ret->provider.token.ptr,
			.body = buf_cstr(&form),
			.body_len = buf_str(&form).len,
			.type = "application/x-www-form-urlencoded",
			.authorization = basic(q) },
		&body);
	wipe((void *)(uintptr_t)buf_str(&form).ptr, buf_str(&form).len);
	buf_done(&form);
	if (status < 0)
		return false;
	if (status != 200)
		return refused(q, status, body);
	doc = doc_open(body, "the provider's answer", &q->e);
	if (!doc)
		return end(q, OIDC_TOKEN);
	ret->id = arena_str(q->a, doc_text(doc, "id_token"));
	ret->access = arena_str(q->a, doc_text(doc, "access_token"));
	jansson.delete(doc);
	return true;
}

/* Some providers tell the groups and the name only there. */
static bool fetch_more(struct asking *q, struct str access)
{
	struct oidc_person *p = &q->ret->person;
	struct str body;

	if (!q->ret->provider.person.len || !is_plain(access) ||
		(p->group_count && p->login.len && p->name.len))
		return true;
	if (!fetch(q,
		    &(struct http_ask){ .url = q->ret->provider.person.ptr,
			    .authorization = arena_fmt(q->a, "Bearer %.*s", STR_FMT(access)).ptr },
		    &body))
		return false;
	return oidc_person_more(q->o, body, q->a, p, &q->e) == 0 || end(q, OIDC_TOKEN);
}

void oidc_redeem(const struct oidc *o, const struct oidc_return *back, struct arena *a,
	struct oidc_answer *ret)
{
	struct token token;
	struct asking q;
	struct str keys;
	int rc;

	begin(&q, o, a, ret);
	if (!find(&q) || !fetch_token(&q, back, &token) ||
		!fetch(&q, &(struct http_ask){ .url = ret->provider.keys.ptr }, &keys))
		return;
	rc = oidc_token_check(
		o, back, &(struct oidc_signed){ token.id, keys }, a, &ret->person, &q.e);
	if (rc < 0)
		(void)end(&q, rc == ERR_LIMIT ? OIDC_CLOCK : OIDC_TOKEN);
	else
		(void)fetch_more(&q, token.access);
}
