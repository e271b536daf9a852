/* boot.c - what a boot loader tells the kernel: grub.cfg, BLS entries with the variables of
 * grubenv, /etc/default/grub. */
#include "work/hostaudit/resolve/boot.h"

#include "work/hostaudit/resolve/deb.h"
#include "work/hostaudit/resolve/resolve.h"

static bool is_same(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if ((a.ptr[i] == '-' ? '_' : a.ptr[i]) != (b.ptr[i] == '-' ? '_' : b.ptr[i]))
			return false;
	return true;
}

bool boot_says(const struct boot_line *b, const char *word)
{
	struct str rest = b->words, part;

	while (str_next_word(&rest, " \t\n", &part))
		if (str_is(part, word))
			return true;
	return false;
}

struct str boot_value(const struct boot_line *b, const char *name)
{
	struct str rest = b->words, part, key, value, found = STR_NONE;

	while (str_next_word(&rest, " \t\n", &part))
		if (str_split(part, '=', &key, &value) && is_same(key, str_of(name)))
			found = value;
	return found;
}

/* ---- GRUB's menu ---- */

static bool is_linux(struct str word)
{
	return str_is(word, "linux") || str_is(word, "linux16") || str_is(word, "linuxefi");
}

struct menu {
	struct str text, file;
	bool has_entries; /* it calls blscfg: the entries are files of their own */
};

/* The first "linux" line of a menu is that of its first entry. */
static bool from_menu(struct menu *m, struct boot_line *ret)
{
	struct str rest = m->text, line, word;
	bool is_found = false;

	for (int64_t n = 1; str_next_line(&rest, &line); n++) {
		struct str words = line;

		if (!str_next_word(&words, " \t", &word))
			continue;
		m->has_entries |= str_is(word, "blscfg");
		if (!is_found && is_linux(word)) {
			*ret = (struct boot_line){ words, m->file, n };
			is_found = true;
		}
	}
	return is_found && !m->has_entries;
}

/* ---- entries of the Boot Loader Specification ---- */

static const char *const environments[] = { "/boot/grub2/grubenv", "/boot/grub/grubenv" };

/* NAME of grubenv, else what the menu sets it to: set kernelopts="…". */
static struct str variable(struct host *h, const struct menu *m, struct str name)
{
	struct str rest, line, key, value, word;

	for (size_t i = 0; i < COUNT(environments); i++) {
		rest = host_bytes(h, str_of(environments[i]), NULL);
		while (str_next_line(&rest, &line))
			if (str_split(line, '=', &key, &value) && str_eq(key, name))
				return value;
	}
	rest = m->text;
	while (str_next_line(&rest, &line))
		if (str_next_word(&line, " \t", &word) && str_is(word, "set") &&
			str_split(line, '=', &key, &value) && str_eq(str_trim(key), name))
			return str_unquote(str_trim(value));
	return STR("");
}

/* "$kernelopts" and "${kernelopts}" as whole words, the way the entries have them. */
static void add_words(struct host *h, const struct menu *m, struct str words, struct buf *out)
{
	struct str word;

	while (str_next_word(&words, " \t", &word)) {
		if (str_starts(word, "${") && str_ends(word, "}"))
			word = variable(h, m, str_until(str_from(word, 2), word.len - 3));
		else if (str_starts(word, "$"))
			word = variable(h, m, str_from(word, 1));
		buf_add(out, word);
		buf_add_char(out, ' ');
	}
}

struct entry {
	struct str path, name, version;
	bool is_rescue;
};

static struct entry entry_of(struct host *h, struct str path)
{
	struct entry e = { .path = path, .name = path_base(path) };
	struct str rest = host_bytes(h, path, NULL), line, word;

	e.name = str_until(e.name, e.name.len - strlen(".conf"));
	e.is_rescue = str_find(e.name, STR("-0-rescue")) >= 0;
	while (str_next_line(&rest, &line))
		if (str_next_word(&line, " \t", &word) && str_is(word, "version"))
			e.version = str_trim(line);
	return e;
}

/* The entry that was chosen for good, else the newest that is not for rescue. */
static bool usual_entry(
	struct host *h, const struct menu *m, const char *pattern, struct entry *ret)
{
	struct str saved = variable(h, m, STR("saved_entry"));
	const struct str *paths;
	size_t count;
	bool is_found = false;

