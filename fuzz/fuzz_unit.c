/* fuzz_unit.c - a unit of systemd with a drop-in, its environment and what it runs, the timer that
 * starts it, and a daemon's configuration. */
#include "work/hostaudit/resolve/systemd.h"

#include "machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "/etc/systemd/system/a.service",
	"/usr/lib/systemd/system/a.service", "/etc/systemd/system/a.service.d/x.conf",
	"/etc/default/a", "/etc/systemd/system/a.timer", "/etc/systemd/logind.conf",
	"/etc/systemd/logind.conf.d/x.conf", NULL };

static bool is_span(struct str value)
{
	uint64_t us;

	return systemd_span(value, &us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct setting at = { 0 };
	struct host *h;
	int64_t days;

	if (size > 64 * KIB)
		return 0;
	h = machine(names, (struct str){ (const char *)data, size });
	systemd_unit_command(h, "a.service", &at);
	if (at.value.ptr && (at.file.len == 0 || at.line < 1))
		abort();
	(void)systemd_unit_environment(h, "a.service");
	(void)systemd_unit_lines(h, "a.service", "Service", "ExecStartPre");
	if (systemd_unit(h, "a.service").state == UNIT_ABSENT)
		abort();
	days = systemd_timer_days(h, "a.timer", &at);
	if (days < -1)
		abort();
	systemd_conf(h, "logind.conf", "Login", "StopIdleSessionSec", is_span, &at);
	if (at.value.len > 0 && !is_span(at.value))
		abort();
	host_close(h);
	return 0;
}
