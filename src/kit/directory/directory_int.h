/* directory_int.h - private to kit/directory: libldap, opened at run time. */
#ifndef KIT_DIRECTORY_INT_H
#define KIT_DIRECTORY_INT_H

#include <ldap.h>

#include "kit/directory/directory.h"

struct ldap_library {
	int (*initialize)(LDAP **, const char *);
	int (*set_option)(LDAP *, int, const void *);
	int (*get_option)(LDAP *, int, void *);
	int (*start_tls)(LDAP *, LDAPControl **, LDAPControl **);
	int (*connect)(LDAP *);
	int (*bind)(LDAP *, const char *, const char *, struct berval *, LDAPControl **,
		LDAPControl **, struct berval **);
	int (*search)(LDAP *, const char *, int, const char *, char **, int, LDAPControl **,
		LDAPControl **, struct timeval *, int, LDAPMessage **);
	LDAPMessage *(*first)(LDAP *, LDAPMessage *);
	LDAPMessage *(*next)(LDAP *, LDAPMessage *);
	char *(*dn)(LDAP *, LDAPMessage *);
	struct berval **(*values)(LDAP *, LDAPMessage *, const char *);
	void (*values_free)(struct berval **);
	void (*memory_free)(void *);
	int (*message_free)(LDAPMessage *);
	int (*unbind)(LDAP *, LDAPControl **, LDAPControl **);
	char *(*words)(int);
	int (*page_make)(LDAP *, ber_int_t, struct berval *, int, LDAPControl **);
	int (*page_told)(LDAP *, LDAPControl *, ber_int_t *, struct berval *);
	int (*result)(
		LDAP *, LDAPMessage *, int *, char **, char **, char ***, LDAPControl ***, int);
	LDAPControl *(*find_control)(const char *, LDAPControl **, LDAPControl ***);
	void (*control_free)(LDAPControl *);
	void (*controls_free)(LDAPControl **);
};

extern struct ldap_library ldap;

#define DIRECTORY_VALUE_BYTES 1024

/* A question that goes on. */
struct asking {
	const struct directory *d;
	LDAP *ld;
	int ca_fd;
	struct arena *a;
	struct directory_person *ret;
	bool is_shut; /* as its entry says */
};

/* A value inside a filter, RFC 4515. */
void directory_escaped(struct buf *out, struct str s);
/* Unless it is known, or there are too many. */
void directory_add_group(struct directory_person *p, struct str dn);
/* groups.c: all groups of the person who was found. */
void directory_groups(struct asking *q, struct str login);

#endif
