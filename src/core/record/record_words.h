/* record_words.h - floor 3: records as people read them: choices by their words, days as
 * dd/mm/yyyy, people, units, machines and other records by their names. */
#ifndef CORE_RECORD_WORDS_H
#define CORE_RECORD_WORDS_H

#include "core/record/record.h"

/* Those of IDS, a JSON array, that there are, by register; in one statement. */
MUST_CHECK int record_get_all(struct store *s, struct str ids, struct arena *a, struct record **ret,
	size_t *ret_count, struct err *e);
/* The names of what bodies refer to. */
struct record_names;

/* All names that these records of AT's register need, in at most four statements. In AT's arena. */
MUST_CHECK int record_names(const struct record_at *at, const struct record *records, size_t count,
	struct record_names **ret, struct err *e);
/* The name of what F refers to by VALUE; STR_NONE when it refers to nothing known. */
struct str record_name(
	const struct record_names *n, const struct register_field *f, struct str value);
/* One value in words. NAMES may be NULL. */
struct str record_words(const struct record_at *at, enum lang lang, const struct record_names *n,
	const struct register_field *f, struct str value);
/* All values of a field, with "; " between; "" for none. */
struct str record_field_words(const struct record_at *at, enum lang lang,
	const struct record_names *n, const struct register_field *f, struct record_body body);

/* What a search finds R by: title, values and names, folded. Nothing of fields that not everybody
 * sees. */
MUST_CHECK int record_fold(
	const struct record_at *at, const struct record *r, struct str *ret, struct err *e);

#endif
