#include "kit/text/text.h"

#include <utf8proc.h>

size_t text_width(struct str s)
{
	size_t width = 0;

	for (size_t i = 0; i < s.len;) {
		utf8proc_int32_t point;
		utf8proc_ssize_t step = utf8proc_iterate(
			(const utf8proc_uint8_t *)s.ptr + i, (utf8proc_ssize_t)(s.len - i), &point);
		int cells = step < 1 ? 1 : utf8proc_charwidth(point);

		width += cells > 0 ? (size_t)cells : 0;
		i += step < 1 ? 1 : (size_t)step;
	}
	return width;
}

static void blanks(struct buf *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_add_char(out, ' ');
}

void text_pad(struct buf *out, struct str s, size_t width)
{
	size_t has = text_width(s);

	buf_add(out, s);
	blanks(out, has < width ? width - has : 0);
}

void text_wrap(struct buf *out, struct str s, size_t at, size_t indent, size_t width)
{
	struct str line, word;
	bool is_first_line = true;

	while (str_next_line(&s, &line)) {
		bool is_line_start = true;

		if (!is_first_line) {
			buf_add_char(out, '\n');
			if (line.len > 0)
				blanks(out, indent);
			at = indent;
		}
		is_first_line = false;
		while (str_next_word(&line, " ", &word)) {
			size_t need = text_width(word);

			if (!is_line_start && at + 1 + need > width) {
				buf_add_char(out, '\n');
				blanks(out, indent);
				at = indent;
				is_line_start = true;
			}
			if (!is_line_start)
				buf_add_char(out, ' ');
			buf_add(out, word);
			at += need + (is_line_start ? 0 : 1);
			is_line_start = false;
		}
	}
	buf_add_char(out, '\n');
}
