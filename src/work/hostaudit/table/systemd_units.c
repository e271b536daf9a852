/* systemd_units.c - services, sockets, timers and paths of systemd: is each masked, enabled,
 * or pulled in by the distribution; and what the enabled services run. A static view: the same for
 * an image. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/redact.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/units.h"

enum { NAME, TYPE, STATE, STARTS, FILE_PATH, ENABLED_BY, ALIAS_OF, COMMAND };

static const struct fact_column columns[] = {
	[NAME] = { "name", FACT_TEXT, T("tên đơn vị") },
	[TYPE] = { "type", FACT_TEXT, T("loại: service, socket, timer, path") },
	[STATE] = { "state", FACT_TEXT, T("enabled, masked, alias hoặc off (không tự chạy)") },
	[STARTS] = { "starts", FACT_INT, T("được khởi động cùng máy") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp của đơn vị") },
	[ENABLED_BY] = { "enabled_by", FACT_TEXT, T("liên kết bật đơn vị này") },
	[ALIAS_OF] = { "alias_of", FACT_TEXT, T("là tên khác của") },
	[COMMAND] = { "command", FACT_TEXT,
		T("lệnh được chạy, tham số đã che; chỉ với dịch vụ được bật") },
	{ 0 },
};

struct unit_row {
	struct str name, file, enabled_by, alias_of;
	bool is_masked, is_enabled, starts;
	struct unit_row *next; /* with the same hash */
};

#define SLOTS 1024
#define UNITS_MAX 5000

struct units {
	struct host *h;
	struct unit_row *slots[SLOTS];
	VEC(struct unit_row *) all;
};

static const char *type_of(struct str name)
{
	static const char *const types[] = { "service", "socket", "timer", "path" };

	for (size_t i = 0; i < COUNT(types); i++) {
		size_t len = str_of(types[i]).len;

		if (name.len > len + 1 && name.ptr[name.len - len - 1] == '.' &&
			str_ends(name, types[i]))
			return types[i];
	}
	return NULL;
}

static struct unit_row *row_of(struct units *u, struct str name, bool is_made)
{
	uint32_t hash = 2166136261u;
	struct unit_row *r;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619u;
	for (r = u->slots[hash % SLOTS]; r != NULL; r = r->next)
		if (str_eq(r->name, name))
			return r;
	if (!is_made || u->all.len >= UNITS_MAX)
		return NULL;
	r = arena_new(host_arena(u->h), struct unit_row);
	r->name = name;
	r->next = u->slots[hash % SLOTS];
	u->slots[hash % SLOTS] = r;
	vec_push(host_arena(u->h), &u->all, r);
	return r;
}

/* A name in a folder of units: a file, a mask, or another name for a unit. */
static void add_file(struct units *u, const char *folder, struct str name)
{
	struct unit_row *r;
	struct str target;

	if (type_of(name) == NULL || row_of(u, name, false) != NULL)
		return; /* a folder before hides it */
	r = row_of(u, name, true);
	if (r == NULL)
		return;
	r->file = arena_fmt(host_arena(u->h), "%s/%.*s", folder, STR_FMT(name));
	if (host_is_listed_file(u->h, folder, name.ptr) ||
		host_readlink(u->h, r->file.ptr, &target) != 0) {
		r->is_masked = unit_is_masked(u->h, name); /* by an empty file */
		return;
	}
	r->is_masked = str_is(target, "/dev/null");
	target = path_base(target);
	if (!r->is_masked && !str_eq(target, name)) {
		r->alias_of = target;
		r->is_enabled = str_starts(r->file, "/etc/") || str_starts(r->file, "/run/");
		if (r->is_enabled)
			r->enabled_by = r->file;
	}
}

static void add_link(struct units *u, const struct unit_link *link)
{
	struct unit_row *r;

	if (type_of(link->name) == NULL)
		return;
	r = row_of(u, link->name, true);
	if (r == NULL)
		return;
	r->starts = true;
	if (r->enabled_by.len == 0 || (!r->is_enabled && !link->is_vendor))
		r->enabled_by = link->path;
	r->is_enabled |= !link->is_vendor;
	if (r->file.len == 0) /* an instance: the file is its template's */
		r->file = link->path;
}

