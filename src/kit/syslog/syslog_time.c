/* syslog_time.c - the times of log lines. Each form is taken whole or not at all. */
#include "kit/syslog/syslog_int.h"

#define YEAR_MIN 1970
#define YEAR_MAX 2199
#define BRACKET_WITHIN 512 /* bytes */

struct parts {
	int year; /* 0: it does not say */
	int month, day, hour, minute, second;
	int64_t nano;
	bool has_zone;
	int zone_s; /* east of UTC */
};

/* Exactly WIDTH digits. */
static bool take_number(struct cursor *c, int width, int *ret)
{
	int value = 0;

	for (int i = 0; i < width; i++) {
		if (!is_digit(peek(c, (size_t)i)))
			return false;
		value = value * 10 + (peek(c, (size_t)i) - '0');
	}
	c->at += (size_t)width;
	*ret = value;
	return true;
}

/* "hh:mm:ss", then ".frac" or ",frac". */
static bool take_clock(struct cursor *c, struct parts *p)
{
	int64_t unit = 100000000;

	if (!take_number(c, 2, &p->hour) || !take(c, ':') || !take_number(c, 2, &p->minute) ||
		!take(c, ':') || !take_number(c, 2, &p->second))
		return false;
	if ((peek(c, 0) == '.' || peek(c, 0) == ',') && is_digit(peek(c, 1)))
		for (c->at++; is_digit(peek(c, 0)); c->at++) {
			p->nano += unit * (peek(c, 0) - '0');
			unit /= 10;
		}
	return p->hour < 24 && p->minute < 60 && p->second <= 60;
}

/* "Z", "+07:00", "+0700", "+07". */
static bool take_zone(struct cursor *c, struct parts *p)
{
	struct cursor at = *c;
	int sign = peek(c, 0) == '-' ? -1 : 1, hours, minutes = 0;

	if (take(c, 'Z')) {
		p->has_zone = true;
		return true;
	}
	if (!take(&at, '+') && !take(&at, '-'))
		return false;
	if (!take_number(&at, 2, &hours) || hours > 15)
		return false;
	if (is_digit(peek(&at, 0)) || (peek(&at, 0) == ':' && is_digit(peek(&at, 1)))) {
		(void)take(&at, ':');
		if (!take_number(&at, 2, &minutes) || minutes > 59)
			return false;
	}
	p->zone_s = sign * (hours * 3600 + minutes * 60);
	p->has_zone = true;
	*c = at;
	return true;
}

static int64_t seconds_of(const struct parts *p, int year)
{
	struct date d = { year, p->month, p->day };

	return date_to_days(d) * CLOCK_DAY_S + p->hour * 3600 + p->minute * 60 + p->second -
		(p->has_zone ? p->zone_s : CLOCK_ZONE_S);
}

static bool is_date(int year, int month, int day)
{
	struct date d = { year, month, day }, back;

	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	back = date_of_days(date_to_days(d));
	return back.day == day;
}

/* The year in which it lies nearest to when it was received. */
static bool choose_year(const struct parts *p, int64_t received_s, int64_t *ret_s)
{
	int now = date_at(received_s).year;
	int64_t best_away = INT64_MAX;

	for (int year = now - 1; year <= now + 1; year++) {
		int64_t at_s, away;

		if (!is_date(year, p->month, p->day))
			continue;
		at_s = seconds_of(p, year);
		away = at_s > received_s ? at_s - received_s : received_s - at_s;
		if (away < best_away) {
			best_away = away;
			*ret_s = at_s;
		}
	}
	return best_away != INT64_MAX;
}

static bool keep(const struct cursor *c, size_t from, const struct parts *p, struct syslog_line *l)
{
	int64_t at_s;

	if (p->year) {
		if (!is_date(p->year, p->month, p->day))
			return false;
		at_s = seconds_of(p, p->year);
	} else if (!choose_year(p, c->received_s, &at_s)) {
		return false;
	}
	l->time_ns = at_s * 1000000000 + p->nano;
	l->has_time = true;
	l->time = part_of(from, c->at);
	return true;
}

/* "2003-10-11T22:14:15.003Z", "2003-10-11 22:14:15,003", "2003/10/11 …". */
bool time_take_iso(struct cursor *c, struct syslog_line *l)
{
	struct parts p = { 0 };
	struct cursor at = *c;
	char dash;

	if (!take_number(&at, 4, &p.year))
		return false;
	dash = peek(&at, 0);
	if ((dash != '-' && dash != '/') || !take(&at, dash) || !take_number(&at, 2, &p.month) ||
		!take(&at, dash) || !take_number(&at, 2, &p.day))
		return false;
	if (!take(&at, 'T') && !take(&at, ' '))
		return false;
	if (!take_clock(&at, &p))
		return false;
	if (!take_zone(&at, &p) && peek(&at, 0) == ' ') {
		struct cursor further = at;

		further.at++;
		if (take_zone(&further, &p) && (peek(&further, 0) == ' ' || !peek(&further, 0)))
			at = further;
		else
			p.has_zone = false;
	}
	if (!keep(&at, c->at, &p, l))
		return false;
	*c = at;
	return true;
}

