/* nft_rule.c - one rule of an nft script: which new connections from outside meet its verdict. A
 * condition that we do not weigh may hold for everybody. */
#include "work/hostaudit/firewall/nft_rule.h"

#include "work/hostaudit/resolve/resolve.h"

#define NAMES_DEPTH_MAX 4
#define JOINED_MAX 5 /* as nft has it */

struct key {
	struct str of, key; /* "tcp" "dport"; "" for a key that stands alone */
};

struct maker {
	struct fw_ruleset *set;
	struct fw_chain *chain;
	size_t at; /* where the next rule goes */
	const struct nft_statement *st;
	struct fw_rule rule;
	bool is_done; /* the rule is there: what follows adds nothing */
	struct key joined[JOINED_MAX];
	size_t joined_count; /* of "ip saddr . tcp dport" 2, of a key that stands alone 0 */
};

/* A condition: its key behind the word it belongs to, how it compares, and with what. */
struct condition {
	struct str of, key; /* "tcp" "dport"; "" for a key that stands alone */
	struct str list;    /* names of sets and variables replaced by what they hold */
	bool is_equal;      /* "!=" compares otherwise */
	bool is_map;
};

static void put(struct maker *m, const struct fw_rule *rule)
{
	struct fw_rule *to = fw_rule_before(m->set, m->chain, m->at);

	if (to == NULL)
		return;
	*to = *rule;
	m->at++;
}

/* ---- names ---- */

/* What NAME stands for; NULL: nothing is known of it. A long list that many rules name is a lot to
 * read: there is an end to that. */
static const struct str *meaning_of(const struct maker *m, struct str name)
{
	for (int depth = 0; depth < NAMES_DEPTH_MAX; depth++) {
		const struct fw_name *n = name.ptr[0] == '@' || name.ptr[0] == '$' ?
			fw_name(m->set, m->chain, name) :
			NULL;
		struct str only;

		if (n == NULL)
			return NULL;
		m->set->named_bytes += n->values.len;
		if (m->set->named_bytes > FW_NAMED_BYTES_MAX) {
			m->set->is_full = true;
			return NULL;
		}
		only = str_trim(n->values);
		if (only.len == 0 || (only.ptr[0] != '@' && only.ptr[0] != '$'))
			return &n->values;
		name = only;
	}
	return NULL;
}

/* LIST with the names in it replaced. A set that nothing is known of keeps its name. */
static struct str values_of(const struct maker *m, struct str list)
{
	struct str rest, value, all = list;
	const struct str *meaning;
	bool is_alone = list.len > 0 && list.ptr[0] != '{';

	if (m->set->is_full || (str_find_char(list, '@') < 0 && str_find_char(list, '$') < 0))
		return list;
	if (is_alone) {
		meaning = meaning_of(m, str_trim(list));
		return meaning != NULL ? *meaning : list;
	}
	rest = str_trim(list);
	for (rest = str_from(rest, 1); str_next_word(&rest, "{}, \t\n\"", &value);) {
		meaning = meaning_of(m, value);
		if (meaning == NULL)
			continue;
		m->set->named_bytes += all.len;
		if (m->set->named_bytes > FW_NAMED_BYTES_MAX) {
			m->set->is_full = true;
			return list;
		}
		all = arena_fmt(m->set->a, "%.*s,%.*s", STR_FMT(all), STR_FMT(*meaning));
	}
	return all;
}

/* ---- conditions ---- */

/* "{ lo, eth0 }", "eth0" */
static void by_interface(struct fw_rule *rule, const struct condition *c)
{
	struct str list = c->list, name, outer = STR("");
	bool is_inner = false;

	while (str_next_word(&list, "{}, \t\n\"", &name)) {
		if (fw_is_inner_interface(name))
			is_inner = true;
		else if (outer.len == 0)
			outer = name;
	}
	if (outer.len > 0)
		fw_widen(rule, outer);
	else if (is_inner && c->is_equal)
		fw_narrow(rule);
}

/* Our packet is new: it passes when "new" is among the states, or not among those excluded. */
static void by_state(struct fw_rule *rule, const struct condition *c)
{
	struct str list = c->list, state;
	bool has_new = false;

	while (str_next_word(&list, "{}, \t\n", &state))
		has_new |= str_is(state, "new");
	if (has_new != c->is_equal)
		fw_narrow(rule);
}

