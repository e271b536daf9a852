#include "work/hostaudit/resolve/shell_text.h"

#include "work/hostaudit/resolve/resolve.h"

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_';
}

struct str shell_text_value(const struct shell_text *sh, struct str name)
{
	for (size_t i = sh->variable_count; i-- > 0;)
		if (str_eq(sh->variables[i].name, name))
			return sh->variables[i].value;
	return STR_NONE;
}

void shell_text_set(struct shell_text *sh, struct str name, struct str value)
{
	if (sh->variable_count < TEXT_VARIABLES_MAX)
		sh->variables[sh->variable_count++] = (struct text_variable){ name, value };
}

/* "$NAME" or "${NAME}" at the start of S: its length and value, or 0. */
static size_t variable_at(const struct shell_text *sh, struct str s, struct str *ret)
{
	bool is_braced = s.len > 1 && s.ptr[1] == '{';
	size_t from = is_braced ? 2 : 1, n = from;

	while (n < s.len && is_name_char(s.ptr[n]))
		n++;
	if (n == from || (is_braced && (n == s.len || s.ptr[n] != '}')))
		return 0;
	*ret = shell_text_value(sh, (struct str){ s.ptr + from, n - from });
	return ret->ptr ? n + is_braced : 0;
}

/* ---- reading words ---- */

struct word {
	struct buf text;
	bool is_there, is_cut;
};

/* After something unknown the rest of the word is skipped: it stands at an unknown place. */
static size_t take_dollar(struct shell_text *sh, struct word *w)
{
	struct str value;
	size_t n = variable_at(sh, sh->rest, &value);

	if (n == 0) {
		w->is_cut = true;
		return 1;
	}
	if (!w->is_cut)
		buf_add(&w->text, value);
	return n;
}

static size_t command_substitution(struct str s)
{
	size_t depth = 0;

	for (size_t i = 1; i < s.len && s.ptr[i] != '\n'; i++) {
		if (s.ptr[i] == '(')
			depth++;
		else if (s.ptr[i] == ')' && --depth == 0)
			return i + 1;
	}
	return s.len < 2 ? s.len : 2;
}

static size_t backticks(struct str s)
{
	for (size_t i = 1; i < s.len && s.ptr[i] != '\n'; i++)
		if (s.ptr[i] == '`')
			return i + 1;
	return 1;
}

/* One piece of a word; how many bytes it took. */
static size_t take_piece(struct shell_text *sh, struct word *w, char *quote)
{
	struct str s = sh->rest;
	char c = s.ptr[0];

	w->is_there = true;
	if (*quote == c && c != '\0') {
		*quote = '\0';
		return 1;
	}
	if (*quote == '\0' && (c == '"' || c == '\'')) {
		*quote = c;
		return 1;
	}
	if (*quote != '\'' && c == '$' && s.len > 1 && s.ptr[1] == '(') {
		w->is_cut = true;
		return command_substitution(s);
	}
	if (*quote != '\'' && c == '$')
		return take_dollar(sh, w);
	if (*quote != '\'' && c == '`') {
		w->is_cut = true;
		return backticks(s);
	}
	if (*quote != '\'' && c == '\\' && s.len > 1) {
		if (!w->is_cut && s.ptr[1] != '\n')
			buf_add_char(&w->text, s.ptr[1]);
		return 2;
	}
	if (!w->is_cut)
		buf_add_char(&w->text, c);
	return 1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool ends_word(char c)
{
	return is_blank(c) || c == '\n' || c == ';' || c == '|' || c == '&' || c == '>' ||
		c == '<' || c == '(' || c == ')';
}

/* The next word of this command; false at its end. */
static bool take_word(struct shell_text *sh, struct str *ret, bool *ret_cut)
{
	struct word w = { 0 };
	char quote = '\0';

	while (sh->rest.len > 0 && is_blank(sh->rest.ptr[0]))
		sh->rest = str_from(sh->rest, 1);
	buf_init(&w.text, 4 * KIB);
	while (sh->rest.len > 0 && (quote != '\0' || !ends_word(sh->rest.ptr[0])))
		sh->rest = str_from(sh->rest, take_piece(sh, &w, &quote));
	*ret = arena_str(sh->a, buf_str(&w.text));
	*ret_cut = w.is_cut;
	buf_done(&w.text);
	return w.is_there;
}

/* "> file", ">> file", "2> file", "2>&1": where standard output goes is kept. */
static void take_redirection(struct shell_text *sh, struct text_command *c)
{
	bool is_output = sh->rest.ptr[0] == '>', is_cut;
	bool is_error = is_output && c->count > 0 && str_is(c->word[c->count - 1], "2");
	struct str target;

	while (sh->rest.len > 0 && (sh->rest.ptr[0] == '>' || sh->rest.ptr[0] == '<'))
		sh->rest = str_from(sh->rest, 1);
	if (is_error)
		c->count--;
	if (sh->rest.len > 0 && sh->rest.ptr[0] == '&') {
		sh->rest = str_from(sh->rest, 1);
		is_output = false;
	}
	if (take_word(sh, &target, &is_cut) && is_output && !is_error) {
		c->output = target;
		c->is_output_cut = is_cut;
	}
}

/* A comment to the end of the line. */
static void skip_comment(struct shell_text *sh)
{
	while (sh->rest.len > 0 && sh->rest.ptr[0] != '\n')
		sh->rest = str_from(sh->rest, 1);
}

/* The next command; false at the end of the text. */
bool shell_text_next(struct shell_text *sh, struct text_command *c)
{
	*c = (struct text_command){ .output = STR("") };
	sh->is_piped = false;
	while (sh->rest.len > 0) {
		char ch = sh->rest.ptr[0];

		if (is_blank(ch)) {
			sh->rest = str_from(sh->rest, 1);
		} else if (ch == '#') {
			skip_comment(sh);
		} else if (ch == '>' || ch == '<') {
			take_redirection(sh, c);
		} else if (ends_word(ch)) {
			bool is_pipe = ch == '|' && !(sh->rest.len > 1 && sh->rest.ptr[1] == '|');

			sh->rest = str_from(sh->rest, ch == '|' && !is_pipe ? 2 : 1);
			if (c->count > 0) {
				sh->is_piped = is_pipe;
				return true;
			}
		} else if (c->count < TEXT_WORDS_MAX) {
			if (take_word(sh, &c->word[c->count], &c->is_cut[c->count]))
				c->count++;
		} else {
			bool is_cut;
			struct str ignored;

			(void)take_word(sh, &ignored, &is_cut);
		}
	}
	return c->count > 0;
}

/* Take assignments off the front: "A=b C=d command". */
size_t shell_text_assignments(struct shell_text *sh, struct text_command *c)
{
	size_t i = 0;

	for (; i < c->count; i++) {
		struct str name, value;

		if (str_is(c->word[i], "export") || str_is(c->word[i], "local") ||
			str_is(c->word[i], "readonly"))
			continue;
		if (!str_split(c->word[i], '=', &name, &value) || name.len == 0 ||
			!is_name_char(name.ptr[0]))
			break;
		for (size_t n = 0; n < name.len; n++)
			if (!is_name_char(name.ptr[n]))
				return i;
		if (!c->is_cut[i])
			shell_text_set(sh, name, value);
	}
	return i;
}
