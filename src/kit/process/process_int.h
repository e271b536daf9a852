/* process_int.h - private to kit/process. */
#ifndef KIT_PROCESS_INT_H
#define KIT_PROCESS_INT_H

#include "kit/process/process.h"

#define PROCESS_FOLDERS_MAX 128
#define PROCESS_NAME_SIZE 16

/* Between the parent and a process, a message each way. */
enum process_word { PROCESS_RUN = 1, PROCESS_ENDED };
struct process_message {
	uint32_t word;
	int32_t status;               /* PROCESS_ENDED: 0 fine */
	char name[PROCESS_NAME_SIZE]; /* of the row, ended by NUL */
};

/* The uid of the row's own user, where there is one, else 0. Asks the system's table of users:
 * before the sandbox. */
unsigned process_own_user(const struct process_service *s, const struct process_row *row);
/* Before each start: the folders may be those of a new year. */
MUST_CHECK int process_make_folders(const struct process_service *s, const struct process_row *row,
	unsigned own, struct err *e);

#endif
