/* goods.c - rows that go from unit to unit. */
#include "core/org/goods.h"
#include "core/org/org_int.h"

/* clang-format off */
#define MOVED(table, event) \
	"(SELECT row_id FROM unit_moved WHERE event_id = " event " AND of_table = '" table "')"
#define WHICH(table) \
	"INSERT INTO unit_moved (event_id, of_table, row_id) SELECT $2, '" table "', x.id FROM " \
	table " x "
#define OF_UNIT "WHERE x.unit_id = $1"
#define TAKE(table) \
	{ "UPDATE " table " SET unit_id = $2 WHERE unit_id = $1 AND id IN " MOVED(table, "$3"), \
	  "fte" }
#define BRING(table) \
	{ "UPDATE " table " SET unit_id = $1 WHERE unit_id = $2 AND id IN " MOVED(table, "$3"), \
	  "fte" }
#define OPEN_ROLE " AND coalesce(x.until_day, '') = ''"
#define LIVE_TOKEN \
	"JOIN person p ON p.id = x.person_id WHERE p.unit_id = $1 AND x.ended_at_s = 0" \
	" AND x.until_s > row_now()"

const struct org_goods org_goods[] = {
	{ T("người"), NULL, "SELECT count(*) FROM staff WHERE unit_id = $1 AND state <> 'left'",
		{ WHICH("staff") OF_UNIT, "fe" },
		{ { "staff", { WHICH("staff") OF_UNIT " AND x.id = $3", "fek" } } },
		{ TAKE("staff") }, { BRING("staff") } },
	/* a role that somebody at the successor has already is not given to a second one */
	{ T("vai trò theo quy chế"),
		T("theo người giữ; vai trò mà đơn vị tiếp nhận đã có người giữ thì kết thúc"),
		"SELECT count(*) FROM staff_role x " OF_UNIT OPEN_ROLE,
		{ WHICH("staff_role") OF_UNIT OPEN_ROLE, "fe" },
		{ { "staff", { WHICH("staff_role") OF_UNIT OPEN_ROLE " AND x.staff_id = $3",
			"fek" } } },
		{ { "INSERT INTO staff_role (staff_id, role, unit_id, from_day, decision,"
		    " decision_day)"
		    " SELECT x.staff_id, x.role, $1, v.day, v.decision, v.decision_day"
		    " FROM staff_role x JOIN unit_event v ON v.id = $2"
		    " WHERE x.id IN " MOVED("staff_role", "$2") " AND NOT EXISTS"
		    " (SELECT 1 FROM staff_role h WHERE h.unit_id = $1 AND h.role = x.role"
		    " AND coalesce(nullif(h.until_day, ''), '9999') > v.day) ORDER BY x.id", "te" },
		  { "INSERT INTO unit_moved (event_id, of_table, row_id)"
		    " SELECT $2, 'staff_role_new', x.id FROM staff_role x JOIN unit_event v"
		    " ON v.id = $2 AND v.day = x.from_day AND v.decision = x.decision"
		    " WHERE x.unit_id = $1 AND x.id >"
		    " (SELECT max(row_id) FROM unit_moved WHERE event_id = $2"
		    " AND of_table = 'staff_role')", "te" },
		  { "UPDATE staff_role SET until_day = (SELECT day FROM unit_event WHERE id = $1)"
		    " WHERE id IN " MOVED("staff_role", "$1"), "e" } },
		{ { "UPDATE staff_role SET until_day = NULL WHERE id IN " MOVED("staff_role", "$1"),
		    "e" },
		  { "UPDATE staff_role SET until_day = from_day WHERE id IN "
		    MOVED("staff_role_new", "$1"), "e" } } },
	{ T("máy"), NULL, "SELECT count(*) FROM host WHERE unit_id = $1",
		{ WHICH("host") OF_UNIT, "fe" },
		{ { "host", { WHICH("host") OF_UNIT " AND x.id = $3", "fek" } } },
		{ TAKE("host") }, { BRING("host") } },
	/* before the accounts, by whose unit they are found */
	{ T("mã truy cập API"), T("hết hiệu lực; chủ của mã tạo mã mới"),
		"SELECT count(*) FROM api_token x " LIVE_TOKEN,
		{ WHICH("api_token") LIVE_TOKEN, "fe" },
		{ { "staff", { WHICH("api_token") LIVE_TOKEN " AND p.staff_id = $3", "fek" } } },
		{ { "UPDATE api_token SET ended_at_s = $1, ended_by = $2, ended_why = 'changed'"
		    " WHERE id IN " MOVED("api_token", "$3"), "sbe" } },
		{ { 0 } } },
	{ T("tài khoản"), NULL,
		"SELECT count(*) FROM person WHERE unit_id = $1 AND disabled_at_s = 0",
		{ WHICH("person") OF_UNIT, "fe" },
		{ { "staff", { WHICH("person") OF_UNIT " AND x.staff_id = $3", "fek" } } },
		{ TAKE("person") }, { BRING("person") } },
	{ T("nhóm đăng nhập"), NULL, "SELECT count(*) FROM login_group WHERE unit_id = $1",
		{ WHICH("login_group") OF_UNIT, "fe" }, { { 0 } },
		{ TAKE("login_group") }, { BRING("login_group") } },
	{ 0 },
};
/* clang-format on */

