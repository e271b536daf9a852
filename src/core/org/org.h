/* org.h - floor 3: who. The unit, its machines, the people who use Khiên, and how they log in. How
 * long a password is, how many wrong tries lock an account, when an idle session ends come from the
 * packs in force. Every change and log-in leaves an event. Times are UTC seconds of the caller. */
#ifndef CORE_ORG_H
#define CORE_ORG_H

#include "base/base.h"
#include "core/org/host.h"
#include "core/org/setting.h"
#include "core/pack/pack.h"
#include "kit/store/store.h"

extern const struct store_step org_steps[];
extern const size_t org_step_count;

/* --- rules ------------------------------------------------------------------------------------ */

/* What the packs in force ask of log-ins, with where each bound comes from. */
struct org_rules {
	const struct param_value *pw_min_len, *pw_classes, *login_fail_max, *session_idle_min,
		*api_token_days, *api_calls; /* of a minute; NULL: no pack gives it */
	int64_t first_change_s;              /* how long a one-time password is good */
};

/* ERR_ABSENT when no pack in force gives one of them: then nobody may log in. */
MUST_CHECK int org_rules(const struct pack_set *packs, int level, struct date on, struct arena *a,
	struct org_rules *ret, struct err *e);

enum password_fault {
	PASSWORD_SHORT = 1,
	PASSWORD_LONG = 2, /* more than 256 bytes */
	PASSWORD_NO_LOWER = 4,
	PASSWORD_NO_UPPER = 8,
	PASSWORD_NO_DIGIT = 16,
	PASSWORD_NO_SPECIAL = 32,
	PASSWORD_NO_DIGIT_OR_SPECIAL = 64,
	PASSWORD_IS_NAME = 128,
	PASSWORD_USED = 256, /* this person has or had it, here or on another account of theirs */
};
/* All faults but PASSWORD_USED. Letters outside ASCII add to the length and to no kind. */
unsigned org_password_faults(const struct org_rules *rules, struct str password, struct str login);

/* --- people ----------------------------------------------------------------------------------- */

/* What each may do stands in rights.h. The numbers are kept in the database. */
enum user_role {
	USER_ADMIN = 1,
	USER_OFFICER = 2,
	USER_HEAD = 4,
	USER_AUDITOR = 8,
	USER_STAFF = 16,
	USER_OPERATOR = 32,
	USER_INSPECTOR = 64,
	USER_AUTHORITY = 128,
};
#define USER_ROLES_ALL 255

struct org_user {
	int64_t id;
	struct str login; /* unique, whatever its case */
	struct str name;  /* the person */
	enum user_role role;
	int64_t unit_id;   /* where it works, see unit.h; 0 in org_user_add() is unit 1 */
	int64_t staff_id;  /* who of the roster it belongs to; 0: nobody yet */
	struct str source; /* where its password is known, see account.h */
	bool must_change;  /* a one-time password, good until onetime_until_s */
	bool has_totp;
	int64_t onetime_until_s, locked_at_s, disabled_at_s, created_at_s,
		last_login_s; /* 0: not */
	int64_t asked_at_s;   /* when its source was asked last whether the person is still there */
};

/* The roles of accounts in use, by unit: a mask of enum user_role. In A. */
struct org_roles_in {
	int64_t unit_id;
	unsigned roles;
};
MUST_CHECK int org_roles_by_unit(struct store *s, struct arena *a, struct org_roles_in **ret,
	size_t *ret_count, struct err *e);
MUST_CHECK int org_users(
	struct store *s, struct arena *a, struct org_user **ret, size_t *ret_count, struct err *e);
MUST_CHECK int org_user(
	struct store *s, int64_t id, struct arena *a, struct org_user *ret, struct err *e);
MUST_CHECK int org_user_by_login(
	struct store *s, struct str login, struct arena *a, struct org_user *ret, struct err *e);
MUST_CHECK int org_user_count(struct store *s, int64_t *ret, struct err *e);

struct org_goods;

/* Who does it, for the event. */
struct org_actor {
	struct store *store;
	const struct org_rules *rules;
	struct str login; /* "" before anybody is known */
	const char *peer; /* address */
	int64_t now_s;
	struct str key; /* AEAD_KEY_SIZE bytes, for the secrets of second steps */
	/* what goes along with a unit that ends, see goods.h; ended by NULL; may be NULL */
	const struct org_goods *const *goods;
};

/* ERR_CONFLICT: the log-in name is taken; ERR_INPUT: no name, or one that is not a-z 0-9 . _ - */
MUST_CHECK int org_user_add(const struct org_actor *by, const struct org_user *user,
	struct str password, bool is_onetime, int64_t *ret_id, struct err *e);
