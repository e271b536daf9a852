/* unit.h - floor 3: the tree of units. Everything about a unit is dated, so that a paper of last
 * year keeps last year's name and place: a unit begins and ends on a day, and has one name and one
 * unit above it from a day on. Unit 1 is the one that set Khiên up and is always there.
 *
 * Days are texts YYYY-MM-DD of Viet Nam's calendar; ORG_DAY_FIRST means "since before Khiên". */
#ifndef CORE_ORG_UNIT_H
#define CORE_ORG_UNIT_H

#include "core/org/org.h"

#define ORG_UNIT_FIRST 1
#define ORG_DAY_FIRST "0001-01-01"
#define ORG_DAY_SIZE 11

struct org_unit {
	int64_t id, parent_id; /* 0: none above */
	struct str code;       /* a short key for files and commands; "" when it has none */
	struct str kind;       /* of ORG_UNIT_KINDS */
	struct str roles;      /* which of the law's roles a unit has, as ids of roles.yaml with
				* blanks between: "OWNER OPER" */
	struct str name, short_name; /* on the day asked for */
	struct str from, until;      /* until: the first day it is no more; "" when it goes on */
	int64_t successor_id;        /* of an ended one: where its work went, or 0 */
	int depth;                   /* 0 without a unit above */
	size_t below;                /* so many of the next ones in the tree stand below it */
	bool is_live;                /* it exists on the day asked for */
};

#define ORG_UNIT_KINDS "agency", "department", "school", "station", "body"

/* All units, also ended and future ones, each before those below it; beside one another in the
 * order of the Vietnamese alphabet. */
struct org_tree {
	struct org_unit *units;
	size_t count;
	size_t *by_id; /* places in units, by rising id */
	struct str day;
};

/* The tree as of DAY ("YYYY-MM-DD"). One statement, whatever its size. Lives in A. */
MUST_CHECK int org_tree(
	struct store *s, struct str day, struct arena *a, struct org_tree *ret, struct err *e);
/* Only those that exist on DAY, in tree order. */
MUST_CHECK int org_units(struct store *s, struct str day, struct arena *a, struct org_unit **ret,
	size_t *ret_count, struct err *e);
/* NULL: there is none. */
const struct org_unit *org_unit_by_id(const struct org_tree *t, int64_t id);
const struct org_unit *org_unit_by_code(const struct org_tree *t, struct str code);
/* Is ID the unit ABOVE itself, or below it at any depth? */
bool org_unit_covers(const struct org_tree *t, int64_t above, int64_t id);
/* Who holds now what ID has left behind: its successor, or that one's; ID itself when it lives. */
int64_t org_unit_heir(const struct org_tree *t, int64_t id);

/* What unit ID was called on DAY; "" when there is no such unit. Lives in A. */
MUST_CHECK int org_unit_name_on(struct store *s, int64_t id, struct str day, struct arena *a,
	struct str *ret, struct err *e);
/* The day of AT_S in Viet Nam. Lives in A. */
struct str org_day(int64_t at_s, struct arena *a);

/* The first name of unit 1, at set-up, or a correction of the name it has now. */
MUST_CHECK int org_unit_call_first(struct store *s, struct str name, struct err *e);

#endif
