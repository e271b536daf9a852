/* guard_test.c - the log never overflows: its quota holds to the byte over all its files, months
 * leave when they may and not before, and a full disk has room held for the next segment. */
#include "work/archive/guard.h"

#include <errno.h>

#include "core/trail/order.h"
#include "core/trail/wal.h"
#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

#define JANUARY_NS INT64_C(1767600000000000000) /* 5/1/2026 */
#define MONTH_NS (INT64_C(31) * 86400 * 1000000000)
#define NOW_S (JANUARY_NS / 1000000000 + INT64_C(400) * 86400)
#define WAL_BYTES (64 * KIB)

static struct str text_of(unsigned *seed, char *text, size_t room)
{
	size_t len = 0;

	while (len + 10 < room) {
		*seed = *seed * 1664525u + 1013904223u;
		len += (size_t)snprintf(text + len, room - len, "%08x ", *seed);
	}
	return (struct str){ text, len };
}

/* Lines COUNT, so many a month, into the write-ahead files. */
static void write_lines(struct vfile_disk *d, unsigned count, unsigned a_month)
{
	struct err e = { 0 };
	struct wal *w;
	char text[200];
	unsigned seed = 5;

	assert_int_equal(wal_open_sized(d, WAL_BYTES, &w, &e), 0);
	for (unsigned i = 0; i < count; i++) {
		struct leaf leaf = { .kind = LEAF_LINE,
			.source = 1,
			.received_ns = JANUARY_NS + i / a_month * MONTH_NS + i,
			.raw = text_of(&seed, text, sizeof(text)) };

		if (wal_add(w, &leaf, &e) == ERR_LIMIT) {
			assert_int_equal(wal_commit(w, &e), 0);
			assert_int_equal(wal_add(w, &leaf, &e), 0);
		}
	}
	assert_int_equal(wal_commit(w, &e), 0);
	wal_close(w);
}

static int close_segments(struct vfile_disk *d, uint64_t count, uint64_t quota, struct err *e)
{
	struct archive_options options = { .segment_bytes = 20000, .quota_bytes = quota };
	struct archive_writer *w;
	int rc = archive_writer_open(d, &options, e, &w);

	if (rc < 0)
		return rc;
	while ((rc = archive_writer_step(w, count, e)) > 0)
		;
	if (rc == 0)
		rc = archive_writer_end(w, e);
	archive_writer_close(w);
	return rc;
}

static void a_policy_is_read_or_refused(void **state)
{
	static const char *const bad[] = { "", "khien log keep 2\n", "khien log keep 1\nquota 5\n",
		"khien log keep 1\nquota\n", "khien log keep 1\ncopies ten\n",
		"khien log keep 1\ncopies 10\n", "khien log keep 1\n\n",
		"khien log keep 1\nmonths 1 2\n",
		"khien log keep 1\nquota 99999999999999999999\n" };
	struct guard_policy p = { 0 };
	struct vfile_disk *d = vfile_memory_new();
	struct err e = { 0 };

	assert_int_equal(guard_policy_load(d, &p, &e), 0);
	assert_true(p.quota_bytes == 0 && guard_wal_bytes(&p) == 0);
	assert_int_equal(
		vfile_replace(d, "keep",
			STR("khien log keep 1\nquota 20000000000\ncopies 2\nmonths 12\n"), &e),
		0);
	assert_int_equal(guard_policy_load(d, &p, &e), 0);
	assert_true(p.quota_bytes == 20000000000 && p.copies == 2 && p.months == 12);
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(guard_policy_parse(str_of(bad[i]), &p, &e), ERR_INPUT);
		assert_non_null(strstr(e.text, "line "));
		assert_int_equal(p.copies, 2);
	}
	vfile_disk_close(d);
}

