/* nft.c - scripts of nft: enough of the language to know the chains on input, their
 * policies and which rules end without a narrow condition. A statement that is not understood is
 * told, not skipped. */
#include "work/hostaudit/firewall/nft_rule.h"

#include "work/hostaudit/resolve/resolve.h"

struct use {
	const struct fw_chain *chain;
	struct str name;
	int64_t line;
};

struct reader {
	struct fw_ruleset *set;
	const struct fw_text *source;
	struct str rest;
	int64_t line, bad;
	VEC(struct use) used; /* sets that rules name: they may be made below */
};

/* ---- words and statements ---- */

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

size_t nft_group_length(struct str s)
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
static bool opens_block(const struct nft_statement *st)
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

static void add_word(struct reader *r, struct nft_statement *st, size_t length)
{
	if (st->count == 0)
		st->line = r->line;
	if (st->count < NFT_WORDS_MAX)
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
static void read_statement(struct reader *r, struct nft_statement *st)
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
			if (nft_group_length(r->rest) == 0) {
				bad(r, r->line);
				r->rest = STR("");
				return;
			}
			add_word(r, st, nft_group_length(r->rest));
			break;
		default:
			add_word(r, st, word_length(r->rest));
		}
	}
}

/* ---- names ---- */

/* "@cong" for a set, "$CONG" for a variable. */
static struct str marked(struct reader *r, char mark, struct str name)
{
	return arena_fmt(r->set->a, "%c%.*s", mark, STR_FMT(name));
}

/* "set cong { type inet_service; elements = { 22, 80 } }" */
static void read_set(struct reader *r, struct str table, const struct nft_statement *st)
{
	struct str body = nft_word(st, 2);
	ptrdiff_t at = str_find(body, STR("elements"));

	if (at >= 0) {
		struct str rest = str_from(body, (size_t)at);
		ptrdiff_t open = str_find_char(rest, '{');

		body = open < 0 ? STR("") : str_from(rest, (size_t)open);
		body = str_until(body, nft_group_length(body));
	} else {
		body = STR("");
	}
	fw_name_holds(r->set, table, marked(r, '@', nft_word(st, 1)), body);
}

/* "define CONG = { 22, 80 }" */
static void read_define(struct reader *r, const struct nft_statement *st)
{
	struct str last = nft_word(st, st->count - 1), first = nft_word(st, 3), name, value;

	if (!nft_define_is_sound(st))
		bad(r, st->line);
	else if (str_split(nft_word(st, 1), '=', &name, &value))
		fw_name_holds(r->set, STR(""), marked(r, '$', name), value);
	if (st->count >= 4 && str_is(nft_word(st, 2), "="))
		fw_name_holds(r->set, STR(""), marked(r, '$', nft_word(st, 1)),
			(struct str){ first.ptr, (size_t)(last.ptr - first.ptr) + last.len });
}

/* ---- chains and tables ---- */

/* Are all variables that the words from FROM on name defined above? */
static bool has_its_variables(const struct reader *r, const struct fw_chain *chain,
	const struct nft_statement *st, size_t from)
{
	struct str rest, word;

	for (size_t i = from; i < st->count; i++) {
		rest = st->words[i];
		if (rest.ptr[0] == '"' || str_find_char(rest, '$') < 0)
			continue;
		while (str_next_word(&rest, "{}, \t\n:/-", &word))
			if (word.ptr[0] == '$' && fw_name(r->set, chain, word) == NULL)
				return false;
	}
	return true;
}

/* Remembers the sets it names; "flow add @f" names none. */
static void note_sets(
	struct reader *r, const struct fw_chain *chain, const struct nft_statement *st, size_t from)
{
	for (size_t i = from; i < st->count; i++)
		if (str_starts(st->words[i], "@") && (i < 2 || !str_is(st->words[i - 2], "flow")))
			vec_push(r->set->a, &r->used,
				((struct use){ chain, st->words[i], st->line }));
}

static void read_rule(struct reader *r, struct fw_chain *chain, const struct nft_statement *st,
	size_t from, size_t at)
{
	note_sets(r, chain, st, from);
	if (at > chain->rules.len)
		at = chain->rules.len;
	if (!nft_add_rule(r->set, chain, at, st, from) || !nft_rule_is_sound(st, from) ||
		!has_its_variables(r, chain, st, from))
		bad(r, st->line);
}

