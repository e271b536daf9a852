#include "work/hostaudit/resolve/resolve.h"

static void add_lost(
	struct setting *s, struct arena *a, struct str value, struct str file, int line)
{
	const char *join = s->lost.len > 0 ? "; " : "";

	s->lost_count++;
	if (s->lost_count > SETTING_LOST_MAX)
		return;
	s->lost = arena_fmt(a, "%.*s:%d=%.*s%s%.*s", STR_FMT(file), line,
		STR_FMT(str_until(value, 200)), join, STR_FMT(s->lost));
}

void setting_win(struct setting *s, struct arena *a, struct str value, struct str file, int line)
{
	if (s->value.ptr)
		add_lost(s, a, s->value, s->file, s->line);
	s->value = value;
	s->file = file;
	s->line = line;
}

void setting_lose(struct setting *s, struct arena *a, struct str value, struct str file, int line)
{
	if (!s->value.ptr)
		setting_win(s, a, value, file, line);
	else
		add_lost(s, a, value, file, line);
}

void setting_unset(struct setting *s, struct arena *a)
{
	if (s->value.ptr)
		add_lost(s, a, s->value, s->file, s->line);
	s->value = STR_NONE;
	s->file = STR_NONE;
	s->line = 0;
}

struct str host_bytes(struct host *h, struct str path, struct str *ret_file)
{
	const struct host_file *file;

	if (host_read(h, arena_cstr(host_arena(h), path), &file) != 0)
		return STR("");
	if (ret_file)
		*ret_file = file->path;
	return file->bytes;
}

const char *gap_of(int rc)
{
	switch (rc) {
	case ERR_DENIED:
		return GAP_RIGHTS;
	case ERR_INPUT:
		return GAP_NOT_REGULAR;
	case ERR_LIMIT:
		return GAP_TOO_LARGE;
	default:
		return GAP_UNREADABLE;
	}
}

bool str_bool(struct str s, bool otherwise)
{
	if (str_is_nocase(s, "yes") || str_is_nocase(s, "true") || str_is_nocase(s, "on") ||
		str_is(s, "1"))
		return true;
	if (str_is_nocase(s, "no") || str_is_nocase(s, "false") || str_is_nocase(s, "off") ||
		str_is(s, "0"))
		return false;
	return otherwise;
}

struct str str_unquote(struct str s)
{
	if (s.len >= 2 && (s.ptr[0] == '"' || s.ptr[0] == '\'') && s.ptr[s.len - 1] == s.ptr[0])
		return (struct str){ s.ptr + 1, s.len - 2 };
	return s;
}

struct str path_base(struct str path)
{
	for (size_t i = path.len; i > 0; i--)
		if (path.ptr[i - 1] == '/')
			return str_from(path, i);
	return path;
}

bool str_glob(struct str pattern, struct str name)
{
	size_t p = 0, n = 0;
	size_t star = SIZE_MAX, star_name = 0;

	while (n < name.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			star_name = n;
		} else if (p < pattern.len &&
			(pattern.ptr[p] == '?' || pattern.ptr[p] == name.ptr[n])) {
			p++;
			n++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			n = ++star_name;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

bool word_among(struct str s, const char *const *words)
{
	while (*words != NULL && !str_is(s, *words))
		words++;
	return *words != NULL;
}
