/* Conditions that keep a unit of systemd from starting. Declared in resolve/systemd.h. */
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

/* "|!/etc/x": of a tree only what stands in /etc is known. */
static void judge(struct host *h, enum asks asks, struct str line, struct verdict *v)
{
	bool is_choice = str_starts(line, "|");
	bool is_not, is_met;

	line = str_trim(is_choice ? str_from(line, 1) : line);
	is_not = str_starts(line, "!");
	line = str_trim(is_not ? str_from(line, 1) : line);
	is_met = !str_starts(line, "/etc/") || holds(h, asks, line) != is_not;
	v->has_choice |= is_choice;
	v->has_chosen |= is_choice && is_met;
	v->is_refused |= !is_choice && !is_met;
}

/* Nearly all units ask for nothing: then none of their lines is taken apart. */
static bool asks_anything(struct host *h, const char *name)
{
	const struct str *paths;
	size_t count;
	struct str file = systemd_unit_file(h, name);

	if (file.len > 0 && str_find(host_bytes(h, file, NULL), STR("/etc/")) >= 0)
		return true;
	systemd_unit_dropins(h, name, &paths, &count);
	for (size_t i = 0; i < count; i++)
		if (str_find(host_bytes(h, paths[i], NULL), STR("/etc/")) >= 0)
			return true;
	return false;
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
	struct str lines, line;

	if (!asks_anything(h, name))
		return false;
	for (size_t i = 0; i < COUNT(known); i++) {
		lines = systemd_unit_lines(h, name, "Unit", known[i].key);
		while (str_next_line(&lines, &line))
			if (str_trim(line).len > 0)
				judge(h, known[i].asks, str_trim(line), &v);
	}
	return v.is_refused || (v.has_choice && !v.has_chosen);
}