/* "type filter hook input priority 0", and "policy drop" perhaps on the same line. */
static bool read_base(struct fw_chain *chain, const struct nft_statement *st, unsigned families)
{
	if (str_is(nft_word(st, 0), "policy")) {
		chain->policy = str_is(nft_word(st, 1), "drop") ? FW_DROP : FW_ACCEPT;
		return true;
	}
	if (!str_is(nft_word(st, 0), "type"))
		return str_is(nft_word(st, 0), "comment") || str_is(nft_word(st, 0), "flags") ||
			str_is(nft_word(st, 0), "devices");
	chain->families = families;
	for (size_t i = 0; i + 1 < st->count && str_is(nft_word(st, 1), "filter"); i++) {
		if (!str_is(nft_word(st, i), "hook"))
			continue;
		if (str_is(nft_word(st, i + 1), "input"))
			chain->hook = FW_HOOK_INPUT;
		else if (str_is(nft_word(st, i + 1), "prerouting"))
			chain->hook = FW_HOOK_EARLIER;
		else if (str_is(nft_word(st, i + 1), "ingress"))
			chain->hook = FW_HOOK_OF_CARD;
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

static void skip_block(struct reader *r, struct nft_statement *st)
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
	struct nft_statement st;

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
			read_rule(r, chain, &st, 0, SIZE_MAX);
		} else if (!nft_base_is_sound(&st)) {
			bad(r, st.line);
		}
	}
}

/* "flags dormant": none of the table's chains is asked. */
static void sleep_or_wake(struct reader *r, struct place p, const struct nft_statement *st)
{
	struct fw_chain *table = fw_chain(r->set, 200u + fw_families(p.family), p.table, STR(""));

	if (table != NULL)
		table->is_asleep = str_find(nft_word(st, 1), STR("dormant")) >= 0;
}

static void read_table(struct reader *r, struct place p)
{
	static const char *const known[] = { "set", "map", "flowtable", "ct", "counter", "quota",
		"limit", "secmark", "synproxy", "comment", "flags", "elements", "define" };
	struct nft_statement st;

	for (;;) {
		bool is_known = false;

		read_statement(r, &st);
		if (st.is_end) {
			close_block(r);
			return;
		}
		if (st.is_block && str_is(nft_word(&st, 0), "chain")) {
			if (st.count != 2 || !nft_name_is_sound(nft_word(&st, 1)))
				bad(r, st.line);
			read_chain(r, p, chain_of(r, p, nft_word(&st, 1), st.line));
			continue;
		}
		for (size_t i = 0; i < COUNT(known); i++)
			is_known |= str_is(nft_word(&st, 0), known[i]);
		if (!is_known ||
			(str_is(nft_word(&st, 0), "set") &&
				(st.count != 3 || !nft_set_is_sound(nft_word(&st, 2)))))
			bad(r, st.line);
		if (str_is(nft_word(&st, 0), "flags"))
			sleep_or_wake(r, p, &st);
		else if (str_is(nft_word(&st, 0), "set") || str_is(nft_word(&st, 0), "map"))
			read_set(r, p.table, &st);
		else if (str_is(nft_word(&st, 0), "define"))
			read_define(r, &st);
		if (st.is_block)
			skip_block(r, &st);
	}
}

/* "[family] name" from word I on; the family is ip when it is left out. */
static struct place place_of(const struct nft_statement *st, size_t i, size_t *ret_next)
{
	static const char *const families[] = { "ip", "ip6", "inet", "arp", "bridge", "netdev" };

	for (size_t f = 0; f < COUNT(families); f++)
		if (str_is(nft_word(st, i), families[f])) {
			*ret_next = i + 2;
			return (struct place){ nft_word(st, i), nft_word(st, i + 1) };
		}
	*ret_next = i + 1;
	return (struct place){ STR("ip"), nft_word(st, i) };
}

static void flush(struct fw_ruleset *set)
{
	set->chains.len = 0;
	memset(set->slots, 0, sizeof(set->slots));
}

/* "delete table inet f", "flush table inet f", "flush chain inet f in". False: no such table or
 * chain, or a part we do not follow. */
