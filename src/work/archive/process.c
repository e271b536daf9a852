/* process.c - the process of a service that turns what is sealed into closed segments. It meets
 * nobody: it reads the shard, writes segments, and takes away the write-ahead files that stand in
 * them. */
#include "work/archive/guard.h"

#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/trail/order.h"
#include "core/trail/taking.h"
#include "kit/process/process.h"
#include "work/archive/bytes.h"
#include "work/archive/obey.h"

#define TICK_MS 1000
#define AGAIN_MS 10000  /* after a failure: a full disk does not pass in a second */
#define PATH_BYTES 4096 /* PATH_MAX */
#define LOOK_S 30       /* between two looks at how full it is */
#define BAD_S 3600      /* a shard that cannot be read is tried so often */
#define GIVEN_S 600     /* so long the room held back stays given */
#define RESERVE_BYTES ((uint64_t)64 * MIB)
#define SHARDS_MAX 64
#define SEGMENTS_IN_WAL 8 /* so many would fill the write-ahead files, which are short then */
#define LATE_S 900        /* after that nothing of the month before waits for its seal any more */

const char *const archive_writes[] = { "log/%S/segments", "log/%S/months", "log/%S/wal",
	"log/%O/segments", "log/%O/months", "log/%O/wal", "log/" ORDER_FOLDER, NULL };

/* The writer at work. */
struct store {
	const struct process_service *service;
	const char *packs; /* their folder */
	struct vfile_disk *log, *shard;
	struct vfile_disk *shards[SHARDS_MAX]; /* oldest first; the last one is SHARD */
	const char *names[SHARDS_MAX];
	int64_t obey_again_us;
	size_t shard_count;
	struct archive_writer *w; /* or NULL */
	struct guard_policy policy;
	struct guard_law law;
	int64_t law_day;
	unsigned law_level;
	int packed; /* the month, counted from 0, before which all have their lists */
	int64_t pack_again_us;
	enum keep_level level; /* that was told last */
	bool has_reserve, gives_reserve, is_plenty;
	enum taking told; /* to pages */
	bool is_told;
	int64_t looked_us, given_us;
	uint64_t segment_part; /* of the write-ahead files, that one takes in; 0: no bound */
	uint64_t rested_at;    /* what was closed when memory was given back */
};

static int open_shard(struct store *s, const char *name, struct err *e)
{
	char path[PATH_BYTES];
	int rc;

	snprintf(path, sizeof(path), "%s/log/%s", s->service->data, name);
	s->names[s->shard_count] = name;
	rc = vfile_disk_open(path, &s->shards[s->shard_count], e);
	s->shard_count += rc == 0;
	return rc;
}

static int open_disks(struct store *s, struct err *e)
{
	const char *const *old = s->service->shards_before;
	char path[PATH_BYTES];
	int rc;

	snprintf(path, sizeof(path), "%s/log", s->service->data);
	rc = vfile_disk_open(path, &s->log, e);
	for (; rc == 0 && old && *old && s->shard_count + 1 < SHARDS_MAX; old++)
		rc = open_shard(s, *old, e);
	if (rc == 0)
		rc = open_shard(s, s->service->shard, e);
	if (rc == 0)
		s->shard = s->shards[s->shard_count - 1];
	return rc;
}

/* Once a day, for the law may be another from a day on, and when the policy names another level.
 * What cannot be read lets nothing leave. */
static void know_law(struct store *s)
{
	int64_t day = date_to_days(date_at(clock_now_s()));
	struct pack_set *packs = NULL;
	struct err e;

	if (s->law_day == day && s->law_level == s->policy.level)
		return;
	s->law_day = day;
	s->law_level = s->policy.level;
	s->law = (struct guard_law){ 0 };
	if (pack_set_load(s->packs, &e, &packs) == 0)
		guard_law_of(packs, s->policy.level, clock_now_s(), &s->law);
	else
		fprintf(stderr, "khien store: %s\n", e.text);
	pack_set_free(packs);
	malloc_trim(0);
}

/* How full is it, and what follows from that? Said aloud once for each level, and again when what
 * should leave cannot. */
