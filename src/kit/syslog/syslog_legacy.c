/* syslog_legacy.c - RFC 3164 and what calls itself so: time, host and tag may each be missing. */
#include "kit/syslog/syslog_int.h"

#define TAG_MAX 128
#define HOST_MAX 255

static bool is_host_char(char ch)
{
	return is_alpha(ch) || is_digit(ch) || ch == '.' || ch == '-' || ch == '_' || ch == ':' ||
		(unsigned char)ch >= 0x80;
}

/* What a program may call itself: "sshd", "postfix/smtpd", "(systemd)", "rsyslogd-2007". */
static bool is_tag_char(char ch)
{
	return is_alpha(ch) || is_digit(ch) || (ch && strchr("_-./()@+#$~,=", ch)) ||
		(unsigned char)ch >= 0x80;
}

/* "name:", "name[12]:", "name[12] " and nothing else; the cursor stays when it is none. */
static bool take_tag(struct cursor *c, struct syslog_line *l)
{
	struct cursor at = *c;
	struct syslog_part name, pid = { 0 };

	while (is_tag_char(peek(&at, 0)))
		at.at++;
	name = part_of(c->at, at.at);
	if (name.len == 0 || name.len > TAG_MAX)
		return false;
	if (take(&at, '[')) {
		size_t from = at.at;

		while (peek(&at, 0) && peek(&at, 0) != ']' && peek(&at, 0) != ' ')
			at.at++;
		pid = part_of(from, at.at);
		if (!take(&at, ']') || (!take(&at, ':') && peek(&at, 0) != ' ' && peek(&at, 0)))
			return false;
	} else if (!take(&at, ':')) {
		return false;
	} else if (peek(&at, 0) && peek(&at, 0) != ' ' && peek(&at, 0) != '\t') {
		return false; /* "a:b" is no tag */
	}
	l->program = name;
	l->pid = pid;
	*c = at;
	return true;
}

/* "%ASA-4-106023: ", "%SYS-5-CONFIG_I: ": who, how bad, what. */
static bool take_cisco(struct cursor *c, struct syslog_line *l)
{
	struct cursor at = *c;
	struct syslog_part name, mnemonic;
	size_t from;
	char digit;

	if (!take(&at, '%'))
		return false;
	from = at.at;
	while (is_alpha(peek(&at, 0)) || is_digit(peek(&at, 0)) || peek(&at, 0) == '_' ||
		(peek(&at, 0) == '-' && !(is_digit(peek(&at, 1)) && peek(&at, 2) == '-')))
		at.at++;
	name = part_of(from, at.at);
	digit = peek(&at, 1);
	if (name.len == 0 || peek(&at, 0) != '-' || digit < '0' || digit > '7')
		return false;
	at.at += 3;
	from = at.at;
	while (is_alpha(peek(&at, 0)) || is_digit(peek(&at, 0)) || peek(&at, 0) == '_')
		at.at++;
	mnemonic = part_of(from, at.at);
	if (mnemonic.len == 0 || !take(&at, ':'))
		return false;
	l->program = name;
	l->event_id = mnemonic;
	if (l->severity < 0)
		l->severity = digit - '0';
	*c = at;
	return true;
}

static bool takes_any_tag(struct cursor at)
{
	struct syslog_line ignored = { .severity = -1 };

	skip_blanks(&at);
	return take_cisco(&at, &ignored) || take_tag(&at, &ignored) ||
		body_starts(str_from(at.line, at.at));
}

/* A word, when it can be a host and no tag. */
static bool take_host(struct cursor *c, struct syslog_line *l)
{
	struct cursor at = *c;
	size_t from = at.at;

	if (body_starts(str_from(at.line, at.at)))
		return false;
	while (is_host_char(peek(&at, 0)))
		at.at++;
	if (at.at == from || at.at - from > HOST_MAX || at.line.ptr[at.at - 1] == ':' ||
		(peek(&at, 0) != ' ' && peek(&at, 0) != '\0'))
		return false;
	l->host = part_of(from, at.at);
	*c = at;
	return true;
}

/* "28: ", only where a time or a mnemonic follows. */
static bool take_counter(struct cursor *c, const struct syslog_line *l)
{
	struct cursor at = *c, time;
	struct syslog_line ignored = *l;
	size_t digits = 0;

	while (is_digit(peek(&at, digits)))
		digits++;
	if (digits == 0 || digits > 10 || peek(&at, digits) != ':')
		return false;
	at.at += digits + 1;
	skip_blanks(&at);
	time = at;
	if (peek(&at, 0) != '%' && !time_take_legacy(&time, &ignored) &&
		!time_take_iso(&time, &ignored))
		return false;
	*c = at;
	return true;
}

/* Cisco's counters and names before the time: "28: ", "host 28: ", "host: 000028: ". */
static void take_counters(struct cursor *c, struct syslog_line *l)
{
	struct cursor at = *c;
	struct syslog_part host;

	if (take_counter(c, l))
		return;
	while (is_host_char(peek(&at, 0)))
		at.at++;
	host = part_of(c->at, at.at);
	if (host.len && at.line.ptr[at.at - 1] == ':')
		host.len--;
	skip_blanks(&at);
	if (host.len == 0 || host.len > HOST_MAX || !take_counter(&at, l))
		return;
	l->host = host;
	*c = at;
}

void legacy_parse(struct cursor *c, struct syslog_line *l)
{
	bool has_pri = l->facility >= 0;
	size_t from;

	skip_blanks(c);
	(void)take(c, ':');
	skip_blanks(c);
	from = c->at;
	take_counters(c, l);
	if (time_take_legacy(c, l) || time_take_iso(c, l)) {
		l->form = SYSLOG_LEGACY;
		(void)take(c, ':');
		skip_blanks(c);
		if (l->host.len == 0 && !takes_any_tag(*c) && take_host(c, l))
			skip_blanks(c);
		(void)(peek(c, 0) == ':' && peek(c, 1) == ' ' && (c->at += 2));
	} else if (!has_pri && peek(c, 0) != '%') {
		c->at = from;
		l->host = (struct syslog_part){ 0 };
		l->message = part_of(from, c->line.len);
		time_find_bracketed(c, l);
		return;
	} else {
		/* "<13>host prog: …" without a time: a host only where a tag follows it */
		struct cursor at = *c;
		struct syslog_line got = *l;

		l->form = SYSLOG_LEGACY;
		if (!takes_any_tag(at) && take_host(&at, &got) && takes_any_tag(at)) {
			*l = got;
			*c = at;
		}
	}
	skip_blanks(c);
	if (!body_starts(str_from(c->line, c->at)) && (take_cisco(c, l) || take_tag(c, l)))
		skip_blanks(c);
	l->message = part_of(c->at, c->line.len);
}
