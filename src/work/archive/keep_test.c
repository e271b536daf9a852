#include "test/unit.h"

#include "core/trail/entries.h"
#include "core/trail/tree.h"
#include "core/trail/wal.h"
#include "kit/vfile/vfile_crash.h"
#include "work/archive/keep.h"

#define JANUARY_NS INT64_C(1767600000000000000)  /* 5/1/2026 */
#define MAY_S INT64_C(1778000000)                /* 5/5/2026 */
#define FEBRUARY_NS INT64_C(1770200000000000000) /* 4/2/2026 */

/* A shard with two months in closed segments, and its tree. */
static struct vfile_disk *two_months(void)
{
	struct vfile_disk *d = vfile_memory_new();
	struct archive_options options = { .segment_bytes = 3000 };
	struct archive_writer *w;
	struct sha256 *sha = sha256_new();
	struct err e = { 0 };
	struct tree *tree;
	struct wal *wal;
	int rc;

	assert_int_equal(vfile_mkdir(d, "tree", &e), 0);
	assert_int_equal(wal_open(d, &wal, &e), 0);
	assert_int_equal(tree_write(d, 0, &tree, &e), 0);
	for (int i = 0; i < 600; i++) {
		struct leaf leaf = { .kind = i == 40 ? LEAF_GAP : LEAF_LINE,
			.source = (uint32_t)(i % 2 + 1),
			.received_ns = (i < 400 ? JANUARY_NS : FEBRUARY_NS) + i,
			.raw = STR("một dòng nhật ký") };
		char entry[200];
		struct merkle_hash hash;

		leaf_head(&leaf, (unsigned char *)entry);
		memcpy(entry + LEAF_HEAD_BYTES, leaf.raw.ptr, leaf.raw.len);
		merkle_leaf(sha, (struct str){ entry, LEAF_HEAD_BYTES + leaf.raw.len }, &hash);
		assert_int_equal(tree_add(tree, &hash, &e), 0);
		assert_int_equal(wal_add(wal, &leaf, &e), 0);
	}
	assert_int_equal(tree_sync(tree, &e), 0);
	assert_int_equal(wal_commit(wal, &e), 0);
	wal_close(wal);
	tree_close(tree);
	sha256_end(sha, NULL);
	assert_int_equal(archive_writer_open(d, &options, &e, &w), 0);
	while ((rc = archive_writer_step(w, 600, &e)) > 0)
		;
	assert_int_equal(rc, 0);
	assert_int_equal(archive_writer_end(w, &e), 0);
	archive_writer_close(w);
	return d;
}

/* One entry more, which no closed segment holds. */
static void add_to_wal(struct vfile_disk *d, int64_t received_ns)
{
	struct leaf leaf = { .kind = LEAF_LINE, .source = 1, .received_ns = received_ns };
	struct err e = { 0 };
	struct wal *wal;

	leaf.raw = STR("muộn");
	assert_int_equal(wal_open(d, &wal, &e), 0);
	assert_int_equal(wal_add(wal, &leaf, &e), 0);
	assert_int_equal(wal_commit(wal, &e), 0);
	wal_close(wal);
}

static void watched(void *context, uint64_t done, uint64_t all)
{
	uint64_t *seen = context;

	assert_true(done > seen[0] && done <= all);
	seen[0] = done;
	seen[1] = all;
}

static struct vfile_disk *new_medium(const char *label)
{
	struct vfile_disk *m = vfile_memory_new();
	struct err e = { 0 };

	assert_int_equal(keep_register(m, str_of(label), &e), 0);
	return m;
}

