/* The shell asks `khien complete -- WORD… CURRENT` at each TAB and gets candidates, one a line. */
#include "kit/command/command_int.h"

#include <stdio.h>
#include <string.h>

void command_completion_bash(const struct run *run)
{
	printf("# bash completion for %s: source it, or put it into\n"
	       "# /usr/share/bash-completion/completions/%s\n"
	       "_%s()\n"
	       "{\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
	       "\tlocal IFS=$'\\n'\n"
	       "\tCOMPREPLY=($(compgen -W \"$(\"$1\" complete -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\" -- \"$cur\"))\n"
	       "}\n"
	       "complete -o default -F _%s %s\n",
		run->program, run->program, run->program, run->program, run->program);
}

static void print_line(struct str word)
{
	printf("%.*s\n", STR_FMT(word));
}

/* The N-th word of the names that begin with the words already written. */
static void complete_names(const struct run *run, const char *first)
{
	for (size_t i = 0; run->table[i]; i++) {
		struct str name = str_of(run->table[i]->name);
		struct str head = name, tail = STR_NONE;

		(void)str_split(name, ' ', &head, &tail);
		if (!first) {
			struct str last = i > 0 ? str_of(run->table[i - 1]->name) : STR_NONE;
			struct str rest;

			(void)str_split(last, ' ', &last, &rest);
			if (!str_eq(head, last))
				print_line(head);
		} else if (tail.ptr && str_is(head, first)) {
			print_line(tail);
		}
	}
	if (!first)
		fputs("help\ncompletion\n--version\n--lang\n", stdout);
}

static const struct command_option *option_named(const struct command *command, const char *word)
{
	const struct command_option *options = command->options;

	for (size_t i = 0; options && options[i].name; i++)
		if (strncmp(word, "--", 2) == 0 ?
				strcmp(word + 2, options[i].name) == 0 :
				word[0] == '-' && strcmp(word + 1, options[i].name) == 0)
			return &options[i];
	return NULL;
}

static void complete_choices(const char *choices)
{
	struct str rest = str_of(choices);
	struct str one;

	while (str_next_word(&rest, "|", &one))
		print_line(one);
}

static void complete_options(const struct run *run, const struct command *command)
{
	const struct command_option *options = command->options;

	for (size_t i = 0; options && options[i].name; i++)
		print_line(str_of(command_option_spelt(run, &options[i])));
	fputs("--lang\n--help\n", stdout);
}

static void complete_in_command(struct run *run, const struct command *command, size_t used)
{
	const char *current = run->words[run->word_count - 1];
	const char *before = run->word_count >= 2 ? run->words[run->word_count - 2] : "";
	const struct command_option *option = option_named(command, before);
	struct command_line line;
	struct err e;

	if (strcmp(before, "--lang") == 0) {
		complete_choices("vi|en");
		return;
	}
	if (option && option->kind != OPTION_FLAG) {
		if (option->kind == OPTION_CHOICE)
			complete_choices(option->choices);
		return;
	}
	if (current[0] == '-') {
		complete_options(run, command);
		return;
	}
	run->word_count--;
	if (command_parse(run, command, used, true, &e, &line) == 0 && command->complete &&
		line.arg_count < command->args_max)
		command->complete(&line, line.arg_count);
}

void command_complete(struct run *run, const char *const *words, size_t count)
{
	const struct command *command;
	struct err e;
	size_t used;
	int skipped;

	if (count > 0 && strcmp(words[0], "--") == 0) {
		words++;
		count--;
	}
	run->words = words;
	run->word_count = count > 0 ? count - 1 : 0;
	skipped = command_globals(run, &e);
	if (count == 0 || skipped < 0)
		return;
	run->words = words + skipped;
	run->word_count = count - (size_t)skipped;
	if (run->word_count >= 2 && strcmp(run->words[0], "help") == 0) {
		complete_names(run, run->word_count == 2 ? NULL : run->words[1]);
		return;
	}
	command = command_find(run, run->words, run->word_count - 1, &used);
	if (command)
		complete_in_command(run, command, used);
	else if (run->word_count == 1)
		complete_names(run, NULL);
	else if (run->word_count == 2)
		complete_names(run, run->words[0]);
}