static bool take_month(struct cursor *c, int *ret)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (int i = 0; i < 12; i++) {
		if ((peek(c, 0) | 32) != names[i * 3] || (peek(c, 1) | 32) != names[i * 3 + 1] ||
			(peek(c, 2) | 32) != names[i * 3 + 2])
			continue;
		c->at += 3;
		*ret = i + 1;
		return true;
	}
	return false;
}

/* " 1", "1", "01", "11", after one or more blanks. */
static bool take_day(struct cursor *c, int *ret)
{
	if (peek(c, 0) != ' ')
		return false;
	skip_blanks(c);
	if (is_digit(peek(c, 1)))
		return take_number(c, 2, ret);
	return take_number(c, 1, ret);
}

static bool take_year(struct cursor *c, int *ret)
{
	struct cursor at = *c;

	if (!take(&at, ' ') || !take_number(&at, 4, ret) ||
		(peek(&at, 0) != ' ' && peek(&at, 0) != ':' && peek(&at, 0) != ']' &&
			peek(&at, 0) != '\0')) {
		*ret = 0;
		return false;
	}
	*c = at;
	return true;
}

/* A word of capitals between time and year or colon: "CST", "UTC", "TZ-6", "+07:00". Only UTC's own
 * names and figures say something; the others mean different zones to different people. */
static void take_zone_word(struct cursor *c, struct parts *p)
{
	struct cursor at = *c;
	size_t from, len;

	if (!take(&at, ' '))
		return;
	from = at.at;
	if (take_zone(&at, p)) {
		if (peek(&at, 0) == ' ' || peek(&at, 0) == ':')
			*c = at;
		else
			p->has_zone = false;
		return;
	}
	while (peek(&at, 0) >= 'A' && peek(&at, 0) <= 'Z')
		at.at++;
	len = at.at - from;
	if (len == 2 && (peek(&at, 0) == '-' || peek(&at, 0) == '+') && is_digit(peek(&at, 1)))
		for (at.at++; is_digit(peek(&at, 0));)
			at.at++;
	else if (len < 3 || len > 5)
		return;
	if (peek(&at, 0) != ':' && !(peek(&at, 0) == ' ' && (len == 2 || is_digit(peek(&at, 1)))))
		return;
	if (len == 3 &&
		(memcmp(at.line.ptr + from, "UTC", 3) == 0 ||
			memcmp(at.line.ptr + from, "GMT", 3) == 0))
		p->has_zone = true;
	*c = at;
}

/* "Oct 11 22:14:15", "Jan  1 …", "Oct 11 2003 22:14:15", "2003 Oct 11 …", "Oct 11 22:14:15 2003",
 * "… CST 1987", "*Mar  1 00:00:28.123", a "." for a clock that was not set by anybody. */
bool time_take_legacy(struct cursor *c, struct syslog_line *l)
{
	struct parts p = { 0 };
	struct cursor at = *c;
	size_t from;

	if (peek(&at, 0) == '*' || (peek(&at, 0) == '.' && is_alpha(peek(&at, 1))))
		at.at++;
	from = at.at;
	if (is_digit(peek(&at, 0)) && (!take_number(&at, 4, &p.year) || !take(&at, ' ')))
		return false;
	if (!take_month(&at, &p.month) || !take_day(&at, &p.day))
		return false;
	if (p.year == 0 && take_year(&at, &p.year) && peek(&at, 0) != ' ')
		return false;
	if (!take(&at, ' ') || !take_clock(&at, &p))
		return false;
	take_zone_word(&at, &p);
	if (p.year == 0)
		(void)take_year(&at, &p.year);
	if (peek(&at, 0) != ' ' && peek(&at, 0) != ':' && peek(&at, 0) != ']' &&
		peek(&at, 0) != '\0')
		return false;
	if (!keep(&at, from, &p, l))
		return false;
	*c = at;
	return true;
}

/* "17/May/2015:10:05:03 +0000" */
static bool take_web(struct cursor *c, struct syslog_line *l)
{
	struct parts p = { 0 };
	struct cursor at = *c;

	if (!take_number(&at, 2, &p.day) || !take(&at, '/') || !take_month(&at, &p.month) ||
		!take(&at, '/') || !take_number(&at, 4, &p.year) || !take(&at, ':') ||
		!take_clock(&at, &p) || !take(&at, ' ') || !take_zone(&at, &p) ||
		!keep(&at, c->at, &p, l))
		return false;
	*c = at;
	return true;
}

/* "Sun Dec 04 04:47:44.123 2005": the weekday says nothing new. */
static bool take_weekday(struct cursor *c, struct syslog_line *l)
{
	struct cursor at = *c;

	for (int i = 0; i < 3; i++)
		if (!is_alpha(peek(&at, (size_t)i)))
			return false;
	at.at += 3;
	if (!take(&at, ' ') || !time_take_legacy(&at, l))
		return false;
	*c = at;
	return true;
}

void time_find_bracketed(const struct cursor *c, struct syslog_line *l)
{
	struct str head = str_until(c->line, BRACKET_WITHIN);
	ptrdiff_t bracket = str_find_char(str_from(head, c->at), '[');
	struct syslog_line got = *l;
	struct cursor at = *c;

	if (bracket < 0)
		return;
	at.at += (size_t)bracket + 1;
	if ((take_web(&at, &got) || time_take_iso(&at, &got) || take_weekday(&at, &got)) &&
		peek(&at, 0) == ']')
		*l = got;
}
