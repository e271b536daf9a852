/* file_test.c - files are kept whole, by their digest, and come back as they were or not at all. */
#include "core/file/file_int.h"

#include <errno.h>

#include "core/org/org.h"
#include "kit/crypto/crypto.h"
#include "kit/vfile/vfile_crash.h"
#include "test/unit.h"

#define NOW_S 1764115200

static struct arena arena;
static struct err err;

static struct store *opened(void)
{
	struct store *s;

	assert_int_equal(store_open(":memory:", &err, &s), 0);
	assert_int_equal(store_migrate(s, org_steps, org_step_count, &err), 0);
	assert_int_equal(store_migrate(s, file_steps, file_step_count, &err), 0);
	return s;
}

static void put(struct vfile_disk *d, const char *path, struct str bytes)
{
	struct vfile f;

	assert_int_equal(vfile_open(d, path, VFILE_CREATE, &f, &err), 0);
	assert_int_equal(vfile_append(&f, bytes, &err), 0);
	vfile_close(&f);
}

static struct file_at at_of(struct store *s, struct vfile_disk *d)
{
	return (struct file_at){
		.store = s, .disk = d, .a = &arena, .now_s = NOW_S, .login = STR("lan")
	};
}

static struct file of_record(const char *name)
{
	return (struct file){
		.of = STR("record"), .key = STR("12"), .unit_id = 1, .name = str_of(name)
	};
}

/* All of it, or the code of the failure. */
static int whole_of(struct vfile_disk *d, const struct file *f, struct buf *out)
{
	struct file_reading *r = NULL;
	int rc = file_open(d, f, &r, &err);

	buf_init(out, 4 * MIB);
	if (rc == 0)
		while ((rc = file_next(r, out, &err)) == 1)
			;
	file_close(r);
	return rc;
}

static void it_comes_back_as_it_was(void **state)
{
	struct store *s = opened();
	struct vfile_disk *d = vfile_memory_new();
	struct file_at at = at_of(s, d);
	struct file f = of_record("biên bản.pdf"), *list;
	struct buf out, big;
	char hex[65];
	size_t count;

	buf_init(&big, MIB);
	buf_add(&big, STR("%PDF-1.7\n"));
	while (big.len < 300000)
		buf_fmt(&big, "%zu ", big.len);
	put(d, "new", buf_str(&big));
	assert_int_equal(file_attach(&at, "new", &f, &err), 0);
	assert_int_equal(f.kind, FILE_PDF);
	assert_int_equal(f.size_bytes, (int64_t)big.len);
	assert_true(str_is(f.sha256, sha256_hex(buf_str(&big), hex)));
	assert_int_equal(file_list(&at, STR("record"), STR("12"), &list, &count, &err), 0);
	assert_int_equal(count, 1);
	assert_true(str_eq(list[0].sha256, f.sha256));
	assert_int_equal(whole_of(d, &list[0], &out), 0);
	assert_true(str_eq(buf_str(&out), buf_str(&big)));
	buf_done(&out);
	buf_done(&big);
	store_close(s);
	vfile_disk_close(d);
}

static void altered_bytes_are_not_given_out(void **state)
{
	struct store *s = opened();
	struct vfile_disk *d = vfile_memory_new();
	struct file_at at = at_of(s, d);
	struct file f = of_record("a.txt");
	struct vfile kept;
	struct buf out;

	put(d, "new", STR("đây là biên bản"));
	assert_int_equal(file_attach(&at, "new", &f, &err), 0);
	assert_int_equal(f.kind, FILE_TEXT);
	assert_int_equal(vfile_open(d, arena_fmt(&arena, "files/%.*s", STR_FMT(f.sha256)).ptr,
				 VFILE_WRITE, &kept, &err),
		0);
	assert_int_equal(vfile_write_at(&kept, 3, STR("X"), &err), 0);
	assert_int_equal(whole_of(d, &f, &out), ERR_CRYPTO);
	assert_int_equal(out.len, 0); /* one piece, held back */
	buf_done(&out);
	/* attached once more, the damage is mended */
	vfile_close(&kept);
	assert_int_equal(file_attach(&at, "new", &f, &err), 0);
	assert_int_equal(whole_of(d, &f, &out), 0);
	buf_done(&out);
	store_close(s);
	vfile_disk_close(d);
}

static void off_with_a_reason_and_back(void **state)
{
	struct store *s = opened();
	struct vfile_disk *d = vfile_memory_new();
	struct file_at at = at_of(s, d);
	struct file f = of_record("a.png");

	put(d, "new", STR("\x89PNG\r\n\x1a\nrest"));
	assert_int_equal(file_attach(&at, "new", &f, &err), 0);
	assert_true(file_is_picture(f.kind));
	assert_int_equal(file_take_off(&at, f.id, STR("  "), &err), ERR_INPUT);
	assert_int_equal(file_put_back(&at, f.id, &err), ERR_CONFLICT);
	assert_int_equal(file_take_off(&at, f.id, STR("nhầm bản ghi"), &err), 0);
	assert_int_equal(file_take_off(&at, f.id, STR("nữa"), &err), ERR_CONFLICT);
	assert_int_equal(file_get(&at, f.id, &f, &err), 0);
	assert_true(f.gone_at_s == NOW_S && str_is(f.gone_why, "nhầm bản ghi"));
	assert_int_equal(file_put_back(&at, f.id, &err), 0);
	assert_int_equal(file_take_off(&at, f.id, STR("nhầm"), &err), 0);
	at.now_s += 31 * CLOCK_DAY_S;
	assert_int_equal(file_put_back(&at, f.id, &err), ERR_DENIED);
	assert_int_equal(file_get(&at, f.id + 1, &f, &err), ERR_ABSENT);
	store_close(s);
	vfile_disk_close(d);
}

