/* change.h - floor 3: every change of a watched row leaves a row of its own, in the same
 * transaction:
 * who, when, which row, and the SHA-256 of it before and after. Triggers write it, so no caller can
 * forget. work/seal copies these rows into the log "trail" and seals them; from then on the
 * administrator of the database is bound too.
 *
 * To watch a table: a row of tables[] and a step in change.c. One that need not be: a row of
 * change_unwatched[] with the reason. */
#ifndef CORE_TRAIL_CHANGE_H
#define CORE_TRAIL_CHANGE_H

#include "kit/store/store.h"

extern const struct store_step change_steps[];
extern const size_t change_step_count;

/* Tables whose rows leave no leaf, and why not. */
struct change_unwatched {
	const char *table, *why;
};
extern const struct change_unwatched change_unwatched[];
extern const size_t change_unwatched_count;

struct change {
	int64_t id; /* from 1, without gaps */
	int64_t at_s;
	struct str login, peer; /* "" for the program itself */
	struct str table, key;
	struct str what;          /* first (it was there when watching began), add, set, remove */
	struct str before, after; /* SHA-256 in hex; "" where there is no row */
};

struct changes {
	struct change *at;
	size_t len;
};

/* At most MAX changes with ids above AFTER, oldest first. Lives in A. */
MUST_CHECK int change_list(struct store *s, int64_t after, size_t max, struct arena *a,
	struct changes *ret, struct err *e);
/* How many there are and the largest id. */
MUST_CHECK int change_count(struct store *s, int64_t *ret_count, int64_t *ret_last, struct err *e);

/* What is looked for; "" and 0 ask for any. */
struct change_filter {
	struct str login, table, key;
	bool is_by_people;       /* not what the program did by itself */
	int64_t from_s, until_s; /* until_s is not in it */
	int64_t before;          /* only ids below it */
	size_t max;
};
/* Newest first. Lives in A. */
MUST_CHECK int change_find(struct store *s, const struct change_filter *f, struct arena *a,
	struct changes *ret, struct err *e);
/* ERR_ABSENT: there is none. */
MUST_CHECK int change_get(
	struct store *s, int64_t id, struct arena *a, struct change *ret, struct err *e);
/* The hash of a watched row as it is now. ERR_ABSENT: it is gone, or not watched. */
MUST_CHECK int change_row_hash(struct store *s, struct str table, struct str key, struct arena *a,
	struct str *ret, struct err *e);
/* The watched tables, NULL after the last; and what people call one: Vietnamese words for tr(). */
const char *change_table_at(size_t i);
const char *change_table_words(struct str table);
const char *change_what_words(struct str what);

/* The raw bytes of its leaf (kind LEAF_CHANGE, sequence ID): one spelling, so that a row and its
 * leaf are compared as bytes. */
void change_write(const struct change *c, struct buf *out);

/* The watched tables as they are now: each row's key and hash. Not 0 from EACH stops. */
typedef int change_each(
	void *context, const char *table, struct str key, struct str hash, struct err *e);
MUST_CHECK int change_rows(struct store *s, change_each *each, void *context, struct err *e);

#endif
