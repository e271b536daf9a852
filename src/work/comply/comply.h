/* comply.h - floor 4: from evidence and obligations to verdicts, for now or for any past date. A
 * pure function: what it is given decides what it says.
 *
 * Three laws of meaning hold here. No evidence is never a pass. A person's word never overrides a
 * failed machine check; it can only add a dated exception. Each verdict carries every proof that
 * answers, also those that are missing. */
#ifndef WORK_COMPLY_H
#define WORK_COMPLY_H

#include "base/base.h"
#include "core/evidence/evidence.h"
#include "core/pack/pack.h"

enum verdict {
	VERDICT_NOT_MET,
	VERDICT_OVERDUE,
	VERDICT_NO_EVIDENCE,
	VERDICT_EXCEPTED,
	VERDICT_MET,
	VERDICT_NA,
};
#define VERDICT_COUNT 6

const char *verdict_name(enum verdict v);  /* "met" "not-met" "overdue" … for machines */
const char *verdict_words(enum verdict v); /* "đạt" …, to be looked up with tr() */

/* Whom a verdict is about. The numbers are kept in the database. Of a record, a system among them,
 * counts what stands in its register and what was said of it alone: whether the machine obeys is a
 * verdict on the machine. */
enum comply_about { COMPLY_HOST, COMPLY_UNIT, COMPLY_PERSON, COMPLY_RECORD };
#define COMPLY_ABOUT_COUNT 4

/* Does the unit have what an obligation is about: "wifi", "vendor", "server"? Nobody knows until
 * the registers show one or the unit has signed that it has none. */
enum comply_has { COMPLY_HAS_UNKNOWN, COMPLY_HAS, COMPLY_HAS_NONE };
struct comply_having {
	struct str what;
	enum comply_has has;
	int64_t until_s; /* COMPLY_HAS_NONE: how long the statement is good */
};

/* A record as its register has it, and when that was weighed last. */
struct comply_in_register {
	const struct pack_register *reg;
	const struct evidence *whole; /* the newest weighing of the register; NULL: none */
	int64_t changed_at_s, weighed_at_s;
};

struct comply_input {
	const struct pack_set *packs;
	int64_t at_s; /* as of when; packs not in force then ask nothing */
	enum comply_about about;
	int64_t unit_id;       /* 0 is unit 1 */
	struct str unit_roles; /* ids of the law's roles that the unit has: "OWNER OPER"; "" when
				   * nobody said: then any may be its own */
	const struct comply_having *having; /* NULL: all is taken to be there */
	size_t having_count;
	struct str subject; /* "staff:12", "record:12": words are narrowed to it; else "" */
	int64_t record_id;  /* COMPLY_RECORD */
	const struct comply_in_register *in_register; /* the same */
	int64_t host_id;
	struct str host_kind;        /* server | workstation | secret-pc … */
	int level;                   /* system level 1-5 */
	const struct evidence *rows; /* the newest run at or before at_s (evidence_newest_run) */
	size_t row_count;
	const struct evidence *words; /* people's words at or before at_s, newest first, or none */
	size_t word_count;
	/* what other tools found (evidence_said): only for checks that no row above answers */
	const struct evidence *imports;
	size_t import_count;
	const struct exception *exceptions; /* those that cover at_s (exception_list) */
	size_t exception_count;
};

enum proof_state {
	PROOF_PASS,
	PROOF_FAIL,
	PROOF_UNKNOWN, /* looked, but could not tell */
	PROOF_NA,      /* the machine is not bound */
	PROOF_OLD,     /* was a pass, and is older than allowed */
	PROOF_MISSING, /* nobody looked yet */
	PROOF_PLANNED, /* a check that this version does not have */
};

/* One way of proof that the obligation accepts, and what stands there. */
struct comply_proof {
	const struct proof *asked;
	enum proof_state state;
	const struct evidence *rows; /* consecutive rows of the input; NULL when missing */
	size_t row_count;
	int64_t at_s; /* of the newest row */
	int max_age_days;
};

struct comply_verdict {
	const struct obligation *obligation;
	bool is_about_host; /* else about the unit, with this host's facts as proofs */
	enum verdict verdict;
	const char *why; /* a Vietnamese sentence, to be looked up with tr(); "" when plain */
	struct comply_proof *proofs;
	size_t proof_count;
	const struct exception *exception; /* VERDICT_EXCEPTED: the one that covers */
	int64_t until_s; /* the moment from which time alone changes it; INT64_MAX: never */
};

/* Whom does this obligation bind, besides records that registers name (pack_register.binds): a
 * machine, when its proofs are checks or it names kinds of them;
 * a person, when each user signs for themselves; else the unit. */
enum comply_about comply_about(const struct pack_set *packs, const struct obligation *o);

/* A verdict for each obligation (classification rows left out) of the packs in force, in pack and
 * reading order. Lives in A; borrows from INPUT. */
void comply_verdicts(const struct comply_input *input, struct arena *a, struct comply_verdict **ret,
	size_t *ret_count);
/* The verdict on one obligation. */
struct comply_verdict comply_verdict(
	const struct comply_input *input, const struct obligation *o, struct arena *a);

/* For a group of verdicts (an article): the one to show, the worst that asks for action first. */
enum verdict verdict_worst(enum verdict a, enum verdict b);

#endif
