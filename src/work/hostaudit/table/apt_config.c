/* apt_config.c - the configuration of apt as it holds it, for questions by hand and to
 * compare with "apt-config dump". What apt has built in is not here. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/redact.h"
#include "work/hostaudit/resolve/apt.h"
#include "work/hostaudit/tables.h"

enum { NAME, VALUE, FILE_PATH, LINE, LOST };

static const struct fact_column columns[] = {
	[NAME] = { "name", FACT_TEXT, T("tên đầy đủ; kết thúc bằng :: là một mục của danh sách") },
	[VALUE] = { "value", FACT_TEXT, T("giá trị") },
	[FILE_PATH] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	[LOST] = { "lost", FACT_TEXT, T("giá trị bị thay thế") },
	{ 0 },
};

static void show(struct fact_rows *rows, struct arena *a, const struct apt_item *item,
	struct str prefix, int depth)
{
	for (; item != NULL && depth < APT_CONF_DEPTH_MAX; item = item->next) {
		struct str name = depth > 0 ?
			arena_fmt(a, "%.*s::%.*s", STR_FMT(prefix), STR_FMT(item->tag)) :
			item->tag;

		fact_row(rows);
		fact_text(rows, NAME, name);
		fact_text(rows, VALUE, item->value.ptr ? redact_urls(a, item->value) : STR(""));
		if (item->file.ptr != NULL) {
			fact_text(rows, FILE_PATH, item->file);
			fact_int(rows, LINE, item->line);
			fact_text(rows, LOST, redact_urls(a, item->lost));
		}
		show(rows, a, item->child, name, depth + 1);
	}
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct apt_conf conf;

	apt_conf_load(h, host_arena(h), &conf);
	show(rows, host_arena(h), conf.root.child, STR(""), 0);
	return 0;
}

const struct fact_table apt_config_table = {
	.name = "apt_config",
	.words = T("cấu hình có hiệu lực của apt"),
	.columns = columns,
	.fill = fill,
};
