/* The reckoning of duties over years: months of unequal length, first due, late, skipped, moved. */
#include "work/duty/duty.h"

#include "core/pack/calendar.h"
#include "test/unit.h"

#include <stdlib.h>

static struct arena arena;
static struct pack_set *packs;

static int set_up(void **state)
{
	const char *source = getenv("KHIEN_SOURCE");
	struct err e;

	arena_init(&arena, 64 * MIB);
	assert_int_equal(
		pack_set_load(arena_fmt(&arena, "%s/packs", source ? source : ".").ptr, &e, &packs),
		0);
	return 0;
}

static int tear_down(void **state)
{
	packs = pack_set_free(packs);
	arena_done(&arena);
	return 0;
}

static struct date day(const char *text)
{
	struct date d;

	assert_true(date_parse(str_of(text), &d));
	return d;
}

static const char *iso(struct date d)
{
	char text[CLOCK_TEXT_MAX];

	return arena_cstr(&arena, str_of(date_iso(d, text)));
}

static void months_are_those_of_the_calendar(void **state)
{
	assert_string_equal(iso(date_add_months(day("2026-08-31"), 6)), "2027-02-28");
	assert_string_equal(iso(date_add_months(day("2027-08-31"), 6)), "2028-02-29");
	assert_string_equal(iso(date_add_months(day("2026-11-30"), 3)), "2027-02-28");
	assert_string_equal(iso(date_add_months(day("2026-01-31"), 1)), "2026-02-28");
	assert_string_equal(iso(date_add_months(day("2026-12-15"), 12)), "2027-12-15");
	assert_string_equal(iso(date_add_months(day("2028-02-29"), 12)), "2029-02-28");
	assert_string_equal(iso(date_add_months(day("2026-03-31"), -1)), "2026-02-28");
	for (int64_t d = date_to_days(day("2020-01-01")); d < date_to_days(day("2032-01-01"));
		d++) {
		struct date from = date_of_days(d), to = date_add_months(from, 6);

		assert_int_equal((from.month + 5) % 12 + 1, to.month);
		assert_true(
			to.day == from.day || (to.day < from.day && date_add_days(to, 1).day == 1));
	}
}

static void a_day_is_work_or_off(void **state)
{
	assert_true(pack_is_work_day(packs, day("2026-01-10"))); /* a Saturday that makes up */
	assert_int_equal(pack_day(packs, day("2026-01-10")).kind, DAY_MADE_UP);
	assert_int_equal(pack_day(packs, day("2026-01-02")).kind, DAY_OFF);
	assert_int_equal(pack_day(packs, day("2026-02-21")).kind, DAY_WEEKEND);
	assert_true(pack_day(packs, day("2027-02-08")).is_expected);
	assert_false(pack_day(packs, day("2029-03-01")).is_known);
	assert_string_equal(iso(pack_work_day_from(packs, day("2026-02-16"))), "2026-02-23");
	assert_string_equal(iso(pack_work_day_until(packs, day("2026-02-16"))), "2026-02-13");
	assert_string_equal(iso(pack_work_days_after(packs, day("2026-04-24"), 3)), "2026-05-04");
	/* the made-up Saturday counts */
	assert_string_equal(iso(pack_work_days_after(packs, day("2026-08-21"), 1)), "2026-08-22");
}

/* Every day that a file calls official rests on a paper with a number and a date. */
static void official_days_name_their_paper(void **state)
{
	size_t off = 0, made_up = 0;
	struct date unsure;

	for (int64_t n = date_to_days(day("2024-01-01")); n < date_to_days(day("2028-01-01"));
		n++) {
		struct pack_day d = pack_day(packs, date_of_days(n));

		assert_true(d.is_known);
		if (d.kind != DAY_OFF && d.kind != DAY_MADE_UP)
			continue;
		off += d.kind == DAY_OFF;
		made_up += d.kind == DAY_MADE_UP;
		assert_true(d.is_expected || (d.by && d.by->number.len && d.by->date.year));
		if (d.kind == DAY_MADE_UP)
			assert_int_equal(pack_day(packs, d.instead_of).kind, DAY_OFF);
	}
	/* eleven of the law a year, and what is given or exchanged besides */
	assert_int_equal(off, 14 + 12 + 14 + 15);
	assert_int_equal(made_up, 4);
	assert_true(str_is(pack_day(packs, day("2026-02-16")).by->number, "9441/TB-BNV"));
	assert_false(pack_day_is_sure(packs, day("2026-11-24")));
	assert_true(pack_day_is_sure(packs, day("2026-11-25")));
	assert_false(pack_has_unsure_day(packs, day("2026-01-01"), day("2026-11-23"), &unsure));
	assert_true(pack_has_unsure_day(packs, day("2026-11-20"), day("2026-11-30"), &unsure));
	assert_string_equal(iso(unsure), "2026-11-24");
	assert_true(pack_has_unsure_day(packs, day("2027-12-30"), day("2028-01-03"), &unsure));
	assert_string_equal(iso(unsure), "2028-01-01"); /* no file tells of 2028 */
}

