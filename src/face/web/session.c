/* session.c - who is asking, and how far they have come. */
#include "face/web/signin.h"

#include "kit/crypto/crypto.h"

#define HASHES_A_SECOND 10 /* of passwords: more would starve everybody else */
#define HASHES_OF_ONE 6    /* of one address */
#define ASKS_A_SECOND 50   /* each is a child of the process signin, which ends soon */
#define ASKS_OF_ONE 10

static const char *cookie_name(const struct view *v)
{
	return v->web->is_tls ? "__Host-khien" : "khien";
}

void session_stage(struct view *v)
{
	if (v->user.has_totp && !v->session.has_second_step)
		v->stage = STAGE_SECOND_STEP;
	else if (v->user.must_change)
		v->stage = STAGE_CHANGE;
	else if (v->user.role == USER_ADMIN && !v->user.has_totp)
		v->stage = STAGE_SET_SECOND;
	else
		v->stage = STAGE_FULL;
}

/* A program shows a token instead of a cookie, and only where programs come. */
static struct str bearer(const struct view *v)
{
	struct str scheme, token, header = http_header(v->rq, "authorization");

	if (!is_api(v) || !str_split(header, ' ', &scheme, &token) ||
		!str_eq_nocase(scheme, STR("bearer")))
		return STR_NONE;
	return str_trim(token);
}

static int token_load(struct view *v, struct str token, struct err *e)
{
	int rc = org_token_find(&v->by, token, v->a, &v->token, e);

	if (rc <= 0)
		return rc;
	rc = org_user(v->web->store, v->token.user_id, v->a, &v->user, e);
	if (rc < 0)
		return rc;
	v->by.login = v->user.login;
	v->by.peer = path_of(v, "%s (API %lld)", v->rq->peer, (long long)v->token.id);
	store_actor(v->web->store, v->by.login, v->by.peer);
	/* it was made by one who had shown both steps */
	v->session = (struct org_session){ .user = v->user, .has_second_step = true };
	session_stage(v);
	return signin_recheck(v);
}

int session_load(struct view *v, struct err *e)
{
	struct str shown = bearer(v);
	struct str token = http_cookie(http_header(v->rq, "cookie"), cookie_name(v));
	bool is_quiet = str_is(http_header(v->rq, "x-khien-quiet"), "1");
	const struct org_told *told;
	int rc = view_told(v, &told, e);

	if (rc == 0)
		rc = org_rules(
			v->web->packs, told->level, date_at(v->by.now_s), v->a, &v->rules, e);
	if (rc == 0 && shown.ptr)
		return token_load(v, shown, e);
	if (rc < 0 || !token.ptr)
		return rc;
	v->had_cookie = token.len > 0;
	rc = org_session_find(&v->by, token, is_quiet, v->a, &v->session, e);
	if (rc <= 0)
		return rc;
	v->user = v->session.user;
	v->by.login = v->user.login;
	store_actor(v->web->store, v->by.login, v->by.peer);
	session_stage(v);
	return is_quiet ? 0 : signin_recheck(v);
}

int session_begin(struct view *v, int64_t user_id, bool has_second_step)
{
	char token[ORG_TOKEN_SIZE];
	int rc;

	if (v->stage != STAGE_NOBODY) { /* a new right, a new name for it */
		rc = org_session_end(&v->by, v->session.id, v->e);
		if (rc < 0)
			return rc;
	}
	rc = org_session_start(&v->by, user_id, has_second_step, token, v->e);
	if (rc < 0)
		return rc;
	v->rs->cookies[0] = path_of(v, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s", cookie_name(v),
		token, v->web->is_tls ? "; Secure" : "");
	rc = org_user(v->web->store, user_id, v->a, &v->user, v->e);
	if (rc < 0)
		return rc;
	v->by.login = v->user.login;
	store_actor(v->web->store, v->by.login, v->by.peer);
	v->session = (struct org_session){ .user = v->user, .has_second_step = has_second_step };
	session_stage(v);
	return 0;
}

void session_drop_cookie(struct view *v)
{
	v->rs->cookies[0] = path_of(v, "%s=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0%s",
		cookie_name(v), v->web->is_tls ? "; Secure" : "");
}

bool token_allows(struct view *v)
{
	struct token_rate *rate = &v->web->rates[v->token.id % TOKEN_RATES];
	const struct param_value *most = v->rules.api_calls;

	if (!v->token.id)
		return true;
	if (rate->minute != v->by.now_s / 60)
		*rate = (struct token_rate){ .minute = v->by.now_s / 60 };
	rate->calls++;
	if (most && rate->calls > most->number) {
		v->rs->retry_after = number_text(v, 60 - v->by.now_s % 60);
		json_problem(v, 429, "this token asks too often");
	} else if (v->rq->method == HTTP_POST && v->route->rule & ROLES_HALF) {
		json_problem(v, 403, "a token has no session");
	} else if (v->rq->method == HTTP_POST && !v->token.may_write) {
		json_problem(v, 403, "this token only reads");
	} else {
		return true;
	}
	return false;
}

/* Of IPv6 the network that one house has: whoever has it has all its addresses. */
static size_t place_of(const char *peer)
{
	size_t h = 2166136261u;
	int groups = 0;

	for (; *peer && groups < 4; peer++) {
		h = (h ^ (unsigned char)*peer) * 16777619u;
		groups += *peer == ':';
	}
	return (h ^ h >> 15) % SHARE_PEERS;
}

static bool takes(struct view *v, struct share *s, int total_max, int peer_max)
{
	size_t place = place_of(v->rq->peer);

	if (s->second_s != v->by.now_s)
		*s = (struct share){ .second_s = v->by.now_s };
	if (s->of_peer[place] >= peer_max || s->total >= total_max) {
		v->rs->retry_after = "2";
		page_problem(v, 429);
		return false;
	}
	s->of_peer[place]++;
	s->total++;
	return true;
}

bool may_hash(struct view *v)
{
	return takes(v, &v->web->hashes, HASHES_A_SECOND, HASHES_OF_ONE);
}

bool may_ask(struct view *v)
{
	return takes(v, &v->web->asks, ASKS_A_SECOND, ASKS_OF_ONE);
}

const char *stage_path(enum stage stage)
{
	switch (stage) {
	case STAGE_NOBODY:
		return "/dang-nhap";
	case STAGE_SECOND_STEP:
		return "/ma-hai-buoc";
	case STAGE_CHANGE:
		return "/doi-mat-khau";
	case STAGE_SET_SECOND:
		return "/bat-ma-hai-buoc";
	case STAGE_FULL:
		break;
	}
	return "/hom-nay";
}
