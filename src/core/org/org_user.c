/* org_user.c - the people: adding, changing, their passwords. */
#include "core/org/org_int.h"
#include "core/org/unit.h"

#include "kit/crypto/crypto.h"

#define PASSWORDS_COMPARED_MAX 10 /* each comparing costs a hash */

static const char sql_users[] =
	"SELECT " ORG_USER_COLUMNS " FROM person p"
	" WHERE ($1 = 0 OR p.id = $1) AND ($2 = '' OR p.login = $2) ORDER BY p.login";
static const char sql_count[] = "SELECT count(*) FROM person";
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

struct found {
	struct arena *a;
	VEC(struct org_user) users;
};

struct org_user org_user_take(struct store_query *q, int first, struct arena *a)
{
	return (struct org_user){
		.id = store_i64(q, first),
		.login = arena_str(a, store_str(q, first + 1)),
		.name = arena_str(a, store_str(q, first + 2)),
		.role = (enum user_role)store_i64(q, first + 3),
		.must_change = store_i64(q, first + 4) != 0,
		.has_totp = store_i64(q, first + 5) != 0,
		.onetime_until_s = store_i64(q, first + 6),
		.locked_at_s = store_i64(q, first + 7),
		.disabled_at_s = store_i64(q, first + 8),
		.created_at_s = store_i64(q, first + 9),
		.last_login_s = store_i64(q, first + 10),
		.unit_id = store_i64(q, first + 11),
		.staff_id = store_i64(q, first + 12),
		.source = arena_str(a, store_str(q, first + 13)),
		.asked_at_s = store_i64(q, first + 14),
	};
}

/* All, or the one with this ID, or with this LOGIN. */
static int find(struct store *s, int64_t id, struct str login, struct found *f, struct err *e)
{
	struct store_query *q = store_query(s, sql_users);
	int rc;

	store_bind_i64(q, 1, id);
	store_bind_str(q, 2, login);
	while ((rc = store_next(q, e)) == 1)
		vec_push(f->a, &f->users, org_user_take(q, 0, f->a));
	return rc;
}

int org_users(
	struct store *s, struct arena *a, struct org_user **ret, size_t *ret_count, struct err *e)
{
	struct found f = { .a = a };
	int rc = find(s, 0, STR(""), &f, e);

	if (rc < 0)
		return rc;
	*ret = f.users.at;
	*ret_count = f.users.len;
	return 0;
}

static const char sql_roles[] =
	"SELECT DISTINCT coalesce(unit_id, 1), role FROM person"
	" WHERE coalesce(disabled_at_s, 0) = 0 ORDER BY 1, 2";

int org_roles_by_unit(struct store *s, struct arena *a, struct org_roles_in **ret,
	size_t *ret_count, struct err *e)
{
	VEC(struct org_roles_in) list = { 0 };
	struct store_query *q = store_query(s, sql_roles);
	int rc;

	while ((rc = store_next(q, e)) == 1) {
		int64_t unit_id = store_i64(q, 0);

		if (list.len == 0 || list.at[list.len - 1].unit_id != unit_id)
			vec_push(a, &list, ((struct org_roles_in){ unit_id, 0 }));
		list.at[list.len - 1].roles |= (unsigned)store_i64(q, 1);
	}
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}

static int only(struct store *s, int64_t id, struct str login, struct arena *a,
	struct org_user *ret, struct err *e)
{
	struct found f = { .a = a };
	int rc = id > 0 || login.len ? find(s, id, login, &f, e) : 0;

	if (rc < 0)
		return rc;
	if (f.users.len == 0)
		return err_set(e, ERR_ABSENT, "no such account");
	*ret = f.users.at[0];
	return 0;
}

int org_user(struct store *s, int64_t id, struct arena *a, struct org_user *ret, struct err *e)
{
	return only(s, id, STR(""), a, ret, e);
}

int org_user_by_login(
	struct store *s, struct str login, struct arena *a, struct org_user *ret, struct err *e)
{
	char form[ORG_LOGIN_SIZE];

	return only(s, 0, org_login_form(login, form), a, ret, e);
}

int org_user_count(struct store *s, int64_t *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_count);
	int rc = store_next(q, e);

	if (rc < 0)
		return rc;
	*ret = store_i64(q, 0);
	store_end(q);
	return 0;
}

struct str org_login_form(struct str login, char *text)
{
	login = str_trim(login);
	if (login.len >= ORG_LOGIN_SIZE)
		return STR("");
	for (size_t i = 0; i < login.len; i++) {
		char c = login.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !str_has(STR("._-@"), c))
			return STR("");
		text[i] = c;
	}
	return (struct str){ text, login.len };
}

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
