/* log.c - the log that the web process reads, its room on the disk, the ways between its pages. */
#include "face/web/log.h"
#include "work/seal/stamped.h"

#include <sys/statvfs.h>

#define FRESH_US 500000

static struct find *open_or_refresh(struct view *v)
{
	struct web *w = v->web;
	int64_t now_us = clock_monotonic_us();
	int rc;

	if (w->log && now_us - w->log_at_us <= FRESH_US)
		return w->log;
	rc = w->log ? find_refresh(w->log, v->e) : find_open(w->log_folder, &w->log, v->e);
	if (rc < 0) {
		w->log = find_close(w->log);
		return NULL;
	}
	w->log_at_us = now_us;
	return w->log;
}

struct find *log_of(struct view *v)
{
	if (!v->web->log_folder) {
		(void)err_set(v->e, ERR_ABSENT, "there is no log");
		return NULL;
	}
	if (!v->log)
		v->log = open_or_refresh(v);
	return v->log;
}

/* A log that is younger than this tells nothing of its growth. */
#define GROWTH_MIN_S 3600

void log_disk(struct view *v, struct find *f, struct log_disk *ret)
{
	struct find_span span = { 0 };
	struct archive_stat stat;
	struct guard_law law;
	struct statvfs st;
	struct err none;
	int64_t seconds = 0;

	*ret = (struct log_disk){ .free_percent = -1, .forecast.days_left = -1 };
	for (size_t i = 0; i < find_shard_count(f); i++) {
		find_shard_stat(f, i, &stat);
		ret->used_bytes += stat.segment_bytes;
	}
	if (statvfs(v->web->log_folder, &st) != 0 || st.f_blocks == 0)
		return;
	ret->free_bytes = (uint64_t)st.f_bavail * st.f_frsize;
	ret->free_percent = (int)(st.f_bavail * 100 / st.f_blocks);
	if (find_span(f, &span, &none) == 0)
		seconds = (span.last_ns - span.first_ns) / LOG_NS;
	if (seconds < GROWTH_MIN_S)
		seconds = 0;
	/* how full the disk is decides; how fast the log grows, when */
	guard_law_of(v->web->packs, 0, v->by.now_s, &law);
	keep_forecast(&law.levels, (uint64_t)(st.f_blocks - st.f_bavail) * st.f_frsize,
		(uint64_t)st.f_blocks * st.f_frsize, ret->used_bytes, seconds, &ret->forecast);
}

/* What the authority said; khien-verify --tsa proves it. */
int64_t log_stamped_at(struct view *v, int shard)
{
	char name[FIND_PLACE_TEXT_MAX];
	struct seal_stamp newest;
	struct vfile_disk *d;
	struct err none = { 0 };
	int rc = vfile_disk_open(
		path_of(v, "%s/%s", v->web->log_folder, shard_id_text(shard, name)), &d, &none);

	if (rc < 0)
		return 0;
	rc = seal_stamp_newest(d, &newest, &none);
	vfile_disk_close(d);
	return rc == 0 ? newest.stamp.at_s : 0;
}

#define DAYS_SHOWN_MAX 3650 /* nobody plans further */

const char *month_shown(struct view *v, const char *month)
{
	return path_of(v, "%s/%.4s", month + 5, month);
}

const char *log_days(struct view *v, int64_t days)
{
	if (days < 0)
		return tr(v->lang, "chưa tính được");
	if (days > DAYS_SHOWN_MAX)
		return tr(v->lang, "hơn 10 năm");
	return fill(v, tr(v->lang, "{n} ngày"), "n", count_text(v, days), NULL);
}
