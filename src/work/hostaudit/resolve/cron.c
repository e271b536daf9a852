/* cron.c - schedules, judged by walking the calendar until it comes round: in seven days all
 * weekdays, in four years all dates, in twenty-eight every date on every weekday. */
#include "work/hostaudit/resolve/cron.h"

#include <ctype.h>

#define WALK_DATES (4 * 365 + 1)
#define WALK_START_YEAR 2024 /* its first of January is a Monday */
#define ALL_WEEKDAYS 0x7full
#define ALL_MONTHS 0x1ffeull
#define ALL_DATES 0xfffffffeull
#define YEARS_AHEAD 40
#define YEAR_WITHOUT_END 9999

struct days {
	uint64_t months;   /* bit 1-12 */
	uint64_t dates;    /* bit 1-31 */
	uint64_t weekdays; /* bit 0-6, 0 is Sunday */
	bool is_either;    /* cron: date or weekday, when both are given */
	uint64_t from_end; /* bit n: the n-th day from the end of the month */
	int64_t last_year; /* 0: any */
	bool has_time;     /* hour and minute can occur at all */
};

static const char *const month_names[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug",
	"sep", "oct", "nov", "dec" };
static const char *const weekday_names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

static bool is_leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int month_days(int y, int m)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return m == 2 && is_leap(y) ? 29 : days[m - 1];
}

/* A day of the walk, counted on from one to the next. */
struct walk_day {
	int year, month, day, weekday, month_length;
};

static void next_day(struct walk_day *w)
{
	w->weekday = w->weekday == 6 ? 0 : w->weekday + 1;
	if (w->day++ < w->month_length)
		return;
	w->day = 1;
	if (w->month++ == 12) {
		w->month = 1;
		w->year++;
	}
	w->month_length = month_days(w->year, w->month);
}

static bool matches(const struct days *d, const struct walk_day *w)
{
	int to_end = w->month_length - w->day + 1;
	bool is_date = (d->dates >> w->day & 1) != 0 ||
		(d->from_end != 0 && (d->from_end >> to_end & 1) != 0);
	bool is_weekday = (d->weekdays >> w->weekday & 1) != 0;

	if ((d->months >> w->month & 1) == 0)
		return false;
	return d->is_either ? is_date || is_weekday : is_date && is_weekday;
}

static int64_t longest_gap(const struct days *d)
{
	struct walk_day w = { WALK_START_YEAR, 1, 1, 1, 31 };
	int64_t last = -1, longest = 0, first = -1, round = WALK_DATES * 7;

	if (!d->has_time)
		return 0;
	if (d->weekdays == ALL_WEEKDAYS && !d->is_either)
		round = WALK_DATES;
	else if (d->dates == ALL_DATES && d->months == ALL_MONTHS)
		round = 7;
	for (int64_t i = 0; i < round; i++, next_day(&w)) {
		if (!matches(d, &w))
			continue;
		if (last >= 0 && i - last > longest)
			longest = i - last;
		if (first < 0)
			first = i;
		last = i;
	}
	if (first < 0)
		return 0;
	return first + round - last > longest ? first + round - last : longest;
}

/* A number or a name of NAMES (whose first has the number BASE) at the start of *S. */
static bool number(struct str *s, const char *const *names, int count, int base, int64_t *ret)
{
	size_t len = 0;

	while (len < s->len && isdigit((unsigned char)s->ptr[len]))
		len++;
	if (len > 0) {
		if (!str_to_i64(str_until(*s, len), ret))
			return false;
		*s = str_from(*s, len);
		return true;
	}
	for (int i = 0; i < count; i++) {
		if (s->len < 3 || !str_is_nocase(str_until(*s, 3), names[i]))
			continue;
		for (len = 3; len < s->len && isalpha((unsigned char)s->ptr[len]); len++)
			;
		*s = str_from(*s, len);
		*ret = base + i;
		return true;
	}
	return false;
}

struct range {
	int64_t low, high; /* of the field */
	const char *const *names;
	int name_count, name_base;
	const char *dash; /* "-" for cron, ".." for systemd */
	bool is_from_end; /* of the month: "7/1" is its last seven days */
};

