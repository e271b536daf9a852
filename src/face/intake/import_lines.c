/* import_lines.c - what is a line in an old file. */
#include "face/intake/import.h"

#define FORM_BYTES 64       /* enough to know it by */
#define ENTRY_MAX (1 * MIB) /* of a journal's export, or an <Event> */

void import_lines_init(struct import_lines *l, size_t max_bytes, import_take *take, void *context)
{
	*l = (struct import_lines){ .max_bytes = max_bytes, .take = take, .context = context };
	buf_init(&l->part, ENTRY_MAX);
	buf_init(&l->line, ENTRY_MAX);
}

void import_lines_done(struct import_lines *l)
{
	buf_done(&l->part);
	buf_done(&l->line);
}

enum import_form import_form_of(struct str s)
{
	if (str_starts(s, "\xef\xbb\xbf"))
		s = str_from(s, 3);
	s = str_trim(s);
	if (str_starts(s, "__CURSOR=") || str_starts(s, "__REALTIME_TIMESTAMP="))
		return IMPORT_JOURNAL;
	if (str_starts(s, "<?xml") || str_starts(s, "<Events") || str_starts(s, "<Event "))
		return IMPORT_XML;
	return IMPORT_LINES;
}

static int give(struct import_lines *l, struct str line, bool is_cut, struct err *e)
{
	if (line.len == 0)
		return 0;
	return l->take(
		l->context, str_until(line, l->max_bytes), is_cut || line.len > l->max_bytes, e);
}

/* --- lines ------------------------------------------------------------------------------------ */

static struct str without_cr(struct str line)
{
	return line.len && line.ptr[line.len - 1] == '\r' ? str_until(line, line.len - 1) : line;
}

/* As much of a line as is wanted; the rest of it is passed over. */
static void add_part(struct import_lines *l, struct str piece)
{
	size_t room = l->max_bytes + 1 > l->part.len ? l->max_bytes + 1 - l->part.len : 0;

	if (piece.len > room)
		l->is_skipping = true;
	buf_add(&l->part, str_until(piece, room));
}

static int feed_lines(struct import_lines *l, struct str chunk, struct err *e)
{
	int rc = 0;

	while (chunk.len && rc == 0) {
		const char *end = memchr(chunk.ptr, '\n', chunk.len);
		struct str line = str_until(chunk, end ? (size_t)(end - chunk.ptr) : chunk.len);

		chunk = str_from(chunk, line.len + (end ? 1 : 0));
		if (!end || l->part.len) {
			add_part(l, line);
			line = buf_str(&l->part);
		}
		if (!end)
			break;
		rc = give(l, without_cr(line), l->is_skipping, e);
		l->is_skipping = false;
		buf_clear(&l->part);
	}
	return rc;
}

/* --- a journal's export ----------------------------------------------------------------------- */

/* One field off the entry: "NAME=text LF", or "NAME LF" with eight bytes of length, little-endian,
 * the bytes and LF. 1, 0 when there is none, ERR_INPUT. */
static int next_field(struct str *rest, struct str *ret_name, struct str *ret_value)
{
	struct str line;
	uint64_t size = 0;

	if (!str_next_line(rest, &line))
		return 0;
	if (str_split(line, '=', ret_name, ret_value))
		return 1;
	if (rest->len < 8)
		return ERR_INPUT;
	for (int i = 7; i >= 0; i--)
		size = size << 8 | (unsigned char)rest->ptr[i];
	if (size > rest->len - 8)
		return ERR_INPUT;
	*ret_name = line;
	*ret_value = (struct str){ rest->ptr + 8, (size_t)size };
	*rest = str_from(*rest, 8 + (size_t)size);
	if (rest->len && rest->ptr[0] == '\n')
		*rest = str_from(*rest, 1);
	return 1;
}

/* Where the entry at the beginning of S ends, its empty line included; 0: not yet. */
static size_t entry_end(struct str s)
{
	struct str rest = s, name, value;

	while (rest.len) {
		const char *end = memchr(rest.ptr, '\n', rest.len);

		if (!end)
			return 0;
		if (end == rest.ptr)
			return s.len - rest.len + 1;
		if (next_field(&rest, &name, &value) <= 0)
			return 0;
	}
	return 0;
}

