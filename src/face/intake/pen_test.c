/* pen_test.c - every disk that a power cut could leave while lines are written: none that was
 * acknowledged is missing. The same with the fault planted that this is about, an acknowledgement
 * before the sync, must be found. And a disk that is full, or broken, at each of its calls. */
#include "face/intake/intake_int.h"

#include <errno.h>

#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

#define BATCHES 2
#define LINES 40 /* a batch */

struct stand {
	struct setup setup;
	struct vfile_disk *log;
	struct intake in;
};

static void begin(struct stand *s, struct vfile_disk *shard)
{
	struct err e = { 0 };

	*s = (struct stand){ .log = vfile_memory_new() };
	assert_int_equal(vfile_mkdir(s->log, "intake", &e), 0);
	s->in = (struct intake){
		.setup = &s->setup, .log = s->log, .shard = shard, .year = 2026, .epoll_fd = -1
	};
	buf_init(&s->in.genesis, 100);
	buf_add(&s->in.genesis, STR("{\"genesis\":true}"));
}

static void end(struct stand *s)
{
	pen_close(&s->in);
	buf_done(&s->in.genesis);
	vfile_disk_close(s->log);
}

static bool take(struct intake *in, int number)
{
	char text[64];
	struct pen_line line = { .source = sender_find(in, SENDER_UNIX, STR("test")),
		.transport = LEAF_UNIX };

	snprintf(text, sizeof(text), "<13>Nov 25 10:00:00 h p: %d", number);
	line.raw = str_of(text);
	return pen_line(in, &line);
}

static void write_all(struct vfile_disk *record, bool is_too_early)
{
	struct stand s;
	struct err e = { 0 };
	int number = 0;

	begin(&s, record);
	assert_int_equal(pen_open(&s.in, &e), 0);
	for (int batch = 0; batch < BATCHES; batch++) {
		for (int i = 0; i < LINES; i++)
			assert_true(take(&s.in, number++));
		if (is_too_early)
			vfile_record_mark(record, (uint64_t)number);
		assert_true(pen_commit(&s.in));
		vfile_record_mark(record, (uint64_t)number);
	}
	end(&s);
}

/* The lines among the first SIZE entries are 0, 1, 2 …; *RET is how many. */
static int read_lines(struct vfile_disk *disk, uint64_t size, uint64_t *ret, struct err *e)
{
	struct wal_reader *r = NULL;
	struct str entry;
	struct leaf leaf;
	int rc = size ? wal_reader_open(disk, 0, &r, e) : 0;

	*ret = 0;
	while (rc == 0 && r && (rc = wal_read(r, size, &entry, e)) > 0) {
		char wanted[64];

		rc = leaf_parse(entry, &leaf, e);
		if (rc < 0 || leaf.kind != LEAF_LINE)
			continue;
		snprintf(wanted, sizeof(wanted), "<13>Nov 25 10:00:00 h p: %d", (int)*ret);
		if (!str_is(leaf.raw, wanted))
			rc = err_set(e, ERR_INPUT, "line %d is another one", (int)*ret);
		++*ret;
	}
	wal_reader_close(r);
	return rc;
}

/* The same of all that whoever opens it finds. */
static int count_lines(struct vfile_disk *disk, uint64_t *ret, struct err *e)
{
	struct wal *w;
	int rc = wal_open(disk, &w, e);

	if (rc < 0)
		return rc;
	rc = read_lines(disk, wal_size(w), ret, e);
	wal_close(w);
	return rc;
}

static bool look(
	void *context, struct vfile_disk *disk, const struct vfile_crash *crash, struct err *e)
{
	uint64_t lines = 0;

	if (count_lines(disk, &lines, e) < 0)
		return false;
	if (lines >= crash->promise)
		return true;
	err_set(e, ERR_INPUT, "%d of %d acknowledged lines", (int)lines, (int)crash->promise);
	return false;
}

static struct vfile_replay_result replay(bool is_too_early)
{
	struct vfile_disk *memory = vfile_memory_new(), *record = vfile_record_new(memory);
	const struct vfile_replay how = { .check = look, .states_per_point = 6, .seed = 7 };
	struct vfile_replay_result result = { 0 };

	write_all(record, is_too_early);
	vfile_replay(record, &how, &result);
	vfile_disk_close(record);
	vfile_disk_close(memory);
	return result;
}

static void a_power_cut_takes_nothing_acknowledged(void **state)
{
	struct vfile_replay_result result = replay(false);

	print_message("# %d disks at %d moments\n", (int)result.states, (int)result.points);
	if (result.faults)
		fail_msg(
			"%d of %d: %s", (int)result.faults, (int)result.states, result.reason.text);
	assert_true(result.states > 20);
}

