/* import.h - private to face/intake: old files. */
#ifndef INTAKE_IMPORT_H
#define INTAKE_IMPORT_H

#include "kit/crypto/crypto.h"
#include "kit/syslog/export.h"
#include "kit/text/text.h"

/* --- bytes (import_read.c) -------------------------------------------------------------------- */

#define IMPORT_HEAD_BYTES 512

/* Count of bytes, 0 at the end, or ERR_*. */
typedef ssize_t import_input(void *context, void *to, size_t size, struct err *e);

/* A file as it is, or what gzip, xz or zstd made of it, known by its first bytes. */
struct import_file;
/* The descriptor of a file, or ERR_*: a folder, a pipe, a device. */
MUST_CHECK int import_open_bytes(const char *path, uint64_t *ret_size, struct err *e);
MUST_CHECK int import_open(const char *path, struct import_file **ret, struct err *e);
/* The same of bytes that INPUT gives. */
MUST_CHECK int import_open_within(
	import_input *input, void *context, struct import_file **ret, struct err *e);
struct import_file *import_close(struct import_file *f); /* NULL is fine; returns NULL */
/* Count of bytes, 0 at the end. ERR_INPUT: damaged or cut off; ERR_LIMIT: it would become larger
 * than any log does. */
MUST_CHECK ssize_t import_read(struct import_file *f, void *to, size_t size, struct err *e);
/* Its first bytes, unpacked, IMPORT_HEAD_BYTES if there are so many; they are read all the same. */
MUST_CHECK int import_head(struct import_file *f, struct str *ret, struct err *e);
/* Why what begins so holds no lines to import, and what to do: words to be looked up with tr().
 * NULL: it may. */
const char *import_refusal(struct str head);
uint64_t import_size(const struct import_file *f); /* of the file */
uint64_t import_done(const struct import_file *f); /* as far as it was read */
/* SHA-256 of the file as it lies there. */
MUST_CHECK int import_hash(const char *path, char *ret_hex, struct err *e);

/* --- archives (import_tar.c) ------------------------------------------------------------------ */

#define IMPORT_PATH_MAX 4096

/* A tar that INPUT gives: v7, ustar, pax and GNU's long names. Nothing is ever unpacked to a path:
 * paths are words here. */
struct import_tar {
	import_input *input;
	void *context;
	uint64_t left, padding; /* of the member in work */
	uint64_t number;        /* of it among all, from 1 */
	char path[IMPORT_PATH_MAX];
};

/* Do they begin one? */
bool import_is_tar(struct str head);
void import_tar_init(struct import_tar *t, import_input *input, void *context);
/* The next file; what is none is passed over. 1; 0: no more; ERR_INPUT: damaged or cut off. */
MUST_CHECK int import_tar_next(struct import_tar *t, struct err *e);
/* Of the member: an import_input of T. */
MUST_CHECK ssize_t import_tar_read(void *t, void *to, size_t size, struct err *e);

/* --- UTF-16 (import_utf16.c) ------------------------------------------------------------------ */

/* Does it begin with the mark of UTF-16, either way round? */
bool import_is_utf16(struct str head);

struct import_utf16 {
	bool is_big, has_odd;
	unsigned char odd; /* the first byte of a unit */
	uint32_t high;     /* the first half of a character, or 0 */
	uint64_t line;
};
void import_utf16_init(struct import_utf16 *u, bool is_big);
/* What CHUNK says, behind what is in OUT, as UTF-8; up to three bytes for two. ERR_INPUT: half a
 * character, with its line; OUT has what came before it. */
MUST_CHECK int import_utf16_feed(
	struct import_utf16 *u, struct str chunk, struct buf *out, struct err *e);
MUST_CHECK int import_utf16_end(const struct import_utf16 *u, struct err *e);

/* --- lines (import_lines.c) ------------------------------------------------------------------- */

enum import_form {
	IMPORT_UNKNOWN,
	IMPORT_LINES,
	IMPORT_JOURNAL, /* journalctl -o export: an entry becomes a line of JSON */
	IMPORT_XML,     /* Windows events: an element <Event> becomes a line */
};

/* By what it begins with. */
enum import_form import_form_of(struct str head);

/* 0, or ERR_* to stop. */
typedef int import_take(void *context, struct str line, bool is_cut, struct err *e);

struct import_lines {
	char mark[2]; /* the first bytes of the file, which tell of UTF-16 */
	size_t mark_len;
	bool is_utf16;
	struct import_utf16 utf16;
	struct buf text; /* turned into UTF-8 */
	enum import_form form;
	size_t max_bytes;
	import_take *take;
	void *context;
	struct buf part;  /* what is not whole yet */
	struct buf line;  /* made of it */
	bool is_skipping; /* a line too long: to its end */
	struct export journal;
};

void import_lines_init(struct import_lines *l, size_t max_bytes, import_take *take, void *context);
void import_lines_done(struct import_lines *l);
MUST_CHECK int import_feed(struct import_lines *l, struct str chunk, struct err *e);
/* The file has ended. ERR_INPUT: within an entry; those before it were taken. */
MUST_CHECK int import_end(struct import_lines *l, struct err *e);

#endif
