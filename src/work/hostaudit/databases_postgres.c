/* PostgreSQL: the main file, what it includes in its place, then postgresql.auto.conf, which beats
 * both. */
#include <stdlib.h>
#include <string.h>

#include "work/hostaudit/databases.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/units.h"

#define CLUSTERS "/etc/postgresql"
#define HBA_FILES_MAX 256

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || c == '$' || c == '.';
}

/* 'it''s' and 'a\nb': a doubled quote, or a backslash before the next character. */
static bool quoted(struct str s, struct arena *a, struct str *ret)
{
	char *copy = arena_alloc(a, s.len + 1);
	size_t n = 0;

	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] == '\'' && i + 1 < s.len && s.ptr[i + 1] == '\'')
			i++;
		else if (s.ptr[i] == '\\' && i + 1 < s.len)
			i++;
		else if (s.ptr[i] == '\'') {
			*ret = (struct str){ copy, n };
			return true;
		}
		copy[n++] = s.ptr[i];
	}
	return false;
}

int postgres_parse(struct str line, struct arena *a, struct postgres_line *ret)
{
	struct str rest = str_trim(line);
	size_t n = 0;

	if (rest.len == 0 || rest.ptr[0] == '#')
		return 0;
	while (n < rest.len && is_name_char(rest.ptr[n]))
		n++;
	if (n == 0)
		return ERR_INPUT;
	ret->name = str_until(rest, n);
	rest = str_trim(str_from(rest, n));
	if (str_starts(rest, "="))
		rest = str_trim(str_from(rest, 1));
	if (str_starts(rest, "'"))
		return quoted(rest, a, &ret->value) ? 1 : ERR_INPUT;
	n = 0;
	while (n < rest.len && rest.ptr[n] != '#' && rest.ptr[n] != ' ' && rest.ptr[n] != '\t')
		n++;
	ret->value = str_until(rest, n);
	return n > 0 ? 1 : ERR_INPUT;
}

/* ---- pg_hba.conf ---- */

/* The next word of a line, quotes undone only by leaving them out at both ends. */
static bool hba_word(struct str *rest, struct str *ret)
{
	*rest = str_trim(*rest);
	if (rest->len == 0 || rest->ptr[0] == '#')
		return false;
	if (rest->ptr[0] == '"') {
		ptrdiff_t end = str_find_char(str_from(*rest, 1), '"');

		if (end < 0)
			return false;
		*ret = (struct str){ rest->ptr + 1, (size_t)end };
		*rest = str_from(*rest, (size_t)end + 2);
		/* "a","b" is one field */
		while (rest->len > 0 && rest->ptr[0] != ' ' && rest->ptr[0] != '\t')
			*rest = str_from(*rest, 1);
		return true;
	}
	return str_next_word(rest, " \t", ret);
}

static bool is_local_address(struct str address)
{
	enum socket_scope scope;
	ptrdiff_t slash = str_find_char(address, '/');

	if (str_is(address, "samehost"))
		return true;
	if (slash >= 0 && str_is(str_from(address, (size_t)slash + 1), "0"))
		return false;
	if (slash >= 0)
		address = str_until(address, (size_t)slash);
	return socket_scope_parse(address, &scope) && scope == SCOPE_LOOPBACK;
}

/* An address of IPv4, and no name. */
static bool is_dotted(struct str address)
{
	for (size_t i = 0; i < address.len; i++)
		if (!str_has(STR("0123456789./"), address.ptr[i]))
			return false;
	return true;
}

bool postgres_hba_parse(struct str line, struct postgres_hba *ret)
{
	struct str type, database, user, address, method;
	bool is_unix, is_all;

	if (!hba_word(&line, &type) || !hba_word(&line, &database) || !hba_word(&line, &user))
		return false;
	is_unix = str_is(type, "local");
	is_all = str_is(database, "all") && str_is(user, "all");
	if (is_unix) {
		*ret = (struct postgres_hba){ .is_unix = true, .is_local = true, .is_all = is_all };
		return hba_word(&line, &ret->method);
	}
	if (!str_starts(type, "host") || !hba_word(&line, &address) || !hba_word(&line, &method))
		return false;
	/* "10.0.0.0 255.0.0.0 trust": the mask is a word of its own */
	if (method.len > 0 && (str_has(method, '.') || str_has(method, ':')) &&
		!hba_word(&line, &method))
		return false;
	*ret = (struct postgres_hba){
		.method = method,
		.is_local = is_local_address(address),
		.is_all = is_all && str_is(type, "host") &&
			(str_is(address, "all") || str_is(address, "0.0.0.0/0") ||
				str_is(address, "::/0")),
		.is_ip4 = !str_has(address, ':'),
		.is_ip6 = !is_dotted(address),
	};
	return true;
}

