/* gate.c - may this visitor come here: by the rule of the route, and by the unit in which what the
 * path names stands? It answers by itself when not. */
#include "face/web/work.h"

/* The unit of an object, and whose it is: staff id or NULL. */
static const char sql_host[] = "SELECT unit_id, NULL FROM host WHERE id = $1";
static const char sql_exception[] =
	"SELECT coalesce(h.unit_id, nullif(x.unit_id, 0), 1), NULL FROM exception x"
	" LEFT JOIN host h ON h.id = x.host_id WHERE x.id = $1";
static const char sql_unit[] = "SELECT id, NULL FROM unit WHERE id = $1";
static const char sql_staff[] = "SELECT unit_id, id FROM staff WHERE id = $1";
static const char sql_record[] = "SELECT unit_id, NULL FROM record WHERE id = $1";
static const char sql_case[] = "SELECT unit_id, staff_id FROM flow_case WHERE id = $1";
static const char sql_session[] = "SELECT unit_id, NULL FROM attest_session WHERE id = $1";
static const char sql_file[] =
	"SELECT coalesce((SELECT unit_id FROM record r WHERE f.of = 'record' AND r.id = f.key),"
	" (SELECT unit_id FROM flow_case c WHERE f.of = 'case' AND c.id = f.key), f.unit_id),"
	" (SELECT staff_id FROM flow_case c WHERE f.of = 'case' AND c.id = f.key)"
	" FROM attachment f WHERE f.id = $1";
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

static bool allows(struct view *v)
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

/* Where one logs in, and why: a form with files is not kept, and they are to know it. */
static const char *log_in_path(struct view *v)
{
	if (v->stage != STAGE_NOBODY)
		return stage_path(v->stage);
	if (route_files_bytes(v->route))
		return "/dang-nhap?bao=chua-luu";
	return v->had_cookie ? "/dang-nhap?bao=het-phien" : stage_path(v->stage);
}

bool gate_allows(struct view *v)
{
	unsigned rule = v->route->rule;

	if (rule & ROLES_ANYONE)
		return true;
	if (!token_allows(v))
		return false;
	if (v->stage == STAGE_NOBODY || (v->stage != STAGE_FULL && !(rule & ROLES_HALF))) {
		if (is_api(v))
			v->rs->authenticate = "Bearer";
		if (is_api(v))
			json_problem(v, 401,
				v->stage == STAGE_NOBODY ? "not logged in" :
							   "log-in is not complete");
		else
			redirect(v, log_in_path(v));
		return false;
	}
	return allows(v);
}
