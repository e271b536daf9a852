/* vfile_test.c - the layer itself: on the machine's disk, in memory, and at each call that
 * fails. */
#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct str load(struct vfile_disk *d, const char *path, struct arena *a)
{
	struct err e = { 0 };
	struct str bytes = STR_NONE;

	return vfile_load(d, path, MIB, a, &bytes, &e) == 0 ? bytes : STR_NONE;
}

/* The same story must be true of the real disk and of the one in memory. */
static void tell(struct vfile_disk *d)
{
	struct err e = { 0 };
	struct vfile f, again;
	struct vfile_names names;
	struct arena a;
	char bytes[8];

	arena_init(&a, MIB);
	assert_int_equal(vfile_make_folder(d, "tháng", &e), 0);
	assert_int_equal(vfile_make_folder(d, "tháng", &e), 0);
	assert_int_equal(vfile_mkdir(d, "tháng", &e), ERR_SYSTEM);
	assert_int_equal(vfile_make_folder(d, "không/có", &e), ERR_ABSENT);
	assert_int_equal(vfile_open(d, "tháng/a", VFILE_READ, &f, &e), ERR_ABSENT);
	assert_int_equal(vfile_open(d, "tháng/a", VFILE_CREATE, &f, &e), 0);
	assert_int_equal(vfile_open(d, "tháng/a", VFILE_CREATE, &again, &e), ERR_SYSTEM);
	assert_int_equal(vfile_open(d, "tháng", VFILE_READ, &again, &e), ERR_INPUT);
	assert_int_equal(vfile_make_folder(d, "tháng/a", &e), ERR_SYSTEM); /* a file */
	assert_int_equal(vfile_append(&f, STR("một"), &e), 0);
	assert_int_equal(vfile_append(&f, STR("hai"), &e), 0);
	assert_int_equal(vfile_write_at(&f, 0, STR("M"), &e), 0);
	assert_int_equal(f.size_bytes, 8);
	assert_int_equal(vfile_read_at(&f, 5, bytes, sizeof(bytes), &e), 3);
	assert_memory_equal(bytes, "hai", 3);
	assert_int_equal(vfile_sync_data(&f, &e), 0);
	assert_int_equal(vfile_truncate(&f, 2, &e), 0);
	assert_int_equal(vfile_allocate(&f, 4, &e), 0);
	assert_int_equal(vfile_allocate(&f, 1, &e), 0);
	assert_int_equal(vfile_sync(&f, &e), 0);
	vfile_close(&f);
	vfile_close(&f);
	assert_true(str_eq(load(d, "tháng/a", &a), (struct str){ "M\xe1\0\0", 4 }));

	assert_int_equal(vfile_open(d, "tháng/a", VFILE_READ, &f, &e), 0);
	assert_int_equal(vfile_append(&f, STR("x"), &e), ERR_SYSTEM);
	assert_int_equal(f.size_bytes, 4);
	vfile_close(&f);

	assert_int_equal(vfile_rename(d, "tháng/a", "b", &e), 0);
	assert_int_equal(vfile_rename(d, "tháng", "c", &e), ERR_SYSTEM);
	assert_int_equal(vfile_replace(d, "tháng/z", STR("z"), &e), 0);
	assert_int_equal(vfile_replace(d, "b", STR("mới"), &e), 0);
	assert_int_equal(vfile_sync_parent(d, "tháng/z", &e), 0);
	assert_int_equal(vfile_list(d, "", &a, &names, &e), 0);
	assert_int_equal(names.len, 2);
	assert_string_equal(names.at[0].name, "b");
	assert_string_equal(names.at[1].name, "tháng");
	assert_true(names.at[1].is_folder && !names.at[0].is_folder);
	assert_true(str_is(load(d, "b", &a), "mới"));
	assert_int_equal(vfile_load(d, "b", 4, &a, &(struct str){ 0 }, &e), ERR_LIMIT);
	assert_int_equal(vfile_rmdir(d, "tháng", &e), ERR_SYSTEM);
	assert_int_equal(vfile_unlink(d, "tháng/z", &e), 0);
	assert_int_equal(vfile_unlink(d, "tháng/z", &e), ERR_ABSENT);
	assert_int_equal(vfile_rmdir(d, "tháng", &e), 0);
	assert_int_equal(vfile_unlink(d, "b", &e), 0);
	assert_int_equal(vfile_list(d, "", &a, &names, &e), 0);
	assert_int_equal(names.len, 0);
	arena_done(&a);
}

