/* exchange_int.h - between the files of this room. */
#ifndef WORK_EXCHANGE_INT_H
#define WORK_EXCHANGE_INT_H

#include "core/org/staff.h"
#include "core/record/record_words.h"
#include "kit/text/text.h"
#include "work/exchange/exchange.h"

/* The headings of ours that are no field; for tr(). */
extern const char exchange_record_heading[], exchange_unit_heading[];

/* map.c: folded, letters and figures only, one blank between words; without what is in brackets
 * when so asked. */
struct str exchange_plain(struct str s, bool with_brackets, struct arena *a);

/* --- value.c: what people type, nearer to what a register takes --- */

/* The values of a cell of F, in the form in which record_value_take() wants them. */
void exchange_values(const struct register_field *f, const struct office_cell *cell,
	struct arena *a, struct str **ret, size_t *ret_count);
/* How a fault in F is mended, in LANG. */
struct str exchange_mend(const struct register_field *f, enum lang lang, struct arena *a);

/* --- refer.c: names for ids --- */

struct refers;
/* What is asked often is asked once. Lives in A. */
MUST_CHECK int refers_new(const struct record_at *at, const struct org_tree *tree, struct arena *a,
	struct refers **ret, struct err *e);
bool refers_to(const struct register_field *f); /* does F hold ids? */
/* The id that NAME means for F, seen from UNIT_ID: 1; or 0 and why there is none. */
struct refer_answer {
	struct str id;
	const char *words; /* for tr(), with {a} for the name; NULL */
};
MUST_CHECK int refers_find(struct refers *r, const struct register_field *f, struct str name,
	int64_t unit_id, struct refer_answer *ret, struct err *e);
/* A unit by its name, short name or code. */
int64_t refers_unit(const struct org_tree *tree, struct str name, struct arena *a);

#endif
