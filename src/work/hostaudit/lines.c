/* lines.c - lines out of pieces. The library unpacks into the reader's own buffer, a piece at a
 * time, so a small file that promises gigabytes costs no more than LIMIT_HOST_STREAM_BYTES. */
#include "work/hostaudit/lines.h"

#include <lz4frame.h>
#include <stdlib.h>
#include <string.h>

void line_reader_init(struct line_reader *r, line_fn *line, void *context)
{
	*r = (struct line_reader){ .line = line, .context = context };
	r->bytes = malloc(LIMIT_HOST_LINE_BYTES + LINES_PIECE_BYTES);
	if (!r->bytes)
		abort();
}

void line_reader_done(struct line_reader *r)
{
	free(r->bytes);
	r->bytes = NULL;
}

char *line_reader_room(struct line_reader *r)
{
	return r->bytes + r->have;
}

static void give(struct line_reader *r, struct str line)
{
	if (!r->is_skipping)
		r->has_enough |= !r->line(r->context, line);
}

/* Give away whole lines; keep the rest at the start of the buffer. */
int line_reader_take(struct line_reader *r, size_t n)
{
	struct str rest = { r->bytes, r->have + n };
	ptrdiff_t end;

	r->total += n;
	while (!r->has_enough && (end = str_find_char(rest, '\n')) >= 0) {
		give(r, str_until(rest, (size_t)end));
		r->is_skipping = false;
		rest = str_from(rest, (size_t)end + 1);
	}
	if (!r->has_enough && rest.len >= LIMIT_HOST_LINE_BYTES) {
		give(r, str_until(rest, LIMIT_HOST_LINE_BYTES));
		r->is_skipping = true;
		rest.len = 0;
	}
	if (r->has_enough)
		rest.len = 0;
	memmove(r->bytes, rest.ptr, rest.len);
	r->have = rest.len;
	return !r->has_enough && r->total > LIMIT_HOST_STREAM_BYTES ? ERR_LIMIT : 0;
}

void line_reader_end(struct line_reader *r)
{
	if (r->have > 0 && !r->has_enough)
		give(r, (struct str){ r->bytes, r->have });
	r->have = 0;
}

/* ---- LZ4 ---- */

void unpacker_init(struct unpacker *u, struct line_reader *lines)
{
	LZ4F_dctx *state;

	if (LZ4F_isError(LZ4F_createDecompressionContext(&state, LZ4F_VERSION)))
		abort(); /* no memory */
	*u = (struct unpacker){ lines, state, false };
}

void unpacker_done(struct unpacker *u)
{
	LZ4F_freeDecompressionContext(u->state);
	u->state = NULL;
}

int unpacker_take(struct unpacker *u, struct str piece)
{
	size_t made;

	do {
		size_t used = piece.len, hint;
		int rc;

		made = LINES_PIECE_BYTES;
		hint = LZ4F_decompress(
			u->state, line_reader_room(u->lines), &made, piece.ptr, &used, NULL);
		if (LZ4F_isError(hint) || (piece.len > 0 && used == 0 && made == 0))
			return ERR_INPUT;
		if (made > 0 || used > 0)
			u->is_whole = hint == 0;
		piece = str_from(piece, used);
		rc = line_reader_take(u->lines, made);
		if (rc != 0)
			return rc;
		/* a full piece: the library may hold back more */
	} while (!u->lines->has_enough && (piece.len > 0 || made == LINES_PIECE_BYTES));
	return 0;
}

int unpacker_end(const struct unpacker *u)
{
	return u->is_whole || u->lines->has_enough ? 0 : ERR_INPUT;
}
