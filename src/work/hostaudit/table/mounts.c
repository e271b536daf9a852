/* mounts: file systems in place, or those /etc/fstab would put in place. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/mounts.h"
#include "work/hostaudit/tables.h"

enum column { PATH, DEVICE, TYPE, MAJOR_MINOR, OPTIONS, ROOT, IS_DISK, FILE_NAME, LINE };

static const struct fact_column columns[] = {
	[PATH] = { "path", FACT_TEXT, T("thư mục gắn") },
	[DEVICE] = { "device", FACT_TEXT, T("thiết bị hoặc nguồn") },
	[TYPE] = { "type", FACT_TEXT, T("loại hệ thống tệp") },
	[MAJOR_MINOR] = { "major_minor", FACT_TEXT, T("số hiệu thiết bị") },
	[OPTIONS] = { "options", FACT_TEXT, T("tùy chọn gắn") },
	[ROOT] = { "root", FACT_TEXT, T("phần được gắn; / là toàn bộ") },
	[IS_DISK] = { "is_disk", FACT_INT, T("1: toàn bộ một đĩa, phân vùng hoặc ổ logic") },
	[FILE_NAME] = { "file", FACT_TEXT, T("nơi đọc") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

/* Options of network file systems may hold a password; only words without a value, and the values
 * that cannot be one, are told. */
static struct str safe_options(struct arena *a, struct str options)
{
	static const char *const open_values[] = { "mode=", "uid=", "gid=", "size=", "errors=",
		"subvol=", "subvolid=", "data=", "nr_inodes=", "commit=", "vers=", "sec=" };
	struct str out = STR("");
	struct str option;

	while (str_next_word(&options, ",", &option)) {
		ptrdiff_t equals = str_find_char(option, '=');
		bool is_safe = equals < 0;

		for (size_t i = 0; i < COUNT(open_values) && !is_safe; i++)
			is_safe = str_starts(option, open_values[i]);
		if (!is_safe)
			option = str_until(option, (size_t)equals + 1);
		out = arena_fmt(a, "%.*s%s%.*s%s", STR_FMT(out), out.len > 0 ? "," : "",
			STR_FMT(option), is_safe ? "" : "…");
		if (out.len > 1000)
			break;
	}
	return out;
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct mount_list mounts = { 0 };

	(void)e;
	mounts_read(h, &mounts);
	for (size_t i = 0; i < mounts.len; i++) {
		const struct mount *m = &mounts.at[i];

		fact_row(rows);
		fact_text(rows, PATH, m->target);
		fact_text(rows, DEVICE, m->source);
		fact_text(rows, TYPE, m->fstype);
		fact_text(rows, OPTIONS, safe_options(host_arena(h), m->options));
		fact_text(rows, ROOT, m->root);
		fact_text(rows, MAJOR_MINOR, m->device);
		fact_int(rows, IS_DISK, m->is_disk);
		fact_text(rows, FILE_NAME, m->file);
		fact_int(rows, LINE, m->line);
	}
	return 0;
}

const struct fact_table mounts_table = {
	.name = "mounts",
	.words = T("Hệ thống tệp đã gắn (hoặc sẽ gắn theo /etc/fstab)"),
	.columns = columns,
	.fill = fill,
};
