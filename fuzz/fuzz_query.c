/* fuzz_query.c - questions to the log. Beyond not crashing: a refusal has words and a column inside
 * the text, and a line that matches holds what the question says every match has. The input is the
 * question, a line feed, and the line that is asked. */
#include "core/query/query.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(struct query *q, struct str raw, struct arena *a)
{
	static const uint8_t peer[16];
	struct query_line line = { .raw = raw, .kind = 1, .peer = peer };
	struct query_need need;

	if (!query_matches(q, &line))
		return;
	query_need(q, &need);
	for (size_t i = 0; i < need.term_count; i++) {
		const struct query_term *t = &need.terms[i];
		bool stands =
			t->is_fold ? text_matches(a, raw, t->text) : str_find(raw, t->text) >= 0;

		if (stands == t->is_not)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = { (const char *)data, size }, text = all, raw = STR("");
	struct parse_fault fault = { 0 };
	struct arena a;
	struct query *q;

	if (size > 16 * KIB)
		return 0;
	(void)str_split(all, '\n', &text, &raw);
	arena_init(&a, 64 * MIB);
	for (unsigned i = 0; i < 4; i++) {
		const struct query_options options = { .is_fold = i & 1, .is_fixed = i & 2 };

		if (query_parse(text, &options, &a, &fault, &q) == 0) {
			hold(q, raw, &a);
			query_free(q);
		} else if (!fault.words || fault.column < 1 || fault.column > (int)text.len + 1) {
			abort();
		}
	}
	arena_done(&a);
	return 0;
}
