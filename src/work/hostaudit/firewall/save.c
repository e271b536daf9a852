/* save.c - the text of iptables-save: rules.v4, rules.v6, /etc/sysconfig/iptables. */
#include "work/hostaudit/firewall/firewall.h"

#include "work/hostaudit/resolve/resolve.h"

/* The next argument; "quoted words" are one. */
static bool argument(struct str *rest, struct str *ret)
{
	*rest = str_trim(*rest);
	if (str_starts(*rest, "\"")) {
		ptrdiff_t end = str_find_char(str_from(*rest, 1), '"');

		if (end < 0)
			return false;
		*ret = (struct str){ rest->ptr + 1, (size_t)end };
		*rest = str_from(*rest, (size_t)end + 2);
		return true;
	}
	return str_next_word(rest, " \t", ret);
}

/* A new connection passes when NEW is among the states, or not among those excluded. */
static void by_states(struct fw_rule *r, struct str states, bool is_excluded)
{
	bool has_new = false;
	struct str s;

	while (str_next_word(&states, ",", &s))
		has_new |= str_is(s, "NEW");
	if (has_new == is_excluded)
		fw_narrow(r);
}

static void by_interface(struct fw_rule *r, struct str name, bool is_excluded)
{
	bool is_inner = fw_is_inner_interface(name);

	if (str_is(name, "+")) /* any */
		return;

	if (is_inner && !is_excluded)
		fw_narrow(r);
	else if (!is_inner)
		fw_widen(r, name);
}

static void target(struct fw_rule *r, struct str name, bool is_goto)
{
	static const char *const quiet[] = { "LOG", "NFLOG", "MARK", "CONNMARK", "CT", "NOTRACK",
		"TCPMSS", "TRACE", "AUDIT", "SET" };

	r->target = STR("");
	if (str_is(name, "ACCEPT") || str_is(name, "NFQUEUE"))
		r->verdict = FW_ACCEPT; /* a program decides: as good as let in, for all we know */
	else if (str_is(name, "DROP") || str_is(name, "REJECT"))
		r->verdict = FW_DROP;
	else if (str_is(name, "RETURN"))
		r->verdict = FW_RETURN;
	else {
		r->verdict = is_goto ? FW_GOTO : FW_JUMP;
		r->target = name;
		for (size_t i = 0; i < COUNT(quiet); i++)
			if (str_is(name, quiet[i]))
				r->verdict = FW_GO_ON;
	}
}

/* Options that stand alone: the next word is one of its own. */
static bool is_alone(struct str rest)
{
	rest = str_trim(rest);
	return rest.len == 0 || rest.ptr[0] == '-' || rest.ptr[0] == '!';
}

static void by_protocol(struct fw_rule *r, struct str value, bool is_excluded)
{
	unsigned named = fw_protocols(value);

	fw_only_protocols(r, is_excluded ? FW_TCP_UDP & ~named : named);
}

/* "FIN,SYN,RST,ACK SYN": the first packet of a connection has SYN alone. */
static void by_flags(struct fw_rule *r, struct str mask, struct str set, bool is_excluded)
{
	bool is_asked = str_find(mask, STR("SYN")) >= 0 || str_is(mask, "ALL");

	if (str_is(set, is_asked ? "SYN" : "NONE") == is_excluded)
		fw_narrow(r);
}

/* Every packet on its way into the machine is for an address of its own, and to nobody else. */
static void by_kind(struct fw_rule *r, bool is_ours, bool is_excluded)
{
	if (is_ours == is_excluded)
		fw_narrow(r);
}

/* What few packets have. An address of the machine itself leaves out its others at most. */
static void by_rare(struct fw_rule *r, struct str option, struct str value, bool is_excluded)
{
	bool is_destination = str_is(option, "-d") || str_is(option, "--destination");
	bool is_first = !str_is(option, "-f") && !str_is(option, "--fragment");

	if (is_destination && fw_addresses_when(value) == FW_ALWAYS)
		return;
	if (is_excluded ? is_first : is_destination && !fw_is_group_address(value))
		fw_widen(r, value);
	else if (!is_excluded)
		fw_narrow(r);
}

static void by_list(struct fw_rule *r, enum fw_when when, struct str list, bool is_excluded)
{
	if (is_excluded)
		fw_all_but(r, when, list);
	else
		fw_weigh(r, when, list);
}

static void by_own_ports(struct fw_rule *r, struct str list)
{
	struct fw_cover c = { .of = FW_PORTS };

	fw_cover_ports(&c, list);
	fw_weigh_cover(r, &c, list);
}

static void by_sources(struct fw_rule *r, struct str list)
{
	struct fw_cover four = { .of = FW_IP4 }, six = { .of = FW_IP6 };

	fw_cover_addresses(&four, &six, list);
	fw_weigh_cover(r, str_find_char(list, ':') >= 0 ? &six : &four, list);
}

