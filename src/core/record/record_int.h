/* record_int.h - private to core/record. */
#ifndef CORE_RECORD_INT_H
#define CORE_RECORD_INT_H

#include "core/record/record.h"
#include "kit/text/text.h"

/* Of the index, the keys that are days; an index of their own by unit. */
#define RECORD_DAY_GLOB "'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"

/* body.c: a body as JSON, an object of texts and arrays of texts, and back. */
struct str record_body_write(struct record_body body, struct arena *a);
MUST_CHECK int record_body_read(
	struct str json, struct arena *a, struct record_body *ret, struct err *e);

/* index.c: the text by which a value is found and sorted; "" for none. */
struct str record_key(const struct register_field *f, struct str value, struct arena *a);
/* Replace what stands of it there by what R has; OLD NULL: nothing stands there, R NULL: nothing
 * is to stand there. */
MUST_CHECK int record_index(const struct record_at *at, const struct record *old,
	const struct record *r, struct err *e);

/* Many new ones at once, in the order in which the index lies on the disk. */
struct record_rows;
struct record_rows *record_rows_new(struct arena *a);
void record_rows_add(const struct record_at *at, struct record_rows *rows, const struct record *r);
MUST_CHECK int record_rows_write(
	const struct record_at *at, struct record_rows *rows, struct err *e);
MUST_CHECK int record_links_write(
	const struct record_at *at, const struct record *r, struct err *e);

/* value.c */
bool record_date_take(struct str typed, struct date *ret);
size_t record_characters(struct str s);

#endif
