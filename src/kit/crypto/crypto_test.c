#include "kit/crypto/crypto.h"
#include "kit/crypto/crypto_int.h"
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
	assert_true(
		unknown > known / 4); /* a hash that is refused unread would take no time at all */
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
	assert_true(totp_is(key, STR("287082"), 89, 0, &step)); /* a step late */
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
	struct certificate made;
	char token[17];

	arena_init(&a, MIB);
	assert_true(str_is(base32_of(STR("foobar"), &a), "MZXW6YTBOI"));
	assert_true(str_is(base32_of(STR("fooba"), &a), "MZXW6YTB"));
	assert_int_equal(strlen(random_token(token, 16)), 16);
	assert_int_equal(certificate_make("192.0.2.7", 1790000000, 825, &a, &made, &e), 0);
	assert_true(str_starts(made.key, "-----BEGIN PRIVATE KEY-----"));
	assert_true(str_starts(made.certificate, "-----BEGIN CERTIFICATE-----"));
	arena_done(&a);
}

/* The least that has an end, which is UNTIL in thirteen letters. */
static bool ends(const char *until, struct arena *a, int64_t *ret)
{
	struct str der = arena_fmt(a, "0)0'\x02\x01\x01%c%c%c%c0\x1e\x17\r250101000000Z\x17\r%s",
		'0', 0, '0', 0, until);
	struct str pem =
		arena_fmt(a, "-----BEGIN CERTIFICATE-----\n%.*s\n-----END CERTIFICATE-----\n",
			STR_FMT(base64_of(der, a)));

	return certificate_until(pem, ret);
}

/* Those that OpenSSL makes; then what is none, and dates that no calendar has. */
static void a_certificate_tells_its_end(void **state)
{
	static const int64_t made_at[] = { 0, 1790000000, 2524607000, 2600000000 };
	static const char *const none[] = { "",
		"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nMAA=", /* cut off */
		"-----BEGIN CERTIFICATE-----\nMIP///8=\n-----END CERTIFICATE-----\n" };
	struct arena a;
	struct err e = { 0 };
	struct certificate made;
	int64_t until = 7;

	arena_init(&a, MIB);
	for (size_t i = 0; i < COUNT(made_at); i++) {
		assert_int_equal(certificate_make("192.0.2.7", made_at[i], 825, &a, &made, &e), 0);
		assert_true(certificate_until(made.certificate, &until));
		assert_int_equal(until, made_at[i] + 825 * 86400);
	}
	for (size_t len = 0; len < made.certificate.len - 2; len++)
		assert_false(certificate_until(str_until(made.certificate, len), &until));
	for (size_t i = 0; i < COUNT(none); i++)
		assert_false(certificate_until(str_of(none[i]), &until));
	assert_true(ends("280229235959Z", &a, &until) && until == 1835481599);
	assert_true(ends("500101000000Z", &a, &until) && until == -631152000); /* of 1950 */
	assert_false(ends("270229000000Z", &a, &until));
	assert_false(ends("271301000000Z", &a, &until));
	assert_false(ends("270101240000Z", &a, &until));
	assert_false(ends("2701010000+0Z", &a, &until));
	arena_done(&a);
}

static void a_digest_begins_anew(void **state)
{
	char hex[SHA256_HEX_SIZE];
	unsigned char digest[SHA256_SIZE];
	struct sha256 *s = sha256_new();

	for (int i = 0; i < 3; i++) {
		sha256_add(s, STR("ab"));
		sha256_add(s, STR("c"));
		sha256_next(s, digest);
		assert_string_equal(hex_of(digest, 4, hex), "ba7816bf");
	}
	sha256_end(s, NULL);
}

