/* multipart.c - "multipart/form-data" as it comes, piece by piece, in bounded memory: what belongs
 * to a file is handed on at once, what belongs to a field is kept until it ends.
 *
 * Strict: the first boundary stands at the first byte, each part has one Content-Disposition of
 * form-data with a name, no transfer encoding, and the last boundary must come. */
#include "kit/http/multipart.h"

#include <string.h>

#define BOUNDARY_MAX 70
#define HEAD_BYTES_MAX (8 * KIB)
#define NAME_BYTES_MAX 200

enum place { AT_FIRST, IN_HEAD, IN_FIELD, IN_FILE, IN_NOTHING, BEHIND_BOUNDARY, AT_END };

struct http_multipart {
	struct arena *a;
	struct multipart_sink sink;
	struct buf hold;             /* what is not yet understood */
	struct buf value;            /* of the field that is read */
	struct str name;             /* of it */
	char mark[BOUNDARY_MAX + 8]; /* CR LF, two dashes, the boundary */
	size_t mark_len;
	enum place place;
	size_t files, fields, field_bytes;
	VEC(struct http_pair) pairs;
};

/* --- the boundary, from the Content-Type ------------------------------------------------------ */

static bool is_boundary(struct str s)
{
	if (s.len == 0 || s.len > BOUNDARY_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    (c != '\0' && strchr("'()+_,-./:=?", c))))
			return false;
	}
	return true;
}

bool multipart_is(struct str content_type)
{
	struct str kind = content_type, rest;

	(void)str_split(content_type, ';', &kind, &rest);
	return str_is_nocase(str_trim(kind), "multipart/form-data");
}

static struct str boundary_of(struct str content_type)
{
	struct str part, found = STR_NONE;

	if (!multipart_is(content_type))
		return STR_NONE;
	while (str_next_word(&content_type, ";", &part)) {
		struct str key, value;

		if (!str_split(str_trim(part), '=', &key, &value) ||
			!str_is_nocase(str_trim(key), "boundary"))
			continue;
		if (found.ptr)
			return STR_NONE; /* two of them: nobody can say which is meant */
		value = str_trim(value);
		if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
			value = (struct str){ value.ptr + 1, value.len - 2 };
		found = value;
	}
	return is_boundary(found) ? found : STR_NONE;
}

int multipart_new(struct str content_type, const struct multipart_sink *sink, struct arena *a,
	struct http_multipart **ret, struct err *e)
{
	struct str boundary = boundary_of(content_type);
	struct http_multipart *m;

	if (!boundary.ptr)
		return err_set(e, ERR_INPUT, "a form of parts without one good boundary");
	m = arena_new(a, struct http_multipart);
	m->a = a;
	m->sink = *sink;
	m->mark_len = (size_t)snprintf(m->mark, sizeof(m->mark), "\r\n--%.*s", STR_FMT(boundary));
	buf_init(&m->hold, MULTIPART_PIECE_MAX + 2 * HEAD_BYTES_MAX);
	buf_init(&m->value, LIMIT_HTTP_BODY_BYTES);
	buf_add(&m->hold, STR("\r\n")); /* as if a line had ended before the first one */
	*ret = m;
	return 0;
}

void multipart_free(struct http_multipart *m)
{
	if (!m)
		return;
	buf_done(&m->hold);
	buf_done(&m->value);
}

struct http_pairs multipart_pairs(const struct http_multipart *m)
{
	return (struct http_pairs){ m->pairs.at, m->pairs.len };
}

/* --- the head of a part ----------------------------------------------------------------------- */

struct head {
	struct str name, file;
	bool has_disposition;
};

/* "name="x"" of the disposition, as browsers write it: the quote and the ends of lines as %XX. */
static bool take_parameter(struct str *rest, struct head *h, struct arena *a)
{
	struct str key, value, tail;

	*rest = str_trim(*rest);
	if (!str_split(*rest, '=', &key, &tail) || !str_starts(tail, "\""))
		return false;
	if (!str_split(str_from(tail, 1), '"', &value, rest))
		return false;
	*rest = str_trim(*rest);
	if (rest->len > 0 && !str_starts(*rest, ";"))
		return false;
	*rest = str_from(*rest, 1);
	if (str_is_nocase(str_trim(key), "name") && !h->name.ptr)
		h->name = arena_str(a, value);
	else if (str_is_nocase(str_trim(key), "filename") && !h->file.ptr)
		h->file = arena_str(a, value);
	else
		return false;
	return true;
}

