/* api.c - /api/v1: the same calls as the pages, as JSON. Described in web/openapi.json, and a test
 * walks the route table against that file. What is sent is a form; what comes back is JSON. */
#include "face/web/signin.h"
#include "face/web/web_int.h"

#define RUNS_MAX 400

static void put_words(struct view *v, struct json *j, const char *key, struct words w)
{
	json_put(j, key, words_of(v, w));
}

void api_openapi(struct view *v)
{
	v->rs->content_type = "application/json";
	v->rs->still = asset_named("openapi.json")->bytes;
}

/* --- session ---------------------------------------------------------------------------------- */

static const char *stage_name(enum stage s)
{
	static const char *const names[] = { "none", "second-step", "change-password",
		"turn-on-second-step", "full" };

	return names[s];
}

static void put_session(struct view *v, struct str mark)
{
	struct json j;

	json_page(v, &j);
	json_object(&j);
	json_put(&j, "login", v->user.login);
	json_put(&j, "name", v->user.name);
	json_put(&j, "role", str_of(org_role_id(v->user.role)));
	json_put(&j, "stage", str_of(stage_name(v->stage)));
	json_put(&j, "mark", mark);
	json_put_i64(&j, "idle_s", v->rules.session_idle_min->number * 60);
	json_object_end(&j);
}

void api_session(struct view *v)
{
	put_session(v, v->session.csrf);
}

/* The mark of the session just made: its row is there, its cookie is on the way. */
static struct str new_mark(struct view *v)
{
	struct str cookie = str_of(v->rs->cookies[0]), name, rest;
	struct org_session made;

	if (!str_split(cookie, '=', &name, &rest) ||
		org_session_find(
			&v->by, str_until(rest, ORG_TOKEN_SIZE - 1), true, v->a, &made, v->e) != 1)
		return STR_NONE;
	return made.csrf;
}

static int finish_login(struct view *v, int64_t user_id, struct org_login *try)
{
	struct str code = form_value(v, "code");
	int rc = org_user(v->web->store, user_id, v->a, &v->user, v->e);

	v->by.login = v->user.login;
	store_actor(v->web->store, v->by.login, v->by.peer);
	if (rc == 0 && v->user.has_totp)
		rc = org_second_step(&v->by, user_id, code, try, v->e);
	if (rc < 0 || try->answer != LOGIN_FINE)
		return rc;
	rc = session_begin(v, user_id, v->user.has_totp);
	return rc < 0 ? rc : org_logged_in(&v->by, user_id, v->e);
}

/* --- a directory vouches: the same call again, with the cookie of the first answer ------------ */

static void put_wait(struct view *v)
{
	struct json j;

	v->rs->status = 202;
	v->rs->retry_after = "1";
	json_page(v, &j);
	json_object(&j);
	json_put(&j, "stage", STR("asking-directory"));
	json_object_end(&j);
}

static int ask_directory(struct view *v, struct str login, struct str password)
{
	enum signin_begun begun;
	int rc = signin_begin(v, SIGNIN_FOR_API, login, password, &begun);

	if (rc < 0)
		return rc;
	if (begun == SIGNIN_BEGUN)
		put_wait(v);
	else if (begun == SIGNIN_IS_LOCKED)
		json_problem(v, 401, "locked");
	else
		json_problem(v, 503, "too many log-ins wait");
	return 0;
}

/* The password was right: in, when one of the groups has a role and the second step is right. */
static int let_in(struct view *v, struct signin_wait *wait)
{
	const struct org_group *g = NULL;
	struct org_outside x = { .source = ORG_LDAP,
		.login = str_of(wait->login),
		.name = wait->answer.name,
		.email = wait->answer.email,
		.groups = wait->answer.groups,
		.group_count = wait->answer.group_count };
	struct org_login try = { 0 };
	int rc = signin_group(v, ORG_LDAP, wait, &g);

	if (rc == 0 && !g) {
		json_problem(v, 403, "none of the groups may log in");
		return org_note(&v->by, "ldap-no-group", x.login, v->e);
	}
	if (rc == 0)
		rc = org_outside_in(&v->by, &x, g, &try, v->e);
	if (rc == 0 && try.answer == LOGIN_FINE)
		rc = finish_login(v, try.user_id, &try);
	if (rc < 0)
		return rc;
	if (try.answer == LOGIN_FINE)
		put_session(v, new_mark(v));
	else
		json_problem(
			v, 401, try.answer == LOGIN_LOCKED ? "locked" : "log-in or code is wrong");
	return 0;
}

