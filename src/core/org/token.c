/* token.c - tokens of programs: made, found, ended. */
#include "core/org/token.h"
#include "core/org/org_int.h"
#include "core/org/outside.h"

#include "kit/crypto/crypto.h"

#define NAME_MAX_BYTES 200
#define USED_EVERY_S 60 /* a program that asks each second must not wear the disk */

static const char sql_add[] =
	"INSERT INTO api_token (person_id, name, sha256, may_write, made_at_s, until_s)"
	" SELECT id, $2, $3, $4, $5, $6 FROM person WHERE id = $1 AND source <> '" ORG_OIDC "'"
	" AND disabled_at_s = 0";
static const char sql_live_count[] =
	"SELECT count(*) FROM api_token WHERE person_id = $1 AND ended_at_s = 0 AND until_s > $2";
#define COLUMNS \
	"t.id, t.person_id, p.login, t.name, t.may_write, t.made_at_s, t.until_s, t.used_at_s," \
	" t.ended_at_s, t.ended_by, t.ended_why FROM api_token t JOIN person p ON p.id = t.person_id"
static const char sql_list[] =
	"SELECT " COLUMNS " WHERE ($1 = 0 OR t.person_id = $1) ORDER BY t.id DESC";
static const char sql_find[] =
	"SELECT " COLUMNS " LEFT JOIN staff s ON s.id = p.staff_id"
	" WHERE t.sha256 = $1 AND t.ended_at_s = 0 AND t.until_s > $2"
	" AND p.disabled_at_s = 0 AND p.locked_at_s = 0 AND coalesce(s.state, '')"
	" NOT IN ('moved', 'retired', 'left')";
static const char sql_used[] = "UPDATE api_token SET used_at_s = $2 WHERE id = $1";
static const char sql_end[] =
	"UPDATE api_token SET ended_at_s = $3, ended_by = $4, ended_why = '" ORG_TOKEN_REVOKED "'"
	" WHERE id = $1 AND ($2 = 0 OR person_id = $2) AND ended_at_s = 0";
static const char sql_end_all[] =
	"UPDATE api_token SET ended_at_s = $2, ended_by = $3, ended_why = $4"
	" WHERE person_id = $1 AND ended_at_s = 0";

const char *org_token_why_words(struct str why)
{
	if (str_is(why, ORG_TOKEN_REVOKED))
		return T("đã thu hồi");
	if (str_is(why, ORG_TOKEN_LEFT))
		return T("hết hiệu lực: người này không còn làm việc");
	return T("hết hiệu lực: tài khoản đã đổi mật khẩu, vai trò, đơn vị hoặc bị ngừng");
}

int64_t org_token_days(const struct org_rules *rules)
{
	return rules->api_token_days ? rules->api_token_days->number : 0;
}

bool org_token_is_live(const struct org_token *t, int64_t now_s)
{
	return !t->ended_at_s && t->until_s > now_s;
}

static void take(struct store_query *q, struct arena *a, struct org_token *t)
{
	t->id = store_i64(q, 0);
	t->user_id = store_i64(q, 1);
	t->login = arena_str(a, store_str(q, 2));
	t->name = arena_str(a, store_str(q, 3));
	t->may_write = store_i64(q, 4) != 0;
	t->made_at_s = store_i64(q, 5);
	t->until_s = store_i64(q, 6);
	t->used_at_s = store_i64(q, 7);
	t->ended_at_s = store_i64(q, 8);
	t->ended_by = arena_str(a, store_str(q, 9));
	t->ended_why = arena_str(a, store_str(q, 10));
}

static int has_room(const struct org_actor *by, int64_t user_id, struct err *e)
{
	struct store_query *q = store_query(by->store, sql_live_count);
	int64_t count;
	int rc;

	store_bind_i64(q, 1, user_id);
	store_bind_i64(q, 2, by->now_s);
	rc = store_one(q, e, "no count");
	if (rc < 0)
		return rc;
	count = store_i64(q, 0);
	store_end(q);
	return count < ORG_TOKENS_MAX ? 0 : err_set(e, ERR_LIMIT, "too many tokens of one account");
}

