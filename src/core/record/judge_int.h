/* judge_int.h - private to judge*.c. */
#ifndef CORE_RECORD_JUDGE_INT_H
#define CORE_RECORD_JUDGE_INT_H

#include "core/record/record_int.h"
#include "core/record/record_judge.h"

struct judging {
	const struct record_at *at;
	int64_t unit_id;
	struct date today;
	struct record *records; /* live ones of the unit */
	size_t count;
	VEC(struct record_finding) findings;
	size_t left_out;
	bool has_fail;
	/* of the record judged last: names for its findings, and what it points to */
	int64_t names_of, other_id;
	struct record_names *names;
	const struct record *other;
};

/* 1 all WHEN of register REG hold for R, 0 not, <0. */
MUST_CHECK int judge_holds(struct judging *j, const struct pack_register *reg,
	const struct record *r, const struct register_condition *when, size_t count, struct err *e);
/* A finding of RULE about R, NULL for the register; THING is {a} of what a machine has
 * (judge_find.c). */
MUST_CHECK int judge_find(struct judging *j, const struct register_rule *rule,
	const struct record *r, struct str thing, struct err *e);
/* What is attached to RECORDS, by id upwards, put into their bodies (judge_files.c). */
MUST_CHECK int judge_files(const struct record_at *at, const struct pack_register *reg,
	struct record *records, size_t count, struct err *e);
void judge_add(struct judging *j, struct record_finding finding);
/* What rules with "machine" find (judge_machine.c). */
MUST_CHECK int judge_machine(struct judging *j, const struct register_rule *rule, struct err *e);

#endif
