/* fuzz_sender.c - a list that is read is whole, and no leaf breaks it; alarms that are read are
 * written the same; what intake says of itself is said whole or not at all. */
#include "core/trail/silence.h"
#include "core/trail/taking.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_alarms(struct str text)
{
	struct silence first, second;
	struct err e = { 0 };
	struct buf b;
	struct arena a;

	arena_init(&a, 64 * MIB);
	buf_init(&b, 16 * MIB);
	if (silence_parse(text, &a, &first, &e) == 0) {
		silence_print(&first, &b);
		if (silence_parse(buf_str(&b), &a, &second, &e) < 0 ||
			first.count != second.count || first.default_s != second.default_s)
			abort();
	}
	buf_done(&b);
	arena_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct sender_list l = { 0 };
	struct taking_state taking;
	struct err e = { 0 };

	read_alarms(text);
	if (taking_parse(text, &taking) && (taking.is > TAKING_FAILED || strlen(taking.why) > size))
		abort();
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
