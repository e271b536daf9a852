/* khien ask 'SELECT …': a question by hand to the tables of a machine. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "face/cli/cli.h"
#include "face/cli/cli_int.h"
#include "face/cli/page.h"
#include "work/hostaudit/hostaudit.h"

static const struct command_option options[] = {
	{ "root", OPTION_DIR, T("THƯ-MỤC"), NULL,
		T("hỏi cây thư mục khác thay cho máy đang chạy") },
	{ "format", OPTION_CHOICE, NULL, "text|json|csv", T("dạng kết quả") },
	{ "deep", OPTION_FLAG, NULL, NULL,
		T("kiểm tra sâu: so mọi tệp của các gói phần mềm, hỏi từng số tiến trình") },
	{ 0 },
};

#define CELL_SHOWN_BYTES 400
#define COLUMN_WIDTH_MAX 60

enum form { FORM_TEXT, FORM_JSON, FORM_CSV };

/* The answer on its way out. Text is kept until the end, to line its columns up. */
struct answer {
	enum form form;
	struct buf out;
	struct json json;
	struct arena arena; /* text only */
	size_t count;       /* of columns */
	struct str *names;
	size_t *widths;
	VEC(struct str *) rows;
	bool is_full;
};

#define ANSWER_MEMORY_BYTES (128 * MIB)

static struct str cell_text(struct arena *a, const struct hostaudit_cell *cell)
{
	if (cell->kind == CELL_INT)
		return arena_fmt(a, "%lld", (long long)cell->number);
	return cell->kind == CELL_TEXT ? text_clean(a, cell->text, CELL_SHOWN_BYTES) : STR("");
}

static void take_header(struct answer *answer, const struct hostaudit_cell *cells, size_t count)
{
	answer->count = count;
	answer->names = arena_array(&answer->arena, struct str, count);
	answer->widths = arena_array(&answer->arena, size_t, count);
	for (size_t i = 0; i < count; i++) {
		answer->names[i] = text_clean(&answer->arena, cells[i].text, CELL_SHOWN_BYTES);
		answer->widths[i] = text_width(answer->names[i]);
		if (answer->form == FORM_CSV)
			csv_cell(&answer->out, answer->names[i]);
	}
	if (answer->form == FORM_CSV)
		csv_end_row(&answer->out);
}

static void take_text(struct answer *answer, const struct hostaudit_cell *cells)
{
	struct str *row = arena_array(&answer->arena, struct str, answer->count);

	for (size_t i = 0; i < answer->count; i++) {
		size_t width;

		row[i] = cell_text(&answer->arena, &cells[i]);
		width = text_width(row[i]);
		if (width > answer->widths[i])
			answer->widths[i] = width < COLUMN_WIDTH_MAX ? width : COLUMN_WIDTH_MAX;
	}
	vec_push(&answer->arena, &answer->rows, row);
}

static void take_json(struct answer *answer, const struct hostaudit_cell *cells)
{
	json_object(&answer->json);
	for (size_t i = 0; i < answer->count; i++) {
		json_key_str(&answer->json, answer->names[i]);
		if (cells[i].kind == CELL_INT)
			json_i64(&answer->json, cells[i].number);
		else
			json_str(&answer->json,
				cells[i].kind == CELL_TEXT ? cells[i].text : STR_NONE);
	}
	json_object_end(&answer->json);
}

static void take_csv(struct answer *answer, const struct hostaudit_cell *cells)
{
	struct arena scratch;

	arena_init(&scratch, ANSWER_MEMORY_BYTES);
	for (size_t i = 0; i < answer->count; i++) {
		if (cells[i].kind == CELL_INT)
			csv_i64(&answer->out, cells[i].number);
		else
			csv_cell(&answer->out,
				text_clean(&scratch, cells[i].text, LIMIT_ASK_CELL_BYTES));
	}
	csv_end_row(&answer->out);
	arena_done(&scratch);
}

static bool take_row(
	void *context, bool is_header, const struct hostaudit_cell *cells, size_t count)
{
	struct answer *answer = context;
	size_t need = count * (CELL_SHOWN_BYTES + 3 * sizeof(struct str));

	if (is_header) {
		take_header(answer, cells, count);
		return true;
	}
	if (answer->form == FORM_JSON)
		take_json(answer, cells);
	else if (answer->form == FORM_CSV)
		take_csv(answer, cells);
	else if (answer->arena.used_bytes + need < ANSWER_MEMORY_BYTES / 2)
		take_text(answer, cells);
	else
		answer->is_full = true;
	return !answer->is_full && !buf_is_full(&answer->out);
}

