/* web_test.c - the table of routes: every row has its rule, and the API is described as it is. */
#include "face/web/web_int.h"

#include "test/unit.h"

static void every_route_has_a_rule(void **state)
{
	for (size_t i = 0; i < web_route_count; i++) {
		const struct route *r = &web_routes[i];

		assert_true(r->rule != 0);
		assert_true(r->path[0] == '/');
		assert_non_null(r->run);
		/* changing something needs more than being logged in, or is the way in or out */
		if (r->method == HTTP_POST && route_right(r) <= RIGHT_SEE)
			fail_msg("%s: who may only look may change it", r->path);
		/* what a path names stands somewhere, and the rule must say how to find out */
		if (strchr(r->path, '{') && route_right(r) != RIGHT_COUNT &&
			route_object(r) == OBJECT_NONE)
			fail_msg("%s: the rule names no object", r->path);
		if (!strchr(r->path, '{') && route_object(r) >= OBJECT_HOST)
			fail_msg("%s: the rule names an object, the path does not", r->path);
		for (size_t k = 0; k < i; k++)
			assert_false(web_routes[k].method == r->method &&
				strcmp(web_routes[k].path, r->path) == 0);
	}
}

/* An operation of web/openapi.json, as a route is written. */
struct described {
	char path[200];
	bool is_post, is_open;
};

/* "/hosts/{host}/runs" -> "/api/v1/hosts/{}/runs" */
static void route_form(struct str path, char *text, size_t size)
{
	size_t len = (size_t)snprintf(text, size, "/api/v1");
	bool is_inside = false;

	for (size_t i = 0; i < path.len && len + 1 < size; i++) {
		if (path.ptr[i] == '}')
			is_inside = false;
		if (!is_inside)
			text[len++] = path.ptr[i];
		if (path.ptr[i] == '{')
			is_inside = true;
	}
	text[len] = '\0';
}

/* The file is written with one blank a level, so its lines tell where they belong. */
static size_t openapi(struct described *ops, size_t max)
{
	struct str rest = asset_named("openapi.json")->bytes, line, path = STR_NONE;
	bool is_paths = false;
	size_t count = 0;

	while (str_next_line(&rest, &line)) {
		if (str_starts(line, " \""))
			is_paths = str_starts(line, " \"paths\"");
		if (!is_paths)
			continue;
		if (str_starts(line, "  \"/"))
			path = str_until(
				str_from(line, 3), (size_t)str_find_char(str_from(line, 3), '"'));
		if (str_starts(line, "   \"get\"") || str_starts(line, "   \"post\"")) {
			assert_true(count < max);
			ops[count].is_post = str_starts(line, "   \"post\"");
			ops[count].is_open = false;
			route_form(path, ops[count++].path, sizeof(ops->path));
		}
		if (str_starts(line, "    \"security\": []") && count)
			ops[count - 1].is_open = true;
	}
	return count;
}

static void the_api_is_described(void **state)
{
	struct described ops[64];
	size_t described = openapi(ops, COUNT(ops)), served = 0;

	for (size_t i = 0; i < web_route_count; i++) {
		const struct described *found = NULL;

		if (strncmp(web_routes[i].path, "/api/", 5) != 0)
			continue;
		served++;
		for (size_t k = 0; k < described; k++) {
			if (strcmp(ops[k].path, web_routes[i].path) == 0 &&
				ops[k].is_post == (web_routes[i].method == HTTP_POST))
				found = &ops[k];
		}
		if (!found)
			fail_msg("%s is not in openapi.json", web_routes[i].path);
		else if (found->is_open != (web_routes[i].rule == ROLES_ANYONE))
			fail_msg("%s: open or not?", web_routes[i].path);
	}
	assert_int_equal(described, served); /* and nothing else is promised */
	assert_true(served > 15);
}

static void the_guide_is_in_both_languages(void **state)
{
	for (size_t i = 0; i < guide_page_count; i++) {
		size_t pairs = 0;

		assert_true(guide_pages[i].block_count > 0);
		for (size_t k = 0; k < guide_page_count; k++)
			pairs += guide_pages[k].lang != guide_pages[i].lang &&
				strcmp(guide_pages[k].slug, guide_pages[i].slug) == 0;
		assert_int_equal(pairs, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_has_a_rule),
		cmocka_unit_test(the_api_is_described),
		cmocka_unit_test(the_guide_is_in_both_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
