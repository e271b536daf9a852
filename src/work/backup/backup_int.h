/* backup_int.h - private to work/backup: the sealed pieces of the file. */
#ifndef WORK_BACKUP_INT_H
#define WORK_BACKUP_INT_H

#include <stdio.h>

#include "kit/crypto/crypto.h"
#include "work/backup/backup.h"

#define BACKUP_MAGIC "KHIENBK1"
#define BACKUP_MAGIC_SIZE 8
#define PIECE_BYTES (64 * 1024)
#define WRAPPED_SIZE 60 /* a key under AES-256-GCM: nonce, bytes, tag */
#define PATH_BYTES_MAX 1024
#define DATABASE "khien.db"

/* The head of the file. */
struct backup_head {
	unsigned char salt[PASSPHRASE_SALT_SIZE];
	unsigned char by_passphrase[WRAPPED_SIZE], by_recovery[WRAPPED_SIZE]; /* zeros: not given */
	unsigned char stream[STREAM_HEAD_SIZE];
};

/* An entry of the plain bytes: what, then its path, then its bytes and their SHA-256. */
enum entry_kind { ENTRY_FOLDER = 'D', ENTRY_FILE = 'F', ENTRY_END = 'E' };
struct entry {
	enum entry_kind kind;
	uint32_t mode, uid, gid;
	uint64_t size;
	char path[PATH_BYTES_MAX];
};
#define ENTRY_HEAD_SIZE (1 + 4 + 4 + 4 + 8 + 2)

/* Plain bytes out into sealed pieces, or back. */
struct pieces {
	FILE *file;
	struct stream *stream;
	unsigned char plain[PIECE_BYTES], sealed[PIECE_BYTES + STREAM_MORE];
	size_t len, at;
	bool is_over; /* the last piece has come */
};

MUST_CHECK int pieces_put(struct pieces *p, const void *bytes, size_t len, struct err *e);
MUST_CHECK int pieces_end(struct pieces *p, struct err *e);
/* All LEN bytes, or ERR_CRYPTO: it ends too early. */
MUST_CHECK int pieces_get(struct pieces *p, void *bytes, size_t len, struct err *e);
/* Nothing may follow. */
MUST_CHECK int pieces_done(struct pieces *p, struct err *e);
MUST_CHECK int entry_put(struct pieces *p, const struct entry *x, struct err *e);
/* ERR_INPUT for a path that leads out of the folder. */
MUST_CHECK int entry_get(struct pieces *p, struct entry *ret, struct err *e);

MUST_CHECK int head_make(const struct backup_keys *keys, struct backup_head *ret,
	unsigned char *ret_key, struct err *e);
MUST_CHECK int head_open(const struct backup_keys *keys, const struct backup_head *h,
	unsigned char *ret_key, struct err *e);

#endif
