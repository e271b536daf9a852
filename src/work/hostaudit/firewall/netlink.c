/* netlink.c - messages of an nftables dump. Each length is checked against what holds it;
 * what an expression means is read only as far as the judge needs: the rest narrows the rule. */
#include "work/hostaudit/firewall/firewall.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

struct bytes {
	const unsigned char *at;
	size_t size;
};

enum next { NEXT_NONE, NEXT_ONE, NEXT_BROKEN };

/* Takes the first attribute off B: its value, and its type unless RET_TYPE is NULL. */
static enum next next_attribute(struct bytes *b, unsigned *ret_type, struct bytes *ret)
{
	struct nlattr head;
	size_t step;

	if (b->size < sizeof(head))
		return NEXT_NONE;
	memcpy(&head, b->at, sizeof(head));
	if (head.nla_len < sizeof(head) || head.nla_len > b->size)
		return NEXT_BROKEN;
	*ret = (struct bytes){ b->at + sizeof(head), head.nla_len - sizeof(head) };
	if (ret_type != NULL)
		*ret_type = head.nla_type & NLA_TYPE_MASK;
	step = NLA_ALIGN(head.nla_len);
	if (step > b->size)
		step = b->size;
	b->at += step;
	b->size -= step;
	return NEXT_ONE;
}

/* Sort the attributes of B by type into INTO[0..MAX]. False when a length is wrong. */
static bool attributes(struct bytes b, struct bytes *into, unsigned max)
{
	struct bytes value;
	enum next next;
	unsigned type;

	memset(into, 0, sizeof(*into) * (max + 1));
	while ((next = next_attribute(&b, &type, &value)) == NEXT_ONE)
		if (type <= max)
			into[type] = value;
	return next == NEXT_NONE;
}

static struct str text_of(struct arena *a, struct bytes b)
{
	size_t len = 0;

	while (len < b.size && b.at[len] != 0)
		len++;
	return arena_str(a, (struct str){ b.at ? (const char *)b.at : "", len });
}

static bool number_of(struct bytes b, uint32_t *ret)
{
	if (b.size != 4)
		return false;
	*ret = (uint32_t)b.at[0] << 24 | (uint32_t)b.at[1] << 16 | (uint32_t)b.at[2] << 8 | b.at[3];
	return true;
}

/* ---- expressions ---- */

enum loaded {
	LOADED_NOTHING,
	LOADED_IFNAME,
	LOADED_IFINDEX,
	LOADED_NFPROTO,
	LOADED_L4PROTO,
	LOADED_STATE,
	LOADED_TARGET,         /* the address a packet goes to */
	LOADED_TYPE_OF_TARGET, /* is the packet for this machine, for a group, …? */
	LOADED_OTHER
};

struct rule_reader {
	struct fw_ruleset *set;
	unsigned space;
	struct str table;
	struct fw_rule *rule;
	enum loaded loaded;
	uint32_t state_mask; /* of the connection's state, host order */
	bool has_mask;
	bool is_masked_out; /* every bit of what was loaded */
};

#define STATE_NEW 8u
/* As nft itself marks the keys of its sets: its datatype.h. */
#define KEYS_PROTOCOLS 12u
#define KEYS_INDEXES 20u
#define KEYS_STATES 26u
#define KEYS_NAMES 41u
#define MEMBERS_MAX 500

static void narrow(struct rule_reader *r)
{
	r->rule->when = FW_NARROW;
}

static void widen(struct rule_reader *r, struct str detail)
{
	if (r->rule->when != FW_ALWAYS)
		return;
	r->rule->when = FW_WIDE;
	r->rule->detail = detail;
}

static void read_meta(struct rule_reader *r, struct bytes data)
{
	struct bytes a[NFTA_META_MAX + 1] = { 0 };
	uint32_t key;

	if (!attributes(data, a, NFTA_META_MAX) || !number_of(a[NFTA_META_KEY], &key)) {
		narrow(r);
		return;
	}
	if (a[NFTA_META_SREG].at != NULL)
		return; /* sets a mark: no condition */
	r->loaded = key == NFT_META_IIFNAME ? LOADED_IFNAME :
		key == NFT_META_IIF         ? LOADED_IFINDEX :
		key == NFT_META_NFPROTO     ? LOADED_NFPROTO :
		key == NFT_META_L4PROTO     ? LOADED_L4PROTO :
					      LOADED_OTHER;
}