/* EVIDENCE: D11.4 the quota holds over write-ahead files, segments, months and the rest together */
static void no_byte_beyond_the_quota(void **state)
{
	struct guard_policy p = { .quota_bytes = GUARD_QUOTA_MIN };
	uint64_t room = 0, wal = 0, used = 0, again = 0;
	struct vfile_disk *d = vfile_memory_new();
	struct err e = { 0 };
	struct vfile f;

	write_lines(d, 500, 100000);
	assert_int_equal(wal_bytes(d, &wal, &e), 0);
	assert_int_equal(guard_segment_bytes(d, d, &p, &room, &e), 0);
	/* their share is kept free whether they need it or not */
	assert_true(wal < guard_wal_bytes(&p));
	assert_true(room + GUARD_QUOTA_MIN / 4 < GUARD_QUOTA_MIN);
	/* what else is there is taken off, to the byte; and the part of a segment is not twice */
	assert_int_equal(vfile_mkdir(d, "tree", &e), 0);
	assert_int_equal(vfile_mkdir(d, "tree/x", &e), 0);
	assert_int_equal(vfile_open(d, "tree/x/1", VFILE_CREATE, &f, &e), 0);
	assert_int_equal(vfile_append(&f, STR("mười byte "), &e), 0);
	vfile_close(&f);
	assert_int_equal(guard_segment_bytes(d, d, &p, &again, &e), 0);
	assert_int_equal(room - again, STR("mười byte ").len);
	assert_int_equal(close_segments(d, 500, again, &e), 0);
	assert_int_equal(guard_segment_bytes(d, d, &p, &room, &e), 0);
	assert_int_equal(room, again);
	assert_int_equal(guard_used(d, &used, &e), 0);
	assert_true(used < p.quota_bytes);
	vfile_disk_close(d);
}

/* The writer of write-ahead files stops before its share, and goes on when there is room. */
static void write_ahead_files_keep_to_their_share(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct leaf leaf = { .kind = LEAF_LINE, .raw = STR("một dòng nhật ký") };
	struct err e = { 0 };
	uint64_t bytes = 0, kept = 0;
	struct wal *w;
	int rc = 0;

	assert_int_equal(wal_open_sized(d, WAL_BYTES, &w, &e), 0);
	wal_limit(w, 3 * WAL_BYTES);
	for (int i = 0; i < 20000 && rc == 0; i++) {
		rc = wal_add(w, &leaf, &e);
		if (rc == 0 && i % 100 == 99)
			rc = wal_commit(w, &e);
		assert_int_equal(wal_bytes(d, &bytes, &e), 0);
		assert_true(bytes <= 3 * WAL_BYTES);
	}
	assert_int_equal(rc, ERR_LIMIT);
	kept = wal_size(w);
	assert_true(kept > 1000);
	assert_int_equal(wal_drop(d, kept, &e), 0);
	assert_int_equal(wal_commit(w, &e), 0);
	assert_int_equal(wal_size(w), kept + 100);
	wal_close(w);
	vfile_disk_close(d);
}

/* Months 2026-01 to 2026-06 closed and listed, filling the quota to nine parts in ten. */
static struct vfile_disk *full_shard(struct guard_policy *policy)
{
	static const char *const months[] = { "2026-01", "2026-02", "2026-03", "2026-04" };
	struct vfile_disk *d = vfile_memory_new();
	struct err e = { 0 };
	uint64_t used = 0;

	write_lines(d, 1200, 300);
	assert_int_equal(vfile_mkdir(d, "tree", &e), 0);
	assert_int_equal(vfile_mkdir(d, ORDER_FOLDER, &e), 0);
	assert_int_equal(close_segments(d, 1200, 0, &e), 0);
	for (size_t i = 0; i < COUNT(months); i++)
		if (keep_close(d, months[i], NULL, &e) < 0)
			fail_msg("%s: %s", months[i], e.text);
	assert_int_equal(guard_used(d, &used, &e), 0);
	/* a quarter of the quota, and 4 MiB, are held for other things */
	*policy = (struct guard_policy){
		.quota_bytes = (used * 100 / 92 + 4 * MIB) * 4 / 3, .copies = 1, .months = 3
	};
	return d;
}

static const struct guard_law law = {
	.is_known = true,
	.months = 2,
	.copies = 1,
	.checked_months = 6,
	.levels = { .percent = {
			    [KEEP_WARN] = 80,
			    [KEEP_PACK] = 85,
			    [KEEP_RETIRE] = 90,
			    [KEEP_LAST] = 95,
		    } },
};

