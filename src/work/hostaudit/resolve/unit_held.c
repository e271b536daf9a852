/* What keeps a unit of systemd from starting: conditions, and a program that does nothing.
 * Declared in resolve/systemd.h. */
#include <string.h>
#include <sys/stat.h>

#include "work/hostaudit/resolve/boot.h"
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

/* "|!khien.fw", "khien.fw=1": a word of the kernel's command line, with its value or with any. An
 * image may be started with another line: nobody knows, and the unit counts as started. */
static void judge_words(struct host *h, struct str path, struct str line, struct verdict *v)
{
	bool is_choice = str_starts(line, "|"), is_there = false, is_not, is_known, is_met;
	struct boot_line boot;
	struct str word, name, value;

	line = str_trim(is_choice ? str_from(line, 1) : line);
	is_not = str_starts(line, "!");
	line = str_trim(is_not ? str_from(line, 1) : line);
	boot = boot_line(h);
	is_known = str_is(boot.file, "/proc/cmdline") && boot.words.len > 0;
	if (!is_known)
		host_gap(h, GAP_NOT_LIVE, arena_cstr(host_arena(h), path));
	while (is_known && !is_there && str_next_word(&boot.words, " \t\n", &word))
		is_there = str_eq(word, line) ||
			(str_split(word, '=', &name, &value) && str_eq(name, line));
	is_met = !is_known || is_there != is_not;
	v->has_choice |= is_choice;
	v->has_chosen |= is_choice && is_met;
	v->is_refused |= !is_choice && !is_met;
}

/* Nearly all units ask for nothing: then none of their lines is taken apart. */
static bool asks_anything(struct host *h, const char *name, const struct str *dropins, size_t count)
{
	static const char *const words[] = { "/etc/", "KernelCommandLine", "ConditionFirstBoot",
		"AssertFirstBoot" };
	struct str file = systemd_unit_file(h, name), text;

	text = file.len > 0 ? host_bytes(h, file, NULL) : STR("");
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_find(text, str_of(words[i])) >= 0)
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
	static const char *const by_words[] = { "ConditionKernelCommandLine",
		"AssertKernelCommandLine" };
	static const char *const by_first_boot[] = { "ConditionFirstBoot", "AssertFirstBoot" };
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
	for (size_t i = 0; i < COUNT(by_words); i++) {
		lines = systemd_unit_lines(h, name, "Unit", by_words[i]);
		while (str_next_line(&lines, &line))
			if (str_trim(line).len > 0)
				judge_words(h, systemd_unit_file(h, name), str_trim(line), &v);
	}
	for (size_t i = 0; i < COUNT(by_first_boot); i++) {
		lines = systemd_unit_lines(h, name, "Unit", by_first_boot[i]);
		while (str_next_line(&lines, &line))
			v.is_refused |= str_bool(str_trim(line), false) &&
				host_bytes(h, STR("/etc/machine-id"), NULL).len > 0;
	}
	return v.is_refused || (v.has_choice && !v.has_chosen);
}
