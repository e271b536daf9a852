/* log_watch.h - private to face/web: what of the log those who run it are written to about: it is
 * nearly full, it takes no lines, it is not sealed or stored, a sender is silent. Here is when a
 * letter is due, by what was told before; process/log_letter.c looks and writes. Every bound is the
 * packs'. */
#ifndef FACE_WEB_LOG_WATCH_H
#define FACE_WEB_LOG_WATCH_H

#include "base/base.h"
#include "core/trail/taking.h"

/* Each is worse than the one before. */
enum log_room { LOG_ROOM_WELL, LOG_ROOM_NEAR, LOG_ROOM_STOPPED };

struct log_room_facts {
	int free_percent;       /* of the disk; -1: unknown */
	int quota_free_percent; /* -1: no quota, or unknown */
	int64_t days_left;      /* -1: it cannot be told */
	struct taking_state taking, storing;
};

/* 0: no pack in force says so, and nobody is told for that reason. */
struct log_room_bounds {
	int64_t free_percent, days_left;
	int64_t full_s;   /* so long nothing is taken before it is told */
	int64_t relief_s; /* so long it is better before that is told */
};

/* Why it is near: a mask. */
#define LOG_NEAR_DISK 1u
#define LOG_NEAR_QUOTA 2u
#define LOG_NEAR_DAYS 4u
#define LOG_NEAR_STORE 8u /* nothing can be closed any more, lines are still taken */
unsigned log_room_near(const struct log_room_facts *f, const struct log_room_bounds *b);
enum log_room log_room_of(
	const struct log_room_facts *f, const struct log_room_bounds *b, int64_t now_s);

/* What was told of the room: the setting LOG_ROOM_TOLD. */
#define LOG_ROOM_TOLD "log.told.room"
struct log_room_told {
	enum log_room is;
	int64_t since_s;  /* when it was well no more */
	int64_t better_s; /* since when it is better than told; 0: it is not */
	uint64_t dropped; /* lines lost until since_s */
};
bool log_room_parse(struct str text, struct log_room_told *ret);
struct str log_room_print(const struct log_room_told *t, struct arena *a);

/* Is it sealed and stored? Told as the room is, in a setting of its own: NEAR while one of both has
 * failed for FULL_S, 0: never. That there is no room for the store is told of the room. */
#define LOG_WORK_TOLD "log.told.work"
enum log_room log_work_of(const struct taking_state *sealing, const struct taking_state *storing,
	int64_t full_s, int64_t now_s);

enum log_letter { LOG_LETTER_NONE, LOG_LETTER_WORSE, LOG_LETTER_BETTER };
/* It is NOW so: what was told becomes what is to be told, and a letter says so, or none does. */
enum log_letter log_room_step(
	struct log_room_told *t, enum log_room now, int64_t now_s, int64_t relief_s);

/* The senders that were told to be silent: the setting LOG_SILENT_TOLD, a line for each. */
#define LOG_SILENT_TOLD "log.told.silent"
#define LOG_SILENT_MAX 1000
struct log_silent {
	struct str key;  /* "udp 10.0.0.1" */
	int64_t since_s; /* told */
	int64_t back_s;  /* since when it sends again; 0: it is silent */
};
struct log_silents {
	struct log_silent *at;
	size_t count;
};
/* In A. Lines that cannot be read are left out. */
void log_silent_parse(struct str text, struct arena *a, struct log_silents *ret);
struct str log_silent_print(const struct log_silents *told, struct arena *a);
/* KEYS, COUNT of them, are silent now. WORSE: one of them was not told; BETTER: of those told the
 * last one sends again for long enough. The new list is in A. */
enum log_letter log_silent_step(struct log_silents *told, const struct str *keys, size_t count,
	int64_t now_s, int64_t relief_s, struct arena *a);

#endif
