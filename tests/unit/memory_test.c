/* memory_test.c - no more memory, at the n-th allocation and ever after, for n upwards: in what
 * takes lines, closes segments, searches, loads packs and asks a machine. Each ends at once and
 * says so, or fails with a sentence, and nothing that was acknowledged is lost. */
#include "test/unit.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/memory_trouble.h"
#include "core/pack/pack.h"
#include "core/trail/wal.h"
#include "work/archive/archive.h"
#include "work/hostaudit/hostaudit.h"

#define NOW 1795366800
#define END_TEXT "no memory, ended"
#define WAL_BYTES (64 * KIB)
#define ENTRIES 600
#define BATCH 40
#define EACH_TO 30 /* every n up to here; then one in ten more than the last */

enum end { DONE, FAILED = 3 };

static char folder[] = "/tmp/khien-memory-XXXXXX";
static struct vfile_disk *disk;
static struct pack_set *packs;

/* What a child came to. */
struct run {
	int status;
	char said[4096];
	unsigned long long acknowledged;
};

static struct leaf leaf_of(uint64_t i, char *text, size_t size)
{
	struct leaf leaf = { .received_ns = (NOW + (int64_t)i) * INT64_C(1000000000),
		.source = 1,
		.kind = LEAF_LINE,
		.sequence = i };
	int len = snprintf(text, size, "<13>Jan  1 00:00:00 may%llu sshd[%llu]: Failed for u%llu",
		(unsigned long long)i % 7, (unsigned long long)(50000 + i * 37 % 9000),
		(unsigned long long)i % 13);

	leaf.raw = (struct str){ text, (size_t)len };
	return leaf;
}

/* Lines into the write-ahead files, each batch told to who sent it when it is durable. */
static int take_lines(struct err *e)
{
	struct wal *w = NULL;
	int rc = wal_open_sized(disk, WAL_BYTES, &w, e);
	char text[200];

	for (uint64_t i = rc == 0 ? wal_next(w) : ENTRIES; i < ENTRIES && rc == 0; i++) {
		struct leaf leaf = leaf_of(i, text, sizeof(text));

		rc = wal_add(w, &leaf, e);
		if (rc == 0 && (i + 1) % BATCH == 0)
			rc = wal_commit(w, e);
		if (rc == 0 && (i + 1) % BATCH == 0)
			dprintf(STDERR_FILENO, "ack %llu\n", (unsigned long long)i + 1);
	}
	wal_close(w);
	return rc;
}

static int close_segments(struct err *e)
{
	const struct archive_options options = { .segment_bytes = 20 * KIB,
		.block_bytes = 8 * KIB };

	return archive_close_segments(disk, &options, ENTRIES, e);
}

static int search(struct err *e)
{
	struct archive_term terms[] = { { .mode = ARCHIVE_FOLD, .text = STR("failed") },
		{ .mode = ARCHIVE_EXACT, .text = STR("53034") },
		{ .mode = ARCHIVE_REGEX, .text = STR("u1[0-2]") } };
	int64_t found = 0;

	for (size_t i = 0; i < COUNT(terms) && found >= 0; i++) {
		const struct archive_query q = { .terms = &terms[i], .term_count = 1 };
		struct archive *a = NULL;
		int rc = archive_open(disk, e, &a);

		found = rc < 0 ? rc : archive_search(a, &q, e);
		archive_close(a);
		if (found == 0)
			_exit(99); /* a search that ends well has found them */
	}
	return found < 0 ? (int)found : 0;
}

static int load_packs(struct err *e)
{
	struct pack_set *set = NULL;
	char path[512];
	const char *source = getenv("KHIEN_SOURCE");
	int rc;

	snprintf(path, sizeof(path), "%s/tests/fixtures/packs/base", source ? source : ".");
	rc = pack_set_load(path, e, &set);
	pack_set_free(set);
	return rc;
}

static int audit(struct err *e)
{
	const struct hostaudit_options options = { .root = folder, .packs = packs, .now_s = NOW };
	struct hostaudit_result *results;
	struct hostaudit *asked = NULL;
	size_t count;
	int rc = hostaudit_open(&options, e, &asked);

	if (rc == 0)
		rc = hostaudit_run(asked, e, &results, &count);
	hostaudit_close(asked);
	return rc;
}