/* EVIDENCE: D11.4 a month's manifest tells its entries by source and kind, and the tree's root */
static void a_manifest_tells_all(void **state)
{
	struct vfile_disk *d = two_months();
	struct merkle_hash leaf, want_root;
	struct merkle_frontier f = { 0 };
	struct sha256 *sha = sha256_new();
	struct merkle_head head;
	struct err e = { 0 };
	struct keep_month m;
	struct archive *a;
	struct arena memory;

	arena_init(&memory, 16 * MIB);
	assert_int_equal(keep_close(d, "2026-03", NULL, &e), ERR_ABSENT);
	assert_int_equal(keep_close(d, "2026-1", NULL, &e), ERR_INPUT);
	assert_int_equal(keep_read(d, "2026-01", &memory, &m, &e), ERR_ABSENT);
	if (keep_close(d, "2026-01", NULL, &e) < 0)
		fail_msg("%s", e.text);
	add_to_wal(d, FEBRUARY_NS);
	assert_int_equal(keep_close(d, "2026-01", NULL, &e), 0);
	assert_int_equal(keep_close(d, "2026-02", NULL, &e), ERR_CONFLICT);
	assert_int_equal(keep_read(d, "2026-01", &memory, &m, &e), 0);
	assert_true(m.segment_count > 1);
	assert_int_equal(m.segments[0].first, 0);
	assert_int_equal(m.segments[m.segment_count - 1].end, 400);
	assert_int_equal(m.source_count, 2);
	assert_int_equal(m.sources[1].what, 2);
	assert_int_equal(m.sources[1].entries, 200);
	assert_int_equal(m.kind_count, 2);
	assert_int_equal(m.kinds[0].entries, 399);
	assert_int_equal(m.kinds[1].what, LEAF_GAP);
	assert_int_equal(m.head.size, 400);
	assert_int_equal(archive_open(d, &e, &a), 0);
	for (uint64_t i = 0; i < 400; i++) {
		assert_int_equal(archive_leaf(a, i, &e, &leaf), 0);
		assert_true(merkle_append(sha, &f, &leaf));
	}
	merkle_frontier_head(sha, &f, &head);
	want_root = head.root;
	assert_true(merkle_equal(&want_root, &m.head.root));
	archive_close(a);
	sha256_end(sha, NULL);
	arena_done(&memory);
	vfile_disk_close(d);
}

static size_t copies_of(struct vfile_disk *d, const char *month)
{
	struct keep_copy *copies;
	struct err e = { 0 };
	struct arena a;
	size_t count;

	arena_init(&a, 4 * MIB);
	assert_int_equal(keep_copies(d, month, &a, &copies, &count, &e), 0);
	arena_done(&a);
	return count;
}

static int retire(struct vfile_disk *d, const char *month, unsigned copies, struct err *e)
{
	return keep_retire(d, month, &(struct keep_rule){ .now_s = MAY_S, .copies = copies }, e);
}

/* EVIDENCE: D11.4 a month stays as long as the law says, and a copy counts that was read in time */
static void the_rule_keeps_a_month(void **state)
{
	struct keep_copy copies[2] = { { .checked_at_s = MAY_S - 30 * CLOCK_DAY_S },
		{ .checked_at_s = MAY_S - 200 * CLOCK_DAY_S } };
	struct keep_rule rule = { .now_s = MAY_S, .months = 3, .copies = 1, .checked_months = 6 };
	unsigned good = 9;

	assert_int_equal(keep_may_leave(&rule, "2026-01", copies, 2, &good), KEEP_MAY_LEAVE);
	assert_int_equal(good, 1);
	assert_int_equal(keep_may_leave(&rule, "2026-02", copies, 2, &good), KEEP_TOO_YOUNG);
	assert_int_equal(keep_may_leave(&rule, "2025-12", copies, 2, &good), KEEP_MAY_LEAVE);
	assert_int_equal(keep_may_leave(&rule, "2026-12", copies, 2, &good), KEEP_TOO_YOUNG);
	rule.copies = 2;
	assert_int_equal(keep_may_leave(&rule, "2026-01", copies, 2, &good), KEEP_FEW_COPIES);
	rule.checked_months = 0;
	assert_int_equal(keep_may_leave(&rule, "2026-01", copies, 2, &good), KEEP_MAY_LEAVE);
}

