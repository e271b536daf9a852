/* key.c - secret keys as small files that can be overwritten in place. */
#include "work/seal/seal_int.h"

static const char magic[8] = { 'K', 'H', 'I', 'E', 'N', 'K', 'E', 'Y' };

static void put_u64(unsigned char *to, uint64_t value)
{
	for (size_t i = 8; i-- > 0; value >>= 8)
		to[i] = (unsigned char)value;
}

static uint64_t get_u64(const unsigned char *from)
{
	uint64_t value = 0;

	for (size_t i = 0; i < 8; i++)
		value = value << 8 | from[i];
	return value;
}

/* magic | number | made | seed | the first 8 bytes of SHA-256 over these */
static void key_bytes(const struct seal_key *k, unsigned char *ret)
{
	unsigned char digest[SHA256_SIZE];

	memcpy(ret, magic, 8);
	put_u64(ret + 8, k->number);
	put_u64(ret + 16, (uint64_t)k->made_at_s);
	memcpy(ret + 24, k->seed, ED25519_SEED_SIZE);
	sha256((struct str){ (const char *)ret, KEY_FILE_BYTES - 8 }, digest);
	memcpy(ret + KEY_FILE_BYTES - 8, digest, 8);
}

void key_make(struct seal_key *k, uint64_t number, int64_t now_s)
{
	unsigned char public_key[ED25519_PUBLIC_SIZE];

	*k = (struct seal_key){ .number = number, .made_at_s = now_s };
	ed25519_keygen(k->seed, public_key);
}

int key_load(struct vfile_disk *d, const char *path, struct seal_key *ret, struct err *e)
{
	unsigned char bytes[KEY_FILE_BYTES + 1], again[KEY_FILE_BYTES];
	struct seal_key k;
	struct vfile f;
	ssize_t len;
	int rc = vfile_open(d, path, VFILE_READ, &f, e);

	if (rc < 0)
		return rc;
	len = vfile_read_at(&f, 0, bytes, sizeof(bytes), e);
	vfile_close(&f);
	if (len < 0)
		return (int)len;
	if (len == KEY_FILE_BYTES) {
		k.number = get_u64(bytes + 8);
		k.made_at_s = (int64_t)get_u64(bytes + 16);
		memcpy(k.seed, bytes + 24, ED25519_SEED_SIZE);
		key_bytes(&k, again);
	}
	if (len != KEY_FILE_BYTES || memcmp(bytes, again, KEY_FILE_BYTES) != 0)
		rc = err_set(e, ERR_INPUT, "\"%s\" holds no whole key", path);
	else
		*ret = k;
	wipe(bytes, sizeof(bytes));
	wipe(again, sizeof(again));
	wipe(&k, sizeof(k));
	return rc;
}

int key_store(struct vfile_disk *d, const char *path, const struct seal_key *k, struct err *e)
{
	unsigned char bytes[KEY_FILE_BYTES];
	int rc;

	key_bytes(k, bytes);
	rc = vfile_replace(d, path, (struct str){ (const char *)bytes, sizeof(bytes) }, e);
	wipe(bytes, sizeof(bytes));
	return rc;
}

static int write_over(struct vfile_disk *d, const char *path, struct str bytes, struct err *e)
{
	struct vfile f;
	int rc = vfile_open(d, path, VFILE_WRITE, &f, e);

	if (rc < 0)
		return rc;
	rc = vfile_write_at(&f, 0, bytes, e);
	if (rc == 0)
		rc = vfile_sync_data(&f, e);
	vfile_close(&f);
	return rc;
}

int key_overwrite(struct vfile_disk *d, const char *path, const struct seal_key *k, struct err *e)
{
	unsigned char bytes[KEY_FILE_BYTES];
	int rc;

	key_bytes(k, bytes);
	rc = write_over(d, path, (struct str){ (const char *)bytes, sizeof(bytes) }, e);
	wipe(bytes, sizeof(bytes));
	return rc;
}

int key_erase(struct vfile_disk *d, const char *path, struct err *e)
{
	static const char zeros[KEY_FILE_BYTES];
	int rc = write_over(d, path, (struct str){ zeros, sizeof(zeros) }, e);

	if (rc == ERR_ABSENT)
		return 0;
	if (rc == 0)
		rc = vfile_unlink(d, path, e);
	return rc == 0 ? vfile_sync_parent(d, path, e) : rc;
}

int key_note(const struct seal_key *k, enum note_type type, struct str name, struct note_key *ret,
	struct err *e)
{
	unsigned char public_key[ED25519_PUBLIC_SIZE];

	ed25519_public(k->seed, public_key);
	return note_key_make(ret, type, name, type == NOTE_OWN ? STR(NOTICE_EPOCH_LABEL) : STR(""),
		public_key, e);
}

int key_text(const struct seal_key *k, enum note_type type, struct str name, struct arena *a,
	struct str *ret, struct err *e)
{
	struct note_key key;
	struct buf b;
	int rc = key_note(k, type, name, &key, e);

	if (rc < 0)
		return rc;
	buf_init(&b, 4 * KIB);
	note_key_text(&key, &b);
	*ret = arena_str(a, buf_str(&b));
	buf_done(&b);
	return 0;
}
