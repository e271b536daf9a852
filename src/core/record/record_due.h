/* record_due.h - floor 3: work that records bring (pack_register.duties): which live records have
 * a day from which something falls due, and the days that stood there before. A pure look; what is
 * due when is reckoned by work/duty. */
#ifndef CORE_RECORD_DUE_H
#define CORE_RECORD_DUE_H

#include "core/record/record.h"

/* One duty of one register, and the last day of its field that is of interest. */
struct record_due_ask {
	const struct pack_register *reg;
	const struct register_duty *duty;
	struct date until;
	struct str after_day; /* only what comes after this day, "2026-11-28", … */
	int64_t after_id;     /* … or after this record on that day */
};

struct record_due_query {
	struct store *store;
	const struct pack_set *packs;
	const struct record_due_ask *asked;
	size_t ask_count;
	struct str units; /* a JSON array of ids */
	int64_t now_s;
	int64_t record_id; /* only this one; 0: all */
	/* Of each duty and unit so many are looked at, the earliest days first; not those of which
	 * a choice says that the duty does not ask for them. */
	size_t max;
};

/* A live record of which all that the duty asks holds. */
struct record_due {
	const struct record_due_ask *asked;
	int64_t record_id, unit_id, version;
	struct str title;
	struct date day; /* in the field of the duty */
};
struct record_dues {
	struct record_due *at; /* in the order in which was asked */
	size_t count;
	bool is_full;         /* of some duty of a unit MAX were looked at: there may be more */
	struct date last_day; /* of those that were looked at the last, by day and id */
	int64_t last_id;
};
/* One statement, however many units and duties. Lives in A. */
MUST_CHECK int record_dues(
	const struct record_due_query *q, struct arena *a, struct record_dues *ret, struct err *e);

/* How many records of a duty and a unit nobody looked at, because there are more than MAX. */
struct record_due_rest {
	const struct record_due_ask *asked;
	int64_t unit_id;
	size_t count;
};
/* Those where there are any. Lives in A. */
MUST_CHECK int record_dues_rest(const struct record_due_query *q, struct arena *a,
	struct record_due_rest **ret, size_t *ret_count, struct err *e);

/* A day that was written into the field, and when. */
struct record_turn {
	int64_t record_id, version, at_s;
	const struct record_due_ask *asked;
	struct date day;
	struct str by, why;
};
struct record_turns {
	struct record_turn *at; /* in the order in which was asked, then by record and version */
	size_t count;
};
/* The days that stood in the fields of live records, each time they changed, from MAX versions at
 * most. Lives in A. */
MUST_CHECK int record_turns(
	const struct record_due_query *q, struct arena *a, struct record_turns *ret, struct err *e);

#endif
