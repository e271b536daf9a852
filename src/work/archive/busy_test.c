/* busy_test.c - who reads while others write. A disk calls somebody before one of its calls, or
 * each of them: so the store closes segments between any two looks of a search, and a search falls
 * between any two steps of the store and of who takes lines. */
#include "test/unit.h"

#include <stdio.h>

#include "core/trail/wal.h"
#include "kit/vfile/vfile_crash.h"
#include "work/archive/archive.h"

#define WAL_BYTES (12 * KIB) /* a hundred entries */
#define FIRST_ENTRIES 330
#define CALLS_MAX 30     /* of a search, before which somebody else has his turn */
#define MORE_ENTRIES 130 /* come at a time, while the store closes as many */

struct log {
	struct vfile_disk *memory;
	struct wal *wal;
	struct archive_writer *store;
};

/* Forwards to INNER; before its NTH call, and some after it, somebody else has his turn. */
struct busy {
	struct vfile_disk base;
	struct vfile_disk *inner;
	uint64_t calls, nth, turns;
	void (*turn)(struct busy *b);
	struct log *log;
	bool is_inside;
	const char *hidden; /* not in the next list of names */
};

static struct vfile_disk *next(struct vfile_disk *d)
{
	struct busy *b = (struct busy *)d;

	if (!b->is_inside && ++b->calls >= b->nth && b->calls < b->nth + b->turns) {
		b->is_inside = true;
		b->turn(b);
		b->is_inside = false;
	}
	return b->inner;
}

static int busy_open(struct vfile_disk *d, const char *path, enum vfile_mode mode, int *ret_handle)
{
	struct vfile_disk *to = next(d);

	return to->ops->open(to, path, mode, ret_handle);
}

static void busy_close(struct vfile_disk *d, int handle)
{
	struct vfile_disk *to = ((struct busy *)d)->inner;

	to->ops->close(to, handle);
}

static ssize_t busy_pread(
	struct vfile_disk *d, int handle, void *bytes, size_t size, uint64_t offset)
{
	struct vfile_disk *to = next(d);

	return to->ops->pread(to, handle, bytes, size, offset);
}

static ssize_t busy_pwrite(struct vfile_disk *d, int handle, struct str bytes, uint64_t offset)
{
	struct vfile_disk *to = next(d);

	return to->ops->pwrite(to, handle, bytes, offset);
}

static int busy_size(struct vfile_disk *d, int handle, uint64_t *ret_bytes)
{
	struct vfile_disk *to = next(d);

	return to->ops->size(to, handle, ret_bytes);
}

static int busy_truncate(struct vfile_disk *d, int handle, uint64_t size)
{
	struct vfile_disk *to = next(d);

	return to->ops->truncate(to, handle, size);
}

static int busy_allocate(struct vfile_disk *d, int handle, uint64_t size)
{
	struct vfile_disk *to = next(d);

	return to->ops->allocate(to, handle, size);
}

static int busy_sync(struct vfile_disk *d, int handle, bool is_data_only)
{
	struct vfile_disk *to = next(d);

	return to->ops->sync(to, handle, is_data_only);
}

static int busy_rename(struct vfile_disk *d, const char *from, const char *name)
{
	struct vfile_disk *to = next(d);

	return to->ops->rename(to, from, name);
}

static int busy_unlink(struct vfile_disk *d, const char *path)
{
	struct vfile_disk *to = next(d);

	return to->ops->unlink(to, path);
}

static int busy_mkdir(struct vfile_disk *d, const char *path)
{
	struct vfile_disk *to = next(d);

	return to->ops->mkdir(to, path);
}

static int busy_sync_dir(struct vfile_disk *d, const char *path)
{
	struct vfile_disk *to = next(d);

	return to->ops->sync_dir(to, path);
}

struct hiding {
	const char *name;
	vfile_each *each;
	void *context;
};

static void each_but_one(void *context, const char *name, bool is_folder)
{
	struct hiding *h = context;

	if (strcmp(name, h->name) != 0)
		h->each(h->context, name, is_folder);
}

