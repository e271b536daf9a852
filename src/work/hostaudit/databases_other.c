/* Redis (and Valkey) and MongoDB. */
#include <string.h>

#include "work/hostaudit/databases.h"
#include "work/hostaudit/resolve/systemd.h"
#include "work/hostaudit/resolve/yaml_keys.h"
#include "work/hostaudit/units.h"

size_t redis_parse(struct str line, struct str *ret_words)
{
	size_t count = 0;

	line = str_trim(line);
	if (line.len > 0 && line.ptr[0] == '#')
		return 0;
	while (line.len > 0 && count < REDIS_WORDS_MAX) {
		struct str word;
		char quote = line.ptr[0];

		if (quote == '"' || quote == '\'') {
			ptrdiff_t end = str_find_char(str_from(line, 1), quote);

			if (end < 0)
				return 0;
			word = (struct str){ line.ptr + 1, (size_t)end };
			line = str_trim(str_from(line, (size_t)end + 2));
		} else if (!str_next_word(&line, " \t", &word)) {
			break;
		}
		ret_words[count++] = word;
		line = str_trim(line);
	}
	return count;
}

/* Files that others include: no servers of their own. */
struct redis_parts {
	struct str at[64];
	size_t len;
};

struct redis {
	struct database_list *list;
	struct redis_parts *parts;
	struct setting bind, port, tls_port, password, protection;
	struct setting
		user; /* the default user: "asks", "open", or "acl" when a file was not read */
};

static void load_redis(struct redis *r, struct str path, int depth);

static struct str joined(struct arena *a, const struct str *words, size_t count)
{
	struct str text = STR("");

	for (size_t i = 0; i < count; i++)
		text = arena_fmt(a, "%.*s%s%.*s", STR_FMT(text), i ? " " : "", STR_FMT(words[i]));
	return text;
}

int redis_default_user(const struct str *words, size_t count)
{
	bool is_off = true, asks = true; /* a user begins switched off and without a password */

	if (count < 2 || !str_is_nocase(words[0], "user") || !str_is(words[1], "default"))
		return -1;
	for (size_t i = 2; i < count; i++) {
		if (str_is_nocase(words[i], "on"))
			is_off = false;
		else if (str_is_nocase(words[i], "off"))
			is_off = true;
		else if (str_is_nocase(words[i], "nopass"))
			asks = false;
		else if (str_starts(words[i], ">") || str_starts(words[i], "#") ||
			str_is_nocase(words[i], "resetpass") || str_is_nocase(words[i], "reset"))
			asks = true;
	}
	return is_off || asks;
}

/* A file of users that takes the place of those in the main one; passwords in it are not kept. */
static void read_acl(struct redis *r, struct str path)
{
	struct str words[REDIS_WORDS_MAX];
	struct str bytes, file, line;
	int number = 0;

	setting_win(&r->user, r->list->a, STR("acl"), path, 0);
	if (!database_read(r->list, path, &bytes, &file))
		return;
	setting_win(&r->user, r->list->a, STR("open"), file, 0);
	while (str_next_line(&bytes, &line)) {
		size_t count = redis_parse(line, words);
		int asks = redis_default_user(words, count);

		number++;
		if (asks >= 0)
			setting_win(&r->user, r->list->a, asks ? STR("asks") : STR("open"), file,
				number);
	}
}

/* Nobody is asked: then its own protection lets in only this machine, unless that is off too. */
static const char *redis_auth(const struct redis *r, struct setting *ret_at)
{
	const struct setting *s = r->user.value.ptr ? &r->user : &r->password;

	*ret_at = *s;
	if (str_is(r->user.value, "acl"))
		return NULL;
	if (str_is(r->user.value, "asks") ||
		(!r->user.value.ptr && r->password.value.ptr && r->password.value.len > 0))
		return "password";
	if (r->protection.value.ptr && !str_bool(r->protection.value, true)) {
		*ret_at = r->protection;
		return "none";
	}
	return "protected";
}

static void take_redis(
	struct redis *r, const struct str *words, size_t count, struct str file, int line)
{
	struct arena *a = r->list->a;

	if (count < 2)
		return;
	if (str_is_nocase(words[0], "bind"))
		setting_win(&r->bind, a, joined(a, words + 1, count - 1), file, line);
	else if (str_is_nocase(words[0], "port"))
		setting_win(&r->port, a, words[1], file, line);
	else if (str_is_nocase(words[0], "tls-port"))
		setting_win(&r->tls_port, a, words[1], file, line);
	else if (str_is_nocase(words[0], "requirepass")) /* the secret itself is not kept */
		setting_win(&r->password, a, words[1].len > 0 ? STR("set") : STR(""), file, line);
	else if (str_is_nocase(words[0], "protected-mode"))
		setting_win(&r->protection, a, words[1], file, line);
	else if (str_is_nocase(words[0], "user") && redis_default_user(words, count) >= 0)
		setting_win(&r->user, a,
			redis_default_user(words, count) ? STR("asks") : STR("open"), file, line);
	else if (str_is_nocase(words[0], "aclfile"))
		read_acl(r, words[1]);
}