static const char *kept_out_words(enum signin_state state)
{
	switch (state) {
	case SIGNIN_MUST_CHANGE:
		return "the directory wants this password changed first";
	case SIGNIN_OLD:
		return "the password has expired in the directory";
	case SIGNIN_ENDED:
		return "the account has expired in the directory";
	case SIGNIN_NOT_NOW:
		return "the directory allows no log-in at this hour or from here";
	default:
		return "the account is disabled in the directory";
	}
}

static int told(struct view *v, struct signin_wait *wait)
{
	const struct signin_answer *x = &wait->answer;
	int rc = 0;

	if (x->state == SIGNIN_RIGHT)
		return let_in(v, wait);
	if (signin_is_kept_out(x)) {
		json_problem(v, 403, kept_out_words(x->state));
	} else if (signin_is_wrong(x)) {
		rc = signin_count(v, wait);
		json_problem(v, 401,
			wait->try.answer == LOGIN_LOCKED ? "locked" : "log-in or code is wrong");
	} else {
		json_problem(v, 503, "the directory does not answer; this try does not count");
	}
	return rc;
}

/* False: nobody waits for a directory. */
static bool api_waited(struct view *v)
{
	struct signin_wait *wait = signin_waiting(v, SIGNIN_FOR_API);

	if (!wait)
		return false;
	if (!wait->is_answered) {
		put_wait(v);
		return true;
	}
	if (told(v, wait) < 0)
		page_failed(v);
	signin_drop(v, wait);
	return true;
}

void api_session_post(struct view *v)
{
	struct str password = http_pair(v->form, "password");
	struct org_login try;
	bool is_outside = false;
	int rc;

	if (api_waited(v))
		return;
	if (signin_is_outside(v, form_value(v, "login"), &is_outside) < 0) {
		page_failed(v);
		return;
	}
	if (!(is_outside ? may_ask(v) : may_hash(v)))
		return;
	if (is_outside) {
		if (ask_directory(v, form_value(v, "login"), password.ptr ? password : STR("")) < 0)
			page_failed(v);
		return;
	}
	rc = org_login(
		&v->by, form_value(v, "login"), password.ptr ? password : STR(""), &try, v->e);
	if (rc == 0 && try.answer == LOGIN_FINE)
		rc = finish_login(v, try.user_id, &try);
	if (rc < 0)
		page_failed(v);
	else if (try.answer != LOGIN_FINE)
		json_problem(
			v, 401, try.answer == LOGIN_LOCKED ? "locked" : "log-in or code is wrong");
	else
		put_session(v, new_mark(v));
}

static void put_done(struct view *v)
{
	struct json j;

	json_page(v, &j);
	json_object(&j);
	json_key(&j, "done");
	json_bool(&j, true);
	json_object_end(&j);
}

void api_session_end(struct view *v)
{
	if (org_session_end(&v->by, v->session.id, v->e) < 0 ||
		org_note(&v->by, "logout", STR_NONE, v->e) < 0) {
		page_failed(v);
		return;
	}
	session_drop_cookie(v);
	put_done(v);
}

/* "{"items":[" … "]}": every list looks the same. */

/* --- tokens ----------------------------------------------------------------------------------- */

static void put_token(struct view *v, struct json *j, const struct org_token *t)
{
	json_object(j);
	json_put_i64(j, "id", t->id);
	json_put(j, "name", t->name);
	json_put(j, "scope", t->may_write ? STR("write") : STR("read"));
	json_put_time(j, "made", t->made_at_s);
	json_put_time(j, "until", t->until_s);
	json_put_time(j, "used", t->used_at_s);
	json_put_time(j, "ended", t->ended_at_s);
	json_key(j, "live");
	json_bool(j, org_token_is_live(t, v->by.now_s));
	json_object_end(j);
}

void api_tokens(struct view *v)
{
	struct org_token *list;
	struct json j;
	size_t count;

	if (org_tokens(v->web->store, v->user.id, v->a, &list, &count, v->e) < 0) {
		page_failed(v);
		return;
	}
	json_list(v, &j);
	for (size_t i = 0; i < count; i++)
		put_token(v, &j, &list[i]);
	json_list_end(&j);
}

