/* verify_test.c - whole logs in memory, signed, partly in closed segments; every byte of every file
 * changed once. The sealer and the archive stand beside the verifier here alone. */
#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

#include <stdlib.h>

#include "work/archive/archive.h"
#include "work/seal/seal.h"
#include "work/verify/verify.h"

#define NOW_S INT64_C(1790000000)
#define MEMORY_BYTES (64 * MIB)

struct log {
	struct vfile_disk *d, *folder;
	struct wal *w;
	struct arena arena;
	struct verify_job job;
	struct verify_report report;
	struct err e;
};

#define FINE(call) \
	do { \
		if ((call) < 0) \
			fail_msg("%s", x->e.text); \
	} while (0)

static void add_lines(struct log *x, unsigned count)
{
	char text[64];

	for (unsigned i = 0; i < count; i++) {
		struct leaf leaf = { .kind = LEAF_LINE,
			.transport = LEAF_TCP,
			.source = 1,
			.received_ns = NOW_S * 1000000000 + i };

		snprintf(text, sizeof(text), "<13>sshd: dong %llu",
			(unsigned long long)wal_next(x->w));
		leaf.raw = str_of(text);
		FINE(wal_add(x->w, &leaf, &x->e));
	}
	FINE(wal_commit(x->w, &x->e));
}

static void seal_at(struct log *x, int64_t now_s)
{
	struct seal_answer answer;

	FINE(seal_now(x->d, x->folder, x->w, now_s, &answer, &x->e));
	assert_true(answer.is_sealed);
}

/* LINES in each of three hours; what stands before the last hour in a closed segment. */
static void make(struct log *x, unsigned lines, bool has_segment)
{
	struct archive_writer *writer;
	struct buf leaf;
	struct str keys;

	memset(x, 0, sizeof(*x));
	x->d = vfile_memory_new();
	x->folder = vfile_memory_new();
	arena_init(&x->arena, MEMORY_BYTES);
	buf_init(&leaf, SEAL_LEAF_MAX);
	FINE(seal_begin(x->d,
		&(struct seal_begin){ .origin = STR("xa.vn/khien/nhat-ky/2026"),
			.keys = x->folder,
			.log = x->folder,
			.vault = x->folder,
			.now_s = NOW_S,
			.reason = STR("") },
		&leaf, &x->e));
	buf_done(&leaf);
	FINE(wal_open(x->d, &x->w, &x->e));
	seal_at(x, NOW_S);
	for (int hour = 0; hour < 3; hour++) {
		add_lines(x, lines);
		seal_at(x, NOW_S + hour * SEAL_EPOCH_S);
		if (hour == 1 && has_segment) {
			FINE(archive_writer_open(x->d, NULL, &x->e, &writer));
			while (archive_writer_step(writer, wal_size(x->w), &x->e) == 1)
				;
			FINE(archive_writer_end(writer, &x->e));
			archive_writer_close(writer);
		}
	}
	x->w = wal_close(x->w);
	x->job.segments = &archive_entries;
	x->job.now_s = NOW_S + 3 * SEAL_EPOCH_S;
	FINE(vfile_load(x->d, "keys/public.txt", 4 * KIB, &x->arena, &keys, &x->e));
	FINE(verify_keys(keys, &x->arena, &x->job, &x->e));
}

static void end(struct log *x)
{
	arena_done(&x->arena);
	vfile_disk_close(x->d);
	vfile_disk_close(x->folder);
}

static size_t verify(struct log *x)
{
	struct arena a;
	size_t found;

	arena_init(&a, MEMORY_BYTES);
	FINE(verify_shard(x->d, &x->job, NULL, &a, &x->report, &x->e));
	found = x->report.finding_count;
	arena_done(&a);
	return found;
}

/* Each byte of a file, one of its bits; every bit with KHIEN_ROUNDS. Of zeros that fill a header
 * one in 16 does. */
