/* review_int.h - private to page_review*.c: one look at the processes of a machine, loaded. */
#ifndef FACE_WEB_REVIEW_INT_H
#define FACE_WEB_REVIEW_INT_H

#include "core/evidence/review.h"
#include "face/web/web_int.h"

struct looked {
	struct org_host host;
	struct review_snapshot snapshot; /* id 0: none was taken yet */
	struct review_picture now;
	struct review base; /* the review it is compared with; id 0: the first time */
	struct review_picture before;
	struct review_mark *marks; /* of the base */
	size_t mark_count;
	struct review_difference *list;
	size_t count;
	size_t of_change[REVIEW_KNOWN + 1];
	int64_t period_days;
};

/* The machine of the path's first {}; false when the answer is given already. */
bool review_host(struct view *v, struct looked *l);
/* SNAPSHOT against BASE, into L. */
MUST_CHECK int review_load(struct view *v, const struct review_snapshot *snapshot,
	const struct review *base, struct looked *l);

/* Must the officer say something of it? */
bool review_is_asked(const struct review_difference *d);
const char *review_kind_words(struct view *v, struct str kind);
const char *review_change_words(struct view *v, enum review_change change);
/* "tiến trình bị giấu: /tmp/x" for the code words of a picture; the name as it is for the rest. */
struct str review_name_words(struct view *v, const struct review_item *item);
/* "nguyên vẹn openssh-server" for "intact openssh-server". */
struct str review_value_words(struct view *v, struct str value);
/* What it is, its change and value, in one cell of a list. */
void html_review_thing(struct view *v, const struct review_difference *d);
/* What could not be seen, when anything. */
void html_review_gaps(struct view *v, const struct review_picture *p);

#endif
