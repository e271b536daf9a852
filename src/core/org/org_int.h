/* org_int.h - private to core/org. */
#ifndef CORE_ORG_INT_H
#define CORE_ORG_INT_H

#include "core/org/org.h"

/* SQL that ends: 0, or <0. Binds are numbers and texts in turn, by a letter each: "is". */
int org_run(struct store *s, const char *sql, const char *kinds, struct err *e, ...);

/* One more thing is wrong; and is anything? 0, or ERR_INPUT with the words of the first. */
struct org_faults;
void org_refuse(struct org_faults *f, const char *field, const char *words);
int org_refused(const struct org_faults *f, struct err *e);
/* What a decision lacks, for org_refused() later. */
struct org_decision;
void org_decision_faults(const struct org_decision *d, struct org_faults *f);

/* core/org/goods.h: all of a unit go, or come back. */
struct org_going {
	int64_t from_id, to_id, event_id;
	struct str key;
};
int org_goods_run(
	const struct org_actor *by, const struct org_going *g, bool is_back, struct err *e);
/* Remember what goes along with the thing KEY of the kind OF; then those that are remembered go. */
int org_goods_pick(
	const struct org_actor *by, const struct org_going *g, const char *of, struct err *e);
int org_goods_take(const struct org_actor *by, const struct org_going *g, struct err *e);

/* The account in the row of a query that asks for these columns of person p, from column FIRST on.
 * In A. */
#define ORG_USER_COLUMNS \
	"p.id, p.login, p.name, p.role, p.must_change, p.totp IS NOT NULL, p.onetime_until_s," \
	" p.locked_at_s, p.disabled_at_s, p.created_at_s, p.last_login_s, p.unit_id, p.staff_id," \
	" p.source, p.asked_at_s"
struct org_user org_user_take(struct store_query *q, int first, struct arena *a);

/* Wrong tries of a log-in name, existing or not. */
int org_tries_count(struct store *s, struct str login, int64_t *ret, struct err *e);
int org_tries_add(struct store *s, struct str login, int64_t now_s, struct err *e);
/* One more. The last one locks. */
int org_tries_wrong(
	const struct org_actor *by, struct str login, struct org_login *ret, struct err *e);
int org_tries_clear(struct store *s, struct str login, struct err *e);

/* The form of a log-in name that is compared. Lives in BUF of ORG_LOGIN_SIZE; "" when it is
 * none. */
#define ORG_LOGIN_SIZE 65
struct str org_login_form(struct str login, char *text);

/* Bytes as they stand in a text column: two hex digits each. */
struct str org_unhex(struct str hex, struct arena *a);

/* USER_ID has logged in: if it is the emergency account, that is to be told. */
int org_emergency_used(const struct org_actor *by, int64_t user_id, struct err *e);
/* The password of USER_ID was made anew: if it is the emergency account, its envelope is shut. */
int org_emergency_sealed(struct store *s, int64_t user_id, struct err *e);

/* Remember the hash, replacing the user's. */
int org_password_store(const struct org_actor *by, int64_t user_id, struct str password,
	bool is_onetime, struct err *e);
/* Has or had this person the password? */
int org_password_was_used(
	struct store *s, int64_t user_id, struct str password, bool *ret, struct err *e);

#endif
