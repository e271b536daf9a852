/* duty_int.h - private to work/duty. */
#ifndef WORK_DUTY_INT_H
#define WORK_DUTY_INT_H

#include "work/duty/duty.h"

/* Something done, by evidence. Years of audits of many machines are many: few bytes each. */
struct done {
	int64_t host_id, id;
	struct date day;
	unsigned name; /* its place in listing.names */
};

struct host_row {
	int64_t id;
	struct str name, kind;
	struct date seen;
};

/* One unit while its duties are listed. */
struct unit_part {
	const struct org_unit *unit;
	const struct duty_left_out *left_out; /* or NULL */
	struct date begin;
	VEC(struct host_row) hosts;
	VEC(struct done) done;   /* by name, machine and day … */
	struct duty_mark *marks; /* … and what each of them marks */
	size_t hosts_left_out;
	struct duty_skips skips;
	VEC(struct duty) duties;
};

/* Is LEFT, days before DUE, in the last part of the period P (duty_soon_percent)? */
bool duty_is_in_last_part(
	const struct duty_rules *r, struct duty_period p, struct date due, int64_t left);

struct listing {
	const struct duty_query *q;
	struct arena *a;
	struct date today, begin;
	struct str units; /* as JSON */
	struct duty_rules rules;
	struct unit_part *parts; /* by the unit's id */
	VEC(struct str) names;   /* of what was done: "tay-son/D11.3" */
	const struct record_due_rest *rests;
	size_t rest_count;
	bool has_records; /* an export: too many for the first part */
	struct duty_part next;
};

struct unit_part *part_of(const struct listing *l, int64_t unit_id); /* or NULL */
/* Put what was done of the part in order. */
void sort_done(struct listing *l, struct unit_part *part);
/* What closed it, the open occurrence, and what closed the one before. */
void finish_duty(struct listing *l, const struct unit_part *part, struct duty *d);
/* What the records of the units bring, as much of it as the query's part has (record.c). */
MUST_CHECK int add_records(struct listing *l, struct err *e);
/* Of which work there are records of the unit that nobody looked at. */
void find_rests(const struct listing *l, const struct unit_part *part, struct duties *ret);

/* Where the counting begins: at the last proof from before the duty did; NULL: at its start. */
const struct duty_mark *duty_first_base(const struct duty_schedule *s);

/* Under which name skips of it are kept: duty_key() without the machine. */
struct str duty_name(const struct duty *d, struct arena *a);

#endif
