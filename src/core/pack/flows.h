/* flows.h - floor 3, beside pack.h: what happens step by step, and what people sign, as data of a
 * pack. The formats are told in docs/formats/flow.md and statement.md; core/flow and core/attest
 * give them life. */
#ifndef CORE_PACK_FLOWS_H
#define CORE_PACK_FLOWS_H

#include "core/pack/papers.h"

/* --- flows ------------------------------------------------------------------------------------ */

enum flow_about { FLOW_ABOUT_UNIT, FLOW_ABOUT_STAFF, FLOW_ABOUT_RECORD };
enum flow_who { FLOW_WHO_ACT, FLOW_WHO_APPROVE, FLOW_WHO_SIGN };
enum flow_field_type {
	FLOW_TEXT,
	FLOW_LONG,
	FLOW_NUMBER,
	FLOW_DATE,       /* YYYY-MM-DD */
	FLOW_TIME,       /* YYYY-MM-DDTHH:MM, of Viet Nam */
	FLOW_YES,        /* "yes" or "" */
	FLOW_CHOICE,     /* the id of one of its choices */
	FLOW_HOST,       /* the number of a machine */
	FLOW_STAFF,      /* the number of a person */
	FLOW_RECORD,     /* the number of a record of the register OF */
	FLOW_OBLIGATION, /* "pack/D12.1.b#1" */
};
enum flow_state_kind { FLOW_STATE_OPEN, FLOW_STATE_END, FLOW_STATE_VOID };
enum flow_guard_kind {
	FLOW_TASKS_DONE,   /* every task of the case */
	FLOW_ALL_YES,      /* all FIELDS are ticked */
	FLOW_ONE_OF,       /* the one of FIELDS has one of VALUES */
	FLOW_IN_ORDER,     /* the first of FIELDS is not after the second */
	FLOW_OTHER_PERSON, /* not the one who began the case */
	FLOW_AUDIT_CLEAN,  /* the machine of FIELDS: at a system level from PARAMS[0] on, its newest
			    * audit passes PARAMS[1] percent and is at most PARAMS[2] days old */
};
enum flow_measure { FLOW_HOURS, FLOW_DAYS, FLOW_WORK_DAYS };

struct flow_choice {
	struct str id;
	struct str sets; /* of a task: what the field WHERE of its record becomes; or STR_NONE */
	struct words title;
};

struct flow_field {
	struct str id;
	struct words title, hint;
	enum flow_field_type type;
	struct flow_choice *choices;
	size_t choice_count;
	struct str *same; /* "domains.ten-mien": the field of its record that says the same */
	size_t same_count;
	/* FLOW_RECORD: the register; its fields that name the case's record, that hold one of IS,
	 * and that hold the number of a paper; each of these three may be STR_NONE */
	struct str of, by, where, number;
	struct str *is;
	size_t is_count;
	struct source source;
};

struct flow_state {
	struct str id;
	struct words title;
	enum flow_state_kind kind;
	struct source source;
};

/* So long after the moment in the field FROM, or after the move when FROM is STR_NONE. */
struct flow_clock {
	bool is_set;
	enum flow_measure measure; /* that of PARAM's unit when there is one */
	int count;
	struct str param, from;
	struct source source;
};

struct flow_guard {
	enum flow_guard_kind kind;
	struct str *fields, *values, *params;
	size_t field_count, value_count, param_count;
	struct words says; /* why not */
	struct source source;
};

struct flow_task_kind {
	struct str id;
	struct words title; /* {thing} is the record it is about */
	struct str each;    /* a register: one task for each of its records; STR_NONE: one */
	struct str by;      /* the field of the record that names the case's person or record;
			     * STR_NONE: all of the case's unit */
	struct str where;   /* only records in which this field has one of IS; or STR_NONE */
	struct str *is;
	size_t is_count;
	enum flow_who who;
	struct flow_choice *choices; /* how it may end; none: done */
	size_t choice_count;
	struct flow_clock clock;
	struct str *answers;
	size_t answer_count;
	struct source source;
};

