/* netlink_rule.c - the expressions of a rule in an nftables dump, as far as the judge needs them.
 * What is not known may hold for everybody. */
#include "work/hostaudit/firewall/netlink_rule.h"

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/rtnetlink.h>

enum loaded {
	LOADED_NOTHING,
	LOADED_IFNAME,
	LOADED_IFINDEX,
	LOADED_IFTYPE,
	LOADED_NFPROTO,
	LOADED_ETHERTYPE,
	LOADED_L4PROTO,
	LOADED_STATE,
	LOADED_DIRECTION,
	LOADED_PACKET_TYPE,
	LOADED_PORTS,
	LOADED_FLAGS, /* of TCP */
	LOADED_SOURCE,
	LOADED_TARGET,         /* the address a packet goes to */
	LOADED_TYPE_OF_TARGET, /* is the packet for this machine, for a group, …? */
	LOADED_RARE,           /* what few have: a card's address, IPsec, a helper's connection */
	LOADED_OTHER
};

#define LOADED_KEYS (1u << LOADED_PORTS | 1u << LOADED_SOURCE | 1u << LOADED_RARE)
#define TCP_SYN 2u

struct rule_reader {
	struct fw_ruleset *set;
	unsigned space;
	struct str table;
	struct fw_rule *rule;
	enum loaded loaded;
	unsigned loads;                    /* bits of all that was loaded since the last question */
	enum loaded joined[FW_VALUES_MAX]; /* all that, in its order */
	size_t joined_count;
	struct nl_bytes mask; /* on what was loaded; none: at NULL */
	uint32_t from;        /* the lower end of a range, 0 before one is named */
	bool is_own_port;     /* of LOADED_PORTS: where the packet goes to */
};

enum fw_verdict nl_verdict(struct arena *arena, struct nl_bytes data, struct str *ret_target)
{
	struct nl_bytes d[NFTA_DATA_MAX + 1] = { 0 }, v[NFTA_VERDICT_MAX + 1] = { 0 };
	uint32_t code;

	if (!nl_attributes(data, d, NFTA_DATA_MAX) || d[NFTA_DATA_VERDICT].at == NULL ||
		!nl_attributes(d[NFTA_DATA_VERDICT], v, NFTA_VERDICT_MAX) ||
		!nl_number(v[NFTA_VERDICT_CODE], &code))
		return FW_GO_ON;
	switch ((int32_t)code) {
	case NF_DROP:
		return FW_DROP;
	case NF_ACCEPT:
	case NF_QUEUE: /* a program decides: as good as let in, for all we know */
		return FW_ACCEPT;
	case NFT_RETURN:
		return FW_RETURN;
	case NFT_JUMP:
	case NFT_GOTO:
		*ret_target = nl_text(arena, v[NFTA_VERDICT_CHAIN]);
		return (int32_t)code == NFT_JUMP ? FW_JUMP : FW_GOTO;
	default:
		return FW_GO_ON;
	}
}

uint32_t nl_place(struct nl_bytes value)
{
	size_t bytes = value.size == 4 ? 4 : 2;
	uint32_t n = 0;

	for (size_t i = 0; i < bytes && i < value.size; i++)
		n = n << 8 | value.at[i];
	return n;
}

struct fw_members *nl_members(
	const struct fw_ruleset *set, unsigned space, struct str table, struct str name)
{
	for (size_t i = 0; i < set->members.len; i++) {
		struct fw_members *m = &set->members.at[i];

		if (m->space == space && str_eq(m->table, table) && str_eq(m->name, name))
			return m;
	}
	return NULL;
}

static bool is_ip6(const struct rule_reader *r)
{
	return r->space == NFPROTO_IPV6 || r->rule->family == 6;
}

static void load(struct rule_reader *r, enum loaded what)
{
	r->loaded = what;
	if (r->loads == 0)
		r->joined_count = 0;
	r->loads |= 1u << what;
	if (r->joined_count < COUNT(r->joined))
		r->joined[r->joined_count++] = what;
	r->mask = (struct nl_bytes){ 0 };
	r->from = 0;
	r->is_own_port = false;
}

/* A question about a value that a new connection has or has not. */
static void only_if(struct rule_reader *r, bool has_it, bool is_equal)
{
	if (has_it != is_equal)
		fw_narrow(r->rule);
}

