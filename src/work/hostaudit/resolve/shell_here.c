/* shell_here.c - here-documents: lines that a script hands to a command. A shell at the other end
 * runs them; for any other they are text, not commands. */
#include "work/hostaudit/resolve/shell_text.h"

#include "work/hostaudit/resolve/resolve.h"

/* Where "<<" stands outside of quotes and is neither "<<<" nor arithmetic; -1 for nowhere. */
static ptrdiff_t here_at(struct str line)
{
	char quote = 0;

	for (size_t i = 0; i + 1 < line.len; i++) {
		char c = line.ptr[i];

		if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == '#' && (i == 0 || line.ptr[i - 1] == ' ')) {
			return -1;
		} else if (str_starts(str_from(line, i), "((")) {
			return -1;
		} else if (str_starts(str_from(line, i), "<<")) {
			return str_starts(str_from(line, i), "<<<") ? -1 : (ptrdiff_t)i;
		}
	}
	return -1;
}

/* Programs that run the lines they are given. */
static bool is_run(struct str line)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ksh", "zsh", "ssh", "su",
		"sudo", "runuser", "docker", "podman", "chroot", "at", "batch", "eval", "source",
		NULL };
	struct str word;

	while (str_next_word(&line, " \t;|&()<>", &word))
		if (word_among(path_base(word), shells))
			return true;
	return false;
}

/* "EOT", "'EOT'" or "-EOT" behind the sign; "" when it is none that can be told. */
static struct str delimiter_of(struct str rest, bool *ret_tabs, size_t *ret_len)
{
	size_t from = str_starts(rest, "-"), end;
	struct str word;

	*ret_tabs = from > 0;
	while (from < rest.len && rest.ptr[from] == ' ')
		from++;
	end = from;
	while (end < rest.len && !str_has(STR(" \t;|&()<>"), rest.ptr[end]))
		end++;
	*ret_len = end;
	word = str_unquote(str_until(str_from(rest, from), end - from));
	return str_starts(word, "\\") ? str_from(word, 1) : word;
}

/* What is left of REST behind the line that ends the text; STR_NONE when no line does. */
static struct str behind(struct str rest, struct str delimiter, bool has_tabs)
{
	struct str line;

	while (str_next_line(&rest, &line)) {
		while (has_tabs && str_starts(line, "\t"))
			line = str_from(line, 1);
		if (str_eq(line, delimiter))
			return rest;
	}
	return STR_NONE;
}

struct str shell_text_without_here(struct str script, struct arena *a)
{
	struct str rest = script, line, out;
	struct buf b;

	if (str_find(script, STR("<<")) < 0)
		return script;
	buf_init(&b, script.len + 1);
	while (str_next_line(&rest, &line)) {
		ptrdiff_t at = here_at(line);
		struct str delimiter = STR(""), after = STR_NONE;
		bool has_tabs = false;
		size_t len = 0;

		if (at >= 0 && !is_run(line))
			delimiter = delimiter_of(str_from(line, (size_t)at + 2), &has_tabs, &len);
		if (delimiter.len > 0)
			after = behind(rest, delimiter, has_tabs);
		if (after.ptr) {
			buf_add(&b, str_until(line, (size_t)at));
			buf_add(&b, str_from(line, (size_t)at + 2 + len));
			rest = after;
		} else {
			buf_add(&b, line);
		}
		buf_add_char(&b, '\n');
	}
	out = arena_str(a, buf_str(&b));
	buf_done(&b);
	return out;
}
