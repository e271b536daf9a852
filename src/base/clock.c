#include "base/base.h"

#include <stdio.h>

/* Civil calendar arithmetic after the well-known shift of the year to 1 March. */
int64_t date_to_days(struct date d)
{
	int64_t y = d.month <= 2 ? d.year - 1 : d.year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t month = d.month > 2 ? d.month - 3 : d.month + 9;
	int64_t day_of_year = (153 * month + 2) / 5 + d.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

struct date date_of_days(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int month = (int)(mp < 10 ? mp + 3 : mp - 9);

	return (struct date){
		.year = (int)(yoe + era * 400 + (month <= 2)),
		.month = month,
		.day = (int)(doy - (153 * mp + 2) / 5 + 1),
	};
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct date date_at(int64_t at_s)
{
	return date_of_days(floor_div(at_s + CLOCK_ZONE_S, CLOCK_DAY_S));
}

int64_t date_start_s(struct date d)
{
	return date_to_days(d) * CLOCK_DAY_S - CLOCK_ZONE_S;
}

struct date date_add_months(struct date d, int count)
{
	int64_t months = (int64_t)d.year * 12 + d.month - 1 + count;
	struct date first = { .year = (int)floor_div(months, 12), .day = 1 };
	struct date next;
	int last;

	first.month = (int)(months - floor_div(months, 12) * 12) + 1;
	next = (struct date){ first.year + (first.month == 12), first.month % 12 + 1, 1 };
	last = (int)(date_to_days(next) - date_to_days(first));
	first.day = d.day < last ? d.day : last;
	return first;
}

struct date date_add_days(struct date d, int64_t count)
{
	return date_of_days(date_to_days(d) + count);
}

bool date_parse(struct str s, struct date *ret)
{
	uint64_t y, m, d;
	struct date parsed, back;

	if (s.len != 10 || s.ptr[4] != '-' || s.ptr[7] != '-' ||
	    !str_to_u64(str_until(s, 4), 10, &y) ||
	    !str_to_u64((struct str){ s.ptr + 5, 2 }, 10, &m) ||
	    !str_to_u64((struct str){ s.ptr + 8, 2 }, 10, &d) || m < 1 || m > 12 || d < 1)
		return false;
	parsed = (struct date){ (int)y, (int)m, (int)d };
	back = date_of_days(date_to_days(parsed));
	if (back.month != parsed.month || back.day != parsed.day)
		return false;
	*ret = parsed;
	return true;
}

struct wall {
	struct date date;
	int hour, minute, second;
};

static struct wall wall_at(int64_t at_s)
{
	int64_t local = at_s + CLOCK_ZONE_S;
	int in_day = (int)(local - floor_div(local, CLOCK_DAY_S) * CLOCK_DAY_S);

	return (struct wall){ date_at(at_s), in_day / 3600, in_day / 60 % 60, in_day % 60 };
}

const char *clock_iso(int64_t at_s, char *text)
{
	struct wall w = wall_at(at_s);

	snprintf(text, CLOCK_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d+07:00", w.date.year % 10000,
		w.date.month, w.date.day, w.hour, w.minute, w.second);
	return text;
}

const char *clock_people(int64_t at_s, char *text)
{
	struct wall w = wall_at(at_s);

	snprintf(text, CLOCK_TEXT_MAX, "%02d/%02d/%04d %02d:%02d", w.date.day, w.date.month,
		w.date.year % 10000, w.hour, w.minute);
	return text;
}

const char *date_iso(struct date d, char *text)
{
	snprintf(text, CLOCK_TEXT_MAX, "%04d-%02d-%02d", d.year % 10000, d.month, d.day);
	return text;
}

const char *date_people(struct date d, char *text)
{
	snprintf(text, CLOCK_TEXT_MAX, "%02d/%02d/%04d", d.day, d.month, d.year % 10000);
	return text;
}
