#include "kit/command/command_int.h"

#include <stdlib.h>
#include <string.h>

static const struct command_option lang_option = { "lang", OPTION_CHOICE, T("NGÔN-NGỮ"), "vi|en",
	"" };

enum lang command_lang_of_environment(void)
{
	static const char *const names[] = { "KHIEN_LANG", "LC_ALL", "LC_MESSAGES", "LANG" };
	enum lang lang;

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = getenv(names[i]);

		if (value && lang_parse(str_of(value), &lang))
			return lang;
	}
	return LANG_VI;
}

static bool has_choice(const char *choices, const char *value)
{
	struct str rest = str_of(choices);
	struct str one;

	while (str_next_word(&rest, "|", &one))
		if (str_is(one, value))
			return true;
	return false;
}

static int check_value(const struct run *run, const struct command_option *option,
	const char *value, struct err *e)
{
	const char *name = command_option_spelt(run, option);
	int64_t number;

	if (option->kind == OPTION_CHOICE && !has_choice(option->choices, value))
		return err_set(e, ERR_INPUT, "%s \"%s\"; %s",
			command_say(run, T("{a} không nhận giá trị"), name), value,
			command_say(run, T("chọn một trong: {a}"), option->choices));
	if (option->kind == OPTION_NUMBER && !str_to_i64(str_of(value), &number))
		return err_set(e, ERR_INPUT, "%s: \"%s\"",
			command_say(run, T("{a} cần một số nguyên"), name), value);
	return 0;
}

/* Is WORD this option? *RET_VALUE is what follows its "=", or NULL. */
static bool spells(const char *word, const struct command_option *option, const char **ret_value)
{
	size_t len = strlen(option->name);

	if (len == 1) {
		*ret_value = NULL;
		return word[0] == '-' && word[1] == option->name[0] && word[2] == '\0';
	}
	if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, option->name, len) != 0)
		return false;
	*ret_value = word[2 + len] == '=' ? word + 3 + len : NULL;
	return word[2 + len] == '\0' || word[2 + len] == '=';
}

/* The value of OPTION at word *I; moves *I when it is the next word. */
static int take_value(const struct run *run, const struct command_option *option, size_t *i,
	struct err *e, const char **value)
{
	const char *name = command_option_spelt(run, option);

	if (option->kind == OPTION_FLAG) {
		if (*value)
			return command_misuse(run, e, T("{a} không mang giá trị"), name);
		*value = "";
		return 0;
	}
	if (!*value && *i + 1 < run->word_count)
		*value = run->words[++*i];
	if (!*value)
		return command_misuse(run, e, T("{a} cần một giá trị"), name);
	return check_value(run, option, *value, e);
}

/* The options every command has. 1: WORDS[*I] was one, 0: not. */
static int take_global(struct run *run, size_t *i, struct err *e)
{
	const char *word = run->words[*i];
	const char *value;
	int status;

	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		run->is_help_asked = true;
		return 1;
	}
	if (!spells(word, &lang_option, &value))
		return 0;
	status = take_value(run, &lang_option, i, e, &value);
	if (status == 0)
		(void)lang_parse(str_of(value), &run->lang);
	return status < 0 ? status : 1;
}

int command_globals(struct run *run, struct err *e)
{
	size_t i;

	for (i = 0; i < run->word_count; i++) {
		int status;

		if (strcmp(run->words[i], "--version") == 0) {
			run->is_version_asked = true;
			continue;
		}
		status = take_global(run, &i, e);
		if (status < 0)
			return status;
		if (status == 0)
			break;
	}
	return (int)i;
}

void command_globals_anywhere(struct run *run)
{
	struct err e;

	for (size_t i = 0; i < run->word_count; i++)
		(void)take_global(run, &i, &e);
}

/* 1: WORDS[*I] was an option of the command, 0: no such option. */
static int take_option(const struct run *run, const struct command_line *line, const char **values,
	size_t *i, struct err *e)
{
	const struct command_option *options = line->command->options;

	for (size_t n = 0; options && options[n].name; n++) {
		const char *value;
		int status;

		assert(n < COMMAND_OPTIONS_MAX);
		if (!spells(run->words[*i], &options[n], &value))
			continue;
		if (values[n])
			return command_misuse(run, e, T("{a} được ghi hai lần"), run->words[*i]);
		status = take_value(run, &options[n], i, e, &value);
		if (status < 0)
			return status;
		values[n] = value;
		return 1;
	}
	return 0;
}

static int check_args(const struct run *run, const struct command_line *line, struct err *e)
{
	const struct command *command = line->command;

	if (line->arg_count > command->args_max)
		return command_misuse(run, e, T("thừa từ \"{a}\""), line->args[command->args_max]);
	if (line->arg_count < command->args_min)
		return command_misuse(run, e, T("còn thiếu: {a}"), tr(run->lang, command->args));
	return 0;
}

int command_parse(struct run *run, const struct command *command, size_t from, bool is_lenient,
	struct err *e, struct command_line *ret)
{
	const char **args = arena_array(run->arena, const char *, run->word_count + 1);
	const char **values = arena_array(run->arena, const char *, COMMAND_OPTIONS_MAX);
	struct command_line line = {
		.command = command, .arena = run->arena, .args = args, .values = values
	};
	bool is_after_dashes = false;

	for (size_t i = from; i < run->word_count; i++) {
		const char *word = run->words[i];
		int status = 0;

		if (!is_after_dashes && strcmp(word, "--") == 0) {
			is_after_dashes = true;
			continue;
		}
		if (!is_after_dashes && word[0] == '-' && word[1]) {
			status = take_option(run, &line, values, &i, e);
			if (status == 0)
				status = take_global(run, &i, e);
			if (status == 0)
				status = command_misuse(run, e, T("không có tùy chọn {a}"), word);
			if (status < 0 && !is_lenient)
				return status;
			continue;
		}
		args[line.arg_count++] = word;
	}
	line.lang = run->lang;
	*ret = line;
	return is_lenient || run->is_help_asked ? 0 : check_args(run, &line, e);
}
