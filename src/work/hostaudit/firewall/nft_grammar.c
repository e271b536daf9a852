/* nft_grammar.c - would nft take this statement? It takes a script whole or not at all: one word
 * mistyped and the machine starts without a firewall. What is rare is not looked at closely; a word
 * that nothing here knows is none of nft's. */
#include "work/hostaudit/firewall/nft_rule.h"

#include "work/hostaudit/resolve/resolve.h"

#define JOINED_MAX 5

struct field {
	const char *of, *key;
	enum nft_value value;
};

static const struct field fields[] = { { "ip", "saddr", NFT_IP4 }, { "ip", "daddr", NFT_IP4 },
	{ "ip", "protocol", NFT_PROTOCOL }, { "ip", "version", NFT_NUMBER },
	{ "ip", "hdrlength", NFT_NUMBER }, { "ip", "dscp", NFT_ANY }, { "ip", "ecn", NFT_ANY },
	{ "ip", "length", NFT_NUMBER }, { "ip", "id", NFT_NUMBER }, { "ip", "frag-off", NFT_ANY },
	{ "ip", "ttl", NFT_NUMBER }, { "ip", "checksum", NFT_NUMBER }, { "ip6", "saddr", NFT_IP6 },
	{ "ip6", "daddr", NFT_IP6 }, { "ip6", "version", NFT_NUMBER }, { "ip6", "dscp", NFT_ANY },
	{ "ip6", "ecn", NFT_ANY }, { "ip6", "flowlabel", NFT_NUMBER },
	{ "ip6", "length", NFT_NUMBER }, { "ip6", "nexthdr", NFT_PROTOCOL },
	{ "ip6", "hoplimit", NFT_NUMBER }, { "tcp", "sport", NFT_PORT },
	{ "tcp", "dport", NFT_PORT }, { "tcp", "sequence", NFT_NUMBER },
	{ "tcp", "ackseq", NFT_NUMBER }, { "tcp", "doff", NFT_NUMBER },
	{ "tcp", "flags", NFT_FLAGS }, { "tcp", "window", NFT_NUMBER },
	{ "tcp", "checksum", NFT_NUMBER }, { "tcp", "urgptr", NFT_NUMBER },
	{ "udp", "sport", NFT_PORT }, { "udp", "dport", NFT_PORT }, { "udp", "length", NFT_NUMBER },
	{ "udp", "checksum", NFT_NUMBER }, { "udplite", "sport", NFT_PORT },
	{ "udplite", "dport", NFT_PORT }, { "sctp", "sport", NFT_PORT },
	{ "sctp", "dport", NFT_PORT }, { "sctp", "vtag", NFT_NUMBER },
	{ "dccp", "sport", NFT_PORT }, { "dccp", "dport", NFT_PORT }, { "dccp", "type", NFT_ANY },
	{ "th", "sport", NFT_PORT }, { "th", "dport", NFT_PORT }, { "icmp", "type", NFT_ICMP },
	{ "icmp", "code", NFT_CODE }, { "icmp", "id", NFT_NUMBER },
	{ "icmp", "sequence", NFT_NUMBER }, { "icmpv6", "type", NFT_ICMP6 },
	{ "icmpv6", "code", NFT_CODE }, { "icmpv6", "id", NFT_NUMBER }, { "igmp", "type", NFT_ANY },
	{ "igmp", "group", NFT_IP4 }, { "ether", "saddr", NFT_MAC }, { "ether", "daddr", NFT_MAC },
	{ "ether", "type", NFT_ETHER }, { "vlan", "id", NFT_NUMBER }, { "vlan", "pcp", NFT_NUMBER },
	{ "vlan", "type", NFT_ETHER }, { "arp", "operation", NFT_ANY },
	{ "esp", "spi", NFT_NUMBER }, { "ah", "spi", NFT_NUMBER }, { "ct", "state", NFT_STATE },
	{ "ct", "status", NFT_STATUS }, { "ct", "direction", NFT_DIRECTION },
	{ "ct", "mark", NFT_ANY }, { "ct", "helper", NFT_ANY }, { "ct", "zone", NFT_NUMBER },
	{ "ct", "bytes", NFT_NUMBER }, { "ct", "packets", NFT_NUMBER },
	{ "ct", "protocol", NFT_PROTOCOL }, { "ct", "expiration", NFT_ANY },
	{ "meta", "length", NFT_NUMBER }, { "meta", "nfproto", NFT_FAMILY },
	{ "meta", "l4proto", NFT_PROTOCOL }, { "meta", "protocol", NFT_ETHER },
	{ "meta", "priority", NFT_ANY }, { "meta", "time", NFT_ANY }, { "meta", "hour", NFT_ANY },
	{ "meta", "day", NFT_ANY }, { "meta", "random", NFT_ANY }, { "meta", "secpath", NFT_ANY } };