static uint32_t host_number(struct nl_bytes value)
{
	uint16_t two = 0;
	uint32_t four = 0;

	if (value.size == sizeof(two)) {
		memcpy(&two, value.at, sizeof(two));
		return two;
	}
	if (value.size == sizeof(four))
		memcpy(&four, value.at, sizeof(four));
	return value.size == 1 ? value.at[0] : four;
}

static void read_meta(struct rule_reader *r, struct nl_bytes data)
{
	static const struct {
		uint32_t key;
		enum loaded loaded;
	} keys[] = { { NFT_META_IIFNAME, LOADED_IFNAME }, { NFT_META_IIF, LOADED_IFINDEX },
		{ NFT_META_IIFTYPE, LOADED_IFTYPE }, { NFT_META_NFPROTO, LOADED_NFPROTO },
		{ NFT_META_PROTOCOL, LOADED_ETHERTYPE }, { NFT_META_L4PROTO, LOADED_L4PROTO },
		{ NFT_META_PKTTYPE, LOADED_PACKET_TYPE }, { NFT_META_SECPATH, LOADED_RARE } };
	struct nl_bytes a[NFTA_META_MAX + 1] = { 0 };
	enum loaded loaded = LOADED_OTHER;
	uint32_t key = UINT32_MAX;

	if (nl_attributes(data, a, NFTA_META_MAX) && a[NFTA_META_SREG].at != NULL) {
		r->loads = 0; /* sets a mark: no condition */
		return;
	}
	nl_number(a[NFTA_META_KEY], &key);
	for (size_t i = 0; i < COUNT(keys); i++)
		if (key == keys[i].key)
			loaded = keys[i].loaded;
	load(r, loaded);
}

static void compare_interface(struct rule_reader *r, struct nl_bytes value, bool is_equal)
{
	struct str name = nl_text(r->set->a, value);
	bool is_inner = fw_is_inner_interface(name);

	if (is_inner && is_equal)
		fw_narrow(r->rule);
	else if (!is_inner) /* all but an inner one: whoever comes from outside */
		fw_widen(r->rule, name);
}

static void compare_index(struct rule_reader *r, struct nl_bytes value, bool is_equal)
{
	uint32_t index = host_number(value);

	if (index == 1 && is_equal) /* lo is the first interface of every network */
		fw_narrow(r->rule);
	else if (index != 1)
		fw_widen(r->rule, arena_fmt(r->set->a, "%sif %u", is_equal ? "" : "! ", index));
}

/* Every other kind of card may be the one that leads out. */
static void compare_iftype(struct rule_reader *r, struct nl_bytes value, bool is_equal)
{
	if (host_number(value) == ARPHRD_LOOPBACK)
		only_if(r, false, is_equal);
	else
		fw_widen(r->rule, STR("iiftype"));
}

static void compare_family(struct rule_reader *r, struct nl_bytes value, bool is_equal)
{
	uint32_t number = r->loaded == LOADED_NFPROTO ? host_number(value) : nl_place(value);
	bool is4 = number == (r->loaded == LOADED_NFPROTO ? NFPROTO_IPV4 : ETH_P_IP);
	bool is6 = number == (r->loaded == LOADED_NFPROTO ? NFPROTO_IPV6 : ETH_P_IPV6);

	if (!is4 && !is6)
		only_if(r, false, is_equal);
	else
		r->rule->family = is4 == is_equal ? 4 : 6;
}

static void compare_protocol(struct rule_reader *r, struct nl_bytes value, bool is_equal)
{
	uint32_t number = host_number(value);
	unsigned named = number == IPPROTO_TCP ? FW_TCP : number == IPPROTO_UDP ? FW_UDP : 0;

	fw_only_protocols(r->rule, is_equal ? named : FW_TCP_UDP & ~named);
}

/* "state & mask != 0": a new connection passes when the mask holds "new". Without a mask the state
 * itself is compared. */
static void compare_state(struct rule_reader *r, struct nl_bytes value, bool is_equal)
{
	if (r->mask.at != NULL)
		only_if(r, (host_number(r->mask) & NL_STATE_NEW) == host_number(value), is_equal);
	else
		only_if(r, host_number(value) == NL_STATE_NEW, is_equal);
}