/* ---- one cluster ---- */

struct cluster {
	struct database_list *list;
	struct setting listen, port, data, hba;
};

static const struct {
	const char *name;
	size_t at;
} named[] = {
	{ "listen_addresses", offsetof(struct cluster, listen) },
	{ "port", offsetof(struct cluster, port) },
	{ "data_directory", offsetof(struct cluster, data) },
	{ "hba_file", offsetof(struct cluster, hba) },
};

static struct setting *setting_at(struct cluster *c, size_t i)
{
	return (struct setting *)((char *)c + named[i].at);
}

static void load(struct cluster *c, struct str path, int depth);

static struct str beside(struct database_list *list, struct str file, struct str name)
{
	if (str_starts(name, "/"))
		return name;
	return arena_fmt(list->a, "%.*s%.*s", (int)(file.len - path_base(file).len), file.ptr,
		STR_FMT(name));
}

static void load_dir(struct cluster *c, struct str dir, int depth)
{
	const struct str *paths;
	size_t count;

	if (host_glob(c->list->h, arena_fmt(c->list->a, "%.*s/*.conf", STR_FMT(dir)).ptr, &paths,
		    &count) != 0)
		return;
	for (size_t i = 0; i < count; i++)
		load(c, paths[i], depth);
}

static void take(
	struct cluster *c, const struct postgres_line *l, struct str file, int number, int depth)
{
	if (str_is_nocase(l->name, "include") || str_is_nocase(l->name, "include_if_exists"))
		load(c, beside(c->list, file, l->value), depth + 1);
	else if (str_is_nocase(l->name, "include_dir"))
		load_dir(c, beside(c->list, file, l->value), depth + 1);
	for (size_t i = 0; i < COUNT(named); i++)
		if (str_is_nocase(l->name, named[i].name))
			setting_win(setting_at(c, i), c->list->a, l->value, file, number);
}

static void load(struct cluster *c, struct str path, int depth)
{
	struct str bytes, file, line;
	struct postgres_line l;
	int number = 0;

	if (depth > LIMIT_HOST_INCLUDE_DEPTH) {
		host_gap(c->list->h, GAP_LOOP, path.ptr);
		return;
	}
	if (!database_read(c->list, path, &bytes, &file))
		return;
	while (str_next_line(&bytes, &line)) {
		number++;
		if (postgres_parse(line, c->list->a, &l) == 1)
			take(c, &l, file, number, depth);
	}
}

static bool is_method(struct str word)
{
	static const char *const methods[] = { "trust", "reject", "scram-sha-256", "md5",
		"password", "gss", "sspi", "ident", "peer", "ldap", "radius", "cert", "pam", "bsd",
		"oauth", "crypt", "krb5" };

	for (size_t i = 0; i < COUNT(methods); i++)
		if (str_is(word, methods[i]))
			return true;
	return false;
}

/* What was read of pg_hba.conf so far. */
struct hba {
	struct cluster *c;
	struct database *d;
	struct setting local; /* a line that asks nobody inside the machine */
	bool is_unix_closed, is_ip4_closed, is_ip6_closed;
	size_t files;
};

/* The first line that fits a connection decides: behind one for all of its kind none is reached. */
static void take_rule(struct hba *hba, const struct postgres_hba *rule, struct str file, int number)
{
	struct arena *a = hba->c->list->a;

	if (hba->d->auth_at.value.ptr ||
		!((rule->is_unix && !hba->is_unix_closed) ||
			(rule->is_ip4 && !hba->is_ip4_closed) ||
			(rule->is_ip6 && !hba->is_ip6_closed)))
		return;
	if (!is_method(rule->method)) {
		/* the server refuses the whole file, and keeps what it read before */
		host_gap(hba->c->list->h, GAP_SYNTAX,
			arena_fmt(a, "%.*s:%d", STR_FMT(file), number).ptr);
		return;
	}
	hba->is_unix_closed |= rule->is_all && rule->is_unix;
	hba->is_ip4_closed |= rule->is_all && rule->is_ip4;
	hba->is_ip6_closed |= rule->is_all && rule->is_ip6;
	if (rule->is_local) {
		if (str_is(rule->method, "trust") && !hba->local.value.ptr)
			setting_win(&hba->local, a, rule->method, file, number);
	} else if (str_is(rule->method, "trust") || str_is(rule->method, "ident")) {
		/* over the network "ident" believes whatever the other machine says */
		hba->d->auth = "none";
		setting_win(&hba->d->auth_at, a, rule->method, file, number);
	}
}

static void read_hba(struct hba *hba, struct str path, int depth);