static bool item(struct str s, const struct range *f, uint64_t *bits)
{
	int64_t from = f->low, to = f->high, step = 1;
	bool has_step = false, has_range = false;

	if (str_starts(s, "*")) {
		s = str_from(s, 1);
		if (s.len > 0 && str_is(str_of(f->dash), ".."))
			return false; /* systemd knows "0/2", and no star with a step */
		has_range = true;
	} else {
		if (!number(&s, f->names, f->name_count, f->name_base, &from))
			return false;
		to = from;
		if (str_starts(s, f->dash)) {
			s = str_from(s, str_of(f->dash).len);
			if (!number(&s, f->names, f->name_count, f->name_base, &to))
				return false;
			has_range = true;
		}
	}
	if (str_starts(s, "/")) {
		s = str_from(s, 1);
		if (!number(&s, NULL, 0, 0, &step) || step < 1)
			return false;
		has_step = true;
	}
	if (s.len > 0 || from < f->low || from > f->high || to > f->high || to < from)
		return false;
	if (f->is_from_end && has_step && !has_range) {
		for (int64_t i = from; i > 0; i -= step)
			*bits |= 1ull << i;
		return true;
	}
	if (has_step && !has_range)
		to = f->high;
	for (int64_t i = from; i <= to; i += step)
		*bits |= 1ull << i;
	return true;
}

static bool field(struct str s, const struct range *f, uint64_t *bits)
{
	struct str one;

	if (s.len == 0 || str_find(s, STR(",,")) >= 0)
		return false;
	while (str_next_word(&s, ",", &one))
		if (!item(one, f, bits))
			return false;
	return *bits != 0;
}

static const struct range cron_fields[] = {
	{ 0, 59, NULL, 0, 0, "-", false },
	{ 0, 23, NULL, 0, 0, "-", false },
	{ 1, 31, NULL, 0, 0, "-", false },
	{ 1, 12, month_names, 12, 1, "-", false },
	{ 0, 7, weekday_names, 7, 0, "-", false },
};

static int64_t nickname(struct str s)
{
	static const struct {
		const char *name;
		int64_t days;
	} names[] = { { "@yearly", 366 }, { "@annually", 366 }, { "@monthly", 31 },
		{ "@weekly", 7 }, { "@daily", 1 }, { "@midnight", 1 }, { "@hourly", 1 },
		{ "@reboot", 0 } };

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_is_nocase(s, names[i].name))
			return names[i].days;
	return -1;
}

int64_t cron_period_days(struct str s)
{
	struct str fields[5];
	uint64_t bits[5] = { 0 };
	struct days d = { .has_time = true };

	s = str_trim(s);
	if (str_starts(s, "@"))
		return nickname(s);
	for (int i = 0; i < 5; i++)
		if (!str_next_word(&s, " \t", &fields[i]) ||
			!field(fields[i], &cron_fields[i], &bits[i]))
			return -1;
	if (s.len > 0)
		return -1;
	d.dates = bits[2];
	d.months = bits[3];
	d.weekdays = bits[4] | (bits[4] >> 7 & 1);
	/* Either of them is enough, unless one of the two begins with a star. */
	d.is_either = !str_starts(fields[2], "*") && !str_starts(fields[4], "*");
	return longest_gap(&d);
}

static bool is_assignment(struct str line)
{
	struct str name, value;

	return str_split(line, '=', &name, &value) && name.len > 0 &&
		(isalpha((unsigned char)name.ptr[0]) || name.ptr[0] == '_') &&
		!str_has(str_trim(name), ' ') && !str_has(str_trim(name), '\t');
}

bool cron_line(struct str line, bool has_user, struct str *ret_schedule, struct str *ret_user,
	struct str *ret_command)
{
	struct str trimmed = str_trim(line), rest = trimmed, word = { 0 };
	int fields = 5;

