#include "work/hostaudit/forward.h"

#include <string.h>

#include "work/hostaudit/redact.h"
#include "work/hostaudit/resolve/ini.h"

static struct forward *add(struct forward_list *list, struct str target, int line)
{
	struct forward *f;

	if (list->all.len >= FORWARDS_MAX) {
		list->is_strange = true;
		return NULL;
	}
	f = vec_add(list->a, &list->all);
	*f = (struct forward){ .target = redact_urls(list->a, target),
		.protocol = STR(""),
		.file = list->file,
		.line = line };
	return f;
}

bool forward_is_local(struct str target)
{
	ptrdiff_t at = str_find(target, STR("://"));

	if (at >= 0)
		target = str_from(target, (size_t)at + 3);
	if (str_starts(target, "["))
		target = str_from(target, 1);
	return str_starts(target, "localhost") || str_starts(target, "127.") ||
		str_starts(target, "::1") || str_starts(target, "unix:") || str_starts(target, "/");
}

/* ---- rsyslog ---- */

struct rsyslog {
	struct forward_list *list;
	forward_include *include;
	void *context;
	struct str selector; /* of the last "selector action" line; "&" goes on with it */
	bool is_filtered;    /* after "!program" or "+host" */
	bool is_second;      /* only when the action before fails */
	int blocks;          /* open braces: of conditions and rulesets */
	struct str ruleset;  /* that the outermost of them is; "" */
	int ruleset_blocks;  /* 1: it goes on over several lines */
};

/* Does a selector take every facility, from informational messages on at the latest, and leave
 * none out? */
static bool takes_all(struct str selector)
{
	struct str one, facility, priority;
	bool is_all = false;

	if (selector.len == 0)
		return true;
	while (str_next_word(&selector, ";", &one)) {
		if (!str_split(str_trim(one), '.', &facility, &priority))
			continue;
		if (str_is_nocase(priority, "none") || str_starts(priority, "!"))
			return false;
		if (str_is(facility, "*") &&
			(str_is(priority, "*") || str_is_nocase(priority, "debug") ||
				str_is_nocase(priority, "info") ||
				str_is_nocase(priority, "notice")))
			is_all = true;
	}
	return is_all;
}

static void told(struct rsyslog *r, struct forward *f, struct str selector)
{
	f->is_part = !takes_all(selector) || r->is_filtered || r->blocks > r->ruleset_blocks;
	f->is_off = (r->list->is_stopped && r->ruleset.len == 0) || r->is_second;
	if (r->ruleset.len == 0)
		return;
	/* only what is handed to the ruleset goes there */
	f->name = r->ruleset;
	f->is_part_of_use = f->is_part;
	f->is_part = true;
}

/* "call NAME", or "*.* call NAME", hands over what comes this far. */
static void take_call(struct rsyslog *r, struct str word, struct str rest)
{
	if (str_is(word, "*.*") && !str_next_word(&rest, " \t", &word))
		return;
	if (!str_is(word, "call") || r->is_filtered || r->blocks > 0 || r->list->is_stopped)
		return;
	if (r->list->uses.len >= FORWARDS_MAX)
		r->list->is_strange = true;
	else
		*vec_add(r->list->a, &r->list->uses) =
			(struct forward_use){ .name = str_trim(rest) };
}

static void take_calls(struct forward_list *list)
{
	for (size_t i = 0; i < list->all.len; i++) {
		struct forward *f = &list->all.at[i];

		for (size_t n = 0; n < list->uses.len && f->name.len > 0; n++)
			if (str_eq(f->name, list->uses.at[n].name))
				f->is_part = f->is_part_of_use;
	}
}

/* The value of NAME="…" in the arguments of an action; STR_NONE when it is not given. */
static struct str argument(struct str text, const char *name)
{
	size_t name_len = strlen(name);

	for (size_t i = 0; i + name_len + 2 < text.len; i++) {
		struct str here = str_from(text, i);
		ptrdiff_t end;

		if (i > 0 && strchr(" \t\n(,", text.ptr[i - 1]) == NULL)
			continue;
		if (!str_is_nocase(str_until(here, name_len), name))
			continue;
		here = str_trim(str_from(here, name_len));
		if (!str_starts(here, "="))
			continue;
		here = str_trim(str_from(here, 1));
		if (str_starts(here, "[")) /* several: the first of them */
			here = str_trim(str_from(here, 1));
		if (!str_starts(here, "\""))
			continue;
		end = str_find_char(str_from(here, 1), '"');
		return end < 0 ? STR_NONE : (struct str){ here.ptr + 1, (size_t)end };
	}
	return STR_NONE;
}

