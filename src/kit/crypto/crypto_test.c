#include "kit/crypto/crypto.h"
#include "test/unit.h"

static void sha256_agrees_with_the_standard(void **state)
{
	char hex[SHA256_HEX_SIZE];
	unsigned char digest[SHA256_SIZE];
	struct sha256 *s = sha256_new();

	assert_string_equal(sha256_hex(STR("abc"), hex),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(sha256_hex(STR_NONE, hex),
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sha256_add(s, STR("a"));
	sha256_add(s, STR("bc"));
	sha256_end(s, digest);
	assert_string_equal(hex_of(digest, 4, hex), "ba7816bf");
}

static void a_password_is_itself_only(void **state)
{
	struct err e = { 0 };
	char hash[PASSWORD_HASH_SIZE], other[PASSWORD_HASH_SIZE];

	assert_int_equal(password_hash(STR("Mật khẩu 1"), hash, &e), 0);
	assert_int_equal(password_hash(STR("Mật khẩu 1"), other, &e), 0);
	assert_string_not_equal(hash, other);
	assert_non_null(strstr(hash, "$argon2id$"));
	assert_true(password_is(STR("Mật khẩu 1"), hash));
	assert_false(password_is(STR("Mật khẩu 2"), hash));
	assert_false(password_is(STR(""), hash));
	assert_false(password_is(STR("x"), "not a hash"));
}

static void not_knowing_the_user_costs_the_same(void **state)
{
	struct err e = { 0 };
	char hash[PASSWORD_HASH_SIZE];
	int64_t start, known, unknown;

	assert_int_equal(password_hash(STR("x"), hash, &e), 0);
	start = clock_monotonic_us();
	(void)password_is(STR("y"), hash);
	known = clock_monotonic_us() - start;
	start = clock_monotonic_us();
	password_waste(STR("y"));
	unknown = clock_monotonic_us() - start;
	assert_true(unknown > known / 4); /* a hash that is refused unread would take no time at all */
}

static void a_code_works_once(void **state)
{
	struct str key = STR("12345678901234567890");
	int64_t step = 0, again = 0;
	char code[7];

	assert_string_equal(totp_code(key, 59, code), "287082"); /* RFC 6238 */
	assert_true(totp_is(key, STR("287082"), 59, 0, &step));
	assert_int_equal(step, 1);
	assert_false(totp_is(key, STR("287082"), 59, step, &again));
	assert_true(totp_is(key, STR("287082"), 89, 0, &step));  /* a step late */
	assert_false(totp_is(key, STR("287082"), 120, 0, &step));
	assert_false(totp_is(key, STR("28708"), 59, 0, &step));
	assert_false(totp_is(key, STR(""), 59, 0, &step));
}

static void sealed_bytes_open_only_where_they_belong(void **state)
{
	struct arena a;
	struct err e = { 0 };
	struct str sealed, plain, key = STR("0123456789abcdef0123456789abcdef");

	arena_init(&a, MIB);
	assert_int_equal(aead_seal(key, STR("user 1"), STR("khoá"), &a, &sealed, &e), 0);
	assert_int_equal(aead_open(key, STR("user 1"), sealed, &a, &plain, &e), 0);
	assert_true(str_is(plain, "khoá"));
	assert_int_equal(aead_open(key, STR("user 2"), sealed, &a, &plain, &e), ERR_CRYPTO);
	((char *)(uintptr_t)sealed.ptr)[13] ^= 1;
	assert_int_equal(aead_open(key, STR("user 1"), sealed, &a, &plain, &e), ERR_CRYPTO);
	assert_int_equal(aead_open(key, STR("user 1"), STR("short"), &a, &plain, &e), ERR_CRYPTO);
	arena_done(&a);
}

static void texts_of_keys(void **state)
{
	struct arena a;
	struct err e = { 0 };
	struct str key, cert;
	char token[17];

	arena_init(&a, MIB);
	assert_true(str_is(base32_of(STR("foobar"), &a), "MZXW6YTBOI"));
	assert_true(str_is(base32_of(STR("fooba"), &a), "MZXW6YTB"));
	assert_int_equal(strlen(random_token(token, 16)), 16);
	assert_int_equal(certificate_make("192.0.2.7", 1790000000, 825, &a, &key, &cert, &e), 0);
	assert_true(str_starts(key, "-----BEGIN PRIVATE KEY-----"));
	assert_true(str_starts(cert, "-----BEGIN CERTIFICATE-----"));
	arena_done(&a);
}

static void a_secret_is_wiped(void **state)
{
	struct secret s;

	secret_init(&s, STR("mật"));
	assert_true(crypto_equal(secret_str(&s), STR("mật")));
	secret_done(&s);
	secret_done(&s);
	assert_int_equal(s.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_agrees_with_the_standard),
		cmocka_unit_test(a_password_is_itself_only),
		cmocka_unit_test(not_knowing_the_user_costs_the_same),
		cmocka_unit_test(a_code_works_once),
		cmocka_unit_test(sealed_bytes_open_only_where_they_belong),
		cmocka_unit_test(texts_of_keys),
		cmocka_unit_test(a_secret_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
