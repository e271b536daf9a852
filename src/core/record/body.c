/* body.c - a body as JSON: {"ssid": "Khach", "mac": ["…", "…"]}. */
#include "core/record/record_int.h"

#define VALUES_MAX 20000 /* of one record */
#define BODY_BYTES_MAX (4 * MIB)

struct str record_value_of(struct record_body body, struct str field)
{
	for (size_t i = 0; i < body.count; i++)
		if (str_eq(body.at[i].field, field))
			return body.at[i].text;
	return STR_NONE;
}

bool record_body_eq(struct record_body a, struct record_body b)
{
	if (a.count != b.count)
		return false;
	for (size_t i = 0; i < a.count; i++)
		if (!str_eq(a.at[i].field, b.at[i].field) || !str_eq(a.at[i].text, b.at[i].text))
			return false;
	return true;
}

static bool is_followed(struct record_body body, size_t i)
{
	return i + 1 < body.count && str_eq(body.at[i].field, body.at[i + 1].field);
}

struct str record_body_write(struct record_body body, struct arena *a)
{
	struct json j;
	struct buf out;
	struct str kept;
	bool is_list = false;

	buf_init(&out, BODY_BYTES_MAX);
	json_init(&j, &out, false);
	json_object(&j);
	for (size_t i = 0; i < body.count; i++) {
		if (!is_list)
			json_key_str(&j, body.at[i].field);
		if (!is_list && is_followed(body, i)) {
			json_array(&j);
			is_list = true;
		}
		json_str(&j, body.at[i].text);
		if (is_list && !is_followed(body, i)) {
			json_array_end(&j);
			is_list = false;
		}
	}
	json_object_end(&j);
	kept = arena_str(a, buf_str(&out));
	buf_done(&out);
	return kept;
}

/* --- back ------------------------------------------------------------------------------------- */

struct reading {
	struct str rest;
	struct arena *a;
	VEC(struct record_value) values;
};

static bool take_char(struct reading *r, char c)
{
	r->rest = str_trim(r->rest);
	if (r->rest.len == 0 || r->rest.ptr[0] != c)
		return false;
	r->rest = str_from(r->rest, 1);
	return true;
}

/* The four digits after \u, as UTF-8; of the pairs that the writer never needs, none. */
static bool take_point(struct reading *r, struct buf *out)
{
	uint64_t point;
	char bytes[3];

	if (r->rest.len < 4 || !str_to_u64(str_until(r->rest, 4), 16, &point) ||
		(point >= 0xD800 && point < 0xE000))
		return false;
	r->rest = str_from(r->rest, 4);
	if (point < 0x80) {
		buf_add_char(out, (char)point);
		return true;
	}
	if (point < 0x800) {
		bytes[0] = (char)(0xC0 | point >> 6);
	} else {
		buf_add_char(out, (char)(0xE0 | point >> 12));
		bytes[0] = (char)(0x80 | (point >> 6 & 0x3F));
	}
	bytes[1] = (char)(0x80 | (point & 0x3F));
	buf_add(out, (struct str){ bytes, 2 });
	return true;
}

static bool take_escape(struct reading *r, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = r->rest.len ? r->rest.ptr[0] : '\0';
	const char *at = c ? strchr(from, c) : NULL;

	if (!c)
		return false;
	r->rest = str_from(r->rest, 1);
	if (c == 'u')
		return take_point(r, out);
	if (!at)
		return false;
	buf_add_char(out, to[at - from]);
	return true;
}

static bool take_text(struct reading *r, struct str *ret)
{
	struct buf out;
	bool is_sound = take_char(r, '"');

	buf_init(&out, BODY_BYTES_MAX);
	while (is_sound) {
		size_t plain = 0;

		while (plain < r->rest.len && r->rest.ptr[plain] != '"' &&
			r->rest.ptr[plain] != '\\' && (unsigned char)r->rest.ptr[plain] >= ' ')
			plain++;
		buf_add(&out, str_until(r->rest, plain));
		r->rest = str_from(r->rest, plain);
		if (r->rest.len && r->rest.ptr[0] == '"')
			break;
		is_sound = r->rest.len && r->rest.ptr[0] == '\\';
		r->rest = str_from(r->rest, 1);
		is_sound = is_sound && take_escape(r, &out);
	}
	r->rest = str_from(r->rest, 1);
	*ret = arena_str(r->a, buf_str(&out));
	is_sound = is_sound && !buf_is_full(&out) && str_is_utf8(*ret);
	buf_done(&out);
	return is_sound;
}

static bool take_value(struct reading *r, struct str field)
{
	struct str text;

	if (r->values.len == VALUES_MAX || !take_text(r, &text))
		return false;
	vec_push(r->a, &r->values, ((struct record_value){ field, text }));
	return true;
}

static bool take_field(struct reading *r)
{
	struct str field;

	if (!take_text(r, &field) || !take_char(r, ':'))
		return false;
	if (!take_char(r, '['))
		return take_value(r, field);
	if (take_char(r, ']'))
		return true;
	do {
		if (!take_value(r, field))
			return false;
	} while (take_char(r, ','));
	return take_char(r, ']');
}

int record_body_read(struct str json, struct arena *a, struct record_body *ret, struct err *e)
{
	struct reading r = { .rest = json.ptr ? json : STR(""), .a = a };
	bool is_sound = json.len <= BODY_BYTES_MAX && take_char(&r, '{');

	if (is_sound && !take_char(&r, '}')) {
		do
			is_sound = take_field(&r);
		while (is_sound && take_char(&r, ','));
		is_sound = is_sound && take_char(&r, '}');
	}
	if (!is_sound || str_trim(r.rest).len)
		return err_set(e, ERR_INPUT, "the body of a record is no object of texts");
	*ret = (struct record_body){ r.values.at, r.values.len };
	return 0;
}
