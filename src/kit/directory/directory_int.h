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
};

extern struct ldap_library ldap;

#endif
