/* account.h - floor 3: where an account works, to whom it belongs, where its password is known, and
 * the one that opens when all else is shut. */
#ifndef CORE_ORG_ACCOUNT_H
#define CORE_ORG_ACCOUNT_H

#include "core/org/org.h"

/* In a statement, a column between them: the name of whose log-in it is, '' where it is none. */
#define ORG_NAME_OF " coalesce((SELECT p.name FROM person p WHERE p.login = "
#define ORG_NAME_END "), '')"

/* Where the password of an account is known: "" here, "emergency" here and sealed in an envelope,
 * "ldap", "oidc". */
MUST_CHECK int org_user_place(
	const struct org_actor *by, int64_t id, int64_t unit_id, int64_t staff_id, struct err *e);

/* Nobody changes their own account: another administrator does. Where there is no other, one of
 * them may say whom of the staff the account is, with their password once more. 1 when ID is the
 * only administrator that logs in (the emergency account is for emergencies), else 0. */
MUST_CHECK int org_is_sole_admin(struct store *s, int64_t id, struct err *e);
/* ERR_DENIED: there is another administrator, or PASSWORD is not right, which counts as a wrong
 * try. ERR_CONFLICT: the person has an account. Their sessions end, as after org_user_place(). */
MUST_CHECK int org_sole_admin_link(const struct org_actor *by, int64_t id, int64_t staff_id,
	struct str password, struct err *e);

/* The emergency account: an administrator with a password of its own here, for the day on which the
 * directory is down. One at most: making another takes it from the first. Its use is told on every
 * page until its password is made anew, which closes the envelope again. */
MUST_CHECK int org_emergency_set(const struct org_actor *by, int64_t id, bool is_on, struct err *e);
/* What every page tells: at what second it was used first since it was sealed (0: it was not), and
 * that all this is a sample. And the highest level of any machine, which binds Khiên itself. */
#define ORG_SAMPLE "sample.seed" /* the setting of a sample */
struct org_told {
	int64_t emergency_at_s;
	bool is_sample;
	int level; /* 1 when there is no machine */
};
MUST_CHECK int org_told(struct store *s, struct org_told *ret, struct err *e);

#endif
