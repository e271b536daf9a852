/* fuzz_checkpoint.c - the text of a checkpoint, and paths of tiles: what is read is written the
 * same. */
#include "kit/merkle/note.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	char text[TILE_PATH_SIZE];
	struct checkpoint c;
	struct tile t;
	struct err e = { 0 };
	struct buf b;

	if (tile_parse(bytes, &t) &&
		(t.width < 1 || t.width > TILE_WIDTH ||
			!str_eq(str_of(tile_path(&t, text)), bytes)))
		abort();
	if (checkpoint_parse(bytes, &c, &e) == 0) {
		buf_init(&b, size);
		checkpoint_write(&c, &b);
		if (!str_eq(buf_str(&b), bytes) || c.head.size > MERKLE_SIZE_MAX)
			abort();
		buf_done(&b);
	} else if (e.code == 0) {
		abort();
	}
	return 0;
}
