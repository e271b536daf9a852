/* token.c - ID tokens (OpenID Connect Core 1.0, 3.1.3.7) and the keys that sign them. */
#include <string.h>

#include "kit/crypto/crypto.h"
#include "kit/crypto/signature.h"
#include "kit/oidc/oidc_int.h"

#define KEYS_MAX 100
#define TEXT_BYTES_MAX 1000
#define SUBJECT_BYTES_MAX 255
/* A token is fetched the moment it is made: one made long ago was made for somebody else. */
#define AGE_MAX_S 600

/* --- the signature ---------------------------------------------------------------------------- */

/* What may sign. "none" and those that sign with a shared secret are not here, and nothing else
 * than this table decides. */
static const struct algorithm {
	const char *name, *kind, *curve;
	bool is_pss;
} algorithms[] = {
	{ "RS256", "RSA", NULL, false },
	{ "PS256", "RSA", NULL, true },
	{ "ES256", "EC", "P-256", false },
	{ "EdDSA", "OKP", "Ed25519", false },
};

struct signed_text {
	struct str header, claims; /* JSON */
	struct str text, signature;
};

static int split(struct str token, struct arena *a, struct signed_text *ret, struct err *e)
{
	struct str header, rest, claims, signature;
	int rc;

	if (token.len > OIDC_BYTES_MAX || !str_split(token, '.', &header, &rest) ||
		!str_split(rest, '.', &claims, &signature) || str_has(signature, '.'))
		return err_set(e, ERR_INPUT, "the ID token has not three parts");
	ret->text = str_until(token, header.len + 1 + claims.len);
	rc = base64url_to(header, a, &ret->header, e);
	if (rc == 0)
		rc = base64url_to(claims, a, &ret->claims, e);
	if (rc == 0)
		rc = base64url_to(signature, a, &ret->signature, e);
	return rc < 0 ? err_context(e, "the ID token") : 0;
}

/* A number of a key, "" when it is none. */
static struct str number(const json_t *key, const char *name, struct arena *a)
{
	struct str bytes = STR("");
	struct err e = { 0 };

	return base64url_to(doc_text(key, name), a, &bytes, &e) < 0 ? STR("") : bytes;
}

static bool may_sign(const json_t *key, const struct algorithm *how)
{
	struct str use = doc_text(key, "use"), alg = doc_text(key, "alg");

	return str_is(doc_text(key, "kty"), how->kind) &&
		(!how->curve || str_is(doc_text(key, "crv"), how->curve)) &&
		(!use.len || str_is(use, "sig")) && (!alg.len || str_is(alg, how->name)) &&
		doc_has(key, "key_ops", "verify", true);
}

static bool has_signed(const json_t *key, const struct algorithm *how, const struct signed_text *t,
	struct arena *a)
{
	struct str x;

	if (strcmp(how->kind, "RSA") == 0)
		return rsa_verify(&(struct rsa_public){ number(key, "n", a), number(key, "e", a) },
			how->is_pss, t->text, t->signature);
	x = number(key, "x", a);
	if (strcmp(how->kind, "EC") == 0)
		return p256_verify(x, number(key, "y", a), t->text, t->signature);
	return x.len == ED25519_PUBLIC_SIZE &&
		ed25519_verify((const unsigned char *)x.ptr, t->text, t->signature);
}

/* The key of that name; without a name the only one that can be meant. */
static const json_t *key_named(
	const json_t *keys, struct str kid, const struct algorithm *how, struct err *e)
{
	const json_t *list = jansson.get(keys, "keys"), *found = NULL;
	size_t count = json_is_array(list) ? jansson.array_size(list) : 0;

	for (size_t i = 0; i < count && i < KEYS_MAX; i++) {
		const json_t *key = jansson.array_get(list, i);

		if (!json_is_object(key) || !may_sign(key, how))
			continue;
		if (kid.len && !str_eq(doc_text(key, "kid"), kid))
			continue;
		if (found) {
			(void)err_set(e, ERR_CRYPTO,
				"several keys of the provider could have signed the ID token");
			return NULL;
		}
		found = key;
	}
	if (!found)
		(void)err_set(e, ERR_CRYPTO, "the provider has no key \"%.*s\" of the kind %s now",
			(int)(kid.len < 100 ? kid.len : 100), kid.ptr ? kid.ptr : "", how->name);
	return found;
}

