/* syslog_names.c - the names of facilities and severities, and the text of a part of a line. */
#include "kit/syslog/syslog_int.h"

static const char *const facilities[] = { "kern", "user", "mail", "daemon", "auth", "syslog", "lpr",
	"news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock", "local0",
	"local1", "local2", "local3", "local4", "local5", "local6", "local7" };

static const char *const severities[] = { "emergency", "alert", "critical", "error", "warning",
	"notice", "informational", "debug" };

static const struct {
	const char *name;
	int severity;
} other_names[] = { { "emerg", 0 }, { "panic", 0 }, { "fatal", 0 }, { "crit", 2 }, { "err", 3 },
	{ "failure", 3 }, { "audit_failure", 4 }, { "warn", 4 }, { "info", 6 },
	{ "information", 6 }, { "success", 6 }, { "audit_success", 6 }, { "verbose", 7 },
	{ "trace", 7 } };

const char *syslog_facility_name(int facility)
{
	return facility >= 0 && facility < (int)COUNT(facilities) ? facilities[facility] : "";
}

const char *syslog_severity_name(int severity)
{
	return severity >= 0 && severity < (int)COUNT(severities) ? severities[severity] : "";
}

int syslog_facility_of(struct str name)
{
	for (size_t i = 0; i < COUNT(facilities); i++)
		if (str_is_nocase(name, facilities[i]))
			return (int)i;
	return -1;
}

int syslog_severity_of(struct str name)
{
	for (size_t i = 0; i < COUNT(severities); i++)
		if (str_is_nocase(name, severities[i]))
			return (int)i;
	for (size_t i = 0; i < COUNT(other_names); i++)
		if (str_is_nocase(name, other_names[i].name))
			return other_names[i].severity;
	return -1;
}

struct str syslog_part(struct str line, struct syslog_part part)
{
	return part.len ? (struct str){ line.ptr + part.at, part.len } : STR_NONE;
}