/* Redis takes a pattern here, in the order of names. */
static void include_redis(struct redis *r, struct str path, int depth)
{
	const struct str *paths;
	size_t count;

	if (!str_has(path, '*') && !str_has(path, '?') && !str_has(path, '[')) {
		load_redis(r, path, depth);
		return;
	}
	if (host_glob(r->list->h, arena_cstr(r->list->a, path), &paths, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++)
		load_redis(r, paths[i], depth);
}

static void load_redis(struct redis *r, struct str path, int depth)
{
	struct str words[REDIS_WORDS_MAX];
	struct str bytes, file, line;
	int number = 0;

	if (depth > LIMIT_HOST_INCLUDE_DEPTH) {
		host_gap(r->list->h, GAP_LOOP, arena_cstr(r->list->a, path));
		return;
	}
	if (depth > 0 && r->parts->len < COUNT(r->parts->at))
		r->parts->at[r->parts->len++] = path;
	if (!database_read(r->list, path, &bytes, &file))
		return;
	while (str_next_line(&bytes, &line)) {
		size_t count = redis_parse(line, words);

		number++;
		if (count == 2 && str_is_nocase(words[0], "include"))
			include_redis(r, words[1], depth + 1);
		else
			take_redis(r, words, count, file, number);
	}
}

/* What the unit gives the program behind the name of its file wins: "--bind 0.0.0.0
 * --port 6380". */
static void take_redis_command(struct redis *r, struct str path)
{
	static const char *const units[] = { "redis-server.service", "redis.service",
		"valkey-server.service", "valkey.service" };
	struct str words[REDIS_WORDS_MAX], rest, word;

	for (size_t i = 0; i < COUNT(units); i++) {
		struct setting command = { 0 };
		bool is_ours = false;
		size_t count = 0;

		systemd_unit_conf(r->list->h, units[i], "Service", "ExecStart", &command);
		rest = command.value;
		while (str_next_word(&rest, " \t", &word)) {
			is_ours = is_ours || str_eq(word, path);
			if (str_starts(word, "--")) {
				take_redis(r, words, count, command.file, command.line);
				count = 0;
				word = str_from(word, 2);
			} else if (count == 0) {
				continue; /* the program and its file */
			}
			if (is_ours && count < REDIS_WORDS_MAX)
				words[count++] = str_unquote(word);
		}
		take_redis(r, words, count, command.file, command.line);
	}
}

/* "redis-server@kho.service" reads /etc/redis/redis-kho.conf. */
static bool has_instance(struct host *h, struct str path)
{
	static const char *const units[] = { "redis-server", "redis", "valkey-server", "valkey" };
	struct str name = path_base(path), rest;

	if (!str_split(name, '-', &rest, &name) || !str_ends(name, ".conf"))
		return false;
	name = str_until(name, name.len - strlen(".conf"));
	for (size_t i = 0; i < COUNT(units); i++)
		if (unit_starts(h,
			    arena_fmt(host_arena(h), "%s@%.*s.service", units[i], STR_FMT(name))
				    .ptr))
			return true;
	return false;
}

static bool is_part(const struct redis_parts *parts, struct str path)
{
	for (size_t i = 0; i < parts->len; i++)
		if (str_eq(parts->at[i], path))
			return true;
	return false;
}

static void add_redis(struct database_list *list, struct redis_parts *parts, struct str path)
{
	struct redis r = { .list = list, .parts = parts };
	struct database *d;

	load_redis(&r, path, 0);
	if (is_part(parts, path))
		return;
	take_redis_command(&r, path);
	d = database_add(list, "redis", path_base(path));
	if (!d)
		return;
	d->listen = r.bind;
	d->fallback = STR("* -::*");
	d->port = 6379;
	if (r.port.value.ptr)
		str_to_i64(r.port.value, &d->port);
	if (d->port == 0 && r.tls_port.value.ptr)
		str_to_i64(r.tls_port.value, &d->port);
	d->has_network = d->port != 0;
	d->auth = redis_auth(&r, &d->auth_at);
	d->is_served = has_instance(list->h, path);
}

void databases_redis(struct database_list *list)
{
	static const char *const patterns[] = { "/etc/redis/*.conf", "/etc/valkey/*.conf",
		"/etc/redis.conf", "/etc/valkey.conf" };
	struct redis_parts parts = { .len = 0 };
	const struct str *paths;
	size_t count;

	for (size_t i = 0; i < COUNT(patterns); i++) {
		if (host_glob(list->h, patterns[i], &paths, &count) != 0)
			continue;
		/* who includes whom is known when all were read once */
		for (size_t n = 0; n < count && n < 64; n++)
			load_redis(&(struct redis){ .list = list, .parts = &parts }, paths[n], 0);
		for (size_t n = 0; n < count && n < 64; n++)
			if (!str_ends(paths[n], "/sentinel.conf"))
				add_redis(list, &parts, paths[n]);
	}
}

/* ---- MongoDB ---- */

struct mongo {
	struct arena *a;
	struct str file;
	struct setting bind, bind_all, port, authorization, key_file, transition;
};

static void take_mongo(struct mongo *m, struct str name, struct setting from)
{
	const struct {
		const char *name;
		struct setting *setting;
	} names[] = {
		{ "net.bindIp", &m->bind },
		{ "net.bindIpAll", &m->bind_all },
		{ "net.port", &m->port },
		{ "security.authorization", &m->authorization },
		{ "security.keyFile", &m->key_file },
		{ "security.transitionToAuth", &m->transition },
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_is(name, names[i].name))
			setting_win(names[i].setting, m->a, from.value, from.file, from.line);
}

static void take_mongo_key(void *ctx, const struct yaml_key *key)
{
	struct mongo *m = ctx;

	take_mongo(m, key->name,
		(struct setting){ .value = key->value, .file = m->file, .line = key->line });
}

/* What the unit gives mongod wins: "--auth --bind_ip_all --port=27018". */
static void take_mongo_command(struct mongo *m, struct database_list *list)
{
	static const struct {
		const char *option, *name, *value; /* a value: the option takes none */
	} options[] = {
		{ "--auth", "security.authorization", "enabled" },
		{ "--noauth", "security.authorization", "disabled" },
		{ "--transitionToAuth", "security.transitionToAuth", "true" },
		{ "--bind_ip_all", "net.bindIpAll", "true" },
		{ "--bind_ip", "net.bindIp", NULL },
		{ "--port", "net.port", NULL },
		{ "--keyFile", "security.keyFile", NULL },
	};
	struct setting command = { 0 };
	struct str rest, word, name, value;

	systemd_unit_conf(list->h, "mongod.service", "Service", "ExecStart", &command);
	rest = command.value;
	while (str_next_word(&rest, " \t", &word)) {
		bool has_value = str_split(word, '=', &name, &value);

		for (size_t i = 0; i < COUNT(options); i++) {
			if (!str_is(has_value ? name : word, options[i].option))
				continue;
			if (options[i].value)
				value = str_of(options[i].value);
			else if (!has_value && !str_next_word(&rest, " \t", &value))
				return;
			command.value = str_unquote(value);
			take_mongo(m, str_of(options[i].name), command);
			break;
		}
	}
}

void databases_mongo(struct database_list *list)
{
	static const char *const files[] = { "/etc/mongod.conf", "/etc/mongodb.conf" };

	for (size_t i = 0; i < COUNT(files); i++) {
		struct mongo m = { .a = list->a };
		struct database *d;
		struct str bytes;
		bool is_open;

		if (!database_read(list, str_of(files[i]), &bytes, &m.file))
			continue;
		if (!yaml_keys(bytes, list->a, take_mongo_key, &m))
			host_gap(list->h, GAP_SYNTAX, files[i]);
		take_mongo_command(&m, list);
		d = database_add(list, "mongodb", path_base(m.file));
		if (!d)
			return;
		d->listen = m.bind_all.value.ptr && str_bool(m.bind_all.value, false) ?
			(struct setting){
				.value = STR("*"), .file = m.bind_all.file, .line = m.bind_all.line
			} :
			m.bind;
		d->fallback = STR("localhost");
		d->port = 27017;
		if (m.port.value.ptr)
			str_to_i64(m.port.value, &d->port);
		/* a key file for the members of a set switches log-ins on as well; while a set is
		 * being moved to log-ins, nobody is asked for one yet */
		is_open = str_bool(m.transition.value, false);
		d->auth = !is_open &&
				(str_is(m.authorization.value, "enabled") ||
					m.key_file.value.len > 0) ?
			"password" :
			"none";
		d->auth_at = is_open ? m.transition : m.authorization;
	}
}
