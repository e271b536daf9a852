/* media.h - private to face/web: external disks. Pages may not write on them: an order stands in
 * the settings, the process `media` does it, and what it sees and did stands there for pages. */
#ifndef FACE_WEB_PROCESS_MEDIA_H
#define FACE_WEB_PROCESS_MEDIA_H

#define MEDIA_ORDER "log.media.order"   /* "write PATH LF 2026-10": see media_order() */
#define MEDIA_SEEN "log.media.seen"     /* a line each: id TAB label TAB path TAB free TAB size */
#define MEDIA_RESULT "log.media.result" /* "at failed words": of the last order */
#define MEDIA_PROGRESS "working"        /* a file of its notes: "done all words" */
#define MEDIA_NOTES HOSTAUDIT_NOTES "/media"
#define MEDIA_ALL "all" /* instead of a month: each that is not there yet */
#define MEDIA_DISKS_MAX 64

#endif
