/* match.c - matches and targets of iptables in the kernel's own form: what a new connection from
 * outside must have for them. Those not told here may hold for everybody. */
#include "work/hostaudit/firewall/firewall.h"

#include <limits.h>

#include <linux/if_packet.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_iprange.h>
#include <linux/netfilter/xt_mac.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_pkttype.h>
#include <linux/netfilter/xt_policy.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_set.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_tcpudp.h>

#define TCP_SYN 2u

/* Every packet has it or none does. */
static void only_if(struct fw_rule *r, bool has_it)
{
	if (!has_it)
		fw_narrow(r);
}

static void by_cover(
	struct fw_rule *r, const struct fw_cover *c, bool is_excluded, struct str detail)
{
	if (is_excluded)
		fw_weigh(r, fw_when_not(fw_cover_when(c)), detail);
	else
		fw_weigh_cover(r, c, detail);
}

static void add_ports(struct fw_cover *c, const __u16 *range)
{
	fw_cover_add(c, (struct fw_span){ range[0], range[1] });
}

static void by_own_ports(struct fw_rule *r, const __u16 *range, bool is_excluded)
{
	struct fw_cover c = { .of = FW_PORTS };

	add_ports(&c, range);
	by_cover(r, &c, is_excluded, STR("ports"));
}

static void by_their_ports(struct fw_rule *r, const __u16 *range, bool is_excluded)
{
	struct fw_cover c = { .of = FW_PORTS };

	add_ports(&c, range);
	fw_weigh(r, is_excluded ? fw_when_not(fw_cover_when(&c)) : fw_cover_when(&c), STR("ports"));
}

static void by_tcp(struct fw_rule *r, const struct fw_match *m)
{
	struct xt_tcp t;
	bool is_first;

	memcpy(&t, m->info, sizeof(t));
	by_their_ports(r, t.spts, (t.invflags & XT_TCP_INV_SRCPT) != 0);
	by_own_ports(r, t.dpts, (t.invflags & XT_TCP_INV_DSTPT) != 0);
	is_first = (TCP_SYN & t.flg_mask) == t.flg_cmp;
	only_if(r, is_first != ((t.invflags & XT_TCP_INV_FLAGS) != 0));
	if (t.option != 0)
		fw_widen(r, STR("tcp option"));
}

static void by_udp(struct fw_rule *r, const struct fw_match *m)
{
	struct xt_udp u;

	memcpy(&u, m->info, sizeof(u));
	by_their_ports(r, u.spts, (u.invflags & XT_UDP_INV_SRCPT) != 0);
	by_own_ports(r, u.dpts, (u.invflags & XT_UDP_INV_DSTPT) != 0);
}

/* Numbers, and pairs of the first and the last of a range. */
static void by_multiport(struct fw_rule *r, const struct fw_match *m)
{
	struct xt_multiport_v1 p;
	struct fw_cover c = { .of = FW_PORTS };

	memcpy(&p, m->info, sizeof(p));
	for (unsigned i = 0; i < p.count && i < XT_MULTI_PORTS; i++) {
		bool is_range = p.pflags[i] != 0 && i + 1 < XT_MULTI_PORTS;

		fw_cover_add(&c, (struct fw_span){ p.ports[i], p.ports[i + is_range] });
		i += is_range;
	}
	if (p.flags != XT_MULTIPORT_SOURCE)
		by_cover(r, &c, p.invert != 0, STR("ports"));
	else
		fw_weigh(r, p.invert != 0 ? fw_when_not(fw_cover_when(&c)) : fw_cover_when(&c),
			STR("ports"));
}

static void by_conntrack(struct fw_rule *r, const struct fw_match *m)
{
	struct xt_conntrack_mtinfo2 c; /* the third is longer, the first has half as wide states */
	unsigned states,
		known = XT_CONNTRACK_STATE | XT_CONNTRACK_STATE_ALIAS | XT_CONNTRACK_DIRECTION;

	memcpy(&c, m->info, sizeof(c));
	states = m->revision == 1 ? c.state_mask & UCHAR_MAX : c.state_mask;
	if ((c.match_flags & XT_CONNTRACK_STATE) != 0)
		only_if(r,
			((states & XT_STATE_BIT(IP_CT_NEW)) != 0) !=
				((c.invert_flags & XT_CONNTRACK_STATE) != 0));
	if ((c.match_flags & XT_CONNTRACK_DIRECTION) != 0)
		only_if(r, (c.invert_flags & XT_CONNTRACK_DIRECTION) == 0);
	if ((c.match_flags & ~known) != 0)
		fw_widen(r, m->name);
}

static void by_state(struct fw_rule *r, const struct fw_match *m)
{
	struct xt_state_info s;

	memcpy(&s, m->info, sizeof(s));
	only_if(r, (s.statemask & XT_STATE_BIT(IP_CT_NEW)) != 0);
}

/* Whatever comes in is from some machine and for an address of this one. */
static void by_addrtype(struct fw_rule *r, const struct fw_match *m)
{
	struct xt_addrtype_info_v1 t;

	memcpy(&t, m->info, sizeof(t));
	if (t.source != 0)
		only_if(r,
			((t.source & XT_ADDRTYPE_UNICAST) != 0) !=
				((t.flags & XT_ADDRTYPE_INVERT_SOURCE) != 0));
	if (t.dest != 0)
		only_if(r,
			((t.dest & XT_ADDRTYPE_LOCAL) != 0) !=
				((t.flags & XT_ADDRTYPE_INVERT_DEST) != 0));
	if ((t.flags & (XT_ADDRTYPE_LIMIT_IFACE_IN | XT_ADDRTYPE_LIMIT_IFACE_OUT)) != 0)
		fw_widen(r, m->name);
}