static void compare_interface(struct rule_reader *r, struct bytes value, bool is_equal)
{
	struct str name = text_of(r->set->a, value);
	bool is_inner = fw_is_inner_interface(name);

	if (is_inner && is_equal)
		narrow(r);
	else if (!is_inner) /* all but an inner one: whoever comes from outside */
		widen(r, name);
}

static void compare_index(struct rule_reader *r, struct bytes value, bool is_equal)
{
	uint32_t index = 0;

	if (value.size == 4)
		memcpy(&index, value.at, 4);
	if (index == 1 && is_equal) /* lo is the first interface of every network */
		narrow(r);
	else if (index != 1)
		widen(r, arena_fmt(r->set->a, "%sif %u", is_equal ? "" : "! ", index));
}

static void compare_family(struct rule_reader *r, struct bytes value, bool is_equal)
{
	int family = value.size == 1 && value.at[0] == NFPROTO_IPV4 ? 4 :
		value.size == 1 && value.at[0] == NFPROTO_IPV6      ? 6 :
								      0;

	if (family == 0)
		narrow(r);
	else
		r->rule->family = is_equal ? family : 10 - family;
}

/* By its protocol alone: tcp or udp is nearly everything, unless a port follows. */
static void compare_protocol(struct rule_reader *r, struct bytes value, bool is_equal)
{
	if (!is_equal ||
		(value.size > 0 && (value.at[0] == IPPROTO_TCP || value.at[0] == IPPROTO_UDP)))
		widen(r, STR("l4proto"));
	else
		narrow(r);
}

/* "state & mask != 0": a new connection passes when the mask holds "new". Without a mask the state
 * itself is compared. */
static void compare_state(struct rule_reader *r, struct bytes value, bool is_equal)
{
	uint32_t state = 0;

	if (value.size == sizeof(state))
		memcpy(&state, value.at, sizeof(state));
	if (r->has_mask ? ((r->state_mask & STATE_NEW) != 0) == is_equal :
			  (state == STATE_NEW) != is_equal)
		narrow(r);
}

static bool is_zero(struct bytes b)
{
	while (b.size > 0 && b.at[b.size - 1] == 0)
		b.size--;
	return b.size == 0;
}

/* "tcp dport 1-65535" is every port: neither of its ends leaves one out. */
static void compare_order(struct rule_reader *r, struct bytes value, uint32_t op)
{
	unsigned number = value.size == 2 ? (unsigned)value.at[0] << 8 | value.at[1] : UINT32_MAX;

	if ((op == NFT_CMP_GTE && number <= 1) || (op == NFT_CMP_LTE && number == UINT16_MAX))
		widen(r, STR("all ports"));
	else
		narrow(r);
}

/* A packet from outside goes to an address of this machine, which may be the one named. */
static void compare_address(struct rule_reader *r, struct bytes value, bool is_equal)
{
	unsigned first = value.size > 0 ? value.at[0] : 0;
	bool is_group = value.size == 4 ? first >= 224 || first == 127 : first == 0xff;

	if (is_equal && is_group)
		narrow(r);
	else
		widen(r, STR("daddr"));
}

/* Whatever comes in is for an address of this machine. */
static void compare_target(struct rule_reader *r, struct bytes value, bool is_equal)
{
	uint32_t type = 0;

	if (value.size == sizeof(type))
		memcpy(&type, value.at, sizeof(type));
	if ((type == RTN_LOCAL) != is_equal)
		narrow(r);
}