static int run(const struct org_actor *by, const struct org_statement *s, const struct org_going *g,
	struct err *e)
{
	struct store_query *q = store_query(by->store, s->sql);

	for (int i = 0; s->binds[i]; i++) {
		if (s->binds[i] == 'b')
			store_bind_str(q, i + 1, by->login);
		else if (s->binds[i] == 'k')
			store_bind_str(q, i + 1, g->key);
		else
			store_bind_i64(q, i + 1,
				s->binds[i] == 'f'         ? g->from_id :
					s->binds[i] == 't' ? g->to_id :
					s->binds[i] == 'e' ? g->event_id :
							     by->now_s);
	}
	return store_run(q, e);
}

/* Goods of org, then of the rooms above; NULL after the last. */
static const struct org_goods *goods_next(
	const struct org_actor *by, const struct org_goods *at, size_t *list)
{
	at = at ? at + 1 : org_goods;
	while (!at->words) {
		if (!by->goods || !by->goods[*list])
			return NULL;
		at = by->goods[(*list)++];
	}
	return at;
}

static int run_all(const struct org_actor *by, const struct org_statement *s,
	const struct org_going *g, struct err *e)
{
	int rc = 0;

	for (; rc == 0 && s->sql; s++)
		rc = run(by, s, g, e);
	return rc;
}

int org_goods_run(
	const struct org_actor *by, const struct org_going *g, bool is_back, struct err *e)
{
	const struct org_goods *at = NULL;
	size_t list = 0;
	int rc = 0;

	while (rc == 0 && (at = goods_next(by, at, &list))) {
		if (!is_back && !at->remember.sql)
			continue;
		if (!is_back)
			rc = run(by, &at->remember, g, e);
		if (rc == 0)
			rc = run_all(by, is_back ? at->back : at->move, g, e);
	}
	return rc;
}

int org_goods_pick(
	const struct org_actor *by, const struct org_going *g, const char *of, struct err *e)
{
	const struct org_goods *at = NULL;
	size_t list = 0;
	int rc = 0;

	while (rc == 0 && (at = goods_next(by, at, &list)))
		for (const struct org_pick *p = at->picks; rc == 0 && p->of; p++)
			if (strcmp(p->of, of) == 0)
				rc = run(by, &p->one, g, e);
	return rc;
}

int org_goods_take(const struct org_actor *by, const struct org_going *g, struct err *e)
{
	const struct org_goods *at = NULL;
	size_t list = 0;
	int rc = 0;

	while (rc == 0 && (at = goods_next(by, at, &list)))
		if (at->picks[0].of)
			rc = run_all(by, at->move, g, e);
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
	VEC(struct org_goods_count) counts = { 0 };
	const struct org_goods *at = NULL;
	size_t list = 0;
	int rc = 0;

	while (rc == 0 && (at = goods_next(by, at, &list))) {
		struct org_goods_count *one = vec_add(a, &counts);

		one->goods = at;
		rc = count_one(by, at, unit_id, &one->count, e);
	}
	if (rc < 0)
		return rc;
	*ret = counts.at;
	*ret_count = counts.len;
	return 0;
}