void api_token_end(struct view *v)
{
	int64_t id = 0;

	if (!str_to_i64(v->args[0], &id) || id <= 0)
		(void)err_set(v->e, ERR_ABSENT, "no such token");
	else if (org_token_end(&v->by, id, v->user.id, v->e) == 0) {
		put_done(v);
		return;
	}
	page_failed(v);
}

/* --- hosts ------------------------------------------------------------------------------------ */

static void put_host(struct json *j, const struct org_host *h)
{
	json_object(j);
	json_put_i64(j, "id", h->id);
	json_put(j, "name", h->name);
	json_put(j, "kind", h->kind);
	json_put_i64(j, "level", h->level);
	json_put_time(j, "first_seen", h->first_seen_s);
	json_put_time(j, "last_seen", h->last_seen_s);
	json_object_end(j);
}

void api_hosts(struct view *v)
{
	struct org_host_query q = { .text = http_pair(v->query, "q"),
		.after = http_pair(v->query, "after"),
		.max = VIEW_HOSTS_MAX + 1 };
	struct org_host *hosts;
	struct json j;
	size_t count;
	bool has_more;

	if (view_hosts(v, RIGHT_SEE, &q, &hosts, &count) < 0) {
		page_failed(v);
		return;
	}
	has_more = count > VIEW_HOSTS_MAX;
	count -= has_more;
	json_list(v, &j);
	for (size_t i = 0; i < count; i++)
		put_host(&j, &hosts[i]);
	json_array_end(&j);
	json_put(&j, "next", has_more ? hosts[count - 1].name : STR_NONE);
	json_object_end(&j);
}

static int host_id(struct view *v, int64_t *ret)
{
	struct org_host h;

	if (!str_to_i64(v->args[0], ret))
		return err_set(v->e, ERR_ABSENT, "no such machine");
	return org_host(v->web->store, *ret, v->a, &h, v->e);
}

void api_host(struct view *v)
{
	struct org_host h;
	struct json j;
	int64_t id;

	if (host_id(v, &id) < 0 || org_host(v->web->store, id, v->a, &h, v->e) < 0) {
		page_failed(v);
		return;
	}
	json_page(v, &j);
	put_host(&j, &h);
}

static void put_run(struct json *j, const struct audit_run *run)
{
	json_object(j);
	json_put_i64(j, "id", run->id);
	json_put_time(j, "at", run->at_s);
	json_put_i64(j, "duration_us", run->duration_us);
	json_put(j, "program", run->program);
	json_put_i64(j, "pass", run->count[OUTCOME_PASS]);
	json_put_i64(j, "fail", run->count[OUTCOME_FAIL]);
	json_put_i64(j, "unknown", run->count[OUTCOME_UNKNOWN]);
	json_put_i64(j, "not_applicable", run->count[OUTCOME_NA]);
	json_object_end(j);
}

void api_runs(struct view *v)
{
	struct audit_runs runs;
	struct json j;
	int64_t id;

	if (host_id(v, &id) < 0 ||
		evidence_runs(v->web->store, id, RUNS_MAX, v->a, &runs, v->e) < 0) {
		page_failed(v);
		return;
	}
	json_list(v, &j);
	for (size_t i = 0; i < runs.count; i++)
		put_run(&j, &runs.at[i]);
	json_list_end(&j);
}

static void put_result(struct view *v, struct json *j, const struct evidence *row)
{
	json_object(j);
	json_put(j, "check", row->check);
	json_put(j, "subject", row->subject);
	json_put(j, "outcome", str_of(outcome_name(row->outcome)));
	json_put(j, "reason", row->reason);
	json_put(j, "detail", row->detail);
	json_put(j, "found", row->found);
	json_put(j, "wanted", row->wanted);
	json_put(j, "file", row->file);
	json_put_i64(j, "line", row->line);
	json_put(j, "overrode", row->lost);
	json_put(j, "sha256", row->extract_sha256);
	json_put_time(j, "at", row->at_s);
	json_object_end(j);
}

