#include "kit/command/command_int.h"
#include "base/memory.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *command_value(const struct command_line *line, const char *name)
{
	const struct command_option *options = line->command->options;

	for (size_t i = 0; options && options[i].name; i++)
		if (strcmp(options[i].name, name) == 0)
			return line->values[i];
	assert(!"the command has no such option");
	return NULL;
}

bool command_flag(const struct command_line *line, const char *name)
{
	return command_value(line, name) != NULL;
}

bool command_is_group(const struct run *run, const char *word)
{
	for (size_t i = 0; run->table[i]; i++) {
		struct str first, second;

		if (str_split(str_of(run->table[i]->name), ' ', &first, &second) &&
			str_is(first, word))
			return true;
	}
	return false;
}

/* What stays safe and what to do, by the kind of failure. */
static const struct {
	int code;
	const char *safe, *cure;
} remedies[] = {
	{ ERR_INPUT, T("Chưa có gì bị thay đổi."), T("Sửa chỗ nêu trên rồi chạy lại.") },
	{ ERR_ABSENT, T("Chưa có gì bị thay đổi."),
		T("Kiểm tra lại tên hoặc đường dẫn rồi chạy lại.") },
	{ ERR_DENIED, T("Chưa có gì bị thay đổi."),
		T("Chạy lại bằng tài khoản có quyền (ví dụ với sudo).") },
	{ ERR_LIMIT, T("Chương trình dừng trước khi vượt giới hạn; dữ liệu cũ còn nguyên."),
		T("Thu nhỏ dữ liệu vào rồi chạy lại.") },
	{ ERR_SYSTEM, T("Những gì đã lưu xong trước đó còn nguyên."),
		T("Kiểm tra ổ đĩa, bộ nhớ và quyền của tệp nêu trên rồi chạy lại.") },
	{ ERR_STORE, T("Việc đang làm dở đã được hủy; dữ liệu cũ còn nguyên."),
		T("Kiểm tra thư mục dữ liệu còn chỗ trống và ghi được rồi chạy lại.") },
	{ ERR_CONFLICT, T("Những gì đã có còn nguyên."),
		T("Xem tình trạng mới nhất rồi làm lại.") },
	{ ERR_CRYPTO, T("Kết quả dở dang đã bị bỏ."), T("Đừng dùng kết quả này; chạy lại.") },
};

static void say_row(const struct run *run, struct buf *out, const char *label, const char *words)
{
	const char *head = tr(run->lang, label);
	size_t at = text_width(str_of(head)) + 3;

	buf_fmt(out, "  %s ", head);
	text_wrap(out, str_of(words), at, 4, TEXT_COLUMNS);
}

static void say_failure(const struct run *run, const char *name, const char *what, const char *safe,
	const char *cure)
{
	struct buf out;

	buf_init(&out, 64 * KIB);
	buf_fmt(&out, "%s%s%s: %s\n", run->program, *name ? " " : "", name, what);
	say_row(run, &out, T("An toàn:"), safe);
	say_row(run, &out, T("Hãy làm:"), cure);
	fflush(stdout);
	fwrite(buf_cstr(&out), 1, out.len, stderr);
	buf_done(&out);
}

static int misused(const struct run *run, const char *name, const struct err *e)
{
	const char *page =
		arena_fmt(run->arena, "%s help%s%s", run->program, *name ? " " : "", name).ptr;

	say_failure(run, name, e->text, tr(run->lang, T("Lệnh chưa chạy; chưa có gì bị thay đổi.")),
		command_say(run, T("Xem cách dùng: {a}"), page));
	return 2;
}

static int failed(
	const struct run *run, const struct command *command, int status, const struct err *e)
{
	for (size_t i = 0; i < COUNT(remedies); i++)
		if (remedies[i].code == status)
			say_failure(run, command->name, e->text, tr(run->lang, remedies[i].safe),
				tr(run->lang, remedies[i].cure));
	return 2;
}

