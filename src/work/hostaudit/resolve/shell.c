#include "work/hostaudit/resolve/shell.h"

#include <string.h>

#define SCRIPT_BYTES_MAX (1 * MIB) /* of resolved words of one script */
#define NEST_MAX 32                /* of $( ) and ${ } inside one word */

bool shell_is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_';
}

/* Quotes and backslashes of one word resolved; STR_NONE when it expands something. */
static struct str resolve_word(struct arena *a, struct str raw)
{
	char *out = arena_alloc(a, raw.len + 1);
	size_t len = 0;
	char quote = 0;

	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.ptr[i];

		if (quote == '\'') {
			if (c == '\'')
				quote = 0;
			else
				out[len++] = c;
		} else if (c == '$' || c == '`') {
			return STR_NONE;
		} else if (c == '\\' && i + 1 < raw.len) {
			char next = raw.ptr[++i];

			if (quote && !strchr("\\\"$`\n", next))
				out[len++] = c;
			if (next != '\n')
				out[len++] = next;
		} else if (c == quote && quote) {
			quote = 0;
		} else if (!quote && (c == '\'' || c == '"')) {
			quote = c;
		} else {
			out[len++] = c;
		}
	}
	return (struct str){ out, len };
}

/* Index past the word at S[I]: up to a blank or an operator outside quotes and expansions. *RET_OK
 * is false when a quote does not close. */
static size_t word_end(struct str s, size_t i, const char *stops, bool *ret_ok)
{
	char closers[NEST_MAX];
	int depth = 0;

	for (; i < s.len; i++) {
		char c = s.ptr[i];
		char in = depth > 0 ? closers[depth - 1] : 0;

		if (in == '\'') {
			depth -= c == '\'';
			continue;
		}
		if (c == '\\') {
			i++;
			continue;
		}
		if (in && c == in) {
			depth--;
			continue;
		}
		if (depth == 0 && c && strchr(stops, c))
			break;
		if (depth == NEST_MAX)
			break;
		if ((c == '\'' && in != '"') || (c == '"' && in != '"') || (c == '`' && in != '`'))
			closers[depth++] = c;
		else if (c == '$' && i + 1 < s.len && (s.ptr[i + 1] == '(' || s.ptr[i + 1] == '{'))
			closers[depth++] = s.ptr[++i] == '(' ? ')' : '}';
		else if (c == '(' && in == ')')
			closers[depth++] = ')';
	}
	*ret_ok = depth == 0;
	return i < s.len ? i : s.len;
}

static int count_lines(struct str s)
{
	int lines = 0;

	for (size_t i = 0; i < s.len; i++)
		lines += s.ptr[i] == '\n';
	return lines;
}

void shell_vars_init(struct shell_vars *v, struct str bytes, struct arena *a)
{
	*v = (struct shell_vars){ .rest = bytes, .arena = a };
}

bool shell_vars_next(struct shell_vars *v, struct shell_var *ret)
{
	struct str line;

	while (str_next_line(&v->rest, &line)) {
		size_t n = 0;
		bool is_closed;
		struct str raw;

		v->line++;
		line = str_trim(line);
		if (str_starts(line, "export ") || str_starts(line, "export\t"))
			line = str_trim(str_from(line, 7));
		while (n < line.len && shell_is_name_char(line.ptr[n]))
			n++;
		if (n == 0 || n >= line.len || line.ptr[n] != '=')
			continue;
		raw = str_from(line, n + 1);
		raw = str_until(raw, word_end(raw, 0, " \t;#", &is_closed));
		ret->name = str_until(line, n);
		v->used_bytes += raw.len + 32;
		ret->value = is_closed && v->used_bytes <= SCRIPT_BYTES_MAX ?
			resolve_word(v->arena, raw) :
			STR_NONE;
		ret->line = v->line;
		return true;
	}
	return false;
}

void shell_var_last(
	struct str bytes, struct str file, const char *name, struct arena *a, struct setting *ret)
{
	struct shell_vars v;
	struct shell_var var;

	*ret = (struct setting){ 0 };
	shell_vars_init(&v, bytes, a);
	while (shell_vars_next(&v, &var))
		if (str_is(var.name, name) && var.value.ptr)
			setting_win(ret, a, var.value, file, var.line);
}

void shell_script_init(struct shell_script *s, struct str bytes, struct arena *a)
{
	*s = (struct shell_script){ .rest = bytes, .arena = a, .line = 1 };
}

static void skip(struct shell_script *s, size_t n)
{
	s->line += count_lines(str_until(s->rest, n));
	s->rest = str_from(s->rest, n);
}

/* Blanks, escaped line ends, comments; stops before a line end. */
static void skip_blanks(struct shell_script *s)
{
	for (;;) {
		if (s->rest.len == 0)
			return;
		if (s->rest.ptr[0] == ' ' || s->rest.ptr[0] == '\t' || s->rest.ptr[0] == '\r') {
			skip(s, 1);
		} else if (str_starts(s->rest, "\\\n")) {
			skip(s, 2);
		} else if (s->rest.ptr[0] == '#') {
			ptrdiff_t end = str_find_char(s->rest, '\n');

			skip(s, end < 0 ? s->rest.len : (size_t)end);
		} else {
			return;
		}
	}
}