/* Of TCP's flags the first packet has SYN alone. */
static void compare_flags(struct rule_reader *r, struct nl_bytes value, bool is_equal)
{
	uint32_t seen = TCP_SYN & (r->mask.at != NULL ? host_number(r->mask) : UINT32_MAX);

	only_if(r, seen == host_number(value), is_equal);
}

static struct fw_cover cover_of(const struct rule_reader *r, struct fw_span span)
{
	struct fw_cover c = { .of = r->loaded == LOADED_PORTS ? FW_PORTS :
			is_ip6(r)                             ? FW_IP6 :
								FW_IP4 };

	fw_cover_add(&c, span);
	return c;
}

static void weigh_cover(
	struct rule_reader *r, const struct fw_cover *c, bool is_equal, struct str detail)
{
	if (!is_equal)
		fw_weigh(r->rule, fw_when_not(fw_cover_when(c)), detail);
	else if (r->loaded == LOADED_PORTS && !r->is_own_port)
		fw_weigh(r->rule, fw_cover_when(c), detail);
	else
		fw_weigh_cover(r->rule, c, detail);
}

/* A network, or one port: with a mask on it many. */
static void compare_place(struct rule_reader *r, struct nl_bytes value, bool is_equal)
{
	size_t size = is_ip6(r) ? 16 : 4;
	struct fw_cover c = cover_of(r, (struct fw_span){ nl_place(value), nl_place(value) });
	int bits = (int)value.size * 8;

	if (r->mask.at != NULL)
		bits = r->loaded == LOADED_SOURCE ? fw_prefix_of(r->mask.at, r->mask.size) : -1;
	if (bits < 0 || (r->loaded == LOADED_SOURCE && value.size > size)) {
		fw_widen(r->rule, STR("addresses"));
		return;
	}
	if (r->loaded == LOADED_SOURCE) {
		unsigned char address[16] = { 0 };

		memcpy(address, value.at, value.size);
		c = cover_of(r, fw_network(address, size, bits));
	}
	weigh_cover(r, &c, is_equal, STR("addresses"));
}

/* The two ends of a range come one after the other. */
static void compare_order(struct rule_reader *r, struct nl_bytes value, uint32_t op)
{
	uint64_t last = r->loaded == LOADED_SOURCE && !is_ip6(r) ? UINT32_MAX : UINT16_MAX;
	uint64_t place = nl_place(value);
	struct fw_span span = { r->from, place };
	struct fw_cover c;

	if (r->mask.at != NULL || (r->loaded != LOADED_PORTS && r->loaded != LOADED_SOURCE)) {
		fw_widen(r->rule, STR("range"));
		return;
	}
	if (op == NFT_CMP_GTE || op == NFT_CMP_GT) {
		place += op == NFT_CMP_GT;
		r->from = (uint32_t)place;
		span = (struct fw_span){ place, last };
	} else if (op == NFT_CMP_LT) {
		span = place > 0 ? (struct fw_span){ r->from, place - 1 } :
				   (struct fw_span){ 1, 0 };
	}
	c = cover_of(r, span);
	weigh_cover(r, &c, true, STR("range"));
}

/* A packet from outside goes to an address of this machine, which may be the one named. */
static void compare_address(struct rule_reader *r, struct nl_bytes value, bool is_equal)
{
	unsigned first = value.size > 0 ? value.at[0] : 0;
	bool is_group = is_ip6(r) ? first == 0xff : first >= 224 || first == 127;

	if (r->mask.at != NULL && fw_prefix_of(r->mask.at, r->mask.size) == 0)
		only_if(r, true, is_equal);
	else if (is_equal && is_group)
		fw_narrow(r->rule);
	else
		fw_widen(r->rule, STR("daddr"));
}

/* "ct helper", "ether saddr", "secpath": few have it. */
static void compare_rare(struct rule_reader *r, struct nl_bytes value, bool is_equal)
{
	only_if(r, value.size == 1 && value.at[0] == 0, is_equal);
}

