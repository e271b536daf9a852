/* backup.h - floor 4: the data folder as one sealed file, taken while it is in use, and back.
 *
 * The file is told in docs/formats/backup.md. Its key is random; it is kept in the file twice, once
 * under a passphrase, once under a recovery key, and either opens it. Every file has its SHA-256;
 * the database is copied as it is at one moment, after the logs, so that no sealed change is
 * missing from it. */
#ifndef WORK_BACKUP_H
#define WORK_BACKUP_H

#include "base/base.h"

#define BACKUP_PASSPHRASE_MIN 12 /* bytes */

struct backup_keys {
	struct str passphrase;   /* STR_NONE: not given */
	struct str recovery_key; /* AEAD_KEY_SIZE bytes, or STR_NONE */
};

/* What a backup holds. */
struct backup_sum {
	int64_t at_s;
	int64_t files, bytes;
};

typedef void backup_progress(void *context, size_t done, size_t total);
struct backup_watch {
	backup_progress *progress;
	void *context;
};

/* Write FILE, which must not be there yet (ERR_CONFLICT); WATCH may be NULL. After a failure there
 * is none. */
MUST_CHECK int backup_write(const char *data, const char *file, const struct backup_keys *keys,
	const struct backup_watch *watch, struct backup_sum *ret, struct err *e);
/* Unpack FILE into the new folder INTO, each file held against its SHA-256, the database page by
 * page. ERR_DENIED: neither key opens it; ERR_CRYPTO: damaged or cut off; ERR_INPUT: no backup.
 * After a failure INTO is gone. */
MUST_CHECK int backup_restore(const char *file, const char *into, const struct backup_keys *keys,
	struct backup_sum *ret, struct err *e);
/* Remove a folder that backup_restore() made, with all that is in it. */
void backup_remove(const char *folder);

#endif
