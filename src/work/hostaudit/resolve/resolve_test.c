/* The pure helpers of the resolvers: INI-like files, spans of time, shell files. */
#include "test/unit.h"
#include "work/hostaudit/resolve/ini.h"
#include "work/hostaudit/resolve/shell.h"
#include "work/hostaudit/resolve/systemd.h"

static struct arena arena;

static int set_up(void **state)
{
	arena_init(&arena, 16 * MIB);
	return 0;
}

static int tear_down(void **state)
{
	arena_done(&arena);
	return 0;
}

static void want_str(struct str s, const char *want)
{
	if (!str_is(s, want))
		fail_msg("\"%.*s\" is not \"%s\"", STR_FMT(s), want);
}

static void ini_reads_sections_joins_and_lines(void **state)
{
	struct str bytes = STR("\xEF\xBB\xBF"
			       "a=0\n[Login]\n# c\n ; c\n K = v \\\n# inside\n  w\nno value\n"
			       "[Open\nK=lost\n");
	struct ini ini;
	struct ini_entry e;

	ini_init(&ini, bytes, INI_JOIN, &arena);
	assert_true(ini_next(&ini, &e));
	want_str(e.key, "a");
	want_str(e.section, "");
	assert_int_equal(e.line, 1);
	assert_true(ini_next(&ini, &e));
	want_str(e.section, "Login");
	want_str(e.key, "K");
	want_str(e.value, "v    w");
	assert_int_equal(e.line, 5);
	assert_true(ini_next(&ini, &e));
	want_str(e.key, "no value");
	assert_null(e.value.ptr);
	assert_true(ini_next(&ini, &e));
	want_str(e.section, "[Open");
	assert_false(ini_next(&ini, &e));
}

/* EVIDENCE: D12.1.b spans as systemd-analyze timespan reads them */
static void spans_are_read_as_systemd_does(void **state)
{
	static const struct {
		const char *text;
		int64_t us; /* -1: refused, -2: infinity */
	} rows[] = {
		{ "600", 600000000 },
		{ "10min", 600000000 },
		{ "10 min", 600000000 },
		{ "10m", 600000000 },
		{ "1h 30s", 3630000000 },
		{ "1h30", 3630000000 },
		{ "5min 20s", 320000000 },
		{ "infinity", -2 },
		{ "\"10min\"", -1 },
		{ "", -1 },
		{ "10 parsecs", -1 },
		{ "1.5h", 5400000000 },
		{ "-5", -1 },
		{ "500ms", 500000 },
		{ "0", 0 },
		{ "99999999999999999999", -1 },
		{ "1.", -1 },
		{ ".5s", 500000 },
		{ "s", -1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t us = 1;
		bool is_good = systemd_span(str_of(rows[i].text), &us);

		if (is_good != (rows[i].us != -1) ||
			(is_good && us != (rows[i].us == -2 ? UINT64_MAX : (uint64_t)rows[i].us)))
			fail_msg("\"%s\": %d %llu", rows[i].text, is_good, (unsigned long long)us);
	}
}

static void shell_variables_keep_only_literals(void **state)
{
	struct str bytes =
		STR("# x\nA=1\nexport B='two words' # c\nC=\"a\\\"b\"\nD=$A\nE=x\\ y\nA=2\n");
	struct setting s;
	struct shell_vars v;
	struct shell_var var;

	shell_var_last(bytes, STR("/f"), "A", &arena, &s);
	want_str(s.value, "2");
	assert_int_equal(s.line, 7);
	want_str(s.lost, "/f:2=1");
	shell_vars_init(&v, bytes, &arena);
	assert_true(shell_vars_next(&v, &var));
	assert_true(shell_vars_next(&v, &var));
	want_str(var.value, "two words");
	assert_true(shell_vars_next(&v, &var));
	want_str(var.value, "a\"b");
	assert_true(shell_vars_next(&v, &var));
	assert_null(var.value.ptr);
	assert_true(shell_vars_next(&v, &var));
	want_str(var.value, "x y");
}

static void shell_scripts_split_into_commands(void **state)
{
	struct str bytes = STR(
		"if [ -n \"$PS1\" ]; then\n  readonly TMOUT=600 # c\nfi\n"
		"cat <<EOF\nTMOUT=1\nEOF\n[ a ] &&\n  export X=\"$(echo ') ; x')\" 2>/dev/null\n"
		"f() { TMOUT=3; }\n");
	static const char *const want[] = { "if", "[", "then", "readonly", "fi", "cat", "[",
		"export", "f", "(", ")", "{", "TMOUT=3", "}" };
	static const int lines[] = { 1, 1, 1, 2, 3, 4, 7, 8, 9, 9, 9, 9, 9, 9 };
	struct shell_script s;
	struct shell_command c;

	shell_script_init(&s, bytes, &arena);
	for (size_t i = 0; i < COUNT(want); i++) {
		assert_true(shell_script_next(&s, &c));
		want_str(c.words[0].raw, want[i]);
		assert_int_equal(c.line, lines[i]);
	}
	assert_false(shell_script_next(&s, &c));
	assert_false(s.is_broken);
}

static void settings_remember_their_losers(void **state)
{
	struct setting s = { 0 };

	setting_win(&s, &arena, STR("1"), STR("/a"), 1);
	setting_win(&s, &arena, STR("2"), STR("/b"), 2);
	setting_lose(&s, &arena, STR("3"), STR("/c"), 3);
	want_str(s.value, "2");
	want_str(s.lost, "/c:3=3; /a:1=1");
	setting_unset(&s, &arena);
	assert_null(s.value.ptr);
	want_str(s.lost, "/b:2=2; /c:3=3; /a:1=1");
	for (int i = 0; i < 100000; i++)
		setting_win(&s, &arena, STR("x"), STR("/d"), i);
	assert_true(s.lost.len < 4096);
}

static void globs_match_whole_names(void **state)
{
	assert_true(str_glob(STR("session*"), STR("session:shell")));
	assert_true(str_glob(STR("*"), STR("")));
	assert_false(str_glob(STR("session"), STR("session:shell")));
	assert_true(str_glob(STR("a?c*e"), STR("abcdde")));
	assert_false(str_glob(STR("a?c*f"), STR("abcdde")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ini_reads_sections_joins_and_lines),
		cmocka_unit_test(spans_are_read_as_systemd_does),
		cmocka_unit_test(shell_variables_keep_only_literals),
		cmocka_unit_test(shell_scripts_split_into_commands),
		cmocka_unit_test(settings_remember_their_losers),
		cmocka_unit_test(globs_match_whole_names),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
