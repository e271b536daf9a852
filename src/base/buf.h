/* buf.h - owned, growing bytes with a ceiling. Passing the ceiling drops what does not fit and sets
 * is_full: writers need not check each step, the one who uses the result asks buf_is_full() once.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct buf {
	char *ptr;
	size_t len;
	size_t room;
	size_t max;
	bool is_full;
};

void buf_init(struct buf *b, size_t max_bytes);
void buf_done(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */

void buf_add(struct buf *b, struct str s);
void buf_add_char(struct buf *b, char c);
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The content; lives until the next change of B. Never NULL, ended by a NUL that is not counted. */
struct str buf_str(struct buf *b);
const char *buf_cstr(struct buf *b);
bool buf_is_full(const struct buf *b);

#endif