static void compare_equal(struct rule_reader *r, struct nl_bytes value, bool is_equal)
{
	switch (r->loaded) {
	case LOADED_IFNAME:
		compare_interface(r, value, is_equal);
		break;
	case LOADED_IFINDEX:
		compare_index(r, value, is_equal);
		break;
	case LOADED_IFTYPE:
		compare_iftype(r, value, is_equal);
		break;
	case LOADED_NFPROTO:
	case LOADED_ETHERTYPE:
		compare_family(r, value, is_equal);
		break;
	case LOADED_L4PROTO:
		compare_protocol(r, value, is_equal);
		break;
	case LOADED_STATE:
		compare_state(r, value, is_equal);
		break;
	case LOADED_DIRECTION:
		only_if(r, host_number(value) == IP_CT_DIR_ORIGINAL, is_equal);
		break;
	case LOADED_PACKET_TYPE:
		only_if(r, host_number(value) == PACKET_HOST, is_equal);
		break;
	case LOADED_PORTS:
	case LOADED_SOURCE:
		compare_place(r, value, is_equal);
		break;
	case LOADED_FLAGS:
		compare_flags(r, value, is_equal);
		break;
	case LOADED_TARGET:
		compare_address(r, value, is_equal);
		break;
	case LOADED_TYPE_OF_TARGET: /* whatever comes in is for an address of this machine */
		only_if(r, host_number(value) == RTN_LOCAL, is_equal);
		break;
	case LOADED_RARE:
		compare_rare(r, value, is_equal);
		break;
	case LOADED_NOTHING:
	case LOADED_OTHER:
		fw_widen(r->rule, STR("condition"));
		break;
	}
}

static void read_compare(struct rule_reader *r, struct nl_bytes data)
{
	struct nl_bytes a[NFTA_CMP_MAX + 1] = { 0 }, v[NFTA_DATA_MAX + 1] = { 0 };
	uint32_t op;

	if (!nl_attributes(data, a, NFTA_CMP_MAX) || !nl_number(a[NFTA_CMP_OP], &op) ||
		!nl_attributes(a[NFTA_CMP_DATA], v, NFTA_DATA_MAX))
		fw_widen(r->rule, STR("condition"));
	else if (op == NFT_CMP_EQ || op == NFT_CMP_NEQ)
		compare_equal(r, v[NFTA_DATA_VALUE], op == NFT_CMP_EQ);
	else
		compare_order(r, v[NFTA_DATA_VALUE], op);
	r->loads = 0;
}

/* "tcp dport != 1-1023" */
static void read_range(struct rule_reader *r, struct nl_bytes data)
{
	struct nl_bytes a[NFTA_RANGE_MAX + 1] = { 0 }, v[NFTA_DATA_MAX + 1] = { 0 };
	struct nl_bytes w[NFTA_DATA_MAX + 1] = { 0 };
	struct fw_cover c;
	uint32_t op;

	r->loads = 0;
	if (!nl_attributes(data, a, NFTA_RANGE_MAX) || !nl_number(a[NFTA_RANGE_OP], &op) ||
		!nl_attributes(a[NFTA_RANGE_FROM_DATA], v, NFTA_DATA_MAX) ||
		!nl_attributes(a[NFTA_RANGE_TO_DATA], w, NFTA_DATA_MAX) ||
		(r->loaded != LOADED_PORTS && r->loaded != LOADED_SOURCE)) {
		fw_widen(r->rule, STR("range"));
		return;
	}
	c = cover_of(
		r, (struct fw_span){ nl_place(v[NFTA_DATA_VALUE]), nl_place(w[NFTA_DATA_VALUE]) });
	weigh_cover(r, &c, op != NFT_RANGE_NEQ, STR("range"));
}

/* Of the heads of IPv4 and IPv6, and of those of TCP and UDP. */
static enum loaded in_head(const struct rule_reader *r, uint32_t base, uint32_t at, uint32_t size)
{
	uint32_t source = is_ip6(r) ? 8 : 12, target = is_ip6(r) ? 24 : 16;

