/* syslog_fields.c - what a body calls its fields: of Windows events as NXLog, winlogbeat, Wazuh and
 * evtx tools write them in JSON, and as XML has them; of the journal; and of programs at large. */
#include "kit/syslog/syslog_int.h"

#define AUDIT_FAILURE (UINT64_C(1) << 52) /* of the keywords of a Windows event */

/* The first of a field in this order wins. */
static const struct {
	const char *path;
	enum body_field field;
} keys[] = {
	{ "winlog.computer_name", F_HOST },
	{ "Hostname", F_HOST },
	{ "computer_name", F_HOST },
	{ "Event.System.Computer", F_HOST },
	{ "win.system.computer", F_HOST },
	{ "Computer", F_HOST },
	{ "_HOSTNAME", F_HOST },
	{ "host.name", F_HOST },
	{ "host.hostname", F_HOST },
	{ "hostname", F_HOST },
	{ "host", F_HOST },
	{ "winlog.provider_name", F_PROGRAM },
	{ "SourceName", F_PROGRAM },
	{ "source_name", F_PROGRAM },
	{ "Event.System.Provider.#attributes.Name", F_PROGRAM },
	{ "Event.System.Provider.Name", F_PROGRAM },
	{ "win.system.providerName", F_PROGRAM },
	{ "ProviderName", F_PROGRAM },
	{ "SYSLOG_IDENTIFIER", F_PROGRAM },
	{ "_COMM", F_PROGRAM },
	{ "process.name", F_PROGRAM },
	{ "program", F_PROGRAM },
	{ "appname", F_PROGRAM },
	{ "app", F_PROGRAM },
	{ "winlog.channel", F_CHANNEL },
	{ "Channel", F_CHANNEL },
	{ "log_name", F_CHANNEL },
	{ "Event.System.Channel", F_CHANNEL },
	{ "win.system.channel", F_CHANNEL },
	{ "winlog.event_id", F_EVENT },
	{ "EventID", F_EVENT },
	{ "event_id", F_EVENT },
	{ "Event.System.EventID.#text", F_EVENT },
	{ "Event.System.EventID", F_EVENT },
	{ "win.system.eventID", F_EVENT },
	{ "event.code", F_EVENT },
	{ "winlog.process.pid", F_PID },
	{ "Event.System.Execution.#attributes.ProcessID", F_PID },
	{ "win.system.processID", F_PID },
	{ "ExecutionProcessID", F_PID },
	{ "ProcessID", F_PID },
	{ "process_id", F_PID },
	{ "_PID", F_PID },
	{ "SYSLOG_PID", F_PID },
	{ "process.pid", F_PID },
	{ "pid", F_PID },
	{ "SeverityValue", F_VALUE },
	{ "PRIORITY", F_SEVERITY },
	{ "log.level", F_SEVERITY },
	{ "Severity", F_SEVERITY },
	{ "level", F_SEVERITY },
	{ "severity", F_SEVERITY },
	{ "SYSLOG_FACILITY", F_FACILITY },
	{ "Event.System.Level", F_LEVEL },
	{ "win.system.level", F_LEVEL },
	{ "Level", F_LEVEL },
	{ "Event.System.Keywords", F_KEYWORDS },
	{ "win.system.keywords", F_KEYWORDS },
	{ "Event.System.TimeCreated.#attributes.SystemTime", F_TIME },
	{ "win.system.systemTime", F_TIME },
	{ "@timestamp", F_TIME },
	{ "EventTime", F_TIME },
	{ "timestamp", F_TIME },
	{ "time", F_TIME },
	{ "__REALTIME_TIMESTAMP", F_TIME_US },
	{ "_SOURCE_REALTIME_TIMESTAMP", F_TIME_US },
	{ "Event.RenderingInfo.Message", F_MESSAGE },
	{ "win.system.message", F_MESSAGE },
	{ "message", F_MESSAGE },
	{ "Message", F_MESSAGE },
	{ "MESSAGE", F_MESSAGE },
	{ "msg", F_MESSAGE },
};

