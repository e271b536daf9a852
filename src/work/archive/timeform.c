#include "work/archive/timeform.h"

#define DAY_S 86400
#define YEAR_MIN 1900 /* so that nanoseconds fit into 64 bits */
#define YEAR_MAX 2199

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
	"Oct", "Nov", "Dec" };
static const char weekdays[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
static const int64_t powers[10] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Two digits, or -1. */
static int two(const char *s)
{
	return is_digit(s[0]) && is_digit(s[1]) ? (s[0] - '0') * 10 + (s[1] - '0') : -1;
}

static int month_of(const char *s)
{
	switch (s[0]) {
	case 'J':
	case 'F':
	case 'M':
	case 'A':
	case 'S':
	case 'O':
	case 'N':
	case 'D':
		for (int i = 0; i < 12; i++)
			if (memcmp(s, months[i], 3) == 0)
				return i;
	}
	return -1;
}

/* HH:MM:SS as seconds, or -1. */
static int clock_of(const char *s)
{
	int h = two(s), m = two(s + 3), sec = two(s + 6);

	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59 || s[2] != ':' || s[5] != ':')
		return -1;
	return h * 3600 + m * 60 + sec;
}

/* A four-digit year of our range, or -1. */
static int year_of(const char *s)
{
	int high = two(s), low = two(s + 2), year = high * 100 + low;

	return high < 0 || low < 0 || year < YEAR_MIN || year > YEAR_MAX ? -1 : year;
}

