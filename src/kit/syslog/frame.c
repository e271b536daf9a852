#include "kit/syslog/frame.h"

#define DIGITS_MAX 9
#define KEEP_BYTES 4096 /* a stream that had one long line does not hold its room for ever */

enum start { START_UNKNOWN, START_COUNT, START_LINE };

void frame_init(struct frame *f, size_t max_bytes)
{
	*f = (struct frame){ .max_bytes = max_bytes };
	buf_init(&f->carry, max_bytes + 1);
}

void frame_done(struct frame *f)
{
	buf_done(&f->carry);
}

size_t frame_bytes(const struct frame *f)
{
	return f->carry.room;
}

static void drop_carry(struct frame *f)
{
	if (f->carry.room > KEEP_BYTES) {
		buf_done(&f->carry);
		buf_init(&f->carry, f->max_bytes + 1);
	}
	buf_clear(&f->carry);
}

/* As much of PIECE as a frame may have, and one byte: it may be the CR that does not count. */
static void carry(struct frame *f, struct str piece)
{
	size_t room = f->max_bytes + 1 - f->carry.len;

	buf_add(&f->carry, str_until(piece, room));
	if (piece.len > room)
		f->carry.is_full = true;
}

/* What begins with S? Digits are counted before they are looked at as a number. */
static enum start start_of(
	const struct frame *f, struct str s, uint64_t *ret_count, size_t *ret_header)
{
	uint64_t count = 0;
	size_t at = 0;

	while (at < s.len && at < DIGITS_MAX && s.ptr[at] >= '0' && s.ptr[at] <= '9') {
		if (at == 0 && s.ptr[at] == '0')
			return START_LINE;
		count = count * 10 + (uint64_t)(s.ptr[at++] - '0');
	}
	if (at == s.len)
		return START_UNKNOWN;
	if (at == 0 || s.ptr[at] != ' ')
		return START_LINE;
	at++;
	if (!f->is_counting && at == s.len)
		return START_UNKNOWN;
	if (!f->is_counting && s.ptr[at] != '<')
		return START_LINE;
	*ret_count = count;
	*ret_header = at;
	return START_COUNT;
}

/* Takes on what begins, when enough of it is there to know. */
static void start(struct frame *f, struct str chunk, size_t *at)
{
	struct str s = str_from(chunk, *at);
	uint64_t count = 0;
	size_t header = 0;
	bool is_carried = f->carry.len > 0;
	enum start what;

	if (is_carried) {
		buf_add_char(&f->carry, chunk.ptr[(*at)++]);
		s = buf_str(&f->carry);
	}
	what = start_of(f, s, &count, &header);
	if (what == START_UNKNOWN) {
		if (!is_carried) {
			buf_add(&f->carry, s);
			*at = chunk.len;
		}
		return;
	}
	/* the byte that told it is not of the header */
	if (is_carried && (what == START_LINE || header < s.len)) {
		(*at)--;
		f->carry.len--;
	}
	if (what == START_LINE) {
		f->in_line = true;
		return;
	}
	if (is_carried)
		buf_clear(&f->carry);
	else
		*at += header;
	f->in_count = f->is_counting = true;
	f->left = count;
}

static struct str without_cr(struct str line)
{
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* Gives LINE away. An empty one is nothing. */
static bool give(struct frame *f, struct str line, frame_take *take, void *context)
{
	bool is_cut = f->carry.is_full || line.len > f->max_bytes;

	return line.len == 0 || take(context, str_until(line, f->max_bytes), is_cut);
}

/* False: not taken, and nothing has changed. */
static bool feed_counted(
	struct frame *f, struct str chunk, size_t *at, frame_take *take, void *context)
{
	size_t here = chunk.len - *at;
	struct str piece;

	if (here > f->left)
		here = f->left;
	piece = str_until(str_from(chunk, *at), here);
	if (here < f->left || f->carry.len) {
		struct buf before = f->carry;

		carry(f, piece);
		if (here == f->left && !give(f, buf_str(&f->carry), take, context)) {
			f->carry.len = before.len;
			f->carry.is_full = before.is_full;
			return false;
		}
		if (here == f->left)
			drop_carry(f);
	} else if (!give(f, piece, take, context)) {
		return false;
	}
	*at += here;
	f->left -= here;
	f->in_count = f->left > 0;
	return true;
}

static bool feed_line(
	struct frame *f, struct str chunk, size_t *at, frame_take *take, void *context)
{
	struct str rest = str_from(chunk, *at), piece;
	const char *end = memchr(rest.ptr, '\n', rest.len);

	piece = end ? str_until(rest, (size_t)(end - rest.ptr)) : rest;
	if (!end || f->carry.len) {
		struct buf before = f->carry;

		carry(f, piece);
		if (end && !give(f, without_cr(buf_str(&f->carry)), take, context)) {
			f->carry.len = before.len;
			f->carry.is_full = before.is_full;
			return false;
		}
		if (end)
			drop_carry(f);
	} else if (!give(f, without_cr(piece), take, context)) {
		return false;
	}
	*at += piece.len + (end ? 1 : 0);
	f->in_line = !end;
	return true;
}

size_t frame_feed(struct frame *f, struct str chunk, frame_take *take, void *context)
{
	size_t at = 0;

	while (at < chunk.len) {
		if (f->in_count) {
			if (!feed_counted(f, chunk, &at, take, context))
				return at;
		} else if (f->in_line) {
			if (!feed_line(f, chunk, &at, take, context))
				return at;
		} else if (f->carry.len == 0 &&
			(chunk.ptr[at] == '\n' || chunk.ptr[at] == '\r' || chunk.ptr[at] == '\0')) {
			at++;
		} else {
			start(f, chunk, &at);
		}
	}
	return at;
}

void frame_end(struct frame *f, frame_take *take, void *context)
{
	struct str rest = buf_str(&f->carry);

	if (f->in_count)
		f->carry.is_full = true; /* cut by its sender */
	else
		rest = without_cr(rest);
	(void)give(f, rest, take, context);
	f->in_count = f->in_line = false;
	drop_carry(f);
}
