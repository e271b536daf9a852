/* khien tables [NAME]: what can be asked of a machine. */
#include <stdio.h>

#include "face/cli/cli.h"
#include "face/cli/page.h"
#include "work/hostaudit/hostaudit.h"

static const struct command_option options[] = { { 0 } };

static void write_flags(const struct page *p, struct hostaudit_table table)
{
	if (table.is_live_only)
		buf_fmt(p->out, " (%s)", page_tr(p, T("chỉ trên máy đang chạy")));
	if (table.needs_root)
		buf_fmt(p->out, " (%s)", page_tr(p, T("đủ dữ liệu khi có quyền root")));
	buf_add_char(p->out, '\n');
}

static void write_all(const struct page *p)
{
	size_t width = 0;

	for (size_t i = 0; i < hostaudit_table_count(); i++) {
		size_t mine = text_width(str_of(hostaudit_table_at(i).name));

		width = mine > width ? mine : width;
	}
	for (size_t i = 0; i < hostaudit_table_count(); i++) {
		struct hostaudit_table table = hostaudit_table_at(i);

		text_pad(p->out, str_of(table.name), width + 2);
		buf_fmt(p->out, "%s", page_tr(p, table.words));
		write_flags(p, table);
	}
}

static void write_one(const struct page *p, size_t at)
{
	struct hostaudit_table table = hostaudit_table_at(at);
	struct hostaudit_column column;
	size_t width = 0;

	buf_fmt(p->out, "%s: %s", table.name, page_tr(p, table.words));
	write_flags(p, table);
	for (size_t i = 0; hostaudit_column_at(at, i, &column); i++) {
		size_t mine = text_width(str_of(column.name));

		width = mine > width ? mine : width;
	}
	for (size_t i = 0; hostaudit_column_at(at, i, &column); i++) {
		buf_add(p->out, STR("  "));
		text_pad(p->out, str_of(column.name), width + 2);
		text_pad(p->out, str_of(page_tr(p, column.is_number ? T("số") : T("chữ"))), 6);
		buf_fmt(p->out, " %s\n", page_tr(p, column.words));
	}
}

static int run(const struct command_line *line, struct err *e)
{
	struct buf out;
	struct page p = { .line = line, .out = &out, .lang = line->lang, .arena = line->arena };
	size_t i = 0;

	buf_init(&out, PAGE_MAX_BYTES);
	if (line->arg_count == 0) {
		write_all(&p);
		return page_print(&out, e);
	}
	while (i < hostaudit_table_count() &&
		!str_is_nocase(str_of(line->args[0]), hostaudit_table_at(i).name))
		i++;
	if (i == hostaudit_table_count()) {
		buf_done(&out);
		return err_set(e, ERR_INPUT, "no table is called \"%s\"", line->args[0]);
	}
	write_one(&p, i);
	return page_print(&out, e);
}

static void complete(const struct command_line *line, size_t i)
{
	(void)line;
	for (size_t n = 0; i == 0 && n < hostaudit_table_count(); n++)
		printf("%s\n", hostaudit_table_at(n).name);
}

const struct command cmd_tables = {
	.name = "tables",
	.args = T("[TÊN]"),
	.words = T("các bảng dữ kiện có thể hỏi, và cột của từng bảng"),
	.options = options,
	.args_max = 1,
	.run = run,
	.complete = complete,
};
