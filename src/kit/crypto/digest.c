/* digest.c - digests, random bytes, comparing and wiping. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "kit/crypto/crypto.h"

#include <openssl/crypto.h>
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
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

struct digest *digest_new(enum digest_kind kind)
{
	static const char *const names[] = { "MD5", "SHA1", "SHA2-256", "SHA2-384", "SHA2-512" };
	struct digest *d = calloc(1, sizeof(*d));

	must(d != NULL && OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL));
	d->md = EVP_MD_fetch(NULL, names[kind], NULL);
	if (!d->md)
		return digest_free(d);
	d->ctx = EVP_MD_CTX_new();
	must(d->ctx && EVP_DigestInit_ex2(d->ctx, d->md, NULL) == 1);
	return d;
}

void digest_add(struct digest *d, struct str bytes)
{
	must(EVP_DigestUpdate(d->ctx, bytes.ptr, bytes.len));
}

size_t digest_next(struct digest *d, unsigned char *ret)
{
	unsigned size = 0;

	must(EVP_DigestFinal_ex(d->ctx, ret, &size));
	must(size <= DIGEST_SIZE_MAX && EVP_DigestInit_ex2(d->ctx, NULL, NULL) == 1);
	return size;
}

struct digest *digest_free(struct digest *d)
{
	if (!d)
		return NULL;
	EVP_MD_CTX_free(d->ctx);
	EVP_MD_free(d->md);
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
