/* export.h - floor 2: the export format of systemd's journal, as it comes in: fields
 * "NAME=text LF", or "NAME LF", eight bytes of length (little-endian), the bytes, LF; an empty line
 * ends an entry. Each entry becomes one line of JSON with its fields, as `journalctl -o json` has
 * them. */
#ifndef KIT_SYSLOG_EXPORT_H
#define KIT_SYSLOG_EXPORT_H

#include "kit/text/text.h"

#define EXPORT_NAME_MAX 64
#define EXPORT_CURSOR_MAX 400

struct export_entry {
	struct str json;   /* at most the maximum given */
	struct str cursor; /* "" when it has none */
	bool is_cut;       /* fields are missing or shortened: they were too long */
};

/* False: it cannot be had now; it was not taken. */
typedef bool export_take(void *context, const struct export_entry *entry);

struct export
{
	size_t max_bytes; /* of an entry's JSON */
	enum { EXPORT_NAME, EXPORT_TEXT, EXPORT_SIZE, EXPORT_BYTES, EXPORT_LF } state;
	struct buf value, line;
	struct json json;
	char name[EXPORT_NAME_MAX], cursor[EXPORT_CURSOR_MAX];
	size_t name_len, cursor_len, size_digits;
	uint64_t left; /* bytes of a value, or of its length while that is read */
	bool is_begun, is_closed, is_cut, is_value_cut;
};

void export_init(struct export *x, size_t max_bytes); /* X stays where it is from then on */
void export_done(struct export *x);
/* How many bytes of CHUNK were used: all, or fewer when TAKE said no. ERR_INPUT: no such format. */
MUST_CHECK ssize_t export_feed(
	struct export *x, struct str chunk, export_take *take, void *context, struct err *e);
size_t export_bytes(const struct export *x);    /* of memory held */
bool export_is_between(const struct export *x); /* no entry is under way */

/* "s=…;i=2f;b=…": which journal, and the entry's number in it. */
bool export_cursor(struct str cursor, struct str *ret_which, uint64_t *ret_number);

#endif
