/* emergency.c - the emergency account: which it is, and that its envelope was opened. */
#include "core/org/account.h"
#include "core/org/org_int.h"

#define USED "emergency.used" /* the setting: the second of the first use since it was sealed */

static const char sql_none[] = "UPDATE person SET source = '' WHERE source = 'emergency'";
static const char sql_one[] =
	"UPDATE person SET source = 'emergency' WHERE id = $1 AND role = 1 AND source = ''"
	" AND disabled_at_s = 0";
static const char sql_is[] = "SELECT 1 FROM person WHERE id = $1 AND source = 'emergency'";
static const char sql_used[] =
	"INSERT INTO setting (name, value) VALUES ('" USED "', $1) ON CONFLICT (name) DO NOTHING";
static const char sql_sealed[] = "DELETE FROM setting WHERE name = '" USED "' AND EXISTS"
				 " (SELECT 1 FROM person WHERE id = $1 AND source = 'emergency')";
static const char sql_told[] = "SELECT (SELECT value FROM setting WHERE name = '" ORG_SAMPLE "'),"
			       " (SELECT value FROM setting WHERE name = '" USED "'),"
			       " (SELECT max(1, coalesce(max(level), 1)) FROM host)";

int org_emergency_set(const struct org_actor *by, int64_t id, bool is_on, struct err *e)
{
	int rc = store_begin(by->store, e);

	if (rc < 0)
		return rc;
	rc = org_run(by->store, sql_none, "", e);
	if (rc == 0 && is_on) {
		rc = org_run(by->store, sql_one, "i", e, id);
		if (rc == 0 && store_changes(by->store) == 0)
			rc = err_set(e, ERR_CONFLICT,
				"only an administrator with a password of Khien can be it");
	}
	if (rc == 0)
		rc = org_note(by, is_on ? "emergency-on" : "emergency-off", STR(""), e);
	if (rc == 0)
		rc = store_commit(by->store, e);
	if (rc < 0)
		store_rollback(by->store);
	return rc;
}

int org_emergency_used(const struct org_actor *by, int64_t user_id, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_is);
	char second[24];
	int rc;

	store_bind_i64(q, 1, user_id);
	rc = store_next(q, e);
	if (rc != 1)
		return rc;
	store_end(q);
	snprintf(second, sizeof(second), "%lld", (long long)by->now_s);
	rc = org_run(by->store, sql_used, "s", e, str_of(second));
	return rc < 0 ? rc : org_note(by, "emergency-login", by->login, e);
}

int org_emergency_sealed(struct store *s, int64_t user_id, struct err *e)
{
	return org_run(s, sql_sealed, "i", e, user_id);
}

int org_told(struct store *s, struct org_told *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_told);
	int rc = store_one(q, e, "no settings");

	if (rc < 0)
		return rc;
	*ret = (struct org_told){ .is_sample = !store_is_null(q, 0),
		.level = (int)store_i64(q, 2) };
	(void)str_to_i64(store_str(q, 1), &ret->emergency_at_s);
	store_end(q);
	return 0;
}
