#include "test/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/trail/wal.h"
#include "kit/vfile/vfile_crash.h"
#include "work/archive/archive.h"
#include "work/archive/prove.h"

#define WAL_BYTES (64 * KIB) /* many disks are made: small files */

/* The text of entry I, always the same. */
static struct leaf leaf_of(uint64_t i, char *line, size_t room)
{
	struct leaf leaf = { .kind = i % 50 == 49 ? LEAF_CLOCK : LEAF_LINE,
		.transport = LEAF_TCP,
		.source = (uint32_t)(i % 3 + 1),
		.flags = i % 7 ? 0 : LEAF_NO_SENDER_TIME,
		.received_ns = 1767225600000000000 + (int64_t)i * 1000000,
		.boot_ns = (int64_t)i * 1000000 };
	int len = snprintf(line, room,
		i % 50 == 49 ? "{\"size\":%u,\"word\":%u}" :
			       "<86>Jan  1 00:00:%02u web sshd[%u]: Đăng nhập sai lần %u",
		(unsigned)(i / 10 % 60), (unsigned)(i % 977), (unsigned)(i * 31 % 1009));

	memset(leaf.peer, (int)leaf.source, sizeof(leaf.peer));
	leaf.raw = (struct str){ line, (size_t)len };
	return leaf;
}

static void write_entries(struct vfile_disk *d, uint64_t count)
{
	struct err e = { 0 };
	struct wal *w;
	char line[200];

	assert_int_equal(wal_open_sized(d, WAL_BYTES, &w, &e), 0);
	while (wal_next(w) < count) {
		struct leaf leaf = leaf_of(wal_next(w), line, sizeof(line));

		assert_int_equal(wal_add(w, &leaf, &e), 0);
		if (wal_next(w) % 64 == 0)
			assert_int_equal(wal_commit(w, &e), 0);
	}
	assert_int_equal(wal_commit(w, &e), 0);
	wal_close(w);
}

static void pack_entries(struct vfile_disk *d, uint64_t sealed, bool is_end)
{
	struct archive_options options = { .segment_bytes = 8000, .block_bytes = 3000 };
	struct archive_writer *w;
	struct err e = { 0 };
	int rc;

	assert_int_equal(archive_writer_open(d, &options, &e, &w), 0);
	do
		rc = archive_writer_step(w, sealed, &e);
	while (rc > 0);
	if (rc == 0 && is_end)
		rc = archive_writer_end(w, &e);
	if (rc < 0)
		fail_msg("%s", e.text);
	archive_writer_close(w);
}

/* Entries from FIRST to END are there, each as it was written; false with the reason in E. */
static bool is_all_there(struct vfile_disk *d, uint64_t first, uint64_t end, struct err *e)
{
	struct archive_stat stat;
	struct archive *a;
	char line[200];
	bool is_good;

	if (archive_open(d, e, &a) < 0)
		return false;
	archive_stat(a, &stat);
	is_good = stat.first <= first && stat.next >= end;
	if (!is_good)
		err_set(e, ERR_ABSENT, "it goes from %llu to %llu", (unsigned long long)stat.first,
			(unsigned long long)stat.next);
	for (uint64_t i = first; i < end && is_good; i++) {
		struct leaf want = leaf_of(i, line, sizeof(line));
		unsigned char head[LEAF_HEAD_BYTES];
		struct str entry;

		leaf_head(&want, head);
		if (archive_entry(a, i, e, &entry) < 0) {
			is_good = false;
		} else if (entry.len != sizeof(head) + want.raw.len ||
			memcmp(entry.ptr, head, sizeof(head)) != 0 ||
			memcmp(entry.ptr + sizeof(head), want.raw.ptr, want.raw.len) != 0) {
			err_set(e, ERR_INPUT, "entry %llu is another", (unsigned long long)i);
			is_good = false;
		}
	}
	archive_close(a);
	return is_good;
}

static struct archive_stat stat_of(struct vfile_disk *d)
{
	struct archive_stat stat;
	struct archive *a;
	struct err e = { 0 };

	assert_int_equal(archive_open(d, &e, &a), 0);
	archive_stat(a, &stat);
	archive_close(a);
	return stat;
}

