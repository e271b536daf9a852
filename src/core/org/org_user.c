/* org_user.c - the accounts, read. */
#include "core/org/org_int.h"

static const char sql_users[] =
	"SELECT " ORG_USER_COLUMNS " FROM person p"
	" WHERE ($1 = 0 OR p.id = $1) AND ($2 = '' OR p.login = $2) ORDER BY p.login";
static const char sql_count[] = "SELECT count(*) FROM person";

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

static const char sql_roles[] = "SELECT DISTINCT coalesce(unit_id, 1), role FROM person"
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
