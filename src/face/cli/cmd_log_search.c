/* khien log search QUERY: lines of the log that answer, the newest first, as they are found. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "face/cli/cli.h"
#include "face/cli/log.h"
#include "work/archive/show.h"

static const struct command_option options[] = {
	CLI_DATA_OPTION,
	{ "count", OPTION_FLAG, NULL, NULL, T("chỉ đếm số dòng") },
	{ "from", OPTION_TEXT, "TIME", NULL,
		T("nhận từ lúc này: 25/11/2026, 2026-11-25T08:30, 2h") },
	{ "to", OPTION_TEXT, "TIME", NULL, T("nhận đến hết lúc này") },
	{ "host", OPTION_TEXT, "NAME", NULL, T("tên máy trong dòng; * thay cho chữ bất kỳ") },
	{ "program", OPTION_TEXT, "NAME", NULL, T("tên chương trình trong dòng") },
	{ "severity", OPTION_TEXT, "LEVEL", NULL, T("mức: err, lỗi, >=warning …") },
	{ "fold", OPTION_FLAG, NULL, NULL, T("không phân biệt chữ hoa, chữ thường và dấu") },
	{ "fixed", OPTION_FLAG, NULL, NULL, T("cả câu là một đoạn chữ cần tìm, không có cú pháp") },
	{ "limit", OPTION_NUMBER, "N", NULL, T("nhiều nhất N dòng") },
	{ "format", OPTION_CHOICE, NULL, "text|json|csv|raw",
		T("dạng kết quả; json: mỗi dòng một "
		  "đối tượng") },
	{ 0 },
};

enum form { FORM_TEXT, FORM_JSON, FORM_CSV, FORM_RAW };

struct printer {
	enum form form;
	bool is_terminal;
	uint64_t limit, count; /* limit 0: none */
	struct buf out;
	struct err *e;
	int rc;
};

static void put_text(struct printer *p, const struct find_line *line)
{
	char place[FIND_PLACE_TEXT_MAX], text[CLOCK_TEXT_MAX];

	buf_fmt(&p->out, "%s  %s  ", find_place_text(line->place, place),
		clock_people(line->leaf->received_ns / 1000000000, text));
	show_visible(&p->out, line->leaf->raw);
	buf_add_char(&p->out, '\n');
}

static void put_raw(struct printer *p, struct str raw)
{
	if (p->is_terminal)
		show_visible(&p->out, raw);
	else
		buf_add(&p->out, raw);
	buf_add_char(&p->out, '\n');
}

static int put(void *context, const struct find_line *line)
{
	struct printer *p = context;
	struct json j;

	buf_clear(&p->out);
	switch (p->form) {
	case FORM_TEXT:
		put_text(p, line);
		break;
	case FORM_JSON:
		json_init(&j, &p->out, false);
		show_json(&j, line);
		buf_add_char(&p->out, '\n');
		break;
	case FORM_CSV:
		show_csv(&p->out, line);
		break;
	case FORM_RAW:
		put_raw(p, line->leaf->raw);
		break;
	}
	if (fwrite(p->out.ptr, 1, p->out.len, stdout) != p->out.len)
		p->rc = err_errno(p->e, errno, "write");
	else if (p->is_terminal)
		fflush(stdout);
	p->count++;
	return p->rc < 0 || p->count == p->limit;
}

/* The arguments with blanks between them. */
static struct str question(const struct command_line *line)
{
	struct str text = STR("");

	for (size_t i = 0; i < line->arg_count; i++)
		text = arena_fmt(
			line->arena, "%.*s%s%s", STR_FMT(text), i ? " " : "", line->args[i]);
	return text;
}

