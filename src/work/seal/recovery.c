/* recovery.c - the recovery key as two halves on paper: each alone says nothing of it. */
#include "work/seal/seal_int.h"

/* 32 bytes and 3 of a check are 35 bytes, 56 letters, 14 groups of four. */
#define HALF_BYTES (ED25519_SEED_SIZE + 3)
#define HALF_LETTERS 56

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static void half_check(const unsigned char *bytes, char number, unsigned char *ret)
{
	unsigned char digest[SHA256_SIZE];
	char text[ED25519_SEED_SIZE + 1];

	text[0] = number;
	memcpy(text + 1, bytes, ED25519_SEED_SIZE);
	sha256((struct str){ text, sizeof(text) }, digest);
	memcpy(ret, digest, HALF_BYTES - ED25519_SEED_SIZE);
	wipe(text, sizeof(text));
}

static void half_text(const unsigned char *seed, char number, char *ret)
{
	unsigned char bytes[HALF_BYTES];
	size_t at = 0;

	memcpy(bytes, seed, ED25519_SEED_SIZE);
	half_check(seed, number, bytes + ED25519_SEED_SIZE);
	for (size_t i = 0; i < HALF_LETTERS; i++) {
		size_t bit = i * 5, byte = bit / 8;
		unsigned pair =
			(unsigned)bytes[byte] << 8 | (byte + 1 < HALF_BYTES ? bytes[byte + 1] : 0);

		if (i > 0 && i % 4 == 0)
			ret[at++] = ' ';
		ret[at++] = letters[pair >> (11 - bit % 8) & 31];
	}
	ret[at] = '\0';
	wipe(bytes, sizeof(bytes));
}

static bool half_read(struct str text, char number, unsigned char *ret)
{
	unsigned char bytes[HALF_BYTES + 1] = { 0 }, check[HALF_BYTES - ED25519_SEED_SIZE];
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		const char *found;
		unsigned value;

		if (c == ' ' || c == '\t' || c == '-' || c == '\n' || c == '\r')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		found = c ? memchr(letters, c, 32) : NULL;
		if (!found || count == HALF_LETTERS)
			return false;
		value = (unsigned)(found - letters) << (11 - count * 5 % 8);
		bytes[count * 5 / 8] |= (unsigned char)(value >> 8);
		bytes[count * 5 / 8 + 1] |= (unsigned char)value;
		count++;
	}
	if (count != HALF_LETTERS)
		return false;
	half_check(bytes, number, check);
	if (memcmp(check, bytes + ED25519_SEED_SIZE, sizeof(check)) != 0)
		return false;
	memcpy(ret, bytes, ED25519_SEED_SIZE);
	wipe(bytes, sizeof(bytes));
	return true;
}

int seal_recovery_halves(struct vfile_disk *vault, struct seal_halves *ret, struct err *e)
{
	unsigned char pad[ED25519_SEED_SIZE];
	struct seal_key key;
	int rc = key_load(vault, KEY_RECOVERY, &key, e);

	if (rc < 0)
		return rc;
	random_bytes(pad, sizeof(pad));
	half_text(pad, '1', ret->half[0]);
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] ^= key.seed[i];
	half_text(pad, '2', ret->half[1]);
	wipe(pad, sizeof(pad));
	wipe(&key, sizeof(key));
	return 0;
}

int seal_recovery_forget(struct vfile_disk *vault, struct err *e)
{
	return key_erase(vault, KEY_RECOVERY, e);
}

int seal_recovery_join(struct str half_1, struct str half_2, unsigned char *ret_seed, struct err *e)
{
	unsigned char first[ED25519_SEED_SIZE], second[ED25519_SEED_SIZE];
	int which = !half_read(half_1, '1', first) ? 1 : !half_read(half_2, '2', second) ? 2 : 0;

	if (which)
		return err_set(e, ERR_INPUT,
			"half %d of the recovery key is mistyped or is the other half", which);
	for (size_t i = 0; i < sizeof(first); i++)
		ret_seed[i] = first[i] ^ second[i];
	wipe(first, sizeof(first));
	wipe(second, sizeof(second));
	return 0;
}
