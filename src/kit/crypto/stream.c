/* stream.c - long secrets: a file sealed piece by piece, of which no piece can be left out,
 * changed, or be the last when it was not. libsodium's secretstream (XChaCha20-Poly1305). */
#include "kit/crypto/crypto.h"

#include <sodium.h>
#include <stdlib.h>

#include "kit/crypto/crypto_int.h"

_Static_assert(STREAM_HEAD_SIZE == crypto_secretstream_xchacha20poly1305_HEADERBYTES, "head");
_Static_assert(STREAM_MORE == crypto_secretstream_xchacha20poly1305_ABYTES, "more");
_Static_assert(AEAD_KEY_SIZE == crypto_secretstream_xchacha20poly1305_KEYBYTES, "key");

struct stream {
	crypto_secretstream_xchacha20poly1305_state state;
};

static struct stream *new_stream(void)
{
	struct stream *s = calloc(1, sizeof(*s));

	crypto_begin();
	if (!s)
		abort();
	return s;
}

struct stream *stream_out(struct str key, unsigned char *ret_head)
{
	struct stream *s = new_stream();

	assert(key.len == AEAD_KEY_SIZE);
	if (crypto_secretstream_xchacha20poly1305_init_push(
		    &s->state, ret_head, (const unsigned char *)key.ptr) != 0)
		abort();
	return s;
}

struct stream *stream_in(struct str key, const unsigned char *head)
{
	struct stream *s = new_stream();

	assert(key.len == AEAD_KEY_SIZE);
	if (crypto_secretstream_xchacha20poly1305_init_pull(
		    &s->state, head, (const unsigned char *)key.ptr) != 0)
		return stream_free(s);
	return s;
}

void stream_push(struct stream *s, struct str plain, bool is_last, unsigned char *ret_sealed)
{
	unsigned char tag = is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL :
				      crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;

	if (crypto_secretstream_xchacha20poly1305_push(&s->state, ret_sealed, NULL,
		    (const unsigned char *)plain.ptr, plain.len, NULL, 0, tag) != 0)
		abort();
}

int stream_pull(struct stream *s, struct str sealed, unsigned char *ret_plain, bool *ret_is_last,
	struct err *e)
{
	unsigned char tag;

	if (sealed.len < STREAM_MORE ||
		crypto_secretstream_xchacha20poly1305_pull(&s->state, ret_plain, NULL, &tag,
			(const unsigned char *)sealed.ptr, sealed.len, NULL, 0) != 0)
		return err_set(e, ERR_CRYPTO, "a piece is not what was sealed");
	*ret_is_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	return 0;
}

struct stream *stream_free(struct stream *s)
{
	if (s)
		wipe(s, sizeof(*s));
	free(s);
	return NULL;
}

int key_of_passphrase(
	struct str passphrase, const unsigned char *salt, unsigned char *ret_key, struct err *e)
{
	_Static_assert(PASSPHRASE_SALT_SIZE == crypto_pwhash_SALTBYTES, "salt");
	crypto_begin();
	if (crypto_pwhash(ret_key, AEAD_KEY_SIZE, passphrase.ptr, passphrase.len, salt, 3,
		    64 * 1024 * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(e, ERR_LIMIT, "no memory for the key of the passphrase");
	return 0;
}