/* The same with "meta" before them and without. */
static const struct field alone[] = { { "", "iif", NFT_INTERFACE }, { "", "oif", NFT_INTERFACE },
	{ "", "iifname", NFT_INTERFACE }, { "", "oifname", NFT_INTERFACE },
	{ "", "iiftype", NFT_CARD }, { "", "oiftype", NFT_CARD }, { "", "iifgroup", NFT_ANY },
	{ "", "oifgroup", NFT_ANY }, { "", "mark", NFT_ANY }, { "", "skuid", NFT_ANY },
	{ "", "skgid", NFT_ANY }, { "", "pkttype", NFT_PACKET }, { "", "cpu", NFT_NUMBER },
	{ "", "cgroup", NFT_NUMBER }, { "", "rtclassid", NFT_ANY }, { "", "nftrace", NFT_NUMBER } };

/* Heads and statements that few scripts have: what stands behind them is not looked at. */
static const char *const rare[] = { "rt", "ipsec", "socket", "frag", "hbh", "mh", "srh", "dst",
	"exthdr", "geneve", "vxlan", "gretap", "gre", "tunnel", "comp", "osf", "numgen", "jhash",
	"symhash", "masquerade", "snat", "dnat", "redirect", "tproxy", "dup", "fwd", "synproxy",
	"flow", "meter", "last", "xt", "set", "ibrname", "obrname", "sdif", "sdifname", "secmark",
	"queue", NULL };
static const char *const endings[] = { "accept", "drop", "reject", "return", "jump", "goto",
	"continue", NULL };
static const char *const units[] = { "bytes", "kbytes", "mbytes", NULL };

struct check {
	const struct nft_statement *st;
	size_t i;
	bool is_rare; /* the rest is not looked at */
};

static struct str here(const struct check *c)
{
	return nft_word(c->st, c->i);
}

static bool takes(struct check *c, const char *word)
{
	bool is_it = str_is(here(c), word);

	c->i += is_it;
	return is_it;
}

static bool takes_number(struct check *c)
{
	bool is_it = nft_value_is_sound(NFT_NUMBER, here(c));

	c->i += is_it;
	return is_it;
}

static bool takes_one_of(struct check *c, const char *const *words)
{
	bool is_it = word_among(here(c), words);

	c->i += is_it;
	return is_it;
}

/* A name of a table, a chain, a set, a counter. */
bool nft_name_is_sound(struct str s)
{
	static const char *const taken[] = { "table", "chain", "set", "map", "rule", "type", "hook",
		"policy", "accept", "drop", "reject", "jump", "goto", "return", "add", "delete",
		"flush", "counter", "log", "limit", "include", "define", "ip", "ip6", "inet", "tcp",
		"udp", "ct", "meta", "ether", "ruleset", "icmp", "icmpv6", "vlan", "arp", "th",
		"fib", "mark", "length", "state", "size", "quota", "element", "flags", "device",
		"priority", "timeout", "comment", "list", "reset", "monitor", NULL };

	if (word_among(s, taken))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			str_has(STR("_$\".\\/"), c);

		if (!is_letter && (i == 0 || (!(c >= '0' && c <= '9') && c != '-')))
			return false;
	}
	return s.len > 0;
}

