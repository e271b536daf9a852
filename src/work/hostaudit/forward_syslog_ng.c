/* syslog-ng: a destination block that holds a network driver, and a log path that leads to it. */
#include "work/hostaudit/forward.h"

#include <string.h>

#include "work/hostaudit/redact.h"

struct scanner {
	struct str text;
	size_t at;
	int line;
};

static void skip_block_comment(struct scanner *s)
{
	struct str inside = str_from(s->text, s->at);
	ptrdiff_t end = str_find(str_from(inside, 2), STR("*/"));
	size_t n = end < 0 ? inside.len : (size_t)end + 4;

	for (size_t i = 0; i < n; i++)
		s->line += inside.ptr[i] == '\n';
	s->at += n;
}

/* The next word, quoted string or single mark; comments and blanks skipped. False at the end. */
static bool next(struct scanner *s, struct str *ret, bool *ret_is_quoted)
{
	while (s->at < s->text.len) {
		char c = s->text.ptr[s->at];

		if (c == '\n')
			s->line++;
		if (c == '#')
			while (s->at < s->text.len && s->text.ptr[s->at] != '\n')
				s->at++;
		else if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			s->at++;
		else if (str_starts(str_from(s->text, s->at), "/*"))
			skip_block_comment(s);
		else
			break;
	}
	if (s->at >= s->text.len)
		return false;
	*ret_is_quoted = s->text.ptr[s->at] == '"' || s->text.ptr[s->at] == '\'';
	if (*ret_is_quoted) {
		struct str rest = str_from(s->text, s->at + 1);
		ptrdiff_t end = str_find_char(rest, s->text.ptr[s->at]);

		*ret = end < 0 ? rest : str_until(rest, (size_t)end);
		for (size_t i = 0; i < ret->len; i++)
			s->line += ret->ptr[i] == '\n';
		s->at += ret->len + 2;
		return true;
	}
	if (strchr("(){};,", s->text.ptr[s->at])) {
		*ret = (struct str){ s->text.ptr + s->at++, 1 };
		return true;
	}
	size_t from = s->at;

	while (s->at < s->text.len && !strchr(" \t\r\n(){};,\"'#", s->text.ptr[s->at]))
		s->at++;
	if (s->at == from)
		s->at++; /* a NUL byte: strchr finds it */
	*ret = (struct str){ s->text.ptr + from, s->at - from };
	return true;
}

static bool is_network(struct str word)
{
	static const char *const drivers[] = { "network", "syslog", "tcp", "tcp6", "udp", "udp6",
		"elasticsearch-http", "http", "kafka-c", "relp", "loki", "opentelemetry",
		"graylog2" };

	for (size_t i = 0; i < COUNT(drivers); i++)
		if (str_is(word, drivers[i]))
			return true;
	return false;
}

struct ng {
	struct forward_list *list;
	struct scanner s;
};

/* "network("10.0.0.1" transport("tls"))": the driver's word was taken. */
static void take_driver(struct ng *n, struct str driver, struct str name, bool is_off)
{
	struct str word, target = STR("");
	struct str protocol = driver;
	struct forward *f;
	bool is_quoted;
	int line = n->s.line, depth = 0;
	struct str key = STR("");

	while (next(&n->s, &word, &is_quoted)) {
		if (!is_quoted && str_is(word, "(")) {
			depth++;
		} else if (!is_quoted && str_is(word, ")")) {
			if (--depth <= 0)
				break;
		} else if (!is_quoted && (str_is(word, "{") || str_is(word, "}"))) {
			break;
		} else if (depth == 1 && is_quoted && target.len == 0) {
			target = word;
		} else if (depth == 1) {
			key = word;
			if (target.len == 0 && !is_quoted && str_has(word, '.'))
				target = word; /* an address without quotes */
		} else if (depth == 2 && str_is(key, "transport")) {
			protocol = word;
		} else if (depth == 2 && str_is(key, "url")) {
			target = word;
		}
	}
	if (n->list->all.len >= FORWARDS_MAX) {
		n->list->is_strange = true;
		return;
	}
	f = vec_add(n->list->a, &n->list->all);
	*f = (struct forward){ .target = redact_urls(n->list->a, target),
		.protocol = protocol,
		.file = n->list->file,
		.name = name,
		.line = line,
		.is_off = is_off };
}

/* From the word before "{" to its "}". */
static void take_destination(struct ng *n, struct str name, bool is_off)
{
	struct str word;
	bool is_quoted;
	int depth = 0;

	while (next(&n->s, &word, &is_quoted)) {
		if (is_quoted)
			continue;
		if (str_is(word, "{"))
			depth++;
		else if (str_is(word, "}") && --depth <= 0)
			return;
		else if (depth > 0 && is_network(word))
			take_driver(n, word, name, is_off);
	}
}

