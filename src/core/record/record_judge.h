/* record_judge.h - floor 3: is a register of a unit there, complete, without contradiction? A pure
 * look at what stands in it on a day; nothing is written. */
#ifndef CORE_RECORD_JUDGE_H
#define CORE_RECORD_JUDGE_H

#include "core/org/goods.h"
#include "core/record/record.h"

extern const struct org_goods record_goods[]; /* what goes along when a unit ends */

#define RECORD_FINDINGS_MAX 1000 /* of one register in one unit; the rest is counted */

enum record_finding_kind {
	FINDING_EMPTY,      /* no record at all */
	FINDING_INCOMPLETE, /* a value is missing that a record needs to be complete */
	FINDING_DANGLING,   /* it points to a record that was cancelled */
	FINDING_RULE,
};

struct record_finding {
	enum record_finding_kind kind;
	int64_t record_id;                  /* 0: the register as a whole */
	struct str title;                   /* of the record, "" for the whole */
	const struct register_field *field; /* where it is mended, or NULL */
	const struct register_rule *rule;   /* FINDING_RULE */
	bool is_warning;
	struct words words; /* a whole sentence */
};

struct record_judgement {
	enum outcome outcome;
	int64_t live, incomplete;
	struct record_finding *findings; /* by record, in the order of their ids */
	size_t finding_count, left_out;
};

/* AT->reg in UNIT_ID as of the day of AT->now_s. */
MUST_CHECK int record_judge(
	const struct record_at *at, int64_t unit_id, struct record_judgement *ret, struct err *e);
/* What can be said of R alone: no twins, no machines. */
MUST_CHECK int record_judge_one(const struct record_at *at, const struct record *r,
	struct record_judgement *ret, struct err *e);
/* Does it count for this obligation? A rule with answers of its own counts for those only, all else
 * for whatever the register answers. */
bool record_finding_is_about(
	const struct pack_register *r, const struct record_finding *f, const struct obligation *o);
/* The outcome for one of the obligations that the register or one of its rules answers. */
enum outcome record_outcome(const struct pack_register *r, const struct record_judgement *j,
	const struct obligation *o);
/* Do these findings count for it at all: has the register, or one of its rules, an answer to it? */
bool record_answers(const struct pack_register *r, const struct obligation *o);

/* A record that obligations bind (pack_register.binds), as it stood at a moment. */
struct record_bound {
	int64_t id, changed_at_s;
	struct str title;
	uint64_t binds; /* bit n: binds[n] of the register holds; never 0 */
};
#define RECORD_BINDS_MAX 64
typedef int record_each_bound(void *context, const struct record_bound *bound, struct err *e);
/* Those of AT->reg in UNIT_ID that lived at AT->now_s, by id. What EACH is given lives until it
 * returns; nonzero ends the walk and is returned. */
MUST_CHECK int record_walk_bound(const struct record_at *at, int64_t unit_id,
	record_each_bound *each, void *context, struct err *e);

#endif
