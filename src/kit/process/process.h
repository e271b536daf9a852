/* process.h - floor 2: a service made of several processes. Each is one row of a const table that
 * prog/khien owns; here they are started, confined, connected, started again when they fell, and
 * stopped. The parent holds sockets and children and looks at no stranger's byte.
 *
 *	static const struct process_row rows[] = {
 *		{ .name = "intake", .prepare = intake_prepare, .start = intake_start, … },
 *		{ 0 },
 *	};
 *	process_serve(rows, &service, e);
 *
 * Rows are prepared in their order, all of them before any starts, while the rights to bind ports
 * and to make folders are still there. */
#ifndef KIT_PROCESS_H
#define KIT_PROCESS_H

#include "base/base.h"
#include "kit/command/command.h"
#include "kit/sandbox/sandbox.h"

#define PROCESS_ROWS_MAX 20
#define PROCESS_AGAIN_AT_ONCE 75 /* exit status: start me anew, nothing is wrong */

/* What all processes of one service know. */
struct process_service {
	const char *data; /* the data folder; absolute once process_folder() has made it */
	const char *user; /* whom processes become when started as root; NULL: nobody else */
	unsigned uid, gid;
	bool is_root;
	char shard[24]; /* "%S" in the folders of rows: what is written this year; whoever makes it
			 * says its name */
	/* "%O" in the folders of rows is each of them, the shards of old. Ended by NULL; may be
	 * NULL. */
	const char *const *shards_before;
	const struct command_line *line;
	struct arena *arena; /* ends with the service */
};

struct process;

struct process_row {
	const char *name;
	const char *user; /* its own user where that one exists, else the service's; may be NULL */
	/* Folders that only this process writes, below the data folder, made before it starts. "%S"
	 * stands for service->shard, "%O" for each of service->shards_before, "" for the data
	 * folder itself. Ended by NULL. */
	const char *const *write_below;
	const char *const *own_below;  /* the same, and nobody else reads them: keys */
	const char *const *read_below; /* the same, or files; read only, left out where absent */
	/* .may, .files_max, .keeps_…, .sees_processes; the rest is filled by process_confine() */
	struct sandbox_rights rights;
	const char *talks_to; /* the row that this one shares a channel with, or NULL */
	/* In the parent. *RET_STATE is for start(). NULL: the state is that of the earlier row
	 * state_of, or none. */
	const char *state_of;
	int (*prepare)(struct process_service *service, void **ret_state, struct err *e);
	/* In the parent, when all rows are prepared: its last word. May be NULL. */
	int (*ready)(struct process_service *service, void *state, struct err *e);
	/* In the parent, when a process ended to be started anew at once: the year may have turned.
	 * That of all rows is called. May be NULL. */
	int (*renew)(struct process_service *service, void *state, struct err *e);
	/* Undo prepare(), as the service could not start. May be NULL. */
	void (*release)(void *state);
	/* In a process of a row with another state: it has no business with this one. Its memory
	 * goes back, its keys are wiped; files stay open until it confines itself. May be NULL. */
	void (*forget)(void *state);
	/* The process: it must call process_confine() before it meets a stranger, and end
	 * at SIGTERM. Returns its exit status. */
	int (*start)(const struct process *self);
	/* Of one that comes and goes: it runs so often, and when another process asks for it, and
	 * is killed after time_max_s. 0: it runs always. */
	unsigned every_s, time_max_s;
	unsigned first_s; /* so long after the start for the first time; 0: as long as every_s */
	/* Of one that comes and goes: must it have run before anything is ready? May be NULL. */
	bool (*is_due)(struct process_service *service, void *state);
};

/* One that runs. */
struct process {
	const struct process_service *service;
	const struct process_row *row;
	void *state;
	unsigned own;   /* uid of its own user; 0: it has none */
	int parent_fd;  /* to ask the parent, see below */
	int parent_pid; /* with which it ends */
	int peer_fd;    /* a SOCK_SEQPACKET to the row of talks_to; -1: there is none. It outlives
			* both: a message may be from before either was started anew. */
};

/* First of all in main(): ARGV becomes copies, and the place of the words becomes free, so that ps
 * shows a process of the service by its name, "khien: web". */
void process_keep_names(int argc, char **argv);

/* Fills a service of the folder DATA: who runs it. Call again after process_folder(), as whom it
 * can run depends on where the folder is. */
MUST_CHECK int process_user(struct process_service *s, struct err *e);
/* Makes the data folder where it is absent, closes it to others, makes its name absolute, and
 * chooses the user. May be called twice. */
MUST_CHECK int process_folder(struct process_service *s, struct err *e);
/* Gives PATH, a file or folder, to the service's user; absent ones are no failure. */
MUST_CHECK int process_hand_over(const struct process_service *s, const char *path, struct err *e);

/* Enter the sandbox of the row; MORE, which may be NULL, are absolute folders to read as well. Who
 * may open connections reads what names and certificates need besides. */
MUST_CHECK int process_confine(const struct process *self, const char *const *more,
	struct sandbox_level *ret_level, struct err *e);
/* The same, and it may write below OUTSIDE: absolute folders, of which those count that are
 * there. */
MUST_CHECK int process_confine_outside(const struct process *self, const char *const *more,
	const char *const *outside, struct sandbox_level *ret_level, struct err *e);
/* A descriptor that becomes readable at SIGTERM or SIGINT, which then end nothing by themselves. */
MUST_CHECK int process_end_fd(struct err *e);

/* The other processes' orders to the parent: run the row NAME (one with every_s) now, and wait at
 * most WAIT_MS for its end. One that runs already runs once more after that, since it may have
 * looked before the order came. True when it ended well. */
bool process_run(int parent_fd, const char *name, int wait_ms);

/* Prepare and run until told to end. Returns the exit status or, when the service could not start,
 * ERR_*. Confined by then, so leave by _exit(). ROWS end with a NULL name. */
int process_serve(const struct process_row *rows, struct process_service *service, struct err *e);

#endif