static void what_is_too_much_is_refused(void **state)
{
	struct store *s = opened();
	struct vfile_disk *d = vfile_memory_new();
	struct file_at at = at_of(s, d);
	struct file f = of_record("a"), *list;
	size_t count;

	put(d, "empty", STR(""));
	assert_int_equal(file_attach(&at, "empty", &f, &err), ERR_INPUT);
	put(d, "new", STR("abc"));
	assert_int_equal(org_set(s, FILE_QUOTA_SETTING, STR("0"), &err), 0);
	assert_int_equal(file_attach(&at, "new", &f, &err), ERR_LIMIT);
	assert_int_equal(file_list(&at, STR("record"), STR("12"), &list, &count, &err), 0);
	assert_int_equal(count, 0);
	store_close(s);
	vfile_disk_close(d);
}

static void kinds_are_told_by_their_bytes(void **state)
{
	static const struct {
		struct str head;
		enum file_kind kind;
	} rows[] = { { STR("<html><script>"), FILE_TEXT }, { STR("<svg xmlns="), FILE_TEXT },
		{ STR("PK\x03\x04"), FILE_OTHER }, { STR("\xff\xd8\xff\xe0"), FILE_JPEG },
		{ STR("GIF89a"), FILE_GIF }, { STR("RIFFxxxxWEBPVP8 "), FILE_WEBP },
		{ STR("RIFFxxxxWAVE"), FILE_TEXT }, { STR("Tiếng Vi\xe1\xbb"), FILE_TEXT },
		{ STR("\0\0\0\x18" "ftypheic\0\0"), FILE_HEIC },
		{ STR("\0\0\0\x18" "ftypmif1"), FILE_HEIC },
		{ STR("\0\0\0\x18" "ftypisom"), FILE_OTHER }, /* a film */
		{ STR("a\0b"), FILE_OTHER }, { STR("a\xff z more"), FILE_OTHER } };

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(file_kind_of(rows[i].head), rows[i].kind);
	/* whatever it is, a browser is never told that it is a page */
	for (int k = FILE_OTHER; k <= FILE_HEIC; k++) {
		assert_null(strstr(file_type((enum file_kind)k), "html"));
		assert_null(strstr(file_type((enum file_kind)k), "svg"));
	}
}

/* --- power cuts ------------------------------------------------------------------------------- */

static bool is_there_when_promised(
	void *context, struct vfile_disk *disk, const struct vfile_crash *crash, struct err *e)
{
	const struct file *f = context;
	struct buf out;
	int rc = whole_of(disk, f, &out);

	buf_done(&out);
	if (rc == ERR_ABSENT)
		return crash->promise == 0 ||
			err_set(e, ERR_ABSENT, "a file that was promised is gone") == 0;
	return rc == 0; /* under a digest stands nothing but what has it */
}

static void a_power_cut_loses_nothing_promised(void **state)
{
	struct vfile_disk *memory = vfile_memory_new(), *disk;
	struct vfile_replay_result result = { 0 };
	struct file f = of_record("a.txt");
	struct buf text;

	buf_init(&text, MIB);
	while (text.len < 3000)
		buf_fmt(&text, "%zu ", text.len);
	put(memory, "new", buf_str(&text));
	disk = vfile_record_new(memory);
	assert_int_equal(file_keep(disk, "new", &arena, &f, &err), 0);
	vfile_record_mark(disk, 1);
	vfile_replay(disk, &(struct vfile_replay){ .check = is_there_when_promised, .context = &f },
		&result);
	if (result.faults)
		fail_msg("%s", result.reason.text);
	assert_true(result.states > 20);
	buf_done(&text);
	vfile_disk_close(disk);
	vfile_disk_close(memory);
}

static void a_full_disk_leaves_nothing(void **state)
{
	for (uint64_t nth = 1; nth < 9; nth++) {
		struct vfile_disk *memory = vfile_memory_new();
		struct vfile_disk *disk = vfile_fault_new(
			memory, (struct vfile_fault){ .nth = nth, .errno_value = ENOSPC });
		struct file f = of_record("a.txt");
		struct buf out;
		int rc;

		put(memory, "new", STR("abc"));
		rc = file_keep(disk, "new", &arena, &f, &err);
		if (rc < 0) { /* nothing stands there, or all of it does */
			f.sha256 = f.sha256.ptr ? f.sha256 : STR("none");
			rc = whole_of(memory, &f, &out);
			assert_true(rc == 0 || rc == ERR_ABSENT);
			buf_done(&out);
		}
		vfile_disk_close(disk);
		vfile_disk_close(memory);
	}
}

static int set_up(void **state)
{
	arena_init(&arena, 16 * MIB);
	return 0;
}

static int tear_down(void **state)
{
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_comes_back_as_it_was),
		cmocka_unit_test(altered_bytes_are_not_given_out),
		cmocka_unit_test(off_with_a_reason_and_back),
		cmocka_unit_test(what_is_too_much_is_refused),
		cmocka_unit_test(kinds_are_told_by_their_bytes),
		cmocka_unit_test(a_power_cut_loses_nothing_promised),
		cmocka_unit_test(a_full_disk_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