static void read_compare(struct rule_reader *r, struct bytes data)
{
	struct bytes a[NFTA_CMP_MAX + 1] = { 0 }, v[NFTA_DATA_MAX + 1] = { 0 };
	uint32_t op;
	bool is_equal;

	if (!attributes(data, a, NFTA_CMP_MAX) || !number_of(a[NFTA_CMP_OP], &op) ||
		!attributes(a[NFTA_CMP_DATA], v, NFTA_DATA_MAX)) {
		narrow(r);
		return;
	}
	is_equal = op == NFT_CMP_EQ;
	if (!is_equal && op != NFT_CMP_NEQ)
		compare_order(r, v[NFTA_DATA_VALUE], op);
	else if (r->loaded == LOADED_IFNAME)
		compare_interface(r, v[NFTA_DATA_VALUE], is_equal);
	else if (r->loaded == LOADED_IFINDEX)
		compare_index(r, v[NFTA_DATA_VALUE], is_equal);
	else if (r->loaded == LOADED_NFPROTO)
		compare_family(r, v[NFTA_DATA_VALUE], is_equal);
	else if (r->loaded == LOADED_L4PROTO)
		compare_protocol(r, v[NFTA_DATA_VALUE], is_equal);
	else if (r->is_masked_out && is_equal && is_zero(v[NFTA_DATA_VALUE]))
		return; /* an address with the mask /0: everybody */
	else if (r->loaded == LOADED_STATE)
		compare_state(r, v[NFTA_DATA_VALUE], is_equal);
	else if (r->loaded == LOADED_TARGET)
		compare_address(r, v[NFTA_DATA_VALUE], is_equal);
	else if (r->loaded == LOADED_TYPE_OF_TARGET)
		compare_target(r, v[NFTA_DATA_VALUE], is_equal);
	else if (!is_equal) /* all but one address, port … */
		widen(r, STR("!="));
	else
		narrow(r);
}

/* Of the heads of IPv4 and IPv6: the protocol, and the address it goes to. */
static void read_payload(struct rule_reader *r, struct bytes data)
{
	struct bytes a[NFTA_PAYLOAD_MAX + 1] = { 0 };
	uint32_t base, offset, size;

	r->loaded = LOADED_OTHER;
	if (!attributes(data, a, NFTA_PAYLOAD_MAX) || !number_of(a[NFTA_PAYLOAD_BASE], &base) ||
		!number_of(a[NFTA_PAYLOAD_OFFSET], &offset) ||
		!number_of(a[NFTA_PAYLOAD_LEN], &size) || base != NFT_PAYLOAD_NETWORK_HEADER)
		return;
	if ((offset == 9 || offset == 6) && size == 1)
		r->loaded = LOADED_L4PROTO;
	else if ((offset == 16 && size == 4) || (offset == 24 && size == 16))
		r->loaded = LOADED_TARGET;
}

static void read_fib(struct rule_reader *r, struct bytes data)
{
	struct bytes a[NFTA_FIB_MAX + 1] = { 0 };
	uint32_t result, flags;

	r->loaded = attributes(data, a, NFTA_FIB_MAX) && number_of(a[NFTA_FIB_RESULT], &result) &&
			number_of(a[NFTA_FIB_FLAGS], &flags) &&
			result == NFT_FIB_RESULT_ADDRTYPE && (flags & NFTA_FIB_F_DADDR) != 0 ?
		LOADED_TYPE_OF_TARGET :
		LOADED_OTHER;
}

static void read_ct(struct rule_reader *r, struct bytes data)
{
	struct bytes a[NFTA_CT_MAX + 1] = { 0 };
	uint32_t key;

	if (!attributes(data, a, NFTA_CT_MAX) || !number_of(a[NFTA_CT_KEY], &key)) {
		narrow(r);
		return;
	}
	r->has_mask = false;
	if (a[NFTA_CT_SREG].at == NULL)
		r->loaded = key == NFT_CT_STATE ? LOADED_STATE : LOADED_OTHER;
}

static void read_bitwise(struct rule_reader *r, struct bytes data)
{
	struct bytes a[NFTA_BITWISE_MAX + 1] = { 0 }, v[NFTA_DATA_MAX + 1] = { 0 };

	r->is_masked_out = false;
	r->has_mask = attributes(data, a, NFTA_BITWISE_MAX) &&
		attributes(a[NFTA_BITWISE_MASK], v, NFTA_DATA_MAX) && v[NFTA_DATA_VALUE].size == 4;
	if (r->has_mask)
		memcpy(&r->state_mask, v[NFTA_DATA_VALUE].at, 4);
	if (a[NFTA_BITWISE_MASK].at != NULL)
		r->is_masked_out = is_zero(v[NFTA_DATA_VALUE]);
}

static struct fw_members *members_of(
	const struct fw_ruleset *set, unsigned space, struct str table, struct str name)
{
	for (size_t i = 0; i < set->members.len; i++) {
		struct fw_members *m = &set->members.at[i];

		if (m->space == space && str_eq(m->table, table) && str_eq(m->name, name))
			return m;
	}
	return NULL;
}

