/* senders.h - private to face/web: who sends lines, as intake counts them, with what people said of
 * each: a name, and how long it may be silent. */
#ifndef FACE_WEB_SENDERS_H
#define FACE_WEB_SENDERS_H

#include "core/trail/sender.h"
#include "face/web/log.h"

#define SENDERS_NAME_MAX 80
#define SENDERS_SILENCE_MAX_MIN (366 * 24 * 60)

/* Of today, as far as there was time to look. */
struct sender_today {
	uint64_t lines;
	bool has_offset;
	int64_t offset_s; /* when its newest line came, less what the line says */
};

struct sender_row {
	const struct sender *is;
	struct str name;   /* given by people; "" when none was */
	int64_t silence_s; /* the alarm; 0: none */
	bool has_own;      /* people set it for this one */
	struct sender_today today;
};

struct senders {
	struct sender_list list; /* ended by senders_done() */
	struct sender_row *rows; /* of list.at, in its order */
	size_t count;
	uint64_t dropped;   /* of all, and of whom nobody knows */
	bool is_today_all;  /* all of today's lines were looked at */
};

/* BUDGET_US: how long to look at the lines of today; 0: not at all. A list that is not there is one
 * without senders. */
MUST_CHECK int senders_load(
	struct view *v, int64_t budget_us, struct senders *ret, struct err *e);
void senders_done(struct senders *s);
/* What people call it, else what it calls itself. */
struct str sender_shown(struct view *v, const struct sender_row *r);
MUST_CHECK int sender_keep(struct view *v, const struct sender *is, struct str name,
	int64_t silence_s, struct err *e);

#endif
