/* syslog.c - the PRI, and the header of RFC 5424. */
#include "kit/syslog/syslog_int.h"

/* "<34>" */
static void take_pri(struct cursor *c, struct syslog_line *l)
{
	size_t digits = 0;
	int value = 0;

	if (peek(c, 0) != '<')
		return;
	while (digits < 3 && is_digit(peek(c, 1 + digits)))
		value = value * 10 + (peek(c, 1 + digits++) - '0');
	if (digits == 0 || peek(c, 1 + digits) != '>' || value > 191)
		return;
	l->facility = value / 8;
	l->severity = value % 8;
	c->at += digits + 2;
}

/* Printable ASCII up to a blank; "-" is none. */
static bool take_field(struct cursor *c, struct syslog_part *ret)
{
	struct syslog_part word = take_word(c);

	if (word.len == 0)
		return false;
	for (size_t i = word.at; i < word.at + word.len; i++)
		if (c->line.ptr[i] < 33 || c->line.ptr[i] > 126)
			return false;
	if (word.len != 1 || c->line.ptr[word.at] != '-')
		*ret = word;
	return true;
}

/* One "[id name="value" …]"; a quoted value escapes its quotes, brackets and backslashes. */
static bool skip_element(struct cursor *c)
{
	bool is_quoted = false;

	if (!take(c, '['))
		return false;
	for (; c->at < c->line.len; c->at++) {
		char ch = c->line.ptr[c->at];

		if (is_quoted && ch == '\\')
			c->at++;
		else if (ch == '"')
			is_quoted = !is_quoted;
		else if (ch == ']' && !is_quoted)
			return take(c, ']');
	}
	return false;
}

static bool take_structured(struct cursor *c, struct syslog_line *l)
{
	size_t from = c->at;

	if (take(c, '-'))
		return true;
	if (peek(c, 0) != '[')
		return false;
	while (peek(c, 0) == '[')
		if (!skip_element(c))
			return false;
	l->structured = part_of(from, c->at);
	return true;
}

/* All of the header, or nothing of it. */
static bool take_5424(struct cursor *c, struct syslog_line *l)
{
	struct syslog_line got = *l;
	struct cursor at = *c;

	if (!take(&at, '1') || !take(&at, ' '))
		return false;
	if (!(peek(&at, 0) == '-' && peek(&at, 1) == ' ') && !time_take_iso(&at, &got))
		return false;
	if (!got.has_time)
		at.at++;
	if (!take(&at, ' ') || !take_field(&at, &got.host) || !take(&at, ' ') ||
		!take_field(&at, &got.program) || !take(&at, ' ') || !take_field(&at, &got.pid) ||
		!take(&at, ' ') || !take_field(&at, &got.message_id))
		return false;
	if (take(&at, ' ')) {
		/* without structured data at all is wrong, and is sent */
		size_t from = at.at;

		if (!take_structured(&at, &got)) {
			at.at = from;
			got.structured = (struct syslog_part){ 0 };
		}
		(void)take(&at, ' ');
	}
	if (str_starts(str_from(at.line, at.at), "\xef\xbb\xbf"))
		at.at += 3;
	got.form = SYSLOG_5424;
	got.message = part_of(at.at, at.line.len);
	*l = got;
	*c = at;
	return true;
}

void syslog_parse(struct str line, int64_t received_s, struct syslog_line *ret)
{
	struct syslog_line l = { .facility = -1, .severity = -1 };
	struct cursor c = { .line = str_until(line, SYSLOG_LINE_MAX), .received_s = received_s };

	while (c.line.len &&
		(c.line.ptr[c.line.len - 1] == '\n' || c.line.ptr[c.line.len - 1] == '\r' ||
			c.line.ptr[c.line.len - 1] == '\0'))
		c.line.len--;
	take_pri(&c, &l);
	if (l.facility < 0 || !take_5424(&c, &l))
		legacy_parse(&c, &l);
	body_parse(c.line, received_s, &l);
	*ret = l;
}
