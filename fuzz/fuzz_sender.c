/* fuzz_sender.c - a list that is read is written the same, and no leaf breaks it. */
#include "core/trail/sender.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct sender_list l = { 0 };
	struct err e = { 0 };

	if (sender_parse(text, &l, &e) == 0)
		for (size_t i = 0; i < l.len; i++)
			if (l.at[i].number != i + 1 || l.at[i].kind < 1 ||
				l.at[i].kind > SENDER_KIND_MAX)
				abort();
	for (unsigned kind = LEAF_LINE; kind <= LEAF_GAP && size; kind++) {
		struct leaf leaf = { .kind = (uint8_t)kind, .source = data[0], .raw = text };

		sender_count(&l, &leaf);
	}
	if (l.len > SENDER_MAX)
		abort();
	sender_list_done(&l);
	return 0;
}
