/* khien register export: a register, or its template, as a table. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "face/cli/cli.h"
#include "face/cli/register.h"
#include "work/exchange/exchange.h"

#define STAGE_BYTES (64 * MIB)
#define FIELDS_MAX 400

static const struct command_option options[] = {
	CLI_PACKS_OPTION,
	{ "data", OPTION_DIR, T("THƯ-MỤC"), NULL, T("thư mục dữ liệu của khien serve") },
	{ "unit", OPTION_TEXT, T("ĐƠN-VỊ"), NULL, T("chỉ đơn vị này: mã hoặc số") },
	{ "text", OPTION_TEXT, T("CHỮ"), NULL, T("chỉ bản ghi có các từ này") },
	{ "fields", OPTION_TEXT, "A,B,…", NULL, T("các trường, theo thứ tự; mặc định mọi trường") },
	{ "format", OPTION_CHOICE, "F", "csv|xlsx", T("dạng tệp; mặc định csv") },
	{ "template", OPTION_FLAG, NULL, NULL, T("mẫu XLSX trống để điền") },
	{ "o", OPTION_FILE, T("TỆP"), NULL, T("ghi vào tệp thay cho màn hình") },
	{ 0 },
};

struct job {
	const struct command_line *line;
	struct registers r;
	struct buf out;
	int fd;
};

static int put_out(struct job *j, struct err *e)
{
	size_t at = 0;

	if (buf_is_full(&j->out))
		return err_set(e, ERR_LIMIT, "a page of records is too large");
	while (at < j->out.len) {
		ssize_t n = write(j->fd, j->out.ptr + at, j->out.len - at);

		if (n < 0 && errno != EINTR)
			return err_errno(e, errno, "cannot write");
		at += n > 0 ? (size_t)n : 0;
	}
	buf_clear(&j->out);
	return 0;
}

static int choose_fields(
	const struct job *j, const struct register_field **fields, size_t *ret_count, struct err *e)
{
	const struct pack_register *reg = j->r.at.reg;
	const char *text = command_value(j->line, "fields");
	struct str rest = str_of(text), one;
	size_t count = 0;

	for (size_t i = 0; !text && i < reg->field_count && count < FIELDS_MAX; i++)
		if (reg->fields[i]->type != REGISTER_FILE)
			fields[count++] = reg->fields[i];
	while (text && count < FIELDS_MAX && str_next_word(&rest, ",", &one)) {
		fields[count] = pack_register_field(reg, one);
		if (!fields[count++])
			return err_set(e, ERR_INPUT, "register \"%.*s\" has no field \"%.*s\"",
				STR_FMT(reg->id), STR_FMT(one));
	}
	*ret_count = count;
	return 0;
}

static int write_all(struct job *j, struct err *e)
{
	const struct register_field *fields[FIELDS_MAX];
	const char *format = command_value(j->line, "format"),
		   *text = command_value(j->line, "text");
	struct record_query query = { .text = str_of(text ? text : "") };
	struct exchange_export x = { .at = &j->r.at,
		.query = &query,
		.tree = &j->r.tree,
		.fields = fields,
		.lang = j->line->lang,
		.is_xlsx = format && strcmp(format, "xlsx") == 0 };
	struct exchange_writing *w = NULL;
	int rc = choose_fields(j, fields, &x.field_count, e);

	if (command_value(j->line, "unit"))
		query.units = arena_fmt(j->line->arena, "[%lld]", (long long)j->r.unit_id);
	if (rc == 0)
		rc = exchange_begin(&x, &j->out, &w, e);
	while (rc == 0) {
		int more = exchange_next(w, e);

		rc = more < 0 ? more : put_out(j, e);
		if (more <= 0)
			break;
	}
	exchange_end(w);
	return rc;
}

static int run(const struct command_line *line, struct err *e)
{
	struct job j = { .line = line, .fd = STDOUT_FILENO };
	const char *path = command_value(line, "o");
	bool is_bare = command_flag(line, "template");
	int rc = registers_open(line, line->args[0], is_bare, &j.r, e);

	buf_init(&j.out, STAGE_BYTES);
	if (rc == 0 && path) {
		j.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (j.fd < 0)
			rc = err_errno(e, errno, "cannot write \"%s\"", path);
	}
	if (rc == 0 && is_bare) {
		rc = exchange_template(j.r.at.reg, line->lang, &j.out, e);
		if (rc == 0)
			rc = put_out(&j, e);
	} else if (rc == 0) {
		rc = write_all(&j, e);
	}
	if (path && j.fd >= 0)
		close(j.fd);
	buf_done(&j.out);
	registers_close(&j.r);
	return rc;
}

const struct command cmd_register_export = {
	.name = "register export",
	.args = "ID",
	.words = T("ghi một sổ, hoặc mẫu trống của nó, thành tệp CSV hay XLSX"),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run,
	.complete = registers_complete,
};
