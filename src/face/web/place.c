/* place.c - in which unit what a path names stands, and whether the visitor's rights reach there.
 * The rules stand in the table of routes, the reach in core/org/rights.c; here they meet. */
#include "face/web/work.h"

/* The unit of an object, and whose it is: staff id or NULL. */
static const char sql_host[] = "SELECT unit_id, NULL FROM host WHERE id = $1";
static const char sql_exception[] =
	"SELECT coalesce(h.unit_id, 1), NULL FROM exception x LEFT JOIN host h ON h.id = x.host_id"
	" WHERE x.id = $1";
static const char sql_unit[] = "SELECT id, NULL FROM unit WHERE id = $1";
static const char sql_staff[] = "SELECT unit_id, id FROM staff WHERE id = $1";
static const char sql_record[] = "SELECT unit_id, NULL FROM record WHERE id = $1";
static const char sql_case[] = "SELECT unit_id, staff_id FROM flow_case WHERE id = $1";
static const char sql_session[] = "SELECT unit_id, NULL FROM attest_session WHERE id = $1";
static const char sql_file[] =
	"SELECT coalesce((SELECT unit_id FROM record r WHERE f.of = 'record' AND r.id = f.key),"
	" f.unit_id), NULL FROM attachment f WHERE f.id = $1";
static const char sql_import[] = "SELECT unit_id, NULL FROM exchange_job WHERE id = $1";
static const char sql_account[] = "SELECT unit_id, staff_id FROM person WHERE id = $1";

/* Of those without a statement there is nothing to ask the database. */
static const char *const sql_of[OBJECT_COUNT] = {
	[OBJECT_HOST] = sql_host,
	[OBJECT_EXCEPTION] = sql_exception,
	[OBJECT_UNIT] = sql_unit,
	[OBJECT_STAFF] = sql_staff,
	[OBJECT_ACCOUNT] = sql_account,
	[OBJECT_RECORD] = sql_record,
	[OBJECT_CASE] = sql_case,
	[OBJECT_SESSION] = sql_session,
	[OBJECT_DUTY] = sql_unit,
	[OBJECT_FILE] = sql_file,
	[OBJECT_IMPORT] = sql_import,
};

enum org_right route_right(const struct route *r)
{
	unsigned right = r->rule >> 16 & 0xff;

	return right ? (enum org_right)(right - 1) : RIGHT_COUNT;
}

enum object route_object(const struct route *r)
{
	unsigned object = r->rule >> 24;

	return object ? (enum object)(object - 1) : OBJECT_NONE;
}

const struct org_tree *view_tree(struct view *v)
{
	struct err e = { 0 };

	if (!v->tree.units &&
		org_tree(v->web->store, org_day(v->by.now_s, v->a), v->a, &v->tree, &e) < 0) {
		fprintf(stderr, "khien web: %s\n", e.text);
		v->tree = (struct org_tree){ 0 }; /* nobody reaches anything in it */
	}
	return &v->tree;
}

bool view_may(struct view *v, enum org_right right, int64_t unit_id)
{
	return v->stage == STAGE_FULL && org_may(&v->user, right, view_tree(v), unit_id);
}

bool view_may_put(struct view *v, int64_t unit_id)
{
	const struct org_unit *u = org_unit_by_id(view_tree(v), unit_id);

	return u && u->is_live && view_may(v, RIGHT_ACT, unit_id);
}

struct view_units view_units(struct view *v, enum org_right right)
{
	int64_t *ids = NULL;
	struct view_units u = { 0 };
	struct json j;
	struct buf b;

	org_reached(&v->user, right, view_tree(v), v->a, &ids, &u.count);
	buf_init(&b, MIB);
	json_init(&j, &b, false);
	json_array(&j);
	for (size_t i = 0; i < u.count; i++)
		json_i64(&j, ids[i]);
	json_array_end(&j);
	u.ids = ids;
	u.json = arena_str(v->a, buf_str(&b));
	u.is_all = u.count == view_tree(v)->count;
	buf_done(&b);
	return u;
}

int view_hosts(struct view *v, enum org_right right, const struct org_host_query *about,
	struct org_host **ret, size_t *ret_count)
{
	struct org_host_query q = *about;
	struct view_units units = view_units(v, right);

	q.units = units.is_all ? STR_NONE : units.json;
	return org_hosts_of(v->web->store, &q, v->a, ret, ret_count, v->e);
}

/* The numbered object of the path: 1 found, 0 there is none, <0. */
static int object_of(struct view *v, const char *sql, int64_t *ret_unit, int64_t *ret_staff)
{
	struct store_query *q;
	int64_t id;
	int rc;

	if (!str_to_i64(v->args[0], &id) || id <= 0)
		return 0;
	q = store_query(v->web->store, sql);
	store_bind_i64(q, 1, id);
	rc = store_next(q, v->e);
	if (rc != 1)
		return rc;
	*ret_unit = store_i64(q, 0);
	*ret_staff = store_i64(q, 1);
	store_end(q);
	return 1;
}

/* Within reach, the person's own, or a duty that is theirs. */
static bool reaches(struct view *v, enum org_right right, int64_t unit, int64_t staff)
{
	if (org_may_self(&v->user, right, view_tree(v), unit, staff))
		return true;
	return route_object(v->route) == OBJECT_DUTY &&
		work_may_own(v, right, unit, work_who_of_path(v));
}

/* An object out of reach is not there: its number tells nothing. */
static bool object_allows(struct view *v, enum org_right right, const char *sql)
{
	int64_t unit = 0, staff = 0;
	int rc = object_of(v, sql, &unit, &staff);

	if (rc < 0)
		page_failed(v);
	else if (rc == 0 || !reaches(v, RIGHT_SEE, unit, staff))
		page_problem(v, 404);
	else if (!reaches(v, right, unit, staff))
		page_problem(v, 403);
	else
		return true;
	return false;
}

bool place_may_open(struct view *v, const struct route *r)
{
	enum org_right right = route_right(r);
	enum org_place reach;

	if (right == RIGHT_COUNT)
		return true;
	reach = org_reach(v->user.role, right);
	switch (route_object(r)) {
	case OBJECT_LIST:
		return reach > PLACE_SELF;
	case OBJECT_WHOLE:
		return reach > PLACE_SELF && view_may(v, right, ORG_UNIT_FIRST);
	default:
		return reach != PLACE_NONE;
	}
}

bool place_allows(struct view *v)
{
	enum org_right right = route_right(v->route);
	enum object object = route_object(v->route);

	if (right == RIGHT_COUNT)
		return true;
	if (!place_may_open(v, v->route)) {
		page_problem(v, 403);
		return false;
	}
	return !sql_of[object] || object_allows(v, right, sql_of[object]);
}
