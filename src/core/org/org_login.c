/* org_login.c - passwords and codes at the door. */
#include "core/org/org_int.h"

#include "kit/crypto/crypto.h"

static const char sql_person[] =
	"SELECT id, hash, locked_at_s, disabled_at_s, onetime_until_s FROM person WHERE login = $1"
	" AND source IN ('', 'emergency')";
static const char sql_logged_in[] = "UPDATE person SET last_login_s = $2 WHERE id = $1";
static const char sql_totp[] =
	"SELECT totp, totp_step, login, locked_at_s FROM person WHERE id = $1";
static const char sql_totp_step[] = "UPDATE person SET totp_step = $2 WHERE id = $1";
static const char sql_totp_on[] = "UPDATE person SET totp = $2, totp_step = $3 WHERE id = $1";
static const char sql_recovery_use[] =
	"DELETE FROM person_recovery WHERE person_id = $1 AND hash = $2";
static const char sql_recovery_clear[] = "DELETE FROM person_recovery WHERE person_id = $1";
static const char sql_recovery_add[] =
	"INSERT INTO person_recovery (person_id, hash) VALUES ($1, $2)";

/* --- the password ----------------------------------------------------------------------------- */

struct candidate {
	int64_t id; /* 0: nobody */
	char hash[PASSWORD_HASH_SIZE];
	int64_t locked_at_s, disabled_at_s, onetime_until_s;
};

static int candidate(struct store *s, struct str login, struct candidate *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_person);
	int rc;

	*ret = (struct candidate){ 0 };
	store_bind_str(q, 1, login);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	if (rc == 1) {
		ret->id = store_i64(q, 0);
		snprintf(ret->hash, sizeof(ret->hash), "%.*s", STR_FMT(store_str(q, 1)));
		ret->locked_at_s = store_i64(q, 2);
		ret->disabled_at_s = store_i64(q, 3);
		ret->onetime_until_s = store_i64(q, 4);
	}
	store_end(q);
	return 0;
}

static bool is_right_password(const struct candidate *c, struct str password)
{
	if (c->id)
		return password_is(password, c->hash);
	password_waste(password);
	return false;
}

int org_login(const struct org_actor *by, struct str login, struct str password,
	struct org_login *ret, struct err *e)
{
	char form[ORG_LOGIN_SIZE];
	struct str name = org_login_form(login, form);
	struct candidate c;
	int64_t tries = 0;
	bool is_right;
	int rc = candidate(by->store, name, &c, e);

	if (rc == 0)
		rc = org_tries_count(by->store, name, &tries, e);
	if (rc < 0)
		return rc;
	is_right = is_right_password(&c, password); /* always, so that it always costs the same */
	if (c.locked_at_s || tries >= by->rules->login_fail_max->number) {
		*ret = (struct org_login){ .answer = LOGIN_LOCKED };
		return org_note(by, "login-while-locked", name, e);
	}
	if (!is_right)
		return org_tries_wrong(by, name, ret, e);
	*ret = (struct org_login){ .answer = LOGIN_FINE, .user_id = c.id };
	if (c.disabled_at_s)
		ret->answer = LOGIN_DISABLED;
	else if (c.onetime_until_s && c.onetime_until_s < by->now_s)
		ret->answer = LOGIN_EXPIRED;
	return 0;
}

/* --- the second step -------------------------------------------------------------------------- */

static struct str totp_context(int64_t user_id, char *text, size_t size)
{
	snprintf(text, size, "person %lld totp", (long long)user_id);
	return str_of(text);
}

struct second_step {
	int64_t user_id;
	struct str sealed; /* STR_NONE: not on */
	struct str login;
	int64_t last_step, locked_at_s;
};

static int second_step(
	struct store *s, int64_t user_id, struct arena *a, struct second_step *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_totp);
	int rc;

	store_bind_i64(q, 1, user_id);
	rc = store_one(q, e, "no such account");
	if (rc < 0)
		return rc;
	ret->user_id = user_id;
	ret->sealed = store_is_null(q, 0) ? STR_NONE : arena_str(a, store_str(q, 0));
	ret->last_step = store_i64(q, 1);
	ret->login = arena_str(a, store_str(q, 2));
	ret->locked_at_s = store_i64(q, 3);
	store_end(q);
	return 0;
}

struct str org_unhex(struct str hex, struct arena *a)
{
	char *bytes = arena_alloc(a, hex.len / 2 + 1);

	for (size_t i = 0; i + 1 < hex.len; i += 2) {
		uint64_t byte = 0;

		(void)str_to_u64((struct str){ hex.ptr + i, 2 }, 16, &byte);
		bytes[i / 2] = (char)byte;
	}
	return (struct str){ bytes, hex.len / 2 };
}

