/* Where the file of a unit is that counts. Declared in resolve/unit_file.h, resolve/systemd.h. */
#include "work/hostaudit/resolve/unit_file.h"

#include <sys/stat.h>

#include "work/hostaudit/resolve/systemd.h"

const char *const unit_roots[] = { "/etc/systemd/system", "/run/systemd/system",
	"/run/systemd/generator", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
	"/lib/systemd/system", NULL };

/* The template of an instance ("getty@.service" of "getty@tty1.service"), or STR_NONE. */
static struct str template_of(struct arena *a, const char *name)
{
	struct str s = str_of(name);
	ptrdiff_t at = str_find_char(s, '@');
	size_t dot = s.len;

	while (dot > 0 && s.ptr[dot - 1] != '.')
		dot--;
	if (at < 0 || dot == 0 || (size_t)at + 2 >= dot)
		return STR_NONE;
	return arena_fmt(a, "%.*s@.%s", (int)at, name, name + dot);
}

/* The file of this very name that counts, or STR_NONE. */
static struct str file_named(struct host *h, const char *name, struct host_stat *ret)
{
	for (size_t i = 0; unit_roots[i] != NULL; i++) {
		struct str path;

		if (!host_has_name(h, unit_roots[i], name))
			continue;
		path = arena_fmt(host_arena(h), "%s/%s", unit_roots[i], name);
		if (host_lstat(h, path.ptr, ret) == 0)
			return path;
	}
	return STR_NONE;
}

struct str unit_file(struct host *h, const char *name, struct host_stat *ret)
{
	struct str file = file_named(h, name, ret);
	struct str shared;

	if (file.ptr)
		return file;
	shared = template_of(host_arena(h), name);
	if (shared.ptr)
		file = file_named(h, shared.ptr, ret);
	return file.ptr ? file : STR("");
}

bool unit_file_is_masked(struct host *h, struct str path, const struct host_stat *st)
{
	struct str target;

	if (S_ISLNK(st->mode))
		return host_readlink(h, path.ptr, &target) == 0 && str_is(target, "/dev/null");
	return S_ISREG(st->mode) && st->size == 0;
}

struct str systemd_unit_file(struct host *h, const char *name)
{
	struct host_stat st;

	return unit_file(h, name, &st);
}

/* Without systemd's own units it is a copy of some files: nobody can say what else is missing. */
static bool is_part_of_machine(struct host *h)
{
	return !host_has_name(h, "/usr/lib/systemd/system", "multi-user.target") &&
		!host_has_name(h, "/lib/systemd/system", "multi-user.target");
}

/* A script of System V, of which a generator makes a unit. */
static bool has_script(struct host *h, const char *name)
{
	struct str s = str_of(name);

	if (!str_ends(s, ".service"))
		return false;
	s = arena_fmt(host_arena(h), "/etc/init.d/%.*s", (int)s.len - 8, name);
	return host_exists(h, s.ptr);
}

bool unit_needs_file(struct host *h, const char *name)
{
	return !has_script(h, name) && !is_part_of_machine(h);
}
