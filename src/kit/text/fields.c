/* fields.c - lines of fields with tabs between them. */
#include "kit/text/text.h"

#include <string.h>

static const char escapes[] = "tnr\\", escaped[] = "\t\n\r\\";

void text_field_add(struct buf *out, struct str field)
{
	buf_add_char(out, '\t');
	if (!field.ptr)
		buf_add(out, STR("\\N"));
	for (size_t i = 0; i < field.len; i++) {
		const char *at = field.ptr[i] ? strchr(escaped, field.ptr[i]) : NULL;

		if (at)
			buf_add_char(out, '\\');
		buf_add_char(out, at ? escapes[at - escaped] : field.ptr[i]);
	}
}

void text_field_add_i64(struct buf *out, int64_t number)
{
	buf_fmt(out, "\t%lld", (long long)number);
}

static bool unescape(struct str s, struct arena *a, struct str *ret)
{
	char *out;
	size_t len = 0;

	if (str_is(s, "\\N")) {
		*ret = STR_NONE;
		return true;
	}
	out = arena_try(a, s.len + 1);
	if (!out)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		const char *at;

		if (s.ptr[i] != '\\') {
			out[len++] = s.ptr[i];
			continue;
		}
		at = i + 1 < s.len && s.ptr[i + 1] ? strchr(escapes, s.ptr[i + 1]) : NULL;
		if (!at)
			return false;
		out[len++] = escaped[at - escapes];
		i++;
	}
	*ret = (struct str){ out, len };
	return true;
}

bool text_fields(struct str line, struct arena *a, struct str *ret, size_t max, size_t *ret_count)
{
	struct str before, rest;
	size_t count = 0;

	while (count < max) {
		bool is_last = !str_split(line, '\t', &before, &rest);

		if (!unescape(is_last ? line : before, a, &ret[count++]))
			return false;
		if (is_last) {
			*ret_count = count;
			return true;
		}
		line = rest;
	}
	return false;
}
