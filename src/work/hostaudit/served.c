#include "work/hostaudit/served.h"

#include "work/hostaudit/proc.h"
#include "work/hostaudit/resolve/systemd.h"

static bool is_named(struct str name, const char *const *programs)
{
	for (size_t i = 0; programs[i]; i++)
		if (str_is(name, programs[i]))
			return true;
	return false;
}

/* "ftp stream tcp nowait root /usr/sbin/tcpd vsftpd" */
static bool is_called_by_inetd(struct host *h, const char *const *programs)
{
	const struct host_file *file;
	struct str rest, line, word;

	if (!host_exists(h, "/etc/inetd.conf") || host_read(h, "/etc/inetd.conf", &file) != 0)
		return false;
	rest = file->bytes;
	while (str_next_line(&rest, &line)) {
		if (str_starts(line, "#"))
			continue;
		for (int i = 0; str_next_word(&line, " \t", &word); i++)
			if (i >= 5 && is_named(path_base(word), programs))
				return true;
	}
	return false;
}

struct served served(struct host *h, const char *const *units, const char *const *programs)
{
	struct served s = { .is_running = proc_runs(h, programs) };

	for (size_t i = 0; units[i] && !s.is_enabled; i++)
		s.is_enabled = systemd_unit(h, units[i]).state == UNIT_ENABLED;
	if (!s.is_enabled)
		s.is_enabled = is_called_by_inetd(h, programs);
	return s;
}