/* What a new connection from outside meets in a set or map of states, interfaces or protocols. */
static void look_up(
	struct rule_reader *r, const struct bytes *a, bool is_left_out, const char *words)
{
	const struct fw_members *m =
		members_of(r->set, r->space, r->table, text_of(r->set->a, a[NFTA_LOOKUP_SET]));
	bool is_state = r->loaded == LOADED_STATE;

	if (m != NULL && is_state ? m->has_ours == is_left_out :
			m != NULL && !is_left_out && !m->has_ours) {
		narrow(r);
		return;
	}
	if (m == NULL || !is_state)
		widen(r, str_of(words));
	if (a[NFTA_LOOKUP_DREG].at != NULL) {
		r->rule->verdict = m != NULL ? m->verdict : FW_ACCEPT;
		r->rule->target = m != NULL ? m->target : STR("");
	}
}

/* A set or map of values: of ports or addresses it leaves most out. */
static void read_lookup(struct rule_reader *r, struct bytes data)
{
	struct bytes a[NFTA_LOOKUP_MAX + 1] = { 0 };
	uint32_t flags;
	bool is_left_out;

	if (!attributes(data, a, NFTA_LOOKUP_MAX)) {
		widen(r, STR("a set"));
		return;
	}
	is_left_out = number_of(a[NFTA_LOOKUP_FLAGS], &flags) && (flags & NFT_LOOKUP_F_INV) != 0;
	if (r->loaded == LOADED_IFNAME || r->loaded == LOADED_IFINDEX)
		look_up(r, a, is_left_out, "a set of interfaces");
	else if (r->loaded == LOADED_L4PROTO)
		look_up(r, a, is_left_out, "a set of protocols");
	else if (r->loaded == LOADED_STATE)
		look_up(r, a, is_left_out, "a set of states");
	else if (is_left_out)
		widen(r, STR("!="));
	else
		narrow(r);
}

/* FW_GO_ON where DATA is no verdict, but a value for a later expression. */
static enum fw_verdict read_verdict(struct arena *arena, struct bytes data, struct str *ret_target)
{
	struct bytes d[NFTA_DATA_MAX + 1] = { 0 }, v[NFTA_VERDICT_MAX + 1] = { 0 };
	uint32_t code;

	if (!attributes(data, d, NFTA_DATA_MAX) || d[NFTA_DATA_VERDICT].at == NULL ||
		!attributes(d[NFTA_DATA_VERDICT], v, NFTA_VERDICT_MAX) ||
		!number_of(v[NFTA_VERDICT_CODE], &code))
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
		*ret_target = text_of(arena, v[NFTA_VERDICT_CHAIN]);
		return (int32_t)code == NFT_JUMP ? FW_JUMP : FW_GOTO;
	default:
		return FW_GO_ON;
	}
}

static void read_immediate(struct rule_reader *r, struct bytes data)
{
	struct bytes a[NFTA_IMMEDIATE_MAX + 1] = { 0 };

	if (attributes(data, a, NFTA_IMMEDIATE_MAX))
		r->rule->verdict = read_verdict(
			r->set->a, a[NFTA_IMMEDIATE_DATA], &r->rule->target);
}

/* An extension of iptables: REJECT ends, a few others end too, the rest marks or logs. */
static void read_target(struct rule_reader *r, struct bytes data)
{
	struct bytes a[NFTA_TARGET_MAX + 1] = { 0 };

	if (attributes(data, a, NFTA_TARGET_MAX) &&
		str_is(text_of(r->set->a, a[NFTA_TARGET_NAME]), "REJECT"))
		r->rule->verdict = FW_DROP;
}

/* Whatever comes in is for an address of this machine: "-m addrtype --dst-type LOCAL" holds. */
static bool is_for_this_machine(struct str name, struct bytes info)
{
	struct xt_addrtype_info_v1 type;

	if (!str_is(name, "addrtype") || info.size < sizeof(type))
		return false;
	memcpy(&type, info.at, sizeof(type));
	return type.source == 0 && type.dest == XT_ADDRTYPE_LOCAL &&
		(type.flags & XT_ADDRTYPE_INVERT_DEST) == 0;
}

static void read_match(struct rule_reader *r, struct bytes data)
{
	struct bytes a[NFTA_MATCH_MAX + 1] = { 0 };
	struct str name;

	if (!attributes(data, a, NFTA_MATCH_MAX)) {
		narrow(r);
		return;
	}
	name = text_of(r->set->a, a[NFTA_MATCH_NAME]);
	if (!str_is(name, "comment") && !is_for_this_machine(name, a[NFTA_MATCH_INFO]))
		narrow(r);
}

