/* goods.c - rows that go from unit to unit. */
#include "core/org/goods.h"
#include "core/org/org_int.h"

#define REMEMBER(table, where) \
	{ \
		"INSERT INTO unit_moved (event_id, of_table, row_id) SELECT $2, '" table \
		"', id FROM " table " WHERE unit_id = $1" where, \
			"fe" \
	}
#define TAKE(table) \
	{ \
		"UPDATE " table " SET unit_id = $2 WHERE unit_id = $1", "ft" \
	}
#define BRING(table) \
	{ \
		"UPDATE " table " SET unit_id = $1 WHERE unit_id = $2 AND id IN" \
		" (SELECT row_id FROM unit_moved WHERE event_id = $3 AND of_table = '" table "')", \
			"fte" \
	}

const struct org_goods org_goods[] = {
	{ T("người"), "SELECT count(*) FROM staff WHERE unit_id = $1 AND state <> 'left'",
		{ REMEMBER("staff", ""), TAKE("staff") }, { BRING("staff") } },
	{ T("máy"), "SELECT count(*) FROM host WHERE unit_id = $1",
		{ REMEMBER("host", ""), TAKE("host") }, { BRING("host") } },
	{ T("tài khoản"), "SELECT count(*) FROM person WHERE unit_id = $1 AND disabled_at_s = 0",
		{ REMEMBER("person", ""), TAKE("person") }, { BRING("person") } },
	{ T("nhóm đăng nhập"), "SELECT count(*) FROM login_group WHERE unit_id = $1",
		{ REMEMBER("login_group", ""), TAKE("login_group") }, { BRING("login_group") } },
	{ 0 },
};

static int run(const struct org_actor *by, const struct org_statement *s, const struct org_going *g,
	struct err *e)
{
	struct store_query *q = store_query(by->store, s->sql);

	for (int i = 0; s->binds[i]; i++) {
		if (s->binds[i] == 'b')
			store_bind_str(q, i + 1, by->login);
		else
			store_bind_i64(q, i + 1,
				s->binds[i] == 'f'         ? g->from_id :
					s->binds[i] == 't' ? g->to_id :
					s->binds[i] == 'e' ? g->event_id :
							     by->now_s);
	}
	return store_run(q, e);
}

static int run_list(const struct org_actor *by, const struct org_goods *list,
	const struct org_going *g, bool is_back, struct err *e)
{
	int rc = 0;

	for (; rc == 0 && list->words; list++)
		for (const struct org_statement *s = is_back ? list->back : list->move;
			rc == 0 && s->sql; s++)
			rc = run(by, s, g, e);
	return rc;
}

int org_goods_run(
	const struct org_actor *by, const struct org_going *g, bool is_back, struct err *e)
{
	int rc = run_list(by, org_goods, g, is_back, e);

	for (size_t i = 0; rc == 0 && by->goods && by->goods[i]; i++)
		rc = run_list(by, by->goods[i], g, is_back, e);
	return rc;
}

static int count_one(const struct org_actor *by, const struct org_goods *goods, int64_t unit_id,
	int64_t *ret, struct err *e)
{
	struct store_query *q = store_query(by->store, goods->count);
	int rc;

	store_bind_i64(q, 1, unit_id);
	rc = store_next(q, e);
	if (rc < 0)
		return rc;
	*ret = store_i64(q, 0);
	store_end(q);
	return 0;
}

int org_goods_of(const struct org_actor *by, int64_t unit_id, struct arena *a,
	struct org_goods_count **ret, size_t *ret_count, struct err *e)
{
	VEC(struct org_goods_count) list = { 0 };
	const struct org_goods *at = org_goods;
	size_t next = 0;
	int rc = 0;

	while (rc == 0 && at) {
		for (; rc == 0 && at->words; at++) {
			struct org_goods_count *one = vec_add(a, &list);

			one->goods = at;
			rc = count_one(by, at, unit_id, &one->count, e);
		}
		at = by->goods ? by->goods[next++] : NULL;
	}
	if (rc < 0)
		return rc;
	*ret = list.at;
	*ret_count = list.len;
	return 0;
}
