/* databases_container.c - servers in containers, by what docker and podman wrote down of them: a
 * published port is open past the firewall of the machine. */
#include <string.h>

#include "work/hostaudit/databases.h"
#include "work/hostaudit/units.h"

#define CONTAINERS_MAX 256

/* "mysql" of "docker.io/library/mysql:8.0"; NULL for what is no database server. */
static const char *engine_of(struct str image)
{
	static const struct {
		const char *name, *engine;
	} known[] = { { "mysql", "mysql" }, { "mysql-server", "mysql" }, { "mysqld", "mysql" },
		{ "mariadb", "mariadb" }, { "postgres", "postgresql" },
		{ "postgresql", "postgresql" }, { "postgis", "postgresql" },
		{ "pgvector", "postgresql" }, { "timescaledb", "postgresql" }, { "redis", "redis" },
		{ "redis-stack-server", "redis" }, { "valkey", "redis" }, { "mongo", "mongodb" },
		{ "mongod", "mongodb" }, { "mongodb", "mongodb" },
		{ "elasticsearch", "elasticsearch" }, { "opensearch", "opensearch" },
		{ "memcached", "memcached" }, { "clickhouse-server", "clickhouse" },
		{ "influxdb", "influxdb" }, { "couchdb", "couchdb" } };
	struct str name = path_base(image), rest;

	if (str_find(image, STR("mssql/server")) >= 0)
		return "mssql";
	(void)str_split(name, '@', &name, &rest);
	(void)str_split(name, ':', &name, &rest);
	for (size_t i = 0; i < COUNT(known); i++)
		if (str_is(name, known[i].name))
			return known[i].engine;
	return NULL;
}

/* The next value of KEY ("\"Image\":\"") in a text of JSON, up to its quote. */
static bool next_value(struct str *rest, const char *key, struct str *ret)
{
	ptrdiff_t at = str_find(*rest, str_of(key)), end;

	if (at < 0)
		return false;
	*rest = str_from(*rest, (size_t)at + strlen(key));
	end = str_find_char(*rest, '"');
	if (end < 0)
		return false;
	*ret = str_until(*rest, (size_t)end);
	*rest = str_from(*rest, (size_t)end);
	return true;
}

static void add(struct database_list *list, const char *engine, struct str name, struct str address,
	struct str port, struct str file)
{
	struct database *d = database_add(list, engine, name);

	if (!d)
		return;
	d->listen = (struct setting){ .value = address.len > 0 ? address : STR("*"), .file = file };
	d->fallback = STR("*");
	(void)str_to_i64(port, &d->port);
	d->is_served = true;
}

static void read_docker(struct database_list *list, struct str folder)
{
	struct str config, host, file, image = STR(""), name = STR(""), address, port, rest;
	const char *engine = NULL;
	ptrdiff_t at;

	if (!database_read(list, arena_fmt(list->a, "%.*s/config.v2.json", STR_FMT(folder)),
		    &config, &file) ||
		!database_read(list, arena_fmt(list->a, "%.*s/hostconfig.json", STR_FMT(folder)),
			&host, &file))
		return;
	for (rest = config; !engine && next_value(&rest, "\"Image\":\"", &image);)
		engine = engine_of(image);
	/* a container that nobody starts again is not there after the next boot */
	if (!engine || str_find(host, STR("\"RestartPolicy\":{\"Name\":\"no\"")) >= 0)
		return;
	rest = config;
	(void)next_value(&rest, "\"Name\":\"/", &name);
	at = str_find(host, STR("\"PortBindings\":"));
	rest = at >= 0 ? str_from(host, (size_t)at) : STR("");
	while (next_value(&rest, "\"HostIp\":\"", &address) &&
		next_value(&rest, "\"HostPort\":\"", &port))
		add(list, engine, name, address, port, file);
}

/* "5432:5432", "127.0.0.1:5432:5432", "[::1]:5432:5432", "5432". */
static void publish(struct database_list *list, const char *engine, struct str name,
	struct str ports, struct str file)
{
	struct str address = STR(""), port = ports, rest;

	if (str_starts(ports, "[") && str_split(ports, ']', &address, &rest)) {
		address = str_from(address, 1);
		port = str_from(rest, rest.len > 0 ? 1 : 0);
	} else if (str_split(ports, ':', &address, &rest) && str_has(rest, ':')) {
		port = rest;
	} else {
		address = STR("");
	}
	(void)str_split(port, ':', &port, &rest);
	add(list, engine, name, address, port, file);
}

/* A unit that podman makes a service of: podman-systemd.unit(5). */
static void read_quadlet(struct database_list *list, struct str path)
{
	struct str bytes, file, rest, line, key, value;
	const char *engine = NULL;
	bool is_wanted = false;

	if (!database_read(list, path, &bytes, &file))
		return;
	for (rest = bytes; str_next_line(&rest, &line);)
		if (str_split(str_trim(line), '=', &key, &value)) {
			if (str_is(str_trim(key), "Image"))
				engine = engine_of(str_trim(value));
			is_wanted |= str_is(str_trim(key), "WantedBy");
		}
	if (!engine || !is_wanted)
		return;
	for (rest = bytes; str_next_line(&rest, &line);)
		if (str_split(str_trim(line), '=', &key, &value) &&
			str_is(str_trim(key), "PublishPort"))
			publish(list, engine, path_base(path), str_trim(value), file);
}

static void each(struct database_list *list, const char *pattern,
	void (*one)(struct database_list *list, struct str path))
{
	const struct str *paths;
	size_t count;

	if (host_glob(list->h, pattern, &paths, &count) != 0)
		return;
	for (size_t i = 0; i < count && i < CONTAINERS_MAX; i++)
		one(list, paths[i]);
}

void databases_container(struct database_list *list)
{
	if (unit_starts(list->h, "docker.service") || unit_starts(list->h, "docker.socket"))
		each(list, "/var/lib/docker/containers/*", read_docker);
	each(list, "/etc/containers/systemd/*.container", read_quadlet);
}

/* "snap.NAME.APP.service": what is in a snap is not read, only that it starts. */
static void read_snap(struct database_list *list, struct str path)
{
	struct str unit = path_base(path), rest, snap, app;
	const char *engine;
	struct database *d;

	rest = str_from(unit, 5);
	if (!str_next_word(&rest, ".", &snap) || !str_next_word(&rest, ".", &app))
		return;
	engine = engine_of(app);
	if (!engine)
		engine = engine_of(snap);
	if (!engine || !unit_starts(list->h, arena_cstr(list->a, unit)))
		return;
	d = database_add(list, engine, unit);
	if (!d)
		return;
	d->fallback = STR("?");
	d->is_served = true;
}

void databases_unread(struct database_list *list)
{
	static const struct {
		const char *unit, *engine;
	} known[] = { { "mssql-server.service", "mssql" }, { "oracle-xe-21c.service", "oracle" },
		{ "oracle-free-23ai.service", "oracle" },
		{ "clickhouse-server.service", "clickhouse" }, { "influxdb.service", "influxdb" },
		{ "couchdb.service", "couchdb" }, { "etcd.service", "etcd" },
		{ "cassandra.service", "cassandra" }, { "neo4j.service", "neo4j" } };

	each(list, "/etc/systemd/system/snap.*.service", read_snap);
	for (size_t i = 0; i < COUNT(known); i++) {
		struct database *d = unit_starts(list->h, known[i].unit) ?
			database_add(list, known[i].engine, str_of(known[i].unit)) :
			NULL;

		if (!d)
			continue;
		d->fallback = STR("?"); /* its settings are not read: where it listens is unknown */
		d->is_served = true;
	}
}
