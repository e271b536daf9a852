/* duty.h - floor 4: what must be done again and again. An obligation with a period, in force for a
 * unit or one of its machines, is a duty, and so is the work that a record of a register brings
 * (its "duties" in the packs); a duty and the calendar give occurrences. Those are reckoned anew by
 * pure functions each time and never stored: what is stored is evidence that the duty was done
 * (core/evidence), the versions of the record, and a decision that one occurrence is skipped.
 *
 * The reckoning: the next one is due a period after the last was done, in calendar months where the
 * period is months; the first a period after the duty begins unless there is earlier proof. What
 * was done in the period closes it, and the last of several counts. A date on a day off moves as
 * the packs say. Days are those of Viet Nam. */
#ifndef WORK_DUTY_H
#define WORK_DUTY_H

#include "base/base.h"
#include "core/evidence/doing.h"
#include "core/evidence/evidence.h"
#include "core/org/unit.h"
#include "core/pack/pack.h"
#include "core/record/record_due.h"
#include "work/duty/short.h"

/* --- reckoning -------------------------------------------------------------------------------- */

struct duty_period {
	bool is_months; /* else days */
	int count;      /* 0: the obligation has no period */
};

struct duty_period duty_period_of(
	const struct pack_set *packs, const struct obligation *o, struct date on);
struct date duty_period_after(struct duty_period p, struct date day);

/* What the packs say of duties in general on a day. */
enum duty_move { DUTY_MOVE_NEXT, DUTY_MOVE_PREVIOUS, DUTY_MOVE_KEEP };
struct duty_rules {
	const struct pack_set *packs;
	enum duty_move move;
	int grace_days, soon_days, head_days, authority_days;
	int soon_percent; /* of its period, from its end: before, no duty is soon */
	int *remind_days; /* before it is due */
	size_t remind_count;
};
struct duty_rules duty_rules(const struct pack_set *packs, struct date on, struct arena *a);

/* Something that closed an occurrence: evidence, or an approved skip of the one due on DAY. */
struct duty_mark {
	struct date day;
	bool is_skip;
	int64_t id; /* of the evidence, or of the skip */
};

enum duty_state {
	DUTY_OVERDUE,
	DUTY_TODAY,
	DUTY_SOON,
	DUTY_AHEAD,
	DUTY_DONE,
	DUTY_DONE_LATE,
	DUTY_SKIPPED,
};
#define DUTY_STATE_COUNT 7
const char *duty_state_name(enum duty_state s);  /* "overdue" "done-late" …, for machines */
const char *duty_state_words(enum duty_state s); /* for tr() */

struct duty_occurrence {
	struct date due_by_law; /* before it was moved off a day off */
	struct date due;
	enum duty_state state;
	struct date closed; /* DONE, DONE_LATE, SKIPPED: when */
	int64_t mark_id;
};

struct duty_schedule {
	struct duty_period period;
	struct date start;             /* when the duty began */
	const struct duty_mark *marks; /* by day */
	size_t mark_count;
	struct date today;
};

/* Of a unit or a machine: all up to the last one due before the day UNTIL, in order. Those after
 * the open one are reckoned as if each were done on its day. Lives in A. */
void duty_occurrences(const struct duty_schedule *s, const struct duty_rules *rules,
	struct date until, struct arena *a, struct duty_occurrence **ret, size_t *ret_count);

/* --- the duties of units ---------------------------------------------------------------------- */

/* Work that one record brings: due so long after, or before, the day in a field of it. Done when
 * that day moves on; a day that moves back was a mistake and is forgotten. */
struct duty_record {
	const struct pack_register *reg;
	const struct register_duty *duty;
	int64_t id, version;
	struct str title;
	struct date day;                 /* that stands in the field */
	const struct record_turn *turns; /* the days that stood there, DAY the last of them */
	size_t turn_count;               /* 0: not asked for */
};