/* Since PostgreSQL 16: "include FILE", "include_if_exists FILE", "include_dir FOLDER". */
static bool include_hba(struct hba *hba, struct str line, struct str file, int depth)
{
	struct database_list *list = hba->c->list;
	const struct str *paths;
	struct str word, name;
	size_t count;

	if (!hba_word(&line, &word) || !str_starts(word, "include") || !hba_word(&line, &name))
		return false;
	name = beside(list, file, name);
	if (!str_is(word, "include_dir"))
		read_hba(hba, name, depth + 1);
	else if (host_glob(list->h, arena_fmt(list->a, "%.*s/*.conf", STR_FMT(name)).ptr, &paths,
			 &count) == 0)
		for (size_t i = 0; i < count; i++)
			read_hba(hba, paths[i], depth + 1);
	return true;
}

static void read_hba(struct hba *hba, struct str path, int depth)
{
	struct str bytes, file, line;
	struct postgres_hba rule;

	if (depth > LIMIT_HOST_INCLUDE_DEPTH || hba->files++ >= HBA_FILES_MAX) {
		host_gap(hba->c->list->h, GAP_LOOP, arena_cstr(hba->c->list->a, path));
		return;
	}
	if (!database_read(hba->c->list, path, &bytes, &file))
		return;
	hba->d->auth = hba->d->auth ? hba->d->auth : "password";
	for (int number = 1, first; str_next_line(&bytes, &line); number++) {
		struct str more;

		/* a backslash at the end of a line joins it to the next, since version 14 */
		for (first = number; str_ends(line, "\\") && str_next_line(&bytes, &more); number++)
			line = arena_fmt(hba->c->list->a, "%.*s%.*s",
				STR_FMT(str_until(line, line.len - 1)), STR_FMT(more));
		if (!include_hba(hba, line, file, depth) && postgres_hba_parse(line, &rule))
			take_rule(hba, &rule, file, first);
	}
}

static void find_trust(struct cluster *c, struct database *d, struct str path)
{
	struct hba hba = { .c = c, .d = d };

	read_hba(&hba, path, 0);
	if (!d->auth_at.value.ptr && hba.local.value.ptr) {
		d->auth = "local";
		d->auth_at = hba.local;
	}
}

/* "-c listen_addresses=*", "--port=5433", "-p 5433", "-h ADDRESS", "-i": they beat the files. */
static void take_command(struct cluster *c, const struct setting *command)
{
	struct str rest = command->value, word, next;

	while (str_next_word(&rest, " \t", &word)) {
		struct postgres_line l = { 0 };
		struct str behind = rest;
		bool has_next = str_next_word(&behind, " \t", &next);

		word = str_unquote(word);
		if (str_is(word, "-i"))
			l = (struct postgres_line){ STR("listen_addresses"), STR("*") };
		else if (str_is(word, "-h") && has_next)
			l = (struct postgres_line){ STR("listen_addresses"), str_unquote(next) };
		else if (str_is(word, "-p") && has_next)
			l = (struct postgres_line){ STR("port"), str_unquote(next) };
		else if (str_is(word, "-c") && has_next)
			str_split(str_unquote(next), '=', &l.name, &l.value);
		else if (str_starts(word, "--"))
			str_split(str_from(word, 2), '=', &l.name, &l.value);
		for (size_t i = 0; l.name.ptr && i < COUNT(named); i++)
			if (str_is_nocase(l.name, named[i].name) ||
				(str_is(l.name, "listen-addresses") && i == 0))
				setting_win(setting_at(c, i), c->list->a, str_unquote(l.value),
					command->file, command->line);
	}
}

static struct database *add_cluster(struct database_list *list, struct str conf,
	struct str instance, const struct setting *command)
{
	struct cluster c = { .list = list };
	struct database *d;
	struct str data;

	if (!host_exists(list->h, arena_cstr(list->a, conf)))
		return NULL;
	load(&c, conf, 0);
	data = c.data.value.ptr ? c.data.value :
				  str_until(conf, conf.len - path_base(conf).len - 1);
	load(&c, arena_fmt(list->a, "%.*s/postgresql.auto.conf", STR_FMT(data)), 0);
	if (command)
		take_command(&c, command);
	d = database_add(list, "postgresql", instance);
	if (!d)
		return NULL;
	d->listen = c.listen;
	d->fallback = STR("localhost");
	d->port = 5432;
	if (c.port.value.ptr)
		str_to_i64(c.port.value, &d->port);
	find_trust(&c, d, beside(list, conf, c.hba.value.ptr ? c.hba.value : STR("pg_hba.conf")));
	return d;
}

