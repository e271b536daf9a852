/* foreign_time.c - the times that other auditors write. */
#include "work/foreign/foreign_int.h"

static bool take_number(struct str *s, size_t digits, int64_t *ret)
{
	bool is_number = s->len >= digits && str_to_i64(str_until(*s, digits), ret) && *ret >= 0;

	*s = str_from(*s, is_number ? digits : s->len);
	return is_number;
}

static bool take_char(struct str *s, char c)
{
	bool is_there = s->len > 0 && s->ptr[0] == c;

	if (is_there)
		*s = str_from(*s, 1);
	return is_there;
}

/* Seconds that the zone at the end is ahead of UTC. */
static int64_t zone_of(struct str rest)
{
	int64_t hours, minutes = 0;
	bool is_west = take_char(&rest, '-');

	if (str_is(rest, "Z"))
		return 0;
	if (!is_west && !take_char(&rest, '+'))
		return CLOCK_ZONE_S;
	if (!take_number(&rest, 2, &hours))
		return CLOCK_ZONE_S;
	(void)take_char(&rest, ':');
	(void)take_number(&rest, 2, &minutes);
	return (is_west ? -1 : 1) * (hours * 3600 + minutes * 60);
}

int64_t foreign_time(struct str text)
{
	int64_t hour, minute, second;
	struct date day;
	struct str rest;

	text = str_trim(text);
	if (!date_parse(str_until(text, 10), &day))
		return 0;
	rest = str_from(text, 10);
	if (!take_char(&rest, 'T') && !take_char(&rest, ' '))
		return date_start_s(day);
	if (!take_number(&rest, 2, &hour) || !take_char(&rest, ':') ||
		!take_number(&rest, 2, &minute) || !take_char(&rest, ':') ||
		!take_number(&rest, 2, &second))
		return date_start_s(day);
	if (take_char(&rest, '.'))
		while (rest.len > 0 && rest.ptr[0] >= '0' && rest.ptr[0] <= '9')
			rest = str_from(rest, 1);
	return date_to_days(day) * CLOCK_DAY_S + hour * 3600 + minute * 60 + second - zone_of(rest);
}
