/* netlink.c - messages of an nftables dump: chains, sets and their elements, rules. */
#include "work/hostaudit/firewall/netlink_rule.h"

#include <net/if.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#define MEMBERS_MAX 2000

static unsigned families_of(unsigned nfproto)
{
	return nfproto == NFPROTO_IPV4                               ? 1u << 4 :
		nfproto == NFPROTO_IPV6                              ? 1u << 6 :
		nfproto == NFPROTO_INET || nfproto == NFPROTO_NETDEV ? 1u << 4 | 1u << 6 :
								       0;
}

static bool add_chain(struct fw_ruleset *set, unsigned nfproto, struct nl_bytes body)
{
	struct nl_bytes a[NFTA_CHAIN_MAX + 1] = { 0 }, hook[NFTA_HOOK_MAX + 1] = { 0 };
	struct fw_chain *c;
	uint32_t number, policy;

	if (!nl_attributes(body, a, NFTA_CHAIN_MAX))
		return false;
	c = fw_chain(set, nfproto, nl_text(set->a, a[NFTA_CHAIN_TABLE]),
		nl_text(set->a, a[NFTA_CHAIN_NAME]));
	if (c == NULL || a[NFTA_CHAIN_HOOK].at == NULL)
		return true;
	if (!nl_attributes(a[NFTA_CHAIN_HOOK], hook, NFTA_HOOK_MAX) ||
		!nl_number(hook[NFTA_HOOK_HOOKNUM], &number))
		return false;
	c->families = families_of(nfproto);
	if (!str_is(nl_text(set->a, a[NFTA_CHAIN_TYPE]), "filter"))
		return true;
	if (nfproto == NFPROTO_NETDEV)
		c->hook = number == NF_NETDEV_INGRESS ? FW_HOOK_OF_CARD : FW_HOOK_NONE;
	else if (number == NF_INET_LOCAL_IN)
		c->hook = FW_HOOK_INPUT;
	else if (number == NF_INET_PRE_ROUTING)
		c->hook = FW_HOOK_EARLIER;
	else if (number == NF_INET_INGRESS)
		c->hook = FW_HOOK_OF_CARD;
	if (nl_number(a[NFTA_CHAIN_POLICY], &policy))
		c->policy = policy == NF_DROP ? FW_DROP : FW_ACCEPT;
	return true;
}

static bool add_rule(struct fw_ruleset *set, unsigned nfproto, struct nl_bytes body)
{
	struct nl_bytes a[NFTA_RULE_MAX + 1] = { 0 };
	struct fw_rule *rule;
	struct fw_chain *c;
	struct str table;

	if (!nl_attributes(body, a, NFTA_RULE_MAX))
		return false;
	table = nl_text(set->a, a[NFTA_RULE_TABLE]);
	c = fw_chain(set, nfproto, table, nl_text(set->a, a[NFTA_RULE_CHAIN]));
	rule = c != NULL ? fw_rule(set, c) : NULL;
	return rule == NULL || nl_rule(set, nfproto, table, rule, a[NFTA_RULE_EXPRESSIONS]);
}

static bool add_set(struct fw_ruleset *set, unsigned nfproto, struct nl_bytes body)
{
	static const uint32_t told[] = { NL_KEYS_IP4, NL_KEYS_IP6, NL_KEYS_PROTOCOLS, NL_KEYS_PORTS,
		NL_KEYS_INDEXES, NL_KEYS_STATES, NL_KEYS_NAMES };
	struct nl_bytes a[NFTA_SET_MAX + 1] = { 0 };
	uint32_t keys = 0, flags = 0;
	bool is_told = false;

	if (!nl_attributes(body, a, NFTA_SET_MAX))
		return false;
	nl_number(a[NFTA_SET_KEY_TYPE], &keys);
	nl_number(a[NFTA_SET_FLAGS], &flags);
	for (size_t i = 0; i < COUNT(told); i++)
		is_told |= keys == told[i];
	is_told |= keys >> NL_KEYS_BITS != 0;
	if (!is_told || set->members.len >= MEMBERS_MAX)
		return true;
	*vec_add(set->a, &set->members) = (struct fw_members){ .space = nfproto,
		.keys = keys,
		.is_interval = (flags & NFT_SET_INTERVAL) != 0,
		.table = nl_text(set->a, a[NFTA_SET_TABLE]),
		.name = nl_text(set->a, a[NFTA_SET_NAME]),
		.target = STR("") };
	return true;
}