static void take_action(struct rsyslog *r, struct str text, struct str selector, int line)
{
	static const struct {
		const char *type, *target, *protocol;
	} kinds[] = { { "omfwd", "target", "udp" }, { "omrelp", "target", "relp" },
		{ "omelasticsearch", "server", "http" }, { "omhttp", "server", "http" },
		{ "omkafka", "broker", "kafka" }, { "omgssapi", "target", "gssapi" } };
	struct str type = argument(text, "type");
	struct str second = argument(text, "action.execOnlyWhenPreviousIsSuspended");

	r->is_second = str_is_nocase(second, "on");
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct str target, protocol;
		struct forward *f;

		if (!str_is_nocase(type, kinds[i].type))
			continue;
		target = argument(text, kinds[i].target);
		f = add(r->list, target.ptr ? target : STR(""), line);
		if (!f)
			return;
		protocol = argument(text, "protocol");
		f->protocol = protocol.ptr ? protocol : str_of(kinds[i].protocol);
		if (str_is(argument(text, "StreamDriverMode"), "1"))
			f->protocol = STR("tls");
		told(r, f, selector);
	}
	r->is_second = false;
}

/* "@host:514", "@@(o)host", ":omrelp:host:2514". */
static void take_old_action(struct rsyslog *r, struct str action, int line)
{
	struct str target = action;
	const char *protocol = "udp";
	struct forward *f;
	struct str word;

	if (str_starts(target, ":omrelp:")) {
		protocol = "relp";
		target = str_from(target, 8);
	} else {
		target = str_from(target, 1);
		if (str_starts(target, "@")) {
			protocol = "tcp";
			target = str_from(target, 1);
		}
		if (str_starts(target, "(")) {
			ptrdiff_t end = str_find_char(target, ')');

			target = end < 0 ? target : str_from(target, (size_t)end + 1);
		}
	}
	if (!str_next_word(&target, " \t;", &word))
		return;
	f = add(r->list, word, line);
	if (!f)
		return;
	f->protocol = str_of(protocol);
	told(r, f, r->selector);
}

/* "*.* stop", "& ~" behind what takes everything, or "stop" alone: nothing comes any further. */
static bool take_stop(struct rsyslog *r, struct str word, struct str rest)
{
	bool is_alone = str_is(word, "stop") || str_is(word, "~");

	if (!is_alone && !str_is(rest, "stop") && !str_is(rest, "~"))
		return false;
	if ((is_alone || takes_all(r->selector)) && !r->is_filtered && r->blocks == 0)
		r->list->is_stopped = true;
	return true;
}

/* Where "action(" or "action (" begins; -1 without one. rsyslog's words have no case. */
static ptrdiff_t find_action(struct str text)
{
	for (size_t i = 0; i + 6 < text.len; i++)
		if (str_is_nocase((struct str){ text.ptr + i, 6 }, "action") &&
			str_starts(str_trim(str_from(text, i + 6)), "("))
			return (ptrdiff_t)i;
	return -1;
}

/* "ruleset(name="x") {": what follows is for those who call it. True: nothing else stands there. */
static bool enter_ruleset(struct rsyslog *r, struct str *text)
{
	struct str head, body;

	if (!str_is_nocase(str_until(*text, 7), "ruleset") ||
		!str_split(*text, '{', &head, &body) || !argument(head, "name").ptr)
		return false;
	r->ruleset = argument(head, "name");
	r->ruleset_blocks = r->blocks;
	r->selector = STR("");
	*text = str_trim(body);
	return text->len == 0;
}

/* "if prifilt("*.*") then": the selector in it; what more it asks is a condition. */
static struct str selector_of(struct str before)
{
	struct str rest = before, selector;
	ptrdiff_t end;

	if (!str_starts(rest, "if"))
		return before;
	rest = str_trim(str_from(rest, 2));
	if (!str_starts(rest, "prifilt(\""))
		return STR("condition");
	rest = str_from(rest, 9);
	end = str_find_char(rest, '"');
	if (end < 0)
		return STR("condition");
	selector = str_until(rest, (size_t)end);
	rest = str_trim(str_from(rest, (size_t)end + 1));
	return str_starts(rest, ")") && str_is(str_trim(str_from(rest, 1)), "then") ?
		selector :
		STR("condition");
}

