/* short.h - floor 4, beside duty.h: what a list leaves out, and an export that does not. */
#ifndef WORK_DUTY_SHORT_H
#define WORK_DUTY_SHORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

struct duties;
struct duty;

/* Of a unit with many machines those are listed that people, then audits, have left alone for
 * longest: what is done makes room for the next. Of many records with the same work those due
 * first. How many are not, is told. */
#define DUTY_HOSTS_MAX 200
#define DUTY_RECORDS_MAX 500
struct duty_rest {
	const struct duty *like; /* its register, its work */
	size_t count;            /* records that nobody looked at */
};

/* An export has them all, part by part: first the unit without its machines, then these, by name.
 * Records stand in the first part, or where one work has too many of them in parts at the end. */
enum duty_parts { DUTY_PART_NONE, DUTY_PART_UNIT, DUTY_PART_HOSTS, DUTY_PART_RECORDS };
struct duty_part {
	enum duty_parts of;
	bool has_records; /* at the end */
	size_t work;      /* which one of the registers' */
	int64_t after_id;
	char after[512]; /* the name of a machine, the day of a record */
};

/* Records left out of the list. */
size_t duty_records_left_out(const struct duties *list);

#endif
