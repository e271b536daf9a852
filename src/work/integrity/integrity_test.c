#include "work/integrity/integrity_int.h"

#include <string.h>

#include "test/unit.h"

/* Baselines as bytes, the order of paths, the audit log. What a whole machine gives is tried in
 * tests/flow/test_integrity.py. */

static struct integrity_entry entry(const char *path, uint64_t n)
{
	struct integrity_entry e = { .path = str_of(path),
		.kind = INTEGRITY_FILE,
		.flags = n % 2 ? INTEGRITY_HASHED : INTEGRITY_PACKAGED,
		.mode = 0644,
		.uid = (uint32_t)n,
		.gid = 7,
		.size = n << 40,
		.dev = 64768,
		.ino = UINT64_MAX - n,
		.mtime_s = -5 + (int64_t)n,
		.ctime_s = 1764000000 - (int64_t)n,
		.mtime_ns = 999999999,
		.ctime_ns = (uint32_t)(n * 12345) };

	if (n % 2)
		memset(e.hash, (int)n, sizeof(e.hash));
	return e;
}

static const char *const names[] = { "/etc", "/etc/a", "/etc/a/b", "/etc/a-b", "/etc/\xc4\x91",
	"/usr" };

static struct buf packed(void)
{
	static const struct integrity_rule rules[] = { { { "/etc", 4 }, false },
		{ { "/etc/mtab", 9 }, true } };
	struct integrity_options o = { .rules = rules, .rule_count = 2, .now_s = 1764000001 };
	struct baseline_writer w;
	struct buf out;
	struct err e;

	buf_init(&out, MIB);
	baseline_start(&w);
	for (size_t i = 0; i < COUNT(names); i++) {
		struct integrity_entry one = entry(names[i], i);

		baseline_add(&w, &one);
	}
	assert_int_equal(baseline_finish(&w, &o, &out, &e), 0);
	baseline_drop(&w);
	return out;
}

static void what_is_kept_comes_back(void **state)
{
	struct buf bytes = packed();
	struct integrity_entry got;
	struct baseline b;
	struct err e;

	(void)state;
	assert_int_equal(baseline_open(buf_str(&bytes), &b, &e), 0);
	assert_int_equal(b.at_s, 1764000001);
	assert_int_equal(b.rule_count, 2);
	assert_true(b.rules[1].is_left_out && str_is(b.rules[1].path, "/etc/mtab"));
	for (size_t i = 0; i < COUNT(names); i++) {
		struct integrity_entry want = entry(names[i], i);

		assert_int_equal(baseline_next(&b, &got, &e), 1);
		assert_true(str_eq(got.path, want.path));
		want.path = got.path;
		assert_int_equal(got.flags, want.flags);
		assert_int_equal(got.size, want.size);
		assert_int_equal(got.ino, want.ino);
		assert_int_equal(got.mtime_s, want.mtime_s);
		assert_int_equal(got.ctime_ns, want.ctime_ns);
		assert_int_equal(got.uid, want.uid);
		assert_memory_equal(got.hash, want.hash, sizeof(got.hash));
	}
	assert_int_equal(baseline_next(&b, &got, &e), 0);
	baseline_close(&b);
	buf_done(&bytes);
}

/* Whichever bit is turned, somebody notices. */
static void no_bit_may_differ(void **state)
{
	struct buf bytes = packed();
	struct baseline b;
	struct err e;

	(void)state;
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.ptr[i] ^= 4;
		assert_int_equal(baseline_open(buf_str(&bytes), &b, &e), ERR_INPUT);
		baseline_close(&b);
		bytes.ptr[i] ^= 4;
	}
	assert_int_equal(baseline_open(str_until(buf_str(&bytes), 20), &b, &e), ERR_INPUT);
	buf_done(&bytes);
}

static void folders_come_before_what_is_in_them(void **state)
{
	(void)state;
	for (size_t i = 0; i + 1 < COUNT(names); i++)
		assert_true(path_cmp(str_of(names[i]), str_of(names[i + 1])) < 0);
	assert_true(path_is_below(STR("/etc/a"), STR("/etc")));
	assert_true(path_is_below(STR("/etc"), STR("/etc")));
	assert_false(path_is_below(STR("/etcetera"), STR("/etc")));
	assert_true(path_is_below(STR("/x"), STR("/")));
}