static void by_protocol(struct fw_rule *rule, const struct condition *c)
{
	unsigned named = fw_protocols(c->list);

	fw_only_protocols(rule, c->is_equal ? named : FW_TCP_UDP & ~named);
}

/* "ip", "{ ipv4, ipv6 }" */
static void by_family(struct fw_rule *rule, const struct condition *c)
{
	struct str list = c->list, name;
	bool has4 = false, has6 = false;

	while (str_next_word(&list, "{}, \t\n", &name)) {
		has4 |= str_is(name, "ip") || str_is(name, "ipv4") || str_is(name, "0x0800");
		has6 |= str_is(name, "ip6") || str_is(name, "ipv6") || str_is(name, "0x86dd");
	}
	if (!c->is_equal) {
		has4 = !has4;
		has6 = !has6;
	}
	if (!has4 && !has6)
		fw_narrow(rule);
	else if (has4 != has6)
		rule->family = has4 ? 4 : 6;
}

static void by_port(struct fw_rule *rule, const struct condition *c)
{
	struct fw_cover ports = { .of = FW_PORTS };

	fw_cover_ports(&ports, c->list);
	if (!c->is_equal)
		fw_all_but(rule, fw_cover_when(&ports), c->list);
	else if (str_is(c->key, "dport"))
		fw_weigh_cover(rule, &ports, c->list);
	else
		fw_weigh(rule, fw_cover_when(&ports), c->list);
}

static void by_source(struct fw_rule *rule, const struct condition *c)
{
	struct fw_cover four = { .of = FW_IP4 }, six = { .of = FW_IP6 };

	fw_cover_addresses(&four, &six, c->list);
	if (!c->is_equal)
		fw_all_but(rule, str_is(c->of, "ether") ? FW_NARROW : fw_addresses_when(c->list),
			c->list);
	else if (str_is(c->of, "ether"))
		fw_narrow(rule);
	else
		fw_weigh_cover(rule, str_is(c->of, "ip6") ? &six : &four, c->list);
}

/* What comes in is for an address of this machine: one that is named leaves the others out. */
static void by_destination(struct fw_rule *rule, const struct condition *c)
{
	if (fw_is_group_address(c->list)) {
		if (c->is_equal)
			fw_narrow(rule);
	} else if (!c->is_equal || fw_addresses_when(c->list) != FW_ALWAYS) {
		fw_widen(rule, c->list);
	}
}

/* The first packet of a connection has SYN and nothing else: "syn", "syn / syn,ack",
 * "& (syn | ack) == syn". */
static void by_flags(struct fw_rule *rule, const struct condition *c)
{
	struct str list = c->list;
	ptrdiff_t equal = str_find(list, STR("==")), slash = str_find_char(list, '/');

	if (equal >= 0)
		list = str_from(list, (size_t)equal + 2);
	else if (slash >= 0)
		list = str_until(list, (size_t)slash);
	if (!c->is_equal || str_find(list, STR("!=")) >= 0 || !str_is(str_trim(list), "syn"))
		fw_narrow(rule);
}

static void by_packet(struct fw_rule *rule, const struct condition *c)
{
	bool is_ours =
		str_find(c->list, STR("host")) >= 0 || str_find(c->list, STR("unicast")) >= 0;

	if (is_ours != c->is_equal)
		fw_narrow(rule);
}

/* "fib daddr type local": whatever comes in is for an address of this machine. */
static void by_route(struct fw_rule *rule, const struct condition *c)
{
	if (!str_starts(c->list, "daddr") || !str_ends(str_trim(c->list), "local"))
		fw_widen(rule, STR("fib"));
	else if (str_find(c->list, STR("!=")) >= 0)
		fw_narrow(rule);
}

/* Every other kind of card may be the one that leads out. */
static void by_card(struct fw_rule *rule, const struct condition *c)
{
	if (!str_is(str_trim(c->list), "loopback"))
		fw_widen(rule, c->list);
	else if (c->is_equal)
		fw_narrow(rule);
}

static const struct {
	const char *key;
	void (*apply)(struct fw_rule *rule, const struct condition *c);
} keys[] = {
	{ "iif", by_interface },
	{ "iifname", by_interface },
	{ "iiftype", by_card },
	{ "state", by_state },
	{ "l4proto", by_protocol },
	{ "nexthdr", by_protocol },
	{ "nfproto", by_family },
	{ "dport", by_port },
	{ "sport", by_port },
	{ "saddr", by_source },
	{ "daddr", by_destination },
	{ "flags", by_flags },
	{ "pkttype", by_packet },
	{ "fib", by_route },
};

