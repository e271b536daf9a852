/* pack_data.h - what a pack holds: the nouns of pack.h, which includes this. The formats are told
 * in docs/formats/pack.md and check.md; what a file leaves out is STR_NONE. */
#ifndef CORE_PACK_DATA_H
#define CORE_PACK_DATA_H

#include "base/base.h"
#include "kit/text/text.h"

enum pack_kind { PACK_REGULATION, PACK_STANDARD, PACK_CHECKS, PACK_CALENDAR };
enum sure { SURE_HIGH, SURE_MEDIUM, SURE_LOW };
enum clause_kind { CLAUSE_CHUONG, CLAUSE_DIEU, CLAUSE_KHOAN, CLAUSE_DIEM, CLAUSE_DOAN };
enum force { FORCE_BINDING, FORCE_ADVICE, FORCE_DEFAULT };
enum direction { AT_LEAST, AT_MOST, EQUAL, ONE_OF, ALL_OF };
enum proof_by { BY_CHECK, BY_REGISTER, BY_FLOW, BY_DOCUMENT, BY_ATTEST, BY_DUTY, BY_ARCHIVE };
enum needs { NEEDS_ALL_CHECKS, NEEDS_ANY, NEEDS_BOTH };
enum obligation_kind {
	KIND_AUTO,
	KIND_WORKFLOW,
	KIND_REGISTER,
	KIND_DOC,
	KIND_ATTEST,
	KIND_PERIODIC,
	KIND_DATA
};
enum period_kind {
	PERIOD_CONTINUOUS,
	PERIOD_ONCE,
	PERIOD_ON_EVENT,
	PERIOD_DAYS,
	PERIOD_MONTHS,
	PERIOD_PARAM
};

/* Where a datum stands in its pack; FILE is relative to the packs folder. */
struct source {
	const char *file;
	int line, column;
};

struct text_defect {
	struct str clause, quote; /* the quote stands in the clause */
	struct words note;
	struct source source;
};

struct transition {
	bool has_from, has_to;
	struct date from, to;
	struct words note;
	struct source source;
};

struct clause {
	const struct pack *pack;
	struct str id, label, title, text; /* title or text may be STR_NONE */
	enum clause_kind kind;
	const struct clause *parent; /* NULL for a chương */
	size_t index;                /* place in reading order */
	struct source source;
};

struct proof {
	enum proof_by by;
	struct str check;       /* BY_CHECK: the check's id */
	const struct check *is; /* BY_CHECK: the check when it is live, else NULL */
	struct words what;
	struct str review; /* signed on the page of that review: "processes"; else STR_NONE */
	int max_age_days; /* 0: that of the obligation */
};

struct applies {
	struct str *host, *has, *unit; /* no host kinds: the unit as a whole */
	size_t host_count, has_count, unit_count;
	struct str hosting;
	int level_min; /* 0: every level */
};

struct obligation {
	const struct pack *pack;
	const struct clause *clause;
	struct str id; /* "D8.3", unique in its pack */
	struct words title, trigger, software;
	struct str *who, *params, *same_proof;
	enum obligation_kind kind, *also;
	struct proof *evidence;
	size_t who_count, param_count, same_proof_count, also_count, evidence_count;
	enum period_kind period;
	int period_count; /* days or months */
	struct str period_param;
	struct applies applies;
	enum needs needs;
	int max_age_days, weight;
	bool is_mandatory;
	struct source source;
};

struct param_value {
	const struct param *param;
	struct str *items; /* one item, or the items of a set */
	size_t item_count;
	bool is_number;
	int64_t number;
	struct str clause;
	int level_from, level_to;
	enum force force;
	struct source source;
};

struct param {
	const struct pack *pack;
	struct str id, unit;
	struct words title;
	enum direction direction;
	struct param_value *values;
	size_t value_count;
	struct source source;
};

struct role {
	struct str id, clause, unit; /* unit: the word of "applies" that a unit of this role is */
	struct str *accounts;        /* whose accounts act for it: "officer" "head" … */
	size_t account_count;
	bool is_each; /* everybody has it, each for himself: never in the name of the unit */
	struct words title,
		was; /* was: as the law prints it, when the name changed; may be empty */
	struct source source;
};

/* A cure for one family of systems ("debian", "rhel") or for "any". */
struct cure {
	struct str family;
	struct words text;
};

/* A piece of what a query says it found, and how people read it. */
struct found_word {
	struct str is;
	struct words text;
};

/* What a check asks of the tables (docs/formats/check.md). */
struct check {
	struct str id;
	struct str
		level; /* "A" the machine decides, "AE" with a declared policy, "E" with a person */
	bool is_live;  /* asked; else only named in the catalogue, and the fields below are empty */
	struct words title, asks, why;
	struct str *ck, *clauses, *params;
	size_t ck_count, clause_count, param_count;
	struct str applies; /* SQL whose first value 1 = applicable; STR_NONE: always */
	struct words not_applicable;
	struct str query;    /* SQL, a row per subject */
	struct words wanted; /* {param} are filled in */
	struct str none;     /* what no row means: "pass", "fail", "unknown", "na" */
	struct words none_words;
	bool do_violations_stand; /* a violation found stays one, whatever could not be read */
	bool is_live_only;        /* means something on a running machine only */
	struct found_word *found_words;
	size_t found_word_count;
	struct cure *cures;
	size_t cure_count;
	/* the other direction, filled by the loader: the obligations it helps to answer */
	const struct obligation **answers;
	size_t answer_count;
	struct source source;
};

/* A tree whose files are watched, or what in it is left out (packs/checks/integrity.yaml). */
struct watched {
	struct str path;
	bool is_left_out;
	struct words why;
	struct source source;
};

/* What a rule of another tool says of a check (packs/checks/import/). */
struct import_rule {
	struct str tool, rule, check;
	const struct check *is;
	/* that it found nothing is no pass: it looks at less than the check does */
	bool is_no_pass;
	bool is_no_fail; /* its finding is advice */
	struct source source;
};

struct pack {
	struct str id, number;
	enum pack_kind kind;
	struct words title, short_title, issuer, source_note;
	struct date from, to;
	bool has_to;
	enum sure sure;
	struct str *supersedes;
	struct transition *transitions;
	struct text_defect *defects;
	struct clause *clauses;
	struct obligation *obligations;
	struct param *params;
	struct role *roles;
	struct check *checks;
	struct watched *watched;
	struct import_rule *imports;
	struct pack_work *work; /* flows, statements, quizzes: flows.h; NULL: none */
	struct pack_register *registers; /* pack_register.h */
	size_t watched_count, import_count, register_count;
	size_t supersedes_count, transition_count, defect_count;
	size_t clause_count, obligation_count, param_count, role_count, check_count;
	struct source source, dates; /* where it begins, where its in-force stands */
};

#endif
