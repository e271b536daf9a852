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
	size_t first;          /* of the destinations of this file */
	VEC(struct str) names; /* of destinations, parallel to list->all from first on */
};

/* "network("10.0.0.1" transport("tls"))": the driver's word was taken. */
static void take_driver(struct ng *n, struct str driver, struct str name)
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
		.line = line,
		.is_off = true };
	vec_push(n->list->a, &n->names, name);
}

static void take_destination(struct ng *n)
{
	struct str name, word;
	bool is_quoted;
	int depth = 0;

	if (!next(&n->s, &name, &is_quoted))
		return;
	while (next(&n->s, &word, &is_quoted)) {
		if (is_quoted)
			continue;
		if (str_is(word, "{"))
			depth++;
		else if (str_is(word, "}") && --depth <= 0)
			return;
		else if (depth > 0 && is_network(word))
			take_driver(n, word, name);
	}
}

/* log { source(s); filter(f); destination(d); }: a filter means that only a part goes there. */
static void take_log(struct ng *n)
{
	struct str word, name;
	bool is_quoted, has_filter = false;
	int depth = 0;

	while (next(&n->s, &word, &is_quoted)) {
		if (is_quoted)
			continue;
		if (str_is(word, "{")) {
			depth++;
		} else if (str_is(word, "}") && --depth <= 0) {
			return;
		} else if (str_is(word, "filter")) {
			has_filter = true;
		} else if (str_is(word, "destination") && next(&n->s, &word, &is_quoted) &&
			str_is(word, "(") && next(&n->s, &name, &is_quoted)) {
			for (size_t i = 0; i < n->names.len; i++)
				if (str_eq(n->names.at[i], name)) {
					struct forward *f = &n->list->all.at[n->first + i];

					f->is_part =
						f->is_off ? has_filter : f->is_part && has_filter;
					f->is_off = false;
				}
		}
	}
}

void forward_syslog_ng(
	struct forward_list *list, struct str bytes, forward_include *include, void *context)
{
	struct ng n = { .list = list, .s = { .text = bytes, .line = 1 }, .first = list->all.len };
	struct str word;
	bool is_quoted;

	/* destinations first: a log path may stand before them */
	while (next(&n.s, &word, &is_quoted)) {
		if (is_quoted)
			continue;
		if (str_is(word, "destination")) {
			take_destination(&n);
		} else if (str_is(word, "@include") && next(&n.s, &word, &is_quoted) && include) {
			include(context, word);
		}
	}
	n.s = (struct scanner){ .text = bytes, .line = 1 };
	while (next(&n.s, &word, &is_quoted))
		if (!is_quoted && str_is(word, "log"))
			take_log(&n);
		else if (!is_quoted && str_is(word, "destination"))
			while (next(&n.s, &word, &is_quoted) && (is_quoted || !str_is(word, "}")))
				continue;
}
