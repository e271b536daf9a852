/* Help and completion, both walked off the table. Plain text of at most 80 columns. */
#include "kit/command/command_int.h"

#include <stdio.h>
#include <string.h>

#define HELP_MAX (256 * KIB)
#define LEFT_MAX 30

static void print(struct buf *out)
{
	fwrite(buf_cstr(out), 1, out->len, stdout);
	buf_done(out);
}

/* One row: what one writes on the left, what it does on the right. */
static void row(struct buf *out, const char *left, const char *right, size_t left_width)
{
	size_t at = left_width + 4;

	buf_add(out, STR("  "));
	if (text_width(str_of(left)) > left_width) {
		buf_add(out, str_of(left));
		buf_add_char(out, '\n');
		text_pad(out, STR(""), at);
	} else {
		text_pad(out, str_of(left), left_width + 2);
	}
	text_wrap(out, str_of(right), at, at, TEXT_COLUMNS);
}

static size_t wider(size_t width, const char *left)
{
	size_t has = text_width(str_of(left));

	return has > width && has <= LEFT_MAX ? has : width;
}

static const char *command_spelt(const struct run *run, const struct command *command)
{
	const char *args = command->args ? tr(run->lang, command->args) : "";

	return arena_fmt(run->arena, "%s%s%s", command->name, *args ? " " : "", args).ptr;
}

static void command_rows(const struct run *run, struct buf *out, const char *group)
{
	size_t width = 8;
	size_t len = group ? strlen(group) : 0;

	for (size_t i = 0; run->table[i]; i++)
		if (!group || strncmp(run->table[i]->name, group, len) == 0)
			width = wider(width, command_spelt(run, run->table[i]));
	for (size_t i = 0; run->table[i]; i++) {
		const struct command *command = run->table[i];

		if (group && (strncmp(command->name, group, len) != 0 || command->name[len] != ' '))
			continue;
		row(out, command_spelt(run, command), tr(run->lang, command->words), width);
	}
}

void command_help_all(const struct run *run)
{
	struct buf out;

	buf_init(&out, HELP_MAX);
	buf_fmt(&out, "%s %s\n\n", run->program, command_version());
	buf_add(&out,
		str_of(command_say(run, T("Cách dùng: {a} LỆNH [TÙY CHỌN] …"), run->program)));
	buf_fmt(&out, "\n\n%s\n", tr(run->lang, T("Lệnh:")));
	command_rows(run, &out, NULL);
	buf_fmt(&out, "\n%s\n", tr(run->lang, T("Có sẵn trong mọi chương trình:")));
	row(&out, tr(run->lang, T("help [LỆNH]")), tr(run->lang, T("giải thích một lệnh")), 16);
	row(&out, "completion bash", tr(run->lang, T("in phần gợi ý lệnh cho bash")), 16);
	row(&out, "--version", tr(run->lang, T("in số phiên bản")), 16);
	row(&out, "--lang vi|en", tr(run->lang, T("chọn tiếng Việt hoặc tiếng Anh")), 16);
	print(&out);
}

void command_help_group(const struct run *run, const char *word)
{
	struct buf out;

	buf_init(&out, HELP_MAX);
	buf_add(&out, str_of(command_say(run, T("Các lệnh của {a}:"), word)));
	buf_add_char(&out, '\n');
	command_rows(run, &out, word);
	print(&out);
}

static const char *option_left(const struct run *run, const struct command_option *option)
{
	const char *value = option->kind == OPTION_FLAG         ? "" :
		option->kind == OPTION_CHOICE && !option->value ? option->choices :
		option->value                                   ? tr(run->lang, option->value) :
								  "…";

	return arena_fmt(
		run->arena, "%s%s%s", command_option_spelt(run, option), *value ? " " : "", value)
		.ptr;
}

static void option_rows(const struct run *run, struct buf *out, const struct command *command)
{
	static const struct command_option lang = { "lang", OPTION_CHOICE, NULL, "vi|en",
		T("chọn tiếng Việt hoặc tiếng Anh") };
	const struct command_option *options = command->options;
	size_t width = 12;

	for (size_t i = 0; options && options[i].name; i++)
		width = wider(width, option_left(run, &options[i]));
	buf_fmt(out, "\n%s\n", tr(run->lang, T("Tùy chọn:")));
	for (size_t i = 0; options && options[i].name; i++) {
		const char *words = tr(run->lang, options[i].words);

		if (options[i].kind == OPTION_CHOICE && options[i].value)
			words = arena_fmt(run->arena, "%s (%s)", words, options[i].choices).ptr;
		row(out, option_left(run, &options[i]), words, width);
	}
	row(out, option_left(run, &lang), tr(run->lang, lang.words), width);
}

void command_help_one(const struct run *run, const struct command *command)
{
	struct buf out;

	buf_init(&out, HELP_MAX);
	buf_fmt(&out, "%s %s\n\n", run->program, command_spelt(run, command));
	text_wrap(&out, str_of(tr(run->lang, command->words)), 0, 0, TEXT_COLUMNS);
	if (command->help) {
		buf_add_char(&out, '\n');
		text_wrap(&out, str_of(tr(run->lang, command->help)), 0, 0, TEXT_COLUMNS);
	}
	option_rows(run, &out, command);
	print(&out);
}
