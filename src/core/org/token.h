/* token.h - floor 3: what a program shows instead of a password: made by a person for themselves,
 * shown once, kept as a hash, with a name, an end, and no more rights than that person has at the
 * moment it is used. Whatever ends the sessions of an account ends its tokens: another password,
 * another role or unit, going. */
#ifndef CORE_ORG_TOKEN_H
#define CORE_ORG_TOKEN_H

#include "core/org/org.h"

/* "khien_" and what cannot be guessed: so that scanners for secrets that leaked know one. */
#define ORG_TOKEN_PREFIX "khien_"
#define ORG_TOKEN_TEXT_SIZE (ORG_TOKEN_SIZE + 6)

struct org_token {
	int64_t id, user_id;
	struct str login; /* of the account */
	struct str name;  /* what for, in its owner's words */
	bool may_write;   /* else it only reads */
	int64_t made_at_s, until_s, used_at_s; /* used to the minute; 0: never */
	int64_t ended_at_s;                    /* 0: not before until_s */
	struct str ended_by, ended_why;
};

/* Why it ended. */
#define ORG_TOKEN_REVOKED "revoked"
#define ORG_TOKEN_CHANGED "changed" /* the account: password, role, unit, or it was shut */
#define ORG_TOKEN_LEFT "left"       /* the person does not work here any more */
const char *org_token_why_words(struct str why); /* Vietnamese, for tr() */

/* How many days the packs in force give a token; 0: none of them says, so none is made. */
int64_t org_token_days(const struct org_rules *rules);
/* Is it good at the second NOW_S? */
bool org_token_is_live(const struct org_token *t, int64_t now_s);

/* A token of T's user_id, name, may_write and until_s; TEXT has ORG_TOKEN_TEXT_SIZE bytes and is
 * to be shown this once. ERR_INPUT: no name, or an end that is past or later than the rules allow.
 * ERR_CONFLICT: the account logs in at a provider, which nobody can ask whether they are still
 * there. ERR_LIMIT: it has ORG_TOKENS_MAX live ones. */
#define ORG_TOKENS_MAX 20
MUST_CHECK int org_token_make(
	const struct org_actor *by, const struct org_token *t, char *text, struct err *e);
/* Newest first, of one account, or of all when USER_ID is 0. In A. */
MUST_CHECK int org_tokens(struct store *s, int64_t user_id, struct arena *a, struct org_token **ret,
	size_t *ret_count, struct err *e);
/* 1 found, live, its account neither shut nor locked and its person still here: used now; 0 none.
 * TEXT is whatever somebody sent. */
MUST_CHECK int org_token_find(const struct org_actor *by, struct str text, struct arena *a,
	struct org_token *ret, struct err *e);
/* ERR_ABSENT: no live one of that number, of USER_ID unless that is 0. */
MUST_CHECK int org_token_end(
	const struct org_actor *by, int64_t id, int64_t user_id, struct err *e);
/* All of an account. */
MUST_CHECK int org_tokens_end(
	const struct org_actor *by, int64_t user_id, const char *why, struct err *e);

#endif
