/* term.h - floor 3, beside flow.h: what a running term rests on. */
#ifndef CORE_FLOW_TERM_H
#define CORE_FLOW_TERM_H

#include "core/flow/flow.h"

/* A term that ran, and the clock of the pack that gave it. */
struct flow_term {
	const struct flow_clock *clock; /* NULL: none */
	int64_t from_s, due_at_s;
};
/* The term that runs in the state of C. */
struct flow_term flow_state_term(const struct flow *f, const struct flow_case *c);
/* Does it rest on a day that no notice has confirmed: counted, passed over, or the last? The first
 * such day. Of a clock that counts from a field only the last day is looked at where H is NULL. */
bool flow_term_is_unsure(const struct flow_by *by, const struct flow_term *term,
	const struct flow_history *h, struct date *ret);

#endif