static bool take_disposition(struct str value, struct head *h, struct arena *a)
{
	struct str kind = value, rest = STR("");

	(void)str_split(value, ';', &kind, &rest);
	if (h->has_disposition || !str_is_nocase(str_trim(kind), "form-data"))
		return false;
	h->has_disposition = true;
	while (str_trim(rest).len > 0)
		if (!take_parameter(&rest, h, a))
			return false;
	return true;
}

/* Text that may be shown and kept: UTF-8 without control bytes. */
static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f)
			return false;
	return s.len <= NAME_BYTES_MAX * 4 && str_is_utf8(s);
}

static int read_head(struct str text, struct arena *a, struct head *ret, struct err *e)
{
	struct head h = { 0 };
	struct str line;

	while (str_next_line(&text, &line)) {
		struct str key, value;

		if (!str_split(line, ':', &key, &value))
			return err_set(e, ERR_INPUT, "a line of a part is no header");
		value = str_trim(value);
		if (str_is_nocase(key, "content-disposition") && !take_disposition(value, &h, a))
			return err_set(e, ERR_INPUT, "a part does not say plainly what it is");
		if (str_is_nocase(key, "content-transfer-encoding") &&
			!str_is_nocase(value, "binary") && !str_is_nocase(value, "8bit") &&
			!str_is_nocase(value, "7bit"))
			return err_set(e, ERR_INPUT, "a part is encoded once more");
	}
	if (!h.has_disposition || !h.name.ptr || h.name.len > NAME_BYTES_MAX || !is_name(h.name) ||
		!is_name(h.file))
		return err_set(e, ERR_INPUT, "a part has no good name");
	*ret = h;
	return 0;
}

/* Old browsers send the whole path; the end of it is the name, cut at a whole character. */
static struct str base_name(struct str s)
{
	size_t len;

	for (size_t i = s.len; i > 0; i--)
		if (s.ptr[i - 1] == '/' || s.ptr[i - 1] == '\\') {
			s = str_from(s, i);
			break;
		}
	if (s.len <= NAME_BYTES_MAX)
		return s;
	for (len = NAME_BYTES_MAX; len > 0 && ((unsigned char)s.ptr[len] & 0xc0) == 0x80;)
		len--;
	return str_until(s, len);
}

static int begin_part(struct http_multipart *m, struct str head, struct err *e)
{
	struct head h = { 0 };
	int rc = read_head(head, m->a, &h, e);

	if (rc < 0)
		return rc;
	if (m->fields + m->files == LIMIT_HTTP_FIELDS)
		return err_set(e, ERR_LIMIT, "more than %d parts", LIMIT_HTTP_FIELDS);
	m->name = h.name;
	if (!h.file.ptr) {
		m->fields++;
		m->place = IN_FIELD;
		buf_clear(&m->value);
		return 0;
	}
	if (h.file.len == 0) { /* no file was chosen */
		m->place = IN_NOTHING;
		return 0;
	}
	if (m->files == LIMIT_HTTP_FILES)
		return err_set(e, ERR_LIMIT, "more than %d files", LIMIT_HTTP_FILES);
	m->files++;
	m->place = IN_FILE;
	return m->sink.begin(m->sink.context, h.name, base_name(h.file), e);
}

/* --- what it holds ---------------------------------------------------------------------------- */

static int put(struct http_multipart *m, struct str bytes, struct err *e)
{
	if (m->place == IN_FILE)
		return bytes.len ? m->sink.put(m->sink.context, bytes, e) : 0;
	if (m->place != IN_FIELD)
		return 0;
	m->field_bytes += bytes.len;
	if (m->field_bytes > LIMIT_HTTP_BODY_BYTES)
		return err_set(e, ERR_LIMIT, "the fields of a form are too long");
	buf_add(&m->value, bytes);
	return 0;
}

