/* process_int.h - private to kit/process. */
#ifndef KIT_PROCESS_INT_H
#define KIT_PROCESS_INT_H

#include "kit/process/process.h"

#define PROCESS_FOLDERS_MAX 128
#define PROCESS_NAME_SIZE 16
#define PROCESS_PATH_SIZE 4096

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
/* The test build alone: what is to be tried, read before the sandbox closes, and tried in it. */
struct str process_try_list(const struct process *self);
void process_try(const struct process *self, struct str list);
/* What ps shows of this process. */
void process_show_name(const char *name);
/* The Nth folder that NAME of a row stands for, in PATH (PROCESS_PATH_SIZE); false: it stands for
 * no more. */
bool process_expand(const struct process_service *s, const char *name, size_t n, char *path);
/* Before each start: the folders may be those of a new year. */
MUST_CHECK int process_make_folders(const struct process_service *s, const struct process_row *row,
	unsigned own, struct err *e);

/* Whose a folder of a row is. */
struct process_owner {
	const char *path;
	unsigned uid;
	bool is_shared; /* the group of the service may read it */
};
/* Those of ROW. Returns how many; the paths live as long as the service. */
size_t process_owners(const struct process_service *s, const struct process_row *row, unsigned own,
	struct process_owner *ret, size_t room);
/* All that is in these folders to its owner: what was made while the service was root, by a command
 * of root, or by an earlier version. Before anything runs. */
MUST_CHECK int process_give(const struct process_service *s, const struct process_owner *owners,
	size_t count, struct err *e);

#endif
