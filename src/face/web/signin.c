/* signin.c - questions about log-ins on their way to the process that asks others, and back. */
#include "face/web/signin.h"

#define PATIENCE_US ((SIGNIN_TIME_S + 5) * (int64_t)1000000)
#define KEPT_US (120 * (int64_t)1000000) /* an answer nobody fetches */
#define FETCHED_US (10 * (int64_t)1000000) /* who waits asks each second: so long it is theirs */
#define ANSWER_MEMORY_BYTES (512 * KIB)
#define TICKET "khien-cho"
#define TICKET_S 300

/* --- asking ----------------------------------------------------------------------------------- */

bool signin_is_on(struct view *v, const char *setting)
{
	struct str value = STR_NONE;

	return v->web->desk && org_setting(v->web->store, setting, v->a, &value, v->e) == 0 &&
		str_is(value, "1");
}

int signin_load(struct view *v, const struct signin_source *source, struct signin_question *q)
{
	int rc = 0;

	for (size_t i = 0; i < source->count && rc == 0; i++) {
		const struct signin_setting *s = &source->settings[i];

		rc = s->is_secret ?
			org_secret(v->web->store, v->web->key, s->name, v->a, &q->at[s->at], v->e) :
			org_setting(v->web->store, s->name, v->a, &q->at[s->at], v->e);
		if (rc == 0 && !q->at[s->at].ptr && s->usual)
			q->at[s->at] = str_of(s->usual);
	}
	return rc;
}

static void forget_password(struct signin_wait *wait)
{
	wipe((void *)(uintptr_t)wait->password.ptr, wait->password.len);
	wait->password = STR_NONE;
}

static void set_free(struct signin_wait *wait)
{
	forget_password(wait);
	arena_done(&wait->arena);
	*wait = (struct signin_wait){ 0 };
}

/* As if the directory had answered STATE. */
static void answer_here(struct signin_wait *wait, enum signin_state state)
{
	forget_password(wait);
	wait->is_answered = true;
	wait->answered_us = clock_monotonic_us();
	wait->answer = (struct signin_answer){ .state = state, .detail = STR("") };
}

/* A free place; those that nobody came back to are free, and when there is none, the oldest of
 * those that are answered and were not fetched for long. */
static struct signin_wait *place(struct signin_desk *desk)
{
	int64_t now_us = clock_monotonic_us();
	struct signin_wait *oldest = NULL;

	for (size_t i = 0; i < SIGNIN_WAITS; i++) {
		struct signin_wait *wait = &desk->waits[i];

		if (wait->password.ptr && now_us - wait->since_us > PATIENCE_US)
			answer_here(wait, SIGNIN_SLOW); /* a password is not kept for ever */
		if (wait->id && now_us - wait->since_us > KEPT_US)
			set_free(wait);
		if (!wait->id)
			return wait;
		if (wait->is_answered && now_us - wait->answered_us > FETCHED_US &&
			(!oldest || wait->since_us < oldest->since_us))
			oldest = wait;
	}
	if (oldest)
		set_free(oldest);
	return oldest;
}

/* So many of one address wait for an answer that it gets no more: a directory that is slow would
 * else be a way to take every place. */
static bool has_enough(const struct signin_desk *desk, const char *peer)
{
	int count = 0;

	for (size_t i = 0; i < SIGNIN_WAITS; i++) {
		const struct signin_wait *wait = &desk->waits[i];

		count += wait->id && !wait->is_answered && strcmp(wait->peer, peer) == 0;
	}
	return count >= SIGNIN_WAITS_OF_ONE;
}

const char *signin_cookie_name(const struct view *v, const char *name)
{
	return arena_fmt(v->a, "%s%s", v->web->is_tls ? "__Host-" : "", name).ptr;
}