static int end_part(struct http_multipart *m, struct err *e)
{
	struct http_pair pair = { m->name, STR_NONE };

	if (m->place == IN_FILE)
		return m->sink.end(m->sink.context, e);
	if (m->place != IN_FIELD)
		return 0;
	pair.value = arena_str(m->a, buf_str(&m->value));
	if (!str_is_utf8(pair.value) || str_has(pair.value, '\0'))
		return err_set(e, ERR_INPUT, "a form field is not text");
	vec_push(m->a, &m->pairs, pair);
	return 0;
}

/* --- step by step ----------------------------------------------------------------------------- */

static void drop(struct http_multipart *m, size_t count)
{
	memmove(m->hold.ptr, m->hold.ptr + count, m->hold.len - count);
	m->hold.len -= count;
}

/* Content up to the boundary, or up to what might become one. 1 go on, 0 more bytes are needed. */
static int read_content(struct http_multipart *m, struct err *e)
{
	struct str hold = buf_str(&m->hold), mark = { m->mark, m->mark_len };
	ptrdiff_t at = str_find(hold, mark);
	size_t len = at >= 0 ? (size_t)at : hold.len > mark.len ? hold.len - mark.len : 0;
	int rc = 0;

	if (m->place == AT_FIRST) {
		size_t known = hold.len < mark.len ? hold.len : mark.len;

		if (memcmp(hold.ptr, mark.ptr, known) != 0)
			return err_set(e, ERR_INPUT, "the form does not begin with its boundary");
	} else {
		rc = put(m, str_until(hold, len), e);
	}
	if (rc == 0 && at >= 0)
		rc = end_part(m, e);
	if (rc < 0)
		return rc;
	if (at < 0) {
		if (m->place != AT_FIRST)
			drop(m, len);
		return 0;
	}
	m->place = BEHIND_BOUNDARY;
	drop(m, len + mark.len);
	return 1;
}

static int read_behind(struct http_multipart *m, struct err *e)
{
	struct str hold = buf_str(&m->hold);

	if (hold.len < 2)
		return 0;
	if (str_starts(hold, "--"))
		m->place = AT_END;
	else if (str_starts(hold, "\r\n"))
		m->place = IN_HEAD;
	else
		return err_set(e, ERR_INPUT, "a boundary does not end its line");
	drop(m, 2);
	return 1;
}

static int read_part_head(struct http_multipart *m, struct err *e)
{
	struct str hold = buf_str(&m->hold);
	ptrdiff_t at = str_find(hold, STR("\r\n\r\n"));
	int rc;

	if (at > (ptrdiff_t)HEAD_BYTES_MAX || (at < 0 && hold.len > HEAD_BYTES_MAX + 3))
		return err_set(e, ERR_LIMIT, "the head of a part is too long");
	if (at < 0)
		return 0;
	rc = begin_part(m, str_until(hold, (size_t)at), e);
	if (rc < 0)
		return rc;
	drop(m, (size_t)at + 4);
	return 1;
}

static int step(struct http_multipart *m, struct err *e)
{
	switch (m->place) {
	case AT_FIRST:
	case IN_FIELD:
	case IN_FILE:
	case IN_NOTHING:
		return read_content(m, e);
	case BEHIND_BOUNDARY:
		return read_behind(m, e);
	case IN_HEAD:
		return read_part_head(m, e);
	case AT_END:
		break;
	}
	buf_clear(&m->hold); /* what stands behind the last boundary means nothing */
	return 0;
}

int multipart_add(struct http_multipart *m, struct str bytes, struct err *e)
{
	while (bytes.len > 0) {
		size_t len = bytes.len < MULTIPART_PIECE_MAX ? bytes.len : MULTIPART_PIECE_MAX;
		int rc;

		buf_add(&m->hold, str_until(bytes, len));
		bytes = str_from(bytes, len);
		while ((rc = step(m, e)) == 1)
			;
		if (rc < 0)
			return rc;
		if (buf_is_full(&m->hold))
			return err_set(e, ERR_LIMIT, "the form is not readable");
	}
	return 0;
}

int multipart_end(struct http_multipart *m, struct err *e)
{
	if (m->place != AT_END)
		return err_set(e, ERR_INPUT, "the form ends before its last boundary");
	return 0;
}
