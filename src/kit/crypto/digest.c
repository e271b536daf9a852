/* digest.c - digests, random bytes, comparing and wiping. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "kit/crypto/crypto.h"

#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kit/crypto/crypto_int.h"

/* The functions below EVP, which OpenSSL 3 calls deprecated because they know no providers: EVP's
 * first digest looks up every algorithm there is, which costs a short audit a millisecond and a
 * MiB, and would read the host's openssl.cnf, even in an audit of another root. */
struct sha256 {
	SHA256_CTX ctx;
};

static void must(int is_fine)
{
	if (is_fine != 1)
		abort(); /* memory or the generator is gone: nothing below can be right */
}

void crypto_begin(void)
{
	must(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL));
}

struct sha256 *sha256_new(void)
{
	struct sha256 *s = calloc(1, sizeof(*s));

	must(s != NULL && SHA256_Init(&s->ctx));
	return s;
}

void sha256_add(struct sha256 *s, struct str bytes)
{
	must(SHA256_Update(&s->ctx, bytes.ptr, bytes.len));
}

void sha256_end(struct sha256 *s, unsigned char *ret)
{
	unsigned char digest[SHA256_SIZE];

	must(SHA256_Final(ret ? ret : digest, &s->ctx));
	free(s);
}

void sha256_next(struct sha256 *s, unsigned char *ret)
{
	must(SHA256_Final(ret, &s->ctx) && SHA256_Init(&s->ctx));
}

void sha256(struct str bytes, unsigned char *ret)
{
	struct sha256 s;

	must(SHA256_Init(&s.ctx));
	sha256_add(&s, bytes);
	must(SHA256_Final(ret, &s.ctx));
}

struct digest {
	enum digest_kind kind;
	union {
		MD5_CTX md5;
		SHA_CTX sha1;
		SHA256_CTX sha256;
		SHA512_CTX sha512; /* of SHA-384, too */
	} as;
};

static int begin(struct digest *d)
{
	switch (d->kind) {
	case DIGEST_MD5:
		return MD5_Init(&d->as.md5);
	case DIGEST_SHA1:
		return SHA1_Init(&d->as.sha1);
	case DIGEST_SHA256:
		return SHA256_Init(&d->as.sha256);
	case DIGEST_SHA384:
		return SHA384_Init(&d->as.sha512);
	case DIGEST_SHA512:
		return SHA512_Init(&d->as.sha512);
	}
	return 0;
}

static int add(struct digest *d, struct str bytes)
{
	switch (d->kind) {
	case DIGEST_MD5:
		return MD5_Update(&d->as.md5, bytes.ptr, bytes.len);
	case DIGEST_SHA1:
		return SHA1_Update(&d->as.sha1, bytes.ptr, bytes.len);
	case DIGEST_SHA256:
		return SHA256_Update(&d->as.sha256, bytes.ptr, bytes.len);
	case DIGEST_SHA384:
		return SHA384_Update(&d->as.sha512, bytes.ptr, bytes.len);
	case DIGEST_SHA512:
		return SHA512_Update(&d->as.sha512, bytes.ptr, bytes.len);
	}
	return 0;
}

static int end(struct digest *d, unsigned char *ret)
{
	switch (d->kind) {
	case DIGEST_MD5:
		return MD5_Final(ret, &d->as.md5);
	case DIGEST_SHA1:
		return SHA1_Final(ret, &d->as.sha1);
	case DIGEST_SHA256:
		return SHA256_Final(ret, &d->as.sha256);
	case DIGEST_SHA384:
		return SHA384_Final(ret, &d->as.sha512);
	case DIGEST_SHA512:
		return SHA512_Final(ret, &d->as.sha512);
	}
	return 0;
}

struct digest *digest_new(enum digest_kind kind)
{
	struct digest *d = calloc(1, sizeof(*d));

	must(d != NULL);
	d->kind = kind;
	must(begin(d));
	return d;
}

void digest_add(struct digest *d, struct str bytes)
{
	must(add(d, bytes));
}

size_t digest_next(struct digest *d, unsigned char *ret)
{
	static const size_t sizes[] = { MD5_DIGEST_LENGTH, SHA_DIGEST_LENGTH, SHA256_DIGEST_LENGTH,
		SHA384_DIGEST_LENGTH, SHA512_DIGEST_LENGTH };

	must(end(d, ret) && begin(d));
	return sizes[d->kind];
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

void random_bytes(void *ret, size_t size)
{
	assert(size <= 1024);
	crypto_begin();
	must(RAND_priv_bytes(ret, (int)size));
}

const char *random_token(char *text, size_t letters)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	random_bytes(text, letters);
	for (size_t i = 0; i < letters; i++)
		text[i] = alphabet[(unsigned char)text[i] & 31];
	text[letters] = '\0';
	return text;
}

bool crypto_equal(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}

void wipe(void *bytes, size_t size)
{
	if (bytes)
		explicit_bzero(bytes, size);
}

static size_t whole_pages(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (len / page + 1) * page;
}

void secret_init(struct secret *s, struct str bytes)
{
	size_t room = whole_pages(bytes.len);
	void *at = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(at != MAP_FAILED);
	(void)mlock(at, room); /* the limit on locked memory may be zero; wiping still holds */
	(void)madvise(at, room, MADV_DONTDUMP);
	if (bytes.len)
		memcpy(at, bytes.ptr, bytes.len);
	s->ptr = at;
	s->len = bytes.len;
}

void secret_done(struct secret *s)
{
	if (!s->ptr)
		return;
	wipe(s->ptr, s->len);
	munmap(s->ptr, whole_pages(s->len));
	s->ptr = NULL;
	s->len = 0;
}

struct str secret_str(const struct secret *s)
{
	return (struct str){ s->ptr, s->len };
}
