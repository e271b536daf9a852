/* khien-verify DIR: all logs below a folder. */
#include "prog/khien-verify/verify_int.h"

#include <stdio.h>
#include <unistd.h>

#include "work/archive/archive.h"

#define OUT_MAX_BYTES (4 * MIB)

static const struct command_option options[] = {
	{ "key", OPTION_FILE, T("TỆP"), NULL,
		T("khóa công khai hoặc chính sách chứng kiến, lấy từ giấy hay USB") },
	{ "anchor", OPTION_FILE, T("TỆP"), NULL,
		T("tờ niêm phong giữ ở ngoài kho; thêm tờ nữa thì viết sau THƯ-MỤC") },
	{ "tsa", OPTION_FILE, T("TỆP"), NULL,
		T("chứng thư (PEM) của bên đóng dấu thời gian, lấy từ giấy hay USB") },
	{ "format", OPTION_CHOICE, NULL, "text|json", T("dạng kết quả") },
	{ 0 },
};

struct answer {
	const struct command_line *line;
	struct buf out;
	struct json json;
	bool is_json;
	int64_t told_us;
};

static void each(void *context, const char *path, const struct verify_report *r)
{
	struct answer *x = context;

	if (isatty(STDERR_FILENO) && !x->is_json)
		fputs("\r\033[K", stderr);
	if (x->is_json)
		verify_json(r, &x->json);
	else {
		buf_fmt(&x->out, "%s\n", path);
		verify_text(r, x->line->lang, &x->out);
	}
}

/* Somebody watches: ten times a second is enough. */
static int progress(void *context, uint64_t done, uint64_t all)
{
	struct answer *x = context;
	int64_t now_us = clock_monotonic_us();

	if (now_us - x->told_us < 100000 || !isatty(STDERR_FILENO))
		return 0;
	x->told_us = now_us;
	fprintf(stderr, "\r%llu / %llu", (unsigned long long)done, (unsigned long long)all);
	return 0;
}

static int load_anchors(const struct command_line *line, struct verify_job *job, struct err *e)
{
	const char *first = command_value(line, "anchor");
	struct verify_anchor *anchors =
		arena_array(line->arena, struct verify_anchor, line->arg_count + 1);
	size_t count = 0;

	for (size_t i = first ? 0 : 1; i < line->arg_count; i++) {
		const char *path = i == 0 ? first : line->args[i];
		int rc = file_load(path, NOTE_BYTES_MAX, line->arena, &anchors[count].note, e);

		if (rc < 0)
			return err_context(e, "\"%s\"", path);
		anchors[count++].name = str_of(path);
	}
	job->anchors = anchors;
	job->anchor_count = count;
	return 0;
}

static int load_stamp_ca(const struct command_line *line, struct verify_job *job, struct err *e)
{
	const char *path = command_value(line, "tsa");
	int rc = path ? file_load(path, STAMP_CA_MAX, line->arena, &job->stamp_ca, e) : 0;

	return rc < 0 ? err_context(e, "\"%s\"", path) : 0;
}

static int run(const struct command_line *line, struct err *e)
{
	const char *format = command_value(line, "format");
	struct answer x = { .line = line, .is_json = format && strcmp(format, "json") == 0 };
	struct verify_job job = { .segments = &archive_entries,
		.now_s = clock_now_s(),
		.progress = progress,
		.context = &x };
	int rc = keys_load(line, line->arena, &job, e);

	if (rc == 0)
		rc = load_anchors(line, &job, e);
	if (rc == 0)
		rc = load_stamp_ca(line, &job, e);
	if (rc < 0)
		return rc;
	buf_init(&x.out, OUT_MAX_BYTES);
	json_init(&x.json, &x.out, true);
	if (x.is_json)
		json_array(&x.json);
	rc = verify_archive(line->args[0], &job, each, &x, e);
	if (x.is_json)
		json_array_end(&x.json);
	if (rc >= 0)
		fwrite(buf_cstr(&x.out), 1, x.out.len, stdout);
	buf_done(&x.out);
	return rc;
}

const struct command verify_archive_command = {
	.name = "archive",
	.args = T("THƯ-MỤC [TỆP...]"),
	.words = T("kiểm chứng các nhật ký niêm phong trong một thư mục"),
	.help = T(
		"Tính lại mã băm của từng mục, đối chiếu với mọi tờ niêm phong, khóa từng giờ, bên "
		"chứng kiến và mốc giữ ở ngoài; nêu mục sai đầu tiên, tệp của nó và phần còn chứng minh được. "
		"THƯ-MỤC là thư mục dữ liệu, thư mục nhật ký hoặc một năm của nó. TỆP là tờ niêm phong "
		"giữ ở ngoài kho. Mã kết thúc: 0 không có gì sai, 1 có chỗ sai, 2 không kiểm được."),
	.options = options,
	.args_min = 1,
	.args_max = 1000,
	.run = run,
};
