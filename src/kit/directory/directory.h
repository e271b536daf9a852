/* directory.h - floor 2: who somebody is, asked of an LDAP directory (OpenLDAP, Active Directory)
 * through libldap, which is opened when it is first needed. Always under TLS with a checked
 * certificate: "ldaps://", or "ldap://" that goes on with StartTLS before anything else is said. In
 * a process that may open connections; several threads may ask at once. */
#ifndef KIT_DIRECTORY_H
#define KIT_DIRECTORY_H

#include "base/base.h"

struct directory {
	const char *url;                     /* "ldaps://host", "ldap://host:389" */
	const char *ca;                      /* PEM; "": the roots of this machine */
	const char *bind_dn, *bind_password; /* who searches; "": nobody in particular */
	const char *base;                    /* below it people and groups are searched */
	const char *attribute;               /* that holds the log-in name: "uid" */
	const char *filter;                  /* people must fulfil it as well; "": all do */
};

enum directory_state {
	DIRECTORY_RIGHT,       /* it is this person, and the password is right */
	DIRECTORY_WRONG,       /* the password is not */
	DIRECTORY_NOBODY,      /* there is nobody of that name */
	DIRECTORY_DISABLED,    /* the directory has shut the account; no right password shown */
	/* the password is right, and yet the directory lets nobody in with it: */
	DIRECTORY_MUST_CHANGE, /* not before it is changed */
	DIRECTORY_OLD,         /* it has expired */
	DIRECTORY_SHUT,        /* the account is shut */
	DIRECTORY_ENDED,       /* the account has expired */
	DIRECTORY_NOT_NOW,     /* at other hours, on other machines */
	DIRECTORY_SEVERAL,     /* more than one has that name: BASE or FILTER is too wide */
	DIRECTORY_UNREACHABLE, /* nobody answers there */
	DIRECTORY_SLOW,        /* it answers, but not in time, or says that it is busy */
	DIRECTORY_CERTIFICATE, /* TLS failed: the certificate is not of that host or that CA */
	DIRECTORY_BIND,        /* bind_dn and its password were refused */
	DIRECTORY_SEARCH,      /* it refuses to search below BASE, or FILTER is none */
};

#define DIRECTORY_GROUPS_MAX 200

struct directory_person {
	enum directory_state state;
	struct str detail; /* what the directory or the network said, for who keeps it */
	struct str dn, name, email;
	struct str groups[DIRECTORY_GROUPS_MAX]; /* their DNs, as the directory writes them */
	size_t group_count;
};

/* Open libldap; a second time is none. ERR_ABSENT: this machine has none. */
MUST_CHECK int directory_open(struct err *e);
/* LOGIN may hold any byte. PASSWORD STR_NONE: look only whether the person is there. An empty
 * password is never right, whatever the directory says of it. Lives in A; takes at most some
 * DIRECTORY_WAIT_S for each of its four questions. */
#define DIRECTORY_WAIT_S 5
void directory_ask(const struct directory *d, struct str login, struct str password,
	struct arena *a, struct directory_person *ret);
/* What Active Directory says of a bind that it refused, in words around one number. WRONG when it
 * says nothing of the kind. It tells the right password only to who showed it, but for one that is
 * locked: that is DISABLED. */
enum directory_state directory_refusal(struct str said);
/* Is URL one of the two kinds, with a host? */
bool directory_is_url(struct str url);

#endif