/* A condition on ports, addresses, protocols and the rest. What leaves one thing out lets the rest
 * in, and one that we do not weigh may hold for everybody. */
static void by_value(struct fw_rule *r, struct str option, struct str value, bool is_excluded)
{
	static const char *const protocols[] = { "-p", "--protocol", "--proto", NULL };
	static const char *const ports[] = { "--sport", "--source-port", "--sports",
		"--source-ports", NULL };
	static const char *const own_ports[] = { "--dport", "--destination-port", "--dports",
		"--ports", "--destination-ports", NULL };
	static const char *const sources[] = { "-s", "--source", "--src", "--src-range", NULL };
	static const char *const rare[] = { "--mac-source", "--icmp-type", "--icmpv6-type",
		"--rcheck", "--update", "--spi", "--ahspi", "--espspi", "--string", "--algo", "-f",
		"--fragment", NULL };

	if (word_among(option, protocols))
		by_protocol(r, value, is_excluded);
	else if (str_is(option, "--syn"))
		by_flags(r, STR("SYN"), STR("SYN"), is_excluded);
	else if (str_is(option, "--src-type"))
		by_kind(r, str_find(value, STR("UNICAST")) >= 0, is_excluded);
	else if (str_is(option, "--dst-type"))
		by_kind(r, str_find(value, STR("LOCAL")) >= 0, is_excluded);
	else if (str_is(option, "--pkt-type"))
		by_kind(r, str_is(value, "unicast") || str_is(value, "host"), is_excluded);
	else if (str_is(option, "--ctdir"))
		by_kind(r, str_is(value, "ORIGINAL"), is_excluded);
	else if (word_among(option, ports) || (is_excluded && word_among(option, own_ports)))
		by_list(r, fw_ports_when(value), value, is_excluded);
	else if (word_among(option, own_ports))
		by_own_ports(r, value);
	else if (word_among(option, sources) && is_excluded)
		fw_all_but(r, fw_addresses_when(value), value);
	else if (word_among(option, sources))
		by_sources(r, value);
	else if (str_is(option, "--pol"))
		by_kind(r, str_is(value, "none"), is_excluded); /* comes without IPsec */
	else if (word_among(option, rare) || str_is(option, "-d") ||
		str_is(option, "--destination"))
		by_rare(r, option, value, is_excluded);
	else
		fw_widen(r, option);
}

/* Modules that add nothing by being named. */
static bool is_quiet_option(struct str option)
{
	static const char *const quiet[] = { "-m", "--match", "--comment", "--limit-burst", "-c",
		"--set-counters", "--set", "--name", "--rsource", "--rdest", "--mask", "--seconds",
		"--hitcount", "--rttl", "--reap", "--dir", NULL };

	return word_among(option, quiet);
}

static bool rule_words(const struct fw_ruleset *set, struct fw_rule *r, struct str rest)
{
	struct str option, value, flags;

	while (argument(&rest, &option)) {
		bool is_excluded = str_is(option, "!");

		if (is_excluded && !argument(&rest, &option))
			return false;
		if (str_is(option, "-j") || str_is(option, "-g") || str_is(option, "--jump") ||
			str_is(option, "--goto")) {
			if (!argument(&rest, &value))
				return false;
			target(r, value, str_is(option, "-g") || str_is(option, "--goto"));
			return true; /* what follows belongs to the target */
		}
		value = STR("");
		if (!is_alone(rest) && !argument(&rest, &value))
			return false;
		if (str_is(option, "--tcp-flags") || str_is(option, "--match-set")) {
			if (!argument(&rest, &flags))
				return false;
			if (str_is(option, "--tcp-flags"))
				by_flags(r, value, flags, is_excluded);
			else
				by_list(r, fw_saved_set_when(set, value, flags), value,
					is_excluded);
			continue;
		}
		if (str_is(option, "-i") || str_is(option, "--in-interface")) {
			by_interface(r, value, is_excluded);
		} else if (str_is(option, "--state") || str_is(option, "--ctstate")) {
			by_states(r, value, is_excluded);
		} else if (str_is(option, "--limit")) {
			fw_widen(r, STR("limit"));
		} else if (!is_quiet_option(option) && !str_is(value, "0.0.0.0/0") &&
			!str_is(value, "::/0") && !str_is(value, "all")) {
			by_value(r, option, value, is_excluded);
		}
	}
	return true;
}

struct save {
	struct fw_ruleset *set;
	struct str file;
	int family;
	bool is_filter;
	bool is_open; /* a table begun: without its COMMIT iptables-restore loads nothing of it */
};

