/* What a unit of systemd and its drop-ins say. Declared in resolve/systemd.h. */
#include <ctype.h>

#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/resolve/unit_file.h"

#define ALL_BYTES (16 * KIB) /* of what several assignments give together */

/* What an instance is called, as its unit writes it ("-" between folders, "\x2d" for a dash). */
static struct str unescaped(struct arena *a, struct str instance)
{
	char *out = arena_alloc(a, instance.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < instance.len; i++) {
		bool is_dash = str_starts(str_from(instance, i), "\\x2d");

		out[n++] = is_dash ? '-' : instance.ptr[i] == '-' ? '/' : instance.ptr[i];
		i += is_dash ? 3 : 0;
	}
	return (struct str){ out, n };
}

/* What %LETTER stands for in the unit NAME, STR_NONE for what is not known here. */
static struct str specifier(struct arena *a, const char *name, char letter)
{
	static const struct {
		char letter;
		const char *value;
	} fixed[] = { { '%', "%" }, { 't', "/run" }, { 'S', "/var/lib" }, { 'C', "/var/cache" },
		{ 'L', "/var/log" }, { 'E', "/etc" }, { 'h', "/root" }, { 'u', "root" },
		{ 'U', "0" }, { 'T', "/tmp" }, { 'V', "/var/tmp" } };
	struct str all = str_of(name), stem = all, prefix, instance = STR("");
	size_t dot = all.len;

	while (dot > 0 && all.ptr[dot - 1] != '.')
		dot--;
	if (dot > 0)
		stem = str_until(all, dot - 1);
	prefix = stem;
	(void)str_split(stem, '@', &prefix, &instance);
	switch (letter) {
	case 'n':
		return all;
	case 'N':
		return stem;
	case 'p':
		return prefix;
	case 'P':
		return unescaped(a, prefix);
	case 'i':
		return instance;
	case 'I':
		return unescaped(a, instance);
	default:
		for (size_t i = 0; i < COUNT(fixed); i++)
			if (fixed[i].letter == letter)
				return str_of(fixed[i].value);
		return STR_NONE;
	}
}

static struct str expanded(struct arena *a, const char *name, struct str value)
{
	struct str done;
	struct buf out;
	ptrdiff_t at;

	if (str_find_char(value, '%') < 0)
		return value;
	buf_init(&out, ALL_BYTES);
	while (!buf_is_full(&out) && (at = str_find_char(value, '%')) >= 0 &&
		(size_t)at + 1 < value.len) {
		struct str meant = specifier(a, name, value.ptr[at + 1]);

		buf_add(&out, str_until(value, (size_t)at));
		buf_add(&out, meant.ptr ? meant : (struct str){ value.ptr + at, 2 });
		value = str_from(value, (size_t)at + 2);
	}
	buf_add(&out, value);
	done = arena_str(a, buf_str(&out));
	buf_done(&out);
	return done;
}

/* What a unit gives one key: the last assignment, or all since the last reset, a line each. */
struct wanted {
	const char *unit, *section, *key;
	struct setting last;
	struct str all;
};

static void read_unit(struct host *h, struct str path, struct wanted *w)
{
	struct arena *a = host_arena(h);
	struct str file = path;
	struct str bytes = host_bytes(h, path, &file);
	struct str value;
	struct ini ini;
	struct ini_entry entry;

	ini_init(&ini, bytes, INI_JOIN, a);
	while (ini_next(&ini, &entry)) {
		if (!str_is(entry.section, w->section) || !str_is(entry.key, w->key) ||
			!entry.value.ptr)
			continue;
		if (entry.value.len == 0) {
			setting_unset(&w->last, a);
			w->all = STR("");
			continue;
		}
		value = expanded(a, w->unit, entry.value);
		setting_win(&w->last, a, value, file, entry.line);
		if (w->all.len < ALL_BYTES)
			w->all = arena_fmt(a, "%.*s%.*s\n", STR_FMT(w->all), STR_FMT(value));
	}
}

