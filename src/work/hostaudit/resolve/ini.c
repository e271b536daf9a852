#include "work/hostaudit/resolve/ini.h"

#include <string.h>

#define JOINED_MAX (8 * KIB) /* of all joined lines of one file */

void ini_init(struct ini *ini, struct str bytes, unsigned flags, struct arena *a)
{
	if (str_starts(bytes, "\xEF\xBB\xBF"))
		bytes = str_from(bytes, 3);
	*ini = (struct ini){ .rest = bytes, .section = STR(""), .flags = flags, .arena = a };
}

static bool is_comment(struct str line)
{
	line = str_trim(line);
	return line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';';
}

/* An odd number of backslashes at the end: the last one is no escaped backslash. */
static bool is_continued(struct str line)
{
	size_t count = 0;

	while (count < line.len && line.ptr[line.len - 1 - count] == '\\')
		count++;
	return count % 2 == 1;
}

/* FIRST and the lines it goes on in. Comments between them are skipped, as systemd does. */
static struct str join_lines(struct ini *ini, struct str first)
{
	struct buf joined;
	struct str line = first;
	struct str out;

	buf_init(&joined, JOINED_MAX - ini->joined_bytes);
	for (;;) {
		bool goes_on = is_continued(line);

		buf_add(&joined, str_until(line, line.len - goes_on));
		if (!goes_on)
			break;
		buf_add_char(&joined, ' ');
		do {
			if (!str_next_line(&ini->rest, &line))
				goto done;
			ini->line++;
		} while (is_comment(line));
	}
done:
	ini->joined_bytes += buf_str(&joined).len;
	out = arena_str(ini->arena, buf_str(&joined));
	buf_done(&joined);
	return out;
}

static void split_entry(const struct ini *ini, struct str line, struct ini_entry *ret)
{
	size_t at = 0;

	while (at < line.len && line.ptr[at] != '=' &&
		!((ini->flags & INI_COLON) && line.ptr[at] == ':') &&
		!((ini->flags & INI_BLANK) && (line.ptr[at] == ' ' || line.ptr[at] == '\t')))
		at++;
	ret->key = str_trim(str_until(line, at));
	ret->value = STR_NONE;
	if (at == line.len)
		return;
	ret->value = str_trim(str_from(line, at + 1));
	/* "key  = value" where a blank divides too */
	if ((ini->flags & INI_BLANK) && line.ptr[at] != '=' && str_starts(ret->value, "="))
		ret->value = str_trim(str_from(ret->value, 1));
}

bool ini_next(struct ini *ini, struct ini_entry *ret)
{
	struct str line;

	while (str_next_line(&ini->rest, &line)) {
		int begin = ++ini->line;

		if (is_comment(line))
			continue;
		if ((ini->flags & INI_JOIN) && is_continued(line) && ini->joined_bytes < JOINED_MAX)
			line = join_lines(ini, line);
		line = str_trim(line);
		if (line.len > 0 && line.ptr[0] == '[') {
			ptrdiff_t end = str_find_char(line, ']');

			/* A header that does not close opens a section nobody asks for. */
			ini->section =
				end > 0 ? str_until(str_from(line, 1), (size_t)end - 1) : line;
			continue;
		}
		split_entry(ini, line, ret);
		if (ret->key.len == 0)
			continue;
		ret->section = ini->section;
		ret->line = begin;
		return true;
	}
	return false;
}

void ini_last(struct str bytes, struct str file, const char *section, const char *key,
	struct arena *a, struct setting *s)
{
	struct ini ini;
	struct ini_entry entry;

	ini_init(&ini, bytes, 0, a);
	while (ini_next(&ini, &entry))
		if (str_is(entry.section, section) && str_is(entry.key, key) && entry.value.ptr)
			setting_win(s, a, entry.value, file, entry.line);
}