static int help(const struct run *run, const char *const *words, size_t count)
{
	const struct command *command;
	struct err e;
	size_t used;

	if (count == 0) {
		command_help_all(run);
		return 0;
	}
	command = command_find(run, words, count, &used);
	if (command) {
		command_help_one(run, command);
		return 0;
	}
	if (command_is_group(run, words[0])) {
		command_help_group(run, words[0]);
		return 0;
	}
	(void)command_misuse(run, &e, T("không có lệnh \"{a}\""), words[0]);
	return misused(run, "", &e);
}

/* The words that every program has, before the table. -1: none of them. */
static int built_in(struct run *run, const char *const *words, size_t count)
{
	if (run->is_version_asked) {
		printf("%s %s\n", run->program, command_version());
		return 0;
	}
	if (count == 0)
		return help(run, words, 0);
	if (strcmp(words[0], "help") == 0) {
		command_globals_anywhere(run);
		return help(run, words + 1, count > 1 && words[1][0] == '-' ? 0 : count - 1);
	}
	if (strcmp(words[0], "completion") == 0 && count == 2 && strcmp(words[1], "bash") == 0) {
		command_completion_bash(run);
		return 0;
	}
	if (strcmp(words[0], "complete") == 0) {
		command_complete(run, words + 1, count - 1);
		return 0;
	}
	return -1;
}

static int unknown(const struct run *run, const char *word)
{
	struct err e;

	if (command_is_group(run, word))
		(void)command_misuse(run, &e, T("\"{a}\" cần thêm tên lệnh con"), word);
	else
		(void)command_misuse(run, &e, T("không có lệnh \"{a}\""), word);
	return misused(run, command_is_group(run, word) ? word : "", &e);
}

static int run_command(struct run *run, const struct command *command, size_t from)
{
	struct command_line line;
	struct err e = { 0 };
	int status = command_parse(run, command, from, false, &e, &line);

	if (status < 0)
		return misused(run, command->name, &e);
	if (run->is_help_asked) {
		command_help_one(run, command);
		return 0;
	}
	run->is_confined = command->is_confined;
	err_words(run->lang == LANG_VI ? text_failure : NULL);
	status = command->run(&line, &e);
	if (status < 0)
		return failed(run, command, status, &e);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		(void)err_set(&e, ERR_SYSTEM, "%s", tr(run->lang, T("không ghi hết được kết quả")));
		return failed(run, command, ERR_SYSTEM, &e);
	}
	return status;
}

static int dispatch(struct run *run)
{
	struct err e = { 0 };
	int skipped = command_globals(run, &e);
	const struct command *command;
	size_t used;
	int status;

	if (skipped < 0)
		return misused(run, "", &e);
	status = built_in(run, run->words + skipped, run->word_count - (size_t)skipped);
	if (status >= 0)
		return status;
	command = command_find(run, run->words + skipped, run->word_count - (size_t)skipped, &used);
	if (!command && run->is_help_asked)
		return help(run, run->words + skipped, run->word_count - (size_t)skipped);
	if (!command)
		return unknown(run, run->words[skipped]);
	return run_command(run, command, (size_t)skipped + used);
}

int command_main(const struct command *const *table, int argc, char **argv)
{
	struct arena arena;
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	struct run run = {
		.program = argc < 1 ? "khien" :
			slash       ? slash + 1 :
				      argv[0],
		.table = table,
		.lang = command_lang_of_environment(),
		.arena = &arena,
		.words = (const char *const *)argv + (argc > 0 ? 1 : 0),
		.word_count = argc > 0 ? (size_t)argc - 1 : 0,
	};
	int status;

	memory_end_says(tr(run.lang, T("khien: hết bộ nhớ, phải dừng giữa chừng")));
	arena_init(&arena, LIMIT_COMMAND_MEMORY_BYTES);
	if (run.word_count > LIMIT_COMMAND_WORDS)
		run.word_count = LIMIT_COMMAND_WORDS;
	status = dispatch(&run);
	if (run.is_confined) {
		fflush(NULL);
		_exit(status);
	}
	arena_done(&arena);
	return status;
}
