/* nft.c - scripts of nft: enough of the language to know the chains on input, their
 * policies and which rules end without a narrow condition. A statement that is not understood is
 * told, not skipped. */
#include "work/hostaudit/firewall/firewall.h"

#include "work/hostaudit/resolve/resolve.h"

#define WORDS_MAX 512

struct reader {
	struct fw_ruleset *set;
	const struct fw_text *source;
	struct str rest;
	int64_t line, bad;
};

/* ---- words and statements ---- */

/* A word of a statement: a name, "a string", or a whole { … } group with its braces. */
struct statement {
	struct str words[WORDS_MAX];
	size_t count;
	int64_t line;
	bool is_block; /* it ends before a '{' that opens a block of statements */
	bool is_end;   /* it was the '}' of the block, or the end of the text */
};

static void bad(struct reader *r, int64_t line)
{
	if (r->bad == 0)
		r->bad = line;
}

static void advance(struct reader *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		r->line += r->rest.ptr[i] == '\n';
	r->rest = str_from(r->rest, n);
}

/* Over blanks, comments and lines that a backslash joins; stops at the end of a line. */
static void skip_blanks(struct reader *r)
{
	for (;;) {
		struct str s = r->rest;

		if (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t' || s.ptr[0] == '\r'))
			advance(r, 1);
		else if (str_starts(s, "\\\n"))
			advance(r, 2);
		else if (str_starts(s, "\\\r\n"))
			advance(r, 3);
		else if (str_starts(s, "#")) {
			ptrdiff_t end = str_find_char(s, '\n');

			advance(r, end < 0 ? s.len : (size_t)end);
		} else {
			return;
		}
	}
}

/* The length of "{ … }" with its braces, strings and comments inside it respected; 0: it does not
 * close. */
static size_t group_length(struct str s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '"' || s.ptr[i] == '#') {
			ptrdiff_t end =
				str_find_char(str_from(s, i + 1), s.ptr[i] == '"' ? '"' : '\n');

			if (end < 0)
				return 0;
			i += (size_t)end + 1;
		} else if (s.ptr[i] == '{') {
			depth++;
		} else if (s.ptr[i] == '}' && --depth == 0) {
			return i + 1;
		}
	}
	return 0;
}

static size_t word_length(struct str s)
{
	size_t n = 0;

	if (s.ptr[0] == '"' || s.ptr[0] == '\'') {
		ptrdiff_t end = str_find_char(str_from(s, 1), s.ptr[0]);

		return end < 0 ? s.len : (size_t)end + 2;
	}
	while (n < s.len && !str_has(STR(" \t\r\n;{}\"#"), s.ptr[n]))
		n++;
	return n > 0 ? n : 1;
}

/* Does '{' after these words open a block of statements, not a set of values? */
static bool opens_block(const struct statement *st)
{
	static const char *const openers[] = { "table", "chain" };
	size_t first =
		st->count > 0 && (str_is(st->words[0], "add") || str_is(st->words[0], "create"));

	if (st->count <= first)
		return false;
	for (size_t i = 0; i < COUNT(openers); i++)
		if (str_is(st->words[first], openers[i]))
			return true;
	return false;
}

static void add_word(struct reader *r, struct statement *st, size_t length)
{
	if (st->count == 0)
		st->line = r->line;
	if (st->count < WORDS_MAX)
		st->words[st->count++] = str_until(r->rest, length);
	else
		bad(r, r->line);
	advance(r, length);
}

/* Over the '}' of a block; nft wants the end of a line, or ';', after it. */
static void close_block(struct reader *r)
{
	if (r->rest.len == 0) {
		bad(r, r->line);
		return;
	}
	advance(r, 1);
	skip_blanks(r);
	if (r->rest.len > 0 && r->rest.ptr[0] != '\n' && r->rest.ptr[0] != ';')
		bad(r, r->line);
}

/* The next statement, without its end. */
static void read_statement(struct reader *r, struct statement *st)
{
	st->count = 0;
	st->is_block = st->is_end = false;
	for (;;) {
		skip_blanks(r);
		if (r->rest.len == 0 || (r->rest.ptr[0] == '}' && st->count == 0)) {
			st->is_end = st->count == 0;
			return;
		}
		switch (r->rest.ptr[0]) {
		case '\n':
		case ';':
			advance(r, 1);
			if (st->count > 0)
				return;
			break;
		case '}': /* nft wants the end of a line, or ';', before it */
			bad(r, r->line);
			return; /* the next call sees it */
		case '{':
			if (opens_block(st)) {
				advance(r, 1);
				st->is_block = true;
				return;
			}
			if (group_length(r->rest) == 0) {
				bad(r, r->line);
				r->rest = STR("");
				return;
			}
			add_word(r, st, group_length(r->rest));
			break;
		default:
			add_word(r, st, word_length(r->rest));
		}
	}
}