static int use_recovery(const struct org_actor *by, int64_t user_id, struct str code,
	bool *ret_is_right, struct err *e)
{
	char letters[32], hex[SHA256_HEX_SIZE];
	size_t len = 0;
	int rc;

	for (size_t i = 0; i < code.len && len < sizeof(letters); i++) {
		if (code.ptr[i] == '-' || code.ptr[i] == ' ')
			continue;
		letters[len++] = code.ptr[i] >= 'a' && code.ptr[i] <= 'z' ?
			(char)(code.ptr[i] - 'a' + 'A') :
			code.ptr[i];
	}
	rc = org_run(by->store, sql_recovery_use, "is", e, user_id,
		str_of(sha256_hex((struct str){ letters, len }, hex)));
	*ret_is_right = rc == 0 && store_changes(by->store) == 1;
	if (*ret_is_right)
		rc = org_note(by, "recovery-code-used", STR_NONE, e);
	return rc;
}

static int is_right_code(const struct org_actor *by, const struct second_step *step,
	struct str code, struct arena *a, bool *ret, struct err *e)
{
	char context[48];
	struct str key, bound = totp_context(step->user_id, context, sizeof(context));
	int64_t used;
	int rc;

	*ret = false;
	if (!step->sealed.ptr)
		return err_set(e, ERR_ABSENT, "this account has no second step");
	if (code.len != 6)
		return use_recovery(by, step->user_id, code, ret, e);
	rc = aead_open(by->key, bound, org_unhex(step->sealed, a), a, &key, e);
	if (rc < 0)
		return rc;
	*ret = totp_is(key, code, by->now_s, step->last_step, &used);
	wipe((void *)(uintptr_t)key.ptr, key.len);
	return *ret ? org_run(by->store, sql_totp_step, "ii", e, step->user_id, used) : 0;
}

int org_second_step(const struct org_actor *by, int64_t user_id, struct str code,
	struct org_login *ret, struct err *e)
{
	struct second_step step = { 0 };
	struct arena a;
	bool is_right = false;
	int rc;

	arena_init(&a, 64 * KIB);
	rc = second_step(by->store, user_id, &a, &step, e);
	if (rc == 0 && step.locked_at_s) {
		*ret = (struct org_login){ .answer = LOGIN_LOCKED };
	} else if (rc == 0) {
		rc = is_right_code(by, &step, str_trim(code), &a, &is_right, e);
		if (rc == 0 && is_right)
			*ret = (struct org_login){ .answer = LOGIN_FINE, .user_id = user_id };
		else if (rc == 0)
			rc = org_tries_wrong(by, step.login, ret, e);
	}
	arena_done(&a);
	return rc;
}

int org_logged_in(const struct org_actor *by, int64_t user_id, struct err *e)
{
	int rc = org_run(by->store, sql_logged_in, "ii", e, user_id, by->now_s);

	if (rc == 0)
		rc = org_tries_clear(by->store, by->login, e);
	if (rc == 0)
		rc = org_emergency_used(by, user_id, e);
	return rc < 0 ? rc : org_note(by, "login", STR_NONE, e);
}

static int recovery_codes(
	const struct org_actor *by, int64_t user_id, struct org_recovery *ret, struct err *e)
{
	int rc = org_run(by->store, sql_recovery_clear, "i", e, user_id);

	for (int i = 0; i < ORG_RECOVERY_COUNT && rc == 0; i++) {
		char letters[13], hex[SHA256_HEX_SIZE];

		random_token(letters, 12);
		snprintf(ret->codes[i], sizeof(ret->codes[i]), "%.4s-%.4s-%.4s", letters,
			letters + 4, letters + 8);
		rc = org_run(by->store, sql_recovery_add, "is", e, user_id,
			str_of(sha256_hex(str_of(letters), hex)));
	}
	return rc;
}

int org_second_step_on(const struct org_actor *by, int64_t user_id, struct str key, struct str code,
	struct org_recovery *ret, struct err *e)
{
	char context[48];
	struct str sealed, bound = totp_context(user_id, context, sizeof(context));
	struct org_recovery on = { .is_right = true };
	struct arena a;
	int64_t step;
	char *hex;
	int rc;

	if (!totp_is(key, str_trim(code), by->now_s, 0, &step)) {
		*ret = (struct org_recovery){ 0 };
		return 0;
	}
	rc = store_begin(by->store, e);
	if (rc < 0)
		return rc;
	arena_init(&a, 64 * KIB);
	rc = aead_seal(by->key, bound, key, &a, &sealed, e);
	if (rc == 0) {
		hex = arena_alloc(&a, sealed.len * 2 + 1);
		hex_of((const unsigned char *)sealed.ptr, sealed.len, hex);
		rc = org_run(by->store, sql_totp_on, "isi", e, user_id, str_of(hex), step);
	}
	arena_done(&a);
	if (rc == 0)
		rc = recovery_codes(by, user_id, &on, e);
	if (rc == 0)
		rc = org_note(by, "second-step-on", STR_NONE, e);
	if (rc == 0)
		rc = store_commit(by->store, e);
	if (rc == 0)
		*ret = on;
	else
		store_rollback(by->store);
	return rc;
}