/* A date that was moved over an expected day off, or falls in a year nobody knows, is not sure. */
static void a_date_moved_over_an_expected_day_is_unsure(void **state)
{
	static const struct {
		const char *start;
		int months;
		const char *due, *because;
	} rows[] = {
		{ "2026-08-24", 3, "2026-11-25", "2026-11-24" },
		{ "2026-08-25", 3, "2026-11-25", NULL }, /* falls on it of itself */
		{ "2026-03-02", 6, "2026-09-03", NULL }, /* moved over days that a notice has */
		{ "2026-11-06", 3, "2027-02-12", "2027-02-06" },
		{ "2026-11-14", 24, "2028-11-14", "2028-11-14" },
	};
	struct duty_rules rules = duty_rules(packs, day("2026-11-01"), &arena);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct duty d = { .schedule = { .period = { true, rows[i].months },
					  .start = day(rows[i].start),
					  .today = day("2026-11-01") } };
		struct duty_occurrence *list;
		struct date unsure;
		size_t count;

		duty_all(&d, &rules, day("2026-11-01"), &arena, &list, &count);
		assert_true(count > 0);
		assert_string_equal(iso(list[0].due), rows[i].due);
		assert_int_equal(
			duty_is_unsure(&d, &list[0], &rules, &unsure), rows[i].because != NULL);
		if (rows[i].because)
			assert_string_equal(iso(unsure), rows[i].because);
	}
}

struct expect {
	const char *by_law, *due;
	enum duty_state state;
	const char *closed;
};

static void check(
	const struct duty_schedule *s, const char *until, const struct expect *want, size_t n)
{
	struct duty_rules rules = duty_rules(packs, s->today, &arena);
	struct duty_occurrence *list;
	size_t count;

	duty_occurrences(s, &rules, day(until), &arena, &list, &count);
	for (size_t i = 0; i < n && i < count; i++) {
		assert_string_equal(iso(list[i].due_by_law), want[i].by_law);
		assert_string_equal(iso(list[i].due), want[i].due);
		assert_int_equal(list[i].state, want[i].state);
		if (want[i].closed)
			assert_string_equal(iso(list[i].closed), want[i].closed);
	}
	assert_int_equal(count, n);
}

static void six_months_across_years(void **state)
{
	const struct duty_mark marks[] = { { day("2026-08-31"), false, 1 },
		{ day("2027-03-05"), false, 2 } };
	struct duty_schedule s = { .period = { true, 6 },
		.start = day("2026-03-02"),
		.marks = marks,
		.mark_count = 2,
		.today = day("2027-04-01") };
	const struct expect want[] = {
		/* 02/09 is National Day */
		{ "2026-09-02", "2026-09-03", DUTY_DONE, "2026-08-31" },
		/* 28/02/2027 is a Sunday */
		{ "2027-02-28", "2027-03-01", DUTY_DONE_LATE, "2027-03-05" },
		{ "2027-09-05", "2027-09-06", DUTY_AHEAD, NULL },
		{ "2028-03-05", "2028-03-06", DUTY_AHEAD, NULL },
	};

	check(&s, "2028-09-01", want, COUNT(want));
}

static void first_due_is_a_period_after_the_start_unless_proved(void **state)
{
	const struct duty_mark earlier[] = { { day("2026-05-20"), false, 7 } };
	struct duty_schedule s = {
		.period = { true, 6 }, .start = day("2026-06-01"), .today = day("2026-06-02")
	};
	const struct expect plain[] = { { "2026-12-01", "2026-12-01", DUTY_AHEAD, NULL } };
	const struct expect proved[] = { { "2026-11-20", "2026-11-20", DUTY_AHEAD, NULL } };

	check(&s, "2027-01-01", plain, 1);
	s.marks = earlier;
	s.mark_count = 1;
	check(&s, "2027-01-01", proved, 1);
}

static void what_is_not_done_is_overdue_once(void **state)
{
	struct duty_schedule s = {
		.period = { false, 7 }, .start = day("2026-10-01"), .today = day("2026-11-26")
	};
	const struct expect want[] = {
		{ "2026-10-08", "2026-10-08", DUTY_OVERDUE, NULL },
		{ "2026-12-03", "2026-12-03", DUTY_AHEAD, NULL },
	};

	check(&s, "2026-12-08", want, COUNT(want));
}

static void the_last_of_several_counts(void **state)
{
	const struct duty_mark marks[] = { { day("2026-11-02"), false, 1 },
		{ day("2026-11-03"), false, 2 }, { day("2026-11-05"), false, 3 } };
	struct duty_schedule s = { .period = { false, 7 },
		.start = day("2026-11-01"),
		.marks = marks,
		.mark_count = 3,
		.today = day("2026-11-05") };
	const struct expect want[] = {
		{ "2026-11-08", "2026-11-09", DUTY_DONE, "2026-11-05" },
		{ "2026-11-12", "2026-11-12", DUTY_AHEAD, NULL },
	};

	check(&s, "2026-11-13", want, COUNT(want));
}

