#include "work/hostaudit/resolve/systemd.h"

#include <string.h>
#include <sys/stat.h>

#define US_PER_S UINT64_C(1000000)

/* First in the list hides the same name in the later ones. */
#define BELOW_ROOTS(folder) \
	{ \
		"/etc" folder, "/run" folder, "/usr/local/lib" folder, "/usr/lib" folder, \
			"/lib" folder \
	}
static const char *const roots[] = BELOW_ROOTS("");
static const char *const unit_folders[] = BELOW_ROOTS("/systemd/system");

struct dropin {
	struct str name, path;
};

typedef VEC(struct dropin) dropins;

static bool has_name(const dropins *list, struct str name)
{
	for (size_t i = 0; i < list->len; i++)
		if (str_eq(list->at[i].name, name))
			return true;
	return false;
}

/* Keeps the list sorted by name. */
static void insert(struct arena *a, dropins *list, struct dropin fresh)
{
	size_t at;

	(void)vec_add(a, list);
	for (at = list->len - 1; at > 0 && str_cmp(list->at[at - 1].name, fresh.name) > 0; at--)
		list->at[at] = list->at[at - 1];
	list->at[at] = fresh;
}

#define DROPINS_MAX 200
#define UNIT_NAMES_MAX 16

/* Of the folder NAME of ABOVE. Hardly any unit has one, and the folder above was listed for others:
 * no path is made of what is not there. */
