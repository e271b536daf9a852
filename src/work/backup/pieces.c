/* pieces.c - the sealed pieces, the entries in them, and the two ways to the key. */
#include "work/backup/backup_int.h"

#include <errno.h>
#include <string.h>

static void put_le(unsigned char *to, uint64_t n, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = (unsigned char)(n >> 8 * i);
}

static uint64_t get_le(const unsigned char *from, size_t size)
{
	uint64_t n = 0;

	for (size_t i = size; i-- > 0;)
		n = n << 8 | from[i];
	return n;
}

/* --- pieces ----------------------------------------------------------------------------------- */

static int flush_piece(struct pieces *p, bool is_last, struct err *e)
{
	unsigned char size[4];
	size_t len = p->len + STREAM_MORE;

	stream_push(p->stream, (struct str){ (const char *)p->plain, p->len }, is_last, p->sealed);
	put_le(size, len, sizeof(size));
	if (fwrite(size, 1, sizeof(size), p->file) != sizeof(size) ||
		fwrite(p->sealed, 1, len, p->file) != len)
		return err_errno(e, errno, "write the backup");
	p->len = 0;
	return 0;
}

int pieces_put(struct pieces *p, const void *bytes, size_t len, struct err *e)
{
	const unsigned char *from = bytes;

	while (len > 0) {
		size_t room = PIECE_BYTES - p->len, now = len < room ? len : room;

		memcpy(p->plain + p->len, from, now);
		p->len += now;
		from += now;
		len -= now;
		if (p->len == PIECE_BYTES && flush_piece(p, false, e) < 0)
			return e->code;
	}
	return 0;
}

int pieces_end(struct pieces *p, struct err *e)
{
	return flush_piece(p, true, e);
}

static int next_piece(struct pieces *p, struct err *e)
{
	unsigned char size[4];
	size_t len;

	if (p->is_over)
		return err_set(e, ERR_CRYPTO, "the backup ends before its end was told");
	if (fread(size, 1, sizeof(size), p->file) != sizeof(size))
		return err_set(e, ERR_CRYPTO, "the backup is cut off");
	len = (size_t)get_le(size, sizeof(size));
	if (len < STREAM_MORE || len > sizeof(p->sealed))
		return err_set(e, ERR_CRYPTO, "the backup is damaged");
	if (fread(p->sealed, 1, len, p->file) != len)
		return err_set(e, ERR_CRYPTO, "the backup is cut off");
	if (stream_pull(p->stream, (struct str){ (const char *)p->sealed, len }, p->plain,
		    &p->is_over, e) < 0)
		return err_set(e, ERR_CRYPTO, "the backup is damaged");
	p->len = len - STREAM_MORE;
	p->at = 0;
	return 0;
}

int pieces_get(struct pieces *p, void *bytes, size_t len, struct err *e)
{
	unsigned char *to = bytes;

	while (len > 0) {
		size_t now;

		if (p->at == p->len) {
			if (next_piece(p, e) < 0)
				return e->code;
			continue;
		}
		now = p->len - p->at < len ? p->len - p->at : len;
		memcpy(to, p->plain + p->at, now);
		p->at += now;
		to += now;
		len -= now;
	}
	return 0;
}

int pieces_done(struct pieces *p, struct err *e)
{
	if (!p->is_over && p->at == p->len && next_piece(p, e) < 0)
		return e->code;
	if (!p->is_over || p->at != p->len || fgetc(p->file) != EOF)
		return err_set(e, ERR_CRYPTO, "something stands behind the end of the backup");
	return 0;
}

/* --- entries ---------------------------------------------------------------------------------- */

int entry_put(struct pieces *p, const struct entry *x, struct err *e)
{
	unsigned char head[ENTRY_HEAD_SIZE];
	size_t len = strlen(x->path);
	int rc;

	head[0] = (unsigned char)x->kind;
	put_le(head + 1, x->mode, 4);
	put_le(head + 5, x->uid, 4);
	put_le(head + 9, x->gid, 4);
	put_le(head + 13, x->size, 8);
	put_le(head + 21, len, 2);
	rc = pieces_put(p, head, sizeof(head), e);
	return rc < 0 ? rc : pieces_put(p, x->path, len, e);
}

/* Relative, and nowhere up. */
static bool is_path(struct str path)
{
	struct str part;
	size_t parts = 0;

	if (!path.len || path.ptr[0] == '/' || path.ptr[path.len - 1] == '/')
		return false;
	while (str_next_word(&path, "/", &part)) {
		if (str_is(part, ".") || str_is(part, ".."))
			return false;
		parts++;
	}
	return parts > 0;
}

