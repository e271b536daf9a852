/* flow_int.h - private to core/flow. */
#ifndef CORE_FLOW_INT_H
#define CORE_FLOW_INT_H

#include "core/flow/flow.h"

/* When CLOCK runs out, for a case with the values of H, counted from NOW_S where it names no field.
 * 0: it is not set, or its field holds no moment yet. */
int64_t flow_clock_s(const struct flow_by *by, const struct flow *f, const struct flow_clock *clock,
	const struct flow_history *h);
/* The moment that a date or time field holds; false: none. */
bool flow_moment(struct str value, int64_t *ret_s);

/* Make the tasks KINDS of a case. */
struct flow_names {
	const struct str *at;
	size_t count;
};
int flow_spawn(const struct flow_by *by, const struct flow *f, const struct flow_case *c,
	const struct flow_history *h, struct flow_names kinds, struct err *e);
/* Letters to those who act first in a new case of F, if anyone may begin one, inside the caller's
 * transaction. */
int flow_tell(
	const struct flow_by *by, const struct flow *f, const struct flow_case *c, struct err *e);
int flow_say(const struct flow_by *by, int64_t case_id, const struct flow_value *v, struct err *e);

/* Does GUARD let BY make the move? *RET_HOLDS. */
int flow_guard_holds(const struct flow_by *by, const struct flow_case *c,
	const struct flow_history *h, const struct flow_guard *guard, bool *ret_holds,
	struct err *e);

/* The records that a task of KIND is made for. Not 0 from EACH stops. */
typedef int flow_each(void *context, int64_t record_id, struct str title, struct err *e);
int flow_things(const struct flow_by *by, const struct flow_case *c,
	const struct flow_task_kind *kind, flow_each *each, void *context, struct err *e);
/* A record says VALUE in FIELD from now on, inside the caller's transaction. */
int flow_thing_set(const struct flow_by *by, int64_t record_id, struct str field, struct str value,
	struct err *e);

/* What the case's record knows of its fields, behind what ABOUT has; in by->a. */
int flow_thing_known(
	const struct flow_by *by, const struct flow *f, struct flow_subject *about, struct err *e);
/* Tell the record what was said in fields that it has too, inside the caller's transaction. */
int flow_thing_told(const struct flow_by *by, const struct flow *f, int64_t record_id,
	const struct flow_value *said, size_t count, struct err *e);

/* The obligation that a value names, "D8.3" being of the flow's own pack. NULL: none. */
const struct obligation *flow_excepted(
	const struct flow_by *by, const struct flow *f, struct str id);
/* Keep the exception that MOVE grants, inside the caller's transaction. */
int flow_except(const struct flow_by *by, const struct flow *f, const struct flow_move *move,
	const struct flow_case *c, const struct flow_history *h, struct err *e);

bool flow_may(const struct flow_by *by, enum flow_who who, int64_t unit_id);
/* The log-in of who does it, "" for the program. */
struct str flow_login(const struct flow_by *by);

/* Is VALUE of the field's type? NULL, or why not, for tr(). Empty always is: needs asks for more
 * (move.c). */
const char *flow_value_fault(const struct flow_field *field, struct str value);
/* What a field that must have a value is told when it has none, for tr(). */
const char *flow_empty_fault(const struct flow_field *field);
/* A fault with the title of its field before it: of several, each says which it is about. */
struct words flow_fault_words(const struct flow_field *field, const char *fault, struct arena *a);

#endif
