/* review_service: does Khiên itself look at the processes here, every so often (khien serve)? It
 * leaves a note of each time in its data folder. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/proc.h"
#include "work/hostaudit/resolve.h"
#include "work/hostaudit/resolve_systemd.h"
#include "work/hostaudit/review_note.h"
#include "work/hostaudit/tables.h"
#include "work/hostaudit/units.h"

enum column { IS_ON, PERIOD_DAYS, REVIEWED_AT, RESULT, FILE_PATH };

static const struct fact_column columns[] = {
	[IS_ON] = { "is_on", FACT_INT, T("1: dịch vụ được bật hoặc đang chạy") },
	[PERIOD_DAYS] = { "period_days", FACT_INT, T("rà soát bao nhiêu ngày một lần") },
	[REVIEWED_AT] = { "reviewed_at_s", FACT_INT, T("lần rà soát gần nhất, giây UTC") },
	[RESULT] = { "result", FACT_TEXT, T("tệp ghi lại lần đó") },
	[FILE_PATH] = { "file", FACT_TEXT, T("nơi bật dịch vụ") },
	{ 0 },
};

#define UNIT "khien.service"
#define COMMAND_BYTES (8 * KIB)

struct service {
	bool is_on;
	struct str data; /* folder */
	struct str file;
};

/* "… khien serve … --data DIR", the words apart by blanks or NUL bytes. False for any other. */
static bool take_command(struct str command, const char *separators, struct str *ret_data)
{
	bool is_khien = false, is_serve = false, is_next = false;
	struct str word;

	*ret_data = STR("");
	while (command.len > 0) {
		if (separators) {
			if (!str_next_word(&command, separators, &word))
				break;
		} else {
			ptrdiff_t end = str_find_char(command, '\0');

			word = end < 0 ? command : str_until(command, (size_t)end);
			command = str_from(command, word.len + (end >= 0));
		}
		if (is_next)
			*ret_data = word;
		is_next = str_is(word, "--data");
		if (str_starts(word, "--data="))
			*ret_data = str_from(word, 7);
		is_serve |= is_khien && str_is(word, "serve");
		is_khien |= str_is(path_base(word), "khien");
	}
	return is_serve;
}

static void look_at_unit(struct host *h, struct service *s)
{
	struct setting command;

	if (!unit_starts(h, UNIT))
		return;
	systemd_unit_conf(h, UNIT, "Service", "ExecStart", &command);
	if (!command.value.ptr || !take_command(command.value, " \t", &s->data))
		return;
	s->is_on = true;
	s->file = command.file;
}

static void look_at_processes(struct host *h, struct service *s)
{
	const struct str *pids;
	size_t count;

	if (s->is_on || !host_has_proc(h) || proc_list(h, &pids, &count) < 0)
		return;
	for (size_t i = 0; i < count && !s->is_on; i++) {
		struct arena scratch;
		struct str text, data;

		arena_init(&scratch, 64 * KIB);
		if (host_read_proc(h, proc_path(&scratch, pids[i], "cmdline"), COMMAND_BYTES,
			    &scratch, &text) == 0 &&
			take_command(text, NULL, &data)) {
			s->is_on = true;
			s->data = arena_str(host_arena(h), data);
			s->file = arena_fmt(host_arena(h), "/proc/%.*s/cmdline", STR_FMT(pids[i]));
		}
		arena_done(&scratch);
	}
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct service s = { .data = STR(""), .file = STR("") };
	const struct host_file *file;
	struct review_note note;
	struct str path;

	(void)e;
	look_at_unit(h, &s);
	look_at_processes(h, &s);
	if (!s.is_on)
		return 0;
	fact_row(rows);
	fact_int(rows, IS_ON, 1);
	fact_text(rows, FILE_PATH, s.file);
	if (s.data.len == 0 || s.data.ptr[0] != '/')
		return 0;
	path = arena_fmt(host_arena(h), "%.*s/%s", STR_FMT(s.data), REVIEW_NOTE_NAME);
	fact_text(rows, RESULT, path);
	if (host_read(h, path.ptr, &file) != 0 || !review_note_parse(file->bytes, &note))
		return 0;
	fact_int(rows, PERIOD_DAYS, note.period_days);
	fact_int(rows, REVIEWED_AT, note.at_s);
	return 0;
}

const struct fact_table review_service_table = {
	.name = "review_service",
	.words = T("Khiên tự rà soát tiến trình trên máy này (không có dòng: không)"),
	.columns = columns,
	.fill = fill,
};
