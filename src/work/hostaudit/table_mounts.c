#include "work/hostaudit/fact.h"
#include "work/hostaudit/tables.h"

enum { PATH, DEVICE, TYPE, MAJOR_MINOR, OPTIONS };

static const struct fact_column columns[] = {
	[PATH] = { "path", FACT_TEXT, T("thư mục gắn") },
	[DEVICE] = { "device", FACT_TEXT, T("thiết bị hoặc nguồn") },
	[TYPE] = { "type", FACT_TEXT, T("loại hệ thống tệp") },
	[MAJOR_MINOR] = { "major_minor", FACT_TEXT, T("số hiệu thiết bị") },
	[OPTIONS] = { "options", FACT_TEXT, T("tùy chọn gắn") },
	{ 0 },
};

/* "\040" and its like stand for blanks in mountinfo. Undone in place, in a copy. */
static struct str unescape(struct arena *a, struct str s)
{
	char *out = arena_cstr(a, s);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint64_t value;

		if (s.ptr[i] == '\\' && i + 3 < s.len &&
		    str_to_u64((struct str){ s.ptr + i + 1, 3 }, 8, &value) && value < 256) {
			out[n++] = (char)value;
			i += 3;
		} else {
			out[n++] = s.ptr[i];
		}
	}
	return (struct str){ out, n };
}

/* "36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/root rw" */
static void mount_line(struct host *h, struct fact_rows *rows, struct str line)
{
	struct str field[6] = { 0 };
	struct str type, device;

	for (size_t i = 0; i < COUNT(field); i++)
		if (!str_next_word(&line, " ", &field[i]))
			return;
	while (str_next_word(&line, " ", &type) && !str_is(type, "-"))
		;
	if (!str_next_word(&line, " ", &type) || !str_next_word(&line, " ", &device))
		return;
	fact_row(rows);
	fact_text(rows, PATH, unescape(host_arena(h), field[4]));
	fact_text(rows, DEVICE, unescape(host_arena(h), device));
	fact_text(rows, TYPE, type);
	fact_text(rows, MAJOR_MINOR, field[2]);
	fact_text(rows, OPTIONS, field[5]);
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct str rest, line;

	(void)e;
	if (host_read_proc(h, "/proc/self/mountinfo", MIB, host_arena(h), &rest) != 0)
		return 0;
	while (str_next_line(&rest, &line))
		mount_line(h, rows, line);
	return 0;
}

const struct fact_table mounts_table = {
	.name = "mounts",
	.words = T("hệ thống tệp đang gắn"),
	.flags = FACT_LIVE,
	.columns = columns,
	.fill = fill,
};
