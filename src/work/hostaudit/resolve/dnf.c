#include "work/hostaudit/resolve/dnf.h"

static bool is_blank(struct str line)
{
	return str_trim(line).len == 0;
}

/* What goes on in the next line is a list, also after a line of spaces alone; the bytes between
 * stay as they are, so that "yes" with a second line is no yes. */
static struct str with_next_lines(struct str *rest, struct str value, int *line_number)
{
	struct str after = *rest, line;

	while (str_next_line(&after, &line) && line.len > 0 &&
		(line.ptr[0] == ' ' || line.ptr[0] == '\t')) {
		value.len = (size_t)(line.ptr + line.len - value.ptr);
		*rest = after;
		++*line_number;
	}
	return value;
}

int dnf_last(struct str text, struct str file, const char *section, const char *key,
	struct arena *a, struct setting *s)
{
	bool is_here = false, has_section = false;
	struct str line, name, value;

	if (str_starts(text, "\xEF\xBB\xBF"))
		text = str_from(text, 3);
	for (int n = 1; str_next_line(&text, &line); n++) {
		int begin = n;

		if (is_blank(line) || line.ptr[0] == '#' || line.ptr[0] == ';')
			continue;
		if (line.ptr[0] == '[') {
			ptrdiff_t end = str_find_char(line, ']');

			if (end < 2)
				return n;
			has_section = true;
			is_here = str_is(str_until(str_from(line, 1), (size_t)end - 1), section);
			continue;
		}
		if (!has_section || line.ptr[0] == ' ' || line.ptr[0] == '\t' ||
			line.ptr[0] == '=' || !str_split(line, '=', &name, &value))
			return n;
		value = with_next_lines(&text, value, &n);
		if (is_here && str_is(str_trim(name), key))
			setting_win(s, a, str_unquote(str_trim(value)), file, begin);
	}
	return 0;
}

struct dnf_order dnf_order_of(struct str command)
{
	struct dnf_order order = { .conf = STR(""), .installs = -1 };
	bool is_program = true;
	struct str word;

	while (str_next_word(&command, " \t", &word)) {
		word = str_unquote(word);
		if (str_is(word, "--installupdates"))
			order.installs = 1;
		else if (str_is(word, "--no-installupdates"))
			order.installs = 0;
		else if (!str_starts(word, "-") && !is_program)
			order.conf = word;
		is_program = false;
	}
	return order;
}