static int check_header(
	const json_t *header, const struct algorithm **ret, struct str *ret_kid, struct err *e)
{
	struct str name = doc_text(header, "alg");

	if (jansson.get(header, "crit"))
		return err_set(e, ERR_CRYPTO, "the ID token asks for what is not known here");
	for (size_t i = 0; i < COUNT(algorithms); i++) {
		if (!str_is(name, algorithms[i].name))
			continue;
		*ret = &algorithms[i];
		*ret_kid = doc_text(header, "kid");
		return 0;
	}
	return err_set(e, ERR_CRYPTO, "the ID token is signed by \"%.*s\", which is not accepted",
		(int)(name.len < 40 ? name.len : 40), name.ptr);
}

static int check_signature(
	const struct signed_text *t, struct str key_set, struct arena *a, struct err *e)
{
	json_t *header = doc_open(t->header, "the ID token's header", e);
	json_t *keys = header ? doc_open(key_set, "the provider's keys", e) : NULL;
	const struct algorithm *how = NULL;
	const json_t *key;
	struct str kid = STR("");
	int rc = keys ? check_header(header, &how, &kid, e) : e->code;

	if (rc == 0) {
		key = key_named(keys, kid, how, e);
		if (!key)
			rc = e->code;
		else if (!has_signed(key, how, t, a))
			rc = err_set(e, ERR_CRYPTO, "the ID token's signature is not right");
	}
	if (keys)
		jansson.delete(keys);
	if (header)
		jansson.delete(header);
	return rc;
}

/* --- the claims ------------------------------------------------------------------------------- */

static int check_audience(const json_t *claims, struct str client_id, struct err *e)
{
	const json_t *aud = jansson.get(claims, "aud");
	bool is_many = json_is_array(aud) && jansson.array_size(aud) > 1;
	const json_t *azp = jansson.get(claims, "azp");
	bool is_ours = str_eq(doc_str(aud), client_id);

	for (size_t i = 0; json_is_array(aud) && i < jansson.array_size(aud); i++)
		is_ours |= str_eq(doc_str(jansson.array_get(aud, i)), client_id);
	if (!is_ours || !client_id.len)
		return err_set(e, ERR_DENIED, "the ID token is for another client");
	if ((is_many || azp) && !str_eq(doc_str(azp), client_id))
		return err_set(e, ERR_DENIED, "the ID token was made for another client (azp)");
	return 0;
}

static int check_times(const json_t *claims, int64_t now_s, struct err *e)
{
	int64_t exp_s, iat_s, nbf_s = 0;

	if (!doc_second(claims, "exp", &exp_s) || !doc_second(claims, "iat", &iat_s))
		return err_set(e, ERR_INPUT, "the ID token does not say its times");
	if (exp_s + OIDC_SKEW_S <= now_s || iat_s + AGE_MAX_S + OIDC_SKEW_S < now_s)
		return err_set(e, ERR_LIMIT, "the ID token's time is over by %lld s",
			(long long)(now_s -
				(exp_s < iat_s + AGE_MAX_S ? exp_s : iat_s + AGE_MAX_S)));
	(void)doc_second(claims, "nbf", &nbf_s);
	if (iat_s - OIDC_SKEW_S > now_s || nbf_s - OIDC_SKEW_S > now_s)
		return err_set(e, ERR_LIMIT, "the ID token is of %lld s later than it is here",
			(long long)((iat_s > nbf_s ? iat_s : nbf_s) - now_s));
	return 0;
}

