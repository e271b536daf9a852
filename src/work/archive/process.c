/* process.c - the process of a service that turns what is sealed into closed segments. It meets
 * nobody: it reads the shard, writes segments, and takes away the write-ahead files that stand in
 * them. */
#include "work/archive/guard.h"

#include <poll.h>
#include <stdio.h>

#include "kit/process/process.h"

#define TICK_MS 1000
#define AGAIN_MS 10000 /* after a failure: a full disk does not pass in a second */
#define PATH_BYTES 4096
#define LOOK_S 30   /* between two looks at how full it is */
#define GIVEN_S 600 /* so long the room held back stays given */
#define RESERVE_BYTES ((uint64_t)64 * MIB)
#define LATE_S 900 /* after that nothing of the month before waits for its seal any more */

const char *const archive_writes[] = { "log/%S/segments", "log/%S/months", "log/%S/wal", NULL };

/* The writer at work. */
struct store {
	struct vfile_disk *log, *shard;
	struct archive_writer *w; /* or NULL */
	struct guard_policy policy;
	enum keep_level level; /* that was told last */
	bool has_reserve, gives_reserve, is_plenty;
	int64_t looked_us, given_us;
};

static int open_disks(const struct process_service *service, struct store *s, struct err *e)
{
	char path[PATH_BYTES];
	int rc;

	snprintf(path, sizeof(path), "%s/log", service->data);
	rc = vfile_disk_open(path, &s->log, e);
	snprintf(path, sizeof(path), "%s/log/%s", service->data, service->shard);
	return rc < 0 ? rc : vfile_disk_open(path, &s->shard, e);
}

/* How full is it, and what follows from that? Said aloud once for each level, and again when what
 * should leave cannot. */
static void look(struct store *s)
{
	struct guard_report report;
	struct err e = { 0 };
	uint64_t bytes = 0;
	int rc = guard_policy_load(s->log, &s->policy, &e);

	if (rc == 0)
		rc = guard_retire(s->shard, &s->policy, clock_now_s(), &report, &e);
	if (rc == 0)
		rc = guard_segment_bytes(s->shard, &s->policy, &bytes, &e);
	if (rc < 0) {
		fprintf(stderr, "khien store: %s\n", e.text);
		return;
	}
	archive_writer_quota(s->w, bytes);
	s->is_plenty = bytes == 0 || bytes > 2 * GUARD_PLENTY * RESERVE_BYTES;
	if (report.left > 0)
		fprintf(stderr, "khien store: %u months left, which enough media hold\n",
			report.left);
	if (report.level > s->level)
		fprintf(stderr, "khien store: %u in 100 of the quota are taken%s%s\n",
			keep_level_percent(report.level), *report.why ? "; " : "", report.why);
	s->level = report.level;
}

/* The room held back is taken again when the trouble is a while ago. */
static void hold_reserve(struct store *s)
{
	struct err e;

	bool is_long_ago =
		s->given_us == 0 || clock_monotonic_us() - s->given_us > GIVEN_S * INT64_C(1000000);

	if (!s->has_reserve && is_long_ago && s->level < KEEP_RETIRE && s->is_plenty)
		s->has_reserve = guard_reserve(s->shard, RESERVE_BYTES, &e) == 0;
}

static void give_reserve(struct store *s)
{
	if (s->has_reserve)
		fprintf(stderr, "khien store: the room held back, %u MiB, is used now\n",
			(unsigned)(RESERVE_BYTES / MIB));
	s->gives_reserve = true; /* one may be there from before this process */
	s->has_reserve = false;
	s->given_us = clock_monotonic_us();
}

/* The year has turned and the parent has made the shard of the new one. */
static bool is_over(const struct process_service *service)
{
	char path[PATH_BYTES];
	struct vfile_disk *d;
	struct err e;
	int64_t year = date_at(clock_now_s()).year, own;

	if (!str_to_i64(str_until(str_of(service->shard), 4), &own) || year <= own)
		return false;
	snprintf(path, sizeof(path), "%s/log/%lld", service->data, (long long)year);
	if (vfile_disk_open(path, &d, &e) < 0)
		return false;
	vfile_disk_close(d);
	return true;
}

/* One step; how long to wait for the next one. */
static int step(struct store *s)
{
	struct err e = { 0 };
	struct archive_options options = { .uses_reserve = s->gives_reserve };
	int rc = s->w ? 0 : archive_writer_open(s->shard, &options, &e, &s->w);
	bool is_late = s->looked_us == 0 ||
		clock_monotonic_us() - s->looked_us > LOOK_S * INT64_C(1000000);

	if (rc == 0 && is_late) {
		look(s);
		s->looked_us = clock_monotonic_us();
	}
	if (rc == 0)
		rc = archive_writer_tend(s->w, &e);
	if (rc == 0 && is_late)
		hold_reserve(s);
	if (rc >= 0)
		return rc > 0 ? 0 : TICK_MS;
	fprintf(stderr, "khien store: %s\n", e.text);
	s->w = archive_writer_close(s->w);
	s->looked_us = 0;
	if (rc != ERR_LIMIT || s->gives_reserve) {
		s->gives_reserve = false;
		return AGAIN_MS;
	}
	give_reserve(s);
	return TICK_MS;
}

/* The month before this one gets its list, once: a while after it is over, or when the service was
 * off then. Its last segment is closed first, else the list would lack it. ERR_ABSENT: it has no
 * line, or the shard is younger. */
static void pack_month(struct archive_writer *w, struct vfile_disk *shard, int *packed)
{
	int64_t late_s = clock_now_s() - LATE_S;
	struct date today = date_at(late_s);
	int month = today.year * 12 + today.month - 2; /* counted from 0; the one before */
	char name[KEEP_MONTH_SIZE + 16];
	struct err e;
	int rc;

	if (*packed == month || !w)
		return;
	snprintf(name, sizeof(name), "%04d-%02d", month / 12, month % 12 + 1);
	rc = archive_writer_end_month(w, late_s, &e);
	if (rc == 0)
		return; /* later */
	if (rc > 0)
		rc = keep_close(shard, name, &e);
	if (rc < 0 && rc != ERR_ABSENT)
		fprintf(stderr, "khien store: %s: %s\n", name, e.text);
	*packed = month;
}

static int run(const struct process *self, struct store *s, int end_fd)
{
	struct pollfd wait = { .fd = end_fd, .events = POLLIN };
	bool is_renewed = false;
	int packed = -1;

	while (!is_renewed && wait.revents == 0) {
		int wait_ms = step(s);

		if (wait_ms == TICK_MS)
			pack_month(s->w, s->shard, &packed);
		is_renewed = wait_ms == TICK_MS && is_over(self->service);
		if (!is_renewed)
			(void)poll(&wait, 1, wait_ms);
	}
	s->w = archive_writer_close(s->w);
	return is_renewed ? PROCESS_AGAIN_AT_ONCE : 0;
}

int archive_start(const struct process *self)
{
	struct store s = { 0 };
	struct sandbox_level level;
	struct err e;
	int status, end_fd = process_end_fd(&e), rc = end_fd < 0 ? end_fd : 0;

	if (rc == 0)
		rc = process_confine(self, NULL, &level, &e);
	if (rc == 0)
		rc = open_disks(self->service, &s, &e);
	if (rc < 0) {
		fprintf(stderr, "khien store: %s\n", e.text);
		return 2;
	}
	status = run(self, &s, end_fd);
	vfile_disk_close(s.shard);
	vfile_disk_close(s.log);
	return status;
}
