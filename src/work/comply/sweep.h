/* sweep.h - floor 4, beside comply.h: the verdicts of whole units, from the database: reckoned for
 * any moment, and kept for now so that lists are quick. What is kept is a cache of pure functions:
 * it may be thrown away at any time and comes back the same.
 *
 * A subject's verdicts are kept as marks: one letter for each obligation in force, in their order
 * (comply_law). A queue, filled by triggers, holds the subjects about which something was added. */
#ifndef WORK_COMPLY_SWEEP_H
#define WORK_COMPLY_SWEEP_H

#include "core/org/unit.h"
#include "work/comply/comply.h"

extern const struct store_step comply_steps[];
extern const size_t comply_step_count;

/* The obligations in force on a day (classification rows left out), in pack and reading order. */
struct comply_law {
	const struct obligation **at;
	enum comply_about *about;
	size_t count;
	char key[17]; /* of exactly this list: marks of another are not read with it */
};
void comply_law_of(
	const struct pack_set *packs, struct date on, struct arena *a, struct comply_law *ret);

struct comply_subject {
	enum comply_about about;
	int64_t id, unit_id;
	struct str name;
	const struct pack_register *reg; /* COMPLY_RECORD: where it stands */
};

/* --- weighed ---------------------------------------------------------------------------------- */

#define COMPLY_JUDGED "duty.judged" /* the setting that says when this was done last */
/* What registers, cases and signed statements say becomes evidence: in units in which something
 * changed since the last time, in all of them once a day. */
MUST_CHECK int comply_judge(
	struct store *store, const struct pack_set *packs, int64_t now_s, struct err *e);

/* What a register of a unit was found to lack when it was weighed last: how much, and what. */
struct comply_found {
	int64_t unit_id;
	struct str register_id;
	int64_t findings, warnings;
	int64_t left_out; /* so many more are not listed */
	int64_t at_s;     /* when that was found first */
};
struct comply_found_list {
	struct comply_found *at;
	size_t count;
};
/* Of the units of UNITS_JSON, those with any, by unit, the most findings first. */
MUST_CHECK int comply_found_totals(struct store *s, struct str units_json, struct arena *a,
	struct comply_found_list *ret, struct err *e);

struct comply_finding {
	struct str register_id, field; /* field "": the record as a whole */
	int64_t record_id;             /* 0: the register as a whole */
	bool is_warning;
	struct words words;
};
struct comply_findings {
	struct comply_finding *at;
	size_t count;
};
struct comply_findings_query {
	int64_t unit_id;
	struct str registers_json; /* ids of the registers to look in */
	int64_t from, max;
};
/* Failures first, then warnings. */
MUST_CHECK int comply_findings(struct store *s, const struct comply_findings_query *about,
	struct arena *a, struct comply_findings *ret, struct err *e);

/* --- reckoned anew ---------------------------------------------------------------------------- */

/* One subject with its verdicts: those on obligations that bind this kind of subject; of a unit
 * also those on obligations about machines or people of which it has none. */
typedef int comply_each(void *context, const struct comply_subject *subject,
	const struct comply_verdict *verdicts, size_t count, struct err *e);
/* One unit at one moment. */
struct comply_query {
	struct store *store;
	const struct pack_set *packs;
	int64_t unit_id, at_s;
	const struct obligation
		*only; /* NULL: all; else only subjects that it binds, on it alone */
};
/* All subjects of the unit as of then, the unit first. What EACH is given lives until it returns;
 * nonzero ends the walk and is returned. ERR_ABSENT: no such unit. */
MUST_CHECK int comply_walk(
	const struct comply_query *q, comply_each *each, void *context, struct err *e);

/* The same in two steps, for who walks more than once: what is known of the unit, in A, which may
 * take COMPLY_UNIT_MEMORY_BYTES. */
#define COMPLY_UNIT_MEMORY_BYTES (64 * MIB)
struct unit_facts;
MUST_CHECK int comply_know(const struct comply_query *q, struct arena *a,
	const struct unit_facts **ret, struct err *e);
MUST_CHECK int comply_walk_known(
	const struct unit_facts *f, comply_each *each, void *context, struct err *e);

