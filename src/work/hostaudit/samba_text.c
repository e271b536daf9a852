#include "work/hostaudit/samba.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

void samba_reader_init(struct samba_reader *r, struct str bytes, struct arena *a)
{
	*r = (struct samba_reader){ .rest = bytes, .section = STR(""), .arena = a };
}

/* Lower case, no blanks. */
static struct str normal(struct samba_reader *r, struct str name)
{
	size_t n = 0;

	for (size_t i = 0; i < name.len && n < sizeof(r->name); i++) {
		char c = name.ptr[i];

		if (!is_blank(c))
			r->name[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	return (struct str){ r->name, n };
}

/* Without blanks at its end. */
static struct str cut_end(struct str s)
{
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

static struct str cut_both(struct str s)
{
	s = cut_end(s);
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = str_from(s, 1);
	return s;
}

/* Is LINE the last, without a line end? A carriage return was cut off. */
static bool ends_at(struct str line, const char *end)
{
	return line.ptr + line.len == end ||
		(line.ptr + line.len + 1 == end && line.ptr[line.len] == '\r');
}

/* A line with those it goes on in: a backslash before its end joins, with blanks behind it too.
 * A comment goes on in none. */
static bool next_joined(struct samba_reader *r, struct str *ret)
{
	const char *end = r->rest.ptr + r->rest.len;
	struct str line, head;

	if (!str_next_line(&r->rest, &line))
		return false;
	r->line++;
	head = cut_both(line);
	if (ends_at(line, end) || !str_ends(head, "\\") || head.ptr[0] == '#' ||
		head.ptr[0] == ';') {
		*ret = line;
		return true;
	}
	struct buf joined;

	buf_init(&joined, LIMIT_HOST_LINE_BYTES);
	for (;;) {
		struct str part = cut_end(line);
		bool goes_on = !ends_at(line, end) && str_ends(part, "\\");

		buf_add(&joined, goes_on ? str_until(part, part.len - 1) : line);
		if (!goes_on || !str_next_line(&r->rest, &line))
			break;
		r->line++;
	}
	*ret = arena_str(r->arena, buf_str(&joined));
	buf_done(&joined);
	return true;
}

/* Of blanks in a row the first stays. */
static struct str fold_blanks(struct samba_reader *r, struct str s)
{
	char *out = arena_alloc(r->arena, s.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++)
		if (i == 0 || !is_blank(s.ptr[i]) || !is_blank(s.ptr[i - 1]))
			out[len++] = s.ptr[i];
	return (struct str){ out, len };
}

struct str samba_unquoted(struct str s)
{
	if (s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"' &&
		str_find_char((struct str){ s.ptr + 1, s.len - 2 }, '"') < 0)
		return (struct str){ s.ptr + 1, s.len - 2 };
	return s;
}

bool samba_next(struct samba_reader *r, struct samba_line *ret)
{
	struct str line, name, value;
	int first;

	for (;;) {
		first = r->line + 1;
		if (!next_joined(r, &line))
			return false;
		line = cut_both(line);
		if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
			continue;
		*ret = (struct samba_line){
			.name = STR(""), .raw = STR(""), .value = STR(""), .line = first
		};
		if (line.ptr[0] == '[') {
			ptrdiff_t end = str_find_char(line, ']');

			if (end < 0)
				continue;
			r->section = fold_blanks(r, (struct str){ line.ptr + 1, (size_t)end - 1 });
			ret->section = r->section;
			return true;
		}
		if (!str_split(line, '=', &name, &value))
			continue;
		ret->section = r->section;
		ret->name = normal(r, name);
		ret->raw = fold_blanks(r, cut_both(value));
		ret->value = samba_unquoted(ret->raw);
		if (ret->name.len > 0)
			return true;
	}
}
