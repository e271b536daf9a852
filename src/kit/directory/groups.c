/* groups.c - the groups of a person: those that name the person, and those that name these groups,
 * as deep as they go. Active Directory walks that itself; elsewhere we do, level by level, within
 * bounds. Answers are asked for in pages, since servers cut long ones. */
#include <stdlib.h>
#include <string.h>

#include "kit/directory/directory_int.h"

#define PAGE_ENTRIES 50
#define QUESTIONS_MAX 24 /* of one person's groups, pages included */
#define NAMED_AT_ONCE 20 /* groups in one question */
#define FILTER_BYTES_MAX (64 * KIB)

void directory_escaped(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c < 0x20 || c >= 0x7f || c == '*' || c == '(' || c == ')' || c == '\\')
			buf_fmt(out, "\\%02x", c);
		else
			buf_fmt(out, "%c", c);
	}
}

void directory_add_group(struct directory_person *p, struct str dn)
{
	for (size_t i = 0; i < p->group_count; i++)
		if (str_eq_nocase(p->groups[i], dn))
			return;
	if (p->group_count < DIRECTORY_GROUPS_MAX && dn.len && dn.len <= DIRECTORY_VALUE_BYTES)
		p->groups[p->group_count++] = dn;
}

static void take_page(struct asking *q, LDAPMessage *found)
{
	LDAPMessage *entry = found ? ldap.first(q->ld, found) : NULL;

	for (; entry; entry = ldap.next(q->ld, entry)) {
		char *dn = ldap.dn(q->ld, entry);

		if (dn)
			directory_add_group(q->ret, arena_str(q->a, str_of(dn)));
		if (dn)
			ldap.memory_free(dn);
	}
}

/* What tells of the next page, into COOKIE; false: this was the last one. */
static bool next_page(struct asking *q, LDAPMessage *found, struct berval *cookie)
{
	LDAPControl **controls = NULL, *page;
	ber_int_t total;
	int code = 0;

	free(cookie->bv_val);
	*cookie = (struct berval){ 0 };
	if (!found ||
		ldap.result(q->ld, found, &code, NULL, NULL, NULL, &controls, 0) != LDAP_SUCCESS)
		return false;
	page = ldap.find_control(LDAP_CONTROL_PAGEDRESULTS, controls, NULL);
	if (page) {
		struct berval told = { 0 };

		if (ldap.page_told(q->ld, page, &total, &told) == LDAP_SUCCESS && told.bv_len) {
			cookie->bv_val = malloc(told.bv_len);
			if (!cookie->bv_val)
				abort();
			memcpy(cookie->bv_val, told.bv_val, told.bv_len);
			cookie->bv_len = told.bv_len;
		}
		if (told.bv_val)
			ldap.memory_free(told.bv_val);
	}
	if (controls)
		ldap.controls_free(controls);
	return cookie->bv_len > 0;
}

/* All groups that FILTER finds. A directory that does not let us ask leaves what is known. */
static void find(struct asking *q, const char *filter, unsigned *questions)
{
	static const char *const attributes[] = { "1.1", NULL };
	struct timeval wait = { .tv_sec = DIRECTORY_WAIT_S };
	struct berval cookie = { 0 };
	bool has_more;

	do {
		LDAPControl *page = NULL, *controls[2] = { NULL };
		LDAPMessage *found = NULL;

		if (++*questions > QUESTIONS_MAX ||
			ldap.page_make(q->ld, PAGE_ENTRIES, cookie.bv_len ? &cookie : NULL, 0,
				&page) != LDAP_SUCCESS)
			break;
		controls[0] = page;
		(void)ldap.search(q->ld, q->d->base, LDAP_SCOPE_SUBTREE, filter,
			(char **)(uintptr_t)attributes, 0, controls, NULL, &wait, LDAP_NO_LIMIT,
			&found);
		ldap.control_free(page);
		take_page(q, found);
		has_more = next_page(q, found, &cookie);
		ldap.message_free(found);
	} while (has_more && q->ret->group_count < DIRECTORY_GROUPS_MAX);
	free(cookie.bv_val);
}

/* Those that name the person, by DN or by log-in name. */
static void find_direct(struct asking *q, struct str login, unsigned *questions)
{
	struct buf filter;

	buf_init(&filter, FILTER_BYTES_MAX);
	buf_fmt(&filter, "(|(member=");
	directory_escaped(&filter, q->ret->dn);
	buf_fmt(&filter, ")(uniqueMember=");
	directory_escaped(&filter, q->ret->dn);
	buf_fmt(&filter, ")(memberUid=");
	directory_escaped(&filter, login);
	buf_fmt(&filter, "))");
	find(q, buf_cstr(&filter), questions);
	buf_done(&filter);
}

/* LDAP_MATCHING_RULE_IN_CHAIN of Active Directory; a server that has no such rule finds nobody. */
static bool find_in_chain(struct asking *q, unsigned *questions)
{
	size_t before = q->ret->group_count;
	struct buf filter;

	buf_init(&filter, FILTER_BYTES_MAX);
	buf_fmt(&filter, "(member:1.2.840.113556.1.4.1941:=");
	directory_escaped(&filter, q->ret->dn);
	buf_fmt(&filter, ")");
	find(q, buf_cstr(&filter), questions);
	buf_done(&filter);
	return q->ret->group_count > before;
}

/* Those that name groups known already, until there is none new. A ring ends by itself: who is
 * known is not new. */
static void walk(struct asking *q, unsigned *questions)
{
	struct directory_person *p = q->ret;
	struct buf filter;

	for (size_t at = 0; at < p->group_count && p->group_count < DIRECTORY_GROUPS_MAX &&
		*questions < QUESTIONS_MAX;) {
		size_t end = at + NAMED_AT_ONCE;

		buf_init(&filter, FILTER_BYTES_MAX);
		buf_fmt(&filter, "(|");
		for (; at < p->group_count && at < end; at++) {
			buf_fmt(&filter, "(member=");
			directory_escaped(&filter, p->groups[at]);
			buf_fmt(&filter, ")(uniqueMember=");
			directory_escaped(&filter, p->groups[at]);
			buf_fmt(&filter, ")");
		}
		buf_fmt(&filter, ")");
		if (!buf_is_full(&filter))
			find(q, buf_cstr(&filter), questions);
		buf_done(&filter);
	}
}

void directory_groups(struct asking *q, struct str login)
{
	unsigned questions = 0;

	find_direct(q, login, &questions);
	if (!find_in_chain(q, &questions))
		walk(q, &questions);
}