/* ---- values ---- */

static bool is_verdict(struct str text)
{
	struct str word, target;

	if (!str_next_word(&text, " \t\n\\", &word))
		return false;
	if (str_is(word, "jump") || str_is(word, "goto"))
		return str_next_word(&text, " \t\n\\", &target) && nft_name_is_sound(target) &&
			str_trim(text).len == 0;
	return (str_is(word, "accept") || str_is(word, "drop") || str_is(word, "return") ||
		       str_is(word, "continue")) &&
		str_trim(text).len == 0;
}

/* "10.0.0.1 . 22", each part of its own kind; what stands behind a value ("timeout 1m") is left. A
 * backslash joins lines. */
static bool element_is_sound(struct str text, const enum nft_value *kinds, size_t count)
{
	struct str word;

	for (size_t i = 0; i < count; i++) {
		if (i > 0 && (!str_next_word(&text, " \t\n\\", &word) || !str_is(word, ".")))
			return false;
		if (!str_next_word(&text, " \t\n\\", &word))
			return false;
		if (word.ptr[0] != '$' && word.ptr[0] != '@' && !nft_value_is_sound(kinds[i], word))
			return false;
	}
	return !str_next_word(&text, " \t\n\\", &word) || str_is(word, "timeout") ||
		str_is(word, "expires") || str_is(word, "comment") || str_is(word, "counter") ||
		str_is(word, "limit");
}

/* A pair of a map: its key is parted from the verdict by the last ':' with a blank before it. */
static bool pair_is_sound(struct str pair, const enum nft_value *kinds, size_t count)
{
	ptrdiff_t at = str_find(pair, STR(" : "));

	if (at < 0)
		at = str_find_char(pair, ':');
	if (at < 0)
		return false;
	if (!is_verdict(str_trim(str_from(pair, (size_t)at + (pair.ptr[at] == ' ' ? 3 : 1)))))
		return false;
	return element_is_sound(str_until(pair, (size_t)at), kinds, count);
}

/* "{ 22, 80, }": a comma may end it, none may stand alone. */
static bool group_is_sound(struct str group, const enum nft_value *kinds, size_t count, bool is_map)
{
	struct str rest = str_trim(str_until(str_from(group, 1), group.len - 2)), element;

	if (str_has(rest, '#') || str_has(rest, '{'))
		return true; /* a comment in it, or a set in a set */
	if (rest.len == 0)
		return false;
	while (rest.len > 0) {
		ptrdiff_t comma = str_find_char(rest, ',');

		element = str_trim(comma < 0 ? rest : str_until(rest, (size_t)comma));
		rest = comma < 0 ? STR("") : str_trim(str_from(rest, (size_t)comma + 1));
		if (element.len == 0) /* nft takes "22,, 80" */
			continue;
		if (is_map ? !pair_is_sound(element, kinds, count) :
			     !element_is_sound(element, kinds, count))
			return false;
	}
	return true;
}

/* Words of "(syn | ack) == syn" and "syn / syn,ack": all are flags, signs or numbers. */
static bool takes_flags(struct check *c)
{
	static const char *const names[] = { "fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr",
		"==", "!=", "/", "|", "&", "0x0", NULL };
	size_t first = c->i;

	for (; c->i < c->st->count; c->i++) {
		struct str word = here(c), part;
		bool is_flags = true;

		while (is_flags && str_next_word(&word, "()|,{} \t\n", &part))
			is_flags = word_among(part, names);
		if (!is_flags)
			break;
	}
	return c->i > first;
}

/* "established,related", "established, related" */
static bool takes_list(struct check *c, enum nft_value kind)
{
	struct str word, part;
	bool goes_on;

	do {
		word = here(c);
		goes_on = str_ends(word, ",") || str_starts(nft_word(c->st, c->i + 1), ",");
		if (word.len == 0 || word_among(word, endings))
			return false;
		if (str_find(word, STR(",,")) >= 0)
			return false;
		while (str_next_word(&word, ",", &part))
			if (!nft_value_is_sound(kind, part))
				return false;
		c->i++;
	} while (goes_on && c->i < c->st->count);
	return !goes_on;
}