/* WORK in a child, in which the NTH allocation fails. */
static void run(int (*work)(struct err *e), uint64_t nth, struct run *ret)
{
	size_t len = 0;
	ssize_t got;
	int ends[2];
	pid_t pid;
	char *ack;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err e = { 0 };
		int rc;

		dup2(ends[1], STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		memory_end_says(END_TEXT);
		memory_trouble_at(nth);
		rc = work(&e);
		memory_trouble_at(0);
		if (rc < 0)
			dprintf(STDERR_FILENO, "failed: %s\n", e.text);
		_exit(rc < 0 ? FAILED : DONE);
	}
	close(ends[1]);
	while ((got = read(ends[0], ret->said + len, sizeof(ret->said) - 1 - len)) > 0)
		len += (size_t)got;
	ret->said[len] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &ret->status, 0), pid);
	ret->acknowledged = 0;
	for (ack = ret->said; (ack = strstr(ack, "ack ")) != NULL; ack++)
		ret->acknowledged = strtoull(ack + 4, NULL, 10);
}

/* It ended at once and said so, or failed with a sentence. */
static void ended_well(const struct run *r, const char *what, uint64_t nth)
{
	if (WIFSIGNALED(r->status) && WTERMSIG(r->status) == SIGABRT && strstr(r->said, END_TEXT))
		return;
	if (WIFEXITED(r->status) && WEXITSTATUS(r->status) == FAILED &&
		!strstr(r->said, "failed: \n"))
		return;
	fail_msg("%s, allocation %llu: status %#x, said: %s", what, (unsigned long long)nth,
		(unsigned)r->status, r->said);
}

/* WORK with each allocation failing in turn until it asks for no more; CHECK after each. Work that
 * asks for few is no proof. */
static void at_each(const char *what, int (*work)(struct err *e),
	void (*check)(const struct run *r), unsigned runs_least)
{
	unsigned runs = 0;

	for (uint64_t nth = 1;; nth += nth < EACH_TO ? 1 : nth / 10) {
		struct run r;

		run(work, nth, &r);
		if (check)
			check(&r);
		if (WIFEXITED(r.status) && WEXITSTATUS(r.status) == DONE)
			break;
		ended_well(&r, what, nth);
		runs++;
	}
	if (runs < runs_least)
		fail_msg("%s: only %u runs had an allocation fail", what, runs);
}

static unsigned long long acknowledged;

/* All that was ever acknowledged is there, each entry as it was sent. */
static void is_kept(const struct run *r)
{
	struct archive_stat stat;
	struct archive *a;
	struct err e = { 0 };

	if (r->acknowledged > acknowledged)
		acknowledged = r->acknowledged;
	if (acknowledged == 0)
		return;
	assert_int_equal(archive_open(disk, &e, &a), 0);
	archive_stat(a, &stat);
	assert_int_equal(stat.first, 0);
	assert_true(stat.next >= acknowledged);
	for (uint64_t i = 0; i < acknowledged; i++) {
		char text[200];
		struct leaf want = leaf_of(i, text, sizeof(text)), has;

		if (archive_read(a, i, &e, &has) < 0)
			fail_msg("entry %llu: %s", (unsigned long long)i, e.text);
		assert_true(str_eq(has.raw, want.raw));
	}
	archive_close(a);
}

static void lines_that_were_acknowledged_are_kept(void **state)
{
	at_each("taking lines", take_lines, is_kept, 3); /* all of it when it opens */
	assert_int_equal(acknowledged, ENTRIES);
	at_each("closing segments", close_segments, is_kept, 50);
	at_each("searching", search, NULL, 50);
}

static void packs_load_or_say_why_not(void **state)
{
	at_each("loading packs", load_packs, NULL, 5);
}

static void an_audit_ends_or_says_so(void **state)
{
	at_each("an audit", audit, NULL, 20);
}

static void put(const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
}

static int set_up(void **state)
{
	const char *source = getenv("KHIEN_SOURCE");
	struct err e = { 0 };
	char path[512];

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/etc", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	put("etc/os-release", "ID=debian\nVERSION_ID=12\n");
	put("etc/passwd", "root:x:0:0::/root:/bin/sh\nan:x:1000:1000::/home/an:/bin/sh\n");
	put("etc/login.defs", "PASS_MAX_DAYS 90\n");
	assert_int_equal(vfile_disk_open(folder, &disk, &e), 0);
	snprintf(path, sizeof(path), "%s/packs", source ? source : ".");
	assert_int_equal(pack_set_load_checks(path, &e, &packs), 0);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	return kind == FTW_DP ? rmdir(path) : unlink(path);
}

static int tear_down(void **state)
{
	pack_set_free(packs);
	vfile_disk_close(disk);
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_were_acknowledged_are_kept),
		cmocka_unit_test(packs_load_or_say_why_not),
		cmocka_unit_test(an_audit_ends_or_says_so),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