#define SOURCES_MAX 32

struct path {
	struct str sources[SOURCES_MAX];
	size_t source_count, first_forward, first_use;
	bool has_filter, is_final;
};

static bool is_ended(const struct forward_list *list, struct str source)
{
	for (size_t i = 0; i < list->ended.len; i++)
		if (str_eq(list->ended.at[i], source))
			return true;
	return false;
}

/* A path of which every source has been ended by one before it gets nothing. One that ends its
 * messages for all the others ends its sources. */
static void end_path(struct ng *n, const struct path *p)
{
	struct forward_list *list = n->list;
	size_t ended = 0;

	for (size_t i = 0; i < p->source_count; i++)
		ended += is_ended(list, p->sources[i]);
	if (p->source_count > 0 && ended == p->source_count)
		list->uses.len = p->first_use;
	for (size_t i = p->first_forward; i < list->all.len; i++) {
		list->all.at[i].is_off = p->source_count > 0 && ended == p->source_count;
		list->all.at[i].is_part = p->has_filter;
	}
	for (size_t i = p->first_use; i < list->uses.len; i++)
		list->uses.at[i].is_part = p->has_filter;
	for (size_t i = 0; p->is_final && !p->has_filter && i < p->source_count; i++)
		if (list->ended.len < FORWARDS_MAX && !is_ended(list, p->sources[i]))
			vec_push(list->a, &list->ended, p->sources[i]);
}

/* "source(s)", "destination(d)", "destination { tcp("a"); }", "flags(final)" */
static void take_part(struct ng *n, struct path *p, struct str what)
{
	struct scanner before = n->s;
	struct str word, name;
	bool is_quoted;

	if (!next(&n->s, &word, &is_quoted))
		return;
	if (str_is(what, "destination") && str_is(word, "{")) {
		n->s = before;
		take_destination(n, STR(""), false);
		return;
	}
	if (!str_is(word, "(") || !next(&n->s, &name, &is_quoted))
		return;
	if (str_is(what, "source")) {
		if (p->source_count < SOURCES_MAX)
			p->sources[p->source_count++] = name;
	} else if (str_is(what, "flags")) {
		while (!str_is(name, ")") && next(&n->s, &word, &is_quoted)) {
			p->is_final |= str_is(name, "final");
			name = word;
		}
	} else if (n->list->uses.len < FORWARDS_MAX) {
		vec_push(n->list->a, &n->list->uses, ((struct forward_use){ .name = name }));
	}
}

/* log { source(s); filter(f); destination(d); }: a filter means that only a part goes there. */
static void take_log(struct ng *n)
{
	struct path p = { .first_forward = n->list->all.len, .first_use = n->list->uses.len };
	struct str word;
	bool is_quoted;
	int depth = 0;

	while (next(&n->s, &word, &is_quoted)) {
		if (is_quoted)
			continue;
		if (str_is(word, "{"))
			depth++;
		else if (str_is(word, "}") && --depth <= 0)
			break;
		else if (str_is(word, "filter"))
			p.has_filter = true;
		else if (str_is(word, "source") || str_is(word, "destination") ||
			str_is(word, "flags"))
			take_part(n, &p, word);
	}
	end_path(n, &p);
}

void forward_syslog_ng_done(struct forward_list *list)
{
	for (size_t i = 0; i < list->all.len; i++) {
		struct forward *f = &list->all.at[i];

		for (size_t u = 0; f->name.len > 0 && u < list->uses.len; u++) {
			if (!str_eq(list->uses.at[u].name, f->name))
				continue;
			f->is_part = list->uses.at[u].is_part && (f->is_off || f->is_part);
			f->is_off = false;
		}
	}
}

void forward_syslog_ng(
	struct forward_list *list, struct str bytes, forward_include *include, void *context)
{
	struct ng n = { .list = list, .s = { .text = bytes, .line = 1 } };
	struct str word;
	bool is_quoted;

	while (next(&n.s, &word, &is_quoted)) {
		if (is_quoted)
			continue;
		if (str_is(word, "destination")) {
			if (next(&n.s, &word, &is_quoted))
				take_destination(&n, word, true);
		} else if (str_is(word, "log")) {
			take_log(&n);
		} else if (str_is(word, "@include") && next(&n.s, &word, &is_quoted) && include) {
			include(context, word);
		}
	}
}