/* Whatever month is over and has none gets its list; once. */
static void months_get_their_lists(void **state)
{
	struct vfile_disk *d = two_months();
	struct err e = { 0 };
	unsigned count = 9;

	assert_int_equal(keep_close_over(d, FEBRUARY_NS / 1000000000, &count, &e), 0);
	assert_int_equal(count, 1);
	assert_int_equal(keep_close_over(d, MAY_S, &count, &e), 0);
	assert_int_equal(count, 1);
	assert_int_equal(keep_close_over(d, MAY_S, &count, &e), 0);
	assert_int_equal(count, 0);
	vfile_disk_close(d);
}

/* EVIDENCE: D11.4 logs leave the server only when external disks hold them, read back and right */
static void months_leave_when_copied(void **state)
{
	uint64_t seen[2] = { 0 };
	struct vfile_disk *d = two_months(), *one = new_medium("Ổ A"), *two = new_medium("Ổ B");
	struct vfile_disk *foreign = vfile_memory_new();
	struct archive_stat stat;
	struct err e = { 0 };
	struct archive *a;

	assert_int_equal(keep_register(one, STR("another"), &e), ERR_CONFLICT);
	assert_int_equal(keep_close(d, "2026-01", &(struct keep_watch){ watched, seen }, &e), 0);
	assert_true(seen[0] > 0 && seen[0] == seen[1]);
	memset(seen, 0, sizeof(seen));
	assert_int_equal(keep_close(d, "2026-02", NULL, &e), 0);
	assert_int_equal(keep_export(d, "2026-01", foreign, 99, NULL, &e), ERR_ABSENT);
	assert_int_equal(retire(d, "2026-01", 1, &e), ERR_CONFLICT);
	if (keep_export(d, "2026-01", one, 100, &(struct keep_watch){ watched, seen }, &e) < 0)
		fail_msg("%s", e.text);
	assert_true(seen[0] > 0 && seen[0] == seen[1]);
	assert_int_equal(
		keep_export(d, "2026-01", one, 101, NULL, &e), 0); /* again: one copy still */
	assert_int_equal(copies_of(d, "2026-01"), 1);
	assert_int_equal(retire(d, "2026-01", 2, &e), ERR_CONFLICT);
	assert_int_equal(keep_export(d, "2026-01", two, 102, NULL, &e), 0);
	assert_int_equal(keep_export(d, "2026-02", one, 103, NULL, &e), 0);
	assert_int_equal(retire(d, "2026-02", 1, &e), ERR_CONFLICT); /* January is older */
	assert_int_equal(retire(d, "2026-01", 2, &e), 0);
	assert_int_equal(retire(d, "2026-01", 2, &e), 0);
	assert_int_equal(archive_open(d, &e, &a), 0);
	archive_stat(a, &stat);
	assert_int_equal(stat.first, 400);
	assert_int_equal(stat.next, 600);
	archive_close(a);
	/* what has left can still be checked where it is */
	assert_int_equal(keep_check(d, "2026-01", two, 104, NULL, &e), 0);
	vfile_disk_close(d);
	vfile_disk_close(one);
	vfile_disk_close(two);
	vfile_disk_close(foreign);
}

