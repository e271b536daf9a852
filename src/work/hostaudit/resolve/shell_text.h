/* shell_text.h - private to hostaudit: a command line or a script as the shell would cut it into
 * simple commands, with the variables put in that the text itself sets. What stands in any other
 * variable is not known. Pure functions. */
#ifndef WORK_RESOLVE_SHELL_TEXT_H
#define WORK_RESOLVE_SHELL_TEXT_H

#include "base/base.h"

#define TEXT_WORDS_MAX 128
#define TEXT_VARIABLES_MAX 64

struct backup_call;

struct text_variable {
	struct str name, value;
};

/* One simple command, its words without quotes and with known variables put in. */
struct text_command {
	struct str word[TEXT_WORDS_MAX];
	bool is_cut[TEXT_WORDS_MAX]; /* goes on in a way that is not known */
	size_t count;
	struct str output; /* where its output is sent; "" */
	bool is_output_cut;
};

struct shell_text {
	struct arena *a;
	struct str rest;
	struct text_variable variables[TEXT_VARIABLES_MAX];
	size_t variable_count;
	bool is_piped;            /* the command at hand feeds the next */
	int depth;                /* of "sh -c" in "sh -c" */
	struct backup_call *call; /* what the reader of the commands makes of them */
};

/* SCRIPT without the lines it hands to commands that do not run them ("cat <<EOT"). */
struct str shell_text_without_here(struct str script, struct arena *a);
/* SCRIPT, of which comments are taken already, without the lines that the shell never comes to. */
struct str shell_text_live(struct str script, struct arena *a);
/* TEXT without what "&&", "||" and "exit" keep from being run for certain. IS_THERE says of a
 * program 1, 0 or -1 (not known). */
struct str shell_text_reached(struct str text, int (*is_there)(void *context, struct str path),
	void *context, struct arena *a);
/* The next command; false at the end of the text. */
bool shell_text_next(struct shell_text *sh, struct text_command *c);
/* Take assignments off the front, "A=b C=d command"; returns the index of the command. */
size_t shell_text_assignments(struct shell_text *sh, struct text_command *c);
/* STR_NONE for a name that the text does not set. */
struct str shell_text_value(const struct shell_text *sh, struct str name);
void shell_text_set(struct shell_text *sh, struct str name, struct str value);

#endif