static void look(struct store *s)
{
	struct guard_report report;
	struct err e = { 0 };
	uint64_t bytes = 0, used = 0, part;
	int rc = guard_policy_load(s->log, &s->policy, &e);
	const struct guard_log g = { .log = s->log,
		.shards = s->shards,
		.names = s->names,
		.shard_count = s->shard_count,
		.policy = &s->policy,
		.law = &s->law,
		.now_s = clock_now_s() };

	know_law(s);
	if (rc == 0)
		rc = guard_retire(&g, &report, &e);
	if (rc == 0)
		rc = guard_segment_bytes(s->log, s->shard, &s->policy, &bytes, &e);
	if (rc == 0 && bytes > 0)
		rc = guard_used(s->log, &used, &e);
	if (rc < 0) {
		fprintf(stderr, "khien store: %s\n", e.text);
		return;
	}
	/* intake keeps to the share it began with: a larger quota makes no segment larger now */
	part = guard_wal_bytes(&s->policy) / SEGMENTS_IN_WAL;
	if (part > 0 && (s->segment_part == 0 || part < s->segment_part))
		s->segment_part = part;
	archive_writer_bounds(s->w, bytes, s->segment_part);
	/* what the write-ahead files may still take is theirs */
	s->is_plenty = bytes == 0 ||
		used + guard_wal_bytes(&s->policy) + 2 * GUARD_PLENTY * RESERVE_BYTES <
			s->policy.quota_bytes;
	if (report.left > 0)
		fprintf(stderr, "khien store: %u months left, which enough media hold\n",
			report.left);
	if (report.level > s->level)
		fprintf(stderr,
			"khien store: %u in 100 of what the quota has for months are taken%s%s\n",
			s->law.levels.percent[report.level], *report.why ? "; " : "", report.why);
	s->level = report.level;
}

