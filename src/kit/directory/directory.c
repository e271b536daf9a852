/* directory.c - one person, asked of a directory: TLS, bind, search, groups, the password. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kit/directory/directory_int.h"

#define DISABLED_BIT 2 /* of userAccountControl, [MS-ADTS] 2.2.16 */
#define LOCKED_BIT 16  /* of what the directory computes of it */
#define COMPUTED "msDS-User-Account-Control-Computed"
/* accountExpires is in ticks of 100 ns since 1601; 0 and the greatest number mean never */
#define TICKS_A_SECOND 10000000u
#define SECONDS_TO_1970 11644473600u
#define SYSTEM_ROOTS "/etc/ssl/certs/ca-certificates.crt"

bool directory_is_url(struct str url)
{
	struct str host;

	if (str_starts(url, "ldaps://"))
		host = str_from(url, strlen("ldaps://"));
	else if (str_starts(url, "ldap://"))
		host = str_from(url, strlen("ldap://"));
	else
		return false;
	for (size_t i = 0; i < host.len; i++) {
		unsigned char c = (unsigned char)host.ptr[i];

		if (c <= ' ' || c >= 0x7f || c == '/' || c == '?' || c == ',')
			return false;
	}
	return host.len > 0 && host.len <= 255;
}

/* --- what went wrong -------------------------------------------------------------------------- */

static bool end(struct asking *q, enum directory_state state, int code)
{
	char *said = NULL;

	if (q->ld)
		(void)ldap.get_option(q->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &said);
	q->ret->state = state;
	q->ret->detail = arena_fmt(
		q->a, "%s%s%.300s", ldap.words(code), said && *said ? ": " : "", said ? said : "");
	if (said)
		ldap.memory_free(said);
	return false;
}

/* Of the line when CODE is of it, else OTHER. */
static enum directory_state of_code(int code, enum directory_state other)
{
	if (code == LDAP_TIMEOUT || code == LDAP_BUSY || code == LDAP_UNAVAILABLE)
		return DIRECTORY_SLOW;
	return code == LDAP_SERVER_DOWN || code == LDAP_CONNECT_ERROR ? DIRECTORY_UNREACHABLE :
									other;
}

enum directory_state directory_refusal(struct str said)
{
	static const struct {
		const char *data;
		enum directory_state state;
	} known[] = {
		{ "530", DIRECTORY_NOT_NOW },
		{ "531", DIRECTORY_NOT_NOW },
		{ "532", DIRECTORY_OLD },
		{ "533", DIRECTORY_SHUT },
		{ "701", DIRECTORY_ENDED },
		{ "773", DIRECTORY_MUST_CHANGE },
		{ "775", DIRECTORY_DISABLED },
	};
	struct str before = STR(", data "), data, rest;
	ptrdiff_t at = str_find(said, before);

	if (at < 0 || !str_split(str_from(said, (size_t)at + before.len), ',', &data, &rest))
		return DIRECTORY_WRONG;
	for (size_t i = 0; i < COUNT(known); i++)
		if (str_is(str_trim(data), known[i].data))
			return known[i].state;
	return DIRECTORY_WRONG;
}

/* --- the line --------------------------------------------------------------------------------- */

/* libldap takes the roots from a file: one in memory, which only this process has. */
static const char *ca_path(struct asking *q)
{
	size_t len = strlen(q->d->ca);

	if (!len)
		return SYSTEM_ROOTS;
	q->ca_fd = memfd_create("ca", MFD_CLOEXEC);
	if (q->ca_fd < 0 || write(q->ca_fd, q->d->ca, len) != (ssize_t)len)
		return NULL;
	return arena_fmt(q->a, "/proc/self/fd/%d", q->ca_fd).ptr;
}

