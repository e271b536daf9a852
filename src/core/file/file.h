/* file.h - floor 3: files that people attach to something: a record, a duty that was done. Kept by
 * what they hold, never by what they are called: DATA/files/SHA-256, written once, synced before it
 * is said to be kept. Nothing is deleted: a file is taken off with a reason and can be put back.
 * The row with the digest is watched (core/trail/change.h), so the trail proves the bytes.
 *
 * Who may do what is asked before, by rights.h. */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include "base/base.h"
#include "core/org/goods.h"
#include "kit/store/store.h"
#include "kit/vfile/vfile.h"

#define FILE_FOLDER "files" /* of the data folder */
#define FILE_BYTES_MAX (64 * MIB)
#define FILE_UNDO_DAYS 30
#define FILE_QUOTA_SETTING "files.quota_mib" /* of all files together; org_set() */
#define FILE_QUOTA_MIB 10240                 /* when nobody has said */

extern const struct store_step file_steps[];
extern const size_t file_step_count;
extern const struct org_goods file_goods[]; /* what goes along when a unit ends */

/* What its first bytes say it is, whatever its name says. */
enum file_kind {
	FILE_OTHER,
	FILE_TEXT,
	FILE_PDF,
	FILE_PNG,
	FILE_JPEG,
	FILE_GIF,
	FILE_WEBP,
	FILE_HEIC, /* a photograph of a telephone, which browsers do not show */
};
const char *file_type(enum file_kind kind); /* "image/png"; octet-stream of FILE_OTHER */
bool file_is_picture(enum file_kind kind); /* that a browser shows */
bool file_is_photo(enum file_kind kind);   /* the same, and HEIC */

struct file {
	int64_t id, unit_id, size_bytes, at_s;
	struct str of, key; /* "record", "12": a kind of thing and its name there */
	struct str field;   /* of a record: the field of its register; "" else */
	struct str name, sha256, by;
	enum file_kind kind;
	int64_t gone_at_s; /* 0: it is there */
	struct str gone_by, gone_why;
};

/* Who does it, and where. What is handed out lives in A. */
struct file_at {
	struct store *store;
	struct vfile_disk *disk; /* the data folder */
	struct arena *a;
	int64_t now_s;
	struct str login;
};

/* Keep the bytes of FROM, a path of the disk, and attach them: F has of, key, unit_id, field, name;
 * the rest of it is filled in. Durable when it returns 0. ERR_INPUT: empty, or no name; ERR_LIMIT:
 * larger than FILE_BYTES_MAX, over the quota, or the disk is full. Not within a transaction. */
MUST_CHECK int file_attach(
	const struct file_at *at, const char *from, struct file *f, struct err *e);
/* What FROM, a path of the disk, is by its first bytes; nothing is kept. */
MUST_CHECK int file_look(
	struct vfile_disk *disk, const char *from, enum file_kind *ret, struct err *e);
/* How many LOGIN has attached to things of a kind since then, those taken off too. */
MUST_CHECK int file_count(
	const struct file_at *at, struct str of, int64_t since_s, int64_t *ret, struct err *e);
/* Those of one thing, the newest first, with those taken off. */
MUST_CHECK int file_list(const struct file_at *at, struct str of, struct str key, struct file **ret,
	size_t *ret_count, struct err *e);
/* What is attached, and there, to a field of a thing. */
struct file_field {
	struct str key, field, name;
};
struct file_field_list {
	struct file_field *at;
	size_t count;
};
/* Of the things whose keys stand in KEYS_JSON, ["12","13"], by key; files of no field are left
 * out. */
MUST_CHECK int file_fields(struct store *s, struct str of, struct str keys_json, struct arena *a,
	struct file_field_list *ret, struct err *e);
/* ERR_ABSENT. */
MUST_CHECK int file_get(const struct file_at *at, int64_t id, struct file *ret, struct err *e);
/* ERR_INPUT without a reason; ERR_CONFLICT when it is off already. */
MUST_CHECK int file_take_off(const struct file_at *at, int64_t id, struct str why, struct err *e);
/* ERR_CONFLICT when it is not off; ERR_DENIED after FILE_UNDO_DAYS. */
MUST_CHECK int file_put_back(const struct file_at *at, int64_t id, struct err *e);

/* What is attached to a thing goes to another unit with it. Within a transaction. */
MUST_CHECK int file_move(
	struct store *s, struct str of, struct str key, int64_t unit_id, struct err *e);

/* What all files take up: the same bytes attached twice are kept once. */
struct file_use {
	int64_t unit_id;
	struct str by;
	int64_t count, bytes;
};
struct file_uses {
	int64_t used_bytes, quota_bytes, count;
	struct file_use *at; /* by unit and person, the most bytes first, at most 200 */
	size_t len;
};
MUST_CHECK int file_uses(const struct file_at *at, struct file_uses *ret, struct err *e);

/* Its bytes, to be read in pieces: 1 more stands in OUT, 0 that was all and it is what was kept,
 * ERR_CRYPTO: it is not, and the last piece was held back. */
struct file_reading;
MUST_CHECK int file_open(
	struct vfile_disk *disk, const struct file *f, struct file_reading **ret, struct err *e);
MUST_CHECK int file_next(struct file_reading *r, struct buf *out, struct err *e);
void file_close(struct file_reading *r); /* NULL is fine */

#endif