static bool is_place(unsigned keys)
{
	return keys == NL_KEYS_IP4 || keys == NL_KEYS_IP6 || keys == NL_KEYS_PORTS;
}

static bool is_ours(struct arena *a, unsigned keys, struct nl_bytes key)
{
	uint32_t number = 0;

	if (is_place(keys))
		return true;
	if (keys == NL_KEYS_NAMES)
		return !fw_is_inner_interface(nl_text(a, key));
	if (keys == NL_KEYS_PROTOCOLS)
		return key.size == 1 && (key.at[0] == IPPROTO_TCP || key.at[0] == IPPROTO_UDP);
	if (key.size == sizeof(number))
		memcpy(&number, key.at, sizeof(number));
	return keys == NL_KEYS_STATES ? number == NL_STATE_NEW : number > 1;
}

/* What the set holds by one more key, the first of a range or the one behind it. */
static void count_key(struct fw_members *m, struct nl_bytes key, bool is_end)
{
	uint32_t place = is_place(m->keys) ? nl_place(key) : 0;

	if (is_end && place > 0) {
		m->ends++;
		m->end_sum += place;
	} else if (!is_end) {
		m->firsts++;
		m->first_sum += place;
	}
	if (m->keys == NL_KEYS_PROTOCOLS && key.size == 1 && !is_end)
		m->protocols |= key.at[0] == IPPROTO_TCP ? FW_TCP :
			key.at[0] == IPPROTO_UDP         ? FW_UDP :
							   0;
}

/* The bytes of a value of this kind among joined ones, 0 for one we do not know. */
static size_t size_of_kind(unsigned kind)
{
	return kind == NL_KEYS_IP6        ? 16 :
		kind == NL_KEYS_NAMES     ? IFNAMSIZ :
		kind == NL_KEYS_ETHER     ? 6 :
		kind == NL_KEYS_PORTS     ? 2 :
		kind == NL_KEYS_PROTOCOLS ? 1 :
		kind == NL_KEYS_IP4 || kind == NL_KEYS_INDEXES || kind == NL_KEYS_STATES ? 4 :
											   0;
}

/* How much one value of joined keys holds, as that of whoever sends. */
static enum fw_when width_of(
	struct arena *a, unsigned kind, const unsigned char *first, const unsigned char *last)
{
	struct nl_bytes from = { first, size_of_kind(kind) }, to = { last, from.size };
	struct fw_cover c = { .of = kind == NL_KEYS_IP4 ? FW_IP4 :
			kind == NL_KEYS_IP6             ? FW_IP6 :
							  FW_PORTS };

	if (kind == NL_KEYS_IP6)
		from.size = to.size = memcmp(first, last, to.size) == 0 ? 0 : to.size;
	if (kind == NL_KEYS_ETHER || from.size == 0)
		return FW_NARROW;
	if (!is_place(kind))
		return !is_ours(a, kind, from)                           ? FW_NARROW :
			kind == NL_KEYS_NAMES || kind == NL_KEYS_INDEXES ? FW_WIDE :
									   FW_ALWAYS;
	fw_cover_add(&c, (struct fw_span){ nl_place(from), nl_place(to) });
	return fw_cover_when(&c);
}

/* Values of joined keys stand one behind the other, each from a multiple of four bytes on. */
static void take_joined(
	struct arena *a, struct fw_members *m, struct nl_bytes first, struct nl_bytes last)
{
	enum fw_when values[FW_VALUES_MAX] = { 0 };
	unsigned kinds[FW_VALUES_MAX], left = m->keys;
	size_t count = 0, at = 0;

	for (; left != 0 && count < FW_VALUES_MAX; left >>= NL_KEYS_BITS)
		kinds[count++] = left & ((1u << NL_KEYS_BITS) - 1);
	if (last.size != first.size)
		last = first;
	for (size_t i = 0; i < count; i++) { /* the first kind is in the highest bits */
		unsigned kind = kinds[count - 1 - i];
		size_t size = size_of_kind(kind);

		if (size == 0 || at > first.size || first.size - at < size) {
			for (; i < count; i++)
				values[i] = FW_WIDE;
			break;
		}
		values[i] = width_of(a, kind, first.at + at, last.at + at);
		at += (size + 3) / 4 * 4;
	}
	m->has_ours = true;
	fw_pattern_add(&m->patterns, values);
}