static void apply(struct fw_rule *rule, const struct condition *c)
{
	/* that only few packets have, or no first one */
	static const char *const rare[] = { "type", "code", "secpath", "in", "helper", "spi", "id",
		NULL };
	static const char *const others[] = { "icmp", "icmpv6", "igmp", "sctp", "dccp", "udplite",
		"esp", "ah", "comp", "gre", "arp", NULL };

	if (word_among(c->of, others)) {
		fw_narrow(rule);
		return;
	}
	if (str_is(c->key, "protocol")) {
		if (str_is(c->of, "ip"))
			by_protocol(rule, c);
		else
			by_family(rule, c);
		return;
	}
	if (str_is(c->of, "ether") && str_is(c->key, "type")) {
		by_family(rule, c);
		return;
	}
	for (size_t i = 0; i < COUNT(keys); i++)
		if (str_is(c->key, keys[i].key)) {
			keys[i].apply(rule, c);
			return;
		}
	if (str_is(c->key, "direction")) {
		if ((str_find(c->list, STR("reply")) >= 0) == c->is_equal)
			fw_narrow(rule);
	} else if (str_is(c->key, "version")) {
		return; /* by its family already */
	} else if (c->is_equal && word_among(c->key, rare)) {
		fw_narrow(rule);
	} else {
		fw_widen(rule, c->key);
	}
}

/* "0.0.0.0/0 . 22": each of its values is a condition. */
static void apply_joined(const struct maker *m, struct fw_rule *rule, struct str element)
{
	for (size_t i = 0; i < m->joined_count; i++) {
		struct condition c = { m->joined[i].of, m->joined[i].key, element, true, false };
		ptrdiff_t dot = str_find(element, STR(" . "));

		if (dot >= 0) {
			c.list = str_until(element, (size_t)dot);
			element = str_from(element, (size_t)dot + 3);
		} else if (i + 1 < m->joined_count) {
			fw_widen(rule, element);
			return;
		}
		c.list = str_trim(c.list);
		apply(rule, &c);
	}
}

/* As wide as the widest of its elements; a list nobody knows was thought of by somebody. */
static void by_joined(const struct maker *m, struct fw_rule *rule, const struct condition *c)
{
	struct str list = c->list, element;
	enum fw_when widest = FW_NARROW;

	if (!c->is_equal) {
		fw_widen(rule, STR("joined"));
		return;
	}
	while (str_next_word(&list, "{},\n", &element)) {
		struct fw_rule one = { 0 };

		if (str_find_char(element, '@') >= 0 || str_trim(element).len == 0)
			continue;
		apply_joined(m, &one, str_trim(element));
		if (one.when < widest)
			widest = one.when;
	}
	fw_weigh(rule, widest, STR("joined"));
}

static bool read_verdict(struct fw_rule *rule, struct str name, struct str target)
{
	static const struct {
		const char *name;
		enum fw_verdict verdict;
	} verdicts[] = { { "accept", FW_ACCEPT }, { "drop", FW_DROP }, { "reject", FW_DROP },
		{ "return", FW_RETURN }, { "jump", FW_JUMP }, { "goto", FW_GOTO },
		{ "queue", FW_ACCEPT }, { "continue", FW_GO_ON } };

	for (size_t v = 0; v < COUNT(verdicts); v++)
		if (str_is(name, verdicts[v].name)) {
			rule->verdict = verdicts[v].verdict;
			rule->target = target;
			return true;
		}
	return false;
}

/* "{ lo : accept, eth0 : jump x }": a rule for each pair. Of states only what is new meets us. */
static void by_map(struct maker *m, struct condition c)
{
	struct str map = c.list, pair, key, verdict, what;

	m->is_done = true;
	if (str_starts(map, "@")) { /* a map of which we know nothing */
		m->rule.verdict = FW_ACCEPT;
		if (m->joined_count > 0)
			fw_narrow(&m->rule);
		else
			apply(&m->rule,
				&(struct condition){ .of = c.of, .key = c.key, .is_equal = true });
		put(m, &m->rule);
		return;
	}
	while (str_next_word(&map, "{},\n", &pair)) {
		struct fw_rule rule = m->rule;
		ptrdiff_t at = str_find(pair, STR(" : "));

		if (at < 0)
			at = str_find_char(pair, ':');
		if (at < 0)
			continue;
		key = str_unquote(str_trim(str_until(pair, (size_t)at)));
		verdict = str_trim(str_from(pair, (size_t)at + 1));
		if (str_starts(verdict, ":"))
			verdict = str_trim(str_from(verdict, 1));
		if (!str_next_word(&verdict, " \t", &what) ||
			!read_verdict(&rule, what, str_trim(verdict)))
			continue;
		c.list = key;
		if (m->joined_count > 0)
			apply_joined(m, &rule, key);
		else
			apply(&rule, &c);
		put(m, &rule);
	}
}

