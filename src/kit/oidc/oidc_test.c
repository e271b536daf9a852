#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "kit/crypto/crypto.h"
#include "kit/oidc/oidc.h"
#include "test/unit.h"

/* Keys made here sign tokens as a provider would. */

#define NOW_S 1790000000LL
#define ISSUER "https://dang-nhap.vn/x"
#define FINE \
	"\"iss\":\"" ISSUER "\",\"aud\":\"khien\",\"sub\":\"s1\",\"nonce\":\"n1\"," \
	"\"exp\":1790000300,\"iat\":1790000000"

enum kind { BY_RSA, BY_EC, BY_ED };

struct fixture {
	struct arena a;
	EVP_PKEY *keys[3];
	struct str jwk[3]; /* without braces */
};

static struct str number_of(struct arena *a, EVP_PKEY *key, const char *name)
{
	BIGNUM *n = NULL;
	char *bytes = arena_alloc(a, 1024);
	int size;

	assert_int_equal(EVP_PKEY_get_bn_param(key, name, &n), 1);
	size = name[0] == 'q' ? BN_bn2binpad(n, (unsigned char *)bytes, 32) :
				BN_bn2bin(n, (unsigned char *)bytes);
	BN_free(n);
	return base64url_of((struct str){ bytes, (size_t)size }, a);
}

static int set_up(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));
	char *raw;
	size_t size = 32;

	arena_init(&f->a, 64 * MIB);
	raw = arena_alloc(&f->a, size);
	f->keys[BY_RSA] = EVP_RSA_gen(2048);
	f->keys[BY_EC] = EVP_EC_gen("P-256");
	f->keys[BY_ED] = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	f->jwk[BY_RSA] = arena_fmt(&f->a, "\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"AQAB\"",
		STR_FMT(number_of(&f->a, f->keys[BY_RSA], OSSL_PKEY_PARAM_RSA_N)));
	f->jwk[BY_EC] =
		arena_fmt(&f->a, "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\",\"y\":\"%.*s\"",
			STR_FMT(number_of(&f->a, f->keys[BY_EC], OSSL_PKEY_PARAM_EC_PUB_X)),
			STR_FMT(number_of(&f->a, f->keys[BY_EC], OSSL_PKEY_PARAM_EC_PUB_Y)));
	assert_int_equal(
		EVP_PKEY_get_raw_public_key(f->keys[BY_ED], (unsigned char *)raw, &size), 1);
	f->jwk[BY_ED] = arena_fmt(&f->a, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%.*s\"",
		STR_FMT(base64url_of((struct str){ raw, size }, &f->a)));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 3; i++)
		EVP_PKEY_free(f->keys[i]);
	arena_done(&f->a);
	test_free(f);
	return 0;
}

static struct str sign(struct fixture *f, enum kind kind, bool is_pss, struct str text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how;
	unsigned char *bytes = arena_alloc(&f->a, 1024);
	const unsigned char *at = bytes;
	size_t size = 1024;

	assert_int_equal(EVP_DigestSignInit(ctx, &how, kind == BY_ED ? NULL : EVP_sha256(), NULL,
				 f->keys[kind]),
		1);
	if (is_pss) {
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING), 1);
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(how, 32), 1);
	}
	assert_int_equal(
		EVP_DigestSign(ctx, bytes, &size, (const unsigned char *)text.ptr, text.len), 1);
	EVP_MD_CTX_free(ctx);
	if (kind == BY_EC) { /* as JOSE has it: r and s */
		ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)size);
		unsigned char *both = arena_alloc(&f->a, 64);

		assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(pair), both, 32), 32);
		assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(pair), both + 32, 32), 32);
		ECDSA_SIG_free(pair);
		return (struct str){ (const char *)both, 64 };
	}
	return (struct str){ (const char *)bytes, size };
}

static struct str token_of(
	struct fixture *f, enum kind kind, const char *header, const char *claims)
{
	struct str head = arena_fmt(&f->a, "{%s}", header), body = arena_fmt(&f->a, "{%s}", claims);
	struct str text = arena_fmt(&f->a, "%.*s.%.*s", STR_FMT(base64url_of(head, &f->a)),
		STR_FMT(base64url_of(body, &f->a)));
	struct str signature = sign(f, kind, strstr(header, "PS256") != NULL, text);

	return arena_fmt(
		&f->a, "%.*s.%.*s", STR_FMT(text), STR_FMT(base64url_of(signature, &f->a)));
}

