/* outside.h - floor 3: accounts whose password is known elsewhere: in a directory, or at a provider
 * of log-ins, where people are known by issuer and subject and by nothing else. Which group there
 * is which role here, in which unit, is data. The rules of wrong tries, idle time and second steps
 * are the same for them; an account with a password here is never asked of others, so that the
 * emergency account opens whatever happens elsewhere. */
#ifndef CORE_ORG_OUTSIDE_H
#define CORE_ORG_OUTSIDE_H

#include "core/org/org.h"

#define ORG_LDAP "ldap" /* in org_user.source */
#define ORG_OIDC "oidc"
bool org_is_outside(struct str source); /* one of the two */

/* --- secrets among the settings --------------------------------------------------------------- */

/* Sealed with the key of BY, bound to NAME; "" takes it away. */
MUST_CHECK int org_secret_set(
	const struct org_actor *by, const char *name, struct str secret, struct err *e);
/* STR_NONE when never set. ERR_CRYPTO: the key is another one. In A. */
MUST_CHECK int org_secret(struct store *s, struct str key, const char *name, struct arena *a,
	struct str *ret, struct err *e);

/* --- groups ----------------------------------------------------------------------------------- */

struct org_group {
	int64_t id;
	struct str source; /* ORG_LDAP, ORG_OIDC */
	struct str name;   /* as it is named there: a DN, or only the value of its first part */
	enum user_role role;
	int64_t unit_id;
};

/* In the order in which they count: who is in several has the role of the first. In A. */
MUST_CHECK int org_groups(
	struct store *s, struct arena *a, struct org_group **ret, size_t *ret_count, struct err *e);
/* ERR_CONFLICT: this name has a role already; ERR_INPUT: no name, no role. */
MUST_CHECK int org_group_add(const struct org_actor *by, const struct org_group *g, struct err *e);
MUST_CHECK int org_group_remove(const struct org_actor *by, int64_t id, struct err *e);

/* --- logging in ------------------------------------------------------------------------------- */

/* What was told of somebody elsewhere. */
struct org_outside {
	const char *source;
	struct str login, name, email;
	struct str issuer, subject; /* of ORG_OIDC: who it is. LOGIN only names a new account */
	struct str code;            /* of ORG_OIDC: the number in the roster, or "" */
	const struct str *groups;
	size_t group_count;
};

/* The row that holds for X, or NULL: then nobody lets them in. */
const struct org_group *org_group_of(
	const struct org_group *list, size_t count, const struct org_outside *x);
/* Where the password of this log-in name is known: "" here; STR_NONE: nobody has the name. In A. */
MUST_CHECK int org_source_of(
	struct store *s, struct str login, struct arena *a, struct str *ret, struct err *e);

/* May others be asked whether this log-in's password is right, while ASKED tries of the same name
 * are on their way? All of those might be wrong: so fifty at once are five questions, and right
 * ones, however many, lock nobody. */
enum org_try {
	ORG_TRY_ASK,
	ORG_TRY_LATER,  /* when one of those is answered */
	ORG_TRY_LOCKED, /* wrong too often already */
};
MUST_CHECK int org_try_begin(const struct org_actor *by, struct str login, int64_t asked,
	enum org_try *ret, struct err *e);
/* It was wrong; the last one locks. */
MUST_CHECK int org_try_wrong(
	const struct org_actor *by, struct str login, struct org_login *ret, struct err *e);
/* The same log-in name, as tries are counted? */
bool org_is_login(struct str a, struct str b);

/* X gave the right password elsewhere: their account, made at the first time, with the role and the
 * unit of G, and the person of the roster: with this e-mail, which the directory's keepers wrote;
 * with this number, which a provider's did. LOGIN_DISABLED: an administrator shut it here.
 * ERR_CONFLICT: the name is that of an account of another source, or of another subject. */
MUST_CHECK int org_outside_in(const struct org_actor *by, const struct org_outside *x,
	const struct org_group *g, struct org_login *ret, struct err *e);

/* The account USER_ID is this subject's from now on, and has no password here any more; its
 * sessions end. ERR_CONFLICT: it is the emergency account, or the subject has another. */
MUST_CHECK int org_subject_link(const struct org_actor *by, int64_t user_id, struct str issuer,
	struct str subject, struct err *e);
/* What a session of ORG_OIDC may come to: nobody can be asked whether its person is still there. */
#define ORG_OIDC_SESSION_S (8 * 3600)

/* --- while they are in ------------------------------------------------------------------------ */

/* Is it time to ask again whether USER is still there? Then it is noted as asked. */
#define ORG_OUTSIDE_CHECK_S 300
MUST_CHECK int org_outside_is_due(
	const struct org_actor *by, const struct org_user *user, bool *ret, struct err *e);
/* What was told: G NULL: not there any more, or in no group. Another role or unit, and going, end
 * the sessions. */
MUST_CHECK int org_outside_seen(
	const struct org_actor *by, int64_t user_id, const struct org_group *g, struct err *e);

#endif