static int busy_list(struct vfile_disk *d, const char *path, vfile_each *each, void *context)
{
	struct vfile_disk *to = next(d);
	struct busy *b = (struct busy *)d;
	struct hiding h = { b->hidden, each, context };

	if (!b->hidden || strcmp(path, "segments") != 0)
		return to->ops->list(to, path, each, context);
	b->hidden = NULL;
	return to->ops->list(to, path, each_but_one, &h);
}

static const struct vfile_ops busy_ops = { .open = busy_open,
	.close = busy_close,
	.pread = busy_pread,
	.pwrite = busy_pwrite,
	.size = busy_size,
	.truncate = busy_truncate,
	.allocate = busy_allocate,
	.sync = busy_sync,
	.rename = busy_rename,
	.unlink = busy_unlink,
	.mkdir = busy_mkdir,
	.sync_dir = busy_sync_dir,
	.list = busy_list };

/* --- who writes ------------------------------------------------------------------------------- */

static void take_lines(struct log *l, uint64_t count)
{
	struct err e = { 0 };
	char line[100];

	for (uint64_t until = wal_next(l->wal) + count; wal_next(l->wal) < until;) {
		uint64_t i = wal_next(l->wal);
		int len = snprintf(line, sizeof(line), "<86>web sshd[%u]: wrong password no %u",
			(unsigned)i * 7 % 977, (unsigned)i);
		struct leaf leaf = { .kind = LEAF_LINE,
			.transport = LEAF_TCP,
			.source = 1,
			.received_ns = 1767225600000000000 + (int64_t)i * 1000000,
			.raw = { line, (size_t)len } };

		assert_int_equal(wal_add(l->wal, &leaf, &e), 0);
		if (wal_next(l->wal) % 20 == 0)
			assert_int_equal(wal_commit(l->wal, &e), 0);
	}
	assert_int_equal(wal_commit(l->wal, &e), 0);
}

/* All that is there goes into a segment, and the write-ahead files go. */
static void close_segment(struct log *l)
{
	struct err e = { 0 };

	assert_int_equal(archive_writer_step(l->store, wal_size(l->wal), &e), 0);
	assert_int_equal(archive_writer_end(l->store, &e), 0);
}

static void log_begin(struct log *l, struct vfile_disk *memory, struct vfile_disk *written)
{
	const struct archive_options options = { .segment_bytes = MIB, .block_bytes = 3000 };
	struct err e = { 0 };

	*l = (struct log){ .memory = memory };
	assert_int_equal(wal_open_sized(written, WAL_BYTES, &l->wal, &e), 0);
	assert_int_equal(archive_writer_open(written, &options, &e, &l->store), 0);
	take_lines(l, FIRST_ENTRIES);
	close_segment(l);
	take_lines(l, FIRST_ENTRIES);
}

static void log_end(struct log *l)
{
	archive_writer_close(l->store);
	wal_close(l->wal);
}

/* --- who reads -------------------------------------------------------------------------------- */

struct hits {
	uint64_t count, last;
	bool is_forward, is_wrong;
};

/* Each once, none left out. */
static int hit(void *context, uint64_t index, const struct leaf *leaf)
{
	struct hits *h = context;

	h->is_wrong |= h->count > 0 && index != (h->is_forward ? h->last + 1 : h->last - 1);
	h->last = index;
	h->count++;
	return 0;
}

enum how { COUNT_ALL, COUNT_FOUND, NEWEST_FIRST, OLDEST_FIRST, HOWS };