/* All three keys, named r, e, d. */
static struct str keys_of(struct fixture *f)
{
	return arena_fmt(&f->a,
		"{\"keys\":[{\"kid\":\"r\",%.*s},{\"kid\":\"e\",%.*s},{\"kid\":\"d\",%.*s}]}",
		STR_FMT(f->jwk[0]), STR_FMT(f->jwk[1]), STR_FMT(f->jwk[2]));
}

static int check_at(struct fixture *f, struct str token, struct str keys, int64_t now_s,
	struct oidc_person *ret)
{
	struct oidc o = { .issuer = STR(ISSUER),
		.client_id = STR("khien"),
		.groups = STR("realm.groups"),
		.login = STR("preferred_username"),
		.code = STR("") };
	struct oidc_return back = { .nonce = STR("n1"), .now_s = now_s };
	struct err e = { 0 };

	return oidc_token_check(&o, &back, &(struct oidc_signed){ token, keys }, &f->a, ret, &e);
}

static int check(struct fixture *f, struct str token, struct str keys)
{
	struct oidc_person p;

	return check_at(f, token, keys, NOW_S, &p);
}

static void each_algorithm_is_checked_with_its_key(void **state)
{
	struct fixture *f = *state;
	const struct {
		enum kind kind;
		const char *header;
	} rows[] = { { BY_RSA, "\"alg\":\"RS256\",\"kid\":\"r\"" },
		{ BY_RSA, "\"alg\":\"PS256\",\"kid\":\"r\"" },
		{ BY_EC, "\"alg\":\"ES256\",\"kid\":\"e\"" },
		{ BY_ED, "\"alg\":\"EdDSA\",\"kid\":\"d\"" }, { BY_RSA, "\"alg\":\"RS256\"" } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str token = token_of(f, rows[i].kind, rows[i].header, FINE);
		char *text = arena_cstr(&f->a, token);
		char *last = strrchr(text, '.') + 10;

		assert_int_equal(check(f, token, keys_of(f)), 0);
		*last = *last == 'A' ? 'B' : 'A'; /* one letter of the signature */
		assert_int_equal(check(f, str_of(text), keys_of(f)), ERR_CRYPTO);
	}
}