static const char audit_text[] =
	"type=SYSCALL msg=audit(1764000000.243:24287): arch=c000003e syscall=257 success=yes exit=3 "
	"ppid=1 pid=3538 auid=1000 uid=0 gid=0 comm=\"vim\" exe=\"/usr/bin/vim\" key=\"etc\"\n"
	"type=CWD msg=audit(1764000000.243:24287): cwd=\"/etc\"\n"
	"type=PATH msg=audit(1764000000.243:24287): item=0 name=\"ssh/sshd_config\" inode=9 nametype=NORMAL\n"
	"type=PATH msg=audit(1764000000.243:24287): item=1 name=2F6574632F6120 inode=9 nametype=CREATE\n"
	"type=PATH msg=audit(1764000000.243:99): item=0 name=\"/etc/orphan\" nametype=CREATE\n";

static void the_kernel_tells_who(void **state)
{
	struct integrity_change c = { .what = INTEGRITY_CONTENT };
	struct audit_log log = { 0 };
	struct arena a;

	(void)state;
	arena_init(&a, MIB);
	audit_log_parse(str_of(audit_text), 0, &a, &log);
	assert_int_equal(log.events.len, 2);
	c.after.path = STR("/etc/ssh/sshd_config");
	c.after.ctime_s = 1764000000;
	assert_true(str_is(audit_log_who(&log, &c), "auid=1000 uid=0 pid=3538 /usr/bin/vim"));
	c.after.ctime_s += 5; /* it changed once more, and nobody saw that */
	assert_int_equal(audit_log_who(&log, &c).len, 0);
	c.after.path = STR("/etc/a ");
	c.after.ctime_s = 1764000000;
	assert_true(audit_log_who(&log, &c).len > 0);
	c.after.path = STR("/etc/orphan"); /* an event without a call names nobody */
	assert_int_equal(audit_log_who(&log, &c).len, 0);
	arena_done(&a);
}

static void reports_come_back(void **state)
{
	struct integrity_change change = { .what = INTEGRITY_RIGHTS,
		.state = INTEGRITY_ACCEPTED,
		.before = entry("/etc/tab\there", 1),
		.after = entry("/etc/tab\there", 3),
		.mark = STR("abc"),
		.package = STR("x"),
		.is_as_packaged = true,
		.who = STR("auid=1"),
		.by = STR("An"),
		.reason = STR("dòng\nmới \\ và \t") };
	struct integrity_gap gap = { STR("/etc/x\ny"), "no-rights" };
	struct integrity_report r = { .at_s = 5,
		.baseline_at_s = 4,
		.baseline_sha256 = STR("00112233445566778899aabbccddeeff"
				       "00112233445566778899aabbccddeeff"),
		.is_full = true,
		.entries = 9,
		.of_state = { 1, 2, 3 },
		.changes = &change,
		.change_count = 1,
		.gaps = &gap,
		.gap_count = 1 },
				got;
	struct arena a;
	struct buf out;
	struct err e;

	(void)state;
	arena_init(&a, MIB);
	buf_init(&out, MIB);
	report_write(&r, &out);
	assert_int_equal(report_parse(buf_str(&out), &a, &got, &e), 0);
	assert_int_equal(got.of_state[2], 3);
	assert_int_equal(got.change_count, 1);
	assert_true(str_eq(got.changes[0].before.path, change.before.path));
	assert_true(str_eq(got.changes[0].reason, change.reason));
	assert_int_equal(got.changes[0].state, INTEGRITY_ACCEPTED);
	assert_memory_equal(got.changes[0].after.hash, change.after.hash, 32);
	assert_true(str_eq(got.gaps[0].path, gap.path));
	assert_int_equal(report_parse(STR("khien-integrity-report 1\nchange\tx\n"), &a, &got, &e),
		ERR_INPUT);
	buf_done(&out);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_kept_comes_back),
		cmocka_unit_test(no_bit_may_differ),
		cmocka_unit_test(folders_come_before_what_is_in_them),
		cmocka_unit_test(the_kernel_tells_who),
		cmocka_unit_test(reports_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
