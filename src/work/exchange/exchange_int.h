/* exchange_int.h - between the files of this room. */
#ifndef WORK_EXCHANGE_INT_H
#define WORK_EXCHANGE_INT_H

#include "core/org/staff.h"
#include "core/record/record_words.h"
#include "kit/text/text.h"
#include "work/exchange/exchange.h"

/* The headings of ours that are no field; for tr(). */
extern const char exchange_record_heading[], exchange_unit_heading[];

/* map.c: is ROW one of the data, neither above the headings nor blank nor a row of numbers? */
bool exchange_is_data(const struct exchange *x, const struct office_row *row);
/* map.c: is ROW one of sums, by the words of the packs? RET has its number then. */
bool exchange_is_total(
	const struct exchange *x, const struct office_row *row, struct exchange_result *ret);
/* made.c: the same file twice would double every record that has nothing unique. */
MUST_CHECK int exchange_refuse_again(const struct exchange *x, struct err *e);

/* The fields of exchange_people(), by their place. */
enum person_field {
	PERSON_CODE,
	PERSON_NAME,
	PERSON_POSITION,
	PERSON_EMAIL,
	PERSON_PHONE,
	PERSON_STATE,
	PERSON_FIELDS
};

/* --- people.c: exchange_check(), exchange_apply() and exchange_undo() of the roster --- */

struct people_how {
	enum lang lang;
	bool is_saving;
};
MUST_CHECK int people_import(const struct exchange *x, const struct people_how *how,
	struct arena *a, struct exchange_result *ret, struct err *e);
MUST_CHECK int people_undo(const struct record_at *at, int64_t import_id, struct arena *a,
	size_t *ret_left, struct err *e);

/* --- value.c: what people type, nearer to what a register takes --- */

/* The values of a cell of F, in the form in which record_value_take() wants them. */
void exchange_values(const struct register_field *f, const struct office_cell *cell,
	struct arena *a, struct str **ret, size_t *ret_count);
/* Folded, letters and figures only, one blank between words; without what is in brackets
 * when so asked. */
struct str exchange_plain(struct str s, bool with_brackets, struct arena *a);
/* How a fault in F is mended, in LANG. */
struct str exchange_mend(const struct register_field *f, enum lang lang, struct arena *a);

/* --- refer.c: names for ids --- */

struct unit_calls; /* units.c */
struct refers;
/* What is asked often is asked once. Lives in A. */
MUST_CHECK int refers_new(const struct record_at *at, const struct org_tree *tree, struct arena *a,
	struct refers **ret, struct err *e);
const struct unit_calls *refers_units(const struct refers *r);
bool refers_to(const struct register_field *f); /* does F hold ids? */
/* The id that NAME means for F, seen from UNIT_ID: 1; or 0 and why there is none. */
struct refer_answer {
	struct str id;
	const char *words; /* for tr(), with {a} for the name; NULL */
};
MUST_CHECK int refers_find(struct refers *r, const struct register_field *f, struct str name,
	int64_t unit_id, struct refer_answer *ret, struct err *e);

/* --- units.c: what the units of today are called --- */

struct unit_calls *unit_calls_new(const struct org_tree *tree, struct arena *a);
/* The one unit of this name, short name or code; 0: none, or several. A is for the moment. */
int64_t unit_called(const struct unit_calls *c, struct str name, struct arena *a);

#endif
