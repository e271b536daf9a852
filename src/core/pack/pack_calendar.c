/* pack_calendar.c - the years of a calendar: how they are read, and what a day is. */
#include "core/pack/calendar.h"
#include "core/pack/pack_int.h"

#define NEEDED FIELD_NEEDED
#define YEAR_FIRST 1900
#define YEAR_LAST 9999
#define WORK_DAYS_MAX 20000 /* more days than anybody waits */

static const char *const sures[] = { "official", "expected", NULL };
static const char *const readings[] = { "high", "medium", "low", NULL };

struct holiday {
	struct date from, to;
	bool is_expected;
	struct str by;
	struct words name;
	struct source source;
};

struct made_up {
	struct date day, instead_of;
	bool is_expected;
	struct str by;
	struct source source;
};

struct pack_year {
	int year;
	struct pack_notice *notices;
	struct holiday *off;
	struct made_up *work;
	size_t notice_count, off_count, work_count;
	struct source source;
};

#define AT(member) offsetof(struct pack_notice, member)
static const struct field notice_fields[] = {
	FIELD("number", TEXT, NEEDED, AT(number)),
	FIELD("date", DATE, NEEDED, AT(date)),
	FIELD("issuer", WORDS, NEEDED, AT(issuer)),
	FIELD("sure", ENUM, NEEDED, AT(sure), .choices = readings),
	FIELD("note", WORDS, 0, AT(note)),
	{ 0 },
};
static const struct shape notice_shape = { notice_fields, sizeof(struct pack_notice), AT(source) };
#undef AT

#define AT(member) offsetof(struct holiday, member)
static const struct field holiday_fields[] = {
	FIELD("from", DATE, NEEDED, AT(from)),
	FIELD("to", DATE, NEEDED, AT(to)),
	FIELD("sure", BOOL, NEEDED, AT(is_expected), .choices = sures),
	FIELD("by", TEXT, 0, AT(by)),
	FIELD("name", WORDS, NEEDED, AT(name)),
	{ 0 },
};
static const struct shape holiday_shape = { holiday_fields, sizeof(struct holiday), AT(source) };
#undef AT

#define AT(member) offsetof(struct made_up, member)
static const struct field made_up_fields[] = {
	FIELD("day", DATE, NEEDED, AT(day)),
	FIELD("for", DATE, NEEDED, AT(instead_of)),
	FIELD("sure", BOOL, NEEDED, AT(is_expected), .choices = sures),
	FIELD("by", TEXT, 0, AT(by)),
	{ 0 },
};
static const struct shape made_up_shape = { made_up_fields, sizeof(struct made_up), AT(source) };
#undef AT

#define AT(member) offsetof(struct pack_year, member)
static const struct field year_fields[] = {
	FIELD("year", NUMBER, NEEDED, AT(year), .min = YEAR_FIRST, .max = YEAR_LAST),
	FIELD("notices", MAPS, NEEDED, AT(notices), .count_at = AT(notice_count),
		.shape = &notice_shape),
	FIELD("days-off", MAPS, NEEDED, AT(off), .count_at = AT(off_count),
		.shape = &holiday_shape),
	FIELD("work-days", MAPS, NEEDED, AT(work), .count_at = AT(work_count),
		.shape = &made_up_shape),
	{ 0 },
};
static const struct shape year_shape = { year_fields, sizeof(struct pack_year), AT(source) };
#undef AT

static const struct pack_year *year_of(const struct pack_set *set, int year)
{
	for (size_t i = 0; i < set->year_count; i++)
		if (set->years[i].year == year)
			return &set->years[i];
	return NULL;
}

static int weekday(struct date d) /* 0: Monday */
{
	int64_t days = date_to_days(d) + 3;

	return (int)(days % 7 + 7) % 7;
}

static const struct pack_notice *notice_of(const struct pack_year *year, struct str number)
{
	for (size_t i = 0; i < year->notice_count; i++)
		if (str_eq(year->notices[i].number, number))
			return &year->notices[i];
	return NULL;
}

static const struct holiday *holiday_of(const struct pack_year *year, struct date d)
{
	int64_t day = date_to_days(d);

	for (size_t i = 0; i < year->off_count; i++)
		if (date_to_days(year->off[i].from) <= day && day <= date_to_days(year->off[i].to))
			return &year->off[i];
	return NULL;
}

static void fault(struct pack_load *load, struct source at, const char *words, struct date d)
{
	char text[CLOCK_TEXT_MAX];

	pack_fault_add(load, at, words, str_of(date_people(d, text)), STR_NONE, STR_NONE);
}

/* What is official stands in a paper that the file names. */
static void check_basis(struct pack_load *load, const struct pack_year *y, struct str by,
	bool is_expected, struct source at)
{
	if (!by.ptr && !is_expected)
		pack_fault_add(load, at,
			T("ngày \"official\" phải ghi \"by\": số của văn bản làm căn cứ"), STR_NONE,
			STR_NONE, STR_NONE);
	if (by.ptr && !notice_of(y, by))
		pack_fault_add(load, at, T("\"notices\" không có văn bản số \"{a}\""), by, STR_NONE,
			STR_NONE);
}

