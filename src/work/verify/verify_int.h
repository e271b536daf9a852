/* verify_int.h - private to work/verify. */
#ifndef WORK_VERIFY_INT_H
#define WORK_VERIFY_INT_H

#include "work/verify/verify.h"

#define GROUP_HEIGHT 8
#define GROUP TREE_GROUP
#define DIFFS_MAX 64
#define SOURCES_MAX 4096

/* A file of entries. */
struct verify_file {
	uint64_t first;
	const char *name;
	bool is_wal;
};

/* A checkpoint that was read and carries the identity key's signature. */
struct verify_note {
	struct merkle_head head;
	struct str bytes;
	struct str name;
	bool is_anchor;
	int64_t stamped_s; /* 0: not stamped */
};

/* The last sequence of a source, and whether a gap was noted since. */
struct verify_source {
	uint32_t number;
	bool has_gap;
	uint64_t sequence; /* 0: the place is free */
};

struct walk {
	struct vfile_disk *d;
	const struct verify_job *job;
	const struct verify_report *before;
	struct verify_report *r;
	struct arena *a;
	struct sha256 *sha256;

	struct verify_file *files;
	size_t file_count;
	struct verify_note *notes; /* by size */
	size_t note_count, note_next;

	/* The tree: of whole groups as read (holes filled from the stored tree), and as stored. */
	struct merkle_frontier mixed, stored, group;
	bool is_group_whole, is_lost;
	uint64_t index;                  /* leaves passed */
	uint64_t last_good, last_anchor; /* sizes of the last checkpoint, anchor that held */
	bool is_broken;                  /* a mismatch was told, and nothing matched since */
	size_t broken_finding;
	uint64_t diffs[DIFFS_MAX]; /* groups that differ from the stored tree since last_good */
	size_t diff_count;
	struct vfile stored_file;
	bool has_stored;
	unsigned char stored_bytes[TILE_BYTES];
	uint64_t stored_from, stored_len; /* hashes in there */

	struct note_key epoch;
	uint64_t epoch_number, epoch_checks;
	bool is_epoch_known;

	int64_t last_ns, last_boot_ns;
	bool is_clock_noted;
	struct verify_source *sources;
	VEC(uint64_t) redacted;
	VEC(struct verify_place) decided;
	VEC(struct verify_left) leaving;
	uint64_t all; /* leaves expected, for progress */
};

/* finding.c; FILE and ABOUT of at most what the report has room for. */
struct verify_finding *found_in(struct verify_report *r, enum verify_fault fault, uint64_t first,
	uint64_t end, const char *file, const char *about);
struct verify_finding *found(
	struct walk *w, enum verify_fault fault, uint64_t first, uint64_t end, const char *about);

/* The same, as one finding with the leaves just before it where they have the same fault. */
void found_run(struct walk *w, enum verify_fault fault, uint64_t end);

/* notes.c: identity, checkpoints, anchors, quorum. */
MUST_CHECK int notes_load(struct walk *w, struct err *e);
MUST_CHECK int origin_load(struct walk *w, struct err *e);
/* What the signatures of a note say beyond the identity key's. */
void note_judge(struct walk *w, const struct verify_note *n);

/* grow.c: the tree that grows, held against the notes. */
MUST_CHECK int grow_begin(struct walk *w, struct err *e);
MUST_CHECK int grow_leaf(struct walk *w, const struct merkle_hash *hash, struct err *e);
/* Leaves that are not there, up to END. */
MUST_CHECK int grow_hole(struct walk *w, uint64_t end, struct err *e);
MUST_CHECK int grow_end(struct walk *w, struct err *e);

/* leaves.c: what entries say. */
void leaf_judge(struct walk *w, const struct leaf *leaf);
/* The same of one without its text: nothing proves what its head says any more, but by it the lines
 * of its source are counted on. */
void leaf_judge_redacted(struct walk *w, const struct leaf *leaf);

/* Is the note signed by a key of the job? Head, origin and witnesses of RET. */
MUST_CHECK int verify_note(const struct verify_job *job, struct str note_bytes, struct arena *a,
	struct verify_proof *ret, struct err *e);

#endif
