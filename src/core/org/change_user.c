/* change_user.c - an account is added, reset, unlocked, disabled, given another role; a password is
 * changed. */
#include "core/org/org_int.h"
#include "core/org/unit.h"

#include "kit/crypto/crypto.h"

#define PASSWORDS_COMPARED_MAX 10 /* each comparing costs a hash */

static const char sql_add[] =
	"INSERT INTO person (login, name, name_folded, role, hash, must_change, onetime_until_s,"
	" created_at_s, unit_id, staff_id) VALUES ($1, $2, $3, $4, '', 0, 0, $5, $6,"
	" nullif($7, 0))";
static const char sql_store[] =
	"UPDATE person SET hash = $2, must_change = $3, onetime_until_s = $4 WHERE id = $1";
static const char sql_remember[] =
	"INSERT INTO person_password (person_id, hash, at_s) VALUES ($1, $2, $3)";
/* of this account, and of other accounts of a person of the same name */
static const char sql_used[] =
	"SELECT p.hash FROM person_password p JOIN person o ON o.id = p.person_id"
	" WHERE o.id = $1 OR o.name_folded = (SELECT name_folded FROM person WHERE id = $1)"
	" ORDER BY p.id DESC LIMIT $2";
static const char sql_hash[] = "SELECT hash, login FROM person WHERE id = $1";
static const char sql_is_here[] =
	"SELECT 1 FROM person WHERE id = $1 AND source IN ('', 'emergency')";
static const char sql_unlock[] = "UPDATE person SET locked_at_s = 0 WHERE id = $1";
static const char sql_no_totp[] = "UPDATE person SET totp = NULL, totp_step = 0 WHERE id = $1";
static const char sql_no_recovery[] = "DELETE FROM person_recovery WHERE person_id = $1";
static const char sql_disable[] = "UPDATE person SET disabled_at_s = $2 WHERE id = $1";
static const char sql_role[] = "UPDATE person SET role = $2 WHERE id = $1";
static const char sql_other_admins[] =
	"SELECT count(*) FROM person WHERE role = $2 AND disabled_at_s = 0 AND id <> $1";

int org_password_store(const struct org_actor *by, int64_t user_id, struct str password,
	bool is_onetime, struct err *e)
{
	char hash[PASSWORD_HASH_SIZE];
	int64_t until_s = is_onetime ? by->now_s + by->rules->first_change_s : 0;
	int rc = password_hash(password, hash, e);

	if (rc == 0)
		rc = org_run(by->store, sql_store, "isii", e, user_id, str_of(hash),
			(int64_t)is_onetime, until_s);
	if (rc == 0)
		rc = org_run(by->store, sql_remember, "isi", e, user_id, str_of(hash), by->now_s);
	return rc;
}

int org_password_was_used(
	struct store *s, int64_t user_id, struct str password, bool *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_used);
	bool was_used = false;
	int rc;

	store_bind_i64(q, 1, user_id);
	store_bind_i64(q, 2, PASSWORDS_COMPARED_MAX);
	while ((rc = store_next(q, e)) == 1) {
		char hash[PASSWORD_HASH_SIZE];

		snprintf(hash, sizeof(hash), "%.*s", STR_FMT(store_str(q, 0)));
		was_used |= password_is(password, hash);
	}
	if (rc < 0)
		return rc;
	*ret = was_used;
	return 0;
}

static int add(const struct org_actor *by, const struct org_user *user, struct str password,
	bool is_onetime, int64_t *ret_id, struct err *e)
{
	char form[ORG_LOGIN_SIZE];
	struct str login = org_login_form(user->login, form);
	struct arena a;
	int64_t id;
	int rc;

	arena_init(&a, 64 * KIB);
	rc = org_run(by->store, sql_add, "sssiiii", e, login, user->name, text_fold(&a, user->name),
		(int64_t)user->role, by->now_s,
		user->unit_id ? user->unit_id : (int64_t)ORG_UNIT_FIRST, user->staff_id);
	arena_done(&a);
	if (rc < 0)
		return rc;
	id = store_last_id(by->store);
	rc = org_password_store(by, id, password, is_onetime, e);
	if (rc == 0)
		rc = org_note(by, "user-add", login, e);
	if (rc == 0)
		*ret_id = id;
	return rc;
}

int org_user_add(const struct org_actor *by, const struct org_user *user, struct str password,
	bool is_onetime, int64_t *ret_id, struct err *e)
{
	char form[ORG_LOGIN_SIZE];
	int rc;

	if (org_login_form(user->login, form).len == 0)
		return err_set(e, ERR_INPUT, "\"%.*s\" is no log-in name", STR_FMT(user->login));
	if (str_trim(user->name).len == 0 || user->name.len > 200)
		return err_set(e, ERR_INPUT, "an account belongs to a person with a name");
	if (!(user->role & USER_ROLES_ALL) || (user->role & (user->role - 1)))
		return err_set(e, ERR_INPUT, "role %d", (int)user->role);
	rc = store_begin(by->store, e);
	if (rc < 0)
		return rc;
	rc = add(by, user, password, is_onetime, ret_id, e);
	if (rc == 0)
		rc = store_commit(by->store, e);
	if (rc < 0)
		store_rollback(by->store);
	return rc;
}

void org_onetime(const struct org_rules *rules, char *text)
{
	do {
		char letters[16];

		random_token(letters, 15);
		for (int i = 0; i < 5; i++) {
			if (letters[i] >= 'A')
				letters[i] = (char)(letters[i] - 'A' + 'a');
		}
		snprintf(text, ORG_ONETIME_SIZE, "%.5s-%.5s-%.5s", letters, letters + 5,
			letters + 10);
	} while (org_password_faults(rules, str_of(text), STR_NONE) & ~(unsigned)PASSWORD_SHORT);
}

