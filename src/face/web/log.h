/* log.h - private to face/web: what the pages of the log share. */
#ifndef FACE_WEB_LOG_H
#define FACE_WEB_LOG_H

#include <string.h>

#include "core/org/staff.h"
#include "face/web/web_int.h"
#include "work/archive/find.h"
#include "work/archive/guard.h"
#include "work/archive/prove.h"

#define LOG_NS 1000000000ll

/* The log, as it is when the request asks first, and the same until its end; NULL with the failure
 * in v->e. What find_at() gave lives until the next question to it: page_start() asks too. */
struct find *log_of(struct view *v);
/* When a time-stamp authority saw the newest seal of a shard, as it said; 0: never. */
int64_t log_stamped_at(struct view *v, int shard);

struct str log_value(const struct view *v, const char *name); /* of the query, trimmed */
/* A field of the form whose answer the query is. */
void html_log_box(struct view *v, const char *name, const char *label, const char *hint);
/* The question of the request; NULL: faults say why. End it with query_free(). */
struct query *log_question(struct view *v);
/* "hoi=…&tu=…": the same question, with NAME as VALUE; NAME may be NULL. */
const char *log_again(struct view *v, const char *name, struct str value);
/* The searches this person keeps, and keeping this one (page/log_saved.c). */
void html_log_saved(struct view *v);
/* What is wrong with the log, for the strip: looked at, and said (log_alarm.c). */
void log_alarms_look(struct view *v, struct log_strip *ret);
void html_log_alarms(struct view *v, const struct log_strip *s);
/* That no line is taken: why, what is safe, what to do. S is not well. */
const char *log_taking_text(struct view *v, const struct taking_state *s);
/* The same that it is not sealed, not stored. */
const char *log_sealing_text(struct view *v, const struct taking_state *s);
const char *log_storing_text(struct view *v, const struct taking_state *s);
/* log_told.c: those who must act when the log is short of room, or a sender is silent: they have
 * the role of the obligation that PARAM is a bound of. In v->a. */
MUST_CHECK int log_told_whom(
	struct view *v, struct str param, struct staff_readers *ret, struct err *e);
/* After letters were looked at: whom they go to is kept for html_log_told(). */
MUST_CHECK int log_told_keep(struct view *v, struct err *e);
#define LOG_ROOM_PARAM STR("log_free_percent")
#define LOG_SILENT_PARAM STR("log_silence_hours")
/* For Hôm nay: what this visitor was written to about, while it lasts. */
void html_log_told(struct view *v);
/* For who may: the way to where the text of a line goes by a decision (page/redact.c). */
void html_redact_link(struct view *v, struct find_place place);
/* Links between the pages of the log. */
void html_log_pages(struct view *v);

/* What the log takes on the disk, and how long that will do. */
struct log_disk {
	uint64_t used_bytes, free_bytes;
	int free_percent; /* -1: unknown */
	struct keep_forecast forecast;
};
void log_disk(struct view *v, struct find *f, struct log_disk *ret);
const char *log_days(struct view *v, int64_t days);         /* "{n} ngày"; -1: it cannot be told */
const char *month_shown(struct view *v, const char *month); /* "10/2026" of "2026-10" */
/* Raw bytes that are safe to be shown. */
struct str log_visible(struct view *v, struct str raw, size_t max);

/* How often each host, program, severity, address stands in the lines found, and when. */
#define LOG_FACET_ROWS 200
#define LOG_FACETS 4
#define LOG_BINS 60
struct log_facet_row {
	struct str value;
	uint64_t count;
};
struct log_facets {
	struct view *v;
	struct log_facet_row rows[LOG_FACETS][LOG_FACET_ROWS];
	size_t counts[LOG_FACETS];
	uint64_t others[LOG_FACETS]; /* of values that had no room */
	int64_t first_ns, last_ns;   /* of the bins; equal: there are none */
	uint64_t bins[LOG_BINS];
};
void log_facets_begin(
	struct view *v, struct find *f, const struct query *q, struct log_facets *ret);
void log_facets_add(struct log_facets *facets, const struct leaf *leaf);
void log_facets_show(struct view *v, const struct log_facets *facets, bool is_whole);

#endif
