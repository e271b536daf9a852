/* What nobody asks for, taken out before the text is parsed. In block style the items of a list all
 * begin in one column, so do the keys of a map, and whatever belongs to them stands further right;
 * so the lines where they begin are found without parsing. */
#include "core/pack/pack_int.h"

#include <string.h>

static size_t indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.len && line.ptr[n] == ' ')
		n++;
	return n;
}

static bool is_item(struct str line, size_t indent)
{
	return line.len > indent + 1 && line.ptr[indent] == '-' && line.ptr[indent + 1] == ' ' &&
		indent_of(line) == indent;
}

static bool has_text(struct str line)
{
	size_t n = indent_of(line);

	return n < line.len && line.ptr[n] != '#' && line.ptr[n] != '\r';
}

#define OUT '\1' /* no YAML holds this byte */

/* Line breaks stay: places of faults stay right. */
static void blank(char *from, const char *to)
{
	for (; from < to; from++)
		if (*from != '\n')
			*from = OUT;
}

static size_t close_up(char *bytes, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (bytes[i] != OUT)
			bytes[n++] = bytes[i];
	return n;
}

/* The column of the list that is the value of the file's one key, or -1 for any other form. */
static ptrdiff_t list_indent(struct str text)
{
	struct str line;
	bool is_inside = false;

	while (str_next_line(&text, &line)) {
		if (!has_text(line))
			continue;
		if (is_inside)
			return is_item(line, indent_of(line)) ? (ptrdiff_t)indent_of(line) : -1;
		if (indent_of(line) > 0 || !str_ends(str_trim(line), ":"))
			return -1;
		is_inside = true;
	}
	return -1;
}

/* ---- inside an item ---- */

/* The key a line begins in COLUMN, "" when it goes on with what was before. */
static struct str key_at(struct str line, size_t column)
{
	struct str rest = str_from(line, column), key, value;
	bool is_first = is_item(line, column - 2);

	if ((indent_of(line) != column && !is_first) || !str_split(rest, ':', &key, &value))
		return STR("");
	return key;
}

static bool is_kept(struct str key, const char *const *keys)
{
	for (; *keys; keys++)
		if (str_is(key, *keys))
			return true;
	return false;
}

/* The list below a key that is kept: only the items with the word. */
static void thin_list(char *from, char *to, const char *word)
{
	struct str text = { from, (size_t)(to - from) }, rest = text, line;
	char *begin = NULL;
	size_t indent = 0, items = 0;
	bool is_end = !str_next_line(&rest, &line); /* the key's own line */

	while (!is_end) {
		char *at = to - rest.len;

		is_end = !str_next_line(&rest, &line);
		if (!is_end && items == 0 && has_text(line))
			indent = indent_of(line);
		if (!is_end && !is_item(line, indent))
			continue;
		if (items > 1 &&
			str_find((struct str){ begin, (size_t)(at - begin) }, str_of(word)) < 0)
			blank(begin, at);
		begin = at;
		items++;
	}
}

static void end_key(char *from, char *to, struct str key, const struct pack_wanted *wanted)
{
	if (!from || key.len == 0)
		return;
	if (is_kept(key, wanted->keys))
		thin_list(from, to, wanted->word);
	else
		blank(from, to);
}

/* An item in block style: of its keys only those that are wanted. */
static void thin_item(char *from, char *to, size_t indent, const struct pack_wanted *wanted)
{
	struct str rest = { from, (size_t)(to - from) }, line, key = STR("");
	size_t column = indent + 2;
	char *begin = NULL;

	if ((size_t)(to - from) <= column || from[column] == '{' || from[column] == ' ')
		return;
	while (rest.len > 0) {
		char *at = to - rest.len;
		struct str next;

		if (!str_next_line(&rest, &line))
			break;
		next = has_text(line) ? key_at(line, column) : STR("");
		if (next.len == 0)
			continue;
		end_key(begin, at, key, wanted);
		begin = at == from ? at + column : at;
		key = next;
	}
	end_key(begin, to, key, wanted);
}

static void blank_items(char *bytes, size_t len, const struct pack_wanted *wanted)
{
	struct str text = { bytes, len }, rest = text, line;
	ptrdiff_t indent = list_indent(text);
	size_t begin = 0, items = 0;
	bool is_end = indent < 0;

	while (!is_end) {
		size_t at = len - rest.len;

		is_end = !str_next_line(&rest, &line);
		if (!is_end && items > 0 && has_text(line) && indent_of(line) < (size_t)indent)
			return; /* a second key: not the form we know */
		if (!is_end && !is_item(line, (size_t)indent))
			continue;
		/* the first one stays: a list must not end up empty */
		if (items > 1 &&
			str_find((struct str){ bytes + begin, at - begin }, str_of(wanted->word)) <
				0)
			blank(bytes + begin, bytes + at);
		else if (items > 0)
			thin_item(bytes + begin, bytes + at, (size_t)indent, wanted);
		begin = at;
		items++;
	}
}

size_t pack_thin(char *bytes, size_t len, const struct pack_wanted *wanted)
{
	blank_items(bytes, len, wanted);
	return close_up(bytes, len);
}
