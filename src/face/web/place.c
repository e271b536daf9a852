/* place.c - how far the rights of a visitor reach in the tree of units, and what rule a route has.
 * The rules stand in the table of routes, the reach in core/org/rights.c; here they meet. */
#include "face/web/web_int.h"

enum org_right route_right(const struct route *r)
{
	unsigned right = r->rule >> 16 & 0xff;

	return right ? (enum org_right)(right - 1) : RIGHT_COUNT;
}

size_t route_files_bytes(const struct route *r)
{
	return (size_t)(r->rule & 0xff) * MIB;
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

int64_t view_home(const struct view *v)
{
	return v->user.unit_id ? v->user.unit_id : ORG_UNIT_FIRST;
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
