/* process.c - the process of a service that turns what is sealed into closed segments. It meets
 * nobody: it reads the shard, writes segments, and takes away the write-ahead files that stand in
 * them. */
#include "work/archive/keep.h"

#include <poll.h>
#include <stdio.h>

#include "kit/process/process.h"

#define TICK_MS 1000
#define AGAIN_MS 10000 /* after a failure: a full disk does not pass in a second */
#define PATH_BYTES 4096
#define LATE_S 900 /* after that nothing of the month before waits for its seal any more */

const char *const archive_writes[] = { "log/%S/segments", "log/%S/months", "log/%S/wal", NULL };

static int open_shard(const struct process_service *service, struct vfile_disk **ret, struct err *e)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/log/%s", service->data, service->shard);
	return vfile_disk_open(path, ret, e);
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
static int step(struct archive_writer **w, struct vfile_disk *shard)
{
	struct err e = { 0 };
	int rc = *w ? 0 : archive_writer_open(shard, NULL, &e, w);

	if (rc == 0)
		rc = archive_writer_tend(*w, &e);
	if (rc >= 0)
		return rc > 0 ? 0 : TICK_MS;
	fprintf(stderr, "khien store: %s\n", e.text);
	*w = archive_writer_close(*w);
	return AGAIN_MS;
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

static int run(const struct process *self, struct vfile_disk *shard, int end_fd)
{
	struct archive_writer *w = NULL;
	struct pollfd wait = { .fd = end_fd, .events = POLLIN };
	bool is_renewed = false;
	int packed = -1;

	while (!is_renewed && wait.revents == 0) {
		int wait_ms = step(&w, shard);

		if (wait_ms == TICK_MS)
			pack_month(w, shard, &packed);
		is_renewed = wait_ms == TICK_MS && is_over(self->service);
		if (!is_renewed)
			(void)poll(&wait, 1, wait_ms);
	}
	archive_writer_close(w);
	return is_renewed ? PROCESS_AGAIN_AT_ONCE : 0;
}

int archive_start(const struct process *self)
{
	struct vfile_disk *shard = NULL;
	struct sandbox_level level;
	struct err e;
	int status, end_fd = process_end_fd(&e), rc = end_fd < 0 ? end_fd : 0;

	if (rc == 0)
		rc = process_confine(self, NULL, &level, &e);
	if (rc == 0)
		rc = open_shard(self->service, &shard, &e);
	if (rc < 0) {
		fprintf(stderr, "khien store: %s\n", e.text);
		return 2;
	}
	status = run(self, shard, end_fd);
	vfile_disk_close(shard);
	return status;
}