	if (trimmed.len == 0 || trimmed.ptr[0] == '#')
		return false;
	if (trimmed.ptr[0] == '@')
		fields = 1;
	else if (is_assignment(trimmed))
		return false;
	for (int i = 0; i < fields; i++)
		if (!str_next_word(&rest, " \t", &word))
			return false;
	*ret_schedule = (struct str){ trimmed.ptr, (size_t)(word.ptr + word.len - trimmed.ptr) };
	*ret_user = STR("");
	if (has_user && !str_next_word(&rest, " \t", ret_user))
		return false;
	*ret_command = str_trim(rest);
	return ret_command->len > 0;
}

bool anacron_line(struct str line, int64_t *ret_days, struct str *ret_name, struct str *ret_command)
{
	struct str trimmed = str_trim(line), rest = trimmed, period, delay, name;
	int64_t days;

	if (trimmed.len == 0 || trimmed.ptr[0] == '#' || is_assignment(trimmed) ||
		!str_next_word(&rest, " \t", &period) || !str_next_word(&rest, " \t", &delay) ||
		!str_next_word(&rest, " \t", &name) || str_trim(rest).len == 0)
		return false;
	*ret_days = str_starts(period, "@")                          ? cron_period_days(period) :
		str_to_i64(period, &days) && days > 0 && days < 3660 ? days :
								       -1;
	*ret_name = name;
	*ret_command = str_trim(rest);
	return true;
}

static int64_t calendar_nickname(struct str s)
{
	static const struct {
		const char *name;
		int64_t days;
	} names[] = { { "minutely", 1 }, { "hourly", 1 }, { "daily", 1 }, { "weekly", 7 },
		{ "monthly", 31 }, { "yearly", 366 }, { "annually", 366 }, { "quarterly", 92 },
		{ "semiannually", 184 }, { "semi-annually", 184 }, { "biannually", 184 },
		{ "bi-annually", 184 } };

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_is_nocase(s, names[i].name))
			return names[i].days;
	return -1;
}

static const struct range calendar_weekday = { 0, 6, weekday_names, 7, 0, "..", false };
static const struct range calendar_month = { 1, 12, NULL, 0, 0, "..", false };
static const struct range calendar_date = { 1, 31, NULL, 0, 0, "..", false };
static const struct range calendar_last = { 1, 31, NULL, 0, 0, "..", true };
static const struct range calendar_times[] = {
	{ 0, 23, NULL, 0, 0, "..", false },
	{ 0, 59, NULL, 0, 0, "..", false },
	{ 0, 59, NULL, 0, 0, "..", false },
};

/* "03:00", "2,14:30", "*:0/15", "3:00:00.5": does the day have such a time? */
static bool is_calendar_time(struct str s)
{
	struct str part;
	size_t count = 0;
	ptrdiff_t dot = str_find_char(s, '.');

	if (dot >= 0 && str_find(s, STR("..")) < 0)
		s = str_until(s, (size_t)dot);
	for (; str_next_word(&s, ":", &part); count++) {
		uint64_t bits = 0;

		if (count == COUNT(calendar_times) || !field(part, &calendar_times[count], &bits))
			return false;
	}
	return count > 1;
}

/* systemd's week begins on Monday, so "Sat..Mon" is no range but "Fri..Sun" is. */
static bool calendar_weekdays(struct str s, uint64_t *bits)
{
	struct str one, from, to;

	if (str_find(s, STR(",,")) >= 0)
		return false;
	while (str_next_word(&s, ",", &one)) {
		ptrdiff_t dots = str_find(one, STR("..")), dash = str_find_char(one, '-');
		size_t sign = dots < 0 ? 1 : 2;
		int64_t a, b;

		dots = dots < 0 ? dash : dots; /* "Mon-Fri", of old */
		if (dots < 0) {
			if (!item(one, &calendar_weekday, bits))
				return false;
			continue;
		}
		from = str_until(one, (size_t)dots);
		to = str_from(one, (size_t)dots + sign);
		if (!number(&from, weekday_names, 7, 0, &a) ||
			!number(&to, weekday_names, 7, 0, &b))
			return false;
		a = (a + 6) % 7;
		b = (b + 6) % 7;
		if (a > b)
			return false;
		for (; a <= b; a++)
			*bits |= 1ull << (a + 1) % 7;
	}
	return *bits != 0;
}

