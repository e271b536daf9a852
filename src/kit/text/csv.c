#include "kit/text/text.h"

void csv_start(struct buf *out)
{
	buf_add(out, STR("\xEF\xBB\xBF"));
}

static bool at_row_start(const struct buf *out)
{
	return out->len == 0 || out->ptr[out->len - 1] == '\n' ||
	       (out->len == 3 && out->ptr[0] == '\xEF');
}

void csv_cell(struct buf *out, struct str value)
{
	if (!at_row_start(out))
		buf_add_char(out, ',');
	buf_add_char(out, '"');
	if (value.len > 0 && str_has(STR("=+-@\t\r"), value.ptr[0]))
		buf_add_char(out, '\'');
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, value.ptr[i]);
	}
	buf_add_char(out, '"');
}

void csv_i64(struct buf *out, int64_t value)
{
	if (!at_row_start(out))
		buf_add_char(out, ',');
	buf_fmt(out, "%lld", (long long)value);
}

void csv_end_row(struct buf *out)
{
	buf_add(out, STR("\r\n"));
}
