/* trail.h - floor 4: the log of changes: rows of the database become leaves, once each, in their
 * order; and a check that the database still says what was sealed. */
#ifndef WORK_SEAL_TRAIL_H
#define WORK_SEAL_TRAIL_H

#include "core/trail/change.h"
#include "work/seal/seal.h"

/* Copy what is new into the trail of the data folder, and seal it. ERR_CONFLICT: somebody else does
 * it now. */
MUST_CHECK int seal_trail(
	const char *data, struct store *s, int64_t now_s, struct seal_answer *ret, struct err *e);

enum trail_fault {
	TRAIL_CHANGED, /* a row is not what its last leaf says */
	TRAIL_REMOVED, /* a row has gone, its last leaf does not know */
	TRAIL_ADDED,   /* a row has no leaf */
	TRAIL_NOTE,    /* a note of a change is not its leaf */
	TRAIL_NO_NOTE, /* a leaf has no note of a change any more */
	TRAIL_NO_LEAF, /* a note of a change, between others that are sealed, has no leaf */
};
#define TRAIL_FAULT_MAX TRAIL_NO_LEAF

struct trail_finding {
	enum trail_fault fault;
	struct str table, key;
	int64_t change; /* the last change of it that is known; 0: none */
};

struct trail_check {
	int64_t rows, changes, leaves;
	struct trail_finding *findings;
	size_t finding_count;
};

/* Compares each watched row with its last leaf, each note of a change with its leaf. The seal
 * itself is khien-verify's. Lives in A. */
MUST_CHECK int seal_trail_check(
	const char *data, struct store *s, struct arena *a, struct trail_check *ret, struct err *e);
const char *trail_fault_words(enum trail_fault fault); /* Vietnamese, for tr() */

#endif