/* Lax: who comes back from a provider of log-ins comes by a link of that site. */
void signin_cookie(struct view *v, const char *name, const char *value, int max_age_s)
{
	size_t i = 0;

	while (i + 1 < COUNT(v->rs->cookies) && v->rs->cookies[i])
		i++;
	v->rs->cookies[i] = arena_fmt(v->a, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
		signin_cookie_name(v, name), value, max_age_s, v->web->is_tls ? "; Secure" : "")
				    .ptr;
}

static void give_ticket(struct view *v, struct signin_wait *wait)
{
	char token[ORG_TOKEN_SIZE];

	random_token(token, sizeof(token) - 1);
	(void)sha256_hex(str_of(token), wait->ticket);
	signin_cookie(v, TICKET, token, TICKET_S);
}

/* A place for an answer to V, which is not asked for yet, or NULL. */
static struct signin_wait *take_place(struct view *v, enum signin_why why, struct str login)
{
	struct signin_desk *desk = v->web->desk;
	bool is_check = why == SIGNIN_FOR_CHECK;
	struct signin_wait *wait = desk ? place(desk) : NULL;

	if (!wait || (!is_check && has_enough(desk, v->rq->peer)))
		return NULL;
	*wait = (struct signin_wait){
		.id = ++desk->last_id, .why = why, .since_us = clock_monotonic_us()
	};
	snprintf(wait->login, sizeof(wait->login), "%.*s", STR_FMT(login));
	if (!is_check)
		snprintf(wait->peer, sizeof(wait->peer), "%s", v->rq->peer);
	arena_init(&wait->arena, ANSWER_MEMORY_BYTES);
	return wait;
}

bool signin_send(struct view *v, enum signin_why why, struct signin_question *q, int64_t user_id)
{
	struct signin_wait *wait = take_place(v, why, q->at[SIGNIN_LOGIN]);

	if (!wait)
		return false;
	q->id = wait->id;
	wait->user_id = user_id;
	if (!signin_ask(v->web->desk->channel, q)) {
		set_free(wait);
		return false;
	}
	if (why != SIGNIN_FOR_CHECK)
		give_ticket(v, wait);
	return true;
}

/* --- log-ins by the directory ----------------------------------------------------------------- */

static bool is_log_in(const struct signin_wait *wait)
{
	return wait->id && (wait->why == SIGNIN_FOR_LOGIN || wait->why == SIGNIN_FOR_API);
}

bool signin_is_wrong(const struct signin_answer *x)
{
	return x->state == SIGNIN_WRONG || x->state == SIGNIN_NOBODY || x->state == SIGNIN_DISABLED;
}

bool signin_is_kept_out(const struct signin_answer *x)
{
	return x->state == SIGNIN_MUST_CHANGE || x->state == SIGNIN_OLD ||
		x->state == SIGNIN_SHUT || x->state == SIGNIN_ENDED || x->state == SIGNIN_NOT_NOW;
}

int signin_count(struct view *v, struct signin_wait *wait)
{
	int rc = wait->is_counted ?
		0 :
		org_try_wrong(&v->by, str_of(wait->login), &wait->try, v->e);

	wait->is_counted = rc == 0;
	return rc;
}

/* Asked, and what is said of it may still be a wrong try. */
static bool is_open(const struct signin_wait *wait)
{
	if (!is_log_in(wait) || wait->password.ptr)
		return false;
	return wait->is_answered ? signin_is_wrong(&wait->answer) && !wait->is_counted :
				   clock_monotonic_us() - wait->since_us < PATIENCE_US;
}

static int64_t asked_of(const struct signin_desk *desk, struct str login)
{
	int64_t count = 0;

	for (size_t i = 0; i < SIGNIN_WAITS; i++)
		count += is_open(&desk->waits[i]) &&
			org_is_login(str_of(desk->waits[i].login), login);
	return count;
}