static int set_options(struct asking *q)
{
	static const struct timeval wait = { .tv_sec = DIRECTORY_WAIT_S };
	static const int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND, is_server = 0,
			 tls_min = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
	const char *path = ca_path(q);
	int rc = path ? LDAP_SUCCESS : LDAP_LOCAL_ERROR;

	if (rc == 0)
		rc = ldap.set_option(q->ld, LDAP_OPT_PROTOCOL_VERSION, &version);
	if (rc == 0)
		rc = ldap.set_option(q->ld, LDAP_OPT_NETWORK_TIMEOUT, &wait);
	if (rc == 0)
		rc = ldap.set_option(q->ld, LDAP_OPT_TIMEOUT, &wait);
	if (rc == 0)
		rc = ldap.set_option(q->ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
	if (rc == 0)
		rc = ldap.set_option(q->ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
	if (rc == 0)
		rc = ldap.set_option(q->ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &tls_min);
	if (rc == 0)
		rc = ldap.set_option(q->ld, LDAP_OPT_X_TLS_CACERTFILE, path);
	if (rc == 0) /* and what was set takes hold */
		rc = ldap.set_option(q->ld, LDAP_OPT_X_TLS_NEWCTX, &is_server);
	return rc;
}

/* A password that goes over the line is the first thing that may not be said in the clear: so TLS
 * is the first thing that is done. */
static bool open_line(struct asking *q)
{
	bool is_tls_first = str_starts(str_of(q->d->url), "ldaps://");
	int rc = ldap.initialize(&q->ld, q->d->url);

	if (rc != 0)
		return end(q, DIRECTORY_UNREACHABLE, rc);
	rc = set_options(q);
	if (rc != 0) /* a CA that is none */
		return end(q, DIRECTORY_CERTIFICATE, rc);
	rc = ldap.connect(q->ld);
	if (rc != 0) {
		char *said = NULL;
		bool is_tls;

		(void)ldap.get_option(q->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &said);
		is_tls = is_tls_first && said && *said;
		if (said)
			ldap.memory_free(said);
		return end(q,
			is_tls ? DIRECTORY_CERTIFICATE : of_code(rc, DIRECTORY_UNREACHABLE), rc);
	}
	if (is_tls_first)
		return true;
	rc = ldap.start_tls(q->ld, NULL, NULL);
	if (rc == LDAP_TIMEOUT || rc == LDAP_SERVER_DOWN)
		return end(q, of_code(rc, DIRECTORY_UNREACHABLE), rc);
	return rc == 0 || end(q, DIRECTORY_CERTIFICATE, rc);
}

static int bind_as(struct asking *q, const char *dn, struct str password)
{
	struct berval secret = { password.len, (char *)(uintptr_t)password.ptr };

	return ldap.bind(q->ld, dn, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL);
}

static bool bind_searcher(struct asking *q)
{
	int rc;

	if (!*q->d->bind_dn)
		return true;
	if (!*q->d->bind_password) /* else it would count as nobody, and look like a success */
		return end(q, DIRECTORY_BIND, LDAP_INVALID_CREDENTIALS);
	rc = bind_as(q, q->d->bind_dn, str_of(q->d->bind_password));
	if (rc == 0)
		return true;
	return end(q, of_code(rc, DIRECTORY_BIND), rc);
}

/* --- searching -------------------------------------------------------------------------------- */

static int search(struct asking *q, const char *filter, const char *const *attributes, int max,
	LDAPMessage **ret)
{
	struct timeval wait = { .tv_sec = DIRECTORY_WAIT_S };

	*ret = NULL;
	return ldap.search(q->ld, q->d->base, LDAP_SCOPE_SUBTREE, filter,
		(char **)(uintptr_t)attributes, 0, NULL, NULL, &wait, max, ret);
}

/* The first value of an attribute, or "". */
static struct str value(struct asking *q, LDAPMessage *entry, const char *attribute)
{
	struct berval **values = ldap.values(q->ld, entry, attribute);
	struct str found = STR("");

	if (values && values[0] && values[0]->bv_len <= DIRECTORY_VALUE_BYTES)
		found = arena_str(q->a, (struct str){ values[0]->bv_val, values[0]->bv_len });
	if (values)
		ldap.values_free(values);
	return found;
}

static void groups_of_entry(struct asking *q, LDAPMessage *entry)
{
	struct berval **values = ldap.values(q->ld, entry, "memberOf");

	for (size_t i = 0; values && values[i]; i++)
		directory_add_group(q->ret,
			arena_str(q->a, (struct str){ values[i]->bv_val, values[i]->bv_len }));
	if (values)
		ldap.values_free(values);
}

static bool has_expired(struct asking *q, LDAPMessage *entry)
{
	uint64_t ticks = 0, now_s = (uint64_t)clock_now_s();

	return str_to_u64(value(q, entry, "accountExpires"), 10, &ticks) && ticks > 0 &&
		ticks < INT64_MAX && ticks / TICKS_A_SECOND < now_s + SECONDS_TO_1970;
}

static bool is_shut(struct asking *q, LDAPMessage *entry)
{
	uint64_t control = 0, computed = 0;

	(void)str_to_u64(value(q, entry, "userAccountControl"), 10, &control);
	(void)str_to_u64(value(q, entry, COMPUTED), 10, &computed);
	return control & DISABLED_BIT || computed & LOCKED_BIT || has_expired(q, entry) ||
		str_is_nocase(value(q, entry, "nsAccountLock"), "true") ||
		value(q, entry, "pwdAccountLockedTime").len > 0;
}

static void read_person(struct asking *q, LDAPMessage *entry)
{
	char *dn = ldap.dn(q->ld, entry);

	q->ret->dn = dn ? arena_str(q->a, str_of(dn)) : STR("");
	if (dn)
		ldap.memory_free(dn);
	q->ret->name = value(q, entry, "displayName");
	if (!q->ret->name.len)
		q->ret->name = value(q, entry, "cn");
	q->ret->email = value(q, entry, "mail");
	groups_of_entry(q, entry);
}

static bool find_person(struct asking *q, struct str login)
{
	static const char *const attributes[] = { "cn", "displayName", "mail", "memberOf",
		"userAccountControl", COMPUTED, "accountExpires", "nsAccountLock",
		"pwdAccountLockedTime", NULL };
	LDAPMessage *found, *entry;
	bool is_fine = true;
	struct buf filter;
	int rc;

	buf_init(&filter, 8 * KIB);
	buf_fmt(&filter, "(&%s(%s=", q->d->filter, q->d->attribute);
	directory_escaped(&filter, login);
	buf_fmt(&filter, "))");
	rc = search(q, buf_cstr(&filter), attributes, 2, &found);
	buf_done(&filter);
	entry = found ? ldap.first(q->ld, found) : NULL;
	if (rc == LDAP_SIZELIMIT_EXCEEDED || (entry && ldap.next(q->ld, entry)))
		is_fine = end(q, DIRECTORY_SEVERAL, LDAP_SIZELIMIT_EXCEEDED);
	else if (rc != 0)
		is_fine = end(q, of_code(rc, DIRECTORY_SEARCH), rc);
	else if (!entry)
		is_fine = end(q, DIRECTORY_NOBODY, LDAP_NO_SUCH_OBJECT);
	if (is_fine) {
		read_person(q, entry);
		q->is_shut = is_shut(q, entry);
	}
	ldap.message_free(found);
	return is_fine;
}

/* The password was refused: is that all that was said? */
static bool end_refused(struct asking *q, int code)
{
	enum directory_state state = DIRECTORY_WRONG;
	char *said = NULL;

	(void)ldap.get_option(q->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &said);
	if (said && code == LDAP_INVALID_CREDENTIALS)
		state = directory_refusal(str_of(said));
	if (said)
		ldap.memory_free(said);
	if (state == DIRECTORY_WRONG && q->is_shut)
		state = DIRECTORY_DISABLED;
	return end(q, of_code(code, state), code);
}

static bool is_right(struct asking *q, struct str password)
{
	int rc;

	if (!password.ptr)
		return !q->is_shut || end(q, DIRECTORY_DISABLED, LDAP_UNWILLING_TO_PERFORM);
	if (!password.len) /* RFC 4513 5.1.2: to the directory that is nobody, who is welcome */
		return end(q, DIRECTORY_WRONG, LDAP_INVALID_CREDENTIALS);
	rc = bind_as(q, arena_cstr(q->a, q->ret->dn), password);
	if (rc != 0)
		return end_refused(q, rc);
	return !q->is_shut || end(q, DIRECTORY_SHUT, LDAP_UNWILLING_TO_PERFORM);
}

void directory_ask(const struct directory *d, struct str login, struct str password,
	struct arena *a, struct directory_person *ret)
{
	struct asking q = { .d = d, .a = a, .ca_fd = -1, .ret = ret };

	*ret = (struct directory_person){
		.detail = STR(""), .dn = STR(""), .name = STR(""), .email = STR("")
	};
	if (!ldap.initialize) {
		ret->state = DIRECTORY_UNREACHABLE;
		ret->detail = STR("libldap is not open");
		return;
	}
	if (!directory_is_url(str_of(d->url)))
		(void)end(&q, DIRECTORY_UNREACHABLE, LDAP_PARAM_ERROR);
	else if (open_line(&q) && bind_searcher(&q) && find_person(&q, login)) {
		directory_groups(&q, login);
		if (is_right(&q, password))
			ret->state = DIRECTORY_RIGHT;
	}
	if (q.ld)
		(void)ldap.unbind(q.ld, NULL, NULL);
	if (q.ca_fd >= 0)
		close(q.ca_fd);
}