struct flow_move {
	struct str id;
	struct words title;
	struct str *from, to;
	size_t from_count;
	enum flow_who who;
	struct str role; /* whom the law names */
	struct str *needs, *asks, *tasks, *papers, *answers;
	size_t need_count, ask_count, task_count, paper_count, answer_count;
	struct flow_guard *guards;
	size_t guard_count;
	struct flow_clock clock;      /* until the next move */
	struct str set_field, set_to; /* of the case's record; or STR_NONE */
	/* fields whose values become a dated exception of the unit; or STR_NONE */
	struct str except_obligation, except_reason, except_measure, except_from, except_until;
	struct source source;
};

/* Who or what begins a case: those who may act in the unit; each decision that changes where or as
 * what a person works; whoever belongs to the unit, without any right there. */
enum flow_begins { FLOW_BEGINS_BY_RIGHT, FLOW_BEGINS_STAFF_CHANGE, FLOW_BEGINS_ANYONE };

struct flow {
	const struct pack *pack;
	struct str id;
	struct words title, what;
	struct str *clauses, *answers; /* answers: when the case has ended */
	size_t clause_count, answer_count;
	enum flow_about about;
	struct str *registers; /* FLOW_ABOUT_RECORD: of which */
	size_t register_count;
	enum flow_begins begins;
	struct str *first_asks; /* fields that who begins it has to say */
	size_t first_ask_count;
	struct str first; /* the state of a new case */
	struct str *first_tasks;
	size_t first_task_count;
	bool is_spread; /* begun once for all units below */
	struct flow_field *fields;
	struct flow_state *states;
	struct flow_move *moves;
	struct flow_task_kind *tasks;
	struct flow_paper *papers;
	size_t field_count, state_count, move_count, task_count, paper_count;
	struct flow_clock clock; /* of the first state */
	struct source source;
};

/* --- statements ------------------------------------------------------------------------------- */

/* One sentence that is signed, and the obligations it is proof for. */
struct statement_point {
	struct str id;
	struct words text;
	struct str *answers;
	size_t answer_count;
	bool is_tick;      /* signed only where it is ticked: "nothing of this kind happened" */
	struct str *flows; /* a case of these begun in the period contradicts it */
	size_t flow_count;
	struct source source;
};

struct statement {
	const struct pack *pack;
	struct str id;
	int version;
	struct words title, text;
	struct str role; /* of roles.yaml; USER: everybody who works there */
	int months;      /* signed anew after so many; 0: once for each version */
	struct str period_param;
	struct str *clauses;
	size_t clause_count;
	struct statement_point *points;
	size_t point_count;
	struct source source;
};

/* A question of a quiz, and which of its answers are right. */
struct quiz_answer {
	struct words text;
	bool is_right;
};
struct quiz_question {
	struct words text, why;
	struct quiz_answer *answers;
	size_t answer_count;
	struct source source;
};
struct quiz {
	const struct pack *pack;
	struct str id;
	struct words title;
	struct str pass_param;
	struct quiz_question *questions;
	size_t question_count;
	struct source source;
};

struct pack_work {
	struct flow *flows;
	struct statement *statements;
	struct quiz *quizzes;
	struct paper_kind *paper_kinds;
	size_t flow_count, statement_count, quiz_count, paper_kind_count;
};

/* Of whatever pack comes first; NULL: none. */
const struct flow *pack_flow(const struct pack_set *set, struct str id);
const struct statement *pack_statement(const struct pack_set *set, struct str id);
const struct quiz *pack_quiz(const struct pack_set *set, struct str id);

/* Of a flow; NULL: it has none of that name. */
const struct flow_state *flow_state_of(const struct flow *f, struct str id);
/* The field of the register that says the same as F; STR_NONE: none. */
struct str flow_field_same(const struct flow_field *f, struct str register_id);
const struct flow_move *flow_move_of(const struct flow *f, struct str id);
const struct flow_field *flow_field_of(const struct flow *f, struct str id);
const struct flow_task_kind *flow_task_of(const struct flow *f, struct str id);

#endif