static bool takes_value(struct check *c, const enum nft_value *kinds, size_t count)
{
	static const char *const signs[] = { "!=", "==", "eq", "ne", "<", ">", "<=", ">=", "lt",
		"gt", "le", "ge", NULL };
	bool is_compared = takes_one_of(c, signs), is_map = !is_compared && takes(c, "vmap");
	struct str word = here(c);

	if (word.len == 0)
		return false;
	if (kinds[0] == NFT_FLAGS && count == 1 && word.ptr[0] != '{' && word.ptr[0] != '@' &&
		!str_is(word, "set"))
		return takes_flags(c);
	if (str_is(word, "set") || str_is(word, "map") || str_is(word, "&") || str_is(word, "|") ||
		str_is(word, "^") || str_is(word, "and")) {
		c->is_rare = nft_word(c->st, c->i + 1).len > 0;
		return c->is_rare;
	}
	if (word.ptr[0] == '{') {
		c->i++;
		return group_is_sound(word, kinds, count, is_map);
	}
	if (word.ptr[0] == '@' || word.ptr[0] == '$') {
		c->i++;
		return word.len > 1;
	}
	if (is_map || count > 1)
		return false;
	return takes_list(c, kinds[0]);
}

/* ---- conditions ---- */

static const struct field *field_of(struct check *c)
{
	bool is_meta = str_is(here(c), "meta");
	struct str key = nft_word(c->st, c->i + is_meta);

	for (size_t i = 0; i < COUNT(alone); i++)
		if (str_is(key, alone[i].key)) {
			c->i += is_meta + 1u;
			return &alone[i];
		}
	for (size_t i = 0; i < COUNT(fields); i++)
		if (str_is(here(c), fields[i].of) &&
			str_is(nft_word(c->st, c->i + 1), fields[i].key)) {
			c->i += 2;
			return &fields[i];
		}
	return NULL;
}

/* "ct original ip saddr …" */
static bool is_rare(const struct check *c)
{
	struct str of = here(c), key = nft_word(c->st, c->i + 1);

	if (word_among(of, rare))
		return true;
	return str_is(of, "ct") &&
		(str_is(key, "original") || str_is(key, "reply") || str_is(key, "event") ||
			str_is(key, "timeout") || str_is(key, "label"));
}

/* "fib daddr . iif type local" */
static bool takes_fib(struct check *c)
{
	static const char *const keys[] = { "saddr", "daddr", "mark", "iif", "oif", NULL };
	static const char *const results[] = { "oif", "oifname", "type", NULL };
	static const enum nft_value route[] = { NFT_ROUTE };

	do {
		if (!takes_one_of(c, keys))
			return false;
	} while (takes(c, "."));
	if (str_is(here(c), "type")) {
		c->i++;
		return takes_value(c, route, 1);
	}
	if (!takes_one_of(c, results))
		return false;
	c->is_rare = here(c).len > 0;
	return c->is_rare;
}

/* "tcp option maxseg size 1400", "tcp option sack-perm exists" */
static bool takes_option(struct check *c)
{
	static const char *const options[] = { "maxseg", "nop", "eol", "window", "sack-perm",
		"sack-permitted", "sack", "timestamp", "mss", "fastopen", "md5sig", "mptcp", NULL };
	static const char *const parts[] = { "kind", "length", "size", "count", "left", "right",
		"tsval", "tsecr", "subtype", NULL };
	static const enum nft_value number[] = { NFT_NUMBER };

	if (!takes_one_of(c, options))
		return false;
	if (takes(c, "exists") || takes(c, "missing"))
		return true;
	return takes_one_of(c, parts) && takes_value(c, number, 1);
}

