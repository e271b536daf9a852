/* vfile_crash_test.c - the replayer must find the bugs it is there to find, and let a right writer
 * pass. The writer on trial is a log of checked records and a file that is replaced. */
#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

#include <errno.h>
#include <stdlib.h>

#define RECORD_BYTES 700 /* more than a sector, and no multiple of one */
#define LINES 12
#define GROUP 3 /* lines synced together */

/* How the writer is spoilt. */
enum plant {
	NO_BUG,
	NO_DATA_SYNC,
	SYNC_AFTER_PROMISE,
	NO_FOLDER_SYNC,
	NO_CHECKSUM,
	RENAME_UNSYNCED,
	SYNC_AGAIN,
	NO_FOLDER_SYNC_AFTER_RENAME,
};

static uint32_t checksum(const unsigned char *bytes, size_t len)
{
	uint32_t sum = 2166136261u;

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ bytes[i]) * 16777619u;
	return sum;
}

static void make_record(unsigned char *record, uint32_t number)
{
	uint32_t sum;

	memset(record, (int)('a' + number % 26), RECORD_BYTES);
	memcpy(record, &number, 4);
	sum = checksum(record, RECORD_BYTES - 4);
	memcpy(record + RECORD_BYTES - 4, &sum, 4);
}

/* A failure of the disk ends the writer, as it should. */
static void write_log(struct vfile_disk *d, enum plant bug, uint64_t from)
{
	unsigned char record[RECORD_BYTES];
	struct err e = { 0 };
	struct vfile f;
	bool is_fine = vfile_open(d, "log", from ? VFILE_WRITE : VFILE_CREATE, &f, &e) == 0;

	if (!is_fine)
		return;
	if (bug != NO_FOLDER_SYNC && vfile_sync_dir(d, "", &e) != 0)
		is_fine = false;
	f.size_bytes = from * RECORD_BYTES;
	for (uint64_t i = from; is_fine && i < LINES; i++) {
		make_record(record, (uint32_t)i);
		is_fine = vfile_append(&f, (struct str){ (char *)record, RECORD_BYTES }, &e) == 0;
		if (!is_fine || i % GROUP != GROUP - 1)
			continue;
		if (bug == SYNC_AFTER_PROMISE)
			vfile_record_mark(d, i + 1);
		if (bug != NO_DATA_SYNC && vfile_sync_data(&f, &e) != 0) {
			is_fine = bug == SYNC_AGAIN;
			f.is_failed = false;
			if (is_fine && vfile_sync_data(&f, &e) != 0)
				is_fine = false;
		}
		if (is_fine)
			vfile_record_mark(d, i + 1);
	}
	vfile_close(&f);
}

/* Read whole records from the beginning; what follows is cut off. Returns how many, or -1 when
 * one is false. */
static int64_t recover(struct vfile_disk *d, bool is_checked, bool is_cut)
{
	unsigned char record[RECORD_BYTES], want[RECORD_BYTES];
	struct err e = { 0 };
	struct vfile f;
	int64_t count = 0;
	uint32_t sum;

	if (vfile_open(d, "log", is_cut ? VFILE_WRITE : VFILE_READ, &f, &e) != 0)
		return 0;
	while (vfile_read_at(&f, (uint64_t)count * RECORD_BYTES, record, RECORD_BYTES, &e) ==
		RECORD_BYTES) {
		memcpy(&sum, record + RECORD_BYTES - 4, 4);
		if (is_checked && sum != checksum(record, RECORD_BYTES - 4))
			break;
		make_record(want, (uint32_t)count);
		if (memcmp(record, want, RECORD_BYTES) != 0) {
			count = -1;
			break;
		}
		count++;
	}
	if (is_cut && count >= 0 &&
		(vfile_truncate(&f, (uint64_t)count * RECORD_BYTES, &e) != 0 ||
			vfile_sync_data(&f, &e) != 0))
		count = -1;
	vfile_close(&f);
	return count;
}