	if (base == NFT_PAYLOAD_LL_HEADER)
		return at == 6 && size == 6 ? LOADED_RARE : LOADED_OTHER;
	if (base == NFT_PAYLOAD_TRANSPORT_HEADER)
		return (at == 0 || at == 2) && size == 2 ? LOADED_PORTS :
			at == 13 && size == 1            ? LOADED_FLAGS :
							   LOADED_OTHER;
	if (base != NFT_PAYLOAD_NETWORK_HEADER)
		return LOADED_OTHER;
	if (at == (is_ip6(r) ? 6 : 9) && size == 1)
		return LOADED_L4PROTO;
	return at == source ? LOADED_SOURCE : at == target ? LOADED_TARGET : LOADED_OTHER;
}

static void read_payload(struct rule_reader *r, struct nl_bytes data)
{
	struct nl_bytes a[NFTA_PAYLOAD_MAX + 1] = { 0 };
	uint32_t base, offset, size;

	if (!nl_attributes(data, a, NFTA_PAYLOAD_MAX) || !nl_number(a[NFTA_PAYLOAD_BASE], &base) ||
		!nl_number(a[NFTA_PAYLOAD_OFFSET], &offset) ||
		!nl_number(a[NFTA_PAYLOAD_LEN], &size))
		load(r, LOADED_OTHER);
	else if (a[NFTA_PAYLOAD_SREG].at != NULL) /* writes into the packet */
		r->loads = 0;
	else
		load(r, in_head(r, base, offset, size));
	r->is_own_port = r->loaded == LOADED_PORTS && offset == 2;
}

static void read_fib(struct rule_reader *r, struct nl_bytes data)
{
	struct nl_bytes a[NFTA_FIB_MAX + 1] = { 0 };
	uint32_t result, flags;
	bool is_type = nl_attributes(data, a, NFTA_FIB_MAX) &&
		nl_number(a[NFTA_FIB_RESULT], &result) && nl_number(a[NFTA_FIB_FLAGS], &flags) &&
		result == NFT_FIB_RESULT_ADDRTYPE && (flags & NFTA_FIB_F_DADDR) != 0;

	load(r, is_type ? LOADED_TYPE_OF_TARGET : LOADED_OTHER);
}

static void read_ct(struct rule_reader *r, struct nl_bytes data)
{
	struct nl_bytes a[NFTA_CT_MAX + 1] = { 0 };
	uint32_t key = UINT32_MAX;

	if (nl_attributes(data, a, NFTA_CT_MAX) && a[NFTA_CT_SREG].at != NULL) {
		r->loads = 0;
		return;
	}
	nl_number(a[NFTA_CT_KEY], &key);
	load(r,
		key == NFT_CT_STATE             ? LOADED_STATE :
			key == NFT_CT_DIRECTION ? LOADED_DIRECTION :
			key == NFT_CT_HELPER    ? LOADED_RARE :
						  LOADED_OTHER);
}

static void read_bitwise(struct rule_reader *r, struct nl_bytes data)
{
	struct nl_bytes a[NFTA_BITWISE_MAX + 1] = { 0 }, v[NFTA_DATA_MAX + 1] = { 0 };

	if (!nl_attributes(data, a, NFTA_BITWISE_MAX) ||
		!nl_attributes(a[NFTA_BITWISE_MASK], v, NFTA_DATA_MAX) ||
		v[NFTA_DATA_VALUE].at == NULL)
		load(r, LOADED_OTHER);
	else
		r->mask = v[NFTA_DATA_VALUE];
}

/* How much of all ports or addresses a set holds. */
static struct fw_cover held_by_set(const struct fw_members *m)
{
	uint64_t all = m->keys == NL_KEYS_IP4 ? 1ull << 32 : 1ull << 16;
	uint64_t end = m->ends > 0 ? m->end_sum : all;
	struct fw_cover c = { .of = m->keys == NL_KEYS_PORTS ? FW_PORTS :
			m->keys == NL_KEYS_IP4               ? FW_IP4 :
							       FW_IP6,
		.rest = m->firsts };

	if (m->is_interval && m->firsts == 1) {
		c.rest = 0;
		fw_cover_add(&c, (struct fw_span){ m->first_sum, end - 1 });
	} else if (m->is_interval) { /* without its end the last one goes on to the last value */
		c.rest = m->end_sum + (m->firsts > m->ends ? m->firsts - m->ends : 0) * all -
			m->first_sum;
	} else if (m->keys == NL_KEYS_IP6) {
		c.rest = 0;
	}
	return c;
}

