/* flow.h - floor 3: cases, which go step by step as a flow of the packs says
 * (docs/formats/flow.md). No move is made that the flow does not have, or whose guard fails; what a
 * case was told is kept with who said it and when; its tasks have clocks.
 *
 * Times are UTC seconds given by the caller. Everything that lives in an arena says so. */
#ifndef CORE_FLOW_H
#define CORE_FLOW_H

#include "core/evidence/evidence.h"
#include "core/org/goods.h"
#include "core/org/rights.h"
#include "core/pack/flows.h"

extern const struct store_step flow_steps[];
extern const size_t flow_step_count;
extern const struct org_goods flow_goods[]; /* what goes along when a unit ends */

/* --- clocks ----------------------------------------------------------------------------------- */

/* Do people work on this day? */
typedef bool flow_is_work_day(const void *context, struct date day);
/* COUNT of MEASURE after FROM_S: hours run on; a term in days ends with its last day in Viet Nam,
 * 0 with the day it begins on; a last day that is off moves to the next working day. */
int64_t flow_due_s(int64_t from_s, enum flow_measure measure, int64_t count,
	flow_is_work_day *is_work, const void *context);

/* --- who -------------------------------------------------------------------------------------- */

struct flow_by {
	struct store *store;
	const struct pack_set *packs;
	const struct org_user *user; /* NULL: the program itself, which may begin cases only */
	const struct org_tree *tree; /* needed with a user */
	int64_t now_s;
	struct arena *a; /* for what is read on the way */
};

/* --- cases ------------------------------------------------------------------------------------ */

struct flow_case {
	int64_t id, unit_id, parent_id;
	int64_t staff_id, record_id, event_id;                  /* 0: none */
	struct str flow;                                        /* "personnel" */
	struct str title;                                       /* what it is about, in words */
	struct str state, last_move;                            /* last_move "": none yet */
	int64_t started_at_s, state_at_s, due_at_s, ended_at_s; /* due_at_s 0: no clock runs */
	struct str started_by, started_by_name;   /* the log-in; "" for a name that is not known */
	size_t tasks_open, tasks_late, tasks_all; /* as of the moment asked for */
	bool is_void;
};

struct flow_value {
	struct str field, value, by;
	int64_t at_s;
};

struct flow_step {
	struct str move, from, to, by, by_name;
	int64_t at_s;
	int64_t due_at_s; /* of the state left; 0: none */
};

struct flow_task {
	int64_t id, case_id, unit_id, record_id;
	struct str kind, thing; /* of flow_task_kind; the record's title */
	int64_t made_at_s, due_at_s, done_at_s;
	struct str choice, note, done_by, done_by_name;
	struct str flow, about; /* of its case: in lists */
};

/* What a new case is about. */
struct flow_subject {
	int64_t unit_id, staff_id, record_id, event_id;
	struct str title;
	const struct flow_value *values; /* fields known already */
	size_t value_count;
};

/* Why not: words of the pack or of ours, and the field they are about ("" for none). */
struct flow_refusal {
	struct str field;
	struct words words;
};
#define FLOW_REFUSALS_MAX 16
struct flow_refusals {
	struct flow_refusal at[FLOW_REFUSALS_MAX];
	size_t count;
};

/* A new case of FLOW, and where it is for all units one in each unit below. ERR_ABSENT: no such
 * flow; ERR_DENIED; ERR_INPUT: the subject is not of the flow's kind; ERR_CONFLICT: the event has
 * its case already. */
MUST_CHECK int flow_start(const struct flow_by *by, struct str flow,
	const struct flow_subject *about, int64_t *ret_id, struct err *e);
/* A move, with what is said with it (fields the move asks for; others are refused). */
struct flow_asked {
	struct str move;
	const struct flow_value *values;
	size_t value_count;
};
/* Make the move. 0 made; ERR_CONFLICT with RET_WHY filled: the table does not have it from here, a
 * guard fails, a field is missing; then nothing has changed. ERR_DENIED: not the right. */
MUST_CHECK int flow_move(const struct flow_by *by, int64_t case_id, const struct flow_asked *asked,
	struct flow_refusals *ret_why, struct err *e);
/* A task is done as CHOICE ("" where the task has none). ERR_CONFLICT: done already, or its case
 * has ended; ERR_INPUT: no such choice. */
