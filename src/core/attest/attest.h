/* attest.h - floor 3: what people sign. A statement of the packs (docs/formats/statement.md) is
 * signed once per person and version; the one signing is kept as a row for each obligation it
 * answers. Beside it: awareness sessions, who came, and how they did in a short quiz. */
#ifndef CORE_ATTEST_H
#define CORE_ATTEST_H

#include "core/flow/flow.h"

extern const struct store_step attest_steps[];
extern const size_t attest_step_count;
extern const struct org_goods attest_goods[]; /* what is said of it when a unit ends */

/* --- statements ------------------------------------------------------------------------------- */

#define ATTEST_DIGEST_SIZE 65
/* The SHA-256 of a statement's words, hex. */
void attest_digest(const struct statement *s, char *hex);
/* At AT_S what was signed after this second is still good; -1: all of it is. */
int64_t attest_after_s(const struct flow_by *by, const struct statement *s, int64_t at_s);

enum attest_how { ATTEST_SCREEN, ATTEST_PAPER };
struct attest_signing {
	const struct statement *statement;
	int64_t unit_id, staff_id; /* staff_id 0: somebody outside */
	struct str name, position; /* as they were then */
	const struct str *ticks;   /* ids of the points ticked */
	size_t tick_count;
	enum attest_how how;
	struct str paper; /* ATTEST_PAPER: where the signed paper is */
};
/* Sign. On screen a person signs for themselves; a paper is entered by who may act in the unit.
 * ERR_DENIED; ERR_INPUT: no name, no paper; ERR_CONFLICT: RET_AGAINST, when not NULL, gets the
 * point that the cases of the unit contradict. */
MUST_CHECK int attest_sign(const struct flow_by *by, const struct attest_signing *signing,
	const struct statement_point **ret_against, int64_t *ret_id, struct err *e);

struct attest_signed {
	int64_t id, unit_id, staff_id, at_s;
	struct str statement, name, position, digest, by, paper;
	int version;
	enum attest_how how;
	bool is_same; /* the words are still those that were signed */
};
struct attest_signeds {
	struct attest_signed *at;
	size_t count;
};
/* Of a person (staff_id not 0) or of a unit, newest first, at most MAX. */
MUST_CHECK int attest_list(const struct flow_by *by, int64_t staff_id, int64_t unit_id, size_t max,
	struct attest_signeds *ret, struct err *e);

/* The ids of the points that one signing said; a point to tick that is not among them was not. */
struct attest_points {
	struct str *at;
	size_t count;
};
MUST_CHECK int attest_points(
	const struct flow_by *by, int64_t signed_id, struct attest_points *ret, struct err *e);

/* Who must sign a statement, by unit. */
struct attest_cover {
	int64_t unit_id, must, has;
};
struct attest_covers {
	struct attest_cover *at;
	size_t count;
};
/* Units (a JSON array) in which somebody must. */
MUST_CHECK int attest_coverage(const struct flow_by *by, const struct statement *s,
	struct str units, struct attest_covers *ret, struct err *e);
struct attest_person {
	int64_t staff_id, signed_at_s; /* 0: not, or no longer good */
	struct str name, position;
};
struct attest_people {
	struct attest_person *at;
	size_t count;
};
/* Those of a unit who must, who has not first, then by name. */
MUST_CHECK int attest_people(const struct flow_by *by, const struct statement *s, int64_t unit_id,
	struct attest_people *ret, struct err *e);
/* Must this person sign it? */
MUST_CHECK int attest_must(const struct flow_by *by, const struct statement *s, int64_t staff_id,
	bool *ret, int64_t *ret_signed_at_s, struct err *e);

struct attest_verdict {
	bool is_any;
	enum outcome outcome;
	int64_t at_s, must, has;
};
/* Is a point of S proof of OBLIGATION ("tay-son/D12.1.e")? */
bool attest_answers(const struct statement *s, struct str obligation);
/* What the signings of a unit say of an obligation, as of question->at_s. */
MUST_CHECK int attest_judge(const struct flow_by *by, const struct flow_question *question,
	struct attest_verdict *ret, struct err *e);

/* --- awareness sessions ----------------------------------------------------------------------- */

#define ATTEST_TOKEN_SIZE 27
struct attest_session {
	int64_t id, unit_id, at_s, made_at_s;
	struct str title, place, content, quiz, token, made_by; /* quiz "": none */
	bool is_closed;
	int64_t came, passed;
};
struct attest_sessions {
	struct attest_session *at;
	size_t count;
};
MUST_CHECK int attest_session_open(const struct flow_by *by, const struct attest_session *session,
	int64_t *ret_id, struct err *e);
MUST_CHECK int attest_session_close(const struct flow_by *by, int64_t id, struct err *e);
MUST_CHECK int attest_session_get(
	const struct flow_by *by, int64_t id, struct attest_session *ret, struct err *e);
/* ERR_ABSENT: no open session has this token. */
MUST_CHECK int attest_session_of_token(
	const struct flow_by *by, struct str token, struct attest_session *ret, struct err *e);
/* Of UNITS (a JSON array), newest first. */
MUST_CHECK int attest_session_list(const struct flow_by *by, struct str units, size_t max,
	struct attest_sessions *ret, struct err *e);

struct attest_guest {
	int64_t staff_id, unit_id, at_s; /* at_s 0: did not come */
	struct str name, position;
	int64_t right, of; /* of the quiz; of 0: not taken */
	bool has_passed;
};
struct attest_guests {
	struct attest_guest *at;
	size_t count;
};
/* A person came: oneself, or entered by who may act in the session's unit. A second time changes
 * nothing. ERR_CONFLICT: the session is closed. */
MUST_CHECK int attest_come(
	const struct flow_by *by, int64_t session_id, int64_t staff_id, struct err *e);
/* The quiz of a session by who came: ANSWERS are places from 0, one a question. Taken once. */
MUST_CHECK int attest_quiz(const struct flow_by *by, int64_t session_id, const int *answers,
	size_t count, struct attest_guest *ret, struct err *e);
/* Who came, in order. */
MUST_CHECK int attest_guests(
	const struct flow_by *by, int64_t session_id, struct attest_guests *ret, struct err *e);

#endif
