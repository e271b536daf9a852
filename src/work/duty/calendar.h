/* calendar.h - floor 4, beside duty.h: duties for the programs in which people keep their days. */
#ifndef WORK_DUTY_CALENDAR_H
#define WORK_DUTY_CALENDAR_H

#include "work/duty/duty.h"

/* RFC 5545: one event a day of DUTIES until UNTIL, TITLE the calendar's name, URL where the pages
 * are; and one today that says so where machines or records were left out. The same duties give the
 * same bytes but for the stamp. */
struct duty_calendar {
	const struct duties *duties;
	enum lang lang;
	struct str title, url;
	int64_t at_s;
	struct date until;
};
/* Piece by piece, since the work of many machines is longer than one answer may be held: from the
 * duty *FROM on (0: the beginning) into OUT. True: there is more to come. */
bool duty_ical(const struct duty_calendar *calendar, size_t *from, struct buf *out);

#endif