static void take_statement(struct rsyslog *r, struct str text, int line)
{
	struct str rest, word, file;
	ptrdiff_t at;

	if (enter_ruleset(r, &text))
		return;
	rest = text;
	at = find_action(text);

	if (str_starts(text, "!") || str_starts(text, "+") || str_starts(text, "-")) {
		r->is_filtered = text.len > 1 && text.ptr[1] != '*';
		return;
	}
	if (at >= 0) {
		struct str before = str_trim(str_until(text, (size_t)at));

		/* "*.* action(…)" has a selector before it, "if … then action(…)" a condition */
		if (before.len > 0 && !str_has(before, '{') && !str_has(before, '.'))
			before = STR("condition");
		take_action(r, str_from(text, (size_t)at),
			str_has(before, '{') ? STR("condition") : selector_of(before), line);
		return;
	}
	if (str_is_nocase(str_until(text, 8), "include(")) {
		file = argument(text, "file");
		if (file.ptr && r->include)
			r->include(r->context, file);
		return;
	}
	if (!str_next_word(&rest, " \t", &word))
		return;
	if (str_is_nocase(word, "$IncludeConfig")) {
		if (r->include)
			r->include(r->context, str_trim(rest));
		return;
	}
	rest = str_trim(rest);
	if (str_is_nocase(word, "$ActionExecOnlyWhenPreviousIsSuspended")) {
		r->is_second = str_is_nocase(rest, "on");
		return;
	}
	take_call(r, word, rest);
	if (str_is(word, "if") || str_starts(word, ":")) {
		/* a condition: what stands after its end takes a part only */
		ptrdiff_t action = str_find(rest, STR(" @"));

		r->selector = STR("condition");
		rest = action >= 0 ? str_trim(str_from(rest, (size_t)action)) : STR("");
		word = str_starts(word, ":omrelp:") ? word : STR("if");
	} else if (!str_is(word, "&")) {
		r->selector = str_has(word, '.') ? word : STR("");
	}
	if (take_stop(r, word, rest))
		return;
	if (str_starts(rest, "@") || str_starts(rest, ":omrelp:"))
		take_old_action(r, rest, line);
	else if (str_starts(word, "@") || str_starts(word, ":omrelp:"))
		take_old_action(r, word, line);
}

/* LINE without "# …" and without what stands between the marks of a comment that may go on over
 * lines; *IS_INSIDE: such a comment is open. */
static struct str without_comment(struct arena *a, struct str line, bool *is_inside)
{
	struct str kept = STR("");
	bool is_quoted = false;
	size_t from = 0, i = 0;

	for (; i < line.len; i++) {
		bool has_next = i + 1 < line.len;

		if (*is_inside && has_next && line.ptr[i] == '*' && line.ptr[i + 1] == '/') {
			*is_inside = false;
			from = ++i + 1;
		} else if (*is_inside) {
			from = i + 1;
		} else if (line.ptr[i] == '"') {
			is_quoted = !is_quoted;
		} else if (line.ptr[i] == '#' && !is_quoted) {
			break;
		} else if (!is_quoted && has_next && line.ptr[i] == '/' && line.ptr[i + 1] == '*' &&
			(i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t')) {
			kept = arena_fmt(
				a, "%.*s%.*s ", STR_FMT(kept), (int)(i - from), line.ptr + from);
			*is_inside = true;
			from = ++i + 1;
		}
	}
	if (kept.len == 0 && from == 0)
		return str_until(line, i);
	return from < i ?
		arena_fmt(a, "%.*s%.*s", STR_FMT(kept), (int)(i - from), line.ptr + from) :
		kept;
}

#define STATEMENT_BYTES (16 * KIB)

#define JOINED_MAX (1 * MIB)

/* A statement of several lines, put together. */
static struct str join(struct forward_list *list, struct str so_far, struct str line)
{
	list->joined_bytes += so_far.len + line.len + 1;
	if (list->joined_bytes > JOINED_MAX || so_far.len + line.len > STATEMENT_BYTES) {
		list->is_strange = true;
		return line;
	}
	return arena_fmt(list->a, "%.*s %.*s", STR_FMT(so_far), STR_FMT(line));
}

/* An action may go on over lines until its bracket closes; a backslash joins lines. */
void forward_rsyslog(
	struct forward_list *list, struct str bytes, forward_include *include, void *context)
{
	struct rsyslog r = {
		.list = list, .include = include, .context = context, .selector = STR("")
	};
	struct str statement = STR("");
	struct str line;
	int number = 0, begins = 0, depth = 0, opened = 0;
	bool is_inside = false;