static bool takes_condition(struct check *c)
{
	enum nft_value kinds[JOINED_MAX];
	const struct field *field;
	size_t count = 0;

	if (takes(c, "fib"))
		return takes_fib(c);
	if (str_is(here(c), "tcp") && str_is(nft_word(c->st, c->i + 1), "option")) {
		c->i += 2;
		return takes_option(c);
	}
	if (is_rare(c)) {
		c->is_rare = nft_word(c->st, c->i + 1).len > 0 || str_is(here(c), "masquerade");
		return c->is_rare;
	}
	do {
		field = field_of(c);
		if (!field || count == JOINED_MAX)
			return false;
		kinds[count++] = field->value;
	} while (takes(c, "."));
	return takes_value(c, kinds, count);
}

/* ---- statements ---- */

/* "{ ip saddr timeout 60s }": what a packet adds to a set begins with a field. */
static bool keys_are_sound(struct str group)
{
	struct nft_statement st = { .count = 0 };
	struct check c = { .st = &st };
	struct str rest = group;

	while (st.count < 2 && str_next_word(&rest, "{} \t\n", &st.words[st.count]))
		st.count++;
	return str_starts(group, "{") && (field_of(&c) || is_rare(&c));
}

/* "5/second", "10 mbytes/second" */
static bool takes_rate(struct check *c)
{
	static const char *const periods[] = { "second", "minute", "hour", "day", "week", NULL };
	struct str amount, period, word;

	if (nft_value_is_sound(NFT_NUMBER, here(c)))
		c->i++;
	word = here(c);
	if (!str_split(word, '/', &amount, &period) || !word_among(period, periods))
		return false;
	c->i++;
	return nft_value_is_sound(NFT_NUMBER, amount) || word_among(amount, units);
}

static bool takes_limit(struct check *c)
{
	if (takes(c, "name"))
		return nft_name_is_sound(nft_word(c->st, c->i++));
	if (!takes(c, "rate"))
		return false;
	if (!takes(c, "over"))
		(void)takes(c, "until");
	if (!takes_rate(c))
		return false;
	if (!takes(c, "burst"))
		return true;
	if (!takes_number(c))
		return false;
	return takes(c, "packets") || takes_one_of(c, units);
}

static bool takes_log(struct check *c)
{
	static const char *const levels[] = { "emerg", "alert", "crit", "err", "warn", "notice",
		"info", "debug", "audit", NULL };
	static const char *const numbers[] = { "group", "snaplen", "queue-threshold", NULL };

	for (;;) {
		if (takes(c, "prefix")) {
			if (here(c).len == 0 || !str_has(STR("\"$"), here(c).ptr[0]))
				return false;
			c->i++;
		} else if (takes(c, "level")) {
			if (!takes_one_of(c, levels))
				return false;
		} else if (takes_one_of(c, numbers)) {
			if (!takes_number(c))
				return false;
		} else if (takes(c, "flags")) {
			bool has_options = str_is(here(c), "tcp") || str_is(here(c), "ip");

			c->i += has_options + 1u;
		} else {
			return true;
		}
	}
}

/* "counter packets 0 bytes 0", "quota over 100 mbytes", "ct count over 20", "add @x { … }" */
static bool takes_statement(struct check *c, bool *ret_is_known)
{
	*ret_is_known = true;
	if (takes(c, "counter")) {
		if (takes(c, "name"))
			return nft_name_is_sound(nft_word(c->st, c->i++));
		return !takes(c, "packets") ||
			(takes_number(c) && takes(c, "bytes") && takes_number(c));
	}
	if (takes(c, "limit"))
		return takes_limit(c);
	if (takes(c, "log"))
		return takes_log(c);
	if (takes(c, "quota")) {
		if (takes(c, "name"))
			return nft_name_is_sound(nft_word(c->st, c->i++));
		if (!takes(c, "over"))
			(void)takes(c, "until");
		return takes_number(c) && takes_one_of(c, units) &&
			(!takes(c, "used") || (takes_number(c) && takes_one_of(c, units)));
	}
	if (str_is(here(c), "ct") && str_is(nft_word(c->st, c->i + 1), "count")) {
		c->i += 2;
		(void)takes(c, "over");
		return takes_number(c);
	}
	if (takes(c, "add") || takes(c, "update") || takes(c, "delete")) {
		bool has_set =
			str_starts(here(c), "@") && keys_are_sound(nft_word(c->st, c->i + 1));

		c->i += 2;
		return has_set;
	}
	if (takes(c, "notrack"))
		return true;
	*ret_is_known = false;
	return true;
}

