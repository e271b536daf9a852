/* media.h - private to face/web: external disks. Pages may not write on them: an order stands in
 * the settings, the process `media` does it, and what it sees and did stands there for pages. */
#ifndef FACE_WEB_PROCESS_MEDIA_H
#define FACE_WEB_PROCESS_MEDIA_H

#include "base/str.h"

#define MEDIA_ORDER "log.media.order"   /* "write PATH LF 2026-10"; "pack - LF 2026-10" */
#define MEDIA_SEEN "log.media.seen"     /* a line each: id TAB label TAB path TAB free TAB size */
#define MEDIA_RESULT "log.media.result" /* "at code work months LF label or month LF cause" */
#define MEDIA_PROGRESS "working"        /* a file of its notes: "done all bytes all-bytes month" */
#define MEDIA_NOTES HOSTAUDIT_NOTES "/media"
#define MEDIA_ALL "all" /* instead of a month: each that is not there yet */
#define MEDIA_DISKS_MAX 64

struct view;

/* How far the order in work is (media_work.c). */
struct media_work {
	int64_t done, all; /* months */
	int64_t bytes, all_bytes;
	struct str month; /* "": it is not begun */
};
bool media_work_load(struct view *v, struct media_work *ret); /* is there one? */
void html_media_work(struct view *v, const struct media_work *w);
void html_media_result(struct view *v);
/* Leave an order and have it done; the page goes to BACK. */
void media_order(struct view *v, struct str order, const char *back);

#endif
