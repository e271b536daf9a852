/* change_unit.h - floor 3: units begin, get names, move, merge, split and end, each by a decision
 * from a day on. Nothing is overwritten: what was true before that day stays true for it. */
#ifndef CORE_ORG_CHANGE_UNIT_H
#define CORE_ORG_CHANGE_UNIT_H

#include "core/org/unit.h"

/* The paper behind a change. */
struct org_decision {
	struct str number;    /* "12/QĐ-UBND" */
	struct str signed_on; /* the day on the paper */
	struct str from;      /* the day from which it is so */
};

/* What is wrong with what was asked, all of it at once: FIELD is parent, code, name, number,
 * signed_on, from, unit; WORDS a Vietnamese sentence for tr(). */
#define ORG_FAULTS_MAX 12
struct org_faults {
	struct org_fault {
		const char *field;
		const char *words;
	} at[ORG_FAULTS_MAX];
	size_t count;
};

struct org_unit_new {
	int64_t parent_id;
	struct str code, kind, roles, name, short_name;
};

/* Each is one transaction. ERR_INPUT: *RET_FAULTS say why and nothing changed. The caller has asked
 * whether BY may do so. */
MUST_CHECK int org_unit_add(const struct org_actor *by, const struct org_unit_new *unit,
	const struct org_decision *d, int64_t *ret_id, struct org_faults *ret_faults,
	struct err *e);
/* The same in the caller's transaction, for many at once. */
MUST_CHECK int org_unit_add_within(const struct org_actor *by, const struct org_unit_new *unit,
	const struct org_decision *d, int64_t *ret_id, struct org_faults *ret_faults,
	struct err *e);
MUST_CHECK int org_unit_rename(const struct org_actor *by, const struct org_unit_new *unit,
	int64_t id, const struct org_decision *d, struct org_faults *ret_faults, struct err *e);
MUST_CHECK int org_unit_move(const struct org_actor *by, int64_t id, int64_t parent_id,
	const struct org_decision *d, struct org_faults *ret_faults, struct err *e);
/* Units below and what goods.h has go to SUCCESSOR_ID, who also reaches what stays behind; 0 is
 * refused when there is any. */
MUST_CHECK int org_unit_end(const struct org_actor *by, int64_t id, int64_t successor_id,
	const struct org_decision *d, struct org_faults *ret_faults, struct err *e);
/* All of IDS end and go into INTO_ID; 0: into NEW, which begins that day. */
struct org_merger {
	const int64_t *ids;
	size_t count;
	int64_t into_id;
	struct org_unit_new new;
};
MUST_CHECK int org_unit_merge(const struct org_actor *by, const struct org_merger *merger,
	const struct org_decision *d, struct org_faults *ret_faults, struct err *e);
/* One thing that goes to NEWS[TO]: OF staff, host, unit, exception (KEY is its number), record (a
 * register's), with what goes along with it. */
struct org_share {
	const char *of;
	struct str key;
	size_t to;
};
/* NEWS begin beside ID; SHARES go to them. IS_ENDED: ID ends, and what nothing was said of goes to
 * the first of them. Each new unit that is given something has an event of its own, "share". */
struct org_split {
	int64_t id;
	const struct org_unit_new *news;
	size_t count;
	bool is_ended;
	const struct org_share *shares;
	size_t share_count;
};
MUST_CHECK int org_unit_split(const struct org_actor *by, const struct org_split *split,
	const struct org_decision *d, struct org_faults *ret_faults, struct err *e);
/* Kind and roles of the law, which no decision dates. */
MUST_CHECK int org_unit_set(const struct org_actor *by, int64_t id, const struct org_unit_new *unit,
	struct org_faults *ret_faults, struct err *e);

struct org_unit_event {
	int64_t id, unit_id, other_id;
	struct str what; /* add, rename, move, share, end */
	struct org_decision decision;
	struct str before, after; /* in words: names, or units' names */
	struct str made_by;
	int64_t made_at_s, undone_at_s;
};

struct org_unit_events {
	struct org_unit_event *at;
	size_t count;
};
/* Of unit ID, or of all (0), newest first. In A. */
MUST_CHECK int org_unit_events(struct store *s, int64_t id, size_t max, struct arena *a,
	struct org_unit_events *ret, struct err *e);
#define ORG_UNDO_DAYS 30
/* Take back the newest change of a unit, within ORG_UNDO_DAYS. ERR_CONFLICT: another came after it,
 * or something already belongs to the unit it made. */
MUST_CHECK int org_unit_undo(
	const struct org_actor *by, int64_t event_id, struct org_faults *ret_faults, struct err *e);

/* "agency" is a kind of unit; and its Vietnamese words. */
bool org_is_unit_kind(struct str kind);
const char *org_unit_kind_words(struct str kind);

#endif