static void nothing_yet(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct archive_query q = { 0 };
	struct err e = { 0 };
	struct archive *a;
	struct leaf leaf;

	assert_int_equal(archive_open(d, &e, &a), 0);
	assert_int_equal(archive_search(a, &q, &e), 0);
	assert_int_equal(archive_read(a, 0, &e, &leaf), ERR_ABSENT);
	archive_close(a);
	pack_entries(d, 0, true);
	assert_true(is_all_there(d, 0, 0, &e));
	vfile_disk_close(d);
}

/* EVIDENCE: D11.4 every entry comes back as it was hashed, in a segment or not yet */
static void entries_come_back(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct archive_stat stat;
	struct err e = { 0 };

	write_entries(d, 700);
	assert_true(is_all_there(d, 0, 700, &e));
	pack_entries(d, 500, false);
	stat = stat_of(d);
	assert_true(stat.closed > 300 && stat.closed <= 500 && stat.segments > 2);
	assert_true(is_all_there(d, 0, 700, &e));
	pack_entries(d, 650, true);
	assert_int_equal(stat_of(d).closed, 650);
	write_entries(d, 900);
	assert_true(is_all_there(d, 0, 900, &e));
	pack_entries(d, 900, true);
	stat = stat_of(d);
	assert_int_equal(stat.closed, 900);
	assert_int_equal(stat.next, 900);
	assert_true(is_all_there(d, 0, 900, &e));
	vfile_disk_close(d);
}

struct found {
	uint64_t at[1000];
	size_t count;
	size_t stop;
};

static int take(void *context, uint64_t i, const struct leaf *leaf)
{
	struct found *f = context;
	char line[200];
	struct leaf want = leaf_of(i, line, sizeof(line));

	assert_true(str_eq(leaf->raw, want.raw) && leaf->source == want.source);
	f->at[f->count++] = i;
	return f->count == f->stop;
}

static void one_search_over_all(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct found *f = calloc(1, sizeof(*f));
	struct archive_term terms[] = { { ARCHIVE_FOLD, STR("dang nhap"), false },
		{ ARCHIVE_REGEX, STR("l.n 1\\d*$"), false } };
	struct archive_query q = { .terms = terms, .term_count = 2, .hit = take, .context = f };
	struct err e = { 0 };
	struct archive *a;
	size_t want = 0;

	assert_non_null(f);
	write_entries(d, 900);
	pack_entries(d, 600, false);
	assert_int_equal(archive_open(d, &e, &a), 0);
	for (uint64_t i = 0; i < 900; i++) {
		unsigned number = (unsigned)(i * 31 % 1009);

		want += i % 50 != 49 &&
			(number == 1 || number / 10 == 1 || number / 100 == 1 ||
				number / 1000 == 1);
	}
	/* newest first, from the write-ahead files into the segments */
	assert_int_equal(archive_search(a, &q, &e), want);
	assert_int_equal(f->count, want);
	for (size_t i = 1; i < f->count; i++)
		assert_true(f->at[i] < f->at[i - 1]);
	q.hit = NULL;
	assert_int_equal(archive_search(a, &q, &e), want);
	/* oldest first, some, and stopped */
	*f = (struct found){ .stop = 5 };
	q = (struct archive_query){
		.hit = take, .context = f, .first = 123, .is_oldest_first = true
	};
	assert_int_equal(archive_search(a, &q, &e), 5);
	assert_int_equal(f->at[0], 123);
	assert_int_equal(f->at[4], 127);
	/* kinds and times */
	q = (struct archive_query){ .kinds = 1u << LEAF_CLOCK };
	assert_int_equal(archive_search(a, &q, &e), 900 / 50);
	q = (struct archive_query){ .from_ns = 1767225600000000000 + 100 * 1000000,
		.until_ns = 1767225600000000000 + 700 * 1000000 };
	assert_int_equal(archive_search(a, &q, &e), 600);
	/* what has come since is seen after a look */
	write_entries(d, 950);
	assert_int_equal(archive_refresh(a, &e), 0);
	q = (struct archive_query){ .first = 900 };
	assert_int_equal(archive_search(a, &q, &e), 50);
	/* and what has moved meanwhile is found where it is now */
	pack_entries(d, 950, true);
	q = (struct archive_query){ 0 };
	assert_int_equal(archive_search(a, &q, &e), 950);
	archive_close(a);
	free(f);
	vfile_disk_close(d);
}