/* A reserved word that stands alone: what follows it is a command of its own. */
static bool is_reserved(struct str word)
{
	static const char *const words[] = { "if", "then", "else", "elif", "fi", "while", "until",
		"do", "done", "esac", "{", "}", "!", "time" };

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

static bool is_closing(struct str word)
{
	return str_is(word, "fi") || str_is(word, "done") || str_is(word, "esac") ||
		str_is(word, "}") || str_is(word, ")");
}

/* The operator that ends a command, taken off; SHELL_END_LINE for all that only separates. */
static void take_end(struct shell_script *s, struct shell_command *ret)
{
	size_t n = 1;

	ret->end = SHELL_END_LINE;
	if (str_starts(s->rest, "&&")) {
		ret->end = SHELL_END_AND;
		n = 2;
	} else if (str_starts(s->rest, "||")) {
		ret->end = SHELL_END_OR;
		n = 2;
	} else if (str_starts(s->rest, "|")) {
		ret->end = SHELL_END_PIPE;
	} else if (str_starts(s->rest, "&")) {
		ret->end = SHELL_END_BACKGROUND;
	} else if (str_starts(s->rest, "(") || str_starts(s->rest, ")")) {
		n = 0;
	}
	skip(s, n);
	if (ret->end == SHELL_END_LINE || ret->end == SHELL_END_BACKGROUND)
		return;
	/* the command goes on past line ends */
	for (skip_blanks(s); str_starts(s->rest, "\n"); skip_blanks(s))
		skip(s, 1);
}

/* ">file", "&>file", "2>&1", "<<EOF": not words of the command. Here documents are skipped
 * whole. */
static bool take_redirection(struct shell_script *s)
{
	size_t n = 0;
	bool is_here, is_indented, is_closed;
	struct str end_word, line;

	if (str_starts(s->rest, "&>"))
		n = 1;

	while (n < s->rest.len && s->rest.ptr[n] >= '0' && s->rest.ptr[n] <= '9')
		n++;
	if (n >= s->rest.len || !strchr("<>", s->rest.ptr[n]) || !s->rest.ptr[n])
		return false;
	is_here =
		str_starts(str_from(s->rest, n), "<<") && !str_starts(str_from(s->rest, n), "<<<");
	is_indented = str_starts(str_from(s->rest, n), "<<-");
	while (n < s->rest.len && s->rest.ptr[n] && strchr("<>&-", s->rest.ptr[n]))
		n++;
	skip(s, n);
	skip_blanks(s);
	n = word_end(s->rest, 0, " \t\r\n;&|()<>", &is_closed);
	end_word = str_until(s->rest, n);
	skip(s, n);
	if (!is_here)
		return true;
	end_word = resolve_word(s->arena, end_word);
	if (!str_next_line(&s->rest, &line)) /* the rest of the line that opens it */
		return true;
	s->line++;
	while (str_next_line(&s->rest, &line)) {
		s->line++;
		while (is_indented && str_starts(line, "\t"))
			line = str_from(line, 1);
		if (str_eq(line, end_word))
			break;
	}
	/* the line end after the body ends the command */
	if (s->rest.ptr[-1] == '\n') {
		s->rest = (struct str){ s->rest.ptr - 1, s->rest.len + 1 };
		s->line--;
	}
	return true;
}

/* A word without the escaped line ends in it: the shell drops them before it looks at the word. */
static struct str unfolded(struct arena *a, struct str raw)
{
	size_t len = 0;
	char *out;

	if (str_find(raw, STR("\\\n")) < 0 || str_has(raw, '\''))
		return raw;
	out = arena_alloc(a, raw.len);
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.ptr[i] == '\\' && i + 1 < raw.len) {
			if (raw.ptr[++i] == '\n')
				continue;
			out[len++] = '\\';
		}
		out[len++] = raw.ptr[i];
	}
	return (struct str){ out, len };
}

static bool take_word(struct shell_script *s, struct shell_command *ret)
{
	bool is_closed;
	size_t n = word_end(s->rest, 0, " \t\r\n;&|()<>", &is_closed);
	struct shell_word word = { .raw = str_until(s->rest, n) };

	s->used_bytes += n + 32; /* with what the arena rounds up */
	if (!is_closed || s->used_bytes > SCRIPT_BYTES_MAX) {
		s->is_broken = true;
		s->rest = STR("");
		return false;
	}
	if (n > 0) {
		word.raw = unfolded(s->arena, word.raw);
		word.text = resolve_word(s->arena, word.raw);
		if (ret->count < SHELL_WORDS_MAX)
			ret->words[ret->count++] = word;
	}
	skip(s, n);
	return true;
}

/* What hangs on a block: "} 2>&1 | cat", "fi && x". */
static void take_end_of_block(struct shell_script *s, struct shell_command *ret)
{
	if (!is_closing(ret->words[0].raw))
		return;
	do
		skip_blanks(s);
	while (take_redirection(s));
	if (str_starts(s->rest, "|") || str_starts(s->rest, "&"))
		take_end(s, ret);
}

bool shell_script_next(struct shell_script *s, struct shell_command *ret)
{
	*ret = (struct shell_command){ 0 };
	while (s->rest.len > 0) {
		skip_blanks(s);
		if (s->rest.len == 0)
			break;
		if (ret->count == 0)
			ret->line = s->line;
		if (take_redirection(s))
			continue;
		if (strchr("\n;&|()", s->rest.ptr[0]) && s->rest.ptr[0]) {
			char c = s->rest.ptr[0];

			if (ret->count == 0 && (c == '(' || c == ')')) {
				ret->words[ret->count++] =
					(struct shell_word){ str_until(s->rest, 1),
						str_until(s->rest, 1) };
				skip(s, 1);
				take_end_of_block(s, ret);
				return true;
			}
			take_end(s, ret);
			if (ret->count > 0)
				return true;
			continue;
		}
		if (!take_word(s, ret))
			return false;
		if (ret->count == 1 && is_reserved(ret->words[0].raw)) {
			take_end_of_block(s, ret);
			return true;
		}
	}
	return ret->count > 0;
}
