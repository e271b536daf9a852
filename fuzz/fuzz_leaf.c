/* fuzz_leaf.c - a leaf that was read is written again the same. */
#include "core/trail/trail.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char head[LEAF_HEAD_BYTES];
	struct leaf leaf;
	struct err e = { 0 };

	if (leaf_parse((struct str){ (const char *)data, size }, &leaf, &e) != 0) {
		if (e.code != ERR_INPUT)
			abort();
		return 0;
	}
	leaf_head(&leaf, head);
	if (memcmp(head, data, sizeof(head)) != 0 || leaf.raw.len != size - LEAF_HEAD_BYTES)
		abort();
	return 0;
}
