/* digest.c - digests. They are nettle's: OpenSSL, which does the rest of this room, is a library of
 * five megabytes with four thousand names to look up when a program starts, which costs a short
 * audit a twentieth of its time, and an audit wants nothing of it but digests. */
#include "kit/crypto/crypto.h"

#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdlib.h>

struct sha256 {
	struct sha256_ctx ctx;
};

static void add_256(struct sha256_ctx *ctx, struct str bytes)
{
	sha256_update(ctx, bytes.len, (const uint8_t *)bytes.ptr);
}

struct sha256 *sha256_new(void)
{
	struct sha256 *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	sha256_init(&s->ctx);
	return s;
}

void sha256_add(struct sha256 *s, struct str bytes)
{
	add_256(&s->ctx, bytes);
}

void sha256_end(struct sha256 *s, unsigned char *ret)
{
	if (ret)
		sha256_digest(&s->ctx, SHA256_SIZE, ret);
	free(s);
}

void sha256_next(struct sha256 *s, unsigned char *ret)
{
	sha256_digest(&s->ctx, SHA256_SIZE, ret); /* and begins anew */
}

void sha256(struct str bytes, unsigned char *ret)
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	add_256(&ctx, bytes);
	sha256_digest(&ctx, SHA256_SIZE, ret);
}

struct digest {
	enum digest_kind kind;
	union {
		struct md5_ctx md5;
		struct sha1_ctx sha1;
		struct sha256_ctx sha256;
		struct sha512_ctx sha512; /* of SHA-384, too */
	} as;
};

struct digest *digest_new(enum digest_kind kind)
{
	struct digest *d = calloc(1, sizeof(*d));

	if (!d)
		abort();
	d->kind = kind;
	switch (kind) {
	case DIGEST_MD5:
		md5_init(&d->as.md5);
		break;
	case DIGEST_SHA1:
		sha1_init(&d->as.sha1);
		break;
	case DIGEST_SHA256:
		sha256_init(&d->as.sha256);
		break;
	case DIGEST_SHA384:
		sha384_init(&d->as.sha512);
		break;
	case DIGEST_SHA512:
		sha512_init(&d->as.sha512);
		break;
	}
	return d;
}

void digest_add(struct digest *d, struct str bytes)
{
	const uint8_t *from = (const uint8_t *)bytes.ptr;

	switch (d->kind) {
	case DIGEST_MD5:
		md5_update(&d->as.md5, bytes.len, from);
		break;
	case DIGEST_SHA1:
		sha1_update(&d->as.sha1, bytes.len, from);
		break;
	case DIGEST_SHA256:
		add_256(&d->as.sha256, bytes);
		break;
	case DIGEST_SHA384:
	case DIGEST_SHA512:
		sha512_update(&d->as.sha512, bytes.len, from);
		break;
	}
}

size_t digest_next(struct digest *d, unsigned char *ret)
{
	switch (d->kind) {
	case DIGEST_MD5:
		md5_digest(&d->as.md5, MD5_DIGEST_SIZE, ret);
		return MD5_DIGEST_SIZE;
	case DIGEST_SHA1:
		sha1_digest(&d->as.sha1, SHA1_DIGEST_SIZE, ret);
		return SHA1_DIGEST_SIZE;
	case DIGEST_SHA256:
		sha256_digest(&d->as.sha256, SHA256_DIGEST_SIZE, ret);
		return SHA256_DIGEST_SIZE;
	case DIGEST_SHA384:
		sha384_digest(&d->as.sha512, SHA384_DIGEST_SIZE, ret);
		return SHA384_DIGEST_SIZE;
	case DIGEST_SHA512:
		sha512_digest(&d->as.sha512, SHA512_DIGEST_SIZE, ret);
		return SHA512_DIGEST_SIZE;
	}
	return 0;
}

struct digest *digest_free(struct digest *d)
{
	free(d);
	return NULL;
}

const char *hex_of(const unsigned char *bytes, size_t size, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * size] = '\0';
	return hex;
}

const char *sha256_hex(struct str bytes, char *hex)
{
	unsigned char digest[SHA256_SIZE];

	sha256(bytes, digest);
	return hex_of(digest, sizeof(digest), hex);
}