static void what_nobody_signed_is_not_believed(void **state)
{
	struct fixture *f = *state;
	struct str fine = token_of(f, BY_RSA, "\"alg\":\"RS256\",\"kid\":\"r\"", FINE), head, rest;
	struct str none = arena_fmt(&f->a, "%.*s.%.*s.",
		STR_FMT(base64url_of(STR("{\"alg\":\"none\"}"), &f->a)),
		STR_FMT(base64url_of(STR("{" FINE "}"), &f->a)));
	struct str twice = arena_fmt(&f->a, "{\"keys\":[{%.*s},{%.*s}]}", STR_FMT(f->jwk[BY_RSA]),
		STR_FMT(f->jwk[BY_RSA]));

	assert_int_equal(check(f, none, keys_of(f)), ERR_CRYPTO);
	/* other algorithms than the table's, whatever signed them */
	assert_int_equal(
		check(f, token_of(f, BY_RSA, "\"alg\":\"HS256\",\"kid\":\"r\"", FINE), keys_of(f)),
		ERR_CRYPTO);
	assert_int_equal(
		check(f, token_of(f, BY_RSA, "\"kid\":\"r\"", FINE), keys_of(f)), ERR_CRYPTO);
	/* the right signature of a key that is not named, not there, not to sign with, not alone */
	assert_int_equal(
		check(f, token_of(f, BY_RSA, "\"alg\":\"RS256\",\"kid\":\"x\"", FINE), keys_of(f)),
		ERR_CRYPTO);
	assert_int_equal(check(f, fine, STR("{\"keys\":[]}")), ERR_CRYPTO);
	assert_int_equal(
		check(f, fine,
			arena_fmt(&f->a, "{\"keys\":[{\"kid\":\"r\",\"use\":\"enc\",%.*s}]}",
				STR_FMT(f->jwk[BY_RSA]))),
		ERR_CRYPTO);
	assert_int_equal(
		check(f, fine,
			arena_fmt(&f->a, "{\"keys\":[{\"kid\":\"r\",\"alg\":\"PS256\",%.*s}]}",
				STR_FMT(f->jwk[BY_RSA]))),
		ERR_CRYPTO);
	assert_int_equal(
		check(f, token_of(f, BY_RSA, "\"alg\":\"RS256\"", FINE), twice), ERR_CRYPTO);
	/* a header that must be understood */
	assert_int_equal(check(f,
				 token_of(f, BY_RSA,
					 "\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":[\"x\"]", FINE),
				 keys_of(f)),
		ERR_CRYPTO);
	/* no token at all */
	assert_true(str_split(fine, '.', &head, &rest));
	assert_int_equal(check(f, rest, keys_of(f)), ERR_INPUT);
	assert_int_equal(check(f, STR(""), keys_of(f)), ERR_INPUT);
	assert_int_equal(check(f, arena_fmt(&f->a, "%.*s=", STR_FMT(fine)), keys_of(f)), ERR_INPUT);
	assert_int_equal(check(f, fine, STR("{")), ERR_INPUT);
}

static void claims_of_others_are_refused(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *claims;
		int rc;
	} rows[] = {
#define REST "\"exp\":1790000300,\"iat\":1790000000"
#define WHO "\"iss\":\"" ISSUER "\",\"sub\":\"s1\",\"nonce\":\"n1\","
		{ WHO REST, ERR_DENIED }, /* for nobody */
		{ WHO "\"aud\":\"other\"," REST, ERR_DENIED },
		{ WHO "\"aud\":[\"khien\"]," REST, 0 },
		{ WHO "\"aud\":[\"khien\",\"b\"]," REST, ERR_DENIED }, /* azp is missing */
		{ WHO "\"aud\":[\"khien\",\"b\"],\"azp\":\"b\"," REST, ERR_DENIED },
		{ WHO "\"aud\":[\"b\",\"khien\"],\"azp\":\"khien\"," REST, 0 },
		{ WHO "\"aud\":\"khien\",\"azp\":\"b\"," REST, ERR_DENIED },
		{ "\"iss\":\"" ISSUER "/\",\"aud\":\"khien\",\"sub\":\"s\",\"nonce\":\"n1\"," REST,
			ERR_DENIED },
		{ "\"iss\":\"" ISSUER "\",\"aud\":\"khien\",\"sub\":\"s\",\"nonce\":\"n2\"," REST,
			ERR_DENIED },
		{ "\"iss\":\"" ISSUER "\",\"aud\":\"khien\",\"sub\":\"s\"," REST, ERR_DENIED },
		{ "\"iss\":\"" ISSUER "\",\"aud\":\"khien\",\"nonce\":\"n1\"," REST, ERR_INPUT },
		{ WHO "\"aud\":\"khien\",\"exp\":1790000300", ERR_INPUT },
		{ WHO "\"aud\":\"khien\",\"iat\":1790000000", ERR_INPUT },
		{ WHO "\"aud\":\"khien\",\"exp\":1e400,\"iat\":1790000000", ERR_INPUT },
		{ WHO "\"aud\":\"khien\",\"exp\":\"1790000300\",\"iat\":1790000000", ERR_INPUT },
		{ WHO "\"aud\":\"khien\",\"nbf\":1790000500," REST, ERR_LIMIT },
		{ FINE ",\"sub\":\"s2\"", ERR_INPUT }, /* twice */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str token =
			token_of(f, BY_RSA, "\"alg\":\"RS256\",\"kid\":\"r\"", rows[i].claims);

		if (check(f, token, keys_of(f)) != rows[i].rc)
			fail_msg("row %zu: %d", i, check(f, token, keys_of(f)));
	}
}

static void clocks_may_differ_a_little(void **state)
{
	struct fixture *f = *state;
	struct str token = token_of(f, BY_EC, "\"alg\":\"ES256\",\"kid\":\"e\"", FINE);
	struct oidc_person p;

	assert_int_equal(check_at(f, token, keys_of(f), NOW_S - OIDC_SKEW_S, &p), 0);
	assert_int_equal(check_at(f, token, keys_of(f), NOW_S - OIDC_SKEW_S - 1, &p), ERR_LIMIT);
	assert_int_equal(check_at(f, token, keys_of(f), NOW_S + 300 + OIDC_SKEW_S - 1, &p), 0);
	assert_int_equal(check_at(f, token, keys_of(f), NOW_S + 300 + OIDC_SKEW_S, &p), ERR_LIMIT);
}