/* A set of places, among other keys or alone. One that is filled while it runs may leave out
 * nobody. */
static void weigh_places(struct rule_reader *r, const struct fw_members *m, bool is_left_out)
{
	struct fw_cover c = { .of = FW_PORTS };

	if (m != NULL)
		c = held_by_set(m);
	if (is_left_out && (m == NULL || m->firsts == 0))
		fw_widen(r->rule, STR("!= a set"));
	else
		weigh_cover(r, &c, !is_left_out, STR("a set"));
}

static void weigh_protocols(struct rule_reader *r, const struct fw_members *m, bool is_left_out)
{
	if (m == NULL)
		fw_widen(r->rule, STR("a set of protocols"));
	else
		fw_only_protocols(r->rule, is_left_out ? FW_TCP_UDP & ~m->protocols : m->protocols);
}

/* A set of joined keys: as wide as its widest element. */
static void weigh_joined(struct rule_reader *r, const struct fw_members *m, bool is_left_out)
{
	bool is_loose[FW_VALUES_MAX];

	for (size_t i = 0; i < COUNT(is_loose); i++)
		is_loose[i] = i < r->joined_count &&
			(r->joined[i] == LOADED_TARGET || r->joined[i] == LOADED_OTHER);
	if (is_left_out || (m == NULL && (r->loads & LOADED_KEYS) == 0))
		fw_widen(r->rule, STR("a set"));
	else if (m == NULL)
		fw_narrow(r->rule);
	else
		fw_weigh(r->rule, fw_patterns_when(&m->patterns, r->joined_count, is_loose),
			STR("a set"));
}

/* A set or map of values, and what a new connection from outside meets in it. */
static void weigh_set(struct rule_reader *r, const struct fw_members *m, bool is_left_out)
{
	if (r->joined_count > 1)
		weigh_joined(r, m, is_left_out);
	else if (r->loaded == LOADED_RARE)
		fw_weigh(r->rule, is_left_out ? FW_WIDE : FW_NARROW, STR("a set"));
	else if (r->loaded == LOADED_PORTS || r->loaded == LOADED_SOURCE)
		weigh_places(r, m, is_left_out);
	else if (r->loaded == LOADED_L4PROTO)
		weigh_protocols(r, m, is_left_out);
	else if (m != NULL && r->loaded == LOADED_STATE)
		only_if(r, m->has_ours, !is_left_out);
	else if (m != NULL && !is_left_out && !m->has_ours)
		fw_narrow(r->rule);
	else
		fw_widen(r->rule, STR("a set"));
}

static void read_lookup(struct rule_reader *r, struct nl_bytes data)
{
	struct nl_bytes a[NFTA_LOOKUP_MAX + 1] = { 0 };
	uint32_t flags, to = NFT_REG_1;
	const struct fw_members *m;

	if (!nl_attributes(data, a, NFTA_LOOKUP_MAX)) {
		fw_widen(r->rule, STR("a set"));
		return;
	}
	m = nl_members(r->set, r->space, r->table, nl_text(r->set->a, a[NFTA_LOOKUP_SET]));
	weigh_set(r, m, nl_number(a[NFTA_LOOKUP_FLAGS], &flags) && (flags & NFT_LOOKUP_F_INV) != 0);
	r->loads = 0;
	if (nl_number(a[NFTA_LOOKUP_DREG], &to) && to == NFT_REG_VERDICT) {
		if (m != NULL && r->loaded == LOADED_L4PROTO)
			fw_widen(r->rule, STR("a map of protocols")); /* to each its own */
		r->rule->verdict = m != NULL ? m->verdict : FW_ACCEPT;
		r->rule->target = m != NULL ? m->target : STR("");
	}
}

static void read_immediate(struct rule_reader *r, struct nl_bytes data)
{
	struct nl_bytes a[NFTA_IMMEDIATE_MAX + 1] = { 0 };

	if (nl_attributes(data, a, NFTA_IMMEDIATE_MAX))
		r->rule->verdict = nl_verdict(r->set->a, a[NFTA_IMMEDIATE_DATA], &r->rule->target);
}