/* As the sealing process does. Were there any? */
static bool seal_orders(struct vfile_disk *d)
{
	struct vfile_names names;
	struct err e = { 0 };
	bool were_there = false;
	struct order o;
	struct arena a;

	arena_init(&a, MIB);
	assert_int_equal(order_list(d, &a, &names, &e), 0);
	for (size_t i = 0; i < names.len; i++) {
		assert_int_equal(order_load(d, names.at[i].name, &a, &o, &e), 0);
		if (o.is != ORDER_ASKED)
			continue;
		assert_true(str_starts(o.leaf, LEAVING_BEGINS));
		o.is = ORDER_SEALED;
		assert_int_equal(order_save(d, names.at[i].name, &o, &e), 0);
		were_there = true;
	}
	arena_done(&a);
	return were_there;
}

static int retire(
	struct vfile_disk *d, const struct guard_policy *p, int64_t now_s, struct guard_report *ret)
{
	static const char *const names[] = { "2026" };
	const struct guard_log g = { .log = d,
		.shards = &d,
		.names = names,
		.shard_count = 1,
		.policy = p,
		.law = &law,
		.now_s = now_s };
	struct guard_report again;
	struct err e = { 0 };
	int rc = guard_retire(&g, ret, &e);

	/* nothing has left before the log says so, sealed */
	while (rc == 0 && seal_orders(d)) {
		rc = guard_retire(&g, &again, &e);
		again.left += ret->left;
		*ret = again;
	}
	return rc;
}

/* EVIDENCE: D11.4 what is not on media, or not old enough, never leaves, and that is said */
static void months_leave_when_they_may(void **state)
{
	struct vfile_disk *m = vfile_memory_new(), *d;
	struct guard_report report;
	struct guard_policy p;
	struct archive_stat stat;
	struct archive *a;
	struct err e = { 0 };

	d = full_shard(&p);
	assert_int_equal(keep_register(m, STR("Ổ A"), &e), 0);
	/* no medium holds it */
	assert_int_equal(retire(d, &p, NOW_S, &report), 0);
	assert_true(report.level == KEEP_RETIRE && report.left == 0);
	assert_non_null(strstr(report.why, "0 media hold 2026-01 and"));
	assert_int_equal(keep_export(d, "2026-01", m, NOW_S - 86400, NULL, &e), 0);
	/* it is too young */
	assert_int_equal(retire(d, &p, JANUARY_NS / 1000000000 + 60 * 86400, &report), 0);
	assert_int_equal(report.left, 0);
	assert_non_null(strstr(report.why, "2026-01 is to stay 3 months"));
	/* nobody said that months may leave by themselves */
	p.copies = 0;
	assert_int_equal(retire(d, &p, NOW_S, &report), 0);
	assert_true(report.left == 0 && strstr(report.why, "copies 0"));
	p.copies = 1;
	/* it goes, and no more than must: there is room again */
	assert_int_equal(keep_export(d, "2026-02", m, NOW_S - 86400, NULL, &e), 0);
	assert_int_equal(retire(d, &p, NOW_S, &report), 0);
	assert_true(report.level < KEEP_RETIRE && report.left == 1 && !*report.why);
	assert_int_equal(archive_open(d, &e, &a), 0);
	archive_stat(a, &stat);
	archive_close(a);
	assert_int_equal(stat.first, 300);
	vfile_disk_close(d);
	vfile_disk_close(m);
}