void fields_push(struct body_fields *f, struct str key)
{
	size_t dot = f->path_len ? 1 : 0;

	if (f->path_len + dot + key.len < FIELD_PATH_SIZE) {
		if (dot)
			f->path[f->path_len] = '.';
		memcpy(f->path + f->path_len + dot, key.ptr, key.len);
	}
	f->path_len += dot + key.len;
}

void fields_value(struct body_fields *f, struct str path, struct syslog_part value)
{
	if (value.len == 0)
		return;
	for (size_t i = 0; i < COUNT(keys); i++) {
		enum body_field field = keys[i].field;

		if (!str_is(path, keys[i].path))
			continue;
		if (f->found[field].len == 0 || i < f->rank[field]) {
			f->found[field] = value;
			f->rank[field] = i;
		}
		return;
	}
}

struct str fields_path(const struct body_fields *f)
{
	return f->path_len < FIELD_PATH_SIZE ? (struct str){ f->path, f->path_len } : STR_NONE;
}

static int level_of(struct str line, const struct body_fields *f)
{
	static const int of_level[] = { 6, 2, 3, 4, 6, 7 };
	struct str level = syslog_part(line, f->found[F_LEVEL]),
		   keywords = syslog_part(line, f->found[F_KEYWORDS]);
	uint64_t bits = 0;
	int64_t figure;

	if (!str_to_i64(level, &figure) || figure < 0 || figure > 5)
		return syslog_severity_of(level);
	if (figure == 0 && str_starts(keywords, "0x") &&
		str_to_u64(str_from(keywords, 2), 16, &bits) && bits & AUDIT_FAILURE)
		return 4;
	return of_level[figure];
}

static int severity_of(struct str line, const struct body_fields *f)
{
	static const int of_value[] = { -1, 7, 6, 4, 3, 2 };
	int64_t figure;

	if (str_to_i64(syslog_part(line, f->found[F_VALUE]), &figure) && figure >= 1 && figure <= 5)
		return of_value[figure];
	if (f->found[F_SEVERITY].len) {
		struct str word = syslog_part(line, f->found[F_SEVERITY]);

		if (str_to_i64(word, &figure) && figure >= 0 && figure <= 7)
			return (int)figure;
		return syslog_severity_of(word);
	}
	return level_of(line, f);
}

static void take_over(struct syslog_part found, struct syslog_part *ret)
{
	if (found.len)
		*ret = found;
}

/* What a header says of the time is nearer to who sent the line; a time somewhere in the text of a
 * line without a header is not. */
static void take_time(
	struct str line, int64_t received_s, const struct body_fields *f, struct syslog_line *l)
{
	struct syslog_part time = f->found[F_TIME];
	struct cursor at = { str_until(line, time.at + time.len), time.at, received_s };
	int64_t us;

	if (l->has_time && l->form != SYSLOG_PLAIN)
		return;
	if (time.len && time_take_iso(&at, l))
		return;
	time = f->found[F_TIME_US];
	if (!str_to_i64(syslog_part(line, time), &us) || us <= 0 || us > INT64_MAX / 1000)
		return;
	l->has_time = true;
	l->time = time;
	l->time_ns = us * 1000;
}

void fields_take(
	struct str line, int64_t received_s, const struct body_fields *f, struct syslog_line *l)
{
	int severity = severity_of(line, f);
	int64_t facility;

	take_over(f->found[F_HOST], &l->host);
	take_over(f->found[F_PROGRAM], &l->program);
	take_over(f->found[F_PID], &l->pid);
	take_over(f->found[F_CHANNEL], &l->channel);
	take_over(f->found[F_EVENT], &l->event_id);
	take_over(f->found[F_MESSAGE], &l->message);
	if (severity >= 0)
		l->severity = severity;
	if (str_to_i64(syslog_part(line, f->found[F_FACILITY]), &facility) && facility >= 0 &&
		facility <= 23)
		l->facility = (int)facility;
	take_time(line, received_s, f, l);
}
