/* org_session.c - who is logged in, and for how long. */
#include "core/org/org_int.h"
#include "core/org/outside.h"
#include "core/org/token.h"

#include "kit/crypto/crypto.h"
#include "kit/store/turn.h"

static const char sql_session_add[] =
	"INSERT INTO session (id, person_id, csrf, made_at_s, seen_at_s, second_step)"
	" VALUES ($1, $2, $3, $4, $4, $5)";
static const char sql_session[] =
	"SELECT s.csrf, s.made_at_s, s.seen_at_s, s.second_step, " ORG_USER_COLUMNS
	" FROM session s"
	" JOIN person p ON p.id = s.person_id"
	" WHERE s.id = $1 AND s.seen_at_s >= $2 AND p.disabled_at_s = 0 AND p.locked_at_s = 0"
	" AND (p.source <> 'oidc' OR s.made_at_s >= $3)";
static const char sql_session_seen[] = "UPDATE session SET seen_at_s = $2 WHERE id = $1";
static const char sql_session_end[] = "DELETE FROM session WHERE id = $1";
static const char sql_sessions_end[] = "DELETE FROM session WHERE person_id = $1";
static const char sql_sessions_forget[] = "DELETE FROM session WHERE seen_at_s < $1";

static int64_t oldest_live_s(const struct org_actor *by)
{
	return by->now_s - by->rules->session_idle_min->number * 60;
}

int org_session_start(const struct org_actor *by, int64_t user_id, bool has_second_step,
	char *token, struct err *e)
{
	char hex[SHA256_HEX_SIZE], csrf[27];
	int rc;

	random_token(token, ORG_TOKEN_SIZE - 1);
	random_token(csrf, sizeof(csrf) - 1);
	rc = org_run(by->store, sql_sessions_forget, "i", e, oldest_live_s(by));
	if (rc == 0)
		rc = org_run(by->store, sql_session_add, "sisii", e,
			str_of(sha256_hex(str_of(token), hex)), user_id, str_of(csrf), by->now_s,
			(int64_t)has_second_step);
	return rc;
}

int org_session_find(const struct org_actor *by, struct str token, bool is_quiet, struct arena *a,
	struct org_session *ret, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_session);
	struct org_session found;
	char hex[SHA256_HEX_SIZE];
	int rc;

	if (token.len != ORG_TOKEN_SIZE - 1)
		return 0;
	found.id = arena_str(a, str_of(sha256_hex(token, hex)));
	store_bind_str(q, 1, found.id);
	store_bind_i64(q, 2, oldest_live_s(by));
	store_bind_i64(q, 3, by->now_s - ORG_OIDC_SESSION_S);
	rc = store_next(q, e);
	if (rc != 1)
		return rc;
	found.csrf = arena_str(a, store_str(q, 0));
	found.made_at_s = store_i64(q, 1);
	found.seen_at_s = store_i64(q, 2);
	found.has_second_step = store_i64(q, 3) != 0;
	found.user = org_user_take(q, 4, a);
	store_end(q);
	/* at most one writing a quarter minute: reading pages must not wear the disk; whoever finds
	 * somebody else writing is a visitor all the same, and the next request tells it */
	if (!is_quiet && by->now_s - found.seen_at_s >= 15) {
		rc = org_run(by->store, sql_session_seen, "si", e, found.id, by->now_s);
		if (rc < 0 && !store_was_busy(by->store))
			return rc;
	}
	*ret = found;
	return 1;
}

int org_session_end(const struct org_actor *by, struct str session_id, struct err *e)
{
	return org_run(by->store, sql_session_end, "s", e, session_id);
}

int org_sessions_end_all(const struct org_actor *by, int64_t user_id, struct err *e)
{
	int rc = org_run(by->store, sql_sessions_end, "i", e, user_id);

	return rc < 0 ? rc : org_tokens_end(by, user_id, ORG_TOKEN_CHANGED, e);
}