/* Elsewhere than on Debian a unit names the folder of its data: "-D ${PGDATA}", or PGDATA alone. */
static void add_unit_cluster(struct database_list *list)
{
	struct setting command = { 0 };
	struct str rest, word, line, name, value, dir = STR("/var/lib/pgsql/data"), own = STR("");

	systemd_unit_command(list->h, "postgresql.service", &command);
	rest = systemd_unit_environment(list->h, "postgresql.service");
	while (str_next_line(&rest, &line))
		if (str_split(str_trim(line), '=', &name, &value) && str_is(name, "PGDATA"))
			dir = str_unquote(value);
	rest = command.value;
	while (str_next_word(&rest, " \t", &word))
		if (str_is(word, "-D") && str_next_word(&rest, " \t", &own))
			dir = str_unquote(own);
	while (dir.len > 1 && str_ends(dir, "/"))
		dir = str_until(dir, dir.len - 1);
	add_cluster(list, arena_fmt(list->a, "%.*s/postgresql.conf", STR_FMT(dir)), path_base(dir),
		&command);
}

/* Debian's start.conf: auto, manual or disabled. */
static bool is_started(struct database_list *list, struct str dir)
{
	struct str rest, line;

	rest = host_bytes(list->h, arena_fmt(list->a, "%.*s/start.conf", STR_FMT(dir)), NULL);
	while (str_next_line(&rest, &line)) {
		line = str_trim(line);
		if (line.len > 0 && line.ptr[0] != '#')
			return str_starts(line, "auto");
	}
	return true;
}

/* PostgreSQL's own packages for the RHEL family: a folder a version, a unit a version. */
static void add_versions_of_red_hat(struct database_list *list)
{
	const struct str *names;
	size_t count;

	if (host_list(list->h, "/var/lib/pgsql", &names, &count) < 0)
		return;
	for (size_t i = 0; i < count && i < 64; i++) {
		struct str version = names[i];
		struct str conf = arena_fmt(
			list->a, "/var/lib/pgsql/%.*s/data/postgresql.conf", STR_FMT(version));
		struct setting command = { 0 };
		const char *unit;
		struct database *d;

		if (version.len == 0 || version.ptr[0] < '0' || version.ptr[0] > '9' ||
			!host_exists(list->h, conf.ptr))
			continue;
		unit = arena_fmt(list->a, "postgresql-%.*s.service", STR_FMT(version)).ptr;
		systemd_unit_command(list->h, unit, &command);
		d = add_cluster(
			list, conf, arena_fmt(list->a, "%.*s/data", STR_FMT(version)), &command);
		if (d)
			d->is_started = unit_starts(list->h, unit);
	}
}

/* Debian's pg_ctl.conf: pg_ctl_options = '-o "-c listen_addresses=*"', given to each start. */
static struct setting started_with(struct database_list *list, struct str cluster)
{
	struct str path = arena_fmt(list->a, "%s/pg_ctl.conf", cluster.ptr), file, rest, line;
	struct setting command = { 0 };
	struct postgres_line l;

	if (!database_read(list, path, &rest, &file))
		return command;
	for (int n = 1; str_next_line(&rest, &line); n++) {
		struct str words, word, options = STR("");

		if (postgres_parse(line, list->a, &l) != 1 || !str_is(l.name, "pg_ctl_options"))
			continue;
		words = l.value;
		while (str_next_word(&words, " \t\"'", &word))
			options = arena_fmt(list->a, "%.*s %.*s", STR_FMT(options), STR_FMT(word));
		setting_win(&command, list->a, options, file, n);
	}
	return command;
}

void databases_postgres(struct database_list *list)
{
	const struct str *versions;
	const struct str *names;
	size_t version_count, name_count;

	add_unit_cluster(list);
	add_versions_of_red_hat(list);
	if (host_list(list->h, CLUSTERS, &versions, &version_count) < 0)
		return;
	for (size_t v = 0; v < version_count && v < 64; v++) {
		const char *dir = arena_fmt(list->a, "%s/%s", CLUSTERS, versions[v].ptr).ptr;

		if (versions[v].ptr[0] < '0' || versions[v].ptr[0] > '9' ||
			host_list(list->h, dir, &names, &name_count) < 0)
			continue;
		for (size_t n = 0; n < name_count && n < 64; n++) {
			struct str cluster = arena_fmt(list->a, "%s/%s", dir, names[n].ptr);
			struct setting command = started_with(list, cluster);
			struct database *d = add_cluster(list,
				arena_fmt(list->a, "%s/postgresql.conf", cluster.ptr),
				arena_fmt(list->a, "%s/%s", versions[v].ptr, names[n].ptr),
				&command);

			if (d)
				d->is_started = is_started(list, cluster);
		}
	}
}
