/* parts.c - what a line says of itself, as kit/syslog reads it. */
#include "core/query/query_int.h"

#include "kit/syslog/syslog.h"

#define HALF_YEAR_S (182 * CLOCK_DAY_S)

void query_parts(struct str raw, int64_t received_ns, struct query_parts *ret)
{
	struct syslog_line line;

	syslog_parse(raw, received_ns / 1000000000, &line);
	*ret = (struct query_parts){ .host = syslog_part(raw, line.host),
		.program = syslog_part(raw, line.program),
		.event = syslog_part(raw, line.event_id),
		.severity = line.severity,
		.facility = line.facility,
		.message = syslog_part(raw, line.message) };
}

/* A year that is not written is the nearest one for syslog_parse(): asked half a year before the
 * import, and a day for clocks that are fast, it is the newest that may be meant. */
int64_t query_line_ns(const struct query_line *line)
{
	struct syslog_line said;

	if (line->transport != LEAF_OLD_FILE || line->kind != LEAF_LINE)
		return line->received_ns;
	syslog_parse(line->raw, line->received_ns / 1000000000 - HALF_YEAR_S + CLOCK_DAY_S, &said);
	return said.has_time ? said.time_ns : line->received_ns;
}

int64_t query_leaf_ns(const struct leaf *leaf)
{
	return query_line_ns(&(struct query_line){ .raw = leaf->raw,
		.received_ns = leaf->received_ns,
		.kind = leaf->kind,
		.transport = leaf->transport });
}