static bool check_log(
	void *context, struct vfile_disk *d, const struct vfile_crash *crash, struct err *e)
{
	const enum plant *bug = context;
	int64_t count = recover(d, *bug != NO_CHECKSUM, false);

	if (count < 0)
		err_set(e, ERR_INPUT, "a torn record was taken for a whole one");
	else if ((uint64_t)count < crash->promise)
		err_set(e, ERR_INPUT, "%d lines where %d were promised", (int)count,
			(int)crash->promise);
	return count >= 0 && (uint64_t)count >= crash->promise;
}

static struct vfile_replay_result try_log(enum plant bug, struct vfile_fault fault)
{
	struct vfile_disk *memory = vfile_memory_new(), *bad = vfile_fault_new(memory, fault);
	struct vfile_disk *record = vfile_record_new(bad);
	struct vfile_replay how = { .check = check_log, .context = &bug, .states_per_point = 2000 };
	struct vfile_replay_result result;

	write_log(record, bug, 0);
	vfile_replay(record, &how, &result);
	vfile_disk_close(record);
	vfile_disk_close(bad);
	vfile_disk_close(memory);
	return result;
}

static void a_right_log_loses_nothing(void **state)
{
	struct vfile_replay_result r = try_log(NO_BUG, (struct vfile_fault){ 0 });

	assert_int_equal(r.faults, 0);
	/* The folder, then each group: before its sync and before its promise; and the end. */
	assert_int_equal(r.points, 1 + 2 * LINES / GROUP + 1);
	assert_true(r.states > 500);
}

static void a_promise_without_sync_is_found(void **state)
{
	struct vfile_replay_result r = try_log(NO_DATA_SYNC, (struct vfile_fault){ 0 });

	assert_true(r.faults > 0);
	assert_non_null(strstr(r.reason.text, "were promised"));
	r = try_log(SYNC_AFTER_PROMISE, (struct vfile_fault){ 0 });
	assert_true(r.faults > 0 && r.faults < r.states);
}

static void a_name_without_sync_is_found(void **state)
{
	struct vfile_replay_result r = try_log(NO_FOLDER_SYNC, (struct vfile_fault){ 0 });

	assert_true(r.faults > 0);
	assert_string_equal(r.reason.text, "0 lines where 3 were promised");
}

static void a_torn_record_is_found(void **state)
{
	struct vfile_replay_result r = try_log(NO_CHECKSUM, (struct vfile_fault){ 0 });

	assert_true(r.faults > 0);
	assert_non_null(strstr(r.reason.text, "torn"));
}

/* The second sync says yes, and the bytes of before the first are gone all the same. */
static void a_sync_tried_again_is_found(void **state)
{
	struct vfile_fault third_sync = { .nth = 1 + 1 + GROUP + 1, .errno_value = EIO };
	struct vfile_replay_result r = try_log(SYNC_AGAIN, third_sync);

	assert_true(r.faults > 0);
	r = try_log(NO_BUG, third_sync);
	assert_int_equal(r.faults, 0);
}

/* At every call that can fail, in five ways, and at every power cut after it. */
static void failing_disks_lose_nothing_promised(void **state)
{
	static const struct vfile_fault kinds[] = { { .errno_value = ENOSPC },
		{ .errno_value = EIO }, { .errno_value = 0 },
		{ .errno_value = EIO, .is_lasting = true } };

	for (size_t i = 0; i < COUNT(kinds); i++)
		for (uint64_t n = 1; n <= 2 + LINES + LINES / GROUP; n++) {
			struct vfile_fault fault = kinds[i];

			fault.nth = n;
			assert_int_equal(try_log(NO_BUG, fault).faults, 0);
		}
}

/* The power goes again while the log is mended and written on: each disk of the first cut is the
 * beginning of a second recording. */
