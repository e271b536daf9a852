/* syslog_body.c - CEF and LEEF: fields between bars, a bar or backslash within escaped. */
#include "kit/syslog/syslog_int.h"

#define BARS_MAX 8

static bool xml_starts(struct str text)
{
	return str_starts(text, "<Event>") || str_starts(text, "<Event ") ||
		str_starts(text, "<?xml");
}

bool body_starts(struct str text)
{
	return str_starts(text, "CEF:") || str_starts(text, "LEEF:") || str_starts(text, "{") ||
		str_starts(text, "@cee:") || xml_starts(text);
}

/* The fields before each unescaped bar; how many there are. */
static size_t split(struct str line, size_t from, struct syslog_part *ret)
{
	size_t count = 0, start = from;

	for (size_t at = from; at < line.len && count < BARS_MAX; at++) {
		if (line.ptr[at] == '\\') {
			at++;
		} else if (line.ptr[at] == '|') {
			ret[count++] = part_of(start, at);
			start = at + 1;
		}
	}
	return count;
}

/* "CEF:0|vendor|product|version|class|name|severity|extension" */
static void cef_read(struct str line, struct syslog_line *l)
{
	struct syslog_part f[BARS_MAX];
	size_t count = split(line, l->message.at, f);
	struct str severity;
	int64_t figure;

	if (count < 7)
		return;
	l->body = SYSLOG_CEF;
	l->program = f[2];
	l->event_id = f[4];
	severity = syslog_part(line, f[6]);
	if (l->severity >= 0)
		return;
	if (str_to_i64(severity, &figure) && figure >= 0 && figure <= 10)
		l->severity = figure >= 9 ? 2 : figure >= 7 ? 3 : figure >= 4 ? 4 : 6;
	else if (str_is_nocase(severity, "very-high"))
		l->severity = 2;
	else if (str_is_nocase(severity, "high"))
		l->severity = 3;
	else if (str_is_nocase(severity, "medium"))
		l->severity = 4;
	else if (str_is_nocase(severity, "low"))
		l->severity = 6;
}

/* "LEEF:2.0|vendor|product|version|event|…" */
static void leef_read(struct str line, struct syslog_line *l)
{
	struct syslog_part f[BARS_MAX];
	size_t count = split(line, l->message.at, f);

	if (count < 5)
		return;
	l->body = SYSLOG_LEEF;
	l->program = f[2];
	l->event_id = f[4];
}

void body_parse(struct str line, int64_t received_s, struct syslog_line *l)
{
	struct str message = str_from(line, l->message.at);

	if (str_starts(message, "@cee:")) {
		size_t blanks = 5;

		while (blanks < message.len && message.ptr[blanks] == ' ')
			blanks++;
		l->message = part_of(l->message.at + blanks, line.len);
		message = str_from(line, l->message.at);
	}
	if (str_starts(message, "{"))
		json_read(line, received_s, l);
	else if (xml_starts(message))
		xml_read(line, received_s, l);
	else if (str_starts(message, "CEF:"))
		cef_read(line, l);
	else if (str_starts(message, "LEEF:"))
		leef_read(line, l);
}
