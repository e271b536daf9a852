/* tmout.h - private to hostaudit: what TMOUT (autologout of the C shells) is when a log-in
 * shell shows its first prompt. Start-up files are walked in the shell's own order; conditions that
 * can be told are told (is the shell interactive, is it bash, who is it, is there such a file), a
 * value that hangs on any other is "conditional". A value made readonly stays. */
#ifndef WORK_RESOLVE_TMOUT_H
#define WORK_RESOLVE_TMOUT_H

#include "work/hostaudit/resolve/shell.h"

enum truth { TRUTH_NO, TRUTH_MAYBE, TRUTH_YES };

/* How the walk reaches the machine; a test gives its own. */
struct tmout_world {
	void *context;
	/* Bytes of a file and its name for evidence; false when it is not there. */
	bool (*read)(void *context, struct str path, struct str *ret_bytes);
	bool (*exists)(void *context, struct str path);
	/* Paths matching a pattern of the last component, sorted. */
	size_t (*glob)(void *context, struct str pattern, const struct str **ret_paths);
};

struct tmout {
	struct setting at;         /* the assignment in force */
	int64_t seconds;           /* 0: none */
	enum truth is_frozen;      /* made readonly */
	bool is_conditional;       /* at least one assignment may or may not happen */
	struct str conditional_at; /* "path:line" of the first such */
	/* private to the walk */
	const struct tmout_world *world;
	struct arena *arena;
	enum shell_kind kind;
	struct str home;
	int64_t uid;
	int files, globs;
	size_t used_bytes;
};

void tmout_init(
	struct tmout *t, const struct tmout_world *world, struct arena *a, enum shell_kind kind);
/* TMOUT from the environment the shell is started with. */
void tmout_environment(struct tmout *t, struct str value, struct str file, int line);
/* Run one script, if it is there. */
void tmout_run_file(struct tmout *t, struct str path);
void tmout_run(struct tmout *t, struct str bytes, struct str file);

/* "set autologout = 10" in a file of csh or tcsh; minutes come out as seconds in T. */
void tmout_run_csh(struct tmout *t, struct str bytes, struct str file);

#endif