/* Ask for one who waits, when that may be done now. */
static int ask_now(struct view *v, struct signin_wait *wait)
{
	struct signin_question q = { .kind = SIGNIN_LDAP, .id = wait->id };
	struct str login = str_of(wait->login);
	enum org_try try;
	int rc = org_try_begin(&v->by, login, asked_of(v->web->desk, login), &try, v->e);

	if (rc == 0 && try == ORG_TRY_LOCKED) {
		answer_here(wait, SIGNIN_WRONG);
		wait->is_counted = true; /* long ago */
		wait->try = (struct org_login){ .answer = LOGIN_LOCKED };
	}
	if (rc < 0 || try != ORG_TRY_ASK)
		return rc;
	rc = signin_load(v, &signin_ldap, &q);
	q.at[SIGNIN_LOGIN] = login;
	q.at[SIGNIN_PASSWORD] = wait->password;
	if (rc == 0 && signin_ask(v->web->desk->channel, &q)) {
		forget_password(wait);
		wait->since_us = clock_monotonic_us();
	}
	return rc;
}

int signin_begin(struct view *v, enum signin_why why, struct str login, struct str password,
	enum signin_begun *ret)
{
	struct signin_wait *wait = take_place(v, why, login);
	int rc;

	*ret = SIGNIN_IS_FULL;
	if (!wait)
		return 0;
	wait->password = arena_str(&wait->arena, password);
	rc = ask_now(v, wait);
	if (rc == 0 && !wait->is_answered) {
		*ret = SIGNIN_BEGUN;
		give_ticket(v, wait);
		return 0;
	}
	if (rc == 0)
		*ret = SIGNIN_IS_LOCKED;
	set_free(wait);
	return rc;
}

struct signin_wait *signin_waiting(struct view *v, enum signin_why why)
{
	struct str token = http_cookie(http_header(v->rq, "cookie"), signin_cookie_name(v, TICKET));
	char hex[SHA256_HEX_SIZE];

	if (!v->web->desk || token.len != ORG_TOKEN_SIZE - 1)
		return NULL;
	(void)sha256_hex(token, hex);
	for (size_t i = 0; i < SIGNIN_WAITS; i++) {
		struct signin_wait *wait = &v->web->desk->waits[i];

		if (!wait->id || wait->why != why || strcmp(wait->ticket, hex) != 0)
			continue;
		if (!wait->is_answered && clock_monotonic_us() - wait->since_us > PATIENCE_US)
			answer_here(wait, SIGNIN_SLOW);
		else if (wait->password.ptr && ask_now(v, wait) < 0)
			fprintf(stderr, "khien web: %s\n", v->e->text);
		return wait;
	}
	return NULL;
}

void signin_drop(struct view *v, struct signin_wait *wait)
{
	set_free(wait);
	signin_cookie(v, TICKET, "", 0);
}

void page_waiting(struct view *v, const char *title, const char *words)
{
	v->refresh_s = 1;
	page_start(v, title);
	html(v->w, "<p role=\"status\">%s</p>\n", words);
	page_end(v);
}

bool signin_must_wait(struct view *v, struct signin_wait *wait, const char *words)
{
	bool must = !wait->is_answered || (wait->why != SIGNIN_FOR_LOGIN && !wait->is_shown);

	if (must)
		page_waiting(v, tr(v->lang, "Đăng nhập"), words);
	wait->is_shown = true;
	return must;
}

int signin_group(struct view *v, const char *source, const struct signin_wait *wait,
	const struct org_group **ret)
{
	struct org_outside x = { .source = source,
		.groups = wait->answer.groups,
		.group_count = wait->answer.group_count };
	struct org_group *list;
	size_t count;
	int rc = org_groups(v->web->store, v->a, &list, &count, v->e);

	if (rc == 0)
		*ret = org_group_of(list, count, &x);
	return rc;
}

int signin_is_outside(struct view *v, struct str login, bool *ret)
{
	struct str source = STR_NONE;
	int rc = org_source_of(v->web->store, login, v->a, &source, v->e);

	*ret = rc == 0 && (str_is(source, ORG_LDAP) || (!source.ptr && login.len)) &&
		signin_is_on(v, LDAP_ON);
	return rc;
}