static void weak_keys_sign_nothing(void **state)
{
	struct fixture *f = *state;
	EVP_PKEY *strong = f->keys[BY_RSA];
	struct str jwk = f->jwk[BY_RSA], token;

	f->keys[BY_RSA] = EVP_RSA_gen(1024);
	f->jwk[BY_RSA] = arena_fmt(&f->a, "\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"AQAB\"",
		STR_FMT(number_of(&f->a, f->keys[BY_RSA], OSSL_PKEY_PARAM_RSA_N)));
	token = token_of(f, BY_RSA, "\"alg\":\"RS256\",\"kid\":\"r\"", FINE);
	assert_int_equal(check(f, token, keys_of(f)), ERR_CRYPTO);
	EVP_PKEY_free(f->keys[BY_RSA]);
	f->keys[BY_RSA] = strong;
	f->jwk[BY_RSA] = jwk;
	assert_int_equal(check(f, token_of(f, BY_EC, "\"alg\":\"ES256\",\"kid\":\"e\"", FINE),
				 STR("{\"keys\":[{\"kid\":\"e\",\"kty\":\"EC\",\"crv\":\"P-256\","
				     "\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
				     "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}")),
		ERR_CRYPTO);
}

static void the_person_is_read(void **state)
{
	struct fixture *f = *state;
	struct oidc o = { .groups = STR("groups"), .login = STR("login"), .code = STR("so") };
	struct str token = token_of(f, BY_ED, "\"alg\":\"EdDSA\",\"kid\":\"d\"",
		FINE ",\"preferred_username\":\"binh\",\"realm\":{\"groups\":[\"a\",1,\"b\"]},"
		     "\"email\":\"b@x.vn\"");
	struct oidc_person p;
	struct err e = { 0 };

	assert_int_equal(check_at(f, token, keys_of(f), NOW_S, &p), 0);
	assert_true(str_is(p.subject, "s1") && str_is(p.login, "binh"));
	assert_int_equal(p.group_count, 2);
	assert_true(str_is(p.groups[1], "b"));
	assert_int_equal(p.email.len, 0); /* nobody has verified it */
	assert_int_equal(
		oidc_person_more(&o, STR("{\"sub\":\"s2\",\"name\":\"Khác\"}"), &f->a, &p, &e),
		ERR_DENIED);
	assert_int_equal(
		oidc_person_more(&o,
			STR("{\"sub\":\"s1\",\"name\":\"Bình\",\"login\":\"x\",\"so\":\"7\"}"),
			&f->a, &p, &e),
		0);
	assert_true(str_is(p.name, "Bình") && str_is(p.login, "binh") && str_is(p.code, "7"));
}

#define PLACES \
	"\"authorization_endpoint\":\"https://dang-nhap.vn/a\",\"token_endpoint\":" \
	"\"https://dang-nhap.vn/t\",\"jwks_uri\":\"https://dang-nhap.vn/k\""

static void a_description_is_of_its_issuer(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *json;
		bool is_fine;
	} rows[] = {
		{ "{\"issuer\":\"" ISSUER "\"," PLACES "}", true },
		{ "{\"issuer\":\"https://ke-gia.vn\"," PLACES "}", false },
		{ "{" PLACES "}", false },
		{ "{\"issuer\":\"" ISSUER "\"}", false },
		{ "{\"issuer\":\"" ISSUER "\"," PLACES ",\"end_session_endpoint\":\"http://x\"}",
			false },
		{ "{\"issuer\":\"" ISSUER "\"," PLACES
		  ",\"code_challenge_methods_supported\":[\"plain\"]}",
			false },
		{ "{\"issuer\":\"" ISSUER "\"," PLACES
		  ",\"response_types_supported\":[\"id_token\"]}",
			false },
		{ "[]", false },
		{ "", false },
	};
	struct oidc_provider p;
	struct err e = { 0 };

	for (size_t i = 0; i < COUNT(rows); i++)
		if ((oidc_provider_parse(str_of(rows[i].json), STR(ISSUER), &f->a, &p, &e) == 0) !=
			rows[i].is_fine)
			fail_msg("row %zu", i);
	assert_true(oidc_is_url(STR("https://a.vn:8443/x?y=1")));
	assert_false(oidc_is_url(STR("http://a.vn")));
	assert_false(oidc_is_url(STR("https://")));
	assert_false(oidc_is_url(STR("https://a@b.vn/")));
	assert_false(oidc_is_url(STR("https://a.vn/ x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			each_algorithm_is_checked_with_its_key, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_nobody_signed_is_not_believed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(claims_of_others_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(clocks_may_differ_a_little, set_up, tear_down),
		cmocka_unit_test_setup_teardown(weak_keys_sign_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_person_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_description_is_of_its_issuer, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
