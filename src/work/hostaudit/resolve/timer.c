/* timer.c - how often a timer of systemd starts. Declared in resolve/systemd.h. */
#include "work/hostaudit/resolve/systemd.h"

#include <sys/stat.h>

#include "work/hostaudit/resolve/cron.h"

/* systemd passes over a line with a zone that the machine has no file of. */
static bool has_zone(struct host *h, struct str expression)
{
	struct host_stat st;
	struct str zone;

	if (!calendar_zone(&expression, &zone))
		return false;
	if (zone.len == 0 || str_is_nocase(zone, "UTC"))
		return true;
	if (!host_exists(h, "/usr/share/zoneinfo"))
		return zone_is_known(zone);
	return host_stat(h, arena_fmt(host_arena(h), "/usr/share/zoneinfo/%.*s", STR_FMT(zone)).ptr,
		       &st) == 0 &&
		S_ISREG(st.mode);
}

int64_t systemd_timer_days(struct host *h, const char *name, struct setting *ret)
{
	static const char *const spans[] = { "OnUnitActiveSec", "OnUnitInactiveSec" };
	struct str times, one;
	int64_t span, days, least = 0;

	systemd_unit_conf(h, name, "Timer", "OnCalendar", ret);
	times = systemd_unit_lines(h, name, "Timer", "OnCalendar");
	/* each line is a time of its own: the one that comes most often counts */
	while (str_next_line(&times, &one)) {
		if (!has_zone(h, one) || calendar_is_over(one, host_now_s(h)))
			continue;
		days = calendar_period_days(one);
		if (least == 0 || (days > 0 && (least < 0 || days < least)))
			least = days;
	}
	if (least != 0)
		return least;
	for (size_t i = 0; i < COUNT(spans); i++) {
		struct setting s;

		systemd_unit_conf(h, name, "Timer", spans[i], &s);
		if (s.value.len == 0)
			continue;
		*ret = s;
		span = span_seconds(s.value);
		return span < 0 ? -1 : (span + CLOCK_DAY_S - 1) / CLOCK_DAY_S;
	}
	return 0; /* once after the start of the machine, or never */
}
