/* firewall.c - the model of a firewall and its judge. */
#include "work/hostaudit/firewall/firewall.h"

#include "work/hostaudit/resolve/resolve.h"

void fw_init(struct fw_ruleset *set, struct arena *a)
{
	*set = (struct fw_ruleset){ .a = a };
}

static uint32_t slot_of(struct str name)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619u;
	return hash % FW_SLOTS;
}

static struct fw_chain *find(
	const struct fw_ruleset *set, unsigned space, struct str table, struct str name)
{
	struct fw_chain *c = set->slots[slot_of(name)];

	while (c != NULL &&
		!(c->space == space && str_eq(c->name, name) && str_eq(c->table, table)))
		c = c->next;
	return c;
}

struct fw_chain *fw_chain(struct fw_ruleset *set, unsigned space, struct str table, struct str name)
{
	struct fw_chain *c = find(set, space, table, name);

	if (c != NULL)
		return c;
	if (set->chains.len >= FW_CHAINS_MAX) {
		set->is_full = true;
		return NULL;
	}
	c = arena_try(set->a, sizeof(*c));
	if (c == NULL) {
		set->is_full = true;
		return NULL;
	}
	c->space = space;
	c->table = table;
	c->name = name;
	c->policy = FW_ACCEPT;
	c->next = set->slots[slot_of(name)];
	set->slots[slot_of(name)] = c;
	vec_push(set->a, &set->chains, c);
	return c;
}

struct fw_rule *fw_rule(struct fw_ruleset *set, struct fw_chain *chain)
{
	if (set->rule_count >= FW_RULES_MAX) {
		set->is_full = true;
		return NULL;
	}
	set->rule_count++;
	return vec_add(set->a, &chain->rules);
}

unsigned fw_families(struct str f)
{
	if (str_is(f, "ip"))
		return 1u << 4;
	if (str_is(f, "ip6"))
		return 1u << 6;
	if (str_is(f, "inet"))
		return 1u << 4 | 1u << 6;
	return 0;
}

bool fw_is_inner_interface(struct str name)
{
	static const char *const inner[] = { "lo", "docker*", "br-*", "virbr*", "veth*", "lxc*",
		"lxd*", "incus*", "cni*", "flannel*", "cali*", "podman*", "vnet*", "wg*", "tun*",
		"tap*", "tailscale*", "ppp*", "vboxnet*" };

	for (size_t i = 0; i < COUNT(inner); i++)
		if (str_glob(str_of(inner[i]), name))
			return true;
	return false;
}

bool fw_is_every_port(struct str ports)
{
	struct str first, last;

	return (str_split(ports, '-', &first, &last) || str_split(ports, ':', &first, &last)) &&
		(str_is(first, "0") || str_is(first, "1") || first.len == 0) &&
		(str_is(last, "65535") || last.len == 0);
}

bool fw_is_main_protocol(struct str protocol)
{
	return str_is(protocol, "tcp") || str_is(protocol, "udp") || str_is(protocol, "6") ||
		str_is(protocol, "17");
}

/* ---- the judge ---- */

struct walk {
	const struct fw_ruleset *set;
	int family;
	int steps;
	struct str wide; /* the first wide rule that lets in */
	bool is_wide, is_lost;
};

static enum fw_verdict walk_chain(struct walk *w, const struct fw_chain *chain, int depth);

/* What a jump ends in: ACCEPT, DROP, or GO_ON when it comes back. */
static enum fw_verdict follow(
	struct walk *w, const struct fw_chain *from, const struct fw_rule *r, int depth)
{
	const struct fw_chain *to = find(w->set, from->space, from->table, r->target);

	if (to == NULL || depth >= FW_DEPTH_MAX) {
		w->is_lost = true;
		return FW_GO_ON;
	}
	return walk_chain(w, to, depth + 1);
}

static enum fw_verdict outcome(
	struct walk *w, const struct fw_chain *chain, const struct fw_rule *r, int depth)
{
	switch (r->verdict) {
	case FW_JUMP:
	case FW_GOTO:
		return follow(w, chain, r, depth);
	default:
		return r->verdict;
	}
}

static enum fw_verdict walk_chain(struct walk *w, const struct fw_chain *chain, int depth)
{
	for (size_t i = 0; i < chain->rules.len; i++) {
		const struct fw_rule *r = &chain->rules.at[i];
		enum fw_verdict v;

		if (++w->steps > FW_STEPS_MAX) {
			w->is_lost = true;
			return FW_GO_ON;
		}
		if ((r->family != 0 && r->family != w->family) || r->when == FW_NARROW)
			continue;
		v = outcome(w, chain, r, depth);
		if (r->when == FW_WIDE) {
			if (v == FW_ACCEPT && !w->is_wide) {
				w->is_wide = true;
				w->wide = r->detail;
			}
			continue;
		}
		if (v == FW_ACCEPT || v == FW_DROP)
			return v;
		if (v == FW_RETURN || r->verdict == FW_GOTO)
			return FW_GO_ON;
	}
	return FW_GO_ON;
}

static enum fw_state judge_chain(const struct fw_ruleset *set, const struct fw_chain *chain,
	int family, struct str *ret_detail)
{
	struct walk w = { .set = set, .family = family };
	enum fw_verdict v = walk_chain(&w, chain, 0);

	if (v == FW_GO_ON)
		v = chain->policy;
	*ret_detail = w.is_wide ? w.wide : STR("");
	if (v != FW_DROP)
		return w.is_lost ? FW_UNCLEAR : FW_OPEN;
	return w.is_wide || w.is_lost ? FW_UNCLEAR : FW_CLOSED;
}

/* How much a state says: what drops wins over what only might, that over an open door. */
static int weight(enum fw_state s)
{
	return s == FW_CLOSED ? 3 : s == FW_UNCLEAR ? 2 : s == FW_OPEN ? 1 : 0;
}

struct fw_judgement fw_judge(const struct fw_ruleset *set, int family)
{
	struct fw_judgement best = { .state = FW_NONE, .detail = STR("") };
	bool drops_earlier = false;

	for (size_t i = 0; i < set->chains.len; i++) {
		const struct fw_chain *c = set->chains.at[i];
		struct str detail;
		enum fw_state s;

		if ((c->families >> family & 1) == 0 || c->hook == FW_HOOK_NONE)
			continue;
		s = judge_chain(set, c, family, &detail);
		if (c->hook == FW_HOOK_EARLIER) {
			drops_earlier |= s == FW_CLOSED || s == FW_UNCLEAR;
			continue;
		}
		best.rules += c->rules.len;
		if (weight(s) > weight(best.state)) {
			best.state = s;
			best.chain = c;
			best.detail = detail;
		}
	}
	if (set->is_full || (drops_earlier && best.state != FW_CLOSED))
		best.state = FW_UNCLEAR;
	return best;
}
