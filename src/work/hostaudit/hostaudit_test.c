#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "work/hostaudit/apt.h"
#include "work/hostaudit/audit_int.h"
#include "work/hostaudit/package_of.h"
#include "work/hostaudit/resolve/declared.h"
#include "work/hostaudit/verify.h"
#include "test/unit.h"

#define NOW 1795366800

static char root[] = "/tmp/khien-root-XXXXXX";

static void put(const char *path, const char *text)
{
	char full[512];
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	f = fopen(full, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
}

static void make(const char *path, mode_t mode)
{
	char full[512];

	snprintf(full, sizeof(full), "%s%s", root, path);
	assert_int_equal(S_ISFIFO(mode) ? mkfifo(full, 0600) : mkdir(full, 0700), 0);
}

static int make_root(void **state)
{
	char full[512];

	(void)state;
	assert_non_null(mkdtemp(root));
	make("/etc", S_IFDIR);
	make("/etc/d", S_IFDIR);
	put("/etc/plain", "one\ntwo\n");
	put("/etc/d/b.conf", "b");
	put("/etc/d/a.conf", "a");
	put("/etc/d/c.txt", "c");
	make("/etc/fifo", S_IFIFO);
	snprintf(full, sizeof(full), "%s/etc/out", root);
	assert_int_equal(symlink("/etc/plain", full), 0);
	snprintf(full, sizeof(full), "%s/etc/up", root);
	assert_int_equal(symlink("../../../../../../../../etc/hostname", full), 0);
	snprintf(full, sizeof(full), "%s/etc/loop", root);
	assert_int_equal(symlink("loop", full), 0);
	snprintf(full, sizeof(full), "%s/etc/sparse", root);
	put("/etc/sparse", "");
	return truncate(full, 10ll << 30);
}

static struct host *open_root(void)
{
	struct host *h;
	struct err e;

	assert_int_equal(host_open(root, NOW, &e, &h), 0);
	assert_false(host_is_live(h));
	return h;
}

static void links_stay_inside_the_root(void **state)
{
	struct host *h = open_root();
	const struct host_file *file;

	(void)state;
	assert_int_equal(host_read(h, "/etc/out", &file), 0);
	assert_true(str_is(file->bytes, "one\ntwo\n"));
	/* ../../etc/hostname ends at the root's own /etc, where there is none */
	assert_int_equal(host_read(h, "/etc/up", &file), ERR_ABSENT);
	assert_int_equal(h->gaps.len, 0);
	host_close(h);
}

static void what_is_no_plain_file_is_a_gap(void **state)
{
	struct host *h = open_root();
	const struct host_file *file;

	(void)state;
	assert_int_equal(host_read(h, "/etc/fifo", &file), ERR_INPUT);
	assert_int_equal(host_read(h, "/etc/d", &file), ERR_INPUT);
	assert_int_equal(host_read(h, "/etc/loop", &file), ERR_SYSTEM);
	assert_int_equal(host_read(h, "/etc/sparse", &file), ERR_LIMIT);
	assert_int_equal(h->gaps.len, 4);
	assert_true(str_is(h->gaps.at[0].reason, GAP_NOT_REGULAR));
	assert_true(str_is(h->gaps.at[2].reason, GAP_LOOP));
	assert_true(str_is(h->gaps.at[3].reason, GAP_TOO_LARGE));
	/* asked again it is the same gap, not a second */
	assert_int_equal(host_read(h, "/etc/fifo", &file), ERR_INPUT);
	assert_int_equal(h->gaps.len, 4);
	host_close(h);
}

static void includes_that_fan_out_meet_the_budget(void **state)
{
	struct host *h = open_root();
	const struct host_file *file;
	int rc = 0;

	(void)state;
	for (int i = 0; i < 1000000 && rc == 0; i++)
		rc = host_read(h, "/etc/plain", &file);
	assert_int_equal(rc, ERR_LIMIT);
	host_close(h);
}

static void folders_are_listed_in_order(void **state)
{
	struct host *h = open_root();
	const struct str *paths;
	size_t count;

	(void)state;
	assert_int_equal(host_glob(h, "/etc/d/*.conf", &paths, &count), 0);
	assert_int_equal(count, 2);
	assert_true(str_is(paths[0], "/etc/d/a.conf"));
	assert_int_equal(host_list(h, "/nowhere", &paths, &count), 0);
	assert_int_equal(count, 0);
	assert_string_equal(host_sha256(h, STR("/etc/plain")), "");
	host_close(h);
}

static unsigned char digest_of(struct host *h, bool is_kept)
{
	struct verify_file file = { .path = "/etc/many", .kind = DIGEST_MD5, .is_kept = is_kept };

	verify_files(h, &file, 1, NULL);
	assert_int_equal(file.state, VERIFY_DONE);
	assert_int_equal(file.got_size, 16);
	return file.got[0];
}

/* Bytes this process has read, as the kernel counts them; -1 when it does not. */
static int64_t read_so_far(void)
{
	FILE *f = fopen("/proc/self/io", "r");
	char text[512];
	struct str rest, line, number;
	int64_t bytes;

	if (!f)
		return -1;
	rest = (struct str){ text, fread(text, 1, sizeof(text), f) };
	fclose(f);
	return str_next_line(&rest, &line) && str_split(line, ' ', &line, &number) &&
			str_to_i64(number, &bytes) ?
		bytes :
		-1;
}

/* How the MD5 of 100,000 "x" and "y" begins is what openssl md5 says. */
static void what_was_hashed_is_not_read_again(void **state)
{
	static char text[100001];
	struct host *h;
	struct err e;
	int64_t before;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	put("/etc/many", text);
	/* an audit that began a minute after the file was written */
	assert_int_equal(host_open(root, clock_now_s() + 60, &e, &h), 0);
	assert_int_equal(digest_of(h, true), 0xd5);
	before = read_so_far();
	assert_int_equal(digest_of(h, false), 0xd5);
	if (before >= 0)
		assert_true(read_so_far() - before < 50000);
	/* as large as before, and other bytes: the times tell */
	memset(text, 'y', sizeof(text) - 1);
	put("/etc/many", text);
	assert_int_equal(digest_of(h, false), 0xf0);
	host_close(h);
}

/* What is written while the audit runs may be written again within one tick of the clock. */
static void what_is_new_is_read_each_time(void **state)
{
	static char text[100001];
	struct host *h;
	struct err e;
	int64_t before;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	put("/etc/many", text);
	assert_int_equal(host_open(root, clock_now_s() - 60, &e, &h), 0);
	assert_int_equal(digest_of(h, true), 0xd5);
	before = read_so_far();
	assert_int_equal(digest_of(h, false), 0xd5);
	if (before >= 0)
		assert_true(read_so_far() - before >= 100000);
	host_close(h);
}

struct lines {
	size_t count, longest;
};

static bool take_line(void *context, struct str line)
{
	struct lines *lines = context;

	lines->count++;
	if (line.len > lines->longest)
		lines->longest = line.len;
	return true;
}

static void long_lines_are_cut_and_skipped(void **state)
{
	struct host *h = open_root();
	struct lines lines = { 0 };
	char full[512];
	FILE *f;

	(void)state;
	snprintf(full, sizeof(full), "%s/etc/long", root);
	f = fopen(full, "w");
	assert_non_null(f);
	for (int i = 0; i < 300000; i++)
		fputc('x', f);
	fputs("\nshort\n", f);
	fclose(f);
	assert_int_equal(host_read_lines(h, "/etc/long", take_line, &lines), 0);
	assert_int_equal(lines.count, 2);
	assert_int_equal(lines.longest, LIMIT_HOST_LINE_BYTES);
	host_close(h);
}

static bool count_rows(
	void *context, bool is_header, const struct hostaudit_cell *cells, size_t count)
{
	(void)cells, (void)count;
	*(int *)context += !is_header;
	return true;
}

static void questions_only_read(void **state)
{
	static const char *const refused[] = {
		"DELETE FROM mounts",
		"CREATE TABLE t (a)",
		"ATTACH '/tmp/x' AS x",
		"PRAGMA user_version",
		"DROP TABLE mounts",
		"VACUUM",
		"BEGIN",
		"SELECT load_extension('x')",
		"SELECT 1; SELECT 2",
		"",
		"SELECT * FROM nowhere",
		"CREATE VIRTUAL TABLE v USING mounts",
		"SELECT * FROM sqlite_master",
	};
	struct hostaudit_options options = { .root = root, .now_s = NOW };
	struct hostaudit *audit;
	struct err e;
	int rows = 0;

	(void)state;
	assert_int_equal(hostaudit_open(&options, &e, &audit), 0);
	for (size_t i = 0; i < COUNT(refused); i++)
		assert_int_equal(
			hostaudit_ask(audit, str_of(refused[i]), count_rows, &rows, &e), ERR_INPUT);
	assert_int_equal(rows, 0);
	assert_int_equal(
		hostaudit_ask(audit, STR("SELECT 1 UNION SELECT 2;"), count_rows, &rows, &e), 0);
	assert_int_equal(rows, 2);
	/* a question without an end is ended */
	assert_int_equal(hostaudit_ask(audit,
				 STR("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n)"
				     " SELECT count(*) FROM n"),
				 count_rows, &rows, &e),
		ERR_LIMIT);
	hostaudit_close(audit);
}

static struct hostaudit_result ask_check(struct hostaudit *audit, const struct check *check)
{
	struct hostaudit_result result;
	struct err e;

	assert_int_equal(hostaudit_check(audit, check, &e, &result), 0);
	return result;
}

static void unknown_is_contagious(void **state)
{
	struct hostaudit_options options = { .root = root, .now_s = NOW };
	struct check check = {
		.id = STR("t.t"),
		.query = STR("SELECT 'x' AS subject, 1 AS ok FROM processes"
			     " UNION ALL SELECT 'y', 0 UNION ALL SELECT 'z', NULL"),
		.none = STR("pass"),
	};
	struct check plain = {
		.id = STR("t.p"), .query = STR("SELECT 1 AS ok, 'a' AS found"), .none = STR("pass")
	};
	struct hostaudit *audit;
	struct hostaudit_result result;
	struct err e;

	(void)state;
	assert_int_equal(hostaudit_open(&options, &e, &audit), 0);
	result = ask_check(audit, &plain);
	assert_int_equal(result.outcome, OUTCOME_PASS);
	assert_int_equal(result.rows[0].extract_sha256.len, 64);
	/* processes says something of a running machine only, and this root is not one: a gap */
	result = ask_check(audit, &check);
	assert_int_equal(result.row_count, 2);
	assert_int_equal(result.outcome, OUTCOME_UNKNOWN);
	assert_true(str_is(result.rows[0].reason, GAP_NOT_LIVE));
	check.do_violations_stand = true;
	result = ask_check(audit, &check);
	assert_int_equal(result.outcome, OUTCOME_FAIL);
	check.query = STR("SELECT 1 AS ok FROM processes");
	result = ask_check(audit, &check);
	assert_int_equal(result.outcome, OUTCOME_UNKNOWN);
	check.is_live_only = true;
	result = ask_check(audit, &check);
	assert_int_equal(result.outcome, OUTCOME_NA);
	hostaudit_close(audit);
}

static void nothing_found_means_what_the_check_says(void **state)
{
	struct hostaudit_options options = { .root = root, .now_s = NOW };
	struct check check = { .id = STR("t.n"), .query = STR("SELECT 1 AS ok WHERE 0") };
	struct hostaudit *audit;
	struct err e;

	(void)state;
	assert_int_equal(hostaudit_open(&options, &e, &audit), 0);
	check.none = STR("pass");
	assert_int_equal(ask_check(audit, &check).outcome, OUTCOME_PASS);
	check.none = STR("na");
	assert_int_equal(ask_check(audit, &check).outcome, OUTCOME_NA);
	check.none = STR("fail");
	assert_int_equal(ask_check(audit, &check).outcome, OUTCOME_FAIL);
	check.none = STR_NONE;
	assert_int_equal(ask_check(audit, &check).outcome, OUTCOME_UNKNOWN);
	check.applies = STR("SELECT 0");
	assert_int_equal(ask_check(audit, &check).outcome, OUTCOME_NA);
	hostaudit_close(audit);
}

/* "user an" is kept; "tài khoản an" is read. What only begins with the letters stays. */
static void subjects_are_said_in_words(void **state)
{
	static const struct {
		const char *subject, *vi, *en;
	} rows[] = {
		{ "user an", "tài khoản an", "account an" },
		{ "xfce, user an", "xfce, tài khoản an", "xfce, account an" },
		{ "users sss", "nguồn tài khoản sss", "accounts of sss" },
		{ "service sshd", "dịch vụ sshd", "service sshd" },
		{ "pid 7", "tiến trình số 7", "process 7" },
		{ "console", "bàn phím của máy", "the machine's own keyboard" },
		{ "username", "username", "username" },
		{ "/srv/user an", "/srv/user an", "/srv/user an" },
		{ "", "", "" },
	};
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str subject = str_of(rows[i].subject);

		assert_string_equal(
			arena_cstr(&a, hostaudit_subject(subject, LANG_VI, &a)), rows[i].vi);
		assert_string_equal(
			arena_cstr(&a, hostaudit_subject(subject, LANG_EN, &a)), rows[i].en);
	}
	arena_done(&a);
}