/* --- those who are in ------------------------------------------------------------------------- */

int signin_recheck(struct view *v)
{
	struct signin_question q = { .kind = SIGNIN_LDAP_CHECK };
	bool is_due = false;
	int rc = org_outside_is_due(&v->by, &v->user, &is_due, v->e);

	if (rc < 0 || !is_due)
		return rc;
	if (!signin_is_on(v, LDAP_ON)) /* the directory counts no more */
		return org_outside_seen(&v->by, v->user.id, NULL, v->e);
	rc = signin_load(v, &signin_ldap, &q);
	q.at[SIGNIN_LOGIN] = v->user.login;
	if (rc == 0)
		(void)signin_send(v, SIGNIN_FOR_CHECK, &q, v->user.id);
	return rc;
}

/* The directory's word on somebody who is in. What it could not say changes nothing. */
static int checked(struct web *w, struct signin_wait *wait, struct err *e)
{
	const struct org_group *g = NULL;
	struct org_actor by = {
		.store = w->store, .login = str_of(wait->login), .peer = "", .now_s = clock_now_s()
	};
	struct view v = { .web = w, .a = &wait->arena, .e = e, .by = by };
	int rc = 0;

	if (wait->answer.state == SIGNIN_RIGHT)
		rc = signin_group(&v, ORG_LDAP, wait, &g);
	else if (wait->answer.state != SIGNIN_NOBODY && wait->answer.state != SIGNIN_DISABLED)
		return 0;
	store_actor(w->store, STR(""), "");
	return rc < 0 ? rc : org_outside_seen(&by, wait->user_id, g, e);
}

/* The answer to a log-in. A wrong one that could not be counted is as if it were not there: nobody
 * is told it, and no other is asked in its place. */
static int log_in_answered(struct web *w, struct signin_wait *wait, struct err *e)
{
	struct view v = { .web = w,
		.a = &wait->arena,
		.e = e,
		.by = { .store = w->store,
			.rules = &v.rules,
			.login = STR(""),
			.peer = wait->peer,
			.now_s = clock_now_s() } };
	const struct org_told *told;
	int rc;

	if (!signin_is_wrong(&wait->answer))
		return 0;
	rc = view_told(&v, &told, e);
	if (rc == 0)
		rc = org_rules(w->packs, told->level, date_at(v.by.now_s), v.a, &v.rules, e);
	store_actor(w->store, STR(""), wait->peer);
	return rc < 0 ? rc : signin_count(&v, wait);
}

static void answered(struct web *w, const struct signin_answer *x, struct str bytes)
{
	struct err e = { 0 };

	for (size_t i = 0; i < SIGNIN_WAITS; i++) {
		struct signin_wait *wait = &w->desk->waits[i];

		if (!wait->id || wait->id != x->id || wait->is_answered)
			continue;
		if (signin_answer_parse(bytes, &wait->arena, &wait->answer, &e) < 0)
			return;
		wait->is_answered = true;
		wait->answered_us = clock_monotonic_us();
		if ((is_log_in(wait) ? log_in_answered(w, wait, &e) :
			    wait->why == SIGNIN_FOR_CHECK ? checked(w, wait, &e) : 0) < 0)
			fprintf(stderr, "khien web: %s\n", e.text);
		if (wait->why == SIGNIN_FOR_CHECK)
			set_free(wait);
		return;
	}
}

void signin_turn(struct web *w)
{
	struct signin_answer x;
	struct err e = { 0 };
	struct str bytes;
	struct arena a;
	int rc;

	do {
		arena_init(&a, ANSWER_MEMORY_BYTES);
		rc = signin_take(w->desk->channel, &a, &x, &bytes, &e);
		if (rc == 1)
			answered(w, &x, bytes);
		else if (rc < 0)
			fprintf(stderr, "khien web: %s\n", e.text);
		arena_done(&a);
	} while (rc != 0);
}
