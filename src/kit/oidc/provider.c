/* provider.c - what a provider tells of itself (OpenID Connect Discovery 1.0). */
#include <string.h>

#include "kit/oidc/oidc_int.h"

#define URL_BYTES_MAX 1000

bool oidc_is_url(struct str url)
{
	struct str host = str_from(url, strlen("https://"));
	ptrdiff_t end = str_find_char(host, '/');

	if (!str_starts(url, "https://") || url.len > URL_BYTES_MAX)
		return false;
	for (size_t i = 0; i < url.len; i++) {
		unsigned char c = (unsigned char)url.ptr[i];

		if (c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\' ||
			c == '#')
			return false;
	}
	host = end < 0 ? host : str_until(host, (size_t)end);
	return host.len > 0 && str_find_char(host, '@') < 0;
}

static int urls(const json_t *doc, struct arena *a, struct oidc_provider *ret, struct err *e)
{
	const struct {
		const char *key;
		struct str *to;
		bool is_optional;
	} list[] = {
		{ "authorization_endpoint", &ret->authorization, false },
		{ "token_endpoint", &ret->token, false },
		{ "jwks_uri", &ret->keys, false },
		{ "userinfo_endpoint", &ret->person, true },
		{ "end_session_endpoint", &ret->leave, true },
	};

	for (size_t i = 0; i < COUNT(list); i++) {
		struct str url = doc_text(doc, list[i].key);

		if (!(list[i].is_optional && !url.len) && !oidc_is_url(url))
			return err_set(e, ERR_INPUT, "the provider's %s is no https:// address",
				list[i].key);
		*list[i].to = arena_str(a, url);
	}
	return 0;
}

static int read_provider(const json_t *doc, struct str issuer, struct arena *a,
	struct oidc_provider *ret, struct err *e)
{
	struct str said = doc_text(doc, "issuer");

	if (!str_eq(said, issuer))
		return err_set(e, ERR_INPUT, "the provider calls itself \"%.*s\", not \"%.*s\"",
			(int)(said.len < 200 ? said.len : 200), said.ptr, STR_FMT(issuer));
	if (!doc_has(doc, "response_types_supported", "code", true))
		return err_set(e, ERR_INPUT, "the provider has no authorization code flow");
	if (!doc_has(doc, "code_challenge_methods_supported", "S256", true))
		return err_set(e, ERR_INPUT, "the provider has no PKCE with S256");
	ret->says_issuer =
		json_is_true(jansson.get(doc, "authorization_response_iss_parameter_supported"));
	ret->wants_post = !doc_has(doc, "token_endpoint_auth_methods_supported",
				  "client_secret_basic", true) &&
		doc_has(doc, "token_endpoint_auth_methods_supported", "client_secret_post", false);
	return urls(doc, a, ret, e);
}

int oidc_provider_parse(struct str json, struct str issuer, struct arena *a,
	struct oidc_provider *ret, struct err *e)
{
	struct oidc_provider found = { 0 };
	json_t *doc = doc_open(json, "what the provider tells of itself", e);
	int rc;

	if (!doc)
		return e->code;
	rc = read_provider(doc, issuer, a, &found, e);
	jansson.delete(doc);
	if (rc == 0)
		*ret = found;
	return rc;
}
