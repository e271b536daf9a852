/* shell.h - private to hostaudit: a small reader of shell files: assignments as they stand
 * in /etc/default/NAME, /etc/os-release and start-up files. It expands nothing; it says what is
 * literal. */
#ifndef WORK_RESOLVE_SHELL_H
#define WORK_RESOLVE_SHELL_H

#include "work/hostaudit/resolve/resolve.h"

/* ---- NAME=value files without control flow ---- */

struct shell_vars {
	struct str rest;
	struct arena *arena;
	int line;
	size_t used_bytes;
};
struct shell_var {
	struct str name;
	struct str value; /* quotes and backslashes resolved; STR_NONE when it needs the shell ($,
			     `) */
	int line;
};
/* A letter, a digit or '_'. */
bool shell_is_name_char(char c);

void shell_vars_init(struct shell_vars *v, struct str bytes, struct arena *a);
/* Leading "export " is accepted; other lines are passed over. */
bool shell_vars_next(struct shell_vars *v, struct shell_var *ret);
/* The last assignment of NAME in the file; unset when there is none. */
void shell_var_last(
	struct str bytes, struct str file, const char *name, struct arena *a, struct setting *ret);

/* ---- scripts, for variables that login shells set ---- */

enum shell_kind { SHELL_BASH, SHELL_SH, SHELL_ZSH, SHELL_KSH };

/* One simple command of a script: its words, with quotes resolved, and the blocks around it. */
#define SHELL_WORDS_MAX 24
struct shell_word {
	struct str raw;  /* as written */
	struct str text; /* quotes resolved; STR_NONE when it needs the shell */
};
struct shell_command {
	struct shell_word words[SHELL_WORDS_MAX];
	int count;
	int line;
	enum {
		SHELL_END_LINE,
		SHELL_END_AND,
		SHELL_END_OR,
		SHELL_END_PIPE,
		SHELL_END_BACKGROUND
	} end;
};
struct shell_script {
	struct str rest;
	struct arena *arena;
	int line;
	size_t used_bytes;
	bool is_broken; /* a quote or bracket that does not close: nothing more can be said */
};
void shell_script_init(struct shell_script *s, struct str bytes, struct arena *a);
/* The next simple command: reserved words (if, then, fi …) come as commands of one word. */
bool shell_script_next(struct shell_script *s, struct shell_command *ret);

#endif