static bool check_twice(
	void *context, struct vfile_disk *d, const struct vfile_crash *crash, struct err *e)
{
	uint64_t *states = context;
	enum plant no_bug = NO_BUG;
	struct vfile_disk *record;
	struct vfile_replay how = {
		.check = check_log, .context = &no_bug, .states_per_point = 40
	};
	struct vfile_replay_result result;
	int64_t count;

	if (crash->promise != 6)
		return true;
	record = vfile_record_new(d);
	vfile_record_mark(record, crash->promise);
	count = recover(record, true, true);
	if (count >= (int64_t)crash->promise)
		write_log(record, NO_BUG, (uint64_t)count);
	vfile_replay(record, &how, &result);
	vfile_disk_close(record);
	*states += result.states;
	*e = result.reason;
	return result.faults == 0 && count >= (int64_t)crash->promise;
}

static void a_second_cut_loses_nothing_either(void **state)
{
	uint64_t states = 0;
	struct vfile_disk *memory = vfile_memory_new(), *record = vfile_record_new(memory);
	struct vfile_replay how = {
		.check = check_twice, .context = &states, .states_per_point = 40
	};
	struct vfile_replay_result result;

	write_log(record, NO_BUG, 0);
	vfile_replay(record, &how, &result);
	assert_int_equal(result.faults, 0);
	assert_true(states > 3000);
	vfile_disk_close(record);
	vfile_disk_close(memory);
}

static bool check_half(
	void *context, struct vfile_disk *d, const struct vfile_crash *crash, struct err *e)
{
	struct str bytes = STR_NONE;
	struct arena a;
	bool is_half;

	arena_init(&a, MIB);
	is_half = vfile_load(d, "f", MIB, &a, &bytes, e) == 0 && bytes.len == RECORD_BYTES / 2;
	arena_done(&a);
	return is_half || crash->promise == 0;
}

/* A write that failed has left something behind, and a sync makes that last. */
static void a_failed_write_is_recorded_as_it_is(void **state)
{
	struct vfile_disk *memory = vfile_memory_new();
	struct vfile_disk *bad =
		vfile_fault_new(memory, (struct vfile_fault){ .nth = 2, .errno_value = EIO });
	struct vfile_disk *record = vfile_record_new(bad);
	struct vfile_replay how = { .check = check_half };
	struct vfile_replay_result result;
	unsigned char bytes[RECORD_BYTES];
	struct err e = { 0 };
	struct vfile f;

	make_record(bytes, 1);
	assert_int_equal(vfile_open(record, "f", VFILE_CREATE, &f, &e), 0);
	assert_int_equal(
		vfile_append(&f, (struct str){ (char *)bytes, RECORD_BYTES }, &e), ERR_SYSTEM);
	assert_int_equal(vfile_sync_data(&f, &e), 0);
	assert_int_equal(vfile_sync_dir(record, "", &e), 0);
	vfile_record_mark(record, 1);
	vfile_close(&f);
	vfile_replay(record, &how, &result);
	assert_int_equal(result.faults, 0);
	vfile_disk_close(record);
	vfile_disk_close(bad);
	vfile_disk_close(memory);
}

static void replace_spoilt(struct vfile_disk *d, enum plant bug)
{
	struct err e = { 0 };
	struct vfile f;
	int rc = vfile_open(d, "state.tmp", VFILE_CREATE, &f, &e);

	if (rc == 0)
		rc = vfile_append(&f, STR("bản mới"), &e);
	if (rc == 0 && bug != RENAME_UNSYNCED)
		rc = vfile_sync_data(&f, &e);
	vfile_close(&f);
	if (rc == 0)
		rc = vfile_rename(d, "state.tmp", "state", &e);
	if (rc == 0 && bug != NO_FOLDER_SYNC_AFTER_RENAME)
		rc = vfile_sync_dir(d, "", &e);
	assert_int_equal(rc, 0);
}