/* A copy that was changed, cut or lost is named, and its receipt is worth nothing any more. */
static void bad_copies(void **state)
{
	struct vfile_disk *d = two_months(), *m = new_medium("Ổ A");
	const char *name = "2026-01/00000000000000000000.seg";
	struct err e = { 0 };
	struct vfile f;
	char byte;

	assert_int_equal(keep_close(d, "2026-01", NULL, &e), 0);
	assert_int_equal(keep_export(d, "2026-01", m, 100, NULL, &e), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(vfile_open(m, name, VFILE_WRITE, &f, &e), 0);
		assert_int_equal(vfile_read_at(&f, 30, &byte, 1, &e), 1);
		byte ^= 1;
		if (i == 0)
			assert_int_equal(vfile_write_at(&f, 30, (struct str){ &byte, 1 }, &e), 0);
		else if (i == 1)
			assert_int_equal(vfile_truncate(&f, f.size_bytes - 1, &e), 0);
		vfile_close(&f);
		if (i == 2)
			assert_int_equal(vfile_unlink(m, name, &e), 0);
		assert_int_equal(keep_check(d, "2026-01", m, 101, NULL, &e),
			i == 2 ? ERR_ABSENT : ERR_INPUT);
		assert_non_null(strstr(e.text, name));
		assert_int_equal(copies_of(d, "2026-01"), 0);
		assert_int_equal(retire(d, "2026-01", 1, &e), ERR_CONFLICT);
		assert_int_equal(keep_export(d, "2026-01", m, 102, NULL, &e), 0); /* mended */
		assert_int_equal(copies_of(d, "2026-01"), 1);
	}
	vfile_disk_close(d);
	vfile_disk_close(m);
}

struct promise {
	struct vfile_disk *medium;
};

/* Either the month is all here, or the medium holds it. */
static bool look_after_crash(
	void *context, struct vfile_disk *disk, const struct vfile_crash *crash, struct err *e)
{
	struct promise *p = context;
	struct archive_stat stat;
	struct archive *a;

	if (archive_open(disk, e, &a) < 0)
		return false;
	archive_stat(a, &stat);
	archive_close(a);
	if (stat.next != 600 || stat.closed != 600)
		return err_set(e, ERR_INPUT, "it ends at %d", (int)stat.closed) == 0;
	if (stat.first == 0)
		return true;
	return keep_check(disk, "2026-01", p->medium, 7, NULL, e) == 0 &&
		retire(disk, "2026-01", 1, e) == 0;
}

static void power_cuts_while_a_month_leaves(void **state)
{
	struct vfile_disk *d = two_months(), *disk;
	struct promise p = { new_medium("Ổ A") };
	struct vfile_replay_result result;
	struct err e = { 0 };

	disk = vfile_record_new(d);
	assert_int_equal(keep_close(disk, "2026-01", NULL, &e), 0);
	assert_int_equal(keep_export(disk, "2026-01", p.medium, 5, NULL, &e), 0);
	assert_int_equal(retire(disk, "2026-01", 1, &e), 0);
	vfile_replay(disk,
		&(struct vfile_replay){
			.check = look_after_crash, .context = &p, .states_per_point = 60 },
		&result);
	if (result.faults > 0)
		fail_msg("%llu of %llu disks: %s", (unsigned long long)result.faults,
			(unsigned long long)result.states, result.reason.text);
	print_message("%llu states of %llu points, while a month leaves\n",
		(unsigned long long)result.states, (unsigned long long)result.points);
	assert_true(result.states > 20);
	vfile_disk_close(disk);
	vfile_disk_close(d);
	vfile_disk_close(p.medium);
}

