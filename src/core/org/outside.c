/* outside.c - accounts of people whom others vouch for. */
#include "core/org/outside.h"
#include "core/org/org_int.h"
#include "core/org/rights.h"

#include "kit/crypto/crypto.h"
#include "kit/text/text.h"

#define GROUP_NAME_MAX 1000
#define NAME_MAX_BYTES 200
#define SUBJECT_MAX 255

static const char sql_groups[] =
	"SELECT id, source, name, role, unit_id FROM login_group ORDER BY id";
static const char sql_group_add[] =
	"INSERT INTO login_group (source, name, role, unit_id) VALUES ($1, $2, $3, $4)";
static const char sql_group_remove[] = "DELETE FROM login_group WHERE id = $1";
static const char sql_source[] = "SELECT source FROM person WHERE login = $1";
static const char sql_state[] =
	"SELECT id, source, locked_at_s, disabled_at_s, role, unit_id FROM person"
	" WHERE login = $1 OR id = $2";
static const char sql_subject[] =
	"SELECT p.id, p.source, p.locked_at_s, p.disabled_at_s, p.role, p.unit_id FROM person p"
	" JOIN login_subject l ON l.person_id = p.id WHERE l.issuer = $1 AND l.subject = $2";
static const char sql_subject_add[] =
	"INSERT INTO login_subject (person_id, issuer, subject, made_at_s) VALUES ($1, $2, $3, $4)";
static const char sql_subject_gone[] = "DELETE FROM login_subject WHERE person_id = $1";
static const char sql_link[] =
	"UPDATE person SET source = 'oidc', hash = '', must_change = 0, onetime_until_s = 0"
	" WHERE id = $1 AND source <> 'emergency'";
static const char sql_add[] =
	"INSERT INTO person (login, name, name_folded, role, hash, must_change, onetime_until_s,"
	" created_at_s, unit_id, source) VALUES ($1, $2, $3, $4, '', 0, 0, $5, $6, $7)";
static const char sql_place[] = "UPDATE person SET role = $2, unit_id = $3 WHERE id = $1";
/* the one whose e-mail it is, who has no account yet */
static const char sql_person[] =
	"UPDATE person SET staff_id = (SELECT min(s.id) FROM staff s WHERE s.email = $2 COLLATE NOCASE"
	" AND s.state <> 'left' HAVING count(*) = 1) WHERE id = $1 AND staff_id IS NULL AND $2 <> ''"
	" AND NOT EXISTS (SELECT 1 FROM person o JOIN staff t ON t.id = o.staff_id"
	" WHERE t.email = $2 COLLATE NOCASE)";
/* the one of that number, who has no account yet */
static const char sql_person_code[] =
	"UPDATE person SET staff_id = (SELECT s.id FROM staff s WHERE s.code = $2 COLLATE NOCASE"
	" AND s.state <> 'left') WHERE id = $1 AND staff_id IS NULL AND $2 <> ''"
	" AND NOT EXISTS (SELECT 1 FROM person o JOIN staff t ON t.id = o.staff_id"
	" WHERE t.code = $2 COLLATE NOCASE)";
static const char sql_asked[] =
	"UPDATE person SET asked_at_s = $2 WHERE id = $1 AND asked_at_s <= $3";
static const char sql_fresh[] = "UPDATE person SET asked_at_s = $2 WHERE id = $1";

bool org_is_outside(struct str source)
{
	return str_is(source, ORG_LDAP) || str_is(source, ORG_OIDC);
}

/* --- groups ----------------------------------------------------------------------------------- */

int org_groups(
	struct store *s, struct arena *a, struct org_group **ret, size_t *ret_count, struct err *e)
{
	VEC(struct org_group) list = { 0 };
	struct store_query *q = store_query(s, sql_groups);
	int rc;

	while ((rc = store_next(q, e)) == 1) {
		struct org_group *g = vec_add(a, &list);

		g->id = store_i64(q, 0);
		g->source = arena_str(a, store_str(q, 1));
		g->name = arena_str(a, store_str(q, 2));
		g->role = (enum user_role)store_i64(q, 3);
		g->unit_id = store_i64(q, 4);
	}
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}

int org_group_add(const struct org_actor *by, const struct org_group *g, struct err *e)
{
	int rc;

	if (!g->name.len || g->name.len > GROUP_NAME_MAX || !(g->role & USER_ROLES_ALL) ||
		(g->role & (g->role - 1)))
		return err_set(e, ERR_INPUT, "a group has a name and one role");
	rc = org_run(by->store, sql_group_add, "ssii", e, g->source, g->name, (int64_t)g->role,
		g->unit_id);
	return rc < 0 ? rc : org_note(by, "group-add", g->name, e);
}

int org_group_remove(const struct org_actor *by, int64_t id, struct err *e)
{
	char text[24];
	int rc = org_run(by->store, sql_group_remove, "i", e, id);

	snprintf(text, sizeof(text), "%lld", (long long)id);
	if (rc == 0 && store_changes(by->store) == 0)
		return err_set(e, ERR_ABSENT, "no such group");
	return rc < 0 ? rc : org_note(by, "group-remove", str_of(text), e);
}

