/* gate.c - what is refused before anybody looks at it. Servers, proxies and browsers have disagreed
 * about each of these, and every disagreement was a way in. */
#include "kit/http/http_int.h"

static bool is_token(struct str s)
{
	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		bool is_letter =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!is_letter && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return true;
}

/* Visible characters, and for values blanks, tabs and bytes above 127. */
static bool is_clean(struct str s, bool is_value)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c == 0x7f || c < 0x20 ? !(is_value && c == '\t') :
					    !is_value && (c == 0x20 || c > 0x7f))
			return false;
	}
	return true;
}

static int headers_status(const struct gate *g)
{
	int hosts = 0, lengths = 0, codings = 0;

	if (g->header_count > LIMIT_HTTP_HEADERS)
		return 431;
	for (size_t i = 0; i < g->header_count; i++) {
		struct str name = g->headers[i].name, value = g->headers[i].value;
		uint64_t number;

		if (!is_token(name) || !is_clean(value, true))
			return 400;
		hosts += str_is_nocase(name, "host");
		if (str_is_nocase(name, "content-length")) {
			lengths++;
			if (value.len == 0 || value.ptr[0] == '+' ||
				!str_to_u64(value, 10, &number))
				return 400;
		}
		if (str_is_nocase(name, "transfer-encoding")) {
			codings++;
			if (!str_is_nocase(value, "chunked"))
				return 501;
		}
	}
	if (hosts != 1 || lengths > 1 || codings > 1 || (lengths && codings))
		return 400;
	return 0;
}

int gate_status(const struct gate *g)
{
	if (!is_token(g->method))
		return 400;
	if (!str_is(g->method, "GET") && !str_is(g->method, "HEAD") && !str_is(g->method, "POST"))
		return 405;
	if (!str_is(g->version, "HTTP/1.1") && !str_is(g->version, "HTTP/1.0"))
		return 400;
	if (g->target.len > LIMIT_HTTP_TARGET_BYTES)
		return 414;
	if (!str_starts(g->target, "/") || str_starts(g->target, "//") ||
		!is_clean(g->target, false) || str_has(g->target, '#'))
		return 400;
	return headers_status(g);
}

int64_t gate_content_length(const struct gate *g)
{
	for (size_t i = 0; i < g->header_count; i++) {
		uint64_t number;

		if (str_is_nocase(g->headers[i].name, "content-length") &&
			str_to_u64(g->headers[i].value, 10, &number))
			return number > INT64_MAX ? INT64_MAX : (int64_t)number;
	}
	return -1;
}
