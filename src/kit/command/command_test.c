#include "kit/command/command.h"
#include "test/unit.h"

#include <stdlib.h>
#include <string.h>

/* What the last run of a command saw. */
static struct {
	int runs;
	enum lang lang;
	char args[200];
	char root[50], format[50], number[50], out[50];
	bool is_quiet;
} seen;

static void copy(char *to, size_t room, const char *from)
{
	snprintf(to, room, "%s", from ? from : "-");
}

static int run_look(const struct command_line *line, struct err *e)
{
	struct buf args;

	memset(&seen, 0, sizeof(seen));
	seen.runs = 1;
	seen.lang = line->lang;
	buf_init(&args, sizeof(seen.args) - 1);
	for (size_t i = 0; i < line->arg_count; i++)
		buf_fmt(&args, "<%s>", line->args[i]);
	copy(seen.args, sizeof(seen.args), buf_cstr(&args));
	buf_done(&args);
	copy(seen.root, sizeof(seen.root), command_value(line, "root"));
	copy(seen.format, sizeof(seen.format), command_value(line, "format"));
	copy(seen.number, sizeof(seen.number), command_value(line, "number"));
	copy(seen.out, sizeof(seen.out), command_value(line, "o"));
	seen.is_quiet = command_flag(line, "quiet");
	if (line->arg_count > 0 && strcmp(line->args[0], "deny") == 0)
		return err_set(e, ERR_DENIED, "cannot read \"/etc/shadow\"");
	return line->arg_count > 0 && strcmp(line->args[0], "no") == 0 ? 1 : 0;
}

static void complete_look(const struct command_line *line, size_t i)
{
	printf("word%zu-after-%s\n", i, line->arg_count > 0 ? line->args[0] : "nothing");
}

static const struct command_option options[] = {
	{ "root", OPTION_DIR, "DIR", NULL, "gốc của máy" },
	{ "format", OPTION_CHOICE, NULL, "text|json", "dạng" },
	{ "number", OPTION_NUMBER, "N", NULL, "số" },
	{ "o", OPTION_FILE, "FILE", NULL, "tệp" },
	{ "quiet", OPTION_FLAG, NULL, NULL, "im lặng" },
	{ 0 },
};

static const struct command look = { "look", "[A] [B]", "nhìn", "Nhìn kỹ.", options, 0, 2, run_look,
	complete_look, false };
static const struct command look_at = { "look at", "WHAT", "nhìn vào", NULL, options, 1, 1,
	run_look, NULL, false };
static const struct command pack_see = { "pack see", "", "xem", NULL, options, 0, 0, run_look,
	NULL, false };
static const struct command *const table[] = { &look, &look_at, &pack_see, NULL };

/* One run with its two outputs, freed by the caller through done(). */
struct result {
	int status;
	char *out, *err;
};

static struct result run(const char *const *words)
{
	struct result r = { 0 };
	size_t out_size, err_size;
	FILE *old_out = stdout, *old_err = stderr;
	char *argv[20] = { (char *)"/usr/bin/khien" };
	int argc = 1;

	for (; words[argc - 1]; argc++)
		argv[argc] = (char *)words[argc - 1];
	memset(&seen, 0, sizeof(seen));
	stdout = open_memstream(&r.out, &out_size);
	stderr = open_memstream(&r.err, &err_size);
	r.status = command_main(table, argc, argv);
	fclose(stdout);
	fclose(stderr);
	stdout = old_out;
	stderr = old_err;
	return r;
}

#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })

static void done(struct result r)
{
	free(r.out);
	free(r.err);
}

static void options_and_words_come_in_any_order(void **state)
{
	(void)state;
	done(RUN("look", "--root=/mnt", "one", "--format", "json", "-o", "x", "two", "--quiet"));
	assert_int_equal(seen.runs, 1);
	assert_string_equal(seen.args, "<one><two>");
	assert_string_equal(seen.root, "/mnt");
	assert_string_equal(seen.format, "json");
	assert_string_equal(seen.number, "-");
	assert_string_equal(seen.out, "x");
	assert_true(seen.is_quiet);
	done(RUN("look", "--", "--root"));
	assert_string_equal(seen.args, "<--root>");
}

static void two_words_name_a_command_before_one(void **state)
{
	(void)state;
	done(RUN("look", "at", "me"));
	assert_string_equal(seen.args, "<at><me>");
	done(RUN("pack", "see"));
	assert_int_equal(seen.runs, 1);
}