/* "can-bo" of "cn=can-bo,ou=nhom,dc=vn"; all of what is no DN. */
static struct str short_name(struct str name)
{
	struct str first = name, rest, type, value;

	(void)str_split(name, ',', &first, &rest);
	return str_split(first, '=', &type, &value) ? value : name;
}

const struct org_group *org_group_of(
	const struct org_group *list, size_t count, const struct org_outside *x)
{
	for (size_t i = 0; i < count; i++) {
		if (!str_is(list[i].source, x->source))
			continue;
		for (size_t k = 0; k < x->group_count; k++)
			if (str_eq_nocase(list[i].name, x->groups[k]) ||
				str_eq_nocase(list[i].name, short_name(x->groups[k])))
				return &list[i];
	}
	return NULL;
}

/* --- logging in ------------------------------------------------------------------------------- */

int org_source_of(
	struct store *s, struct str login, struct arena *a, struct str *ret, struct err *e)
{
	char form[ORG_LOGIN_SIZE];
	struct store_query *q = store_query(s, sql_source);
	int rc;

	store_bind_str(q, 1, org_login_form(login, form));
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	*ret = rc == 1 ? arena_str(a, store_str(q, 0)) : STR_NONE;
	store_end(q);
	return 0;
}

struct state {
	int64_t id, locked_at_s, disabled_at_s, role, unit_id;
	bool is_here; /* its password is known here, or at another source */
};

static int read_state(struct store_query *q, const char *source, struct state *ret, struct err *e)
{
	int rc = store_next(q, e);

	*ret = (struct state){ 0 };
	if (rc != 1)
		return rc;
	*ret = (struct state){ .id = store_i64(q, 0),
		.is_here = !str_is(store_str(q, 1), source),
		.locked_at_s = store_i64(q, 2),
		.disabled_at_s = store_i64(q, 3),
		.role = store_i64(q, 4),
		.unit_id = store_i64(q, 5) };
	store_end(q);
	return 0;
}

/* By LOGIN, or by ID. */
static int state_of(struct store *s, struct str login, int64_t id, const char *source,
	struct state *ret, struct err *e)
{
	struct store_query *q = store_query(s, sql_state);

	store_bind_str(q, 1, login);
	store_bind_i64(q, 2, id);
	return read_state(q, source, ret, e);
}

/* Whom X is about: at a provider whose subject it is, whatever its log-in name. */
static int state_outside(struct store *s, const struct org_outside *x, struct str login,
	struct state *ret, struct err *e)
{
	struct store_query *q;
	int rc = 0;

	*ret = (struct state){ 0 };
	if (x->subject.len) {
		q = store_query(s, sql_subject);
		store_bind_str(q, 1, x->issuer);
		store_bind_str(q, 2, x->subject);
		rc = read_state(q, x->source, ret, e);
	}
	if (rc < 0 || ret->id)
		return rc;
	rc = login.len ? state_of(s, login, 0, x->source, ret, e) : 0;
	ret->is_here |= ret->id && x->subject.len; /* a name says nothing of who it is */
	return rc;
}

int org_try_begin(const struct org_actor *by, struct str login, int64_t asked, enum org_try *ret,
	struct err *e)
{
	char form[ORG_LOGIN_SIZE];
	struct str name = org_login_form(login, form);
	struct state person;
	int64_t tries = 0, max = by->rules->login_fail_max->number;
	int rc = state_of(by->store, name, 0, "", &person, e);

	if (rc == 0)
		rc = org_tries_count(by->store, name, &tries, e);
	if (rc < 0)
		return rc;
	if (person.locked_at_s || tries >= max) {
		*ret = ORG_TRY_LOCKED;
		return org_note(by, "login-while-locked", name, e);
	}
	*ret = tries + asked >= max ? ORG_TRY_LATER : ORG_TRY_ASK;
	return 0;
}

bool org_is_login(struct str a, struct str b)
{
	char form_a[ORG_LOGIN_SIZE], form_b[ORG_LOGIN_SIZE];

	return str_eq(org_login_form(a, form_a), org_login_form(b, form_b));
}

int org_try_wrong(
	const struct org_actor *by, struct str login, struct org_login *ret, struct err *e)
{
	char form[ORG_LOGIN_SIZE];

	return org_tries_wrong(by, org_login_form(login, form), ret, e);
}

static int make(const struct org_actor *by, const struct org_outside *x, struct str login,
	const struct org_group *g, int64_t *ret_id, struct err *e)
{
	struct arena a;
	struct str name;
	int rc;

	arena_init(&a, 64 * KIB);
	name = text_clean(&a, x->name.len ? x->name : login, NAME_MAX_BYTES);
	rc = org_run(by->store, sql_add, "sssiiis", e, login, name, text_fold(&a, name),
		(int64_t)g->role, by->now_s, g->unit_id, str_of(x->source));
	arena_done(&a);
	if (rc < 0)
		return rc;
	*ret_id = store_last_id(by->store);
	rc = x->subject.len ? org_run(by->store, sql_subject_add, "issi", e, *ret_id, x->issuer,
				      x->subject, by->now_s) :
			      0;
	return rc < 0 ? rc : org_note(by, "user-add", login, e);
}

