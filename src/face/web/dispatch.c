/* dispatch.c - one request: its route, its visitor, its answer. */
#include "face/web/web_int.h"

/* One segment: "{}" takes anything but nothing, "{}.csv" what stands before the end. */
static bool segment_matches(struct str pattern, struct str segment, struct view *v, size_t *arg)
{
	struct str tail;

	if (!str_starts(pattern, "{}"))
		return str_eq(pattern, segment);
	tail = str_from(pattern, 2);
	if (segment.len <= tail.len || !str_eq(str_from(segment, segment.len - tail.len), tail))
		return false;
	assert(*arg < VIEW_ARGS_MAX);
	v->args[*arg] = http_path_decode(str_until(segment, segment.len - tail.len), v->a);
	return v->args[(*arg)++].ptr != NULL;
}

static bool path_matches(const char *pattern, struct str path, struct view *v)
{
	struct str want = str_of(pattern), want_part, part;
	size_t arg = 0;

	do {
		bool has_want = str_split(str_from(want, 1), '/', &want_part, &want);
		bool has_more = str_split(str_from(path, 1), '/', &part, &path);

		if (!has_want)
			want_part = str_from(want, 1);
		if (!has_more)
			part = str_from(path, 1);
		if (has_want != has_more || !segment_matches(want_part, part, v, &arg))
			return false;
		if (!has_want)
			return true;
		/* str_split took the slash; put it back for the next turn */
		want.ptr--, want.len++;
		path.ptr--, path.len++;
	} while (true);
}

/* The route of this path and method; *RET_HAS_PATH tells of the path with another method. */
static const struct route *find(struct view *v, bool *ret_has_path)
{
	for (size_t i = 0; i < v->web->route_count; i++) {
		const struct route *r = &v->web->routes[i];

		if (!path_matches(r->path, v->rq->path, v))
			continue;
		*ret_has_path = true;
		if (r->method == v->rq->method)
			return r;
	}
	return NULL;
}

static void language(struct view *v)
{
	struct str chosen = http_cookie(http_header(v->rq, "cookie"), "ngon-ngu");
	struct str wanted = http_header(v->rq, "accept-language");

	v->lang = LANG_VI;
	if (!lang_parse(chosen, &v->lang) && is_api(v) && str_starts(wanted, "en"))
		v->lang = LANG_EN;
}

/* Query, form, rules and session; 0, or <0 with the failure in v->e. */
static int prepare(struct view *v)
{
	int rc = http_form_parse(v->rq->query, v->a, &v->query, v->e);

	v->form = v->rq->parts;
	if (rc == 0)
		rc = session_load(v, v->e);
	/* of a form with files nothing is read for who is logged out: they are sent to log in */
	if (rc == 0 && v->rq->method == HTTP_POST && v->rq->parts.count == 0 &&
		(v->stage != STAGE_NOBODY || (v->route->rule & ROLES_ANYONE)))
		rc = http_form_parse(v->rq->body, v->a, &v->form, v->e);
	return rc;
}

/* A visitor about whom nothing is known yet. */
static void arrive(struct view *v, struct web *w, const struct http_request *rq)
{
	v->web = w;
	v->rq = rq;
	v->a = rq->arena;
	v->by = (struct org_actor){ .store = w->store,
		.peer = rq->peer,
		.now_s = clock_now_s(),
		.key = w->key,
		.rules = &v->rules,
		.login = STR("") };
	store_actor(w->store, STR(""), rq->peer);
	language(v);
}

/* Whoever is not logged in whole, or has no right, brings nothing; but the form that outlived its
 * session is read to its end, or the browser would show a broken connection and not the log-in. */
void web_admit(void *context, const struct http_request *rq, struct http_admit *admit)
{
	struct web *w = context;
	struct err e = { 0 };
	struct view v = { .e = &e };
	bool has_path = false;

	if (!w->disk)
		return;
	arrive(&v, w, rq);
	v.route = find(&v, &has_path);
	if (!v.route || route_files_bytes(v.route) == 0 || session_load(&v, &e) < 0)
		return;
	admit->body_max_bytes = route_files_bytes(v.route);
	admit->is_refused = v.stage != STAGE_FULL || !place_may_open(&v, v.route);
	admit->folder = admit->is_refused ? NULL : INCOMING;
}

/* The body did not come as it should; answers itself. */
static bool has_body(struct view *v)
{
	static const int status[] = {
		[HTTP_BODY_LARGE] = 413, [HTTP_BODY_WRONG] = 400, [HTTP_BODY_UNKEPT] = 507
	};

	if (v->rq->fault == HTTP_BODY_FINE)
		return true;
	page_problem(v, status[v->rq->fault]);
	return false;
}

/* More than the page takes from anybody: that is said first, as logging in would not help. */
static bool is_too_large(const struct view *v)
{
	size_t max = route_files_bytes(v->route);
	int64_t sent = 0;

	return max && v->rq->fault == HTTP_BODY_LARGE &&
		str_to_i64(http_header(v->rq, "content-length"), &sent) && sent > (int64_t)max;
}

static void answer(struct view *v, bool has_path)
{
	if (!v->route) {
		/* who is logged in keeps the way to all pages */
		if (!is_api(v) && session_load(v, v->e) < 0)
			v->stage = STAGE_NOBODY;
		page_problem(v, has_path ? 405 : 404);
		return;
	}
	if (prepare(v) < 0) {
		page_failed(v);
		return;
	}
	if (is_too_large(v)) {
		page_problem(v, 413);
		return;
	}
	if (!gate_allows(v) || !has_body(v))
		return;
	if (v->rq->method == HTTP_POST && !is_own_form(v)) {
		page_problem(v, 403);
		return;
	}
	v->route->run(v);
}

void web_handle(void *context, const struct http_request *rq, struct http_response *rs)
{
	struct web *w = context;
	struct err e = { 0 };
	struct view v = { .rs = rs, .w = &rs->body, .e = &e };
	uint64_t before = store_begun(w->store);
	bool has_path = false;

	arrive(&v, w, rq);
	v.route = find(&v, &has_path);
	answer(&v, has_path);
	statements_tell(&v, before);
}
