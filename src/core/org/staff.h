/* staff.h - floor 3: the people of the units: who they are, where they work and as what, which of
 * the law's roles they have, and the decisions that changed any of it. Accounts of Khiên are apart
 * (org.h); one belongs to a person by struct org_user.staff_id. */
#ifndef CORE_ORG_STAFF_H
#define CORE_ORG_STAFF_H

#include "core/org/change_unit.h"

/* States. The last three are gone: nothing may be left in their hands. */
#define STAFF_STATES "working", "leave", "seconded", "moved", "retired", "left"
bool staff_is_state(struct str state);
bool staff_is_gone(struct str state);
const char *staff_state_words(struct str state);

struct staff {
	int64_t id, unit_id;
	struct str code; /* the unit's own number of the person; "" when there is none */
	struct str name, position, email, phone, state;
	int64_t account_id; /* 0: none */
};

enum staff_sort { STAFF_BY_NAME, STAFF_BY_UNIT, STAFF_BY_POSITION, STAFF_BY_STATE };

struct staff_query {
	struct str units; /* a JSON array of the ids to look in */
	int64_t self_id;  /* this one too, whatever its unit */
	int64_t unit_id;  /* only these, when not 0 */
	struct str text;  /* with or without marks; "" for all */
	struct str state; /* "" for all, "here" for those not gone */
	enum staff_sort sort;
	size_t from, max;
};

/* Sorted by the given name, then the family's, in the order of the alphabet. Lives in A. */
MUST_CHECK int staff_list(struct store *s, const struct staff_query *query, struct arena *a,
	struct staff **ret, size_t *ret_count, struct err *e);
MUST_CHECK int staff_count(
	struct store *s, const struct staff_query *query, int64_t *ret, struct err *e);
/* ERR_ABSENT */
MUST_CHECK int staff_get(
	struct store *s, int64_t id, struct arena *a, struct staff *ret, struct err *e);
MUST_CHECK int staff_by_code(
	struct store *s, struct str code, struct arena *a, struct staff *ret, struct err *e);

/* ERR_INPUT: *RET_FAULTS (fields also: name, position, email, phone, state, time). No decision
 * (NULL): they were there before Khiên. */
MUST_CHECK int staff_add(const struct org_actor *by, const struct staff *new,
	const struct org_decision *d, int64_t *ret_id, struct org_faults *ret_faults,
	struct err *e);
/* Mends name, code, email, phone. */
MUST_CHECK int staff_set(const struct org_actor *by, const struct staff *changed,
	struct org_faults *ret_faults, struct err *e);
/* What staff_add() would say, without saving. */
MUST_CHECK int staff_check(
	struct store *s, const struct staff *new, struct org_faults *ret_faults, struct err *e);
/* Somebody who was added by mistake, and whom nothing has happened to since, is gone. ERR_CONFLICT:
 * they have an account, a role, a decision. */
MUST_CHECK int staff_forget(const struct org_actor *by, int64_t id, struct err *e);

#define STAFF_NO_TIME INT64_MIN
/* A decision about a person. It takes effect at its second: at once when that has passed, else
 * staff_due() does it then. */
struct staff_change {
	int64_t unit_id;     /* 0: stays */
	struct str position; /* "" stays */
	struct str state;    /* "" stays */
	int64_t effective_s; /* or STAFF_NO_TIME: what was told is no time of day */
	struct str note;
	struct org_decision decision;
};
MUST_CHECK int staff_decide(const struct org_actor *by, int64_t id,
	const struct staff_change *change, int64_t *ret_event_id, struct org_faults *ret_faults,
	struct err *e);
/* Make true what has become due. *RET_COUNT of them. */
MUST_CHECK int staff_due(const struct org_actor *by, size_t *ret_count, struct err *e);
/* Take back a decision about this person that waits for its second. ERR_CONFLICT: it has taken
 * effect. */
MUST_CHECK int staff_withdraw(
	const struct org_actor *by, int64_t staff_id, int64_t event_id, struct err *e);

struct staff_event {
	int64_t id, staff_id, effective_s, unit_before, unit_after, made_at_s;
	int64_t done_at_s; /* 0: it waits */
	struct str what;   /* add, change, unit-end, unit-back */
	struct str decision, decision_day, note, position_before, position_after, state_before,
		state_after, made_by;
};
/* Newest first. */
MUST_CHECK int staff_events(struct store *s, int64_t id, struct arena *a, struct staff_event **ret,
	size_t *ret_count, struct err *e);

/* Which of the law's roles (ids of roles.yaml) a person has for a unit. */
struct staff_role {
	int64_t id, staff_id, unit_id;
	struct str role, staff_name, from, until, decision, decision_day;
};
MUST_CHECK int staff_role_give(const struct org_actor *by, const struct staff_role *role,
	const struct org_decision *d, struct org_faults *ret_faults, struct err *e);
/* From today on this person has the role no more. */
MUST_CHECK int staff_role_end(
	const struct org_actor *by, int64_t staff_id, int64_t role_id, struct err *e);
/* Of a person, or of a unit, or of all; ended ones too when DAY is "". */
struct staff_role_query {
	int64_t staff_id, unit_id;
	struct str day;
};
MUST_CHECK int staff_roles(struct store *s, const struct staff_role_query *query, struct arena *a,
	struct staff_role **ret, size_t *ret_count, struct err *e);

/* Accounts in use that a letter reaches. */
struct staff_reader {
	int64_t id, unit_id, staff_id;
	enum user_role role;
	struct str name, email;
};
struct staff_readers {
	struct staff_reader *at;
	size_t count;
};
/* Of a unit, or of all (0), by unit. In A. */
MUST_CHECK int staff_readers(struct store *s, int64_t unit_id, struct arena *a,
	struct staff_readers *ret, struct err *e);

#endif
