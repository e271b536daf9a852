/* calendar.h - floor 3, beside pack.h: days off and the working days that make up for them, from
 * packs of kind calendar (docs/formats/calendar.md). What no year file tells is Monday to Friday
 * work, Saturday and Sunday off. */
#ifndef CORE_PACK_CALENDAR_H
#define CORE_PACK_CALENDAR_H

#include "core/pack/pack.h"

/* A paper of the authorities that days rest on. */
struct pack_notice {
	struct str number;
	struct date date;
	struct words issuer;
	struct words note; /* what was read of it; or STR_NONE */
	enum sure sure;    /* how surely number, date and days are known */
	struct source source;
};

enum day_kind { DAY_WORK, DAY_WEEKEND, DAY_OFF, DAY_MADE_UP };

struct pack_day {
	enum day_kind kind;
	bool is_known;    /* a file tells of this year */
	bool is_expected; /* it stands in no notice yet */
	struct words name; /* DAY_OFF: why */
	struct date instead_of;       /* DAY_MADE_UP: the day off */
	const struct pack_notice *by; /* NULL: of a weekend, a working day, or none */
};

struct pack_day pack_day(const struct pack_set *set, struct date day);
/* False: it is expected only, or no file tells of its year. */
bool pack_day_is_sure(const struct pack_set *set, struct date day);
/* Is one of the days FIRST..LAST not sure? The first of them. */
bool pack_has_unsure_day(
	const struct pack_set *set, struct date first, struct date last, struct date *ret);
bool pack_is_work_day(const struct pack_set *set, struct date day);
/* DAY itself, or the next (or last) day that people work. */
struct date pack_work_day_from(const struct pack_set *set, struct date day);
struct date pack_work_day_until(const struct pack_set *set, struct date day);
/* The day COUNT working days after DAY, which is not counted itself. */
struct date pack_work_days_after(const struct pack_set *set, struct date day, int count);

#endif
