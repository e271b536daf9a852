/* taking_test.c - what intake says of itself comes back as it was, on a full disk too. */
#include "core/trail/taking.h"

#include <errno.h>

#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

static void said_and_read(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct taking_state well = { TAKING_WELL, 1795651200, "" }, got = { 0 };
	struct taking_state failed = { TAKING_FAILED, 1795651260, "sync \"wal/1.wal\":\n Input" };
	struct err e = { 0 };

	assert_int_equal(taking_load(d, TAKING_FILE, &got, &e), ERR_ABSENT);
	assert_int_equal(vfile_mkdir(d, "intake", &e), 0);
	assert_int_equal(taking_save(d, TAKING_FILE, &well, &e), 0);
	assert_int_equal(taking_load(d, TAKING_FILE, &got, &e), 0);
	assert_int_equal(got.is, TAKING_WELL);
	assert_string_equal(got.why, "");
	assert_int_equal(taking_save(d, TAKING_FILE, &failed, &e), 0);
	assert_int_equal(taking_load(d, TAKING_FILE, &got, &e), 0);
	assert_int_equal(got.is, TAKING_FAILED);
	assert_int_equal(got.since_s, 1795651260);
	assert_string_equal(got.why, "sync \"wal/1.wal\":  Input");
	vfile_disk_close(d);
}

static void of_one_size_whatever_it_says(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct taking_state s = { TAKING_FULL, INT64_MAX, "" }, got;
	struct err e = { 0 };
	struct vfile f;

	assert_int_equal(vfile_mkdir(d, "intake", &e), 0);
	memset(s.why, 'x', TAKING_WHY_MAX);
	assert_int_equal(taking_save(d, TAKING_FILE, &s, &e), 0);
	assert_int_equal(taking_load(d, TAKING_FILE, &got, &e), 0);
	assert_string_equal(got.why, s.why);
	assert_int_equal(vfile_open(d, TAKING_FILE, VFILE_WRITE, &f, &e), 0);
	assert_int_equal(f.size_bytes, TAKING_BYTES);
	for (uint64_t at = 0; at < 24; at++) {
		assert_int_equal(taking_save(d, TAKING_FILE, &s, &e), 0);
		assert_int_equal(vfile_write_at(&f, at, STR("\x01"), &e), 0);
		assert_int_equal(taking_load(d, TAKING_FILE, &got, &e), ERR_INPUT);
	}
	vfile_close(&f);
	vfile_disk_close(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(said_and_read),
		cmocka_unit_test(of_one_size_whatever_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