static void an_early_acknowledgement_is_found(void **state)
{
	assert_true(replay(true).faults > 0);
}

/* The disk is full from its N-th call on, and then has room again: nothing dies, nothing taken is
 * lost. */
static void a_full_disk_is_waited_for(void **state)
{
	for (uint64_t nth = 12; nth < 24; nth += 3) {
		struct vfile_disk *memory = vfile_memory_new();
		struct vfile_disk *full = vfile_fault_new(
			memory, (struct vfile_fault){ .nth = nth, .errno_value = ENOSPC });
		struct stand s;
		struct err e = { 0 };
		uint64_t lines = 0;
		int taken = 0;

		begin(&s, full);
		if (pen_open(&s.in, &e) == 0) {
			for (int i = 0; i < BATCHES * LINES; i++) {
				taken += take(&s.in, taken);
				if (i % LINES == LINES - 1)
					(void)pen_commit(&s.in);
			}
			assert_true(pen_commit(&s.in) || s.in.is_broken);
		}
		end(&s);
		assert_int_equal(count_lines(memory, &lines, &e), 0);
		if (!s.in.is_broken)
			assert_int_equal(lines, taken);
		vfile_disk_close(full);
		vfile_disk_close(memory);
	}
}

/* No line is taken beyond the share of the write-ahead files, yet what the log says of itself is:
 * it can be sealed then, and what was sealed leaves. */
static void a_full_share_can_be_sealed_and_goes_on(void **state)
{
	struct vfile_disk *memory = vfile_memory_new();
	struct stand s;
	struct err e = { 0 };
	uint64_t lines = 0, bytes = 0;
	int taken = 0;

	begin(&s, memory);
	s.in.file_bytes = 64 * KIB;
	s.in.wal_bytes = 3 * s.in.file_bytes;
	assert_int_equal(pen_open(&s.in, &e), 0);
	for (int round = 0; round < 5; round++) {
		while (!s.in.is_full) {
			taken += take(&s.in, taken);
			if (taken % LINES == 0)
				assert_true(pen_commit(&s.in));
		}
		assert_false(take(&s.in, taken));
		assert_true(s.in.is_asked);
		for (int i = 0; i < 20; i++) {
			assert_true(
				pen_leaf(&s.in, LEAF_CLOCK, 0, 0, STR("{\"event\":\"check\"}")));
			assert_true(pen_commit(&s.in));
			assert_true(s.in.is_full);
		}
		assert_int_equal(wal_bytes(memory, &bytes, &e), 0);
		assert_true(bytes <= s.in.wal_bytes);
		if (round == 0) { /* what is older has gone later */
			assert_int_equal(read_lines(memory, wal_size(s.in.wal), &lines, &e), 0);
			assert_int_equal(lines, taken);
		}
		assert_int_equal(wal_drop(memory, wal_size(s.in.wal), &e), 0);
		assert_true(pen_commit(&s.in));
		assert_false(s.in.is_full);
		assert_true(take(&s.in, taken++));
	}
	assert_true(lines > 1000);
	end(&s);
	vfile_disk_close(memory);
}

/* A sync that fails ends the writing: no word of acknowledgement after it. */
static void a_failed_sync_is_the_end(void **state)
{
	bool was_broken = false;

	for (uint64_t nth = 8; nth < 24; nth += 3) {
		struct vfile_disk *memory = vfile_memory_new();
		struct vfile_disk *broken = vfile_fault_new(
			memory, (struct vfile_fault){ .nth = nth, .errno_value = EIO });
		struct stand s;
		struct err e = { 0 };

		begin(&s, broken);
		if (pen_open(&s.in, &e) == 0) {
			for (int i = 0; i < 5; i++) {
				(void)take(&s.in, i);
				if (!pen_commit(&s.in))
					break;
			}
			if (s.in.is_broken) {
				was_broken = true;
				assert_true(s.in.is_ending);
				assert_false(take(&s.in, 9));
				assert_false(pen_commit(&s.in));
			}
		}
		end(&s);
		vfile_disk_close(broken);
		vfile_disk_close(memory);
	}
	assert_true(was_broken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_power_cut_takes_nothing_acknowledged),
		cmocka_unit_test(an_early_acknowledgement_is_found),
		cmocka_unit_test(a_full_disk_is_waited_for),
		cmocka_unit_test(a_full_share_can_be_sealed_and_goes_on),
		cmocka_unit_test(a_failed_sync_is_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