/* systemd makes units of the scripts that the old runlevels start. */
static void add_scripts(struct units *u, const char *folder)
{
	const struct str *names;
	size_t count;

	if (host_list(u->h, folder, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct str name;
		struct unit_row *r;

		if (names[i].len < 4 || names[i].ptr[0] != 'S')
			continue;
		name = arena_fmt(host_arena(u->h), "%.*s.service", STR_FMT(str_from(names[i], 3)));
		if (row_of(u, name, false) != NULL)
			continue;
		r = row_of(u, name, true);
		if (r != NULL) {
			r->file = r->enabled_by =
				arena_fmt(host_arena(u->h), "%s/%.*s", folder, STR_FMT(names[i]));
			r->is_enabled = r->starts = true;
		}
	}
}

/* A unit enabled under another name is enabled. */
static void follow_aliases(struct units *u)
{
	for (size_t i = 0; i < u->all.len; i++) {
		const struct unit_row *r = u->all.at[i];
		struct unit_row *real;

		if (r->alias_of.len == 0)
			continue;
		real = row_of(u, r->alias_of, false);
		if (real == NULL || real->is_masked)
			continue;
		if (r->is_enabled && !real->is_enabled) {
			real->is_enabled = true;
			real->enabled_by = r->enabled_by;
		}
		real->starts |= r->starts || str_is(r->name, "display-manager.service");
	}
}

static void show(struct fact_rows *rows, struct host *h, const struct unit_row *r)
{
	struct setting command = { 0 };
	const char *type = type_of(r->name);

	fact_row(rows);
	fact_text(rows, NAME, r->name);
	fact_cstr(rows, TYPE, type);
	fact_cstr(rows, STATE,
		r->is_masked                ? "masked" :
			r->alias_of.len > 0 ? "alias" :
			r->is_enabled       ? "enabled" :
					      "off");
	fact_int(rows, STARTS, r->starts && !r->is_masked);
	fact_text(rows, FILE_PATH, r->file);
	fact_text(rows, ENABLED_BY, r->enabled_by);
	fact_text(rows, ALIAS_OF, r->alias_of);
	if (r->is_masked || !r->is_enabled || r->alias_of.len > 0 ||
		!str_is(str_of(type), "service"))
		return;
	systemd_unit_conf(h, r->name.ptr, "Service", "ExecStart", &command);
	fact_text(rows, COMMAND, redact_command(host_arena(h), command.value, 2 * KIB));
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	static const char *const runlevels[] = { "/etc/rc5.d", "/etc/rc2.d", "/etc/rc3.d",
		"/etc/rc4.d" };
	struct units *u = arena_new(host_arena(h), struct units);
	const struct unit_link *links;
	const struct str *names;
	size_t count;

	u->h = h;
	for (size_t f = 0; unit_folders[f] != NULL; f++)
		if (host_list(h, unit_folders[f], &names, &count) == 0)
			for (size_t i = 0; i < count; i++)
				add_file(u, unit_folders[f], names[i]);
	unit_links(h, &links, &count);
	for (size_t i = 0; i < count; i++)
		add_link(u, &links[i]);
	for (size_t i = 0; i < COUNT(runlevels); i++)
		add_scripts(u, runlevels[i]);
	follow_aliases(u);
	if (u->all.len >= UNITS_MAX)
		host_gap(h, GAP_LIMIT, "/etc/systemd/system");
	for (size_t i = 0; i < u->all.len; i++)
		show(rows, h, u->all.at[i]);
	return 0;
}

const struct fact_table systemd_units_table = {
	.name = "systemd_units",
	.words = T("dịch vụ, ổ cắm và hẹn giờ của systemd"),
	.columns = columns,
	.fill = fill,
};
