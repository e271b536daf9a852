/* parse.c - the small languages browsers send: forms, queries, cookies, paths. */
#include "kit/http/http.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* %XX and, in forms, '+'. False for a broken escape, a NUL or what is not UTF-8. */
static bool decode(struct str s, bool is_form, struct arena *a, struct str *ret)
{
	char *out = arena_try(a, s.len + 1);
	size_t len = 0;

	if (!out)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '%') {
			int high = i + 2 < s.len ? hex_digit(s.ptr[i + 1]) : -1;
			int low = high >= 0 ? hex_digit(s.ptr[i + 2]) : -1;

			if (low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '+' && is_form) {
			c = ' ';
		}
		if (c == '\0')
			return false;
		out[len++] = c;
	}
	out[len] = '\0';
	*ret = (struct str){ out, len };
	return str_is_utf8(*ret);
}

int http_form_parse(struct str text, struct arena *a, struct http_pairs *ret, struct err *e)
{
	VEC(struct http_pair) pairs = { 0 };
	struct str part;

	while (str_next_word(&text, "&", &part)) {
		struct str name = part, value = STR("");
		struct http_pair pair;

		if (pairs.len == LIMIT_HTTP_FIELDS)
			return err_set(
				e, ERR_LIMIT, "more than %d fields in a form", LIMIT_HTTP_FIELDS);
		(void)str_split(part, '=', &name, &value);
		if (!decode(name, true, a, &pair.name) || !decode(value, true, a, &pair.value))
			return err_set(e, ERR_INPUT, "a form field is not text");
		vec_push(a, &pairs, pair);
	}
	ret->at = pairs.at;
	ret->count = pairs.len;
	return 0;
}

struct str http_pair(struct http_pairs pairs, const char *name)
{
	for (size_t i = 0; i < pairs.count; i++) {
		if (str_is(pairs.at[i].name, name))
			return pairs.at[i].value;
	}
	return STR_NONE;
}

struct str http_cookie(struct str header, const char *name)
{
	struct str part, found = STR_NONE;

	for (int n = 0; n < LIMIT_HTTP_COOKIES && str_next_word(&header, ";", &part); n++) {
		struct str key, value;

		if (!str_split(str_trim(part), '=', &key, &value) || !str_is(key, name))
			continue;
		if (found.ptr)
			return STR_NONE;
		found = value;
	}
	return found;
}

struct str http_path_decode(struct str path, struct arena *a)
{
	struct str plain;

	if (!decode(path, false, a, &plain))
		return STR_NONE;
	for (size_t i = 0; i < plain.len; i++) {
		if ((unsigned char)plain.ptr[i] < 0x20 || plain.ptr[i] == 0x7f)
			return STR_NONE;
	}
	return plain;
}

struct str url_piece(struct str s, struct arena *a)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = arena_alloc(a, s.len * 3 + 1);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			(c != '\0' && strchr("-._~", c))) {
			out[len++] = (char)c;
			continue;
		}
		out[len++] = '%';
		out[len++] = digits[c >> 4];
		out[len++] = digits[c & 15];
	}
	return (struct str){ out, len };
}