static void check(struct pack_load *load, const struct pack_year *y)
{
	for (size_t i = 0; i < y->notice_count; i++)
		if (notice_of(y, y->notices[i].number) != &y->notices[i])
			pack_fault_add(load, y->notices[i].source,
				T("văn bản số \"{a}\" được ghi hai lần"), y->notices[i].number,
				STR_NONE, STR_NONE);
	for (size_t i = 0; i < y->off_count; i++) {
		const struct holiday *h = &y->off[i];

		check_basis(load, y, h->by, h->is_expected, h->source);
		if (date_to_days(h->to) < date_to_days(h->from))
			fault(load, h->source, T("ngày nghỉ kết thúc trước khi bắt đầu: {a}"),
				h->to);
		if (h->from.year != y->year || h->to.year != y->year)
			fault(load, h->source, T("ngày nghỉ không thuộc năm của tệp: {a}"),
				h->from);
		for (size_t k = 0; k < i; k++)
			if (date_to_days(h->from) <= date_to_days(y->off[k].to) &&
				date_to_days(y->off[k].from) <= date_to_days(h->to))
				fault(load, h->source, T("ngày nghỉ được ghi hai lần: {a}"),
					h->from);
	}
	for (size_t i = 0; i < y->work_count; i++) {
		const struct made_up *m = &y->work[i];

		check_basis(load, y, m->by, m->is_expected, m->source);
		if (m->day.year != y->year || weekday(m->day) < 5)
			fault(load, m->source,
				T("ngày làm bù phải là thứ Bảy hoặc Chủ Nhật của năm ấy: {a}"),
				m->day);
		if (!holiday_of(y, m->instead_of))
			fault(load, m->source, T("không có ngày nghỉ nào để làm bù: {a}"),
				m->instead_of);
	}
}

void pack_load_year(struct pack_load *load, const struct yaml_node *root)
{
	struct pack_set *set = load->set;
	struct pack_year *all = arena_array(&set->arena, struct pack_year, set->year_count + 1);
	struct pack_year *y = &all[set->year_count];

	for (size_t i = 0; i < set->year_count; i++)
		all[i] = set->years[i];
	pack_read_map(load, root, &year_shape, y);
	if (y->year && year_of(set, y->year))
		pack_fault_add(load, y->source, T("năm này đã có ở tệp khác: {a}"),
			arena_fmt(&load->work, "%d", y->year), STR_NONE, STR_NONE);
	check(load, y);
	set->years = all;
	set->year_count++;
}

struct pack_day pack_day(const struct pack_set *set, struct date day)
{
	const struct pack_year *y = year_of(set, day.year);
	const struct holiday *h = y ? holiday_of(y, day) : NULL;
	struct pack_day answer = { .is_known = y != NULL,
		.kind = weekday(day) >= 5 ? DAY_WEEKEND : DAY_WORK };

	if (h) {
		answer.kind = DAY_OFF;
		answer.is_expected = h->is_expected;
		answer.name = h->name;
		answer.by = notice_of(y, h->by);
	}
	for (size_t i = 0; y && i < y->work_count; i++) {
		if (date_to_days(y->work[i].day) != date_to_days(day))
			continue;
		answer.kind = DAY_MADE_UP;
		answer.is_expected = y->work[i].is_expected;
		answer.by = notice_of(y, y->work[i].by);
		answer.instead_of = y->work[i].instead_of;
	}
	return answer;
}

bool pack_day_is_sure(const struct pack_set *set, struct date day)
{
	struct pack_day d = pack_day(set, day);

	return d.is_known && !d.is_expected;
}

bool pack_has_unsure_day(
	const struct pack_set *set, struct date first, struct date last, struct date *ret)
{
	int64_t end = date_to_days(last);

	for (int64_t n = date_to_days(first); n <= end; n++) {
		if (pack_day_is_sure(set, date_of_days(n)))
			continue;
		*ret = date_of_days(n);
		return true;
	}
	return false;
}

bool pack_is_work_day(const struct pack_set *set, struct date day)
{
	enum day_kind kind = pack_day(set, day).kind;

	return kind == DAY_WORK || kind == DAY_MADE_UP;
}

static struct date step(const struct pack_set *set, struct date day, int by)
{
	for (int i = 0; i < WORK_DAYS_MAX && !pack_is_work_day(set, day); i++)
		day = date_of_days(date_to_days(day) + by);
	return day;
}

struct date pack_work_day_from(const struct pack_set *set, struct date day)
{
	return step(set, day, 1);
}

struct date pack_work_day_until(const struct pack_set *set, struct date day)
{
	return step(set, day, -1);
}

struct date pack_work_days_after(const struct pack_set *set, struct date day, int count)
{
	for (int i = 0; i < count && i < WORK_DAYS_MAX; i++)
		day = step(set, date_of_days(date_to_days(day) + 1), 1);
	return day;
}
