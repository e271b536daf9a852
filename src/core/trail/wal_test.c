/* wal_test.c - what was committed is there, once, whatever happens; what was not may be gone. */
#include "core/trail/wal_write.h"
#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

#include <errno.h>
#include <stdlib.h>

#define SMALL_FILE_BYTES (2 * WAL_HEADER_BYTES) /* turns over after about ten lines */
#define LINE_BYTES_MAX 700

static struct leaf line_of(uint64_t number, char *text)
{
	struct leaf leaf = { .kind = LEAF_LINE, .transport = LEAF_TCP, .source = 3 };
	int len = snprintf(text, LINE_BYTES_MAX, "<13>Jan  1 00:00:00 may%02u dòng %llu ",
		(unsigned)(number % 7), (unsigned long long)number);

	memset(text + len, 'a' + (int)(number % 26), number % 600);
	leaf.received_ns = (int64_t)number;
	leaf.raw = (struct str){ text, (size_t)len + number % 600 };
	return leaf;
}

static struct wal *open_small(struct vfile_disk *d)
{
	struct err e = { 0 };
	struct wal *w = NULL;

	assert_int_equal(wal_open_sized(d, SMALL_FILE_BYTES, &w, &e), 0);
	return w;
}

static int add_lines(struct wal *w, uint64_t count, struct err *e)
{
	char text[LINE_BYTES_MAX];
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i < count; i++) {
		struct leaf leaf = line_of(wal_next(w), text);

		rc = wal_add(w, &leaf, e);
	}
	return rc;
}

/* Entries FROM on are the lines of their number; how many there are, or -1. */
static int64_t count_lines(struct vfile_disk *d, uint64_t from, uint64_t size, struct err *e)
{
	char text[LINE_BYTES_MAX];
	struct wal_reader *r;
	struct str entry;
	struct leaf leaf;
	int rc;

	if (wal_reader_open(d, from, &r, e) < 0)
		return -1;
	while ((rc = wal_read(r, size, &entry, e)) > 0) {
		struct leaf want = line_of(wal_reader_next(r) - 1, text);

		if (leaf_parse(entry, &leaf, e) < 0 || !str_eq(leaf.raw, want.raw) ||
			leaf.received_ns != want.received_ns) {
			err_set(e, ERR_INPUT, "entry %llu is not the line added",
				(unsigned long long)wal_reader_next(r) - 1);
			rc = -1;
			break;
		}
	}
	from = wal_reader_next(r) - from;
	wal_reader_close(r);
	return rc < 0 ? -1 : (int64_t)from;
}

static void lines_come_back_over_many_files(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct wal *w = open_small(d);
	struct err e = { 0 };
	uint64_t oldest, bytes;

	for (int i = 0; i < 100; i++) {
		assert_int_equal(add_lines(w, 1 + (uint64_t)i % 5, &e), 0);
		assert_int_equal(wal_commit(w, &e), 0);
		assert_int_equal(wal_size(w), wal_next(w));
		assert_int_equal(count_lines(d, 0, wal_size(w), &e), (int64_t)wal_size(w));
	}
	for (uint64_t from = 0; from <= wal_size(w); from++)
		assert_int_equal(
			count_lines(d, from, wal_size(w), &e), (int64_t)(wal_size(w) - from));
	assert_int_equal(count_lines(d, wal_size(w) + 1, UINT64_MAX, &e), -1);
	assert_int_equal(wal_drop(d, 100, &e), 0);
	assert_int_equal(wal_oldest(d, &oldest, &e), 0);
	assert_true(oldest > 80 && oldest <= 100);
	assert_int_equal(wal_drop(d, UINT64_MAX, &e), 0);
	assert_int_equal(wal_bytes(d, &bytes, &e), 0);
	assert_true(bytes <= 2 * SMALL_FILE_BYTES);
	wal_close(w);
	vfile_disk_close(d);
}

/* The writer's head is that of the entries, also after it was opened again without being closed. */
static void the_head_outlives_the_writer(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct wal *first = open_small(d), *second;
	struct merkle_head before, after;
	struct err e = { 0 };

	for (int i = 0; i < 40; i++) {
		assert_int_equal(add_lines(first, 3, &e), 0);
		assert_int_equal(wal_commit(first, &e), 0);
		wal_head(first, &before);
		second = open_small(d);
		wal_head(second, &after);
		assert_int_equal(after.size, before.size);
		assert_true(merkle_equal(&after.root, &before.root));
		first->is_failed = true; /* leaves the file as a kill does */
		wal_close(first);
		first = second;
	}
	assert_int_equal(count_lines(d, 0, 120, &e), 120);
	wal_close(first);
	vfile_disk_close(d);
}

