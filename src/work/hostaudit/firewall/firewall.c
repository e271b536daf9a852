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

bool fw_has_chain(const struct fw_ruleset *set, const struct fw_chain *near, struct str name)
{
	return find(set, near->space, near->table, name) != NULL;
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

struct fw_rule *fw_rule_before(struct fw_ruleset *set, struct fw_chain *chain, size_t at)
{
	struct fw_rule *last = fw_rule(set, chain), *here;

	if (last == NULL || at >= chain->rules.len - 1)
		return last;
	here = &chain->rules.at[at];
	memmove(here + 1, here, (chain->rules.len - 1 - at) * sizeof(*here));
	*here = (struct fw_rule){ 0 };
	return here;
}

void fw_narrow(struct fw_rule *rule)
{
	rule->when = rule->rest = FW_NARROW;
}

void fw_widen(struct fw_rule *rule, struct str detail)
{
	if (rule->rest == FW_ALWAYS)
		rule->rest = FW_WIDE;
	if (rule->when != FW_ALWAYS)
		return;
	rule->when = FW_WIDE;
	rule->detail = detail;
}

void fw_weigh(struct fw_rule *rule, enum fw_when when, struct str detail)
{
	if (when == FW_NARROW)
		fw_narrow(rule);
	else if (when == FW_WIDE)
		fw_widen(rule, detail);
}

void fw_weigh_cover(struct fw_rule *rule, const struct fw_cover *cover, struct str detail)
{
	enum fw_when when = fw_cover_when(cover), rest = rule->rest;
	const struct fw_span *part = &cover->at[0];
	bool is_part = cover->count == 1 && when != FW_ALWAYS;

	fw_weigh(rule, when, detail);
	if (is_part && rule->part_of == FW_NO_WHOLE) {
		rule->part = *part;
	} else if (is_part && rule->part_of == cover->of) { /* of both */
		if (part->first > rule->part.first)
			rule->part.first = part->first;
		if (part->last < rule->part.last)
			rule->part.last = part->last;
	} else {
		return;
	}
	rule->rest = rest;
	rule->part_of = cover->of;
}

void fw_all_but(struct fw_rule *rule, enum fw_when when, struct str list)
{
	bool is_known = str_trim(list).len > 0 && str_find_char(list, '@') < 0 &&
		str_find_char(list, '$') < 0;

	fw_weigh(rule, is_known ? fw_when_not(when) : FW_WIDE, list);
}

void fw_only_protocols(struct fw_rule *rule, unsigned protocols)
{
	unsigned both = (rule->protocols == 0 ? FW_TCP_UDP : rule->protocols) & protocols;

	if (both == 0)
		fw_narrow(rule);
	else
		rule->protocols = both == FW_TCP_UDP ? 0 : both;
}

static struct fw_name *find_name(const struct fw_ruleset *set, struct str table, struct str name)
{
	for (size_t i = set->names.len; i > 0; i--) {
		struct fw_name *n = &set->names.at[i - 1];

		if (str_eq(n->name, name) && (name.ptr[0] == '$' || str_eq(n->table, table)))
			return n;
	}
	return NULL;
}

const struct fw_name *fw_name(
	const struct fw_ruleset *set, const struct fw_chain *chain, struct str name)
{
	return find_name(set, chain->table, name);
}

void fw_name_holds(struct fw_ruleset *set, struct str table, struct str name, struct str values)
{
	struct fw_name *n = find_name(set, table, name);

	set->named_bytes += values.len + (n != NULL ? n->values.len : 0);
	if (set->names.len >= FW_NAMES_MAX || set->named_bytes > FW_NAMED_BYTES_MAX) {
		set->is_full = true;
		return;
	}
	if (n != NULL && n->values.len > 0)
		n->values = arena_fmt(set->a, "%.*s,%.*s", STR_FMT(n->values), STR_FMT(values));
	else if (n != NULL)
		n->values = values;
	else
		vec_push(set->a, &set->names,
			((struct fw_name){ .table = table, .name = name, .values = values }));
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

unsigned fw_protocols(struct str list)
{
	unsigned found = 0;
	struct str name;

	while (str_next_word(&list, "{}, \t\n\"", &name)) {
		if (str_is(name, "tcp") || str_is(name, "6"))
			found |= FW_TCP;
		else if (str_is(name, "udp") || str_is(name, "17"))
			found |= FW_UDP;
	}
	return found;
}

/* ---- the judge ---- */

struct walk {
	const struct fw_ruleset *set;
	int family;
	unsigned protocol; /* of the packet: FW_TCP or FW_UDP */
	int steps;
	struct str wide; /* the first wide rule that lets in or leaves its chain */
	bool is_wide, is_lost;
};

/* What becomes of the packet: for sure, as if no wide rule held; and all that may become of it,
 * each of them holding or not. */
struct fate {
	enum fw_verdict sure; /* FW_GO_ON, FW_ACCEPT, FW_DROP, FW_RETURN */
	unsigned may;         /* bits of these */
};

static struct fate fate(enum fw_verdict v)
{
	return (struct fate){ v, 1u << v };
}

static bool may(struct fate f, enum fw_verdict v)
{
	return (f.may >> v & 1) != 0;
}

/* The end of a chain is not the end of the packet: TO where it goes back from here. */
static struct fate leaves(struct fate f, enum fw_verdict from, enum fw_verdict to)
{
	if (f.sure == from)
		f.sure = to;
	if (may(f, from))
		f.may = (f.may & ~(1u << from)) | 1u << to;
	return f;
}

static struct fate walk_chain(struct walk *w, const struct fw_chain *chain, int depth);

/* What a jump ends in: GO_ON when it comes back. */
static struct fate follow(
	struct walk *w, const struct fw_chain *from, const struct fw_rule *r, int depth)
{
	const struct fw_chain *to = find(w->set, from->space, from->table, r->target);

	if (to == NULL || depth >= FW_DEPTH_MAX) {
		w->is_lost = true;
		return fate(FW_GO_ON);
	}
	return walk_chain(w, to, depth + 1);
}

static struct fate outcome(
	struct walk *w, const struct fw_chain *chain, const struct fw_rule *r, int depth)
{
	switch (r->verdict) {
	case FW_JUMP:
		return follow(w, chain, r, depth);
	case FW_GOTO: /* comes back to where this chain was jumped from */
		return leaves(follow(w, chain, r, depth), FW_GO_ON, FW_RETURN);
	default:
		return fate(r->verdict);
	}
}

static bool may_apply(const struct walk *w, const struct fw_rule *r)
{
	return (r->family == 0 || r->family == w->family) &&
		(r->protocols == 0 || (r->protocols & w->protocol) != 0);
}

/* What rules of one chain name together, each with no other condition and with one verdict. */
struct parts {
	struct fw_cover accepted[FW_WHOLES], dropped[FW_WHOLES];
};

/* How much R matches, together with the rules before it. */
static enum fw_when when_of(struct parts *parts, const struct fw_rule *r)
{
	struct fw_cover *cover;

	if (r->part_of == FW_NO_WHOLE || r->rest != FW_ALWAYS ||
		(r->verdict != FW_ACCEPT && r->verdict != FW_DROP))
		return r->when;
	cover = &(r->verdict == FW_ACCEPT ? parts->accepted : parts->dropped)[r->part_of];
	cover->of = r->part_of;
	fw_cover_add(cover, r->part);
	return fw_cover_when(cover) < r->when ? fw_cover_when(cover) : r->when;
}

static struct fate walk_chain(struct walk *w, const struct fw_chain *chain, int depth)
{
	struct fate all = { .sure = FW_GO_ON }, one;
	struct parts parts = { 0 };

	for (size_t i = 0; i < chain->rules.len; i++) {
		const struct fw_rule *r = &chain->rules.at[i];
		enum fw_when when;

		if (++w->steps > FW_STEPS_MAX) {
			w->is_lost = true;
			break;
		}
		when = may_apply(w, r) ? when_of(&parts, r) : FW_NARROW;
		if (when == FW_NARROW)
			continue;
		one = outcome(w, chain, r, depth);
		all.may |= one.may & ~(1u << FW_GO_ON);
		if (when == FW_WIDE) {
			if (!w->is_wide && (may(one, FW_ACCEPT) || may(one, FW_RETURN))) {
				w->is_wide = true;
				w->wide = r->detail;
			}
			continue;
		}
		if (all.sure == FW_GO_ON)
			all.sure = one.sure;
		if (!may(one, FW_GO_ON))
			return leaves(all, FW_RETURN, FW_GO_ON);
	}
	all.may |= 1u << FW_GO_ON;
	return leaves(all, FW_RETURN, FW_GO_ON);
}

struct found {
	enum fw_state state;
	struct str detail;
	bool is_by_rule; /* open because a rule says so, not for want of one */
};

static struct found judge_protocol(
	const struct fw_ruleset *set, const struct fw_chain *chain, int family, unsigned protocol)
{
	struct walk w = { .set = set, .family = family, .protocol = protocol };
	struct fate end = walk_chain(&w, chain, 0);
	struct found f = { .detail = w.is_wide ? w.wide : STR(""),
		.is_by_rule = end.sure == FW_ACCEPT };

	end = leaves(end, FW_GO_ON, chain->policy);
	if (end.sure != FW_DROP)
		f.state = w.is_lost ? FW_UNCLEAR : FW_OPEN;
	else
		f.state = may(end, FW_ACCEPT) || w.is_lost ? FW_UNCLEAR : FW_CLOSED;
	return f;
}

/* A protocol let in whole is a door that stands open, whatever becomes of the other one. */
static enum fw_state judge_chain(const struct fw_ruleset *set, const struct fw_chain *chain,
	int family, struct str *ret_detail)
{
	struct found tcp = judge_protocol(set, chain, family, FW_TCP);
	struct found udp = judge_protocol(set, chain, family, FW_UDP);
	bool is_tcp = tcp.state == FW_OPEN && udp.state != FW_OPEN;
	struct found *worse = is_tcp || udp.state == FW_CLOSED ? &tcp : &udp;

	*ret_detail = worse->detail;
	if (tcp.state != udp.state && worse->state == FW_OPEN && worse->is_by_rule)
		*ret_detail = is_tcp ? STR("tcp") : STR("udp");
	return worse->state;
}

/* How much a state says: what drops wins over what only might, that over an open door. */
static int weight(enum fw_state s)
{
	return s == FW_CLOSED ? 3 : s == FW_UNCLEAR ? 2 : s == FW_OPEN ? 1 : 0;
}

static bool is_asked(const struct fw_ruleset *set, const struct fw_chain *c, int family)
{
	const struct fw_chain *table = find(set, c->space, c->table, STR(""));

	return (c->families >> family & 1) != 0 && c->hook != FW_HOOK_NONE &&
		(table == NULL || !table->is_asleep);
}

struct fw_judgement fw_judge(const struct fw_ruleset *set, int family)
{
	struct fw_judgement best = { .state = FW_NONE, .detail = STR("") };
	bool drops_earlier = false;

	for (size_t i = 0; i < set->chains.len; i++) {
		const struct fw_chain *c = set->chains.at[i];
		struct str detail;
		enum fw_state s;

		if (!is_asked(set, c, family))
			continue;
		s = judge_chain(set, c, family, &detail);
		if (c->hook == FW_HOOK_OF_CARD || (c->hook == FW_HOOK_EARLIER && s != FW_CLOSED)) {
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
