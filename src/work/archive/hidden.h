/* hidden.h - private to work/archive: does what a search goes by tell of every row? Whoever
 * rewrites the index of a segment and its checksums changes no entry and hides it all the same. */
#ifndef ARCHIVE_HIDDEN_H
#define ARCHIVE_HIDDEN_H

#include "work/archive/read.h"

struct hiding;

/* *RET is yours; S outlives it. */
MUST_CHECK int hiding_new(struct segment *s, struct err *e, struct hiding **ret);
struct hiding *hiding_free(struct hiding *h); /* NULL is fine; returns NULL */
/* Would a search pass over row I, which segment_read() gave just now with its time received? */
bool hiding_row(struct hiding *h, uint64_t i, int64_t received_ns);

#endif