static void flip(struct log *x, const char *path)
{
	bool each_bit = getenv("KHIEN_ROUNDS") != NULL;
	struct str right;
	struct arena a;
	struct vfile f;

	arena_init(&a, MEMORY_BYTES);
	FINE(vfile_load(x->d, path, MEMORY_BYTES / 2, &a, &right, &x->e));
	FINE(vfile_open(x->d, path, VFILE_WRITE, &f, &x->e));
	for (size_t at = 0; at < right.len; at++) {
		if (right.ptr[at] == 0 && at % 16 != 0 && at < 4000 && !each_bit)
			continue;
		for (unsigned bit = each_bit ? 0 : at % 8; bit <= (each_bit ? 7 : at % 8); bit++) {
			char wrong = (char)(right.ptr[at] ^ 1 << bit);

			FINE(vfile_write_at(&f, at, (struct str){ &wrong, 1 }, &x->e));
			if (verify(x) == 0)
				fail_msg("\"%s\", byte %zu, bit %u: nothing was found", path, at,
					bit);
		}
		FINE(vfile_write_at(&f, at, (struct str){ right.ptr + at, 1 }, &x->e));
	}
	vfile_close(&f);
	arena_done(&a);
}

static void flip_folder(struct log *x, const char *folder)
{
	char path[VFILE_NAME_SIZE];
	struct vfile_names names;
	struct arena a;

	arena_init(&a, MIB);
	FINE(vfile_list(x->d, folder, &a, &names, &x->e));
	assert_true(names.len > 0);
	for (size_t i = 0; i < names.len; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names.at[i].name);
		flip(x, path);
	}
	arena_done(&a);
}

static void a_right_log_is_right(void **state)
{
	for (unsigned has_segment = 0; has_segment < 2; has_segment++) {
		struct log at, *x = &at;

		make(x, 700, has_segment);
		if (verify(x) != 0)
			fail_msg("%s, leaf %llu, %s",
				verify_fault_code(x->report.findings[0].fault),
				(unsigned long long)x->report.findings[0].first,
				x->report.findings[0].about);
		assert_int_equal(x->report.epochs, 3);
		assert_int_equal(x->report.proven, x->report.entries);
		assert_true(x->report.entries > 2100);
		end(x);
	}
}

static void every_byte_of_a_write_ahead_file_counts(void **state)
{
	struct log at, *x = &at;

	make(x, 2, false);
	assert_int_equal(verify(x), 0);
	flip_folder(x, "wal");
	end(x);
}

static void every_byte_of_a_segment_counts(void **state)
{
	struct log at, *x = &at;

	make(x, 20, true);
	assert_int_equal(verify(x), 0);
	flip_folder(x, "segments");
	end(x);
}

static void a_line_without_its_text_is_proven_by_its_hash(void **state)
{
	struct log at, *x = &at;
	struct merkle_hash leaf;

	make(x, 20, true);
	FINE(archive_redact(x->d, 10, &x->e, &leaf));
	if (verify(x) != 0)
		fail_msg("%s, leaf %llu", verify_fault_code(x->report.findings[0].fault),
			(unsigned long long)x->report.findings[0].first);
	assert_int_equal(x->report.redacted, 1);
	assert_int_equal(x->report.proven, x->report.entries + 1);
	end(x);
}

static void every_byte_of_a_checkpoint_counts(void **state)
{
	struct log at, *x = &at;

	make(x, 1, false);
	assert_int_equal(verify(x), 0);
	flip(x, "checkpoint");
	flip(x, "origin");
	flip_folder(x, "checkpoints");
	end(x);
}

static void every_stored_hash_counts(void **state)
{
	struct log at, *x = &at;

	make(x, 300, false);
	assert_int_equal(verify(x), 0);
	flip(x, "tree/1");
	end(x);
}

static void what_is_missing_is_named(void **state)
{
	struct log at, *x = &at;
	const struct verify_finding *f = at.report.findings;

	make(x, 700, true);
	/* all entries stand in the write-ahead file still, and in the segment no more */
	FINE(vfile_unlink(x->d, "segments/00000000000000000000.seg", &x->e));
	assert_int_equal(verify(x), 0);
	end(x);
	make(x, 700, true);
	FINE(vfile_unlink(x->d, "wal/00000000000000000000.wal", &x->e));
	assert_true(verify(x) > 0);
	assert_int_equal(f->fault, VERIFY_MISSING);
	assert_true(f->first > 1400 && f->end > f->first + 700);
	assert_int_equal(x->report.proven, f->first); /* what stands in the segment still is */
	end(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_log_is_right),
		cmocka_unit_test(every_byte_of_a_write_ahead_file_counts),
		cmocka_unit_test(every_byte_of_a_segment_counts),
		cmocka_unit_test(a_line_without_its_text_is_proven_by_its_hash),
		cmocka_unit_test(every_byte_of_a_checkpoint_counts),
		cmocka_unit_test(every_stored_hash_counts),
		cmocka_unit_test(what_is_missing_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
