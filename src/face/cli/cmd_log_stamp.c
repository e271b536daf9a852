/* khien log stamp: a time-stamp authority sees our newest checkpoint, asked over the network or by
 * a file that is carried there and back. */
#include <errno.h>
#include <stdio.h>

#include "face/cli/cli.h"
#include "face/cli/outside.h"
#include "work/seal/stamped.h"

static const struct command_option options[] = {
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu") },
	{ "request", OPTION_TEXT, T("TỆP"), NULL,
		T("ghi câu hỏi (RFC 3161) ra tệp để mang tới nơi đóng dấu; không dùng mạng") },
	{ "reply", OPTION_FILE, T("TỆP"), NULL, T("nhận tệp trả lời mang về") },
	{ "tsa", OPTION_TEXT, "URL", NULL,
		T("địa chỉ bên đóng dấu; mặc định là dòng đầu của log/tsa") },
	{ "ca", OPTION_FILE, T("TỆP"), NULL,
		T("chứng thư (PEM) của bên đóng dấu; mặc định log/tsa.pem") },
	{ 0 },
};

static int load_file(
	const char *path, size_t max_bytes, struct arena *a, struct str *ret, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct vfile_disk *d;
	int rc = vfile_disk_open(
		slash ? arena_fmt(a, "%.*s/", (int)(slash - path), path).ptr : ".", &d, e);

	if (rc < 0)
		return rc;
	rc = vfile_load(d, slash ? slash + 1 : path, max_bytes, a, ret, e);
	vfile_disk_close(d);
	return rc < 0 ? err_context(e, "\"%s\"", path) : 0;
}

static int write_question(struct outside *o, const char *path, struct err *e)
{
	struct buf question;
	uint64_t size;
	FILE *to = NULL;
	int rc;

	buf_init(&question, STAMP_REQUEST_MAX);
	rc = seal_stamp_ask(o->entries.disk, &question, &size, e);
	if (rc == 0)
		to = fopen(path, "wbe");
	if (rc == 0 && (!to || fwrite(question.ptr, 1, question.len, to) != question.len))
		rc = err_errno(e, errno, "write \"%s\"", path);
	if (to && fclose(to) != 0 && rc == 0)
		rc = err_errno(e, errno, "write \"%s\"", path);
	if (rc == 0)
		printf(tr(o->lang,
			       T("câu hỏi về tờ niêm phong đến mục %llu: %s\n  Mang tệp tới bên đóng "
				 "dấu, rồi khien log stamp --reply TỆP.\n")),
			(unsigned long long)size, path);
	buf_done(&question);
	return rc;
}

static int ask(struct outside *o, const struct command_line *line, struct str ca, struct err *e)
{
	const char *url = command_value(line, "tsa");
	struct str text, first;
	int rc = url ? 0 : vfile_load(o->log, "tsa", KIB, o->a, &text, e);

	if (rc == ERR_ABSENT || (rc == 0 && !url && !str_next_line(&text, &first)))
		return err_set(e, ERR_INPUT, "%s",
			tr(line->lang,
				T("chưa biết hỏi ai: --tsa URL, hoặc --request TỆP để mang đi")));
	if (rc == 0)
		rc = outside_stamp(o, url ? url : arena_cstr(o->a, str_trim(first)), ca, e);
	return rc;
}

static int stamp(struct outside *o, const struct command_line *line, struct err *e)
{
	const char *request = command_value(line, "request"), *path = command_value(line, "reply");
	const char *ca_path = command_value(line, "ca");
	struct str ca = STR(""), reply;
	int rc = 0;

	if (request)
		return write_question(o, request, e);
	rc = ca_path ? load_file(ca_path, STAMP_CA_MAX, o->a, &ca, e) : outside_ca(o, &ca, e);
	if (rc < 0)
		return rc;
	if (!path)
		return ask(o, line, ca, e);
	rc = load_file(path, STAMP_REPLY_MAX, o->a, &reply, e);
	return rc == 0 ? outside_reply(o, reply, ca, e) : rc;
}

static int run(const struct command_line *line, struct err *e)
{
	return outside_run(line, stamp, e);
}

const struct command cmd_log_stamp = {
	.name = "log stamp",
	.args = "",
	.words = T("đóng dấu thời gian (RFC 3161) tờ niêm phong mới nhất"),
	.help = T(
		"Bên đóng dấu ký rằng đã thấy tờ niêm phong lúc ấy: từ đó không ai viết lại phần nhật ký "
		"trước dấu mà không lộ. Mạng kín thì mang tệp: --request TỆP ghi câu hỏi, --reply TỆP "
		"nhận trả lời. Dấu chỉ được giữ khi chữ ký dẫn tới chứng thư đã chọn trước (--ca hoặc "
		"log/tsa.pem); khien-verify --tsa TỆP kiểm lại. Có log/tsa thì khien serve tự hỏi mỗi "
		"ngày."),
	.options = options,
	.run = run,
};
