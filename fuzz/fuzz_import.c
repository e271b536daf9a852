/* fuzz_import.c - old files: the same lines whatever the chunks. The first byte tells how they are
 * cut. */
#include "face/intake/import.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX 100

static int take(void *context, struct str line, bool is_cut, struct err *e)
{
	struct buf *text = context;

	if (line.len == 0 || line.len > MAX)
		abort();
	buf_fmt(text, "%zu %d ", line.len, is_cut);
	buf_add(text, line);
	return 0;
}

static int feed(struct str stream, size_t step, struct buf *ret)
{
	struct import_lines l;
	struct err e = { 0 };
	int rc = 0;

	buf_init(ret, 64 * MIB);
	import_lines_init(&l, MAX, take, ret);
	for (size_t at = 0; at < stream.len && rc == 0; at += step)
		rc = import_feed(&l, str_until(str_from(stream, at), step), &e);
	if (rc == 0)
		rc = import_end(&l, &e);
	import_lines_done(&l);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole, cut;
	struct str stream;

	if (size < 2)
		return 0;
	stream = (struct str){ (const char *)data + 1, size - 1 };
	if (feed(stream, stream.len, &whole) != feed(stream, data[0] % 100 + 1, &cut) ||
		!str_eq(buf_str(&whole), buf_str(&cut)))
		abort();
	buf_done(&whole);
	buf_done(&cut);
	return 0;
}