/* RFC 4648 section 10, and the spellings that a lax reader would take for the same bytes. */
static void base64_has_one_spelling(void **state)
{
	static const struct {
		const char *bytes, *text;
	} right[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	static const char *const wrong[] = { "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "=",
		"====", "Zm9v\n", " Zm9v", "Zm-_", "Z===", "Zm9vYmF", "Zg==\n" };
	struct err e = { 0 };
	struct arena a;
	struct str bytes;

	arena_init(&a, MIB);
	for (size_t i = 0; i < COUNT(right); i++) {
		assert_true(str_is(base64_of(str_of(right[i].bytes), &a), right[i].text));
		assert_int_equal(base64_to(str_of(right[i].text), &a, &bytes, &e), 0);
		assert_true(str_is(bytes, right[i].bytes));
	}
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_int_equal(base64_to(str_of(wrong[i]), &a, &bytes, &e), ERR_INPUT);
	arena_done(&a);
}

static void unhex(const char *hex, unsigned char *ret)
{
	for (size_t i = 0; hex[2 * i]; i++) {
		uint64_t value;

		assert_true(str_to_u64((struct str){ hex + 2 * i, 2 }, 16, &value));
		ret[i] = (unsigned char)value;
	}
}

/* RFC 8032 section 7.1, TEST 1 to 3. */
static void ed25519_agrees_with_the_standard(void **state)
{
	static const struct {
		const char *seed, *public_key, *message, *signature;
	} rows[] = {
		{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
			"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
			"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
			"5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
		{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
			"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
			"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
			"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
		{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
			"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
			"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
			"18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char seed[ED25519_SEED_SIZE], key[ED25519_PUBLIC_SIZE],
			want_key[ED25519_PUBLIC_SIZE];
		unsigned char made[ED25519_SIGNATURE_SIZE], want[ED25519_SIGNATURE_SIZE], text[8];
		struct str message = { (char *)text, strlen(rows[i].message) / 2 };
		struct str signature = { (char *)made, sizeof(made) };

		unhex(rows[i].seed, seed);
		unhex(rows[i].public_key, want_key);
		unhex(rows[i].message, text);
		unhex(rows[i].signature, want);
		ed25519_public(seed, key);
		assert_memory_equal(key, want_key, sizeof(key));
		ed25519_sign(seed, message, made);
		assert_memory_equal(made, want, sizeof(made));
		assert_true(ed25519_verify(key, message, signature));
		assert_false(ed25519_verify(key, STR("other"), signature));
		assert_false(ed25519_verify(key, message, str_until(signature, 63)));
		for (size_t bit = 0; bit < 512; bit++) {
			made[bit / 8] ^= (unsigned char)(1 << bit % 8);
			assert_false(ed25519_verify(key, message, signature));
			made[bit / 8] ^= (unsigned char)(1 << bit % 8);
		}
	}
}

/* S + L signs the same message unless the range of S is checked (RFC 8032 section 5.1.7): a second
 * spelling of a signature must not pass for a second signature. */
static void a_signature_has_one_spelling(void **state)
{
	static const unsigned char order[] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6,
		0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0x10 };
	unsigned char seed[ED25519_SEED_SIZE], key[ED25519_PUBLIC_SIZE],
		made[ED25519_SIGNATURE_SIZE];
	struct str signature = { (char *)made, sizeof(made) };
	unsigned carry = 0;

	ed25519_keygen(seed, key);
	ed25519_sign(seed, STR("gốc"), made);
	assert_true(ed25519_verify(key, STR("gốc"), signature));
	for (size_t i = 0; i < sizeof(order); i++) {
		carry += (unsigned)made[32 + i] + order[i];
		made[32 + i] = (unsigned char)carry;
		carry >>= 8;
	}
	assert_false(ed25519_verify(key, STR("gốc"), signature));
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

static void digests_of_package_databases(void **state)
{
	static const struct {
		enum digest_kind kind;
		const char *hex;
	} known[] = {
		{ DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72" },
		{ DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
		{ DIGEST_SHA256,
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	};
	unsigned char bytes[DIGEST_SIZE_MAX];
	char hex[2 * DIGEST_SIZE_MAX + 1];

	for (size_t i = 0; i < COUNT(known); i++) {
		struct digest *d = digest_new(known[i].kind);

		for (int turn = 0; turn < 2; turn++) { /* it begins anew by itself */
			digest_add(d, STR("ab"));
			digest_add(d, STR("c"));
			assert_string_equal(
				hex_of(bytes, digest_next(d, bytes), hex), known[i].hex);
		}
		assert_null(digest_free(d));
	}
}

/* Streams of every length up to three blocks, and of some that end at and around a piece. */
#define SHORT_STREAMS 193
static const size_t long_streams[] = { 4096, 32767, 32768, 32769, 65535, 65536, 100000, 131072 };

struct md5_stream {
	size_t size, have;
	unsigned char digest[16];
	bool is_ended;
};

struct md5_streams {
	struct md5_stream at[SHORT_STREAMS + COUNT(long_streams)];
	size_t next;
};

static char md5_byte(size_t size, size_t at)
{
	return (char)(size * 7 + at * 13 + at / 251);
}

static void *md5_next(void *context)
{
	struct md5_streams *s = context;

	return s->next < COUNT(s->at) ? &s->at[s->next++] : NULL;
}

static size_t md5_read(void *stream, char *into, size_t size)
{
	struct md5_stream *s = stream;
	size_t n = s->size - s->have < size ? s->size - s->have : size;

	for (size_t i = 0; i < n; i++)
		into[i] = md5_byte(s->size, s->have + i);
	s->have += n;
	return n;
}

static void md5_end(void *stream, const unsigned char *digest)
{
	struct md5_stream *s = stream;

	assert_false(s->is_ended);
	s->is_ended = true;
	memcpy(s->digest, digest, sizeof(s->digest));
}

static void md5_of_many_is_md5_of_each(void **state)
{
	static struct md5_streams s;
	struct digest *d = digest_new(DIGEST_MD5);
	unsigned char wanted[DIGEST_SIZE_MAX];

	for (size_t width = 4; width <= 16; width *= 2) {
		if (!md5_has_width(width))
			continue;
		s = (struct md5_streams){ 0 };
		for (size_t i = 0; i < COUNT(s.at); i++)
			s.at[i].size = i < SHORT_STREAMS ? i : long_streams[i - SHORT_STREAMS];
		md5_streams_by(width, &(struct md5_feed){ md5_next, md5_read, md5_end, &s });
		for (size_t i = 0; i < COUNT(s.at); i++) {
			for (size_t at = 0; at < s.at[i].size; at++) {
				char byte = md5_byte(s.at[i].size, at);

				digest_add(d, (struct str){ &byte, 1 });
			}
			digest_next(d, wanted);
			assert_true(s.at[i].is_ended);
			assert_memory_equal(s.at[i].digest, wanted, sizeof(s.at[i].digest));
		}
	}
	digest_free(d);
}

#define EACH_BYTES 600
#define EACH_STRINGS 5

/* Of every length that ends a block in its own way, in every company: the other lane may be ahead,
 * behind, or have nothing to do. */
static void sha256_of_each_is_sha256(void **state)
{
	static char bytes[1 + EACH_BYTES] = { 1 };
	static unsigned char two[EACH_STRINGS][SHA256_SIZE], one[EACH_STRINGS][SHA256_SIZE];
	unsigned char wanted[SHA256_SIZE];
	struct str strings[EACH_STRINGS];

	for (size_t i = 1; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 + i / 251);
	for (size_t len = 0; len < EACH_BYTES - 200; len++) {
		size_t count = len % EACH_STRINGS + 1;

		for (size_t i = 0; i < count; i++)
			strings[i] = (struct str){ bytes + 1, (len + i * 67) % EACH_BYTES };
		sha256_each_by_one(1, strings, count, one[0]);
		if (sha256_has_two())
			sha256_each_by_two(1, strings, count, two[0]);
		for (size_t i = 0; i < count; i++) {
			sha256((struct str){ bytes, strings[i].len + 1 }, wanted);
			assert_memory_equal(one[i], wanted, SHA256_SIZE);
			if (sha256_has_two())
				assert_memory_equal(two[i], wanted, SHA256_SIZE);
		}
	}
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
		cmocka_unit_test(a_certificate_tells_its_end),
		cmocka_unit_test(a_digest_begins_anew),
		cmocka_unit_test(base64_has_one_spelling),
		cmocka_unit_test(ed25519_agrees_with_the_standard),
		cmocka_unit_test(a_signature_has_one_spelling),
		cmocka_unit_test(digests_of_package_databases),
		cmocka_unit_test(md5_of_many_is_md5_of_each),
		cmocka_unit_test(sha256_of_each_is_sha256),
		cmocka_unit_test(a_secret_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