void api_results(struct view *v)
{
	struct json j;
	struct facts f;
	int64_t id;

	if (host_id(v, &id) < 0 || facts_load(v, id, &f, v->e) < 0) {
		page_failed(v);
		return;
	}
	json_list(v, &j);
	for (size_t i = 0; i < f.row_count; i++)
		put_result(v, &j, &f.rows[i]);
	json_list_end(&j);
}

static void put_verdict(struct view *v, struct json *j, const struct comply_verdict *cv)
{
	json_object(j);
	json_put(j, "obligation", str_of(obligation_name(v, cv->obligation)));
	json_put(j, "about", cv->is_about_host ? STR("host") : STR("unit"));
	json_put(j, "verdict", str_of(verdict_name(cv->verdict)));
	json_put(j, "why", str_of(cv->why ? tr(v->lang, cv->why) : ""));
	json_put_time(j, "excepted_until", cv->exception ? cv->exception->until_s : 0);
	json_key(j, "checks");
	json_array(j);
	for (size_t i = 0; i < cv->proof_count; i++) {
		if (cv->proofs[i].asked->by == BY_CHECK)
			json_str(j, cv->proofs[i].asked->check);
	}
	json_array_end(j);
	json_object_end(j);
}

void api_verdicts(struct view *v)
{
	struct json j;
	struct facts f;
	int64_t id;

	if (host_id(v, &id) < 0 || facts_load(v, id, &f, v->e) < 0) {
		page_failed(v);
		return;
	}
	json_list(v, &j);
	for (size_t i = 0; i < f.verdict_count; i++)
		put_verdict(v, &j, &f.verdicts[i]);
	json_list_end(&j);
}

void api_audit(struct view *v)
{
	bool is_done = audit_now(v);
	struct json j;

	v->rs->status = is_done ? 200 : 202;
	json_page(v, &j);
	json_object(&j);
	json_key(&j, "done");
	json_bool(&j, is_done);
	json_object_end(&j);
}

/* --- the law ---------------------------------------------------------------------------------- */

void api_packs(struct view *v)
{
	char text[CLOCK_TEXT_MAX];
	struct json j;

	json_list(v, &j);
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		json_object(&j);
		json_put(&j, "id", p->id);
		put_words(v, &j, "title", p->title);
		json_put(&j, "from", str_of(date_iso(p->from, text)));
		json_put(&j, "to", p->has_to ? str_of(date_iso(p->to, text)) : STR_NONE);
		json_key(&j, "in_force");
		json_bool(&j, pack_in_force(p, date_at(v->by.now_s)));
		json_put_i64(&j, "clauses", (int64_t)p->clause_count);
		json_put_i64(&j, "obligations", (int64_t)p->obligation_count);
		put_words(v, &j, "source_note", p->source_note);
		json_object_end(&j);
	}
	json_list_end(&j);
}

void api_clauses(struct view *v)
{
	const struct pack *p = pack_by_id(v->web->packs, v->args[0]);
	struct json j;

	if (!p) {
		page_problem(v, 404);
		return;
	}
	json_list(v, &j);
	for (size_t i = 0; i < p->clause_count; i++) {
		const struct clause *c = &p->clauses[i];

		json_object(&j);
		json_put(&j, "id", c->id);
		json_put(&j, "parent", c->parent ? c->parent->id : STR_NONE);
		json_put(&j, "label", c->label);
		json_put(&j, "title", c->title);
		json_put(&j, "text", c->text);
		json_put(&j, "cite", clause_cite(c, v->lang, v->a));
		json_object_end(&j);
	}
	json_list_end(&j);
}

void api_obligations(struct view *v)
{
	const struct pack *p = pack_by_id(v->web->packs, v->args[0]);
	struct json j;

	if (!p) {
		page_problem(v, 404);
		return;
	}
	json_list(v, &j);
	for (size_t i = 0; i < p->obligation_count; i++) {
		const struct obligation *o = &p->obligations[i];

		json_object(&j);
		json_put(&j, "id", o->id);
		json_put(&j, "clause", o->clause->id);
		put_words(v, &j, "title", o->title);
		put_words(v, &j, "trigger", o->trigger);
		json_key(&j, "who");
		json_array(&j);
		for (size_t k = 0; k < o->who_count; k++)
			json_str(&j, o->who[k]);
		json_array_end(&j);
		json_put_i64(&j, "weight", o->weight);
		json_key(&j, "mandatory");
		json_bool(&j, o->is_mandatory);
		json_object_end(&j);
	}
	json_list_end(&j);
}

