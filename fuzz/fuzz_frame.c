/* fuzz_frame.c - the same lines whatever the chunks, and whatever is refused once. The first two
 * bytes say how the rest is cut. */
#include "kit/syslog/frame.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX 64

struct lines {
	struct buf text;
	unsigned refuse_every, asked;
};

static bool take(void *context, struct str line, bool is_cut)
{
	struct lines *l = context;

	if (line.len == 0 || line.len > MAX)
		abort();
	if (l->refuse_every && ++l->asked % l->refuse_every == 0)
		return false;
	buf_fmt(&l->text, "%zu %d ", line.len, is_cut);
	buf_add(&l->text, line);
	return true;
}

static void feed(struct str stream, size_t step, struct lines *ret)
{
	struct frame f;

	buf_init(&ret->text, 64 * MIB);
	frame_init(&f, MAX);
	for (size_t at = 0; at < stream.len;)
		at += frame_feed(&f, str_until(str_from(stream, at), step), take, ret);
	if (f.carry.len > MAX + 1)
		abort();
	ret->refuse_every = 0;
	frame_end(&f, take, ret);
	frame_done(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lines whole = { 0 }, cut = { 0 };
	struct str stream;

	if (size < 3)
		return 0;
	stream = (struct str){ (const char *)data + 2, size - 2 };
	feed(stream, stream.len, &whole);
	cut.refuse_every = data[1] % 8 == 1 ? 0 : data[1] % 8;
	feed(stream, data[0] % 32 + 1, &cut);
	if (!str_eq(buf_str(&whole.text), buf_str(&cut.text)))
		abort();
	buf_done(&whole.text);
	buf_done(&cut.text);
	return 0;
}