static bool chain_line(struct save *s, struct str line, int64_t number)
{
	struct str name, policy;
	struct fw_chain *c;

	line = str_from(line, 1);
	if (!str_next_word(&line, " \t", &name) || !str_next_word(&line, " \t", &policy))
		return false;
	c = fw_chain(s->set, (unsigned)s->family, STR("filter"), name);
	if (c == NULL)
		return true;
	c->families = 1u << s->family;
	c->hook = str_is(name, "INPUT") ? FW_HOOK_INPUT : FW_HOOK_NONE;
	c->policy = str_is(policy, "DROP") || str_is(policy, "REJECT") ? FW_DROP : FW_ACCEPT;
	c->file = s->file;
	c->line = number;
	return true;
}

static bool is_same(struct str a, struct str b)
{
	struct str x, y;

	while (argument(&a, &x))
		if (!argument(&b, &y) || !str_eq(x, y))
			return false;
	return !argument(&b, &y);
}

/* "-D INPUT 3", "-D INPUT -p tcp -j DROP": the first rule that is written so. False: there is none,
 * or it is written in other words, and iptables-restore may load nothing. */
static bool take_away(struct fw_chain *c, struct str spec)
{
	struct str rest = spec, word;
	uint64_t number = 0;
	size_t at = 0;

	if (!argument(&rest, &word))
		return false;
	if (str_to_u64(word, 10, &number)) {
		at = number > 0 ? (size_t)number - 1 : SIZE_MAX;
	} else {
		while (at < c->rules.len && !is_same(c->rules.at[at].words, spec))
			at++;
	}
	if (at >= c->rules.len)
		return false;
	memmove(&c->rules.at[at], &c->rules.at[at + 1],
		(c->rules.len - at - 1) * sizeof(c->rules.at[0]));
	c->rules.len--;
	return true;
}

static bool put(struct save *s, struct fw_chain *c, struct str spec, bool is_insert)
{
	struct str rest = spec, word;
	uint64_t before = 0;
	struct fw_rule *r;

	if (is_insert && str_next_word(&rest, " \t", &word) && str_to_u64(word, 10, &before)) {
		spec = rest;
		before -= before > 0;
	}
	r = is_insert ? fw_rule_before(s->set, c, (size_t)before) : fw_rule(s->set, c);
	if (r == NULL)
		return true;
	r->words = str_trim(spec);
	return rule_words(s->set, r, spec);
}

/* "-A INPUT …" and the other commands that iptables-restore takes in a table. */
static bool command(struct save *s, struct str line)
{
	struct str word, name, value;
	struct fw_chain *c;

	if (!argument(&line, &word) || !argument(&line, &name))
		return false;
	c = fw_chain(s->set, (unsigned)s->family, STR("filter"), name);
	if (c == NULL || str_is(word, "-N") || str_is(word, "--new-chain"))
		return true;
	if (str_is(word, "-P") || str_is(word, "--policy")) {
		c->policy = argument(&line, &value) && str_is(value, "DROP") ? FW_DROP : FW_ACCEPT;
		return true;
	}
	if (str_is(word, "-F") || str_is(word, "--flush")) {
		c->rules.len = 0;
		return true;
	}
	line = str_trim(line);
	if (str_is(word, "-D") || str_is(word, "--delete"))
		return take_away(c, line);
	if (str_is(word, "-I") || str_is(word, "--insert"))
		return put(s, c, line, true);
	return (str_is(word, "-A") || str_is(word, "--append")) && put(s, c, line, false);
}

static bool save_line(struct save *s, struct str line, int64_t number)
{
	line = str_trim(line);
	if (line.len == 0 || line.ptr[0] == '#')
		return true;
	if (str_is(line, "COMMIT")) {
		s->is_open = false;
		return true;
	}
	if (line.ptr[0] == '*') {
		if (s->is_open)
			return false;
		s->is_open = true;
		s->is_filter = str_is(str_trim(line), "*filter");
		return true;
	}
	if (!s->is_filter)
		return true;
	if (line.ptr[0] == ':')
		return chain_line(s, line, number);
	if (line.ptr[0] == '[') { /* counters before the rule */
		ptrdiff_t end = str_find_char(line, ']');

		line = str_trim(str_from(line, end < 0 ? line.len : (size_t)end + 1));
	}
	return command(s, line);
}

int64_t fw_add_save(struct fw_ruleset *set, struct str text, struct str file, int family)
{
	struct save s = { .set = set, .file = file, .family = family };
	int64_t bad = 0;
	struct str line;
	int64_t n = 1;

	for (; str_next_line(&text, &line); n++)
		if (!save_line(&s, line, n) && bad == 0)
			bad = n;
	return bad == 0 && s.is_open ? n : bad;
}