/* ---- rules ---- */

static struct str word(const struct statement *st, size_t i)
{
	return i < st->count ? st->words[i] : STR("");
}

static void widen(struct fw_rule *rule, struct str detail)
{
	if (rule->when == FW_ALWAYS) {
		rule->when = FW_WIDE;
		rule->detail = detail;
	}
}

/* "{ lo, eth0 }", "eth0", $lan */
static void by_interface(struct fw_rule *rule, struct str value, bool is_equal)
{
	struct str name = str_unquote(value);

	if (!is_equal) {
		if (!fw_is_inner_interface(name))
			widen(rule, name);
		return;
	}
	while (str_next_word(&value, "{}, \t\n\"", &name))
		if (!fw_is_inner_interface(name)) {
			widen(rule, name);
			return;
		}
	rule->when = FW_NARROW;
}

/* Our packet is new: it passes when "new" is among the states, or not among those excluded. Returns
 * the index of the last word of the list. */
static size_t by_state(struct fw_rule *rule, const struct statement *st, size_t i, bool is_equal)
{
	bool has_new = false, is_more = true;

	for (; is_more; i++) {
		struct str value = word(st, i), state;

		is_more = str_ends(value, ",");
		while (str_next_word(&value, "{}, \t\n", &state))
			has_new |= str_is(state, "new");
	}
	if (has_new != is_equal)
		rule->when = FW_NARROW;
	return i - 1;
}

/* "iifname vmap { lo : accept, eth0 : jump x }", "ct state vmap { new : accept }": what the first
 * outer interface, or a new connection, meets. */
static void by_map(struct fw_rule *rule, bool is_interface, struct str map)
{
	struct str pair, key, verdict, what;

	while (str_next_word(&map, "{},\n", &pair)) {
		if (!str_split(pair, ':', &key, &verdict))
			continue;
		key = str_unquote(str_trim(key));
		if (is_interface ? fw_is_inner_interface(key) : !str_is(key, "new"))
			continue;
		if (!str_next_word(&verdict, " \t", &what))
			continue;
		if (is_interface)
			widen(rule, key);
		rule->verdict = str_is(what, "accept") ? FW_ACCEPT :
			str_is(what, "jump")           ? FW_JUMP :
			str_is(what, "goto")           ? FW_GOTO :
			str_is(what, "drop")           ? FW_DROP :
							 FW_GO_ON;
		rule->target = str_trim(verdict);
		return;
	}
	rule->when = FW_NARROW;
}

/* Statements that neither match nor end, and rates: over their arguments. Returns the next word, or
 * I. */
static size_t skip_quiet(struct fw_rule *rule, const struct statement *st, size_t i)
{
	struct str w = word(st, i);

	if (str_is(w, "counter")) {
		i++;
		if (str_is(word(st, i), "packets"))
			return i + 4;
		return str_is(word(st, i), "name") ? i + 2 : i;
	}
	if (str_is(w, "comment"))
		return i + 2;
	if (str_is(w, "limit")) { /* "limit rate over 10/second burst 5 packets" */
		widen(rule, w);
		i += str_is(word(st, i + 2), "over") ? 4 : 3;
		return str_is(word(st, i), "burst") ? i + 3 : i;
	}
	if (str_is(w, "log")) {
		static const char *const options[] = { "prefix", "level", "group", "snaplen",
			"queue-threshold", "flags" };
		bool is_more = true;

		for (i++; is_more;) {
			is_more = false;
			for (size_t o = 0; o < COUNT(options); o++)
				if (str_is(word(st, i), options[o])) {
					i += 2;
					is_more = true;
				}
		}
		return i;
	}
	return i;
}

/* "tcp", "{ tcp, udp }": is nearly everything among them? */
static bool has_main_protocol(struct str value)
{
	struct str name;

	while (str_next_word(&value, "{}, \t\n", &name))
		if (fw_is_main_protocol(name))
			return true;
	return false;
}

/* Conditions that leave out one port or address, or none at all, and those on a protocol. Returns
 * the index of their last word, or I where the condition is a narrow one. */
