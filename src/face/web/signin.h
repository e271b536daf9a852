/* signin.h - private to face/web: log-ins that others vouch for. A visitor of such an account
 * gets a ticket and a page that waits; the answer comes over the channel in its time, while
 * everybody else is served. */
#ifndef FACE_WEB_SIGNIN_H
#define FACE_WEB_SIGNIN_H

#include "core/org/outside.h"
#include "face/web/web_int.h"
#include "kit/crypto/crypto.h"
#include "kit/directory/directory.h"
#include "work/signin/signin.h"

enum signin_why {
	SIGNIN_FOR_LOGIN, /* a visitor waits */
	SIGNIN_FOR_CHECK, /* nobody waits: is the person of this session still there? */
	SIGNIN_FOR_TRIAL, /* an administrator tries the settings */
	SIGNIN_FOR_WAY,   /* a visitor waits to be sent to the provider, to log in there */
	SIGNIN_FOR_LEAVE, /* or to log out there */
	SIGNIN_FOR_OIDC,  /* a visitor has come back from there */
	SIGNIN_FOR_API,   /* a program waits */
};

/* A question that is on its way, or whose answer nobody has fetched. */
struct signin_wait {
	int64_t id; /* 0: free */
	enum signin_why why;
	char ticket[SHA256_HEX_SIZE]; /* of the cookie's value; "" of a check */
	char login[65];
	char peer[46];   /* who has it asked; "" of a check */
	int64_t user_id; /* of a check; who tries */
	int64_t since_us, answered_us;
	struct str password; /* of a log-in that is not asked yet, see signin_begin() */
	bool is_answered;
	bool is_counted;      /* the answer was wrong and is counted; what came of that: */
	struct org_login try;
	bool is_shown;      /* the page that waits was there once */
	struct arena arena; /* of the answer and the password */
	struct signin_answer answer;
};

#define SIGNIN_WAITS 512
#define SIGNIN_WAITS_OF_ONE 24 /* unanswered, of one address: the rest is for others */

struct signin_desk {
	int channel; /* to the process signin; -1: there is none */
	int64_t last_id;
	struct signin_wait waits[SIGNIN_WAITS];
};

/* A setting, with its field of a question and of the form. */
struct signin_setting {
	const char *name;  /* of the setting: "ldap.url" */
	const char *field; /* of the form */
	enum signin_field at;
	const char *label, *hint; /* T() */
	bool (*is_right)(struct str value);
	const char *wrong; /* T() */
	bool is_required, is_secret;
	const char *usual; /* stands in the form when nothing is set; may be NULL */
};

/* One kind of those who vouch: its settings and its page. */
struct signin_source {
	const char *id, *on; /* of accounts and groups; the setting that says whether it is asked */
	const char *path;    /* of its page */
	const struct signin_setting *settings;
	size_t count;
	enum signin_kind trial;
	const char *title, *intro, *turn_on, *groups, *group, *group_hint, *try_words; /* T() */
};
extern const struct signin_source signin_ldap, signin_oidc;
extern const struct signin_source *const signin_sources[]; /* ended by NULL */
#define LDAP_ON "ldap.on"
#define OIDC_ON "oidc.on"
/* What is wrong with VALUE, T(), or NULL. IS_ON: what is required must be there. */
const char *signin_wrong(const struct signin_setting *s, struct str value, bool is_on);

bool signin_is_on(struct view *v, const char *setting);
/* Q's fields from the settings. */
int signin_load(struct view *v, const struct signin_source *source, struct signin_question *q);
/* Sends Q, whose id it sets, and for WHY keeps a place for the answer; a cookie is set but for a
 * check. False: nobody takes it now, or this address has too many on their way. */
bool signin_send(struct view *v, enum signin_why why, struct signin_question *q, int64_t user_id);
/* A log-in for the directory: asked at once, or when there are tries left for one more question, or
 * refused. Wrong answers are counted when they come, whether or not anybody fetches them. */
bool signin_is_wrong(const struct signin_answer *x);
/* The password was right, and the directory itself keeps them out. */
bool signin_is_kept_out(const struct signin_answer *x);
/* Counts what signin_is_wrong(), unless that is done. */
int signin_count(struct view *v, struct signin_wait *wait);
enum signin_begun { SIGNIN_BEGUN, SIGNIN_IS_LOCKED, SIGNIN_IS_FULL };
int signin_begin(struct view *v, enum signin_why why, struct str login, struct str password,
	enum signin_begun *ret);
/* The place that the visitor's cookie names, or NULL; after a while without an answer it says that
 * there will be none. */
struct signin_wait *signin_waiting(struct view *v, enum signin_why why);
/* Not answered yet, or of a provider and never shown: then the page that waits is shown, which asks
 * again from here. So no form leads elsewhere, which browsers refuse, and the cookie of a session
 * is never set on a way that began elsewhere, where it would be lost. */
bool signin_must_wait(struct view *v, struct signin_wait *wait, const char *words);
/* A cookie beside those already set. MAX_AGE_S 0: it goes. */
void signin_cookie(struct view *v, const char *name, const char *value, int max_age_s);
const char *signin_cookie_name(const struct view *v, const char *name);
void signin_drop(struct view *v, struct signin_wait *wait);
/* The page of one who waits; it asks for itself again. */
void page_waiting(struct view *v, const char *title, const char *words);
/* The row of the groups that holds for what was told, or NULL. */
int signin_group(struct view *v, const char *source, const struct signin_wait *wait,
	const struct org_group **ret);

/* page/signin.c: back to the page of logging in, with these words. */
void signin_refuse(struct view *v, const char *words, int status);
/* Is the account's password known elsewhere, as things are set? */
int signin_is_outside(struct view *v, struct str login, bool *ret);
/* Of a session whose account is the directory's: ask now and then whether it still is. */
int signin_recheck(struct view *v);
/* What has come over the channel. */
void signin_turn(struct web *w);

#endif