/* The role and the unit that the group gives now. */
static int place(const struct org_actor *by, const struct state *person, const struct org_group *g,
	struct err *e)
{
	int rc;

	if (person->role == (int64_t)g->role && person->unit_id == g->unit_id)
		return 0;
	rc = org_run(by->store, sql_place, "iii", e, person->id, (int64_t)g->role, g->unit_id);
	if (rc == 0)
		rc = org_sessions_end_all(by, person->id, e);
	return rc < 0 ? rc : org_note(by, "user-role", g->name, e);
}

static int let_in(const struct org_actor *by, const struct org_outside *x, struct str login,
	const struct org_group *g, struct org_login *ret, struct err *e)
{
	struct state person;
	int rc = state_outside(by->store, x, login, &person, e);

	if (rc == 0 && person.id && person.is_here)
		return err_set(e, ERR_CONFLICT, "this name is that of another account");
	if (rc == 0 && !person.id && !login.len)
		return err_set(e, ERR_INPUT, "\"%.*s\" is no log-in name", STR_FMT(x->login));
	if (rc == 0)
		rc = person.id ? place(by, &person, g, e) : make(by, x, login, g, &person.id, e);
	if (rc == 0 && x->subject.len)
		rc = org_run(by->store, sql_person_code, "is", e, person.id,
			x->code.ptr ? x->code : STR(""));
	else if (rc == 0)
		rc = org_run(by->store, sql_person, "is", e, person.id,
			x->email.ptr ? x->email : STR(""));
	if (rc == 0)
		rc = org_run(by->store, sql_fresh, "ii", e, person.id, by->now_s);
	if (rc == 0)
		*ret = (struct org_login){ .user_id = person.id,
			.answer = person.locked_at_s ? LOGIN_LOCKED :
				person.disabled_at_s ? LOGIN_DISABLED :
						       LOGIN_FINE };
	return rc;
}

int org_outside_in(const struct org_actor *by, const struct org_outside *x,
	const struct org_group *g, struct org_login *ret, struct err *e)
{
	char form[ORG_LOGIN_SIZE];
	struct str login = org_login_form(x->login, form);
	int rc;

	rc = store_begin(by->store, e);
	if (rc < 0)
		return rc;
	rc = let_in(by, x, login, g, ret, e);
	if (rc == 0)
		rc = store_commit(by->store, e);
	if (rc < 0)
		store_rollback(by->store);
	return rc;
}

static int link_subject(const struct org_actor *by, int64_t user_id, struct str issuer,
	struct str subject, struct err *e)
{
	int rc = org_run(by->store, sql_link, "i", e, user_id);

	if (rc == 0 && store_changes(by->store) == 0)
		return err_set(e, ERR_CONFLICT, "the emergency account keeps its password here");
	if (rc == 0)
		rc = org_run(by->store, sql_subject_gone, "i", e, user_id);
	if (rc == 0)
		rc = org_run(
			by->store, sql_subject_add, "issi", e, user_id, issuer, subject, by->now_s);
	if (rc == 0)
		rc = org_sessions_end_all(by, user_id, e);
	return rc < 0 ? rc : org_note(by, "user-link", subject, e);
}

int org_subject_link(const struct org_actor *by, int64_t user_id, struct str issuer,
	struct str subject, struct err *e)
{
	int rc;

	if (!issuer.len || !subject.len || subject.len > SUBJECT_MAX)
		return err_set(e, ERR_INPUT, "an issuer and a subject of it are needed");
	rc = store_begin(by->store, e);
	if (rc < 0)
		return rc;
	rc = link_subject(by, user_id, issuer, subject, e);
	if (rc == 0)
		rc = store_commit(by->store, e);
	if (rc < 0)
		store_rollback(by->store);
	return rc;
}

/* --- while they are in ------------------------------------------------------------------------ */

int org_outside_is_due(
	const struct org_actor *by, const struct org_user *user, bool *ret, struct err *e)
{
	int rc;

	*ret = false;
	if (!str_is(user->source, ORG_LDAP) || user->asked_at_s > by->now_s - ORG_OUTSIDE_CHECK_S)
		return 0;
	rc = org_run(by->store, sql_asked, "iii", e, user->id, by->now_s,
		by->now_s - ORG_OUTSIDE_CHECK_S);
	*ret = rc == 0 && store_changes(by->store) == 1;
	return rc;
}

int org_outside_seen(
	const struct org_actor *by, int64_t user_id, const struct org_group *g, struct err *e)
{
	struct state person;
	int rc = state_of(by->store, STR(""), user_id, ORG_LDAP, &person, e);

	if (rc < 0 || !person.id)
		return rc;
	if (g)
		return place(by, &person, g, e);
	rc = org_sessions_end_all(by, user_id, e);
	return rc < 0 ? rc : org_note(by, "outside-gone", STR(""), e);
}