static void read_expression(struct rule_reader *r, struct str name, struct bytes data)
{
	static const char *const quiet[] = { "counter", "log", "notrack", "objref", "last", "dup",
		"dynset", "quota" };

	if (r->rule->verdict != FW_GO_ON)
		return;
	if (str_is(name, "immediate"))
		read_immediate(r, data);
	else if (str_is(name, "reject"))
		r->rule->verdict = FW_DROP;
	else if (str_is(name, "meta"))
		read_meta(r, data);
	else if (str_is(name, "ct"))
		read_ct(r, data);
	else if (str_is(name, "bitwise"))
		read_bitwise(r, data);
	else if (str_is(name, "cmp"))
		read_compare(r, data);
	else if (str_is(name, "lookup"))
		read_lookup(r, data);
	else if (str_is(name, "target"))
		read_target(r, data);
	else if (str_is(name, "match"))
		read_match(r, data);
	else if (str_is(name, "limit"))
		widen(r, STR("limit"));
	else if (str_is(name, "payload"))
		read_payload(r, data);
	else if (str_is(name, "exthdr") || str_is(name, "rt") || str_is(name, "socket"))
		r->loaded = LOADED_OTHER;
	else if (str_is(name, "fib"))
		read_fib(r, data);
	else {
		for (size_t i = 0; i < COUNT(quiet); i++)
			if (str_is(name, quiet[i]))
				return;
		narrow(r);
	}
}

/* ---- messages ---- */

static bool read_expressions(struct rule_reader *r, struct bytes list)
{
	struct bytes a[NFTA_EXPR_MAX + 1], one;
	enum next next;

	while ((next = next_attribute(&list, NULL, &one)) == NEXT_ONE) {
		if (!attributes(one, a, NFTA_EXPR_MAX))
			return false;
		read_expression(r, text_of(r->set->a, a[NFTA_EXPR_NAME]), a[NFTA_EXPR_DATA]);
	}
	return next == NEXT_NONE;
}

static unsigned families_of(unsigned nfproto)
{
	return nfproto == NFPROTO_IPV4                               ? 1u << 4 :
		nfproto == NFPROTO_IPV6                              ? 1u << 6 :
		nfproto == NFPROTO_INET || nfproto == NFPROTO_NETDEV ? 1u << 4 | 1u << 6 :
								       0;
}

static bool add_chain(struct fw_ruleset *set, unsigned nfproto, struct bytes body)
{
	struct bytes a[NFTA_CHAIN_MAX + 1] = { 0 }, hook[NFTA_HOOK_MAX + 1] = { 0 };
	struct fw_chain *c;
	uint32_t number, policy;

	if (!attributes(body, a, NFTA_CHAIN_MAX))
		return false;
	c = fw_chain(set, nfproto, text_of(set->a, a[NFTA_CHAIN_TABLE]),
		text_of(set->a, a[NFTA_CHAIN_NAME]));
	if (c == NULL || a[NFTA_CHAIN_HOOK].at == NULL)
		return true;
	if (!attributes(a[NFTA_CHAIN_HOOK], hook, NFTA_HOOK_MAX) ||
		!number_of(hook[NFTA_HOOK_HOOKNUM], &number))
		return false;
	c->families = families_of(nfproto);
	if (!str_is(text_of(set->a, a[NFTA_CHAIN_TYPE]), "filter"))
		return true;
	if (nfproto == NFPROTO_NETDEV)
		c->hook = number == NF_NETDEV_INGRESS ? FW_HOOK_EARLIER : FW_HOOK_NONE;
	else if (number == NF_INET_LOCAL_IN)
		c->hook = FW_HOOK_INPUT;
	else if (number == NF_INET_PRE_ROUTING || number == NF_INET_INGRESS)
		c->hook = FW_HOOK_EARLIER;
	if (number_of(a[NFTA_CHAIN_POLICY], &policy))
		c->policy = policy == NF_DROP ? FW_DROP : FW_ACCEPT;
	return true;
}

