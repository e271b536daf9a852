/* MariaDB and MySQL: all option files in their order, the last value wins, '_' is '-'; what SET
 * PERSIST has kept beats them all. */
#include <string.h>

#include "work/hostaudit/apt.h"
#include "work/hostaudit/databases.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/resolve/yaml_keys.h"

static struct str without_comment(struct str line)
{
	char quote = 0;

	for (size_t i = 0; i < line.len; i++) {
		char c = line.ptr[i];

		if (quote && c == quote)
			quote = 0;
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
		else if (!quote && c == '#')
			return str_until(line, i);
	}
	return line;
}

bool mycnf_next(struct mycnf_reader *r, struct mycnf_line *ret)
{
	struct str line, name, value;

	while (str_next_line(&r->rest, &line)) {
		r->line++;
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
			continue;
		*ret = (struct mycnf_line){ .group = r->group, .line = r->line };
		if (line.ptr[0] == '!') {
			if (str_starts(line, "!includedir"))
				ret->includedir = str_trim(str_from(line, strlen("!includedir")));
			else if (str_starts(line, "!include"))
				ret->include = str_trim(str_from(line, strlen("!include")));
			return true;
		}
		if (line.ptr[0] == '[') {
			ptrdiff_t end = str_find_char(line, ']');

			if (end > 0)
				r->group = str_trim((struct str){ line.ptr + 1, (size_t)end - 1 });
			continue;
		}
		line = str_trim(without_comment(line));
		if (str_split(line, '=', &name, &value)) {
			ret->name = str_trim(name);
			ret->value = str_unquote(str_trim(value));
		} else {
			ret->name = line;
		}
		return true;
	}
	return false;
}

