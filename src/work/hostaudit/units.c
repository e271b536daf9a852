/* units.c - enabling links, cheaply: the names in the .wants folders, no look at the hundreds of
 * files. */
#include "work/hostaudit/units.h"

#include <sys/stat.h>

#include "work/hostaudit/host_int.h"
#include "work/hostaudit/resolve/systemd.h"

const char *const unit_folders[] = { "/etc/systemd/system", "/run/systemd/system",
	"/run/systemd/generator", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
	"/lib/systemd/system", "/run/systemd/generator.late", NULL };

typedef VEC(struct unit_link) link_vec;

static bool is_links_folder(struct str name)
{
	return str_ends(name, ".wants") || str_ends(name, ".requires") ||
		str_ends(name, ".upholds");
}

static void add_folder(struct host *h, struct str folder, bool is_vendor, link_vec *links)
{
	const struct str *names;
	size_t count;

	if (host_list(h, folder.ptr, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		vec_push(host_arena(h), links,
			((struct unit_link){ .name = names[i],
				.path = arena_fmt(
					host_arena(h), "%s/%.*s", folder.ptr, STR_FMT(names[i])),
				.is_vendor = is_vendor }));
}

/* /lib is a link to /usr/lib where the two were merged: then its folders were seen already. */
static bool is_merged(struct host *h)
{
	struct str target;

	return host_readlink(h, "/lib", &target) == 0;
}

/* What only graphical.target wants is not started where the machine starts to a text console. */
static bool is_for_screens_only(struct host *h, struct str folder)
{
	struct str target;

	return str_starts(folder, "graphical.target.") &&
		host_readlink(h, "/etc/systemd/system/default.target", &target) == 0 &&
		str_ends(target, "/multi-user.target");
}

/* Each table that asks for one unit asks for all links, so they are collected once. */
static void collect(struct host *h)
{
	link_vec links = { 0 };
	const struct str *names;
	size_t count;

	for (size_t f = 0; unit_folders[f] != NULL; f++) {
		struct str folder = str_of(unit_folders[f]);

		if ((str_starts(folder, "/lib/") && is_merged(h)) ||
			host_list(h, folder.ptr, &names, &count) < 0)
			continue;
		for (size_t i = 0; i < count; i++)
			if (is_links_folder(names[i]) && !is_for_screens_only(h, names[i]))
				add_folder(h,
					arena_fmt(host_arena(h), "%s/%.*s", folder.ptr,
						STR_FMT(names[i])),
					str_find(folder, STR("/lib/")) >= 0, &links);
	}
	h->links = links.at;
	h->link_count = links.len;
}

void unit_links(struct host *h, const struct unit_link **ret, size_t *ret_count)
{
	if (!h->links)
		collect(h);
	*ret = h->links;
	*ret_count = h->link_count;
}

bool unit_is_masked(struct host *h, struct str name)
{
	static const char *const folders[] = { "/etc/systemd/system", "/run/systemd/system" };
	struct host_stat st;
	struct str target, path;

	for (size_t i = 0; i < COUNT(folders); i++) {
		if (!host_has_name(h, folders[i], arena_cstr(host_arena(h), name)))
			continue;
		path = arena_fmt(host_arena(h), "%s/%.*s", folders[i], STR_FMT(name));
		if (host_lstat(h, path.ptr, &st) != 0)
			continue;
		if (S_ISREG(st.mode))
			return st.size == 0; /* systemd.unit(5): an empty file masks as well */
		if (host_readlink(h, path.ptr, &target) == 0)
			return str_is(target, "/dev/null");
	}
	return false;
}

static bool has_unit(struct host *h, const char *name)
{
	struct host_stat st;

	for (size_t f = 0; unit_folders[f] != NULL; f++)
		if (host_has_name(h, unit_folders[f], name) &&
			host_lstat(h, arena_fmt(host_arena(h), "%s/%s", unit_folders[f], name).ptr,
				&st) == 0)
			return true;
	return false;
}

/* "S01cron" in /etc/rc2.d to /etc/rc5.d. */
static bool has_rc_link(struct host *h, struct str script)
{
	static const char *const folders[] = { "/etc/rc2.d", "/etc/rc3.d", "/etc/rc5.d" };
	const struct str *names;
	size_t count;

	for (size_t f = 0; f < COUNT(folders); f++) {
		if (host_list(h, folders[f], &names, &count) < 0)
			continue;
		for (size_t i = 0; i < count; i++)
			if (names[i].len > 3 && names[i].ptr[0] == 'S' &&
				str_eq(str_from(names[i], 3), script))
				return true;
	}
	return false;
}

bool unit_starts(struct host *h, const char *name)
{
	const struct unit_link *links;
	struct str s = str_of(name);
	size_t count;

	if (unit_is_masked(h, s))
		return false;
	unit_links(h, &links, &count);
	for (size_t i = 0; i < count; i++)
		if (str_eq(links[i].name, s))
			return !systemd_is_held(h, name);
	if (!str_ends(s, ".service") || has_unit(h, name))
		return false;
	return has_rc_link(h, str_until(s, s.len - 8));
}
