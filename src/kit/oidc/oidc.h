/* oidc.h - floor 2: who somebody is, asked of an OpenID Connect provider: authorization code flow
 * with PKCE. The browser brings a code; here it is changed for an ID token, over TLS with a checked
 * certificate, and the token is believed when its signature, issuer, audience, nonce and times are
 * in order, and not otherwise. In a process that may open connections.
 *
 * The key set is fetched at each log-in: keys that a provider changes are known at once, and a key
 * that it took back is good no more. */
#ifndef KIT_OIDC_H
#define KIT_OIDC_H

#include "base/base.h"

struct oidc {
	struct str issuer; /* "https://…", exactly as the provider calls itself */
	struct str ca;     /* PEM; "": the roots of this machine */
	struct str client_id, client_secret;
	/* the claims that hold a person's groups, log-in name, and number in the roster ("": no
	 * such); "a.b" is b within a, unless there is a claim of that whole name */
	struct str groups, login, code;
};

/* What a provider tells of itself. */
struct oidc_provider {
	struct str authorization, token, keys; /* "https://…" */
	struct str person, leave; /* where more is told of somebody; where one logs out; or "" */
	bool says_issuer;         /* it names itself when a browser comes back (RFC 9207) */
	bool wants_post;          /* the secret stands in the form, not in a header */
};

#define OIDC_GROUPS_MAX 200

struct oidc_person {
	struct str subject;            /* unique and for ever, at that issuer */
	struct str login, name, email; /* "" when not told */
	struct str code;
	struct str *groups;
	size_t group_count;
};

enum oidc_state {
	OIDC_RIGHT,
	OIDC_UNREACHABLE, /* no answer, or none in time */
	OIDC_CERTIFICATE, /* TLS failed */
	OIDC_PROVIDER,    /* what it tells of itself is not of that issuer, or lacks something */
	OIDC_CLIENT,      /* client_id and client_secret were refused */
	OIDC_CODE,        /* the code was refused: used already, too old, or not for us */
	OIDC_TOKEN,       /* the token is not in order */
	OIDC_CLOCK,       /* it is no more, or not yet: are the clocks right? */
};

struct oidc_answer {
	enum oidc_state state;
	struct str detail; /* for who keeps the settings */
	struct oidc_provider provider;
	struct oidc_person person; /* of oidc_redeem() */
};

/* Open jansson and libcurl. ERR_ABSENT: this machine has none. */
MUST_CHECK int oidc_open(struct err *e);
/* What the provider tells of itself. */
void oidc_find(const struct oidc *o, struct arena *a, struct oidc_answer *ret);

/* What a browser brought back, and what was kept when it went. */
struct oidc_return {
	struct str code, redirect, verifier, nonce;
	int64_t now_s;
};
/* Who it is. Takes at most some OIDC_WAIT_S for each of four questions. */
#define OIDC_WAIT_S 4
void oidc_redeem(const struct oidc *o, const struct oidc_return *back, struct arena *a,
	struct oidc_answer *ret);

/* --- the parsers, for who has the bytes already ----------------------------------------------- */

#define OIDC_BYTES_MAX (256 * KIB) /* of a document or a token */
/* How far the clocks of the two may be apart. */
#define OIDC_SKEW_S 120

/* ERR_INPUT: it is no such document, or not that of ISSUER. In A. */
MUST_CHECK int oidc_provider_parse(struct str json, struct str issuer, struct arena *a,
	struct oidc_provider *ret, struct err *e);
/* ID token and key set. ERR_INPUT: no token; ERR_CRYPTO: no key of the set has signed it;
 * ERR_DENIED: of another issuer, for another client, of another log-in; ERR_LIMIT: its time is
 * over or has not come. In A. */
struct oidc_signed {
	struct str token, keys;
};
MUST_CHECK int oidc_token_check(const struct oidc *o, const struct oidc_return *back,
	const struct oidc_signed *s, struct arena *a, struct oidc_person *ret, struct err *e);
/* More of the same person, from where the provider tells it: what P lacks is added. ERR_DENIED: it
 * is of somebody else. */
MUST_CHECK int oidc_person_more(const struct oidc *o, struct str json, struct arena *a,
	struct oidc_person *p, struct err *e);
/* "https://host/…", plain letters only? */
bool oidc_is_url(struct str url);

#endif