static char folded(char c)
{
	return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool mycnf_is(struct str name, const char *option, size_t least_prefix)
{
	static const char loose[] = "loose-";
	size_t i = 0;

	while (i < strlen(loose) && i < name.len && folded(name.ptr[i]) == loose[i])
		i++;
	if (i == strlen(loose))
		name = str_from(name, i);
	if (name.len < least_prefix || name.len > strlen(option))
		return false;
	for (i = 0; i < name.len; i++)
		if (folded(name.ptr[i]) != option[i])
			return false;
	return true;
}

struct options {
	struct database_list *list;
	struct setting bind, port, no_network, no_grants;
	struct setting datadir, persisted; /* where it keeps them; does it load them? */
	struct setting x_bind, x_port, x_plugin, no_x_plugin, admin,
		admin_port; /* MySQL's other doors */
	bool is_mariadb, is_there;
	struct str series; /* "10.11", "8.0", as the package says; "" where none tells */
};

enum group_use { GROUP_NO, GROUP_YES, GROUP_BY_VERSION };

static enum group_use group_use(const struct options *o, struct str group)
{
	static const char *const by_version[] = { "mysqld-", "mariadb-", "mariadbd-" };
	static const char *const mariadb_only[] = { "mariadb", "mariadbd", "client-server",
		"galera" };

	if (str_is(group, "mysqld") || str_is(group, "server"))
		return GROUP_YES;
	for (size_t i = 0; i < COUNT(mariadb_only); i++)
		if (str_is(group, mariadb_only[i]))
			return o->is_mariadb ? GROUP_YES : GROUP_NO;
	/* [mysqld-10.11]; [mariadb-backup] is of another program */
	for (size_t i = 0; i < COUNT(by_version); i++) {
		struct str rest = str_from(group, str_of(by_version[i]).len);

		if (!str_starts(group, by_version[i]) || rest.len == 0 || rest.ptr[0] < '0' ||
			rest.ptr[0] > '9')
			continue;
		if (i > 0 && !o->is_mariadb)
			return GROUP_NO;
		if (o->series.len == 0)
			return GROUP_BY_VERSION;
		return str_eq(rest, o->series) ? GROUP_YES : GROUP_NO;
	}
	return GROUP_NO;
}

/* "10.11" of "1:10.11.6-0+deb12u1", from the package that brings the server. */
static bool take_series(void *context, const struct dpkg_package *p)
{
	static const char *const servers[] = { "mariadb-server-core", "mysql-server-core",
		"mysql-community-server-core", "percona-server-server" };
	struct options *o = context;
	struct str version = p->version, major, minor;
	ptrdiff_t epoch = str_find_char(version, ':');
	bool is_server = false;

	for (size_t i = 0; i < COUNT(servers); i++)
		is_server |= str_starts(p->name, servers[i]);
	if (!is_server || !dpkg_is_here(p->status) ||
		str_starts(p->name, "mariadb") != o->is_mariadb)
		return true;
	version = epoch < 0 ? version : str_from(version, (size_t)epoch + 1);
	if (str_next_word(&version, ".", &major) && str_next_word(&version, ".-+~", &minor))
		o->series = arena_fmt(o->list->a, "%.*s.%.*s", STR_FMT(major), STR_FMT(minor));
	return false;
}

static void take(struct options *o, const struct mycnf_line *l, struct str file)
{
	struct arena *a = o->list->a;
	struct str value = l->value.ptr ? l->value : STR("on");
	const struct {
		const char *option;
		size_t least_prefix;
		struct setting *setting;
	} known[] = { { "bind-address", 5, &o->bind }, { "port", 4, &o->port },
		{ "skip-networking", 10, &o->no_network },
		{ "skip-grant-tables", 7, &o->no_grants }, { "mysqlx-bind-address", 8, &o->x_bind },
		{ "mysqlx-port", 8, &o->x_port }, { "mysqlx", 6, &o->x_plugin },
		{ "skip-mysqlx", 11, &o->no_x_plugin }, { "datadir", 4, &o->datadir },
		{ "admin-address", 7, &o->admin }, { "admin-port", 7, &o->admin_port },
		{ "persisted-globals-load", 22, &o->persisted } };
	struct setting *setting = NULL;

	for (size_t i = 0; i < COUNT(known) && !setting; i++)
		if (mycnf_is(l->name, known[i].option, known[i].least_prefix))
			setting = known[i].setting;
	if (!setting)
		return;
	/* [mysqld-10.11], and nothing tells which version runs */
	if (group_use(o, l->group) == GROUP_BY_VERSION)
		host_gap(o->list->h, GAP_SYNTAX,
			arena_fmt(a, "%.*s:%d", STR_FMT(file), l->line).ptr);
	else if (group_use(o, l->group) == GROUP_YES)
		setting_win(setting, a, value, file, l->line);
}

static void load(struct options *o, struct str path, int depth);

static void load_dir(struct options *o, struct str dir, int depth)
{
	const struct str *paths;
	size_t count;

	while (dir.len > 1 && str_ends(dir, "/"))
		dir.len--;
	if (host_glob(o->list->h, arena_fmt(o->list->a, "%.*s/*.cnf", STR_FMT(dir)).ptr, &paths,
		    &count) != 0)
		return;
	for (size_t i = 0; i < count; i++)
		load(o, paths[i], depth);
}

static void load(struct options *o, struct str path, int depth)
{
	struct mycnf_reader r = { 0 };
	struct mycnf_line l;
	struct str file;

	if (depth > LIMIT_HOST_INCLUDE_DEPTH) {
		host_gap(o->list->h, GAP_LOOP, arena_cstr(o->list->a, path));
		return;
	}
	if (!database_read(o->list, path, &r.rest, &file))
		return;
	r.group = STR("");
	while (mycnf_next(&r, &l)) {
		if (l.include.len > 0)
			load(o, l.include, depth + 1);
		else if (l.includedir.len > 0)
			load_dir(o, l.includedir, depth + 1);
		else if (l.name.len > 0)
			take(o, &l, file);
	}
}

static bool is_off(const struct setting *s)
{
	return !s->value.ptr || !str_bool(s->value, true);
}

/* What a unit gives the program: which option files it reads, then options that beat them. */
struct command {
	struct setting line;
	struct str defaults, extra; /* --defaults-file, --defaults-extra-file; "" */
	bool is_without;            /* --no-defaults */
};

static struct command command_of(struct host *h)
{
	static const char *const units[] = { "mariadb.service", "mysql.service", "mysqld.service" };
	struct command c = { .defaults = STR(""), .extra = STR("") };
	struct str rest, word, name, value;

	for (size_t i = 0; i < COUNT(units) && c.line.value.len == 0; i++)
		systemd_unit_command(h, units[i], &c.line);
	rest = c.line.value;
	while (str_next_word(&rest, " \t", &word)) {
		word = str_unquote(word);
		c.is_without = c.is_without || str_is(word, "--no-defaults");
		if (!str_split(word, '=', &name, &value))
			continue;
		if (str_is(name, "--defaults-file"))
			c.defaults = str_unquote(value);
		else if (str_is(name, "--defaults-extra-file"))
			c.extra = str_unquote(value);
	}
	return c;
}

/* "--bind-address=0.0.0.0", "--bind-address 0.0.0.0", "--skip-networking". */
static void take_command(struct options *o, const struct command *c)
{
	struct str rest = c->line.value, word, next;

	while (str_next_word(&rest, " \t", &word)) {
		struct mycnf_line l = { .group = STR("mysqld"), .line = c->line.line };
		struct str behind = rest;

		word = str_unquote(word);
		if (!str_starts(word, "--"))
			continue;
		word = str_from(word, 2);
		if (str_split(word, '=', &l.name, &l.value)) {
			l.value = str_unquote(l.value);
		} else {
			l.name = word;
			if (str_next_word(&behind, " \t", &next) && !str_starts(next, "-"))
				l.value = str_unquote(next);
		}
		take(o, &l, c->line.file);
	}
}

struct persisted {
	struct options *o;
	struct str file;
};

/* "mysql_static_variables.bind_address.Value", with the first versions below mysql_server. */
static void take_persisted(void *context, const struct yaml_key *key)
{
	struct persisted *p = context;
	struct str name = key->name, rest, last;

	if (!str_ends(name, ".Value"))
		return;
	name = str_until(name, name.len - strlen(".Value"));
	while (str_split(name, '.', &last, &rest))
		name = rest;
	take(p->o,
		&(struct mycnf_line){ .group = STR("mysqld"),
			.name = name,
			.value = key->value,
			.line = key->line },
		p->file);
}

/* JSON, which is YAML too. It is read last, even after the command line. */
static void load_persisted(struct options *o)
{
	struct str folder = o->datadir.value.len > 0 ? o->datadir.value : STR("/var/lib/mysql");
	struct persisted p = { .o = o };
	struct str path, bytes;

	if (o->is_mariadb || (o->persisted.value.ptr && is_off(&o->persisted)))
		return;
	path = arena_fmt(o->list->a, "%.*s/mysqld-auto.cnf", STR_FMT(folder));
	if (database_read(o->list, path, &bytes, &p.file) &&
		!yaml_keys(bytes, o->list->a, take_persisted, &p))
		host_gap(o->list->h, GAP_SYNTAX, arena_cstr(o->list->a, path));
}

static void load_all(struct options *o)
{
	struct command c = command_of(o->list->h);

	if (c.defaults.len > 0) {
		load(o, c.defaults, 0);
	} else if (!c.is_without) {
		load(o, STR("/etc/my.cnf"), 0);
		load(o, STR("/etc/mysql/my.cnf"), 0);
		if (c.extra.len > 0)
			load(o, c.extra, 0);
	}
	take_command(o, &c);
	load_persisted(o);
}

/* MySQL 8 listens a second time, by the X protocol, and at first on every address. */
static void add_x_protocol(struct database_list *list, const struct options *o, const char *auth)
{
	struct database *d;

	if (o->is_mariadb || !is_off(&o->no_network) || !is_off(&o->no_x_plugin) ||
		(o->x_plugin.value.ptr && is_off(&o->x_plugin)))
		return;
	d = database_add(list, "mysql", STR("mysqlx"));
	if (!d)
		return;
	d->listen = o->x_bind;
	d->fallback = STR("*");
	d->port = 33060;
	if (o->x_port.value.ptr)
		str_to_i64(o->x_port.value, &d->port);
	d->auth = auth;
}

/* A door for administrators, where one is asked for. */
static void add_admin(struct database_list *list, const struct options *o, const char *auth)
{
	struct database *d;

	if (o->is_mariadb || !is_off(&o->no_network) || o->admin.value.len == 0)
		return;
	d = database_add(list, "mysql", STR("admin"));
	if (!d)
		return;
	d->listen = o->admin;
	d->port = 33062;
	if (o->admin_port.value.ptr)
		str_to_i64(o->admin_port.value, &d->port);
	d->auth = auth;
}

void databases_mysql(struct database_list *list)
{
	static const char *const mariadb_programs[] = { "/usr/sbin/mariadbd",
		"/usr/libexec/mariadbd", "/usr/bin/mariadbd" };
	static const char *const mysql_programs[] = { "/usr/sbin/mysqld", "/usr/libexec/mysqld" };
	struct options o = { .list = list };
	struct database *d;

	for (size_t i = 0; i < COUNT(mariadb_programs); i++)
		o.is_mariadb = o.is_mariadb || host_exists(list->h, mariadb_programs[i]);
	o.is_there = o.is_mariadb;
	for (size_t i = 0; i < COUNT(mysql_programs); i++)
		o.is_there = o.is_there || host_exists(list->h, mysql_programs[i]);
	if (!o.is_there)
		return; /* the same files also serve the client alone */
	(void)dpkg_each(list->h, take_series, &o);
	load_all(&o);
	d = database_add(list, o.is_mariadb ? "mariadb" : "mysql", STR("mysqld"));
	if (!d)
		return;
	d->listen = o.bind;
	d->fallback = STR("*");
	d->port = 3306;
	if (o.port.value.ptr)
		str_to_i64(o.port.value, &d->port);
	d->has_network = is_off(&o.no_network);
	d->auth = is_off(&o.no_grants) ? "password" : "none";
	d->auth_at = o.no_grants;
	add_x_protocol(list, &o, d->auth);
	add_admin(list, &o, d->auth);
}