/* A segment that was changed, cut, swapped or taken away is named, and not believed. */
static void false_segments(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct archive_query q = { 0 };
	struct err e = { 0 };
	struct archive *a;
	struct vfile f;
	struct str saved;
	struct arena memory;
	const char *name = "segments/00000000000000000000.seg";

	arena_init(&memory, 16 * MIB);
	write_entries(d, 600);
	pack_entries(d, 600, true);
	assert_int_equal(vfile_load(d, name, MIB, &memory, &saved, &e), 0);
	/* cut short */
	assert_int_equal(vfile_open(d, name, VFILE_WRITE, &f, &e), 0);
	assert_int_equal(vfile_truncate(&f, saved.len - 1, &e), 0);
	assert_int_equal(archive_open(d, &e, &a), ERR_INPUT);
	assert_non_null(strstr(e.text, name));
	/* a bit in the middle */
	assert_int_equal(vfile_write_at(&f, 0, saved, &e), 0);
	assert_int_equal(vfile_write_at(&f, 40, STR("\xff\x00\xff\x01"), &e), 0);
	vfile_close(&f);
	assert_int_equal(archive_open(d, &e, &a), 0);
	q.hit = take;
	q.context = calloc(1, sizeof(struct found));
	assert_int_equal(archive_search(a, &q, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, name));
	free(q.context);
	q.hit = NULL;
	archive_close(a);
	/* under another name: two hold the same entries */
	assert_int_equal(vfile_replace(d, "segments/00000000000000000001.seg", saved, &e), 0);
	assert_int_equal(archive_open(d, &e, &a), ERR_INPUT);
	assert_int_equal(vfile_unlink(d, "segments/00000000000000000001.seg", &e), 0);
	/* taken away: what was in it is not there, and nothing stands for it */
	assert_int_equal(vfile_unlink(d, name, &e), 0);
	assert_int_equal(archive_open(d, &e, &a), 0);
	assert_int_equal(archive_read(a, 0, &e, &(struct leaf){ 0 }), ERR_ABSENT);
	assert_true(archive_search(a, &q, &e) < 600);
	archive_close(a);
	arena_done(&memory);
	vfile_disk_close(d);
}

static bool look_after_crash(
	void *context, struct vfile_disk *disk, const struct vfile_crash *crash, struct err *e)
{
	return is_all_there(disk, 0, *(const uint64_t *)context, e);
}

/* Whenever the power goes while segments are made, every entry is still there. */
static void power_cuts(void **state)
{
	struct vfile_disk *memory = vfile_memory_new(), *disk;
	struct vfile_replay_result result;
	uint64_t count = 260;
	struct vfile_replay how = {
		.check = look_after_crash, .context = &count, .states_per_point = 200
	};

	write_entries(memory, count);
	disk = vfile_record_new(memory);
	pack_entries(disk, 200, false);
	pack_entries(disk, count, true);
	vfile_replay_at_length(&how);
	vfile_replay(disk, &how, &result);
	if (result.faults > 0)
		fail_msg("%llu of %llu disks lost something: %s", (unsigned long long)result.faults,
			(unsigned long long)result.states, result.reason.text);
	print_message("%llu states of %llu points, while segments are made\n",
		(unsigned long long)result.states, (unsigned long long)result.points);
	assert_true(result.states > 300);
	vfile_disk_close(disk);
	vfile_disk_close(memory);
}

/* Whichever call fails, with a full disk or worse, no entry is lost and the next writer goes on. */
static void failing_disks(void **state)
{
	static const int errors[] = { 28 /* ENOSPC */, 5 /* EIO */, 30 /* EROFS */, 0 };

	for (size_t i = 0; i < COUNT(errors); i++) {
		uint64_t calls = 1;

		for (uint64_t nth = 1; nth <= calls; nth++) {
			struct vfile_disk *memory = vfile_memory_new(), *disk;
			struct archive_options options = { .segment_bytes = 8000 };
			struct archive_writer *w = NULL;
			struct err e = { 0 };
			int rc;

			write_entries(memory, 200);
			disk = vfile_fault_new(memory,
				(struct vfile_fault){ .nth = nth, .errno_value = errors[i] });
			rc = archive_writer_open(disk, &options, &e, &w);
			while (rc >= 0 && (rc = archive_writer_step(w, 200, &e)) > 0)
				;
			if (rc >= 0)
				rc = archive_writer_end(w, &e);
			archive_writer_close(w);
			if (nth == 1)
				calls = 60;
			if (!is_all_there(memory, 0, 200, &e))
				fail_msg("error %d at call %d: %s", errors[i], (int)nth, e.text);
			pack_entries(memory, 200, true);
			assert_int_equal(stat_of(memory).closed, 200);
			assert_true(is_all_there(memory, 0, 200, &e));
			vfile_disk_close(disk);
			vfile_disk_close(memory);
		}
	}
}