static void read_target(struct rule_reader *r, struct nl_bytes data)
{
	struct nl_bytes a[NFTA_TARGET_MAX + 1] = { 0 };

	if (nl_attributes(data, a, NFTA_TARGET_MAX))
		r->rule->verdict = fw_target_verdict(nl_text(r->set->a, a[NFTA_TARGET_NAME]));
}

static void read_match(struct rule_reader *r, struct nl_bytes data)
{
	struct nl_bytes a[NFTA_MATCH_MAX + 1] = { 0 };
	struct fw_match match = { .family = is_ip6(r) ? 6 : 4, .set = r->set };
	uint32_t revision = 0;

	if (!nl_attributes(data, a, NFTA_MATCH_MAX)) {
		fw_widen(r->rule, STR("match"));
		return;
	}
	nl_number(a[NFTA_MATCH_REV], &revision);
	match.name = nl_text(r->set->a, a[NFTA_MATCH_NAME]);
	match.revision = revision;
	match.info = a[NFTA_MATCH_INFO].at;
	match.size = a[NFTA_MATCH_INFO].size;
	fw_take_match(r->rule, &match);
}

/* A program or a helper decides: as good as let in, for all we know. */
static void read_handed_over(struct rule_reader *r, struct nl_bytes data)
{
	(void)data;
	r->rule->verdict = FW_ACCEPT;
}

static void read_reject(struct rule_reader *r, struct nl_bytes data)
{
	(void)data;
	r->rule->verdict = FW_DROP;
}

static void read_limit(struct rule_reader *r, struct nl_bytes data)
{
	(void)data;
	fw_widen(r->rule, STR("limit"));
}

static void read_other(struct rule_reader *r, struct nl_bytes data)
{
	(void)data;
	load(r, LOADED_OTHER);
}

static void read_rare(struct rule_reader *r, struct nl_bytes data)
{
	(void)data;
	load(r, LOADED_RARE);
}

static void read_nothing(struct rule_reader *r, struct nl_bytes data)
{
	(void)r;
	(void)data;
}

/* What was loaded goes into a set, a copy or an object: no condition either. */
static void read_use(struct rule_reader *r, struct nl_bytes data)
{
	(void)data;
	r->loads = 0;
}

static void read_expression(struct rule_reader *r, struct str name, struct nl_bytes data)
{
	static const struct {
		const char *name;
		void (*read)(struct rule_reader *r, struct nl_bytes data);
	} known[] = { { "immediate", read_immediate }, { "reject", read_reject },
		{ "meta", read_meta }, { "ct", read_ct }, { "bitwise", read_bitwise },
		{ "cmp", read_compare }, { "range", read_range }, { "lookup", read_lookup },
		{ "target", read_target }, { "match", read_match }, { "limit", read_limit },
		{ "payload", read_payload }, { "fib", read_fib }, { "xfrm", read_rare },
		{ "exthdr", read_other }, { "rt", read_other }, { "socket", read_other },
		{ "numgen", read_other }, { "hash", read_other }, { "osf", read_other },
		{ "queue", read_handed_over }, { "tproxy", read_handed_over },
		{ "synproxy", read_handed_over }, { "counter", read_nothing },
		{ "log", read_nothing }, { "notrack", read_nothing }, { "objref", read_use },
		{ "last", read_nothing }, { "dup", read_use }, { "dynset", read_use },
		{ "quota", read_nothing } };

	if (r->rule->verdict != FW_GO_ON)
		return;
	for (size_t i = 0; i < COUNT(known); i++)
		if (str_is(name, known[i].name)) {
			known[i].read(r, data);
			return;
		}
	fw_widen(r->rule, name);
}

bool nl_rule(struct fw_ruleset *set, unsigned space, struct str table, struct fw_rule *rule,
	struct nl_bytes expressions)
{
	struct rule_reader r = { .set = set, .space = space, .table = table, .rule = rule };
	struct nl_bytes a[NFTA_EXPR_MAX + 1], one;
	enum nl_step step;

	while ((step = nl_next(&expressions, NULL, &one)) == NL_ONE) {
		if (!nl_attributes(one, a, NFTA_EXPR_MAX))
			return false;
		read_expression(&r, nl_text(set->a, a[NFTA_EXPR_NAME]), a[NFTA_EXPR_DATA]);
	}
	return step == NL_END;
}
