/* fuzz_lz4_lines.c - lines of packed frames that come in pieces: the first byte is their size. */
#include <stdlib.h>

#include "work/hostaudit/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool count(void *context, struct str line)
{
	size_t *left = context;

	if (line.len > LIMIT_HOST_LINE_BYTES)
		abort();
	return --*left > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size };
	struct line_reader r;
	struct unpacker u;
	size_t step, left;
	int rc = 0;

	if (size < 2)
		return 0;
	step = data[0] + 1u;
	left = data[1] + 1u;
	rest = str_from(rest, 2);
	line_reader_init(&r, count, &left);
	unpacker_init(&u, &r);
	while (rc == 0 && rest.len > 0 && !r.has_enough) {
		struct str piece = str_until(rest, step < rest.len ? step : rest.len);

		rc = unpacker_take(&u, piece);
		rest = str_from(rest, piece.len);
	}
	if (rc == 0 && unpacker_end(&u) == 0)
		line_reader_end(&r);
	if ((left == 0) != r.has_enough || r.total > LIMIT_HOST_STREAM_BYTES + LINES_PIECE_BYTES)
		abort();
	unpacker_done(&u);
	line_reader_done(&r);
	return 0;
}
