/* import_lines.c - what is a line in an old file. */
#include "face/intake/import.h"

#define FORM_BYTES 64       /* enough to know it by */
#define ENTRY_MAX (1 * MIB) /* of an <Event> */
#define UTF16_PIECE (64 * KIB)
#define UTF8_MAX (2 * UTF16_PIECE)

void import_lines_init(struct import_lines *l, size_t max_bytes, import_take *take, void *context)
{
	*l = (struct import_lines){ .max_bytes = max_bytes, .take = take, .context = context };
	buf_init(&l->part, ENTRY_MAX);
	buf_init(&l->line, ENTRY_MAX);
	buf_init(&l->text, UTF8_MAX);
	export_init(&l->journal, max_bytes);
}

void import_lines_done(struct import_lines *l)
{
	export_done(&l->journal);
	buf_done(&l->part);
	buf_done(&l->line);
	buf_done(&l->text);
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

struct giving {
	struct import_lines *l;
	struct err *e;
	int rc;
};

static bool give_entry(void *context, const struct export_entry *entry)
{
	struct giving *g = context;

	g->rc = give(g->l, entry->json, entry->is_cut, g->e);
	return g->rc == 0;
}

static int feed_journal(struct import_lines *l, struct str chunk, struct err *e)
{
	struct giving g = { .l = l, .e = e };
	ssize_t used = export_feed(&l->journal, chunk, give_entry, &g, e);

	return used < 0 ? (int)used : g.rc;
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

static int give_events(struct import_lines *l, struct err *e)
{
	size_t used = 0, end;
	struct str event;
	int rc = 0;

	while (rc == 0 && (end = event_end(str_from(buf_str(&l->part), used), &event)) > 0) {
		rc = give_event(l, event, e);
		used += end;
	}
	memmove(l->part.ptr, l->part.ptr + used, l->part.len - used);
	l->part.len -= used;
	return rc;
}

/* In pieces, so that what is left over and a piece fit into PART. */
static int feed_events(struct import_lines *l, struct str chunk, struct err *e)
{
	int rc = 0;

	while (chunk.len && rc == 0) {
		size_t room = l->part.max - l->part.len,
		       piece = chunk.len < room ? chunk.len : room;

		if (room == 0)
			return err_set(e, ERR_INPUT, "an entry of more than %u bytes", ENTRY_MAX);
		buf_add(&l->part, str_until(chunk, piece));
		chunk = str_from(chunk, piece);
		rc = l->part.len ? give_events(l, e) : 0;
	}
	return rc;
}

/* --- all of them ------------------------------------------------------------------------------ */

static int feed(struct import_lines *l, struct str chunk, struct err *e)
{
	if (l->form == IMPORT_JOURNAL)
		return feed_journal(l, chunk, e);
	return l->form == IMPORT_LINES ? feed_lines(l, chunk, e) : feed_events(l, chunk, e);
}

static int feed_text(struct import_lines *l, struct str chunk, struct err *e)
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

/* In pieces. What stands before half a character is taken, however the file was cut. */
static int feed_utf16(struct import_lines *l, struct str chunk, struct err *e)
{
	int rc = 0, taken = 0;

	while (rc == 0 && taken == 0 && chunk.len) {
		buf_clear(&l->text);
		rc = import_utf16_feed(&l->utf16, str_until(chunk, UTF16_PIECE), &l->text, e);
		chunk = str_from(chunk, UTF16_PIECE);
		if (l->text.len)
			taken = feed_text(l, buf_str(&l->text), rc < 0 ? &(struct err){ 0 } : e);
	}
	return rc < 0 ? rc : taken;
}

int import_feed(struct import_lines *l, struct str chunk, struct err *e)
{
	struct str mark = { l->mark, 2 };
	int rc = 0;

	if (l->mark_len < 2) {
		while (l->mark_len < 2 && chunk.len) {
			l->mark[l->mark_len++] = chunk.ptr[0];
			chunk = str_from(chunk, 1);
		}
		if (l->mark_len < 2)
			return 0;
		l->is_utf16 = import_is_utf16(mark);
		import_utf16_init(&l->utf16, str_starts(mark, "\xfe"));
		rc = l->is_utf16 ? 0 : feed_text(l, mark, e);
	}
	if (rc < 0)
		return rc;
	return l->is_utf16 ? feed_utf16(l, chunk, e) : feed_text(l, chunk, e);
}

/* Has it ended within an entry? The last line needs no end. */
static bool is_entry_cut(struct import_lines *l)
{
	struct str left = buf_str(&l->part);

	if (l->form == IMPORT_JOURNAL)
		return !export_is_between(&l->journal);
	return l->form == IMPORT_XML &&
	       (str_find(left, STR("<Event ")) >= 0 || str_find(left, STR("<Event>")) >= 0);
}

int import_end(struct import_lines *l, struct err *e)
{
	int rc = 0;

	if (l->mark_len == 1)
		rc = feed_text(l, (struct str){ l->mark, 1 }, e);
	if (rc < 0)
		return rc;
	if (l->form == IMPORT_UNKNOWN && l->line.len) {
		struct str first = buf_str(&l->line);

		l->form = import_form_of(first);
		l->line = (struct buf){ .max = ENTRY_MAX };
		rc = feed(l, first, e);
		free((char *)first.ptr);
	}
	if (rc == 0 && l->form == IMPORT_LINES)
		rc = give(l, without_cr(buf_str(&l->part)), l->is_skipping, e);
	if (rc == 0 && l->form == IMPORT_JOURNAL && !export_is_between(&l->journal))
		rc = feed_journal(l, STR("\n\n"), e); /* the last empty line may be missing */
	if (rc == 0 && is_entry_cut(l))
		rc = err_set(e, ERR_INPUT, "its last entry is cut off");
	buf_clear(&l->part);
	if (rc == 0 && l->is_utf16)
		rc = import_utf16_end(&l->utf16, e);
	return rc;
}