/* Whom the one obligation Q->only binds, and with which verdict: what is kept, where the unit has
 * many subjects and it stands for that moment, else reckoned. In A. */
struct comply_place {
	enum comply_about about;
	enum verdict verdict;
	int64_t id;
};
struct comply_places {
	struct comply_place *at; /* the worst first, those of one verdict in the order of a walk */
	size_t count;
	int64_t counts[VERDICT_COUNT];
	int64_t at_s; /* when it was reckoned */
};
MUST_CHECK int comply_places(
	const struct unit_facts *f, struct arena *a, struct comply_places *ret, struct err *e);
/* A walk to COUNT of them alone. */
MUST_CHECK int comply_walk_places(const struct unit_facts *f, const struct comply_place *at,
	size_t count, comply_each *each, void *context, struct err *e);

/* The marks of the unit over all its subjects, reckoned anew; LAW is that of the day of Q. In A.
 * ERR_ABSENT: no such unit. */
MUST_CHECK int comply_unit_marks(const struct comply_query *q, const struct comply_law *law,
	struct arena *a, struct str *ret, struct err *e);

/* The obligations that do not bind the unit at all then: not applicable, from data. Lives in A. */
struct comply_left_out {
	const struct obligation **at;
	size_t count;
};
MUST_CHECK int comply_left_out(
	const struct comply_query *q, struct arena *a, struct comply_left_out *ret, struct err *e);

/* --- kept ------------------------------------------------------------------------------------- */

#define COMPLY_MARK_NONE '.' /* the obligation does not bind this subject */
char comply_mark(enum verdict v);
bool comply_mark_verdict(char mark, enum verdict *ret); /* false: COMPLY_MARK_NONE */

/* What an obligation's state in a unit is, over all its subjects: the worst. */
struct comply_score {
	int64_t counts[VERDICT_COUNT]; /* obligations by verdict */
	int64_t weight, weight_met;    /* of those that apply and are not excepted */
	int permille;                  /* -1: nothing applies */
};
struct comply_score comply_score_of(const struct comply_law *law, struct str marks,
	const struct clause *within); /* NULL: all */

struct comply_unit_row {
	int64_t unit_id, at_s;
	struct str marks; /* over all subjects */
	int64_t subjects;
	struct comply_score score;
};
struct comply_units {
	struct comply_unit_row *at;
	size_t count;
};

/* Bring what is kept up to date: all subjects when the law changed or nothing is kept yet, else the
 * queue and what time has changed, at most MAX subjects (0: all). Returns how many were
 * reckoned. */
MUST_CHECK int comply_refresh(
	struct store *s, const struct pack_set *packs, int64_t at_s, size_t max, struct err *e);
/* Forget it all, so that the next comply_refresh() begins from nothing. */
MUST_CHECK int comply_forget(struct store *s, struct err *e);
/* The kept state of the units of UNITS_JSON, "[1,2]", the lowest score first. */
MUST_CHECK int comply_kept_units(struct store *s, const struct comply_law *law,
	struct str units_json, struct arena *a, struct comply_units *ret, struct err *e);
/* The kept marks of machines; one of which nothing is kept under this law is left out. */
struct comply_host_row {
	int64_t host_id;
	struct str marks;
};
struct comply_hosts {
	struct comply_host_row *at;
	size_t count;
};
MUST_CHECK int comply_kept_hosts(struct store *s, const struct comply_law *law,
	struct str hosts_json, struct arena *a, struct comply_hosts *ret, struct err *e);
/* Score in permille by day of a unit, oldest first, the last MAX days that are kept. */
struct comply_point {
	struct date day;
	int permille;
};
struct comply_trend {
	struct comply_point *at;
	size_t count;
};
MUST_CHECK int comply_trend(struct store *s, int64_t unit_id, size_t max, struct arena *a,
	struct comply_trend *ret, struct err *e);
/* The same of many units at once, from a day on: RET[i] beside UNITS->at[i]. */
MUST_CHECK int comply_trends(struct store *s, const struct comply_units *units, struct date since,
	struct arena *a, struct comply_trend *ret, struct err *e);

#endif
