/* crypto.h - floor 2: the few cryptographic things the program needs, over OpenSSL, libsodium,
 * liboath and nettle. What can fail only for want of memory or entropy aborts instead of
 * returning. */
#ifndef KIT_CRYPTO_H
#define KIT_CRYPTO_H

#include "base/base.h"

/* SHA-256, at once or in pieces. HEX has SHA256_HEX_SIZE bytes, lower case, ended by NUL. */
#define SHA256_SIZE 32
#define SHA256_HEX_SIZE 65
struct sha256;

void sha256(struct str bytes, unsigned char *ret);
const char *sha256_hex(struct str bytes, char *hex); /* returns HEX */
struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *s, struct str bytes);
/* End and free; the digest goes to RET, which may be NULL to throw it away. */
void sha256_end(struct sha256 *s, unsigned char *ret);
/* The digest of what was added, and begin anew: no memory is taken or freed. */
void sha256_next(struct sha256 *s, unsigned char *ret);
/* Of COUNT strings, each behind the byte FIRST: SHA256_SIZE bytes each in RET, sooner than one
 * after the other. RET may be where the strings are, when these have 64 bytes each, one behind the
 * other: what a digest takes the place of was read before. */
void sha256_each(unsigned char first, const struct str *bytes, size_t count, unsigned char *ret);
/* The digests that package databases use. */
enum digest_kind { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };
#define DIGEST_SIZE_MAX 64
struct digest;

struct digest *digest_new(enum digest_kind kind);
void digest_add(struct digest *d, struct str bytes);
/* The digest of what was added, its size, and begin anew. RET has DIGEST_SIZE_MAX bytes. */
size_t digest_next(struct digest *d, unsigned char *ret);
struct digest *digest_free(struct digest *d); /* NULL is fine; returns NULL */
/* MD5 of many streams side by side, several times as fast as one after another. NEXT begins another
 * stream, NULL: there are no more; READ puts SIZE bytes of one at INTO, fewer at its end only; END
 * gets the 16 bytes of the digest of what was read. */
#define MD5_SIZE 16
struct md5_feed {
	void *(*next)(void *context);
	size_t (*read)(void *stream, char *into, size_t size);
	void (*end)(void *stream, const unsigned char *digest);
	void *context;
};
void md5_streams(const struct md5_feed *feed);
/* 2 * SIZE + 1 characters of HEX are written; returns HEX. */
const char *hex_of(const unsigned char *bytes, size_t size, char *hex);

/* From the system's generator. Tokens are made of A-Z 2-7 (5 bits a letter) and end with NUL. */
void random_bytes(void *ret, size_t size);
const char *random_token(char *text, size_t letters);

/* The same time whatever differs; a different length is told at once. */
bool crypto_equal(struct str a, struct str b);

/* Bytes that are wiped when they are done with, and that do not go into a core dump. */
struct secret {
	char *ptr;
	size_t len;
};
void secret_init(struct secret *s, struct str bytes); /* copies */
void secret_done(struct secret *s);                   /* wipes; may be called twice */
struct str secret_str(const struct secret *s);
void wipe(void *bytes, size_t size);

/* Passwords: Argon2id, 19 MiB and two passes, so that an old PC needs well under a second. */
#define PASSWORD_HASH_SIZE 128
MUST_CHECK int password_hash(struct str password, char *ret_hash, struct err *e);
bool password_is(struct str password, const char *hash);
/* Costs what password_is() costs: for a log-in name that does not exist. */
void password_waste(struct str password);

/* Time-based codes (RFC 6238, six digits, 30 s). KEY is raw bytes. The code of the present step
 * or of one step to either side is right, when that step is after LAST_STEP: a code works once.
 * RET_STEP is what to keep as the next LAST_STEP. */
#define TOTP_KEY_SIZE 20
#define TOTP_STEP_S 30
bool totp_is(struct str key, struct str code, int64_t now_s, int64_t last_step, int64_t *ret_step);
/* The code itself, for tests; CODE has 7 bytes. */
const char *totp_code(struct str key, int64_t at_s, char *code);
/* RFC 4648 base32 without padding, for the text form of a key. Lives in A. */
struct str base32_of(struct str bytes, struct arena *a);

/* RFC 4648 base64 with padding, the strict form: one spelling for each string of bytes. What is
 * written or read lives in A. ERR_INPUT for anything else, stray bits in the last letter
 * included. */
struct str base64_of(struct str bytes, struct arena *a);
MUST_CHECK int base64_to(struct str text, struct arena *a, struct str *ret, struct err *e);
/* The same with - and _ and without padding, section 5. */
struct str base64url_of(struct str bytes, struct arena *a);
MUST_CHECK int base64url_to(struct str text, struct arena *a, struct str *ret, struct err *e);

/* The end of the first certificate in PEM; false when there is none that can be read. It is not
 * asked who signed it. */
bool certificate_until(struct str pem, int64_t *ret_at_s);

/* Ed25519 (RFC 8032). The seed is the private key; who holds it wipes it. */
#define ED25519_SEED_SIZE 32
#define ED25519_PUBLIC_SIZE 32
#define ED25519_SIGNATURE_SIZE 64
void ed25519_keygen(unsigned char *ret_seed, unsigned char *ret_public);
void ed25519_public(const unsigned char *seed, unsigned char *ret_public);
void ed25519_sign(const unsigned char *seed, struct str message, unsigned char *ret_signature);
bool ed25519_verify(const unsigned char *public_key, struct str message, struct str signature);

/* AES-256-GCM for the few columns that must not be read from a stolen disk. CONTEXT is bound to the
 * sealed bytes ("user 7 totp"), so that one row's secret cannot be moved to another. */
#define AEAD_KEY_SIZE 32
MUST_CHECK int aead_seal(struct str key, struct str context, struct str plain, struct arena *a,
	struct str *ret, struct err *e);
/* ERR_CRYPTO when the key, the context or a bit of the bytes is not what it was. */
MUST_CHECK int aead_open(struct str key, struct str context, struct str sealed, struct arena *a,
	struct str *ret, struct err *e);

/* A long secret, piece by piece: a changed, moved or missing piece is found, and so is an end that
 * came too early. A piece grows by STREAM_MORE bytes. */
#define STREAM_HEAD_SIZE 24
#define STREAM_MORE 17
struct stream;
struct stream *stream_out(struct str key, unsigned char *ret_head);
struct stream *stream_in(struct str key, const unsigned char *head); /* NULL: no such head */
void stream_push(struct stream *s, struct str plain, bool is_last, unsigned char *ret_sealed);
/* ERR_CRYPTO */
MUST_CHECK int stream_pull(struct stream *s, struct str sealed, unsigned char *ret_plain,
	bool *ret_is_last, struct err *e);
struct stream *stream_free(struct stream *s); /* NULL is fine; returns NULL */
/* Argon2id with 64 MiB: the key of AEAD_KEY_SIZE bytes that a passphrase and a salt give. */
#define PASSPHRASE_SALT_SIZE 16
MUST_CHECK int key_of_passphrase(
	struct str passphrase, const unsigned char *salt, unsigned char *ret_key, struct err *e);

struct certificate {
	struct str key; /* PEM, both */
	struct str certificate;
};

/* A new P-256 key and a self-signed certificate for NAME (a host name or an IP address), in A, good
 * from one day before NOW_S for DAYS days. */
MUST_CHECK int certificate_make(const char *name, int64_t now_s, int days, struct arena *a,
	struct certificate *ret, struct err *e);

#endif