static int check_claims(
	const struct oidc *o, const struct oidc_return *back, const json_t *claims, struct err *e)
{
	struct str subject = doc_text(claims, "sub"), nonce = doc_text(claims, "nonce");
	int rc;

	if (!str_eq(doc_text(claims, "iss"), o->issuer))
		return err_set(e, ERR_DENIED, "the ID token is of another issuer");
	rc = check_audience(claims, o->client_id, e);
	if (rc < 0)
		return rc;
	if (!back->nonce.len || !crypto_equal(nonce, back->nonce))
		return err_set(e, ERR_DENIED, "the ID token is of another log-in (nonce)");
	if (!subject.len || subject.len > SUBJECT_BYTES_MAX)
		return err_set(e, ERR_INPUT, "the ID token does not say who it is");
	return check_times(claims, back->now_s, e);
}

/* --- the person ------------------------------------------------------------------------------- */

static const json_t *claim(const json_t *o, struct str name, struct arena *a)
{
	const json_t *found = name.len ? jansson.get(o, arena_cstr(a, name)) : NULL;
	struct str first, rest;

	if (found || !str_split(name, '.', &first, &rest))
		return found;
	o = jansson.get(o, arena_cstr(a, first));
	return json_is_object(o) ? claim(o, rest, a) : NULL;
}

/* Where P has none yet. */
static void take_text(struct arena *a, const json_t *value, struct str *p)
{
	struct str text = doc_str(value);

	if (!p->len && text.len <= TEXT_BYTES_MAX)
		*p = arena_str(a, text);
}

static void take_groups(struct arena *a, const json_t *value, struct oidc_person *p)
{
	size_t count = json_is_array(value) ? jansson.array_size(value) : 1;

	if (p->group_count)
		return;
	if (count > OIDC_GROUPS_MAX)
		count = OIDC_GROUPS_MAX;
	p->groups = arena_array(a, struct str, count + 1);
	for (size_t i = 0; i < count; i++) {
		struct str name =
			doc_str(json_is_array(value) ? jansson.array_get(value, i) : value);

		if (name.len && name.len <= TEXT_BYTES_MAX)
			p->groups[p->group_count++] = arena_str(a, name);
	}
}

static void take_person(
	const struct oidc *o, const json_t *claims, struct arena *a, struct oidc_person *p)
{
	take_text(a, claim(claims, o->login, a), &p->login);
	take_text(a, jansson.get(claims, "name"), &p->name);
	take_text(a, claim(claims, o->code, a), &p->code);
	if (json_is_true(jansson.get(claims, "email_verified")))
		take_text(a, jansson.get(claims, "email"), &p->email);
	take_groups(a, claim(claims, o->groups, a), p);
}

int oidc_token_check(const struct oidc *o, const struct oidc_return *back,
	const struct oidc_signed *s, struct arena *a, struct oidc_person *ret, struct err *e)
{
	struct oidc_person p = {
		.login = STR(""), .name = STR(""), .email = STR(""), .code = STR("")
	};
	struct signed_text t;
	json_t *claims;
	int rc = oidc_jansson_open(e);

	if (rc == 0)
		rc = split(s->token, a, &t, e);
	if (rc == 0)
		rc = check_signature(&t, s->keys, a, e);
	if (rc < 0)
		return rc;
	claims = doc_open(t.claims, "the ID token", e);
	if (!claims)
		return e->code;
	rc = check_claims(o, back, claims, e);
	if (rc == 0) {
		p.subject = arena_str(a, doc_text(claims, "sub"));
		take_person(o, claims, a, &p);
		*ret = p;
	}
	jansson.delete(claims);
	return rc;
}

int oidc_person_more(const struct oidc *o, struct str json, struct arena *a, struct oidc_person *p,
	struct err *e)
{
	json_t *claims = doc_open(json, "what the provider tells of the person", e);
	int rc = 0;

	if (!claims)
		return e->code;
	if (!str_eq(doc_text(claims, "sub"), p->subject))
		rc = err_set(e, ERR_DENIED, "the provider tells of somebody else");
	else
		take_person(o, claims, a, p);
	jansson.delete(claims);
	return rc;
}
