/* command_int.h - what the files of this room share. */
#ifndef KIT_COMMAND_INT_H
#define KIT_COMMAND_INT_H

#include "kit/command/command.h"

#define COMMAND_OPTIONS_MAX 32

/* The program while it runs. */
struct run {
	const char *program; /* "khien" */
	const struct command *const *table;
	enum lang lang;
	struct arena *arena;
	const char *const *words; /* argv without the program */
	size_t word_count;
	bool is_help_asked;
	bool is_version_asked;
	bool is_confined; /* the command may have entered a sandbox */
};

/* The command that WORDS begin with and how many words its name has; NULL: none. */
const struct command *command_find(
	const struct run *run, const char *const *words, size_t count, size_t *ret_used);
/* Does some command of two words begin with WORD? */
bool command_is_group(const struct run *run, const char *word);

/* Take --lang, --help and --version that stand before the command. Returns how many words went, or
 * ERR_INPUT. */
int command_globals(struct run *run, struct err *e);
/* The same wherever they stand in the words, for what takes no options of its own. */
void command_globals_anywhere(struct run *run);
/* What follows the command's name. IS_LENIENT keeps what it understands and never fails: for
 * completion. *RET lives in the arena. */
int command_parse(struct run *run, const struct command *command, size_t from, bool is_lenient,
	struct err *e, struct command_line *ret);

void command_help_all(const struct run *run);
void command_help_group(const struct run *run, const char *word);
void command_help_one(const struct run *run, const struct command *command);
void command_completion_bash(const struct run *run);
void command_complete(struct run *run, const char *const *words, size_t count);

/* VI translated with {a} replaced. Lives in the arena. */
const char *command_say(const struct run *run, const char *vi, const char *a);
/* ERR_INPUT with that sentence. */
int command_misuse(const struct run *run, struct err *e, const char *vi, const char *a);
/* An option as one writes it: "--root", "-o". */
const char *command_option_spelt(const struct run *run, const struct command_option *option);

#endif
