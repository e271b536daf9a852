/* memcached: an option a line in Debian, one behind the other in OPTIONS= of RHEL. */
#include "work/hostaudit/databases.h"

struct memcached {
	struct database_list *list;
	struct setting listen, port, socket, lock;
};

/* "-l 127.0.0.1", "--listen=127.0.0.1,::1", "-l127.0.0.1"; of several -l each counts. */
static void take(struct memcached *m, struct str text, struct str file, int line)
{
	struct arena *a = m->list->a;
	const struct {
		const char *letter, *name;
		struct setting *setting;
	} known[] = { { "-l", "--listen=", &m->listen }, { "-p", "--port=", &m->port },
		{ "-s", "--unix-socket=", &m->socket }, { "-S", "--enable-sasl", &m->lock },
		{ "-Y", "--auth-file=", &m->lock } };
	struct str word, value;

	while (str_next_word(&text, " \t\"'", &word))
		for (size_t i = 0; i < COUNT(known); i++) {
			size_t length = str_of(known[i].name).len;

			if (str_starts(word, known[i].name))
				value = str_from(word, length);
			else if (!str_starts(word, known[i].letter))
				continue;
			else if (word.len > 2)
				value = str_from(word, 2);
			else if (known[i].setting == &m->lock ||
				!str_next_word(&text, " \t\"'", &value))
				value = STR("on");
			if (known[i].setting == &m->listen && m->listen.value.ptr)
				value = arena_fmt(
					a, "%.*s,%.*s", STR_FMT(m->listen.value), STR_FMT(value));
			setting_win(known[i].setting, a, value, file, line);
			break;
		}
}

static void take_line(struct memcached *m, struct str line, struct str file, int number)
{
	struct str name, value;

	line = str_trim(line);
	if (str_starts(line, "-")) {
		take(m, line, file, number);
		return;
	}
	if (!str_split(line, '=', &name, &value))
		return;
	if (str_is(name, "OPTIONS"))
		take(m, value, file, number);
	else if (str_is(name, "PORT"))
		setting_win(&m->port, m->list->a, str_unquote(value), file, number);
}

/* Does it hear this machine alone? */
static bool is_local(const struct memcached *m)
{
	struct str list = m->listen.value, address;
	enum socket_scope scope;

	if (m->socket.value.ptr)
		return true;
	while (m->listen.value.ptr && str_next_word(&list, ",", &address))
		if (!socket_scope_parse(address, &scope) || scope != SCOPE_LOOPBACK)
			return false;
	return m->listen.value.ptr != NULL;
}

void databases_memcached(struct database_list *list)
{
	static const char *const files[] = { "/etc/memcached.conf", "/etc/sysconfig/memcached" };

	for (size_t i = 0; i < COUNT(files); i++) {
		struct memcached m = { .list = list };
		struct str bytes, file, line;
		struct database *d;

		if (!database_read(list, str_of(files[i]), &bytes, &file))
			continue;
		for (int n = 1; str_next_line(&bytes, &line); n++)
			take_line(&m, line, file, n);
		d = database_add(list, "memcached", path_base(file));
		if (!d)
			return;
		d->listen = m.listen;
		d->fallback = STR("*");
		d->port = 11211;
		d->has_network = !m.socket.value.ptr;
		if (m.port.value.ptr)
			str_to_i64(m.port.value, &d->port);
		d->auth = m.lock.value.ptr ? "password" : is_local(&m) ? "protected" : "none";
		d->auth_at = m.lock;
	}
}
