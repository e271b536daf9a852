/* route_table.c - prints the table of routes and the table of rights as JSON, for the test of the
 * access matrix (tests/flow/test_matrix.py): it asks of the real server what these say. */
#include <stdio.h>

#include "face/web/web_int.h"

static const char *const objects[OBJECT_COUNT] = {
	[OBJECT_NONE] = "none",
	[OBJECT_LAW] = "law",
	[OBJECT_LIST] = "list",
	[OBJECT_MINE] = "mine",
	[OBJECT_WHOLE] = "whole",
	[OBJECT_HOST] = "host",
	[OBJECT_EXCEPTION] = "exception",
	[OBJECT_UNIT] = "unit",
	[OBJECT_STAFF] = "staff",
	[OBJECT_ACCOUNT] = "account",
	[OBJECT_RECORD] = "record",
	[OBJECT_CASE] = "case",
	[OBJECT_SESSION] = "session",
	[OBJECT_DUTY] = "duty",
	[OBJECT_FILE] = "file",
	[OBJECT_IMPORT] = "import",
};

static void routes_as_json(struct json *j)
{
	json_key(j, "routes");
	json_array(j);
	for (size_t i = 0; i < web_route_count; i++) {
		const struct route *r = &web_routes[i];
		enum object object = route_object(r);

		json_object(j);
		json_put(j, "method", r->method == HTTP_POST ? STR("POST") : STR("GET"));
		json_put(j, "path", str_of(r->path));
		json_put(j, "open",
			r->rule & ROLES_ANYONE       ? STR("anyone") :
				r->rule & ROLES_HALF ? STR("half") :
						       STR(""));
		if (route_right(r) != RIGHT_COUNT) {
			json_put(j, "right", str_of(org_right_id(route_right(r))));
			json_put(
				j, "object", str_of(objects[object] ? objects[object] : "unnamed"));
		}
		json_object_end(j);
	}
	json_array_end(j);
}

static void rights_as_json(struct json *j)
{
	json_key(j, "roles");
	json_object(j);
	for (size_t i = 0; i < USER_ROLE_COUNT; i++) {
		json_key(j, org_role_id(org_roles[i]));
		json_object(j);
		for (int right = 0; right < RIGHT_COUNT; right++)
			json_put(j, org_right_id((enum org_right)right),
				str_of(org_place_id(
					org_reach(org_roles[i], (enum org_right)right))));
		json_object_end(j);
	}
	json_object_end(j);
}

int main(void)
{
	struct json j;
	struct buf b;

	buf_init(&b, MIB);
	json_init(&j, &b, true);
	json_object(&j);
	routes_as_json(&j);
	rights_as_json(&j);
	json_object_end(&j);
	printf("%s\n", buf_cstr(&b));
	buf_done(&b);
	return 0;
}