/* Old or new; after the promise, new. */
static bool check_state(
	void *context, struct vfile_disk *d, const struct vfile_crash *crash, struct err *e)
{
	struct str bytes = STR_NONE;
	struct arena a;
	bool is_fine;

	arena_init(&a, MIB);
	if (vfile_load(d, "state", MIB, &a, &bytes, e) != 0)
		bytes = STR_NONE;
	is_fine = str_is(bytes, "bản mới") || (crash->promise == 0 && str_is(bytes, "bản cũ"));
	arena_done(&a);
	return is_fine;
}

static struct vfile_replay_result try_replace(enum plant bug)
{
	struct vfile_disk *memory = vfile_memory_new(), *record;
	struct vfile_replay how = { .check = check_state };
	struct vfile_replay_result result;
	struct err e = { 0 };

	assert_int_equal(vfile_replace(memory, "state", STR("bản cũ"), &e), 0);
	record = vfile_record_new(memory);
	if (bug == NO_BUG)
		assert_int_equal(vfile_replace(record, "state", STR("bản mới"), &e), 0);
	else
		replace_spoilt(record, bug);
	vfile_record_mark(record, 1);
	vfile_replay(record, &how, &result);
	vfile_disk_close(record);
	vfile_disk_close(memory);
	return result;
}

static void a_replacement_survives_every_cut(void **state)
{
	struct vfile_replay_result r = try_replace(NO_BUG);

	assert_int_equal(r.faults, 0);
	assert_int_equal(r.sampled_points, 0);
	assert_true(try_replace(RENAME_UNSYNCED).faults > 0);
	assert_true(try_replace(NO_FOLDER_SYNC_AFTER_RENAME).faults > 0);
}

/* Keeps what the disks held, each once. */
struct seen {
	char texts[64][16];
	size_t count;
};

static bool has_seen(const struct seen *seen, const char *text)
{
	for (size_t i = 0; i < seen->count; i++)
		if (strcmp(seen->texts[i], text) == 0)
			return true;
	return false;
}

static char letter(struct str bytes, size_t i)
{
	return i >= bytes.len ? '.' : bytes.ptr[i] ? bytes.ptr[i] : '0';
}

static bool note_disk(
	void *context, struct vfile_disk *d, const struct vfile_crash *crash, struct err *e)
{
	struct seen *seen = context;
	struct arena a;
	struct str bytes = STR_NONE;
	char text[16] = "-";

	arena_init(&a, MIB);
	if (vfile_load(d, "f", MIB, &a, &bytes, e) == 0)
		snprintf(text, sizeof(text), "%zu:%c%c%c", bytes.len, letter(bytes, 0),
			letter(bytes, 512), letter(bytes, 1024));
	if (!has_seen(seen, text))
		memcpy(seen->texts[seen->count++], text, sizeof(text));
	arena_done(&a);
	return true;
}

/* A sector holds what it held before, or any state since; a length likewise; nothing else. */
static void every_disk_is_made(void **state)
{
	static char old[1024], fresh[1024];
	struct vfile_disk *memory = vfile_memory_new(), *record;
	struct seen seen = { .count = 0 };
	struct vfile_replay how = { .check = note_disk, .context = &seen };
	struct vfile_replay_result result;
	struct err e = { 0 };
	struct vfile f;

	memset(old, 'o', sizeof(old));
	memset(fresh, 'n', sizeof(fresh));
	assert_int_equal(vfile_replace(memory, "f", (struct str){ old, sizeof(old) }, &e), 0);
	record = vfile_record_new(memory);
	assert_int_equal(vfile_open(record, "f", VFILE_WRITE, &f, &e), 0);
	assert_int_equal(vfile_write_at(&f, 512, (struct str){ fresh, 512 }, &e), 0);
	vfile_replay(record, &how, &result);
	assert_int_equal(result.states, 2);
	assert_true(has_seen(&seen, "1024:oo.") && has_seen(&seen, "1024:on."));

	seen.count = 0;
	assert_int_equal(vfile_write_at(&f, 512, STR("l"), &e), 0);
	vfile_replay(record, &how, &result);
	assert_int_equal(result.states, 3);
	assert_true(has_seen(&seen, "1024:ol."));

	/* One more sector and a new length: 3 x 2 x 2, of which those that differ behind the old
	 * length look the same. */
	seen.count = 0;
	assert_int_equal(vfile_append(&f, STR("tail"), &e), 0);
	vfile_replay(record, &how, &result);
	assert_int_equal(result.states, 12);
	assert_int_equal(seen.count, 9);
	assert_true(has_seen(&seen, "1028:oot") && has_seen(&seen, "1028:ol0"));

	/* More than may be tried: the oldest and the newest come first. */
	seen.count = 0;
	how.states_per_point = 2;
	vfile_replay(record, &how, &result);
	assert_int_equal(result.sampled_points, 1);
	assert_int_equal(seen.count, 2);
	assert_true(has_seen(&seen, "1024:oo.") && has_seen(&seen, "1028:olt"));
	vfile_close(&f);
	vfile_disk_close(record);
	vfile_disk_close(memory);
}

