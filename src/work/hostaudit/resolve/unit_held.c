/* What keeps a unit of systemd from starting: conditions, and a program that does nothing.
 * Declared in resolve/systemd.h. */
#include <string.h>
#include <sys/stat.h>

#include "work/hostaudit/resolve/systemd.h"

enum asks { EXISTS, MATCHES, IS_FOLDER, FILE_HAS, FOLDER_HAS };

static bool holds(struct host *h, enum asks asks, struct str path)
{
	const char *name = arena_cstr(host_arena(h), path);
	const struct str *names;
	struct host_stat st;
	size_t count = 0;

	switch (asks) {
	case EXISTS:
		return host_exists(h, name);
	case MATCHES:
		return host_glob(h, name, &names, &count) == 0 && count > 0;
	case IS_FOLDER:
		return host_stat(h, name, &st) == 0 && S_ISDIR(st.mode);
	case FILE_HAS:
		return host_stat(h, name, &st) == 0 && S_ISREG(st.mode) && st.size > 0;
	default:
		return host_list(h, name, &names, &count) == 0 && count > 0;
	}
}

struct verdict {
	bool is_refused;             /* one that must hold does not */
	bool has_choice, has_chosen; /* "|…": one of these is enough */
};

/* Of a tree what stands in /etc is known, and that it has no folder which no system has. */
static bool is_told(struct str path)
{
	static const char *const usual[] = { "bin", "boot", "dev", "efi", "home", "lib", "lib32",
		"lib64", "media", "mnt", "opt", "proc", "root", "run", "sbin", "snap", "srv", "sys",
		"tmp", "usr", "var", "nix", "sysroot", "ostree", "etc" };
	struct str top;

	if (str_starts(path, "/etc/"))
		return true;
	if (!str_starts(path, "/") || !str_next_word(&path, "/", &top))
		return false;
	for (size_t i = 0; i < COUNT(usual); i++)
		if (str_is(top, usual[i]))
			return false;
	return true;
}

/* "|!/etc/x" */
static void judge(struct host *h, enum asks asks, struct str line, struct verdict *v)
{
	bool is_choice = str_starts(line, "|");
	bool is_not, is_met;

	line = str_trim(is_choice ? str_from(line, 1) : line);
	is_not = str_starts(line, "!");
	line = str_trim(is_not ? str_from(line, 1) : line);
	is_met = !is_told(line) || holds(h, asks, line) != is_not;
	v->has_choice |= is_choice;
	v->has_chosen |= is_choice && is_met;
	v->is_refused |= !is_choice && !is_met;
}

/* Nearly all units ask for nothing: then none of their lines is taken apart. */
static bool asks_anything(struct host *h, const char *name, const struct str *dropins, size_t count)
{
	struct str file = systemd_unit_file(h, name);

	if (file.len > 0 && str_find(host_bytes(h, file, NULL), STR("/etc/")) >= 0)
		return true;
	for (size_t i = 0; i < count; i++)
		if (str_find(host_bytes(h, dropins[i], NULL), STR("Condition")) >= 0 ||
			str_find(host_bytes(h, dropins[i], NULL), STR("Assert")) >= 0)
			return true;
	return false;
}

/* Does LINE of ExecStart= name a program that does nothing that lasts? */
static bool is_idle(struct str line)
{
	static const char *const idle[] = { "true", "false", "echo", "sleep", "test", ":" };
	struct str word;

	if (!str_next_word(&line, " \t", &word))
		return true;
	while (word.len > 1 && str_has(STR("-@+!"), word.ptr[0]))
		word = str_from(word, 1);
	for (size_t i = 0; i < COUNT(idle); i++)
		if (str_is(path_base(word), idle[i]))
			return true;
	return false;
}

/* A service that somebody gave /bin/true in place of its program, by a drop-in. */
static bool is_emptied(struct host *h, const char *name, const struct str *dropins, size_t count)
{
	struct setting command = { 0 };
	struct str lines, line;
	bool is_named = false;

	for (size_t i = 0; i < count && !is_named; i++)
		is_named = str_find(host_bytes(h, dropins[i], NULL), STR("ExecStart")) >= 0;
	if (!is_named)
		return false;
	systemd_unit_conf(h, name, "Service", "ExecStart", &command);
	if (command.value.len == 0 || str_find(command.file, STR(".d/")) < 0)
		return false;
	lines = systemd_unit_lines(h, name, "Service", "ExecStart");
	while (str_next_line(&lines, &line))
		if (!is_idle(line))
			return false;
	return true;
}

bool systemd_is_held(struct host *h, const char *name)
{
	static const struct {
		const char *key;
		enum asks asks;
	} known[] = { { "ConditionPathExists", EXISTS }, { "ConditionPathExistsGlob", MATCHES },
		{ "ConditionPathIsDirectory", IS_FOLDER }, { "ConditionFileNotEmpty", FILE_HAS },
		{ "ConditionDirectoryNotEmpty", FOLDER_HAS }, { "AssertPathExists", EXISTS },
		{ "AssertPathIsDirectory", IS_FOLDER }, { "AssertFileNotEmpty", FILE_HAS } };
	struct verdict v = { 0 };
	const struct str *dropins;
	struct str lines, line;
	size_t count;

	systemd_unit_dropins(h, name, &dropins, &count);
	if (is_emptied(h, name, dropins, count))
		return true;
	if (!asks_anything(h, name, dropins, count))
		return false;
	for (size_t i = 0; i < COUNT(known); i++) {
		lines = systemd_unit_lines(h, name, "Unit", known[i].key);
		while (str_next_line(&lines, &line))
			if (str_trim(line).len > 0)
				judge(h, known[i].asks, str_trim(line), &v);
	}
	lines = systemd_unit_lines(h, name, "Unit", "ConditionFirstBoot");
	while (str_next_line(&lines, &line))
		v.is_refused |= str_bool(str_trim(line), false) &&
			host_bytes(h, STR("/etc/machine-id"), NULL).len > 0;
	return v.is_refused || (v.has_choice && !v.has_chosen);
}
