/* ipset.c - messages of the kernel's list of its ipsets. Each length is checked against what holds
 * it. */
#include "work/hostaudit/firewall/ipset.h"

#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "work/hostaudit/firewall/attribute.h"
#include "work/hostaudit/firewall/firewall.h"

#define SETS_MAX 4096
#define NAMES_MAX 65536 /* in all lists of sets together */

static bool is_address(struct str kind)
{
	return str_is(kind, "ip") || str_is(kind, "net");
}

static struct fw_ipset *named(const struct fw_ipsets *sets, struct str name)
{
	for (size_t i = sets->all.len; i > 0; i--) /* a long list comes in many messages */
		if (str_eq(sets->all.at[i - 1].name, name))
			return &sets->all.at[i - 1];
	return NULL;
}

static uint32_t number(struct nl_bytes b)
{
	uint32_t n = 0;

	for (size_t i = 0; i < b.size && i < sizeof(n); i++)
		n = n << 8 | b.at[i];
	return n;
}

/* ---- elements ---- */

/* The addresses of "10.0.0.0/8" or of "10.0.0.1-10.0.0.9": of one nested attribute, or two. */
static bool addresses(struct nl_bytes first, struct nl_bytes last, unsigned bits, int *ret_family,
	struct fw_span *ret)
{
	struct nl_bytes a[IPSET_ATTR_IPADDR_MAX + 1] = { 0 }, b[IPSET_ATTR_IPADDR_MAX + 1] = { 0 };
	struct nl_bytes four, six;

	if (first.at == NULL || !nl_attributes(first, a, IPSET_ATTR_IPADDR_MAX) ||
		!nl_attributes(last, b, IPSET_ATTR_IPADDR_MAX))
		return false;
	four = a[IPSET_ATTR_IPADDR_IPV4];
	six = a[IPSET_ATTR_IPADDR_IPV6];
	*ret_family = four.size == 4 ? 4 : 6;
	if (four.size == 4)
		*ret = fw_network(four.at, 4, (int)bits);
	else if (six.size == 16)
		*ret = fw_network(six.at, 16, (int)bits);
	else
		return false;
	if (four.size == 4 && b[IPSET_ATTR_IPADDR_IPV4].size == 4)
		ret->last = number(b[IPSET_ATTR_IPADDR_IPV4]);
	return true;
}

static struct fw_cover cover_of_addresses(
	const struct fw_ipset *s, const struct nl_bytes *a, bool is_second)
{
	struct nl_bytes cidr = a[is_second ? IPSET_ATTR_CIDR2 : IPSET_ATTR_CIDR];
	unsigned bits = cidr.size == 1 ? cidr.at[0] : s->bits;
	struct fw_cover c = { .of = FW_IP4 };
	struct fw_span span;
	int family;

	if (!addresses(a[is_second ? IPSET_ATTR_IP2 : IPSET_ATTR_IP],
		    a[is_second ? IPSET_ATTR_IP2_TO : IPSET_ATTR_IP_TO], bits, &family, &span))
		return c;
	c.of = family == 4 ? FW_IP4 : FW_IP6;
	fw_cover_add(&c, span);
	return c;
}

static struct fw_cover cover_of_ports(const struct nl_bytes *a)
{
	struct fw_cover c = { .of = FW_PORTS };
	uint32_t first = number(a[IPSET_ATTR_PORT]);
	uint32_t last = a[IPSET_ATTR_PORT_TO].at != NULL ? number(a[IPSET_ATTR_PORT_TO]) : first;

	if (a[IPSET_ATTR_PORT].at != NULL)
		fw_cover_add(&c, (struct fw_span){ first, last });
	return c;
}

/* How much one value of an element holds. */
static enum fw_when width_of(struct arena *a, const struct fw_ipset *s, size_t i,
	const struct nl_bytes *values, struct fw_cover *ret)
{
	struct str kind = s->kinds[i];
	bool is_second = false;

	for (size_t before = 0; before < i; before++)
		is_second |= is_address(s->kinds[before]);
	*ret = (struct fw_cover){ .of = FW_PORTS };
	if (is_address(kind) || str_is(kind, "port")) {
		*ret = is_address(kind) ? cover_of_addresses(s, values, is_second) :
					  cover_of_ports(values);
		return fw_cover_when(ret);
	}
	if (str_is(kind, "iface"))
		return fw_is_inner_interface(nl_text(a, values[IPSET_ATTR_IFACE])) ? FW_NARROW :
										     FW_WIDE;
	return str_is(kind, "mac") ? FW_NARROW : FW_WIDE;
}

static void take_element(
	struct fw_ipsets *sets, struct arena *a, struct fw_ipset *s, const struct nl_bytes *values)
{
	enum fw_when widths[FW_VALUES_MAX] = { 0 };
	struct fw_cover one;

