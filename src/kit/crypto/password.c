/* password.c - what people prove themselves with: passwords and time-based codes. */
#include "kit/crypto/crypto.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>

#define MEMORY_BYTES (19 * MIB)
#define PASSES 2

/* A hash that no password has: the salt and the digest are zeros. */
#define NOBODY \
	"$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

_Static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES, "room for libsodium's form");

int password_hash(struct str password, char *ret_hash, struct err *e)
{
	char hash[crypto_pwhash_STRBYTES];

	if (sodium_init() < 0)
		return err_set(e, ERR_CRYPTO, "libsodium does not start");
	if (crypto_pwhash_str_alg(hash, password.ptr ? password.ptr : "", password.len, PASSES,
		    MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(e, ERR_CRYPTO, "not enough memory to hash a password");
	memcpy(ret_hash, hash, sizeof(hash));
	return 0;
}

bool password_is(struct str password, const char *hash)
{
	return sodium_init() >= 0 &&
		crypto_pwhash_str_verify(hash, password.ptr ? password.ptr : "", password.len) == 0;
}

void password_waste(struct str password)
{
	(void)!password_is(password, NOBODY);
}

bool totp_is(struct str key, struct str code, int64_t now_s, int64_t last_step, int64_t *ret_step)
{
	int64_t now = now_s / TOTP_STEP_S;
	bool is_right = false;
	char want[7];

	if (code.len != 6)
		return false;
	for (int64_t step = now - 1; step <= now + 1; step++) {
		totp_code(key, step * TOTP_STEP_S, want);
		if (crypto_equal(code, str_of(want)) && step > last_step && !is_right) {
			*ret_step = step;
			is_right = true;
		}
	}
	wipe(want, sizeof(want));
	return is_right;
}

const char *totp_code(struct str key, int64_t at_s, char *code)
{
	if (oath_totp_generate(key.ptr, key.len, (time_t)at_s, TOTP_STEP_S, 0, 6, code) != OATH_OK)
		abort(); /* only for want of memory */
	return code;
}

struct str base32_of(struct str bytes, struct arena *a)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	size_t len = (bytes.len * 8 + 4) / 5;
	char *text = arena_alloc(a, len + 1);

	for (size_t i = 0; i < len; i++) {
		size_t bit = i * 5, at = bit / 8;
		unsigned pair = (unsigned)(unsigned char)bytes.ptr[at] << 8;

		if (at + 1 < bytes.len)
			pair |= (unsigned char)bytes.ptr[at + 1];
		text[i] = alphabet[pair >> (11 - bit % 8) & 31];
	}
	return (struct str){ text, len };
}
