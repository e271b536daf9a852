/* khien pack export --oscal DIR: a pack for the tools of others. */
#include "face/cli/cli.h"
#include "face/cli/page.h"

#include <errno.h>
#include <stdio.h>

static const struct command_option options[] = {
	{ "oscal", OPTION_FLAG, NULL, NULL, T("danh mục OSCAL 1.0.6 dạng JSON (dạng duy nhất)") },
	{ "o", OPTION_FILE, T("TỆP"), NULL, T("ghi vào tệp này thay cho màn hình") },
	{ 0 },
};

static int write_file(const char *path, struct buf *out, struct err *e)
{
	FILE *file = fopen(path, "wxe");
	bool is_short;

	if (!file)
		return err_errno(e, errno, "cannot create \"%s\"", path);
	is_short = fwrite(buf_cstr(out), 1, out->len, file) != out->len;
	if (fclose(file) != 0 || is_short)
		return err_errno(e, errno, "cannot write all of \"%s\"", path);
	return 0;
}

static int export(const struct command_line *line, const struct pack *pack, struct err *e)
{
	const char *path = command_value(line, "o");
	struct buf out;
	int status;

	buf_init(&out, PAGE_MAX_BYTES);
	pack_oscal(pack, &out);
	if (!path || buf_is_full(&out))
		return page_print(&out, e);
	status = write_file(path, &out, e);
	buf_done(&out);
	return status;
}

static int run(const struct command_line *line, struct err *e)
{
	const struct page page = { .line = line, .lang = line->lang, .arena = line->arena };
	struct pack_set *set = NULL;
	const char *packs, *name;
	int status = page_split_dir(line, line->args[0], e, &packs, &name);

	if (status < 0)
		return status;
	if (!command_flag(line, "oscal"))
		return err_set(e, ERR_INPUT, "%s", tr(line->lang, T("hãy nêu dạng xuất: --oscal")));
	if (!name)
		return err_set(e, ERR_ABSENT, "%.*s",
			STR_FMT(page_say(&page,
				T("\"{a}\" không phải thư mục của một gói (không có pack.yaml)"),
				line->args[0], NULL, NULL)));
	status = pack_set_load(packs, e, &set);
	if (status < 0)
		return status;
	status = export(line, pack_by_id(set, str_of(name)), e);
	pack_set_free(set);
	return status;
}

const struct command cmd_pack_export = {
	.name = "pack export",
	.args = T("THƯ-MỤC"),
	.words = T("xuất một gói quy định cho công cụ khác (OSCAL)"),
	.help = T("Cùng một gói cho ra cùng một tệp, từng byte. Tệp đã có thì không bị ghi đè."),
	.options = options,
	.args_min = 1,
	.args_max = 1,
	.run = run,
};
