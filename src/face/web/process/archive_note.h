/* archive_note.h - private to face/web: the note of the log archive that an audit judges. */
#ifndef FACE_WEB_PROCESS_ARCHIVE_NOTE_H
#define FACE_WEB_PROCESS_ARCHIVE_NOTE_H

#include "face/web/process/serve_int.h"
#include "face/web/senders.h"

/* Write the note of the log of the folder DATA. */
MUST_CHECK int archive_note(const char *data, struct store *store, struct err *e);

/* process/silence.c: tell intake how long senders may be silent, and when others are silent than
 * before, have that become evidence. */
MUST_CHECK int silence_tend(const struct process *self, struct store *store, struct err *e);
/* process/log_letter.c: write to those who run the log when it is nearly full, takes no lines, or a
 * sender is silent, and when that is over. */
MUST_CHECK int log_letters_tend(struct view *v, const struct senders *senders, struct err *e);

#endif
