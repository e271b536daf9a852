/* fuzz_relp.c - the same frames whatever the chunks, until one is no RELP. */
#include "kit/syslog/relp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX 64

static bool take(void *context, const struct relp_frame *frame)
{
	struct buf *text = context;

	if (frame->data.len > MAX || frame->command.len > RELP_COMMAND_MAX)
		abort();
	buf_fmt(text, "%u %.*s %zu ", frame->number, STR_FMT(frame->command), frame->data.len);
	buf_add(text, frame->data);
	return true;
}

static ssize_t feed(struct str stream, size_t step, struct buf *ret)
{
	struct relp r;
	struct err e = { 0 };
	ssize_t rc = 0;

	buf_init(ret, 64 * MIB);
	relp_init(&r, MAX);
	for (size_t at = 0; at < stream.len && rc >= 0; at += (size_t)rc)
		rc = relp_feed(&r, str_until(str_from(stream, at), step), take, ret, &e);
	relp_done(&r);
	return rc < 0 ? rc : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str stream;
	struct buf whole, cut;

	if (size < 2)
		return 0;
	stream = (struct str){ (const char *)data + 1, size - 1 };
	if (feed(stream, stream.len, &whole) != feed(stream, data[0] % 32 + 1, &cut) ||
		!str_eq(buf_str(&whole), buf_str(&cut)))
		abort();
	buf_done(&whole);
	buf_done(&cut);
	return 0;
}
