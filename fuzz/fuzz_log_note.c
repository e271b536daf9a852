/* fuzz_log_note.c - what is read of a note of the log archive is written the same again. */
#include <stdlib.h>

#include "work/hostaudit/log_note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, fact;
	struct hostaudit_log_fact f, again;
	struct buf out;
	int64_t at_s;

	if (!log_note_begin(&text, &at_s))
		return 0;
	buf_init(&out, MIB);
	while (log_note_next(&text, &fact, &f)) {
		struct str rest, name;
		char word[100];

		if (fact.len >= sizeof(word) || str_find_char(fact, '\0') >= 0 ||
			str_find_char(f.subject, '\r') >= 0)
			continue;
		snprintf(word, sizeof(word), "%.*s", STR_FMT(fact));
		f.fact = word;
		buf_clear(&out);
		hostaudit_log_fact(&out, &f);
		rest = buf_str(&out);
		if (!buf_is_full(&out) &&
			(!log_note_next(&rest, &name, &again) || again.number != f.number ||
				again.at_s != f.at_s || !str_eq(again.subject, f.subject)))
			abort();
	}
	buf_done(&out);
	return 0;
}