MUST_CHECK int flow_task_do(const struct flow_by *by, int64_t task_id, struct str choice,
	struct str note, struct err *e);

/* Begin the cases of all decisions about people that have none yet. *RET_COUNT of them. */
MUST_CHECK int flow_follow(const struct flow_by *by, size_t *ret_count, struct err *e);
/* Can a case of F be about a record of this register? */
bool flow_is_about(const struct flow *f, struct str register_id);
/* What ABOUT->record_id of a register of F is: its unit, and its title where ABOUT has none.
 * ERR_ABSENT, ERR_INPUT: no live record of one of these registers. */
MUST_CHECK int flow_thing(struct store *s, const struct flow *f, struct arena *a,
	struct flow_subject *about, struct err *e);

/* --- reading ---------------------------------------------------------------------------------- */

MUST_CHECK int flow_get(struct store *s, int64_t id, int64_t now_s, struct arena *a,
	struct flow_case *ret, struct err *e);

enum flow_show { FLOW_SHOW_OPEN, FLOW_SHOW_LATE, FLOW_SHOW_ENDED, FLOW_SHOW_ALL };
struct flow_query {
	struct str units;             /* a JSON array of the ids to look in */
	struct str flow;              /* "" for all */
	struct str text;              /* in the title, with or without marks; "" for all */
	struct str started_by, state; /* a log-in; a state; STR_NONE for all */
	enum flow_show show;
	int64_t parent_id, staff_id, record_id; /* when not 0: only its children, only about this */
	int64_t now_s;
	size_t from, max;
};
struct flow_cases {
	struct flow_case *at;
	size_t count;
	int64_t all; /* so many in all pages */
};
/* Late ones first, then by their clock. Two statements. */
MUST_CHECK int flow_list(struct store *s, const struct flow_query *q, struct arena *a,
	struct flow_cases *ret, struct err *e);

struct flow_history {
	struct flow_step *steps;
	struct flow_value *values; /* all that was ever said, oldest first */
	struct flow_task *tasks;
	size_t step_count, value_count, task_count;
};
MUST_CHECK int flow_history(
	struct store *s, int64_t case_id, struct arena *a, struct flow_history *ret, struct err *e);
/* What FIELD holds now; "" when it was never said. */
struct str flow_value_of(const struct flow_history *h, struct str field);
/* For people: where names of persons, machines and obligations are looked up, in which language,
 * into what. */
struct flow_reader {
	struct store *store;
	const struct pack_set *packs;
	enum lang lang;
	struct arena *a;
};
/* A value as people read it: 22/11/2026 08:30, the title of a choice, the name of a person. */
struct str flow_words(
	const struct flow_reader *r, const struct flow_field *field, struct str value);
/* "Đổi mật khẩu mặc định (điểm b khoản 1 Điều 12)" */
struct str flow_obligation_words(const struct obligation *o, enum lang lang, struct arena *a);
/* TEXT with {field} filled in so; what was never said becomes "…". */
struct str flow_fill(const struct flow_reader *r, const struct flow *f,
	const struct flow_history *h, struct words text);
/* The title of a task of KIND about THING. */
struct str flow_task_words(
	const struct flow_reader *r, const struct flow_task_kind *kind, struct str thing);

MUST_CHECK int flow_task(
	struct store *s, int64_t id, struct arena *a, struct flow_task *ret, struct err *e);

/* --- what it proves --------------------------------------------------------------------------- */

struct flow_verdict {
	bool is_any; /* false: no case proves anything; the rest is unset */
	enum outcome outcome;
	int64_t at_s;             /* of the newest case that counts */
	int64_t case_id;          /* the one to show: the worst */
	int64_t good, open, late; /* cases */
};
struct flow_question {
	struct str obligation;      /* "tay-son/D12.1.e" */
	int64_t unit_id, record_id; /* record 0: all cases of the unit */
	int64_t since_s, at_s;      /* as of AT_S; what ended before SINCE_S is forgotten */
};
/* Are cases of F, or one of its moves, proof of OBLIGATION ("tay-son/D12.1.e")? */
bool flow_answers(const struct flow *f, struct str obligation);
/* What the cases of a unit say of an obligation. Of BY only store, packs and arena are asked. */
MUST_CHECK int flow_judge(const struct flow_by *by, const struct flow_question *question,
	struct flow_verdict *ret, struct err *e);

#endif