/* ---- words ---- */

static const char *const verdict_words[] = { "accept", "drop", "reject", "return", "jump", "goto",
	"queue", "continue", NULL };
static const char *const quiet_words[] = { "counter", "comment", "limit", "log", "add", "update",
	"delete", NULL };
/* Words before a key. */
static const char *const owners[] = { "meta", "ip", "ip6", "ct", "tcp", "udp", "udplite", "sctp",
	"dccp", "th", "icmp", "icmpv6", "igmp", "ether", "vlan", "arp", "ah", "esp", "comp", "gre",
	"rt", "ipsec", "socket", "frag", "hbh", "mh", "srh", "dst", "exthdr", "geneve", "vxlan",
	"gretap", "tunnel", NULL };
/* Keys that stand alone, and statements. */
static const char *const alone[] = { "iif", "iifname", "iifgroup", "iiftype", "oif", "oifname",
	"oifgroup", "oiftype", "mark", "protocol", "l4proto", "nfproto", "pkttype", "skuid",
	"skgid", "cpu", "length", "priority", "day", "hour", "time", "cgroup", "rtclassid", "osf",
	"fib", "hash", "numgen", "jhash", "symhash", "set", "masquerade", "snat", "dnat",
	"redirect", "tproxy", "notrack", "dup", "fwd", "synproxy", "flow", "meter", "quota", "last",
	"xt", "ibrname", "obrname", "ibriport", "obriport", "random", "secpath", "secmark", "map",
	"nftrace", "sdif", "sdifname", "ibrpvid", "ibrvproto", NULL };

/* What a condition or a statement may begin with. */
static bool is_known_start(struct str w)
{
	if (w.len == 0 || w.ptr[0] < 'a' || w.ptr[0] > 'z') /* a set, a variable, a value */
		return true;
	return word_among(w, owners) || word_among(w, alone) || word_among(w, quiet_words);
}

/* Fields of the protocols that most rules name. */
static bool is_known_field(struct str protocol, struct str field)
{
	static const char *const fields[] = { "sport", "dport", "sequence", "ackseq", "doff",
		"reserved", "flags", "window", "checksum", "urgptr", "option", "length", NULL };

	return (!str_is(protocol, "tcp") && !str_is(protocol, "udp")) || word_among(field, fields);
}

static bool starts_anew(struct str w)
{
	return word_among(w, verdict_words) ||
		(w.len > 0 && w.ptr[0] >= 'a' && w.ptr[0] <= 'z' && is_known_start(w));
}

/* Statements that neither match nor end, and rates: over their arguments. Returns the next word, or
 * I. */
static size_t skip_quiet(struct fw_rule *rule, const struct nft_statement *st, size_t i)
{
	struct str w = nft_word(st, i);

	if (str_is(w, "counter")) {
		i++;
		if (str_is(nft_word(st, i), "packets"))
			return i + 4;
		return str_is(nft_word(st, i), "name") ? i + 2 : i;
	}
	if (str_is(w, "comment"))
		return i + 2;
	if (str_is(w, "limit")) { /* "limit rate over 10/second burst 5 packets" */
		fw_widen(rule, w);
		i += str_is(nft_word(st, i + 2), "over") ? 4 : 3;
		return str_is(nft_word(st, i), "burst") ? i + 3 : i;
	}
	if (str_is(w, "add") || str_is(w, "update") || str_is(w, "delete")) {
		struct str element =
			nft_word(st, i + 2); /* "update @seen { ip saddr limit rate … }" */

		if (str_find(element, STR("limit")) >= 0 || str_find(element, STR("ct count")) >= 0)
			fw_widen(rule, STR("limit"));
		return i + 3;
	}
	if (str_is(w, "log")) {
		static const char *const options[] = { "prefix", "level", "group", "snaplen",
			"queue-threshold", "flags", NULL };

		for (i++; word_among(nft_word(st, i), options);)
			i += 2;
	}
	return i;
}

