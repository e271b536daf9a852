/* journal.h - private to face/intake: journald, read through its own library, which is opened when
 * it is wanted. */
#ifndef INTAKE_JOURNAL_H
#define INTAKE_JOURNAL_H

struct intake;

/* In the parent: the library is found before the folders close. NULL, and told, when there is
 * none. */
struct journal_library *journal_library(void);

void journal_open(struct intake *in);
void journal_read(struct intake *in);
void journal_close(struct intake *in);

#endif