static void the_real_disk(void **state)
{
	char root[] = "/tmp/vfile-XXXXXX", link[64];
	struct err e = { 0 };
	struct vfile_disk *d;
	struct vfile f;

	assert_non_null(mkdtemp(root));
	assert_int_equal(vfile_disk_open("/nowhere/at/all", &d, &e), ERR_ABSENT);
	assert_int_equal(vfile_disk_open(root, &d, &e), 0);
	tell(d);
	snprintf(link, sizeof(link), "%s/link", root);
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_int_equal(vfile_open(d, "link", VFILE_READ, &f, &e), ERR_SYSTEM);
	unlink(link);
	snprintf(link, sizeof(link), "%s/fifo", root);
	assert_int_equal(mkfifo(link, 0600), 0);
	assert_int_equal(vfile_open(d, "fifo", VFILE_READ, &f, &e), ERR_INPUT);
	unlink(link);
	vfile_disk_close(d);
	vfile_disk_close(NULL);
	assert_int_equal(rmdir(root), 0);
}

static void the_disk_in_memory(void **state)
{
	struct vfile_disk *d = vfile_memory_new(), *record = vfile_record_new(d);

	tell(d);
	tell(record);
	vfile_disk_close(record);
	vfile_disk_close(d);
}

static void a_path_stays_inside(void **state)
{
	static const char *const bad[] = { "", "/", "/etc/passwd", "..", "../x", "a/..", "a/../b",
		".", "./a", "a/.", "a//b", "a/", "a\nb" };
	struct vfile_disk *d = vfile_memory_new();
	struct err e = { 0 };
	struct vfile f;
	char long_one[VFILE_NAME_SIZE + 1];

	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(vfile_open(d, bad[i], VFILE_CREATE, &f, &e), ERR_INPUT);
		assert_int_equal(vfile_unlink(d, bad[i], &e), ERR_INPUT);
		assert_int_equal(vfile_rename(d, "a", bad[i], &e), ERR_INPUT);
		assert_int_equal(vfile_rename(d, bad[i], "a", &e), ERR_INPUT);
		assert_int_equal(vfile_replace(d, bad[i], STR("x"), &e), ERR_INPUT);
	}
	memset(long_one, 'a', sizeof(long_one));
	long_one[VFILE_NAME_SIZE] = '\0';
	assert_int_equal(vfile_open(d, long_one, VFILE_CREATE, &f, &e), ERR_INPUT);
	long_one[VFILE_NAME_SIZE - 1] = '\0';
	assert_int_equal(vfile_open(d, long_one, VFILE_CREATE, &f, &e), 0);
	vfile_close(&f);
	assert_int_equal(vfile_replace(d, long_one, STR("x"), &e), ERR_INPUT);
	assert_int_equal(vfile_open(d, "..a", VFILE_CREATE, &f, &e), 0);
	vfile_close(&f);
	vfile_disk_close(d);
}

/* Replace a file with call N failing in the way of KIND; true when that was said. */
static bool replace_fails(struct vfile_fault kind, uint64_t n, uint64_t *ret_calls)
{
	struct vfile_disk *memory = vfile_memory_new(), *fault;
	struct err e = { 0 };
	struct arena a;
	int rc;

	arena_init(&a, MIB);
	assert_int_equal(vfile_replace(memory, "x", STR("cũ"), &e), 0);
	kind.nth = n;
	fault = vfile_fault_new(memory, kind);
	rc = vfile_replace(fault, "x", STR("bản mới"), &e);
	*ret_calls = vfile_fault_calls(fault);
	assert_true(str_is(load(memory, "x", &a), "bản mới") ||
		(rc != 0 && str_is(load(memory, "x", &a), "cũ")));
	if (rc != 0)
		assert_int_equal(rc, kind.errno_value == ENOSPC ? ERR_LIMIT : ERR_SYSTEM);
	assert_int_equal(vfile_replace(memory, "x", STR("3"), &e), 0);
	assert_true(str_is(load(memory, "x", &a), "3"));
	arena_done(&a);
	vfile_disk_close(fault);
	vfile_disk_close(memory);
	return rc != 0;
}