/* What is kept stays as it is; people read it in their language, word by word. */
static void found_values_are_said_in_words(void **state)
{
	struct found_word words[] = {
		{ STR("not running"), { .vi = STR("không chạy"), .en = STR("not running") } },
		{ STR("running"), { .vi = STR("đang chạy"), .en = STR("running") } },
		{ STR("d"), { .vi = STR("ngày"), .en = STR("d") } },
		{ STR(", last"), { .vi = STR(", lần cuối"), .en = STR(", last") } },
	};
	struct check check = { .found_words = words, .found_word_count = COUNT(words) };
	static const struct {
		const char *found, *said;
	} rows[] = {
		{ "clamd: not running", "clamd: không chạy" },
		{ "clamd: running", "clamd: đang chạy" },
		{ "every 7 d, last 2026-11-01", "every 7 ngày, lần cuối 01/11/2026" },
		{ "(2026-11-01) 2026-11-01.", "(01/11/2026) 01/11/2026." },
		{ "v2026-11-01 2026-11-011 /2026-11-01", "v2026-11-01 2026-11-011 /2026-11-01" },
		{ "/etc/running.d/x running", "/etc/running.d/x đang chạy" },
		{ "d=1 running-d @d", "d=1 running-d @d" },
		{ "prunning runningx d_ ngàyd", "prunning runningx d_ ngàyd" },
		{ "", "" },
	};
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str found = str_of(rows[i].found);

		assert_string_equal(
			arena_cstr(&a, hostaudit_found(&check, found, LANG_VI, &a)), rows[i].said);
		assert_true(str_eq(hostaudit_found(&check, found, LANG_EN, &a), found));
		assert_true(str_eq(hostaudit_found(NULL, found, LANG_EN, &a), found));
	}
	arena_done(&a);
}