static bool take_away(struct reader *r, const struct nft_statement *st)
{
	bool is_delete = str_is(nft_word(st, 0), "delete"),
	     is_table = str_is(nft_word(st, 1), "table");
	bool is_found = false;
	size_t next;
	struct place p = place_of(st, 2, &next);

	if (st->count != next + !is_table)
		return false;
	if (!is_table && (is_delete || !str_is(nft_word(st, 1), "chain")))
		return false;
	for (size_t i = 0; i < r->set->chains.len; i++) {
		struct fw_chain *c = r->set->chains.at[i];

		if (c->space != 200u + fw_families(p.family) || !str_eq(c->table, p.table) ||
			(!is_table && !str_eq(c->name, nft_word(st, next))))
			continue;
		is_found = true;
		c->rules.len = 0;
		if (is_delete)
			c->hook = FW_HOOK_NONE;
	}
	return is_found;
}

static void read_command(struct reader *r, struct nft_statement *st)
{
	size_t i = str_is(nft_word(st, 0), "add") || str_is(nft_word(st, 0), "create") ||
		str_is(nft_word(st, 0), "insert");
	struct str what = nft_word(st, i);
	struct place p = place_of(st, i + 1, &i);
	struct fw_chain *chain;

	if ((st->is_block || str_is(what, "table")) &&
		((str_is(what, "table") ? i : i + 1) != st->count ||
			!nft_name_is_sound(nft_word(st, st->count - 1))))
		bad(r, st->line);
	if (str_is(what, "table")) {
		(void)fw_chain(r->set, 200u + fw_families(p.family), p.table, STR(""));
		if (st->is_block)
			read_table(r, p);
	} else if (str_is(what, "chain")) {
		chain = chain_of(r, p, nft_word(st, i), st->line);
		if (st->is_block)
			read_chain(r, p, chain);
	} else if (str_is(what, "rule")) {
		chain = chain_of(r, p, nft_word(st, i), st->line);
		if (chain != NULL)
			read_rule(r, chain, st, i + 1,
				str_is(nft_word(st, 0), "insert") ? 0 : SIZE_MAX);
	} else if (str_is(what, "set") || str_is(what, "map")) {
		fw_name_holds(r->set, p.table, marked(r, '@', nft_word(st, i)), STR(""));
	} else if (str_is(what, "element")) {
		fw_name_holds(
			r->set, p.table, marked(r, '@', nft_word(st, i)), nft_word(st, i + 1));
	} else if (st->is_block) {
		skip_block(r, st);
	}
}

static void read_top(struct reader *r, struct nft_statement *st)
{
	static const char *const commands[] = { "add", "create", "insert", "table", "chain", "rule",
		"set", "map" };
	static const char *const quiet[] = { "undefine", "element", "flowtable" };
	struct str first = nft_word(st, 0);

	if (str_is(first, "flush") && str_is(nft_word(st, 1), "ruleset") &&
		(st->count == 2 || (st->count == 3 && fw_families(nft_word(st, 2)) != 0))) {
		flush(r->set);
		return;
	}
	if (str_is(first, "include")) {
		if (r->source->include == NULL ||
			r->source->include(
				r->source->context, r->set, str_unquote(nft_word(st, 1))) != 0)
			bad(r, st->line);
		return;
	}
	if ((str_is(first, "delete") || str_is(first, "flush")) && take_away(r, st))
		return;
	if (str_is(first, "define") || str_is(first, "redefine")) {
		read_define(r, st);
		return;
	}
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

/* Chains that rules jump to and sets they name must be there: the kernel refuses the whole. */
static void find_missing(struct reader *r)
{
	for (size_t i = 0; i < r->used.len; i++)
		if (fw_name(r->set, r->used.at[i].chain, r->used.at[i].name) == NULL)
			bad(r, r->used.at[i].line);
	for (size_t i = 0; i < r->set->chains.len; i++) {
		const struct fw_chain *c = r->set->chains.at[i];

		for (size_t k = 0; k < c->rules.len; k++) {
			const struct fw_rule *rule = &c->rules.at[k];

			if ((rule->verdict == FW_JUMP || rule->verdict == FW_GOTO) &&
				!str_starts(rule->target, "$") && rule->target.len > 0 &&
				!fw_has_chain(r->set, c, rule->target))
				bad(r, c->line > 0 ? c->line : 1);
		}
	}
}

int64_t fw_add_nft_text(struct fw_ruleset *set, const struct fw_text *source)
{
	struct reader r = { .set = set, .source = source, .rest = source->text, .line = 1 };
	struct nft_statement st;

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
	find_missing(&r);
	return r.bad;
}