	if ((number(values[IPSET_ATTR_CADT_FLAGS]) & IPSET_FLAG_NOMATCH) != 0)
		return; /* an exception among the others */
	if (s->count == 1 && str_is(s->kinds[0], "set")) {
		sets->is_full |= ++sets->names >= NAMES_MAX;
		if (!sets->is_full)
			vec_push(a, &s->members, nl_text(a, values[IPSET_ATTR_NAME]));
		return;
	}
	for (size_t i = 0; i < s->count; i++)
		widths[i] = width_of(a, s, i, values, &one);
	fw_pattern_add(&s->patterns, widths);
	if (s->count != 1)
		return;
	s->held.of = one.of;
	s->held.rest += one.rest;
	for (unsigned i = 0; i < one.count; i++)
		fw_cover_add(&s->held, one.at[i]);
}

static bool add_elements(
	struct fw_ipsets *sets, struct arena *a, struct fw_ipset *s, struct nl_bytes list)
{
	struct nl_bytes one, values[IPSET_ATTR_ADT_MAX + 1];
	enum nl_step step;

	while ((step = nl_next(&list, NULL, &one)) == NL_ONE) {
		if (!nl_attributes(one, values, IPSET_ATTR_ADT_MAX))
			return false;
		take_element(sets, a, s, values);
	}
	return step == NL_END;
}

/* ---- sets ---- */

/* "hash:net,port" */
static void take_type(struct fw_ipset *s, struct str type)
{
	struct str kind;
	ptrdiff_t colon = str_find_char(type, ':');

	type = str_from(type, colon < 0 ? type.len : (size_t)colon + 1);
	for (s->count = 0; s->count < COUNT(s->kinds) && str_next_word(&type, ",", &kind);)
		s->kinds[s->count++] = kind;
}

bool fw_add_ipset(
	struct fw_ipsets *sets, struct arena *a, const unsigned char *message, size_t size)
{
	const size_t head = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct nfgenmsg));
	struct nl_bytes top[IPSET_ATTR_CMD_MAX + 1], made[IPSET_ATTR_CREATE_MAX + 1];
	struct fw_ipset *s;
	struct str name;

	if (size < head ||
		!nl_attributes((struct nl_bytes){ message + head, size - head }, top,
			IPSET_ATTR_CMD_MAX) ||
		!nl_attributes(top[IPSET_ATTR_DATA], made, IPSET_ATTR_CREATE_MAX))
		return false;
	name = nl_text(a, top[IPSET_ATTR_SETNAME]);
	s = named(sets, name);
	if (s == NULL && sets->all.len >= SETS_MAX) {
		sets->is_full = true;
		return true;
	}
	if (s == NULL) {
		s = vec_add(a, &sets->all);
		s->name = name;
		s->bits = 128; /* as much as an address has, of either family */
	}
	if (top[IPSET_ATTR_TYPENAME].at != NULL)
		take_type(s, nl_text(a, top[IPSET_ATTR_TYPENAME]));
	if (top[IPSET_ATTR_INDEX].size == 2) {
		s->index = number(top[IPSET_ATTR_INDEX]);
		s->has_index = true;
	}
	if (made[IPSET_ATTR_NETMASK].size == 1)
		s->bits = made[IPSET_ATTR_NETMASK].at[0];
	return add_elements(sets, a, s, top[IPSET_ATTR_ADT]);
}

/* ---- what a rule makes of one ---- */

static enum fw_when width_of_set(const struct fw_ipset *s, unsigned flags)
{
	bool is_loose[FW_VALUES_MAX] = { 0 };
	enum fw_when held = fw_cover_when(&s->held);

	if (s->count == 0)
		return FW_WIDE;
	for (size_t i = 0; i < s->count; i++)
		is_loose[i] = is_address(s->kinds[i]) && (flags & 2u << i) == 0;
	if (s->count == 1 && s->held.of != FW_NO_WHOLE)
		return is_loose[0] && held == FW_NARROW ? FW_WIDE : held;
	return fw_patterns_when(&s->patterns, s->count, is_loose);
}

enum fw_when fw_ipset_when(const struct fw_ipsets *sets, uint32_t index, unsigned flags)
{
	const struct fw_ipset *s = NULL, *member;
	enum fw_when widest = FW_NARROW, when;

	for (size_t i = 0; sets != NULL && i < sets->all.len; i++)
		if (sets->all.at[i].has_index && sets->all.at[i].index == index)
			s = &sets->all.at[i];
	if (s == NULL || sets->is_full)
		return FW_WIDE;
	if (s->count != 1 || !str_is(s->kinds[0], "set"))
		return width_of_set(s, flags);
	for (size_t i = 0; i < s->members.len; i++) {
		member = named(sets, s->members.at[i]);
		when = member != NULL ? width_of_set(member, flags) : FW_WIDE;
		widest = when < widest ? when : widest;
	}
	return widest;
}
