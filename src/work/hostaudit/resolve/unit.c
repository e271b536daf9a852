/* Units of systemd: is it there, would it start. Declared in resolve/systemd.h. */
#include <sys/stat.h>

#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/resolve/unit_file.h"

static bool is_listed(const struct str *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(names[i], name))
			return true;
	return false;
}

/* A link FOLDER/TARGET.wants/NAME or .requires, or an alias link FOLDER/OTHER -> .../NAME. Aliases
 * are made by enabling, so the folders of the distribution (hundreds of files) need no look at
 * each. */
static struct str enabling_link(struct host *h, const char *folder, const char *name)
{
	bool has_aliases =
		str_starts(str_of(folder), "/etc/") || str_starts(str_of(folder), "/run/");
	const struct str *wanted;
	size_t wanted_count;
	struct arena *a = host_arena(h);
	const struct str *names;
	size_t count;

	if (host_list(h, folder, &names, &count) != 0)
		return STR("");
	for (size_t i = 0; i < count; i++) {
		struct str path = arena_fmt(a, "%s/%.*s", folder, STR_FMT(names[i]));
		struct host_stat st;
		struct str target;

		if (str_ends(names[i], ".wants") || str_ends(names[i], ".requires")) {
			if (host_list(h, path.ptr, &wanted, &wanted_count) == 0 &&
				is_listed(wanted, wanted_count, name))
				return arena_fmt(a, "%s/%s", path.ptr, name);
		} else if (has_aliases && !str_is(names[i], name) &&
			host_lstat(h, path.ptr, &st) == 0 && S_ISLNK(st.mode) &&
			host_readlink(h, path.ptr, &target) == 0 &&
			str_is(path_base(target), name)) {
			return path;
		}
	}
	return STR("");
}

static bool has_install(struct host *h, struct str file)
{
	struct ini ini;
	struct ini_entry entry;

	ini_init(&ini, host_bytes(h, file, NULL), INI_JOIN, host_arena(h));
	while (ini_next(&ini, &entry))
		if (str_is(entry.section, "Install"))
			return true;
	return false;
}

struct unit systemd_unit(struct host *h, const char *name)
{
	struct host_stat st;
	struct str file = unit_file(h, name, &st);
	struct str link;

	if (file.len == 0)
		return (struct unit){ UNIT_ABSENT, file };
	if (unit_file_is_masked(h, file, &st))
		return (struct unit){ UNIT_MASKED, file };
	for (size_t i = 0; unit_roots[i] != NULL; i++) {
		link = enabling_link(h, unit_roots[i], name);
		if (link.len > 0)
			return (struct unit){ systemd_is_held(h, name) ? UNIT_HELD : UNIT_ENABLED,
				link };
	}
	return (struct unit){ has_install(h, file) ? UNIT_DISABLED : UNIT_STATIC, file };
}
