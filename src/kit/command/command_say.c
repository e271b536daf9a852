/* command_say.c - how commands and options are called, and what is said of them. */
#include "kit/command/command_int.h"

#include <string.h>

const char *command_version(void)
{
	return KHIEN_VERSION;
}

static bool say_word(void *context, struct str name, struct str *ret_value)
{
	if (!str_is(name, "a"))
		return false;
	*ret_value = str_of(context);
	return true;
}

const char *command_say(const struct run *run, const char *vi, const char *a)
{
	return text_fill(run->arena, str_of(tr(run->lang, vi)), say_word, (void *)a).ptr;
}

int command_misuse(const struct run *run, struct err *e, const char *vi, const char *a)
{
	return err_set(e, ERR_INPUT, "%s", command_say(run, vi, a));
}

const char *command_option_spelt(const struct run *run, const struct command_option *option)
{
	return arena_fmt(run->arena, "%s%s", option->name[1] ? "--" : "-", option->name).ptr;
}

static bool is_name_of(
	const struct command *command, const char *const *words, size_t count, size_t *ret_used)
{
	struct str name = str_of(command->name);
	struct str first, second;

	if (count >= 1 && str_is(name, words[0])) {
		*ret_used = 1;
		return true;
	}
	if (count < 2 || !str_split(name, ' ', &first, &second) || !str_is(first, words[0]) ||
		!str_is(second, words[1]))
		return false;
	*ret_used = 2;
	return true;
}

const struct command *command_find(
	const struct run *run, const char *const *words, size_t count, size_t *ret_used)
{
	for (size_t i = 0; run->table[i]; i++)
		if (is_name_of(run->table[i], words, count, ret_used))
			return run->table[i];
	return NULL;
}