/* What was done is soon again in the second half of its week, or the last thirty days of its six
 * months, and nobody is reminded of it earlier; what was never done is soon from its first day. */
static void soon_is_the_latter_part_of_a_period(void **state)
{
	static const struct {
		struct duty_period period;
		const char *today;
		enum duty_state state;
		enum duty_told told;
	} rows[] = {
		{ { false, 7 }, "2026-11-05", DUTY_AHEAD, DUTY_TOLD_NOBODY }, /* 7 days left */
		{ { false, 7 }, "2026-11-08", DUTY_AHEAD, DUTY_TOLD_NOBODY },
		{ { false, 7 }, "2026-11-09", DUTY_SOON, DUTY_TOLD_NOBODY },
		{ { false, 7 }, "2026-11-11", DUTY_SOON, DUTY_TOLD_DOERS },
		{ { false, 7 }, "2026-11-12", DUTY_TODAY, DUTY_TOLD_DOERS },
		{ { false, 1 }, "2026-11-05", DUTY_AHEAD, DUTY_TOLD_NOBODY },
		{ { true, 1 }, "2026-11-06", DUTY_AHEAD, DUTY_TOLD_NOBODY }, /* 31 left */
		{ { true, 1 }, "2026-11-21", DUTY_AHEAD,
			DUTY_TOLD_NOBODY }, /* 16 left: moved to a Monday */
		{ { true, 1 }, "2026-11-23", DUTY_SOON, DUTY_TOLD_DOERS },   /* 14 left */
		{ { true, 6 }, "2027-04-04", DUTY_AHEAD, DUTY_TOLD_NOBODY }, /* 31 left */
		{ { true, 6 }, "2027-04-05", DUTY_SOON, DUTY_TOLD_NOBODY },
	};
	const struct expect first = { "2026-11-12", "2026-11-12", DUTY_SOON, NULL };
	const struct duty_mark marks[] = { { day("2026-11-05"), false, 1 } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct duty d = { .schedule = { .period = rows[i].period,
					  .start = day("2026-11-01"),
					  .marks = marks,
					  .mark_count = 1,
					  .today = day(rows[i].today) } };
		struct duty_rules rules = duty_rules(packs, d.schedule.today, &arena);
		struct duty_occurrence *list;
		size_t count;

		duty_occurrences(&d.schedule, &rules, d.schedule.today, &arena, &list, &count);
		d.open = list[count - 1];
		d.last = marks[0];
		assert_int_equal(d.open.state, rows[i].state);
		assert_int_equal(duty_told(&d, &rules), rows[i].told);
	}
	check(&(struct duty_schedule){ .period = { false, 7 },
		      .start = day("2026-11-05"),
		      .today = day("2026-11-05") },
		"2026-11-05", &first, 1);
}

static void a_skip_is_of_one_occurrence(void **state)
{
	const struct duty_mark marks[] = { { day("2026-12-01"), true, 4 } };
	struct duty_schedule s = { .period = { true, 6 },
		.start = day("2026-06-01"),
		.marks = marks,
		.mark_count = 1,
		.today = day("2026-12-20") };
	const struct expect want[] = {
		{ "2026-12-01", "2026-12-01", DUTY_SKIPPED, "2026-12-01" },
		{ "2027-06-01", "2027-06-01", DUTY_AHEAD, NULL },
	};

	check(&s, "2027-06-02", want, COUNT(want));
}

/* EVIDENCE: D10.2.b */
static void periods_come_from_the_packs(void **state)
{
	struct duty_period wifi = duty_period_of(
		packs, pack_obligation(packs, STR("tay-son/D10.2.b")), day("2026-11-26"));
	struct duty_period review = duty_period_of(
		packs, pack_obligation(packs, STR("tay-son/D11.3")), day("2026-11-26"));
	struct duty_period none = duty_period_of(
		packs, pack_obligation(packs, STR("tay-son/D8.3")), day("2026-11-26"));

	assert_true(wifi.is_months);
	assert_int_equal(wifi.count, 6);
	assert_false(review.is_months);
	assert_int_equal(review.count, 7);
	assert_int_equal(none.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(months_are_those_of_the_calendar),
		cmocka_unit_test(a_day_is_work_or_off),
		cmocka_unit_test(official_days_name_their_paper),
		cmocka_unit_test(a_date_moved_over_an_expected_day_is_unsure),
		cmocka_unit_test(six_months_across_years),
		cmocka_unit_test(first_due_is_a_period_after_the_start_unless_proved),
		cmocka_unit_test(what_is_not_done_is_overdue_once),
		cmocka_unit_test(the_last_of_several_counts),
		cmocka_unit_test(soon_is_the_latter_part_of_a_period),
		cmocka_unit_test(a_skip_is_of_one_occurrence),
		cmocka_unit_test(periods_come_from_the_packs),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
