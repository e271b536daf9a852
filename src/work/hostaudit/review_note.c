/* review_note.c - the note that a review of processes leaves of itself on its machine. */
#include "work/hostaudit/review_note.h"

#include "work/hostaudit/hostaudit.h"

bool review_note_parse(struct str text, struct review_note *ret)
{
	struct review_note note;
	struct str word[4];

	for (size_t i = 0; i < COUNT(word); i++)
		if (!str_next_word(&text, " \n", &word[i]))
			return false;
	if (!str_is(word[0], "at") || !str_is(word[2], "every") ||
		!str_to_i64(word[1], &note.at_s) || !str_to_i64(word[3], &note.period_days) ||
		note.at_s < 0 || note.period_days < 1)
		return false;
	*ret = note;
	return true;
}

struct str hostaudit_review_note(
	int64_t at_s, int64_t period_days, const char **ret_name, struct arena *a)
{
	*ret_name = REVIEW_NOTE_NAME;
	return arena_fmt(a, "at %lld every %lld\n", (long long)at_s, (long long)period_days);
}