/* The text of an entry goes, and with it every copy of its month counts no more. */
static void a_month_without_a_text(void **state)
{
	struct vfile_disk *d = two_months(), *m = new_medium("Ổ A");
	struct leaf late = { .kind = LEAF_LINE, .source = 1, .received_ns = FEBRUARY_NS + 700 };
	struct entries entries = { d, &archive_entries };
	struct merkle_hash before, after;
	struct keep_redacted r;
	struct err e = { 0 };
	struct wal *wal;

	late.raw = STR("muộn");
	assert_int_equal(keep_close(d, "2026-01", NULL, &e), 0);
	assert_int_equal(keep_export(d, "2026-01", m, 100, NULL, &e), 0);
	assert_int_equal(keep_redact(d, 5, &r, &e), ERR_CONFLICT); /* where it was written first */
	assert_int_equal(copies_of(d, "2026-01"), 1);
	assert_int_equal(wal_open(d, &wal, &e), 0);
	assert_int_equal(wal_turn(wal, &e), 0);
	assert_int_equal(wal_turn(wal, &e), 0); /* an empty one is one already */
	for (int i = 0; i < 300; i++)
		assert_int_equal(wal_add(wal, &late, &e), 0);
	assert_int_equal(wal_commit(wal, &e), 0);
	wal_close(wal);
	assert_int_equal(archive_close_segments(d, NULL, 900, &e), 0);
	assert_int_equal(entries_hash(&entries, 5, 1, &before, &e), 0);
	for (int i = 0; i < 2; i++) { /* again is fine */
		if (keep_redact(d, 5, &r, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(entries_hash(&entries, 5, 1, &after, &e), 0);
		assert_true(merkle_equal(&before, &after) && merkle_equal(&before, &r.leaf));
		assert_string_equal(r.month, "2026-01");
		assert_int_equal(r.copies, 1);
		assert_int_equal(copies_of(d, "2026-01"), 0);
		assert_int_equal(retire(d, "2026-01", 1, &e), ERR_CONFLICT);
		assert_int_equal(keep_check(d, "2026-01", m, 101, NULL, &e), i ? 0 : ERR_INPUT);
		assert_int_equal(keep_export(d, "2026-01", m, 102, NULL, &e), 0);
		assert_int_equal(keep_check(d, "2026-01", m, 103, NULL, &e), 0);
	}
	assert_int_equal(keep_redact(d, 450, &r, &e), 0);
	assert_string_equal(r.month, ""); /* February has no list yet */
	assert_int_equal(keep_redact(d, 900, &r, &e), ERR_ABSENT);
	vfile_disk_close(d);
	vfile_disk_close(m);
}

static void forecast(void **state)
{
	static const struct keep_levels none = { 0 },
					levels = { .percent = {
							   [KEEP_WARN] = 80,
							   [KEEP_PACK] = 85,
							   [KEEP_RETIRE] = 90,
							   [KEEP_LAST] = 95,
						   } };
	struct keep_forecast f;

	keep_forecast(&levels, 0, 1000, 0, 0, &f);
	assert_true(f.level == KEEP_ROOM && f.days_left == -1);
	keep_forecast(&levels, 500, 1000, 100, 10 * CLOCK_DAY_S, &f);
	assert_true(f.level == KEEP_ROOM && f.bytes_a_day == 10 && f.days_left == 50);
	keep_forecast(&levels, 799, 1000, 100, CLOCK_DAY_S, &f);
	assert_int_equal(f.level, KEEP_ROOM);
	keep_forecast(&levels, 800, 1000, 100, CLOCK_DAY_S, &f);
	assert_int_equal(f.level, KEEP_WARN);
	keep_forecast(&levels, 900, 1000, 100, CLOCK_DAY_S, &f);
	assert_true(f.level == KEEP_RETIRE && f.days_left == 1);
	keep_forecast(&levels, 1000, 1000, 100, CLOCK_DAY_S, &f);
	assert_true(f.level == KEEP_LAST && f.days_left == 0);
	keep_forecast(&none, 1000, 1000, 100, CLOCK_DAY_S, &f);
	assert_true(f.level == KEEP_ROOM && f.days_left == 0); /* no pack says when */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest_tells_all),
		cmocka_unit_test(the_rule_keeps_a_month),
		cmocka_unit_test(months_get_their_lists),
		cmocka_unit_test(months_leave_when_copied),
		cmocka_unit_test(bad_copies),
		cmocka_unit_test(power_cuts_while_a_month_leaves),
		cmocka_unit_test(a_month_without_a_text),
		cmocka_unit_test(forecast),
	};

	return cmocka_run_group_tests_name("keep", tests, NULL, NULL);
}