struct duty {
	const struct obligation *obligation; /* of a record: the first that the work answers */
	struct words title;
	bool is_machine;           /* checks alone prove it: the machine does it, people look */
	int64_t unit_id, host_id;  /* host 0: the unit as a whole, or a record of it */
	struct str host_name;      /* "" for the unit */
	struct duty_record record; /* id 0: no record brings it */
	struct duty_schedule schedule;
	struct duty_occurrence open;   /* the one to do next, or the overdue one */
	struct duty_mark last;         /* what closed the one before; id 0: never */
	const struct duty_skip *asked; /* a skip of the open one that waits for the head, or NULL */
};

struct duties {
	struct duty *at;
	size_t count;
	size_t hosts_left_out;   /* machines of the unit beyond DUTY_HOSTS_MAX */
	struct duty_rest *rests; /* what records_max leaves out */
	size_t rest_count, records_max;
	struct duty_part next; /* of an export; NONE: this was the last */
	struct duty_rules rules;
};

/* Obligations that do not bind a unit, as work/comply says. */
struct duty_left_out {
	const struct obligation *const *at;
	size_t count;
};

struct duty_query {
	struct store *store;
	const struct pack_set *packs;
	const struct org_unit *const *units; /* none twice */
	size_t unit_count;
	const struct duty_left_out *left_out; /* beside UNITS */
	int64_t at_s;
	struct date until;   /* work of records that is due later is left out; year 0: soon_days */
	size_t records_max;  /* of each work of a unit; 0: DUTY_RECORDS_MAX */
	bool has_turns;      /* fill in duty_record.turns */
	int64_t only_record; /* the work that this record brings, and nothing else; 0: all */
	int64_t only_host;   /* of the machines this one alone; 0: all that are listed */
	struct duty_part part; /* of UNITS, which is one; NONE: no export */
};
#define DUTY_RECORD_OUTLOOK_DAYS 20000 /* for UNTIL: whatever a record will ever bring */

/* The duties of the units as of then, RET[i] beside UNITS[i], the most urgent first, in a number of
 * statements that does not grow with the units. A duty begins when the pack came into force, the
 * unit or the machine began, or Khiên itself did (the setting duty.from, YYYY-MM-DD, else the first
 * account), whatever was last. What records bring is as the registers stand now. Lives in A. */
MUST_CHECK int duty_list(
	const struct duty_query *query, struct arena *a, struct duties *ret, struct err *e);

/* Was it moved over, or onto, a day that no notice has confirmed (core/pack/calendar.h)? The first
 * such day. */
bool duty_is_unsure(const struct duty *d, const struct duty_occurrence *o,
	const struct duty_rules *rules, struct date *ret);

/* duty_occurrences() of any duty; of a record with the days in its turns. */
void duty_all(const struct duty *d, const struct duty_rules *rules, struct date until,
	struct arena *a, struct duty_occurrence **ret, size_t *ret_count);

/* "tay-son/D11.3", "tay-son/D11.3@12" for machine 12, "wifi/doi-mat-khau@r12" for record 12. */
struct str duty_key(const struct duty *d, struct arena *a);
/* The duty of this key, or NULL. */
const struct duty *duty_of_key(const struct duties *list, struct str key);
/* Where its page is: "/viec/3/tay-son/D11.3?may=12", "/viec/3/wifi/doi-mat-khau?ban-ghi=12". */
struct str duty_address(const struct duty *d, struct arena *a);
/* The record, or the machine, that a key names; 0: none. */
int64_t duty_key_record(struct str key);
int64_t duty_key_host(struct str key);

/* Ids of roles of the law: who does it. */
struct duty_who {
	const struct str *at;
	size_t count;
};
struct duty_who duty_who(const struct duty *d);
/* Do accounts of this role ("officer") do what these do? What each person has to do for himself
 * (role.is_each) is a duty of his only where he is named first: he who answers for it. */
bool duty_is_for(const struct pack_set *packs, struct duty_who who, const char *account);
/* The role of the law that answers for it. NULL: none. */
const struct role *duty_role(const struct pack_set *packs, const struct duty *d);

/* Who is to be told of an open duty today, besides those who do it. */
enum duty_told { DUTY_TOLD_NOBODY, DUTY_TOLD_DOERS, DUTY_TOLD_HEAD, DUTY_TOLD_AUTHORITY };
enum duty_told duty_told(const struct duty *d, const struct duty_rules *rules);

#endif