/* "with tcp reset", "with icmpx type port-unreachable" */
static bool takes_reject(struct check *c)
{
	if (!takes(c, "with"))
		return true;
	if (takes(c, "tcp"))
		return takes(c, "reset");
	if (!takes(c, "icmp") && !takes(c, "icmpv6") && !takes(c, "icmpx"))
		return false;
	(void)takes(c, "type");
	return nft_value_is_sound(NFT_CODE, nft_word(c->st, c->i++));
}

static bool takes_ending(struct check *c)
{
	if (takes(c, "jump") || takes(c, "goto"))
		return nft_name_is_sound(nft_word(c->st, c->i++));
	if (takes(c, "reject"))
		return takes_reject(c);
	c->i++;
	return true;
}

bool nft_rule_is_sound(const struct nft_statement *st, size_t from)
{
	struct check c = { .st = st, .i = from };
	bool is_known, has_end = false;

	while (c.i < st->count) {
		if (takes(&c, "comment")) /* the last of all */
			return c.i + 1 == st->count;
		if (has_end) /* what stands behind a verdict has no effect: nft refuses it */
			return false;
		if (word_among(here(&c), endings)) {
			has_end = true;
			if (!takes_ending(&c))
				return false;
			continue;
		}
		if (!takes_statement(&c, &is_known))
			return false;
		if (is_known)
			continue;
		if (!takes_condition(&c))
			return false;
		if (c.is_rare)
			return true;
	}
	return c.i == st->count && st->count > from;
}

bool nft_define_is_sound(const struct nft_statement *st)
{
	struct str after = nft_word(st, 4);

	if (st->count < 4) /* "define X=22" */
		return st->count == 2 && str_find_char(nft_word(st, 1), '=') > 0;
	return str_is(nft_word(st, 2), "=") && !str_is(nft_word(st, 3), "=") &&
		(after.len == 0 || str_has(STR(".,-+|&<*/"), after.ptr[0]) ||
			str_ends(nft_word(st, 3), ","));
}

/* ---- chains and sets ---- */

/* "filter", "-10", "filter - 5", "dstnat +1" */
static bool priority_is_sound(struct check *c)
{
	static const char *const names[] = { "raw", "mangle", "dstnat", "filter", "security",
		"srcnat", "out", NULL };
	struct str word;
	bool has_name;

	if (str_starts(here(c), "$"))
		return c->i + 1 == c->st->count;
	has_name = takes_one_of(c, names);
	if (has_name && c->i == c->st->count)
		return true;
	word = here(c);
	if (has_name && !str_starts(word, "-") && !str_starts(word, "+"))
		return false;
	if (str_is(word, "-") || str_is(word, "+"))
		word = nft_word(c->st, ++c->i);
	else if (str_starts(word, "-") || str_starts(word, "+"))
		word = str_from(word, 1);
	return nft_value_is_sound(NFT_NUMBER, word) && c->i + 1 == c->st->count;
}

bool nft_base_is_sound(const struct nft_statement *st)
{
	static const char *const types[] = { "filter", "nat", "route", NULL };
	static const char *const hooks[] = { "prerouting", "input", "forward", "output",
		"postrouting", "ingress", "egress", NULL };
	struct check c = { .st = st };

	if (takes(&c, "policy"))
		return st->count == 2 &&
			(takes(&c, "accept") || takes(&c, "drop") || str_starts(here(&c), "$"));
	if (str_is(here(&c), "comment") || str_is(here(&c), "flags"))
		return st->count == 2;
	if (!takes(&c, "type"))
		return true;
	if (!takes_one_of(&c, types) || !takes(&c, "hook") || !takes_one_of(&c, hooks))
		return false;
	if (takes(&c, "device"))
		c.i++;
	else if (takes(&c, "devices"))
		c.i += 2;
	return takes(&c, "priority") && priority_is_sound(&c);
}