/* Days since 1970 of a day that exists; false for one that does not. */
static bool day_of(int year, int month, int day, int64_t *ret)
{
	static const uint8_t length[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (year < 0 || month < 0 || month > 11 || day < 1 ||
		day > length[month] + (month == 1 && is_leap))
		return false;
	*ret = date_to_days((struct date){ year, month + 1, day });
	return true;
}

/* The day of a month at S, padded by a blank or a zero; -1 for neither. */
static int padded_day(const char *s, bool *ret_is_zero)
{
	*ret_is_zero = s[0] == '0';
	if (s[0] == ' ')
		return is_digit(s[1]) && s[1] != '0' ? s[1] - '0' : -1;
	return two(s) <= 31 && two(s) > 0 ? two(s) : -1;
}

/* .123 after the seconds, which MARK begins: digits taken, and *VALUE made finer by them. */
static size_t fraction(const char *s, size_t len, char mark, int64_t *value)
{
	size_t digits = 0;
	int64_t part = 0;

	if (len < 2 || s[0] != mark)
		return 0;
	while (digits + 1 < len && digits < 9 && is_digit(s[digits + 1]))
		part = part * 10 + (s[++digits] - '0');
	*value = *value * powers[digits] + part;
	return digits;
}

static size_t parse_bsd(const char *s, size_t len, uint8_t *form, int64_t *value)
{
	int month = len >= 15 && s[3] == ' ' && s[6] == ' ' ? month_of(s) : -1;
	bool is_zero = false;
	int day, clock;

	if (month < 0)
		return 0;
	day = padded_day(s + 4, &is_zero);
	clock = clock_of(s + 7);
	if (day < 0 || clock < 0)
		return 0;
	/* a year of 12 months of 31 days: no more is known than what stands there */
	*form = is_zero ? TIMEFORM_BSD_ZERO : TIMEFORM_BSD;
	*value = (int64_t)(month * 31 + day - 1) * DAY_S + clock;
	return 15;
}

static size_t parse_ctime(const char *s, size_t len, uint8_t *form, int64_t *value)
{
	bool is_zero = false;
	int64_t days;
	int clock, day;

	if (len < 24 || s[3] != ' ' || s[7] != ' ' || s[10] != ' ' || s[19] != ' ')
		return 0;
	clock = clock_of(s + 11);
	day = padded_day(s + 8, &is_zero);
	if (clock < 0 || !day_of(year_of(s + 20), month_of(s + 4), day, &days) ||
		memcmp(s, weekdays[((days % 7) + 7) % 7], 3) != 0)
		return 0;
	*form = is_zero ? TIMEFORM_CTIME_ZERO : TIMEFORM_CTIME;
	*value = days * DAY_S + clock;
	return 24;
}

static size_t parse_iso(const char *s, size_t len, uint8_t *form, int64_t *value)
{
	int clock = len >= 19 ? clock_of(s + 11) : -1;
	size_t digits;
	int64_t days;

	if (clock < 0 || s[7] != '-' || (s[10] != 'T' && s[10] != ' ') ||
		!day_of(year_of(s), two(s + 5) - 1, two(s + 8), &days))
		return 0;
	*value = days * DAY_S + clock;
	*form = s[10] == 'T' ? TIMEFORM_ISO_T : TIMEFORM_ISO_BLANK;
	digits = fraction(s + 19, len - 19, '.', value);
	if (digits == 0 && s[10] == ' ') {
		digits = fraction(s + 19, len - 19, ',', value);
		if (digits > 0)
			*form = TIMEFORM_ISO_COMMA;
	}
	*form |= (uint8_t)(digits << 4);
	return 19 + (digits ? digits + 1 : 0);
}

static size_t parse_web(const char *s, size_t len, uint8_t *form, int64_t *value)
{
	int64_t days;
	int clock;

	if (len < 20 || s[6] != '/' || s[11] != ':')
		return 0;
	clock = clock_of(s + 12);
	if (clock < 0 || !day_of(year_of(s + 7), month_of(s + 3), two(s), &days))
		return 0;
	*form = TIMEFORM_WEB;
	*value = days * DAY_S + clock;
	return 20;
}

static size_t parse_clock(const char *s, size_t len, uint8_t *form, int64_t *value)
{
	int clock = clock_of(s);
	size_t digits;

	if (clock < 0)
		return 0;
	*value = clock;
	digits = fraction(s + 8, len - 8, '.', value);
	*form = (uint8_t)(TIMEFORM_CLOCK | digits << 4);
	return 8 + (digits ? digits + 1 : 0);
}

/* Seconds since 1970 with a fraction, of the years 2001 to 2033. */
static size_t parse_epoch(const char *s, size_t len, uint8_t *form, int64_t *value)
{
	size_t digits;

	if (s[0] != '1')
		return 0;
	*value = 0;
	for (int i = 0; i < EPOCH_DIGITS; i++) {
		if (!is_digit(s[i]))
			return 0;
		*value = *value * 10 + (s[i] - '0');
	}
	digits = fraction(s + EPOCH_DIGITS, len - EPOCH_DIGITS, '.', value);
	*form = (uint8_t)(TIMEFORM_EPOCH | digits << 4);
	return digits ? EPOCH_DIGITS + 1 + digits : 0;
}

size_t timeform_parse(const char *s, size_t len, uint8_t *ret_form, int64_t *ret_value)
{
	uint8_t form = 0;
	int64_t value = 0;
	size_t taken = 0;

	if (len < 8)
		return 0;
	if (!is_digit(s[0])) {
		taken = parse_bsd(s, len, &form, &value);
		if (taken == 0)
			taken = parse_ctime(s, len, &form, &value);
	} else if (s[2] == ':') {
		taken = parse_clock(s, len, &form, &value);
	} else if (s[2] == '/') {
		taken = parse_web(s, len, &form, &value);
	} else if (s[4] == '-') {
		taken = parse_iso(s, len, &form, &value);
	} else if (len > EPOCH_DIGITS && s[EPOCH_DIGITS] == '.') {
		taken = parse_epoch(s, len, &form, &value);
	}
	/* a further digit would belong to something else */
	if (taken == 0 || (taken < len && is_digit(s[taken])))
		return 0;
	*ret_form = form;
	*ret_value = value;
	return taken;
}

bool timeform_is_known(unsigned form)
{
	unsigned kind = form & 15, digits = form >> 4;

	if (kind >= TIMEFORM_KINDS || digits > 9)
		return false;
	if (kind == TIMEFORM_ISO_COMMA || kind == TIMEFORM_EPOCH)
		return digits > 0;
	return digits == 0 || kind == TIMEFORM_ISO_T || kind == TIMEFORM_ISO_BLANK ||
		kind == TIMEFORM_CLOCK;
}

static char *put(char *to, int value, int width)
{
	for (int i = width - 1; i >= 0; i--, value /= 10)
		to[i] = (char)('0' + value % 10);
	return to + width;
}

static char *put_clock(char *to, int seconds)
{
	to = put(to, seconds / 3600, 2);
	*to++ = ':';
	to = put(to, seconds / 60 % 60, 2);
	*to++ = ':';
	return put(to, seconds % 60, 2);
}

static char *put_name(char *to, const char *name)
{
	memcpy(to, name, 3);
	return to + 3;
}

static char *put_day(char *to, int day, bool is_zero)
{
	to = put(to, day, 2);
	if (!is_zero && to[-2] == '0')
		to[-2] = ' ';
	return to;
}

/* The kinds that hold a calendar day with its year. */
static char *put_dated(char *to, unsigned kind, int64_t days, int seconds)
{
	struct date d = date_of_days(days);

	switch (kind) {
	case TIMEFORM_WEB:
		to = put(to, d.day, 2);
		*to++ = '/';
		to = put_name(to, months[d.month - 1]);
		*to++ = '/';
		to = put(to, d.year, 4);
		*to++ = ':';
		return put_clock(to, seconds);
	case TIMEFORM_CTIME:
	case TIMEFORM_CTIME_ZERO:
		to = put_name(to, weekdays[((days % 7) + 7) % 7]);
		*to++ = ' ';
		to = put_name(to, months[d.month - 1]);
		*to++ = ' ';
		to = put_day(to, d.day, kind == TIMEFORM_CTIME_ZERO);
		*to++ = ' ';
		to = put_clock(to, seconds);
		*to++ = ' ';
		return put(to, d.year, 4);
	default:
		to = put(to, d.year, 4);
		*to++ = '-';
		to = put(to, d.month, 2);
		*to++ = '-';
		to = put(to, d.day, 2);
		*to++ = kind == TIMEFORM_ISO_T ? 'T' : ' ';
		return put_clock(to, seconds);
	}
}

size_t timeform_write(unsigned form, int64_t value, char *text)
{
	unsigned kind = form & 15, digits = form >> 4;
	char *to = text;
	int64_t part, days;
	int seconds;

	if (!timeform_is_known(form))
		return 0;
	part = ((value % powers[digits]) + powers[digits]) % powers[digits];
	value = (value - part) / powers[digits];
	seconds = (int)(((value % DAY_S) + DAY_S) % DAY_S);
	days = (value - seconds) / DAY_S;
	if (kind == TIMEFORM_CLOCK) {
		if (days != 0)
			return 0;
		to = put_clock(to, seconds);
	} else if (kind == TIMEFORM_EPOCH) {
		if (value < powers[9] || value >= 2 * powers[9])
			return 0;
		*to++ = '1';
		to = put(to, (int)(value - powers[9]), EPOCH_DIGITS - 1);
	} else if (kind <= TIMEFORM_BSD_ZERO) {
		if (days < 0 || days >= 12 * 31)
			return 0;
		to = put_name(to, months[days / 31]);
		*to++ = ' ';
		to = put_day(to, (int)(days % 31) + 1, kind == TIMEFORM_BSD_ZERO);
		*to++ = ' ';
		to = put_clock(to, seconds);
	} else {
		if (days < -25567 || days >= 84006) /* 1900-01-01, 2200-01-01 */
			return 0;
		to = put_dated(to, kind, days, seconds);
	}
	if (digits > 0) {
		*to++ = kind == TIMEFORM_ISO_COMMA ? ',' : '.';
		to = put(to, (int)part, (int)digits);
	}
	return (size_t)(to - text);
}

/* What a form looks like: a letter, a digit, a digit or blank, or the byte itself. */
static size_t shape_of(unsigned form, char *to)
{
	static const char *const shapes[TIMEFORM_KINDS] = { [TIMEFORM_BSD] = "aaa _0 00:00:00",
		[TIMEFORM_BSD_ZERO] = "aaa 00 00:00:00",
		[TIMEFORM_ISO_T] = "0000-00-00T00:00:00",
		[TIMEFORM_ISO_BLANK] = "0000-00-00 00:00:00",
		[TIMEFORM_ISO_COMMA] = "0000-00-00 00:00:00",
		[TIMEFORM_WEB] = "00/aaa/0000:00:00:00",
		[TIMEFORM_CLOCK] = "00:00:00",
		[TIMEFORM_CTIME] = "aaa aaa _0 00:00:00 0000",
		[TIMEFORM_CTIME_ZERO] = "aaa aaa 00 00:00:00 0000",
		[TIMEFORM_EPOCH] = "0000000000" };
	const char *shape = shapes[form & 15];
	size_t len = strlen(shape), digits = form >> 4;

	memcpy(to, shape, len);
	if (digits > 0) {
		to[len++] = (form & 15) == TIMEFORM_ISO_COMMA ? ',' : '.';
		memset(to + len, '0', digits);
	}
	return len + digits;
}

static bool fits(char shape, char c)
{
	switch (shape) {
	case 'a':
		return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
	case '_':
		return is_digit(c) || c == ' ';
	case '0':
		return is_digit(c);
	default:
		return c == shape || (shape == 'T' && c == 't');
	}
}

bool timeform_may_hold(unsigned form, const char *s, size_t len, bool is_start, bool is_end)
{
	char shape[TIMEFORM_TEXT_MAX];
	size_t has = timeform_is_known(form) ? shape_of(form, shape) : 0;
	size_t from = is_end && len <= has ? has - len : 0, i;

	for (; from + len <= has && (!is_start || from == 0); from++) {
		for (i = 0; i < len && fits(shape[from + i], s[i]); i++)
			;
		if (i == len)
			return true;
	}
	return false;
}