int entry_get(struct pieces *p, struct entry *ret, struct err *e)
{
	unsigned char head[ENTRY_HEAD_SIZE];
	size_t len;
	int rc = pieces_get(p, head, sizeof(head), e);

	if (rc < 0)
		return rc;
	*ret = (struct entry){ .kind = (enum entry_kind)head[0],
		.mode = (uint32_t)get_le(head + 1, 4) & 0700,
		.uid = (uint32_t)get_le(head + 5, 4),
		.gid = (uint32_t)get_le(head + 9, 4),
		.size = get_le(head + 13, 8) };
	len = (size_t)get_le(head + 21, 2);
	if (len >= PATH_BYTES_MAX)
		return err_set(e, ERR_INPUT, "a path in the backup is too long");
	rc = pieces_get(p, ret->path, len, e);
	if (rc < 0 || ret->kind == ENTRY_END)
		return rc;
	if ((ret->kind != ENTRY_FILE && ret->kind != ENTRY_FOLDER) || strlen(ret->path) != len ||
		!is_path(str_of(ret->path)))
		return err_set(e, ERR_INPUT, "an entry of the backup is none");
	return 0;
}

/* --- the key ---------------------------------------------------------------------------------- */

static const struct str by_passphrase = { "khien backup, passphrase", 24 };
static const struct str by_recovery = { "khien backup, recovery key", 26 };

static int wrap(
	struct str with, struct str context, struct str key, unsigned char *ret, struct err *e)
{
	struct str sealed;
	struct arena a;
	int rc;

	arena_init(&a, 64 * KIB);
	rc = aead_seal(with, context, key, &a, &sealed, e);
	if (rc == 0) {
		assert(sealed.len == WRAPPED_SIZE);
		memcpy(ret, sealed.ptr, WRAPPED_SIZE);
	}
	arena_done(&a);
	return rc;
}

static int unwrap(struct str with, struct str context, const unsigned char *from,
	unsigned char *ret, struct err *e)
{
	struct str key;
	struct arena a;
	int rc;

	arena_init(&a, 64 * KIB);
	rc = aead_open(
		with, context, (struct str){ (const char *)from, WRAPPED_SIZE }, &a, &key, e);
	if (rc == 0 && key.len == AEAD_KEY_SIZE)
		memcpy(ret, key.ptr, AEAD_KEY_SIZE);
	else
		rc = err_set(
			e, ERR_DENIED, "this passphrase or recovery key does not open the backup");
	arena_done(&a);
	return rc;
}

int head_make(const struct backup_keys *keys, struct backup_head *ret, unsigned char *ret_key,
	struct err *e)
{
	unsigned char with[AEAD_KEY_SIZE];
	struct str key = { (const char *)ret_key, AEAD_KEY_SIZE };
	int rc = 0;

	*ret = (struct backup_head){ 0 };
	random_bytes(ret_key, AEAD_KEY_SIZE);
	random_bytes(ret->salt, sizeof(ret->salt));
	if (!keys->passphrase.ptr && !keys->recovery_key.ptr)
		return err_set(e, ERR_INPUT, "a backup needs a passphrase or a recovery key");
	if (keys->passphrase.ptr && keys->passphrase.len < BACKUP_PASSPHRASE_MIN)
		return err_set(e, ERR_INPUT, "the passphrase has fewer than %d bytes",
			BACKUP_PASSPHRASE_MIN);
	if (keys->passphrase.ptr) {
		rc = key_of_passphrase(keys->passphrase, ret->salt, with, e);
		if (rc == 0)
			rc = wrap((struct str){ (const char *)with, sizeof(with) }, by_passphrase,
				key, ret->by_passphrase, e);
		wipe(with, sizeof(with));
	}
	if (rc == 0 && keys->recovery_key.ptr)
		rc = wrap(keys->recovery_key, by_recovery, key, ret->by_recovery, e);
	return rc;
}

int head_open(const struct backup_keys *keys, const struct backup_head *h, unsigned char *ret_key,
	struct err *e)
{
	unsigned char with[AEAD_KEY_SIZE];
	int rc;

	if (keys->recovery_key.ptr)
		return unwrap(keys->recovery_key, by_recovery, h->by_recovery, ret_key, e);
	if (!keys->passphrase.ptr)
		return err_set(e, ERR_INPUT, "a passphrase or a recovery key opens a backup");
	rc = key_of_passphrase(keys->passphrase, h->salt, with, e);
	if (rc == 0)
		rc = unwrap((struct str){ (const char *)with, sizeof(with) }, by_passphrase,
			h->by_passphrase, ret_key, e);
	wipe(with, sizeof(with));
	return rc;
}
