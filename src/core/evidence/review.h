/* review.h - floor 3, beside evidence.h: the regular look at the processes of a machine: pictures
 * of what runs, what differs between two, and the reviews that an officer signed, which are
 * evidence and only ever added. */
#ifndef CORE_REVIEW_H
#define CORE_REVIEW_H

#include "core/evidence/evidence.h"

/* A picture of what runs, listens, starts by itself and is loaded (docs/formats/review.md). */
enum review_level {
	REVIEW_VOUCHED, /* a package vouches for it */
	REVIEW_OPEN,    /* nobody does */
	REVIEW_SIGN,    /* looks like an intrusion */
};
struct review_item {
	struct str kind, name; /* together they say which thing it is */
	struct str value;      /* how it is: another one is a change */
	enum review_level level;
};
struct review_gap {
	struct str reason, path;
};
struct review_picture {
	int64_t at_s;
	bool is_deep;
	struct str host, host_sha256;
	struct review_item *items; /* each thing once */
	size_t item_count;
	struct review_gap *gaps; /* what could not be seen */
	size_t gap_count;
};

/* Borrows from TEXT, the list lives in A. ERR_INPUT with the line, ERR_LIMIT. */
MUST_CHECK int review_picture_parse(
	struct str text, struct arena *a, struct review_picture *ret, struct err *e);

enum review_change { REVIEW_NEW, REVIEW_CHANGED, REVIEW_GONE, REVIEW_SUSPECT, REVIEW_KNOWN };
struct review_difference {
	enum review_change change;      /* REVIEW_SUSPECT: as before, and called suspicious then */
	const struct review_item *item; /* now; of REVIEW_GONE: then */
	const struct review_item *was;  /* then; NULL when new */
};

/* What the officer said of one thing. */
struct review_mark {
	struct str kind, name;
	bool is_suspicious; /* else known and approved */
	struct str note;
};

/* What a picture is compared with: the last signed one and what was said of it; PICTURE is NULL at
 * the first time: then all is new. */
struct review_base {
	const struct review_picture *picture;
	const struct review_mark *marks;
	size_t mark_count;
};

/* What asks most for eyes comes first: signs, then what nobody vouches for, then the rest; known
 * things last. Lives in A. */
void review_compare(const struct review_base *base, const struct review_picture *now,
	struct arena *a, struct review_difference **ret, size_t *ret_count);

struct review_snapshot {
	int64_t id, host_id, at_s, duration_us;
	struct str sha256; /* of the text, hex */
	struct str text;
};
/* SNAPSHOT->id and sha256 are set; the sha256 lives in A. */
MUST_CHECK int review_snapshot_add(
	struct store *s, struct review_snapshot *snapshot, struct arena *a, struct err *e);
/* The newest at or before AT_S, or that with the number; id 0 when there is none. Lives in A. */
MUST_CHECK int review_snapshot_newest(struct store *s, int64_t host_id, int64_t at_s,
	struct arena *a, struct review_snapshot *ret, struct err *e);
MUST_CHECK int review_snapshot_by_id(
	struct store *s, int64_t id, struct arena *a, struct review_snapshot *ret, struct err *e);

/* A signed review. */
struct review {
	int64_t id, host_id, at_s;
	int64_t snapshot_id; /* what was looked at */
	int64_t base_id;     /* the review it was compared with; 0: the first time */
	struct str person;
	struct str note;
	struct str sha256;   /* of the snapshot's text */
	int64_t suspicious;  /* marks that say so */
	int64_t differences; /* things that were not as before */
};

struct reviews {
	struct review *at;
	size_t len;
};

struct review_signing {
	struct review *review; /* id, sha256 and suspicious are set by the signing */
	const struct review_mark *marks;
	size_t mark_count;
	const struct evidence *words; /* a person's word for each obligation that it answers */
	size_t word_count;
};

/* Keep it all in one transaction. ERR_CONFLICT when the base is not the last review of the machine
 * any more; ERR_INPUT for a suspicious mark without a note. */
MUST_CHECK int review_sign(
	struct store *s, const struct review_signing *signing, struct arena *a, struct err *e);
/* The last MAX, newest first. Lives in A. */
MUST_CHECK int review_list(struct store *s, int64_t host_id, size_t max, struct arena *a,
	struct reviews *ret, struct err *e);
MUST_CHECK int review_marks(struct store *s, int64_t review_id, struct arena *a,
	struct review_mark **ret, size_t *ret_count, struct err *e);

#endif
