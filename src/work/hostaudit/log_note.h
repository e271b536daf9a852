/* log_note.h - private to hostaudit: what the service noted of its log archive. */
#ifndef WORK_LOG_NOTE_H
#define WORK_LOG_NOTE_H

#include "work/hostaudit/hostaudit.h"

/* Begin: when it was noted. False: it is no such note. */
bool log_note_begin(struct str *text, int64_t *ret_at_s);
/* The next line; false at the end, or where it is not understood: then TEXT is not empty. */
bool log_note_next(struct str *text, struct str *ret_fact, struct hostaudit_log_fact *ret);

#endif
