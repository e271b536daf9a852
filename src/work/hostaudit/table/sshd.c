/* sshd_config, sshd_root_logins and sshd_server: the way in by SSH. */
#include "kit/text/text.h"
#include "work/hostaudit/fact.h"
#include "work/hostaudit/resolve/sshd.h"

enum {
	CONFIG_KEYWORD,
	CONFIG_VALUE,
	CONFIG_MATCH,
	CONFIG_DEFAULT,
	CONFIG_FILE,
	CONFIG_LINE,
	CONFIG_LOST
};

static const struct fact_column config_columns[] = {
	{ "keyword", FACT_TEXT, T("từ khóa, chữ thường") },
	{ "value", FACT_TEXT, T("giá trị có hiệu lực") },
	{ "match", FACT_TEXT, T("điều kiện của khối Match; trống là cho mọi người") },
	{ "is_default", FACT_INT, T("1 nếu là giá trị sẵn của chương trình") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ "lost", FACT_TEXT, T("các giá trị đứng sau nên không có hiệu lực") },
	{ NULL, FACT_TEXT, NULL },
};

static int fill_config(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct sshd_config c;

	sshd_config_read(h, &c);
	if (c.reason)
		host_gap(h, c.reason, c.detail.ptr);
	for (size_t i = 0; i < c.settings.len; i++) {
		const struct sshd_setting *s = &c.settings.at[i];

		fact_row(rows);
		fact_text(rows, CONFIG_KEYWORD, s->keyword);
		fact_text(rows, CONFIG_VALUE, s->at.value);
		fact_text(rows, CONFIG_MATCH, s->match);
		fact_int(rows, CONFIG_DEFAULT, s->is_default);
		if (s->at.file.ptr) {
			fact_text(rows, CONFIG_FILE, s->at.file);
			fact_int(rows, CONFIG_LINE, s->at.line);
		}
		if (s->at.lost.len > 0)
			fact_text(rows, CONFIG_LOST, s->at.lost);
	}
	return 0;
}

const struct fact_table sshd_config_table = {
	.name = "sshd_config",
	.words = T("cấu hình máy chủ SSH thực sự có hiệu lực"),
	.columns = config_columns,
	.fill = fill_config,
};

enum { ROOT_MATCH, ROOT_VALUE, ROOT_WAY, ROOT_FILE, ROOT_LINE, ROOT_LOST };

static const struct fact_column root_columns[] = {
	{ "match", FACT_TEXT, T("điều kiện của khối Match; trống là ở mọi nơi khác") },
	{ "value", FACT_TEXT, T("giá trị PermitRootLogin có hiệu lực ở đó") },
	{ "way", FACT_TEXT,
		T("root vào bằng gì: password (mật khẩu), key (khóa), command (khóa chỉ chạy một "
		  "lệnh), none (không vào được); trống là không rõ") },
	{ "file", FACT_TEXT, T("tệp") },
	{ "line", FACT_INT, T("dòng") },
	{ "lost", FACT_TEXT, T("các giá trị đứng sau nên không có hiệu lực") },
	{ NULL, FACT_TEXT, NULL },
};

static int fill_root(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct sshd_config c;
	struct sshd_root_ways ways;

	sshd_config_read(h, &c);
	if (c.binary.len == 0)
		return 0;
	sshd_root_login(h, &c, &ways);
	for (size_t i = 0; i < ways.len; i++) {
		const struct setting *at = &ways.at[i].permit->at;

		fact_row(rows);
		fact_text(rows, ROOT_MATCH, ways.at[i].match);
		fact_text(rows, ROOT_VALUE, at->value);
		if (ways.at[i].way)
			fact_cstr(rows, ROOT_WAY, ways.at[i].way);
		if (at->file.ptr) {
			fact_text(rows, ROOT_FILE, at->file);
			fact_int(rows, ROOT_LINE, at->line);
		}
		if (at->lost.len > 0)
			fact_text(rows, ROOT_LOST, at->lost);
	}
	return 0;
}

const struct fact_table sshd_root_logins_table = {
	.name = "sshd_root_logins",
	.words = T("root vào máy qua SSH bằng gì"),
	.columns = root_columns,
	.fill = fill_root,
};

enum { SERVER_BINARY, SERVER_VERSION, SERVER_USED, SERVER_FILE };

static const struct fact_column server_columns[] = {
	{ "binary", FACT_TEXT, T("chương trình") },
	{ "version", FACT_INT, T("phiên bản, 902 là 9.2") },
	{ "is_used", FACT_INT, T("1 nếu đang chạy hoặc tự chạy khi bật máy") },
	{ "file", FACT_TEXT, T("tệp cấu hình chính") },
	{ NULL, FACT_TEXT, NULL },
};

static int fill_server(struct host *h, struct fact_rows *rows, struct err *e)
{
	struct sshd_config c;
	int version;

	sshd_config_read(h, &c);
	version = c.binary.len > 0 ? sshd_version(h, c.binary) : 0;
	if (c.binary.len == 0)
		return 0;
	fact_row(rows);
	fact_text(rows, SERVER_BINARY, c.binary);
	if (version > 0)
		fact_int(rows, SERVER_VERSION, version);
	fact_int(rows, SERVER_USED, sshd_is_used(h));
	fact_text(rows, SERVER_FILE, c.main_file);
	return 0;
}

const struct fact_table sshd_server_table = {
	.name = "sshd_server",
	.words = T("máy chủ SSH đã cài"),
	.columns = server_columns,
	.fill = fill_server,
};