static void collect(struct host *h, const char *above, const char *name, dropins *list)
{
	struct arena *a = host_arena(h);
	const char *folder;
	const struct str *names;
	size_t count;

	if (!host_has_name(h, above, name))
		return;
	folder = arena_fmt(a, "%s/%s", above, name).ptr;
	if (host_list(h, folder, &names, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		if (!str_ends(names[i], ".conf") || has_name(list, names[i]))
			continue;
		if (list->len == DROPINS_MAX) {
			host_gap(h, GAP_LIMIT, folder);
			return;
		}
		insert(a, list,
			(struct dropin){
				names[i], arena_fmt(a, "%s/%.*s", folder, STR_FMT(names[i])) });
	}
}

/* A link to /dev/null: hides its namesakes and adds nothing. */
static bool is_masked(struct host *h, const char *path)
{
	struct host_stat st;
	struct str target;

	if (host_lstat(h, path, &st) != 0 || !S_ISLNK(st.mode))
		return false;
	return host_readlink(h, path, &target) == 0 && str_is(target, "/dev/null");
}

static void paths_of(
	struct host *h, const dropins *list, const struct str **ret_paths, size_t *ret_count)
{
	struct arena *a = host_arena(h);
	struct str *paths = arena_array(a, struct str, list->len + 1);
	size_t count = 0;

	for (size_t i = 0; i < list->len; i++)
		if (!is_masked(h, list->at[i].path.ptr))
			paths[count++] = list->at[i].path;
	*ret_paths = paths;
	*ret_count = count;
}

void systemd_dropins(
	struct host *h, const char *folder, const struct str **ret_paths, size_t *ret_count)
{
	const char *slash = strrchr(folder, '/');
	dropins list = { 0 };

	for (size_t i = 0; i < COUNT(roots); i++) {
		const char *above = slash ?
			arena_fmt(host_arena(h), "%s/%.*s", roots[i], (int)(slash - folder), folder)
				.ptr :
			roots[i];

		collect(h, above, slash ? slash + 1 : folder, &list);
	}
	paths_of(h, &list, ret_paths, ret_count);
}

/* The names beside which drop-ins of unit NAME may lie, with ".d": its own, its template's, and
 * "a-b-.service", "a-.service" for "a-b-c.service", the most particular first. */
static size_t unit_names(struct arena *a, const char *name, struct str names[UNIT_NAMES_MAX])
{
	struct str dot = str_of(strrchr(name, '.')), prefix = str_of(name);
	ptrdiff_t at = str_find_char(prefix, '@');
	size_t count = 0;

	prefix.len -= dot.len;
	names[count++] = arena_fmt(a, "%s.d", name);
	if (at >= 0 && (size_t)at + 1 < prefix.len)
		names[count++] = arena_fmt(a, "%.*s@%.*s.d", (int)at, name, STR_FMT(dot));
	if (at >= 0)
		prefix.len = (size_t)at;
	while (prefix.len > 1 && count < UNIT_NAMES_MAX) {
		prefix.len--; /* a dash at the end is of the name itself */
		while (prefix.len > 0 && prefix.ptr[prefix.len - 1] != '-')
			prefix.len--;
		if (prefix.len > 0)
			names[count++] = arena_fmt(a, "%.*s%.*s.d", STR_FMT(prefix), STR_FMT(dot));
	}
	return count;
}

void systemd_unit_dropins(
	struct host *h, const char *name, const struct str **ret_paths, size_t *ret_count)
{
	struct arena *a = host_arena(h);
	struct str names[UNIT_NAMES_MAX];
	const char *type = strrchr(name, '.');
	size_t count = type ? unit_names(a, name, names) : 0;
	dropins list = { 0 };

	for (size_t i = 0; i < COUNT(unit_folders); i++)
		for (size_t n = 0; n < count; n++)
			collect(h, unit_folders[i], names[n].ptr, &list);
	if (type)
		names[0] = arena_fmt(a, "%s.d", type + 1); /* of every service, timer … */
	for (size_t i = 0; type && i < COUNT(unit_folders); i++)
		collect(h, unit_folders[i], names[0].ptr, &list);
	paths_of(h, &list, ret_paths, ret_count);
}

struct wanted {
	const char *section, *key;
	systemd_is_valid *is_valid;
};

static void read_file(struct host *h, const char *path, const struct wanted *w, struct setting *ret)
{
	struct arena *a = host_arena(h);
	const struct host_file *file;
	struct ini ini;
	struct ini_entry entry;

	if (host_read(h, path, &file) != 0)
		return;
	ini_init(&ini, file->bytes, INI_JOIN, a);
	while (ini_next(&ini, &entry)) {
		if (!str_is(entry.section, w->section) || !str_is(entry.key, w->key) ||
			!entry.value.ptr)
			continue;
		if (w->is_valid && !w->is_valid(entry.value))
			continue;
		if (entry.value.len == 0)
			setting_unset(ret, a);
		else
			setting_win(ret, a, entry.value, file->path, entry.line);
	}
}

void systemd_conf(struct host *h, const char *name, const char *section, const char *key,
	systemd_is_valid *is_valid, struct setting *ret)
{
	struct arena *a = host_arena(h);
	struct wanted w = { section, key, is_valid };
	const struct str *paths;
	size_t count;

	*ret = (struct setting){ 0 };
	/* One main file: the copy of the distribution counts only without one in /etc. */
	for (size_t i = 0; i < COUNT(roots); i++) {
		const char *path = arena_fmt(a, "%s/systemd/%s", roots[i], name).ptr;
		struct host_stat st;

		if (host_lstat(h, path, &st) != 0)
			continue;
		if (!is_masked(h, path))
			read_file(h, path, &w, ret);
		break;
	}
	systemd_dropins(h, arena_fmt(a, "systemd/%s.d", name).ptr, &paths, &count);
	for (size_t i = 0; i < count; i++)
		read_file(h, paths[i].ptr, &w, ret);
}

static const struct {
	const char *name;
	uint64_t us;
} units[] = {
	{ "seconds", US_PER_S },
	{ "second", US_PER_S },
	{ "sec", US_PER_S },
	{ "s", US_PER_S },
	{ "minutes", 60 * US_PER_S },
	{ "minute", 60 * US_PER_S },
	{ "min", 60 * US_PER_S },
	{ "months", 2629800 * US_PER_S },
	{ "month", 2629800 * US_PER_S },
	{ "M", 2629800 * US_PER_S },
	{ "msec", 1000 },
	{ "ms", 1000 },
	{ "m", 60 * US_PER_S },
	{ "hours", 3600 * US_PER_S },
	{ "hour", 3600 * US_PER_S },
	{ "hr", 3600 * US_PER_S },
	{ "h", 3600 * US_PER_S },
	{ "days", 86400 * US_PER_S },
	{ "day", 86400 * US_PER_S },
	{ "d", 86400 * US_PER_S },
	{ "weeks", 604800 * US_PER_S },
	{ "week", 604800 * US_PER_S },
	{ "w", 604800 * US_PER_S },
	{ "years", 31557600 * US_PER_S },
	{ "year", 31557600 * US_PER_S },
	{ "y", 31557600 * US_PER_S },
	{ "usec", 1 },
	{ "us", 1 },
	{ "\xC2\xB5s", 1 },
	{ "\xCE\xBCs", 1 },
};

static struct str skip_blanks(struct str s)
{
	while (s.len > 0 && strchr(" \t\n\r", s.ptr[0]) && s.ptr[0])
		s = str_from(s, 1);
	return s;
}

/* Digits at the head of *S. False without one or when too large. */
static bool take_number(struct str *s, uint64_t *ret, size_t *ret_digits)
{
	size_t n = 0;
	bool is_good;

	while (n < s->len && s->ptr[n] >= '0' && s->ptr[n] <= '9')
		n++;
	is_good = n > 0 && str_to_u64(str_until(*s, n), 10, ret);
	*s = str_from(*s, n);
	*ret_digits = n;
	return is_good;
}

/* The unit at the head of *S; seconds without one. */
static uint64_t take_unit(struct str *s)
{
	for (size_t i = 0; i < COUNT(units); i++)
		if (str_starts(*s, units[i].name)) {
			*s = str_from(*s, strlen(units[i].name));
			return units[i].us;
		}
	return US_PER_S;
}

/* Digits after the point, as parts of UNIT_US. */
static bool take_fraction(struct str *s, uint64_t *ret_parts, uint64_t *ret_scale)
{
	uint64_t scale = 1;

	*ret_parts = 0;
	*s = str_from(*s, 1);
	if (s->len == 0 || s->ptr[0] < '0' || s->ptr[0] > '9')
		return false;
	while (s->len > 0 && s->ptr[0] >= '0' && s->ptr[0] <= '9') {
		if (scale < US_PER_S) {
			scale *= 10;
			*ret_parts = *ret_parts * 10 + (uint64_t)(s->ptr[0] - '0');
		}
		*s = str_from(*s, 1);
	}
	*ret_scale = scale;
	return true;
}

bool systemd_span(struct str s, uint64_t *ret_us)
{
	uint64_t total = 0;
	bool is_something = false;

	s = skip_blanks(s);
	if (str_starts(s, "infinity")) {
		if (skip_blanks(str_from(s, 8)).len > 0)
			return false;
		*ret_us = UINT64_MAX;
		return true;
	}
	for (s = skip_blanks(s); s.len > 0; s = skip_blanks(s)) {
		uint64_t number = 0, parts = 0, scale = 1, unit, us;
		size_t digits;

		if (!take_number(&s, &number, &digits) && !(digits == 0 && str_starts(s, ".")))
			return false;
		if (str_starts(s, ".") && !take_fraction(&s, &parts, &scale))
			return false;
		s = skip_blanks(s);
		unit = take_unit(&s);
		if (__builtin_mul_overflow(number, unit, &us) ||
			__builtin_add_overflow(us, parts * (unit / scale), &us) ||
			__builtin_add_overflow(total, us, &total))
			return false;
		is_something = true;
	}
	if (is_something)
		*ret_us = total;
	return is_something;
}
