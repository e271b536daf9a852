/* legacy.c - the entries of the older iptables as the kernel hands them out. Offsets and
 * sizes come from the kernel's headers; each is checked before it is used. */
#include "work/hostaudit/firewall/firewall.h"

#include <stddef.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

struct layout {
	size_t entry_size, addresses_size, iniface, proto, flags, invflags;
	size_t target_offset, next_offset;
};

static const struct layout layout4 = {
	.entry_size = sizeof(struct ipt_entry),
	.addresses_size = offsetof(struct ipt_ip, iniface),
	.iniface = offsetof(struct ipt_ip, iniface),
	.proto = offsetof(struct ipt_ip, proto),
	.flags = offsetof(struct ipt_ip, flags),
	.invflags = offsetof(struct ipt_ip, invflags),
	.target_offset = offsetof(struct ipt_entry, target_offset),
	.next_offset = offsetof(struct ipt_entry, next_offset),
};

static const struct layout layout6 = {
	.entry_size = sizeof(struct ip6t_entry),
	.addresses_size = offsetof(struct ip6t_ip6, iniface),
	.iniface = offsetof(struct ip6t_ip6, iniface),
	.proto = offsetof(struct ip6t_ip6, proto),
	.flags = offsetof(struct ip6t_ip6, flags),
	.invflags = offsetof(struct ip6t_ip6, invflags),
	.target_offset = offsetof(struct ip6t_entry, target_offset),
	.next_offset = offsetof(struct ip6t_entry, next_offset),
};

struct reader {
	struct fw_ruleset *set;
	const struct fw_legacy *table;
	const struct layout *layout;
};

struct entry {
	uint32_t at, next, target; /* offsets from the start of all entries */
	struct str target_name;
	int32_t verdict; /* of a standard target */
};

static uint16_t u16_at(const struct reader *r, size_t at)
{
	uint16_t v;

	memcpy(&v, r->table->entries + at, sizeof(v));
	return v;
}

static struct str name_at(const struct reader *r, size_t at, size_t max)
{
	const char *s = (const char *)r->table->entries + at;

	return (struct str){ s, strnlen(s, max) };
}

static bool entry_at(const struct reader *r, uint32_t at, struct entry *ret)
{
	const struct layout *l = r->layout;
	size_t target, next;

	if (at > r->table->size || r->table->size - at < l->entry_size)
		return false;
	target = u16_at(r, at + l->target_offset);
	next = u16_at(r, at + l->next_offset);
	if (target < l->entry_size || next < target + sizeof(struct xt_entry_target) ||
		next > r->table->size - at)
		return false;
	*ret = (struct entry){
		.at = at, .next = at + (uint32_t)next, .target = at + (uint32_t)target
	};
	ret->target_name = name_at(r, ret->target + offsetof(struct xt_entry_target, u.user.name),
		XT_EXTENSION_MAXNAMELEN);
	if (ret->target_name.len == 0) {
		if (next < target + sizeof(struct xt_standard_target))
			return false;
		memcpy(&ret->verdict,
			r->table->entries + ret->target +
				offsetof(struct xt_standard_target, verdict),
			sizeof(ret->verdict));
	}
	return true;
}

/* The matches of an entry stand between its head and its target. */
static void matches(const struct reader *r, const struct entry *e, struct fw_rule *rule)
{
	const size_t head = sizeof(struct xt_entry_match);
	size_t at = e->at + r->layout->entry_size;

	while (e->target - at >= head) {
		size_t size = u16_at(r, at + offsetof(struct xt_entry_match, u.match_size));
		struct str name = name_at(r, at + offsetof(struct xt_entry_match, u.user.name),
			XT_EXTENSION_MAXNAMELEN);
		struct fw_match match = { .name = arena_str(r->set->a, name),
			.family = r->table->family,
			.set = r->set };

		if (size < head || size > e->target - at) {
			fw_widen(rule, STR("match"));
			return;
		}
		match.revision =
			r->table->entries[at + offsetof(struct xt_entry_match, u.user.revision)];
		match.info = r->table->entries + at + head;
		match.size = size - head;
		fw_take_match(rule, &match);
		at += size;
	}
}

/* At the head of an entry: source and destination, then the masks of both. */
static void addresses(const struct reader *r, const struct entry *e, struct fw_rule *rule)
{
	const unsigned char *p = r->table->entries + e->at;
	unsigned char inverted = p[r->layout->invflags];
	size_t size = r->layout->addresses_size / 4;
	int from = fw_prefix_of(p + 2 * size, size), to = fw_prefix_of(p + 3 * size, size);
	struct fw_cover source = { .of = size == 4 ? FW_IP4 : FW_IP6 };
	const unsigned char *target = p + size;
	bool is_group = size == 4 ? target[0] >= 224 || target[0] == 127 : target[0] == 0xff;

	if (from >= 0)
		fw_cover_add(&source, fw_network(p, size, from));
	if (from < 0)
		fw_widen(rule, STR("source"));
	else if ((inverted & IPT_INV_SRCIP) != 0)
		fw_weigh(rule, fw_when_not(fw_cover_when(&source)), STR("source"));
	else
		fw_weigh_cover(rule, &source, STR("source"));
	if (to == 0) /* the rule is for whatever address, or for none */
		fw_weigh(rule, (inverted & IPT_INV_DSTIP) != 0 ? FW_NARROW : FW_ALWAYS,
			STR("destination"));
	else if (!is_group)
		fw_widen(rule, STR("destination"));
	else if ((inverted & IPT_INV_DSTIP) == 0)
		fw_narrow(rule);
}