static void take_element(struct fw_ruleset *set, struct fw_members *m, struct nl_bytes element)
{
	struct nl_bytes end[NFTA_DATA_MAX + 1] = { 0 };
	struct nl_bytes a[NFTA_SET_ELEM_MAX + 1] = { 0 }, v[NFTA_DATA_MAX + 1] = { 0 };
	struct str target = STR("");
	enum fw_verdict verdict;
	uint32_t flags = 0;
	bool is_end;

	if (!nl_attributes(element, a, NFTA_SET_ELEM_MAX) ||
		!nl_attributes(a[NFTA_SET_ELEM_KEY], v, NFTA_DATA_MAX))
		return;
	nl_number(a[NFTA_SET_ELEM_FLAGS], &flags);
	is_end = (flags & NFT_SET_ELEM_INTERVAL_END) != 0;
	if (m->keys >> NL_KEYS_BITS != 0) {
		if (!nl_attributes(a[NFTA_SET_ELEM_KEY_END], end, NFTA_DATA_MAX))
			return;
		take_joined(set->a, m, v[NFTA_DATA_VALUE], end[NFTA_DATA_VALUE]);
	} else {
		count_key(m, v[NFTA_DATA_VALUE], is_end);
		if (is_end || !is_ours(set->a, m->keys, v[NFTA_DATA_VALUE]))
			return;
	}
	m->has_ours = true;
	verdict = nl_verdict(set->a, a[NFTA_SET_ELEM_DATA], &target);
	if (m->verdict == FW_ACCEPT || (m->verdict >= FW_JUMP && verdict != FW_ACCEPT))
		return;
	m->verdict = verdict;
	m->target = target;
}

static bool add_elements(struct fw_ruleset *set, unsigned nfproto, struct nl_bytes body)
{
	struct nl_bytes a[NFTA_SET_ELEM_LIST_MAX + 1] = { 0 }, list, one;
	struct fw_members *m;
	enum nl_step step;

	if (!nl_attributes(body, a, NFTA_SET_ELEM_LIST_MAX))
		return false;
	m = nl_members(set, nfproto, nl_text(set->a, a[NFTA_SET_ELEM_LIST_TABLE]),
		nl_text(set->a, a[NFTA_SET_ELEM_LIST_SET]));
	if (m == NULL)
		return true;
	list = a[NFTA_SET_ELEM_LIST_ELEMENTS];
	while ((step = nl_next(&list, NULL, &one)) == NL_ONE)
		take_element(set, m, one);
	return step == NL_END;
}

bool fw_add_netlink(struct fw_ruleset *set, const unsigned char *message, size_t size)
{
	struct nlmsghdr head;
	struct nfgenmsg family;
	struct nl_bytes body;

	if (size < NLMSG_HDRLEN + sizeof(family))
		return false;
	memcpy(&head, message, sizeof(head));
	memcpy(&family, message + NLMSG_HDRLEN, sizeof(family));
	body = (struct nl_bytes){ message + NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(family)),
		size - NLMSG_HDRLEN - NLMSG_ALIGN(sizeof(family)) };
	if (NFNL_SUBSYS_ID(head.nlmsg_type) != NFNL_SUBSYS_NFTABLES)
		return true;
	if (NFNL_MSG_TYPE(head.nlmsg_type) == NFT_MSG_NEWCHAIN)
		return add_chain(set, family.nfgen_family, body);
	if (NFNL_MSG_TYPE(head.nlmsg_type) == NFT_MSG_NEWRULE)
		return add_rule(set, family.nfgen_family, body);
	if (NFNL_MSG_TYPE(head.nlmsg_type) == NFT_MSG_NEWSET)
		return add_set(set, family.nfgen_family, body);
	if (NFNL_MSG_TYPE(head.nlmsg_type) == NFT_MSG_NEWSETELEM)
		return add_elements(set, family.nfgen_family, body);
	return true;
}
