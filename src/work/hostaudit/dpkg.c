#include "work/hostaudit/dpkg.h"

#define DIVERSIONS_FILE "/var/lib/dpkg/diversions"
#define DIVERSIONS_MAX 5000
#define SUM_LETTERS 32

struct str dpkg_without_usr(struct str path)
{
	return str_starts(path, "/usr/") ? str_from(path, 4) : path;
}

bool dpkg_next_diversion(struct str *rest, struct dpkg_diversion *ret)
{
	struct dpkg_diversion d;

	if (!str_next_line(rest, &d.from) || !str_next_line(rest, &d.to) ||
		!str_next_line(rest, &d.by))
		return false;
	*ret = d;
	return true;
}

void dpkg_diversions(struct host *h, const struct dpkg_diversion **ret, size_t *ret_count)
{
	VEC(struct dpkg_diversion) all = { 0 };
	const struct host_file *file;
	struct dpkg_diversion one;
	struct str rest;

	*ret = NULL;
	*ret_count = 0;
	if (host_read(h, DIVERSIONS_FILE, &file) != 0)
		return;
	rest = file->bytes;
	while (all.len < DIVERSIONS_MAX && dpkg_next_diversion(&rest, &one))
		vec_push(host_arena(h), &all, one);
	*ret = all.at;
	*ret_count = all.len;
}

bool dpkg_sum_line(struct str line, struct str *ret_hex, struct str *ret_path)
{
	if (line.len < SUM_LETTERS + 3 || line.ptr[SUM_LETTERS] != ' ' ||
		(line.ptr[SUM_LETTERS + 1] != ' ' && line.ptr[SUM_LETTERS + 1] != '*'))
		return false;
	for (size_t i = 0; i < SUM_LETTERS; i++) {
		char c = line.ptr[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
	}
	*ret_hex = str_until(line, SUM_LETTERS);
	*ret_path = str_from(line, SUM_LETTERS + 2);
	return true;
}