static void wrong_use_is_refused_in_three_parts(void **state)
{
	static const struct {
		const char *words[6];
		const char *what;
	} rows[] = {
		{ { "--lang", "en", "look", "--nothing" },
			"khien look: there is no option --nothing\n" },
		{ { "--lang", "en", "look", "--root" }, "khien look: --root needs a value\n" },
		{ { "--lang", "en", "look", "--quiet=1" }, "khien look: --quiet takes no value\n" },
		{ { "--lang", "en", "look", "--number", "1x" },
			"khien look: --number needs a whole number: \"1x\"\n" },
		{ { "--lang", "en", "look", "--format", "xml" },
			"khien look: --format does not take the value \"xml\"; choose one of: text|json\n" },
		{ { "--lang", "en", "look", "--quiet", "--quiet" },
			"khien look: --quiet is written twice\n" },
		{ { "--lang", "en", "look", "a", "b", "c" },
			"khien look: one word too many: \"c\"\n" },
		{ { "--lang", "en", "nothing" }, "khien: there is no command \"nothing\"\n" },
		{ { "--lang", "en", "pack" },
			"khien pack: \"pack\" needs the name of a subcommand\n" },
		{ { "--lang", "xx", "look" }, "khien: --lang" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct result r = run(rows[i].words);

		assert_int_equal(r.status, 2);
		assert_int_equal(seen.runs, 0);
		assert_string_equal(r.out, "");
		if (strncmp(r.err, rows[i].what, strlen(rows[i].what)) != 0)
			fail_msg("%s", r.err);
		done(r);
	}
	struct result r = RUN("look", "--nothing");

	assert_string_equal(r.err,
		"khien look: không có tùy chọn --nothing\n"
		"  An toàn: Lệnh chưa chạy; chưa có gì bị thay đổi.\n"
		"  Hãy làm: Xem cách dùng: khien help look\n");
	done(r);
}

static void failures_say_what_is_safe_and_what_to_do(void **state)
{
	struct result r = RUN("look", "deny", "--lang", "en");

	(void)state;
	assert_int_equal(r.status, 2);
	assert_string_equal(r.err,
		"khien look: cannot read \"/etc/shadow\"\n"
		"  Safe: Nothing has been changed.\n"
		"  Do this: Run it again as a user who may (for example with sudo).\n");
	done(r);
	r = RUN("look", "no");
	assert_int_equal(r.status, 1);
	assert_string_equal(r.err, "");
	done(r);
}

static void language_comes_from_option_then_environment(void **state)
{
	(void)state;
	unsetenv("LC_ALL");
	unsetenv("LC_MESSAGES");
	setenv("LANG", "en_US.UTF-8", 1);
	done(RUN("look"));
	assert_int_equal(seen.lang, LANG_EN);
	setenv("KHIEN_LANG", "vi", 1);
	done(RUN("look"));
	assert_int_equal(seen.lang, LANG_VI);
	done(RUN("look", "--lang", "en"));
	assert_int_equal(seen.lang, LANG_EN);
	unsetenv("KHIEN_LANG");
	setenv("LANG", "C.UTF-8", 1);
	done(RUN("look"));
	assert_int_equal(seen.lang, LANG_VI);
}

static void help_is_made_of_the_rows(void **state)
{
	struct result r = RUN("help", "look");
	struct str rest, line;

	(void)state;
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.out, "khien look [A] [B]\n\nnhìn\n\nNhìn kỹ.\n"));
	assert_non_null(strstr(r.out, "  --root DIR          gốc của máy\n"));
	assert_non_null(strstr(r.out, "  --format text|json  dạng\n"));
	assert_non_null(strstr(r.out, "  -o FILE             tệp\n"));
	done(r);
	r = RUN("--help");
	assert_non_null(strstr(r.out, "  look at WHAT  nhìn vào\n"));
	rest = str_of(r.out);
	while (str_next_line(&rest, &line))
		assert_true(text_width(line) <= TEXT_COLUMNS);
	done(r);
	r = RUN("look", "at", "--help");
	assert_int_equal(seen.runs, 0);
	assert_int_equal(r.status, 0);
	done(r);
	r = RUN("--version");
	assert_non_null(strstr(r.out, "khien "));
	done(r);
}

static void the_shell_gets_candidates(void **state)
{
	static const struct {
		const char *words[8];
		const char *out;
	} rows[] = {
		{ { "complete", "--", "" }, "look\npack\nhelp\ncompletion\n--version\n--lang\n" },
		{ { "complete", "--", "pack", "" }, "see\n" },
		{ { "complete", "--", "help", "pack", "" }, "see\n" },
		{ { "complete", "--", "look", "--format", "" }, "text\njson\n" },
		{ { "complete", "--", "look", "--root", "" }, "" },
		{ { "complete", "--", "look", "-" },
			"--root\n--format\n--number\n-o\n--quiet\n--lang\n--help\n" },
		{ { "complete", "--", "look", "" }, "word0-after-nothing\n" },
		{ { "complete", "--", "look", "--quiet", "x", "" }, "word1-after-x\n" },
		{ { "complete", "--", "--lang", "en", "look", "y", "" }, "word1-after-y\n" },
		{ { "complete", "--", "look", "x", "y", "" }, "" },
		{ { "complete" }, "" },
		{ { "complete", "--", "nothing", "x", "" }, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct result r = run(rows[i].words);

		assert_int_equal(r.status, 0);
		assert_string_equal(r.err, "");
		assert_string_equal(r.out, rows[i].out);
		done(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_and_words_come_in_any_order),
		cmocka_unit_test(two_words_name_a_command_before_one),
		cmocka_unit_test(wrong_use_is_refused_in_three_parts),
		cmocka_unit_test(failures_say_what_is_safe_and_what_to_do),
		cmocka_unit_test(language_comes_from_option_then_environment),
		cmocka_unit_test(help_is_made_of_the_rows),
		cmocka_unit_test(the_shell_gets_candidates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
