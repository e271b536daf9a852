/* syslog_json.c - a JSON object as body: walked once, without a tree, for the few keys that tell
 * who sent the line and what it is about. What is not JSON to its end stays text. */
#include "kit/syslog/syslog_int.h"

#define DEPTH_MAX 16
#define PATH_SIZE 96

enum field {
	F_TIME,
	F_HOST,
	F_PROGRAM,
	F_PID,
	F_CHANNEL,
	F_EVENT,
	F_SEVERITY,
	F_LEVEL, /* Windows': 1 critical, 2 error, 3 warning, 4 information, 5 verbose, 0 always */
	F_VALUE, /* NXLog's: 1 debug to 5 critical */
	F_MESSAGE,
	F_COUNT,
};

/* The first of a field in this order wins. */
static const struct {
	const char *path;
	enum field field;
} keys[] = {
	{ "winlog.computer_name", F_HOST },
	{ "Hostname", F_HOST },
	{ "computer_name", F_HOST },
	{ "Event.System.Computer", F_HOST },
	{ "Computer", F_HOST },
	{ "host.name", F_HOST },
	{ "host.hostname", F_HOST },
	{ "hostname", F_HOST },
	{ "host", F_HOST },
	{ "winlog.provider_name", F_PROGRAM },
	{ "SourceName", F_PROGRAM },
	{ "source_name", F_PROGRAM },
	{ "Event.System.Provider.#attributes.Name", F_PROGRAM },
	{ "Event.System.Provider.Name", F_PROGRAM },
	{ "ProviderName", F_PROGRAM },
	{ "process.name", F_PROGRAM },
	{ "program", F_PROGRAM },
	{ "appname", F_PROGRAM },
	{ "app", F_PROGRAM },
	{ "winlog.channel", F_CHANNEL },
	{ "Channel", F_CHANNEL },
	{ "log_name", F_CHANNEL },
	{ "Event.System.Channel", F_CHANNEL },
	{ "winlog.event_id", F_EVENT },
	{ "EventID", F_EVENT },
	{ "event_id", F_EVENT },
	{ "Event.System.EventID.#text", F_EVENT },
	{ "Event.System.EventID", F_EVENT },
	{ "event.code", F_EVENT },
	{ "winlog.process.pid", F_PID },
	{ "Event.System.Execution.#attributes.ProcessID", F_PID },
	{ "ExecutionProcessID", F_PID },
	{ "ProcessID", F_PID },
	{ "process_id", F_PID },
	{ "process.pid", F_PID },
	{ "pid", F_PID },
	{ "SeverityValue", F_VALUE },
	{ "log.level", F_SEVERITY },
	{ "Severity", F_SEVERITY },
	{ "level", F_SEVERITY },
	{ "severity", F_SEVERITY },
	{ "Event.System.Level", F_LEVEL },
	{ "Level", F_LEVEL },
	{ "Event.System.TimeCreated.#attributes.SystemTime", F_TIME },
	{ "@timestamp", F_TIME },
	{ "EventTime", F_TIME },
	{ "timestamp", F_TIME },
	{ "time", F_TIME },
	{ "message", F_MESSAGE },
	{ "Message", F_MESSAGE },
	{ "msg", F_MESSAGE },
};

struct walk {
	struct cursor c;
	char path[PATH_SIZE];
	size_t path_len; /* beyond PATH_SIZE: no key of ours */
	size_t rank[F_COUNT];
	struct syslog_part found[F_COUNT];
};

static void skip_space(struct cursor *c)
{
	while (peek(c, 0) == ' ' || peek(c, 0) == '\t' || peek(c, 0) == '\n' || peek(c, 0) == '\r')
		c->at++;
}

static bool take_text(struct cursor *c, struct syslog_part *ret)
{
	size_t from = c->at + 1;

	if (!take(c, '"'))
		return false;
	for (; c->at < c->line.len; c->at++) {
		if (c->line.ptr[c->at] == '\\')
			c->at++;
		else if (c->line.ptr[c->at] == '"') {
			*ret = part_of(from, c->at);
			c->at++;
			return true;
		}
	}
	return false;
}

/* A number, true, false, null. */
static bool take_bare(struct cursor *c, struct syslog_part *ret)
{
	size_t from = c->at;

	while (is_alpha(peek(c, 0)) || is_digit(peek(c, 0)) || peek(c, 0) == '-' ||
		peek(c, 0) == '+' || peek(c, 0) == '.')
		c->at++;
	*ret = part_of(from, c->at);
	return ret->len > 0;
}

