/* crash_test.c - every disk a power cut could leave while a shard is sealed: what was promised is
 * there, what is there was signed, and sealing goes on. */
#include "work/seal/seal_int.h"

#include <stdlib.h>

#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

#define NOW_S INT64_C(1790000000)
#define NOTES_MAX 512
#define SEALS 4
#define STATES_AT_A_POINT 100000 /* KHIEN_CRASH_STATES for more */
#define WHOLE_EVERY 199          /* of the states, one is opened and sealed on */
#define FILE_BYTES (64 * KIB) /* of a write-ahead file: the usual size would be most of the work */

struct trial {
	struct vfile_disk *log; /* folder with the recovery key, not on trial; the others are */
	struct wal *w;
	struct arena arena;
	struct str notes[NOTES_MAX]; /* every checkpoint that was signed */
	size_t note_count;
	bool is_lazy; /* a sync is left out: looking at the notes is enough */
	struct err e;
};

static void add_lines(struct trial *x, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct leaf leaf = { .kind = LEAF_LINE,
			.received_ns = NOW_S * 1000000000,
			.raw = STR("<13>mot dong") };

		assert_int_equal(wal_add(x->w, &leaf, &x->e), 0);
	}
	assert_int_equal(wal_commit(x->w, &x->e), 0);
}

static bool was_signed(const struct trial *x, struct str note, uint64_t *ret_size)
{
	struct str rest, line;

	for (size_t i = 0; i < x->note_count; i++) {
		if (!str_eq(x->notes[i], note))
			continue;
		rest = note;
		return str_next_line(&rest, &line) && str_next_line(&rest, &line) &&
			str_to_u64(line, 10, ret_size);
	}
	return false;
}

/* A seal makes one note, or two where the hour turns: what the history holds that is new. */
static void remember(struct trial *x, struct vfile_disk *d)
{
	char name[HISTORY_NAME_SIZE];
	struct history_row *rows;
	struct str note;
	uint64_t size;
	size_t count;

	assert_int_equal(history_list(d, &x->arena, &rows, &count, &x->e), 0);
	for (size_t i = count > 3 ? count - 3 : 0; i < count; i++) {
		assert_int_equal(vfile_load(d, history_name(rows[i], name), NOTE_BYTES_MAX,
					 &x->arena, &note, &x->e),
			0);
		assert_true(x->note_count < NOTES_MAX);
		if (!was_signed(x, note, &size))
			x->notes[x->note_count++] = note;
	}
}

static void work(struct trial *x, struct vfile_disk *d)
{
	struct seal_answer answer;
	struct buf leaf;

	buf_init(&leaf, SEAL_LEAF_MAX);
	assert_int_equal(seal_begin(d,
				 &(struct seal_begin){ .origin = STR("xa.vn/khien/nhat-ky/2026"),
					 .keys = d,
					 .log = x->log,
					 .vault = x->log,
					 .now_s = NOW_S,
					 .reason = STR("") },
				 &leaf, &x->e),
		0);
	buf_done(&leaf);
	assert_int_equal(wal_open_sized(d, FILE_BYTES, &x->w, &x->e), 0);
	for (int i = 0; i < SEALS; i++) {
		if (i > 0)
			add_lines(x, i == 2 ? 300 : 3);
		/* the hour turns every other time */
		assert_int_equal(
			seal_now(d, d, x->w, NOW_S + i * (SEAL_EPOCH_S / 2), &answer, &x->e), 0);
		assert_true(answer.is_sealed);
		remember(x, d);
		vfile_record_mark(d, answer.size);
	}
	x->w = wal_close(x->w);
}

/* Open it all and seal on. */
static bool goes_on(struct vfile_disk *d, const struct vfile_crash *crash, struct err *e)
{
	struct seal_answer answer = { 0 };
	struct wal *w;
	int rc = wal_open_sized(d, FILE_BYTES, &w, e);

	if (rc < 0)
		return crash->promise == 0;
	rc = seal_now(d, d, w, NOW_S + SEALS * SEAL_EPOCH_S, &answer, e);
	wal_close(w);
	if (rc < 0)
		return crash->promise == 0; /* nothing was promised before the shard was begun */
	if (!answer.is_sealed || answer.size < crash->promise)
		err_set(e, ERR_INPUT, "%s", answer.reason);
	return answer.is_sealed && answer.size >= crash->promise;
}

static bool check(
	void *context, struct vfile_disk *d, const struct vfile_crash *crash, struct err *e)
{
	const struct trial *x = context;
	struct str note;
	struct arena a;
	uint64_t size = 0;
	bool is_right = true;
	int rc;

	arena_init(&a, MIB);
	rc = vfile_load(d, "checkpoint", NOTE_BYTES_MAX, &a, &note, e);
	if (rc == 0 && !was_signed(x, note, &size)) {
		err_set(e, ERR_INPUT, "the checkpoint is none that was signed");
		is_right = false;
	}
	if (size < crash->promise) {
		err_set(e, ERR_INPUT, "the checkpoint of %llu leaves is lost",
			(unsigned long long)crash->promise);
		is_right = false;
	}
	arena_done(&a);
	return is_right &&
		(x->is_lazy || (crash->operation * 31 + crash->state) % WHOLE_EVERY != 0 ||
			goes_on(d, crash, e));
}

static void try(struct trial *x, const struct vfile_ops *ops, struct vfile_replay_result *ret)
{
	struct vfile_disk *memory = vfile_memory_new(), *record = vfile_record_new(memory);
	const struct vfile_ops *own = record->ops;
	struct vfile_replay how = {
		.check = check, .context = x, .states_per_point = ops ? 64 : STATES_AT_A_POINT
	};

	if (!ops)
		vfile_replay_at_length(&how);
	memset(x, 0, sizeof(*x));
	arena_init(&x->arena, SEAL_MEMORY_BYTES);
	x->log = vfile_memory_new();
	x->is_lazy = ops != NULL;
	if (ops)
		record->ops = ops;
	work(x, record);
	record->ops = own;
	vfile_replay(record, &how, ret);
	vfile_disk_close(x->log);
	vfile_disk_close(record);
	vfile_disk_close(memory);
	arena_done(&x->arena);
}

static void no_power_cut_loses_a_checkpoint(void **state)
{
	struct vfile_replay_result result;
	struct trial x;

	try(&x, NULL, &result);
	print_message("%llu points, %llu states\n", (unsigned long long)result.points,
		(unsigned long long)result.states);
	if (result.faults != 0)
		fail_msg("operation %zu, state %llu: %s", result.first.operation,
			(unsigned long long)result.first.state, result.reason.text);
	assert_true(result.states >= 5000);
}

static int no_sync(struct vfile_disk *d, int handle, bool is_data_only)
{
	return 0;
}

static int no_sync_dir(struct vfile_disk *d, const char *path)
{
	return 0;
}

/* The test can fail: with a sync left out, of files or of folders, it does. */
static void a_sync_left_out_is_found(void **state)
{
	for (int i = 0; i < 2; i++) {
		struct vfile_disk *memory = vfile_memory_new(), *record = vfile_record_new(memory);
		struct vfile_ops lazy = *record->ops;
		struct vfile_replay_result result;
		struct trial x;

		if (i == 0)
			lazy.sync = no_sync;
		else
			lazy.sync_dir = no_sync_dir;
		vfile_disk_close(record);
		vfile_disk_close(memory);
		try(&x, &lazy, &result);
		assert_true(result.faults > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_power_cut_loses_a_checkpoint),
		cmocka_unit_test(a_sync_left_out_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
