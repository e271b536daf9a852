#include "work/hostaudit/users.h"

struct str user_name(struct host *h, int64_t uid)
{
	const struct host_file *file;
	struct str rest, line, field[4];
	int64_t number;

	if (host_read(h, "/etc/passwd", &file) != 0)
		return STR("");
	rest = file->bytes;
	while (str_next_line(&rest, &line)) {
		if (!str_split(line, ':', &field[0], &field[1]) ||
			!str_split(field[1], ':', &field[2], &field[1]) ||
			!str_split(field[1], ':', &field[3], &field[1]))
			continue;
		if (str_to_i64(field[3], &number) && number == uid)
			return field[0];
	}
	return STR("");
}
