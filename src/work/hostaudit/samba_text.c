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

/* A line with those it goes on in: a backslash at the end joins. */
static bool next_joined(struct samba_reader *r, struct str *ret)
{
	struct str line;

	if (!str_next_line(&r->rest, &line))
		return false;
	r->line++;
	if (!str_ends(line, "\\")) {
		*ret = line;
		return true;
	}
	struct buf joined;

	buf_init(&joined, LIMIT_HOST_LINE_BYTES);
	for (;;) {
		bool goes_on = str_ends(line, "\\");

		buf_add(&joined, goes_on ? str_until(line, line.len - 1) : line);
		if (!goes_on || !str_next_line(&r->rest, &line))
			break;
		r->line++;
	}
	*ret = arena_str(r->arena, buf_str(&joined));
	buf_done(&joined);
	return true;
}

static struct str without_quotes(struct str s)
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
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
			continue;
		*ret = (struct samba_line){ .name = STR(""), .value = STR(""), .line = first };
		if (line.ptr[0] == '[') {
			ptrdiff_t end = str_find_char(line, ']');

			if (end < 0)
				continue;
			r->section = str_trim((struct str){ line.ptr + 1, (size_t)end - 1 });
			ret->section = r->section;
			return true;
		}
		if (!str_split(line, '=', &name, &value))
			continue;
		ret->section = r->section;
		ret->name = normal(r, name);
		ret->value = without_quotes(str_trim(value));
		if (ret->name.len > 0)
			return true;
	}
}