/* The room held back is taken again when the trouble is a while ago. */
static void hold_reserve(struct store *s)
{
	struct err e;
	bool had = s->has_reserve;
	bool is_long_ago =
		s->given_us == 0 || clock_monotonic_us() - s->given_us > GIVEN_S * INT64_C(1000000);

	if (!s->has_reserve && is_long_ago && s->level < KEEP_RETIRE && s->is_plenty)
		s->has_reserve = guard_reserve(s->shard, RESERVE_BYTES, &e) == 0;
	if (s->has_reserve && !had)
		s->looked_us = 0; /* segments may take so much less */
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

/* The year has turned and the parent has begun the shard of the new one: then the one here is
 * sealed for the last time. */
static bool is_over(const struct process_service *service)
{
	char path[PATH_BYTES];
	int64_t year = date_at(clock_now_s()).year, own;

	if (!str_to_i64(str_until(str_of(service->shard), 4), &own) || year <= own)
		return false;
	snprintf(path, sizeof(path), "%s/log/%lld/genesis", service->data, (long long)year);
	return access(path, F_OK) == 0;
}

/* For pages. */
static void tell(struct store *s, int rc, const char *why)
{
	enum taking is = rc == 0 ? TAKING_WELL : rc == ERR_LIMIT ? TAKING_FULL : TAKING_FAILED;
	struct err e;

	if (s->is_told && is == TAKING_WELL && s->told == is)
		return;
	if (taking_tell(s->shard, TAKING_STORES, is, why, &e) < 0)
		fprintf(stderr, "khien store: %s\n", e.text);
	s->told = is;
	s->is_told = true;
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
	if (rc >= 0) {
		tell(s, 0, "");
		return rc > 0 ? 0 : TICK_MS;
	}
	fprintf(stderr, "khien store: %s\n", e.text);
	tell(s, rc, e.text);
	s->w = archive_writer_close(s->w);
	s->looked_us = 0;
	if (rc != ERR_LIMIT || s->gives_reserve) {
		s->gives_reserve = false;
		return AGAIN_MS;
	}
	give_reserve(s);
	return TICK_MS;
}

/* A shard that is written no more: what waits in its write-ahead files goes into segments, within
 * the quota. 1: all of before this month stands there; 0: later. */
static int settle(struct store *s, struct vfile_disk *shard, int64_t late_s, struct err *e)
{
	struct archive_options options = { 0 };
	struct archive_writer *w = NULL;
	int rc = guard_segment_bytes(s->log, shard, &s->policy, &options.quota_bytes, e);

	if (rc == 0)
		rc = archive_writer_open(shard, &options, e, &w);
	if (rc == 0)
		do
			rc = archive_writer_tend(w, e);
		while (rc > 0);
	if (rc == 0)
		rc = archive_writer_end_month(w, late_s, e);
	archive_writer_close(w);
	return rc;
}

/* Months that are over get their lists, once: a while after they ended, or when the service was off
 * then, or the year has turned. Their last segment is closed first, else the list would lack it. */
static void pack_months(struct store *s)
{
	int64_t late_s = clock_now_s() - LATE_S, now_us = clock_monotonic_us();
	struct date today = date_at(late_s);
	bool is_all = true, is_bad = false;
	struct err e;

	if (s->packed == today.year * 12 + today.month || !s->w || now_us < s->pack_again_us)
		return;
	for (size_t i = 0; i < s->shard_count; i++) {
		struct vfile_disk *shard = s->shards[i];
		unsigned count = 0;
		int rc = shard == s->shard ? archive_writer_end_month(s->w, late_s, &e) :
					     settle(s, shard, late_s, &e);

		is_all = is_all && rc > 0;
		if (rc > 0)
			rc = keep_close_over(shard, late_s, &count, &e);
		if (count)
			fprintf(stderr, "khien store: %u months got their lists\n", count);
		if (rc < 0)
			fprintf(stderr, "khien store: %s\n", e.text);
		is_all = is_all && rc >= 0;
		is_bad = is_bad || rc < 0;
	}
	if (is_all)
		s->packed = today.year * 12 + today.month;
	s->pack_again_us = now_us + (is_bad ? BAD_S : LOOK_S) * INT64_C(1000000);
}

static void follow_orders(struct store *s)
{
	const struct obey now = { .log = s->log,
		.shards = s->shards,
		.names = s->names,
		.count = s->shard_count,
		.policy = &s->policy,
		.writer = &s->w };
	struct err e;
	int rc;

	if (!s->w || clock_monotonic_us() < s->obey_again_us)
		return;
	rc = obey(&now, &e);
	if (rc < 0) {
		fprintf(stderr, "khien store: %s\n", e.text);
		s->obey_again_us = clock_monotonic_us() + AGAIN_MS * INT64_C(1000);
	}
	if (!s->w || rc > 0)
		s->looked_us = 0; /* the next writer is to be told its bounds; a month may leave */
}

static void rest(struct store *s)
{
	if (!s->w || s->rested_at == archive_writer_closed(s->w))
		return;
	s->rested_at = archive_writer_closed(s->w);
	malloc_trim(0);
}

static int run(const struct process *self, struct store *s, int end_fd)
{
	struct pollfd wait = { .fd = end_fd, .events = POLLIN };
	bool is_renewed = false;

	while (!is_renewed && wait.revents == 0) {
		int wait_ms = step(s);

		if (wait_ms == TICK_MS) {
			pack_months(s);
			follow_orders(s);
			rest(s);
		}
		is_renewed = wait_ms == TICK_MS && is_over(self->service);
		if (!is_renewed)
			(void)poll(&wait, 1, wait_ms);
	}
	s->w = archive_writer_close(s->w);
	return is_renewed ? PROCESS_AGAIN_AT_ONCE : 0;
}

int archive_start(const struct process *self)
{
	char packs[PATH_BYTES];
	struct store s = { .service = self->service, .packs = packs };
	const char *const more[] = { packs, NULL };
	struct sandbox_level level;
	struct err e;
	int status, end_fd = process_end_fd(&e), rc = end_fd < 0 ? end_fd : 0;
	bool is_there = realpath(pack_folder(command_value(self->service->line, "packs")), packs);

	if (rc == 0)
		rc = process_confine(self, is_there ? more : NULL, &level, &e);
	if (rc == 0)
		rc = open_disks(&s, &e);
	if (rc < 0) {
		fprintf(stderr, "khien store: %s\n", e.text);
		return 2;
	}
	memory_keep(true); /* it is given back when nothing is to do */
	status = run(self, &s, end_fd);
	for (size_t i = 0; i < s.shard_count; i++)
		vfile_disk_close(s.shards[i]);
	vfile_disk_close(s.log);
	return status;
}
