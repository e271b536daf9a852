/* signin.h - floor 4: who somebody is, asked of an LDAP directory or an OpenID Connect provider. A
 * process of the service does it that may open connections and has no database, no key and no
 * folder: what it must know comes with each question, and each question is answered by a child of
 * its own, so that a server that is slow or hostile holds up or harms one log-in at most. */
#ifndef WORK_SIGNIN_H
#define WORK_SIGNIN_H

#include "base/base.h"
#include "kit/process/process.h"

enum signin_kind {
	SIGNIN_LDAP,       /* is this log-in name with this password somebody? */
	SIGNIN_LDAP_CHECK, /* is the person still there, and in which groups? */
	SIGNIN_OIDC_FIND,  /* what does the provider tell of itself? */
	SIGNIN_OIDC,       /* who is it that came back with this code? */
	SIGNIN_KIND_COUNT,
};

/* What a question brings along; what its kind does not need stays "". */
enum signin_field {
	SIGNIN_URL, /* of the directory; the issuer */
	SIGNIN_CA,
	SIGNIN_BIND_DN,
	SIGNIN_BIND_PASSWORD,
	SIGNIN_BASE,
	SIGNIN_ATTRIBUTE,
	SIGNIN_FILTER,
	SIGNIN_LOGIN,
	SIGNIN_PASSWORD,
	SIGNIN_CLIENT, /* who asks the provider, and its secret */
	SIGNIN_CLIENT_SECRET,
	SIGNIN_LOGIN_CLAIM, /* where it tells what of somebody */
	SIGNIN_GROUPS_CLAIM,
	SIGNIN_CODE_CLAIM,
	SIGNIN_CODE, /* what the browser brought back, and what was kept */
	SIGNIN_REDIRECT,
	SIGNIN_VERIFIER,
	SIGNIN_NONCE,
	SIGNIN_FIELD_COUNT,
};

struct signin_question {
	enum signin_kind kind;
	int64_t id;
	struct str at[SIGNIN_FIELD_COUNT];
};

enum signin_state {
	SIGNIN_RIGHT,
	SIGNIN_WRONG,       /* not this password */
	SIGNIN_NOBODY,      /* no such person there */
	SIGNIN_DISABLED,    /* shut there; no right password was shown */
	SIGNIN_MUST_CHANGE, /* the password is right, but must be changed there first */
	SIGNIN_OLD,         /* right, but expired */
	SIGNIN_SHUT,        /* right, but the account is shut there */
	SIGNIN_ENDED,       /* right, but the account has expired there */
	SIGNIN_NOT_NOW,     /* right, but not at this hour or not from here */
	SIGNIN_SEVERAL,     /* the name is not one person's */
	SIGNIN_UNREACHABLE, /* no answer */
	SIGNIN_SLOW,        /* none in time */
	SIGNIN_CERTIFICATE, /* TLS failed */
	SIGNIN_BIND,        /* the account that asks was refused */
	SIGNIN_SEARCH,      /* the question was refused */
	SIGNIN_PROVIDER,    /* the provider is not the one that is set, or lacks something */
	SIGNIN_CODE_USED,   /* the code is good no more, or not for us */
	SIGNIN_TOKEN,       /* what it vouches with is not in order */
	SIGNIN_CLOCK,       /* of another time: the clocks differ */
	SIGNIN_STATE_COUNT,
};

#define SIGNIN_GROUPS_MAX 200

struct signin_answer {
	int64_t id; /* of the question */
	enum signin_state state;
	struct str detail; /* what was said there, for who keeps the settings */
	struct str name, email;
	struct str subject, login, code; /* of a provider: who, their name there, their number */
	struct str go, leave;            /* where browsers are sent to log in, and to log out */
	bool says_issuer;                /* it names itself when they come back */
	const struct str *groups;        /* as they are named there */
	size_t group_count;
};

/* A message is one line of fields (kit/text), one packet of the channel. */
#define SIGNIN_MESSAGE_MAX (64 * KIB)
/* The child that answers is ended after so long. */
#define SIGNIN_TIME_S 20

/* Over CHANNEL, the peer_fd of the process that asks. False: nobody takes it now. Does not wait. */
bool signin_ask(int channel, const struct signin_question *q);
/* 1 an answer and its bytes, in A; 0 there is none yet; ERR_INPUT: what came is none. Does not
 * wait. */
MUST_CHECK int signin_take(int channel, struct arena *a, struct signin_answer *ret,
	struct str *ret_bytes, struct err *e);
/* The bytes of both. ERR_INPUT */
MUST_CHECK int signin_question_parse(
	struct str line, struct arena *a, struct signin_question *ret, struct err *e);
MUST_CHECK int signin_answer_parse(
	struct str line, struct arena *a, struct signin_answer *ret, struct err *e);
void signin_answer_write(const struct signin_answer *x, struct buf *out);

/* The process: a row of the service. */
int signin_start(const struct process *self);

#endif
