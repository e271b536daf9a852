/* who.c - who changed a file, where the kernel's audit log (auditd) tells: an event names the
 * path, the user who logged in (auid), the user it ran as and the program. Only an event of the
 * very second in which the file changed is believed; without one nobody is named. */
#include "work/integrity/integrity_int.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_MAX_BYTES (32 * MIB)
#define EVENTS_MAX 100000

/* The value after " KEY=" in a line: a word, or what stands in quotes. STR_NONE: no such key. */
static struct str value_of(struct str line, const char *key, bool *ret_is_quoted)
{
	size_t len = strlen(key);
	struct str rest = line;
	ptrdiff_t at;

	while ((at = str_find(rest, str_of(key))) >= 0) {
		bool is_key = (at > 0 && rest.ptr[at - 1] == ' ') || at == 0;

		rest = str_from(rest, (size_t)at + len);
		if (!is_key || rest.len == 0 || rest.ptr[0] != '=')
			continue;
		rest = str_from(rest, 1);
		*ret_is_quoted = rest.len > 0 && rest.ptr[0] == '"';
		if (*ret_is_quoted)
			rest = str_from(rest, 1);
		at = str_find_char(rest, *ret_is_quoted ? '"' : ' ');
		return at < 0 ? rest : str_until(rest, (size_t)at);
	}
	return STR_NONE;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'  ? c - '0' :
		c >= 'A' && c <= 'F' ? c - 'A' + 10 :
		c >= 'a' && c <= 'f' ? c - 'a' + 10 :
				       -1;
}

/* Names with blanks or marks come as hex digits without quotes. */
static struct str text_of(struct str line, const char *key, struct arena *a)
{
	bool is_quoted = false;
	struct str raw = value_of(line, key, &is_quoted);
	char *text;

	if (!raw.ptr || is_quoted || raw.len % 2 != 0)
		return is_quoted ? raw : STR("");
	text = arena_alloc(a, raw.len / 2 + 1);
	for (size_t i = 0; i + 1 < raw.len; i += 2) {
		int high = hex_digit(raw.ptr[i]), low = hex_digit(raw.ptr[i + 1]);

		if (high < 0 || low < 0)
			return STR("");
		text[i / 2] = (char)(high << 4 | low);
	}
	return (struct str){ text, raw.len / 2 };
}

/* "audit(1364481363.243:24287)": seconds and number. */
static bool stamp_of(struct str line, int64_t *ret_at_s, struct str *ret_number)
{
	ptrdiff_t at = str_find(line, STR("msg=audit("));
	struct str rest, seconds, number, more;

	if (at < 0)
		return false;
	rest = str_from(line, (size_t)at + 10);
	return str_split(rest, ')', &rest, &more) && str_split(rest, ':', &seconds, &number) &&
		str_split(seconds, '.', &seconds, &more) && str_to_i64(seconds, ret_at_s) &&
		(*ret_number = number, true);
}

static struct str who_of(struct str line, struct arena *a)
{
	bool is_quoted;
	struct str auid = value_of(line, "auid", &is_quoted);
	struct str uid = value_of(line, "uid", &is_quoted);
	struct str pid = value_of(line, "pid", &is_quoted);
	struct str exe = text_of(line, "exe", a);

	if (!uid.ptr)
		return STR("");
	if (str_is(auid, "4294967295")) /* nobody logged in: a service */
		auid = STR("-");
	return text_clean(a,
		arena_fmt(a, "auid=%.*s uid=%.*s pid=%.*s %.*s", STR_FMT(auid), STR_FMT(uid),
			STR_FMT(pid), STR_FMT(exe)),
		300);
}

static struct str whole_path(struct str name, struct str cwd, struct arena *a)
{
	if (str_starts(name, "/") || cwd.len == 0)
		return name;
	while (str_starts(name, "./"))
		name = str_from(name, 2);
	return arena_fmt(a, "%.*s/%.*s", cwd.len == 1 ? 0 : (int)cwd.len, cwd.ptr, STR_FMT(name));
}

void audit_log_parse(struct str text, int64_t since_s, struct arena *a, struct audit_log *ret)
{
	struct str line, number = STR(""), who = STR(""), cwd = STR("");

	while (str_next_line(&text, &line) && ret->events.len < EVENTS_MAX) {
		struct str mine, name;
		int64_t at_s;

		if (!stamp_of(line, &at_s, &mine) || at_s < since_s)
			continue;
		if (!str_eq(mine, number)) {
			number = mine;
			who = cwd = STR("");
		}
		if (str_starts(line, "type=SYSCALL ")) {
			who = who_of(line, a);
		} else if (str_starts(line, "type=CWD ")) {
			cwd = text_of(line, "cwd", a);
		} else if (str_starts(line, "type=PATH ") && who.len > 0) {
			name = whole_path(text_of(line, "name", a), cwd, a);
			if (str_starts(name, "/"))
				vec_push(a, &ret->events,
					((struct audit_event){ arena_str(a, name), at_s, who }));
		}
	}
}

/* The last LOG_MAX_BYTES of a log. */
static void read_one(
	int root_fd, const char *path, int64_t since_s, struct arena *a, struct audit_log *ret)
{
	int fd = open_below(root_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, true);
	struct stat st;
	size_t size;
	char *bytes;
	ssize_t n;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		ret->is_there = true;
		size = (uint64_t)st.st_size < LOG_MAX_BYTES ? (size_t)st.st_size : LOG_MAX_BYTES;
		bytes = arena_try(a, size + 1);
		n = bytes ? pread(fd, bytes, size, st.st_size - (off_t)size) : -1;
		if (n > 0)
			audit_log_parse((struct str){ bytes, (size_t)n }, since_s, a, ret);
	}
	close(fd);
}

void audit_log_read(int root_fd, int64_t since_s, struct arena *a, struct audit_log *ret)
{
	read_one(root_fd, "/var/log/audit/audit.log.1", since_s, a, ret);
	read_one(root_fd, "/var/log/audit/audit.log", since_s, a, ret);
}

struct str audit_log_who(const struct audit_log *log, const struct integrity_change *c)
{
	bool is_gone = c->what == INTEGRITY_REMOVED;
	struct str path = is_gone ? c->before.path : c->after.path;

	for (size_t i = log->events.len; i > 0; i--) {
		const struct audit_event *event = &log->events.at[i - 1];

		if (str_eq(event->path, path) &&
			(is_gone ||
				(event->at_s >= c->after.ctime_s - 1 &&
					event->at_s <= c->after.ctime_s + 1)))
			return event->who;
	}
	return STR("");
}