/* Changes of names that were not synced may each be missing; what stands in a folder that is
 * missing is missing too; a rename is done or not done. */
static bool note_names(
	void *context, struct vfile_disk *d, const struct vfile_crash *crash, struct err *e)
{
	struct seen *seen = context;
	struct vfile_names names;
	struct str bytes;
	struct arena a;
	char text[16] = "";

	arena_init(&a, MIB);
	assert_int_equal(vfile_list(d, "", &a, &names, e), 0);
	for (size_t i = 0; i < names.len; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ", names.at[i].name);
	if (vfile_list(d, "m", &a, &names, e) == 0 && names.len > 0)
		snprintf(
			text + strlen(text), sizeof(text) - strlen(text), "m/%s", names.at[0].name);
	if (vfile_load(d, "m/a", MIB, &a, &bytes, e) == 0)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "=%c", bytes.ptr[0]);
	arena_done(&a);
	if (!has_seen(seen, text))
		memcpy(seen->texts[seen->count++], text, sizeof(text));
	return true;
}

static void every_loss_of_names_is_made(void **state)
{
	struct vfile_disk *memory = vfile_memory_new(), *record;
	struct seen seen = { .count = 0 };
	struct vfile_replay how = { .check = note_names, .context = &seen };
	struct vfile_replay_result result;
	struct err e = { 0 };

	assert_int_equal(vfile_replace(memory, "a", STR("a"), &e), 0);
	record = vfile_record_new(memory);
	assert_int_equal(vfile_mkdir(record, "m", &e), 0);
	assert_int_equal(vfile_rename(record, "a", "m/a", &e), 0);
	vfile_replay(record, &how, &result);
	/* Without the folder its file is gone: only the sync of the upper folder brings it up. */
	assert_int_equal(result.states, 4);
	assert_int_equal(seen.count, 4);
	assert_true(has_seen(&seen, "a ") && has_seen(&seen, "a m ") &&
		has_seen(&seen, "m m/a=a") && has_seen(&seen, ""));

	seen.count = 0;
	assert_int_equal(vfile_sync_dir(record, "m", &e), 0);
	assert_int_equal(vfile_sync_dir(record, "", &e), 0);
	how.states_per_point = 1;
	vfile_replay(record, &how, &result);
	assert_true(has_seen(&seen, "m m/a=a"));
	vfile_disk_close(record);
	vfile_disk_close(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_log_loses_nothing),
		cmocka_unit_test(a_promise_without_sync_is_found),
		cmocka_unit_test(a_name_without_sync_is_found),
		cmocka_unit_test(a_torn_record_is_found),
		cmocka_unit_test(a_sync_tried_again_is_found),
		cmocka_unit_test(failing_disks_lose_nothing_promised),
		cmocka_unit_test(a_second_cut_loses_nothing_either),
		cmocka_unit_test(a_failed_write_is_recorded_as_it_is),
		cmocka_unit_test(a_replacement_survives_every_cut),
		cmocka_unit_test(every_disk_is_made),
		cmocka_unit_test(every_loss_of_names_is_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