static void a_reader_sees_what_comes(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct wal *w = open_small(d), *again;
	struct wal_reader *r;
	struct err e = { 0 };
	struct str entry;

	assert_int_equal(wal_reader_open(d, 0, &r, &e), 0);
	assert_int_equal(wal_read(r, UINT64_MAX, &entry, &e), 0);
	for (uint64_t i = 0; i < 60; i++) {
		assert_int_equal(add_lines(w, 1, &e), 0);
		assert_int_equal(wal_read(r, wal_size(w), &entry, &e), 0);
		assert_int_equal(wal_commit(w, &e), 0);
		if (i % 7 == 0) { /* the file is another one now, under the same name */
			w->is_failed = true;
			again = open_small(d);
			wal_close(w);
			w = again;
		}
		assert_int_equal(wal_read(r, wal_size(w), &entry, &e), 1);
		assert_int_equal(wal_reader_next(r), wal_size(w));
	}
	assert_int_equal(wal_read(r, wal_size(w) + 1, &entry, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "entry 60 at byte"));
	wal_reader_close(r);
	wal_close(w);
	vfile_disk_close(d);
}

/* One bit of a durable record: the reader who knows how many there must be says which is false. */
static void damage_is_named(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct err e = { 0 };
	struct wal *w = NULL;
	struct vfile f;
	char byte;

	assert_int_equal(wal_open_sized(d, 64 * KIB, &w, &e), 0);
	assert_int_equal(add_lines(w, 20, &e), 0);
	assert_int_equal(wal_commit(w, &e), 0);
	assert_int_equal(vfile_open(d, "wal/00000000000000000000.wal", VFILE_WRITE, &f, &e), 0);
	for (uint64_t at = WAL_HEADER_BYTES; at < w->end_bytes; at += 13) {
		assert_int_equal(vfile_read_at(&f, at, &byte, 1, &e), 1);
		byte = (char)(byte ^ 4);
		assert_int_equal(vfile_write_at(&f, at, (struct str){ &byte, 1 }, &e), 0);
		assert_int_equal(count_lines(d, 0, 20, &e), -1);
		assert_non_null(strstr(e.text, "missing or damaged"));
		byte = (char)(byte ^ 4);
		assert_int_equal(vfile_write_at(&f, at, (struct str){ &byte, 1 }, &e), 0);
	}
	assert_int_equal(count_lines(d, 0, 20, &e), 20);
	vfile_close(&f);
	wal_close(w);
	vfile_disk_close(d);
}

/* What stands behind a false record is not thrown away when the writer starts again. */
static void a_torn_end_is_kept_beside(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct err e = { 0 };
	struct wal *w = NULL, *again = NULL;
	struct arena a;
	struct str rest;
	struct vfile f;

	assert_int_equal(wal_open_sized(d, 64 * KIB, &w, &e), 0);
	assert_int_equal(add_lines(w, 3, &e), 0);
	assert_int_equal(wal_commit(w, &e), 0);
	assert_int_equal(vfile_open(d, "wal/00000000000000000000.wal", VFILE_WRITE, &f, &e), 0);
	assert_int_equal(vfile_write_at(&f, w->end_bytes, STR("nửa một lần ghi"), &e), 0);
	vfile_close(&f);
	assert_int_equal(wal_open_sized(d, 64 * KIB, &again, &e), 0);
	assert_int_equal(wal_size(again), 3);
	arena_init(&a, MIB);
	assert_int_equal(vfile_load(d, "wal/00000000000000000003.torn", MIB, &a, &rest, &e), 0);
	assert_true(str_starts(rest, "nửa một lần ghi"));
	arena_done(&a);
	w->is_failed = true;
	wal_close(w);
	wal_close(again);
	vfile_disk_close(d);
}

static void what_is_not_ours_is_refused(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct err e = { 0 };
	struct wal *w = open_small(d);
	struct vfile f;

	assert_int_equal(add_lines(w, 3, &e), 0);
	assert_int_equal(wal_commit(w, &e), 0);
	wal_close(w);
	assert_int_equal(vfile_open(d, "wal/00000000000000000000.wal", VFILE_WRITE, &f, &e), 0);
	assert_int_equal(vfile_write_at(&f, 3, STR("?"), &e), 0);
	vfile_close(&f);
	assert_int_equal(wal_open_sized(d, SMALL_FILE_BYTES, &w, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "00000000000000000000.wal"));
	vfile_disk_close(d);
}

static void too_much_is_refused(void **state)
{
	static char huge[LEAF_RAW_MAX + 1];
	struct vfile_disk *d = vfile_memory_new();
	struct leaf leaf = { .kind = LEAF_LINE, .raw = { huge, sizeof(huge) } };
	struct err e = { 0 };
	struct wal *w = NULL;
	int rc;

	assert_int_equal(wal_open(d, &w, &e), 0);
	assert_int_equal(wal_add(w, &leaf, &e), ERR_INPUT);
	leaf.raw.len = LEAF_RAW_MAX;
	while ((rc = wal_add(w, &leaf, &e)) == 0)
		;
	assert_int_equal(rc, ERR_LIMIT);
	assert_int_equal(wal_next(w), WAL_BATCH_BYTES / (LEAF_BYTES_MAX + WAL_FRAME_BYTES));
	assert_int_equal(wal_commit(w, &e), 0);
	assert_int_equal(wal_size(w), wal_next(w));
	assert_int_equal(wal_add(w, &leaf, &e), 0);
	wal_close(w);
	vfile_disk_close(d);
}