/* "!=", "==", "<" and their words. */
static size_t read_operator(struct condition *c, const struct nft_statement *st, size_t i)
{
	static const char *const loose[] = { "<", ">", "<=", ">=", "lt", "gt", "le", "ge", NULL };
	struct str w = nft_word(st, i);

	if (word_among(w, loose))
		c->key = STR("compared");
	c->is_equal = !(str_is(w, "!=") || str_is(w, "ne"));
	return i + (!c->is_equal || str_is(w, "==") || str_is(w, "eq") || word_among(w, loose));
}

/* A field of TCP's head has only a packet that has such a head. */
static void only_packets_with(struct fw_rule *rule, struct str head)
{
	if (str_is(head, "ip") || str_is(head, "icmp"))
		rule->family = 4;
	else if (str_is(head, "ip6") || str_is(head, "icmpv6"))
		rule->family = 6;
	else if (str_is(head, "tcp"))
		fw_only_protocols(rule, FW_TCP);
	else if (str_is(head, "udp"))
		fw_only_protocols(rule, FW_UDP);
}

/* "ip saddr . tcp dport", from the first dot on. */
static size_t read_joined(struct maker *m, const struct condition *c, size_t i)
{
	const struct nft_statement *st = m->st;

	m->joined[0] = (struct key){ c->of, c->key };
	m->joined_count = 1;
	while (str_is(nft_word(st, i), ".")) {
		struct key key = { .of = STR("") };

		if (word_among(nft_word(st, ++i), owners))
			key.of = nft_word(st, i++);
		only_packets_with(&m->rule, key.of);
		key.key = nft_word(st, i++);
		if (m->joined_count < JOINED_MAX)
			m->joined[m->joined_count++] = key;
	}
	return i;
}

/* From the first word of its values to the next condition. */
static size_t read_values(
	const struct maker *m, struct condition *c, const struct nft_statement *st, size_t i)
{
	size_t first = i, last = i;

	if (i >= st->count)
		return i + 1;
	while (++i < st->count &&
		(str_ends(st->words[i - 1], ",") || !starts_anew(st->words[i]) ||
			(str_is(c->key, "fib") && !word_among(st->words[i], verdict_words))))
		last = i;
	c->list = (struct str){ st->words[first].ptr,
		(size_t)(st->words[last].ptr - st->words[first].ptr) + st->words[last].len };
	c->list = values_of(m, c->list);
	return i;
}

static size_t read_condition(struct maker *m, size_t i)
{
	const struct nft_statement *st = m->st;
	struct condition c = { .of = STR(""), .key = nft_word(st, i), .list = STR("") };
	bool is_joined;

	if (word_among(c.key, owners)) {
		c.of = c.key;
		c.key = nft_word(st, ++i);
	}
	only_packets_with(&m->rule, c.of);
	i++;
	if (str_is(nft_word(st, i), "set")) { /* "meta mark set ct mark": no condition */
		i++;
		return i + 1 + word_among(nft_word(st, i), owners);
	}
	is_joined = str_is(nft_word(st, i), ".") && !str_is(c.key, "fib");
	if (is_joined)
		i = read_joined(m, &c, i);
	else
		m->joined_count = 0;
	i = read_operator(&c, st, i);
	c.is_map = str_is(nft_word(st, i), "vmap");
	i = read_values(m, &c, st, i + c.is_map);
	if (c.is_map)
		by_map(m, c);
	else if (is_joined)
		by_joined(m, &m->rule, &c);
	else
		apply(&m->rule, &c);
	return i;
}

bool nft_add_rule(struct fw_ruleset *set, struct fw_chain *chain, size_t at,
	const struct nft_statement *st, size_t from)
{
	struct maker m = { .set = set, .chain = chain, .at = at, .st = st };
	bool is_first = true, is_known = true;
	size_t i = from;

	m.rule.target = m.rule.detail = STR("");
	while (i < st->count && !m.is_done) {
		size_t next = skip_quiet(&m.rule, st, i);

		if (next > i) {
			i = next;
			continue;
		}
		if (read_verdict(&m.rule, nft_word(st, i), nft_word(st, i + 1)))
			break;
		is_known &= !is_first ||
			(is_known_start(nft_word(st, i)) &&
				is_known_field(nft_word(st, i), nft_word(st, i + 1)));
		is_first = false;
		i = read_condition(&m, i);
	}
	if (!m.is_done)
		put(&m, &m.rule);
	return is_known;
}
