/* library.c - libldap, opened at run time: who asks no directory needs none. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "kit/directory/directory_int.h"

static const char *const names[] = { "libldap.so.2", "libldap-2.5.so.0", NULL };

struct ldap_library ldap;

/* dlsym() gives an object pointer: POSIX promises that it holds a function's as well. */
static bool find(void *library, const char *name, void *function)
{
	void *found = dlsym(library, name);

	memcpy(function, &found, sizeof(found));
	return found != NULL;
}

static bool find_all(void *l)
{
	return find(l, "ldap_initialize", &ldap.initialize) &&
		find(l, "ldap_set_option", &ldap.set_option) &&
		find(l, "ldap_get_option", &ldap.get_option) &&
		find(l, "ldap_start_tls_s", &ldap.start_tls) &&
		find(l, "ldap_connect", &ldap.connect) && find(l, "ldap_sasl_bind_s", &ldap.bind) &&
		find(l, "ldap_search_ext_s", &ldap.search) &&
		find(l, "ldap_first_entry", &ldap.first) &&
		find(l, "ldap_next_entry", &ldap.next) && find(l, "ldap_get_dn", &ldap.dn) &&
		find(l, "ldap_get_values_len", &ldap.values) &&
		find(l, "ldap_value_free_len", &ldap.values_free) &&
		find(l, "ldap_memfree", &ldap.memory_free) &&
		find(l, "ldap_msgfree", &ldap.message_free) &&
		find(l, "ldap_unbind_ext_s", &ldap.unbind) &&
		find(l, "ldap_err2string", &ldap.words) &&
		find(l, "ldap_create_page_control", &ldap.page_make) &&
		find(l, "ldap_parse_pageresponse_control", &ldap.page_told) &&
		find(l, "ldap_parse_result", &ldap.result) &&
		find(l, "ldap_control_find", &ldap.find_control) &&
		find(l, "ldap_control_free", &ldap.control_free) &&
		find(l, "ldap_controls_free", &ldap.controls_free);
}

int directory_open(struct err *e)
{
	void *library = NULL;

	if (ldap.initialize)
		return 0;
	/* the settings of Khien alone, not those of ldap.conf or the environment */
	(void)setenv("LDAPNOINIT", "1", 1);
	for (size_t i = 0; names[i] && !library; i++)
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return err_set(e, ERR_ABSENT,
			"this machine has no libldap (package libldap-2.5-0 or libldap2)");
	if (find_all(library))
		return 0;
	ldap.initialize = NULL;
	return err_set(e, ERR_SYSTEM, "libldap is not of the form known");
}
