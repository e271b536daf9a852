/* doing.h - floor 3, beside evidence.h: decisions about duties, and what people were told. That a
 * duty was done is evidence; here is that it was skipped and who allowed it, who stands in for
 * whom, who may read a calendar, and the mail that waits. */
#ifndef CORE_DOING_H
#define CORE_DOING_H

#include "base/base.h"
#include "kit/store/store.h"

/* One occurrence of a duty need not be done. It counts when the head has approved it. */
struct duty_skip {
	int64_t id;
	struct str obligation; /* "tay-son/D11.3", "wifi/doi-mat-khau@r12" of a record */
	int64_t unit_id, host_id;
	struct str due_day; /* YYYY-MM-DD, as the law has it, before days off */
	struct str reason;
	struct str asked_by, decided_by; /* log-ins; "": not decided yet */
	int64_t asked_at_s, decided_at_s;
	bool is_approved;
};

struct duty_skips {
	struct duty_skip *at;
	size_t len;
};

/* ERR_INPUT without a reason; ERR_CONFLICT when this occurrence was asked about and not refused. */
MUST_CHECK int duty_skip_ask(struct store *s, struct duty_skip *skip, struct err *e);
/* ERR_CONFLICT: decided already. ERR_DENIED: nobody decides on what they asked for themselves. */
MUST_CHECK int duty_skip_decide(struct store *s, const struct duty_skip *decision, struct err *e);
MUST_CHECK int duty_skip_by_id(
	struct store *s, int64_t id, struct arena *a, struct duty_skip *ret, struct err *e);
/* Of the units of a JSON array, by unit, then oldest first. Lives in A. */
MUST_CHECK int duty_skip_list(
	struct store *s, struct str units, struct arena *a, struct duty_skips *ret, struct err *e);

/* FROM is away: what is theirs to do is TO's as well from one day to another, both included. */
struct duty_delegation {
	int64_t id, from_id, to_id;    /* accounts */
	struct str from_name, to_name; /* on the way out */
	struct str from_day, until_day, reason, made_by;
	int64_t made_at_s, ended_at_s;
};

struct duty_delegations {
	struct duty_delegation *at;
	size_t len;
};

/* ERR_INPUT: to oneself, or the days are none or in the wrong order. */
MUST_CHECK int duty_delegate(struct store *s, struct duty_delegation *d, struct err *e);
MUST_CHECK int duty_delegation_end(struct store *s, int64_t id, int64_t at_s, struct err *e);
/* Those that touch PERSON_ID (0: everybody) and have not ended before DAY. Lives in A. */
MUST_CHECK int duty_delegation_list(struct store *s, int64_t person_id, struct str day,
	struct arena *a, struct duty_delegations *ret, struct err *e);

/* For whom PERSON_ID stands in on DAY: the roles of accounts of the same unit, as a mask of enum
 * user_role. Who is gone, or works elsewhere now, has nobody who stands in for them. */
MUST_CHECK int duty_stands_in(
	struct store *s, int64_t person_id, struct str day, unsigned *ret, struct err *e);

/* The secret address of a person's calendar: only the hash of its token is kept, a new one ends the
 * old. TOKEN_SHA256 of STR_NONE only ends it. */
MUST_CHECK int duty_feed_set(
	struct store *s, int64_t person_id, struct str token_sha256, int64_t at_s, struct err *e);
/* 0 for person: nobody's, or ended. */
MUST_CHECK int duty_feed_person(
	struct store *s, struct str token_sha256, int64_t *ret_person, struct err *e);
/* Since when this person has one; 0: none. */
MUST_CHECK int duty_feed_since(struct store *s, int64_t person_id, int64_t *ret, struct err *e);

/* --- mail ------------------------------------------------------------------------------------- */

/* At most one message about each thing waits for each person: a newer one takes its place, so that
 * a mail server that was away for a week brings one digest and not seven. ABOUT: "case 12", which
 * goes out before the others; "" (or none) is the digest. */
struct mail {
	int64_t id, person_id;
	struct str about, address, subject, body, day, fault;
	int64_t made_at_s, try_at_s, tries, sent_at_s;
};

struct mails {
	struct mail *at;
	size_t len;
};

MUST_CHECK int mail_put(struct store *s, const struct mail *m, struct err *e);
/* Those to be tried at AT_S. Lives in A. */
MUST_CHECK int mail_waiting(struct store *s, int64_t at_s, size_t max, struct arena *a,
	struct mails *ret, struct err *e);
/* M went out as it was read. One that took its place meanwhile has not: it still waits. */
MUST_CHECK int mail_sent(struct store *s, const struct mail *m, int64_t at_s, struct err *e);
/* Not now: FAULT says why; the next try comes later each time, a day apart at most. */
MUST_CHECK int mail_failed(
	struct store *s, const struct mail *m, struct str fault, int64_t at_s, struct err *e);
/* The last digest of a person on a day, sent or not; id 0: none. */
MUST_CHECK int mail_of_day(struct store *s, int64_t person_id, struct str day, struct arena *a,
	struct mail *ret, struct err *e);
/* How many wait, and the oldest fault among them. */
MUST_CHECK int mail_state(struct store *s, struct arena *a, int64_t *ret_waiting,
	struct str *ret_fault, struct err *e);

#endif
