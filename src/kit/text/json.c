#include "kit/text/text.h"

#include <utf8proc.h>

void json_init(struct json *j, struct buf *out, bool is_pretty)
{
	*j = (struct json){ .out = out, .is_pretty = is_pretty };
}

static void new_line(struct json *j)
{
	if (!j->is_pretty)
		return;
	buf_add_char(j->out, '\n');
	for (int i = 0; i < j->depth; i++)
		buf_add(j->out, STR("  "));
}

/* What must stand before a value or key: nothing after a key, else comma and a new line. */
static void before_item(struct json *j)
{
	if (j->is_after_key) {
		j->is_after_key = false;
		return;
	}
	if (j->depth == 0)
		return;
	if (j->has_items[j->depth])
		buf_add_char(j->out, ',');
	j->has_items[j->depth] = true;
	new_line(j);
}

static void open_with(struct json *j, char bracket)
{
	before_item(j);
	buf_add_char(j->out, bracket);
	assert(j->depth + 1 < JSON_DEPTH_MAX);
	j->depth++;
	j->has_items[j->depth] = false;
}

static void close_with(struct json *j, char bracket)
{
	bool had_items = j->has_items[j->depth];

	assert(j->depth > 0 && !j->is_after_key);
	j->depth--;
	if (had_items)
		new_line(j);
	buf_add_char(j->out, bracket);
}

void json_object(struct json *j)
{
	open_with(j, '{');
}

void json_object_end(struct json *j)
{
	close_with(j, '}');
}

void json_array(struct json *j)
{
	open_with(j, '[');
}

void json_array_end(struct json *j)
{
	close_with(j, ']');
}

static void write_escaped_byte(struct json *j, unsigned char c)
{
	switch (c) {
	case '"':
		buf_add(j->out, STR("\\\""));
		break;
	case '\\':
		buf_add(j->out, STR("\\\\"));
		break;
	case '\n':
		buf_add(j->out, STR("\\n"));
		break;
	case '\t':
		buf_add(j->out, STR("\\t"));
		break;
	default:
		buf_fmt(j->out, "\\u%04x", c);
	}
}

static void write_string(struct json *j, struct str s)
{
	size_t start = 0;
	size_t i = 0;

	buf_add_char(j->out, '"');
	while (i < s.len) {
		unsigned char c = (unsigned char)s.ptr[i];
		utf8proc_int32_t point;
		utf8proc_ssize_t len = 1;

		if (c >= 0x80)
			len = utf8proc_iterate((const utf8proc_uint8_t *)s.ptr + i,
				(utf8proc_ssize_t)(s.len - i), &point);
		if (len > 0 && c >= 0x20 && c != '"' && c != '\\' && c != 0x7F) {
			i += (size_t)len;
			continue;
		}
		buf_add(j->out, (struct str){ s.ptr + start, i - start });
		if (len < 0)
			buf_add(j->out, STR("\\ufffd"));
		else
			write_escaped_byte(j, c);
		start = ++i;
	}
	buf_add(j->out, (struct str){ s.ptr + start, i - start });
	buf_add_char(j->out, '"');
}

void json_key_str(struct json *j, struct str key)
{
	assert(!j->is_after_key);
	before_item(j);
	write_string(j, key);
	if (j->is_pretty)
		buf_add(j->out, STR(": "));
	else
		buf_add_char(j->out, ':');
	j->is_after_key = true;
}

void json_key(struct json *j, const char *key)
{
	json_key_str(j, str_of(key));
}

void json_str(struct json *j, struct str value)
{
	before_item(j);
	if (value.ptr)
		write_string(j, value);
	else
		buf_add(j->out, STR("null"));
}

void json_cstr(struct json *j, const char *value)
{
	json_str(j, str_of(value));
}

void json_i64(struct json *j, int64_t value)
{
	before_item(j);
	buf_fmt(j->out, "%lld", (long long)value);
}

void json_bool(struct json *j, bool value)
{
	before_item(j);
	buf_add(j->out, value ? STR("true") : STR("false"));
}

void json_null(struct json *j)
{
	json_str(j, STR_NONE);
}

void json_put(struct json *j, const char *key, struct str value)
{
	json_key(j, key);
	json_str(j, value);
}

void json_put_i64(struct json *j, const char *key, int64_t value)
{
	json_key(j, key);
	json_i64(j, value);
}