static void tables_have_names_of_their_own(void **state)
{
	(void)state;
	for (size_t i = 0; fact_tables[i]; i++)
		for (size_t n = 0; n < i; n++)
			assert_string_not_equal(fact_tables[n]->name, fact_tables[i]->name);
}

static void a_fault_of_a_declaration_names_its_field(void **state)
{
	static const struct {
		const char *text, *fault;
	} rows[] = {
		{ "kind: server\napproved: []\n", NULL },
		{ "kind: fridge\n", "dòng 1, cột 7, mục kind: phải là một trong: server" },
		{ "level: 6\n", "dòng 1, cột 8, mục level: phải là một số từ 1 đến 5" },
		{ "colour: red\n", "dòng 1, cột 9, mục colour: không có mục nào" },
		{ "roles: [web, king]\n", "dòng 1, cột 14, mục roles: phải là một trong: web," },
		{ "approved:\n  - {what: port, name: tcp/1, until: 2027-02-30}\n",
			"dòng 2, cột 38, mục approved.until: ngày phải viết" },
		{ "approved:\n  - {what: cat, name: x}\n",
			"dòng 2, cột 12, mục approved.what: phải" },
		{ "approved:\n  - {what: port, name: '443'}\n",
			"dòng 2, cột 5, mục approved: cổng" },
		{ "approved:\n  - {what: port, name: tcp/70000}\n", "dòng 2, cột 5" },
		{ "approved: {a: b}\n", "dòng 1, cột 11, mục approved: phải là một danh sách" },
		{ "backups:\n  - {name: x, where: elsewhere}\n", NULL },
		{ "backups:\n  - {name: x}\n", "dòng 2, cột 5, mục backups: mỗi mục sao lưu" },
		{ "backups:\n  - {name: x, where: moon}\n", "dòng 2, cột 22, mục backups.where" },
		{ "kind: [x\n", "dòng 2, cột 1: sai cú pháp YAML" },
		{ "[a]\n", "dòng 1, cột 1: tệp phải gồm" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct declared_fault fault;
		struct declaration d;
		struct arena a;
		struct str said;
		int rc;

		arena_init(&a, MIB);
		rc = declaration_parse(str_of(rows[i].text), &a, &fault, &d);
		assert_int_equal(rc, rows[i].fault ? ERR_INPUT : 0);
		said = rc < 0 ? declared_fault_text(&fault, LANG_VI, &a) : STR("");
		if (rows[i].fault && !str_starts(said, rows[i].fault))
			assert_string_equal(said.ptr, rows[i].fault);
		arena_done(&a);
	}
}

/* What is not approved by somebody, for a reason, until a day, is not approved. */
static void half_an_approval_is_a_draft(void **state)
{
	static const struct {
		const char *text;
		bool is_draft;
	} rows[] = {
		{ "approved: [{what: port, name: tcp/1, why: a, by: b, until: 2027-02-28}]",
			false },
		{ "approved: [{what: port, name: tcp/1, why: '', by: b, until: 2027-02-28}]",
			true },
		{ "approved: [{what: port, name: tcp/1, why: a, by: b, until: }]", true },
		{ "approved: [{what: port, name: tcp/1, why: a, until: 2027-02-28}]", true },
		{ "approved: [{what: port, name: tcp/1}]", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct declared_fault fault;
		struct declaration d;
		struct arena a;

		arena_init(&a, MIB);
		assert_int_equal(declaration_parse(str_of(rows[i].text), &a, &fault, &d), 0);
		assert_int_equal(d.approved.at[0].is_draft, rows[i].is_draft);
		arena_done(&a);
	}
}

/* A machine with many processes, asked by a plain user: thousands of gaps before the last table. */
static void no_table_loses_its_first_gap(void **state)
{
	struct host *h = host_of_nothing(NOW);
	char path[32];

	h->filling = fact_table_by_name(STR("users"));
	for (int i = 0; i < 2 * GAPS_MAX; i++) {
		snprintf(path, sizeof(path), "/proc/%d/exe", i);
		host_gap(h, GAP_RIGHTS, path);
	}
	assert_int_equal(h->gaps.len, GAPS_MAX);
	h->filling = fact_table_by_name(STR("shadow"));
	host_gap(h, GAP_RIGHTS, "/etc/shadow");
	host_gap(h, GAP_RIGHTS, "/etc/gshadow");
	assert_int_equal(h->gaps.len, GAPS_MAX + 1);
	assert_ptr_equal(h->gaps.at[GAPS_MAX].table, h->filling);
	assert_true(str_is(h->gaps.at[GAPS_MAX].path, "/etc/shadow"));
	host_close(h);
}

static void package_lists_are_read_once_for_what_was_asked(void **state)
{
	struct package_of first[] = { { .path = STR("/usr/bin/one") },
		{ .path = STR("/opt/other") } };
	struct package_of again[] = { { .path = STR("/opt/other") },
		{ .path = STR("/usr/bin/one") } };
	struct package_of later = { .path = STR("/usr/bin/two") };
	struct host *h = open_root();

	(void)state;
	make("/var", S_IFDIR);
	make("/var/lib", S_IFDIR);
	make("/var/lib/dpkg", S_IFDIR);
	make("/var/lib/dpkg/info", S_IFDIR);
	put("/var/lib/dpkg/info/odd.list", "/.\n/bin\n/bin/one\n/bin/onetwo");
	package_of(h, first, 2);
	assert_true(str_is(first[0].package, "odd"));
	assert_true(str_is(first[1].package, ""));
	put("/var/lib/dpkg/info/odd.list", "/opt/other\n/usr/bin/two\n");
	package_of(h, again, 2); /* as the first answer was: nothing is read again */
	assert_true(str_is(again[0].package, ""));
	assert_true(str_is(again[1].package, "odd"));
	package_of(h, &later, 1);
	assert_true(str_is(later.package, "odd"));
	host_close(h);
}

/* A list with a line that is no path, longer than a piece that is read, between two that are. */
static void package_lists_may_have_endless_lines(void **state)
{
	struct package_of asked[] = { { .path = STR("/a/before") }, { .path = STR("/a/after") },
		{ .path = STR("/a/last") } };
	static char text[300 * KIB];
	struct host *h = open_root();
	size_t n;

	(void)state;
	n = (size_t)snprintf(text, sizeof(text), "/a/before\n");
	memset(text + n, 'x', 200 * KIB);
	snprintf(text + n + 200 * KIB, 64, "\n/a/after\n/a/last");
	put("/var/lib/dpkg/info/odd.list", text);
	package_of(h, asked, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(str_is(asked[i].package, "odd"));
	host_close(h);
}

static void a_file_is_asked_about_once(void **state)
{
	struct host *h = open_root();
	struct host_stat st;
	char full[512];

	(void)state;
	put("/etc/passing", "here");
	snprintf(full, sizeof(full), "%s/etc/passing", root);
	assert_true(host_exists(h, "/etc/passing"));
	assert_int_equal(host_lstat(h, "/etc/none", &st), ERR_ABSENT);
	assert_int_equal(unlink(full), 0);
	put("/etc/none", "now");
	assert_int_equal(host_stat(h, "/etc/passing", &st), 0);
	assert_int_equal(st.size, 4);
	assert_int_equal(host_lstat(h, "/etc/none", &st), ERR_ABSENT);
	/* a link and what it leads to are two questions */
	assert_int_equal(host_lstat(h, "/etc/out", &st), 0);
	assert_true(S_ISLNK(st.mode));
	assert_int_equal(host_stat(h, "/etc/out", &st), 0);
	assert_true(S_ISREG(st.mode));
	host_close(h);
}

static void what_the_kernel_makes_up_is_asked_about_again(void **state)
{
	struct host *h = open_root();
	char full[512];

	(void)state;
	make("/proc", S_IFDIR);
	put("/proc/one", "");
	snprintf(full, sizeof(full), "%s/proc/one", root);
	assert_true(host_exists(h, "/proc/one"));
	assert_int_equal(unlink(full), 0);
	assert_false(host_exists(h, "/proc/one"));
	snprintf(full, sizeof(full), "%s/proc", root);
	assert_int_equal(rmdir(full), 0);
	host_close(h);
}

static void a_listing_tells_plain_files(void **state)
{
	struct host *h = open_root();
	const struct str *names;
	size_t count;

	(void)state;
	assert_false(host_is_listed_file(h, "/etc", "plain"));
	assert_int_equal(host_list(h, "/etc", &names, &count), 0);
	assert_true(host_is_listed_file(h, "/etc", "plain"));
	assert_false(host_is_listed_file(h, "/etc", "out"));
	assert_false(host_is_listed_file(h, "/etc", "fifo"));
	assert_false(host_is_listed_file(h, "/etc", "d"));
	assert_false(host_is_listed_file(h, "/etc", "nothing"));
	host_close(h);
}

static void the_packages_are_read_once(void **state)
{
	struct host *h = open_root();

	(void)state;
	put("/var/lib/dpkg/status",
		"Package: one\nStatus: install ok installed\nVersion: 1\n\n"
		"Package: two\nStatus: install ok installed\nVersion: 2\n");
	assert_true(dpkg_is_installed(h, "two"));
	put("/var/lib/dpkg/status", "Package: three\nStatus: install ok installed\n");
	assert_true(dpkg_is_installed(h, "one"));
	assert_false(dpkg_is_installed(h, "three"));
	assert_int_equal(h->gaps.len, 0);
	host_close(h);
}

/* Each table that asks has its own gap: what is kept of the first must not hide it. */
static void what_is_amiss_with_the_packages_is_told_to_all(void **state)
{
	struct host *h = open_root();

	(void)state;
	put("/var/lib/dpkg/status", "");
	for (size_t i = 0; i < 2; i++) {
		h->filling = fact_tables[i];
		assert_false(dpkg_is_installed(h, "one"));
		assert_int_equal(h->gaps.len, i + 1);
		assert_ptr_equal(h->gaps.at[i].table, fact_tables[i]);
	}
	host_close(h);
}

/* Of a fact that stands in no file, or on no line, no brackets are left over. */
static void a_cure_has_no_empty_brackets(void **state)
{
	struct cure cure = {
		.family = STR("any"),
		.text.vi = STR(
			"{found} (tệp {file}, dòng {line}).\nGhi lại (ở {file}) rồi xem (ls, cat).")
	};
	struct check check = { .cures = &cure, .cure_count = 1 };
	struct hostaudit_about about = { .lang = LANG_VI, .family = STR("debian") };
	const struct {
		const char *file;
		int line;
		const char *want;
	} rows[] = {
		{ "/etc/passwd", 3,
			"mẫu (tệp /etc/passwd, dòng 3).\nGhi lại (ở /etc/passwd) rồi xem (ls, cat)." },
		{ "/etc/passwd", 0,
			"mẫu (tệp /etc/passwd).\nGhi lại (ở /etc/passwd) rồi xem (ls, cat)." },
		{ "", 0, "mẫu.\nGhi lại rồi xem (ls, cat)." },
		{ "#users", 0, "mẫu.\nGhi lại rồi xem (ls, cat)." },
	};
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct evidence row = { .outcome = OUTCOME_FAIL,
			.found = STR("mẫu"),
			.file = str_of(rows[i].file),
			.line = rows[i].line };

		assert_string_equal(
			arena_cstr(&a, hostaudit_cure(&check, &row, &about, &a)), rows[i].want);
	}
	arena_done(&a);
}

/* A cure names the law's bound in the unit that its configuration wants, and ids as words. */
static void bounds_are_said_as_they_are_needed(void **state)
{
	const char *source = getenv("KHIEN_SOURCE");
	struct pack_set *packs;
	struct arena a;
	struct err e;
	struct check check = {
		.wanted.vi = STR("{session_idle_min} {session_idle_min_s} {pw_min_len_s} {awk_s} "
				 "{pw_classes}"),
	};
	struct str said;

	(void)state;
	arena_init(&a, 64 * MIB);
	assert_int_equal(
		pack_set_load(arena_fmt(&a, "%s/packs", source ? source : ".").ptr, &e, &packs), 0);
	said = hostaudit_wanted(&check,
		&(struct hostaudit_about){
			.packs = packs, .on = { 2026, 11, 27 }, .lang = LANG_VI },
		&a);
	assert_string_equal(arena_cstr(&a, said),
		"10 600 {pw_min_len_s} {awk_s} "
		"chữ thường, chữ hoa, chữ số hoặc ký tự đặc biệt");
	pack_set_free(packs);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_stay_inside_the_root),
		cmocka_unit_test(what_is_no_plain_file_is_a_gap),
		cmocka_unit_test(includes_that_fan_out_meet_the_budget),
		cmocka_unit_test(folders_are_listed_in_order),
		cmocka_unit_test(what_was_hashed_is_not_read_again),
		cmocka_unit_test(what_is_new_is_read_each_time),
		cmocka_unit_test(long_lines_are_cut_and_skipped),
		cmocka_unit_test(questions_only_read),
		cmocka_unit_test(unknown_is_contagious),
		cmocka_unit_test(nothing_found_means_what_the_check_says),
		cmocka_unit_test(found_values_are_said_in_words),
		cmocka_unit_test(subjects_are_said_in_words),
		cmocka_unit_test(tables_have_names_of_their_own),
		cmocka_unit_test(a_fault_of_a_declaration_names_its_field),
		cmocka_unit_test(half_an_approval_is_a_draft),
		cmocka_unit_test(no_table_loses_its_first_gap),
		cmocka_unit_test(package_lists_are_read_once_for_what_was_asked),
		cmocka_unit_test(package_lists_may_have_endless_lines),
		cmocka_unit_test(a_file_is_asked_about_once),
		cmocka_unit_test(what_the_kernel_makes_up_is_asked_about_again),
		cmocka_unit_test(a_listing_tells_plain_files),
		cmocka_unit_test(the_packages_are_read_once),
		cmocka_unit_test(what_is_amiss_with_the_packages_is_told_to_all),
		cmocka_unit_test(a_cure_has_no_empty_brackets),
		cmocka_unit_test(bounds_are_said_as_they_are_needed),
	};

	return cmocka_run_group_tests(tests, make_root, NULL);
}
