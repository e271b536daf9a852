#include "kit/syslog/upload.h"

#define CONTENT_TYPE "application/vnd.fdo.journal"
#define CHUNK_LINE_MAX 256
#define CHUNK_DIGITS 8

void upload_init(struct upload *u, size_t max_bytes)
{
	*u = (struct upload){ .status = 400 };
	export_init(&u->entries, max_bytes);
	buf_init(&u->head, UPLOAD_HEAD_MAX);
}

void upload_done(struct upload *u)
{
	export_done(&u->entries);
	buf_done(&u->head);
}

size_t upload_bytes(const struct upload *u)
{
	return export_bytes(&u->entries) + u->head.room;
}

static int bad(struct upload *u, int status, struct err *e)
{
	u->status = status;
	return err_set(e, ERR_INPUT, "no upload of a journal (%d)", status);
}

/* --- the head --------------------------------------------------------------------------------- */

struct head {
	bool has_length, has_type, is_chunked, goes_on;
	uint64_t length;
};

static bool is_word(struct str s, const char *word)
{
	struct str want = str_of(word);

	if (s.len != want.len)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] | 32 : s.ptr[i]) != want.ptr[i])
			return false;
	return true;
}

static int header(struct upload *u, struct str line, struct head *h, struct err *e)
{
	struct str name, value;

	if (!str_split(line, ':', &name, &value) || name.len == 0)
		return bad(u, 400, e);
	value = str_trim(value);
	if (is_word(name, "content-length")) {
		if (h->has_length || value.len == 0 || value.ptr[0] < '0' || value.ptr[0] > '9' ||
			!str_to_u64(value, 10, &h->length))
			return bad(u, 400, e);
		h->has_length = true;
	} else if (is_word(name, "transfer-encoding")) {
		if (h->is_chunked || !is_word(value, "chunked"))
			return bad(u, 400, e);
		h->is_chunked = true;
	} else if (is_word(name, "content-type")) {
		h->has_type = is_word(value, CONTENT_TYPE);
	} else if (is_word(name, "expect")) {
		if (!is_word(value, "100-continue"))
			return bad(u, 417, e);
		h->goes_on = true;
	}
	return 0;
}

/* The whole head stands in u->head. */
static int end_head(struct upload *u, const struct upload_calls *calls, struct err *e)
{
	struct str rest = buf_str(&u->head), line;
	struct head h = { 0 };
	int rc = 0;

	if (!str_next_line(&rest, &line))
		return bad(u, 400, e);
	if (!str_starts(line, "POST "))
		return bad(u, 405, e);
	if (!str_is(line, "POST /upload HTTP/1.1"))
		return bad(u, 404, e);
	while (rc == 0 && str_next_line(&rest, &line) && line.len > 0)
		rc = header(u, line, &h, e);
	if (rc < 0)
		return rc;
	if (h.has_length == h.is_chunked)
		return bad(u, h.is_chunked ? 400 : 411, e);
	if (!h.has_type)
		return bad(u, 415, e);
	if (h.goes_on)
		calls->event(calls->context, UPLOAD_GO_ON);
	buf_clear(&u->head);
	u->is_chunked = h.is_chunked;
	u->left = h.length;
	u->state = h.is_chunked ? UPLOAD_CHUNK : UPLOAD_BYTES;
	return 0;
}

/* --- the body --------------------------------------------------------------------------------- */

static int end_body(struct upload *u, const struct upload_calls *calls, struct err *e)
{
	if (!export_is_between(&u->entries))
		return bad(u, 400, e); /* cut off within an entry */
	calls->event(calls->context, UPLOAD_DONE);
	buf_done(&u->head);
	buf_init(&u->head, UPLOAD_HEAD_MAX);
	u->state = UPLOAD_HEAD;
	return 0;
}