/* "*": 0; "2026", "2025..2026", "24,26": the last of them; "2026/2": YEAR_WITHOUT_END. */
static bool calendar_years(struct str s, int64_t *ret_last)
{
	struct str one;
	bool has_step = false;
	int64_t year;

	*ret_last = 0;
	if (str_is(s, "*"))
		return true;
	while (str_next_word(&s, ",", &one)) {
		ptrdiff_t dots = str_find(one, STR("..")), slash = str_find_char(one, '/');

		if (slash > 0 && str_to_i64(str_from(one, (size_t)slash + 1), &year) && year > 0) {
			one = str_until(one, (size_t)slash);
			has_step = dots < 0;
		}
		if (!str_to_i64(dots < 0 ? one : str_from(one, (size_t)dots + 2), &year) ||
			year < 0 || year > 9999)
			return false;
		year += year < 70 ? 2000 : year < 100 ? 1900 : 0;
		year = has_step ? YEAR_WITHOUT_END : year;
		*ret_last = year > *ret_last ? year : *ret_last;
	}
	return *ret_last > 0;
}

/* "*-*-1", "2026-01-01", "*-02~03" */
static bool calendar_date_part(struct str s, struct days *d)
{
	struct str year = STR("*"), month, date;
	ptrdiff_t tilde = str_find_char(s, '~');
	bool is_from_end = tilde >= 0;

	if (is_from_end) {
		date = str_from(s, (size_t)tilde + 1);
		s = str_until(s, (size_t)tilde);
	} else {
		size_t dash = s.len;

		while (dash > 0 && s.ptr[dash - 1] != '-')
			dash--;
		if (dash == 0)
			return false;
		date = str_from(s, dash);
		s = str_until(s, dash - 1);
	}
	month = s;
	if (str_has(s, '-') && !str_split(s, '-', &year, &month))
		return false;
	if (!calendar_years(year, &d->last_year))
		return false;
	d->months = d->dates = 0;
	return field(month, &calendar_month, &d->months) &&
		(is_from_end ? field(date, &calendar_last, &d->from_end) :
			       field(date, &calendar_date, &d->dates));
}

bool calendar_zone(struct str *s, struct str *ret_zone)
{
	struct str rest = str_trim(*s), word = STR(""), before;
	uint64_t bits = 0;

	before = rest;
	while (str_next_word(&rest, " \t", &word))
		;
	*ret_zone = STR("");
	*s = before;
	if (word.len == before.len || !isalpha((unsigned char)word.ptr[0]) ||
		calendar_weekdays(word, &bits))
		return true;
	*ret_zone = word;
	*s = str_trim(str_until(before, (size_t)(word.ptr - before.ptr)));
	for (size_t i = 0; i < word.len; i++)
		if (!isalnum((unsigned char)word.ptr[i]) && !str_has(STR("_-+/"), word.ptr[i]))
			return false;
	return !str_ends(word, "/") && str_find(word, STR("//")) < 0;
}

static bool calendar_read(struct str s, struct days *d)
{
	struct str word, zone;
	unsigned last = 0;

	*d = (struct days){
		.months = ALL_MONTHS, .dates = ALL_DATES, .weekdays = ALL_WEEKDAYS, .has_time = true
	};
	if (!calendar_zone(&s, &zone) || s.len == 0)
		return false;
	/* weekdays, a date, a time: each once at most, in this order */
	while (str_next_word(&s, " \t", &word)) {
		enum {
			WEEKDAYS = 1,
			DATE,
			TIME
		} kind = isalpha((unsigned char)word.ptr[0])     ? WEEKDAYS :
			str_has(word, '-') || str_has(word, '~') ? DATE :
								   TIME;
		uint64_t bits = 0;

		if (kind <= last)
			return false;
		last = kind;
		if (kind == WEEKDAYS         ? !calendar_weekdays(word, &bits) :
				kind == DATE ? !calendar_date_part(word, d) :
					       !is_calendar_time(word))
			return false;
		if (kind == WEEKDAYS)
			d->weekdays = bits;
	}
	return true;
}