/* EVIDENCE: D11.4 a text that may not be kept goes, and every proof over the log still holds */
static void redacted_texts(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct merkle_hash before[3], after, told;
	const uint64_t rows[3] = { 130, 131, 5 };
	struct archive_query q = { 0 };
	struct err e = { 0 };
	struct archive *a, *old;
	struct str entry;
	struct leaf leaf, want;
	char line[200];

	write_entries(d, 300);
	pack_entries(d, 280, true);
	assert_int_equal(archive_open(d, &e, &old), 0);
	assert_int_equal(archive_entry(old, rows[0], &e, &entry), 0);
	assert_int_equal(archive_open(d, &e, &a), 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(archive_leaf(a, rows[i], &e, &before[i]), 0);
	archive_close(a);
	assert_int_equal(archive_redact(d, 290, &e, &told), ERR_ABSENT); /* not closed yet */
	for (size_t i = 0; i < 6; i++) {                                 /* each of them twice */
		if (archive_redact(d, rows[i % 3], &e, &told) < 0)
			fail_msg("%s", e.text);
		assert_true(merkle_equal(&told, &before[i % 3]));
	}
	/* who had the file open reads it there no more */
	assert_int_equal(archive_refresh(old, &e), 0);
	assert_int_equal(archive_entry(old, rows[0], &e, &entry), ERR_ABSENT);
	archive_close(old);
	assert_int_equal(archive_open(d, &e, &a), 0);
	for (size_t i = 0; i < 3; i++) {
		want = leaf_of(rows[i], line, sizeof(line));
		assert_int_equal(archive_read(a, rows[i], &e, &leaf), 0);
		assert_int_equal(leaf.raw.len, 0);
		assert_true(leaf.received_ns == want.received_ns && leaf.source == want.source);
		assert_int_equal(archive_entry(a, rows[i], &e, &entry), ERR_ABSENT);
		assert_int_equal(archive_leaf(a, rows[i], &e, &after), 0);
		assert_true(merkle_equal(&after, &before[i]));
		/* its neighbours stay provable */
		assert_int_equal(prove_leaf_hashes(a, rows[i], 1, &after, &e), 0);
		assert_true(merkle_equal(&after, &before[i]));
	}
	assert_int_equal(archive_entry(a, 132, &e, &entry), 0);
	q.kinds = 1u << LEAF_LINE | 1u << LEAF_CLOCK;
	assert_int_equal(archive_search(a, &q, &e), 300);
	archive_close(a);
	vfile_disk_close(d);
}

static bool look_after_redaction(
	void *context, struct vfile_disk *disk, const struct vfile_crash *crash, struct err *e)
{
	const struct merkle_hash *want = context;
	struct merkle_hash leaf;
	struct archive *a;
	bool is_good = archive_open(disk, e, &a) == 0;

	for (uint64_t i = 0; is_good && i < 60; i++) {
		is_good = archive_leaf(a, i, e, &leaf) == 0;
		if (is_good && !merkle_equal(&leaf, &want[i]))
			is_good = err_set(e, ERR_INPUT, "leaf %d is another", (int)i) == 0;
	}
	if (e->code == 0 || is_good)
		archive_close(a);
	return is_good;
}

static void power_cuts_while_redacting(void **state)
{
	struct vfile_disk *memory = vfile_memory_new(), *disk;
	struct vfile_replay_result result;
	struct merkle_hash leaves[60], told;
	struct vfile_replay how = {
		.check = look_after_redaction, .context = leaves, .states_per_point = 200
	};
	struct archive *a;
	struct err e = { 0 };

	write_entries(memory, 60);
	pack_entries(memory, 60, true);
	assert_int_equal(archive_open(memory, &e, &a), 0);
	for (uint64_t i = 0; i < 60; i++)
		assert_int_equal(archive_leaf(a, i, &e, &leaves[i]), 0);
	archive_close(a);
	disk = vfile_record_new(memory);
	assert_int_equal(archive_redact(disk, 7, &e, &told), 0);
	assert_int_equal(archive_redact(disk, 9, &e, &told), 0);
	vfile_replay_at_length(&how);
	vfile_replay(disk, &how, &result);
	if (result.faults > 0)
		fail_msg("%llu of %llu disks: %s", (unsigned long long)result.faults,
			(unsigned long long)result.states, result.reason.text);
	print_message("%llu states of %llu points, while a text is taken away\n",
		(unsigned long long)result.states, (unsigned long long)result.points);
	assert_true(result.states > 20);
	vfile_disk_close(disk);
	vfile_disk_close(memory);
}

/* The quota holds to the byte, and what finds no room stays where it was. */
static void quota(void **state)
{
	for (uint64_t quota = 200; quota < 6000; quota += 97) {
		struct vfile_disk *d = vfile_memory_new();
		struct archive_options options = { .segment_bytes = 4000, .quota_bytes = quota };
		struct archive_writer *w;
		struct archive_stat stat;
		struct err e = { 0 };
		int rc;

		write_entries(d, 300);
		assert_int_equal(archive_writer_open(d, &options, &e, &w), 0);
		do
			rc = archive_writer_step(w, 300, &e);
		while (rc > 0);
		archive_writer_close(w);
		assert_true(rc == 0 || rc == ERR_LIMIT);
		stat = stat_of(d);
		if (stat.segment_bytes > quota)
			fail_msg("%d bytes of %d", (int)stat.segment_bytes, (int)quota);
		assert_true(is_all_there(d, 0, 300, &e));
		/* it is raised: a store that starts again takes up what waited */
		options.quota_bytes = MIB;
		assert_int_equal(archive_writer_open(d, &options, &e, &w), 0);
		do
			rc = archive_writer_step(w, 300, &e);
		while (rc > 0);
		assert_int_equal(rc, 0);
		assert_int_equal(archive_writer_end(w, &e), 0);
		assert_int_equal(archive_writer_closed(w), 300);
		archive_writer_close(w);
		assert_true(is_all_there(d, 0, 300, &e));
		vfile_disk_close(d);
	}
}

/* A month ends a segment, so that it can be taken away as a whole. */
static void months_end_segments(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct archive_writer *w;
	struct err e = { 0 };
	struct wal *wal;

	assert_int_equal(wal_open(d, &wal, &e), 0);
	for (int i = 0; i < 10; i++) {
		struct leaf leaf = { .kind = LEAF_LINE, .raw = STR("a line") };

		/* 1/2/2026 begins in Viet Nam; a clock that goes back makes no new segment */
		leaf.received_ns = (1769878800 + (i == 7 ? -99 : i - 4)) * INT64_C(1000000000);
		assert_int_equal(wal_add(wal, &leaf, &e), 0);
	}
	assert_int_equal(wal_commit(wal, &e), 0);
	wal_close(wal);
	assert_int_equal(archive_writer_open(d, NULL, &e, &w), 0);
	assert_int_equal(archive_writer_step(w, 10, &e), 0);
	assert_int_equal(archive_writer_closed(w), 4);
	assert_int_equal(archive_writer_end(w, &e), 0);
	assert_int_equal(archive_writer_closed(w), 10);
	archive_writer_close(w);
	assert_int_equal(stat_of(d).segments, 2);
	vfile_disk_close(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_yet),
		cmocka_unit_test(entries_come_back),
		cmocka_unit_test(one_search_over_all),
		cmocka_unit_test(false_segments),
		cmocka_unit_test(power_cuts),
		cmocka_unit_test(failing_disks),
		cmocka_unit_test(redacted_texts),
		cmocka_unit_test(power_cuts_while_redacting),
		cmocka_unit_test(quota),
		cmocka_unit_test(months_end_segments),
	};

	return cmocka_run_group_tests_name("archive", tests, NULL, NULL);
}
