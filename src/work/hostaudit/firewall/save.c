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

static void widen(struct fw_rule *r, struct str detail)
{
	if (r->when == FW_ALWAYS) {
		r->when = FW_WIDE;
		r->detail = detail;
	}
}

/* A new connection passes when NEW is among the states, or not among those excluded. */
static void by_states(struct fw_rule *r, struct str states, bool is_excluded)
{
	bool has_new = false;
	struct str s;

	while (str_next_word(&states, ",", &s))
		has_new |= str_is(s, "NEW");
	if (has_new == is_excluded)
		r->when = FW_NARROW;
}

static void by_interface(struct fw_rule *r, struct str name, bool is_excluded)
{
	bool is_inner = fw_is_inner_interface(name);

	if (is_inner && !is_excluded)
		r->when = FW_NARROW;
	else if (!is_inner)
		widen(r, name);
}

static void target(struct fw_rule *r, struct str name, bool is_goto)
{
	static const char *const quiet[] = { "LOG", "NFLOG", "MARK", "CONNMARK", "CT", "NOTRACK",
		"TCPMSS", "TRACE", "AUDIT", "SET" };

	r->target = STR("");
	if (str_is(name, "ACCEPT"))
		r->verdict = FW_ACCEPT;
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

static bool is_one_of(struct str s, const char *const *words)
{
	while (*words && !str_is(s, *words))
		words++;
	return *words != NULL;
}

/* A condition on ports, addresses, protocols and the rest. What leaves one thing out lets the rest
 * in; every packet on its way into the machine is for an address of its own. */
static void by_value(struct fw_rule *r, struct str option, struct str value, bool is_excluded)
{
	static const char *const protocols[] = { "-p", "--protocol", "--proto", NULL };
	static const char *const ports[] = { "--dport", "--destination-port", "--dports", "--sport",
		"--source-port", NULL };
	static const char *const flags[] = { "--syn", "--tcp-flags", "-f", "--fragment", NULL };

	if (str_is(option, "--dst-type") && str_is(value, "LOCAL") && !is_excluded)
		return;
	if ((is_one_of(option, protocols) && (is_excluded || fw_is_main_protocol(value))) ||
		(is_one_of(option, ports) && fw_is_every_port(value)) ||
		(is_excluded && !is_one_of(option, flags)))
		widen(r, value);
	else
		r->when = FW_NARROW;
}

/* Modules that add nothing by being named. */
static bool is_quiet_option(struct str option)
{
	return str_is(option, "-m") || str_is(option, "--match") || str_is(option, "--comment") ||
		str_is(option, "--limit-burst") || str_is(option, "-c") ||
		str_is(option, "--set-counters");
}

static bool rule_words(struct fw_rule *r, struct str rest)
{
	struct str option, value;

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
		if (str_is(option, "--tcp-flags") && !argument(&rest, &value))
			return false;
		if (str_is(option, "-i") || str_is(option, "--in-interface")) {
			by_interface(r, value, is_excluded);
		} else if (str_is(option, "--state") || str_is(option, "--ctstate")) {
			by_states(r, value, is_excluded);
		} else if (str_is(option, "--limit")) {
			widen(r, STR("limit"));
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

static bool save_line(struct save *s, struct str line, int64_t number)
{
	struct str word, name;
	struct fw_chain *c;
	struct fw_rule *r;

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
	if (!argument(&line, &word) || !argument(&line, &name) ||
		!(str_is(word, "-A") || str_is(word, "-I") || str_is(word, "--append")))
		return false;
	c = fw_chain(s->set, (unsigned)s->family, STR("filter"), name);
	r = c != NULL ? fw_rule(s->set, c) : NULL;
	return r == NULL || rule_words(r, line);
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
