/* fuzz_syslog.c - no line is refused, and each field lies within it. Cut anywhere it is still a
 * line. */
#include "kit/syslog/syslog.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(struct str line)
{
	struct syslog_line l;

	syslog_parse(line, 1795651200, &l);
	const struct syslog_part parts[] = { l.time, l.host, l.program, l.pid, l.message_id,
		l.structured, l.channel, l.event_id, l.message };

	for (size_t i = 0; i < COUNT(parts); i++)
		if (parts[i].at > line.len || parts[i].len > line.len - parts[i].at)
			abort();
	if (l.severity < -1 || l.severity > 7 || l.facility < -1 || l.facility > 23)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str line = { (const char *)data, size };

	look(line);
	if (size)
		look(str_until(line, data[0] % size));
	return 0;
}