static size_t by_rest(
	struct fw_rule *rule, const struct statement *st, size_t i, struct str key, bool is_equal)
{
	struct str value = word(st, i), port = str_trim(str_unquote(value));
	bool is_protocol = str_is(key, "l4proto") || str_is(key, "protocol");

	if (str_is(key, "fib") && str_is(value, "daddr") && str_is(word(st, i + 2), "local"))
		return i + 2; /* whatever comes in is for an address of this machine */
	if (is_protocol && is_equal && (str_is(value, "ip") || str_is(value, "ip6"))) {
		rule->family = str_is(value, "ip") ? 4 : 6;
		return i;
	}
	if (str_starts(port, "{"))
		(void)str_next_word(&port, "{} \t\n", &port);
	if (is_protocol                      ? !is_equal || has_main_protocol(value) :
			str_is(key, "flags") ? is_equal && str_is(value, "syn") :
			str_is(key, "dport") ? !is_equal || fw_is_every_port(port) :
					       str_ends(key, "addr") && !is_equal)
		widen(rule, value);
	else
		rule->when = FW_NARROW;
	return i;
}

/* "meta", "ip", "ct" before a key that may also stand alone. */
static size_t read_condition(struct fw_rule *rule, const struct statement *st, size_t i)
{
	struct str key = word(st, i);
	bool is_equal = true;

	if (str_is(key, "meta") || str_is(key, "ip") || str_is(key, "ip6") || str_is(key, "tcp") ||
		str_is(key, "udp") || str_is(key, "th"))
		key = word(st, ++i);
	else if (str_is(key, "ct")) {
		key = word(st, ++i);
		if (!str_is(key, "state")) {
			rule->when = FW_NARROW;
			return i + 1;
		}
	}
	i++;
	if (str_is(word(st, i), "!=") || str_is(word(st, i), "==")) {
		is_equal = str_is(word(st, i), "==");
		i++;
	}
	if (str_is(key, "iif") || str_is(key, "iifname")) {
		if (str_is(word(st, i), "vmap"))
			by_map(rule, true, word(st, ++i));
		else
			by_interface(rule, word(st, i), is_equal);
	} else if (str_is(key, "state")) {
		if (str_is(word(st, i), "vmap"))
			by_map(rule, false, word(st, ++i));
		else
			i = by_state(rule, st, i, is_equal);
	} else if (str_ends(key, "addr") &&
		(str_is(word(st, i), "0.0.0.0/0") || str_is(word(st, i), "::/0"))) {
		return i + 1; /* everybody: nft makes no condition of it */
	} else if (str_is(key, "nfproto")) {
		int family = str_is(word(st, i), "ipv4") ? 4 : 6;

		rule->family = is_equal ? family : 10 - family;
	} else {
		i = by_rest(rule, st, i, key, is_equal);
	}
	return i + 1;
}

static bool read_verdict(struct fw_rule *rule, const struct statement *st, size_t i)
{
	static const struct {
		const char *name;
		enum fw_verdict verdict;
	} verdicts[] = { { "accept", FW_ACCEPT }, { "drop", FW_DROP }, { "reject", FW_DROP },
		{ "return", FW_RETURN }, { "jump", FW_JUMP }, { "goto", FW_GOTO },
		{ "queue", FW_ACCEPT }, { "continue", FW_GO_ON } };

	for (size_t v = 0; v < COUNT(verdicts); v++)
		if (str_is(word(st, i), verdicts[v].name)) {
			rule->verdict = verdicts[v].verdict;
			rule->target = word(st, i + 1);
			return true;
		}
	return false;
}

/* What a condition or a statement may begin with. nft takes a script whole or not at all: one word
 * it does not know, and none of the rules is there. */
static bool is_known_start(struct str w)
{
	static const char *const words[] = { "meta", "ip", "ip6", "ct", "tcp", "udp", "udplite",
		"sctp", "dccp", "th", "icmp", "icmpv6", "igmp", "ether", "vlan", "arp", "ah", "esp",
		"comp", "iif", "iifname", "iifgroup", "iiftype", "oif", "oifname", "oifgroup",
		"oiftype", "mark", "protocol", "l4proto", "nfproto", "pkttype", "skuid", "skgid",
		"cpu", "length", "priority", "day", "hour", "time", "cgroup", "rtclassid", "socket",
		"osf", "fib", "rt", "ipsec", "hash", "numgen", "jhash", "symhash", "exthdr", "dst",
		"frag", "hbh", "mh", "srh", "set", "add", "update", "delete", "masquerade", "snat",
		"dnat", "redirect", "tproxy", "notrack", "dup", "fwd", "synproxy", "flow", "meter",
		"quota", "last", "xt", "ibrname", "obrname", "ibriport", "obriport", "random",
		"secpath", "secmark", "gre", "geneve", "vxlan", "gretap", "map", "nftrace", "sdif",
		"sdifname", "ibrpvid", "ibrvproto", "tunnel" };

	if (w.len == 0 || w.ptr[0] < 'a' || w.ptr[0] > 'z') /* a set, a variable, a value */
		return true;
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(w, words[i]))
			return true;
	return false;
}

