/* fuzz_review.c - pictures of processes: what is read can be compared, with itself and with
 * nothing. */
#include "core/evidence/review.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct review_difference *list;
	struct review_picture picture;
	const struct review_base nothing = { 0 }, itself = { .picture = &picture };
	struct arena a;
	struct err e;
	size_t count;

	arena_init(&a, 256 * MIB);
	if (review_picture_parse(text, &a, &picture, &e) == 0) {
		review_compare(&nothing, &picture, &a, &list, &count);
		if (count != picture.item_count)
			abort();
		for (size_t i = 0; i < count; i++)
			if (list[i].change != REVIEW_NEW)
				abort();
		review_compare(&itself, &picture, &a, &list, &count);
		for (size_t i = 0; i < count; i++)
			if (list[i].change != REVIEW_KNOWN)
				abort();
	}
	arena_done(&a);
	return 0;
}
