/* khien log search QUERY: lines of the log that answer, the newest first, as they are found. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "face/cli/cli.h"
#include "face/cli/cli_int.h"
#include "face/cli/log.h"
#include "work/archive/prove.h"
#include "work/archive/show.h"

/* What is asked for; of both commands. */
#define ASKING \
	{ "from", OPTION_TEXT, T("LÚC"), NULL, \
		T("từ lúc này: 25/11/2026, 2026-11-25T08:30, 2h") }, \
		{ "to", OPTION_TEXT, T("LÚC"), NULL, T("đến hết lúc này") }, \
		{ "host", OPTION_TEXT, T("TÊN"), NULL, \
			T("tên máy trong dòng; * thay cho chữ bất kỳ") }, \
		{ "program", OPTION_TEXT, T("TÊN"), NULL, T("tên chương trình trong dòng") }, \
		{ "severity", OPTION_TEXT, T("CẤP"), NULL, T("mức: err, lỗi, >=warning …") }, \
		{ "fold", OPTION_FLAG, NULL, NULL, \
			T("không phân biệt chữ hoa, chữ thường và dấu") }, \
	{ \
		"fixed", OPTION_FLAG, NULL, NULL, \
			T("cả câu là một đoạn chữ cần tìm, không có cú pháp") \
	}

static const struct command_option options[] = {
	CLI_DATA_OPTION,
	{ "count", OPTION_FLAG, NULL, NULL, T("chỉ đếm số dòng") },
	{ "limit", OPTION_NUMBER, "N", NULL, T("nhiều nhất N dòng") },
	ASKING,
	{ "format", OPTION_CHOICE, NULL, "text|json|csv|raw",
		T("dạng kết quả; json: mỗi dòng một "
		  "đối tượng") },
	{ 0 },
};

static const struct command_option export_options[] = {
	CLI_DATA_OPTION,
	{ "proof", OPTION_TEXT, T("TỆP"), NULL,
		T("ghi thêm bằng chứng rằng không thiếu dòng nào nhận trong khoảng --from --to") },
	ASKING,
	{ "format", OPTION_CHOICE, NULL, "csv|json|raw", T("dạng kết quả, mặc định csv") },
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
		clock_people(query_leaf_ns(line->leaf) / 1000000000, text));
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

