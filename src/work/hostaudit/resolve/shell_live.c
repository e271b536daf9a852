/* shell_live.c - the lines of a script that the shell comes to: without functions nobody calls,
 * what stands behind an exit, and what "if false" keeps out. In doubt a line stays. */
#include "work/hostaudit/resolve/shell_text.h"

#include "work/hostaudit/resolve/resolve.h"

#define LINES_MAX 2000
#define ROUNDS_MAX 8

struct live_line {
	struct str text;
	int depth;  /* of blocks before it */
	int change; /* what it opens less what it closes */
	bool is_dead;
};

struct live {
	struct live_line lines[LINES_MAX];
	size_t count;
};

/* The next piece of LINE up to ';', '|' or '&' outside of quotes. */
static bool next_piece(struct str *line, struct str *ret)
{
	char quote = 0;
	size_t i = 0;

	if (line->len == 0)
		return false;
	for (; i < line->len; i++) {
		char c = line->ptr[i];

		if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == ';' || c == '|' || c == '&') {
			break;
		}
	}
	*ret = str_until(*line, i);
	*line = str_from(*line, i < line->len ? i + 1 : i);
	return true;
}

static int change_of(struct str line)
{
	static const char *const opens[] = { "if", "for", "while", "until", "case", "select", "{",
		NULL };
	static const char *const closes[] = { "fi", "done", "esac", "}", NULL };
	static const char *const leads[] = { "then", "do", "else", "!", "elif", NULL };
	bool is_brace = str_ends(line, "{") && !str_is(line, "{");
	struct str piece, word;
	int change = 0;

	while (next_piece(&line, &piece)) {
		bool is_led = true;

		while (is_led && str_next_word(&piece, " \t", &word)) {
			bool is_opener = word_among(word, opens);

			is_led = word_among(word, leads) || (is_opener && str_is(word, "{"));
			change += is_opener;
			change -= word_among(word, closes);
			if (str_ends(word, "()") && str_starts(str_trim(piece), "{"))
				is_led = true; /* "f() { … }" on one line */
		}
	}
	return change + (is_brace && change == 0);
}

/* "f() {", "f ()", "function f {": its name; empty for other lines. */
static struct str function_name(struct str line)
{
	struct str rest = line, name, next;

	if (!str_next_word(&rest, " \t", &name))
		return STR("");
	if (str_is(name, "function"))
		return str_next_word(&rest, " \t({", &next) ? next : STR("");
	if (str_ends(name, "()"))
		return str_until(name, name.len - 2);
	return str_starts(str_trim(rest), "()") ? name : STR("");
}

static bool has_name(struct str line, struct str name)
{
	struct str word;

	if (str_find(line, name) < 0)
		return false;
	while (str_next_word(&line, " \t;|&()\"'`${}", &word))
		if (str_eq(word, name))
			return true;
	return false;
}

/* The last line of the block that begins on line I. */
static size_t end_of_block(const struct live *l, size_t i)
{
	int depth = l->lines[i].depth;
	size_t n = i +
		(l->lines[i].change == 0 && i + 1 < l->count && str_is(l->lines[i + 1].text, "{"));

	while (n + 1 < l->count && l->lines[n].depth + l->lines[n].change > depth)
		n++;
	return n;
}

static void kill_lines(struct live *l, size_t from, size_t last)
{
	for (size_t i = from; i <= last && i < l->count; i++)
		l->lines[i].is_dead = true;
}

/* A script that runs what its caller names may run any of its functions. */
static bool runs_its_words(const struct live *l)
{
	static const char *const starts[] = { "\"$@\"", "$@", "\"$1\"", "$1", "$*", "\"$*\"",
		"eval", "\"${1", "${1", "source", ".", NULL };
	struct str rest, word;

	for (size_t i = 0; i < l->count; i++) {
		rest = l->lines[i].text;
		if (str_next_word(&rest, " \t", &word) && word_among(word, starts))
			return true;
	}
	return false;
}

static bool is_called(const struct live *l, struct str name, size_t from, size_t last)
{
	for (size_t i = 0; i < l->count; i++)
		if ((i < from || i > last) && !l->lines[i].is_dead &&
			has_name(l->lines[i].text, name))
			return true;
	return false;
}

static bool kill_functions(struct live *l)
{
	bool has_killed = false;

	for (size_t i = 0; i < l->count; i++) {
		struct str name = function_name(l->lines[i].text);
		size_t last;

		if (name.len == 0 || l->lines[i].is_dead)
			continue;
		last = end_of_block(l, i);
		if (!is_called(l, name, i, last)) {
			kill_lines(l, i, last);
			has_killed = true;
		}
	}
	return has_killed;
}

static void kill_branches(struct live *l)
{
	for (size_t i = 0; i < l->count; i++) {
		struct str rest = l->lines[i].text, first = STR(""), second = STR("");

		if (str_next_word(&rest, " \t;", &first))
			(void)str_next_word(&rest, " \t;", &second);
		if (str_is(first, "if") && str_is(second, "false") && l->lines[i].change > 0)
			for (size_t n = i + 1;
				n < l->count && l->lines[n].depth > l->lines[i].depth &&
				!(l->lines[n].depth == l->lines[i].depth + 1 &&
					(str_starts(l->lines[n].text, "el") ||
						str_starts(l->lines[n].text, "fi")));
				n++)
				l->lines[n].is_dead = true;
		if (str_is(first, "exit") && l->lines[i].depth == 0 &&
			str_find_char(l->lines[i].text, '|') < 0 &&
			str_find_char(l->lines[i].text, '&') < 0) {
			kill_lines(l, i + 1, l->count);
			return;
		}
	}
}

static bool read_lines(struct live *l, struct str script)
{
	int depth = 0;
	struct str line;

	while (str_next_line(&script, &line)) {
		if (l->count == LINES_MAX)
			return false;
		line = str_trim(line);
		l->lines[l->count] = (struct live_line){
			.text = line, .depth = depth, .change = change_of(line)
		};
		depth += l->lines[l->count++].change;
		if (depth < 0)
			return false;
	}
	return depth == 0;
}

struct str shell_text_live(struct str script, struct arena *a)
{
	struct live *l;
	struct str out = script;
	struct buf b;

	/* texts handed to a command look like lines of the script */
	if (str_find(script, STR("<<")) >= 0)
		return script;
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		abort();
	if (read_lines(l, script)) {
		kill_branches(l);
		for (int i = 0; i < ROUNDS_MAX && !runs_its_words(l) && kill_functions(l); i++)
			continue;
		buf_init(&b, script.len + 1);
		for (size_t i = 0; i < l->count; i++) {
			if (l->lines[i].is_dead)
				continue;
			buf_add(&b, l->lines[i].text);
			buf_add_char(&b, '\n');
		}
		out = arena_str(a, buf_str(&b));
		buf_done(&b);
	}
	free(l);
	return out;
}
