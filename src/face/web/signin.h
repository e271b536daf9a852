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
};

/* A question that is on its way, or whose answer nobody has fetched. */
struct signin_wait {
	int64_t id; /* 0: free */
	enum signin_why why;
	char ticket[SHA256_HEX_SIZE]; /* of the cookie's value; "" of a check */
	char login[65];
	int64_t user_id; /* of a check; who tries */
	int64_t since_us;
	bool is_answered;
	struct arena arena; /* of the answer */
	struct signin_answer answer;
};

#define SIGNIN_WAITS 128

struct signin_desk {
	int channel; /* to the process signin; -1: there is none */
	int64_t last_id;
	struct signin_wait waits[SIGNIN_WAITS];
};

/* The settings, with their fields of a question and of the form. */
struct signin_setting {
	const char *name;  /* of the setting: "ldap.url" */
	const char *field; /* of the form */
	enum signin_field at;
	const char *label, *hint; /* T() */
	bool is_secret;
};
extern const struct signin_setting ldap_settings[];
extern const size_t ldap_setting_count;
#define LDAP_ON "ldap.on"

bool signin_is_on(struct view *v, const char *setting);
/* Q's fields from the settings. */
int signin_load(struct view *v, const struct signin_setting *settings, size_t count,
	struct signin_question *q);
/* Sends Q, whose id it sets, and for WHY keeps a place for the answer; a cookie is set but for a
 * check. False: nobody takes it now. */
bool signin_send(struct view *v, enum signin_why why, struct signin_question *q, int64_t user_id);
/* The place that the visitor's cookie names, or NULL; after a while without an answer it says that
 * there will be none. */
struct signin_wait *signin_waiting(struct view *v, enum signin_why why);
void signin_drop(struct view *v, struct signin_wait *wait);
/* The page of one who waits; it asks for itself again. */
void page_waiting(struct view *v, const char *title, const char *words);
/* The row of the groups that holds for what was told, or NULL. */
int signin_group(struct view *v, const char *source, const struct signin_wait *wait,
	const struct org_group **ret);

/* Is the account's password known elsewhere, as things are set? */
int signin_is_outside(struct view *v, struct str login, bool *ret);
/* Of a session whose account is the directory's: ask now and then whether it still is. */
int signin_recheck(struct view *v);
/* What has come over the channel. */
void signin_turn(struct web *w);

#endif