/* Whatever call fails, in whatever way, the file is the old or the new one and nothing else. */
static void a_replacement_is_whole_whatever_fails(void **state)
{
	static const struct vfile_fault kinds[] = { { .errno_value = ENOSPC },
		{ .errno_value = EIO }, { .errno_value = ENOSPC, .is_lasting = true },
		{ .errno_value = EROFS, .is_lasting = true, .reads_count = true } };
	uint64_t calls, ignored;

	assert_false(replace_fails((struct vfile_fault){ 0 }, 0, &calls));
	assert_int_equal(calls, 6); /* remove, create, write, sync, rename, sync the folder */
	for (uint64_t n = 1; n <= calls; n++)
		for (size_t i = 0; i < COUNT(kinds); i++)
			assert_true(replace_fails(kinds[i], n, &ignored));
	assert_false(replace_fails((struct vfile_fault){ 0 }, 3, &calls)); /* half, then the rest */
	assert_int_equal(calls, 7);
}

static void too_many_names_are_a_limit(void **state)
{
	struct vfile_disk *d = vfile_memory_new();
	struct vfile_names names;
	struct err e = { 0 };
	char name[16];
	struct arena a;
	int rc = ERR_LIMIT;

	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "%03d", i);
		assert_int_equal(vfile_mkdir(d, name, &e), 0);
	}
	for (size_t room = 256; rc != 0; room += 256) {
		arena_init(&a, room);
		rc = vfile_list(d, "", &a, &names, &e);
		assert_true(rc == ERR_LIMIT || (rc == 0 && names.len == 300));
		arena_done(&a);
	}
	vfile_disk_close(d);
}

static void append_after_failure(struct vfile_fault fault)
{
	struct vfile_disk *memory = vfile_memory_new(), *bad = vfile_fault_new(memory, fault);
	struct err e = { 0 };
	struct arena a;
	struct vfile f;

	arena_init(&a, MIB);
	assert_int_equal(vfile_open(bad, "log", VFILE_CREATE, &f, &e), 0);
	assert_int_equal(vfile_append(&f, STR("một\n"), &e), 0);
	assert_int_equal(vfile_append(&f, STR("hai, cụt\n"), &e), ERR_LIMIT);
	assert_int_equal(f.size_bytes, 6);
	assert_true(load(memory, "log", &a).len > 6);
	assert_int_equal(vfile_append(&f, STR("ba, đủ nhé\n"), &e), 0);
	assert_true(str_is(load(memory, "log", &a), "một\nba, đủ nhé\n"));
	vfile_close(&f);
	arena_done(&a);
	vfile_disk_close(bad);
	vfile_disk_close(memory);
}

/* Whether the disk said at once that it is full, or wrote half first. */
static void a_failed_append_moves_nothing(void **state)
{
	append_after_failure((struct vfile_fault){ .nth = 3, .errno_value = ENOSPC });
	append_after_failure(
		(struct vfile_fault){ .nth = 3, .errno_value = ENOSPC, .is_short_first = true });
}

static void a_failed_sync_is_final(void **state)
{
	struct vfile_disk *memory = vfile_memory_new();
	struct vfile_disk *fault =
		vfile_fault_new(memory, (struct vfile_fault){ .nth = 3, .errno_value = EIO });
	struct err e = { 0 };
	struct vfile f;

	assert_int_equal(vfile_open(fault, "log", VFILE_CREATE, &f, &e), 0);
	assert_int_equal(vfile_append(&f, STR("x"), &e), 0);
	assert_int_equal(vfile_sync_data(&f, &e), ERR_SYSTEM);
	assert_int_equal(vfile_sync_data(&f, &e), ERR_SYSTEM);
	assert_int_equal(vfile_sync(&f, &e), ERR_SYSTEM);
	assert_int_equal(vfile_append(&f, STR("y"), &e), ERR_SYSTEM);
	assert_int_equal(vfile_write_at(&f, 0, STR("y"), &e), ERR_SYSTEM);
	assert_int_equal(vfile_truncate(&f, 0, &e), ERR_SYSTEM);
	assert_int_equal(vfile_allocate(&f, 9, &e), ERR_SYSTEM);
	assert_int_equal(vfile_fault_calls(fault), 3);
	vfile_close(&f);
	vfile_disk_close(fault);
	vfile_disk_close(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_real_disk),
		cmocka_unit_test(the_disk_in_memory),
		cmocka_unit_test(a_path_stays_inside),
		cmocka_unit_test(a_replacement_is_whole_whatever_fails),
		cmocka_unit_test(too_many_names_are_a_limit),
		cmocka_unit_test(a_failed_append_moves_nothing),
		cmocka_unit_test(a_failed_sync_is_final),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