static bool add_rule(struct fw_ruleset *set, unsigned nfproto, struct bytes body)
{
	struct bytes a[NFTA_RULE_MAX + 1] = { 0 };
	struct rule_reader r = { .set = set, .space = nfproto };
	struct fw_chain *c;

	if (!attributes(body, a, NFTA_RULE_MAX))
		return false;
	r.table = text_of(set->a, a[NFTA_RULE_TABLE]);
	c = fw_chain(set, nfproto, r.table, text_of(set->a, a[NFTA_RULE_CHAIN]));
	r.rule = c != NULL ? fw_rule(set, c) : NULL;
	return r.rule == NULL || read_expressions(&r, a[NFTA_RULE_EXPRESSIONS]);
}

static bool add_set(struct fw_ruleset *set, unsigned nfproto, struct bytes body)
{
	struct bytes a[NFTA_SET_MAX + 1] = { 0 };
	uint32_t keys;

	if (!attributes(body, a, NFTA_SET_MAX))
		return false;
	if (!number_of(a[NFTA_SET_KEY_TYPE], &keys) || set->members.len >= MEMBERS_MAX ||
		(keys != KEYS_PROTOCOLS && keys != KEYS_INDEXES && keys != KEYS_STATES &&
			keys != KEYS_NAMES))
		return true;
	*vec_add(set->a, &set->members) = (struct fw_members){ .space = nfproto,
		.keys = keys,
		.table = text_of(set->a, a[NFTA_SET_TABLE]),
		.name = text_of(set->a, a[NFTA_SET_NAME]),
		.target = STR("") };
	return true;
}

static bool is_ours(struct arena *a, unsigned keys, struct bytes key)
{
	uint32_t number = 0;

	if (keys == KEYS_NAMES)
		return !fw_is_inner_interface(text_of(a, key));
	if (keys == KEYS_PROTOCOLS)
		return key.size == 1 && (key.at[0] == IPPROTO_TCP || key.at[0] == IPPROTO_UDP);
	if (key.size == sizeof(number))
		memcpy(&number, key.at, sizeof(number));
	return keys == KEYS_STATES ? number == STATE_NEW : number > 1;
}

static void take_element(struct fw_ruleset *set, struct fw_members *m, struct bytes element)
{
	struct bytes a[NFTA_SET_ELEM_MAX + 1] = { 0 }, v[NFTA_DATA_MAX + 1] = { 0 };
	struct str target = STR("");
	enum fw_verdict verdict;
	uint32_t flags;

	if (!attributes(element, a, NFTA_SET_ELEM_MAX) ||
		!attributes(a[NFTA_SET_ELEM_KEY], v, NFTA_DATA_MAX) ||
		(number_of(a[NFTA_SET_ELEM_FLAGS], &flags) &&
			(flags & NFT_SET_ELEM_INTERVAL_END) != 0) ||
		!is_ours(set->a, m->keys, v[NFTA_DATA_VALUE]))
		return;
	m->has_ours = true;
	verdict = read_verdict(set->a, a[NFTA_SET_ELEM_DATA], &target);
	if (m->verdict == FW_ACCEPT || (m->verdict >= FW_JUMP && verdict != FW_ACCEPT))
		return;
	m->verdict = verdict;
	m->target = target;
}

static bool add_elements(struct fw_ruleset *set, unsigned nfproto, struct bytes body)
{
	struct bytes a[NFTA_SET_ELEM_LIST_MAX + 1] = { 0 }, list, one;
	struct fw_members *m;
	enum next next;

	if (!attributes(body, a, NFTA_SET_ELEM_LIST_MAX))
		return false;
	m = members_of(set, nfproto, text_of(set->a, a[NFTA_SET_ELEM_LIST_TABLE]),
		text_of(set->a, a[NFTA_SET_ELEM_LIST_SET]));
	if (m == NULL)
		return true;
	list = a[NFTA_SET_ELEM_LIST_ELEMENTS];
	while ((next = next_attribute(&list, NULL, &one)) == NEXT_ONE)
		take_element(set, m, one);
	return next == NEXT_NONE;
}

bool fw_add_netlink(struct fw_ruleset *set, const unsigned char *message, size_t size)
{
	struct nlmsghdr head;
	struct nfgenmsg family;
	struct bytes body;

	if (size < NLMSG_HDRLEN + sizeof(family))
		return false;
	memcpy(&head, message, sizeof(head));
	memcpy(&family, message + NLMSG_HDRLEN, sizeof(family));
	body = (struct bytes){ message + NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(family)),
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
