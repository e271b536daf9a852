/* command.h - floor 2: a command of the program is a const row; the help, the man page's table, the
 * shell completion and the parser of its options are all made from that row. */
#ifndef KIT_COMMAND_H
#define KIT_COMMAND_H

#include "base/base.h"
#include "kit/text/text.h"

enum option_kind {
	OPTION_FLAG,
	OPTION_TEXT,
	OPTION_NUMBER,
	OPTION_CHOICE,
	OPTION_FILE,
	OPTION_DIR
};

struct command_option {
	const char *name; /* "root" for --root, "o" for -o */
	enum option_kind kind;
	const char *value;   /* word for the value in help: "THƯ-MỤC", English in po/en.po */
	const char *choices; /* OPTION_CHOICE: "text|json|html" */
	const char *words;   /* Vietnamese sentence, English in po/en.po */
};

struct command;

/* What a run of a command was given. */
struct command_line {
	const struct command *command;
	enum lang lang; /* --lang, else KHIEN_LANG, else LANG when it is English, else Vietnamese */
	struct arena *arena;     /* ends with the program */
	const char *const *args; /* what is no option, in order */
	size_t arg_count;
	const char *const *values; /* parallel to command->options; NULL: not given */
};

struct command {
	const char *name;  /* "audit", or "pack check" for a command of two words */
	const char *args;  /* "[SQL]" for help */
	const char *words; /* one Vietnamese sentence */
	const char *help;  /* more Vietnamese text, may be NULL */
	const struct command_option *options; /* ended by a NULL name */
	size_t args_min, args_max;
	int (*run)(const struct command_line *line, struct err *e); /* exit status 0..2, or ERR_* */
	/* words to complete the I-th argument with, one per line on stdout; may be NULL */
	void (*complete)(const struct command_line *line, size_t i);
	bool is_confined; /* its run may end in a sandbox, where an ordinary exit is refused: the
			   * program leaves at once when it has written all */
};

/* The value of --NAME as given, or NULL. Asserts that the command has such an option. */
const char *command_value(const struct command_line *line, const char *name);
bool command_flag(const struct command_line *line, const char *name);

/* "0.1.0" */
const char *command_version(void);
/* What a program speaks before it has read its words. */
enum lang command_lang_of_environment(void);

/* Run the program: find the command in TABLE (ended by NULL), parse, run, print what failed in
 * three parts (what happened, what is safe, what to do) to stderr. Returns the exit status: 0 fine,
 * 1 the answer is no, 2 wrong use or failure. `help`, `--version` and `completion bash` are built
 * in. */
int command_main(const struct command *const *table, int argc, char **argv);

#endif