/* "@1764000000": one moment, in seconds. */
static bool calendar_moment(struct str s, int64_t *ret_s)
{
	s = str_trim(s);
	return str_starts(s, "@") && str_to_i64(str_from(s, 1), ret_s);
}

int64_t calendar_period_days(struct str s)
{
	struct str alone = s, zone;
	struct days d;
	int64_t n;

	if (calendar_moment(s, &n))
		return -1;
	if (!calendar_zone(&alone, &zone))
		return 0;
	n = calendar_nickname(alone);
	if (n > 0)
		return n;
	if (!calendar_read(s, &d))
		return 0;
	/* certain years only: no lasting schedule */
	return d.last_year == 0 ? longest_gap(&d) : -1;
}

bool calendar_is_over(struct str s, int64_t now_s)
{
	int64_t today = now_s / CLOCK_DAY_S - 1; /* it is another day elsewhere */
	struct date on = date_of_days(today);
	struct days d;
	int64_t moment;

	if (calendar_moment(s, &moment))
		return moment < now_s;
	if (!calendar_read(s, &d) || d.last_year == 0 || d.last_year > on.year + YEARS_AHEAD)
		return false;
	/* 1970 began on a Thursday */
	for (struct walk_day w = { on.year, on.month, on.day, (int)((today + 4) % 7),
		     month_days(on.year, on.month) };
		w.year <= d.last_year; next_day(&w))
		if (matches(&d, &w))
			return false;
	return true;
}

int64_t span_seconds(struct str s)
{
	static const struct {
		const char *name;
		int64_t s;
	} units[] = { { "seconds", 1 }, { "second", 1 }, { "sec", 1 }, { "s", 1 },
		{ "minutes", 60 }, { "minute", 60 }, { "min", 60 }, { "m", 60 }, { "hours", 3600 },
		{ "hour", 3600 }, { "hr", 3600 }, { "h", 3600 }, { "days", 86400 },
		{ "day", 86400 }, { "d", 86400 }, { "weeks", 604800 }, { "week", 604800 },
		{ "w", 604800 }, { "months", 2629800 }, { "month", 2629800 }, { "M", 2629800 },
		{ "years", 31557600 }, { "year", 31557600 }, { "y", 31557600 }, { "msec", 0 },
		{ "ms", 0 }, { "usec", 0 }, { "us", 0 } };
	int64_t total = 0, n;

	for (s = str_trim(s); s.len > 0; s = str_trim(s)) {
		size_t len = 0, i;

		if (!number(&s, NULL, 0, 0, &n) || n > 1000000000)
			return -1;
		s = str_trim(s);
		while (len < s.len && isalpha((unsigned char)s.ptr[len]))
			len++;
		for (i = 0; i < COUNT(units); i++)
			if (str_is(str_until(s, len), units[i].name))
				break;
		if (len > 0 && i == COUNT(units))
			return -1;
		total += n * (len > 0 ? units[i].s : 1);
		if (total > INT64_C(1000000000000))
			return -1;
		s = str_from(s, len);
	}
	return total;
}

bool cron_command(struct str line, struct arena *a, struct str *ret_command)
{
	char *text = arena_alloc(a, line.len + 1);
	size_t n = 0, i = 0;
	int brackets = 0;
	char quote = 0;
	bool is_cut;

	for (; i < line.len && line.ptr[i] != '%'; i++) {
		if (line.ptr[i] == '\\' && i + 1 < line.len && line.ptr[i + 1] == '%')
			i++;
		text[n++] = line.ptr[i];
	}
	*ret_command = (struct str){ text, n };
	is_cut = i < line.len;
	for (i = 0; i < n; i++) {
		char c = text[i];

		if (c == '\\' && quote != '\'')
			i++;
		else if (quote && c == quote)
			quote = 0;
		else if (!quote && (c == '\'' || c == '"' || c == '`'))
			quote = c;
		else if (quote != '\'' && (c == '(' || c == ')'))
			brackets += c == '(' ? 1 : -1;
	}
	/* only what the cut itself broke: other oddities are for the shell to tell */
	return !is_cut || (!quote && brackets <= 0);
}