static void by_pkttype(struct fw_rule *r, const struct fw_match *m)
{
	struct xt_pkttype_info p;

	memcpy(&p, m->info, sizeof(p));
	only_if(r, (p.pkttype == PACKET_HOST) != (p.invert != 0));
}

static uint32_t high(const union nf_inet_addr *a, unsigned bytes)
{
	const unsigned char *p = (const unsigned char *)a;
	uint32_t n = 0;

	for (unsigned i = 0; i < bytes; i++)
		n = n << 8 | p[i];
	return n;
}

static void by_range(struct fw_rule *r, const struct fw_match *m)
{
	struct xt_iprange_mtinfo i;
	unsigned bytes = m->family == 4 ? 4 : 2;
	struct fw_cover c = { .of = m->family == 4 ? FW_IP4 : FW_IP6 };

	memcpy(&i, m->info, sizeof(i));
	fw_cover_add(&c, (struct fw_span){ high(&i.src_min, bytes), high(&i.src_max, bytes) });
	if ((i.flags & IPRANGE_SRC) != 0)
		by_cover(r, &c, (i.flags & IPRANGE_SRC_INV) != 0, m->name);
	if ((i.flags & IPRANGE_DST) != 0)
		fw_widen(r, m->name);
}

static void by_mac(struct fw_rule *r, const struct fw_match *m)
{
	struct xt_mac_info i;

	memcpy(&i, m->info, sizeof(i));
	only_if(r, i.invert != 0);
}

/* IPsec or none. */
static void by_policy(struct fw_rule *r, const struct fw_match *m)
{
	struct xt_policy_info p;

	memcpy(&p, m->info, sizeof(p));
	only_if(r, (p.flags & XT_POLICY_MATCH_NONE) != 0);
}

/* A list that its own rules fill: to put somebody on it is no condition. */
static void by_recent(struct fw_rule *r, const struct fw_match *m)
{
	struct xt_recent_mtinfo i;

	memcpy(&i, m->info, sizeof(i));
	if ((i.check_set & XT_RECENT_SET) != 0)
		only_if(r, i.invert == 0);
	else if (i.invert != 0)
		fw_widen(r, m->name);
	else
		fw_narrow(r);
}

/* A list of ipset. */
static void by_set(struct fw_rule *r, const struct fw_match *m)
{
	struct xt_set_info s;
	enum fw_when when;

	memcpy(&s, m->info, sizeof(s));
	m->set->names_ipset |= m->set->ipsets == NULL;
	when = fw_ipset_when(m->set->ipsets, s.index, s.flags);
	fw_weigh(r, (s.flags & IPSET_INV_MATCH) != 0 ? fw_when_not(when) : when, m->name);
}

static void by_nothing(struct fw_rule *r, const struct fw_match *m)
{
	(void)r;
	(void)m;
}

/* Of a protocol that is neither TCP nor UDP. */
static void by_other_protocol(struct fw_rule *r, const struct fw_match *m)
{
	(void)m;
	fw_narrow(r);
}

enum fw_verdict fw_target_verdict(struct str name)
{
	return str_is(name, "REJECT")  ? FW_DROP :
		str_is(name, "NFQUEUE") ? FW_ACCEPT : /* for all we know of the program */
		FW_GO_ON;
}

void fw_take_match(struct fw_rule *rule, const struct fw_match *match)
{
	static const struct {
		const char *name;
		unsigned first, last; /* revisions of this form */
		size_t size;
		void (*take)(struct fw_rule *r, const struct fw_match *m);
	} known[] = {
		{ "comment", 0, UINT_MAX, 0, by_nothing },
		{ "tcp", 0, 0, sizeof(struct xt_tcp), by_tcp },
		{ "udp", 0, 0, sizeof(struct xt_udp), by_udp },
		{ "icmp", 0, UINT_MAX, 0, by_other_protocol },
		{ "icmp6", 0, UINT_MAX, 0, by_other_protocol },
		{ "multiport", 1, 1, sizeof(struct xt_multiport_v1), by_multiport },
		{ "conntrack", 1, 3, sizeof(struct xt_conntrack_mtinfo2), by_conntrack },
		{ "state", 0, 0, sizeof(struct xt_state_info), by_state },
		{ "addrtype", 1, 1, sizeof(struct xt_addrtype_info_v1), by_addrtype },
		{ "pkttype", 0, 0, sizeof(struct xt_pkttype_info), by_pkttype },
		{ "iprange", 1, 1, sizeof(struct xt_iprange_mtinfo), by_range },
		{ "mac", 0, 0, sizeof(struct xt_mac_info), by_mac },
		{ "policy", 0, 0, sizeof(struct xt_policy_info), by_policy },
		{ "recent", 0, 1, sizeof(struct xt_recent_mtinfo), by_recent },
		{ "set", 1, 4, sizeof(struct xt_set_info), by_set },
	};

	for (size_t i = 0; i < COUNT(known); i++)
		if (str_is(match->name, known[i].name) && match->revision >= known[i].first &&
			match->revision <= known[i].last && match->size >= known[i].size) {
			known[i].take(rule, match);
			return;
		}
	fw_widen(rule, match->name);
}