static int give_entry(struct import_lines *l, struct str entry, struct err *e)
{
	struct str name, value;
	struct json j;
	size_t fields = 0;

	buf_clear(&l->line);
	json_init(&j, &l->line, false);
	json_object(&j);
	while (entry.len && entry.ptr[0] != '\n' && next_field(&entry, &name, &value) > 0) {
		if (str_is(name, "__CURSOR") || str_is(name, "__MONOTONIC_TIMESTAMP"))
			continue;
		json_key_str(&j, name);
		json_str(&j, value);
		fields++;
	}
	json_object_end(&j);
	if (fields == 0)
		return 0;
	return give(l, str_trim(buf_str(&l->line)), buf_is_full(&l->line), e);
}

/* --- <Event> ---------------------------------------------------------------------------------- */

/* The element at the beginning of S, what stands before it passed over: where it ends, or 0. */
static size_t event_end(struct str s, struct str *ret)
{
	ptrdiff_t from = str_find(s, STR("<Event ")), to = str_find(s, STR("</Event>"));

	if (from < 0 || to < from)
		from = str_find(s, STR("<Event>"));
	if (from < 0 || to < from)
		return 0;
	*ret = (struct str){ s.ptr + from, (size_t)(to - from) + 8 };
	return (size_t)to + 8;
}

/* In one line: line feeds within are blanks. */
static int give_event(struct import_lines *l, struct str event, struct err *e)
{
	buf_clear(&l->line);
	for (size_t i = 0; i < event.len; i++) {
		char ch = event.ptr[i];

		if (ch == '\r' || ch == '\n' || ch == '\t')
			ch = ' ';
		if (ch != ' ' || (l->line.len && l->line.ptr[l->line.len - 1] != ' '))
			buf_add_char(&l->line, ch);
	}
	return give(l, buf_str(&l->line), false, e);
}

/* --- both ------------------------------------------------------------------------------------- */

static size_t record_end(const struct import_lines *l, struct str s, struct str *ret)
{
	size_t end;

	if (l->form == IMPORT_XML)
		return event_end(s, ret);
	end = entry_end(s);
	*ret = str_until(s, end);
	return end;
}

static int give_records(struct import_lines *l, struct err *e)
{
	size_t used = 0, end;
	struct str record;
	int rc = 0;

	while (rc == 0 && (end = record_end(l, str_from(buf_str(&l->part), used), &record)) > 0) {
		rc = l->form == IMPORT_XML ? give_event(l, record, e) : give_entry(l, record, e);
		used += end;
	}
	memmove(l->part.ptr, l->part.ptr + used, l->part.len - used);
	l->part.len -= used;
	return rc;
}

/* In pieces, so that what is left over and a piece fit into PART. */
static int feed_records(struct import_lines *l, struct str chunk, struct err *e)
{
	int rc = 0;

	while (chunk.len && rc == 0) {
		size_t room = l->part.max - l->part.len,
		       piece = chunk.len < room ? chunk.len : room;

		if (room == 0)
			return err_set(e, ERR_INPUT, "an entry of more than %u bytes", ENTRY_MAX);
		buf_add(&l->part, str_until(chunk, piece));
		chunk = str_from(chunk, piece);
		rc = l->part.len ? give_records(l, e) : 0;
	}
	return rc;
}

static int feed(struct import_lines *l, struct str chunk, struct err *e)
{
	return l->form == IMPORT_LINES ? feed_lines(l, chunk, e) : feed_records(l, chunk, e);
}

int import_feed(struct import_lines *l, struct str chunk, struct err *e)
{
	struct str first;
	int rc;

	if (l->form != IMPORT_UNKNOWN)
		return feed(l, chunk, e);
	buf_add(&l->line, str_until(chunk, FORM_BYTES));
	chunk = str_from(chunk, FORM_BYTES);
	if (l->line.len < FORM_BYTES)
		return 0;
	l->form = import_form_of(buf_str(&l->line));
	first = buf_str(&l->line);
	l->line = (struct buf){ .max = ENTRY_MAX };
	rc = feed(l, first, e);
	free((char *)first.ptr);
	return rc < 0 ? rc : feed(l, chunk, e);
}

int import_end(struct import_lines *l, struct err *e)
{
	int rc = 0;

	if (l->form == IMPORT_UNKNOWN && l->line.len) {
		struct str first = buf_str(&l->line);

		l->form = import_form_of(first);
		l->line = (struct buf){ .max = ENTRY_MAX };
		rc = feed(l, first, e);
		free((char *)first.ptr);
	}
	if (rc == 0 && l->form == IMPORT_LINES)
		rc = give(l, without_cr(buf_str(&l->part)), l->is_skipping, e);
	if (rc == 0 && l->form == IMPORT_JOURNAL && l->part.len) {
		buf_add(&l->part, STR("\n\n")); /* the last empty line may be missing */
		rc = give_records(l, e);
	}
	buf_clear(&l->part);
	return rc;
}
