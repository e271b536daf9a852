/* org_try.c - wrong tries at the door, of log-in names that exist and of others. */
#include "core/org/org_int.h"

#define TRIES_KEPT_S (30 * CLOCK_DAY_S) /* of names that do not exist */
#define TRIES_ROWS_MAX 2000

static const char sql_tries[] = "SELECT count FROM login_try WHERE login = $1";
static const char sql_try[] =
	"INSERT INTO login_try (login, count, at_s) VALUES ($1, 1, $2)"
	" ON CONFLICT (login) DO UPDATE SET count = login_try.count + 1, at_s = excluded.at_s";
static const char sql_tries_clear[] = "DELETE FROM login_try WHERE login = $1";
/* names nobody has, that were not tried for long or are too many */
static const char sql_tries_forget[] =
	"DELETE FROM login_try WHERE login NOT IN (SELECT login FROM person)"
	" AND (at_s < $1 OR login IN"
	" (SELECT login FROM login_try ORDER BY at_s DESC LIMIT -1 OFFSET $2))";
static const char sql_lock[] = "UPDATE person SET locked_at_s = $2 WHERE login = $1";

int org_tries_count(struct store *s, struct str login, int64_t *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_tries);
	int rc;

	store_bind_str(q, 1, login);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	*ret = rc == 1 ? store_i64(q, 0) : 0;
	store_end(q);
	return 0;
}

int org_tries_add(struct store *s, struct str login, int64_t now_s, struct err *e)
{
	int rc = org_run(s, sql_try, "si", e, login, now_s);

	if (rc == 0)
		rc = org_run(s, sql_tries_forget, "ii", e, now_s - TRIES_KEPT_S,
			(int64_t)TRIES_ROWS_MAX);
	return rc;
}

int org_tries_clear(struct store *s, struct str login, struct err *e)
{
	return org_run(s, sql_tries_clear, "s", e, login);
}

int org_tries_wrong(
	const struct org_actor *by, struct str login, struct org_login *ret, struct err *e)
{
	int64_t count = 0, max = by->rules->login_fail_max->number;
	int rc = org_tries_add(by->store, login, by->now_s, e);

	if (rc == 0)
		rc = org_tries_count(by->store, login, &count, e);
	if (rc == 0 && count >= max)
		rc = org_run(by->store, sql_lock, "si", e, login, by->now_s);
	if (rc == 0)
		rc = org_note(by, count >= max ? "login-locked" : "login-wrong", login, e);
	if (rc < 0)
		return rc;
	*ret = (struct org_login){ .answer = count >= max ? LOGIN_LOCKED : LOGIN_WRONG,
		.tries_left = count >= max ? 0 : (int)(max - count) };
	return 0;
}