	if (host_glob(h, pattern, &paths, &count) != 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct entry e = entry_of(h, paths[i]);

		if (str_eq(e.name, saved)) {
			*ret = e;
			return true;
		}
		if (is_found &&
			(e.is_rescue ||
				(!ret->is_rescue && deb_version_cmp(e.version, ret->version) <= 0)))
			continue;
		*ret = e;
		is_found = true;
	}
	return is_found;
}

static bool from_entries(struct host *h, const struct menu *m, struct boot_line *ret)
{
	static const char *const patterns[] = { "/boot/loader/entries/*.conf",
		"/boot/efi/loader/entries/*.conf", "/efi/loader/entries/*.conf" };
	struct entry usual;
	struct str rest, line, word;
	struct buf words;

	for (size_t i = 0; i < COUNT(patterns); i++) {
		if (!usual_entry(h, m, patterns[i], &usual))
			continue;
		*ret = (struct boot_line){ .file = usual.path };
		buf_init(&words, LIMIT_HOST_LINE_BYTES);
		rest = host_bytes(h, usual.path, &ret->file);
		for (int64_t n = 1; str_next_line(&rest, &line); n++) {
			if (!str_next_word(&line, " \t", &word) || !str_is(word, "options"))
				continue;
			add_words(h, m, line, &words);
			ret->line = n;
		}
		ret->words = arena_str(host_arena(h), buf_str(&words));
		buf_done(&words);
		return true;
	}
	return false;
}

/* ---- without a menu ---- */

/* update-grub reads these as a shell would; a value may take up the one before. */
static void add_defaults(
	struct host *h, struct str path, struct setting *all, struct setting *usual)
{
	struct str file = path, rest = host_bytes(h, path, &file), line, key, value;

	for (int n = 1; str_next_line(&rest, &line); n++) {
		struct setting *s;
		struct buf words;
		struct str word;

		if (!str_split(str_trim(line), '=', &key, &value))
			continue;
		if (str_is(key, "GRUB_CMDLINE_LINUX"))
			s = all;
		else if (str_is(key, "GRUB_CMDLINE_LINUX_DEFAULT"))
			s = usual;
		else
			continue;
		buf_init(&words, LIMIT_HOST_LINE_BYTES);
		value = str_unquote(value);
		while (str_next_word(&value, " \t", &word)) {
			if (str_starts(word, "$GRUB_CMDLINE_LINUX") ||
				str_starts(word, "${GRUB_CMDLINE_LINUX"))
				word = s->value;
			buf_add(&words, word);
			buf_add_char(&words, ' ');
		}
		setting_win(s, host_arena(h), arena_str(host_arena(h), buf_str(&words)), file, n);
		buf_done(&words);
	}
}

static struct boot_line from_defaults(struct host *h)
{
	struct setting all = { 0 }, usual = { 0 };
	const struct setting *where;
	const struct str *paths;
	size_t count;

	add_defaults(h, STR("/etc/default/grub"), &all, &usual);
	if (host_glob(h, "/etc/default/grub.d/*.cfg", &paths, &count) == 0)
		for (size_t i = 0; i < count; i++)
			add_defaults(h, paths[i], &all, &usual);
	where = all.value.len > 0 ? &all : &usual;
	return (struct boot_line){ arena_fmt(host_arena(h), "%.*s %.*s", STR_FMT(all.value),
					   STR_FMT(usual.value)),
		where->file, where->line };
}

struct boot_line boot_line(struct host *h)
{
	static const char *const menus[] = { "/boot/grub/grub.cfg", "/boot/grub2/grub.cfg" };
	struct boot_line b = { .file = STR("/proc/cmdline") }, entry;
	struct menu m = { 0 };

	if (host_has_proc(h) &&
		host_read_proc(h, "/proc/cmdline", 8 * KIB, host_arena(h), &b.words) == 0)
		return b;
	for (size_t i = 0; i < COUNT(menus) && m.text.len == 0; i++) {
		m.file = str_of(menus[i]);
		m.text = host_bytes(h, m.file, &m.file);
	}
	if (from_menu(&m, &b))
		return b;
	if (from_entries(h, &m, &entry))
		return entry;
	return b.line > 0 ? b : from_defaults(h);
}