static int add(const struct org_actor *by, const struct org_token *t, const char *text,
	struct err *e)
{
	char hex[SHA256_HEX_SIZE];
	int rc = org_run(by->store, sql_add, "issiii", e, t->user_id, str_trim(t->name),
		str_of(sha256_hex(str_of(text), hex)), (int64_t)t->may_write, by->now_s,
		t->until_s);

	if (rc == 0 && store_changes(by->store) == 0)
		rc = err_set(e, ERR_CONFLICT, "an account of a provider, or one that is shut");
	return rc < 0 ? rc : org_note(by, "token-make", str_trim(t->name), e);
}

int org_token_make(
	const struct org_actor *by, const struct org_token *t, char *text, struct err *e)
{
	int64_t last_s = by->now_s + org_token_days(by->rules) * CLOCK_DAY_S;
	char made[ORG_TOKEN_SIZE];
	int rc;

	if (!str_trim(t->name).len || t->name.len > NAME_MAX_BYTES || !str_is_utf8(t->name))
		return err_set(e, ERR_INPUT, "a token has a name");
	if (t->until_s <= by->now_s || t->until_s > last_s)
		return err_set(e, ERR_INPUT, "the end is past, or later than the rules allow");
	random_token(made, sizeof(made) - 1);
	rc = store_begin(by->store, e);
	if (rc < 0)
		return rc;
	snprintf(text, ORG_TOKEN_TEXT_SIZE, "%s%s", ORG_TOKEN_PREFIX, made);
	rc = has_room(by, t->user_id, e);
	if (rc == 0)
		rc = add(by, t, text, e);
	if (rc == 0)
		rc = store_commit(by->store, e);
	if (rc < 0)
		store_rollback(by->store);
	return rc;
}

int org_tokens(struct store *s, int64_t user_id, struct arena *a, struct org_token **ret,
	size_t *ret_count, struct err *e)
{
	VEC(struct org_token) list = { 0 };
	struct store_query *q = store_query(s, sql_list);
	int rc;

	store_bind_i64(q, 1, user_id);
	while ((rc = store_next(q, e)) == 1)
		take(q, a, vec_add(a, &list));
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}

int org_token_find(const struct org_actor *by, struct str text, struct arena *a,
	struct org_token *ret, struct err *e)
{
	struct store_query *q;
	struct org_token found = { 0 };
	char hex[SHA256_HEX_SIZE];
	int rc;

	if (text.len != ORG_TOKEN_TEXT_SIZE - 1 || !str_starts(text, ORG_TOKEN_PREFIX))
		return 0;
	q = store_query(by->store, sql_find);
	store_bind_cstr(q, 1, sha256_hex(text, hex));
	store_bind_i64(q, 2, by->now_s);
	rc = store_next(q, e);
	if (rc != 1)
		return rc;
	take(q, a, &found);
	store_end(q);
	if (by->now_s - found.used_at_s >= USED_EVERY_S) {
		rc = org_run(by->store, sql_used, "ii", e, found.id, by->now_s);
		if (rc < 0)
			return rc;
	}
	*ret = found;
	return 1;
}

int org_token_end(const struct org_actor *by, int64_t id, int64_t user_id, struct err *e)
{
	char number[24];
	int rc = org_run(
		by->store, sql_end, "iiis", e, id, user_id, by->now_s, by->login);

	if (rc == 0 && store_changes(by->store) == 0)
		rc = err_set(e, ERR_ABSENT, "no such token");
	snprintf(number, sizeof(number), "%lld", (long long)id);
	return rc < 0 ? rc : org_note(by, "token-end", str_of(number), e);
}

int org_tokens_end(const struct org_actor *by, int64_t user_id, const char *why, struct err *e)
{
	return org_run(by->store, sql_end_all, "iiss", e, user_id, by->now_s,
		by->login.ptr ? by->login : STR(""), str_of(why));
}