/* Fields of the protocols that most rules name. */
static bool is_known_field(struct str protocol, struct str field)
{
	static const char *const fields[] = { "sport", "dport", "sequence", "ackseq", "doff",
		"reserved", "flags", "window", "checksum", "urgptr", "option", "length" };

	if (!str_is(protocol, "tcp") && !str_is(protocol, "udp"))
		return true;
	for (size_t i = 0; i < COUNT(fields); i++)
		if (str_is(field, fields[i]))
			return true;
	return false;
}

static void read_rule(
	struct reader *r, struct fw_chain *chain, const struct statement *st, size_t from)
{
	struct fw_rule *rule = fw_rule(r->set, chain);
	size_t i = from;
	bool is_first = true;

	while (rule != NULL && i < st->count) {
		size_t next = skip_quiet(rule, st, i);

		if (next > i) {
			i = next;
			continue;
		}
		if (read_verdict(rule, st, i))
			return;
		if (is_first &&
			(!is_known_start(word(st, i)) ||
				!is_known_field(word(st, i), word(st, i + 1))))
			bad(r, st->line);
		is_first = false;
		i = read_condition(rule, st, i);
	}
}

/* ---- chains and tables ---- */

/* "type filter hook input priority 0", and "policy drop" perhaps on the same line. */
static bool read_base(struct fw_chain *chain, const struct statement *st, unsigned families)
{
	if (str_is(word(st, 0), "policy")) {
		chain->policy = str_is(word(st, 1), "drop") ? FW_DROP : FW_ACCEPT;
		return true;
	}
	if (!str_is(word(st, 0), "type"))
		return str_is(word(st, 0), "comment") || str_is(word(st, 0), "flags") ||
			str_is(word(st, 0), "devices");
	chain->families = families;
	for (size_t i = 0; i + 1 < st->count && str_is(word(st, 1), "filter"); i++) {
		if (!str_is(word(st, i), "hook"))
			continue;
		if (str_is(word(st, i + 1), "input"))
			chain->hook = FW_HOOK_INPUT;
		else if (str_is(word(st, i + 1), "prerouting") ||
			str_is(word(st, i + 1), "ingress"))
			chain->hook = FW_HOOK_EARLIER;
	}
	return true;
}

struct place {
	struct str family, table;
};

static struct fw_chain *chain_of(struct reader *r, struct place p, struct str name, int64_t line)
{
	struct fw_chain *c = fw_chain(r->set, 200u + fw_families(p.family), p.table, name);

	if (c != NULL && c->line == 0) {
		c->file = r->source->file;
		c->line = line;
	}
	return c;
}

static void skip_block(struct reader *r, struct statement *st)
{
	for (int depth = 1; depth > 0 && r->rest.len > 0;) {
		read_statement(r, st);
		if (st->is_block)
			depth++;
		if (st->is_end) {
			close_block(r);
			depth--;
		}
	}
}

static void read_chain(struct reader *r, struct place p, struct fw_chain *chain)
{
	struct statement st;

	for (;;) {
		read_statement(r, &st);
		if (st.is_end) {
			close_block(r);
			return;
		}
		if (st.is_block) {
			bad(r, st.line);
			skip_block(r, &st);
		} else if (chain != NULL && !read_base(chain, &st, fw_families(p.family))) {
			read_rule(r, chain, &st, 0);
		}
	}
}

static void read_table(struct reader *r, struct place p)
{
	static const char *const known[] = { "set", "map", "flowtable", "ct", "counter", "quota",
		"limit", "secmark", "synproxy", "comment", "flags", "elements", "define" };
	struct statement st;

	for (;;) {
		bool is_known = false;

		read_statement(r, &st);
		if (st.is_end) {
			close_block(r);
			return;
		}
		if (st.is_block && str_is(word(&st, 0), "chain")) {
			read_chain(r, p, chain_of(r, p, word(&st, 1), st.line));
			continue;
		}
		for (size_t i = 0; i < COUNT(known); i++)
			is_known |= str_is(word(&st, 0), known[i]);
		if (!is_known)
			bad(r, st.line);
		if (st.is_block)
			skip_block(r, &st);
	}
}