/* --- failing disks and power cuts ------------------------------------------------------------- */

#define GROUPS 8
#define GROUP 9
#define LONG_GROUPS 12 /* when many disks are asked for: more moments, more sectors at each */
#define LONG_GROUP 16
#define USUAL_STATES 400

/* A writer that promises each group once it is committed, or, when it is spoilt, before. A full
 * disk is tried again; any other failure ends it. */
static void write_groups(struct vfile_disk *record, bool is_spoilt, bool is_long)
{
	struct err e = { 0 };
	struct wal *w = NULL;
	int rc = wal_open_sized(record, SMALL_FILE_BYTES, &w, &e);

	for (int i = 0; rc == 0 && i < (is_long ? LONG_GROUPS : GROUPS); i++) {
		rc = add_lines(w, is_long ? LONG_GROUP : GROUP, &e);
		if (rc == 0 && is_spoilt)
			vfile_record_mark(record, wal_next(w));
		if (rc == 0)
			rc = wal_commit(w, &e);
		if (rc == ERR_LIMIT)
			rc = wal_commit(w, &e);
		if (rc == 0)
			vfile_record_mark(record, wal_size(w));
	}
	if (rc == 0)
		wal_close(w);
	else if (w) {
		w->is_failed = true;
		wal_close(w);
	}
}

static bool nothing_promised_is_lost(
	void *context, struct vfile_disk *d, const struct vfile_crash *crash, struct err *e)
{
	struct wal *w = NULL;
	int64_t count;
	bool is_fine;

	if (wal_open_sized(d, SMALL_FILE_BYTES, &w, e) < 0)
		return false;
	count = count_lines(d, 0, wal_size(w), e);
	is_fine = count >= (int64_t)crash->promise && count == (int64_t)wal_size(w);
	if (count >= 0 && !is_fine)
		err_set(e, ERR_INPUT, "%d lines where %d were promised", (int)count,
			(int)crash->promise);
	/* and it goes on */
	is_fine = is_fine && add_lines(w, 2, e) == 0 && wal_commit(w, e) == 0 &&
		count_lines(d, 0, wal_size(w), e) == count + 2;
	wal_close(w);
	return is_fine;
}

static struct vfile_replay_result try_disk(
	struct vfile_fault fault, bool is_spoilt, uint64_t states_per_point)
{
	struct vfile_disk *memory = vfile_memory_new(), *bad = vfile_fault_new(memory, fault);
	struct vfile_disk *record = vfile_record_new(bad);
	struct vfile_replay how = { .check = nothing_promised_is_lost,
		.states_per_point = states_per_point };
	struct vfile_replay_result result;
	bool is_long = states_per_point == USUAL_STATES && vfile_replay_at_length(&how);

	write_groups(record, is_spoilt, is_long);
	vfile_replay(record, &how, &result);
	if (result.faults)
		print_message("call %d: after operation %zu: %s\n", (int)fault.nth,
			result.first.operation, result.reason.text);
	vfile_disk_close(record);
	vfile_disk_close(bad);
	vfile_disk_close(memory);
	return result;
}

static void a_power_cut_takes_nothing_promised(void **state)
{
	struct vfile_replay_result r = try_disk((struct vfile_fault){ 0 }, false, USUAL_STATES);

	print_message("%llu states of %llu points\n", (unsigned long long)r.states,
		(unsigned long long)r.points);
	assert_int_equal(r.faults, 0);
	assert_true(r.states > 1000);
}

static void a_promise_before_the_sync_is_found(void **state)
{
	assert_true(try_disk((struct vfile_fault){ 0 }, true, 200).faults > 0);
}

static void no_failure_takes_anything_promised(void **state)
{
	static const struct vfile_fault kinds[] = { { .errno_value = ENOSPC },
		{ .errno_value = ENOSPC, .is_short_first = true }, { .errno_value = EIO },
		{ .errno_value = 0 }, { .errno_value = EIO, .is_lasting = true },
		{ .errno_value = EROFS, .is_lasting = true } };

	for (size_t i = 0; i < COUNT(kinds); i++)
		for (uint64_t n = 1; n <= 60; n++) {
			struct vfile_fault fault = kinds[i];

			fault.nth = n;
			assert_int_equal(try_disk(fault, false, 3).faults, 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_back_over_many_files),
		cmocka_unit_test(the_head_outlives_the_writer),
		cmocka_unit_test(a_reader_sees_what_comes),
		cmocka_unit_test(damage_is_named),
		cmocka_unit_test(a_torn_end_is_kept_beside),
		cmocka_unit_test(what_is_not_ours_is_refused),
		cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(a_power_cut_takes_nothing_promised),
		cmocka_unit_test(a_promise_before_the_sync_is_found),
		cmocka_unit_test(no_failure_takes_anything_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
