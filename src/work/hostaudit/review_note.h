/* review_note.h - private to hostaudit: the note that a review of processes leaves of itself. */
#ifndef WORK_REVIEW_NOTE_H
#define WORK_REVIEW_NOTE_H

#include "base/base.h"

#define REVIEW_NOTE_NAME "process-review"

/* "at 1764000000 every 7": when it was made, and how many days apart they are. */
struct review_note {
	int64_t at_s, period_days;
};
bool review_note_parse(struct str text, struct review_note *ret);

#endif