static void look_at(struct walk *w, struct syslog_part value)
{
	struct str path = { w->path, w->path_len };

	if (w->path_len >= PATH_SIZE || value.len == 0)
		return;
	for (size_t i = 0; i < COUNT(keys); i++) {
		enum field f = keys[i].field;

		if (!str_is(path, keys[i].path))
			continue;
		if (w->found[f].len == 0 || i < w->rank[f]) {
			w->found[f] = value;
			w->rank[f] = i;
		}
		return;
	}
}

static void push_key(struct walk *w, struct syslog_part key)
{
	size_t dot = w->path_len ? 1 : 0;

	if (w->path_len + dot + key.len >= PATH_SIZE) {
		w->path_len += dot + key.len;
		return;
	}
	if (dot)
		w->path[w->path_len] = '.';
	memcpy(w->path + w->path_len + dot, w->c.line.ptr + key.at, key.len);
	w->path_len += dot + key.len;
}

static bool walk_value(struct walk *w, int depth);

static bool walk_object(struct walk *w, int depth)
{
	size_t len = w->path_len;

	for (bool is_first = true;; is_first = false) {
		struct syslog_part key;

		skip_space(&w->c);
		if (is_first && take(&w->c, '}'))
			return true;
		if (!take_text(&w->c, &key))
			return false;
		skip_space(&w->c);
		if (!take(&w->c, ':'))
			return false;
		push_key(w, key);
		if (!walk_value(w, depth))
			return false;
		w->path_len = len;
		skip_space(&w->c);
		if (take(&w->c, '}'))
			return true;
		if (!take(&w->c, ','))
			return false;
	}
}

static bool walk_list(struct walk *w, int depth)
{
	size_t len = w->path_len;
	bool is_fine = true;

	skip_space(&w->c);
	if (take(&w->c, ']'))
		return true;
	w->path_len = PATH_SIZE; /* nothing below a list is asked for */
	do {
		is_fine = walk_value(w, depth);
		skip_space(&w->c);
	} while (is_fine && take(&w->c, ','));
	w->path_len = len;
	return is_fine && take(&w->c, ']');
}

static bool walk_value(struct walk *w, int depth)
{
	struct syslog_part value;

	if (depth > DEPTH_MAX)
		return false;
	skip_space(&w->c);
	if (take(&w->c, '{'))
		return walk_object(w, depth + 1);
	if (take(&w->c, '['))
		return walk_list(w, depth + 1);
	if (peek(&w->c, 0) == '"' ? !take_text(&w->c, &value) : !take_bare(&w->c, &value))
		return false;
	look_at(w, value);
	return true;
}

static int severity_of(struct str line, const struct walk *w)
{
	static const int of_value[] = { -1, 7, 6, 4, 3, 2 }, of_level[] = { 6, 2, 3, 4, 6, 7 };
	int64_t figure;

	if (str_to_i64(syslog_part(line, w->found[F_VALUE]), &figure) && figure >= 1 && figure <= 5)
		return of_value[figure];
	if (w->found[F_SEVERITY].len) {
		struct str word = syslog_part(line, w->found[F_SEVERITY]);

		if (str_to_i64(word, &figure) && figure >= 0 && figure <= 7)
			return (int)figure;
		return syslog_severity_of(word);
	}
	if (str_to_i64(syslog_part(line, w->found[F_LEVEL]), &figure) && figure >= 0 && figure <= 5)
		return of_level[figure];
	return syslog_severity_of(syslog_part(line, w->found[F_LEVEL]));
}

static void take_over(struct syslog_part found, struct syslog_part *ret)
{
	if (found.len)
		*ret = found;
}

void json_read(struct str line, int64_t received_s, struct syslog_line *l)
{
	struct walk w = { .c = { line, l->message.at, received_s } };
	int severity;

	if (!walk_value(&w, 0))
		return;
	skip_space(&w.c);
	if (w.c.at != line.len)
		return;
	l->body = SYSLOG_JSON;
	take_over(w.found[F_HOST], &l->host);
	take_over(w.found[F_PROGRAM], &l->program);
	take_over(w.found[F_PID], &l->pid);
	take_over(w.found[F_CHANNEL], &l->channel);
	take_over(w.found[F_EVENT], &l->event_id);
	take_over(w.found[F_MESSAGE], &l->message);
	severity = severity_of(line, &w);
	if (severity >= 0)
		l->severity = severity;
	if (!l->has_time && w.found[F_TIME].len) {
		struct syslog_part time = w.found[F_TIME];
		struct cursor at = { str_until(line, time.at + time.len), time.at, received_s };

		(void)time_take_iso(&at, l);
	}
}