/* The kinds of "ipv4_addr . inet_service". False: a word that is no type. */
static bool types_of(struct str text, enum nft_value *kinds, size_t *ret_count)
{
	static const struct {
		const char *name;
		enum nft_value value;
	} known[] = { { "ipv4_addr", NFT_IP4 }, { "ipv6_addr", NFT_IP6 }, { "ether_addr", NFT_MAC },
		{ "inet_proto", NFT_PROTOCOL }, { "inet_service", NFT_PORT },
		{ "ifname", NFT_INTERFACE }, { "iface_index", NFT_INTERFACE }, { "mark", NFT_ANY },
		{ "ct_state", NFT_STATE }, { "icmp_type", NFT_ICMP }, { "icmpv6_type", NFT_ICMP6 },
		{ "ether_type", NFT_ETHER }, { "dscp", NFT_ANY }, { "uid", NFT_ANY },
		{ "gid", NFT_ANY }, { "verdict", NFT_ANY } };
	struct str word;

	for (*ret_count = 0; str_next_word(&text, " \t.:", &word);) {
		size_t i = 0;

		while (i < COUNT(known) && !str_is(word, known[i].name))
			i++;
		if (i == COUNT(known) || *ret_count == JOINED_MAX)
			return false;
		kinds[(*ret_count)++] = known[i].value;
	}
	return *ret_count > 0;
}

struct set {
	enum nft_value kinds[JOINED_MAX];
	size_t count;
	bool is_of_expressions, is_interval, has_elements;
};

/* One of "type …", "flags …", "elements = { … }". LENGTH: of a group behind it, in ELEMENTS. */
static bool line_of_set_is_sound(struct set *s, struct str line, struct str elements)
{
	static const char *const others[] = { "timeout", "gc-interval", "size", "policy", "comment",
		"counter", "auto-merge", "quota", "limit", "last", NULL };
	static const char *const flags[] = { "constant", "interval", "timeout", "dynamic", NULL };
	struct str word;

	if (!str_next_word(&line, " \t", &word))
		return true;
	if (str_is(word, "type"))
		return types_of(line, s->kinds, &s->count);
	if (str_is(word, "typeof")) {
		s->is_of_expressions = true;
		return true;
	}
	if (str_is(word, "flags")) {
		if (line.len == 0)
			return false;
		while (str_next_word(&line, " \t,", &word)) {
			s->is_interval |= str_is(word, "interval");
			if (!word_among(word, flags))
				return false;
		}
		return true;
	}
	if (str_is(word, "elements=") || str_is(word, "elements")) {
		if (!str_is(word, "elements=") && !str_is(str_trim(line), "="))
			return false;
		s->has_elements = elements.len > 0;
		return s->is_of_expressions ||
			(s->count > 0 && elements.len > 0 &&
				group_is_sound(elements, s->kinds, s->count, false));
	}
	return word_among(word, others);
}

bool nft_set_is_sound(struct str body)
{
	struct set s = { 0 };
	struct str rest, elements = STR("");

	if (body.len < 2 || body.ptr[0] != '{')
		return false;
	if (str_has(body, '#') || str_has(body, '$'))
		return true;
	for (rest = str_until(str_from(body, 1), body.len - 2); rest.len > 0;) {
		size_t n = 0, group = 0;

		while (n < rest.len && !str_has(STR("\n;{"), rest.ptr[n]))
			n++;
		if (n < rest.len && rest.ptr[n] == '{')
			group = nft_group_length(str_from(rest, n));
		elements = str_until(str_from(rest, n), group);
		if (!line_of_set_is_sound(&s, str_trim(str_until(rest, n)), elements))
			return false;
		rest = str_from(rest, n + (group > 0 ? group : n < rest.len));
	}
	return s.count > 0 || s.is_of_expressions;
}