static void write_line(struct answer *answer, const struct str *row)
{
	for (size_t i = 0; i < answer->count; i++) {
		if (i > 0)
			buf_add(&answer->out, STR("  "));
		if (i + 1 < answer->count)
			text_pad(&answer->out, row[i], answer->widths[i]);
		else
			buf_add(&answer->out, row[i]);
	}
	buf_add_char(&answer->out, '\n');
}

static void write_text(struct answer *answer)
{
	struct str *rule = arena_array(&answer->arena, struct str, answer->count);

	for (size_t i = 0; i < answer->count; i++) {
		char *dashes = arena_alloc(&answer->arena, answer->widths[i] + 1);

		memset(dashes, '-', answer->widths[i]);
		rule[i] = (struct str){ dashes, answer->widths[i] };
	}
	write_line(answer, answer->names);
	write_line(answer, rule);
	for (size_t i = 0; i < answer->rows.len; i++)
		write_line(answer, answer->rows.at[i]);
}

/* What could not be read goes to the other stream: an answer may be short because of it. */
static void tell_gaps(const struct command_line *line, struct hostaudit *audit)
{
	const struct hostaudit_gap *gaps;
	size_t count;

	hostaudit_gaps(audit, &gaps, &count);
	for (size_t i = 0; i < count && i < 20; i++)
		fprintf(stderr, "%s %.*s: %.*s\n", tr(line->lang, T("Bảng thiếu dữ liệu:")),
			STR_FMT(gaps[i].table),
			STR_FMT(hostaudit_reason(
				gaps[i].reason, gaps[i].path, NULL, line->lang, line->arena)));
	if (count > 20)
		fprintf(stderr, tr(line->lang, T("… và %zu chỗ nữa\n")), count - 20);
}

static int ask(const struct command_line *line, struct hostaudit *audit, struct answer *answer,
	struct err *e)
{
	int rc;

	if (answer->form == FORM_JSON) {
		json_init(&answer->json, &answer->out, true);
		json_array(&answer->json);
	} else if (answer->form == FORM_CSV) {
		csv_start(&answer->out);
	}
	rc = hostaudit_ask(audit, str_of(line->args[0]), take_row, answer, e);
	if (rc < 0)
		return rc;
	if (answer->is_full)
		return err_set(e, ERR_LIMIT, "the answer is too long; ask for fewer rows (LIMIT)");
	if (answer->form == FORM_JSON) {
		json_array_end(&answer->json);
		buf_add_char(&answer->out, '\n');
	} else if (answer->form == FORM_TEXT) {
		write_text(answer);
	}
	if (buf_is_full(&answer->out))
		return err_set(e, ERR_LIMIT, "the answer is too long; ask for fewer rows (LIMIT)");
	fwrite(buf_cstr(&answer->out), 1, answer->out.len, stdout);
	return 0;
}

static int run(const struct command_line *line, struct err *e)
{
	const char *format = command_value(line, "format");
	struct hostaudit_options audit_options = { .root = command_value(line, "root"),
		.now_s = clock_now_s(),
		.is_deep = command_flag(line, "deep") };
	struct hostaudit *audit = NULL;
	struct answer answer = { .form = FORM_TEXT };
	int rc = cli_confine(false, e);

	if (rc == 0)
		rc = hostaudit_open(&audit_options, e, &audit);
	if (rc < 0)
		return rc;
	if (format && strcmp(format, "json") == 0)
		answer.form = FORM_JSON;
	else if (format && strcmp(format, "csv") == 0)
		answer.form = FORM_CSV;
	buf_init(&answer.out, 64 * MIB);
	arena_init(&answer.arena, ANSWER_MEMORY_BYTES);
	rc = ask(line, audit, &answer, e);
	if (rc == 0)
		tell_gaps(line, audit);
	buf_done(&answer.out);
	arena_done(&answer.arena);
	hostaudit_close(audit);
	return rc;
}

/* Inside the question the shell completes names of tables. */
static void complete(const struct command_line *line, size_t i)
{
	(void)line;
	for (size_t n = 0; i == 0 && n < hostaudit_table_count(); n++)
		printf("SELECT * FROM %s\n", hostaudit_table_at(n).name);
}

const struct command cmd_ask = {
	.name = "ask",
	.args = "SQL",
	.words = T("hỏi các bảng dữ kiện của máy bằng SQL, chỉ đọc"),
	.help = T("Ví dụ: khien ask 'SELECT port, program FROM listening_ports WHERE is_external'. "
		  "Chỉ câu SELECT được trả lời; không ghi, không gắn tệp nào. Xem các bảng: khien "
		  "tables. Những gì không đọc được thì được nêu riêng."),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run,
	.complete = complete,
	.is_confined = true,
};