	while (str_next_line(&bytes, &line)) {
		bool goes_on;

		number++;
		line = str_trim(without_comment(list->a, line, &is_inside));
		goes_on = str_ends(line, "\\");
		if (goes_on)
			line = str_until(line, line.len - 1);
		if (statement.len == 0)
			begins = number;
		for (size_t i = 0; i < line.len; i++) {
			depth += line.ptr[i] == '(' ? 1 : line.ptr[i] == ')' ? -1 : 0;
			opened += line.ptr[i] == '{' ? 1 : line.ptr[i] == '}' ? -1 : 0;
		}
		statement = statement.len > 0 ? join(list, statement, line) : line;
		if ((depth > 0 || goes_on) && !list->is_strange)
			continue;
		r.blocks += opened > 0 ? opened : 0;
		take_statement(&r, statement, begins);
		r.blocks += opened < 0 ? opened : 0;
		if (r.blocks == 0) {
			r.ruleset = STR("");
			r.ruleset_blocks = 0;
		}
		statement = STR("");
		opened = depth = 0;
	}
	if (depth > 0)
		list->is_strange = true;
	take_calls(list);
}

/* ---- fluent-bit ---- */

void forward_fluent_bit(struct forward_list *list, struct str bytes)
{
	static const char *const silent[] = { "stdout", "null", "file", "counter", "flowcounter",
		"exit", "prometheus_exporter", "plot" };
	struct forward *f = NULL;
	struct ini ini;
	struct ini_entry e;
	struct str section = STR("");
	const char *last = NULL;

	ini_init(&ini, bytes, INI_BLANK, NULL);
	while (ini_next(&ini, &e)) {
		/* sections may have one name and follow each other: a new header is a new slice */
		if (e.section.ptr != last)
			f = NULL;
		last = e.section.ptr;
		section = e.section;
		if (!str_is_nocase(section, "OUTPUT") || !e.value.ptr)
			continue;
		if (!f)
			f = add(list, STR(""), e.line);
		if (!f)
			return;
		if (str_is_nocase(e.key, "Name")) {
			f->protocol = e.value;
			for (size_t i = 0; i < COUNT(silent); i++)
				f->is_off = f->is_off || str_is_nocase(e.value, silent[i]);
		} else if (str_is_nocase(e.key, "Host") || str_is_nocase(e.key, "Brokers")) {
			f->target = e.value;
		}
	}
}

/* ---- Beats ---- */

/* The first address of "['a:5044', 'b']", "a:5044" or "https://a". */
static struct str first_host(struct str value)
{
	struct str word = STR("");

	str_next_word(&value, "[]\"', ", &word);
	return word;
}

void forward_beat(struct forward_list *list, struct str bytes)
{
	struct forward *f = NULL;
	struct str line, key, value;
	int number = 0;
	bool is_hosts = false;

	while (str_next_line(&bytes, &line)) {
		bool is_indented = str_starts(line, " ");

		number++;
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (f && is_hosts && str_starts(line, "- ")) {
			f->target = redact_urls(list->a, first_host(str_from(line, 2)));
			is_hosts = false;
			continue;
		}
		if (!str_split(line, ':', &key, &value))
			continue;
		if (!is_indented) {
			f = NULL;
			if (str_starts(key, "output.") && !str_is(key, "output.console") &&
				!str_is(key, "output.file"))
				f = add(list, STR(""), number);
			if (f)
				f->protocol = str_from(key, 7);
			continue;
		}
		is_hosts = f && str_is(key, "hosts");
		if (is_hosts && str_trim(value).len > 0) {
			f->target = redact_urls(list->a, first_host(value));
			f->line = number;
		}
		if (f && str_is(key, "enabled") && str_is(str_trim(value), "false"))
			f->is_off = true;
	}
}

/* ---- Wazuh, OSSEC ---- */

void forward_ossec(struct forward_list *list, struct str bytes)
{
	static const char *const tags[] = { "<address>", "<server-ip>", "<server-hostname>" };
	struct str line;
	int number = 0;
	bool is_client = false;

	while (str_next_line(&bytes, &line)) {
		number++;
		line = str_trim(line);
		if (str_starts(line, "<client>"))
			is_client = true;
		for (size_t i = 0; i < COUNT(tags) && is_client; i++) {
			struct str value;
			struct forward *f;
			ptrdiff_t end;

			if (!str_starts(line, tags[i]))
				continue;
			value = str_from(line, strlen(tags[i]));
			end = str_find_char(value, '<');
			f = end > 0 ? add(list, str_until(value, (size_t)end), number) : NULL;
			if (f)
				f->protocol = STR("ossec");
		}
		if (str_find(line, STR("</client>")) >= 0)
			is_client = false;
	}
}