/* The account's log-in name, for events and tries. */
static int login_of(struct store *s, int64_t id, char *text, struct err *e)
{
	struct store_query *q = store_query(s, sql_hash);
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_one(q, e, "no such account");
	if (rc < 0)
		return rc;
	snprintf(text, ORG_LOGIN_SIZE, "%.*s", STR_FMT(store_str(q, 1)));
	store_end(q);
	return 0;
}

static int unlock(const struct org_actor *by, int64_t id, const char *login, struct err *e)
{
	int rc = org_run(by->store, sql_unlock, "i", e, id);

	return rc < 0 ? rc : org_tries_clear(by->store, str_of(login), e);
}

/* 1 its password is known here, 0 it is known elsewhere, or <0. */
static int is_here(struct store *s, int64_t id, struct err *e)
{
	struct store_query *q = store_query(s, sql_is_here);
	int rc;

	store_bind_i64(q, 1, id);
	rc = store_next(q, e);
	store_end(q);
	return rc;
}

int org_user_reset(const struct org_actor *by, int64_t id, struct str onetime, struct err *e)
{
	char login[ORG_LOGIN_SIZE];
	int here = is_here(by->store, id, e);
	int rc = here < 0 ? here : login_of(by->store, id, login, e);

	if (rc == 0)
		rc = store_begin(by->store, e);
	if (rc < 0)
		return rc;
	if (here)
		rc = org_password_store(by, id, onetime, true, e);
	if (rc == 0)
		rc = org_run(by->store, sql_no_totp, "i", e, id);
	if (rc == 0)
		rc = org_run(by->store, sql_no_recovery, "i", e, id);
	if (rc == 0)
		rc = unlock(by, id, login, e);
	if (rc == 0)
		rc = org_sessions_end_all(by, id, e);
	if (rc == 0)
		rc = org_emergency_sealed(by->store, id, e);
	if (rc == 0)
		rc = org_note(by, "user-reset", str_of(login), e);
	if (rc == 0)
		rc = store_commit(by->store, e);
	if (rc < 0)
		store_rollback(by->store);
	return rc;
}

int org_user_unlock(const struct org_actor *by, int64_t id, struct err *e)
{
	char login[ORG_LOGIN_SIZE];
	int rc = login_of(by->store, id, login, e);

	if (rc == 0)
		rc = unlock(by, id, login, e);
	return rc < 0 ? rc : org_note(by, "user-unlock", str_of(login), e);
}

/* Without this account, is there an administrator left? */
static int has_other_admin(struct store *s, int64_t id, struct err *e)
{
	struct store_query *q = store_query(s, sql_other_admins);
	int64_t others;
	int rc;

	store_bind_i64(q, 1, id);
	store_bind_i64(q, 2, USER_ADMIN);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	others = store_i64(q, 0);
	store_end(q);
	return others > 0 ? 0 : err_set(e, ERR_CONFLICT, "the last administrator stays");
}

int org_user_disable(const struct org_actor *by, int64_t id, bool is_disabled, struct err *e)
{
	char login[ORG_LOGIN_SIZE];
	int rc = login_of(by->store, id, login, e);

	if (rc == 0 && is_disabled)
		rc = has_other_admin(by->store, id, e);
	if (rc == 0)
		rc = org_run(
			by->store, sql_disable, "ii", e, id, is_disabled ? by->now_s : (int64_t)0);
	if (rc == 0 && is_disabled)
		rc = org_sessions_end_all(by, id, e);
	return rc < 0 ?
		rc :
		org_note(by, is_disabled ? "user-disable" : "user-enable", str_of(login), e);
}

int org_user_set_role(const struct org_actor *by, int64_t id, enum user_role role, struct err *e)
{
	char login[ORG_LOGIN_SIZE];
	int rc = login_of(by->store, id, login, e);

	if (rc == 0 && (!(role & USER_ROLES_ALL) || (role & (role - 1))))
		return err_set(e, ERR_INPUT, "role %d", (int)role);
	if (rc == 0 && role != USER_ADMIN)
		rc = has_other_admin(by->store, id, e);
	if (rc == 0)
		rc = org_run(by->store, sql_role, "ii", e, id, (int64_t)role);
	if (rc == 0) /* rights changed: log in anew */
		rc = org_sessions_end_all(by, id, e);
	return rc < 0 ? rc : org_note(by, "user-role", str_of(login), e);
}

int org_password_change(const struct org_actor *by, int64_t id, struct str old, struct str new,
	unsigned *ret_faults, struct err *e)
{
	char login[ORG_LOGIN_SIZE];
	struct org_login try;
	bool was_used = false;
	int rc = login_of(by->store, id, login, e);

	if (rc == 0)
		rc = org_login(by, str_of(login), old, &try, e);
	if (rc < 0)
		return rc;
	if (try.answer != LOGIN_FINE)
		return err_set(e, ERR_DENIED, "the present password is not right");
	*ret_faults = org_password_faults(by->rules, new, str_of(login));
	if (!*ret_faults) {
		rc = org_password_was_used(by->store, id, new, &was_used, e);
		*ret_faults = was_used ? PASSWORD_USED : 0;
	}
	if (rc < 0 || *ret_faults)
		return rc;
	rc = store_begin(by->store, e);
	if (rc < 0)
		return rc;
	rc = org_password_store(by, id, new, false, e);
	if (rc == 0)
		rc = org_sessions_end_all(by, id, e);
	if (rc == 0)
		rc = org_note(by, "password-change", str_of(login), e);
	if (rc == 0)
		rc = store_commit(by->store, e);
	if (rc < 0)
		store_rollback(by->store);
	return rc;
}
