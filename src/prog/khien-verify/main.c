/* khien-verify: proves a sealed log from its files and public keys alone. No database, no network:
 * it is meant to be copied to another machine with the files. */
#include "prog/khien-verify/verify_int.h"

#define WORDS_MAX 64

static const struct command *const commands[] = {
	&verify_archive_command,
	&verify_proof_command,
	&verify_range_command,
	NULL,
};

/* "khien-verify DIR" is "khien-verify archive DIR". */
static bool is_folder_given(const char *word)
{
	static const char *const own[] = { "archive", "proof", "range", "help", "completion",
		"complete" };

	if (word[0] == '-')
		return false;
	for (size_t i = 0; i < COUNT(own); i++)
		if (strcmp(word, own[i]) == 0)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	char *words[WORDS_MAX + 2];

	if (argc < 2 || argc > WORDS_MAX || !is_folder_given(argv[1]))
		return command_main(commands, argc, argv);
	words[0] = argv[0];
	words[1] = (char[]){ "archive" };
	memcpy(words + 2, argv + 1, (size_t)argc * sizeof(*argv));
	return command_main(commands, argc + 1, words);
}
