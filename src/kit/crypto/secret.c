/* secret.c - random bytes, comparing and wiping. */
#include "kit/crypto/crypto.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kit/crypto/crypto_int.h"

static void must(int is_fine)
{
	if (is_fine != 1)
		abort(); /* memory or the generator is gone: nothing below can be right */
}

void crypto_begin(void)
{
	must(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL));
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
