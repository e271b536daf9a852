/* clock.h - the only source of the time of day, so that a test can move it. Two files make it:
 * clock_real.c for the product, clock_shift.c for the test build (meson -Dtesting=true), which adds
 * the seconds written in the file that KHIEN_TEST_CLOCK names. Dates of the law are local dates of
 * Viet Nam, which is UTC+7 all year. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define CLOCK_DAY_S 86400
#define CLOCK_ZONE_S (7 * 3600) /* Asia/Ho_Chi_Minh, no daylight saving since 1975 */
#define CLOCK_TEXT_MAX 64

int64_t clock_now_s(void);       /* UTC seconds since 1970 */
int64_t clock_monotonic_us(void);

/* A calendar day as days since 1970-01-01, without a zone. */
struct date {
	int year;
	int month; /* 1-12 */
	int day;   /* 1-31 */
};

int64_t date_to_days(struct date d);
struct date date_of_days(int64_t days);
/* The day in Viet Nam at UTC second AT_S, and the UTC second at which that day begins there. */
struct date date_at(int64_t at_s);
int64_t date_start_s(struct date d);
/* COUNT calendar months later; a day that the month lacks becomes its last: 31/8 + 6 months is
 * 28/2, or 29/2. And so many days later. */
struct date date_add_months(struct date d, int count);
struct date date_add_days(struct date d, int64_t count);
/* YYYY-MM-DD, a date that exists. */
bool date_parse(struct str s, struct date *ret);

/* "2026-11-22T08:30:00+07:00" and "22/11/2026 08:30"; TEXT has CLOCK_TEXT_MAX bytes. */
const char *clock_iso(int64_t at_s, char *text);
const char *clock_people(int64_t at_s, char *text);
const char *date_iso(struct date d, char *text);
const char *date_people(struct date d, char *text);

#endif
