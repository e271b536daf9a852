/* account.c - what belongs to an account besides its password. */
#include "core/org/account.h"
#include "core/org/org_int.h"

static const char sql_place[] =
	"UPDATE person SET unit_id = $2, staff_id = nullif($3, 0) WHERE id = $1";
static const char sql_sole[] =
	"SELECT p.role = 1 AND NOT EXISTS (SELECT 1 FROM person o WHERE o.role = 1 AND o.id <> $1"
	" AND o.disabled_at_s = 0 AND o.source <> 'emergency') FROM person p WHERE p.id = $1";

int org_user_place(
	const struct org_actor *by, int64_t id, int64_t unit_id, int64_t staff_id, struct err *e)
{
	struct org_user u;
	struct arena a;
	int rc;

	arena_init(&a, 64 * KIB);
	rc = org_user(by->store, id, &a, &u, e);
	if (rc == 0)
		rc = org_run(by->store, sql_place, "iii", e, id, unit_id, staff_id);
	if (rc == 0) /* rights changed: log in anew */
		rc = org_sessions_end_all(by, id, e);
	if (rc == 0)
		rc = org_note(by, "user-place", u.login, e);
	arena_done(&a);
	return rc;
}

int org_is_sole_admin(struct store *s, int64_t id, struct err *e)
{
	struct store_query *q = store_query(s, sql_sole);
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_next(q, e);
	if (rc == 1)
		rc = (int)store_i64(q, 0);
	store_end(q);
	return rc;
}

int org_sole_admin_link(const struct org_actor *by, int64_t id, int64_t staff_id,
	struct str password, struct err *e)
{
	struct org_login try;
	struct org_user u;
	struct arena a;
	int rc = org_is_sole_admin(by->store, id, e);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(e, ERR_DENIED, "another administrator changes this account");
	arena_init(&a, 64 * KIB);
	rc = org_user(by->store, id, &a, &u, e);
	if (rc == 0)
		rc = org_login(by, u.login, password, &try, e);
	if (rc == 0 && try.answer != LOGIN_FINE)
		rc = err_set(e, ERR_DENIED, "the password is not right");
	if (rc == 0)
		rc = org_user_place(by, id, u.unit_id, staff_id, e);
	if (rc == 0)
		rc = org_note(by, "user-self-link", u.login, e);
	arena_done(&a);
	return rc;
}
