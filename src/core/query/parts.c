/* parts.c - what a line says of itself, as kit/syslog reads it. */
#include "core/query/query_int.h"

#include "kit/syslog/syslog.h"

void query_parts(struct str raw, int64_t received_ns, struct query_parts *ret)
{
	struct syslog_line line;

	syslog_parse(raw, received_ns / 1000000000, &line);
	*ret = (struct query_parts){ .host = syslog_part(raw, line.host),
		.program = syslog_part(raw, line.program),
		.severity = line.severity,
		.facility = line.facility,
		.message = syslog_part(raw, line.message) };
}