/* Everything is found in DISK by a search that begins now; what comes meanwhile may be. */
static void search(struct log *l, struct vfile_disk *disk, enum how how)
{
	const struct archive_term word = { .text = STR("password") };
	struct hits hits = { .is_forward = how == OLDEST_FIRST };
	struct archive_query q = { .is_oldest_first = how == OLDEST_FIRST };
	struct archive_told told = { 0 };
	struct archive *a = NULL;
	struct err e = { 0 };
	uint64_t before = wal_size(l->wal);
	int64_t found;

	if (how == COUNT_FOUND) {
		q.terms = &word;
		q.term_count = 1;
	} else if (how != COUNT_ALL) {
		q.hit = hit;
		q.context = &hits;
	}
	if (archive_open_around(disk, &told, &e, &a) < 0)
		fail_msg("way %d: %s", how, e.text);
	found = archive_search(a, &q, &e);
	if (found < 0)
		fail_msg("way %d: %s", how, e.text);
	if (*told.listed || *told.found)
		fail_msg("way %d: told of %s%s", how, told.listed, told.found);
	if (q.hit && (hits.is_wrong || hits.count != (uint64_t)found))
		fail_msg("way %d: of %d lines some twice or not at all", how, (int)hits.count);
	if ((uint64_t)found < before || (uint64_t)found > wal_next(l->wal))
		fail_msg("way %d: %d found, %d were there, %d are", how, (int)found, (int)before,
			(int)wal_next(l->wal));
	archive_close(a);
}

static void store_has_a_turn(struct busy *b)
{
	take_lines(b->log, MORE_ENTRIES);
	close_segment(b->log);
	take_lines(b->log, MORE_ENTRIES);
}

/* Between any two calls of a search lines come, a segment is closed, files go: once, or before each
 * of some calls, or of very many. */
static void a_search_misses_nothing_that_is_moved(void **state)
{
	static const uint64_t turns[] = { 1, 5 };

	for (enum how how = 0; how < HOWS; how++)
		for (size_t i = 0; i < COUNT(turns); i++) {
			uint64_t calls = 1;

			for (uint64_t nth = 1; nth <= calls; nth++) {
				struct vfile_disk *memory = vfile_memory_new();
				struct log l;
				struct busy b = { .base = { &busy_ops },
					.inner = memory,
					.nth = nth,
					.turns = turns[i],
					.turn = store_has_a_turn,
					.log = &l };

				log_begin(&l, memory, memory);
				search(&l, &b.base, how);
				calls = b.calls < CALLS_MAX ? b.calls : CALLS_MAX;
				log_end(&l);
				vfile_disk_close(memory);
			}
			assert_true(calls > 10);
		}
}

static void search_has_a_turn(struct busy *b)
{
	if (b->log->wal && b->log->store)
		search(b->log, b->log->memory, b->calls % 2 ? COUNT_ALL : NEWEST_FIRST);
}

/* Before each call of who takes lines and of who closes segments, somebody searches. */
static void a_search_at_any_moment_finds_all(void **state)
{
	struct vfile_disk *memory = vfile_memory_new();
	struct log l = { 0 };
	struct busy b = { .base = { &busy_ops },
		.inner = memory,
		.nth = 1,
		.turns = UINT64_MAX / 2,
		.turn = search_has_a_turn,
		.log = &l };

	log_begin(&l, memory, &b.base);
	for (int i = 0; i < 3; i++)
		store_has_a_turn(&b);
	assert_true(b.calls > 100);
	log_end(&l);
	vfile_disk_close(memory);
}

/* Two segments come while a long list is read in pieces, and only the newer one is on it. */
static void a_list_that_misses_one_is_read_again(void **state)
{
	struct vfile_disk *memory = vfile_memory_new();
	struct log l;
	struct busy b = { .base = { &busy_ops }, .inner = memory, .log = &l };
	char name[40];

	log_begin(&l, memory, memory);
	snprintf(name, sizeof(name), "%020llu.seg",
		(unsigned long long)archive_writer_closed(l.store));
	close_segment(&l);
	take_lines(&l, 5);
	close_segment(&l);
	for (enum how how = 0; how < HOWS; how++) {
		b.hidden = name;
		search(&l, &b.base, how);
		assert_null(b.hidden);
	}
	log_end(&l);
	vfile_disk_close(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_search_misses_nothing_that_is_moved),
		cmocka_unit_test(a_search_at_any_moment_finds_all),
		cmocka_unit_test(a_list_that_misses_one_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