/* "1f4a" with CR LF; what follows a ';' is not heeded. */
static int end_chunk_line(struct upload *u, struct err *e)
{
	struct str line = str_until(buf_str(&u->head), u->head.len - 2), digits = line, rest;

	(void)str_split(line, ';', &digits, &rest);
	digits = str_trim(digits);
	if (digits.len == 0 || digits.len > CHUNK_DIGITS || digits.ptr[0] == '+' ||
		digits.ptr[0] == '-' || !str_to_u64(digits, 16, &u->left))
		return bad(u, 400, e);
	buf_clear(&u->head);
	u->state = u->left ? UPLOAD_BYTES : UPLOAD_TRAILER;
	return 0;
}

static bool ends(struct upload *u, const char *with)
{
	return str_ends(buf_str(&u->head), with);
}

/* One byte of what is read by lines. */
static int feed_line(struct upload *u, char c, const struct upload_calls *calls, struct err *e)
{
	size_t max = u->state == UPLOAD_HEAD ? UPLOAD_HEAD_MAX : CHUNK_LINE_MAX;

	if (u->head.len == max)
		return bad(u, u->state == UPLOAD_HEAD ? 431 : 400, e);
	buf_add_char(&u->head, c);
	if (c != '\n')
		return 0;
	if (!ends(u, "\r\n"))
		return bad(u, 400, e);
	switch (u->state) {
	case UPLOAD_HEAD:
		return ends(u, "\r\n\r\n") ? end_head(u, calls, e) : 0;
	case UPLOAD_CHUNK:
		return end_chunk_line(u, e);
	case UPLOAD_CHUNK_END:
		if (u->head.len != 2)
			return bad(u, 400, e);
		u->state = UPLOAD_CHUNK;
		break;
	default: /* trailers are not heeded */
		if (u->head.len == 2)
			return end_body(u, calls, e);
	}
	buf_clear(&u->head);
	return 0;
}

/* Bytes of entries off REST: how many, 0 when the next is not to be had now, or ERR_INPUT. */
static ssize_t feed_bytes(
	struct upload *u, struct str rest, const struct upload_calls *calls, struct err *e)
{
	struct str piece = rest.len > u->left ? str_until(rest, (size_t)u->left) : rest;
	ssize_t used = export_feed(&u->entries, piece, calls->take, calls->context, e);

	if (used < 0)
		return bad(u, 400, e);
	u->left -= (uint64_t)used;
	if (u->left == 0)
		u->state = UPLOAD_CHUNK_END;
	return used;
}

ssize_t upload_feed(
	struct upload *u, struct str chunk, const struct upload_calls *calls, struct err *e)
{
	size_t at = 0;

	while (at < chunk.len) {
		ssize_t used = 1;

		if (u->state == UPLOAD_BYTES && u->left)
			used = feed_bytes(u, str_from(chunk, at), calls, e);
		else
			used = feed_line(u, chunk.ptr[at], calls, e) < 0 ? ERR_INPUT : 1;
		if (used < 0)
			return ERR_INPUT;
		if (used == 0)
			break;
		at += (size_t)used;
		if (!u->is_chunked && u->left == 0 &&
			(u->state == UPLOAD_CHUNK_END || u->state == UPLOAD_BYTES) &&
			end_body(u, calls, e) < 0)
			return ERR_INPUT;
	}
	return (ssize_t)at;
}

void upload_answer(struct buf *out, int status)
{
	static const struct {
		int status;
		const char *words;
	} answers[] = { { 202, "Accepted" }, { 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 411, "Length Required" }, { 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" }, { 431, "Request Header Fields Too Large" } };
	const char *words = "Bad Request";

	if (status == 100) {
		buf_add(out, STR("HTTP/1.1 100 Continue\r\n\r\n"));
		return;
	}
	for (size_t i = 0; i < COUNT(answers); i++)
		if (answers[i].status == status)
			words = answers[i].words;
	buf_fmt(out, "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n%s\r\n%s",
		status, words, status == 202 ? 4 : 0, status == 202 ? "" : "Connection: close\r\n",
		status == 202 ? "OK.\n" : "");
}