static void conditions(const struct reader *r, const struct entry *e, struct fw_rule *rule)
{
	const unsigned char *p = r->table->entries + e->at;
	struct str iface = name_at(r, e->at + r->layout->iniface, IFNAMSIZ);
	uint16_t proto = u16_at(r, e->at + r->layout->proto);
	unsigned char inverted = p[r->layout->invflags];
	unsigned named = proto == IPPROTO_TCP ? FW_TCP : proto == IPPROTO_UDP ? FW_UDP : 0;

	if (iface.len > 0 && !fw_is_inner_interface(iface))
		fw_widen(rule, arena_str(r->set->a, iface));
	else if (iface.len > 0 && (inverted & IPT_INV_VIA_IN) == 0)
		fw_narrow(rule);
	addresses(r, e, rule);
	if (proto != 0)
		fw_only_protocols(
			rule, (inverted & IPT_INV_PROTO) != 0 ? FW_TCP_UDP & ~named : named);
	if (r->table->family == 4 && (p[r->layout->flags] & IPT_F_FRAG) != 0 &&
		(inverted & IPT_INV_FRAG) == 0)
		fw_narrow(rule);
	matches(r, e, rule);
}

static struct str chain_name(const struct reader *r, uint32_t at)
{
	return arena_fmt(r->set->a, "@%u", at);
}

static void verdict(const struct reader *r, const struct entry *e, struct fw_rule *rule)
{
	if (e->target_name.len > 0) {
		rule->verdict = fw_target_verdict(e->target_name);
	} else if (e->verdict >= 0) {
		unsigned char flags = r->table->entries[e->at + r->layout->flags];
		unsigned is_goto = r->table->family == 4 ? IPT_F_GOTO : IP6T_F_GOTO;

		/* a jump to the next entry is how an entry without a target looks */
		rule->verdict = (uint32_t)e->verdict == e->next ? FW_GO_ON :
			(flags & is_goto) != 0                  ? FW_GOTO :
								  FW_JUMP;
		rule->target = chain_name(r, (uint32_t)e->verdict);
	} else {
		rule->verdict = e->verdict == -NF_ACCEPT - 1 ? FW_ACCEPT :
			e->verdict == -NF_DROP - 1           ? FW_DROP :
			e->verdict == XT_RETURN              ? FW_RETURN :
							       FW_ACCEPT;
	}
}

/* The rules from AT up to the entry at END, or to the end of a chain of the user. */
static bool read_chain(const struct reader *r, struct fw_chain *chain, uint32_t at, uint32_t end)
{
	struct entry e;

	while (at != end) {
		struct fw_rule *rule;

		if (!entry_at(r, at, &e))
			return false;
		if (str_is(e.target_name, XT_ERROR_TARGET))
			return true; /* the next chain begins, or the table ends */
		rule = fw_rule(r->set, chain);
		if (rule == NULL)
			return true;
		conditions(r, &e, rule);
		verdict(r, &e, rule);
		at = e.next;
	}
	return true;
}

bool fw_add_legacy(struct fw_ruleset *set, const struct fw_legacy *table)
{
	struct reader r = { set, table, table->family == 4 ? &layout4 : &layout6 };
	unsigned space = 100u + (unsigned)table->family;
	struct fw_chain *input = fw_chain(set, space, STR("filter"), STR("INPUT"));
	size_t seen = set->chains.len;
	struct entry e;

	if (input == NULL)
		return true;
	input->families = 1u << table->family;
	input->hook = FW_HOOK_INPUT;
	if (!entry_at(&r, table->underflow, &e) || e.target_name.len > 0)
		return false;
	input->policy = e.verdict == -NF_DROP - 1 ? FW_DROP : FW_ACCEPT;
	if (!read_chain(&r, input, table->hook_entry, table->underflow))
		return false;
	/* Chains that were jumped to, then those that these jump to. */
	for (size_t c = seen - 1; c < set->chains.len && !set->is_full; c++) {
		struct fw_chain *from = set->chains.at[c];

		for (size_t i = 0; i < from->rules.len; i++) {
			const struct fw_rule *rule = &from->rules.at[i];
			size_t before = set->chains.len;
			struct fw_chain *to;
			uint64_t at;

			if (rule->verdict < FW_JUMP || from->space != space ||
				!str_to_u64(str_from(rule->target, 1), 10, &at))
				continue;
			to = fw_chain(set, space, STR("filter"), rule->target);
			if (to == NULL || set->chains.len == before)
				continue;
			if (!read_chain(&r, to, (uint32_t)at, UINT32_MAX))
				return false;
		}
	}
	return true;
}