static int narrow(const struct command_line *line, struct query *q, struct err *e)
{
	static const struct {
		const char *option;
		enum query_field field;
	} rows[] = { { "from", QUERY_FROM }, { "to", QUERY_TO }, { "host", QUERY_HOST },
		{ "program", QUERY_PROGRAM }, { "severity", QUERY_SEVERITY } };
	struct parse_fault fault = { 0 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *value = command_value(line, rows[i].option);

		if (value && query_narrow(q, rows[i].field, str_of(value), &fault) < 0) {
			(void)cli_log_fault(line, str_of(value), &fault, e);
			return err_context(e, "--%s", rows[i].option);
		}
	}
	return 0;
}

static int ask(const struct command_line *line, struct err *e, struct query **ret)
{
	const struct query_options how = { .is_fold = command_flag(line, "fold"),
		.is_fixed = command_flag(line, "fixed"),
		.now_s = clock_now_s() };
	struct parse_fault fault = { 0 };
	struct str text = question(line);
	struct query *q;
	int rc = query_parse(text, &how, line->arena, &fault, &q);

	if (rc < 0)
		return cli_log_fault(line, text, &fault, e);
	rc = narrow(line, q, e);
	if (rc < 0) {
		query_free(q);
		return rc;
	}
	*ret = q;
	return 0;
}

static int print(const struct command_line *line, struct find *f, struct query *q, struct err *e)
{
	static const char *const forms[] = { "text", "json", "csv", "raw" };
	const char *limit = command_value(line, "limit"), *form = command_value(line, "format");
	struct printer p = { .is_terminal = isatty(1), .e = e };
	struct find_ask what = { .query = q, .hit = put, .context = &p };
	struct find_answer answer;
	int64_t n = 0;
	int rc;

	if (limit && (!str_to_i64(str_of(limit), &n) || n < 0))
		return err_set(e, ERR_INPUT, "--limit: \"%s\" is no count", limit);
	p.limit = (uint64_t)n;
	for (size_t i = 0; form && i < COUNT(forms); i++) {
		if (strcmp(form, forms[i]) == 0)
			p.form = (enum form)i;
	}
	buf_init(&p.out, 32 * LEAF_BYTES_MAX);
	if (p.form == FORM_CSV) {
		show_csv_head(&p.out, line->lang);
		fwrite(p.out.ptr, 1, p.out.len, stdout);
	}
	rc = find_newest(f, &what, &answer, e);
	buf_done(&p.out);
	return rc < 0 ? rc : p.rc;
}

static int run(const struct command_line *line, struct err *e)
{
	struct find *f = NULL;
	struct query *q = NULL;
	struct find_answer answer = { 0 };
	int rc = ask(line, e, &q);

	if (rc == 0)
		rc = cli_log_open(line, e, &f);
	if (rc == 0 && command_flag(line, "count")) {
		rc = find_count(f, &(struct find_ask){ .query = q }, &answer, e);
		if (rc == 0)
			printf("%llu\n", (unsigned long long)answer.hits);
	} else if (rc == 0) {
		rc = print(line, f, q, e);
	}
	if (rc == 0 && query_given_up(q) > 0)
		fprintf(stderr,
			tr(line->lang,
				T("%llu dòng quá khó cho biểu thức chính quy này và "
				  "không được tính.\n")),
			(unsigned long long)query_given_up(q));
	find_close(f);
	query_free(q);
	return rc;
}

const struct command cmd_log_search = {
	.name = "log search",
	.args = "[QUERY…]",
	.words = T("Tìm trong nhật ký đã thu, dòng mới nhất trước"),
	.help = T(
		"Các từ phải cùng có trong dòng; \"cả cụm\" trong ngoặc kép; -từ là không có; OR là "
		"một trong hai; /mẫu/ là biểu thức chính quy; ~từ bỏ qua dấu và chữ hoa. Lọc: "
		"máy:, ct:, mức:, nhóm:, nguồn:, địachỉ:, từ:, đến: (hoặc host:, program:, "
		"severity:, facility:, source:, peer:, from:, to:). Ví dụ: khien log search --data "
		"DIR 'ct:sshd \"Failed password\" -root từ:24/11/2026'."),
	.options = options,
	.args_max = LIMIT_COMMAND_WORDS,
	.run = run,
};
