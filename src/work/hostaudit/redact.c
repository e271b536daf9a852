#include "work/hostaudit/redact.h"

#include <string.h>

#define VERB_BYTES_MAX 12

/* A path says where, and is no secret unless it carries a user, a port or a query. */
static bool is_plain_path(struct str s)
{
	static const char odd[] = "@:?=$`\"' ";

	if (s.len < 2 || s.ptr[0] != '/')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == '\0' || strchr(odd, s.ptr[i]))
			return false;
	return true;
}

void redact_argument(struct buf *out, struct str argument)
{
	ptrdiff_t equals = str_find_char(argument, '=');

	if (is_plain_path(argument)) {
		buf_add(out, argument);
	} else if (equals > 0 && is_plain_path(str_from(argument, (size_t)equals + 1))) {
		buf_add(out, argument);
	} else if (equals > 0) {
		buf_add(out, str_until(argument, (size_t)equals + 1));
		buf_add(out, STR("…"));
	} else if (str_starts(argument, "--")) {
		buf_add(out, argument);
	} else if (argument.len > 1 && argument.ptr[0] == '-') {
		/* -p may carry its value without a blank */
		buf_add(out, str_until(argument, 2));
		if (argument.len > 2)
			buf_add(out, STR("…"));
	} else {
		buf_add(out, STR("…"));
	}
}

/* "|", "&&", ";", "2>&1", "{": marks of the shell, after which a program may stand. */
static bool is_mark(struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!strchr("|&;<>(){}[]!12", word.ptr[i]) || word.ptr[i] == '\0')
			return false;
	return word.len > 0 && word.len <= 4;
}

/* "create" of "borg create": lower-case letters only. */
static bool is_verb(struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if ((word.ptr[i] < 'a' || word.ptr[i] > 'z') && word.ptr[i] != '-')
			return false;
	return word.len > 0 && word.len <= VERB_BYTES_MAX;
}

/* Does it look like the name of a program: no assignment, no quote, nothing secret? */
static bool is_program(struct str word)
{
	return word.len <= 255 && !str_has(word, '=') && !str_has(word, '@') &&
		!str_has(word, '"') && !str_has(word, '\'') && !str_has(word, '$');
}

struct str redact_command(struct arena *a, struct str line, size_t max_bytes)
{
	struct buf out;
	struct str copy, word;
	int place = 0; /* 0: a program may stand here, 1: what it is to do */

	buf_init(&out, max_bytes);
	while (!buf_is_full(&out) && str_next_word(&line, " \t\r\n", &word)) {
		if (out.len > 0)
			buf_add_char(&out, ' ');
		if (is_mark(word)) {
			buf_add(&out, word);
			place = 0;
			continue;
		}
		if ((place == 0 && is_program(word)) || (place == 1 && is_verb(word)))
			buf_add(&out, word);
		else
			redact_argument(&out, word);
		/* NAME=value before a program leaves the place to it */
		if (place > 0 || !str_has(word, '='))
			place++;
	}
	copy = arena_str(a, buf_str(&out));
	buf_done(&out);
	return copy;
}

struct str redact_urls(struct arena *a, struct str s)
{
	static const struct str mark = STR("://");
	struct str out = STR_NONE;
	struct str rest = s;
	ptrdiff_t at;

	while ((at = str_find(rest, mark)) >= 0) {
		size_t start = (size_t)at + mark.len;
		size_t end = start;
		size_t user_end = start;

		for (; end < rest.len && !str_has(STR("/ \t\"';"), rest.ptr[end]); end++)
			if (rest.ptr[end] == '@')
				user_end = end;
		out = arena_fmt(a, "%.*s%.*s%s", STR_FMT(out), STR_FMT(str_until(rest, start)),
			user_end > start ? "…" : "");
		rest = str_from(rest, user_end);
	}
	return out.ptr ? arena_fmt(a, "%.*s%.*s", STR_FMT(out), STR_FMT(rest)) : s;
}