/* Drop-ins alone make no unit, and nothing runs of a masked one. */
static void read_all(struct host *h, const char *name, struct wanted *w)
{
	struct host_stat st;
	struct str file = unit_file(h, name, &st);
	const struct str *dropins;
	size_t count;

	if (file.len > 0 ? unit_file_is_masked(h, file, &st) : unit_needs_file(h, name))
		return;
	if (file.len > 0)
		read_unit(h, file, w);
	systemd_unit_dropins(h, name, &dropins, &count);
	for (size_t i = 0; i < count; i++)
		read_unit(h, dropins[i], w);
}

void systemd_unit_conf(
	struct host *h, const char *name, const char *section, const char *key, struct setting *ret)
{
	struct wanted w = { .unit = name, .section = section, .key = key, .all = STR("") };

	read_all(h, name, &w);
	*ret = w.last;
}

struct str systemd_unit_lines(
	struct host *h, const char *name, const char *section, const char *key)
{
	struct wanted w = { .unit = name, .section = section, .key = key, .all = STR("") };

	read_all(h, name, &w);
	return w.all;
}

/* The next word of "A=b "C=d e" 'F=g'" without its quotes. */
static bool next_quoted(struct str *rest, struct arena *a, struct str *ret)
{
	char *copy, quote = 0;
	size_t i = 0, n = 0;

	*rest = str_trim(*rest);
	if (rest->len == 0)
		return false;
	copy = arena_alloc(a, rest->len);
	for (; i < rest->len; i++) {
		char c = rest->ptr[i];

		if (!quote && (c == ' ' || c == '\t' || c == '\n'))
			break;
		if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? 0 : c;
		else
			copy[n++] = c;
	}
	*ret = (struct str){ copy, n };
	*rest = str_from(*rest, i);
	return true;
}

struct str systemd_unit_environment(struct host *h, const char *name)
{
	struct arena *a = host_arena(h);
	struct str words = systemd_unit_lines(h, name, "Service", "Environment");
	struct str files = systemd_unit_lines(h, name, "Service", "EnvironmentFile");
	struct str lines = STR(""), word;

	while (lines.len < ALL_BYTES && next_quoted(&words, a, &word))
		lines = arena_fmt(a, "%.*s%.*s\n", STR_FMT(lines), STR_FMT(word));
	while (lines.len < ALL_BYTES && str_next_line(&files, &word)) {
		if (str_starts(word, "-"))
			word = str_from(word, 1);
		if (str_starts(word, "/"))
			lines = arena_fmt(a, "%.*s%.*s\n", STR_FMT(lines),
				STR_FMT(host_bytes(h, arena_str(a, word), NULL)));
	}
	return lines;
}

/* The value LINES give NAME, the last one; "" when none does. */
static struct str value_in(struct str lines, struct str name)
{
	struct str line, key, value, found = STR("");

	while (str_next_line(&lines, &line))
		if (str_split(str_trim(line), '=', &key, &value) && str_eq(key, name))
			found = str_unquote(value);
	return found;
}

void systemd_unit_command(struct host *h, const char *name, struct setting *ret)
{
	struct arena *a = host_arena(h);
	struct str lines, text, done = STR("");
	ptrdiff_t at;

	systemd_unit_conf(h, name, "Service", "ExecStart", ret);
	if (!ret->value.ptr || str_find_char(ret->value, '$') < 0)
		return;
	lines = systemd_unit_environment(h, name);
	text = ret->value;
	while (done.len < ALL_BYTES && (at = str_find_char(text, '$')) >= 0) {
		bool is_braced = (size_t)at + 1 < text.len && text.ptr[at + 1] == '{';
		size_t from = (size_t)at + 1 + is_braced, end = from;

		while (end < text.len &&
			(isalnum((unsigned char)text.ptr[end]) || text.ptr[end] == '_'))
			end++;
		done = arena_fmt(a, "%.*s%.*s%.*s", STR_FMT(done), (int)at, text.ptr,
			STR_FMT(value_in(lines, (struct str){ text.ptr + from, end - from })));
		text = str_from(text, end + is_braced);
	}
	ret->value = arena_fmt(a, "%.*s%.*s", STR_FMT(done), STR_FMT(text));
}
