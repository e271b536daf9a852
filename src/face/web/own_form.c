/* own_form.c - did what was sent come from one of our own pages? */
#include "face/web/web_int.h"

#include "kit/crypto/crypto.h"

/* What the browser itself says of where the form stood, or else "http://host" and "Host: host". */
static bool is_same_origin(const struct view *v)
{
	struct str site = http_header(v->rq, "sec-fetch-site");
	struct str origin = http_header(v->rq, "origin"), scheme, rest;

	if (site.ptr)
		return str_is(site, "same-origin") || str_is(site, "none");
	/* "null" is what a browser makes of our own no-referrer; the mark still has to be right */
	if (!origin.ptr || str_is(origin, "null"))
		return true;
	if (!str_split(origin, ':', &scheme, &rest) || !str_starts(rest, "//"))
		return false;
	return str_eq_nocase(str_from(rest, 2), http_header(v->rq, "host"));
}

bool is_own_form(const struct view *v)
{
	struct str mark = http_pair(v->form, "dau");

	if (!is_same_origin(v))
		return false;
	if (v->stage == STAGE_NOBODY || v->token.id || v->route->rule & ROLES_ANYONE)
		return true; /* no site can make a browser send a token */
	if (!mark.ptr)
		mark = http_header(v->rq, "x-khien-mark");
	return mark.ptr && crypto_equal(mark, v->session.csrf);
}