/* A password made by the program that keeps the rules; TEXT has ORG_ONETIME_SIZE bytes. */
#define ORG_ONETIME_SIZE 20
void org_onetime(const struct org_rules *rules, char *text);
/* New one-time password, no second step, not locked; sessions end. A password that is known
 * elsewhere stays what it is. */
MUST_CHECK int org_user_reset(
	const struct org_actor *by, int64_t id, struct str onetime, struct err *e);
MUST_CHECK int org_user_unlock(const struct org_actor *by, int64_t id, struct err *e);
/* Disabling ends the sessions. ERR_CONFLICT: the last administrator stays. */
MUST_CHECK int org_user_disable(
	const struct org_actor *by, int64_t id, bool is_disabled, struct err *e);
MUST_CHECK int org_user_set_role(
	const struct org_actor *by, int64_t id, enum user_role role, struct err *e);
/* Change one's own password. *RET_FAULTS says what the rules have against NEW (then 0 is
 * returned and nothing changes); ERR_DENIED: OLD is not right, which counts as a wrong try. */
MUST_CHECK int org_password_change(const struct org_actor *by, int64_t id, struct str old,
	struct str new, unsigned *ret_faults, struct err *e);

/* --- logging in ------------------------------------------------------------------------------- */

enum login_answer { LOGIN_WRONG, LOGIN_LOCKED, LOGIN_EXPIRED, LOGIN_DISABLED, LOGIN_FINE };

struct org_login {
	enum login_answer answer;
	int tries_left;  /* LOGIN_WRONG */
	int64_t user_id; /* LOGIN_FINE */
};

/* LOGIN_WRONG and LOGIN_LOCKED are told of names that do not exist just as of those that do, and
 * cost the same. LOGIN_DISABLED and LOGIN_EXPIRED (a one-time password past its time) are told only
 * to one who gave the right password. */
MUST_CHECK int org_login(const struct org_actor *by, struct str login, struct str password,
	struct org_login *ret, struct err *e);
/* The second step: a code, or a recovery code (once). Wrong ones count as wrong tries. */
MUST_CHECK int org_second_step(const struct org_actor *by, int64_t user_id, struct str code,
	struct org_login *ret, struct err *e);
/* All steps are done: the wrong tries are forgotten, the log-in is noted. */
MUST_CHECK int org_logged_in(const struct org_actor *by, int64_t user_id, struct err *e);

#define ORG_RECOVERY_COUNT 8
struct org_recovery {
	bool is_right;                      /* else nothing changed and there are no codes */
	char codes[ORG_RECOVERY_COUNT][15]; /* XXXX-XXXX-XXXX, to be shown this once */
};
/* Turn the second step on: KEY was shown to the person, CODE proves that it arrived. */
MUST_CHECK int org_second_step_on(const struct org_actor *by, int64_t user_id, struct str key,
	struct str code, struct org_recovery *ret, struct err *e);
struct org_session {
	struct str id;   /* SHA-256 of the cookie, hex */
	struct str csrf; /* stands in every form of this session */
	int64_t made_at_s, seen_at_s;
	bool has_second_step;
	struct org_user user;
};

/* TOKEN has ORG_TOKEN_SIZE bytes and goes into the cookie; only its hash is kept. */
#define ORG_TOKEN_SIZE 53
MUST_CHECK int org_session_start(const struct org_actor *by, int64_t user_id, bool has_second_step,
	char *token, struct err *e);
/* 1 found and, unless IS_QUIET, seen now; 0 none, or idle for longer than the rules allow. */
MUST_CHECK int org_session_find(const struct org_actor *by, struct str token, bool is_quiet,
	struct arena *a, struct org_session *ret, struct err *e);
MUST_CHECK int org_session_end(const struct org_actor *by, struct str session_id, struct err *e);
MUST_CHECK int org_sessions_end_all(const struct org_actor *by, int64_t user_id, struct err *e);

/* --- set-up by a one-time code ---------------------------------------------------------------- */

#define ORG_CODE_SIZE 15
/* A new code, which replaces the one before. */
MUST_CHECK int org_code_make(struct store *s, char *code, struct err *e);
/* Right, and good no more. */
MUST_CHECK int org_code_use(struct store *s, struct str code, bool *ret_is_right, struct err *e);

/* --- what happened ---------------------------------------------------------------------------- */

struct org_event {
	int64_t id, at_s;
	struct str login, what, about, peer;
};
struct org_events_asked {
	int64_t before_id; /* 0: from the newest on */
	size_t max;
};
MUST_CHECK int org_note(
	const struct org_actor *by, const char *what, struct str about, struct err *e);
MUST_CHECK int org_events(struct store *s, const struct org_events_asked *asked, struct arena *a,
	struct org_event **ret, size_t *ret_count, struct err *e);

#endif