static void put_value(struct json *j, const struct param_value *value)
{
	static const char *const forces[] = {
		[FORCE_BINDING] = "binding", [FORCE_ADVICE] = "advice", [FORCE_DEFAULT] = "default"
	};

	json_object(j);
	json_key(j, "items");
	json_array(j);
	for (size_t i = 0; i < value->item_count; i++)
		json_str(j, value->items[i]);
	json_array_end(j);
	json_put(j, "pack", value->param->pack->id);
	json_put(j, "clause", value->clause);
	json_put(j, "force", str_of(forces[value->force]));
	json_object_end(j);
}

static void put_ruling(struct view *v, struct json *j, const struct param *param, int level)
{
	struct param_ruling r =
		pack_param(v->web->packs, param->id, level, date_at(v->by.now_s), v->a);

	if (!r.winner || r.winner->param != param)
		return; /* told with the pack that wins */
	json_object(j);
	json_put(j, "id", param->id);
	put_words(v, j, "title", param->title);
	json_put(j, "unit", param->unit);
	json_key(j, "winner");
	put_value(j, r.winner);
	json_key(j, "losers");
	json_array(j);
	for (size_t i = 0; i < r.loser_count; i++)
		put_value(j, r.losers[i]);
	json_array_end(j);
	json_object_end(j);
}

void api_params(struct view *v)
{
	struct str typed = http_pair(v->query, "level");
	int64_t level = 1;
	struct json j;

	if (typed.ptr && (!str_to_i64(typed, &level) || level < 1 || level > 5)) {
		page_problem(v, 400);
		return;
	}
	json_list(v, &j);
	for (size_t i = 0; i < pack_count(v->web->packs); i++) {
		const struct pack *p = pack_at(v->web->packs, i);

		for (size_t k = 0; k < p->param_count; k++)
			put_ruling(v, &j, &p->params[k], (int)level);
	}
	json_list_end(&j);
}

/* --- exceptions ------------------------------------------------------------------------------- */

void api_exceptions(struct view *v)
{
	struct exceptions all;
	struct json j;

	if (exceptions_seen(v, &all) < 0) {
		page_failed(v);
		return;
	}
	json_list(v, &j);
	for (size_t i = 0; i < all.count; i++) {
		const struct exception *x = &all.at[i];

		json_object(&j);
		json_put_i64(&j, "id", x->id);
		json_put_i64(&j, "unit", exception_unit(&all, x));
		json_put_i64(&j, "host", x->host_id);
		json_put(&j, "obligation", x->obligation);
		json_put(&j, "reason", x->reason);
		json_put(&j, "measure", x->measure);
		json_put(&j, "approver", x->approver);
		json_put(&j, "made_by", x->made_by);
		json_put_time(&j, "from", x->from_s);
		json_put_time(&j, "until", x->until_s);
		json_put_time(&j, "ended", x->ended_at_s);
		json_object_end(&j);
	}
	json_list_end(&j);
}

void api_exception_post(struct view *v)
{
	struct org_host h;
	int64_t id;

	if (!str_to_i64(form_value(v, "host"), &id)) {
		json_problem(v, 422, "host: which machine?");
		return;
	}
	if (org_host(v->web->store, id, v->a, &h, v->e) < 0) {
		page_failed(v);
		return;
	}
	if (!view_may(v, RIGHT_ACT, h.unit_id)) {
		page_problem(v, view_may(v, RIGHT_SEE, h.unit_id) ? 403 : 404);
		return;
	}
	if (exception_take(v, id) == 0) {
		v->rs->status = 201;
		put_done(v);
	} else if (v->fault_count) {
		json_problem(v, 422, v->faults[0].words);
	} else {
		page_failed(v);
	}
}

void api_exception_end(struct view *v)
{
	int64_t id;

	if (!str_to_i64(v->args[0], &id))
		page_problem(v, 404);
	else if (exception_end(v->web->store, id, v->by.now_s, v->e) < 0 ||
		org_note(&v->by, "exception-end", v->args[0], v->e) < 0)
		page_failed(v);
	else
		put_done(v);
}
