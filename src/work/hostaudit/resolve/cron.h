/* cron.h - private to hostaudit: how far apart the runs of a schedule can be. Pure
 * functions. */
#ifndef WORK_RESOLVE_CRON_H
#define WORK_RESOLVE_CRON_H

#include "base/base.h"

/* The longest time between two runs, in days (1: at least daily). 0: never runs by the calendar
 * (@reboot, 30 February). -1: not understood. */
int64_t cron_period_days(struct str minute_to_weekday); /* "17 3 * * 1", or "@weekly" */
/* The same for OnCalendar= of systemd ("weekly", "Mon..Fri 03:00", "*-*-1/7"); 0 also for what
 * systemd refuses, as it passes over such a line. -1: in certain years only. */
int64_t calendar_period_days(struct str expression);
/* Take the time zone off EXPRESSION ("daily Asia/Ho_Chi_Minh"); *RET_ZONE is "" without one. False
 * when its last word can be none. Whether the machine knows it is not asked. */
bool calendar_zone(struct str *expression, struct str *ret_zone);
bool zone_is_known(struct str zone);
/* Does EXPRESSION name years, and the last of its days was before the day before NOW_S? */
bool calendar_is_over(struct str expression, int64_t now_s);
/* A time span of systemd ("1w 2h", "90min") in seconds, or -1. */
int64_t span_seconds(struct str span);

/* Take the schedule off a line of a crontab. HAS_USER: the system's own form with a user column.
 * False for comments, empty lines and settings; *RET_SCHEDULE and *RET_COMMAND point into LINE,
 * *RET_USER is "" without the column. */
bool cron_line(struct str line, bool has_user, struct str *ret_schedule, struct str *ret_user,
	struct str *ret_command);
/* The command that cron gives the shell: up to the first % without a backslash, what follows is
 * its input. False when that cut leaves a quote or a bracket open: the shell refuses such a one. */
bool cron_command(struct str line, struct arena *a, struct str *ret_command);
/* A line of anacrontab: period in days, delay, name, command. *RET_DAYS is -1 for a period that is
 * not understood. False for comments, empty lines and settings. */
bool anacron_line(
	struct str line, int64_t *ret_days, struct str *ret_name, struct str *ret_command);

#endif