static int ask(
	const struct command_line *line, bool is_by_receipt, struct err *e, struct query **ret)
{
	const struct query_options how = { .is_fold = command_flag(line, "fold"),
		.is_fixed = command_flag(line, "fixed"),
		.is_by_receipt = is_by_receipt,
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

/* How many lines were printed, in *RET when it is not NULL. */
static int print(const struct command_line *line, struct find *f, struct query *q, uint64_t *ret,
	struct err *e)
{
	bool is_export = ret != NULL;
	static const char *const forms[] = { "text", "json", "csv", "raw" };
	const char *limit = is_export ? NULL : command_value(line, "limit"),
		   *form = command_value(line, "format");
	struct printer p = {
		.form = is_export ? FORM_CSV : FORM_TEXT, .is_terminal = isatty(1), .e = e
	};
	struct find_ask what = { .query = q, .hit = put, .context = &p, .is_forward = is_export };
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
	if (is_export)
		*ret = p.count;
	return rc < 0 ? rc : p.rc;
}

static void given_up(const struct command_line *line, const struct query *q)
{
	if (query_given_up(q) > 0)
		fprintf(stderr,
			tr(line->lang,
				T("%llu dòng quá khó cho biểu thức chính quy này và "
				  "không được tính.\n")),
			(unsigned long long)query_given_up(q));
}

static int run(const struct command_line *line, struct err *e)
{
	struct find *f = NULL;
	struct query *q = NULL;
	struct find_answer answer = { 0 };
	int rc = ask(line, false, e, &q);

	if (rc == 0)
		rc = cli_log_open(line, e, &f);
	if (rc == 0 && command_flag(line, "count")) {
		rc = find_count(f, &(struct find_ask){ .query = q }, &answer, e);
		if (rc == 0)
			printf("%llu\n", (unsigned long long)answer.hits);
	} else if (rc == 0) {
		rc = print(line, f, q, NULL, e);
	}
	if (rc == 0) {
		given_up(line, q);
		rc = cli_log_amiss(line, f);
	}
	find_close(f);
	query_free(q);
	return rc;
}

const struct command cmd_log_search = {
	.name = "log search",
	.args = T("[CÂU-HỎI…]"),
	.words = T("tìm trong nhật ký đã thu, dòng mới nhất trước"),
	.help = T(
		"Các từ phải cùng có trong dòng; \"cả cụm\" trong ngoặc kép; -từ là không có; OR là "
		"một trong hai; /mẫu/ là biểu thức chính quy; ~từ bỏ qua dấu và chữ hoa. Lọc: "
		"máy:, ct:, sựkiện:, mức:, nhóm:, nguồn:, địachỉ:, từ:, đến: (hoặc host:, "
		"program:, event:, severity:, facility:, source:, peer:, from:, to:). Ví dụ: khien log search --data "
		"THƯ-MỤC 'ct:sshd \"Failed password\" -root từ:24/11/2026'."),
	.options = options,
	.args_max = LIMIT_COMMAND_WORDS,
	.run = run,
};

static int write_pieces(
	const struct command_line *line, struct prove_range *r, FILE *to, struct err *e)
{
	struct cli_waiting waiting = { .lang = line->lang, .since_us = clock_monotonic_us() };
	uint64_t done, all;
	struct buf piece;
	int rc = 1;

	buf_init(&piece, PROVE_PIECE_BYTES);
	while (rc == 1) {
		buf_clear(&piece);
		rc = prove_range_next(r, &piece, e);
		if (rc >= 0 && fwrite(piece.ptr, 1, piece.len, to) != piece.len)
			rc = err_errno(e, errno, "write the proof");
		prove_range_stat(r, &done, &all);
		cli_progress(&waiting, T("Đang lập bằng chứng, mục"), (size_t)done, (size_t)all);
	}
	cli_progress_end(&waiting);
	buf_done(&piece);
	if (rc == 0 && (fflush(to) != 0 || fsync(fileno(to)) != 0))
		rc = err_errno(e, errno, "write the proof");
	return rc;
}

/* A proof of what was received in a time, and what of it answers the question. */
struct exported {
	const char *path;
	struct query *times, *asked;
	uint64_t hits; /* afterwards */
};

/* Into a file beside its path first: where there is no whole proof there is none. */
static int save_proof(
	const struct command_line *line, struct find *f, struct exported *p, struct err *e)
{
	const char *path = p->path;
	const char *part = arena_fmt(line->arena, "%s.part", path).ptr;
	struct prove_range *r = NULL;
	FILE *to = NULL;
	int rc = prove_range_open(f, p->times, &r, e);

	if (rc == 0) {
		prove_range_count(r, p->asked);
		to = fopen(part, "wbe");
		rc = to ? write_pieces(line, r, to, e) : err_errno(e, errno, "write \"%s\"", part);
	}
	if (to && fclose(to) != 0 && rc == 0)
		rc = err_errno(e, errno, "write \"%s\"", part);
	if (rc == 0 && rename(part, path) != 0)
		rc = err_errno(e, errno, "rename \"%s\" to \"%s\"", part, path);
	if (to && rc < 0)
		unlink(part);
	if (rc == 0)
		p->hits = prove_range_hits(r);
	prove_range_close(r);
	return rc;
}

/* The proof is of the time alone: whoever checks filters by himself. */
static int write_proof(
	const struct command_line *line, struct find *f, struct exported *p, struct err *e)
{
	const struct query_options how = { .is_by_receipt = true, .now_s = clock_now_s() };
	struct parse_fault fault = { 0 };
	int rc = query_parse(STR(""), &how, line->arena, &fault, &p->times);

	for (int i = 0; rc == 0 && i < 2; i++) {
		const char *value = command_value(line, i ? "to" : "from");

		if (value)
			rc = query_narrow(
				p->times, i ? QUERY_TO : QUERY_FROM, str_of(value), &fault);
	}
	/* parsed once more, as a question counts what was too hard for it */
	if (rc == 0)
		rc = ask(line, true, e, &p->asked);
	if (rc == 0)
		rc = save_proof(line, f, p, e);
	query_free(p->times);
	query_free(p->asked);
	return rc;
}

/* The proof was filled from every entry, the lines by way of the indices of closed segments. Lines
 * that came since may be more, never fewer. */
static int compare(const struct command_line *line, const struct exported *p, uint64_t printed)
{
	if (!p->path || printed >= p->hits)
		return 0;
	fprintf(stderr,
		tr(line->lang,
			T("Kết quả thiếu %llu trong %llu dòng: chỉ mục của một khúc nhật ký đã "
			  "đóng bỏ sót, có thể do bị sửa. Tệp bằng chứng vẫn đủ mọi dòng. Hãy chạy "
			  "khien-verify với kho này để biết khúc nào, và dùng khien-verify range "
			  "TỆP --print để lấy đủ.\n")),
		(unsigned long long)(p->hits - printed), (unsigned long long)p->hits);
	return 1;
}

static int run_export(const struct command_line *line, struct err *e)
{
	struct exported proof = { .path = command_value(line, "proof") };
	struct find *f = NULL;
	struct query *q = NULL;
	uint64_t printed = 0;
	int rc = ask(line, proof.path != NULL, e, &q);

	if (rc == 0)
		rc = cli_log_open(line, e, &f);
	if (rc == 0 && proof.path) /* first: where there is none nothing is exported either */
		rc = write_proof(line, f, &proof, e);
	if (rc == 0)
		rc = print(line, f, q, &printed, e);
	if (rc == 0) {
		given_up(line, q);
		rc = compare(line, &proof, printed) | cli_log_amiss(line, f);
	}
	find_close(f);
	query_free(q);
	return rc;
}

const struct command cmd_log_export = {
	.name = "log export",
	.args = T("[CÂU-HỎI…]"),
	.words = T("xuất các dòng tìm được ra CSV, JSON hoặc nguyên văn, dòng cũ nhất trước"),
	.help = T(
		"Câu hỏi viết như khien log search. Với --proof TỆP, tệp bằng chứng chứa mọi mục nhận "
		"trong khoảng --from --to và chứng minh không thiếu mục nào: người nhận chạy "
		"khien-verify range TỆP --key khoa.txt --print, tự lọc và so với tệp kết quả."),
	.options = export_options,
	.args_max = LIMIT_COMMAND_WORDS,
	.run = run_export,
};
