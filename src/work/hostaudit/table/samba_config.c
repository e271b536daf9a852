/* samba_config: every setting of smb.conf and its includes, which of them wins, as written. */
#include "work/hostaudit/fact.h"
#include "work/hostaudit/samba.h"
#include "work/hostaudit/tables.h"

enum column { SECTION, NAME, VALUE, IS_EFFECTIVE, FILE_NAME, LINE };

static const struct fact_column columns[] = {
	[SECTION] = { "section", FACT_TEXT, T("mục: global hoặc tên thư mục chia sẻ") },
	[NAME] = { "name", FACT_TEXT, T("tên thiết lập, viết thường và bỏ dấu cách") },
	[VALUE] = { "value", FACT_TEXT, T("giá trị; lệnh và bí mật được che") },
	[IS_EFFECTIVE] = { "is_effective", FACT_INT, T("0: bị một dòng sau thay thế") },
	[FILE_NAME] = { "file", FACT_TEXT, T("tệp") },
	[LINE] = { "line", FACT_INT, T("dòng") },
	{ 0 },
};

/* Commands and passwords may stand in these: their values are not told. */
static bool is_hidden(struct str name, struct str value)
{
	static const char *const marks[] = { "passw", "secret", "exec", "command", "script",
		"program", "chat", "message", "key", ":" };

	if (str_bool(value, true) == str_bool(value, false))
		return false;
	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_find(name, str_of(marks[i])) >= 0)
			return true;
	return false;
}

static bool is_overridden(const struct samba *s, size_t i)
{
	for (size_t n = i + 1; n < s->entry_count; n++)
		if (str_eq(s->entries[n].name, s->entries[i].name) &&
			str_eq_nocase(s->entries[n].section, s->entries[i].section))
			return true;
	return false;
}

static int fill(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct samba s;

	(void)e;
	samba_read(h, &s);
	for (size_t i = 0; i < s.entry_count; i++) {
		const struct samba_entry *entry = &s.entries[i];

		fact_row(rows);
		fact_text(rows, SECTION, entry->section);
		fact_text(rows, NAME, entry->name);
		fact_text(rows, VALUE,
			is_hidden(entry->name, entry->value) ? STR("…") : entry->value);
		fact_int(rows, IS_EFFECTIVE, !is_overridden(&s, i));
		fact_text(rows, FILE_NAME, entry->file);
		fact_int(rows, LINE, entry->line);
	}
	return 0;
}

const struct fact_table samba_config_table = {
	.name = "samba_config",
	.words = T("Thiết lập của máy chủ chia sẻ tệp Samba"),
	.columns = columns,
	.fill = fill,
};
