/* log_sweeps.c - declared in log_sweeps.h; tmpfiles.d(5). */
#include "work/hostaudit/log_sweeps.h"

#include "work/hostaudit/resolve/systemd.h"

#define SWEEPS_MAX 64

bool log_sweep_parse(struct str line, struct log_sweep *ret)
{
	struct str field[6];
	struct str age;
	uint64_t us;

	line = str_trim(line);
	if (str_starts(line, "#"))
		return false;
	for (size_t i = 0; i < COUNT(field); i++)
		if (!str_next_word(&line, " \t", &field[i]))
			return false;
	if (!str_has(STR("dDevqQC"), field[0].ptr[0]) || !str_starts(field[1], "/var/log") ||
		(field[1].len > 8 && field[1].ptr[8] != '/'))
		return false;
	age = field[5];
	if (str_has(age, ':')) /* "am:30d": by which times */
		age = str_from(age, (size_t)str_find_char(age, ':') + 1);
	if (str_starts(age, "~"))
		age = str_from(age, 1);
	if (!systemd_span(age, &us) || us == UINT64_MAX)
		return false;
	*ret = (struct log_sweep){
		.path = field[1], .age = age, .days = (int64_t)(us / 1000000 / CLOCK_DAY_S)
	};
	return true;
}

void log_sweeps(
	struct host *h, void (*tell)(void *context, const struct log_sweep *sweep), void *context)
{
	struct str seen[SWEEPS_MAX];
	size_t count = 0, files;
	const struct str *paths;

	if (systemd_unit(h, "systemd-tmpfiles-clean.timer").state == UNIT_MASKED)
		return;
	systemd_dropins(h, "tmpfiles.d", &paths, &files);
	for (size_t i = 0; i < files; i++) {
		struct str bytes = host_bytes(h, paths[i], NULL), line;

		for (int64_t n = 1; str_next_line(&bytes, &line); n++) {
			struct log_sweep sweep;
			bool is_again = false;

			if (!log_sweep_parse(line, &sweep))
				continue;
			/* of two lines for one folder the first counts */
			for (size_t k = 0; k < count; k++)
				is_again |= str_eq(seen[k], sweep.path);
			if (is_again || count == SWEEPS_MAX)
				continue;
			seen[count++] = sweep.path;
			sweep.file = paths[i];
			sweep.line = n;
			tell(context, &sweep);
		}
	}
}