/* "[family] name" from word I on; the family is ip when it is left out. */
static struct place place_of(const struct statement *st, size_t i, size_t *ret_next)
{
	static const char *const families[] = { "ip", "ip6", "inet", "arp", "bridge", "netdev" };

	for (size_t f = 0; f < COUNT(families); f++)
		if (str_is(word(st, i), families[f])) {
			*ret_next = i + 2;
			return (struct place){ word(st, i), word(st, i + 1) };
		}
	*ret_next = i + 1;
	return (struct place){ STR("ip"), word(st, i) };
}

static void flush(struct fw_ruleset *set)
{
	set->chains.len = 0;
	memset(set->slots, 0, sizeof(set->slots));
}

/* "delete table inet f", "flush table inet f", "flush chain inet f in". False: no such table or
 * chain, or a part we do not follow. */
static bool take_away(struct reader *r, const struct statement *st)
{
	bool is_delete = str_is(word(st, 0), "delete"), is_table = str_is(word(st, 1), "table");
	bool is_found = false;
	size_t next;
	struct place p = place_of(st, 2, &next);

	if (!is_table && (is_delete || !str_is(word(st, 1), "chain")))
		return false;
	for (size_t i = 0; i < r->set->chains.len; i++) {
		struct fw_chain *c = r->set->chains.at[i];

		if (c->space != 200u + fw_families(p.family) || !str_eq(c->table, p.table) ||
			(!is_table && !str_eq(c->name, word(st, next))))
			continue;
		is_found = true;
		c->rules.len = 0;
		if (is_delete)
			c->hook = FW_HOOK_NONE;
	}
	return is_found;
}

static void read_command(struct reader *r, struct statement *st)
{
	size_t i = str_is(word(st, 0), "add") || str_is(word(st, 0), "create") ||
		str_is(word(st, 0), "insert");
	struct str what = word(st, i);
	struct place p = place_of(st, i + 1, &i);
	struct fw_chain *chain;

	if (str_is(what, "table")) {
		(void)fw_chain(r->set, 200u + fw_families(p.family), p.table, STR(""));
		if (st->is_block)
			read_table(r, p);
	} else if (str_is(what, "chain")) {
		chain = chain_of(r, p, word(st, i), st->line);
		if (st->is_block)
			read_chain(r, p, chain);
	} else if (str_is(what, "rule")) {
		chain = chain_of(r, p, word(st, i), st->line);
		if (chain != NULL)
			read_rule(r, chain, st, i + 1);
	} else if (st->is_block) {
		skip_block(r, st);
	}
}

static void read_top(struct reader *r, struct statement *st)
{
	static const char *const commands[] = { "add", "create", "insert", "table", "chain",
		"rule" };
	static const char *const quiet[] = { "define", "redefine", "undefine", "set", "map",
		"element", "flowtable" };
	struct str first = word(st, 0);

	if (str_is(first, "flush") && str_is(word(st, 1), "ruleset")) {
		flush(r->set);
		return;
	}
	if (str_is(first, "include")) {
		if (r->source->include == NULL ||
			r->source->include(r->source->context, r->set, str_unquote(word(st, 1))) !=
				0)
			bad(r, st->line);
		return;
	}
	if ((str_is(first, "delete") || str_is(first, "flush")) && take_away(r, st))
		return;
	for (size_t i = 0; i < COUNT(commands); i++)
		if (str_is(first, commands[i])) {
			read_command(r, st);
			return;
		}
	for (size_t i = 0; i < COUNT(quiet); i++)
		if (str_is(first, quiet[i]))
			return;
	bad(r, st->line); /* destroy, delete of what is not there, and what came after us */
}

int64_t fw_add_nft_text(struct fw_ruleset *set, const struct fw_text *source)
{
	struct reader r = { .set = set, .source = source, .rest = source->text, .line = 1 };
	struct statement st;

	while (r.rest.len > 0) {
		read_statement(&r, &st);
		if (st.is_end) {
			if (r.rest.len > 0) { /* a '}' too many */
				bad(&r, r.line);
				advance(&r, 1);
			}
			continue;
		}
		if (st.count > 0)
			read_top(&r, &st);
	}
	return r.bad;
}