/* EVIDENCE: D11.4 a setting below the law lets nothing leave, and that is said */
static void a_setting_below_the_law_is_refused(void **state)
{
	struct vfile_disk *m = vfile_memory_new(), *d;
	struct guard_law none = { 0 };
	struct guard_report report;
	struct guard_policy p;
	struct err e = { 0 };

	d = full_shard(&p);
	assert_int_equal(keep_register(m, STR("Ổ A"), &e), 0);
	assert_int_equal(keep_export(d, "2026-01", m, NOW_S - 86400, NULL, &e), 0);
	p.months = 1;
	assert_int_equal(retire(d, &p, NOW_S, &report), 0);
	assert_int_equal(report.left, 0);
	assert_non_null(strstr(report.why, "2 months, the setting only 1"));
	p.months = 2;
	assert_int_equal(guard_law_check(&p, &none, &e), ERR_CONFLICT);
	assert_int_equal(guard_law_check(&(struct guard_policy){ .months = 1 }, &law, &e), 0);
	assert_int_equal(retire(d, &p, NOW_S, &report), 0);
	assert_int_equal(report.left, 1);
	vfile_disk_close(d);
	vfile_disk_close(m);
}

/* Of a quota by far too small all goes that may, and the rest is named. */
static void what_may_not_leave_stays(void **state)
{
	struct vfile_disk *m = vfile_memory_new(), *d;
	struct guard_report report;
	struct guard_policy p;
	struct err e = { 0 };

	d = full_shard(&p);
	p.quota_bytes /= 20;
	assert_int_equal(keep_register(m, STR("Ổ A"), &e), 0);
	assert_int_equal(keep_export(d, "2026-01", m, NOW_S - 86400, NULL, &e), 0);
	assert_int_equal(keep_export(d, "2026-02", m, NOW_S - 86400, NULL, &e), 0);
	assert_int_equal(retire(d, &p, NOW_S, &report), 0);
	assert_true(report.level == KEEP_LAST && report.left == 2);
	assert_non_null(strstr(report.why, "0 media hold 2026-03 and"));
	assert_int_equal(retire(d, &p, NOW_S, &report), 0);
	assert_int_equal(report.left, 0);
	vfile_disk_close(d);
	vfile_disk_close(m);
}

/* Room is held; the next segment is written into it; a disk that has none keeps nothing of it. */
static void room_is_held_and_used(void **state)
{
	struct archive_options options = { .uses_reserve = true };
	struct vfile_disk *d = vfile_memory_new(), *bad;
	struct archive_query all = { 0 };
	struct archive_writer *w;
	struct archive *a;
	struct err e = { 0 };
	uint64_t used = 0, before = 0;

	assert_int_equal(vfile_mkdir(d, "segments", &e), 0);
	for (uint64_t nth = 1; nth <= 4; nth++) {
		bad = vfile_fault_new(d, (struct vfile_fault){ .nth = nth, .errno_value = ENOSPC });
		assert_int_equal(guard_reserve(bad, 100000, &e), ERR_LIMIT);
		vfile_disk_close(bad);
		assert_int_equal(guard_used(d, &used, &e), 0);
		assert_int_equal(used, 0);
	}
	write_lines(d, 300, 1000);
	assert_int_equal(guard_used(d, &before, &e), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(guard_reserve(d, 1000000, &e), 0);
		assert_int_equal(guard_used(d, &used, &e), 0);
		assert_int_equal(used - before, 1000000);
	}
	assert_int_equal(archive_writer_open(d, &options, &e, &w), 0);
	assert_int_equal(archive_writer_step(w, 300, &e), 0);
	assert_int_equal(guard_used(d, &used, &e), 0);
	assert_int_equal(used - before, 1000000); /* not one byte more is taken */
	assert_int_equal(archive_writer_end(w, &e), 0);
	archive_writer_close(w);
	assert_int_equal(guard_used(d, &used, &e), 0);
	assert_true(used < before + 100000);
	assert_int_equal(archive_open(d, &e, &a), 0);
	assert_int_equal(archive_search(a, &all, &e), 300);
	archive_close(a);
	vfile_disk_close(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_policy_is_read_or_refused),
		cmocka_unit_test(no_byte_beyond_the_quota),
		cmocka_unit_test(write_ahead_files_keep_to_their_share),
		cmocka_unit_test(months_leave_when_they_may),
		cmocka_unit_test(a_setting_below_the_law_is_refused),
		cmocka_unit_test(what_may_not_leave_stays),
		cmocka_unit_test(room_is_held_and_used),
	};

	return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
